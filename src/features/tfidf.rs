//! TF-IDF: document frequencies learned once, applied ever after.
//!
//! ```text
//! idf(t)   = ln((1 + n) / (1 + df(t))) + 1                 (scikit-learn's smooth_idf)
//! tf'(t,d) = 1 + ln tf(t,d)     if sublinear_tf, else tf(t,d)
//! l(d)     = sqrt(sum over the view's terms u of (tf'(u,d) * idf(u))^2)
//! x(t,d)   = w_view * tf'(t,d) * idf(t) / ((1 - slope) * mean of l + slope * l(d))
//! ```
//!
//! one such vector a view, side by side. With a slope of 1 this is scikit-learn's `TfidfVectorizer` (its documentation,
//! "Tf-idf term weighting"). The idf is learned in `fit` and never again: a message scored alone has the features it had
//! in a batch.

use super::hashing::HashKeyMap;
use super::sparse::CsrMatrix;
use super::{Feature, FeatureExtractor, FeatureParams, Pivots, VIEWS, View, term_weight};
use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What to learn from the documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TfidfParams {
    /// A feature must occur in at least this many documents.
    pub min_df: u32,
    /// A feature must occur in documents of at least this many groups, such as the batches of a corpus: what a single
    /// writer says tells little about others.
    pub min_groups: u32,
    /// A feature must occur in at most this share of the documents, in (0, 1].
    pub max_df: f64,
    /// Whether a term's frequency counts by its logarithm.
    pub sublinear_tf: bool,
}

impl Default for TfidfParams {
    fn default() -> TfidfParams {
        TfidfParams { min_df: 2, min_groups: 1, max_df: 1.0, sublinear_tf: true }
    }
}

/// Document frequencies of a set of documents. `merge` of two that share no group is the same as counting both.
#[derive(Debug, Clone, Default)]
pub struct DocumentFrequencies {
    counts: HashKeyMap<Counted>,
    n_documents: u64,
    /// Features of the document being counted; a buffer.
    seen: Vec<(u64, u8)>,
}

/// How often a feature occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    n_documents: u32,
    n_groups: u32,
    /// The group it was seen in last.
    group: u32,
    view: u8,
}

impl PartialEq for DocumentFrequencies {
    fn eq(&self, other: &DocumentFrequencies) -> bool {
        self.n_documents == other.n_documents && self.counts == other.counts
    }
}

impl Eq for DocumentFrequencies {}

impl DocumentFrequencies {
    /// Counts one document of a group. The documents of a group must come one after the other.
    pub fn add(&mut self, extractor: &mut FeatureExtractor, text: &str, group: u32) {
        self.seen.clear();
        let seen = &mut self.seen;
        extractor.for_each(text, |_, feature| seen.push((feature.hash, feature.view as u8)));
        self.seen.sort_unstable();
        self.seen.dedup_by_key(|entry| entry.0);
        for &(hash, view) in &self.seen {
            let new = Counted { n_documents: 0, n_groups: 1, group, view };
            let counted = self.counts.entry(hash).or_insert(new);
            counted.n_documents += 1;
            counted.n_groups += u32::from(counted.group != group);
            counted.group = group;
        }
        self.n_documents += 1;
    }

    /// Adds the counts of other documents.
    pub fn merge(&mut self, other: &DocumentFrequencies) {
        for (&hash, added) in &other.counts {
            let counted =
                self.counts.entry(hash).or_insert(Counted { n_documents: 0, n_groups: 0, ..*added });
            counted.n_documents += added.n_documents;
            counted.n_groups += added.n_groups;
            counted.group = added.group;
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
    pivots: Pivots,
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
        if self.min_groups == 0 {
            return Err(Error::params("min_groups", self.min_groups, "1 or more"));
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
            .filter(|(_, counted)| wanted(counted.n_documents) && counted.n_groups >= self.min_groups)
            .map(|(&hash, counted)| (hash, counted.n_documents, counted.view))
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
        let mut selected = Tfidf { sublinear_tf: self.sublinear_tf, pivots: self.pivots, ..Tfidf::default() };
        for &column in columns {
            let weight = idf(self.idf[column]);
            selected.push(self.hashes[column], self.views[column], weight, self.document_frequencies[column]);
        }
        selected
    }

    /// The usual length of each view, which `length_slope` refers to.
    pub fn pivots(&self) -> Pivots {
        self.pivots
    }

    /// The same columns with other usual lengths, the means of [`lengths`](Tfidf::lengths). Right after
    /// [`fit`](TfidfParams::fit) they are zero, which is right for a `length_slope` of 1 only.
    pub fn with_pivots(self, pivots: Pivots) -> Tfidf {
        Tfidf { pivots, ..self }
    }

    /// For each view the sum of its lengths over the texts, and the number of texts that have it.
    pub fn lengths<'t>(
        &self,
        extractor: &mut FeatureExtractor,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> [(f64, u64); VIEWS.len()] {
        let mut sums = [(0.0, 0); VIEWS.len()];
        let (mut columns, mut row) = (Vec::new(), Vec::new());
        for text in texts {
            self.find(extractor, text, &mut columns);
            for (sum, square) in sums.iter_mut().zip(self.count(&mut columns, &mut row)) {
                *sum = (sum.0 + f64::from(square.sqrt()), sum.1 + u64::from(square > 0.0));
            }
        }
        sums
    }

    /// The rows of texts: shape `(n_samples, n_features)`.
    pub fn transform<'t>(
        &self,
        extractor: &mut FeatureExtractor,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> CsrMatrix {
        let params = extractor.params().clone();
        let mut matrix = CsrMatrix::new(self.n_features());
        let (mut columns, mut row) = (Vec::new(), Vec::new());
        for text in texts {
            self.find(extractor, text, &mut columns);
            self.weigh(&mut columns, &params, &mut row);
            matrix.push_row(row.iter().copied());
        }
        matrix
    }

    /// The columns of a text's features, once for each occurrence.
    fn find(&self, extractor: &mut FeatureExtractor, text: &str, columns: &mut Vec<u32>) {
        columns.clear();
        extractor.for_each(text, |_, feature: Feature| columns.extend(self.column(feature.hash)));
    }

    /// Counts columns and turns the counts into the weighted, scaled row.
    fn weigh(&self, columns: &mut [u32], params: &FeatureParams, row: &mut Vec<(u32, f32)>) {
        let squares = self.count(columns, row);
        let scales = params.view_scales(&squares, &self.pivots);
        for (column, value) in row.iter_mut() {
            *value *= scales[self.views[*column as usize] as usize];
        }
    }

    /// Counts columns and turns the counts into `tf' * idf`; for each view the sum of their squares.
    fn count(&self, columns: &mut [u32], row: &mut Vec<(u32, f32)>) -> [f32; VIEWS.len()] {
        columns.sort_unstable();
        row.clear();
        let mut squares = [0f32; VIEWS.len()];
        for group in columns.chunk_by(|one, two| one == two) {
            let column = group[0] as usize;
            let value = term_weight(group.len() as u32, self.sublinear_tf) * self.idf[column];
            squares[self.views[column] as usize] += value * value;
            row.push((group[0], value));
        }
        squares
    }
}
