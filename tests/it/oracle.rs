//! Agreement with independent implementations: scikit-learn's stored numbers, and linfa-logistic.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use lurewatch::features::sparse::CsrMatrix;
use lurewatch::features::tfidf::{DocumentFrequencies, TfidfParams};
use lurewatch::features::{FeatureExtractor, FeatureParams};
use lurewatch::linear::linfa_traits::{SparseLogistic, fit_dense};
use lurewatch::linear::logistic::LogisticParams;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Deserialize)]
struct TfidfNumbers {
    texts: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Deserialize)]
struct Cell {
    term: String,
    value: f64,
}

#[derive(Deserialize)]
struct LogisticNumbers {
    rows: Vec<Vec<f64>>,
    positive: Vec<bool>,
    sample_weights: Vec<f32>,
    cases: Vec<Solution>,
}

#[derive(Deserialize)]
struct Solution {
    alpha: f64,
    weights: Vec<f64>,
    intercept: f64,
}

fn words_only() -> FeatureExtractor {
    let params = FeatureParams {
        char_ngrams: [0, 0],
        unspaced_ngrams: [0, 0],
        reduced: false,
        cues: false,
        concepts: false,
        ..FeatureParams::default()
    };
    FeatureExtractor::new(params, Arc::default())
}

#[test]
fn tfidf_agrees_with_scikit_learn() {
    let numbers: TfidfNumbers =
        serde_json::from_str(include_str!("../data/oracle/tfidf.json")).expect("valid numbers");
    let mut extractor = words_only();
    let mut counted = DocumentFrequencies::default();
    numbers.texts.iter().for_each(|text| counted.add(&mut extractor, text, 0));
    let tfidf = TfidfParams { min_df: 1, ..TfidfParams::default() }.fit(&counted).expect("features");
    let matrix = tfidf.transform(&mut extractor, numbers.texts.iter().map(String::as_str));
    for (idx, cells) in numbers.rows.iter().enumerate() {
        let row: HashMap<u32, f32> = matrix.row(idx).collect();
        assert_eq!(row.len(), cells.len());
        for cell in cells {
            // A term alone has its own feature last: for a pair, the two words come first.
            let mut hash = 0;
            extractor.for_each(&cell.term, |analysis, feature| {
                let whole =
                    analysis.tokens().len() == 1 || feature.hash != analysis_word(analysis, feature.hash);
                if whole {
                    hash = feature.hash;
                }
            });
            let column = tfidf.column(hash).expect("the term is a feature");
            assert!(
                (f64::from(row[&column]) - cell.value).abs() < 1e-6,
                "{}: {} {}",
                cell.term,
                row[&column],
                cell.value
            );
        }
    }
}

/// The hash itself if it belongs to a single word of the text, else 0.
fn analysis_word(analysis: &lurewatch::text::Analysis, hash: u64) -> u64 {
    let single = |token: &lurewatch::text::tokenize::Token| {
        let mut found = 0;
        words_only().for_each(analysis.token_text(token), |_, feature| found = feature.hash);
        found == hash
    };
    if analysis.tokens().iter().any(single) { hash } else { 0 }
}

fn logistic_numbers() -> (LogisticNumbers, CsrMatrix) {
    let numbers: LogisticNumbers =
        serde_json::from_str(include_str!("../data/oracle/logistic.json")).expect("valid numbers");
    let mut matrix = CsrMatrix::new(numbers.rows[0].len());
    for row in &numbers.rows {
        let stored = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
        matrix.push_row(stored.map(|(column, &value)| (column as u32, value as f32)));
    }
    (numbers, matrix)
}

fn exact(alpha: f64) -> LogisticParams {
    LogisticParams { alpha, tolerance: 1e-10, ..LogisticParams::default() }
}

#[test]
fn weights_agree_with_scikit_learn() {
    let (numbers, matrix) = logistic_numbers();
    for case in &numbers.cases {
        let model =
            exact(case.alpha).fit(&matrix, &numbers.positive, &numbers.sample_weights).expect("it converges");
        // The values are rounded to `f32` in our rows.
        for (ours, theirs) in model.weights.iter().zip(&case.weights) {
            assert!((ours - theirs).abs() < 1e-6, "alpha {}: {ours} {theirs}", case.alpha);
        }
        assert!((model.intercept - case.intercept).abs() < 1e-6);
    }
}

#[test]
fn weights_agree_with_linfa_logistic() {
    let (numbers, matrix) = logistic_numbers();
    let opposite: Vec<bool> = numbers.positive.iter().map(|is| !is).collect();
    for alpha in [0.1, 1.0, 10.0] {
        // Both polarities: linfa 0.8.1 calls the more frequent class positive.
        for positive in [&numbers.positive, &opposite] {
            let ours = exact(alpha).fit(&matrix, positive, &[]).expect("it converges");
            let theirs = fit_dense(&exact(alpha), &matrix, positive).expect("it converges");
            for (one, two) in ours.weights.iter().zip(&theirs.weights) {
                assert!((one - two).abs() < 1e-6, "alpha {alpha}: {one} {two}");
            }
            assert!((ours.intercept - theirs.intercept).abs() < 1e-6);
        }
    }
}

/// Penalties by log-count ratio are columns scaled by it: the same decision by another road.
#[test]
fn log_count_ratios_are_scaled_columns() {
    let (numbers, matrix) = logistic_numbers();
    let share = 0.4;
    let present = |column: usize, class: bool| {
        let rows = numbers.rows.iter().zip(&numbers.positive).zip(&numbers.sample_weights);
        rows.filter(|((row, is), _)| **is == class && row[column] != 0.0)
            .map(|(_, weight)| f64::from(*weight))
            .sum::<f64>()
    };
    let total = |class: bool| {
        let rows = numbers.positive.iter().zip(&numbers.sample_weights);
        rows.filter(|(is, _)| **is == class).map(|(_, weight)| f64::from(*weight)).sum::<f64>()
    };
    let ratio = |column: usize| {
        ((1.0 + present(column, true)) * total(false) / (1.0 + present(column, false)) / total(true))
            .ln()
            .abs()
    };
    let n_columns = numbers.rows[0].len();
    let mean = (0..n_columns).map(ratio).sum::<f64>() / n_columns as f64;
    let scales: Vec<f64> = (0..n_columns).map(|column| 1.0 - share + share * ratio(column) / mean).collect();
    let mut scaled = CsrMatrix::new(n_columns);
    for idx in 0..matrix.n_samples() {
        let row = matrix.row(idx);
        scaled.push_row(
            row.map(|(column, value)| (column, (f64::from(value) * scales[column as usize]) as f32)),
        );
    }
    let params = LogisticParams { log_count_ratio: share, ..exact(0.5) };
    let ours = params.fit(&matrix, &numbers.positive, &numbers.sample_weights).expect("it converges");
    let theirs = exact(0.5).fit(&scaled, &numbers.positive, &numbers.sample_weights).expect("it converges");
    for (column, weight) in ours.weights.iter().enumerate() {
        assert!((weight - theirs.weights[column] * scales[column]).abs() < 1e-5, "column {column}");
    }
    assert!((ours.intercept - theirs.intercept).abs() < 1e-5);
    assert!(
        ours.weights
            != exact(0.5)
                .fit(&matrix, &numbers.positive, &numbers.sample_weights)
                .expect("it converges")
                .weights
    );
    assert!(
        LogisticParams { log_count_ratio: 1.5, ..exact(1.0) }.fit(&matrix, &numbers.positive, &[]).is_err()
    );
    assert!(fit_dense(&params, &matrix, &numbers.positive).is_err());
}

#[test]
fn the_estimator_works_through_linfas_traits() {
    let (numbers, matrix) = logistic_numbers();
    let dataset = DatasetBase::new(matrix.clone(), ndarray::Array1::from_vec(numbers.positive.clone()))
        .with_weights(ndarray::Array1::from_vec(numbers.sample_weights.clone()));
    let through = SparseLogistic::new(exact(1.0)).fit(&dataset).expect("it converges");
    let direct = exact(1.0).fit(&matrix, &numbers.positive, &numbers.sample_weights).expect("it converges");
    assert_eq!(through, direct);
    let mut predicted = through.default_target(&matrix);
    through.predict_inplace(&matrix, &mut predicted);
    let n_right = predicted.iter().zip(&numbers.positive).filter(|(one, two)| one == two).count();
    assert!(n_right > 45, "{n_right} of 60");
    let impossible = SparseLogistic::new(LogisticParams { alpha: -1.0, ..LogisticParams::default() });
    assert!(impossible.fit(&dataset).is_err());
}

#[test]
fn a_solver_that_is_stopped_early_says_so() {
    let (numbers, matrix) = logistic_numbers();
    let params = LogisticParams { max_iterations: 1, ..exact(0.1) };
    let error = params.fit(&matrix, &numbers.positive, &[]).expect_err("one step is not enough");
    assert!(error.to_string().contains("no convergence"), "{error}");
}

#[test]
fn one_class_alone_is_an_error() {
    let (numbers, matrix) = logistic_numbers();
    let all = vec![true; numbers.positive.len()];
    let error = exact(1.0).fit(&matrix, &all, &[]).expect_err("both classes are needed");
    assert!(error.to_string().contains("both classes"), "{error}");
}

#[test]
fn the_dense_solver_refuses_what_it_cannot_hold() {
    let mut matrix = CsrMatrix::new(200_000_000);
    matrix.push_row([(3, 1.0)]);
    matrix.push_row([(4, 1.0)]);
    let error = fit_dense(&exact(1.0), &matrix, &[true, false]).expect_err("too many cells");
    assert!(error.to_string().contains("100000000 cells"), "{error}");
}
