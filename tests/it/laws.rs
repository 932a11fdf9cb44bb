//! Laws of text and features, for any string.

use lurewatch::features::concept::Lexicon;
use lurewatch::features::{Feature, FeatureExtractor, FeatureParams, View};
use lurewatch::text::Analyzer;
use lurewatch::text::normalize::Disguise;
use proptest::prelude::*;
use std::sync::Arc;

/// Strings of all kinds: any characters, and words with the scripts, signs and disguises that matter here.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-zA-Z]{1,8}",
        "[\u{430}-\u{44f}]{1,8}",
        "[\u{4e00}-\u{4e40}]{1,4}",
        "[\u{e01}-\u{e4e}]{1,6}",
        "[\u{1780}-\u{17d2}]{1,6}",
        "[\u{905}-\u{94d}]{1,6}",
        "[\u{621}-\u{652}]{1,6}",
        "[\u{300}-\u{36f}]{1,3}",
        "[0-9.,%$/:@+-]{1,8}",
        Just("\u{200b}".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("t e l e g r a m".to_owned()),
        Just("https://a.example/b".to_owned()),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Every feature of a text, sorted.
fn features(params: &FeatureParams, text: &str) -> Vec<(View, u64)> {
    let lexicon = Arc::new(Lexicon::parse("fee\tpay the tax\nfee\tgaranti*\n").expect("a valid lexicon"));
    let mut extractor = FeatureExtractor::new(params.clone(), lexicon);
    let mut found = Vec::new();
    extractor.for_each(text, |_, feature: Feature| found.push((feature.view, feature.hash)));
    found.sort_unstable();
    found
}

fn without_cues() -> FeatureParams {
    FeatureParams { cues: false, concepts: false, ..FeatureParams::default() }
}

proptest! {
    #[test]
    fn token_spans_lie_inside_the_text_and_in_order(text in texts()) {
        let mut analyzer = Analyzer::new();
        let analysis = analyzer.analyze(&text);
        let (mut start, mut end) = (0, 0);
        for token in analysis.tokens() {
            prop_assert!(token.span.start >= start && token.span.end >= end, "{:?} falls behind {start}..{end}", token.span);
            prop_assert!(token.span.end > token.span.start);
            prop_assert!(text.get(token.span.start..token.span.end).is_some(), "{:?} cuts a character", token.span);
            (start, end) = (token.span.start, token.span.end);
        }
        for (cue, span) in analysis.cues() {
            prop_assert!(text.get(span.start..span.end).is_some(), "{} at {span:?}", cue.name());
        }
    }

    #[test]
    fn normalizing_twice_is_normalizing_once(text in texts()) {
        let mut analyzer = Analyzer::new();
        let once = analyzer.analyze(&text).normalized();
        let twice = analyzer.analyze(&once).normalized();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn a_text_has_the_same_features_whatever_was_read_before(text in texts(), other in texts()) {
        let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
        let mut first = Vec::new();
        extractor.for_each(&text, |_, feature| first.push(feature));
        extractor.for_each(&other, |_, _| {});
        let mut again = Vec::new();
        extractor.for_each(&text, |_, feature| again.push(feature));
        prop_assert_eq!(first, again);
    }

    #[test]
    fn case_does_not_change_the_features(text in "[a-z0-9 .,$%]{0,60}") {
        prop_assert_eq!(features(&FeatureParams::default(), &text), features(&FeatureParams::default(), &text.to_uppercase()));
    }

    #[test]
    fn invisible_characters_in_a_lexicon_word_do_not_change_its_features(at in 1usize..7, mark in 0usize..5) {
        let mark = ['\u{200b}', '\u{200c}', '\u{ad}', '\u{2060}', '\u{feff}'][mark];
        let mut word = "telegram".to_owned();
        word.insert(at, mark);
        prop_assert_eq!(features(&without_cues(), &word), features(&without_cues(), "telegram"));
    }

    #[test]
    fn look_alikes_in_a_lexicon_word_do_not_change_its_features(mask in 1u8..127) {
        let pairs = [('a', '\u{430}'), ('o', '\u{43e}'), ('e', '\u{435}'), ('p', '\u{440}'), ('c', '\u{441}'), ('i', '\u{456}')];
        for word in ["telegram", "whatsapp", "bitcoin", "profit", "deposit"] {
            let swap = |(idx, ch): (usize, char)| match pairs.iter().find(|pair| pair.0 == ch) {
                Some(&(_, other)) if mask & (1 << (idx % 7)) != 0 => other,
                _ => ch,
            };
            let disguised: String = word.chars().enumerate().map(swap).collect();
            prop_assert_eq!(features(&without_cues(), &disguised), features(&without_cues(), word), "{}", disguised);
        }
    }
}

/// Genuine text, without any disguise, in the languages whose letters look like others' or carry marks.
const GENUINE: &[&str] = &[
    "Привет, как дела? Завтра встречаемся у метро в семь.",
    "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "Їжак їсть яблуко під ґанком.",
    "Καλημέρα, τι κάνεις; Θα τα πούμε αύριο το απόγευμα.",
    "سلام، چطوری؟ فردا می‌خواهم به خانه‌ی مادربزرگ بروم.",
    "नमस्ते, आप कैसे हैं? कल हम बाज़ार जाएँगे।",
    "Chị ơi mấy giờ chiều nay mình đón bé vậy? Được không ạ?",
    "Iğdır'da hava çok güzel, İstanbul'a yarın döneceğim.",
    "Où est passée la clé ? À bientôt, grosses bises !",
    "Können wir das nächste Woche größer planen?",
    "พรุ่งนี้เจอกันหน้าออฟฟิศนะ เดี๋ยวแวะซื้อกาแฟให้",
    "ថ្ងៃស្អែកជួបគ្នានៅផ្សារណា",
    "明天下午三点开会，记得带材料。",
    "明日の会議は三時からです。よろしくお願いします。",
    "내일 세 시에 회의 있어요, 자료 챙겨 주세요.",
    "مرحبا، كيف حالك؟ نلتقي غدا أمام المكتبة.",
    "The iPhone-овый чехол и USDT-кошелёк лежат в столе.",
    "J. R. R. Tolkien, B2B, COVID-19, MP3, 4x4, A-B-C-D.",
];

#[test]
fn genuine_text_is_unchanged_by_the_undoing_of_disguises() {
    let mut analyzer = Analyzer::new();
    for text in GENUINE {
        assert_eq!(*analyzer.analyze(text).disguise(), Disguise::default(), "{text}");
    }
}

#[test]
fn genuine_letters_stay_what_they_are() {
    let mut analyzer = Analyzer::new();
    for text in GENUINE {
        let letters = |text: &str| text.chars().filter(|ch| ch.is_alphabetic()).collect::<String>();
        let folded = letters(&analyzer.analyze(text).normalized());
        // Case and the forms of alef are folded; no other letter may change. NFKC takes the Thai vowel am apart.
        let plain = letters(&text.to_lowercase())
            .replace("i\u{307}", "i")
            .replace(['\u{623}', '\u{625}', '\u{622}'], "\u{627}")
            .replace('\u{e33}', "\u{e4d}\u{e32}");
        assert_eq!(folded, plain, "{text}");
    }
}

/// The reduced view is off in the default settings: the stem where the language is sure, and no diacritics.
#[test]
fn the_reduced_view_joins_inflected_and_accent_free_words() {
    let params = FeatureParams {
        word_ngrams: 0,
        char_ngrams: [0, 0],
        unspaced_ngrams: [0, 0],
        reduced: true,
        ..without_cues()
    };
    assert_eq!(features(&params, "l\u{1ee3}i nhu\u{1ead}n"), features(&params, "loi nhuan"));
    let returns = "what are the returns that you are getting";
    assert_eq!(features(&params, returns), features(&params, &returns.replace("returns", "return")));
    assert_ne!(features(&params, "returns"), features(&params, "return"), "no language, no stem");
    assert!(features(&FeatureParams { reduced: false, ..params.clone() }, returns).is_empty());
}
