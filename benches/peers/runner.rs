//! lurewatch as a peer in a harness that trains and times text classifiers on the same split. See `README.md` beside it.
//!
//! `train TRAIN.jsonl DIR`, `score DIR TEST.jsonl SCORES`, `one DIR TEXT`; rows are `{"text": ..., "label": 0 or 1}`. The
//! answers are one line of JSON with seconds and microseconds. `LUREWATCH_CONFIG` names settings (TOML).

use lurewatch::config::TrainConfig;
use lurewatch::{Classifier, Record};
use serde::Deserialize;
use std::path::Path;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: u8,
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let answer = match args[..] {
        ["train", rows, dir] => train(rows, Path::new(dir))?,
        ["score", dir, rows, scores] => score(Path::new(dir), rows, scores)?,
        ["one", dir, text] => {
            let bytes = std::fs::read(model(Path::new(dir)))?;
            Classifier::from_bytes(&bytes)?.score(text).risk.to_string()
        }
        _ => return Err("train ROWS DIR, score DIR ROWS SCORES, or one DIR TEXT".into()),
    };
    use std::io::Write;
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}

fn model(dir: &Path) -> std::path::PathBuf {
    dir.join("model.lure")
}

fn read(path: &str) -> Result<Vec<Row>> {
    std::fs::read_to_string(path)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn train(rows: &str, dir: &Path) -> Result<String> {
    let config = match std::env::var("LUREWATCH_CONFIG") {
        Ok(path) => toml::from_str(&std::fs::read_to_string(path)?)?,
        Err(_) => TrainConfig { n_folds: 2, ..TrainConfig::default() },
    };
    let record = |(idx, row): (usize, Row)| Record {
        id: idx.to_string(),
        text: row.text,
        labels: if row.label == 1 { vec!["spam".to_owned()] } else { Vec::new() },
        weight: 1.0,
        ..Record::default()
    };
    let records: Vec<Record> = read(rows)?.into_iter().enumerate().map(record).collect();
    let start = Instant::now();
    let mut phases: Vec<(&str, f64)> = Vec::new();
    let trained = lurewatch::train(&records, &config, "", |progress| {
        phases.push((progress.phase, start.elapsed().as_secs_f64()));
    })?;
    std::fs::write(model(dir), trained.bytes)?;
    let begins = |phase: &str| phases.iter().find(|(name, _)| *name == phase).map_or(0.0, |(_, time)| *time);
    // Held-out folds and calibration are training too; the last fit alone is what a plain `fit` of other programs does.
    let last_fit = begins("measuring") - begins("learning from all rows");
    Ok(format!("{{\"fit_s\": {}, \"last_fit_s\": {last_fit}}}", start.elapsed().as_secs_f64()))
}

fn score(dir: &Path, rows: &str, scores: &str) -> Result<String> {
    let start = Instant::now();
    let bytes = std::fs::read(model(dir))?;
    let classifier = Classifier::from_bytes(&bytes)?;
    let load_s = start.elapsed().as_secs_f64();
    let rows = read(rows)?;
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let mut scorer = classifier.scorer();
    let lines: Vec<String> = texts.iter().map(|text| format!("{:e}\n", scorer.score(text).risk)).collect();
    std::fs::write(scores, lines.concat())?;
    let mut micros: Vec<f64> = texts
        .iter()
        .cycle()
        .take(20_000)
        .map(|text| {
            let start = Instant::now();
            std::hint::black_box(scorer.score(text));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    let batch: Vec<&str> = texts.iter().cycle().take(200_000).copied().collect();
    let one: Vec<f64> = (0..5).map(|_| seconds(&classifier, &batch, 1)).collect();
    let two: Vec<f64> = (0..5).map(|_| seconds(&classifier, &batch, 2)).collect();
    Ok(serde_json::json!({
        "load_s": load_s,
        "p50_us": micros[micros.len() / 2],
        "p99_us": micros[micros.len() * 99 / 100],
        "n_lat": micros.len(),
        "n": batch.len(),
        "bytes": batch.iter().map(|text| text.len()).sum::<usize>(),
        "one_s": one,
        // One thread that only computes: its wall time is its processor time.
        "one_cpu_s": one,
        "two_s": two,
    })
    .to_string())
}

/// Scores the batch in equal parts, one a thread.
fn seconds(classifier: &Classifier<'_>, batch: &[&str], n_threads: usize) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for part in batch.chunks(batch.len().div_ceil(n_threads)) {
            scope.spawn(move || {
                let mut scorer = classifier.scorer();
                part.iter().map(|text| scorer.score(text).risk).sum::<f64>()
            });
        }
    });
    start.elapsed().as_secs_f64()
}
