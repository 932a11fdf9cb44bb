//! Disguised writing: what is hidden from the eye, or meant to be hidden from a program, does not change a verdict.
//!
//! Each style is applied to lures of every language that reach `high`, and to benign rows. The corpus is used for its
//! breadth only: that the model learned from these rows does not matter, since each text is compared with itself.

use crate::training::corpus_rows;
use lurewatch::{Band, Classifier, Record};

/// A way of disguising a text.
type Disguise = fn(&str) -> String;

/// The styles, from those that touch every letter to those that touch a few.
const STYLES: [(&str, Disguise); 11] = [
    ("full-width letters", |text| map(text, |ch| shifted(ch, '!', '~', 0xFF01))),
    ("mathematical letters", |text| map(text, mathematical)),
    ("full-width digits", |text| map(text, |ch| shifted(ch, '0', '9', 0xFF10))),
    ("zero-width space in words", |text| inside_words(text, '\u{200b}')),
    ("soft hyphen in words", |text| inside_words(text, '\u{ad}')),
    ("word joiner in words", |text| inside_words(text, '\u{2060}')),
    ("variation selector in words", |text| inside_words(text, '\u{fe0f}')),
    ("stacked marks", |text| after_letters(text, "\u{33c}\u{322}")),
    ("look-alike letters", |text| each_word(text, look_alike)),
    ("names set apart", |text| apps(text, |name| spread(name, ' '))),
    ("names dotted", |text| apps(text, |name| spread(name, '.'))),
];

/// Rows of each language that are tried.
const N_ROWS: usize = 80;

#[test]
fn a_disguised_lure_keeps_its_band() {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let rows = corpus_rows(N_ROWS, |row| is_lure(row) && classifier.score(&row.text).band >= Band::High);
    for (name, disguise) in STYLES {
        let (mut n_cases, mut lowered, mut raised) = (0, Vec::new(), 0);
        for row in &rows {
            let disguised = disguise(&row.text);
            if disguised == row.text {
                continue;
            }
            n_cases += 1;
            let (before, after) = (scorer.score(&row.text), scorer.score(&disguised));
            if after.band < before.band {
                lowered.push(format!("{} {:.3} -> {:.3}", row.id, before.risk, after.risk));
            }
            raised += usize::from(after.band as usize > before.band as usize + 1);
        }
        assert!(n_cases >= 30, "{name} was tried on {n_cases} lures only");
        assert!(lowered.len() * 100 <= n_cases, "{name}: {} of {n_cases}: {lowered:?}", lowered.len());
        assert_eq!(raised, 0, "{name}: disguise alone is at most one band");
    }
}

#[test]
fn a_disguise_does_not_make_a_benign_text_an_alarm() {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let rows =
        corpus_rows(N_ROWS, |row| row.labels.is_empty() && classifier.score(&row.text).band < Band::High);
    let mut n_cases = 0;
    for (name, disguise) in STYLES {
        for row in &rows {
            let disguised = disguise(&row.text);
            n_cases += usize::from(disguised != row.text);
            let verdict = scorer.score(&disguised);
            assert!(verdict.band < Band::High, "{name}: {} {:.3}", row.id, verdict.risk);
        }
    }
    assert!(n_cases > 2000, "{n_cases} cases");
}

#[test]
fn clean_text_is_not_taken_for_disguised() {
    let mut analyzer = lurewatch::text::Analyzer::new();
    let clean = |row: &Record| {
        // Kinds 47 and 20 are about decorated text and wallets; marked rows are disguised on purpose.
        row.labels.is_empty()
            && row.kind != "h47"
            && row.kind != "h20"
            && !row.tags.iter().any(|tag| tag == "obfuscation")
    };
    let rows = corpus_rows(200, clean);
    let mut found = Vec::new();
    for row in &rows {
        let cues: Vec<&str> = analyzer
            .analyze(&row.text)
            .cues()
            .filter(|(cue, _)| cue.is_disguise())
            .map(|(cue, _)| cue.name())
            .collect();
        if !cues.is_empty() {
            found.push(format!("{} {cues:?}", row.id));
        }
    }
    assert!(found.len() * 1000 <= rows.len() * 4, "{} of {}: {found:?}", found.len(), rows.len());
}

fn is_lure(row: &Record) -> bool {
    row.verdict >= Some(3) && !row.tags.iter().any(|tag| tag == "obfuscation")
}

fn map(text: &str, change: impl Fn(char) -> char) -> String {
    text.chars().map(change).collect()
}

/// Characters between two ends, moved so that the first one becomes `to`.
fn shifted(ch: char, first: char, last: char, to: u32) -> char {
    let moved = || char::from_u32(to + (ch as u32 - first as u32));
    if (first..=last).contains(&ch) { moved().unwrap_or(ch) } else { ch }
}

/// Latin letters in sans-serif bold.
fn mathematical(ch: char) -> char {
    match ch {
        'a'..='z' => shifted(ch, 'a', 'z', 0x1D5EE),
        'A'..='Z' => shifted(ch, 'A', 'Z', 0x1D5D4),
        _ => ch,
    }
}

/// A character between the second and the third letter of every longer word.
fn inside_words(text: &str, inserted: char) -> String {
    each_word(text, |word| {
        let mut out: Vec<char> = word.chars().collect();
        // Marks belong to the letter before them; nothing is put between the two.
        if out.len() >= 4 && out[..3].iter().all(|ch| ch.is_alphanumeric()) {
            out.insert(2, inserted);
        }
        out.into_iter().collect()
    })
}

/// Marks behind every second Latin or Cyrillic letter.
fn after_letters(text: &str, marks: &str) -> String {
    let mut out = String::new();
    for (idx, ch) in text.chars().enumerate() {
        out.push(ch);
        if idx % 2 == 0 && (ch.is_ascii_alphabetic() || ('\u{430}'..='\u{44f}').contains(&ch)) {
            out.push_str(marks);
        }
    }
    out
}

fn each_word(text: &str, change: impl Fn(&str) -> String) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|part| {
            let word = part.trim_end();
            change(word) + &part[word.len()..]
        })
        .collect()
}

/// Letters that look the same in Latin and Cyrillic.
const LOOK_ALIKES: [(char, char); 6] = [
    ('a', '\u{430}'),
    ('e', '\u{435}'),
    ('o', '\u{43e}'),
    ('p', '\u{440}'),
    ('c', '\u{441}'),
    ('x', '\u{445}'),
];

/// One letter of a longer word from the other script; the other letters tell which script the word is in.
fn look_alike(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() >= 4 && letters.iter().all(|ch| ch.is_alphabetic()) {
        let at = (1..letters.len())
            .find(|&at| LOOK_ALIKES.iter().any(|&(one, two)| letters[at] == one || letters[at] == two));
        if let Some(at) = at {
            let swap = LOOK_ALIKES.iter().find_map(|&(one, two)| match letters[at] {
                ch if ch == one => Some(two),
                ch if ch == two => Some(one),
                _ => None,
            });
            letters[at] = swap.unwrap_or(letters[at]);
        }
    }
    letters.into_iter().collect()
}

fn apps(text: &str, change: impl Fn(&str) -> String) -> String {
    ["Telegram", "WhatsApp", "telegram", "whatsapp", "Bitcoin", "bitcoin", "USDT", "usdt"]
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name, &change(name)))
}

fn spread(name: &str, separator: char) -> String {
    name.chars().map(String::from).collect::<Vec<_>>().join(&separator.to_string())
}
