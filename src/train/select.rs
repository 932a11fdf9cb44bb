//! Which features a model keeps.
//!
//! Criterion: `max over heads of |w| * idf * sqrt(df)`, the size of the feature's contribution to the training rows'
//! log-odds (its root mean square, up to a factor that all features share). A rare feature must have a large weight to
//! stay, a common one a useful one.

use crate::features::tfidf::Tfidf;
use crate::linear::logistic::LinearModel;

/// The columns to keep, in rising order: at most `n_most`.
pub(crate) fn strongest(tfidf: &Tfidf, heads: &[LinearModel], n_most: usize) -> Vec<usize> {
    let strength = |column: usize| {
        let weight = heads.iter().map(|head| head.weights[column].abs()).fold(0.0, f64::max);
        weight * f64::from(tfidf.idf(column)) * f64::from(tfidf.document_frequency(column)).sqrt()
    };
    let mut ranked: Vec<(f64, usize)> =
        (0..tfidf.n_features()).map(|column| (strength(column), column)).collect();
    ranked.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
    ranked.truncate(n_most);
    let mut columns: Vec<usize> = ranked.into_iter().map(|(_, column)| column).collect();
    columns.sort_unstable();
    columns
}
