//! `lurewatch inspect`: what is inside a model.

use crate::args::{InspectArgs, ReportFormat};
use crate::model;
use lurewatch::linear::calibration::Calibration;
use lurewatch::linear::combination::RiskCombination;
use lurewatch::{Classifier, Metadata};
use std::io::Write;
use std::process::ExitCode;

/// Features of each sign shown for a label.
const N_SHOWN: usize = 8;

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let classifier = model::open(args.model.as_deref())?;
    let n_bytes = match &args.model {
        Some(path) => model::bytes(path)?.len(),
        None => Classifier::embedded_bytes().len(),
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match args.format {
        ReportFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(classifier.metadata())?)?,
        ReportFormat::Text => show(&mut out, &classifier, n_bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut impl Write, classifier: &Classifier<'_>, n_bytes: usize) -> std::io::Result<()> {
    let metadata = classifier.metadata();
    let training = &metadata.training;
    writeln!(out, "model       {} ({n_bytes} bytes, format {})", metadata.name, metadata.format_version)?;
    writeln!(out, "features    {}", classifier.n_features())?;
    writeln!(
        out,
        "trained on  {} rows, data checksum {}",
        training.n_records,
        short(&training.data_checksum)
    )?;
    writeln!(out, "held out    {}", training.folds)?;
    writeln!(out, "checksum    {}", metadata.checksum)?;
    writeln!(out, "scripts     {}", metadata.abstention.scripts.join(" "))?;
    let languages: Vec<String> =
        training.languages.iter().map(|(name, count)| format!("{name} {count}")).collect();
    for (idx, line) in languages.chunks(8).enumerate() {
        writeln!(out, "{:<12}{}", if idx == 0 { "languages" } else { "" }, line.join(", "))?;
    }
    let limits = metadata.thresholds;
    writeln!(
        out,
        "thresholds  watch {:.4}, caution {:.4}, high {:.4}, critical {:.4}",
        limits.watch, limits.caution, limits.high, limits.critical
    )?;
    writeln!(out, "\nmeasured on held-out rows")?;
    for (name, value) in &training.measures {
        writeln!(out, "  {name:<28} {value:.4}")?;
    }
    writeln!(out, "\nlabels (calibration slope, offset; rows)")?;
    heads(out, metadata)
}

fn heads(out: &mut impl Write, metadata: &Metadata) -> std::io::Result<()> {
    let of_label = |(head, calibration): (usize, &Calibration)| {
        let rows =
            metadata.training.n_labelled.get(head).map_or(String::new(), |count| format!(", {count} rows"));
        let ordinary = |name: &String| format!("ordinary kind: {name}");
        let name = metadata.labels.get(head).cloned();
        let name = name.or_else(|| metadata.auxiliary.get(head - metadata.labels.len()).map(ordinary));
        let name = name.unwrap_or_default();
        format!("{name} ({:.3}, {:+.3}{rows})", calibration.slope, calibration.offset)
    };
    let RiskCombination { risk, lures, ordinary, offset } = metadata.risk;
    let names = metadata.calibrations.iter().enumerate().map(of_label);
    let names = names.chain([format!(
        "risk ({risk:.3} of its own head, {lures:.3} of the likeliest family, -{ordinary:.3} of the likeliest \
         ordinary kind, {offset:+.3})"
    )]);
    for (head, name) in names.enumerate() {
        writeln!(out, "  {name}")?;
        let features = metadata.top_features.get(head).map_or(&[][..], Vec::as_slice);
        let (positive, negative): (Vec<_>, Vec<_>) = features.iter().partition(|(_, weight)| *weight > 0.0);
        writeln!(out, "    for:     {}", named(positive.into_iter().take(N_SHOWN)))?;
        writeln!(out, "    against: {}", named(negative.into_iter().rev().take(N_SHOWN)))?;
    }
    Ok(())
}

fn named<'f>(features: impl Iterator<Item = &'f (String, f32)>) -> String {
    let shown = |(name, weight): &(String, f32)| {
        let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
        format!("{} {weight:+.1}", name.replace(['\n', '\r'], " "))
    };
    features.map(shown).collect::<Vec<_>>().join(" | ")
}

fn short(checksum: &str) -> &str {
    checksum.get(..16).unwrap_or(checksum)
}
