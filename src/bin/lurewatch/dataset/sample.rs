//! `lurewatch dataset sample`: a random part of each language, without labels, for a second reader.

use crate::corpus;
use anyhow::{Context, bail};
use lurewatch::dataset::agreement::sample;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) fn run(dir: &PathBuf, share: f64, language: Option<&str>) -> anyhow::Result<ExitCode> {
    if !(share > 0.0 && share <= 1.0) {
        bail!("--share {share}: must be above 0 and at most 1");
    }
    let records = corpus::read_all(std::slice::from_ref(dir))?;
    let mut writer = csv::Writer::from_writer(anstream::AutoStream::never(std::io::stdout()));
    writer.write_record(["id", "lang", "channel", "text"])?;
    let mut n_written = 0;
    for record in sample(&records, share) {
        if language.is_none_or(|language| language == record.language) {
            writer.write_record([&record.id, &record.language, &record.channel, &record.text])?;
            n_written += 1;
        }
    }
    writer.flush().context("cannot write to standard output")?;
    if n_written == 0 {
        bail!("no rows; is the language code one of the corpus?");
    }
    Ok(ExitCode::SUCCESS)
}
