//! Laws of the project's own corpus.
//!
//! Records in, broken laws and a table out. The laws are those that a program can check: the decision rules between
//! labels and verdicts, unique identifiers, no near-duplicates, enough of everything in every language, no single cue
//! that gives the label away, no address outside the reserved names, no telephone number that could ring, and no whole
//! wallet.

use super::{Record, groups};
use crate::evaluate::metrics::roc_auc;
use crate::text::Analyzer;
use crate::text::cue::Cue;
use std::collections::{BTreeMap, BTreeSet};

/// A law that a row, or a language as a whole, breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The row's identifier, or the language.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

/// Families, in the order of the table.
pub const FAMILIES: [&str; 6] =
    ["romance", "investment", "task_job", "trafficking_job", "recovery", "other_scam"];

/// The label of bare openers.
const OPENER: &str = "no_signal_yet";

/// Kinds of hard negatives, `h1` to this one.
const N_HARD_KINDS: usize = 50;

/// Rows that a language must have.
const MIN_ROWS: usize = 1200;

/// Languages that are asked for more, because more of the messages are written in them.
const LARGE: [&str; 8] = ["en", "es", "fr", "id", "ru", "th", "vi", "zh-Hans"];

/// Rows that a large language must have.
const MIN_ROWS_LARGE: usize = 2000;

/// Largest AUC, and smallest by symmetry, that a single cue may have for telling lures from benign rows.
pub const MAX_CUE_AUC: f64 = 0.65;

/// Least and most share of the rows of a language, in percent: each family, openers, benign rows.
const FAMILY_SHARES: [(f64, f64); 6] =
    [(10.0, 22.0), (13.0, 26.0), (3.0, 8.0), (2.0, 6.0), (1.5, 5.0), (4.0, 8.0)];
const OPENER_SHARE: (f64, f64) = (4.0, 8.0);
const BENIGN_SHARE: (f64, f64) = (43.0, 54.0);

/// What is there of one language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LanguageCounts {
    /// Rows.
    pub n_rows: usize,
    /// Distinct batches.
    pub n_batches: usize,
    /// Rows of each family; a row with two counts in both.
    pub n_family: [usize; 6],
    /// Bare openers.
    pub n_openers: usize,
    /// Benign rows.
    pub n_benign: usize,
    /// Benign rows that look like lures at first sight.
    pub n_hard: usize,
    /// Kinds of hard negatives that are there.
    pub n_hard_kinds: usize,
    /// How well length, a link, digits and emoji alone tell lures from benign rows.
    pub cue_auc: [f64; 4],
}

/// Names of the single cues, in the order of [`LanguageCounts::cue_auc`].
pub const CUE_NAMES: [&str; 4] = ["length", "link", "digits", "emoji"];

/// Checks all laws; returns what is broken, sorted, and what is there by language.
pub fn check(records: &[Record]) -> (Vec<Violation>, BTreeMap<String, LanguageCounts>) {
    let mut violations = Vec::new();
    let mut analyzer = Analyzer::new();
    for record in records {
        violations.extend(row_problems(record, &mut analyzer).map(|problem| at(&record.id, problem)));
    }
    violations.extend(repeated_ids(records));
    for (first, second, similarity) in groups::near_duplicates(records) {
        let problem = format!("near-duplicate of {} (similarity {similarity:.2})", records[first].id);
        violations.push(at(&records[second].id, problem));
    }
    let counts = counts(records);
    for (language, counts) in &counts {
        violations
            .extend(language_problems(language, counts).into_iter().map(|problem| at(language, problem)));
    }
    violations.sort();
    (violations, counts)
}

fn at(place: &str, problem: impl Into<String>) -> Violation {
    Violation { place: place.to_owned(), problem: problem.into() }
}

fn repeated_ids(records: &[Record]) -> Vec<Violation> {
    let mut seen = BTreeSet::new();
    records
        .iter()
        .filter(|record| !seen.insert(&record.id))
        .map(|record| at(&record.id, "id is used twice"))
        .collect()
}

/// The decision rules and contact rules that a single row breaks.
fn row_problems(record: &Record, analyzer: &mut Analyzer) -> impl Iterator<Item = String> {
    let families = record.labels.iter().filter(|label| FAMILIES.contains(&label.as_str())).count();
    let opener = record.labels.iter().any(|label| label == OPENER);
    let verdict = record.verdict;
    let hard = hard_kind(record).is_some();
    let known = families + usize::from(opener) == record.labels.len();
    let rules = [
        (!known, "a label that docs/labels.md does not have"),
        (verdict.is_none(), "no verdict"),
        (opener && families > 0, "an opener has no family"),
        (opener != (verdict == Some(1)), "an opener has verdict 1, and nothing else has"),
        (
            record.labels.is_empty() != (verdict == Some(0)),
            "a benign row has verdict 0, and nothing else has",
        ),
        (families > 0 && record.tags.is_empty(), "a lure without a tactic"),
        (families == 0 && !record.stage.is_empty() && !opener, "a benign row with a stage"),
        (record.labels.is_empty() && !hard && !record.kind.starts_with("p-"), "a benign row without a kind"),
        (!record.labels.is_empty() && !record.kind.is_empty(), "a kind on a row that is not benign"),
        (record.language.is_empty() || record.batch.is_empty(), "no language or no batch"),
    ];
    let contact = contact_problems(&record.text, analyzer);
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, problem)| problem.to_owned()).chain(contact)
}

/// The number of the hard-negative kind.
fn hard_kind(record: &Record) -> Option<usize> {
    let number = record.kind.strip_prefix('h')?.parse().ok()?;
    (1..=N_HARD_KINDS).contains(&number).then_some(number)
}

/// Links and addresses outside the reserved names, telephone numbers that could ring, and whole wallet addresses.
fn contact_problems(text: &str, analyzer: &mut Analyzer) -> Vec<String> {
    // The last one is an Italian form of address that looks like a host name.
    const RESERVED: [&str; 5] = ["example", ".test", ".invalid", "15550", "gent.ma"];
    let mut problems = Vec::new();
    for (cue, span) in analyzer.analyze(text).cues() {
        let found = text[span.start..span.end].to_lowercase();
        let reserved = RESERVED.iter().any(|name| found.contains(name)) || found.starts_with('<');
        let whole = found.chars().filter(char::is_ascii_alphanumeric).count() >= 26;
        match cue {
            Cue::Link | Cue::Email | Cue::Invite if !reserved => {
                problems.push(format!("address {found} is not a reserved one"));
            }
            Cue::Phone if !is_fictitious(&found) => {
                problems.push(format!("telephone number {found} could ring; use 555 01xx or <PHONE>"));
            }
            Cue::WalletBtc | Cue::WalletEvm | Cue::WalletTron | Cue::WalletOther if whole => {
                problems.push("a whole wallet address".to_owned());
            }
            _ => {}
        }
    }
    problems
}

/// Whether a telephone number is a placeholder or has the digits 555 that fiction uses.
fn is_fictitious(number: &str) -> bool {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.contains("555") || number.starts_with('<')
}

fn counts(records: &[Record]) -> BTreeMap<String, LanguageCounts> {
    let mut by_language: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for record in records {
        by_language.entry(record.language.clone()).or_default().push(record);
    }
    by_language.into_iter().map(|(language, rows)| (language, language_counts(&rows))).collect()
}

fn language_counts(rows: &[&Record]) -> LanguageCounts {
    let has = |label: &str| rows.iter().filter(|row| row.labels.iter().any(|own| own == label)).count();
    let batches: BTreeSet<&str> = rows.iter().map(|row| row.batch.as_str()).collect();
    let kinds: BTreeSet<usize> = rows.iter().filter_map(|row| hard_kind(row)).collect();
    LanguageCounts {
        n_rows: rows.len(),
        n_batches: batches.len(),
        n_family: FAMILIES.map(has),
        n_openers: has(OPENER),
        n_benign: rows.iter().filter(|row| row.labels.is_empty()).count(),
        n_hard: rows.iter().filter(|row| hard_kind(row).is_some()).count(),
        n_hard_kinds: kinds.len(),
        cue_auc: cue_auc(rows),
    }
}

/// AUC of each single cue for lures against benign rows; one half where a class is missing.
fn cue_auc(rows: &[&Record]) -> [f64; 4] {
    let compared: Vec<&&Record> = rows.iter().filter(|row| row.verdict != Some(1)).collect();
    let mut analyzer = Analyzer::new();
    let mut values: [Vec<(f64, bool)>; 4] = Default::default();
    for row in compared {
        let lure = !row.labels.is_empty();
        let link = analyzer.analyze(&row.text).cues().any(|(cue, _)| matches!(cue, Cue::Link | Cue::Invite));
        let digits = row.text.chars().filter(char::is_ascii_digit).count();
        let emoji = row.text.chars().filter(|&ch| is_emoji(ch)).count();
        let numbers =
            [row.text.chars().count() as f64, f64::from(u8::from(link)), digits as f64, emoji as f64];
        for (value, number) in values.iter_mut().zip(numbers) {
            value.push((number, lure));
        }
    }
    values.map(|value| roc_auc(&value).unwrap_or(0.5))
}

fn is_emoji(ch: char) -> bool {
    matches!(u32::from(ch), 0x1F300..=0x1FAFF | 0x2600..=0x27BF)
}

fn language_problems(language: &str, counts: &LanguageCounts) -> Vec<String> {
    let mut problems = Vec::new();
    let least = if LARGE.contains(&language) { MIN_ROWS_LARGE } else { MIN_ROWS };
    if counts.n_rows < least {
        problems.push(format!("{} rows; at least {least} are needed", counts.n_rows));
    }
    if counts.n_hard_kinds < N_HARD_KINDS {
        problems.push(format!("{} of {N_HARD_KINDS} kinds of hard negatives", counts.n_hard_kinds));
    }
    if counts.n_hard * 2 < counts.n_benign {
        problems.push(format!(
            "{} hard negatives are less than half of {} benign rows",
            counts.n_hard, counts.n_benign
        ));
    }
    let names = FAMILIES.iter().copied().chain(["openers", "benign rows"]);
    let numbers = counts.n_family.iter().copied().chain([counts.n_openers, counts.n_benign]);
    let limits = FAMILY_SHARES.into_iter().chain([OPENER_SHARE, BENIGN_SHARE]);
    for ((name, number), (low, high)) in names.zip(numbers).zip(limits) {
        let share = 100.0 * number as f64 / counts.n_rows.max(1) as f64;
        if share < low || share > high {
            problems.push(format!("{share:.1} % {name}; {low} to {high} % are wanted"));
        }
    }
    for (name, auc) in CUE_NAMES.iter().zip(counts.cue_auc) {
        if auc.max(1.0 - auc) > MAX_CUE_AUC {
            problems.push(format!(
                "{name} alone tells lures from benign rows: AUC {auc:.2}, at most {MAX_CUE_AUC} is allowed"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn benign() -> Record {
        Record {
            id: "en-a-0001".into(),
            text: "see you at lunch".into(),
            language: "en".into(),
            batch: "en-a".into(),
            kind: "p-chat".into(),
            verdict: Some(0),
            ..Record::default()
        }
    }

    fn problems(change: impl Fn(&mut Record)) -> Vec<String> {
        let mut record = benign();
        change(&mut record);
        row_problems(&record, &mut Analyzer::new()).collect()
    }

    #[test]
    fn a_sound_row_breaks_no_law() {
        assert_eq!(problems(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn each_law_is_noticed() {
        type Change = fn(&mut Record);
        let cases: &[(&str, Change)] = &[
            ("does not have", |row| row.labels = vec!["spam".into()]),
            ("verdict 0", |row| row.verdict = Some(3)),
            ("no verdict", |row| row.verdict = None),
            ("verdict 1", |row| row.labels = vec![OPENER.into()]),
            ("no family", |row| row.labels = vec![OPENER.into(), "romance".into()]),
            ("without a tactic", |row| row.labels = vec!["romance".into()]),
            ("with a stage", |row| row.stage = "pivot".into()),
            ("without a kind", |row| row.kind = "h51".into()),
            ("no batch", |row| row.batch.clear()),
            ("reserved", |row| row.text = "see https://bank.co/login".into()),
            ("could ring", |row| row.text = "call +44 20 7123 4567 now".into()),
            ("wallet", |row| row.text = format!("send to 0x{}", "ab12".repeat(10))),
        ];
        for (part, change) in cases {
            let found = problems(change);
            assert!(found.iter().any(|problem| problem.contains(part)), "{part}: {found:?}");
        }
    }

    #[test]
    fn repeated_rows_and_thin_languages_are_noticed() {
        let (violations, counts) = check(&[benign(), benign()]);
        let text: String = violations.iter().map(|violation| violation.problem.clone() + "\n").collect();
        for part in ["id is used twice", "near-duplicate of en-a-0001", "2 rows; at least", "0 of 50 kinds"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(counts["en"].n_benign, 2);
    }

    #[test]
    fn a_cue_that_gives_the_label_away_is_noticed() {
        let mut rows = Vec::new();
        for idx in 0..40 {
            let mut row = benign();
            row.text = if idx % 2 == 0 { "short".into() } else { "long ".repeat(30) };
            row.labels = if idx % 2 == 0 { Vec::new() } else { vec!["romance".into()] };
            row.verdict = Some(if idx % 2 == 0 { 0 } else { 3 });
            rows.push(row);
        }
        let rows: Vec<&Record> = rows.iter().collect();
        let counts = language_counts(&rows);
        assert!(counts.cue_auc[0] > 0.99, "{counts:?}");
        assert!(language_problems("en", &counts).iter().any(|problem| problem.starts_with("length alone")));
    }
}
