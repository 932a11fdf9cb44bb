//! Records to model.

use lurewatch::config::{Solver, TrainConfig};
use lurewatch::dataset::read::{RecordFormat, read};
use lurewatch::features::sparse::CsrMatrix;
use lurewatch::features::tfidf::{DocumentFrequencies, TfidfParams};
use lurewatch::features::{FeatureExtractor, FeatureParams};
use lurewatch::linear::logistic::LogisticParams;
use lurewatch::{Classifier, ErrorKind, Record, train};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A small corpus of two labels that a model can learn.
pub(crate) fn records() -> Vec<Record> {
    let csv = include_bytes!("../data/small.csv");
    read(&csv[..], RecordFormat::Csv, "small").expect("a valid corpus")
}

/// Up to `n_rows` rows of each language of the project's corpus for which the test holds, spread over its batches.
pub(crate) fn corpus_rows(n_rows: usize, test: impl Fn(&Record) -> bool) -> Vec<Record> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let mut rows = Vec::new();
    for language in std::fs::read_dir(folder).expect("the corpus is there") {
        let language = language.expect("a readable folder").path();
        if !language.is_dir() {
            continue;
        }
        let mut files: Vec<_> = std::fs::read_dir(language)
            .expect("a readable folder")
            .map(|file| file.expect("a file").path())
            .collect();
        files.sort();
        for file in &files {
            let bytes = std::fs::read(file).expect("a readable file");
            let records = read(&bytes[..], RecordFormat::Csv, "corpus").expect("a valid corpus");
            rows.extend(records.into_iter().filter(&test).take(n_rows.div_ceil(files.len())));
        }
    }
    rows
}

pub(crate) fn config() -> TrainConfig {
    TrainConfig { n_folds: 2, max_features: 600, ..TrainConfig::default() }
}

#[test]
fn the_same_data_give_the_same_bytes_whatever_the_number_of_threads() {
    let bytes = |threads| {
        train(&records(), &TrainConfig { threads, ..config() }, "", |_| {}).expect("it trains").bytes
    };
    assert_eq!(bytes(1), bytes(2));
    assert_eq!(bytes(1), bytes(3));
}

/// Rows enough to be summed in several parts: 20,000 with 5 of 60 columns each.
fn many_rows() -> (CsrMatrix, Vec<bool>) {
    let mut rows = CsrMatrix::new(60);
    let mut positive = Vec::new();
    for idx in 0..20_000u32 {
        let columns: BTreeSet<u32> = (1..6).map(|step| idx * step * step % 60).collect();
        positive.push(columns.contains(&7) != (idx % 11 == 0));
        rows.push_row(columns.into_iter().map(|column| (column, 0.4)));
    }
    (rows, positive)
}

#[test]
fn the_solver_gives_the_same_bits_on_any_number_of_threads() {
    let (rows, positive) = many_rows();
    let fit = |n_threads| {
        let params = LogisticParams { log_count_ratio: 0.3, ..LogisticParams::default() };
        params.fit_on(&rows, &positive, &[], n_threads).expect("it converges")
    };
    assert_eq!(fit(1), fit(2));
    assert_eq!(fit(1), fit(7));
}

#[test]
fn the_gradient_of_many_rows_is_zero_where_the_solver_stops() {
    let (rows, positive) = many_rows();
    let params = LogisticParams { alpha: 2.0, ..LogisticParams::default() };
    let model = params.fit_on(&rows, &positive, &[], 2).expect("it converges");
    let mut gradient: Vec<f64> = model.weights.iter().map(|weight| 2.0 * weight).collect();
    for (idx, &is) in positive.iter().enumerate() {
        let probability = 1.0 / (1.0 + (-model.decision_function(&rows, idx)).exp());
        let residual = probability - f64::from(u8::from(is));
        rows.row(idx).for_each(|(column, value)| gradient[column as usize] += residual * f64::from(value));
    }
    let steepest = gradient.iter().fold(0.0f64, |most, slope| most.max(slope.abs()));
    assert!(steepest < 0.01, "{steepest}");
}

#[test]
fn with_one_label_the_label_and_the_risk_are_the_same() {
    let mut one_label = records();
    one_label.iter_mut().for_each(|record| record.labels.retain(|label| label == "romance"));
    let trained = train(&one_label, &config(), "", |_| {}).expect("it trains");
    let classifier = Classifier::from_bytes(&trained.bytes).expect("a valid model");
    let mut scorer = classifier.scorer();
    let logits = scorer.logits("my darling i feel we were meant to meet");
    assert_eq!(logits.len(), 2);
    assert_eq!(logits[0], logits[1]);
}

#[test]
fn other_data_give_other_bytes() {
    let mut changed = records();
    changed[0].text.push_str(" again");
    let bytes = |records: &[Record]| train(records, &config(), "", |_| {}).expect("it trains").bytes;
    assert_ne!(bytes(&records()), bytes(&changed));
}

#[test]
fn the_model_learns_its_labels() {
    let trained = train(&records(), &config(), "", |_| {}).expect("it trains");
    let classifier = Classifier::from_bytes(&trained.bytes).expect("a valid model");
    assert_eq!(classifier.labels(), ["investment", "romance"]);
    let lure = classifier.score("pay the tax and the platform unlocks your usdt deposit after a small fee");
    let benign = classifier.score("the school opens late on monday so take the bus");
    assert!(lure.risk > benign.risk);
    assert!(lure.probabilities()[0] > lure.probabilities()[1]);
    assert_eq!(trained.judged.len(), records().len());
}

#[test]
fn labels_of_the_users_own_work_unchanged() {
    let mut records = records();
    for record in &mut records {
        record.labels = record.labels.iter().map(|label| format!("my_{label}")).collect();
    }
    let trained = train(&records, &config(), "", |_| {}).expect("it trains");
    assert_eq!(
        Classifier::from_bytes(&trained.bytes).expect("valid").labels(),
        ["my_investment", "my_romance"]
    );
}

#[test]
fn linfa_solves_the_same_problem() {
    let risk = |solver| {
        let config = TrainConfig { solver, suspicious_weight: 1.0, ..config() };
        let bytes = train(&records(), &config, "", |_| {}).expect("it trains").bytes;
        Classifier::from_bytes(&bytes)
            .expect("valid")
            .scorer()
            .logits("darling send gift cards to the harbour")
            .to_vec()
    };
    for (ours, theirs) in risk(Solver::Newton).iter().zip(risk(Solver::Linfa)) {
        assert!((ours - theirs).abs() < 0.02, "{ours} {theirs}");
    }
}

#[test]
fn too_little_data_is_named() {
    let error =
        |records: &[Record]| train(records, &config(), "", |_| {}).expect_err("too little data").to_string();
    assert!(error(&records()[..3]).contains("not enough data"), "{}", error(&records()[..3]));
    let benign: Vec<Record> = records().into_iter().filter(|record| record.labels.is_empty()).collect();
    assert!(error(&benign).contains("no row has a label"), "{}", error(&benign));
}

#[test]
fn impossible_settings_are_named() {
    let cases = [
        (TrainConfig { n_folds: 1, ..config() }, "n_folds"),
        (TrainConfig { max_features: 0, ..config() }, "max_features"),
        (TrainConfig { tfidf: TfidfParams { min_df: 0, ..TfidfParams::default() }, ..config() }, "min_df"),
        (
            TrainConfig {
                features: FeatureParams { char_ngrams: [5, 3], ..FeatureParams::default() },
                ..config()
            },
            "char_ngrams",
        ),
    ];
    for (config, name) in cases {
        let error = train(&records(), &config, "", |_| {}).expect_err("an impossible setting");
        assert!(matches!(error.kind(), ErrorKind::Params { name: found, .. } if *found == name), "{error}");
    }
}

/// The first three texts are of one group, the others of another.
fn counted(texts: std::ops::Range<usize>) -> DocumentFrequencies {
    let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
    let mut counted = DocumentFrequencies::default();
    texts.for_each(|idx| counted.add(&mut extractor, TEXTS[idx], u32::from(idx >= 3)));
    counted
}

const TEXTS: [&str; 5] =
    ["hello my friend", "hello crypto", "my friend likes my crypto", "明天 见", "lunch at noon"];

#[test]
fn merging_counts_is_counting_both() {
    for cut in [0, 3, TEXTS.len()] {
        let mut merged = counted(0..cut);
        merged.merge(&counted(cut..TEXTS.len()));
        assert_eq!(merged, counted(0..TEXTS.len()));
    }
}

#[test]
fn what_one_group_alone_says_can_be_left_out() {
    let params = TfidfParams { min_df: 2, min_groups: 2, ..TfidfParams::default() };
    let word = |text: &str| {
        let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
        let mut first = None;
        extractor.for_each(text, |_, feature| first = first.or(Some(feature.hash)));
        first.expect("a word is a feature")
    };
    // "crypto" stands in two texts, but of one group; nothing stands in both groups.
    let both = params.fit(&counted(0..TEXTS.len()));
    let either = TfidfParams { min_groups: 1, ..params.clone() }.fit(&counted(0..TEXTS.len())).unwrap();
    assert!(either.column(word("crypto")).is_some());
    assert!(both.is_err_and(|error| matches!(error.kind(), ErrorKind::NotEnoughData { .. })));
    let mut apart = counted(1..2);
    let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
    apart.add(&mut extractor, TEXTS[2], 1);
    assert!(params.fit(&apart).unwrap().column(word("crypto")).is_some());
}

/// linfa-preprocessing recomputes idf from the batch that it transforms; a message alone then has other features.
#[test]
fn idf_does_not_depend_on_the_batch() {
    let tfidf =
        TfidfParams { min_df: 1, ..TfidfParams::default() }.fit(&counted(0..TEXTS.len())).expect("features");
    let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
    let together = tfidf.transform(&mut extractor, TEXTS);
    for (idx, text) in TEXTS.iter().enumerate() {
        let alone = tfidf.transform(&mut extractor, [*text]);
        assert_eq!(together.row(idx).collect::<Vec<_>>(), alone.row(0).collect::<Vec<_>>());
    }
}
