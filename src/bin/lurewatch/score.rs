//! `lurewatch score`: rows in, one answer a row out, in order, in constant memory.
//!
//! Rows are read in chunks, each chunk is scored by all threads and written, and the next is read: whatever the size of
//! the input, only a few chunks are in memory.

use crate::args::ScoreArgs;
use crate::input::{self, Row};
use crate::output::{self, Answer, Scored};
use crate::{FLAGGED, model};
use anstream::AutoStream;
use indicatif::{ProgressBar, ProgressStyle};
use lurewatch::{Band, Classifier, Scorer};
use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Rows handled together.
const CHUNK_ROWS: usize = 2048;

/// Bytes of text after which a chunk is closed early, so that long rows do not add up.
const CHUNK_BYTES: usize = 1 << 20;

/// The way to one scoring thread and back.
type Lane = (SyncSender<Vec<Row>>, Receiver<Vec<Scored>>);

/// Counts for the exit status and the closing line.
#[derive(Debug, Default)]
struct Tally {
    n_rows: u64,
    n_errors: u64,
    flagged: bool,
}

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let classifier = model::open(args.model.as_deref())?;
    let rows = if args.texts.is_empty() {
        input::open(args.input.as_deref(), args.input_format, &args.text_column)?
    } else {
        input::from_texts(&args.texts)
    };
    let mut tally = Tally::default();
    let mut out = BufWriter::with_capacity(1 << 18, AutoStream::auto(std::io::stdout()));
    let mut sink = output::sink(args.format, &classifier, args.labels, args.explain > 0);
    sink.start(&mut out)?;
    let at_once = args.line_buffered || types_lines(args);
    let bar = progress(args);
    pipeline(&classifier, rows, args, at_once, |scored| {
        for row in &scored {
            tally.count(row);
            sink.row(&mut out, row)?;
        }
        bar.inc(scored.len() as u64);
        if at_once { out.flush() } else { Ok(()) }
    })?;
    sink.end(&mut out)?;
    out.flush()?;
    bar.finish_and_clear();
    tally.report();
    let flagged = args.exit_code && tally.flagged;
    Ok(if flagged { ExitCode::from(FLAGGED) } else { ExitCode::SUCCESS })
}

/// Counts rows on standard error while a file is scored into another file or a pipe; silent otherwise.
fn progress(args: &ScoreArgs) -> ProgressBar {
    if args.input.is_none() || std::io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {human_pos} rows, {per_sec}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// Whether a person types the texts, who wants to see each answer when it is there.
fn types_lines(args: &ScoreArgs) -> bool {
    args.texts.is_empty() && args.input.is_none() && std::io::stdin().is_terminal()
}

/// Reads on one thread, scores on others, and hands the chunks to `write` in input order.
fn pipeline(
    classifier: &Classifier<'_>,
    rows: input::Rows,
    args: &ScoreArgs,
    at_once: bool,
    mut write: impl FnMut(Vec<Scored>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let n_workers = if at_once { 1 } else { n_threads(args.threads) };
    let chunk_rows = if at_once { 1 } else { CHUNK_ROWS };
    std::thread::scope(|scope| {
        let mut lanes: Vec<Lane> = Vec::new();
        for _ in 0..n_workers {
            let (to_worker, work) = sync_channel::<Vec<Row>>(1);
            let (done, from_worker) = sync_channel::<Vec<Scored>>(1);
            scope.spawn(move || {
                let mut scorer = classifier.scorer();
                for chunk in work {
                    let scored =
                        chunk.into_iter().map(|row| answer(&mut scorer, row, args.explain)).collect();
                    if done.send(scored).is_err() {
                        break;
                    }
                }
            });
            lanes.push((to_worker, from_worker));
        }
        let mut chunks = Chunks { rows, chunk_rows };
        // Lane i holds chunk i, i + n, i + 2n ...: taking turns keeps the order without sorting.
        let mut pending = std::collections::VecDeque::new();
        let mut lane = 0;
        loop {
            let chunk = chunks.next().transpose()?;
            let ended = chunk.is_none();
            if let Some(chunk) = chunk {
                lanes[lane].0.send(chunk).map_err(|_| anyhow::anyhow!("a scoring thread stopped"))?;
                pending.push_back(lane);
                lane = (lane + 1) % lanes.len();
            }
            while pending.len() >= lanes.len() || (ended && !pending.is_empty()) {
                let Some(oldest) = pending.pop_front() else { break };
                let scored =
                    lanes[oldest].1.recv().map_err(|_| anyhow::anyhow!("a scoring thread stopped"))?;
                write(scored)?;
            }
            if ended {
                return Ok(());
            }
        }
    })
}

fn n_threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => asked.min(256),
    }
}

/// Rows in chunks.
struct Chunks {
    rows: input::Rows,
    chunk_rows: usize,
}

impl Iterator for Chunks {
    type Item = anyhow::Result<Vec<Row>>;

    fn next(&mut self) -> Option<anyhow::Result<Vec<Row>>> {
        let mut chunk = Vec::new();
        let mut n_bytes = 0;
        while chunk.len() < self.chunk_rows && n_bytes < CHUNK_BYTES {
            match self.rows.next() {
                None => break,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(row)) => {
                    n_bytes += row.text.as_ref().map_or(0, String::len);
                    chunk.push(row);
                }
            }
        }
        (!chunk.is_empty()).then_some(Ok(chunk))
    }
}

fn answer(scorer: &mut Scorer<'_>, row: Row, n_reasons: usize) -> Scored {
    let Row { id, text } = row;
    match text {
        Err(problem) => Scored { id, text: String::new(), answer: Err(problem) },
        Ok(text) if n_reasons == 0 => {
            let verdict = scorer.score(&text);
            Scored { id, text, answer: Ok(Answer { verdict, evidence: None }) }
        }
        Ok(text) => {
            let mut explanation = scorer.reasons(&text);
            explanation.evidence.truncate(n_reasons);
            let answer = Answer { verdict: explanation.verdict, evidence: Some(explanation.evidence) };
            Scored { id, text, answer: Ok(answer) }
        }
    }
}

impl Tally {
    fn count(&mut self, row: &Scored) {
        self.n_rows += 1;
        match &row.answer {
            Ok(answer) => self.flagged |= answer.verdict.band >= Band::High,
            Err(_) => self.n_errors += 1,
        }
    }

    fn report(&self) {
        if self.n_errors > 0 {
            // If standard error is closed, the rows themselves still say it.
            let _ = writeln!(
                anstream::stderr(),
                "lurewatch: {} of {} rows could not be read; they have an `error` field",
                self.n_errors,
                self.n_rows
            );
        }
    }
}
