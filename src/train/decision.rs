//! Held-out log-odds to what decides: calibrations, the combination to the risk, thresholds.

use super::config::{Budgets, TrainConfig};
use super::fit::is_ordinary;
use crate::artifact::Metadata;
use crate::classifier::RawScores;
use crate::dataset::Record;
use crate::linear::calibration::{Calibration, calibrate};
use crate::linear::combination::{RiskCombination, Role, roles};
use crate::linear::sigmoid;
use crate::passages;
use crate::verdict::Thresholds;

/// Everything between the heads' log-odds and a verdict.
pub(super) struct Decision {
    calibrations: Vec<Calibration>,
    risk: RiskCombination,
    roles: Vec<Role>,
    thresholds: Thresholds,
}

impl Decision {
    /// Fits on the given held-out rows. The configuration names labels and auxiliary kinds.
    pub(super) fn fit(
        records: &[Record],
        held_out: &[RawScores],
        rows: &[usize],
        config: &TrainConfig,
    ) -> Decision {
        let calibration = |(head, truth): (usize, &dyn Fn(&Record) -> bool)| {
            let logits: Vec<f64> = rows.iter().map(|&row| held_out[row].whole[head]).collect();
            let positive: Vec<bool> = rows.iter().map(|&row| truth(&records[row])).collect();
            Calibration::fit(&logits, &positive, &[])
        };
        let n_labels = config.labels.len();
        let of_labels = config
            .labels
            .iter()
            .enumerate()
            .map(|(head, label)| calibration((head, &|record| record.labels.contains(label))));
        let of_kinds = config
            .auxiliary
            .values()
            .enumerate()
            .map(|(idx, kinds)| calibration((n_labels + idx, &|record| is_ordinary(record, kinds))));
        let calibrations: Vec<Calibration> = of_labels.chain(of_kinds).collect();
        let roles = roles(&config.labels, &config.neutral_labels, config.auxiliary.len());

        let heads: Vec<Vec<f64>> =
            rows.iter().map(|&row| calibrated(&held_out[row].whole, &calibrations)).collect();
        let risky =
            |record: &Record| record.labels.iter().any(|label| !config.neutral_labels.contains(label));
        let positive: Vec<bool> = rows.iter().map(|&row| risky(&records[row])).collect();
        let risk = RiskCombination::fit(&heads, &roles, &positive);

        let benign = rows.iter().filter(|row| records[**row].labels.is_empty());
        let logit = |row: &usize| risk_logit(&held_out[*row], &calibrations, &risk, &roles);
        let thresholds = thresholds(benign.map(|row| sigmoid(logit(row))).collect(), &config.budgets);
        Decision { calibrations, risk, roles, thresholds }
    }

    /// The log-odds of the risk from a row's uncalibrated ones.
    pub(super) fn risk_logit(&self, held_out: &RawScores) -> f64 {
        risk_logit(held_out, &self.calibrations, &self.risk, &self.roles)
    }

    /// Writes it into a model.
    pub(super) fn write(self, metadata: &mut Metadata) {
        metadata.calibrations = self.calibrations;
        metadata.risk = self.risk;
        metadata.thresholds = self.thresholds;
    }
}

fn risk_logit(
    scores: &RawScores,
    calibrations: &[Calibration],
    risk: &RiskCombination,
    roles: &[Role],
) -> f64 {
    let of = |logits: &[f64]| risk.logit(&calibrated(logits, calibrations), roles);
    passages::combined(of(&scores.whole), scores.passages().map(of)).0
}

fn calibrated(logits: &[f64], calibrations: &[Calibration]) -> Vec<f64> {
    let mut heads = logits.to_vec();
    calibrate(&mut heads, calibrations);
    heads
}

/// For each band, the lowest risk that keeps the share of benign rows at or above it within the budget.
fn thresholds(mut risks: Vec<f64>, budgets: &Budgets) -> Thresholds {
    risks.sort_by(|one, two| two.total_cmp(one));
    let limit = |budget: f64| {
        let allowed = (budget * risks.len() as f64).floor() as usize;
        let strictest = risks.get(allowed).copied().unwrap_or(0.0);
        // Just above the first benign row that may not be flagged.
        (strictest + 1e-6).clamp(1e-6, 1.0)
    };
    let watch = limit(budgets.watch);
    let caution = limit(budgets.caution).max(watch);
    let high = limit(budgets.high).max(caution);
    let critical = limit(budgets.critical).max(high);
    Thresholds { watch, caution, high, critical }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_keep_their_budgets() {
        let risks: Vec<f64> = (0..1000).map(|idx| f64::from(idx) / 1000.0).collect();
        let budgets = Budgets { watch: 0.1, caution: 0.05, high: 0.01, critical: 0.0 };
        let thresholds = thresholds(risks.clone(), &budgets);
        let flagged = |limit: f64| risks.iter().filter(|&&risk| risk >= limit).count();
        assert_eq!(thresholds.as_array().map(flagged), [100, 50, 10, 0]);
        assert!(thresholds.are_valid());
    }

    #[test]
    fn thresholds_of_few_rows_flag_none_of_them() {
        let thresholds = thresholds(vec![0.3, 0.6], &Budgets::default());
        assert!(thresholds.high > 0.6 && thresholds.are_valid());
    }
}
