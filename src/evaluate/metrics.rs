//! Measures of a score against the truth, from their definitions.
//!
//! Scores are any numbers of which larger means "more likely positive"; equal scores are treated as one step, so no
//! order among ties is invented. Where a class is missing, ranks mean nothing and the answer is `None`.

use linfa::prelude::ToConfusionMatrix;
use serde::{Deserialize, Serialize};

/// A scored row: its score or probability, and whether it is positive.
pub type Scored = (f64, bool);

/// A measure with the middle 95 % of its bootstrap distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The measure on the rows themselves.
    pub value: f64,
    /// 2.5th percentile of the resampled measures.
    pub low: f64,
    /// 97.5th percentile of the resampled measures.
    pub high: f64,
}

/// Precision, recall and the like at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AtThreshold {
    /// Share of the rows called positive that are.
    pub precision: f64,
    /// Share of the positive rows that are called positive.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1_score: f64,
    /// Matthews correlation coefficient.
    pub mcc: f64,
}

/// A point of the ROC and precision-recall curves: everything scored at least `threshold` is called positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Lowest score called positive.
    pub threshold: f64,
    /// Positive rows called positive.
    pub n_true: usize,
    /// Negative rows called positive.
    pub n_false: usize,
}

/// The curve from the strictest threshold to the loosest, one point for each distinct score.
pub fn curve(rows: &[Scored]) -> Vec<CurvePoint> {
    let mut sorted: Vec<Scored> = rows.to_vec();
    sorted.sort_by(|one, two| two.0.total_cmp(&one.0));
    let (mut n_true, mut n_false) = (0, 0);
    let mut points = Vec::new();
    for tied in sorted.chunk_by(|one, two| one.0 == two.0) {
        n_true += tied.iter().filter(|row| row.1).count();
        n_false += tied.iter().filter(|row| !row.1).count();
        points.push(CurvePoint { threshold: tied[0].0, n_true, n_false });
    }
    points
}

fn counts(rows: &[Scored]) -> Option<(f64, f64)> {
    let n_positive = rows.iter().filter(|row| row.1).count();
    let n_negative = rows.len() - n_positive;
    (n_positive > 0 && n_negative > 0).then_some((n_positive as f64, n_negative as f64))
}

/// Probability that a positive row scores above a negative one, ties counting half (Mann and Whitney).
pub fn roc_auc(rows: &[Scored]) -> Option<f64> {
    let (n_positive, n_negative) = counts(rows)?;
    let mut area = 0.0;
    let (mut before_true, mut before_false) = (0.0, 0.0);
    for point in curve(rows) {
        let (now_true, now_false) = (point.n_true as f64, point.n_false as f64);
        area += (now_false - before_false) * (now_true + before_true) / 2.0;
        (before_true, before_false) = (now_true, now_false);
    }
    Some(area / (n_positive * n_negative))
}

/// Sum over the curve's points of (recall gained) x (precision there), as scikit-learn's `average_precision_score`.
pub fn average_precision(rows: &[Scored]) -> Option<f64> {
    let (n_positive, _) = counts(rows)?;
    let mut sum = 0.0;
    let mut before = 0;
    for point in curve(rows) {
        let precision = point.n_true as f64 / (point.n_true + point.n_false) as f64;
        sum += (point.n_true - before) as f64 / n_positive * precision;
        before = point.n_true;
    }
    Some(sum)
}

/// Largest recall at which at most this share of the negative rows is called positive.
pub fn recall_at_false_alarms(rows: &[Scored], share: f64) -> Option<f64> {
    let (n_positive, n_negative) = counts(rows)?;
    let allowed = curve(rows).into_iter().filter(|point| point.n_false as f64 <= share * n_negative);
    Some(allowed.map(|point| point.n_true as f64 / n_positive).fold(0.0, f64::max))
}

/// Mean squared difference of probability and truth.
pub fn brier_score(rows: &[Scored]) -> Option<f64> {
    let one = |row: &Scored| (row.0 - f64::from(u8::from(row.1))).powi(2);
    (!rows.is_empty()).then(|| rows.iter().map(one).sum::<f64>() / rows.len() as f64)
}

/// Bins of the reliability plot and of the expected calibration error.
pub const N_BINS: usize = 10;

/// Rows, mean probability and share of positive rows of one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Rows whose probability falls into the bin.
    pub n_rows: usize,
    /// Their mean probability.
    pub mean_probability: f64,
    /// The share of them that is positive.
    pub share_positive: f64,
}

/// The rows in bins of equal width by probability.
pub fn reliability(rows: &[Scored]) -> [Bin; N_BINS] {
    let mut bins = [Bin { n_rows: 0, mean_probability: 0.0, share_positive: 0.0 }; N_BINS];
    for &(probability, positive) in rows {
        let bin = &mut bins[((probability * N_BINS as f64) as usize).min(N_BINS - 1)];
        bin.n_rows += 1;
        bin.mean_probability += probability;
        bin.share_positive += f64::from(u8::from(positive));
    }
    for bin in bins.iter_mut().filter(|bin| bin.n_rows > 0) {
        bin.mean_probability /= bin.n_rows as f64;
        bin.share_positive /= bin.n_rows as f64;
    }
    bins
}

/// Mean over the rows of |mean probability - share of positive rows| in their bin (Guo et al., ICML 2017).
pub fn expected_calibration_error(rows: &[Scored]) -> Option<f64> {
    let gap = |bin: &Bin| bin.n_rows as f64 * (bin.mean_probability - bin.share_positive).abs();
    (!rows.is_empty()).then(|| reliability(rows).iter().map(gap).sum::<f64>() / rows.len() as f64)
}

/// Precision, recall, F1 and MCC when everything of at least `threshold` is called positive, by linfa's confusion matrix.
pub fn at_threshold(rows: &[Scored], threshold: f64) -> Option<AtThreshold> {
    counts(rows)?;
    let predicted: Vec<bool> = rows.iter().map(|row| row.0 >= threshold).collect();
    let truth: Vec<bool> = rows.iter().map(|row| row.1).collect();
    let predicted = ndarray::Array1::from_vec(predicted);
    let truth = ndarray::Array1::from_vec(truth);
    // In linfa 0.8.1 `precision` divides by the column of its matrix and `recall` by the row, so the matrix is right for
    // both names with the truth as its rows.
    let matrix = truth.confusion_matrix(&predicted).ok()?;
    let known = |value: f32| if value.is_finite() { f64::from(value) } else { 0.0 };
    Some(AtThreshold {
        precision: known(matrix.precision()),
        recall: known(matrix.recall()),
        f1_score: known(matrix.f1_score()),
        mcc: known(matrix.mcc()),
    })
}

/// Wilson's interval of a share, 95 % (Wilson, JASA 1927).
pub fn share_interval(n_hits: usize, n_rows: usize) -> Option<Interval> {
    const Z: f64 = 1.959_963_984_540_054;
    if n_rows == 0 {
        return None;
    }
    let (n, share) = (n_rows as f64, n_hits as f64 / n_rows as f64);
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(Interval { value: share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// The measures that depend on the order of the scores alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankMeasures {
    /// See [`roc_auc`].
    pub roc_auc: f64,
    /// See [`average_precision`].
    pub average_precision: f64,
    /// See [`recall_at_false_alarms`], at 1 %.
    pub recall_at_1_percent: f64,
    /// See [`recall_at_false_alarms`], at 0.1 %.
    pub recall_at_01_percent: f64,
}

/// The rank measures with their bootstrap intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankIntervals {
    /// See [`roc_auc`].
    pub roc_auc: Interval,
    /// See [`average_precision`].
    pub average_precision: Interval,
    /// See [`recall_at_false_alarms`], at 1 %.
    pub recall_at_1_percent: Interval,
    /// See [`recall_at_false_alarms`], at 0.1 %.
    pub recall_at_01_percent: Interval,
}

/// All rank measures of rows sorted by falling score, each counted as often as `times` says, in one pass.
fn rank_measures(sorted: &[Scored], times: &[u32]) -> Option<RankMeasures> {
    let sum = |class: bool| -> u64 {
        sorted.iter().zip(times).filter(|(row, _)| row.1 == class).map(|(_, &n)| u64::from(n)).sum()
    };
    let (n_positive, n_negative) = (sum(true) as f64, sum(false) as f64);
    if n_positive == 0.0 || n_negative == 0.0 {
        return None;
    }
    let mut measures = RankMeasures {
        roc_auc: 0.0,
        average_precision: 0.0,
        recall_at_1_percent: 0.0,
        recall_at_01_percent: 0.0,
    };
    let (mut n_true, mut n_false) = (0.0, 0.0);
    let mut idx = 0;
    for tied in sorted.chunk_by(|one, two| one.0 == two.0) {
        let (mut new_true, mut new_false) = (0.0, 0.0);
        for (row, &n) in tied.iter().zip(&times[idx..]) {
            *(if row.1 { &mut new_true } else { &mut new_false }) += f64::from(n);
        }
        idx += tied.len();
        measures.roc_auc += new_false * (n_true + new_true / 2.0);
        n_true += new_true;
        n_false += new_false;
        if new_true > 0.0 {
            measures.average_precision += new_true * n_true / (n_true + n_false);
        }
        if n_false <= 0.01 * n_negative {
            measures.recall_at_1_percent = n_true / n_positive;
        }
        if n_false <= 0.001 * n_negative {
            measures.recall_at_01_percent = n_true / n_positive;
        }
    }
    measures.roc_auc /= n_positive * n_negative;
    measures.average_precision /= n_positive;
    Some(measures)
}

/// Resamplings of a bootstrap interval.
pub const N_RESAMPLES: usize = 200;

/// The rank measures and their bootstrap intervals: whole groups are drawn with replacement, always in the same way.
pub fn rank_intervals(rows: &[Scored], groups: &[usize]) -> Option<RankIntervals> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&one, &two| rows[two].0.total_cmp(&rows[one].0));
    let sorted: Vec<Scored> = order.iter().map(|&idx| rows[idx]).collect();
    let value = rank_measures(&sorted, &vec![1; rows.len()])?;
    let mut position = vec![0; rows.len()];
    for (place, &idx) in order.iter().enumerate() {
        position[idx] = place;
    }
    let members = members(groups);
    let mut random = SplitMix(1 << 40);
    let mut samples: Vec<RankMeasures> = Vec::with_capacity(N_RESAMPLES);
    let mut times = vec![0; rows.len()];
    for _ in 0..N_RESAMPLES {
        times.fill(0);
        for _ in 0..members.len() {
            for &idx in &members[random.below(members.len())] {
                times[position[idx]] += 1;
            }
        }
        samples.extend(rank_measures(&sorted, &times));
    }
    let interval = |of: fn(&RankMeasures) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let idx = ((values.len() as f64 - 1.0) * share).round() as usize;
            values.get(idx).copied().unwrap_or_else(|| of(&value))
        };
        Interval { value: of(&value), low: at(0.025), high: at(0.975) }
    };
    Some(RankIntervals {
        roc_auc: interval(|measures| measures.roc_auc),
        average_precision: interval(|measures| measures.average_precision),
        recall_at_1_percent: interval(|measures| measures.recall_at_1_percent),
        recall_at_01_percent: interval(|measures| measures.recall_at_01_percent),
    })
}

fn members(groups: &[usize]) -> Vec<Vec<usize>> {
    let mut by_group: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for (idx, &group) in groups.iter().enumerate() {
        by_group.entry(group).or_default().push(idx);
    }
    by_group.into_values().collect()
}

/// The splitmix64 generator (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from scikit-learn 1.9.1: roc_auc_score, average_precision_score, brier_score_loss.
    const ROWS: &[Scored] = &[
        (0.9, true),
        (0.8, false),
        (0.7, true),
        (0.7, false),
        (0.4, true),
        (0.3, false),
        (0.2, false),
        (0.1, true),
    ];

    fn close(one: Option<f64>, two: f64) {
        assert!((one.unwrap() - two).abs() < 1e-6, "{one:?} {two}");
    }

    #[test]
    fn ranks_agree_with_scikit_learn() {
        close(roc_auc(ROWS), 0.531_25);
        close(average_precision(ROWS), 0.65);
        close(brier_score(ROWS), 0.316_25);
    }

    #[test]
    fn recall_counts_what_the_budget_allows() {
        close(recall_at_false_alarms(ROWS, 0.0), 0.25);
        close(recall_at_false_alarms(ROWS, 0.25), 0.25);
        close(recall_at_false_alarms(ROWS, 0.5), 0.75);
        close(recall_at_false_alarms(ROWS, 1.0), 1.0);
    }

    #[test]
    fn confusion_matrix_calls_the_positive_class_positive() {
        let at = at_threshold(ROWS, 0.75).unwrap();
        assert!((at.precision - 0.5).abs() < 1e-6);
        assert!((at.recall - 0.25).abs() < 1e-6);
        let mostly_positive = [(0.9, true), (0.8, true), (0.1, true), (0.2, false)];
        let at = at_threshold(&mostly_positive, 0.5).unwrap();
        assert!((at.precision - 1.0).abs() < 1e-6);
        assert!((at.recall - 2.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn one_class_has_no_ranks() {
        assert_eq!(roc_auc(&[(0.5, true)]), None);
        assert_eq!(average_precision(&[]), None);
    }

    #[test]
    fn perfect_calibration_has_no_error() {
        let rows: Vec<Scored> = (0..100).map(|idx| (0.25, idx % 4 == 0)).collect();
        close(expected_calibration_error(&rows), 0.0);
    }

    #[test]
    fn bootstrap_repeats_itself_and_holds_the_value() {
        let groups: Vec<usize> = (0..ROWS.len()).collect();
        let one = rank_intervals(ROWS, &groups).unwrap();
        assert_eq!(rank_intervals(ROWS, &groups).unwrap(), one);
        for interval in
            [one.roc_auc, one.average_precision, one.recall_at_1_percent, one.recall_at_01_percent]
        {
            assert!(interval.low <= interval.value && interval.value <= interval.high);
        }
    }

    #[test]
    fn one_pass_gives_what_the_definitions_give() {
        let groups: Vec<usize> = (0..ROWS.len()).collect();
        let all = rank_intervals(ROWS, &groups).unwrap();
        close(roc_auc(ROWS), all.roc_auc.value);
        close(average_precision(ROWS), all.average_precision.value);
        close(recall_at_false_alarms(ROWS, 0.01), all.recall_at_1_percent.value);
        close(recall_at_false_alarms(ROWS, 0.001), all.recall_at_01_percent.value);
    }
}
