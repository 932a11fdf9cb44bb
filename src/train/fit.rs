//! Records to a model, without calibration: count, weigh, solve, select, solve again, quantise.

use super::config::{Solver, TrainConfig};
use super::quantise::Quantiser;
use super::select;
use crate::artifact::{
    AnalyzerVersions, FORMAT_VERSION, KeyFilter, Metadata, Model, TrainingRecord, build_table,
};
use crate::dataset::{self, Record, groups};
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::report::Report;
use crate::features::concept::Lexicon;
use crate::features::sparse::CsrMatrix;
use crate::features::tfidf::{DocumentFrequencies, Tfidf};
use crate::features::{FeatureExtractor, View};
use crate::linear::calibration::Calibration;
use crate::linear::combination::RiskCombination;
use crate::linear::linfa_traits;
use crate::linear::logistic::{LinearModel, LogisticParams};
use crate::parallel;
use crate::text::Analyzer;
use crate::text::script::Script;
use crate::verdict::{MAX_LABELS, Thresholds};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows of a label that are needed to learn it.
const MIN_LABELLED: usize = 5;

/// Features of each sign that the metadata names for each head.
const N_TOP: usize = 20;

/// A script must hold this many rows for the model to know it.
const MIN_SCRIPT_ROWS: usize = 20;

/// Where the solver may stop when its weights only rank features.
const SELECTION_TOLERANCE: f64 = 1e-3;

/// Texts counted by one thread at a time.
const COUNT_CHUNK: usize = 4096;

/// Rows of an auxiliary kind that are needed to learn it: in every fold there must be some.
const MIN_AUXILIARY: usize = 50;

/// The configuration with labels and auxiliary kinds fixed to those of all records, so that every fold learns the same
/// heads.
pub(crate) fn with_labels_of(config: &TrainConfig, records: &[Record]) -> TrainConfig {
    let mut config = config.clone();
    if config.labels.is_empty() {
        config.labels = dataset::label_set(records);
    }
    config.auxiliary.retain(|_, kinds| {
        records.iter().filter(|record| is_ordinary(record, kinds)).count() >= MIN_AUXILIARY
    });
    config
}

/// Whether a row is a benign one of these kinds.
pub(super) fn is_ordinary(record: &Record, kinds: &[String]) -> bool {
    record.labels.is_empty() && kinds.contains(&record.kind)
}

/// Learns a model. Its calibrations are the identity and its thresholds those of the identity.
pub(crate) fn fit(records: &[&Record], config: &TrainConfig, lexicon: &str) -> Result<Model<'static>> {
    let labels = labels(records, config)?;
    let lexicon = Arc::new(Lexicon::parse(if config.features.concepts { lexicon } else { "" })?);
    let extractor = || FeatureExtractor::new(config.features.clone(), lexicon.clone());
    let texts: Vec<&str> = records.iter().map(|record| record.text.as_str()).collect();
    let n_threads = config.n_threads();

    let all = config.tfidf.fit(&count(records, config, &extractor))?;
    let all = with_pivots(all, &texts, n_threads, &extractor);
    let targets = targets(records, &labels, config);
    let (tfidf, codes) = if all.n_features() > config.max_features {
        let rows = transform(&all, &texts, n_threads, &extractor);
        let tolerance = config.logistic.tolerance.max(SELECTION_TOLERANCE);
        let ranking = LogisticParams { tolerance, ..config.logistic.clone() };
        let heads = solve(&rows, &targets, &labels, config, &ranking)?;
        quantise_idf(&all, &select::strongest(&all, &heads, config.max_features))
    } else {
        quantise_idf(&all, &(0..all.n_features()).collect::<Vec<_>>())
    };
    let tfidf = with_pivots(tfidf, &texts, n_threads, &extractor);
    let rows = transform(&tfidf, &texts, n_threads, &extractor);
    let heads = solve(&rows, &targets, &labels, config, &config.logistic)?;
    let top_features = top_features(&tfidf, &heads, &texts, &mut extractor());
    let metadata =
        Metadata { pivots: tfidf.pivots(), ..metadata(records, config, labels, &codes, top_features) };
    Ok(assemble(metadata, lexicon, &tfidf, &codes, &heads, config.weight_bits))
}

/// The labels to learn: those asked for, or all that the rows have.
fn labels(records: &[&Record], config: &TrainConfig) -> Result<Vec<String>> {
    let mut labels = config.labels.clone();
    if labels.is_empty() {
        labels = records.iter().flat_map(|record| record.labels.iter().cloned()).collect();
        labels.sort();
        labels.dedup();
    }
    let count = |label: &String| records.iter().filter(|record| record.labels.contains(label)).count();
    let rare = labels.iter().find(|label| count(label) < MIN_LABELLED);
    let problem = match rare {
        _ if labels.is_empty() => "no row has a label".to_owned(),
        _ if labels.len() + config.auxiliary.len() > MAX_LABELS => format!(
            "{} labels and {} auxiliary kinds; at most {MAX_LABELS} are possible",
            labels.len(),
            config.auxiliary.len()
        ),
        Some(label) => format!("{} rows with the label {label}; {MIN_LABELLED} are needed", count(label)),
        None => return Ok(labels),
    };
    Err(ErrorKind::NotEnoughData { problem }.into())
}

fn count(
    records: &[&Record],
    config: &TrainConfig,
    extractor: &(impl Fn() -> FeatureExtractor + Sync),
) -> DocumentFrequencies {
    let n_threads = config.n_threads();
    let batches = groups::by_name(records.iter().copied(), groups::batch);
    let texts = records.iter().map(|record| record.text.as_str());
    let mut rows: Vec<(u32, &str)> = batches.into_iter().map(|batch| batch as u32).zip(texts).collect();
    rows.sort_by_key(|row| row.0);
    // Few and large chunks: each has counts of its own until all are added. A group must not be divided if it counts.
    let size = rows.len().div_ceil(2 * n_threads).max(COUNT_CHUNK);
    let mut chunks: Vec<&[(u32, &str)]> = Vec::new();
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let mut end = size.min(rest.len());
        while config.tfidf.min_groups > 1 && end < rest.len() && rest[end].0 == rest[end - 1].0 {
            end += 1;
        }
        let (chunk, behind) = rest.split_at(end);
        chunks.push(chunk);
        rest = behind;
    }
    let counted = parallel::each(&chunks, n_threads, extractor, |extractor, chunk| {
        let mut counted = DocumentFrequencies::default();
        chunk.iter().for_each(|(group, text)| counted.add(extractor, text, *group));
        counted
    });
    let mut total = DocumentFrequencies::default();
    counted.into_iter().for_each(|part| total.merge(&part));
    total
}

/// Learns the usual length of each view.
fn with_pivots(
    tfidf: Tfidf,
    texts: &[&str],
    n_threads: usize,
    extractor: &(impl Fn() -> FeatureExtractor + Sync),
) -> Tfidf {
    let chunks: Vec<&[&str]> = texts.chunks(COUNT_CHUNK).collect();
    let parts = parallel::each(&chunks, n_threads, extractor, |extractor, chunk| {
        tfidf.lengths(extractor, chunk.iter().copied())
    });
    let pivots = std::array::from_fn(|view| {
        let sum: f64 = parts.iter().map(|part| part[view].0).sum();
        let n_texts: u64 = parts.iter().map(|part| part[view].1).sum();
        (sum / n_texts.max(1) as f64) as f32
    });
    tfidf.with_pivots(pivots)
}

fn transform(
    tfidf: &Tfidf,
    texts: &[&str],
    n_threads: usize,
    extractor: &(impl Fn() -> FeatureExtractor + Sync),
) -> CsrMatrix {
    let chunks: Vec<&[&str]> = texts.chunks(COUNT_CHUNK).collect();
    let parts = parallel::each(&chunks, n_threads, extractor, |extractor, chunk| {
        tfidf.transform(extractor, chunk.iter().copied())
    });
    let mut rows = CsrMatrix::new(tfidf.n_features());
    for part in parts {
        (0..part.n_samples()).for_each(|idx| rows.push_row(part.row(idx)));
    }
    rows
}

/// What each head learns: which rows are positive, and the weight of each row.
#[derive(PartialEq)]
struct Target {
    positive: Vec<bool>,
    weights: Vec<f32>,
}

fn targets(records: &[&Record], labels: &[String], config: &TrainConfig) -> Vec<Target> {
    let risky = |record: &Record| {
        record.labels.iter().any(|label| labels.contains(label) && !config.neutral_labels.contains(label))
    };
    let weight = |record: &Record, positive: bool| match record.verdict {
        Some(2) if positive => record.weight * config.suspicious_weight,
        _ => record.weight,
    };
    let target = |test: &dyn Fn(&Record) -> bool| {
        let positive: Vec<bool> = records.iter().map(|record| test(record)).collect();
        let weights = records.iter().zip(&positive).map(|(record, &is)| weight(record, is)).collect();
        Target { positive, weights }
    };
    let one = |label: &String| target(&|record: &Record| record.labels.contains(label));
    let ordinary = |kinds: &Vec<String>| target(&|record: &Record| is_ordinary(record, kinds));
    labels.iter().map(one).chain(config.auxiliary.values().map(ordinary)).chain([target(&risky)]).collect()
}

/// Solves for all heads, the risk last.
fn solve(
    rows: &CsrMatrix,
    targets: &[Target],
    labels: &[String],
    config: &TrainConfig,
    params: &LogisticParams,
) -> Result<Vec<LinearModel>> {
    // With one label, the label and the risk ask the same: it is solved once.
    let same = |idx: usize| targets.iter().position(|target| *target == targets[idx]).unwrap_or(idx);
    let firsts: Vec<usize> = (0..targets.len()).map(same).collect();
    let distinct: Vec<usize> = (0..targets.len()).filter(|&idx| firsts[idx] == idx).collect();
    let n_threads = config.n_threads();
    // Few heads leave threads over for the rows of each.
    let n_inner = n_threads.div_ceil(distinct.len());
    let solve_one = |idx: usize| match config.solver {
        Solver::Newton => params.fit_on(rows, &targets[idx].positive, &targets[idx].weights, n_inner),
        Solver::Linfa => linfa_traits::fit_dense(params, rows, &targets[idx].positive),
    };
    let names: Vec<&String> = labels.iter().chain(config.auxiliary.keys()).collect();
    let name = |head: usize| names.get(head).map_or("risk", |name| name).to_owned();
    let solved: BTreeMap<usize, LinearModel> =
        parallel::each(&distinct, n_threads, || (), |(), &idx| (idx, solve_one(idx)))
            .into_iter()
            .map(|(idx, model)| Ok((idx, model.map_err(|error| name_label(error, name(idx)))?)))
            .collect::<Result<_>>()?;
    Ok(firsts.iter().map(|first| solved[first].clone()).collect())
}

fn name_label(error: Error, label: String) -> Error {
    match error.kind() {
        ErrorKind::NotConverged { n_iterations, gradient, .. } => {
            ErrorKind::NotConverged { label, n_iterations: *n_iterations, gradient: *gradient }.into()
        }
        ErrorKind::NotEnoughData { problem } => {
            ErrorKind::NotEnoughData { problem: format!("label {label}: {problem}") }.into()
        }
        _ => error,
    }
}

/// How idf is stored: one byte a feature.
struct IdfCodes {
    min: f32,
    step: f32,
    codes: Vec<u8>,
}

/// The selected columns with their idf rounded to what the artifact can store, so that the final weights fit to it.
fn quantise_idf(tfidf: &Tfidf, columns: &[usize]) -> (Tfidf, IdfCodes) {
    let values = columns.iter().map(|&column| tfidf.idf(column));
    let min = values.clone().fold(f32::INFINITY, f32::min);
    let max = values.clone().fold(f32::NEG_INFINITY, f32::max);
    let step = ((max - min) / f32::from(u8::MAX)).max(f32::MIN_POSITIVE);
    let code = |idf: f32| ((idf - min) / step).round() as u8;
    let codes = values.map(code).collect();
    let rounded = tfidf.select(columns, |idf| min + f32::from(code(idf)) * step);
    (rounded, IdfCodes { min, step, codes })
}

/// Everything that was learned, as tables.
fn assemble(
    metadata: Metadata,
    lexicon: Arc<Lexicon>,
    tfidf: &Tfidf,
    idf: &IdfCodes,
    heads: &[LinearModel],
    bits: u8,
) -> Model<'static> {
    // What an error of a weight adds up to over the training texts, squared.
    let importance: Vec<f64> = (0..tfidf.n_features())
        .map(|column| f64::from(tfidf.document_frequency(column)) * f64::from(tfidf.idf(column)).powi(2))
        .collect();
    let quantiser = Quantiser::fit(heads, &importance, bits);
    let features: Vec<(u64, u8, Vec<u8>)> = (0..tfidf.n_features())
        .map(|column| (tfidf.hash(column), idf.codes[column], quantiser.codes(heads, column)))
        .collect();
    let width = features.first().map_or(0, |feature| feature.2.len());
    let (keys, idf, codes) = build_table(&features, width);
    Model {
        metadata,
        lexicon,
        filter: KeyFilter::of(&keys),
        keys: Cow::Owned(keys),
        idf: Cow::Owned(idf),
        weights: quantiser.weights(codes),
        intercepts: heads.iter().map(|head| head.intercept as f32).collect(),
    }
}

fn metadata(
    records: &[&Record],
    config: &TrainConfig,
    labels: Vec<String>,
    idf: &IdfCodes,
    top_features: Vec<Vec<(String, f32)>>,
) -> Metadata {
    let mut abstention = config.abstention.clone();
    abstention.scripts = scripts(records);
    Metadata {
        format_version: FORMAT_VERSION,
        name: config.name.clone(),
        neutral_labels: config
            .neutral_labels
            .iter()
            .filter(|label| labels.contains(label))
            .cloned()
            .collect(),
        calibrations: vec![Calibration::default(); labels.len() + config.auxiliary.len()],
        labels,
        auxiliary: config.auxiliary.keys().cloned().collect(),
        risk: RiskCombination::default(),
        features: config.features.clone(),
        sublinear_tf: config.tfidf.sublinear_tf,
        pivots: Default::default(),
        passages: config.passages.clone(),
        idf_min: idf.min,
        idf_step: idf.step,
        thresholds: Thresholds { watch: 0.5, caution: 0.6, high: 0.8, critical: 0.95 },
        abstention,
        analyzer: AnalyzerVersions::default(),
        training: TrainingRecord::default(),
        top_features,
        checksum: String::new(),
    }
}

/// The scripts that enough rows are written in.
fn scripts(records: &[&Record]) -> Vec<String> {
    let mut analyzer = Analyzer::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        let script = analyzer.analyze(&record.text).script();
        if script != Script::Zyyy {
            *counts.entry(script.code()).or_insert(0) += 1;
        }
    }
    let enough = MIN_SCRIPT_ROWS.min(records.len() / 4 + 1);
    counts.into_iter().filter(|(_, count)| *count >= enough).map(|(code, _)| code.to_owned()).collect()
}

/// Names and weights of the features with the largest weights, taken from their first occurrence in the texts.
fn top_features(
    tfidf: &Tfidf,
    heads: &[LinearModel],
    texts: &[&str],
    extractor: &mut FeatureExtractor,
) -> Vec<Vec<(String, f32)>> {
    let top: Vec<Vec<usize>> = heads.iter().map(|head| extremes(tfidf, head)).collect();
    let mut names: HashMap<u64, String> = HashMap::new();
    let wanted: std::collections::HashSet<u64> =
        top.iter().flatten().map(|&column| tfidf.hash(column)).collect();
    for text in texts {
        if names.len() == wanted.len() {
            break;
        }
        extractor.for_each(text, |analysis, feature| {
            if wanted.contains(&feature.hash) {
                let span = feature.span(&analysis.tokens);
                names.entry(feature.hash).or_insert_with(|| text[span.start..span.end].to_lowercase());
            }
        });
    }
    let shown = |head: &LinearModel, column: &usize| {
        let name = names.get(&tfidf.hash(*column)).map_or("", String::as_str);
        (format!("{}:{name}", tfidf.view(*column).name()), head.weights[*column] as f32)
    };
    heads
        .iter()
        .zip(&top)
        .map(|(head, columns)| columns.iter().map(|column| shown(head, column)).collect())
        .collect()
}

/// The word columns with the largest and smallest weights: character n-grams would repeat them in pieces.
fn extremes(tfidf: &Tfidf, head: &LinearModel) -> Vec<usize> {
    let readable = |column: &usize| matches!(tfidf.view(*column), View::Word | View::Cue);
    let mut columns: Vec<usize> = (0..tfidf.n_features()).filter(readable).collect();
    columns.sort_by(|&one, &two| head.weights[two].total_cmp(&head.weights[one]).then(one.cmp(&two)));
    let n_top = N_TOP.min(columns.len() / 2);
    let tail = columns.split_off(columns.len() - n_top);
    columns.truncate(n_top);
    columns.extend(tail);
    columns
}

/// Writes into the metadata what the model was trained on and how well it did.
pub(crate) fn record_training(
    model: &mut Model<'_>,
    records: &[Record],
    config: &TrainConfig,
    report: &Report,
) {
    let count = |label: &String| records.iter().filter(|record| record.labels.contains(label)).count();
    let mut languages: BTreeMap<String, usize> = BTreeMap::new();
    for record in records {
        *languages.entry(record.language.clone()).or_insert(0) += 1;
    }
    let value =
        |interval: &Option<crate::evaluate::metrics::Interval>| interval.map(|interval| interval.value);
    let flagged = |class: crate::evaluate::report::Class| {
        report.classes.iter().find(|report| report.class == class).and_then(|report| value(&report.flagged))
    };
    let measures = [
        ("roc_auc", value(&report.risk.roc_auc)),
        ("average_precision", value(&report.risk.average_precision)),
        ("recall_at_1_percent", value(&report.risk.recall_at_1_percent)),
        ("false_alarms_high", flagged(crate::evaluate::report::Class::Benign)),
        ("recall_high", flagged(crate::evaluate::report::Class::Lure)),
        ("expected_calibration_error", report.risk.expected_calibration_error),
    ];
    // Threads are how, not what: the same model must have the same bytes on every machine.
    let settings = TrainConfig { threads: 0, ..config.clone() };
    model.metadata.training = TrainingRecord {
        n_records: records.len(),
        n_labelled: model.metadata.labels.iter().map(count).collect(),
        languages: languages.into_iter().collect(),
        data_checksum: dataset::checksum(records),
        config: serde_json::to_string(&settings).unwrap_or_default(),
        folds: format!("{} folds by {:?}", config.n_folds, config.fold_by).to_lowercase(),
        measures: measures.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
    };
}
