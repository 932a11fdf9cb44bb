//! Finding and reading labelled files.

use anyhow::{Context, bail};
use lurewatch::Record;
use lurewatch::dataset::read::{RecordFormat, read};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The files themselves and all labelled files in the folders; at least one.
pub(crate) fn find_all(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        find(path, &mut files).with_context(|| format!("cannot look into {}", path.display()))?;
    }
    if files.is_empty() {
        bail!(
            "no .csv, .tsv or .jsonl file in {}",
            paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
        );
    }
    Ok(files)
}

/// All records of the files and folders, in the order of their sorted paths.
pub(crate) fn read_all(paths: &[PathBuf]) -> anyhow::Result<Vec<Record>> {
    let files = find_all(paths)?;
    let mut records = Vec::new();
    for path in &files {
        let name = path.display().to_string();
        let format = RecordFormat::from_name(&name)
            .with_context(|| format!("{name}: the ending must be .csv, .tsv or .jsonl"))?;
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        records.extend(read(file, format, &stem(path)).with_context(|| name.clone())?);
    }
    if records.is_empty() {
        bail!("no labelled rows in {} file(s)", files.len());
    }
    Ok(records)
}

/// The name that records of a file carry as their source.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// A file as it is; in a folder, all labelled files at any depth, sorted by path.
fn find(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        // Opening it later gives the better message if it does not exist.
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        let labelled = RecordFormat::from_name(&entry.to_string_lossy()).is_some();
        if entry.is_dir() || labelled {
            find(&entry, files)?;
        }
    }
    Ok(())
}
