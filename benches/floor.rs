//! How fast could it be at all? The same n-grams hashed and the same number of weights added, and nothing else: no
//! offsets, no cues, no concepts, no other scripts, no TF-IDF, no calibration. The ratio of the two is what everything
//! else costs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lurewatch::Classifier;
use std::hint::black_box;

const TEXT: &str = "Running ten minutes late, order me the usual and keep a seat by the window. The blue folder is on my desk.";

/// Slots of the weight table, and weights a slot, as in the default model.
const SLOTS: usize = 1 << 16;
const HEADS: usize = 8;

/// Adds the weights of words, pairs of words, and n-grams of three and four characters with the spaces around words.
fn floor(text: &str, letters: &mut Vec<u8>, weights: &[[i8; HEADS]]) -> [f32; HEADS] {
    letters.clear();
    letters.push(b' ');
    letters.extend(text.bytes().map(|byte| if byte.is_ascii_alphabetic() { byte | 0x20 } else { b' ' }));
    letters.push(b' ');
    let mut sums = [0f32; HEADS];
    let mut add = |hash: u64| {
        for (sum, weight) in sums.iter_mut().zip(&weights[(hash >> 48) as usize % SLOTS]) {
            *sum += f32::from(*weight);
        }
    };
    let (mut before, mut word) = (0u64, 0u64);
    for (idx, &byte) in letters.iter().enumerate() {
        if byte == b' ' {
            if word != 0 {
                add(word);
                add(mix(before, word));
                before = word;
            }
            word = 0;
        } else {
            word = mix(word, u64::from(byte));
        }
        for len in [3, 4] {
            let Some(gram) = letters.get(idx..idx + len) else { continue };
            // An n-gram lies inside a word and the spaces beside it.
            if gram[1..len - 1].contains(&b' ') {
                continue;
            }
            let bytes = gram.iter().fold(len as u64, |bytes, byte| bytes << 8 | u64::from(*byte));
            add(mix(0, bytes));
        }
    }
    sums
}

#[inline]
fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn compare(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("floor");
    group.throughput(Throughput::Bytes(TEXT.len() as u64));
    let weights: Vec<[i8; HEADS]> = (0..SLOTS).map(|slot| [(slot % 7) as i8; HEADS]).collect();
    let mut letters = Vec::new();
    let expected = floor(TEXT, &mut letters, &weights);
    assert!(expected[0] > 0.0);
    group.bench_function("hash and gather", |bencher| {
        bencher.iter(|| assert_eq!(floor(black_box(TEXT), &mut letters, &weights), expected));
    });
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    let verdict = scorer.score(TEXT);
    group.bench_function("score", |bencher| {
        bencher.iter(|| assert_eq!(scorer.score(black_box(TEXT)), verdict));
    });
    group.finish();
}

criterion_group!(benches, compare);
criterion_main!(benches);
