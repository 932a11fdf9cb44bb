//! Our sparse estimator in linfa's idiom, and linfa's dense one behind the same door.
//!
//! [`CsrMatrix`] is linfa `Records`, [`SparseLogistic`] is a `ParamGuard` whose checked form `Fit`s a
//! `Dataset<CsrMatrix, Array1<bool>>`, and [`LinearModel`] is `PredictInplace`.

use super::logistic::{LinearModel, LogisticParams};
use crate::error::{Error, ErrorKind, Result};
use crate::features::sparse::CsrMatrix;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, PredictInplace};
use linfa::{Float, ParamGuard};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ShapeBuilder};

/// The dense solver takes matrices of at most this many cells (800 MB of `f64`).
pub const MAX_DENSE_CELLS: usize = 100_000_000;

impl Records for CsrMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_samples()
    }

    fn nfeatures(&self) -> usize {
        self.n_features()
    }
}

/// The estimator for linfa: unchecked parameters, which `fit` checks.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogistic(ValidSparseLogistic);

/// Parameters that have been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidSparseLogistic(LogisticParams);

impl SparseLogistic {
    /// An estimator with these parameters.
    pub fn new(params: LogisticParams) -> SparseLogistic {
        SparseLogistic(ValidSparseLogistic(params))
    }
}

impl ParamGuard for SparseLogistic {
    type Checked = ValidSparseLogistic;
    type Error = Error;

    fn check_ref(&self) -> Result<&ValidSparseLogistic> {
        self.0.0.check().map(|()| &self.0)
    }

    fn check(self) -> Result<ValidSparseLogistic> {
        self.0.0.check()?;
        Ok(self.0)
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Error {
        ErrorKind::NotEnoughData { problem: error.to_string() }.into()
    }
}

impl Fit<CsrMatrix, Array1<bool>, Error> for ValidSparseLogistic {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<CsrMatrix, Array1<bool>>) -> Result<LinearModel> {
        let positive = dataset.targets.to_vec();
        let weights = dataset.weights().map(<[f32]>::to_vec).unwrap_or_default();
        self.0.fit(&dataset.records, &positive, &weights)
    }
}

impl PredictInplace<CsrMatrix, Array1<bool>> for LinearModel {
    fn predict_inplace(&self, rows: &CsrMatrix, targets: &mut Array1<bool>) {
        for (idx, target) in targets.iter_mut().enumerate() {
            *target = self.decision_function(rows, idx) > 0.0;
        }
    }

    fn default_target(&self, rows: &CsrMatrix) -> Array1<bool> {
        Array1::from_elem(rows.n_samples(), false)
    }
}

/// The rows as a dense matrix in column-major order, which linfa's solver is four times faster on.
fn dense<F: Float>(rows: &CsrMatrix) -> Array2<F> {
    let mut matrix = Array2::zeros((rows.n_samples(), rows.n_features()).f());
    for idx in 0..rows.n_samples() {
        for (column, value) in rows.row(idx) {
            matrix[(idx, column as usize)] = F::cast(value);
        }
    }
    matrix
}

/// Learns the same model with linfa-logistic, on dense data and without weights.
///
/// # Errors
///
/// [`ErrorKind::Params`] if the matrix would have more than [`MAX_DENSE_CELLS`] cells or a class has a weight;
/// [`ErrorKind::NotEnoughData`] for what linfa refuses.
pub fn fit_dense(params: &LogisticParams, rows: &CsrMatrix, positive: &[bool]) -> Result<LinearModel> {
    LogisticParams::check(params)?;
    let cells = rows.n_samples().saturating_mul(rows.n_features());
    if cells > MAX_DENSE_CELLS {
        return Err(Error::params(
            "solver",
            format!("linfa for {cells} cells"),
            "used for at most 100000000 cells",
        ));
    }
    if params.positive_weight != 1.0 {
        return Err(Error::params("positive_weight", params.positive_weight, "1 for the linfa solver"));
    }
    if params.log_count_ratio != 0.0 {
        return Err(Error::params("log_count_ratio", params.log_count_ratio, "0 for the linfa solver"));
    }
    let dataset = DatasetBase::new(dense::<f64>(rows), Array1::from_vec(positive.to_vec()));
    let solver = LogisticRegression::default()
        .alpha(params.alpha)
        .gradient_tolerance(params.tolerance)
        .max_iterations(params.max_iterations as u64 * 100);
    let fitted = solver.fit(&dataset).map_err(|error| {
        Error::from(ErrorKind::NotEnoughData { problem: format!("linfa-logistic: {error}") })
    })?;
    // In 0.8.1 the class that linfa calls positive is the more frequent one.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let weights = fitted.params().iter().map(|weight| sign * weight).collect();
    Ok(LinearModel { weights, intercept: sign * fitted.intercept(), n_iterations: 0 })
}
