//! JSON: one object a row, keys always in the same order.

use super::{Answer, Scored, Sink, rounded};
use lurewatch::{Classifier, Evidence};
use serde_json::Value;
use std::io::{self, Write};

pub(super) struct Json<'c> {
    classifier: &'c Classifier<'c>,
    array: bool,
    n_rows: usize,
}

impl<'c> Json<'c> {
    pub(super) fn array(classifier: &'c Classifier<'c>) -> Json<'c> {
        Json { classifier, array: true, n_rows: 0 }
    }

    pub(super) fn lines(classifier: &'c Classifier<'c>) -> Json<'c> {
        Json { classifier, array: false, n_rows: 0 }
    }
}

impl Sink for Json<'_> {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.array { out.write_all(b"[") } else { Ok(()) }
    }

    fn row(&mut self, out: &mut dyn Write, row: &Scored) -> io::Result<()> {
        if self.array {
            out.write_all(if self.n_rows == 0 { b"\n" } else { b",\n" })?;
        }
        self.n_rows += 1;
        match &row.answer {
            Ok(answer) => write_answer(out, self.classifier, row, answer)?,
            Err(problem) => write!(out, "{{\"id\":{},\"error\":{}}}", row.id, Value::from(problem.as_str()))?,
        }
        if self.array { Ok(()) } else { out.write_all(b"\n") }
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.array { out.write_all(b"\n]\n") } else { Ok(()) }
    }
}

fn write_answer(
    out: &mut dyn Write,
    classifier: &Classifier<'_>,
    row: &Scored,
    answer: &Answer,
) -> io::Result<()> {
    let verdict = &answer.verdict;
    write!(
        out,
        "{{\"id\":{},\"risk\":{},\"band\":\"{}\",\"abstained\":{},\"labels\":{{",
        row.id,
        rounded(verdict.risk),
        verdict.band.name(),
        verdict.abstained
    )?;
    for (idx, (label, probability)) in classifier.labels().iter().zip(verdict.probabilities()).enumerate() {
        let comma = if idx == 0 { "" } else { "," };
        write!(out, "{comma}{}:{}", Value::from(label.as_str()), rounded(*probability))?;
    }
    out.write_all(b"}")?;
    if let Some(span) = verdict.passage {
        write!(out, ",\"passage\":{{\"start\":{},\"end\":{}}}", span.start, span.end)?;
    }
    if let Some(evidence) = &answer.evidence {
        let values: Vec<Value> =
            evidence.iter().map(|piece| evidence_value(classifier, &row.text, piece)).collect();
        write!(out, ",\"evidence\":{}", Value::from(values))?;
    }
    out.write_all(b"}")
}

/// One piece of evidence as an object.
pub(crate) fn evidence_value(classifier: &Classifier<'_>, text: &str, piece: &Evidence) -> Value {
    serde_json::json!({
        "start": piece.span.start,
        "end": piece.span.end,
        "text": &text[piece.span.start..piece.span.end],
        "label": classifier.labels()[piece.label_idx],
        "contribution": rounded(piece.contribution),
        "tag": piece.tag,
    })
}
