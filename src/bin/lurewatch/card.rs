//! The model card: what a model is for, what it was made of, how good it is on held-out rows, and what it must not be
//! used for, as Markdown (after Mitchell et al., *Model Cards for Model Reporting*, 2019).

use lurewatch::evaluate::metrics::Interval;
use lurewatch::evaluate::report::{Class, ClassReport, HeadReport, Report, Slice};
use lurewatch::{BANDS, Band, Classifier, Metadata};
use std::fmt::Write;
use std::path::Path;

/// Divisions with their headings, in the order of the card.
const DIVISIONS: [(&str, &str); 4] = [
    ("lang", "By language"),
    ("length", "By length"),
    ("channel", "By channel"),
    ("kind", "By kind of benign message"),
];

/// The card of a model and the report on its held-out rows. `plots` is where the pictures are, `path` where the card
/// will be, so that it can show them.
pub(crate) fn card(
    bytes: &[u8],
    report: &Report,
    plots: Option<&Path>,
    path: &Path,
) -> anyhow::Result<String> {
    let classifier = Classifier::from_bytes(bytes)?;
    let metadata = classifier.metadata();
    let mut card = String::new();
    purpose(&mut card, metadata, bytes.len());
    data(&mut card, metadata);
    method(&mut card, metadata);
    headline(&mut card, report);
    thresholds(&mut card, metadata, report);
    for (by, heading) in DIVISIONS {
        division(&mut card, heading, report.slices.iter().filter(|slice| slice.by == by));
    }
    if let Some(plots) = plots {
        pictures(&mut card, plots, path);
    }
    limits(&mut card);
    Ok(card)
}

// Writing to a String cannot fail, so the results of `writeln!` say nothing here.

fn purpose(card: &mut String, metadata: &Metadata, n_bytes: usize) {
    let _ = writeln!(
        card,
        "# Model card: {}\n\n\
         Written by `lurewatch train --card`; every figure is of held-out rows.\n\n\
         **Purpose.** Reads one message and says how strongly it shows known signs of {}. For people who wonder about a \
         message, for helplines, and for teams that screen many and keep a human decision.\n\n\
         **Artifact.** {n_bytes} bytes, format {}, {} labels; checksum `{}`.",
        metadata.name,
        list(
            &metadata
                .labels
                .iter()
                .filter(|label| !metadata.neutral_labels.contains(label))
                .collect::<Vec<_>>()
        ),
        metadata.format_version,
        metadata.labels.len(),
        metadata.checksum,
    );
}

fn list(names: &[&String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn data(card: &mut String, metadata: &Metadata) {
    let training = &metadata.training;
    let _ = writeln!(
        card,
        "\n## Data\n\n{} labelled messages (BLAKE3 of texts and labels `{}`). Rows by label: {}. Rows by language: {}.",
        training.n_records,
        training.data_checksum,
        counts(metadata.labels.iter().zip(training.n_labelled.iter().copied())),
        counts(training.languages.iter().map(|(language, count)| (language, *count))),
    );
}

fn counts<'n>(pairs: impl Iterator<Item = (&'n String, usize)>) -> String {
    let name = |name: &'n String| if name.is_empty() { "(unknown)" } else { name };
    pairs.map(|(own, count)| format!("{} {count}", name(own))).collect::<Vec<_>>().join(", ")
}

fn method(card: &mut String, metadata: &Metadata) {
    let _ = writeln!(
        card,
        "\n## Method\n\nTF-IDF over words, characters, cues and concepts, each view scaled by its length; one-vs-rest \
         logistic regression with L2; Platt calibration; the risk combines the heads of the labels, of {} ordinary \
         kinds of text and its own. Held out: {}; each fold is scored by a model fitted without it, \
         with calibrations and thresholds from the *other* folds. Settings:\n\n```json\n{}\n```",
        metadata.auxiliary.len(),
        metadata.training.folds,
        metadata.training.config,
    );
}

fn headline(card: &mut String, report: &Report) {
    let _ = writeln!(
        card,
        "\n## Held-out figures\n\n{} rows. Intervals are 95 %. `risk` compares lures with benign rows; each label is \
         compared with all other rows.\n\n\
         | | rows | ROC-AUC | average precision | recall at 1 % false alarms | recall at 0.1 % | Brier | ECE |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |",
        report.n_rows,
    );
    for head in [&report.risk].into_iter().chain(&report.labels) {
        let _ = writeln!(card, "{}", head_line(head));
    }
    if let Some(right) = &report.right_family {
        let _ = writeln!(card, "\nThe likeliest family is right for {} of lures.", percent(Some(right)));
    }
}

fn head_line(head: &HeadReport) -> String {
    let ranged = |interval: &Option<Interval>| {
        interval.map_or("-".to_owned(), |i| format!("{:.3} ({:.3}-{:.3})", i.value, i.low, i.high))
    };
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    format!(
        "| {} | {} / {} | {} | {} | {} | {} | {} | {} |",
        head.label,
        head.n_positive,
        head.n_negative,
        ranged(&head.roc_auc),
        ranged(&head.average_precision),
        percent(head.recall_at_1_percent.as_ref()),
        percent(head.recall_at_01_percent.as_ref()),
        number(head.brier_score),
        number(head.expected_calibration_error),
    )
}

fn percent(interval: Option<&Interval>) -> String {
    interval.map_or("-".to_owned(), |i| {
        format!("{:.1} ({:.1}-{:.1}) %", 100.0 * i.value, 100.0 * i.low, 100.0 * i.high)
    })
}

fn thresholds(card: &mut String, metadata: &Metadata, report: &Report) {
    let limits = metadata.thresholds.as_array();
    let _ = writeln!(
        card,
        "\n## Bands\n\nA band begins at a risk that was chosen by a budget of false alarms on held-out benign rows. Of \
         1,000 ordinary messages like those rows, about so many reach it; of 1,000 messages of another mixture, more or \
         fewer will.\n\n\
         | band | risk from | of 1,000 benign | of 1,000 openers | of 1,000 merely suspicious | of 1,000 lures |\n\
         | --- | --- | --- | --- | --- | --- |"
    );
    for band in BANDS.iter().skip(1) {
        let reached = |class| {
            let found = report.classes.iter().find(|report| report.class == class);
            found.map_or("-".to_owned(), |found| per_thousand(found, *band))
        };
        let _ = writeln!(
            card,
            "| {} | {:.3} | {} | {} | {} | {} |",
            band.name(),
            limits[*band as usize - 1],
            reached(Class::Benign),
            reached(Class::Neutral),
            reached(Class::Suspicious),
            reached(Class::Lure)
        );
    }
}

fn per_thousand(class: &ClassReport, band: Band) -> String {
    let n_reached: usize = class.n_band[band as usize..].iter().sum();
    format!("{:.0} ({n_reached} of {})", 1000.0 * n_reached as f64 / class.n_rows.max(1) as f64, class.n_rows)
}

fn division<'r>(card: &mut String, heading: &str, slices: impl Iterator<Item = &'r Slice>) {
    let mut slices = slices.filter(|slice| !slice.name.is_empty()).peekable();
    if slices.peek().is_none() {
        return;
    }
    let _ = writeln!(
        card,
        "\n## {heading}\n\n\
         | | benign | false alarms at `high` | lures | recall at `high` | ROC-AUC | recall at 1 % |\n\
         | --- | --- | --- | --- | --- | --- | --- |"
    );
    for slice in slices {
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let _ = writeln!(
            card,
            "| {} | {} | {} | {} | {} | {} | {} |",
            slice.name,
            slice.n_benign,
            percent(slice.false_alarms.as_ref()),
            slice.n_lures,
            percent(slice.recall.as_ref()),
            number(slice.roc_auc),
            number(slice.recall_at_1_percent)
        );
    }
}

/// Pictures beside the card, by the way from it.
fn pictures(card: &mut String, plots: &Path, path: &Path) {
    let folder = path.parent().and_then(|home| plots.strip_prefix(home).ok()).unwrap_or(plots);
    let _ = writeln!(card, "\n## Pictures\n");
    for (name, title) in [
        ("roc", "recall against false alarms"),
        ("precision_recall", "precision against recall"),
        ("reliability_risk", "reliability of the risk"),
    ] {
        let _ = writeln!(card, "![{title}]({}/{name}.svg)", folder.display());
    }
}

fn limits(card: &mut String) {
    card.push_str(
        "\n## Limits\n\n\
         * Text only: no pictures, voices, profiles or payments. Friendly small talk carries no signal, and a bond without a \
         request cannot be judged from text.\n\
         * Held-out rows come from the same corpus as the others; text from elsewhere is harder. Campaigns that appear after \
         training are not known.\n\
         * Languages and scripts that the corpus does not have are not judged, or judged badly.\n\
         * A disguise that cannot be read through hides what it covers.\n\n\
         ## Use and misuse\n\n\
         * A score is about a text. It is no finding about a person, no proof, and no reason by itself to block, report or \
         accuse. The lowest band means that this text shows no known signs, not that all is well.\n\
         * Nationality, grammar, faith, gender, orientation and telephone prefixes are no evidence, but a model of words \
         can pick them up from its data: swap them in texts of your own before you rely on it.\n\
         * Not for ranking people, not for lists of senders, and not for trying out wordings against the score.\n",
    );
}
