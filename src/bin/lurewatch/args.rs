//! What was typed. Nothing here touches the world.

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Warns about romance lures and crypto-investment lures.
#[derive(Debug, Parser)]
#[command(
    name = "lurewatch",
    version,
    about = "Warns about romance lures and crypto-investment lures",
    long_about = "Reads messages and says whether they show known signs of romance lures, crypto-investment lures or \
                  related schemes, and why. Works offline; keeps nothing. A score is about a text, never about a person.",
    after_help = "Examples:\n  \
        lurewatch score \"my uncle at the exchange says 3% a day is guaranteed\"\n  \
        lurewatch explain \"pay the tax first, then your withdrawal is released\"\n  \
        lurewatch score --input chat.csv --format jsonl > scores.jsonl\n  \
        cat messages.txt | lurewatch score --format csv --labels",
    propagate_version = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Score texts: from the command line, a file or standard input
    Score(ScoreArgs),
    /// Say why a text gets its score
    Explain(ExplainArgs),
    /// Train a model on labelled messages
    #[cfg(feature = "train")]
    Train(TrainArgs),
    /// Measure a model on labelled messages
    #[cfg(feature = "train")]
    Evaluate(EvaluateArgs),
    /// Check or describe a corpus
    #[cfg(feature = "train")]
    Dataset(DatasetArgs),
    /// Show what is inside a model
    Inspect(InspectArgs),
    /// Measure the speed of scoring on this machine
    Bench(BenchArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// The command, for completions and the manual page.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// One text a line
    Txt,
    /// Comma-separated, with headings
    Csv,
    /// Tab-separated, with headings
    Tsv,
    /// One JSON object a line
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated, with headings
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    lurewatch score \"hi, is this still Marta's number?\"\n  \
    lurewatch score --input inbox.jsonl --format jsonl --explain 3\n  \
    lurewatch score --input - --input-format csv --text-column body --format csv < mail.csv\n\n\
    Exit status: 0 done, 2 error; with --exit-code 1 if a text reached the band `high`.")]
pub(crate) struct ScoreArgs {
    /// Texts to score
    pub(crate) texts: Vec<String>,
    /// Read texts from a file; `-` is standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "texts")]
    pub(crate) input: Option<PathBuf>,
    /// Format of the input; by default from the file's ending, else one text a line
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input_format: Option<InputFormat>,
    /// Column or field that holds the text
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub(crate) text_column: String,
    /// Format of the output
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: OutputFormat,
    /// Model to use instead of the one that is built in
    #[arg(long, short, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Show the probability of every label in text output
    #[arg(long)]
    pub(crate) labels: bool,
    /// Give the N strongest reasons with each score
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) explain: usize,
    /// Exit with status 1 if a text reached the band `high`
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Write each answer as soon as its row is read; slower, for pipes that never end
    #[arg(long)]
    pub(crate) line_buffered: bool,
    /// Threads; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lurewatch explain \"pay the tax first, then your withdrawal is released\"\n  \
        lurewatch explain --lang fr - < message.txt"
)]
pub(crate) struct ExplainArgs {
    /// The text; `-` reads it from standard input
    pub(crate) text: String,
    /// Model to use instead of the one that is built in
    #[arg(long, short, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Language of the explanation; by default that of the locale, else English
    #[arg(long, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<crate::words::Language>,
    /// Country (two letters) whose verified contacts are shown; by default that of the locale
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
    /// How many reasons to show at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 6)]
    pub(crate) reasons: usize,
    /// Format of the output
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
}

#[cfg(feature = "train")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SolverArg {
    /// Truncated Newton on sparse rows
    Newton,
    /// linfa-logistic on dense rows, for small vocabularies; it knows no row weights, so suspicious rows count fully
    Linfa,
}

#[cfg(feature = "train")]
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    lurewatch train --data datasets --config models/default/config.toml --output my.lure\n\n\
    Data: CSV, TSV or JSONL files with the columns `text` and `labels` (see datasets/README.md), or folders of them.")]
pub(crate) struct TrainArgs {
    /// Labelled messages: files, or folders that are searched for .csv, .tsv and .jsonl
    #[arg(long, short, value_name = "PATH", required = true, num_args = 1..)]
    pub(crate) data: Vec<PathBuf>,
    /// Settings (TOML); all have defaults
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to write the model
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Concept lexicon (lines of tag, tab, phrase); by default the one that is built in
    #[arg(long, value_name = "FILE")]
    pub(crate) lexicon: Option<PathBuf>,
    /// What solves for the weights; overrides the settings
    #[arg(long, value_enum)]
    pub(crate) solver: Option<SolverArg>,
    /// Threads; 0 for one a core. The model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Format of the held-out report
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Write the model card (Markdown) into a file
    #[arg(long, value_name = "FILE")]
    pub(crate) card: Option<PathBuf>,
    /// Write ROC, precision-recall and reliability pictures of the held-out rows into a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
}

#[cfg(feature = "train")]
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    lurewatch evaluate --data test.csv --by lang\n  \
    lurewatch evaluate --data public.jsonl --rename crypto_investment=investment --skip unsure_scam --format json\n  \
    lurewatch evaluate --model my.lure --data test.jsonl --threshold-on calibration.jsonl --budget 0.02")]
pub(crate) struct EvaluateArgs {
    /// Labelled messages: files, or folders that are searched for .csv, .tsv and .jsonl
    #[arg(long, short, value_name = "PATH", required = true, num_args = 1..)]
    pub(crate) data: Vec<PathBuf>,
    /// Model to use instead of the one that is built in
    #[arg(long, short, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Report parts: any of lang, source, label, batch, kind, channel, length
    #[arg(long, value_delimiter = ',', value_name = "PARTS")]
    pub(crate) by: Vec<Part>,
    /// Format of the report
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Write ROC, precision-recall and reliability pictures into a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
    /// Read the label OLD as NEW
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,
    /// Leave out rows with this label
    #[arg(long, value_name = "LABEL")]
    pub(crate) skip: Vec<String>,
    /// Choose a threshold on these other rows by `--budget`, and report precision, recall and F1 at it
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) threshold_on: Vec<PathBuf>,
    /// Share of benign rows that may reach that threshold
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub(crate) budget: f64,
    /// List benign rows that reach `high`, and lures that do not reach `caution`, at most N of each
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) mistakes: usize,
}

#[cfg(feature = "train")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Language
    Lang,
    /// File or source
    Source,
    /// Label
    Label,
    /// Batch of the corpus
    Batch,
    /// Kind of benign message
    Kind,
    /// Channel
    Channel,
    /// Length of the text
    Length,
}

#[cfg(feature = "train")]
impl Part {
    /// The name that reports know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Part::Lang => "lang",
            Part::Source => "source",
            Part::Label => "label",
            Part::Batch => "batch",
            Part::Kind => "kind",
            Part::Channel => "channel",
            Part::Length => "length",
        }
    }
}

#[cfg(feature = "train")]
#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    #[command(subcommand)]
    pub(crate) command: DatasetCommand,
}

#[cfg(feature = "train")]
#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// Check the laws of the corpus and print what is there; exit status 1 if a law is broken
    Check {
        /// Folder of the corpus
        dir: PathBuf,
        /// Print the table as Markdown
        #[arg(long)]
        markdown: bool,
    },
    /// Measure what more rows would buy: quality against the number of rows learned from
    Curve(CurveArgs),
    /// Write a random part of the rows without their labels, for a second reader
    Sample {
        /// Folder of the corpus
        dir: PathBuf,
        /// Share of each language's rows
        #[arg(long, value_name = "SHARE", default_value_t = 0.15)]
        share: f64,
        /// Only this language
        #[arg(long, value_name = "CODE")]
        lang: Option<String>,
    },
    /// Compare second readings with the writers' labels: Krippendorff's alpha by language
    #[command(
        after_help = "Second readings are CSV files with the columns id, lang, verdict and labels (as written), \
                            second_verdict and second_labels (as read), natural and realistic (1 or 0)."
    )]
    Agreement {
        /// Second readings: files, or folders of them
        #[arg(required = true)]
        readings: Vec<PathBuf>,
        /// Print the table as Markdown
        #[arg(long)]
        markdown: bool,
    },
}

#[cfg(feature = "train")]
#[derive(Debug, Args)]
pub(crate) struct CurveArgs {
    /// Folder of the corpus
    pub(crate) dir: PathBuf,
    /// Settings (TOML), as for `train`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Shares of the rows to learn from
    #[arg(long, value_delimiter = ',', value_name = "SHARES", default_values_t = [0.125, 0.25, 0.5, 1.0])]
    pub(crate) shares: Vec<f64>,
    /// Print the table as Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Draw the curves into a file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The model; by default the one that is built in
    pub(crate) model: Option<PathBuf>,
    /// Format of the output
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Texts to score, one a line; by default built-in ones in several languages
    #[arg(long, short, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Model to use instead of the one that is built in
    #[arg(long, short, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Seconds to spend on each measurement
    #[arg(long, value_name = "S", default_value_t = 1.0)]
    pub(crate) seconds: f64,
    /// Format of the output
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: ReportFormat,
}
