//! Verdict to reasons: which words spoke for and against.
//!
//! A feature adds `value * weight` to the log-odds of each head, and these move the risk by the gradient of their
//! combination at this text. Every feature's contribution is shared out to the places where the feature
//! occurs, and neighbouring words that pull the same way are shown together. Law: the contributions of all evidence,
//! what has no place, and the intercept add up to the logit.

use crate::classifier::Scorer;
use crate::features::concept::ConceptMatch;
use crate::text::Analysis;
use crate::text::tokenize::{Span, Token};
use crate::verdict::Verdict;
use std::collections::HashMap;

/// A piece of the text and what it contributed.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Bytes in the original text.
    pub span: Span,
    /// Contribution to the log-odds of the risk; negative speaks against a lure.
    pub contribution: f64,
    /// The label that this piece speaks for most, as an index into the model's labels.
    pub label_idx: usize,
    /// The tactic or cue that it shows, where one is known.
    pub tag: Option<String>,
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// Log-odds of the risk: `intercept` + the contributions of `evidence` + `unplaced`. Where a passage of a long text
    /// decided, all of these and `disguised` are that passage's.
    pub logit: f64,
    /// What no feature contributes: the heads' intercepts, and what the soft maxima add for several heads alike.
    pub intercept: f64,
    /// Contribution of features that cover the whole of a long text, and so have no place in it.
    pub unplaced: f64,
    /// All pieces, strongest first.
    pub evidence: Vec<Evidence>,
    /// One span, that of the whole text or passage, for each kind of disguised writing that was undone before reading. It
    /// counts neither for nor against.
    pub disguised: Vec<Span>,
    /// The risk without the strongest piece.
    pub counterfactual: Option<Counterfactual>,
}

/// What the verdict would be without a piece of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counterfactual {
    /// The piece that is left out.
    pub without: Span,
    /// The risk of the rest.
    pub risk: f64,
}

impl Explanation {
    /// What speaks for a lure, strongest first.
    pub fn reasons(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|evidence| evidence.contribution > 0.0)
    }

    /// What speaks against one, strongest first.
    pub fn counter_evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|evidence| evidence.contribution < 0.0)
    }
}

/// A contribution smaller than this, in log-odds, does not separate its neighbours.
const NEGLIGIBLE: f64 = 0.05;

/// A piece of evidence spans at most this many tokens, so that it can be read at a glance.
const MAX_TOKENS: usize = 6;

impl Scorer<'_> {
    /// Scores one text and says why.
    pub fn explain(&mut self, text: &str) -> Explanation {
        let mut explanation = self.reasons(text);
        let strongest = explanation.reasons().next().map(|evidence| evidence.span);
        explanation.counterfactual = strongest.map(|without| {
            let rest = [&text[..without.start], &text[without.end..]].join(" ");
            Counterfactual { without, risk: self.score(&rest).risk }
        });
        explanation
    }

    /// The evidence without the counterfactual, which costs a second scoring.
    pub fn reasons(&mut self, text: &str) -> Explanation {
        let verdict = self.score(text);
        let passage = verdict.passage.unwrap_or(Span { start: 0, end: text.len() });
        let text = &text[passage.start..passage.end];
        if self.was_split() {
            // Another passage may have been walked last.
            self.logits(text);
        }
        let (n_heads, n_labels) = (self.classifier().roles().len(), self.classifier().labels().len());
        let (logit, slopes) = self.classifier().risk_slopes(self.heads());
        let by_features =
            |head: usize| self.heads()[head] - f64::from(self.classifier().model().intercepts[head]);
        let intercept = logit - (0..n_heads).map(|head| slopes[head] * by_features(head)).sum::<f64>();
        let places = self.places(text);
        let (classifier, extractor, found) = self.parts();
        let (analysis, concepts) = extractor.last();
        let model = classifier.model();
        let tokens = analysis.tokens();
        let mut sums = vec![0.0; tokens.len() * (n_labels + 1)];
        let mut unplaced = 0.0;
        for feature in found {
            let weights = model.weights.of(feature.slot as usize);
            let added = |head: usize| f64::from(feature.value * weights[head]);
            let to_risk = (0..n_heads).map(|head| slopes[head] * added(head)).sum::<f64>();
            // What goes to each label, and behind them what goes into the risk from all heads.
            let contribution = |column: usize| if column == n_labels { to_risk } else { added(column) };
            match places.get(&feature.slot) {
                Some(shares) if !shares.is_empty() => {
                    for &(token, share) in shares {
                        for column in 0..=n_labels {
                            sums[token * (n_labels + 1) + column] += share * contribution(column);
                        }
                    }
                }
                _ => unplaced += to_risk,
            }
        }
        let tag_of = |span: Span| tag_of(span, analysis, concepts, model.lexicon.tags());
        let mut evidence = merge(tokens, &sums, n_labels, &tag_of);
        evidence.iter_mut().for_each(|piece| piece.span = shifted(piece.span, passage.start));
        evidence.sort_by(|one, two| {
            two.contribution.abs().total_cmp(&one.contribution.abs()).then(one.span.cmp(&two.span))
        });
        let disguised = analysis
            .cues()
            .filter(|(cue, _)| cue.is_disguise())
            .map(|(_, span)| shifted(span, passage.start))
            .collect();
        Explanation { verdict, logit, intercept, unplaced, evidence, disguised, counterfactual: None }
    }

    /// For each slot of the model that the text has: the tokens it stands in and their shares, which add up to one.
    fn places(&mut self, text: &str) -> HashMap<u32, Vec<(usize, f64)>> {
        let (classifier, extractor, _) = self.parts();
        let model = classifier.model();
        let mut places: HashMap<u32, Vec<(usize, f64)>> = HashMap::new();
        extractor.for_each(text, |analysis, feature| {
            let Some(slot) = model.slot(feature.hash) else {
                return;
            };
            let covered = covered(analysis.tokens(), feature.span(&analysis.tokens));
            let whole = covered.len() == analysis.tokens().len() && covered.len() > MAX_TOKENS;
            let shares = places.entry(slot as u32).or_default();
            if !whole {
                shares.extend(covered.map(|token| (token, 1.0)));
            }
        });
        for shares in places.values_mut() {
            let total = shares.len() as f64;
            shares.iter_mut().for_each(|share| share.1 /= total);
        }
        places
    }
}

fn shifted(span: Span, by: usize) -> Span {
    Span { start: span.start + by, end: span.end + by }
}

/// The tactic that a span shows: the longest concept that overlaps it, or else the first cue.
fn tag_of(span: Span, analysis: &Analysis, concepts: &[ConceptMatch], tags: &[String]) -> Option<String> {
    let overlaps = |other: Span| other.start < span.end && span.start < other.end;
    let concept = concepts
        .iter()
        .filter(|found| overlaps(found.span))
        .max_by_key(|found| found.span.end - found.span.start);
    let cue = || {
        analysis
            .cues()
            .find(|(cue, place)| !cue.is_disguise() && overlaps(*place))
            .map(|(cue, _)| cue.name().to_owned())
    };
    concept.map(|found| tags[found.tag_idx].clone()).or_else(cue)
}

/// The tokens that overlap a span, as a range of indices.
fn covered(tokens: &[Token], span: Span) -> std::ops::Range<usize> {
    let first = tokens.partition_point(|token| token.span.end <= span.start);
    let end = tokens.partition_point(|token| token.span.start < span.end);
    first..end.max(first)
}

/// Joins neighbouring tokens whose contributions to the risk have the same sign.
fn merge(
    tokens: &[Token],
    sums: &[f64],
    n_labels: usize,
    tag_of: &impl Fn(Span) -> Option<String>,
) -> Vec<Evidence> {
    let risk = |token: usize| sums[token * (n_labels + 1) + n_labels];
    let mut pieces = Vec::new();
    let mut first = 0;
    for end in 1..=tokens.len() {
        let goes_on = end < tokens.len() && {
            // Tokens made from one character of the text cannot be shown apart.
            let inseparable = tokens[end].span.start < tokens[end - 1].span.end;
            let small = risk(end).abs() < NEGLIGIBLE && risk(end - 1).abs() < NEGLIGIBLE;
            inseparable || end - first < MAX_TOKENS && (small || (risk(end) > 0.0) == (risk(end - 1) > 0.0))
        };
        if !goes_on {
            pieces.push(piece(tokens, first..end, sums, n_labels, tag_of));
            first = end;
        }
    }
    pieces
}

fn piece(
    tokens: &[Token],
    covered: std::ops::Range<usize>,
    sums: &[f64],
    n_labels: usize,
    tag_of: &impl Fn(Span) -> Option<String>,
) -> Evidence {
    let total =
        |column: usize| covered.clone().map(|token| sums[token * (n_labels + 1) + column]).sum::<f64>();
    let span = Span { start: tokens[covered.start].span.start, end: tokens[covered.end - 1].span.end };
    let label_idx = (0..n_labels).max_by(|&one, &two| total(one).total_cmp(&total(two))).unwrap_or(0);
    Evidence { span, contribution: total(n_labels), label_idx, tag: tag_of(span) }
}
