//! Settings of a training run. Every field has a default, so an empty file is a valid configuration.

use crate::artifact::Abstention;
use crate::error::{Error, Result};
use crate::features::FeatureParams;
use crate::features::tfidf::TfidfParams;
use crate::linear::logistic::LogisticParams;
use crate::passages::PassageParams;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Name of the model.
    pub name: String,
    /// Labels that do not count as risk, such as bare openers.
    pub neutral_labels: Vec<String>,
    /// Labels to learn; empty for all that the data have.
    pub labels: Vec<String>,
    /// Kinds of benign rows that get a head of their own, by the name of the head. A head with too few rows is left out.
    pub auxiliary: BTreeMap<String, Vec<String>>,
    /// Weight of rows whose verdict is "suspicious" (2).
    pub suspicious_weight: f32,
    /// At most this many features are kept: those whose weights move the training rows most.
    pub max_features: usize,
    /// Bits of a stored weight, 8 or 4. With 4, twice as many features take hardly more room.
    pub weight_bits: u8,
    /// Folds that are held out in turn.
    pub n_folds: usize,
    /// What stays together in a fold.
    pub fold_by: FoldBy,
    /// Share of benign rows that may reach each band.
    pub budgets: Budgets,
    /// What solves for the weights.
    pub solver: Solver,
    /// Threads; 0 for one a core. The result does not depend on it.
    pub threads: usize,
    /// Which features are counted.
    pub features: FeatureParams,
    /// Which of them are kept, and how they are weighted.
    pub tfidf: TfidfParams,
    /// Strength of regularisation.
    pub logistic: LogisticParams,
    /// What cannot be judged.
    pub abstention: Abstention,
    /// How long texts are read.
    pub passages: PassageParams,
}

/// What stays together when rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoldBy {
    /// Near-duplicate clusters.
    Cluster,
    /// Whole batches of the corpus, those of one language in different folds: the harder and more honest test.
    Batch,
    /// Whole languages: what a language gets from the others.
    Language,
}

/// What solves for the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// The truncated Newton method on sparse rows.
    Newton,
    /// linfa-logistic on dense rows: small vocabularies. Row weights and `suspicious_weight` have no effect.
    Linfa,
}

/// Shares of benign rows that may reach a band, from loose to strict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// At least `watch`.
    pub watch: f64,
    /// At least `caution`.
    pub caution: f64,
    /// At least `high`.
    pub high: f64,
    /// `critical`.
    pub critical: f64,
}

impl Default for Budgets {
    fn default() -> Budgets {
        Budgets { watch: 0.10, caution: 0.03, high: 0.005, critical: 0.001 }
    }
}

impl Default for TrainConfig {
    fn default() -> TrainConfig {
        TrainConfig {
            name: "custom".to_owned(),
            neutral_labels: vec!["no_signal_yet".to_owned()],
            labels: Vec::new(),
            auxiliary: BTreeMap::new(),
            suspicious_weight: 0.5,
            max_features: 50_000,
            weight_bits: 8,
            n_folds: 5,
            fold_by: FoldBy::Cluster,
            budgets: Budgets::default(),
            solver: Solver::Newton,
            threads: 0,
            features: FeatureParams::default(),
            tfidf: TfidfParams::default(),
            logistic: LogisticParams::default(),
            abstention: Abstention::default(),
            passages: PassageParams::default(),
        }
    }
}

impl TrainConfig {
    /// Checks all values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Params`](crate::ErrorKind::Params) names the first value that cannot be.
    pub fn check(&self) -> Result<()> {
        self.tfidf.check()?;
        self.logistic.check()?;
        if let Some((name, value, requirement)) = self.features.problem().or_else(|| self.passages.problem())
        {
            return Err(Error::params(name, value, requirement));
        }
        let budgets = [self.budgets.watch, self.budgets.caution, self.budgets.high, self.budgets.critical];
        let falling = budgets.windows(2).all(|pair| pair[0] >= pair[1]);
        let shares = budgets.iter().all(|budget| (0.0..1.0).contains(budget));
        match () {
            () if !(falling && shares) => {
                Err(Error::params("budgets", format!("{budgets:?}"), "shares in [0, 1) that do not rise"))
            }
            () if self.n_folds < 2 => Err(Error::params("n_folds", self.n_folds, "2 or more")),
            () if self.max_features == 0 => Err(Error::params("max_features", 0, "1 or more")),
            () if ![4, 8].contains(&self.weight_bits) => {
                Err(Error::params("weight_bits", self.weight_bits, "4 or 8"))
            }
            () if !(self.suspicious_weight > 0.0 && self.suspicious_weight.is_finite()) => {
                Err(Error::params("suspicious_weight", self.suspicious_weight, "finite and above 0"))
            }
            () => Ok(()),
        }
    }

    /// Threads to use.
    pub fn n_threads(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n_threads => n_threads,
        }
    }
}
