//! Long texts in passages: where does it turn?
//!
//! A letter, a call or a whole chat holds its request among much that is ordinary, and scaled to length one the request
//! all but vanishes. A long text is therefore also read in passages of whole sentences, each as if it stood alone. Its
//! risk is that of the whole, or of its two riskiest passages together, whichever is higher: one odd sentence among many
//! is no reason for an alarm.

use crate::text::tokenize::{Span, Token, TokenKind};
use serde::{Deserialize, Serialize};

/// How long texts are read. Stored in the artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PassageParams {
    /// A passage ends with the sentence that reaches this many words; 0 for texts that are read as a whole only. In
    /// unspaced scripts two characters count as a word.
    pub words: usize,
}

/// Longest passage that can be asked for, in words.
const MAX_WORDS: usize = 10_000;

impl PassageParams {
    /// The first requirement that does not hold, as (name, value, requirement).
    pub(crate) fn problem(&self) -> Option<(&'static str, String, &'static str)> {
        (self.words > MAX_WORDS).then(|| ("passages.words", self.words.to_string(), "at most 10000"))
    }

    /// The passages of a text, none if it has only one.
    pub(crate) fn split(&self, text: &str, tokens: &[Token], passages: &mut Vec<Span>) {
        passages.clear();
        let goal = 2 * self.words;
        if goal == 0 || tokens.len() <= self.words {
            return;
        }
        let (mut first, mut size) = (0, 0);
        for (idx, token) in tokens.iter().enumerate() {
            size += half_words(token);
            let next = tokens.get(idx + 1);
            // Where no sentence ends, a passage ends anyway at twice its length.
            if next.is_some_and(|next| size >= 2 * goal || size >= goal && is_end(text, token, next)) {
                passages.push(Span { start: tokens[first].span.start, end: token.span.end });
                (first, size) = (idx + 1, 0);
            }
        }
        let (Some(start), Some(last)) = (tokens.get(first), tokens.last()) else { return };
        let end = last.span.end;
        match passages.last_mut() {
            // A short rest belongs to what stands before it.
            Some(before) if size < self.words => before.end = end,
            _ => passages.push(Span { start: start.span.start, end }),
        }
        if passages.len() < 2 {
            passages.clear();
        }
    }
}

fn half_words(token: &Token) -> usize {
    if token.kind == TokenKind::Character { 1 } else { 2 }
}

/// Whether a sentence ends between two tokens: by a sign, by a line's end, or in unspaced scripts by a space.
fn is_end(text: &str, token: &Token, next: &Token) -> bool {
    let gap = text.get(token.span.end..next.span.start).unwrap_or("");
    let unspaced = token.kind == TokenKind::Character && next.kind == TokenKind::Character;
    gap.chars().any(|ch| ends_sentence(ch) || unspaced && ch == ' ')
}

/// Full stops, question and exclamation marks of the scripts that have them, and line ends.
fn ends_sentence(ch: char) -> bool {
    matches!(ch, '.' | '!' | '?' | ';' | '\n' | '\u{2026}')
        || matches!(ch, '\u{3002}' | '\u{ff01}' | '\u{ff0e}' | '\u{ff1b}' | '\u{ff1f}' | '\u{ff61}')
        || matches!(ch, '\u{61f}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{104b}' | '\u{17d4}' | '\u{17d5}')
}

/// The log-odds of a long text from those of the whole and of each passage, and which passage decides, if one does: the
/// mean of the two riskiest, if it is higher than the whole's.
pub(crate) fn combined(whole: f64, passages: impl Iterator<Item = f64>) -> (f64, Option<usize>) {
    let (mut best, mut second) = ((f64::NEG_INFINITY, 0), f64::NEG_INFINITY);
    for (idx, logit) in passages.enumerate() {
        if logit > best.0 {
            second = best.0;
            best = (logit, idx);
        } else {
            second = second.max(logit);
        }
    }
    let both = f64::midpoint(best.0, second);
    if both > whole { (both, Some(best.1)) } else { (whole, None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analyzer;

    fn parts(text: &str, words: usize) -> Vec<&str> {
        let mut passages = Vec::new();
        let mut analyzer = Analyzer::new();
        PassageParams { words }.split(text, analyzer.analyze(text).tokens(), &mut passages);
        passages.iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn passages_are_whole_sentences() {
        let text = "One two three. Four five! Six seven eight nine? Ten.";
        assert_eq!(parts(text, 4), ["One two three. Four five", "Six seven eight nine? Ten"]);
        assert_eq!(parts(text, 3), ["One two three", "Four five! Six seven eight nine? Ten"]);
        assert!(parts(text, 10).is_empty() && parts(text, 0).is_empty() && parts("", 4).is_empty());
    }

    #[test]
    fn what_has_no_sentences_is_cut_at_twice_the_length() {
        assert_eq!(parts("a b c d e f g h i j", 2), ["a b c d", "e f g h", "i j"]);
        let han = "\u{4f60}\u{597d}".repeat(4);
        assert_eq!(parts(&format!("{han} {han}"), 4), [han.as_str(), han.as_str()]);
    }

    #[test]
    fn two_passages_decide_and_never_lower_the_risk() {
        assert_eq!(combined(-1.0, [2.0, -3.0, 4.0].into_iter()), (3.0, Some(2)));
        assert_eq!(combined(-1.0, [5.0, -9.0].into_iter()), (-1.0, None));
        assert_eq!(combined(0.5, [].into_iter()), (0.5, None));
    }
}
