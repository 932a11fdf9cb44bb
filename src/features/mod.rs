//! Tokens to features: what do we count?
//!
//! [`FeatureExtractor::for_each`] is the only place that decides which features a text has. Training counts what it
//! emits, scoring sums the weights of what it emits, explaining remembers where it was: three listeners, one walker,
//! so training and scoring cannot drift apart.

pub mod concept;
pub(crate) mod hashing;
pub mod sparse;
#[cfg(feature = "train")]
pub mod tfidf;

use crate::text::cue::Cue;
use crate::text::tokenize::{Run, Span, Token, TokenKind, Tokens};
use crate::text::{Analysis, Analyzer};
use concept::{ConceptMatch, Lexicon};
use hashing::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A family of features. Each is counted, weighted by idf and scaled by its own length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum View {
    /// Words and pairs of words; characters and pairs in unspaced scripts.
    Word,
    /// Character n-grams inside words, or over runs of unspaced script.
    Character,
    /// Words stemmed and without diacritics.
    Reduced,
    /// Links, sums, rates.
    Cue,
    /// Tactics named by the concept lexicon, alone, in pairs and with cues.
    Concept,
}

impl View {
    /// The name used in settings and reports.
    pub fn name(self) -> &'static str {
        ["word", "character", "reduced", "cue", "concept"][self as usize]
    }
}

/// Every view, in the order of the enum.
pub const VIEWS: [View; 5] = [View::Word, View::Character, View::Reduced, View::Cue, View::Concept];

/// Which features are counted. Stored in the artifact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureParams {
    /// Longest word n-gram: 0 (no words), 1 or 2.
    pub word_ngrams: usize,
    /// Shortest and longest character n-gram in spaced scripts; `[0, 0]` for none.
    pub char_ngrams: [usize; 2],
    /// Shortest and longest character n-gram in unspaced scripts; `[0, 0]` for none.
    pub unspaced_ngrams: [usize; 2],
    /// Whether stemmed and accent-free words are counted.
    pub reduced: bool,
    /// Whether cues are counted.
    pub cues: bool,
    /// Whether concepts are counted.
    pub concepts: bool,
    /// Weight of each view, in the order of [`VIEWS`], applied after scaling by length.
    pub view_weights: [f32; 5],
    /// How much of a view's length is taken out, from 0 to 1: with 1 every text has length one; with less, a view that
    /// is shorter than usual stays short, so that a few words are little evidence.
    pub length_slope: f32,
}

impl Default for FeatureParams {
    fn default() -> FeatureParams {
        FeatureParams {
            word_ngrams: 2,
            char_ngrams: [3, 5],
            unspaced_ngrams: [2, 4],
            reduced: false,
            cues: true,
            concepts: true,
            view_weights: [1.0; 5],
            length_slope: 1.0,
        }
    }
}

/// Longest character n-gram that can be asked for.
pub const MAX_NGRAM: usize = 8;

impl FeatureParams {
    /// The first requirement that does not hold, as (name, value, requirement).
    pub(crate) fn problem(&self) -> Option<(&'static str, String, &'static str)> {
        let range = |[low, high]: [usize; 2]| low <= high && high <= MAX_NGRAM && (low > 0 || high == 0);
        let weights = self.view_weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
        match () {
            () if self.word_ngrams > 2 => Some(("word_ngrams", self.word_ngrams.to_string(), "0, 1 or 2")),
            () if !range(self.char_ngrams) => {
                Some(("char_ngrams", format!("{:?}", self.char_ngrams), NGRAM_RULE))
            }
            () if !range(self.unspaced_ngrams) => {
                Some(("unspaced_ngrams", format!("{:?}", self.unspaced_ngrams), NGRAM_RULE))
            }
            () if !weights => {
                Some(("view_weights", format!("{:?}", self.view_weights), "finite and not negative"))
            }
            () if !(0.0..=1.0).contains(&self.length_slope) => {
                Some(("length_slope", self.length_slope.to_string(), "from 0 to 1"))
            }
            () => None,
        }
    }

    /// What the values of each view are multiplied by, given the sums of their squares and the usual length of each
    /// view, the pivot: `w / ((1 - slope) * pivot + slope * length)`, pivoted length normalisation (Singhal, Buckley
    /// and Mitra, "Pivoted document length normalization", SIGIR 1996). 0 for a view without values.
    pub(crate) fn view_scales(&self, squares: &[f32; VIEWS.len()], pivots: &Pivots) -> [f32; VIEWS.len()] {
        std::array::from_fn(|view| {
            let inverse = inverse_norm(squares[view]);
            if self.length_slope == 1.0 || inverse == 0.0 {
                return self.view_weights[view] * inverse;
            }
            let length = (1.0 - self.length_slope) * pivots[view] + self.length_slope * squares[view].sqrt();
            // A damaged file may have a pivot of zero.
            if length > 0.0 { self.view_weights[view] / length } else { 0.0 }
        })
    }
}

/// The usual length of each view, in the order of [`VIEWS`]: its mean over the training texts that have it.
pub type Pivots = [f32; VIEWS.len()];

const NGRAM_RULE: &str = "[0, 0] or two lengths in rising order, from 1 to 8";

/// One occurrence of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// The view it is counted in.
    pub view: View,
    /// What it is, as a stable hash.
    pub hash: u64,
    place: Place,
}

/// Where a feature occurs; turned into bytes of the original only when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Span(Span),
    Letters { first: u32, end: u32 },
}

impl Feature {
    /// Where the feature occurs in the original text.
    pub(crate) fn span(&self, tokens: &Tokens) -> Span {
        match self.place {
            Place::Span(span) => span,
            Place::Letters { first, end } => tokens.span(first as usize, end as usize),
        }
    }
}

/// Walks texts and emits their features.
#[derive(Debug)]
pub struct FeatureExtractor {
    params: FeatureParams,
    lexicon: Arc<Lexicon>,
    analyzer: Analyzer,
    reduced: String,
    concepts: Vec<ConceptMatch>,
    present: Vec<u64>,
}

impl FeatureExtractor {
    /// An extractor with empty buffers.
    pub fn new(params: FeatureParams, lexicon: Arc<Lexicon>) -> FeatureExtractor {
        FeatureExtractor {
            params,
            lexicon,
            analyzer: Analyzer::new(),
            reduced: String::new(),
            concepts: Vec::new(),
            present: Vec::new(),
        }
    }

    /// What is counted.
    pub fn params(&self) -> &FeatureParams {
        &self.params
    }

    /// The concept lexicon.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Reads the text and tells the listener every feature of it, once for each occurrence, in a fixed order.
    pub fn for_each(&mut self, text: &str, mut listener: impl FnMut(&Analysis, Feature)) {
        self.analyzer.analyze(text);
        let analysis = self.analyzer.last();
        let mut emit = |feature| listener(analysis, feature);
        if self.params.word_ngrams > 0 {
            emit_words(analysis.tokens(), self.params.word_ngrams, &mut emit);
        }
        emit_characters(&analysis.tokens, &self.params, &mut emit);
        if self.params.reduced {
            let language = self.analyzer.language();
            for token in analysis.tokens().iter().filter(|token| token.kind == TokenKind::Word) {
                self.analyzer.reducer.reduce(analysis.token_text(token), language, &mut self.reduced);
                let hash = hashing::of_text(Seed::Reduced, &self.reduced);
                emit(Feature { view: View::Reduced, hash, place: Place::Span(token.span) });
            }
        }
        if self.params.cues {
            evident_cues(analysis).for_each(|(cue, span)| emit(cue_feature(cue, span)));
        }
        if self.params.concepts {
            self.lexicon.find(&analysis.tokens, &mut self.concepts);
            emit_concepts(analysis, &self.concepts, &mut self.present, &mut emit);
        }
    }

    /// The analysis and the concepts of the text last walked.
    pub(crate) fn last(&self) -> (&Analysis, &[ConceptMatch]) {
        (self.analyzer.last(), if self.params.concepts { &self.concepts } else { &[] })
    }
}

/// The cues that count. Disguises do not: they are undone, so that a text has the same features with and without them;
/// that they were there is for the explanation to say. Decorated writing is as common in ordinary messages.
fn evident_cues(analysis: &Analysis) -> impl Iterator<Item = (Cue, Span)> {
    analysis.cues().filter(|(cue, _)| !cue.is_disguise())
}

fn cue_feature(cue: Cue, span: Span) -> Feature {
    Feature { view: View::Cue, hash: hashing::of_text(Seed::Cue, cue.name()), place: Place::Span(span) }
}

fn emit_words(tokens: &[Token], longest: usize, emit: &mut impl FnMut(Feature)) {
    let mut before: Option<&Token> = None;
    for token in tokens {
        emit(Feature { view: View::Word, hash: token.hash, place: Place::Span(token.span) });
        if let Some(before) = before.filter(|_| longest > 1) {
            let span = Span { start: before.span.start, end: token.span.end };
            let hash = hashing::of_pair(before.hash, token.hash);
            emit(Feature { view: View::Word, hash, place: Place::Span(span) });
        }
        before = Some(token);
    }
}

fn emit_characters(tokens: &Tokens, params: &FeatureParams, emit: &mut impl FnMut(Feature)) {
    for run in &tokens.runs {
        let [low, high] = if run.unspaced { params.unspaced_ngrams } else { params.char_ngrams };
        if high > 0 {
            emit_run(tokens, run, low, high, emit);
        }
    }
}

/// All n-grams of `low` to `high` characters of one run, its two spaces included. An n-gram is a slice of the letters.
fn emit_run(tokens: &Tokens, run: &Run, low: usize, high: usize, emit: &mut impl FnMut(Feature)) {
    let positions = &tokens.positions[run.first as usize..run.end as usize];
    let letters = tokens.letters.as_bytes();
    let limit = tokens.positions.get(run.end as usize).map_or(letters.len(), |pos| pos.byte as usize);
    let start = positions.first().map_or(limit, |pos| pos.byte as usize);
    // Where every character is one byte, positions need not be asked.
    if limit - start == positions.len() {
        return emit_byte_run(&letters[start..limit], run.first, low, high, emit);
    }
    let byte_at = |idx: usize| positions.get(idx).map_or(limit, |pos| pos.byte as usize);
    for idx in 0..positions.len() {
        let longest = high.min(positions.len() - idx);
        for len in low..=longest {
            let hash = hashing::of_bytes(Seed::Characters, &letters[byte_at(idx)..byte_at(idx + len)]);
            let first = run.first + idx as u32;
            emit(Feature {
                view: View::Character,
                hash,
                place: Place::Letters { first, end: first + len as u32 },
            });
        }
    }
}

/// As [`emit_run`], for characters of one byte each.
fn emit_byte_run(letters: &[u8], run_first: u32, low: usize, high: usize, emit: &mut impl FnMut(Feature)) {
    for idx in 0..letters.len() {
        let rest = &letters[idx..];
        let first = run_first + idx as u32;
        for len in low..=high.min(rest.len()) {
            let hash = hashing::of_bytes(Seed::Characters, &rest[..len]);
            let place = Place::Letters { first, end: first + len as u32 };
            emit(Feature { view: View::Character, hash, place });
        }
    }
}

/// Every concept, then each pair of distinct concepts and each concept with each distinct cue, once.
fn emit_concepts(
    analysis: &Analysis,
    concepts: &[ConceptMatch],
    present: &mut Vec<u64>,
    emit: &mut impl FnMut(Feature),
) {
    present.clear();
    for found in concepts {
        let hash = found.hash;
        emit(Feature { view: View::Concept, hash, place: Place::Span(found.span) });
        if !present.contains(&hash) {
            present.push(hash);
        }
    }
    let n_concepts = present.len();
    if n_concepts == 0 {
        return;
    }
    for (cue, _) in evident_cues(analysis) {
        let hash = hashing::of_text(Seed::Cue, cue.name());
        if !present.contains(&hash) {
            present.push(hash);
        }
    }
    let start = concepts.iter().map(|found| found.span.start).min().unwrap_or(0);
    let end = concepts.iter().map(|found| found.span.end).max().unwrap_or(0);
    let place = Place::Span(Span { start, end });
    for first in 0..n_concepts {
        for second in first + 1..present.len() {
            let (one, two) = (present[first].min(present[second]), present[first].max(present[second]));
            emit(Feature { view: View::Concept, hash: hashing::of_pair(one, two), place });
        }
    }
}

/// The weight of a term that occurs `tf` times: `1 + ln tf` if sublinear, else `tf`.
pub(crate) fn term_weight(tf: u32, sublinear: bool) -> f32 {
    if sublinear && tf > 1 { 1.0 + (tf as f32).ln() } else { tf as f32 }
}

/// What a vector with this squared length is multiplied by to have length one; 0 for the empty vector.
pub(crate) fn inverse_norm(square: f32) -> f32 {
    if square > 0.0 { square.sqrt().recip() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Word-view scale of a text whose words have this length, for texts that are usually two long.
    fn scale(length: f32, slope: f32) -> f32 {
        let params =
            FeatureParams { length_slope: slope, view_weights: [3.0; 5], ..FeatureParams::default() };
        params.view_scales(&[length * length, 0.0, 0.0, 0.0, 0.0], &[2.0; 5])[0]
    }

    #[test]
    fn length_is_taken_out_as_far_as_the_slope_says() {
        for length in [0.5, 2.0, 7.0] {
            assert!((scale(length, 1.0) * length - 3.0).abs() < 1e-5);
            assert_eq!(scale(length, 0.0), 1.5);
        }
        // A text of the usual length keeps length one at any slope; shorter ones are less, longer ones more.
        assert!((scale(2.0, 0.6) * 2.0 - 3.0).abs() < 1e-5);
        assert!((scale(0.5, 0.6) - 3.0 / (0.4 * 2.0 + 0.6 * 0.5)).abs() < 1e-5);
        assert!(scale(0.5, 0.6) * 0.5 < 3.0 && scale(7.0, 0.6) * 7.0 > 3.0);
        assert_eq!(scale(0.0, 0.6), 0.0);
        let params = FeatureParams { length_slope: 0.0, ..FeatureParams::default() };
        assert_eq!(params.view_scales(&[1.0; 5], &[0.0; 5]), [0.0; 5]);
    }

    #[test]
    fn a_slope_outside_its_range_is_refused() {
        for slope in [-0.1, 1.1, f32::NAN] {
            let params = FeatureParams { length_slope: slope, ..FeatureParams::default() };
            assert_eq!(params.problem().map(|problem| problem.0), Some("length_slope"));
        }
    }
}
