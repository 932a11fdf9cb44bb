//! Quality against the number of rows: what more data would buy.
//!
//! In each held-out fold a model is learned from a share of the other folds' rows and judged on the whole fold. The
//! shares are nested: a row that is in a small share is in all larger ones.

use super::config::TrainConfig;
use super::{Progress, RawScores, fit, fold_of_rows, judge_fold, risks_crosswise};
use crate::dataset::{Record, groups};
use crate::error::Result;
use crate::evaluate::metrics::{self, Scored};
use crate::evaluate::report::Class;
use std::collections::BTreeMap;

/// Quality at one number of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// Share of the available rows.
    pub share: f64,
    /// Rows of this language that were learned from, on average over the folds.
    pub n_rows: usize,
    /// Area under the ROC curve of the risk, lures against benign rows.
    pub roc_auc: Option<f64>,
    /// Share of lures found where 1 % of the benign rows are called lures.
    pub recall_at_1_percent: Option<f64>,
}

/// For each language, and for all rows under the name `all`: the points by rising share.
///
/// # Errors
///
/// As [`train`](super::train).
pub fn learning_curve(
    records: &[Record],
    config: &TrainConfig,
    lexicon: &str,
    shares: &[f64],
    mut tell: impl FnMut(Progress),
) -> Result<BTreeMap<String, Vec<CurvePoint>>> {
    config.check()?;
    let config = &fit::with_labels_of(config, records);
    let folds = fold_of_rows(records, &groups::clusters(records), config)?;
    let total = shares.len() * config.n_folds;
    let mut curves: BTreeMap<String, Vec<CurvePoint>> = BTreeMap::new();
    for (step, &share) in shares.iter().enumerate() {
        let keep = |idx: usize| position(&records[idx]) < share;
        let mut held_out: Vec<Option<RawScores>> = vec![None; records.len()];
        for fold in 0..config.n_folds {
            tell(Progress { done: step * config.n_folds + fold, total, phase: "learning from a share" });
            judge_fold(records, &folds, fold, config, lexicon, &keep, &mut held_out)?;
        }
        let held_out: Vec<RawScores> = held_out.into_iter().flatten().collect();
        let risks = risks_crosswise(records, &held_out, &folds, config);
        for (name, rows) in parts(records) {
            let point = point(records, &risks, &rows, share, &keep, config);
            curves.entry(name).or_default().push(point);
        }
    }
    Ok(curves)
}

/// Where a row stands in [0, 1): the same for every share and every machine.
fn position(record: &Record) -> f64 {
    // The upper 53 bits fill a double exactly.
    (xxhash_rust::xxh3::xxh3_64(record.id.as_bytes()) >> 11) as f64 / (1u64 << 53) as f64
}

fn parts(records: &[Record]) -> BTreeMap<String, Vec<usize>> {
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (idx, record) in records.iter().enumerate() {
        parts.entry(record.language.clone()).or_default().push(idx);
        parts.entry("all".to_owned()).or_default().push(idx);
    }
    parts
}

fn point(
    records: &[Record],
    risks: &[f64],
    rows: &[usize],
    share: f64,
    keep: &dyn Fn(usize) -> bool,
    config: &TrainConfig,
) -> CurvePoint {
    let scored: Vec<Scored> = rows
        .iter()
        .filter_map(|&idx| {
            let lure = match Class::of(&records[idx], &config.neutral_labels) {
                Class::Lure => true,
                Class::Benign => false,
                Class::Neutral | Class::Suspicious => return None,
            };
            Some((risks[idx], lure))
        })
        .collect();
    // Every row is held out once, and is learned from in all other folds.
    let n_kept = rows.iter().filter(|&&idx| keep(idx)).count();
    CurvePoint {
        share,
        n_rows: n_kept * (config.n_folds - 1) / config.n_folds,
        roc_auc: metrics::roc_auc(&scored),
        recall_at_1_percent: metrics::recall_at_false_alarms(&scored, 0.01),
    }
}
