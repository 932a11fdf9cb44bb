//! Rows to probabilities: how sure are we?

pub mod calibration;
pub mod combination;
#[cfg(feature = "train")]
pub mod linfa_traits;
#[cfg(feature = "train")]
pub mod logistic;
#[cfg(feature = "train")]
mod penalty;

/// `1 / (1 + e^-x)`, without overflow.
pub fn sigmoid(logit: f64) -> f64 {
    if logit >= 0.0 {
        1.0 / (1.0 + (-logit).exp())
    } else {
        let odds = logit.exp();
        odds / (1.0 + odds)
    }
}

/// Natural log-odds of a probability; the inverse of [`sigmoid`].
pub fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// `ln(1 + e^x)`, without overflow.
#[cfg(feature = "train")]
pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}
