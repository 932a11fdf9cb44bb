//! Bytes to tokens: what was written?
//!
//! A text goes in; [`Analysis`] holds its tokens and cues, each with its span in the original. Nothing here is learned
//! and nothing can fail: every `&str` has an analysis.

pub(crate) mod confusables;
pub mod cue;
pub(crate) mod disguise;
pub mod language;
pub(crate) mod lexicon;
pub(crate) mod money;
pub mod normalize;
pub mod script;
pub(crate) mod stem;
pub mod tokenize;

use cue::{Cue, CueMatch};
use language::{Identifier, Language};
use normalize::{CharClass, Disguise, Glyph, Normalizer};
use script::Script;
use stem::Reducer;
use tokenize::{Span, Token, TokenKind, Tokens};

/// Texts are read up to this many bytes, far beyond any message; offsets are 32-bit inside.
pub const MAX_TEXT_BYTES: usize = 1 << 30;

/// Reads texts. Reusable: after the first long text, reading allocates nothing.
#[derive(Debug)]
pub struct Analyzer {
    normalizer: Normalizer,
    identifier: Identifier,
    pub(crate) reducer: Reducer,
    analysis: Analysis,
    word: String,
}

/// One text as the analyzer read it.
#[derive(Debug, Default)]
pub struct Analysis {
    glyphs: Vec<Glyph>,
    cues: Vec<CueMatch>,
    pub(crate) tokens: Tokens,
    disguise: Disguise,
    len: usize,
}

impl Default for Analyzer {
    fn default() -> Analyzer {
        Analyzer::new()
    }
}

impl Analyzer {
    /// An analyzer with empty buffers.
    pub fn new() -> Analyzer {
        Analyzer {
            normalizer: Normalizer::new(),
            identifier: Identifier::new(),
            reducer: Reducer::new(),
            analysis: Analysis::default(),
            word: String::new(),
        }
    }

    /// Reads a text. The result is valid until the next call.
    pub fn analyze(&mut self, text: &str) -> &Analysis {
        let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        let analysis = &mut self.analysis;
        analysis.len = text.len();
        analysis.disguise = Disguise::default();
        self.normalizer.fold(text, &mut analysis.glyphs, &mut analysis.disguise);
        disguise::undo(&mut analysis.glyphs, &mut self.word, &mut analysis.disguise);
        cue::find(&analysis.glyphs, &mut analysis.cues);
        analysis.tokens.read(&analysis.glyphs, &analysis.cues);
        &self.analysis
    }

    /// The analysis of the last text.
    pub(crate) fn last(&self) -> &Analysis {
        &self.analysis
    }

    /// The language that the words of the last text agree on.
    pub(crate) fn language(&self) -> Option<Language> {
        let words = self.analysis.tokens().iter().filter(|token| token.kind == TokenKind::Word);
        self.identifier.identify(words.map(|token| token.hash))
    }
}

impl Analysis {
    /// The tokens, in order.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens.tokens
    }

    /// The normalised text of a word, character or number; empty for symbols and cues.
    pub fn token_text(&self, token: &Token) -> &str {
        self.tokens.text(token)
    }

    /// The cues with the place they were read from; disguises concern the whole text.
    pub fn cues(&self) -> impl Iterator<Item = (Cue, Span)> + '_ {
        let placed = self.cues.iter().map(|found| (found.cue, self.span(found.first, found.end)));
        let whole = Span { start: 0, end: self.len };
        placed.chain(cue::of_disguise(&self.disguise).map(move |cue| (cue, whole)))
    }

    /// What was undone.
    pub fn disguise(&self) -> &Disguise {
        &self.disguise
    }

    /// The normalised text.
    pub fn normalized(&self) -> String {
        self.glyphs.iter().map(|glyph| glyph.ch).collect()
    }

    /// The script that most letters belong to; `Zyyy` for a text without letters.
    pub fn script(&self) -> Script {
        let mut counts = [0u32; script::SCRIPTS.len()];
        for glyph in self.glyphs.iter().filter(|glyph| glyph.class == CharClass::Letter) {
            counts[glyph.script as usize] += 1;
        }
        counts[0] = 0;
        let best = (0..counts.len()).max_by_key(|&idx| (counts[idx], counts.len() - idx)).unwrap_or(0);
        script::SCRIPTS[best].0
    }

    fn span(&self, first: usize, end: usize) -> Span {
        let inner = &self.glyphs[first..end];
        let start = inner.first().map_or(0, |glyph| glyph.start as usize);
        Span { start, end: inner.last().map_or(start, |glyph| glyph.end as usize) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut analyzer = Analyzer::new();
        let analysis = analyzer.analyze(text);
        let shown = |token: &Token| match token.kind {
            TokenKind::Cue(cue) => format!("<{}>", cue.name()),
            TokenKind::Number => "#".to_owned(),
            TokenKind::Symbol => text[token.span.start..token.span.end].to_owned(),
            _ => analysis.token_text(token).to_owned(),
        };
        analysis.tokens().iter().map(shown).collect()
    }

    #[test]
    fn tokens_of_each_kind() {
        let cases: &[(&str, &[&str])] = &[
            ("Hello, World!", &["hello", "world"]),
            ("don't pay 200 now \u{1f600}", &["don", "t", "pay", "#", "now", "\u{1f600}"]),
            ("\u{4f60}\u{597d}world", &["\u{4f60}", "\u{597d}", "world"]),
            ("see https://x.example/a ok", &["see", "<link>", "ok"]),
            (
                "\u{e17}\u{e35}\u{e48}\u{e19}\u{e35}\u{e48}",
                &["\u{e17}\u{e35}\u{e48}", "\u{e19}\u{e35}\u{e48}"],
            ),
            ("", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(texts(text), *want, "{text}");
        }
    }
}
