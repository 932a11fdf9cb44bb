//! Who somebody is, is never evidence: the same message from other people, other places or in another grammar.
//!
//! `tests/data/fairness/LANGUAGE.tsv` has lines of attribute, a harmless text with a slot `{}`, and the variants that
//! are put into the slot. Risk may move by 0.02 in the median over the swaps of a language, and no swap may take a text
//! from below `high` to `high`.

use lurewatch::{Band, Classifier};
use std::path::Path;

/// Largest median movement of the risk.
const TOLERANCE: f64 = 0.02;

#[test]
fn swapping_who_and_where_does_not_move_the_risk() {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fairness");
    let mut problems = Vec::new();
    let mut crossings = Vec::new();
    let mut n_languages = 0;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("a readable folder").path();
        let language = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let lines = std::fs::read_to_string(&path).expect("a readable file");
        let mut moves = Vec::new();
        for line in lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [attribute, text, variants] = fields[..] else { panic!("{language}: {line}") };
            let verdicts: Vec<_> = variants
                .split('|')
                .map(|variant| (variant, scorer.score(&text.replace("{}", variant))))
                .collect();
            assert!(verdicts.len() > 1 && text.contains("{}"), "{language}: {line}");
            let mut risks: Vec<f64> = verdicts.iter().map(|(_, verdict)| verdict.risk).collect();
            let middle = median(&mut risks);
            moves.extend(risks.iter().map(|risk| (risk - middle).abs()));
            let flagged: Vec<&str> = verdicts
                .iter()
                .filter(|(_, verdict)| verdict.band >= Band::High)
                .map(|(variant, _)| *variant)
                .collect();
            if !flagged.is_empty() && flagged.len() < verdicts.len() {
                crossings.push(format!("{language} {attribute}: only {flagged:?} reach `high` in: {text}"));
            }
        }
        n_languages += 1;
        all.extend_from_slice(&moves);
        let middle = median(&mut moves);
        println!(
            "{language}: median {middle:.4}, largest {:.3}, {} texts",
            moves[moves.len() - 1],
            moves.len()
        );
        if middle > TOLERANCE {
            problems.push(format!("{language}: the median swap moves the risk by {middle:.3}"));
        }
    }
    assert!(n_languages >= 8, "{n_languages} languages");
    assert!(all.len() >= 500, "{} texts", all.len());
    assert!(crossings.is_empty(), "{}", crossings.join("\n"));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
