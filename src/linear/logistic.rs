//! L2-regularised logistic regression on sparse rows.
//!
//! ```text
//! minimise over w, b:   sum_i c_i ln(1 + exp(-y_i (x_i . w + b))) + 1/2 sum_t alpha(t) w(t)^2        y_i in {-1, +1}
//! ```
//!
//! The intercept `b` is not penalised; `c_i` is the sample's weight times its class's weight. With one `alpha` for all
//! features this is the objective of scikit-learn's `LogisticRegression(C = 1 / alpha)` and of linfa-logistic. It is
//! solved by a truncated Newton method:
//! conjugate gradients with a diagonal preconditioner for the step, backtracking for its length (Lin, Weng and Keerthi,
//! "Trust region Newton method for large-scale logistic regression", JMLR 9, 2008; Nocedal and Wright, "Numerical
//! Optimization", 2nd ed., algorithm 7.1). Everything is in `f64` and summed in an order that depends on the number of rows
//! alone: equal data give equal bits, on any number of threads.

use super::penalty::penalties;
use super::{sigmoid, softplus};
use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::CsrMatrix;
use crate::parallel;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What to minimise, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticParams {
    /// L2 strength; scikit-learn's `1 / C`.
    pub alpha: f64,
    /// How much features that tell the classes apart are held less than others, in [0, 1]: the share of the log-count
    /// ratio in each column's scale. 0 is plain logistic regression.
    pub log_count_ratio: f64,
    /// Factor on the weight of positive samples.
    pub positive_weight: f64,
    /// The solver stops when the gradient's norm has fallen to this part of what it was at zero weights.
    pub tolerance: f64,
    /// Most Newton steps.
    pub max_iterations: usize,
}

impl Default for LogisticParams {
    fn default() -> LogisticParams {
        LogisticParams {
            alpha: 1.0,
            log_count_ratio: 0.0,
            positive_weight: 1.0,
            tolerance: 1e-6,
            max_iterations: 100,
        }
    }
}

/// A separating direction: one weight a feature and an intercept, in natural log-odds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinearModel {
    /// Shape `(n_features,)`.
    pub weights: Vec<f64>,
    /// Added to every row's sum.
    pub intercept: f64,
    /// Newton steps done.
    pub n_iterations: usize,
}

impl LinearModel {
    /// The log-odds of one row.
    pub fn decision_function(&self, rows: &CsrMatrix, idx: usize) -> f64 {
        rows.dot(idx, &self.weights) + self.intercept
    }
}

impl LogisticParams {
    /// Checks the values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Params`] names the first value that cannot be.
    pub fn check(&self) -> Result<()> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        match () {
            () if !positive(self.alpha) => Err(Error::params("alpha", self.alpha, "finite and above 0")),
            () if !(0.0..=1.0).contains(&self.log_count_ratio) => {
                Err(Error::params("log_count_ratio", self.log_count_ratio, "in [0, 1]"))
            }
            () if !positive(self.positive_weight) => {
                Err(Error::params("positive_weight", self.positive_weight, "finite and above 0"))
            }
            () if !positive(self.tolerance) => {
                Err(Error::params("tolerance", self.tolerance, "finite and above 0"))
            }
            () if self.max_iterations == 0 => Err(Error::params("max_iterations", 0, "1 or more")),
            () => Ok(()),
        }
    }

    /// Learns a model of one class against the rest, on one thread. `sample_weights` is empty for "all one".
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Params`]; [`ErrorKind::NotEnoughData`] if a class is empty or lengths differ;
    /// [`ErrorKind::NotConverged`] if the tolerance was not reached.
    pub fn fit(&self, rows: &CsrMatrix, positive: &[bool], sample_weights: &[f32]) -> Result<LinearModel> {
        self.fit_on(rows, positive, sample_weights, 1)
    }

    /// As [`fit`](LogisticParams::fit), on several threads: the same bits for any number of them.
    ///
    /// # Errors
    ///
    /// As [`fit`](LogisticParams::fit).
    pub fn fit_on(
        &self,
        rows: &CsrMatrix,
        positive: &[bool],
        sample_weights: &[f32],
        n_threads: usize,
    ) -> Result<LinearModel> {
        self.check()?;
        self.check_data(rows, positive, sample_weights)?;
        let costs: Vec<f64> =
            positive.iter().enumerate().map(|(idx, &is)| self.cost(idx, is, sample_weights)).collect();
        Newton::new(rows, positive, costs, self, n_threads).run()
    }

    fn cost(&self, idx: usize, positive: bool, sample_weights: &[f32]) -> f64 {
        let class = if positive { self.positive_weight } else { 1.0 };
        class * sample_weights.get(idx).map_or(1.0, |&weight| f64::from(weight))
    }

    fn check_data(&self, rows: &CsrMatrix, positive: &[bool], sample_weights: &[f32]) -> Result<()> {
        let n_samples = rows.n_samples();
        let n_positive = positive.iter().filter(|&&is| is).count();
        let problem = match () {
            () if positive.len() != n_samples => format!("{n_samples} rows, but {} classes", positive.len()),
            () if !sample_weights.is_empty() && sample_weights.len() != n_samples => {
                format!("{n_samples} rows, but {} weights", sample_weights.len())
            }
            () if n_positive == 0 || n_positive == n_samples => {
                format!("{n_positive} of {n_samples} rows are positive; both classes are needed")
            }
            () => return Ok(()),
        };
        Err(ErrorKind::NotEnoughData { problem }.into())
    }
}

/// The state of the solver. Vectors over features have the intercept as their last entry.
struct Newton<'a> {
    rows: &'a CsrMatrix,
    positive: &'a [bool],
    costs: Vec<f64>,
    params: &'a LogisticParams,
    /// One a feature.
    penalties: Vec<f64>,
    weights: Vec<f64>,
    /// Log-odds of each row at `weights`.
    scores: Vec<f64>,
    n_threads: usize,
}

/// Conjugate-gradient steps for one Newton step, at most.
const MAX_CG: usize = 500;

/// Halvings of a step before the solver gives up on it.
const MAX_HALVINGS: usize = 40;

/// Rows are summed in up to this many parts: each costs a vector over features...
const MAX_PARTS: usize = 2;

/// ...of at least this many rows.
const MIN_PART: usize = 8192;

/// Rows that are summed together. They depend on the number of rows alone.
fn parts(n_samples: usize) -> Vec<Range<usize>> {
    let len = n_samples.div_ceil(MAX_PARTS).max(MIN_PART);
    (0..n_samples).step_by(len).map(|first| first..(first + len).min(n_samples)).collect()
}

impl<'a> Newton<'a> {
    fn new(
        rows: &'a CsrMatrix,
        positive: &'a [bool],
        costs: Vec<f64>,
        params: &'a LogisticParams,
        n_threads: usize,
    ) -> Newton<'a> {
        let weights = vec![0.0; rows.n_features() + 1];
        let scores = vec![0.0; rows.n_samples()];
        let penalties = penalties(rows, positive, &costs, params);
        Newton { rows, positive, costs, params, penalties, weights, scores, n_threads }
    }

    fn run(mut self) -> Result<LinearModel> {
        let mut value = self.objective(&self.weights, &self.scores);
        let mut start = None;
        let mut norm = 0.0;
        for iteration in 0..self.params.max_iterations {
            let (gradient, curvature) = self.derivatives();
            norm = dot(&gradient, &gradient).sqrt();
            let first = *start.get_or_insert(norm.max(f64::MIN_POSITIVE));
            if norm <= self.params.tolerance * first {
                return Ok(self.into_model(iteration));
            }
            let step = self.newton_step(&gradient, &curvature, norm / first);
            match self.search(&step, dot(&gradient, &step), value) {
                Some(lower) => value = lower,
                // No lower value can be represented: this is the optimum to machine precision.
                None => return Ok(self.into_model(iteration)),
            }
        }
        let (gradient, _) = self.derivatives();
        norm = dot(&gradient, &gradient).sqrt().min(norm);
        let relative = norm / start.unwrap_or(1.0);
        Err(ErrorKind::NotConverged {
            label: String::new(),
            n_iterations: self.params.max_iterations,
            gradient: relative,
        }
        .into())
    }

    fn into_model(mut self, n_iterations: usize) -> LinearModel {
        let intercept = self.weights.pop().unwrap_or(0.0);
        LinearModel { weights: self.weights, intercept, n_iterations }
    }

    fn objective(&self, weights: &[f64], scores: &[f64]) -> f64 {
        let loss: f64 =
            (0..scores.len()).map(|idx| self.costs[idx] * softplus(-self.sign(idx) * scores[idx])).sum();
        let held: f64 =
            weights.iter().zip(&self.penalties).map(|(weight, alpha)| alpha * weight * weight).sum();
        loss + 0.5 * held
    }

    fn sign(&self, idx: usize) -> f64 {
        if self.positive[idx] { 1.0 } else { -1.0 }
    }

    /// The gradient, and each row's second derivative `c p (1 - p)`.
    fn derivatives(&self) -> (Vec<f64>, Vec<f64>) {
        let mut residuals = vec![0.0; self.scores.len()];
        let mut curvature = vec![0.0; self.scores.len()];
        for (idx, &score) in self.scores.iter().enumerate() {
            let probability = sigmoid(score);
            let target = if self.positive[idx] { 1.0 } else { 0.0 };
            residuals[idx] = self.costs[idx] * (probability - target);
            curvature[idx] = self.costs[idx] * probability * (1.0 - probability);
        }
        let mut gradient = self.weighted_sum(|idx| residuals[idx]);
        self.add_penalties(&self.weights, &mut gradient);
        (gradient, curvature)
    }

    /// Adds the penalties times a vector over features; the intercept has none.
    fn add_penalties(&self, vector: &[f64], sums: &mut [f64]) {
        for ((sum, entry), alpha) in sums.iter_mut().zip(vector).zip(&self.penalties) {
            *sum += alpha * entry;
        }
    }

    /// The sum of all rows, each times its factor; the intercept's column is all ones. Parts of the rows are summed by
    /// themselves and then added in order, so the result does not depend on the number of threads.
    fn weighted_sum(&self, factor: impl Fn(usize) -> f64 + Sync) -> Vec<f64> {
        let n_sums = self.weights.len();
        let sum_part = |part: &Range<usize>| {
            let mut sums = vec![0.0; n_sums];
            for idx in part.clone() {
                let factor = factor(idx);
                for (column, value) in self.rows.row(idx) {
                    sums[column as usize] += factor * f64::from(value);
                }
                sums[n_sums - 1] += factor;
            }
            sums
        };
        let parts =
            parallel::each(&parts(self.scores.len()), self.n_threads, || (), |(), part| sum_part(part));
        let mut parts = parts.into_iter();
        let mut total = parts.next().unwrap_or_else(|| vec![0.0; n_sums]);
        parts.for_each(|part| axpy(1.0, &part, &mut total));
        total
    }

    fn times(&self, direction: &[f64]) -> Vec<f64> {
        let intercept = direction[direction.len() - 1];
        (0..self.scores.len()).map(|idx| self.rows.dot(idx, direction) + intercept).collect()
    }

    /// Solves `H s = -g` by preconditioned conjugate gradients, as exactly as the progress so far deserves.
    fn newton_step(&self, gradient: &[f64], curvature: &[f64], progress: f64) -> Vec<f64> {
        let diagonal = self.hessian_diagonal(curvature);
        let forcing = progress.sqrt().min(0.1) * dot(gradient, gradient).sqrt();
        let mut step = vec![0.0; gradient.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
        let mut scaled: Vec<f64> = residual.iter().zip(&diagonal).map(|(r, d)| r / d).collect();
        let mut direction = scaled.clone();
        let mut product = dot(&residual, &scaled);
        for _ in 0..MAX_CG {
            let curved = self.hessian_times(&direction, curvature);
            let length = product / dot(&direction, &curved).max(f64::MIN_POSITIVE);
            axpy(length, &direction, &mut step);
            axpy(-length, &curved, &mut residual);
            if dot(&residual, &residual).sqrt() <= forcing {
                break;
            }
            for ((s, r), d) in scaled.iter_mut().zip(&residual).zip(&diagonal) {
                *s = r / d;
            }
            let next = dot(&residual, &scaled);
            let turn = next / product;
            product = next;
            for (d, s) in direction.iter_mut().zip(&scaled) {
                *d = s + turn * *d;
            }
        }
        step
    }

    fn hessian_diagonal(&self, curvature: &[f64]) -> Vec<f64> {
        let mut diagonal = self.penalties.clone();
        let last = diagonal.len();
        diagonal.push(f64::EPSILON);
        for (idx, &curve) in curvature.iter().enumerate() {
            for (column, value) in self.rows.row(idx) {
                diagonal[column as usize] += curve * f64::from(value) * f64::from(value);
            }
            diagonal[last] += curve;
        }
        diagonal
    }

    /// The Hessian times a direction. Each row is read once, for its product and for what it adds to the columns.
    fn hessian_times(&self, direction: &[f64], curvature: &[f64]) -> Vec<f64> {
        let intercept = direction[direction.len() - 1];
        let mut product =
            self.weighted_sum(|idx| (self.rows.dot(idx, direction) + intercept) * curvature[idx]);
        self.add_penalties(direction, &mut product);
        product
    }

    /// Halves the step until the objective falls enough (Armijo's rule); moves there and returns the new value.
    fn search(&mut self, step: &[f64], slope: f64, value: f64) -> Option<f64> {
        let along = self.times(step);
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let weights: Vec<f64> = self.weights.iter().zip(step).map(|(w, s)| w + length * s).collect();
            let scores: Vec<f64> = self.scores.iter().zip(&along).map(|(old, a)| old + length * a).collect();
            let lower = self.objective(&weights, &scores);
            if lower < value && lower <= value + 1e-4 * length * slope {
                self.weights = weights;
                self.scores = scores;
                return Some(lower);
            }
            length *= 0.5;
        }
        None
    }
}

fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(a, b)| a * b).sum()
}

fn axpy(factor: f64, x: &[f64], y: &mut [f64]) {
    for (to, from) in y.iter_mut().zip(x) {
        *to += factor * from;
    }
}
