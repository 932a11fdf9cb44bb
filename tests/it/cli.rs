//! The program's contract: one row out for each row in, exit status, formats, clear errors.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const LURE: &str = "Pay the 12% tax first, then the platform releases your USDT balance.";

fn lurewatch(args: &[&str]) -> Output {
    with_input(args, b"")
}

fn with_input(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lurewatch"))
        .args(args)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may stop reading early when it has an error to report.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// A file of this test run.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{}-{name}", std::process::id()));
    std::fs::write(&path, content).expect("a writable folder");
    path
}

fn rows(output: &Output) -> Vec<serde_json::Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

#[test]
fn two_lines_give_two_rows() {
    let output = with_input(&["score", "--format", "jsonl"], b"a\nb\n");
    assert!(output.status.success());
    assert_eq!(rows(&output).len(), 2);
}

#[test]
fn a_row_has_the_keys_of_the_contract_in_order() {
    let output = lurewatch(&["score", "--format", "jsonl", "--explain", "2", LURE]);
    let line = stdout(&output);
    let mut at = 0;
    for key in ["\"id\":0", "\"risk\":", "\"band\":", "\"abstained\":false", "\"labels\":{", "\"evidence\":["]
    {
        at += line[at..].find(key).unwrap_or_else(|| panic!("{key} in {line}"));
    }
    let row = &rows(&output)[0];
    for label in
        ["romance", "investment", "task_job", "trafficking_job", "recovery", "other_scam", "no_signal_yet"]
    {
        assert!(row["labels"][label].is_number(), "{label}");
    }
    let evidence = row["evidence"].as_array().expect("a list");
    assert!(!evidence.is_empty() && evidence.len() <= 2);
    for piece in evidence {
        let (start, end) = (
            piece["start"].as_u64().expect("a byte") as usize,
            piece["end"].as_u64().expect("a byte") as usize,
        );
        assert_eq!(piece["text"].as_str(), Some(&LURE[start..end]));
    }
}

#[test]
fn every_format_gives_one_row_for_each_input_row() {
    let csv = b"id,text\nx,hello there\ny,\"two\nlines\"\nz,bye\n";
    let tsv = b"id\ttext\nx\thello there\ny\ttwo lines\nz\tbye\n";
    let jsonl = b"{\"id\":\"x\",\"text\":\"hello there\"}\n{\"id\":\"y\",\"text\":\"two\\nlines\"}\n{\"id\":\"z\",\"text\":\"bye\"}\n";
    for (format, input) in [("csv", &csv[..]), ("tsv", tsv), ("jsonl", jsonl)] {
        let output = with_input(&["score", "--input-format", format, "--format", "jsonl"], input);
        let ids: Vec<_> = rows(&output).iter().map(|row| row["id"].as_str().map(str::to_owned)).collect();
        assert_eq!(ids, [Some("x".into()), Some("y".into()), Some("z".into())], "{format}");
    }
    let output = with_input(&["score", "--format", "csv"], b"a\nb\n\nc\n");
    assert_eq!(stdout(&output).lines().count(), 5, "a heading and four rows");
    let output = with_input(&["score", "--format", "json"], b"a\nb\n");
    let all: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("one JSON value");
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    let output = with_input(&["score", "--format", "text"], b"a\nb\n");
    assert_eq!(stdout(&output).lines().count(), 2);
}

#[test]
fn rows_that_cannot_be_read_are_rows_with_an_error() {
    let cases: &[(&str, &[u8], &[bool])] = &[
        ("txt", b"fine\n\xff\xfe\nfine too\n", &[false, true, false]),
        (
            "jsonl",
            b"{\"text\":\"a\"}\n{oops\n[1]\n{\"text\":5}\n{}\n{\"text\":\"b\"}\n",
            &[false, true, true, true, true, false],
        ),
        ("csv", b"text,x\na,1\nb\n\xff,2\nc,3\n", &[false, true, true, false]),
    ];
    for (format, input, bad) in cases {
        let output = with_input(&["score", "--input-format", format, "--format", "jsonl"], input);
        assert!(output.status.success(), "{format}");
        let rows = rows(&output);
        let found: Vec<bool> = rows.iter().map(|row| row["error"].is_string()).collect();
        assert_eq!(found, *bad, "{format}");
        let n_bad = bad.iter().filter(|is| **is).count();
        assert!(stderr(&output).contains(&format!("{n_bad} of {} rows", bad.len())), "{}", stderr(&output));
    }
}

#[test]
fn output_comes_in_input_order_whatever_the_number_of_threads() {
    let input: String =
        (0..20_000).map(|idx| format!("message {idx} about lunch and the harbour\n")).collect();
    let scored =
        |threads| with_input(&["score", "--format", "jsonl", "--threads", threads], input.as_bytes());
    let one = stdout(&scored("1"));
    assert_eq!(one.lines().count(), 20_000);
    assert!(one == stdout(&scored("3")));
}

#[test]
fn exit_status_says_what_happened() {
    assert_eq!(lurewatch(&["score", LURE]).status.code(), Some(0));
    assert_eq!(lurewatch(&["score", "--exit-code", LURE]).status.code(), Some(1));
    assert_eq!(lurewatch(&["score", "--exit-code", "see you at lunch on thursday"]).status.code(), Some(0));
    assert_eq!(lurewatch(&["score", "--input", "/no/such/file"]).status.code(), Some(2));
    assert_eq!(lurewatch(&["score", "--no-such-flag"]).status.code(), Some(2));
}

/// Runs the program and checks that it fails with status 2 and a message that has all parts.
fn fails_with(args: &[&str], parts: &[&str]) {
    let output = lurewatch(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    for part in parts {
        assert!(stderr(&output).contains(part), "{args:?}: {} must contain {part}", stderr(&output));
    }
    assert!(!stderr(&output).contains("panicked"), "{args:?}");
}

fn named(name: &str, content: &[u8]) -> String {
    file(name, content).display().to_string()
}

#[test]
fn errors_say_what_and_where_and_what_next() {
    let empty = named("empty.csv", b"");
    let no_column = named("columns.csv", b"body,id\nhello,1\n");
    let corrupt = named("corrupt.lure", &[7; 4096]);
    fails_with(&["score", "--input", "/no/such/file"], &["/no/such/file", "cannot open"]);
    fails_with(&["score", "--input", &empty], &["empty.csv", "headings"]);
    fails_with(&["score", "--input", &no_column], &["no column `text`", "body, id", "--text-column"]);
    fails_with(
        &["score", "--model", &corrupt, "hi"],
        &["corrupt.lure", "not a usable model", "lurewatch train"],
    );
    fails_with(&["score", "--input", "src"], &["folder"]);
}

#[cfg(feature = "train")]
#[test]
fn errors_in_labelled_data_name_record_and_line() {
    let labelled = named("labelled.csv", b"text,labels,verdict\nhi,romance,9\n");
    let no_label = named("nolabel.csv", b"text,id\nhi,1\n");
    let settings = named("settings.toml", b"max_featurs = 3\n");
    fails_with(&["evaluate", "--data", &labelled], &["record 1", "line 2", "verdict is 9"]);
    fails_with(&["evaluate", "--data", &no_label], &["`labels`", "text, id"]);
    fails_with(
        &["train", "--data", &labelled, "--config", &settings, "--output", "x"],
        &["settings.toml", "max_featurs"],
    );
}

#[test]
fn hard_input_is_taken_as_it_comes() {
    let long = vec![b'a'; 10 << 20];
    assert_eq!(rows(&with_input(&["score", "--format", "jsonl"], &long)).len(), 1);
    assert_eq!(rows(&with_input(&["score", "--format", "jsonl"], b"")).len(), 0);
    assert_eq!(rows(&with_input(&["score", "--format", "jsonl"], b"\r\n\r\n")).len(), 2);
    assert_eq!(rows(&with_input(&["score", "--format", "jsonl"], b"no line end")).len(), 1);
    assert_eq!(rows(&with_input(&["score", "--format", "jsonl"], b"nul \0 inside\n")).len(), 1);
    let marked = "\u{feff}text\nhello\n";
    assert_eq!(
        rows(&with_input(&["score", "--input-format", "csv", "--format", "jsonl"], marked.as_bytes())).len(),
        1
    );
}

#[test]
fn a_closed_pipe_is_success() {
    let input = "hello there, see you at lunch\n".repeat(200_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_lurewatch"))
        .args(["score", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn explain_shows_reasons_counter_evidence_and_advice() {
    let output = lurewatch(&["explain", LURE]);
    let text = stdout(&output);
    for part in [
        "What speaks for a lure",
        "What speaks against",
        "What would change it",
        "the risk would be",
        "a fee, tax or deposit before money is released",
        "What now",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&lurewatch(&["explain", "--format", "json", LURE]))).expect("JSON");
    let sum: f64 = json["evidence"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|piece| piece["contribution"].as_f64())
        .sum();
    let total =
        sum + json["intercept"].as_f64().expect("a number") + json["unplaced"].as_f64().expect("a number");
    assert!((total - json["logit"].as_f64().expect("a number")).abs() < 1e-3);
    assert!(stdout(&lurewatch(&["explain", "..."])).contains("No judgement"));
}

#[test]
fn explain_speaks_the_language_that_is_asked_for() {
    for (language, heading) in [("fr", "Que faire"), ("es", "Qu\u{e9} hacer"), ("id", "Apa yang")] {
        let text = stdout(&lurewatch(&["explain", "--lang", language, LURE]));
        assert!(text.contains(heading), "{language}:\n{text}");
        assert!(!text.contains("What now"), "{language}:\n{text}");
    }
    let output = lurewatch(&["explain", "--lang", "xx", LURE]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("possible values"), "{}", stderr(&output));
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    for args in [&["score", LURE][..], &["explain", LURE], &["inspect"]] {
        assert!(!stdout(&lurewatch(args)).contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn help_completions_and_manual_are_there() {
    assert!(stdout(&lurewatch(&["score", "--help"])).contains("Examples"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&lurewatch(&["completions", shell])).contains("lurewatch"), "{shell}");
    }
    assert!(stdout(&lurewatch(&["man"])).starts_with(".ie"));
}

#[test]
fn inspect_and_bench_describe_the_model() {
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&lurewatch(&["inspect", "--format", "json"]))).expect("JSON");
    assert_eq!(json["format_version"], 3);
    assert_eq!(json["checksum"].as_str().map(str::len), Some(64));
    assert!(stdout(&lurewatch(&["inspect"])).contains("thresholds"));
    let speed: serde_json::Value =
        serde_json::from_str(&stdout(&lurewatch(&["bench", "--seconds", "0.05", "--format", "json"])))
            .expect("JSON");
    assert!(speed["texts_per_second_one_thread"].as_f64().expect("a number") > 0.0);
}

#[cfg(feature = "train")]
#[test]
fn train_then_score_then_evaluate() {
    let data = file("own.csv", include_bytes!("../data/small.csv")).display().to_string();
    let model = file("own.lure", b"").display().to_string();
    let trained = lurewatch(&["train", "--data", &data, "--output", &model]);
    assert!(trained.status.success(), "{}", stderr(&trained));
    assert!(stdout(&trained).contains("ROC-AUC"));
    let scored = lurewatch(&[
        "score",
        "--model",
        &model,
        "--format",
        "jsonl",
        "my mentor doubles every usdt deposit overnight",
    ]);
    let probability = |label: &str| rows(&scored)[0]["labels"][label].as_f64().expect("a number");
    assert!(probability("investment") > probability("romance"));
    let plots = file("plots", b"");
    std::fs::remove_file(&plots).expect("it was there");
    let evaluated = lurewatch(&[
        "evaluate",
        "--model",
        &model,
        "--data",
        &data,
        "--by",
        "source",
        "--plots",
        &plots.display().to_string(),
    ]);
    assert!(stdout(&evaluated).contains("source"), "{}", stderr(&evaluated));
    for name in ["roc", "precision_recall", "reliability_risk", "reliability_romance"] {
        let svg = std::fs::read_to_string(plots.join(format!("{name}.svg"))).expect("a picture");
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    }
}

#[cfg(feature = "train")]
#[test]
fn the_corpus_keeps_its_laws() {
    let output = lurewatch(&["dataset", "check", "datasets"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("zh-Hans"));
    let broken = file("broken.csv", b"id,text,labels,verdict,lang,batch\n1,hello,romance,0,en,a\n");
    let output = lurewatch(&["dataset", "check", &broken.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("broken laws"), "{}", stdout(&output));
}

#[test]
fn the_passage_that_decided_is_named() {
    let ordinary = "We painted the kitchen on Saturday and my brother came with sandwiches, then we played cards until \
         dark and nobody wanted to go home before the last tea was drunk and the dog was asleep under the table again. ";
    let request = "Your profit is frozen until the income tax of 12% is paid in USDT to our service, then the platform \
         releases the whole withdrawal. My trading teacher guarantees 3% every day, deposit 500 USDT and follow him. ";
    let text = [&ordinary.repeat(6), request, request, &ordinary.repeat(6)].concat();
    let row: serde_json::Value =
        serde_json::from_str(&stdout(&with_input(&["score", "--format", "jsonl"], text.as_bytes())))
            .expect("JSON");
    let at = |key: &str| row["passage"][key].as_u64().expect("a byte") as usize;
    let passage = &text[at("start")..at("end")];
    assert!(passage.contains("USDT"), "{passage}");
    let page = stdout(&with_input(&["explain", "-"], text.as_bytes()));
    assert!(page.contains("What decided is this passage"), "{page}");
    let short: serde_json::Value =
        serde_json::from_str(&stdout(&with_input(&["score", "--format", "jsonl"], request.as_bytes())))
            .expect("JSON");
    assert!(short.get("passage").is_none());
}
