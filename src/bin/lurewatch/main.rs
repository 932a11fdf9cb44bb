//! The program `lurewatch`: everything that touches the world.

mod args;
mod bench;
#[cfg(feature = "train")]
mod card;
#[cfg(feature = "train")]
mod corpus;
#[cfg(feature = "train")]
mod dataset;
#[cfg(feature = "train")]
mod evaluate;
mod explain;
mod input;
mod inspect;
mod model;
mod output;
mod score;
#[cfg(feature = "train")]
mod train;
mod words;

use clap::Parser;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Exit status for "ran, and something reached `high`" and for "a law is broken".
const FLAGGED: u8 = 1;

/// Exit status for an error.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match run(args::Cli::parse()) {
        Ok(code) => code,
        // Whoever reads our output has seen enough: that is success, as for `head`.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed too, there is no one left to tell.
            let _ = writeln!(anstream::stderr(), "lurewatch: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: args::Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        args::Command::Score(args) => score::run(&args),
        args::Command::Explain(args) => explain::run(&args),
        #[cfg(feature = "train")]
        args::Command::Train(args) => train::run(&args),
        #[cfg(feature = "train")]
        args::Command::Evaluate(args) => evaluate::run(&args),
        #[cfg(feature = "train")]
        args::Command::Dataset(args) => dataset::run(&args),
        args::Command::Inspect(args) => inspect::run(&args),
        args::Command::Bench(args) => bench::run(&args),
        args::Command::Completions { shell } => {
            clap_complete::generate(shell, &mut args::command(), "lurewatch", &mut std::io::stdout().lock());
            Ok(ExitCode::SUCCESS)
        }
        args::Command::Man => {
            clap_mangen::Man::new(args::command()).render(&mut std::io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(error) => error.kind() == ErrorKind::BrokenPipe,
        None => false,
    })
}
