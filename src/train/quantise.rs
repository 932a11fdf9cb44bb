//! Weights to the codes of an artifact.

use crate::artifact::weights::{LEVELS, Weights};
use crate::linear::logistic::LinearModel;

/// Codes of one feature for all heads, in the form that the table holds.
pub(super) type Codes = Vec<u8>;

/// What codes stand for, head by head.
pub(super) enum Quantiser {
    /// A byte a weight: steps of a scale, so that the largest weight is 127 of them.
    Steps(Vec<f32>),
    /// Half a byte a weight: the nearest of sixteen levels.
    Levels(Vec<[f32; LEVELS]>),
}

impl Quantiser {
    /// Learns scales or levels from the weights of each head. `importance` says for each column what an error of its
    /// weight costs.
    pub(super) fn fit(heads: &[LinearModel], importance: &[f64], bits: u8) -> Quantiser {
        match bits {
            4 => Quantiser::Levels(heads.iter().map(|head| levels(&head.weights, importance)).collect()),
            _ => Quantiser::Steps(heads.iter().map(|head| step(&head.weights)).collect()),
        }
    }

    /// The codes of a column.
    pub(super) fn codes(&self, heads: &[LinearModel], column: usize) -> Codes {
        let weight = |head: usize| heads[head].weights[column];
        match self {
            Quantiser::Steps(scales) => {
                let code =
                    |(head, &scale): (usize, &f32)| (weight(head) / f64::from(scale)).round() as i8 as u8;
                scales.iter().enumerate().map(code).collect()
            }
            Quantiser::Levels(levels) => {
                let codes: Vec<u8> =
                    levels.iter().enumerate().map(|(head, levels)| nearest(levels, weight(head))).collect();
                codes.chunks(2).map(|pair| pair[0] | pair.get(1).map_or(0, |code| code << 4)).collect()
            }
        }
    }

    /// The weights whose codes are given.
    pub(super) fn weights(self, codes: Vec<u8>) -> Weights<'static> {
        match self {
            Quantiser::Steps(scales) => Weights::of_steps(codes.into(), scales),
            Quantiser::Levels(levels) => Weights::of_levels(codes.into(), levels),
        }
    }
}

fn largest(weights: &[f64]) -> f64 {
    weights.iter().fold(0.0, |most, weight| most.max(weight.abs()))
}

fn step(weights: &[f64]) -> f32 {
    (largest(weights) / 127.0).max(1e-12) as f32
}

fn nearest(levels: &[f32; LEVELS], weight: f64) -> u8 {
    let distance = |code: &usize| (f64::from(levels[*code]) - weight).abs();
    (0..LEVELS).min_by(|one, two| distance(one).total_cmp(&distance(two))).unwrap_or(0) as u8
}

/// Most rounds of Lloyd's method; it nearly always ends before, when no level moves any more.
const MAX_ROUNDS: usize = 500;

/// The sixteen levels, in rising order, that leave the least squared error, each weight counted by importance: Lloyd's method ("Least squares quantization
/// in PCM", IEEE Transactions on Information Theory 28, 1982), started from levels that lie closer together near zero,
/// where most weights are.
fn levels(weights: &[f64], importance: &[f64]) -> [f32; LEVELS] {
    let mut sorted: Vec<(f64, f64)> = weights.iter().copied().zip(importance.iter().copied()).collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let most = largest(weights);
    let half = LEVELS as f64 / 2.0 - 0.5;
    let mut levels: [f64; LEVELS] = std::array::from_fn(|idx| {
        let at = (idx as f64 - half) / half;
        at * at.abs() * most
    });
    for _ in 0..MAX_ROUNDS {
        let before = levels;
        let mut rest = &sorted[..];
        for idx in 0..LEVELS {
            let border = levels.get(idx + 1).map_or(f64::INFINITY, |next| f64::midpoint(levels[idx], *next));
            let (own, others) = rest.split_at(rest.partition_point(|weight| weight.0 <= border));
            rest = others;
            let total: f64 = own.iter().map(|weight| weight.1).sum();
            if total > 0.0 {
                levels[idx] = own.iter().map(|weight| weight.0 * weight.1).sum::<f64>() / total;
            }
        }
        if levels == before {
            break;
        }
    }
    levels.map(|level| level as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights like those of a model: most near zero, a few large.
    fn weights() -> Vec<f64> {
        (-500..500).map(|idx| f64::from(idx) / 100.0).map(|at| at * at * at).collect()
    }

    #[test]
    fn levels_rise_and_are_the_means_of_what_they_stand_for() {
        let weights = weights();
        let levels = levels(&weights, &vec![1.0; weights.len()]);
        assert!(levels.windows(2).all(|pair| pair[0] <= pair[1]), "{levels:?}");
        let even: [f32; LEVELS] =
            std::array::from_fn(|idx| ((idx as f64 / 7.5 - 1.0) * largest(&weights)) as f32);
        let error = |levels: &[f32; LEVELS]| {
            let off = |weight: &f64| f64::from(levels[usize::from(nearest(levels, *weight))]) - weight;
            weights.iter().map(|weight| off(weight).powi(2)).sum::<f64>()
        };
        let least = error(&levels);
        assert!(least < error(&even) / 2.0, "{least} {}", error(&even));
        // Each level is the mean of the weights that it stands for.
        for (code, level) in levels.iter().enumerate() {
            let own: Vec<f64> = weights
                .iter()
                .copied()
                .filter(|weight| usize::from(nearest(&levels, *weight)) == code)
                .collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            assert!((f64::from(*level) - mean).abs() <= 1e-4 * mean.abs().max(1e-3), "{level} {mean}");
        }
    }

    #[test]
    fn codes_stand_for_the_nearest_weight() {
        let head = |factor: f64| LinearModel {
            weights: weights().iter().map(|weight| weight * factor).collect(),
            ..LinearModel::default()
        };
        let heads = [head(1.0), head(-0.5), head(2.0)];
        for (bits, allowed) in [(8, 0.5 / 127.0), (4, 0.15)] {
            let n_columns = heads[0].weights.len();
            let quantiser = Quantiser::fit(&heads, &vec![1.0; n_columns], bits);
            let codes = (0..n_columns).flat_map(|column| quantiser.codes(&heads, column)).collect();
            let stored = quantiser.weights(codes);
            stored.check(n_columns, heads.len()).unwrap();
            for (idx, head) in heads.iter().enumerate() {
                for (column, &weight) in head.weights.iter().enumerate() {
                    let error = (f64::from(stored.of(column)[idx]) - weight).abs() / largest(&head.weights);
                    assert!(error <= allowed * 1.01, "{bits} bits, head {idx}, column {column}: {error}");
                }
            }
        }
    }
}
