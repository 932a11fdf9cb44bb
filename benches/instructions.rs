//! A guard against getting slower: instructions counted by `valgrind --tool=callgrind`, which do not depend on what else
//! the machine does.
//!
//! `cargo bench --bench instructions` counts each stage on fixed texts and compares with `instructions.json`; more than
//! [`TOLERANCE`] above it is an error. `cargo bench --bench instructions -- --write` writes the file anew, after a change
//! that is meant to cost or to save something.

use lurewatch::Classifier;
use lurewatch::features::{FeatureExtractor, FeatureParams};
use lurewatch::text::Analyzer;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// Largest share by which a stage may grow. Retraining moves counts by a few per cent: other features are found.
const TOLERANCE: f64 = 0.08;

/// Stages, in the order of the data path.
const STAGES: [&str; 4] = ["normalize", "features", "score", "explain"];

/// One message in each kind of script, a disguised one and a lure.
const TEXTS: [&str; 6] = [
    "Running ten minutes late, order me the usual and keep a seat by the window.",
    "Pay the 12% tax first, then the platform releases your USDT balance.",
    "\u{421}\u{43a}\u{438}\u{43d}\u{44c} \u{430}\u{434}\u{440}\u{435}\u{441}, \u{44f} \u{447}\u{435}\u{440}\u{435}\u{437} \u{447}\u{430}\u{441} \u{431}\u{443}\u{434}\u{443}.",
    "\u{660e}\u{5929}\u{4e0b}\u{5348}\u{4e09}\u{70b9}\u{5f00}\u{4f1a}\u{ff0c}\u{8bb0}\u{5f97}\u{5e26}\u{6750}\u{6599}\u{3002}",
    "\u{e1e}\u{e23}\u{e38}\u{e48}\u{e07}\u{e19}\u{e35}\u{e49}\u{e40}\u{e08}\u{e2d}\u{e01}\u{e31}\u{e19}\u{e2b}\u{e19}\u{e49}\u{e32}\u{e2d}\u{e2d}\u{e1f}\u{e1f}\u{e34}\u{e28}",
    "t e l e g r a m me, pr0fit is gu\u{430}ranteed, wh\u{430}ts\u{200b}app only",
];

/// Repetitions of the two counted runs; start and load are the same in both and cancel out.
const FEW: u32 = 20;
const MANY: u32 = 120;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [flag, stage, times] = &args[..]
        && flag == "--run"
    {
        run(stage, times.parse().unwrap_or(FEW));
        return ExitCode::SUCCESS;
    }
    match guard(args.iter().any(|arg| arg == "--write")) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            report(&format!("instructions: {problem}"));
            ExitCode::FAILURE
        }
    }
}

fn report(line: &str) {
    use std::io::Write;
    // A closed pipe ends the report, not the bench.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Does the work that is counted.
fn run(stage: &str, times: u32) {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let mut analyzer = Analyzer::new();
    let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
    for text in TEXTS.iter().cycle().take(TEXTS.len() * times as usize) {
        let text = black_box(*text);
        match stage {
            "normalize" => drop(black_box(analyzer.analyze(text).tokens().len())),
            "features" => {
                let mut mixed = 0;
                extractor.for_each(text, |_, feature| mixed ^= feature.hash);
                black_box(mixed);
            }
            "score" => drop(black_box(scorer.score(text))),
            _ => drop(black_box(scorer.explain(text))),
        }
    }
}

/// Counts all stages; whether none has grown.
fn guard(write: bool) -> Result<bool, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.json");
    let mut counts = BTreeMap::new();
    for stage in STAGES {
        let per_text =
            (count(stage, MANY)? - count(stage, FEW)?) / u64::from((MANY - FEW) * TEXTS.len() as u32);
        counts.insert(stage.to_owned(), per_text);
    }
    if write {
        let json = serde_json::to_string_pretty(&counts).map_err(|error| error.to_string())?;
        std::fs::write(path, json + "\n").map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {path}: {error}; try -- --write"))?;
    let known: BTreeMap<String, u64> =
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    let mut sound = true;
    for stage in STAGES {
        let (now, before) = (counts[stage], known.get(stage).copied().unwrap_or(0));
        let grown = now as f64 / before.max(1) as f64 - 1.0;
        let verdict = if grown > TOLERANCE { "grown" } else { "ok" };
        report(&format!("{stage:<10} {now:>8} instructions a text, {:+.1} %  {verdict}", 100.0 * grown));
        sound &= grown <= TOLERANCE;
    }
    Ok(sound)
}

/// Instructions of a whole run.
fn count(stage: &str, times: u32) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--run", stage, &times.to_string()])
        .output()
        .map_err(|error| format!("cannot run valgrind ({error}); install it to count instructions"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text
        .lines()
        .find(|line| line.contains("Collected"))
        .ok_or_else(|| format!("valgrind said: {text}"))?;
    line.split(':')
        .next_back()
        .and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| format!("valgrind said: {line}"))
}
