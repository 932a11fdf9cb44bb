//! Records to a model and an honest report on it.
//!
//! [`train`] holds out each fold in turn, fits on the rest by the same `fit` that makes the final model, and
//! scores the held-out rows through the same artifact and scorer that users run. From those held-out log-odds come the
//! calibrations and the thresholds of the final model. The report applies, to each fold, calibrations and thresholds
//! chosen on the *other* folds: nothing is reported on the rows that chose it.

pub mod config;
pub mod curve;
mod decision;
pub(crate) mod fit;
mod quantise;
pub(crate) mod select;

use crate::artifact::Model;
use crate::classifier::{Classifier, RawScores};
use crate::dataset::{Record, groups};
use crate::error::{ErrorKind, Result};
use crate::evaluate::report::{self, Judged, Report};
use crate::parallel;
use crate::verdict::Verdict;
use config::{FoldBy, TrainConfig};
use decision::Decision;
use std::collections::BTreeSet;

/// A trained model, its bytes, and what held-out rows say about it.
#[derive(Debug)]
pub struct Trained {
    /// The artifact.
    pub bytes: Vec<u8>,
    /// Measures on held-out rows.
    pub report: Report,
    /// The held-out rows with their verdicts, in the order of the records.
    pub judged: Vec<Judged>,
}

/// What training is doing, for a progress display: how much of how much, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// What is being done now.
    pub phase: &'static str,
}

/// How the held-out report divides the rows, where the data say what belongs where.
const REPORTED: [&str; 4] = ["lang", "length", "channel", "kind"];

fn is_divided(names: &[String]) -> bool {
    names.iter().any(|name| *name != names[0])
}

/// Trains a model on all records and reports on held-out ones.
///
/// # Errors
///
/// [`ErrorKind::Params`] for impossible settings, [`ErrorKind::NotEnoughData`] if a label or a fold has too few rows,
/// [`ErrorKind::NotConverged`] if the solver gave up.
pub fn train(
    records: &[Record],
    config: &TrainConfig,
    lexicon: &str,
    mut tell: impl FnMut(Progress),
) -> Result<Trained> {
    config.check()?;
    let config = &fit::with_labels_of(config, records);
    let total = config.n_folds + 3;
    tell(Progress { done: 0, total, phase: "grouping near-duplicates" });
    let clusters = groups::clusters(records);
    let folds = fold_of_rows(records, &clusters, config)?;
    let mut held_out: Vec<Option<RawScores>> = vec![None; records.len()];
    for fold in 0..config.n_folds {
        tell(Progress { done: fold + 1, total, phase: "learning and judging a held-out fold" });
        judge_fold(records, &folds, fold, config, lexicon, &|_| true, &mut held_out)?;
    }
    let held_out: Vec<RawScores> = held_out.into_iter().flatten().collect();
    tell(Progress { done: config.n_folds + 1, total, phase: "learning from all rows" });
    let all: Vec<&Record> = records.iter().collect();
    let mut model = fit::fit(&all, config, lexicon)?;
    let rows: Vec<usize> = (0..records.len()).collect();
    Decision::fit(records, &held_out, &rows, config).write(&mut model.metadata);
    tell(Progress { done: config.n_folds + 2, total, phase: "measuring" });
    let judged = judge_crosswise(&model, records, &held_out, &folds, &clusters, config);
    let neutral = &model.metadata.neutral_labels;
    let divisions: Vec<_> = REPORTED
        .iter()
        .filter_map(|&by| report::parts(by, records))
        .filter(|(_, names)| is_divided(names))
        .collect();
    let report = report::report(&judged, &model.metadata.labels, neutral, &divisions);
    fit::record_training(&mut model, records, config, &report);
    let bytes = model.to_bytes()?;
    tell(Progress { done: total, total, phase: "done" });
    Ok(Trained { bytes, report, judged })
}

/// The fold of each row: whole clusters, batches or languages.
fn fold_of_rows(records: &[Record], clusters: &[usize], config: &TrainConfig) -> Result<Vec<usize>> {
    let groups = match config.fold_by {
        FoldBy::Cluster => clusters.to_vec(),
        FoldBy::Batch => groups::by_name(records.iter(), groups::batch),
        FoldBy::Language => groups::by_name(records.iter(), |record| record.language.as_str()),
    };
    let n_groups = groups.iter().collect::<BTreeSet<_>>().len();
    if n_groups < config.n_folds {
        let problem = format!(
            "{n_groups} groups of rows for {} folds; use fewer folds or other groups",
            config.n_folds
        );
        return Err(ErrorKind::NotEnoughData { problem }.into());
    }
    Ok(match config.fold_by {
        FoldBy::Cluster => groups::folds(&groups, config.n_folds),
        // Names are sorted by language, so taking turns puts the batches of one language into different folds.
        FoldBy::Batch | FoldBy::Language => groups.iter().map(|group| group % config.n_folds).collect(),
    })
}

/// Fits on the rows outside the fold that are to be kept and fills in the held-out log-odds of the rows inside.
fn judge_fold(
    records: &[Record],
    folds: &[usize],
    fold: usize,
    config: &TrainConfig,
    lexicon: &str,
    keep: &dyn Fn(usize) -> bool,
    held_out: &mut [Option<RawScores>],
) -> Result<()> {
    let rest: Vec<&Record> =
        (0..records.len()).filter(|&idx| folds[idx] != fold && keep(idx)).map(|idx| &records[idx]).collect();
    let bytes = fit::fit(&rest, config, lexicon)?.to_bytes()?;
    let classifier = Classifier::from_bytes(&bytes)?;
    let inside: Vec<usize> = (0..records.len()).filter(|&idx| folds[idx] == fold).collect();
    let texts: Vec<&str> = inside.iter().map(|&idx| records[idx].text.as_str()).collect();
    let read = parallel::map(
        &texts,
        config.n_threads(),
        || classifier.scorer(),
        |scorer, text| scorer.read(text).clone(),
    );
    for (idx, scores) in inside.into_iter().zip(read) {
        held_out[idx] = Some(scores);
    }
    Ok(())
}

/// The risk's log-odds of each held-out row, by what was fitted on the other folds.
fn risks_crosswise(
    records: &[Record],
    held_out: &[RawScores],
    folds: &[usize],
    config: &TrainConfig,
) -> Vec<f64> {
    let mut risks = vec![0.0; records.len()];
    for fold in 0..config.n_folds {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..records.len()).partition(|&idx| folds[idx] == fold);
        let decision = Decision::fit(records, held_out, &outside, config);
        for idx in inside {
            risks[idx] = decision.risk_logit(&held_out[idx]);
        }
    }
    risks
}

/// The verdict on each held-out row, with calibrations and thresholds from the other folds.
fn judge_crosswise(
    model: &Model<'_>,
    records: &[Record],
    held_out: &[RawScores],
    folds: &[usize],
    clusters: &[usize],
    config: &TrainConfig,
) -> Vec<Judged> {
    let mut verdicts: Vec<Option<Verdict>> = vec![None; records.len()];
    for fold in 0..config.n_folds {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..records.len()).partition(|&idx| folds[idx] == fold);
        let mut deciding = model.clone();
        Decision::fit(records, held_out, &outside, config).write(&mut deciding.metadata);
        let classifier = Classifier::new(deciding);
        for idx in inside {
            verdicts[idx] = Some(classifier.decide(&held_out[idx]));
        }
    }
    let (labels, neutral) = (&model.metadata.labels, &model.metadata.neutral_labels);
    let rows = records.iter().zip(verdicts).zip(clusters);
    rows.filter_map(|((record, verdict), &group)| Some(Judged::new(record, labels, neutral, verdict?, group)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_a_language_are_held_out_apart() {
        let names = [("en", "en-a"), ("en", "en-b"), ("fr", "fr-a"), ("fr", "fr-b"), ("en", "en-a")];
        let record = |(language, batch): &(&str, &str)| Record {
            language: (*language).into(),
            batch: (*batch).into(),
            ..Record::default()
        };
        let records: Vec<Record> = names.iter().map(record).collect();
        let folds = |fold_by| {
            let config = TrainConfig { fold_by, n_folds: 2, ..TrainConfig::default() };
            fold_of_rows(&records, &[0, 1, 2, 3, 4], &config).unwrap()
        };
        assert_eq!(folds(FoldBy::Batch), [0, 1, 0, 1, 0]);
        assert_eq!(folds(FoldBy::Language), [0, 0, 1, 1, 0]);
    }
}
