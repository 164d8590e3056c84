//! The chart as text for a terminal, legible without colours.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

mod bars;
mod cells;
mod distribution;
mod dots;
mod heat;
mod legend;
mod plane;
mod scales;
mod tornado;
mod waterfall;

use super::words::and_more;
use super::{Body, ChartSpec};
use crate::render::style::{Look, harmless};
use cells::Tone;

/// Levels of a column of blocks.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The chart as text of this look; empty when there is only the main result to be shown.
pub fn terminal(spec: &ChartSpec, look: Look) -> String {
    if look.quiet {
        return String::new();
    }
    let mut out = String::new();
    out.push_str(&paragraph(&spec.title, Tone::Bold, look));
    out.push_str(&paragraph(&spec.subtitle, Tone::Dim, look));
    let body = match &spec.body {
        Body::Plane(plane) => plane::draw(plane, look),
        Body::Bars(bars) => bars::draw(bars, look),
        Body::Waterfall(waterfall) => waterfall::draw(waterfall, look),
        Body::Tornado(tornado) => tornado::draw(tornado, look),
        Body::Heat(heat) => heat::draw(heat, look),
        Body::Distribution(all) => distribution::draw(all, look),
    };
    out.push_str(&body.unwrap_or_else(|| "  No data to draw\n".to_owned()));
    out.push_str(&paragraph(&spec.note, Tone::Dim, look));
    out
}

/// A paragraph of one tone. Each line has its own: pagers forget it at the end of a line.
fn paragraph(text: &str, tone: Tone, look: Look) -> String {
    if text.is_empty() {
        return String::new();
    }
    let lines = look.paragraph("", &harmless(text));
    lines.lines().map(|line| format!("{}\n", tone.paint(line, look))).collect()
}

/// Values as a row of blocks, one column each, from the least to the greatest: `▁▂▃▅█`. Equal values are half high;
/// a value that is not finite leaves its column blank.
pub fn sparkline(values: &[f64]) -> String {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (least, greatest) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let level = |value: &f64| match value.is_finite() {
        false => ' ',
        true if greatest > least => scales::level((value / 2.0 - least / 2.0) / (greatest / 2.0 - least / 2.0)),
        true => '▄',
    };
    values.iter().map(level).collect()
}

/// The line that counts what is left out.
fn rest(more: usize, look: Look) -> String {
    if more == 0 { String::new() } else { format!("{}\n", look.dim(&and_more(more))) }
}
