//! `lurewatch explain`: the verdict, reasons as spans of the text, what speaks against, what would change it, advice.

use crate::args::{ExplainArgs, ReportFormat};
use crate::output::{band_style, evidence_value, shortened};
use crate::{advice, model};
use anstyle::Style;
use anyhow::Context;
use lurewatch::{Band, Classifier, Evidence, Explanation};
use std::io::{Read, Write};
use std::process::ExitCode;

/// Contributions smaller than this, in log-odds, are not worth a line.
const WORTH_A_LINE: f64 = 0.02;

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let classifier = model::open(args.model.as_deref())?;
    let text = if args.text == "-" { read_standard_input()? } else { args.text.clone() };
    let explanation = classifier.scorer().explain(&text);
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match args.format {
        ReportFormat::Json => writeln!(out, "{}", as_json(&classifier, &text, &explanation))?,
        ReportFormat::Text => as_text(&mut out, &classifier, &text, &explanation, args.reasons)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_standard_input() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    String::from_utf8(bytes)
        .context("standard input is not valid UTF-8; convert it first, for example with iconv")
}

fn as_json(classifier: &Classifier<'_>, text: &str, explanation: &Explanation) -> serde_json::Value {
    let verdict = &explanation.verdict;
    let labels: serde_json::Map<String, serde_json::Value> =
        classifier.labels().iter().cloned().zip(verdict.probabilities().iter().map(|&p| p.into())).collect();
    let evidence: Vec<_> =
        explanation.evidence.iter().map(|piece| evidence_value(classifier, text, piece)).collect();
    let counterfactual = explanation.counterfactual.map(|counterfactual| {
        let without = counterfactual.without;
        serde_json::json!({"without": &text[without.start..without.end], "risk": counterfactual.risk})
    });
    serde_json::json!({
        "risk": verdict.risk,
        "band": verdict.band.name(),
        "abstained": verdict.abstained,
        "labels": labels,
        "logit": explanation.logit,
        "intercept": explanation.intercept,
        "unplaced": explanation.unplaced,
        "evidence": evidence,
        "counterfactual": counterfactual,
    })
}

fn as_text(
    out: &mut impl Write,
    classifier: &Classifier<'_>,
    text: &str,
    explanation: &Explanation,
    n_reasons: usize,
) -> std::io::Result<()> {
    let verdict = &explanation.verdict;
    let bold = Style::new().bold();
    if verdict.abstained {
        writeln!(
            out,
            "{bold}No judgement{bold:#}: too little text, or a script that this model has not read."
        )?;
        return writeln!(out, "\n{}", wrapped(advice::NO_SIGNS));
    }
    let style = band_style(verdict.band);
    writeln!(
        out,
        "{style}{}{style:#}: {} (risk {:.0} of 100)",
        verdict.band.name(),
        verdict.band.description(),
        verdict.risk * 100.0
    )?;
    let worth = |piece: &&Evidence| piece.contribution.abs() >= WORTH_A_LINE;
    heading(out, "What speaks for a lure")?;
    pieces(out, classifier, text, explanation.reasons().filter(worth).take(n_reasons), verdict.band)?;
    heading(out, "What speaks against")?;
    pieces(out, classifier, text, explanation.counter_evidence().filter(worth).take(n_reasons), Band::None)?;
    if let Some(counterfactual) = explanation.counterfactual {
        let quoted = shortened(&text[counterfactual.without.start..counterfactual.without.end], 40);
        heading(out, "What would change it")?;
        writeln!(out, "  without \"{quoted}\" the risk would be {:.2}", counterfactual.risk)?;
    }
    heading(out, "What now")?;
    advise(out, classifier, explanation)
}

fn heading(out: &mut impl Write, name: &str) -> std::io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{name}{bold:#}")
}

fn pieces<'e>(
    out: &mut impl Write,
    classifier: &Classifier<'_>,
    text: &str,
    pieces: impl Iterator<Item = &'e Evidence>,
    band: Band,
) -> std::io::Result<()> {
    let style = band_style(band);
    let mut n_shown = 0;
    for piece in pieces {
        n_shown += 1;
        let quoted = shortened(&text[piece.span.start..piece.span.end], 40);
        let label = &classifier.labels()[piece.label_idx];
        let meaning = piece.tag.as_deref().unwrap_or(if piece.contribution > 0.0 { label } else { "" });
        writeln!(
            out,
            "  {:>+6.2}  {style}\"{quoted}\"{style:#}  {}",
            piece.contribution,
            meaning.replace('_', " ")
        )?;
    }
    if n_shown == 0 { writeln!(out, "  nothing") } else { Ok(()) }
}

/// Advice for each likely family; for the lowest bands, what the tool cannot see.
fn advise(
    out: &mut impl Write,
    classifier: &Classifier<'_>,
    explanation: &Explanation,
) -> std::io::Result<()> {
    let verdict = &explanation.verdict;
    if verdict.band < Band::Caution {
        return writeln!(out, "{}", wrapped(advice::NO_SIGNS));
    }
    let probabilities = verdict.probabilities();
    let best = (0..probabilities.len())
        .filter(|&idx| classifier.is_risky(idx))
        .max_by(|&one, &two| probabilities[one].total_cmp(&probabilities[two]));
    for (idx, label) in classifier.labels().iter().enumerate() {
        let likely = classifier.is_risky(idx) && (Some(idx) == best || probabilities[idx] >= 0.5);
        let Some(advice) = advice::for_label(label).filter(|_| likely) else {
            continue;
        };
        writeln!(out, "  Signs of a {} ({:.0} of 100)", advice.title, probabilities[idx] * 100.0)?;
        for step in advice.steps {
            writeln!(out, "{}", wrapped(&format!("- {step}")))?;
        }
    }
    writeln!(out, "{}", wrapped(advice::ALWAYS))
}

/// The text in lines of at most 78 characters, two spaces before each.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line + word.chars().count() + 1 > 78 {
            lines.push(String::from(if text.starts_with("- ") { "   " } else { " " }));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_within_the_page() {
        for advice in advice::ADVICE {
            for step in advice.steps {
                assert!(wrapped(&format!("- {step}")).lines().all(|line| line.chars().count() <= 78));
            }
        }
    }
}
