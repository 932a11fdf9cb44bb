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
        let sum: f64 = explanation.evidence.iter().map(|piece| piece.contribution).sum();
        let parts = explanation.intercept + explanation.unplaced + sum;
        prop_assert!((parts - explanation.logit).abs() < 1e-3, "{parts} {}", explanation.logit);
        // Where a passage of a long text decided, the logit is that of the passage.
        if explanation.verdict.passage.is_none() {
            let logit = lurewatch::linear::logit(explanation.verdict.risk);
            prop_assert!((explanation.logit - logit).abs() < 1e-6, "{} {logit}", explanation.logit);
        }
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

/// Ordinary paragraphs, each of a passage's length.
const ORDINARY: [&str; 4] = [
    "We spent the whole of Saturday painting the kitchen, and the colour is much lighter than on the tin. \
     My brother came over with sandwiches at noon and stayed until the last wall was dry, so we played cards \
     with the children in the garden until it was dark. ",
    "On Monday the school has a meeting about the new timetable, which moves the swimming lessons to Thursday. \
     Please bring the form with you, signed on the back, because the office closes early that week and the \
     coach wants all the names before the holidays begin. ",
    "The doctor says that the knee is healing well and that I may walk to the lake again, slowly and with a \
     stick. I have found a good pair of shoes in the shop by the station, and the neighbour lends me her dog on \
     Sundays so that I do not walk alone. ",
    "Your aunt sends her love and asks whether the plum jam arrived in one piece. She has more of it in the \
     cellar than she can eat in two winters, and the apples are ripe as well, so bring some boxes when you come \
     for her birthday in October, and a warm coat. ",
];

const REQUESTS: &str = "Your account on the platform shows a profit of 48,000 USDT, but the withdrawal is frozen \
    until the income tax of 12% is paid. Send the tax in USDT to the wallet of the customer service first, then the \
    platform releases your balance within an hour. My teacher in the trading group guarantees 3% every day, and \
    nobody has lost anything with his signals. Deposit 500 USDT today and follow him, the mentor earns back every \
    loss for you. ";

#[test]
fn a_request_in_a_long_text_is_found_and_shown() {
    let classifier = shared();
    let harmless = ORDINARY.concat();
    assert!(classifier.score(&harmless).band <= Band::Watch);
    let text = [ORDINARY[0], ORDINARY[1], REQUESTS, ORDINARY[2], ORDINARY[3]].concat();
    let explanation = classifier.scorer().explain(&text);
    let verdict = explanation.verdict;
    assert_eq!(verdict, classifier.score(&text));
    assert!(verdict.band >= Band::Caution, "{verdict:?}");
    let passage = verdict.passage.expect("one passage decides");
    assert!(text[passage.start..passage.end].contains("USDT"));
    assert!(
        explanation
            .evidence
            .iter()
            .all(|piece| passage.start <= piece.span.start && piece.span.end <= passage.end)
    );
    assert!(explanation.reasons().next().is_some());
}

proptest! {
    #[test]
    fn a_long_text_is_at_least_as_risky_as_its_passage_says(first in 0usize..4, n_requests in 0usize..4) {
        let classifier = shared();
        let text = [ORDINARY[first], &REQUESTS.repeat(n_requests), &ORDINARY.concat()].concat();
        let verdict = classifier.score(&text);
        if let Some(passage) = verdict.passage {
            prop_assert!(text.get(passage.start..passage.end).is_some());
            let alone = classifier.score(&text[passage.start..passage.end]);
            prop_assert_eq!(alone.probabilities(), verdict.probabilities());
            prop_assert!(alone.risk >= verdict.risk - 1e-9);
        }
    }
}
