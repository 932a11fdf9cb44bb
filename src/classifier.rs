//! Text to verdict.
//!
//! A [`Classifier`] is read-only and shared; a [`Scorer`] holds the buffers of one thread. One function,
//! [`Scorer::score`], walks the text once, counts the features that the model has, scales each view and sums the weights
//! of all labels; a long text is walked once more, passage by passage. Any `&str` gives a [`Verdict`]: scoring cannot
//! fail.

use crate::artifact::{Metadata, Model};
use crate::error::Result;
use crate::features::{FeatureExtractor, VIEWS, term_weight};
use crate::linear::calibration::calibrate;
use crate::linear::combination::Role;
use crate::linear::sigmoid;
use crate::passages;
use crate::text::Analysis;
use crate::text::script::Script;
use crate::text::tokenize::Span;
use crate::verdict::{Band, MAX_LABELS, Verdict};

/// A trained model, ready to score.
#[derive(Debug)]
pub struct Classifier<'a> {
    model: Model<'a>,
    /// What each head stands for.
    roles: Vec<Role>,
    scripts: Vec<Script>,
    decisive_tags: Vec<usize>,
}

/// The default model, trained from `datasets/` by the command in `models/README.md`.
static EMBEDDED: &[u8] = include_bytes!("../models/default/model.lure");

impl Classifier<'static> {
    /// The model that is compiled in.
    pub fn embedded() -> Classifier<'static> {
        Classifier::from_bytes(EMBEDDED).expect("the embedded model was checked when it was written")
    }

    /// The bytes of the model that is compiled in.
    pub fn embedded_bytes() -> &'static [u8] {
        EMBEDDED
    }

    /// Reads and checks an artifact, and keeps a copy of it.
    ///
    /// # Errors
    ///
    /// As [`Classifier::from_bytes`].
    pub fn from_vec(bytes: &[u8]) -> Result<Classifier<'static>> {
        Ok(Classifier::new(Model::from_bytes(bytes)?.into_owned()))
    }
}

impl<'a> Classifier<'a> {
    /// Reads and checks an artifact; its tables are used where they lie.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Artifact`](crate::ErrorKind::Artifact) or [`ErrorKind::Version`](crate::ErrorKind::Version).
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Classifier<'a>> {
        Ok(Classifier::new(Model::from_bytes(bytes)?))
    }

    pub(crate) fn new(model: Model<'a>) -> Classifier<'a> {
        let metadata = &model.metadata;
        let roles = metadata.roles();
        let known = |script: &Script| metadata.abstention.scripts.iter().any(|code| code == script.code());
        let scripts = crate::text::script::SCRIPTS.iter().map(|&(script, _)| script).filter(known).collect();
        let tag_idx = |tag: &String| model.lexicon.tags().iter().position(|known| known == tag);
        let decisive_tags = metadata.abstention.decisive_tags.iter().filter_map(tag_idx).collect();
        Classifier { roles, scripts, decisive_tags, model }
    }

    /// Everything about the model but its tables.
    pub fn metadata(&self) -> &Metadata {
        &self.model.metadata
    }

    /// The labels, in the order of [`Verdict::probabilities`].
    pub fn labels(&self) -> &[String] {
        &self.model.metadata.labels
    }

    /// The tactics that the model's concept lexicon knows.
    pub fn tags(&self) -> &[String] {
        self.model.lexicon.tags()
    }

    /// Whether each label counts as risk, in the order of the labels.
    pub fn is_risky(&self, label_idx: usize) -> bool {
        self.roles[label_idx] == Role::Lure
    }

    /// Features that the model has weights for.
    pub fn n_features(&self) -> usize {
        self.model.n_features()
    }

    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }

    pub(crate) fn model(&self) -> &Model<'a> {
        &self.model
    }

    /// Log-odds to verdict: calibration, then the passages, then thresholds, then what limits the band.
    pub(crate) fn decide(&self, scores: &RawScores) -> Verdict {
        let metadata = &self.model.metadata;
        let n_labels = metadata.labels.len();
        let of_passages = scores.passages().map(|logits| self.risk_logit(logits));
        let (risk, deciding) = passages::combined(self.risk_logit(&scores.whole), of_passages);
        let mut heads = [0.0; MAX_LABELS + 1];
        let logits = deciding.and_then(|idx| scores.passages().nth(idx)).unwrap_or(&scores.whole);
        let heads = self.calibrated(logits, &mut heads);
        let mut probabilities = [0.0; MAX_LABELS];
        for (probability, &logit) in probabilities.iter_mut().zip(&heads[..n_labels]) {
            *probability = sigmoid(logit);
        }
        let risk = sigmoid(risk);
        let reading = scores.reading;
        let limited = reading.short || self.is_neutral(&probabilities[..n_labels]);
        let band = match metadata.thresholds.band(risk) {
            _ if reading.abstained => Band::None,
            band if limited => band.min(Band::Watch),
            band => band,
        };
        let passage = deciding.and_then(|idx| scores.spans.get(idx).copied());
        Verdict { risk, band, abstained: reading.abstained, passage, probabilities, n_labels }
    }

    fn risk_logit(&self, logits: &[f64]) -> f64 {
        let mut heads = [0.0; MAX_LABELS + 1];
        self.model.metadata.risk.logit(self.calibrated(logits, &mut heads), &self.roles)
    }

    /// The log-odds of all heads, calibrated but for the risk's own, in the buffer given.
    pub(crate) fn calibrated<'b>(&self, logits: &[f64], heads: &'b mut [f64; MAX_LABELS + 1]) -> &'b [f64] {
        let heads = &mut heads[..logits.len()];
        heads.copy_from_slice(logits);
        calibrate(heads, &self.model.metadata.calibrations);
        heads
    }

    /// Whether the likeliest label is one that does not count as risk, and is likely.
    fn is_neutral(&self, probabilities: &[f64]) -> bool {
        let best =
            (0..probabilities.len()).max_by(|&one, &two| probabilities[one].total_cmp(&probabilities[two]));
        best.is_some_and(|best| self.roles[best] == Role::Ordinary && probabilities[best] >= 0.5)
    }

    /// The log-odds of the risk, and how much they move with the uncalibrated log-odds of each head.
    pub(crate) fn risk_slopes(&self, logits: &[f64]) -> (f64, Vec<f64>) {
        let metadata = &self.model.metadata;
        let mut heads = [0.0; MAX_LABELS + 1];
        let heads = self.calibrated(logits, &mut heads);
        let mut slopes = metadata.risk.gradient(heads, &self.roles);
        for (slope, calibration) in slopes.iter_mut().zip(&metadata.calibrations) {
            *slope *= calibration.slope;
        }
        (metadata.risk.logit(heads, &self.roles), slopes)
    }

    /// Buffers for scoring on one thread.
    pub fn scorer(&self) -> Scorer<'_> {
        let features = self.model.metadata.features.clone();
        Scorer {
            classifier: self,
            extractor: FeatureExtractor::new(features, self.model.lexicon.clone()),
            counts: vec![0; self.model.n_slots()],
            found: Vec::new(),
            logits: vec![0.0; self.model.weights.n_heads()],
            scores: RawScores::default(),
        }
    }

    /// Scores one text. For many texts, a [`Scorer`] is faster.
    pub fn score(&self, text: &str) -> Verdict {
        self.scorer().score(text)
    }
}

/// What about a text limits its verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Too short for a band above `watch`.
    pub(crate) short: bool,
    /// Cannot be judged at all.
    pub(crate) abstained: bool,
}

/// What a text says before anything is decided: uncalibrated log-odds of all heads.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawScores {
    /// Those of the whole text.
    pub(crate) whole: Vec<f64>,
    /// Those of each passage, one after the other; empty unless the text is long.
    passages: Vec<f64>,
    spans: Vec<Span>,
    reading: Reading,
}

impl RawScores {
    /// The log-odds of each passage.
    pub(crate) fn passages(&self) -> impl Iterator<Item = &[f64]> {
        self.passages.chunks_exact(self.whole.len().max(1))
    }
}

/// A feature of the text that the model has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) slot: u32,
    pub(crate) view: u8,
    /// `tf' * idf`, and after scaling what the weights are multiplied by.
    pub(crate) value: f32,
}

/// A classifier with the buffers of one thread: after the first long text, scoring allocates nothing.
#[derive(Debug)]
pub struct Scorer<'a> {
    classifier: &'a Classifier<'a>,
    extractor: FeatureExtractor,
    /// Occurrences in this text, one entry a slot; all zero between texts.
    counts: Vec<u32>,
    found: Vec<Found>,
    /// Log-odds of the text or passage that was walked last.
    logits: Vec<f64>,
    scores: RawScores,
}

impl<'a> Scorer<'a> {
    /// The classifier.
    pub fn classifier(&self) -> &'a Classifier<'a> {
        self.classifier
    }

    /// Scores one text.
    pub fn score(&mut self, text: &str) -> Verdict {
        self.read(text);
        self.classifier.decide(&self.scores)
    }

    /// Uncalibrated log-odds of every head for the text as a whole: the labels, the auxiliary kinds, then the risk. Valid
    /// until the next text.
    pub fn logits(&mut self, text: &str) -> &[f64] {
        self.find(text);
        self.weigh();
        self.sum();
        &self.logits
    }

    /// The log-odds of the text or passage that was walked last.
    pub(crate) fn heads(&self) -> &[f64] {
        &self.logits
    }

    /// Walks the text and notes which features of the model it has, in the order of their first occurrence.
    fn find(&mut self, text: &str) {
        let (model, counts, found) = (&self.classifier.model, &mut self.counts, &mut self.found);
        found.clear();
        self.extractor.for_each(text, |_, feature| {
            if let Some(slot) = model.slot(feature.hash) {
                if counts[slot] == 0 {
                    found.push(Found { slot: slot as u32, view: feature.view as u8, value: 0.0 });
                }
                counts[slot] += 1;
            }
        });
    }

    /// Turns counts into the scaled TF-IDF row, and sets them back to zero.
    fn weigh(&mut self) {
        let model = &self.classifier.model;
        let sublinear = model.metadata.sublinear_tf;
        let mut squares = [0f32; VIEWS.len()];
        for found in &mut self.found {
            let slot = found.slot as usize;
            found.value = term_weight(self.counts[slot], sublinear) * model.idf(slot);
            squares[usize::from(found.view)] += found.value * found.value;
            self.counts[slot] = 0;
        }
        let scale = model.metadata.features.view_scales(&squares, &model.metadata.pivots);
        for found in &mut self.found {
            found.value *= scale[usize::from(found.view)];
        }
    }

    fn sum(&mut self) {
        let model = &self.classifier.model;
        let sums = model.weights.sums(self.found.iter().map(|found| (found.slot as usize, found.value)));
        for ((logit, sum), intercept) in self.logits.iter_mut().zip(sums).zip(&model.intercepts) {
            *logit = f64::from(sum + intercept);
        }
    }

    /// Log-odds of the text and of its passages, and what limits the verdict, before calibration and thresholds.
    pub(crate) fn read(&mut self, text: &str) -> &RawScores {
        self.logits(text);
        self.scores.reading = Reading { short: self.is_short(), abstained: self.abstains() };
        self.scores.whole.clone_from(&self.logits);
        self.scores.passages.clear();
        let tokens = self.extractor.last().0.tokens();
        self.classifier.model.metadata.passages.split(text, tokens, &mut self.scores.spans);
        for idx in 0..self.scores.spans.len() {
            let span = self.scores.spans[idx];
            self.logits(&text[span.start..span.end]);
            self.scores.passages.extend_from_slice(&self.logits);
        }
        &self.scores
    }

    fn is_short(&self) -> bool {
        let (analysis, concepts) = self.extractor.last();
        let limit = self.classifier.model.metadata.abstention.short_tokens;
        let decisive = |tag: usize| self.classifier.decisive_tags.contains(&tag);
        n_words(analysis) < limit && !concepts.iter().any(|found| decisive(found.tag_idx))
    }

    /// Whether there is too little text, or of a script that the model has never read.
    fn abstains(&self) -> bool {
        let analysis = self.extractor.last().0;
        let script = analysis.script();
        let unknown = script != Script::Zyyy && !self.classifier.scripts.contains(&script);
        unknown
            || self.found.is_empty()
            || n_words(analysis) < self.classifier.model.metadata.abstention.min_tokens
    }

    /// Whether the text scored last was long enough to be read in passages too.
    pub(crate) fn was_split(&self) -> bool {
        !self.scores.spans.is_empty()
    }

    pub(crate) fn parts(&mut self) -> (&'a Classifier<'a>, &mut FeatureExtractor, &[Found]) {
        (self.classifier, &mut self.extractor, &self.found)
    }
}

/// Tokens, a run of unspaced characters counting as half as many: two of them make about a word.
fn n_words(analysis: &Analysis) -> usize {
    use crate::text::tokenize::TokenKind;
    let characters = analysis.tokens().iter().filter(|token| token.kind == TokenKind::Character).count();
    analysis.tokens().len() - characters + characters.div_ceil(2)
}
