//! Any bytes give a model or a clear error; equal data give equal bytes.

use crate::training::{config, records};
use lurewatch::{Classifier, ErrorKind, train};
use proptest::prelude::*;
use std::sync::OnceLock;

fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| train(&records(), &config(), "fee\tpay the tax\n", |_| {}).expect("it trains").bytes)
}

#[test]
fn a_round_trip_keeps_every_score() {
    let classifier = Classifier::from_bytes(bytes()).expect("valid bytes");
    let copy = Classifier::from_vec(bytes()).expect("valid bytes");
    for record in records() {
        assert_eq!(classifier.score(&record.text), copy.score(&record.text));
    }
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = bytes();
    let step = (bytes.len() / 997).max(1);
    for len in (0..bytes.len()).step_by(step) {
        assert!(Classifier::from_bytes(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let mut damaged = bytes().to_vec();
    let step = (damaged.len() / 1999).max(1);
    for at in (0..damaged.len()).step_by(step) {
        damaged[at] ^= 0x41;
        assert!(Classifier::from_bytes(&damaged).is_err(), "byte {at}");
        damaged[at] ^= 0x41;
    }
}

#[test]
fn an_artifact_of_the_future_says_so() {
    let newer = String::from_utf8_lossy(bytes()).into_owned();
    assert!(newer.contains("\\\"format_version\\\":3,"), "the version stands in the header");
    let at = bytes()
        .windows(18)
        .position(|window| window == b"\\\"format_version\\\"")
        .expect("the version stands in the header");
    let mut damaged = bytes().to_vec();
    damaged[at + 19] = b'9';
    let error = Classifier::from_bytes(&damaged).expect_err("a newer version");
    assert!(matches!(error.kind(), ErrorKind::Version { found: 9, supported: 3 }), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_give_a_model_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
        prop_assert!(Classifier::from_bytes(&bytes).is_err());
    }

    #[test]
    fn spliced_artifacts_give_a_model_or_an_error(cut in 0usize..2000, noise in proptest::collection::vec(any::<u8>(), 0..64)) {
        let original = bytes();
        let cut = cut.min(original.len());
        let spliced = [&original[..cut], &noise, &original[cut..]].concat();
        prop_assert_eq!(Classifier::from_bytes(&spliced).is_ok(), noise.is_empty());
    }
}

/// Files of every format version that was ever written must still load and score as they did.
#[test]
fn old_artifacts_still_load() {
    let file = include_bytes!("../data/artifacts/format-1.lure");
    let classifier = Classifier::from_bytes(file).expect("format 1 is known");
    assert_eq!(classifier.labels(), ["investment", "romance"]);
    let verdict = classifier.score("Pay the tax before the platform lets you withdraw");
    assert!((verdict.risk - 0.686_092).abs() < 1e-4, "{}", verdict.risk);

    // The lexicon packed, and a head for an ordinary kind of text that enters the risk.
    let file = include_bytes!("../data/artifacts/format-2.lure");
    let classifier = Classifier::from_bytes(file).expect("format 2 is known");
    assert_eq!(classifier.metadata().auxiliary, ["notices"]);
    assert_eq!(classifier.tags(), ["guaranteed_return", "payout_fee", "warning_context"]);
    let verdict = classifier.score("Pay the tax before the platform lets you withdraw");
    assert!((verdict.risk - 0.580_055).abs() < 1e-4, "{}", verdict.risk);
    assert!((verdict.probabilities()[0] - 0.388_598).abs() < 1e-4, "{}", verdict.probabilities()[0]);
}

/// Reading allocates at most 32 times the input's size, plus 64 KiB, whatever the bytes are.
#[test]
fn reading_allocates_in_proportion_to_the_input() {
    let good = bytes();
    let mut inputs: Vec<Vec<u8>> =
        vec![good.to_vec(), Vec::new(), vec![0xFF; 4096], u64::MAX.to_le_bytes().to_vec()];
    // Headers that promise far more than there is.
    for claim in [1u64 << 20, 1 << 27, 1 << 40, u64::MAX] {
        let mut lying = good.to_vec();
        lying[..8].copy_from_slice(&claim.to_le_bytes());
        inputs.push(lying);
    }
    let huge = r#"{"weights":{"dtype":"I8","shape":[4611686018427387904,8],"data_offsets":[0,1]}}"#;
    inputs.push([&(huge.len() as u64).to_le_bytes()[..], huge.as_bytes(), &[0]].concat());
    inputs.extend((0..good.len()).step_by((good.len() / 50).max(1)).map(|len| good[..len].to_vec()));
    for input in inputs {
        let counted = allocation_counter::measure(|| drop(Classifier::from_bytes(&input)));
        let limit = 32 * input.len() as u64 + (64 << 10);
        assert!(counted.bytes_max <= limit, "{} bytes for an input of {}", counted.bytes_max, input.len());
    }
}
