//! CSV, TSV and JSON Lines to records. Reads from anything that is `Read`; opens nothing itself.
//!
//! Columns: `text` and `labels` (or `label`) are needed; `id`, `lang` (or `language`), `source`, `batch`, `kind`,
//! `channel`, `stage`, `tags`, `verdict` and `weight` are used where present; all others are ignored.

use super::{Record, parse_labels};
use crate::error::{Error, ErrorKind, Result};
use std::io::{BufRead, Read};

/// How labelled rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFormat {
    /// Comma-separated, with headings.
    Csv,
    /// Tab-separated, with headings.
    Tsv,
    /// One JSON object a line.
    Jsonl,
}

impl RecordFormat {
    /// The format that a file name's ending stands for.
    pub fn from_name(name: &str) -> Option<RecordFormat> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(RecordFormat::Csv),
            "tsv" | "tab" => Some(RecordFormat::Tsv),
            "jsonl" | "ndjson" => Some(RecordFormat::Jsonl),
            _ => None,
        }
    }
}

/// Reads all rows. `source` names the input in errors, and is the records' source where no column says otherwise.
///
/// # Errors
///
/// [`ErrorKind::Dataset`] with source, record and line for the first row that cannot be used.
pub fn read(input: impl Read, format: RecordFormat, source: &str) -> Result<Vec<Record>> {
    match format {
        RecordFormat::Csv => read_separated(input, b',', source),
        RecordFormat::Tsv => read_separated(input, b'\t', source),
        RecordFormat::Jsonl => read_jsonl(input, source),
    }
}

fn fail(source: &str, record: u64, line: u64, problem: impl Into<String>) -> Error {
    ErrorKind::Dataset { source: source.to_owned(), record, line, problem: problem.into() }.into()
}

/// One row before its values are checked.
type Fields<'a> = &'a dyn Fn(&str) -> Option<String>;

fn read_separated(input: impl Read, delimiter: u8, source: &str) -> Result<Vec<Record>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(input);
    let headings = reader.headers().map_err(|error| csv_error(source, &error))?.clone();
    let column = |name: &str| {
        headings.iter().position(|heading| heading.trim_start_matches('\u{feff}').trim() == name)
    };
    if column("text").is_none() || (column("labels").is_none() && column("label").is_none()) {
        let found = headings.iter().collect::<Vec<_>>().join(", ");
        return Err(fail(source, 0, 1, format!("columns `text` and `labels` are needed; found: {found}")));
    }
    let mut records = Vec::new();
    for (idx, row) in reader.into_records().enumerate() {
        let row = row.map_err(|error| csv_error(source, &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let field = |name: &str| column(name).and_then(|column| row.get(column)).map(str::to_owned);
        records.push(record(&field, source, idx as u64 + 1, line)?);
    }
    Ok(records)
}

fn csv_error(source: &str, error: &csv::Error) -> Error {
    let place = error.position();
    let record = place.map_or(0, csv::Position::record);
    let problem = match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => format!("field {} is not valid UTF-8", err.field() + 1),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields instead of {expected_len}")
        }
        _ => error.to_string(),
    };
    fail(source, record, place.map_or(0, csv::Position::line), problem)
}

fn read_jsonl(input: impl Read, source: &str) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    let mut number = 0;
    for (idx, bytes) in std::io::BufReader::new(input).split(b'\n').enumerate() {
        let bytes = bytes?;
        let line = idx as u64 + 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        number += 1;
        let text = std::str::from_utf8(&bytes).map_err(|_| fail(source, number, line, "not valid UTF-8"))?;
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)
            .map_err(|error| fail(source, number, line, format!("not a JSON object: {error}")))?;
        let field = |name: &str| row.get(name).and_then(as_text);
        if field("text").is_none() {
            return Err(fail(source, number, line, "no text in the field `text`"));
        }
        records.push(record(&field, source, number, line)?);
    }
    Ok(records)
}

/// Strings, numbers and lists of strings (joined by `;`) as text.
fn as_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        serde_json::Value::Array(items) => {
            Some(items.iter().filter_map(as_text).collect::<Vec<_>>().join(";"))
        }
        _ => None,
    }
}

fn record(field: Fields<'_>, source: &str, number: u64, line: u64) -> Result<Record> {
    let fail = |problem: String| fail(source, number, line, problem);
    let labels =
        field("labels").or_else(|| field("label")).ok_or_else(|| fail("no field `labels`".into()))?;
    let text = field("text").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(fail("the text is empty".into()));
    }
    let number_in = |name: &str, low: f64, high: f64| match field(name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => match value.parse::<f64>() {
            Ok(parsed) if parsed >= low && parsed <= high => Ok(Some(parsed)),
            _ => Err(fail(format!("{name} is {value}, but must be a number from {low} to {high}"))),
        },
    };
    Ok(Record {
        id: field("id").unwrap_or_else(|| format!("{source}:{number}")),
        text,
        labels: parse_labels(&labels),
        language: field("lang").or_else(|| field("language")).unwrap_or_default(),
        source: field("source").unwrap_or_else(|| source.to_owned()),
        batch: field("batch").unwrap_or_default(),
        kind: field("kind").unwrap_or_default(),
        channel: field("channel").unwrap_or_default(),
        stage: field("stage").unwrap_or_default(),
        tags: parse_labels(&field("tags").unwrap_or_default()),
        verdict: number_in("verdict", 0.0, 4.0)?.map(|value| value as u8),
        weight: number_in("weight", 1e-6, 1e6)?.unwrap_or(1.0) as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_formats_give_the_same_record() {
        let csv = "id,text,labels,lang\nx,\"hi, you\",romance,en\n";
        let tsv = "id\ttext\tlabels\tlang\nx\thi, you\tromance\ten\n";
        let jsonl = "{\"id\":\"x\",\"text\":\"hi, you\",\"labels\":[\"romance\"],\"lang\":\"en\"}\n\n";
        let one = read(csv.as_bytes(), RecordFormat::Csv, "f").unwrap();
        assert_eq!(one[0].text, "hi, you");
        assert_eq!(one[0].labels, ["romance"]);
        assert_eq!(read(tsv.as_bytes(), RecordFormat::Tsv, "f").unwrap(), one);
        assert_eq!(read(jsonl.as_bytes(), RecordFormat::Jsonl, "f").unwrap(), one);
    }

    #[test]
    fn errors_name_the_place() {
        let cases: &[(&[u8], RecordFormat, &[&str])] = &[
            (b"a,b\n1,2\n", RecordFormat::Csv, &["f", "line 1", "`text`", "a, b"]),
            (b"text,labels\nok,\nbad\n", RecordFormat::Csv, &["f", "line 3", "1 fields"]),
            (b"text,labels\n\xff\xfe,\n", RecordFormat::Csv, &["f", "line 2", "UTF-8"]),
            (b"text,labels\n  ,x\n", RecordFormat::Csv, &["record 1", "empty"]),
            (b"text,labels,verdict\nhi,x,9\n", RecordFormat::Csv, &["verdict is 9"]),
            (b"{\"text\":\"a\",\"labels\":[]}\n{oops\n", RecordFormat::Jsonl, &["line 2", "JSON"]),
            (b"{\"labels\":[]}\n", RecordFormat::Jsonl, &["line 1", "`text`"]),
        ];
        for (input, format, parts) in cases {
            let error = read(*input, *format, "f").unwrap_err().to_string();
            for part in *parts {
                assert!(error.contains(part), "{error} must contain {part}");
            }
        }
    }
}
