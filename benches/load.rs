//! Time from bytes to a classifier that is ready to score.

use criterion::{Criterion, criterion_group, criterion_main};
use lurewatch::Classifier;
use std::hint::black_box;

fn load(criterion: &mut Criterion) {
    let bytes = Classifier::embedded_bytes();
    criterion.bench_function("load/from_bytes", |bencher| {
        bencher.iter(|| {
            let classifier = Classifier::from_bytes(black_box(bytes)).expect("the embedded model is valid");
            assert!(!classifier.labels().is_empty());
        });
    });
    criterion.bench_function("load/first_score", |bencher| {
        bencher.iter(|| {
            let classifier = Classifier::from_bytes(black_box(bytes)).expect("the embedded model is valid");
            assert!(!classifier.score("see you at lunch on thursday then").abstained);
        });
    });
}

criterion_group!(benches, load);
criterion_main!(benches);
