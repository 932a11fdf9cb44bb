//! `lurewatch dataset check`: the laws of the corpus, and a table of what is there.

use super::write_table;
use crate::{FLAGGED, corpus};
use lurewatch::dataset::check::{CUE_NAMES, FAMILIES, LanguageCounts, check};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Broken laws that are written out; the rest is counted.
const N_SHOWN: usize = 40;

pub(super) fn run(dir: &PathBuf, markdown: bool) -> anyhow::Result<ExitCode> {
    let records = corpus::read_all(std::slice::from_ref(dir))?;
    let (violations, counts) = check(&records);
    let mut rows = vec![headings()];
    rows.extend(counts.iter().map(|(language, counts)| cells(language, counts)));
    rows.push(cells("all", &total(&counts)));
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    write_table(&mut out, &rows, markdown)?;
    for violation in violations.iter().take(N_SHOWN) {
        writeln!(out, "{}: {}", violation.place, violation.problem)?;
    }
    if violations.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{} broken laws", violations.len())?;
    Ok(ExitCode::from(FLAGGED))
}

fn headings() -> Vec<String> {
    let names = ["language", "rows", "batches"].into_iter().chain(FAMILIES);
    let names = names.chain(["openers", "benign", "hard", "kinds"]).map(str::to_owned);
    names.chain(CUE_NAMES.map(|name| format!("AUC {name}"))).collect()
}

fn cells(language: &str, counts: &LanguageCounts) -> Vec<String> {
    let numbers = [counts.n_rows, counts.n_batches].into_iter().chain(counts.n_family);
    let numbers = numbers.chain([counts.n_openers, counts.n_benign, counts.n_hard, counts.n_hard_kinds]);
    let auc = counts.cue_auc.iter().map(|auc| if auc.is_nan() { String::new() } else { format!("{auc:.2}") });
    [language.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).chain(auc).collect()
}

/// Sums over the languages; cues are compared within languages only.
fn total(counts: &BTreeMap<String, LanguageCounts>) -> LanguageCounts {
    let mut total = LanguageCounts { cue_auc: [f64::NAN; 4], ..LanguageCounts::default() };
    for counts in counts.values() {
        total.n_rows += counts.n_rows;
        total.n_batches += counts.n_batches;
        total.n_openers += counts.n_openers;
        total.n_benign += counts.n_benign;
        total.n_hard += counts.n_hard;
        total.n_hard_kinds = total.n_hard_kinds.max(counts.n_hard_kinds);
        for (sum, number) in total.n_family.iter_mut().zip(counts.n_family) {
            *sum += number;
        }
    }
    total
}
