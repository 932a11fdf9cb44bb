//! Labelled messages: reading, grouping, splitting.

pub mod agreement;
pub mod check;
pub mod groups;
pub mod read;

use serde::{Deserialize, Serialize};

/// One labelled row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The row's own identifier, or its number.
    pub id: String,
    /// The message.
    pub text: String,
    /// Its labels; none for a benign message.
    pub labels: Vec<String>,
    /// Language code as in the data, for example `fr` or `zh-Hans`; empty if unknown.
    pub language: String,
    /// Where it comes from: the file's name, or the column `source`.
    pub source: String,
    /// The batch it was written in; empty if unknown.
    pub batch: String,
    /// What kind of benign message it is, or another subdivision; empty if unknown.
    pub kind: String,
    /// Channel; empty if unknown.
    pub channel: String,
    /// The message's main function in a lure; empty if unknown or none.
    pub stage: String,
    /// Tactics that the message shows.
    pub tags: Vec<String>,
    /// How clear the case is, 0 to 4 as in `docs/labels.md`; `None` if unknown.
    pub verdict: Option<u8>,
    /// Weight in training, above 0.
    pub weight: f32,
}

/// Names that stand for "no label".
const BENIGN: &[&str] = &["", "benign", "ham", "none", "legit", "legitimate", "normal", "0", "false"];

/// Labels from one field: names separated by `;`, `|`, `,` or white space; names for "benign" give none.
pub fn parse_labels(field: &str) -> Vec<String> {
    let names = field.split([';', '|', ',', ' ', '\t']).map(str::trim);
    let mut labels: Vec<String> = names
        .filter(|name| !BENIGN.contains(&name.to_ascii_lowercase().as_str()))
        .map(str::to_owned)
        .collect();
    labels.sort();
    labels.dedup();
    labels
}

/// All labels of the records, sorted.
pub fn label_set(records: &[Record]) -> Vec<String> {
    let mut labels: Vec<String> = records.iter().flat_map(|record| record.labels.iter().cloned()).collect();
    labels.sort();
    labels.dedup();
    labels
}

/// BLAKE3 of the texts, labels, kinds and weights in order, in hexadecimal.
pub fn checksum(records: &[Record]) -> String {
    let mut hasher = blake3::Hasher::new();
    for record in records {
        let fields =
            [record.text.as_str(), &record.labels.join(";"), &record.kind, &record.language, &record.batch];
        for field in fields {
            hasher.update(&(field.len() as u64).to_le_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.update(&record.weight.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_in_every_usual_form() {
        let cases: &[(&str, &[&str])] = &[
            ("romance;investment", &["investment", "romance"]),
            ("benign", &[]),
            ("", &[]),
            ("scam", &["scam"]),
            ("a|b, a", &["a", "b"]),
        ];
        for (field, want) in cases {
            assert_eq!(parse_labels(field), *want, "{field}");
        }
    }
}
