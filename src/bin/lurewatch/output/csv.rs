//! CSV: one row a row, the labels as columns.

use super::{Scored, Sink, evidence_value, rounded};
use lurewatch::Classifier;
use serde_json::Value;
use std::io::{self, Write};

pub(super) struct Csv<'c> {
    classifier: &'c Classifier<'c>,
    explain: bool,
}

impl<'c> Csv<'c> {
    pub(super) fn new(classifier: &'c Classifier<'c>, explain: bool) -> Csv<'c> {
        Csv { classifier, explain }
    }

    fn write(&self, out: &mut dyn Write, fields: &[String]) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 10).from_writer(out);
        writer.write_record(fields).map_err(io::Error::other)?;
        writer.flush()
    }
}

impl Sink for Csv<'_> {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut headings =
            vec!["id".to_owned(), "risk".to_owned(), "band".to_owned(), "abstained".to_owned()];
        headings.extend(self.classifier.labels().iter().cloned());
        if self.explain {
            headings.push("evidence".to_owned());
        }
        headings.push("error".to_owned());
        self.write(out, &headings)
    }

    fn row(&mut self, out: &mut dyn Write, row: &Scored) -> io::Result<()> {
        let id = row.id.as_str().map_or_else(|| row.id.to_string(), str::to_owned);
        let n_labels = self.classifier.labels().len();
        let mut fields = vec![id];
        match &row.answer {
            Ok(answer) => {
                let verdict = &answer.verdict;
                fields.push(rounded(verdict.risk).to_string());
                fields.push(verdict.band.name().to_owned());
                fields.push(verdict.abstained.to_string());
                fields.extend(
                    verdict.probabilities().iter().map(|probability| rounded(*probability).to_string()),
                );
                if self.explain {
                    let evidence = answer.evidence.iter().flatten();
                    let values: Vec<Value> =
                        evidence.map(|piece| evidence_value(self.classifier, &row.text, piece)).collect();
                    fields.push(Value::from(values).to_string());
                }
                fields.push(String::new());
            }
            Err(problem) => {
                fields.extend(std::iter::repeat_n(String::new(), 3 + n_labels + usize::from(self.explain)));
                fields.push(problem.clone());
            }
        }
        self.write(out, &fields)
    }

    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
