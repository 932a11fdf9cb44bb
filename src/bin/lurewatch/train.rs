//! `lurewatch train`: labelled files to a model file and a held-out report.

use crate::args::{SolverArg, TrainArgs};
use crate::{card, corpus, evaluate};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lurewatch::config::{Solver, TrainConfig};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The concept lexicon of the default model.
pub(crate) const LEXICON: &str = include_str!("../../../models/default/concepts.tsv");

pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let config = config(args)?;
    let lexicon = match &args.lexicon {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
        }
        None => LEXICON.to_owned(),
    };
    let records = corpus::read_all(&args.data)?;
    let bar = steps();
    let trained = lurewatch::train(&records, &config, &lexicon, |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    write_whole(&args.output, &trained.bytes)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    evaluate::write_report(&mut out, &trained.report, args.format)?;
    if let Some(path) = &args.card {
        write_whole(
            path,
            card::card(&trained.bytes, &trained.report, args.plots.as_deref(), path)?.as_bytes(),
        )?;
    }
    if let Some(dir) = &args.plots {
        evaluate::write_plots(dir, &trained.report, &trained.judged)?;
    }
    let _ = writeln!(
        anstream::stderr(),
        "wrote {} ({} bytes) from {} rows",
        args.output.display(),
        trained.bytes.len(),
        records.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// A progress bar with the time left, on standard error if that is a terminal.
pub(crate) fn steps() -> ProgressBar {
    let bar = ProgressBar::new(1);
    bar.set_style(
        ProgressStyle::with_template("{elapsed_precise} [{bar:30}] {msg}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

/// Moves the bar to where the work is.
pub(crate) fn show(bar: &ProgressBar, progress: lurewatch::Progress) {
    bar.set_length(progress.total as u64);
    bar.set_position(progress.done as u64);
    bar.set_message(progress.phase);
}

/// Settings from a file, or the defaults.
pub(crate) fn read_config(path: Option<&Path>) -> anyhow::Result<TrainConfig> {
    let Some(path) = path else { return Ok(TrainConfig::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("settings in {}", path.display()))
}

fn config(args: &TrainArgs) -> anyhow::Result<TrainConfig> {
    let mut config = read_config(args.config.as_deref())?;
    match args.solver {
        Some(SolverArg::Newton) => config.solver = Solver::Newton,
        Some(SolverArg::Linfa) => config.solver = Solver::Linfa,
        None => {}
    }
    if args.threads > 0 {
        config.threads = args.threads;
    }
    Ok(config)
}

/// Writes a file so that it is there whole or not at all: beside its place first, then moved.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(name) = path.file_name() else { bail!("{} does not name a file", path.display()) };
    let mut draft = name.to_owned();
    draft.push(format!(".{}.tmp", std::process::id()));
    let draft = path.with_file_name(draft);
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().with_context(|| format!("cannot write {}", path.display())).inspect_err(|_| {
        // The draft may not exist; then there is nothing to remove.
        let _ = std::fs::remove_file(&draft);
    })
}
