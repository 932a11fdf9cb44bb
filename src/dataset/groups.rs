//! Near-duplicates: which rows must stay on the same side of a split.
//!
//! Two texts of one language are near-duplicates if their sets of character 5-grams have a Jaccard similarity of at
//! least [`SIMILAR`]. Candidates come from prefix filtering (Chaudhuri, Ganti and Kaushik, ICDE 2006; Bayardo, Ma and
//! Srikant, WWW 2007): two sets that similar share one of their rarest elements, so only those are indexed.

use super::Record;
use crate::features::hashing::{self, HashKeyMap, Seed};
use std::collections::{BTreeSet, HashMap};

/// Least Jaccard similarity of near-duplicates.
pub const SIMILAR: f64 = 0.5;

const GRAM: usize = 5;

/// A number for each row, the same for rows of one name; names in their order.
pub(crate) fn by_name<'r, N: Ord>(
    records: impl Iterator<Item = &'r Record>,
    name: impl Fn(&'r Record) -> N,
) -> Vec<usize> {
    let names: Vec<N> = records.map(name).collect();
    let distinct: Vec<&N> = names.iter().collect::<BTreeSet<_>>().into_iter().collect();
    names.iter().map(|name| distinct.binary_search(&name).unwrap_or(0)).collect()
}

/// The batch that a row belongs to.
pub(crate) fn batch(record: &Record) -> (&str, &str) {
    (&record.language, &record.batch)
}

/// The pairs of rows (first < second) that are near-duplicates, with their similarity.
pub fn near_duplicates(records: &[Record]) -> Vec<(usize, usize, f64)> {
    let sets = ranked_sets(records);
    let mut index: HashMap<(&str, u32), Vec<usize>> = HashMap::new();
    let mut seen = vec![usize::MAX; records.len()];
    let mut pairs = Vec::new();
    for (second, set) in sets.iter().enumerate() {
        let prefix = set.len() - (SIMILAR * set.len() as f64).ceil() as usize + 1;
        let mut candidates: Vec<usize> = Vec::new();
        for &gram in &set[..prefix.min(set.len())] {
            let rows = index.entry((records[second].language.as_str(), gram)).or_default();
            for &first in rows.iter().filter(|&&first| similar_size(sets[first].len(), set.len())) {
                if seen[first] != second {
                    seen[first] = second;
                    candidates.push(first);
                }
            }
            rows.push(second);
        }
        candidates.sort_unstable();
        for first in candidates {
            if let Some(similarity) = jaccard(&sets[first], set) {
                pairs.push((first, second, similarity));
            }
        }
    }
    pairs
}

/// Each text's grams as ranks in rising order: the rarest gram of all texts has rank 0.
fn ranked_sets(records: &[Record]) -> Vec<Vec<u32>> {
    let sets: Vec<Vec<u64>> = records.iter().map(|record| grams(&record.text)).collect();
    let mut frequency: HashKeyMap<u32> = HashKeyMap::default();
    for gram in sets.iter().flatten() {
        *frequency.entry(*gram).or_insert(0) += 1;
    }
    let mut order: Vec<(u32, u64)> = frequency.iter().map(|(&gram, &count)| (count, gram)).collect();
    order.sort_unstable();
    let rank: HashKeyMap<u32> =
        order.iter().enumerate().map(|(rank, &(_, gram))| (gram, rank as u32)).collect();
    let ranked = |set: Vec<u64>| {
        let mut ranks: Vec<u32> = set.iter().map(|gram| rank[gram]).collect();
        ranks.sort_unstable();
        ranks
    };
    sets.into_iter().map(ranked).collect()
}

/// Sets of too different sizes cannot be similar.
fn similar_size(one: usize, two: usize) -> bool {
    one.min(two) as f64 >= SIMILAR * one.max(two) as f64
}

/// A group number for each row: rows joined by near-duplicates, directly or through others, have the same one.
pub fn clusters(records: &[Record]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..records.len()).collect();
    for (first, second, _) in near_duplicates(records) {
        let (one, two) = (root(&mut parent, first), root(&mut parent, second));
        parent[one.max(two)] = one.min(two);
    }
    (0..records.len()).map(|idx| root(&mut parent, idx)).collect()
}

fn root(parent: &mut [usize], mut idx: usize) -> usize {
    while parent[idx] != idx {
        parent[idx] = parent[parent[idx]];
        idx = parent[idx];
    }
    idx
}

/// Distinct hashes of the 5-grams of the text, lower-cased, white space folded; a shorter text is one gram.
fn grams(text: &str) -> Vec<u64> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let windows = starts.windows(GRAM + 1).map(|window| &folded[window[0]..window[GRAM]]);
    let mut hashes: Vec<u64> = windows.map(|gram| hashing::of_text(Seed::Characters, gram)).collect();
    if hashes.is_empty() {
        hashes.push(hashing::of_text(Seed::Characters, &folded));
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Jaccard similarity of two rising sets, if it is at least [`SIMILAR`].
fn jaccard(one: &[u32], two: &[u32]) -> Option<f64> {
    let total = one.len() + two.len();
    let needed = (SIMILAR / (1.0 + SIMILAR) * total as f64).ceil() as usize;
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while i < one.len() && j < two.len() {
        if shared + (one.len() - i).min(two.len() - j) < needed {
            return None;
        }
        match one[i].cmp(&two[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let similarity = shared as f64 / (total - shared) as f64;
    (similarity >= SIMILAR).then_some(similarity)
}

/// Shares groups out to folds: the fold of each row. Larger groups go first, each to the fold with the fewest rows.
pub fn folds(groups: &[usize], n_folds: usize) -> Vec<usize> {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for &group in groups {
        *sizes.entry(group).or_insert(0) += 1;
    }
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    // Equal sizes are spread by hash, so that neighbours in a file do not all meet in one fold.
    let spread = |group: usize| hashing::of_pair(group as u64, 0x5EED);
    order.sort_by_key(|&(group, size)| (std::cmp::Reverse(size), spread(group)));
    let mut filled = vec![0; n_folds];
    let mut fold_of: HashMap<usize, usize> = HashMap::new();
    for (group, size) in order {
        let fold = (0..n_folds).min_by_key(|&fold| (filled[fold], fold)).unwrap_or(0);
        filled[fold] += size;
        fold_of.insert(group, fold);
    }
    groups.iter().map(|group| fold_of[group]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(language: &str, text: &str) -> Record {
        Record { text: text.into(), language: language.into(), ..Record::default() }
    }

    #[test]
    fn near_duplicates_are_found_within_a_language() {
        let records = [
            record("en", "please send the money to this account today"),
            record("en", "Please send the  money to this account tomorrow"),
            record("fr", "please send the money to this account today"),
            record("en", "see you at the gym on friday then"),
        ];
        let pairs: Vec<(usize, usize)> =
            near_duplicates(&records).iter().map(|pair| (pair.0, pair.1)).collect();
        assert_eq!(pairs, [(0, 1)]);
        assert_eq!(clusters(&records), [0, 0, 2, 3]);
    }

    #[test]
    fn prefix_filtering_finds_what_comparing_all_pairs_finds() {
        let words = ["lunch", "today", "at", "noon", "with", "maria", "and", "the", "kids", "again"];
        let mut records = Vec::new();
        for seed in 0u64..60 {
            let pick = |place: u64| words[(hashing::of_pair(seed, place) % words.len() as u64) as usize];
            records.push(record("en", &(0..6).map(pick).collect::<Vec<_>>().join(" ")));
        }
        let sets: Vec<Vec<u64>> = records.iter().map(|record| grams(&record.text)).collect();
        let mut slow = Vec::new();
        for second in 0..records.len() {
            for first in 0..second {
                let shared = sets[first].iter().filter(|gram| sets[second].contains(gram)).count();
                let union = sets[first].len() + sets[second].len() - shared;
                if shared as f64 / union as f64 >= SIMILAR {
                    slow.push((first, second));
                }
            }
        }
        let fast: Vec<(usize, usize)> =
            near_duplicates(&records).iter().map(|pair| (pair.0, pair.1)).collect();
        assert!(!slow.is_empty());
        assert_eq!(fast, slow);
    }

    #[test]
    fn a_group_never_spans_two_folds() {
        let groups: Vec<usize> = (0..100).map(|idx| idx / 3).collect();
        let folds = folds(&groups, 5);
        for (idx, group) in groups.iter().enumerate() {
            assert_eq!(folds[idx], folds[groups.iter().position(|other| other == group).unwrap()]);
        }
        for fold in 0..5 {
            let size = folds.iter().filter(|&&other| other == fold).count();
            assert!((18..=22).contains(&size), "fold {fold} has {size}");
        }
    }
}
