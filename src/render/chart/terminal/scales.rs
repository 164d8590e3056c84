//! Axes, and bars between two places of one.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::measure::{float, whole};
use super::super::ruler::Ruler;
use super::super::ticks::Tick;
use super::LEVELS;
use super::cells::{Cells, Tone, columns, fitted};

/// The ticks of an axis of so many columns.
pub(super) fn ticks_across(ruler: &Ruler, width: usize) -> Vec<Tick> {
    let length = float(width.max(1));
    ruler.ticks(whole(length / 11.0, 2, 9), |label| float(columns(label).saturating_add(2)) / length)
}

/// The column of a place between 0 and 1.
pub(super) fn column(at: f64, width: usize) -> usize {
    let last = width.saturating_sub(1);
    whole((at.clamp(0.0, 1.0) * float(last)).round(), 0, last)
}

/// The axis below a plot that begins at column `left`: a line with its ticks, numbers, and its name.
pub(super) fn across(ruler: &Ruler, left: usize, width: usize, name: &str, page: usize) -> Cells {
    let mut out = Cells::new(page, 3);
    if let Some(corner) = left.checked_sub(1) {
        out.put(corner, 0, '└', Tone::Dim);
    }
    for at in 0..width {
        out.put(left.saturating_add(at), 0, '─', Tone::Dim);
    }
    for tick in ticks_across(ruler, width) {
        let at = left.saturating_add(column(tick.at, width));
        if let Some(label) = &tick.label {
            out.put(at, 0, '┬', Tone::Dim);
            let label = fitted(label, page);
            let start = at.saturating_sub(columns(&label) / 2).min(page.saturating_sub(columns(&label)));
            out.write(start, 1, &label, Tone::Plain);
        }
    }
    let name = fitted(name, page);
    let middle = left.saturating_add(width / 2);
    let start = middle.saturating_sub(columns(&name) / 2).min(page.saturating_sub(columns(&name)));
    out.write(start, 2, &name, Tone::Plain);
    out
}

/// A column of blocks for a share between 0 and 1; nothing at all is a blank.
pub(super) fn level(share: f64) -> char {
    LEVELS.get(whole((share.clamp(0.0, 1.0) * 8.0).floor(), 0, 7)).copied().unwrap_or(' ')
}

/// Half cells between two places of `width` columns: at least one of them, so that nothing is lost.
pub(super) fn halves(from: f64, to: f64, width: usize) -> (usize, usize) {
    let most = width.saturating_mul(2);
    let (a, b) = (from.min(to).clamp(0.0, 1.0), from.max(to).clamp(0.0, 1.0));
    let a = whole((a * float(most)).round(), 0, most.saturating_sub(1));
    let b = whole((b * float(most)).round(), a.saturating_add(1), most.max(a.saturating_add(1)));
    (a, b)
}

/// Draws a bar between two places, in whole and half cells.
pub(super) fn bar(field: &mut Cells, left: usize, width: usize, row: usize, places: (f64, f64), tone: Tone) {
    let (from, to) = halves(places.0, places.1, width);
    for at in from / 2..to.div_ceil(2) {
        let (first, second) = (at.saturating_mul(2), at.saturating_mul(2).saturating_add(1));
        let sign = match (first >= from && first < to, second >= from && second < to) {
            (true, true) => '█',
            (true, false) => '▌',
            (false, true) => '▐',
            (false, false) => continue,
        };
        field.put(left.saturating_add(at), row, sign, tone);
    }
}

/// Draws a part of a bar in whole cells of one sign.
pub(super) fn hatched(field: &mut Cells, left: usize, width: usize, row: usize, places: (f64, f64), ink: (char, Tone)) {
    let (from, to) = halves(places.0, places.1, width);
    for at in from / 2..to.div_ceil(2) {
        field.put(left.saturating_add(at), row, ink.0, ink.1);
    }
}
