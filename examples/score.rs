//! # Score messages with the built-in model
//!
//! `cargo run --release --example score`

use lurewatch::Classifier;

#[allow(clippy::print_stdout)] // an example shows its result
fn main() {
    // The model is compiled in; loading it checks it.
    let classifier = Classifier::embedded();

    // A scorer holds buffers: make one for each thread and keep it.
    let mut scorer = classifier.scorer();
    for text in
        ["See you at six at the station.", "Pay the 12% tax first, then the platform releases your USDT."]
    {
        let verdict = scorer.score(text);
        println!("{:<9} {:.3}  {text}", verdict.band.name(), verdict.risk);

        // Reasons are byte spans of the text itself.
        for reason in scorer.explain(text).reasons().take(3) {
            println!("          {:+.2}  {}", reason.contribution, &text[reason.span.start..reason.span.end]);
        }
    }
}
