//! `lurewatch dataset curve`: quality against the number of rows, as a table and a picture.

use super::write_table;
use crate::args::CurveArgs;
use crate::{corpus, train};
use anyhow::bail;
use lurewatch::curve::{CurvePoint, learning_curve};
use lurewatch::evaluate::plot::{Chart, Line};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Lines of the picture beside that of all languages: those where the last rows bought most.
const N_STEEPEST: usize = 7;

pub(super) fn run(args: &CurveArgs) -> anyhow::Result<ExitCode> {
    let mut shares = args.shares.clone();
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    if let Some(share) = shares.iter().find(|share| !(**share > 0.0 && **share <= 1.0)) {
        bail!("--shares {share}: must be above 0 and at most 1");
    }
    let config = train::read_config(args.config.as_deref())?;
    let records = corpus::read_all(std::slice::from_ref(&args.dir))?;
    let bar = train::steps();
    let curves =
        learning_curve(&records, &config, train::LEXICON, &shares, |progress| train::show(&bar, progress))?;
    bar.finish_and_clear();
    write_table(&mut anstream::AutoStream::auto(std::io::stdout()), &table(&curves, &shares), args.markdown)?;
    if let Some(path) = &args.svg {
        train::write_whole(path, picture(&curves).to_svg().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One line a language: rows, then AUC and recall at each share, then what the last step bought.
fn table(curves: &BTreeMap<String, Vec<CurvePoint>>, shares: &[f64]) -> Vec<Vec<String>> {
    let percent = |share: &f64| format!("{} %", 100.0 * share);
    let mut headings = vec!["language".to_owned(), "rows".to_owned()];
    headings.extend(shares.iter().map(|share| format!("AUC at {}", percent(share))));
    headings.extend(shares.iter().map(|share| format!("recall at {}", percent(share))));
    headings.push("last step".to_owned());
    let (all, languages): (Vec<_>, Vec<_>) = curves.iter().partition(|(name, _)| *name == "all");
    let line = |(name, points): (&String, &Vec<CurvePoint>)| {
        let rows = points.last().map_or(0, |point| point.n_rows);
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let mut cells = vec![name.clone(), rows.to_string()];
        cells.extend(points.iter().map(|point| number(point.roc_auc)));
        cells.extend(points.iter().map(|point| number(point.recall_at_1_percent)));
        cells.push(last_step(points).map_or("-".to_owned(), |step| format!("{:+.1}", 100.0 * step)));
        cells
    };
    std::iter::once(headings).chain(languages.into_iter().chain(all).map(line)).collect()
}

/// What the last share bought in recall.
fn last_step(points: &[CurvePoint]) -> Option<f64> {
    let [.., before, after] = points else { return None };
    Some(after.recall_at_1_percent? - before.recall_at_1_percent?)
}

/// Recall against the mean number of rows of a language, over all languages and for the steepest ones.
fn picture(curves: &BTreeMap<String, Vec<CurvePoint>>) -> Chart {
    let n_languages = curves.len().saturating_sub(1).max(1);
    let mut steepest: Vec<(&String, &Vec<CurvePoint>)> =
        curves.iter().filter(|(name, _)| *name != "all").collect();
    let step = |points: &[CurvePoint]| last_step(points).unwrap_or(f64::NEG_INFINITY);
    steepest.sort_by(|one, two| step(two.1).total_cmp(&step(one.1)));
    steepest.truncate(N_STEEPEST);
    let line = |name: String, points: &[CurvePoint], by: usize| Line {
        name,
        points: points
            .iter()
            .filter_map(|point| Some(((point.n_rows / by).max(1) as f64, point.recall_at_1_percent?)))
            .collect(),
        marked: true,
    };
    let all = curves.get("all").map_or(&[][..], Vec::as_slice);
    let mut lines = vec![line("all, rows a language".to_owned(), all, n_languages)];
    lines.extend(steepest.into_iter().map(|(name, points)| line(name.clone(), points, 1)));
    let xs = lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
    let (low, high) = xs.fold((f64::INFINITY, 1.0), |(low, high), x| (x.min(low), x.max(high)));
    let top = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).fold(0.0, f64::max);
    Chart {
        title: "Recall at 1 % false alarms against rows, folds held out".to_owned(),
        x_name: "rows of the language learned from (log scale)".to_owned(),
        y_name: "share of lures found".to_owned(),
        x_range: (low.min(high * 0.9), high * 1.05),
        y_range: (0.0, ((top * 10.0).ceil() / 10.0).clamp(0.1, 1.0)),
        log_x: true,
        lines,
    }
}
