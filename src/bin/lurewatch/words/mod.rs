//! What a person reads, in their language: bands, tactics in plain words, advice, where to report.
//!
//! Each language is a data file beside this one with the same keys, so a translation touches no code. The wording
//! follows `docs/labels.md` ("Words for users"): it speaks of the request and the text, never of a person; it never says
//! that something is safe; it sends people to numbers that they look up themselves.

use anyhow::Context;
use clap::ValueEnum;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Languages that there are words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// French
    Fr,
    /// Chinese, simplified
    Zh,
    /// Spanish
    Es,
    /// Vietnamese
    Vi,
    /// Russian
    Ru,
    /// Thai
    Th,
    /// Indonesian
    Id,
}

impl Language {
    fn file(self) -> &'static str {
        match self {
            Language::En => include_str!("en.toml"),
            Language::Fr => include_str!("fr.toml"),
            Language::Zh => include_str!("zh.toml"),
            Language::Es => include_str!("es.toml"),
            Language::Vi => include_str!("vi.toml"),
            Language::Ru => include_str!("ru.toml"),
            Language::Th => include_str!("th.toml"),
            Language::Id => include_str!("id.toml"),
        }
    }

    /// The language of a locale such as `fr_CA.UTF-8`; English where there are no words for it.
    pub(crate) fn of_locale(locale: &str) -> Language {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or("");
        Language::from_str(code, true).unwrap_or(Language::En)
    }
}

/// Words for one language. Every key is needed, so a file that lacks one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// By the band's name.
    pub(crate) bands: BTreeMap<String, String>,
    pub(crate) lines: Lines,
    pub(crate) limits: Limits,
    /// By the label's name.
    pub(crate) family: BTreeMap<String, String>,
    /// By the label's name: what to do, most urgent first.
    pub(crate) advice: BTreeMap<String, Vec<String>>,
    /// By the tag's name, and the part of a cue's name before the colon.
    pub(crate) tag: BTreeMap<String, String>,
}

/// Headings and sentences with slots in braces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lines {
    pub(crate) verdict: String,
    pub(crate) no_judgement: String,
    pub(crate) passage: String,
    pub(crate) reasons: String,
    pub(crate) counter_evidence: String,
    pub(crate) nothing: String,
    pub(crate) change: String,
    pub(crate) without: String,
    pub(crate) context: String,
    pub(crate) now: String,
    pub(crate) signs_of: String,
    pub(crate) usual_words: String,
    pub(crate) harmless_words: String,
    pub(crate) report: String,
}

/// What the program cannot know, and what is always right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) text_only: String,
    pub(crate) opener: String,
    pub(crate) help: String,
}

impl Words {
    /// The words of a language.
    pub(crate) fn load(language: Language) -> anyhow::Result<Words> {
        toml::from_str(language.file()).with_context(|| format!("the words for {language:?}"))
    }

    /// What a label is called in front of a person; labels of the user's own keep their name.
    pub(crate) fn family<'w>(&'w self, label: &'w str) -> &'w str {
        self.family.get(label).map_or(label, String::as_str)
    }

    /// What a tactic or cue is called in front of a person.
    pub(crate) fn tag(&self, tag: &str) -> String {
        let name = tag.split(':').next().unwrap_or(tag);
        self.tag.get(name).cloned().unwrap_or_else(|| tag.replace('_', " "))
    }
}

/// A sentence with its slots filled in: `fill("{a} of {b}", &[("a", "1"), ("b", "2")])`.
pub(crate) fn fill(line: &str, slots: &[(&str, &str)]) -> String {
    slots.iter().fold(line.to_owned(), |line, (name, value)| line.replace(&format!("{{{name}}}"), value))
}

/// Somewhere to report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    /// Two-letter code of the country.
    pub(crate) country: String,
    pub(crate) body: String,
    pub(crate) contact: String,
    /// The day on which a person looked the contact up at its source; without one it is never shown.
    pub(crate) verified_on: Option<String>,
}

/// The verified contacts of a country.
pub(crate) fn contacts(country: &str) -> anyhow::Result<Vec<Contact>> {
    Ok(verified(serde_json::from_str(include_str!("contacts.json")).context("the contacts")?, country))
}

fn verified(contacts: Vec<Contact>, country: &str) -> Vec<Contact> {
    let wanted =
        |contact: &Contact| contact.verified_on.is_some() && contact.country.eq_ignore_ascii_case(country);
    contacts.into_iter().filter(wanted).collect()
}

/// The locale that the environment asks for, as POSIX ranks the variables.
pub(crate) fn locale() -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let mut values = names.iter().filter_map(|name| std::env::var(name).ok());
    values.find(|value| !value.is_empty()).unwrap_or_default()
}

/// The country of a locale such as `fr_CA.UTF-8`.
pub(crate) fn country_of_locale(locale: &str) -> Option<&str> {
    let place = locale.split(['.', '@']).next()?.split(['_', '-']).next_back()?;
    (place.len() == 2 && place.chars().all(|ch| ch.is_ascii_uppercase())).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that accuse, promise or shame, by language.
    const FORBIDDEN: &[(Language, &[&str])] = &[
        (
            Language::En,
            &["safe", "scammer", "victim", "pig", "you should have", "100%", "stupid", "definitely"],
        ),
        (
            Language::Fr,
            &["en s\u{e9}curit\u{e9}", "escroc", "victime", "cochon", "auriez d\u{fb}", "100 %", "stupide"],
        ),
        (
            Language::Zh,
            &[
                "\u{5b89}\u{5168}",
                "\u{9a97}\u{5b50}",
                "\u{53d7}\u{5bb3}\u{8005}",
                "\u{6740}\u{732a}",
                "100%",
                "\u{611a}\u{8822}",
            ],
        ),
        (
            Language::Es,
            &["seguro ", "estafador", "v\u{ed}ctima", "cerdo", "deber\u{ed}a haber", "100 %", "tont"],
        ),
        (
            Language::Vi,
            &["an to\u{e0}n", "k\u{1ebb} l\u{1eeb}a", "n\u{1ea1}n nh\u{e2}n", "con l\u{1ee3}n", "100%"],
        ),
        (
            Language::Ru,
            &[
                "\u{431}\u{435}\u{437}\u{43e}\u{43f}\u{430}\u{441}",
                "\u{43c}\u{43e}\u{448}\u{435}\u{43d}\u{43d}\u{438}\u{43a}",
                "\u{436}\u{435}\u{440}\u{442}\u{432}",
                "\u{441}\u{432}\u{438}\u{43d}\u{44c}",
                "100 %",
                "\u{433}\u{43b}\u{443}\u{43f}",
            ],
        ),
        (
            Language::Th,
            &[
                "\u{e1b}\u{e25}\u{e2d}\u{e14}\u{e20}\u{e31}\u{e22}",
                "\u{e21}\u{e34}\u{e08}\u{e09}\u{e32}\u{e0a}\u{e35}\u{e1e}",
                "\u{e40}\u{e2b}\u{e22}\u{e37}\u{e48}\u{e2d}",
                "100%",
            ],
        ),
        (Language::Id, &["aman", "penipu ", "korban", "babi", "100%", "bodoh"]),
    ];

    fn all() -> Vec<(Language, Words)> {
        let load = |&language: &Language| (language, Words::load(language).expect("a valid file"));
        Language::value_variants().iter().map(load).collect()
    }

    fn values(words: &Words) -> Vec<&String> {
        let (lines, limits) = (&words.lines, &words.limits);
        let single = [
            &lines.verdict,
            &lines.no_judgement,
            &lines.passage,
            &lines.reasons,
            &lines.counter_evidence,
            &lines.nothing,
            &lines.change,
            &lines.without,
            &lines.context,
            &lines.now,
            &lines.signs_of,
            &lines.usual_words,
            &lines.harmless_words,
            &lines.report,
            &limits.text_only,
            &limits.opener,
            &limits.help,
        ];
        let maps = words.bands.values().chain(words.family.values()).chain(words.tag.values());
        single.into_iter().chain(maps).chain(words.advice.values().flatten()).collect()
    }

    fn slots(line: &str) -> Vec<&str> {
        let mut slots: Vec<&str> =
            line.split('{').skip(1).map(|part| part.split('}').next().unwrap_or("")).collect();
        slots.sort_unstable();
        slots
    }

    #[test]
    fn wording_keeps_the_rules_in_every_language() {
        for (language, words) in all() {
            let (_, forbidden) =
                FORBIDDEN.iter().find(|(of, _)| *of == language).expect("forbidden words of each language");
            for text in values(&words) {
                for word in *forbidden {
                    let text = format!("{} ", text.to_lowercase());
                    assert!(!text.contains(word), "{language:?}: \"{text}\" contains \"{word}\"");
                }
            }
        }
    }

    #[test]
    fn every_language_has_the_same_keys_and_slots() {
        let english = Words::load(Language::En).expect("a valid file");
        for (language, words) in all() {
            assert!(words.bands.keys().eq(english.bands.keys()), "{language:?}");
            assert!(words.family.keys().eq(english.family.keys()), "{language:?}");
            assert!(words.tag.keys().eq(english.tag.keys()), "{language:?}");
            let counts = |words: &Words| -> Vec<(String, usize)> {
                words.advice.iter().map(|(label, steps)| (label.clone(), steps.len())).collect()
            };
            assert_eq!(counts(&words), counts(&english), "{language:?}");
            for (own, master) in values(&words).into_iter().zip(values(&english)) {
                assert_eq!(slots(own), slots(master), "{language:?}: {own}");
                assert!(!own.trim().is_empty(), "{language:?}: {master}");
            }
        }
    }

    #[test]
    fn translations_are_not_the_master() {
        let english = Words::load(Language::En).expect("a valid file");
        for (language, words) in all().into_iter().filter(|(language, _)| *language != Language::En) {
            let same = words.tag.iter().filter(|(key, value)| english.tag[*key] == **value).count();
            assert_eq!(same, 0, "{language:?}");
        }
    }

    #[test]
    fn every_band_label_tactic_and_cue_of_the_default_model_has_words() {
        let classifier = lurewatch::Classifier::embedded();
        let words = Words::load(Language::En).expect("a valid file");
        for band in lurewatch::BANDS {
            assert!(words.bands.contains_key(band.name()), "{}", band.name());
        }
        for (idx, label) in classifier.labels().iter().enumerate() {
            assert_eq!(words.advice.contains_key(label), classifier.is_risky(idx), "{label}");
            assert_eq!(words.family.contains_key(label), classifier.is_risky(idx), "{label}");
        }
        let cues = lurewatch::text::cue::CUES.iter().map(|(_, name, _)| (*name).to_owned());
        for tag in classifier.tags().iter().cloned().chain(cues) {
            assert!(words.tag.contains_key(tag.split(':').next().unwrap_or("")), "{tag}");
        }
    }

    #[test]
    fn locales_choose_the_language_and_the_country() {
        assert_eq!(Language::of_locale("fr_CA.UTF-8"), Language::Fr);
        assert_eq!(Language::of_locale("zh-CN"), Language::Zh);
        assert_eq!(Language::of_locale("C"), Language::En);
        assert_eq!(Language::of_locale(""), Language::En);
        assert_eq!(country_of_locale("fr_CA.UTF-8"), Some("CA"));
        assert_eq!(country_of_locale("fr"), None);
    }

    #[test]
    fn contacts_that_nobody_verified_are_not_shown() {
        let contact = |verified_on: Option<&str>| Contact {
            country: "XX".into(),
            body: "a body".into(),
            contact: "a number".into(),
            verified_on: verified_on.map(str::to_owned),
        };
        let shown = verified(vec![contact(None), contact(Some("2026-01-31"))], "xx");
        assert_eq!(shown, [contact(Some("2026-01-31"))]);
        for country in ["US", "GB", "FR", "TW", "KH"] {
            let shown = contacts(country).expect("a valid file");
            assert!(shown.iter().all(|contact| contact.verified_on.is_some()));
        }
    }
}
