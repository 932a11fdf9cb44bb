//! Golden files: for each language, texts with the band and family that the default model must give them.
//!
//! `tests/data/golden/LANGUAGE.tsv` has lines of band, label (or `-`), text. Bands are bounds: `>=high` for a lure,
//! `<=watch` for everything else. A new case is a new line.

use lurewatch::{BANDS, Band, Classifier};
use std::path::Path;

#[test]
fn every_language_gets_the_verdicts_on_file() {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden");
    let mut n_checked = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the golden files are there") {
        let path = entry.expect("a readable folder").path();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<&str> = line.splitn(3, '\t').collect();
            let [bound, label, text] = fields[..] else { panic!("{}: {line}", path.display()) };
            let verdict = scorer.score(text);
            let family = (label != "-").then(|| likeliest(&classifier, verdict.probabilities()));
            if !holds(bound, verdict.band) || family.is_some_and(|family| family != label) {
                wrong.push(format!(
                    "{bound} {label}, but {} {:.3}: {text}",
                    verdict.band.name(),
                    verdict.risk
                ));
            }
            n_checked += 1;
        }
    }
    assert!(n_checked >= 18, "{n_checked} golden texts");
    assert!(wrong.is_empty(), "{} of {n_checked}:\n{}", wrong.len(), wrong.join("\n"));
}

fn holds(bound: &str, band: Band) -> bool {
    let named = |name: &str| *BANDS.iter().find(|band| band.name() == name).expect("a band's name");
    match bound.split_at(2) {
        (">=", name) => band >= named(name),
        ("<=", name) => band <= named(name),
        _ => panic!("{bound} is not a bound"),
    }
}

fn likeliest<'c>(classifier: &'c Classifier<'_>, probabilities: &[f64]) -> &'c str {
    let risky = (0..probabilities.len()).filter(|&idx| classifier.is_risky(idx));
    let best = risky.max_by(|&one, &two| probabilities[one].total_cmp(&probabilities[two])).expect("a label");
    &classifier.labels()[best]
}
