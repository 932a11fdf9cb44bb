//! Scored rows, written one after the other. One format a file.

mod csv;
mod json;
mod text;

use crate::args::OutputFormat;
use lurewatch::{Classifier, Evidence, Verdict};
use serde_json::Value;
use std::io::Write;

/// A row with its answer, or why there is none.
#[derive(Debug)]
pub(crate) struct Scored {
    pub(crate) id: Value,
    pub(crate) text: String,
    pub(crate) answer: Result<Answer, String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    /// The strongest reasons; `None` if none were asked for.
    pub(crate) evidence: Option<Vec<Evidence>>,
}

/// Writes rows in one format.
pub(crate) trait Sink {
    /// What stands before the first row.
    fn start(&mut self, out: &mut dyn Write) -> std::io::Result<()>;
    /// One row.
    fn row(&mut self, out: &mut dyn Write, row: &Scored) -> std::io::Result<()>;
    /// What stands after the last row.
    fn end(&mut self, out: &mut dyn Write) -> std::io::Result<()>;
}

/// The sink for a format.
pub(crate) fn sink<'c>(
    format: OutputFormat,
    classifier: &'c Classifier<'c>,
    labels: bool,
    explain: bool,
) -> Box<dyn Sink + 'c> {
    match format {
        OutputFormat::Text => Box::new(text::Text::new(classifier, labels)),
        OutputFormat::Json => Box::new(json::Json::array(classifier)),
        OutputFormat::Jsonl => Box::new(json::Json::lines(classifier)),
        OutputFormat::Csv => Box::new(csv::Csv::new(classifier, explain)),
    }
}

/// Six decimals, and no more than needed: enough for any threshold, and the same on every machine.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

pub(crate) use json::evidence_value;
pub(crate) use text::{band_style, shortened};
