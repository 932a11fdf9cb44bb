//! `lurewatch dataset`: checking and describing a corpus. One subcommand a file.

mod agreement;
mod check;
mod curve;
mod sample;

use crate::args::{DatasetArgs, DatasetCommand};
use std::io::Write;
use std::process::ExitCode;

pub(crate) fn run(args: &DatasetArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        DatasetCommand::Check { dir, markdown } => check::run(dir, *markdown),
        DatasetCommand::Curve(args) => curve::run(args),
        DatasetCommand::Sample { dir, share, lang } => sample::run(dir, *share, lang.as_deref()),
        DatasetCommand::Agreement { readings, markdown } => agreement::run(readings, *markdown),
    }
}

/// Rows of equal length, the headings first: aligned columns, or a Markdown table.
fn write_table(out: &mut impl Write, rows: &[Vec<String>], markdown: bool) -> std::io::Result<()> {
    let n_columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..n_columns).map(width).collect();
    for (idx, row) in rows.iter().enumerate() {
        if markdown {
            writeln!(out, "| {} |", row.join(" | "))?;
            if idx == 0 {
                writeln!(out, "|{}", " --- |".repeat(n_columns))?;
            }
        } else {
            let padded: Vec<String> =
                row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}")).collect();
            writeln!(out, "{}", padded.join("  "))?;
        }
    }
    Ok(())
}
