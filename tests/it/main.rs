//! One binary for all tests of what is public.

mod allocation; // scoring allocates nothing after the first text
#[cfg(feature = "train")]
mod artifact; // any bytes give a model or an error
#[cfg(feature = "cli")]
mod cli; // the program's contract
#[cfg(feature = "train")]
mod disguise; // disguised writing changes no verdict
mod fairness; // who somebody is, is never evidence
mod golden; // verdicts by language
mod laws; // of text and features, for any string
#[cfg(feature = "train")]
mod oracle; // independent implementations
mod scoring; // the classifier's public face
#[cfg(feature = "train")]
mod training; // records to model
