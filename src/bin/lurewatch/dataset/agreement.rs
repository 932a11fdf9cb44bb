//! `lurewatch dataset agreement`: how far the second readers agree with the writers.

use super::write_table;
use crate::corpus;
use anyhow::{Context, bail};
use lurewatch::dataset::agreement::{Agreement, Reading, agreement};
use lurewatch::dataset::parse_labels;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A line of a file of second readings.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    lang: String,
    verdict: u8,
    labels: String,
    second_verdict: u8,
    second_labels: String,
    natural: u8,
    realistic: u8,
}

pub(super) fn run(paths: &[PathBuf], markdown: bool) -> anyhow::Result<ExitCode> {
    let mut readings = Vec::new();
    for path in corpus::find_all(paths)? {
        read(&path, &mut readings)?;
    }
    let (all, languages): (Vec<_>, Vec<_>) =
        agreement(&readings).into_iter().partition(|(name, _)| name == "all");
    let names =
        ["language", "rows read twice", "alpha verdict", "alpha family", "opposed", "natural", "realistic"];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    rows.extend(languages.iter().chain(&all).map(|(name, agreement)| cells(name, agreement)));
    write_table(&mut anstream::AutoStream::auto(std::io::stdout()), &rows, markdown)?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path, readings: &mut Vec<Reading>) -> anyhow::Result<()> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("cannot open {}", path.display()))?;
    for line in reader.deserialize() {
        let line: Line = line.with_context(|| path.display().to_string())?;
        let verdicts = [line.verdict, line.second_verdict];
        if let Some(verdict) = verdicts.iter().find(|verdict| **verdict > 4) {
            bail!("{}: row {}: verdict {verdict} is not one of 0 to 4", path.display(), line.id);
        }
        readings.push(Reading {
            language: line.lang,
            verdicts,
            labels: [parse_labels(&line.labels), parse_labels(&line.second_labels)],
            natural: line.natural != 0,
            realistic: line.realistic != 0,
        });
    }
    Ok(())
}

fn cells(name: &str, agreement: &Agreement) -> Vec<String> {
    let alpha = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let share = |count: usize| format!("{:.1} %", 100.0 * count as f64 / agreement.n_rows.max(1) as f64);
    vec![
        name.to_owned(),
        agreement.n_rows.to_string(),
        alpha(agreement.verdict_alpha),
        alpha(agreement.family_alpha),
        agreement.n_opposed.to_string(),
        share(agreement.n_natural),
        share(agreement.n_realistic),
    ]
}
