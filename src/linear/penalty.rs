//! How strongly each weight is held towards zero.
//!
//! ```text
//! r(t)     = ln((1 + n+(t)) / (1 + n-(t))) - ln(N+ / N-)          n+(t): weight of the positive rows that have t
//! s(t)     = (1 - b) + b |r(t)| / mean |r|                        b: the share of the ratio
//! alpha(t) = alpha / max(s(t)^2, 1/100)
//! ```
//!
//! A feature that is as frequent in both classes is held harder, one that tells them apart is let go. Penalties of
//! `alpha / s^2` on the weights are the same as columns multiplied by `s`: the features weighted by their naive-Bayes
//! log-count ratio of Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL
//! 2012, without any cost when scoring.

use super::logistic::LogisticParams;
use crate::features::sparse::CsrMatrix;

/// Smallest square of a scale: no feature is held more than a hundred times as hard as `alpha`.
const MIN_SQUARE: f64 = 0.01;

/// The penalty of each column, shape `(n_features,)`. `costs` are the weights of the rows.
pub(super) fn penalties(
    rows: &CsrMatrix,
    positive: &[bool],
    costs: &[f64],
    params: &LogisticParams,
) -> Vec<f64> {
    let share = params.log_count_ratio;
    if share == 0.0 {
        return vec![params.alpha; rows.n_features()];
    }
    let ratios = log_count_ratios(rows, positive, costs);
    let mean = ratios.iter().map(|ratio| ratio.abs()).sum::<f64>() / ratios.len().max(1) as f64;
    let scale = |ratio: &f64| (1.0 - share) + share * ratio.abs() / mean.max(f64::MIN_POSITIVE);
    ratios.iter().map(|ratio| params.alpha / scale(ratio).powi(2).max(MIN_SQUARE)).collect()
}

/// Log of how much more frequent each feature is in positive rows than in negative ones.
fn log_count_ratios(rows: &CsrMatrix, positive: &[bool], costs: &[f64]) -> Vec<f64> {
    let mut counts = [vec![1.0; rows.n_features()], vec![1.0; rows.n_features()]];
    let mut totals = [0.0; 2];
    for (idx, (&is, &cost)) in positive.iter().zip(costs).enumerate() {
        let class = usize::from(is);
        totals[class] += cost;
        for (column, _) in rows.row(idx) {
            counts[class][column as usize] += cost;
        }
    }
    let prior = (totals[1] / totals[0]).ln();
    let [negative, positive] = &counts;
    positive.iter().zip(negative).map(|(with, without)| (with / without).ln() - prior).collect()
}
