//! `lurewatch evaluate`: a model against labelled rows.

use crate::args::{EvaluateArgs, ReportFormat};
use crate::{corpus, model};
use anyhow::{Context, bail};
use comfy_table::{CellAlignment, Table, presets};
use lurewatch::dataset::groups;
use lurewatch::evaluate::metrics::{self, Interval};
use lurewatch::evaluate::plot;
use lurewatch::evaluate::report::{self, Class, HeadReport, Judged, Report, Slice, headline};
use lurewatch::{BANDS, Band, Classifier, Record};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    let classifier = model::open(args.model.as_deref())?;
    let mut records = corpus::read_all(&args.data)?;
    relabel(&mut records, &args.rename, &args.skip)?;
    warn_of_unknown_labels(&classifier, &records);
    let judged = judge(&classifier, &records);
    let neutral = &classifier.metadata().neutral_labels;
    let slices: Vec<_> = args.by.iter().filter_map(|part| report::parts(part.name(), &records)).collect();
    let report = report::report(&judged, classifier.labels(), neutral, &slices);
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    write_report(&mut out, &report, args.format)?;
    if !args.threshold_on.is_empty() {
        let mut calibration = corpus::read_all(&args.threshold_on)?;
        relabel(&mut calibration, &args.rename, &args.skip)?;
        write_at_budget(&mut out, &judge(&classifier, &calibration), &judged, args.budget)?;
    }
    if args.mistakes > 0 {
        write_mistakes(&mut out, &records, &judged, args.mistakes)?;
    }
    if let Some(dir) = &args.plots {
        write_plots(dir, &report, &judged)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The model's verdicts on labelled rows.
fn judge(classifier: &Classifier<'_>, records: &[Record]) -> Vec<Judged> {
    let neutral = &classifier.metadata().neutral_labels;
    let mut scorer = classifier.scorer();
    let clusters = groups::clusters(records);
    records
        .iter()
        .zip(&clusters)
        .map(|(record, &group)| {
            Judged::new(record, classifier.labels(), neutral, scorer.score(&record.text), group)
        })
        .collect()
}

/// Chooses a threshold of the risk on one set of rows and reports on another, so that the choice flatters nothing.
fn write_at_budget(
    out: &mut impl Write,
    calibration: &[Judged],
    judged: &[Judged],
    budget: f64,
) -> anyhow::Result<()> {
    if !(0.0..1.0).contains(&budget) {
        bail!("--budget {budget}: must be at least 0 and below 1");
    }
    let (scored, _) = headline(calibration.iter());
    let n_benign = scored.iter().filter(|row| !row.1).count();
    let allowed = (budget * n_benign as f64).floor() as usize;
    let points = metrics::curve(&scored);
    let Some(point) = points.iter().take_while(|point| point.n_false <= allowed).last() else {
        bail!(
            "no threshold keeps false alarms within {budget} on the {n_benign} benign rows of --threshold-on"
        );
    };
    let (scored, _) = headline(judged.iter());
    let flagged = scored.iter().filter(|row| !row.1 && row.0 >= point.threshold).count();
    let at =
        metrics::at_threshold(&scored, point.threshold).context("no lures or no benign rows to report on")?;
    writeln!(
        out,
        "\nat risk {:.4}, chosen on other rows for at most {:.1}% false alarms: precision {:.3}, recall {:.3}, F1 {:.3}; \
         {flagged} false alarms in {} benign rows",
        point.threshold,
        100.0 * budget,
        at.precision,
        at.recall,
        at.f1_score,
        scored.iter().filter(|row| !row.1).count()
    )?;
    Ok(())
}

fn relabel(records: &mut Vec<Record>, rename: &[String], skip: &[String]) -> anyhow::Result<()> {
    records.retain(|record| !record.labels.iter().any(|label| skip.contains(label)));
    for rule in rename {
        let Some((old, new)) = rule.split_once('=') else { bail!("--rename {rule}: write OLD=NEW") };
        for label in records.iter_mut().flat_map(|record| &mut record.labels).filter(|label| *label == old) {
            *label = new.to_owned();
        }
    }
    if records.is_empty() {
        bail!("no rows are left after --skip");
    }
    Ok(())
}

fn warn_of_unknown_labels(classifier: &Classifier<'_>, records: &[Record]) {
    let known = classifier.labels();
    for label in lurewatch::dataset::label_set(records).iter().filter(|label| !known.contains(label)) {
        let _ = writeln!(
            anstream::stderr(),
            "lurewatch: the model has no label {label}; such rows count for the risk only (see --rename)"
        );
    }
}

/// Writes a report in the format asked for.
pub(crate) fn write_report(
    out: &mut impl Write,
    report: &Report,
    format: ReportFormat,
) -> anyhow::Result<()> {
    if format == ReportFormat::Json {
        writeln!(out, "{}", serde_json::to_string(report)?)?;
        return Ok(());
    }
    writeln!(out, "{} rows; intervals are 95 %", report.n_rows)?;
    writeln!(out, "\nlures against benign rows, and each label against the rest")?;
    writeln!(out, "{}", heads_table(report))?;
    writeln!(out, "\nbands")?;
    writeln!(out, "{}", bands_table(report))?;
    if let Some(right) = &report.right_family {
        writeln!(out, "\nlikeliest family is right for {} of lures", percent(Some(right)))?;
    }
    if !report.slices.is_empty() {
        writeln!(out, "\nparts (false alarms and recall at `high`)")?;
        writeln!(out, "{}", slices_table(&report.slices))?;
    }
    Ok(())
}

fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn heads_table(report: &Report) -> Table {
    let mut table = table(&["label", "rows", "ROC-AUC", "AP", "R@1%", "R@0.1%", "P", "R", "Brier", "ECE"]);
    for head in [&report.risk].into_iter().chain(&report.labels) {
        table.add_row(head_row(head));
    }
    table
}

fn head_row(head: &HeadReport) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let ranged = |interval: &Option<Interval>| {
        interval.map_or("-".to_owned(), |i| format!("{:.3}\n{:.3}-{:.3}", i.value, i.low, i.high))
    };
    vec![
        head.label.clone(),
        format!("{}\n{}", head.n_positive, head.n_negative),
        ranged(&head.roc_auc),
        ranged(&head.average_precision),
        ranged(&head.recall_at_1_percent),
        ranged(&head.recall_at_01_percent),
        number(head.at_half.map(|at| at.precision)),
        number(head.at_half.map(|at| at.recall)),
        number(head.brier_score),
        number(head.expected_calibration_error),
    ]
}

fn bands_table(report: &Report) -> Table {
    let names = BANDS.map(Band::name);
    let headings: Vec<&str> =
        ["class", "rows"].into_iter().chain(names).chain(["abstained", "high or more"]).collect();
    let mut table = table(&headings);
    for class in &report.classes {
        let mut row = vec![class_name(class.class).to_owned(), class.n_rows.to_string()];
        row.extend(class.n_band.iter().map(usize::to_string));
        row.extend([class.n_abstained.to_string(), percent(class.flagged.as_ref())]);
        table.add_row(row);
    }
    table
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Benign => "benign",
        Class::Neutral => "opener",
        Class::Suspicious => "suspicious",
        Class::Lure => "lure",
    }
}

fn slices_table(slices: &[Slice]) -> Table {
    let mut table = table(&["part", "benign", "false alarms", "lures", "recall", "ROC-AUC", "R@1%"]);
    for slice in slices {
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let name = if slice.name.is_empty() { "(none)" } else { &slice.name };
        table.add_row(vec![
            format!("{} {name}", slice.by),
            slice.n_benign.to_string(),
            percent(slice.false_alarms.as_ref()),
            slice.n_lures.to_string(),
            percent(slice.recall.as_ref()),
            number(slice.roc_auc),
            number(slice.recall_at_1_percent),
        ]);
    }
    table
}

fn percent(interval: Option<&Interval>) -> String {
    interval.map_or("-".to_owned(), |interval| {
        format!("{:.2}% ({:.2}-{:.2})", interval.value * 100.0, interval.low * 100.0, interval.high * 100.0)
    })
}

/// The benign rows that look worst, then the lures that look best.
fn write_mistakes(
    out: &mut impl Write,
    records: &[Record],
    judged: &[Judged],
    most: usize,
) -> std::io::Result<()> {
    let mut alarms: Vec<usize> = (0..judged.len())
        .filter(|&idx| judged[idx].class == Class::Benign && judged[idx].verdict.band >= Band::High)
        .collect();
    alarms.sort_by(|&one, &two| judged[two].verdict.risk.total_cmp(&judged[one].verdict.risk));
    let mut misses: Vec<usize> = (0..judged.len())
        .filter(|&idx| judged[idx].class == Class::Lure && judged[idx].verdict.band < Band::Caution)
        .collect();
    misses.sort_by(|&one, &two| judged[one].verdict.risk.total_cmp(&judged[two].verdict.risk));
    for (name, rows) in [("benign rows at `high`", alarms), ("lures below `caution`", misses)] {
        writeln!(out, "\n{} {name}", rows.len())?;
        for &idx in rows.iter().take(most) {
            let record = &records[idx];
            let text = crate::output::shortened(&record.text, 160);
            writeln!(
                out,
                "  {:.3} {} {} {}: {text}",
                judged[idx].verdict.risk,
                record.id,
                record.labels.join(";"),
                record.kind
            )?;
        }
    }
    Ok(())
}

/// Writes `roc.svg`, `precision_recall.svg` and a reliability picture for each head.
pub(crate) fn write_plots(dir: &Path, report: &Report, judged: &[Judged]) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let (scored, _) = headline(judged.iter());
    let mut pictures = vec![
        ("roc".to_owned(), plot::roc(&scored)),
        ("precision_recall".to_owned(), plot::precision_recall(&scored)),
    ];
    for head in [&report.risk].into_iter().chain(&report.labels) {
        pictures
            .push((format!("reliability_{}", head.label), plot::reliability(&head.label, &head.reliability)));
    }
    for (name, svg) in pictures {
        let path = dir.join(format!("{name}.svg"));
        std::fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
