//! Glyphs in, tokens out.
//!
//! Words in spaced scripts; single characters with their marks in Han, Kana, Thai, Khmer, Lao and Burmese; numbers by
//! their shape; emoji and signs; cues in place of what they mask. The normalised letters are written once into one
//! string, words separated by one space, so that every word and every character n-gram is a slice of it: no string is
//! built for a feature.
//!
//! Laws: spans lie inside the text and neither their starts nor their ends fall back. They overlap only where one character
//! of the original stands for several tokens (a ligature of ideographs, a vulgar fraction).

use super::cue::{Cue, CueMatch};
use super::normalize::{CharClass, Glyph};
use super::script::Script;
use crate::features::hashing::{self, Seed};

/// Half-open byte range in the original text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word of a spaced script.
    Word,
    /// A character, with its marks, of an unspaced script.
    Character,
    /// A number, known by its number of digits.
    Number,
    /// An emoji or a sign.
    Symbol,
    /// Something masked, such as a link.
    Cue(Cue),
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Script of its first letter; `Zyyy` for numbers, symbols and cues.
    pub script: Script,
    /// Where it stands in the original text.
    pub span: Span,
    /// Hash of its normalised text.
    pub(crate) hash: u64,
    /// First byte in [`Tokens::letters`].
    pub(crate) first: u32,
    /// One past the last byte in [`Tokens::letters`].
    pub(crate) end: u32,
}

/// A run of letters between two separators, over which character n-grams are taken: positions in
/// [`Tokens::letters`]' characters, the separating space on either side included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) end: u32,
    pub(crate) unspaced: bool,
}

/// One character of the normalised letters: where it is in them, and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LetterPos {
    pub(crate) byte: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The tokens of one text, and the buffers they live in.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) tokens: Vec<Token>,
    pub(crate) letters: String,
    pub(crate) positions: Vec<LetterPos>,
    pub(crate) runs: Vec<Run>,
}

/// Numbers of more digits than this share a shape.
const MAX_DIGITS: usize = 8;
const SHAPES: &str = "00000000";

impl Tokens {
    /// The normalised text of a word, character or number.
    pub(crate) fn text(&self, token: &Token) -> &str {
        &self.letters[token.first as usize..token.end as usize]
    }

    /// The original bytes of a range of positions.
    pub(crate) fn span(&self, first: usize, end: usize) -> Span {
        let mut inner = self.positions[first..end].iter().filter(|pos| pos.end > pos.start);
        let start = inner.clone().next().map_or(0, |pos| pos.start as usize);
        Span { start, end: inner.next_back().map_or(start, |pos| pos.end as usize) }
    }

    /// Refills the buffers from glyphs and the cues found in them.
    pub(crate) fn read(&mut self, glyphs: &[Glyph], cues: &[CueMatch]) {
        self.clear();
        let mut masks = cues.iter().filter(|found| found.masks).peekable();
        let mut at = 0;
        while at < glyphs.len() {
            if let Some(found) = masks.next_if(|found| found.first == at) {
                self.push_cue(glyphs, found);
                at = found.end;
                continue;
            }
            let limit = masks.peek().map_or(glyphs.len(), |found| found.first);
            at = self.push_next(glyphs, at, limit);
        }
        self.separate();
    }

    fn clear(&mut self) {
        self.tokens.clear();
        self.letters.clear();
        self.positions.clear();
        self.runs.clear();
    }

    /// Reads what starts at `at`; returns where the next thing starts.
    fn push_next(&mut self, glyphs: &[Glyph], at: usize, limit: usize) -> usize {
        let glyph = &glyphs[at];
        match glyph.class {
            CharClass::Letter if glyph.script.is_unspaced() => {
                let end = run_of(glyphs, at, limit, |glyph| {
                    glyph.class == CharClass::Letter && glyph.script.is_unspaced()
                });
                self.push_characters(&glyphs[at..end]);
                end
            }
            CharClass::Letter => {
                let end = run_of(glyphs, at, limit, |glyph| {
                    glyph.class == CharClass::Letter && !glyph.script.is_unspaced()
                });
                self.push_word(&glyphs[at..end]);
                end
            }
            CharClass::Digit => {
                let end = run_of(glyphs, at, limit, |glyph| glyph.class == CharClass::Digit);
                self.push_number(&glyphs[at..end]);
                end
            }
            CharClass::Symbol => {
                self.push_symbol(glyph);
                at + 1
            }
            CharClass::Punctuation | CharClass::Space => at + 1,
        }
    }

    fn push_word(&mut self, glyphs: &[Glyph]) {
        let (first, run_first) = self.open_run();
        self.push_letters(glyphs);
        self.push_token(TokenKind::Word, glyphs, first);
        self.close_run(run_first, false);
    }

    fn push_characters(&mut self, glyphs: &[Glyph]) {
        let (_, run_first) = self.open_run();
        let mut at = 0;
        while at < glyphs.len() {
            let len = cluster_len(&glyphs[at..]);
            let first = self.letters.len() as u32;
            self.push_letters(&glyphs[at..at + len]);
            self.push_token(TokenKind::Character, &glyphs[at..at + len], first);
            at += len;
        }
        self.close_run(run_first, true);
    }

    fn push_number(&mut self, glyphs: &[Glyph]) {
        let shape = &SHAPES[..glyphs.len().min(MAX_DIGITS)];
        self.push_whole(TokenKind::Number, glyphs, hashing::of_text(Seed::Token, shape));
    }

    fn push_symbol(&mut self, glyph: &Glyph) {
        // Skin tones qualify the emoji before them and say nothing about the message.
        if !matches!(u32::from(glyph.ch), 0x1F3FB..=0x1F3FF) {
            let hash = hashing::of_text(Seed::Token, glyph.ch.encode_utf8(&mut [0; 4]));
            self.push_whole(TokenKind::Symbol, std::slice::from_ref(glyph), hash);
        }
    }

    fn push_cue(&mut self, glyphs: &[Glyph], found: &CueMatch) {
        let hash = hashing::of_text(Seed::Cue, found.cue.name());
        self.push_whole(TokenKind::Cue(found.cue), &glyphs[found.first..found.end], hash);
    }

    /// A token without letters of its own.
    fn push_whole(&mut self, kind: TokenKind, glyphs: &[Glyph], hash: u64) {
        let at = self.letters.len() as u32;
        self.tokens.push(Token {
            kind,
            script: Script::Zyyy,
            span: span_of(glyphs),
            hash,
            first: at,
            end: at,
        });
    }

    fn push_token(&mut self, kind: TokenKind, glyphs: &[Glyph], first: u32) {
        let end = self.letters.len() as u32;
        let hash = hashing::of_text(Seed::Token, &self.letters[first as usize..end as usize]);
        self.tokens.push(Token { kind, script: glyphs[0].script, span: span_of(glyphs), hash, first, end });
    }

    fn push_letters(&mut self, glyphs: &[Glyph]) {
        let mut byte = self.letters.len() as u32;
        self.positions.extend(glyphs.iter().map(|glyph| {
            let pos = LetterPos { byte, start: glyph.start, end: glyph.end };
            byte += glyph.ch.len_utf8() as u32;
            pos
        }));
        self.letters.extend(glyphs.iter().map(|glyph| glyph.ch));
    }

    /// Writes the space before a run; returns the byte of its first letter and the position of the space.
    fn open_run(&mut self) -> (u32, u32) {
        self.separate();
        (self.letters.len() as u32, self.positions.len() as u32 - 1)
    }

    fn close_run(&mut self, first: u32, unspaced: bool) {
        // The space behind the run is written by whatever comes next, at the latest by the end of the text.
        self.runs.push(Run { first, end: self.positions.len() as u32 + 1, unspaced });
    }

    fn separate(&mut self) {
        let byte = self.letters.len() as u32;
        self.positions.push(LetterPos { byte, start: 0, end: 0 });
        self.letters.push(' ');
    }
}

/// One past the run of glyphs from `at` on that the test holds for.
#[inline]
fn run_of(glyphs: &[Glyph], at: usize, limit: usize, test: impl Fn(&Glyph) -> bool) -> usize {
    glyphs[at..limit].iter().position(|glyph| !test(glyph)).map_or(limit, |len| at + len)
}

fn span_of(glyphs: &[Glyph]) -> Span {
    let end = glyphs.iter().map(|glyph| glyph.end).max().unwrap_or(0);
    Span { start: glyphs.first().map_or(0, |glyph| glyph.start as usize), end: end as usize }
}

/// Glyphs of the character that the slice starts with: a base, its marks and, in Khmer, its subscript consonants.
fn cluster_len(glyphs: &[Glyph]) -> usize {
    let mut len = 1;
    while let Some(glyph) = glyphs.get(len) {
        let subscript = glyphs[len - 1].ch == '\u{17d2}';
        if !subscript && !is_dependent(glyph.ch) {
            break;
        }
        len += 1;
    }
    len
}

/// Vowel signs, tone marks and the like of the unspaced scripts.
fn is_dependent(ch: char) -> bool {
    matches!(u32::from(ch),
        0xE31 | 0xE33..=0xE3A | 0xE47..=0xE4E
        | 0xEB1 | 0xEB4..=0xEBC | 0xEC8..=0xECE
        | 0x102B..=0x103E | 0x1056..=0x1059
        | 0x17B6..=0x17D3 | 0x17DD
        | 0x3099..=0x309A)
}
