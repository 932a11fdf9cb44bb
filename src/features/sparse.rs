//! Sparse rows: compressed sparse row (CSR) storage.

use serde::{Deserialize, Serialize};

/// A matrix of shape `(n_samples, n_features)` of which only the non-zero values are stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CsrMatrix {
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    n_features: usize,
}

impl CsrMatrix {
    /// A matrix without rows.
    pub fn new(n_features: usize) -> CsrMatrix {
        CsrMatrix { offsets: vec![0], columns: Vec::new(), values: Vec::new(), n_features }
    }

    /// Appends a row of (column, value) pairs. Columns must rise and be below `n_features`.
    ///
    /// # Panics
    ///
    /// If a column is out of bounds.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            assert!((column as usize) < self.n_features, "column {column} of {}", self.n_features);
            self.columns.push(column);
            self.values.push(value);
        }
        self.offsets.push(self.columns.len());
    }

    /// Rows.
    pub fn n_samples(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Columns.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// Stored values.
    pub fn n_stored(&self) -> usize {
        self.values.len()
    }

    /// The (column, value) pairs of one row.
    pub fn row(&self, idx: usize) -> impl ExactSizeIterator<Item = (u32, f32)> + Clone + '_ {
        let range = self.offsets[idx]..self.offsets[idx + 1];
        self.columns[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }

    /// Product of one row with a vector of length `n_features`.
    pub fn dot(&self, idx: usize, weights: &[f64]) -> f64 {
        self.row(idx).map(|(column, value)| f64::from(value) * weights[column as usize]).sum()
    }

    /// The rows with the given indices, in that order.
    pub fn select(&self, rows: &[usize]) -> CsrMatrix {
        let mut selected = CsrMatrix::new(self.n_features);
        for &idx in rows {
            selected.push_row(self.row(idx));
        }
        selected
    }
}
