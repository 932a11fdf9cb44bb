//! Rows to score, read one after the other: lines of text, CSV, TSV, JSON Lines.
//!
//! Law: every input row gives one [`Row`], in order. A row that cannot be read becomes a row with an error; nothing is
//! dropped and nothing stops the stream.

use crate::args::InputFormat;
use anyhow::{Context, bail};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// One row of the input.
#[derive(Debug)]
pub(crate) struct Row {
    /// The input's own identifier, or the 0-based number of the row.
    pub(crate) id: Value,
    /// The text, or why there is none.
    pub(crate) text: Result<String, String>,
}

/// A stream of rows.
pub(crate) type Rows = Box<dyn Iterator<Item = anyhow::Result<Row>> + Send>;

/// Longest text that is scored, in bytes. Longer rows become rows with an error.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// Texts from the command line.
pub(crate) fn from_texts(texts: &[String]) -> Rows {
    let rows: Vec<String> = texts.to_vec();
    Box::new(rows.into_iter().enumerate().map(|(idx, text)| Ok(Row { id: idx.into(), text: Ok(text) })))
}

/// Rows of a file, or of standard input for `-` and for no file.
pub(crate) fn open(path: Option<&Path>, format: Option<InputFormat>, column: &str) -> anyhow::Result<Rows> {
    let file = path.filter(|path| *path != Path::new("-"));
    let input: Box<dyn Read + Send> = match file {
        Some(path) => {
            if path.is_dir() {
                bail!(
                    "{} is a folder; give a file, or use `evaluate --data` for folders of labelled rows",
                    path.display()
                );
            }
            Box::new(File::open(path).with_context(|| format!("cannot open {}", path.display()))?)
        }
        None => Box::new(std::io::stdin()),
    };
    let name = file.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let format = format.or_else(|| file.and_then(from_name)).unwrap_or(InputFormat::Txt);
    let reader = BufReader::with_capacity(1 << 18, input);
    match format {
        InputFormat::Txt => Ok(lines(reader)),
        InputFormat::Jsonl => Ok(jsonl(reader, column.to_owned())),
        InputFormat::Csv => separated(reader, b',', column, &name),
        InputFormat::Tsv => separated(reader, b'\t', column, &name),
    }
}

fn from_name(path: &Path) -> Option<InputFormat> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(InputFormat::Csv),
        "tsv" | "tab" => Some(InputFormat::Tsv),
        "jsonl" | "ndjson" => Some(InputFormat::Jsonl),
        _ => None,
    }
}

/// Lines as bytes, without their ends; numbers them from 0.
fn numbered(
    reader: BufReader<Box<dyn Read + Send>>,
) -> impl Iterator<Item = anyhow::Result<(usize, Vec<u8>)>> + Send {
    reader.split(b'\n').enumerate().map(|(idx, line)| {
        let mut line = line.with_context(|| format!("reading stopped at line {}", idx + 1))?;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok((idx, line))
    })
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > MAX_TEXT_BYTES {
        return Err(format!("text of {} bytes; at most {MAX_TEXT_BYTES} are read", bytes.len()));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("not valid UTF-8 at byte {}", error.utf8_error().valid_up_to()))
}

fn lines(reader: BufReader<Box<dyn Read + Send>>) -> Rows {
    Box::new(
        numbered(reader).map(|line| line.map(|(idx, bytes)| Row { id: idx.into(), text: decode(bytes) })),
    )
}

fn jsonl(reader: BufReader<Box<dyn Read + Send>>, column: String) -> Rows {
    Box::new(numbered(reader).map(move |line| {
        let (idx, bytes) = line?;
        let place = |problem: String| format!("line {}: {problem}", idx + 1);
        let text = match decode(bytes) {
            Ok(text) => text,
            Err(problem) => {
                return Ok(Row { id: idx.into(), text: Err(place(problem)) });
            }
        };
        let mut object = match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(object)) => object,
            Ok(_) => {
                return Ok(Row { id: idx.into(), text: Err(place("not a JSON object".into())) });
            }
            Err(error) => {
                return Ok(Row { id: idx.into(), text: Err(place(format!("not valid JSON: {error}"))) });
            }
        };
        let id = object.remove("id").filter(|id| !id.is_null()).unwrap_or_else(|| idx.into());
        let text = match object.remove(&column) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(place(format!("field `{column}` is not a string"))),
            None => Err(place(format!("no field `{column}`"))),
        };
        Ok(Row { id, text })
    }))
}

fn separated(
    reader: BufReader<Box<dyn Read + Send>>,
    delimiter: u8,
    column: &str,
    name: &str,
) -> anyhow::Result<Rows> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let headings = reader.byte_headers().with_context(|| format!("cannot read {name}"))?.clone();
    if headings.is_empty() {
        bail!("{name} is empty; a first line with headings is needed");
    }
    let position = |wanted: &str| headings.iter().position(|heading| heading_is(heading, wanted));
    let Some(text_column) = position(column) else {
        let found: Vec<_> = headings.iter().map(String::from_utf8_lossy).collect();
        bail!(
            "{name} has no column `{column}`; it has: {}. Name the text's column with --text-column",
            found.join(", ")
        );
    };
    let id_column = position("id");
    let width = headings.len();
    Ok(Box::new(reader.into_byte_records().enumerate().map(move |(idx, record)| {
        let record = record.with_context(|| format!("reading stopped at record {}", idx + 1))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |column: usize| record.get(column).map(<[u8]>::to_vec);
        let id =
            id_column.and_then(field).and_then(|id| String::from_utf8(id).ok()).filter(|id| !id.is_empty());
        let place = |problem: String| format!("record {}, line {line}: {problem}", idx + 1);
        let text = match field(text_column) {
            _ if record.len() != width => Err(place(format!("{} fields instead of {width}", record.len()))),
            Some(bytes) => decode(bytes).map_err(place),
            None => Err(place("no text".into())),
        };
        Ok(Row { id: id.map_or_else(|| idx.into(), Value::String), text })
    })))
}

fn heading_is(heading: &[u8], wanted: &str) -> bool {
    let heading = heading.strip_prefix("\u{feff}".as_bytes()).unwrap_or(heading);
    heading.trim_ascii() == wanted.as_bytes()
}
