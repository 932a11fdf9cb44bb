//! After the first text, scoring allocates nothing.

use lurewatch::Classifier;

const TEXTS: &[&str] = &[
    "Pay the 12% tax first, then the platform releases your USDT balance. https://pay.example.com/x",
    "Chị ơi mấy giờ chiều nay mình đón bé vậy? Được không ạ?",
    "老师带单，每天稳赚3%，名额只剩两个。 t e l e g r a m",
    "พรุ่งนี้เจอกันหน้าออฟฟิศนะ เดี๋ยวแวะซื้อกาแฟให้",
    "Скинь адрес, я через час буду. Whаtsapp 𝐩𝐫𝐨𝐟𝐢𝐭",
    "नमस्ते, आप कैसे हैं? e\u{301}t\u{200b}e",
];

#[test]
fn scoring_allocates_nothing_after_the_first_text() {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let score_all =
        |scorer: &mut lurewatch::Scorer<'_>| TEXTS.iter().map(|text| scorer.score(text).risk).sum::<f64>();
    let before = score_all(&mut scorer);
    let mut after = 0.0;
    let counted = allocation_counter::measure(|| after = score_all(&mut scorer));
    assert_eq!(after, before);
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
