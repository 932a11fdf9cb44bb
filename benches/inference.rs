//! Speed of each stage on one thread. See `benches/README.md`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lurewatch::features::{FeatureExtractor, FeatureParams};
use lurewatch::text::Analyzer;
use lurewatch::{Band, Classifier};
use std::hint::black_box;
use std::sync::Arc;

/// A name, a short message (about 130 bytes) and a long one (about 365 bytes) of each script.
const TEXTS: &[(&str, &str)] = &[
    (
        "latin",
        "Running ten minutes late, order me the usual and keep a seat by the window. The blue folder is on my desk, bring it along please.",
    ),
    (
        "latin_marks",
        "Ch\u{1ecb} \u{1a1}i chi\u{1ec1}u nay m\u{1ea5}y gi\u{1edd} m\u{ec}nh \u{111}\u{f3}n b\u{e9}? Em \u{111}ang k\u{1eb9}t xe \u{1edf} c\u{1ea7}u, ch\u{1ecb} ch\u{1edd} em m\u{1ed9}t ch\u{fa}t nh\u{e9}.",
    ),
    (
        "cyrillic",
        "\u{421}\u{43a}\u{438}\u{43d}\u{44c} \u{430}\u{434}\u{440}\u{435}\u{441}, \u{44f} \u{447}\u{435}\u{440}\u{435}\u{437} \u{447}\u{430}\u{441} \u{431}\u{443}\u{434}\u{443}. \u{41a}\u{43b}\u{44e}\u{447}\u{438} \u{43b}\u{435}\u{436}\u{430}\u{442} \u{443} \u{441}\u{43e}\u{441}\u{435}\u{434}\u{43a}\u{438}.",
    ),
    (
        "arabic",
        "\u{646}\u{644}\u{62a}\u{642}\u{64a} \u{63a}\u{62f}\u{627} \u{623}\u{645}\u{627}\u{645} \u{627}\u{644}\u{645}\u{643}\u{62a}\u{628}\u{629} \u{627}\u{644}\u{633}\u{627}\u{639}\u{629} \u{627}\u{644}\u{62b}\u{627}\u{644}\u{62b}\u{629} \u{628}\u{639}\u{62f} \u{627}\u{644}\u{638}\u{647}\u{631}",
    ),
    (
        "han",
        "\u{660e}\u{5929}\u{4e0b}\u{5348}\u{4e09}\u{70b9}\u{5f00}\u{4f1a}\u{ff0c}\u{8bb0}\u{5f97}\u{5e26}\u{6750}\u{6599}\u{ff0c}\u{7ed3}\u{675f}\u{540e}\u{4e00}\u{8d77}\u{5403}\u{996d}\u{ff0c}\u{8001}\u{5730}\u{65b9}\u{89c1}\u{3002}",
    ),
    (
        "thai",
        "\u{e1e}\u{e23}\u{e38}\u{e48}\u{e07}\u{e19}\u{e35}\u{e49}\u{e40}\u{e08}\u{e2d}\u{e01}\u{e31}\u{e19}\u{e2b}\u{e19}\u{e49}\u{e32}\u{e2d}\u{e2d}\u{e1f}\u{e1f}\u{e34}\u{e28}\u{e19}\u{e30} \u{e40}\u{e14}\u{e35}\u{e4b}\u{e22}\u{e41}\u{e27}\u{e30}\u{e0b}\u{e37}\u{e49}\u{e2d}\u{e01}\u{e32}\u{e41}\u{e1f}\u{e43}\u{e2b}\u{e49}",
    ),
    (
        "disguised",
        "t e l e g r a m me, pr0fit is gu\u{430}ranteed, wh\u{430}ts\u{200b}app only, \u{1d42d}\u{1d42b}\u{1d42e}\u{1d42c}\u{1d42d} the process",
    ),
];

const LURE: &str = "Pay the 12% tax first, then the platform releases your USDT balance.";

/// Each text, and three of it in a row.
fn inputs() -> Vec<(String, String)> {
    let long = |text: &str| [text, text, text].join(" ");
    TEXTS
        .iter()
        .flat_map(|&(name, text)| {
            [(format!("{name}/short"), text.to_owned()), (format!("{name}/long"), long(text))]
        })
        .collect()
}

fn normalize(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalize_and_tokenize");
    let mut analyzer = Analyzer::new();
    for (name, text) in inputs() {
        assert!(!analyzer.analyze(&text).tokens().is_empty());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| analyzer.analyze(black_box(&text)).tokens().len());
        });
    }
}

fn features(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("features");
    let mut extractor = FeatureExtractor::new(FeatureParams::default(), Arc::default());
    for (name, text) in inputs() {
        let mut count = |text: &str| {
            let (mut n_features, mut mixed) = (0u32, 0u64);
            extractor.for_each(text, |_, feature| {
                n_features += 1;
                mixed ^= feature.hash;
            });
            (n_features, mixed)
        };
        let expected = count(&text);
        assert!(expected.0 > 50);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| assert_eq!(count(black_box(&text)), expected));
        });
    }
}

fn score(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("score");
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    assert!(scorer.score(LURE).band >= Band::Caution);
    for (name, text) in inputs() {
        let expected = scorer.score(&text);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| assert_eq!(scorer.score(black_box(&text)), expected));
        });
    }
}

fn explain(criterion: &mut Criterion) {
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    assert!(scorer.explain(LURE).reasons().next().is_some());
    criterion.bench_function("explain/reasons", |bencher| {
        bencher.iter(|| scorer.reasons(black_box(LURE)).evidence.len())
    });
    criterion.bench_function("explain/with_counterfactual", |bencher| {
        bencher.iter(|| {
            scorer.explain(black_box(LURE)).counterfactual.expect("a lure has a strongest reason").risk
        });
    });
}

criterion_group!(benches, normalize, features, score, explain);
criterion_main!(benches);
