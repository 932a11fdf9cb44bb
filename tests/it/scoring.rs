//! The classifier's public face.

use lurewatch::{Band, Classifier, Explanation, Scorer, Verdict};
use proptest::prelude::*;
use std::panic::{RefUnwindSafe, UnwindSafe};

const LURE: &str = "Pay the 12% tax first, then the platform releases your USDT balance.";

#[test]
fn public_types_can_cross_threads() {
    fn check<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    check::<Classifier<'static>>();
    check::<Verdict>();
    check::<Explanation>();
    fn sendable<T: Send>() {}
    sendable::<Scorer<'static>>();
}

proptest! {
    #[test]
    fn any_text_has_a_verdict(text in any::<String>()) {
        let classifier = shared();
        let verdict = classifier.score(&text);
        prop_assert!((0.0..=1.0).contains(&verdict.risk));
        prop_assert!(verdict.probabilities().iter().all(|probability| (0.0..=1.0).contains(probability)));
        prop_assert_eq!(verdict.probabilities().len(), classifier.labels().len());
    }

    #[test]
    fn contributions_and_intercept_add_up_to_the_logit(text in "[a-zA-Z0-9 .,%$]{0,120}") {
        let classifier = shared();
        let mut scorer = classifier.scorer();
        let explanation = scorer.explain(&text);
        let logit = lurewatch::linear::logit(explanation.verdict.risk);
        let sum: f64 = explanation.evidence.iter().map(|piece| piece.contribution).sum();
        prop_assert!((explanation.intercept + explanation.unplaced + sum - logit).abs() < 1e-3, "{} {logit}", explanation.logit);
        prop_assert!((explanation.logit - logit).abs() < 1e-6);
    }

    #[test]
    fn evidence_covers_the_text_in_pieces_that_do_not_overlap(text in any::<String>()) {
        let mut spans: Vec<_> = shared().scorer().explain(&text).evidence.iter().map(|piece| piece.span).collect();
        spans.sort();
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert!(spans.iter().all(|span| text.get(span.start..span.end).is_some()));
    }
}

fn shared() -> &'static Classifier<'static> {
    static CLASSIFIER: std::sync::OnceLock<Classifier<'static>> = std::sync::OnceLock::new();
    CLASSIFIER.get_or_init(Classifier::embedded)
}

#[test]
fn a_batch_scores_as_its_texts_do_alone() {
    let classifier = shared();
    let texts = [LURE, "see you at six", "", "明天见", LURE, "\u{200b}", "a"];
    let mut scorer = classifier.scorer();
    for text in texts {
        assert_eq!(scorer.score(text), classifier.score(text), "{text}");
    }
}

#[test]
fn the_counterfactual_is_the_risk_of_the_text_without_the_piece() {
    let classifier = shared();
    let explanation = classifier.scorer().explain(LURE);
    let counterfactual = explanation.counterfactual.expect("a lure has a strongest reason");
    let strongest = explanation.reasons().next().expect("a lure has reasons");
    assert_eq!(counterfactual.without, strongest.span);
    let rest = [&LURE[..strongest.span.start], &LURE[strongest.span.end..]].join(" ");
    assert_eq!(counterfactual.risk, classifier.score(&rest).risk);
    assert!(counterfactual.risk < explanation.verdict.risk);
}

#[test]
fn what_cannot_be_judged_is_not_guessed() {
    let classifier = shared();
    for text in
        ["", " ", "...", "\u{1f600}", "12345", "\u{10a0}\u{10a1} \u{10a2}\u{10a3} \u{10a4}", "ᚠᚢᚦ ᚨᚱᚲ ᚷᚹ"]
    {
        let verdict = classifier.score(text);
        assert!(verdict.abstained, "{text}");
        assert_eq!(verdict.band, Band::None, "{text}");
    }
    assert!(!classifier.score("shall we have lunch on thursday").abstained);
}

#[test]
fn bare_openers_stay_at_watch_or_below() {
    let classifier = shared();
    for text in [
        "hi",
        "hello there",
        "is this Anna?",
        "你好",
        "bonjour",
        "hola, eres Marta?",
        "привет",
        "สวัสดีค่ะ",
        "chào em",
    ] {
        assert!(classifier.score(text).band <= Band::Watch, "{text}");
    }
}

#[test]
fn a_very_long_text_is_scored() {
    let text = "pay the tax first and lunch on thursday ".repeat(20_000);
    assert!((0.0..=1.0).contains(&shared().score(&text).risk));
}
