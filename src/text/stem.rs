//! Reduced forms of words: the stem where the language is known, without diacritics.
//!
//! A second view beside the words as written: it brings together inflected forms, and the same word typed with and
//! without accents, as Vietnamese, French or Turkish often is on a telephone. Never the Greek stemmer of rust-stemmers:
//! it panics on some words.

use super::language::Language;
use icu_normalizer::DecomposingNormalizerBorrowed;
use rust_stemmers::{Algorithm, Stemmer};

/// Longer words are left unstemmed: they are not words, and stemming costs time in proportion to length.
const MAX_STEM_BYTES: usize = 64;

/// Reduces words; one stemmer for each language.
pub(crate) struct Reducer {
    stemmers: Vec<(Language, Stemmer)>,
    nfd: DecomposingNormalizerBorrowed<'static>,
}

impl std::fmt::Debug for Reducer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reducer").field("n_stemmers", &self.stemmers.len()).finish()
    }
}

impl Reducer {
    pub(crate) fn new() -> Reducer {
        let stemmers =
            super::language::LANGUAGES.iter().map(|&(language, _, _)| (language, stemmer(language)));
        Reducer { stemmers: stemmers.collect(), nfd: DecomposingNormalizerBorrowed::new_nfd() }
    }

    /// Writes the reduced form of a normalised word into `reduced`.
    pub(crate) fn reduce(&self, word: &str, language: Option<Language>, reduced: &mut String) {
        reduced.clear();
        let stemmer =
            language.and_then(|language| self.stemmers.iter().find(|(known, _)| *known == language));
        match stemmer {
            Some((_, stemmer)) if word.len() <= MAX_STEM_BYTES => {
                self.push_plain(&stemmer.stem(word), reduced)
            }
            _ => self.push_plain(word, reduced),
        }
    }

    /// Appends the word without its diacritics.
    fn push_plain(&self, word: &str, reduced: &mut String) {
        if word.is_ascii() {
            return reduced.push_str(word);
        }
        let latin =
            word.chars().next().is_some_and(|ch| super::script::script_of(ch) == super::script::Script::Latn);
        if !latin {
            return reduced.push_str(word);
        }
        for ch in self.nfd.normalize_iter(word.chars()) {
            match ch {
                '\u{300}'..='\u{36f}' => {}
                '\u{111}' => reduced.push('d'),
                '\u{131}' => reduced.push('i'),
                '\u{142}' => reduced.push('l'),
                '\u{f8}' => reduced.push('o'),
                '\u{df}' => reduced.push_str("ss"),
                '\u{e6}' => reduced.push_str("ae"),
                '\u{153}' => reduced.push_str("oe"),
                _ => reduced.push(ch),
            }
        }
    }
}

fn stemmer(language: Language) -> Stemmer {
    Stemmer::create(match language {
        Language::Eng => Algorithm::English,
        Language::Fra => Algorithm::French,
        Language::Spa => Algorithm::Spanish,
        Language::Por => Algorithm::Portuguese,
        Language::Deu => Algorithm::German,
        Language::Ita => Algorithm::Italian,
        Language::Nld => Algorithm::Dutch,
        Language::Swe => Algorithm::Swedish,
        Language::Tur => Algorithm::Turkish,
        Language::Rus => Algorithm::Russian,
        Language::Ara => Algorithm::Arabic,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_and_plain_letters() {
        let cases = [
            ("returns", Some(Language::Eng), "return"),
            ("investissements", Some(Language::Fra), "invest"),
            ("l\u{1ee3}i", None, "loi"),
            ("\u{111}\u{1ea7}u", None, "dau"),
            ("gro\u{df}", None, "gross"),
            ("\u{439}\u{43e}\u{434}", None, "\u{439}\u{43e}\u{434}"),
            ("returns", None, "returns"),
        ];
        for (word, language, want) in cases {
            let mut reduced = String::new();
            Reducer::new().reduce(word, language, &mut reduced);
            assert_eq!(reduced, want);
        }
    }
}
