//! Time of training: the solver alone, and records to artifact with all folds.

use criterion::{Criterion, criterion_group, criterion_main};
use lurewatch::config::TrainConfig;
use lurewatch::dataset::read::{RecordFormat, read};
use lurewatch::features::sparse::CsrMatrix;
use lurewatch::linear::logistic::LogisticParams;

/// Rows with 40 values among 5,000 columns, the same in every run; the first column decides the class, with noise.
fn problem(n_samples: usize) -> (CsrMatrix, Vec<bool>) {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut rows = CsrMatrix::new(5000);
    let mut positive = Vec::new();
    for _ in 0..n_samples {
        let is = next() % 3 == 0;
        let mut columns: Vec<u32> = (0..40).map(|_| 1 + (next() % 4999) as u32).collect();
        if is == (next() % 10 > 0) {
            columns.push(0);
        }
        columns.sort_unstable();
        columns.dedup();
        rows.push_row(columns.into_iter().map(|column| (column, 0.16)));
        positive.push(is);
    }
    (rows, positive)
}

fn solver(criterion: &mut Criterion) {
    let (rows, positive) = problem(5000);
    let params = LogisticParams::default();
    criterion.bench_function("train/solver_5000_rows", |bencher| {
        bencher.iter(|| {
            let model = params.fit(&rows, &positive, &[]).expect("it converges");
            assert!(model.weights[0] > 0.5);
        });
    });
}

fn whole(criterion: &mut Criterion) {
    let csv = include_bytes!("../tests/data/small.csv");
    let records = read(&csv[..], RecordFormat::Csv, "small").expect("a valid corpus");
    let config = TrainConfig { n_folds: 2, max_features: 600, ..TrainConfig::default() };
    let mut group = criterion.benchmark_group("train");
    group.sample_size(10);
    group.bench_function("records_to_artifact", |bencher| {
        bencher.iter(|| {
            assert!(!lurewatch::train(&records, &config, "", |_| {}).expect("it trains").bytes.is_empty())
        });
    });
}

criterion_group!(benches, solver, whole);
criterion_main!(benches);
