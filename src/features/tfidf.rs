//! TF-IDF: document frequencies learned once, applied ever after.
//!
//! ```text
//! idf(t)   = ln((1 + n) / (1 + df(t))) + 1                 (scikit-learn's smooth_idf)
//! tf'(t,d) = 1 + ln tf(t,d)     if sublinear_tf, else tf(t,d)
//! x(t,d)   = w_view * tf'(t,d) * idf(t) / sqrt(sum over the view's terms u of (tf'(u,d) * idf(u))^2)
//! ```
//!
//! as in scikit-learn's `TfidfVectorizer` (its documentation, "Tf-idf term weighting"), one such vector a view, side by
//! side. The idf is learned in `fit` and never again: a message scored alone has the features it had in a batch.

use super::hashing::HashKeyMap;
use super::sparse::CsrMatrix;
use super::{Feature, FeatureExtractor, VIEWS, View, inverse_norm, term_weight};
use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What to learn from the documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TfidfParams {
    /// A feature must occur in at least this many documents.
    pub min_df: u32,
    /// A feature must occur in at most this share of the documents, in (0, 1].
    pub max_df: f64,
    /// Whether a term's frequency counts by its logarithm.
    pub sublinear_tf: bool,
}

impl Default for TfidfParams {
    fn default() -> TfidfParams {
        TfidfParams { min_df: 2, max_df: 1.0, sublinear_tf: true }
    }
}

/// Document frequencies of a set of documents. `merge` of two is the same as counting both.
#[derive(Debug, Clone, Default)]
pub struct DocumentFrequencies {
    counts: HashKeyMap<(u32, u8)>,
    n_documents: u64,
    /// Features of the document being counted; a buffer.
    seen: Vec<(u64, u8)>,
}

impl PartialEq for DocumentFrequencies {
    fn eq(&self, other: &DocumentFrequencies) -> bool {
        self.n_documents == other.n_documents && self.counts == other.counts
    }
}

impl Eq for DocumentFrequencies {}

impl DocumentFrequencies {
    /// Counts one document.
    pub fn add(&mut self, extractor: &mut FeatureExtractor, text: &str) {
        self.seen.clear();
        let seen = &mut self.seen;
        extractor.for_each(text, |_, feature| seen.push((feature.hash, feature.view as u8)));
        self.seen.sort_unstable();
        self.seen.dedup_by_key(|entry| entry.0);
        for &(hash, view) in &self.seen {
            self.counts.entry(hash).or_insert((0, view)).0 += 1;
        }
        self.n_documents += 1;
    }

    /// Adds the counts of other documents.
    pub fn merge(&mut self, other: &DocumentFrequencies) {
        for (&hash, &(count, view)) in &other.counts {
            self.counts.entry(hash).or_insert((0, view)).0 += count;
        }
        self.n_documents += other.n_documents;
    }

    /// Documents counted.
    pub fn n_documents(&self) -> u64 {
        self.n_documents
    }

    /// Distinct features counted.
    pub fn n_features(&self) -> usize {
        self.counts.len()
    }
}

/// Learned columns: which features are kept and what each weighs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tfidf {
    columns: HashKeyMap<u32>,
    hashes: Vec<u64>,
    views: Vec<View>,
    idf: Vec<f32>,
    document_frequencies: Vec<u32>,
    sublinear_tf: bool,
}

impl TfidfParams {
    /// Checks the values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Params`] names the first value that cannot be.
    pub fn check(&self) -> Result<()> {
        if self.min_df == 0 {
            return Err(Error::params("min_df", self.min_df, "1 or more"));
        }
        if !(self.max_df > 0.0 && self.max_df <= 1.0) {
            return Err(Error::params("max_df", self.max_df, "above 0 and at most 1"));
        }
        Ok(())
    }

    /// Learns columns and idf from document frequencies. The most frequent features come first, so that what a solver
    /// touches most lies together; equally frequent ones are in rising order of their hashes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Params`] as [`check`](TfidfParams::check); [`ErrorKind::NotEnoughData`] if no feature is kept.
    pub fn fit(&self, counted: &DocumentFrequencies) -> Result<Tfidf> {
        self.check()?;
        let most = self.max_df * counted.n_documents as f64;
        let wanted = |df: u32| df >= self.min_df && f64::from(df) <= most;
        let mut kept: Vec<(u64, u32, u8)> = counted
            .counts
            .iter()
            .filter(|(_, (df, _))| wanted(*df))
            .map(|(&hash, &(df, view))| (hash, df, view))
            .collect();
        kept.sort_unstable_by_key(|&(hash, df, _)| (Reverse(df), hash));
        if kept.is_empty() {
            let problem =
                format!("no feature occurs in {} of {} documents", self.min_df, counted.n_documents);
            return Err(ErrorKind::NotEnoughData { problem }.into());
        }
        let mut tfidf = Tfidf { sublinear_tf: self.sublinear_tf, ..Tfidf::default() };
        for (hash, df, view) in kept {
            tfidf.push(hash, VIEWS[view as usize], smooth_idf(counted.n_documents, df), df);
        }
        Ok(tfidf)
    }
}

/// `ln((1 + n) / (1 + df)) + 1`.
fn smooth_idf(n_documents: u64, df: u32) -> f32 {
    (((1.0 + n_documents as f64) / (1.0 + f64::from(df))).ln() + 1.0) as f32
}

impl Tfidf {
    fn push(&mut self, hash: u64, view: View, idf: f32, df: u32) {
        self.columns.insert(hash, self.hashes.len() as u32);
        self.hashes.push(hash);
        self.views.push(view);
        self.idf.push(idf);
        self.document_frequencies.push(df);
    }

    /// Columns.
    pub fn n_features(&self) -> usize {
        self.hashes.len()
    }

    /// The hash of the feature in a column.
    pub fn hash(&self, column: usize) -> u64 {
        self.hashes[column]
    }

    /// The view of a column.
    pub fn view(&self, column: usize) -> View {
        self.views[column]
    }

    /// The idf of a column.
    pub fn idf(&self, column: usize) -> f32 {
        self.idf[column]
    }

    /// The number of documents that a column's feature occurred in.
    pub fn document_frequency(&self, column: usize) -> u32 {
        self.document_frequencies[column]
    }

    /// The column of a feature, if it was kept.
    pub fn column(&self, hash: u64) -> Option<u32> {
        self.columns.get(&hash).copied()
    }

    /// Only the given columns, in rising order, with the idf replaced by what `idf` makes of it.
    pub fn select(&self, columns: &[usize], idf: impl Fn(f32) -> f32) -> Tfidf {
        let mut selected = Tfidf { sublinear_tf: self.sublinear_tf, ..Tfidf::default() };
        for &column in columns {
            let weight = idf(self.idf[column]);
            selected.push(self.hashes[column], self.views[column], weight, self.document_frequencies[column]);
        }
        selected
    }

    /// The rows of texts: shape `(n_samples, n_features)`.
    pub fn transform<'t>(
        &self,
        extractor: &mut FeatureExtractor,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> CsrMatrix {
        let weights = extractor.params().view_weights;
        let mut matrix = CsrMatrix::new(self.n_features());
        let mut columns = Vec::new();
        let mut row = Vec::new();
        for text in texts {
            columns.clear();
            extractor.for_each(text, |_, feature: Feature| columns.extend(self.column(feature.hash)));
            self.weigh(&mut columns, &weights, &mut row);
            matrix.push_row(row.iter().copied());
        }
        matrix
    }

    /// Counts columns and turns the counts into the weighted, scaled row.
    fn weigh(&self, columns: &mut [u32], view_weights: &[f32; 5], row: &mut Vec<(u32, f32)>) {
        columns.sort_unstable();
        row.clear();
        let mut squares = [0f32; VIEWS.len()];
        for group in columns.chunk_by(|one, two| one == two) {
            let column = group[0] as usize;
            let value = term_weight(group.len() as u32, self.sublinear_tf) * self.idf[column];
            squares[self.views[column] as usize] += value * value;
            row.push((group[0], value));
        }
        let scale: [f32; VIEWS.len()] =
            std::array::from_fn(|view| view_weights[view] * inverse_norm(squares[view]));
        for (column, value) in row.iter_mut() {
            *value *= scale[self.views[*column as usize] as usize];
        }
    }
}
