//! Pictures of a report, as SVG text: ROC, precision-recall, reliability, and lines in general.
//!
//! Written by hand: three kinds of picture with two axes do not need a plotting library. Every picture names its axes,
//! the number of rows behind it, and how to read it.

use super::metrics::{Bin, Scored, curve};
use std::fmt::Write;

/// A line of a chart.
#[derive(Debug, Clone)]
pub struct Line {
    /// Name in the legend.
    pub name: String,
    /// Points in data coordinates, by rising x.
    pub points: Vec<(f64, f64)>,
    /// Whether points are marked.
    pub marked: bool,
}

/// A chart with two linear axes from 0 to 1, or a logarithmic x axis.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Heading.
    pub title: String,
    /// What the x axis is.
    pub x_name: String,
    /// What the y axis is.
    pub y_name: String,
    /// Ends of the x axis.
    pub x_range: (f64, f64),
    /// Ends of the y axis.
    pub y_range: (f64, f64),
    /// Whether the x axis is logarithmic; its ends must then be above zero.
    pub log_x: bool,
    /// The lines.
    pub lines: Vec<Line>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 56.0;

/// Colours that can be told apart by people who do not see red or green (Okabe and Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999"];

impl Chart {
    /// The picture.
    pub fn to_svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        self.draw_axes(&mut svg);
        for (idx, line) in self.lines.iter().enumerate() {
            self.draw_line(&mut svg, line, COLOURS[idx % COLOURS.len()]);
        }
        self.draw_legend(&mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn x(&self, value: f64) -> f64 {
        let (low, high) = self.x_range;
        let share = if self.log_x {
            (value.max(low).log10() - low.log10()) / (high.log10() - low.log10())
        } else {
            (value - low) / (high - low)
        };
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = self.y_range;
        HEIGHT - BOTTOM - ((value - low) / (high - low)).clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }

    fn ticks(&self) -> Vec<f64> {
        let (low, high) = self.x_range;
        if self.log_x {
            let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
            // Within less than two decades, more than the powers of ten are needed.
            let factors: &[f64] = if high / low < 100.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let ticks = decades.flat_map(|power| factors.iter().map(move |by| by * 10f64.powi(power)));
            return ticks.filter(|tick| (low..=high).contains(tick)).collect();
        }
        (0..=5).map(|step| low + (high - low) * f64::from(step) / 5.0).collect()
    }

    fn draw_axes(&self, svg: &mut String) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for tick in self.ticks() {
            let (x, name) = (self.x(tick), tick_name(tick));
            text(svg, (x, bottom + 18.0), "middle", &name);
            rule(svg, (x, TOP), (x, bottom));
        }
        for step in 0..=5 {
            let value = self.y_range.0 + (self.y_range.1 - self.y_range.0) * f64::from(step) / 5.0;
            let y = self.y(value);
            text(svg, (LEFT - 8.0, y + 4.0), "end", &tick_name(value));
            rule(svg, (LEFT, y), (right, y));
        }
        text(svg, ((LEFT + right) / 2.0, HEIGHT - 14.0), "middle", &self.x_name);
        text(svg, (LEFT, 22.0), "start", &self.title);
        let middle = (TOP + bottom) / 2.0;
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<text transform=\"translate(16 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escape(&self.y_name)
        );
    }

    fn draw_line(&self, svg: &mut String, line: &Line, colour: &str) {
        let points: Vec<String> =
            line.points.iter().map(|&(x, y)| format!("{:.1},{:.1}", self.x(x), self.y(y))).collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>",
            points.join(" ")
        );
        if line.marked {
            for &(x, y) in &line.points {
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{colour}\"/>",
                    self.x(x),
                    self.y(y)
                );
            }
        }
    }

    fn draw_legend(&self, svg: &mut String) {
        for (idx, line) in self.lines.iter().enumerate() {
            let y = HEIGHT - BOTTOM - 14.0 - 18.0 * (self.lines.len() - 1 - idx) as f64;
            let colour = COLOURS[idx % COLOURS.len()];
            let _ = writeln!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"14\" height=\"4\" fill=\"{colour}\"/>",
                WIDTH - 230.0,
                y - 6.0
            );
            text(svg, (WIDTH - 210.0, y), "start", &line.name);
        }
    }
}

fn tick_name(value: f64) -> String {
    if value == 0.0 || value.abs() >= 0.001 {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.0e}")
    }
}

fn rule(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#dddddd\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, at: (f64, f64), anchor: &str, content: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
        at.0,
        at.1,
        escape(content)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Recall against the share of false alarms, which is on a logarithmic axis: what matters happens below 1 %.
pub fn roc(rows: &[Scored]) -> String {
    let n_positive = rows.iter().filter(|row| row.1).count().max(1);
    let n_negative = (rows.len() - n_positive.min(rows.len())).max(1);
    let points = curve(rows)
        .iter()
        .map(|p| (p.n_false as f64 / n_negative as f64, p.n_true as f64 / n_positive as f64))
        .collect();
    Chart {
        title: format!("Recall against false alarms ({n_positive} lures, {n_negative} benign rows)"),
        x_name: "share of benign rows called lures (log scale)".into(),
        y_name: "share of lures found".into(),
        x_range: (1e-4, 1.0),
        y_range: (0.0, 1.0),
        log_x: true,
        lines: vec![Line { name: "risk".into(), points, marked: false }],
    }
    .to_svg()
}

/// Precision against recall.
pub fn precision_recall(rows: &[Scored]) -> String {
    let n_positive = rows.iter().filter(|row| row.1).count().max(1);
    let point = |p: &super::metrics::CurvePoint| {
        (p.n_true as f64 / n_positive as f64, p.n_true as f64 / (p.n_true + p.n_false).max(1) as f64)
    };
    Chart {
        title: format!("Precision against recall ({n_positive} lures, {} rows)", rows.len()),
        x_name: "recall".into(),
        y_name: "precision".into(),
        x_range: (0.0, 1.0),
        y_range: (0.0, 1.0),
        log_x: false,
        lines: vec![Line {
            name: "risk".into(),
            points: curve(rows).iter().map(point).collect(),
            marked: false,
        }],
    }
    .to_svg()
}

/// Share of positive rows against mean probability, bin by bin, with the diagonal of perfect calibration.
pub fn reliability(name: &str, bins: &[Bin]) -> String {
    let filled = bins.iter().filter(|bin| bin.n_rows > 0);
    let points = filled.map(|bin| (bin.mean_probability, bin.share_positive)).collect();
    let n_rows: usize = bins.iter().map(|bin| bin.n_rows).sum();
    Chart {
        title: format!("Reliability of {name} ({n_rows} rows)"),
        x_name: "mean probability in the bin".into(),
        y_name: "share that is positive".into(),
        x_range: (0.0, 1.0),
        y_range: (0.0, 1.0),
        log_x: false,
        lines: vec![
            Line { name: name.to_owned(), points, marked: true },
            Line { name: "perfect".into(), points: vec![(0.0, 0.0), (1.0, 1.0)], marked: false },
        ],
    }
    .to_svg()
}
