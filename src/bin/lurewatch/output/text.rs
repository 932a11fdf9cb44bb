//! For people: one line a row, reasons below it, readable at 80 columns.

use super::{Answer, Scored, Sink};
use anstyle::{AnsiColor, Style};
use lurewatch::{Band, Classifier};
use std::io::{self, Write};

pub(super) struct Text<'c> {
    classifier: &'c Classifier<'c>,
    labels: bool,
}

impl<'c> Text<'c> {
    pub(super) fn new(classifier: &'c Classifier<'c>, labels: bool) -> Text<'c> {
        Text { classifier, labels }
    }

    fn answer(&self, out: &mut dyn Write, row: &Scored, answer: &Answer) -> io::Result<()> {
        let verdict = &answer.verdict;
        let (name, style) = match verdict.abstained {
            true => ("abstained", Style::new().dimmed()),
            false => (verdict.band.name(), band_style(verdict.band)),
        };
        let family = self.family(answer).unwrap_or_default();
        writeln!(
            out,
            "{style}{name:<9}{style:#} {:>5.1}%  {family:<16} {}",
            verdict.risk * 100.0,
            shortened(&row.text, 44)
        )?;
        if self.labels {
            for (label, probability) in self.classifier.labels().iter().zip(verdict.probabilities()) {
                writeln!(out, "    {label:<18} {:>5.1}%", probability * 100.0)?;
            }
        }
        for piece in answer.evidence.iter().flatten() {
            let quoted = shortened(&row.text[piece.span.start..piece.span.end], 40);
            let tag = piece.tag.as_deref().unwrap_or("");
            writeln!(out, "    {:>+6.2}  \"{quoted}\" {tag}", piece.contribution)?;
        }
        Ok(())
    }

    /// The likeliest family, where the text shows signs at all.
    fn family(&self, answer: &Answer) -> Option<String> {
        if answer.verdict.band < Band::Caution {
            return None;
        }
        let probabilities = answer.verdict.probabilities();
        let risky = (0..probabilities.len()).filter(|&idx| self.classifier.is_risky(idx));
        let best = risky.max_by(|&one, &two| probabilities[one].total_cmp(&probabilities[two]))?;
        Some(self.classifier.labels()[best].clone())
    }
}

impl Sink for Text<'_> {
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, out: &mut dyn Write, row: &Scored) -> io::Result<()> {
        match &row.answer {
            Ok(answer) => self.answer(out, row, answer),
            Err(problem) => writeln!(out, "error     row {}: {problem}", row.id),
        }
    }

    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// The colour of a band. `watch` has none: it is not an alarm.
pub(crate) fn band_style(band: Band) -> Style {
    match band {
        Band::None | Band::Watch => Style::new(),
        Band::Caution => AnsiColor::Yellow.on_default(),
        Band::High => AnsiColor::Red.on_default(),
        Band::Critical => AnsiColor::Red.on_default().bold(),
    }
}

/// The text on one line, at most `width` characters long, without control characters.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    let mut line: String =
        text.chars().map(|ch| if ch.is_control() { ' ' } else { ch }).take(width + 1).collect();
    if line.chars().count() > width {
        line = line.chars().take(width - 1).collect();
        line.push('\u{2026}');
    }
    line
}
