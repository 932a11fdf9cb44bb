//! Log-odds to probabilities that mean what they say.
//!
//! Platt scaling: `p = sigmoid(slope * logit + offset)`, the two numbers fitted by maximum likelihood on rows that the
//! model was not trained on, with Platt's smoothed targets (J. Platt, "Probabilistic outputs for support vector machines",
//! 1999; the Newton iteration is that of Lin, Lin and Weng, "A note on Platt's probabilistic outputs", 2007).

use super::sigmoid;
use serde::{Deserialize, Serialize};

/// How log-odds become a probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Factor on the log-odds; positive, so that the order of texts stays.
    pub slope: f64,
    /// Added after the factor.
    pub offset: f64,
}

impl Default for Calibration {
    fn default() -> Calibration {
        Calibration { slope: 1.0, offset: 0.0 }
    }
}

impl Calibration {
    /// The calibrated probability, in [0, 1].
    pub fn probability(&self, logit: f64) -> f64 {
        sigmoid(self.calibrated_logit(logit))
    }

    /// The log-odds of the calibrated probability.
    pub fn calibrated_logit(&self, logit: f64) -> f64 {
        self.slope * logit + self.offset
    }

    /// Fits slope and offset to held-out log-odds. Weights are empty for "all one".
    ///
    /// Without rows of both classes the identity is returned: there is nothing to learn from.
    #[cfg(feature = "train")]
    pub fn fit(logits: &[f64], positive: &[bool], weights: &[f32]) -> Calibration {
        let weight = |idx: usize| weights.get(idx).map_or(1.0, |&weight| f64::from(weight));
        let sum =
            |class: bool| (0..logits.len()).filter(|&idx| positive[idx] == class).map(weight).sum::<f64>();
        let (n_positive, n_negative) = (sum(true), sum(false));
        if n_positive == 0.0 || n_negative == 0.0 {
            return Calibration::default();
        }
        let target = |idx: usize| {
            if positive[idx] { (n_positive + 1.0) / (n_positive + 2.0) } else { 1.0 / (n_negative + 2.0) }
        };
        let mut fitted = Calibration { slope: 1.0, offset: ((n_positive + 1.0) / (n_negative + 1.0)).ln() };
        let mut loss = fitted.loss(logits, target, weight);
        for _ in 0..MAX_STEPS {
            let Some((next, lower)) = fitted.newton_step(logits, target, weight, loss) else {
                break;
            };
            fitted = next;
            let gain = loss - lower;
            loss = lower;
            if gain < 1e-12 * loss.abs() {
                break;
            }
        }
        if fitted.slope > 0.0 && fitted.slope.is_finite() { fitted } else { Calibration::default() }
    }

    #[cfg(feature = "train")]
    fn loss(&self, logits: &[f64], target: impl Fn(usize) -> f64, weight: impl Fn(usize) -> f64) -> f64 {
        let one = |(idx, &logit): (usize, &f64)| {
            let score = self.calibrated_logit(logit);
            weight(idx) * (super::softplus(score) - target(idx) * score)
        };
        logits.iter().enumerate().map(one).sum()
    }

    /// One damped Newton step; `None` when no step lowers the loss.
    #[cfg(feature = "train")]
    fn newton_step(
        &self,
        logits: &[f64],
        target: impl Fn(usize) -> f64,
        weight: impl Fn(usize) -> f64,
        loss: f64,
    ) -> Option<(Calibration, f64)> {
        let (mut h_ss, mut h_so, mut h_oo, mut g_s, mut g_o) = (RIDGE, 0.0, RIDGE, 0.0, 0.0);
        for (idx, &logit) in logits.iter().enumerate() {
            let probability = self.probability(logit);
            let slope = weight(idx) * (probability - target(idx));
            let curve = weight(idx) * probability * (1.0 - probability);
            g_s += slope * logit;
            g_o += slope;
            h_ss += curve * logit * logit;
            h_so += curve * logit;
            h_oo += curve;
        }
        let determinant = h_ss * h_oo - h_so * h_so;
        let step_slope = -(h_oo * g_s - h_so * g_o) / determinant;
        let step_offset = -(h_ss * g_o - h_so * g_s) / determinant;
        (0..40).map(|halvings| 0.5f64.powi(halvings)).find_map(|length| {
            let slope = self.slope + length * step_slope;
            let next = Calibration { slope, offset: self.offset + length * step_offset };
            let lower = next.loss(logits, &target, &weight);
            (lower < loss).then_some((next, lower))
        })
    }
}

/// Puts the log-odds of each head through its calibration; heads without one, which stand last, stay.
pub(crate) fn calibrate(heads: &mut [f64], calibrations: &[Calibration]) {
    for (head, calibration) in heads.iter_mut().zip(calibrations) {
        *head = calibration.calibrated_logit(*head);
    }
}

#[cfg(feature = "train")]
const MAX_STEPS: usize = 100;
#[cfg(feature = "train")]
const RIDGE: f64 = 1e-12;

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;

    #[test]
    fn recovers_the_scale_that_made_the_labels() {
        // Labels drawn so that p = sigmoid(2 x - 1) exactly, by counting instead of chance.
        let (mut logits, mut positive, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for step in -30..=30 {
            let x = f64::from(step) / 10.0;
            let p = sigmoid(2.0 * x - 1.0);
            logits.extend([x, x]);
            positive.extend([true, false]);
            weights.extend([(p * 1e4) as f32, ((1.0 - p) * 1e4) as f32]);
        }
        let fitted = Calibration::fit(&logits, &positive, &weights);
        assert!((fitted.slope - 2.0).abs() < 0.01, "{fitted:?}");
        assert!((fitted.offset + 1.0).abs() < 0.01, "{fitted:?}");
    }

    #[test]
    fn one_class_alone_teaches_nothing() {
        assert_eq!(Calibration::fit(&[1.0, 2.0], &[true, true], &[]), Calibration::default());
    }
}
