//! What the classifier answers.

use crate::text::tokenize::Span;
use serde::{Deserialize, Serialize};

/// How strongly a text shows known signs, from the thresholds that the artifact stores.
///
/// Bands are chosen by false-alarm budget on held-out benign text. The lowest one means "no known signs in this text",
/// never "safe".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// No known signs in this text.
    None,
    /// Not enough to tell.
    Watch,
    /// Some signs of a known pattern.
    Caution,
    /// Clear signs of a known pattern.
    High,
    /// Strong signs of a known pattern.
    Critical,
}

/// Every band, from weak to strong.
pub const BANDS: [Band; 5] = [Band::None, Band::Watch, Band::Caution, Band::High, Band::Critical];

impl Band {
    /// The stable name, as written in output files.
    pub fn name(self) -> &'static str {
        ["none", "watch", "caution", "high", "critical"][self as usize]
    }

    /// One line for a person.
    pub fn description(self) -> &'static str {
        [
            "no known signs in this text",
            "not enough to tell",
            "some signs of a known pattern",
            "clear signs of a known pattern",
            "strong signs of a known pattern",
        ][self as usize]
    }
}

/// Lowest risk of each band above `none`, each in (0, 1], not falling.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here on `watch`.
    pub watch: f64,
    /// From here on `caution`.
    pub caution: f64,
    /// From here on `high`.
    pub high: f64,
    /// From here on `critical`.
    pub critical: f64,
}

impl Thresholds {
    /// The band of a risk.
    pub fn band(&self, risk: f64) -> Band {
        let limits = self.as_array();
        BANDS[limits.iter().take_while(|&&limit| risk >= limit).count()]
    }

    /// The four limits in rising order.
    pub fn as_array(&self) -> [f64; 4] {
        [self.watch, self.caution, self.high, self.critical]
    }

    pub(crate) fn are_valid(&self) -> bool {
        let limits = self.as_array();
        limits.iter().all(|limit| limit.is_finite() && *limit > 0.0 && *limit <= 1.0)
            && limits.windows(2).all(|pair| pair[0] <= pair[1])
    }
}

/// Most labels, auxiliary kinds included, that a model can have; verdicts hold their probabilities without allocating.
pub const MAX_LABELS: usize = 24;

/// The answer for one text. The labels' names are in [`Classifier::labels`](crate::Classifier::labels).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Calibrated probability, in [0, 1], that the text is a lure or scam of any family.
    pub risk: f64,
    /// How strongly the text shows known signs.
    pub band: Band,
    /// Whether there is too little text, or of a kind that the model has never seen, so that the numbers mean nothing.
    pub abstained: bool,
    /// The passage that decided, in bytes of the text, if the text is long and one did. The probabilities are those of
    /// this passage.
    pub passage: Option<Span>,
    pub(crate) probabilities: [f64; MAX_LABELS],
    pub(crate) n_labels: usize,
}

impl Verdict {
    /// Calibrated probability of each label, in the order of the model's labels.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities[..self.n_labels]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn band_rises_at_each_threshold() {
        let thresholds = Thresholds { watch: 0.2, caution: 0.4, high: 0.6, critical: 0.8 };
        let bands: Vec<&str> = [0.0, 0.2, 0.39, 0.4, 0.6, 0.79, 0.8, 1.0]
            .iter()
            .map(|&risk| thresholds.band(risk).name())
            .collect();
        assert_eq!(bands, ["none", "watch", "watch", "caution", "high", "high", "critical", "critical"]);
    }

    #[test]
    fn thresholds_must_rise() {
        assert!(Thresholds { watch: 0.1, caution: 0.1, high: 0.5, critical: 1.0 }.are_valid());
        assert!(!Thresholds { watch: 0.6, caution: 0.4, high: 0.5, critical: 1.0 }.are_valid());
        assert!(!Thresholds { watch: f64::NAN, caution: 0.4, high: 0.5, critical: 1.0 }.are_valid());
    }
}
