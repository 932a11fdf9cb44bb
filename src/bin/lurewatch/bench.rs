//! `lurewatch bench`: how fast scoring is on this machine, on the user's own texts if there are any.

use crate::args::{BenchArgs, ReportFormat};
use crate::model;
use anyhow::{Context, bail};
use lurewatch::Classifier;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Texts that are scored where no file is given: short messages in eight languages, neither rare nor easy.
const TEXTS: &[&str] = &[
    "Running ten minutes late, order me the usual please and keep a seat by the window.",
    "Your parcel arrives tomorrow between 9 and 12. Reply 1 to change the day.",
    "My aunt reads the charts for a fund, she told me tonight's window pays 4% a day, want me to show you?",
    "Salut, tu peux passer prendre le pain avant de rentrer ? Je finis vers 18h.",
    "Bonjour, votre retrait est bloqu\u{e9}, r\u{e9}glez d'abord les frais de d\u{e9}blocage.",
    "\u{660e}\u{5929}\u{4e0b}\u{5348}\u{4e09}\u{70b9}\u{5f00}\u{4f1a}\u{ff0c}\u{8bb0}\u{5f97}\u{5e26}\u{6750}\u{6599}\u{3002}",
    "\u{8001}\u{5e08}\u{5e26}\u{5355}\u{ff0c}\u{6bcf}\u{5929}\u{7a33}\u{8d5a}3%\u{ff0c}\u{540d}\u{989d}\u{53ea}\u{5269}\u{4e24}\u{4e2a}\u{3002}",
    "Ch\u{1ecb} \u{1a1}i m\u{1ea5}y gi\u{1edd} chi\u{1ec1}u nay m\u{ec}nh \u{111}\u{f3}n b\u{e9} v\u{1ead}y?",
    "\u{421}\u{43a}\u{438}\u{43d}\u{44c} \u{430}\u{434}\u{440}\u{435}\u{441}, \u{44f} \u{447}\u{435}\u{440}\u{435}\u{437} \u{447}\u{430}\u{441} \u{431}\u{443}\u{434}\u{443}.",
    "\u{e1e}\u{e23}\u{e38}\u{e48}\u{e07}\u{e19}\u{e35}\u{e49}\u{e40}\u{e08}\u{e2d}\u{e01}\u{e31}\u{e19}\u{e2b}\u{e19}\u{e49}\u{e32}\u{e2d}\u{e2d}\u{e1f}\u{e1f}\u{e34}\u{e28}\u{e19}\u{e30}",
];

/// Each measurement is repeated on at least this many texts.
const MIN_TEXTS: usize = 1000;

#[derive(Debug, serde::Serialize)]
struct Speed {
    n_texts: usize,
    mean_bytes: f64,
    texts_per_second_one_thread: f64,
    megabytes_per_second_one_thread: f64,
    n_threads: usize,
    texts_per_second_all_threads: f64,
    megabytes_per_second_all_threads: f64,
    p50_us: f64,
    p90_us: f64,
    p99_us: f64,
    p999_us: f64,
    p50_with_reasons_us: f64,
    load_ms: f64,
    model_bytes: usize,
}

pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    if !(args.seconds > 0.0 && args.seconds <= 3600.0) {
        bail!("--seconds is {}, but must be above 0 and at most 3600", args.seconds);
    }
    let started = Instant::now();
    let classifier = model::open(args.model.as_deref())?;
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let texts = texts(args)?;
    let model_bytes = match &args.model {
        Some(path) => model::bytes(path)?.len(),
        None => Classifier::embedded_bytes().len(),
    };
    let speed =
        Speed { load_ms, model_bytes, ..measure(&classifier, &texts, Duration::from_secs_f64(args.seconds)) };
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match args.format {
        ReportFormat::Json => writeln!(out, "{}", serde_json::to_string(&speed)?)?,
        ReportFormat::Text => show(&mut out, &speed)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn texts(args: &BenchArgs) -> anyhow::Result<Vec<String>> {
    let mut texts: Vec<String> = match &args.input {
        None => TEXTS.iter().map(|&text| text.to_owned()).collect(),
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            String::from_utf8_lossy(&bytes)
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect()
        }
    };
    if texts.is_empty() {
        bail!("no text to score: the file has only empty lines");
    }
    let n_given = texts.len();
    while texts.len() < MIN_TEXTS {
        let copy = texts[texts.len() % n_given].clone();
        texts.push(copy);
    }
    Ok(texts)
}

fn measure(classifier: &Classifier<'_>, texts: &[String], limit: Duration) -> Speed {
    let n_bytes: usize = texts.iter().map(String::len).sum();
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (one, _) = throughput(classifier, texts, limit);
    let all: f64 = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..n_threads).map(|_| scope.spawn(|| throughput(classifier, texts, limit).0)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
    });
    let mut latencies = latencies(classifier, texts, limit);
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    let mean_bytes = n_bytes as f64 / texts.len() as f64;
    Speed {
        n_texts: texts.len(),
        mean_bytes,
        texts_per_second_one_thread: one,
        megabytes_per_second_one_thread: one * mean_bytes / 1e6,
        n_threads,
        texts_per_second_all_threads: all,
        megabytes_per_second_all_threads: all * mean_bytes / 1e6,
        p50_us: at(0.5),
        p90_us: at(0.9),
        p99_us: at(0.99),
        p999_us: at(0.999),
        p50_with_reasons_us: reasons_latency(classifier, texts),
        load_ms: 0.0,
        model_bytes: 0,
    }
}

/// Texts a second on one thread, and the sum of the risks, so that the work cannot be left out.
fn throughput(classifier: &Classifier<'_>, texts: &[String], limit: Duration) -> (f64, f64) {
    let mut scorer = classifier.scorer();
    let mut sum: f64 = texts.iter().map(|text| scorer.score(text).risk).sum();
    let started = Instant::now();
    let mut n_scored = 0;
    while n_scored == 0 || started.elapsed() < limit {
        sum += texts.iter().map(|text| scorer.score(text).risk).sum::<f64>();
        n_scored += texts.len();
    }
    let per_second = n_scored as f64 / started.elapsed().as_secs_f64();
    (per_second, std::hint::black_box(sum))
}

fn latencies(classifier: &Classifier<'_>, texts: &[String], limit: Duration) -> Vec<f64> {
    let mut scorer = classifier.scorer();
    texts.iter().for_each(|text| {
        std::hint::black_box(scorer.score(text));
    });
    let started = Instant::now();
    let mut latencies = Vec::new();
    while latencies.is_empty() || started.elapsed() < limit {
        for text in texts {
            let before = Instant::now();
            std::hint::black_box(scorer.score(text));
            latencies.push(before.elapsed().as_secs_f64() * 1e6);
        }
    }
    latencies
}

fn reasons_latency(classifier: &Classifier<'_>, texts: &[String]) -> f64 {
    let mut scorer = classifier.scorer();
    let mut latencies: Vec<f64> = texts
        .iter()
        .map(|text| {
            let before = Instant::now();
            std::hint::black_box(scorer.reasons(text));
            before.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    latencies.sort_by(f64::total_cmp);
    latencies[latencies.len() / 2]
}

fn show(out: &mut impl Write, speed: &Speed) -> std::io::Result<()> {
    writeln!(out, "{} texts of {:.0} bytes on average", speed.n_texts, speed.mean_bytes)?;
    writeln!(
        out,
        "one thread   {:>10.0} texts/s  {:>7.1} MB/s",
        speed.texts_per_second_one_thread, speed.megabytes_per_second_one_thread
    )?;
    writeln!(
        out,
        "{:>2} threads   {:>10.0} texts/s  {:>7.1} MB/s",
        speed.n_threads, speed.texts_per_second_all_threads, speed.megabytes_per_second_all_threads
    )?;
    writeln!(
        out,
        "one text     p50 {:.1} us, p90 {:.1} us, p99 {:.1} us, p99.9 {:.1} us",
        speed.p50_us, speed.p90_us, speed.p99_us, speed.p999_us
    )?;
    writeln!(out, "with reasons p50 {:.1} us", speed.p50_with_reasons_us)?;
    writeln!(out, "model        {} bytes, loaded in {:.1} ms", speed.model_bytes, speed.load_ms)
}
