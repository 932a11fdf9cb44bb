//! Many log-odds to one risk.
//!
//! ```text
//! risk = sigmoid(d + a z_risk + b ln sum_lures e^z - c ln sum_ordinary e^z)
//! ```
//!
//! `z_risk` is the log-odds of the head that learned "any lure against the rest"; the two sums run over the calibrated
//! log-odds of the families and of the ordinary kinds of text. A message is suspect if it looks like *one* family and like
//! *none* of the ordinary kinds, which no single separating plane can say; the soft maximum of several can. The four
//! numbers are fitted by logistic regression to held-out log-odds: a stacked generalisation (D. Wolpert, Neural Networks
//! 5, 1992) that calibrates at the same time, as Platt scaling does for the labels.

use super::calibration::Calibration;
use serde::{Deserialize, Serialize};

/// What a head stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A label that counts as risk.
    Lure,
    /// A label that does not, or an auxiliary kind, which enters the risk only.
    Ordinary,
    /// Any lure against the rest. Always the last head.
    Risk,
}

/// The roles of the heads: the labels, the auxiliary kinds, the risk.
pub(crate) fn roles(labels: &[String], neutral: &[String], n_auxiliary: usize) -> Vec<Role> {
    let of_label = |label: &String| if neutral.contains(label) { Role::Ordinary } else { Role::Lure };
    let auxiliary = std::iter::repeat_n(Role::Ordinary, n_auxiliary);
    labels.iter().map(of_label).chain(auxiliary).chain([Role::Risk]).collect()
}

/// How the log-odds of the heads become the log-odds of the risk. No part is negative.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskCombination {
    /// Factor `a` on the log-odds of the risk's own head.
    pub risk: f64,
    /// Factor `b` on the soft maximum over the labels that count as risk.
    pub lures: f64,
    /// Factor `c` on the soft maximum over the ordinary kinds, which lowers the risk.
    pub ordinary: f64,
    /// Added: `d`.
    pub offset: f64,
}

impl Default for RiskCombination {
    fn default() -> RiskCombination {
        RiskCombination::from(Calibration::default())
    }
}

impl From<Calibration> for RiskCombination {
    /// The risk's own head alone.
    fn from(calibration: Calibration) -> RiskCombination {
        RiskCombination { risk: calibration.slope, lures: 0.0, ordinary: 0.0, offset: calibration.offset }
    }
}

impl RiskCombination {
    /// Whether a reader may believe the numbers.
    pub(crate) fn is_valid(&self) -> bool {
        let factors = [self.risk, self.lures, self.ordinary];
        self.offset.is_finite()
            && factors.iter().all(|factor| factor.is_finite() && *factor >= 0.0)
            && factors.iter().sum::<f64>() > 0.0
    }

    /// The log-odds of the risk from those of all heads, calibrated but for the last.
    pub(crate) fn logit(&self, logits: &[f64], roles: &[Role]) -> f64 {
        let risk = logits.last().copied().unwrap_or(0.0);
        let lures = soft_maximum(logits, roles, Role::Lure);
        let ordinary = soft_maximum(logits, roles, Role::Ordinary);
        self.offset + self.risk * risk + self.lures * lures - self.ordinary * ordinary
    }

    /// How much the risk's log-odds move with those of each head.
    pub(crate) fn gradient(&self, logits: &[f64], roles: &[Role]) -> Vec<f64> {
        let lures = soft_maximum(logits, roles, Role::Lure);
        let ordinary = soft_maximum(logits, roles, Role::Ordinary);
        let slope = |(&logit, &role): (&f64, &Role)| match role {
            Role::Lure => self.lures * (logit - lures).exp(),
            Role::Ordinary => -self.ordinary * (logit - ordinary).exp(),
            Role::Risk => self.risk,
        };
        logits.iter().zip(roles).map(slope).collect()
    }

    /// Fits the four numbers to held-out log-odds, calibrated but for the last, one row of heads each.
    ///
    /// Where there is too little to learn from, or a factor would come out negative, the risk's own head alone is
    /// calibrated.
    #[cfg(feature = "train")]
    pub(crate) fn fit(rows: &[Vec<f64>], roles: &[Role], positive: &[bool]) -> RiskCombination {
        let mut columns = crate::features::sparse::CsrMatrix::new(3);
        for logits in rows {
            let parts = [
                logits.last().copied().unwrap_or(0.0),
                soft_maximum(logits, roles, Role::Lure),
                -soft_maximum(logits, roles, Role::Ordinary),
            ];
            columns.push_row((0..).zip(parts.map(|part| part as f32)));
        }
        let fitted = super::logistic::LogisticParams::default().fit(&columns, positive, &[]);
        let combination = fitted.ok().map(|model| RiskCombination {
            risk: model.weights[0],
            lures: model.weights[1],
            ordinary: model.weights[2],
            offset: model.intercept,
        });
        combination.filter(RiskCombination::is_valid).unwrap_or_else(|| {
            let own: Vec<f64> = rows.iter().filter_map(|logits| logits.last().copied()).collect();
            Calibration::fit(&own, positive, &[]).into()
        })
    }
}

/// `ln sum e^z` over the heads of a role, without overflow; 0 if there are none.
fn soft_maximum(logits: &[f64], roles: &[Role], role: Role) -> f64 {
    let of_role = || logits.iter().zip(roles).filter(|(_, is)| **is == role).map(|(logit, _)| *logit);
    let largest = of_role().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return 0.0;
    }
    largest + of_role().map(|logit| (logit - largest).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 6] =
        [Role::Lure, Role::Ordinary, Role::Lure, Role::Ordinary, Role::Ordinary, Role::Risk];
    const COMBINATION: RiskCombination =
        RiskCombination { risk: 0.5, lures: 0.8, ordinary: 0.3, offset: -0.2 };

    #[test]
    fn the_sum_is_the_formula() {
        let logits = [-1.0, -3.0, 0.5, -2.0, 1.0, 0.7];
        let lures = ((-1.0f64).exp() + 0.5f64.exp()).ln();
        let ordinary = ((-3.0f64).exp() + (-2.0f64).exp() + 1.0f64.exp()).ln();
        let expected = -0.2 + 0.5 * 0.7 + 0.8 * lures - 0.3 * ordinary;
        assert!((COMBINATION.logit(&logits, &ROLES) - expected).abs() < 1e-12);
        assert!(COMBINATION.logit(&[800.0; 6], &ROLES).is_finite());
        assert!(COMBINATION.logit(&[-800.0; 6], &ROLES).is_finite());
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let logits = [-1.0, -3.0, 0.5, -2.0, 1.0, 0.7];
        let slopes = COMBINATION.gradient(&logits, &ROLES);
        for (head, slope) in slopes.iter().enumerate() {
            let moved = |by: f64| {
                let mut logits = logits;
                logits[head] += by;
                COMBINATION.logit(&logits, &ROLES)
            };
            assert!((slope - (moved(1e-5) - moved(-1e-5)) / 2e-5).abs() < 1e-8, "head {head}");
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn what_the_parts_say_is_learned() {
        // The truth is decided by the families and the ordinary kinds, not by the head of the risk.
        let (mut rows, mut positive) = (Vec::new(), Vec::new());
        for step in 0..400 {
            let (one, two) = (f64::from(step % 20) - 10.0, f64::from(step / 20) - 10.0);
            rows.push(vec![one, -9.0, -9.0, two, -9.0, f64::from(step % 7)]);
            positive.push(one + f64::from(step % 3) > two + 1.0);
        }
        let fitted = RiskCombination::fit(&rows, &ROLES, &positive);
        assert!(fitted.lures > 0.3 && fitted.ordinary > 0.3 && fitted.risk.abs() < 0.2, "{fitted:?}");
        let lone = RiskCombination::fit(&rows, &ROLES, &vec![true; rows.len()]);
        assert_eq!(lone, RiskCombination::default());
    }
}
