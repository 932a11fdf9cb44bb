//! Verdicts and truth to a report: overall, by label, by slice.
//!
//! Headline figures compare lures (clear ones, where the data say how clear) with benign rows. Openers and merely
//! suspicious rows are neither: the share of them that is flagged is reported beside.

use super::metrics::{self, AtThreshold, Bin, Interval, Scored};
use crate::dataset::Record;
use crate::verdict::{Band, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a row is, for the headline figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No label.
    Benign,
    /// Only labels that do not count as risk.
    Neutral,
    /// A label that counts as risk, but the row is marked as merely suspicious.
    Suspicious,
    /// A label that counts as risk.
    Lure,
}

impl Class {
    /// The class of a record, where `neutral` labels do not count as risk.
    pub fn of(record: &Record, neutral: &[String]) -> Class {
        let risky = record.labels.iter().any(|label| !neutral.contains(label));
        match () {
            () if record.labels.is_empty() => Class::Benign,
            () if !risky => Class::Neutral,
            () if record.verdict == Some(2) => Class::Suspicious,
            () => Class::Lure,
        }
    }
}

/// A row with its truth and its verdict.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What it is.
    pub class: Class,
    /// Whether it has each of the model's labels.
    pub truth: Vec<bool>,
    /// What was answered.
    pub verdict: Verdict,
    /// Near-duplicate cluster: rows of one cluster are resampled together.
    pub group: usize,
}

impl Judged {
    /// A record and the verdict on it.
    pub fn new(
        record: &Record,
        labels: &[String],
        neutral: &[String],
        verdict: Verdict,
        group: usize,
    ) -> Judged {
        let truth = labels.iter().map(|label| record.labels.contains(label)).collect();
        Judged { class: Class::of(record, neutral), truth, verdict, group }
    }
}

/// How well one head tells its rows from the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadReport {
    /// Name of the label, or `risk`.
    pub label: String,
    /// Rows that have it.
    pub n_positive: usize,
    /// Rows that do not.
    pub n_negative: usize,
    /// Area under the ROC curve.
    pub roc_auc: Option<Interval>,
    /// Area under the precision-recall curve.
    pub average_precision: Option<Interval>,
    /// Recall at 1 % false alarms.
    pub recall_at_1_percent: Option<Interval>,
    /// Recall at 0.1 % false alarms.
    pub recall_at_01_percent: Option<Interval>,
    /// Mean squared error of the probability.
    pub brier_score: Option<f64>,
    /// Expected calibration error, ten bins.
    pub expected_calibration_error: Option<f64>,
    /// Precision, recall, F1 and MCC at a probability of one half.
    pub at_half: Option<AtThreshold>,
    /// For the reliability plot.
    pub reliability: Vec<Bin>,
}

/// How many rows of one class reach each band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassReport {
    /// The class.
    pub class: Class,
    /// Its rows.
    pub n_rows: usize,
    /// Rows of each band, from `none` to `critical`.
    pub n_band: [usize; 5],
    /// Rows without a judgement, counted under `none`.
    pub n_abstained: usize,
    /// Share that reaches `high`.
    pub flagged: Option<Interval>,
}

/// A way of dividing rows: its name, and the part that a record belongs to.
pub type Division = (&'static str, fn(&Record) -> String);

/// The ways of dividing rows that reports know.
pub const DIVISIONS: [Division; 7] = [
    ("lang", |record| record.language.clone()),
    ("source", |record| record.source.clone()),
    ("label", |record| record.labels.join(";")),
    ("batch", |record| record.batch.clone()),
    ("kind", |record| record.kind.clone()),
    ("channel", |record| record.channel.clone()),
    ("length", |record| length_class(&record.text).to_owned()),
];

/// Characters up to which a text belongs to each class of length.
fn length_class(text: &str) -> &'static str {
    match text.chars().count() {
        0..=40 => "1: up to 40 characters",
        41..=120 => "2: 41 to 120",
        121..=300 => "3: 121 to 300",
        _ => "4: over 300",
    }
}

/// The part that each record belongs to, by the name of the division; nothing for unknown names.
pub fn parts(by: &str, records: &[Record]) -> Option<(String, Vec<String>)> {
    let (name, part) = DIVISIONS.iter().find(|(name, _)| *name == by)?;
    Some(((*name).to_owned(), records.iter().map(part).collect()))
}

/// The headline figures of a part of the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// By what the rows are divided.
    pub by: String,
    /// The part.
    pub name: String,
    /// Benign rows.
    pub n_benign: usize,
    /// Share of them that reaches `high`.
    pub false_alarms: Option<Interval>,
    /// Lures.
    pub n_lures: usize,
    /// Share of them that reaches `high`.
    pub recall: Option<Interval>,
    /// Area under the ROC curve of the risk, lures against benign rows.
    pub roc_auc: Option<f64>,
    /// Recall at 1 % false alarms within the part.
    pub recall_at_1_percent: Option<f64>,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows judged.
    pub n_rows: usize,
    /// The risk: lures against benign rows.
    pub risk: HeadReport,
    /// Each label against all other rows.
    pub labels: Vec<HeadReport>,
    /// Bands by class.
    pub classes: Vec<ClassReport>,
    /// Share of lures whose likeliest risky label is one of theirs.
    pub right_family: Option<Interval>,
    /// Parts, as asked for.
    pub slices: Vec<Slice>,
}

/// Makes the report. `slice_names` has, for each way of dividing, its name and the part of each row.
pub fn report(
    rows: &[Judged],
    labels: &[String],
    neutral: &[String],
    slice_names: &[(String, Vec<String>)],
) -> Report {
    let classes = [Class::Benign, Class::Neutral, Class::Suspicious, Class::Lure];
    let (scored, groups) = headline(rows.iter());
    let risky: Vec<usize> = (0..labels.len()).filter(|&idx| !neutral.contains(&labels[idx])).collect();
    Report {
        n_rows: rows.len(),
        risk: head_report("risk", &scored, &groups),
        labels: labels.iter().enumerate().map(|(idx, label)| label_report(rows, idx, label)).collect(),
        classes: classes
            .iter()
            .map(|&class| class_report(rows, class))
            .filter(|class| class.n_rows > 0)
            .collect(),
        right_family: right_family(rows, &risky),
        slices: slice_names.iter().flat_map(|(by, names)| slices(rows, by, names)).collect(),
    }
}

/// Risk and truth of the lures and benign rows, and their groups.
pub fn headline<'r>(rows: impl Iterator<Item = &'r Judged>) -> (Vec<Scored>, Vec<usize>) {
    rows.filter(|row| matches!(row.class, Class::Benign | Class::Lure))
        .map(|row| ((row.verdict.risk, row.class == Class::Lure), row.group))
        .unzip()
}

fn label_report(rows: &[Judged], idx: usize, label: &str) -> HeadReport {
    let scored: Vec<Scored> =
        rows.iter().map(|row| (row.verdict.probabilities()[idx], row.truth[idx])).collect();
    let groups: Vec<usize> = rows.iter().map(|row| row.group).collect();
    head_report(label, &scored, &groups)
}

fn head_report(label: &str, scored: &[Scored], groups: &[usize]) -> HeadReport {
    let n_positive = scored.iter().filter(|row| row.1).count();
    let ranks = metrics::rank_intervals(scored, groups);
    HeadReport {
        label: label.to_owned(),
        n_positive,
        n_negative: scored.len() - n_positive,
        roc_auc: ranks.map(|ranks| ranks.roc_auc),
        average_precision: ranks.map(|ranks| ranks.average_precision),
        recall_at_1_percent: ranks.map(|ranks| ranks.recall_at_1_percent),
        recall_at_01_percent: ranks.map(|ranks| ranks.recall_at_01_percent),
        brier_score: metrics::brier_score(scored),
        expected_calibration_error: metrics::expected_calibration_error(scored),
        at_half: metrics::at_threshold(scored, 0.5),
        reliability: metrics::reliability(scored).to_vec(),
    }
}

fn class_report(rows: &[Judged], class: Class) -> ClassReport {
    let mut report = ClassReport { class, n_rows: 0, n_band: [0; 5], n_abstained: 0, flagged: None };
    for row in rows.iter().filter(|row| row.class == class) {
        report.n_rows += 1;
        report.n_band[row.verdict.band as usize] += 1;
        report.n_abstained += usize::from(row.verdict.abstained);
    }
    report.flagged =
        metrics::share_interval(report.n_band[Band::High as usize..].iter().sum(), report.n_rows);
    report
}

fn right_family(rows: &[Judged], risky: &[usize]) -> Option<Interval> {
    let lures: Vec<&Judged> = rows.iter().filter(|row| row.class == Class::Lure).collect();
    let right = |row: &&&Judged| {
        let probability = |idx: usize| row.verdict.probabilities()[idx];
        let best = risky.iter().copied().max_by(|&one, &two| probability(one).total_cmp(&probability(two)));
        best.is_some_and(|best| row.truth[best])
    };
    metrics::share_interval(lures.iter().filter(right).count(), lures.len())
}

fn slices(rows: &[Judged], by: &str, names: &[String]) -> Vec<Slice> {
    let mut parts: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for (row, name) in rows.iter().zip(names) {
        parts.entry(name).or_default().push(row);
    }
    parts.into_iter().map(|(name, rows)| slice(by, name, &rows)).collect()
}

fn slice(by: &str, name: &str, rows: &[&Judged]) -> Slice {
    let (scored, _) = headline(rows.iter().copied());
    let count = |class: Class, flagged: bool| {
        rows.iter().filter(|row| row.class == class && (!flagged || row.verdict.band >= Band::High)).count()
    };
    let (n_benign, n_lures) = (count(Class::Benign, false), count(Class::Lure, false));
    Slice {
        by: by.to_owned(),
        name: name.to_owned(),
        n_benign,
        false_alarms: metrics::share_interval(count(Class::Benign, true), n_benign),
        n_lures,
        recall: metrics::share_interval(count(Class::Lure, true), n_lures),
        roc_auc: metrics::roc_auc(&scored),
        recall_at_1_percent: metrics::recall_at_false_alarms(&scored, 0.01),
    }
}
