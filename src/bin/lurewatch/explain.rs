//! `lurewatch explain`: the verdict, reasons by tactic with their places in the text, what speaks against, what would
//! change it, and what to do now, in the reader's language.

use crate::args::{ExplainArgs, ReportFormat};
use crate::model;
use crate::output::{band_style, evidence_value, shortened};
use crate::words::{self, Contact, Language, Words, fill};
use anstyle::Style;
use anyhow::Context;
use lurewatch::{Band, Classifier, Evidence, Explanation};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::ExitCode;

/// Contributions smaller than this, in log-odds, are not worth a line.
const WORTH_A_LINE: f64 = 0.02;

/// From these contributions on, in log-odds, a reason gets a second and a third mark.
const MARKS: [f64; 2] = [0.75, 2.0];

/// Quotations shown below one reason.
const N_QUOTED: usize = 3;

/// Characters shown of the passage that decided.
const PASSAGE: usize = 160;

/// Columns of a page.
const PAGE: usize = 78;

/// Tactics that speak against a lure wherever they are found.
const COUNTER_TAGS: [&str; 12] = [
    "appointment_notice",
    "faith_greeting",
    "job_formal",
    "known_relation",
    "market_talk",
    "negated_promise",
    "otp_notice",
    "own_transaction",
    "reported_speech",
    "study_or_code",
    "verifiable_service",
    "warning_context",
];

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let classifier = model::open(args.model.as_deref())?;
    let text = if args.text == "-" { read_standard_input()? } else { args.text.clone() };
    let explanation = classifier.scorer().explain(&text);
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match args.format {
        ReportFormat::Json => writeln!(out, "{}", as_json(&classifier, &text, &explanation))?,
        ReportFormat::Text => {
            let locale = words::locale();
            let country = args.country.as_deref().or_else(|| words::country_of_locale(&locale));
            let page = Page {
                classifier: &classifier,
                text: &text,
                explanation: &explanation,
                words: Words::load(args.lang.unwrap_or_else(|| Language::of_locale(&locale)))?,
                contacts: country.map(words::contacts).transpose()?.unwrap_or_default(),
                n_reasons: args.reasons,
            };
            out.write_all(page.to_text().as_bytes())?;
        }
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
    let disguised: Vec<_> = explanation
        .disguised
        .iter()
        .map(|span| serde_json::json!({"start": span.start, "end": span.end, "text": &text[span.start..span.end]}))
        .collect();
    serde_json::json!({
        "risk": verdict.risk,
        "band": verdict.band.name(),
        "abstained": verdict.abstained,
        "passage": verdict.passage.map(|span| serde_json::json!({"start": span.start, "end": span.end})),
        "labels": labels,
        "logit": explanation.logit,
        "intercept": explanation.intercept,
        "unplaced": explanation.unplaced,
        "evidence": evidence,
        "disguised": disguised,
        "counterfactual": counterfactual,
    })
}

/// Everything that a page shows.
struct Page<'p> {
    classifier: &'p Classifier<'p>,
    text: &'p str,
    explanation: &'p Explanation,
    words: Words,
    contacts: Vec<Contact>,
    n_reasons: usize,
}

/// Evidence that says the same thing.
struct Reason {
    meaning: String,
    contribution: f64,
    quotes: Vec<String>,
}

// Writing to a String cannot fail, so the results of `writeln!` say nothing here.
impl Page<'_> {
    fn to_text(&self) -> String {
        let (words, verdict) = (&self.words, &self.explanation.verdict);
        let mut page = String::new();
        if verdict.abstained {
            let _ = writeln!(page, "{}\n", words.lines.no_judgement);
            wrapped(&mut page, "", &words.limits.text_only);
            return page;
        }
        self.verdict(&mut page);
        heading(&mut page, &words.lines.reasons);
        let worth = |piece: &&Evidence| piece.contribution.abs() >= WORTH_A_LINE;
        let reasons = self.grouped(self.explanation.reasons().filter(worth));
        self.reasons(&mut page, &reasons, '+', verdict.band);
        self.disguised(&mut page);
        heading(&mut page, &words.lines.counter_evidence);
        let against = self.grouped(self.explanation.counter_evidence().filter(worth));
        self.reasons(&mut page, &against, '-', Band::None);
        heading(&mut page, &words.lines.change);
        self.change(&mut page);
        heading(&mut page, &words.lines.now);
        self.advise(&mut page);
        page
    }

    fn verdict(&self, page: &mut String) {
        let verdict = &self.explanation.verdict;
        let style = band_style(verdict.band);
        let band = self.words.bands.get(verdict.band.name()).map_or(verdict.band.name(), String::as_str);
        let band = format!("{style}{band}{style:#}");
        let risk = format!("{:.0}", verdict.risk * 100.0);
        let _ = writeln!(page, "{}", fill(&self.words.lines.verdict, &[("band", &band), ("risk", &risk)]));
        if let Some(span) = verdict.passage {
            let passage = shortened(&self.text[span.start..span.end], PASSAGE);
            wrapped(page, "", &fill(&self.words.lines.passage, &[("text", &passage)]));
        }
    }

    /// What pieces say in plain words, each once, strongest first.
    fn grouped<'e>(&self, pieces: impl Iterator<Item = &'e Evidence>) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        for piece in pieces {
            let meaning = self.meaning(piece);
            let quote = format!("\"{}\"", shortened(&self.text[piece.span.start..piece.span.end], 40));
            match reasons.iter_mut().find(|reason| reason.meaning == meaning) {
                Some(reason) => {
                    reason.contribution += piece.contribution;
                    reason.quotes.push(quote);
                }
                None => {
                    reasons.push(Reason { meaning, contribution: piece.contribution, quotes: vec![quote] });
                }
            }
        }
        reasons.sort_by(|one, two| two.contribution.abs().total_cmp(&one.contribution.abs()));
        reasons.truncate(self.n_reasons);
        reasons
    }

    /// A tactic that fits the direction of the piece, else the family or the ordinary talk that the words are usual in.
    fn meaning(&self, piece: &Evidence) -> String {
        let for_a_lure = piece.contribution > 0.0;
        let fits = |tag: &&String| for_a_lure != COUNTER_TAGS.contains(&tag.as_str());
        match piece.tag.as_ref().filter(fits) {
            Some(tag) => self.words.tag(tag),
            None if for_a_lure => {
                let family = self.words.family(&self.classifier.labels()[piece.label_idx]);
                fill(&self.words.lines.usual_words, &[("family", family)])
            }
            None => self.words.lines.harmless_words.clone(),
        }
    }

    fn reasons(&self, page: &mut String, reasons: &[Reason], mark: char, band: Band) {
        let style = band_style(band);
        for reason in reasons {
            let n_marks = 1 + MARKS.iter().filter(|&&limit| reason.contribution.abs() >= limit).count();
            let marks: String = std::iter::repeat_n(mark, n_marks).collect();
            let _ = writeln!(page, "  {style}{marks:<3}{style:#} {}", reason.meaning);
            wrapped(page, "      ", &reason.quotes[..reason.quotes.len().min(N_QUOTED)].join(", "));
        }
        if reasons.is_empty() {
            let _ = writeln!(page, "  {}", self.words.lines.nothing);
        }
    }

    /// Says that disguised writing was read through; on its own it proves nothing.
    fn disguised(&self, page: &mut String) {
        if self.explanation.disguised.is_empty() {
            return;
        }
        let quote = |span: &lurewatch::text::tokenize::Span| {
            format!("\"{}\"", shortened(&self.text[span.start..span.end], 40))
        };
        let mut quotes: Vec<String> =
            self.explanation.disguised.iter().filter(|span| span.start < span.end).map(quote).collect();
        quotes.dedup();
        quotes.truncate(N_QUOTED);
        let _ = writeln!(page, "  *   {}", self.words.tag("disguise"));
        wrapped(page, "      ", &quotes.join(", "));
    }

    fn change(&self, page: &mut String) {
        if let Some(counterfactual) = self.explanation.counterfactual {
            let quoted = shortened(&self.text[counterfactual.without.start..counterfactual.without.end], 40);
            let risk = format!("{:.0}", counterfactual.risk * 100.0);
            let line = fill(&self.words.lines.without, &[("risk", &risk), ("text", &quoted)]);
            wrapped(page, "  ", &line);
        }
        wrapped(page, "  ", &self.words.lines.context);
    }

    /// Advice for each likely family; for the lowest bands, what the tool cannot see.
    fn advise(&self, page: &mut String) {
        let (words, verdict) = (&self.words, &self.explanation.verdict);
        if verdict.band < Band::Caution {
            wrapped(page, "  ", &words.limits.opener);
            return wrapped(page, "  ", &words.limits.text_only);
        }
        for (label, probability) in self.likely_families() {
            let share = format!("{:.0}", probability * 100.0);
            let line = fill(&words.lines.signs_of, &[("family", words.family(label)), ("share", &share)]);
            wrapped(page, "  ", &line);
            for step in words.advice.get(label).into_iter().flatten() {
                bullet(page, step);
            }
        }
        wrapped(page, "  ", &words.limits.help);
        if !self.contacts.is_empty() {
            heading(page, &words.lines.report);
            for contact in &self.contacts {
                bullet(page, &format!("{}: {}", contact.body, contact.contact));
            }
        }
    }

    /// The likeliest family and all that are more likely than not.
    fn likely_families(&self) -> impl Iterator<Item = (&str, f64)> {
        let probabilities = self.explanation.verdict.probabilities();
        let risky = |&idx: &usize| self.classifier.is_risky(idx);
        let best = (0..probabilities.len())
            .filter(risky)
            .max_by(|&one, &two| probabilities[one].total_cmp(&probabilities[two]));
        (0..probabilities.len())
            .filter(risky)
            .filter(move |&idx| Some(idx) == best || probabilities[idx] >= 0.5)
            .map(|idx| (self.classifier.labels()[idx].as_str(), probabilities[idx]))
    }
}

fn heading(page: &mut String, name: &str) {
    let bold = Style::new().bold();
    let _ = writeln!(page, "\n{bold}{name}{bold:#}");
}

/// The text in lines that fit the page, each behind the indent.
fn wrapped(page: &mut String, indent: &str, text: &str) {
    let options = textwrap::Options::new(PAGE).initial_indent(indent).subsequent_indent(indent);
    let _ = writeln!(page, "{}", textwrap::fill(text, options));
}

fn bullet(page: &mut String, text: &str) {
    let options = textwrap::Options::new(PAGE).initial_indent("  - ").subsequent_indent("    ");
    let _ = writeln!(page, "{}", textwrap::fill(text, options));
}
