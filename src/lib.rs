//! Warns about romance lures and crypto-investment lures, in many languages, offline, with reasons.
//!
//! A text goes in; a [`Verdict`] comes out: a calibrated risk, a band, a probability for each family of lure, or an
//! abstention. Asked why, [`Scorer::explain`] answers with spans of the text itself. Underneath is a linear model:
//! words, character n-grams and cues, weighted by TF-IDF, one-vs-rest logistic regression, one file.
//!
//! # Overview
//!
//! * [`Classifier`]: a trained model, read-only, shared between threads. [`Classifier::embedded`] is compiled in.
//! * [`Scorer`]: a classifier with the buffers of one thread; after the first text it allocates nothing.
//! * [`Verdict`]: the answer, with its [`Band`]. [`Explanation`]: the answer with its [`Evidence`].
#![cfg_attr(
    feature = "train",
    doc = "* [`train()`]: labelled [`Record`]s to an artifact and an honest [`Report`]."
)]
//!
//! # Score
//!
//! ```
//! let classifier = lurewatch::Classifier::embedded();
//! let verdict = classifier.score("Pay the 12% tax first, then the platform releases your USDT balance.");
//! assert!(verdict.band >= lurewatch::Band::High);
//! ```
//!
//! # Explain
//!
//! ```
//! let text = "Pay the 12% tax first, then the platform releases your USDT balance.";
//! let classifier = lurewatch::Classifier::embedded();
//! let explanation = classifier.scorer().explain(text);
//! let strongest = explanation.reasons().next().expect("a lure has reasons");
//! assert!(text[strongest.span.start..strongest.span.end].len() > 2);
//! ```
//!
#![cfg_attr(feature = "train", doc = include_str!("docs/train.md"))]
//! # What it cannot do
//!
//! It reads text only: no pictures, voices, profiles or payments. One message of small talk carries no signal, and a
//! bond without a request cannot be judged from text. New campaigns appear after training. A score is about a text,
//! never about a person, and the lowest band means "no known signs in this text", never "safe".
//!
//! # Crate features
//!
//! * `train` (default): learning and measuring; brings in linfa and ndarray. Without it this is pure inference, which
//!   does no I/O, starts no thread, and builds for `wasm32-unknown-unknown`.
//! * `cli` (default): the program `lurewatch`.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod error;

pub mod text;

pub mod features;

pub mod linear;

mod verdict;

mod artifact;
mod classifier;
mod explain;
mod passages;

#[cfg(feature = "train")]
pub mod dataset;
#[cfg(feature = "train")]
pub mod evaluate;
#[cfg(feature = "train")]
mod parallel;
#[cfg(feature = "train")]
mod train;

pub use artifact::{Abstention, AnalyzerVersions, FORMAT_VERSION, Metadata, TrainingRecord};
pub use classifier::{Classifier, Scorer};
#[cfg(feature = "train")]
pub use dataset::Record;
pub use error::{Error, ErrorKind, Result};
#[cfg(feature = "train")]
pub use evaluate::report::Report;
pub use explain::{Counterfactual, Evidence, Explanation};
pub use passages::PassageParams;
#[cfg(feature = "train")]
pub use train::{Progress, Trained, config, curve, train};
pub use verdict::{BANDS, Band, MAX_LABELS, Thresholds, Verdict};
