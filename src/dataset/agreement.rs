//! How far two readers of the same rows agree.
//!
//! A second reader sees the text without its labels and writes a verdict and families of their own. Agreement is
//! Krippendorff's alpha (Krippendorff, *Content Analysis*, 4th ed., chapter 12): 1 is full agreement, 0 is what chance
//! gives. Verdicts are ordinal: being one step off counts for less than being four steps off. Families are nominal.

use super::Record;
use std::collections::BTreeMap;

/// Keeps the draw for second readings apart from other uses of the identifiers' hashes.
const SAMPLE_SEED: u64 = 15;

/// What two readers wrote about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The row's language.
    pub language: String,
    /// Verdict, 0 to 4, of the writer and of the second reader.
    pub verdicts: [u8; 2],
    /// Labels, sorted, of the writer and of the second reader.
    pub labels: [Vec<String>; 2],
    /// Whether, to the second reader, a native speaker could have written it so.
    pub natural: bool,
    /// Whether, to the second reader, such a message could be received.
    pub realistic: bool,
}

/// Agreement on the rows of one language, or on all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Rows that both have read.
    pub n_rows: usize,
    /// Alpha of the verdicts; `None` if all verdicts are equal.
    pub verdict_alpha: Option<f64>,
    /// Alpha of the sets of labels; `None` if all sets are equal.
    pub family_alpha: Option<f64>,
    /// Rows where the two disagree on whether there is a lure at all.
    pub n_opposed: usize,
    /// Rows found natural.
    pub n_natural: usize,
    /// Rows found realistic.
    pub n_realistic: usize,
}

/// Agreement by language, and on all rows under the name `all`.
pub fn agreement(readings: &[Reading]) -> BTreeMap<String, Agreement> {
    let mut parts: BTreeMap<String, Vec<&Reading>> = BTreeMap::new();
    for reading in readings {
        parts.entry(reading.language.clone()).or_default().push(reading);
        parts.entry("all".to_owned()).or_default().push(reading);
    }
    parts.into_iter().map(|(name, readings)| (name, compare(&readings))).collect()
}

fn compare(readings: &[&Reading]) -> Agreement {
    let verdicts: Vec<(usize, usize)> = readings
        .iter()
        .map(|reading| (usize::from(reading.verdicts[0]), usize::from(reading.verdicts[1])))
        .collect();
    let mut names: Vec<&Vec<String>> = Vec::new();
    let mut number = |labels| match names.iter().position(|known| *known == labels) {
        Some(number) => number,
        None => {
            names.push(labels);
            names.len() - 1
        }
    };
    let families: Vec<(usize, usize)> =
        readings.iter().map(|reading| (number(&reading.labels[0]), number(&reading.labels[1]))).collect();
    let is_lure = |verdict: usize| verdict >= 2;
    let count = |test: fn(&Reading) -> bool| readings.iter().filter(|reading| test(reading)).count();
    Agreement {
        n_rows: readings.len(),
        verdict_alpha: alpha(&verdicts, Scale::Ordinal),
        family_alpha: alpha(&families, Scale::Nominal),
        n_opposed: verdicts.iter().filter(|(first, second)| is_lure(*first) != is_lure(*second)).count(),
        n_natural: count(|reading| reading.natural),
        n_realistic: count(|reading| reading.realistic),
    }
}

/// A random part of the rows of each language for a second reader: the same rows on every machine, in the order of the
/// records. Which rows are in it depends on their identifiers only.
pub fn sample(records: &[Record], share: f64) -> Vec<&Record> {
    let draw = |record: &Record| xxhash_rust::xxh3::xxh3_64_with_seed(record.id.as_bytes(), SAMPLE_SEED);
    let mut by_language: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for record in records {
        by_language.entry(&record.language).or_default().push(draw(record));
    }
    let last_drawn = |mut draws: Vec<u64>| {
        draws.sort_unstable();
        draws[((share * draws.len() as f64).ceil() as usize).clamp(1, draws.len()) - 1]
    };
    let limits: BTreeMap<&str, u64> =
        by_language.into_iter().map(|(language, draws)| (language, last_drawn(draws))).collect();
    records.iter().filter(|record| draw(record) <= limits[record.language.as_str()]).collect()
}

/// How far apart two values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal or not.
    Nominal,
    /// By the number of values between them.
    Ordinal,
}

/// Krippendorff's alpha of two readers without missing values: one minus observed over expected disagreement.
///
/// Values are small whole numbers. `None` where no disagreement is possible: fewer than two values occur.
pub fn alpha(pairs: &[(usize, usize)], scale: Scale) -> Option<f64> {
    let n_values = pairs.iter().map(|&(one, two)| one.max(two) + 1).max()?;
    let mut totals = vec![0.0; n_values];
    for &(one, two) in pairs {
        totals[one] += 1.0;
        totals[two] += 1.0;
    }
    let distance = |one: usize, two: usize| match scale {
        _ if one == two => 0.0,
        Scale::Nominal => 1.0,
        Scale::Ordinal => {
            let (low, high) = (one.min(two), one.max(two));
            let between: f64 = totals[low..=high].iter().sum();
            (between - (totals[low] + totals[high]) / 2.0).powi(2)
        }
    };
    let n: f64 = totals.iter().sum();
    let observed = pairs.iter().map(|&(one, two)| 2.0 * distance(one, two)).sum::<f64>() / n;
    let mut expected = 0.0;
    for one in 0..n_values {
        for two in 0..n_values {
            expected += totals[one] * totals[two] * distance(one, two);
        }
    }
    expected /= n * (n - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_is_one_for_equal_readings_and_none_without_variety() {
        assert_eq!(alpha(&[(0, 0), (1, 1), (3, 3)], Scale::Ordinal), Some(1.0));
        assert_eq!(alpha(&[(2, 2), (2, 2)], Scale::Nominal), None);
        assert_eq!(alpha(&[], Scale::Nominal), None);
    }

    #[test]
    fn alpha_agrees_with_a_worked_example() {
        // Ten items, two values, worked by hand: coincidences 00: 10, 01 and 10: 4 each, 11: 2; 14 zeros and 6 ones.
        // Observed 8/20; expected 2 * 14 * 6 / (20 * 19).
        let pairs = [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 1), (0, 1), (1, 0), (0, 1), (1, 0)];
        let want = 1.0 - (8.0 / 20.0) / (2.0 * 14.0 * 6.0 / 380.0);
        assert!((alpha(&pairs, Scale::Nominal).unwrap() - want).abs() < 1e-12);
        // With two values the ordinal distance is the nominal one, up to a factor.
        assert!((alpha(&pairs, Scale::Ordinal).unwrap() - want).abs() < 1e-12);
    }

    #[test]
    fn ordinal_alpha_forgives_neighbours() {
        let near = [(0, 0), (4, 4), (3, 4), (1, 1), (2, 2), (3, 3)];
        let far = [(0, 0), (4, 4), (0, 4), (1, 1), (2, 2), (3, 3)];
        assert!(alpha(&near, Scale::Ordinal) > alpha(&far, Scale::Ordinal));
    }

    #[test]
    fn the_sample_has_its_share_of_every_language() {
        let record = |idx: usize| Record {
            id: format!("row-{idx}"),
            language: if idx < 100 { "km".into() } else { "en".into() },
            ..Record::default()
        };
        let records: Vec<Record> = (0..400).map(record).collect();
        let drawn = sample(&records, 0.15);
        assert_eq!(drawn.iter().filter(|record| record.language == "km").count(), 15);
        assert_eq!(drawn.len(), 60);
        assert_eq!(sample(&records, 1.0).len(), 400);
    }

    #[test]
    fn readings_are_compared_by_language() {
        let reading = |language: &str, verdicts, second: &[&str]| Reading {
            language: language.into(),
            verdicts,
            labels: [vec!["romance".into()], second.iter().map(|label| (*label).to_owned()).collect()],
            natural: true,
            realistic: verdicts[1] == 3,
        };
        let readings = [
            reading("en", [3, 0], &[]),
            reading("en", [3, 3], &["romance"]),
            reading("fr", [4, 3], &["romance"]),
        ];
        let found = agreement(&readings);
        let english = found["en"];
        assert_eq!((english.n_rows, english.n_opposed, english.n_natural, english.n_realistic), (2, 1, 2, 1));
        assert_eq!((found["all"].n_rows, found["fr"].family_alpha), (3, None));
    }
}
