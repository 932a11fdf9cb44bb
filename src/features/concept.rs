//! The concept lexicon: phrases that stand for tactics, in every language of the corpus.
//!
//! A phrase of any language becomes the feature of its tag (`payout_fee`, `warning_context` ...), so that what is
//! learned about a tactic in one language serves all. Phrases are matched on the normalised letters, where words are
//! separated by single spaces: at word starts in spaced scripts, anywhere in unspaced ones. Tags say what is there;
//! whether it counts for or against is learned.

use super::hashing::{self, HashKeyMap, Seed};
use crate::error::{Error, ErrorKind, Result};
use crate::text::Analyzer;
use crate::text::script::{Script, script_of};
use crate::text::tokenize::{Span, Tokens};
use std::borrow::Cow;

/// A match of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConceptMatch {
    /// Index into [`Lexicon::tags`].
    pub tag_idx: usize,
    /// Bytes in the original text.
    pub span: Span,
    pub(crate) hash: u64,
}

/// Phrases by tag, ready for matching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    tags: Vec<String>,
    tag_hashes: Vec<u64>,
    /// The letters of all phrases, one after the other.
    letters: String,
    /// In the order of their letters.
    phrases: Vec<Phrase>,
    /// Hash of the first characters of a phrase, range of the phrases that start with them.
    index: Index,
}

type Index = HashKeyMap<(u32, u32)>;

/// Where a phrase's letters are, whether it may go on in the same word, and its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phrase {
    first: u32,
    end: u32,
    open: bool,
    tag_idx: u16,
}

/// Letters that every phrase must have, and that the index looks at where scripts have no spaces.
const KEY_LEN: usize = 2;

/// Letters that the index looks at in spaced scripts; the space behind a word counts as one.
const LONG_KEY_LEN: usize = 4;

/// Most phrases of a lexicon; the shipped one is far below.
const MAX_PHRASES: usize = 100_000;

/// Most tags of a lexicon.
const MAX_TAGS: usize = 1000;

impl Lexicon {
    /// Reads lines of `tag<TAB>phrase`. A phrase that ends in `*` also matches longer words. Empty lines and lines that
    /// start with `#` are skipped; what stands behind a further tab is a comment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Lexicon`] for a line without a tab, a phrase of fewer than two letters, or too many phrases or tags.
    pub fn parse(text: &str) -> Result<Lexicon> {
        let mut analyzer = Analyzer::new();
        Lexicon::read(text, |phrase| normalized_letters(&mut analyzer, phrase).into())
    }

    /// Reads what [`to_text`](Lexicon::to_text) wrote, whose phrases need no normalising.
    pub(crate) fn from_canonical(text: &str) -> Result<Lexicon> {
        Lexicon::read(text, Cow::Borrowed)
    }

    fn read<'t>(text: &'t str, mut normalize: impl FnMut(&'t str) -> Cow<'t, str>) -> Result<Lexicon> {
        let mut tags: Vec<String> = Vec::new();
        let mut entries = Vec::new();
        let mut tag_idx = 0;
        for (idx, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let problem =
                |what: &str| Error::from(ErrorKind::Lexicon { line: idx + 1, problem: what.to_owned() });
            let mut fields = line.split('\t');
            let (Some(tag), Some(phrase)) = (fields.next(), fields.next()) else {
                return Err(problem("no tab between tag and phrase"));
            };
            let phrase = phrase.trim();
            let letters = normalize(phrase.trim_end_matches('*'));
            // Lines usually come tag by tag.
            if tags.get(tag_idx).is_none_or(|last| last != tag) {
                tag_idx = tags.iter().position(|known| known == tag).unwrap_or(tags.len());
            }
            if tag_idx == tags.len() {
                tags.push(tag.to_owned());
            }
            if letters.chars().count() < KEY_LEN || entries.len() >= MAX_PHRASES || tags.len() > MAX_TAGS {
                return Err(problem(
                    "a phrase needs two letters; a lexicon has at most 100000 phrases and 1000 tags",
                ));
            }
            let open = phrase.ends_with('*') || is_open_ended(&letters);
            entries.push((letters, open, tag_idx as u16));
        }
        Ok(Lexicon::assemble(tags, entries))
    }

    fn assemble(tags: Vec<String>, mut entries: Vec<(Cow<'_, str>, bool, u16)>) -> Lexicon {
        entries.sort();
        entries.dedup();
        let mut lexicon = Lexicon { tags, ..Lexicon::default() };
        for (idx, (letters, open, tag_idx)) in entries.iter().enumerate() {
            let idx = idx as u32;
            let first = lexicon.letters.len() as u32;
            lexicon.letters.push_str(letters);
            let end = lexicon.letters.len() as u32;
            lexicon.phrases.push(Phrase { first, end, open: *open, tag_idx: *tag_idx });
            let key =
                if has_long_key(letters, *open) { key(letters, LONG_KEY_LEN) } else { key(letters, KEY_LEN) };
            lexicon.index.entry(key).and_modify(|range| range.1 = idx + 1).or_insert((idx, idx + 1));
        }
        lexicon.tag_hashes = lexicon.tags.iter().map(|tag| hashing::of_text(Seed::Concept, tag)).collect();
        lexicon
    }

    fn phrase_letters(&self, phrase: &Phrase) -> &str {
        &self.letters[phrase.first as usize..phrase.end as usize]
    }

    /// The lexicon in the form that [`parse`](Lexicon::parse) reads: normalised, sorted, the same for equal lexicons.
    pub fn to_text(&self) -> String {
        let line = |phrase: &Phrase| {
            let letters = self.phrase_letters(phrase);
            let star = if phrase.open && !is_open_ended(letters) { "*" } else { "" };
            format!("{}\t{letters}{star}\n", self.tags[usize::from(phrase.tag_idx)])
        };
        let mut lines: Vec<String> = self.phrases.iter().map(line).collect();
        lines.sort();
        lines.concat()
    }

    /// The tags, in the order of their first phrase.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The number of phrases.
    pub fn n_phrases(&self) -> usize {
        self.phrases.len()
    }

    /// Finds all phrases, longest first at each place, one match for each tag and place.
    pub(crate) fn find(&self, tokens: &Tokens, found: &mut Vec<ConceptMatch>) {
        found.clear();
        if self.phrases.is_empty() {
            return;
        }
        for run in &tokens.runs {
            let first = run.first as usize + 1;
            let end = if run.unspaced { run.end as usize - 1 } else { first + 1 };
            for at in first..end.min(tokens.positions.len()) {
                self.find_at(tokens, at, found);
            }
        }
    }

    fn find_at(&self, tokens: &Tokens, at: usize, found: &mut Vec<ConceptMatch>) {
        let rest = &tokens.letters[tokens.positions[at].byte as usize..];
        let known = found.len();
        for len in [LONG_KEY_LEN, KEY_LEN] {
            let Some(&(first, end)) = self.index.get(&key(rest, len)) else { continue };
            for phrase in self.phrases[first as usize..end as usize].iter().rev() {
                let letters = self.phrase_letters(phrase);
                let tag_idx = usize::from(phrase.tag_idx);
                let matches =
                    rest.strip_prefix(letters).is_some_and(|after| phrase.open || after.starts_with(' '));
                if matches && found[known..].iter().all(|other| other.tag_idx != tag_idx) {
                    let span = tokens.span(at, at + letters.chars().count());
                    found.push(ConceptMatch { tag_idx, span, hash: self.tag_hashes[tag_idx] });
                }
            }
        }
    }
}

/// Hash of the first `len` characters, a space standing for each that is missing.
fn key(letters: &str, len: usize) -> u64 {
    let mut chars = letters.chars();
    (0..len).fold(len as u64, |hash, _| {
        let ch = u64::from(u32::from(chars.next().unwrap_or(' ')));
        (hash ^ ch).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
    })
}

/// Whether whatever the phrase matches starts with the phrase's first four characters, or the space behind it.
fn has_long_key(letters: &str, open: bool) -> bool {
    let n_letters = letters.chars().count();
    n_letters >= LONG_KEY_LEN || (!open && n_letters == LONG_KEY_LEN - 1)
}

fn normalized_letters(analyzer: &mut Analyzer, phrase: &str) -> String {
    let analysis = analyzer.analyze(phrase);
    let words = analysis.tokens.letters.split(' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Unspaced scripts have no word ends, and Korean words carry particles: their phrases always match on.
fn is_open_ended(letters: &str) -> bool {
    let last = letters.chars().last().map_or(Script::Zyyy, script_of);
    last.is_unspaced() || last == Script::Hang
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(lexicon: &Lexicon, text: &str) -> Vec<(String, String)> {
        let mut analyzer = Analyzer::new();
        let analysis = analyzer.analyze(text);
        let mut found = Vec::new();
        lexicon.find(&analysis.tokens, &mut found);
        let shown = |found: &ConceptMatch| {
            (lexicon.tags()[found.tag_idx].clone(), text[found.span.start..found.span.end].to_owned())
        };
        found.iter().map(shown).collect()
    }

    #[test]
    fn phrases_are_found_in_both_kinds_of_script() {
        let lexicon =
            Lexicon::parse("fee\tpay the tax\nfee\tgaranti*\nfee\t\u{89e3}\u{51bb}\u{8d39}\n# comment\n\n")
                .unwrap();
        let pairs = |text: &str| tags(&lexicon, text).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(pairs("First PAY  the t\u{200b}ax, ok"), ["PAY  the t\u{200b}ax"]);
        assert_eq!(pairs("pay the taxi"), Vec::<String>::new());
        assert_eq!(pairs("garantis"), ["garanti"]);
        assert_eq!(
            pairs("\u{8bf7}\u{5148}\u{4ea4}\u{89e3}\u{51bb}\u{8d39}\u{5427}"),
            ["\u{89e3}\u{51bb}\u{8d39}"]
        );
    }

    #[test]
    fn text_form_is_canonical() {
        let one = Lexicon::parse("b\tx y\na\tGaranti*\na\tgaranti*\n").unwrap();
        let two = Lexicon::parse("a\tgaranti*\nb\tx  Y\n").unwrap();
        assert_eq!(one.to_text(), two.to_text());
        assert_eq!(Lexicon::parse(&one.to_text()).unwrap().to_text(), one.to_text());
    }

    #[test]
    fn bad_lines_are_named() {
        let error = Lexicon::parse("a\tok\nno tab\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        assert!(Lexicon::parse("a\t...\n").is_err());
    }
}
