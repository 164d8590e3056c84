//! Distributions over one axis: outlines, a strip of quantiles for each, and the quantiles in numbers.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width, wrap};
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::{float, place, whole};
use super::super::place::{Rect, spread};
use super::super::ruler::{Extent, Ruler};
use super::super::theme::{Fill, Pen, Shape};
use super::super::words::and_more;
use super::super::{Distribution, Spread, Xy};
use super::axes::{across, grid_across, height_below, ticks_across};
use super::frame::{Frame, Sizes};

/// Where one distribution is drawn.
struct Row {
    /// The line on which its outline stands.
    base: f64,
    /// How high the outline may rise.
    height: f64,
    /// The middle of its strip.
    strip: f64,
    pen: Pen,
}

pub(super) fn draw(all: &Distribution, frame: &Frame, ink: &mut Ink<'_>) {
    if all.spreads.is_empty() {
        return frame.nothing(ink);
    }
    let Sizes { body, small, .. } = frame.sizes;
    let y = frame.body.y + body * 1.9;
    let height = (frame.body.bottom() - height_below(&frame.sizes) - y).max(60.0);
    let (rows, more) = rows(all, y, height, frame);
    let shown: Vec<&Spread> = all.spreads.iter().take(rows.len()).collect();
    let ruler = ruler(all, &shown);
    let columns = Columns::of(&shown, frame);
    let overlaid = is_overlaid(all);
    // In front of a name stands a sample of its line.
    let before = if overlaid { body * 2.0 } else { 0.0 };
    let names: Vec<Vec<String>> =
        shown.iter().map(|each| wrap(&each.name, frame.body.w * 0.24, 1, body, Weight::Regular)).collect();
    let rest = if more > 0 { width(&and_more(more), small, Weight::Regular) } else { 0.0 };
    let widest = names.iter().flatten().map(|name| width(name, body, Weight::Regular)).fold(rest, f64::max);
    let x = frame.body.x + before + widest + body * 0.9;
    let right = frame.body.right() - columns.width() - body * 0.6;
    let plot = Rect { x, y, w: (right - x).max(40.0), h: height };
    let ticks = ticks_across(&ruler, plot.w, &frame.sizes);

    grid_across(ink, plot, &ticks);
    ink.begin_within("outlines", plot);
    let densities = |each: &&Spread| each.outline.iter().map(|(_, density)| *density).fold(0.0, f64::max);
    let highest = shown.iter().map(densities).fold(0.0, f64::max);
    for (each, row) in shown.iter().zip(&rows) {
        let top = if overlaid { highest } else { densities(each) };
        outline(each, row, top, plot, &ruler, ink);
    }
    ink.end();
    ink.begin("quantiles");
    for ((each, row), name) in shown.iter().zip(&rows).zip(&names) {
        strip(each, row, plot, &ruler, ink);
        let y = row.strip + body * 0.35;
        if overlaid {
            ink.line((frame.body.x, row.strip), (frame.body.x + body * 1.5, row.strip), row.pen);
        }
        for name in name {
            ink.text((frame.body.x + before, y), name, frame.plain());
        }
        columns.draw_row(each, y, frame, ink);
    }
    if more > 0 {
        ink.text((frame.body.x, plot.bottom() - body * 0.1), &and_more(more), frame.quiet());
    }
    let first = rows.first().filter(|_| overlaid).map_or(plot.y - body * 0.7, |row| row.strip - body * 1.2);
    columns.draw_names(first, frame, ink);
    ink.end();
    limits(all, plot, &ruler, frame, ink);
    across(ink, frame, plot, &ticks, &all.axis.label, true);
}

fn is_overlaid(all: &Distribution) -> bool {
    all.spreads.len() <= Distribution::OVERLAID
}

/// The rows that have room, and how many have none.
fn rows(all: &Distribution, y: f64, height: f64, frame: &Frame) -> (Vec<Row>, usize) {
    let body = frame.sizes.body;
    let count = all.spreads.len();
    let least = body * 1.7;
    let fits = whole(height / least, 1, 1_000);
    let shown = if count > fits || (all.more > 0 && count >= fits) { fits.saturating_sub(1).max(1) } else { count };
    let more = all.more.saturating_add(count.saturating_sub(shown));
    let height = if more > 0 { height - body * 1.5 } else { height };
    let pen = |index: usize| frame.colours.pen(index, 2.2);
    let row = |index: usize| {
        let place = float(index);
        if is_overlaid(all) {
            let pitch = least.min(height * 0.5 / float(shown));
            let panel = height - pitch * float(shown) - body * 0.6;
            let strip = y + panel + body * 0.3 + (place + 0.5) * pitch;
            Row { base: y + panel, height: panel * 0.94, strip, pen: pen(index) }
        } else {
            let pitch = height / float(shown);
            let top = y + place * pitch;
            // One hue for all: rows are told apart by where they are.
            let pen = frame.colours.pen(0, 1.6);
            Row { base: top + pitch * 0.64, height: pitch * 0.56, strip: top + pitch * 0.82, pen }
        }
    };
    ((0..shown).map(row).collect(), more)
}

fn ruler(all: &Distribution, shown: &[&Spread]) -> Ruler {
    let outlines = shown.iter().flat_map(|each| each.outline.iter().map(|(value, _)| *value));
    let quantiles = shown.iter().flat_map(|each| each.quantiles.iter().map(|quantile| place(&quantile.amount.value)));
    let limits = all.limits.iter().map(|limit| place(&limit.at.value));
    let values: Vec<f64> = outlines.chain(quantiles).chain(limits).collect();
    let mut ruler = Ruler::of(&all.axis, &values, Extent::Tight);
    if all.axis.range.is_none() {
        ruler.widen(0.02);
    }
    ruler
}

/// The outline of one, `top` being the density that reaches as high as it may. A fixed value is an upright line.
fn outline(each: &Spread, row: &Row, top: f64, plot: Rect, ruler: &Ruler, ink: &mut Ink<'_>) {
    let x = |value: f64| plot.x + ruler.at(value) * plot.w;
    let finite = each.outline.iter().filter(|(value, density)| value.is_finite() && density.is_finite());
    let edge: Vec<Xy> = finite
        .map(|(value, density)| (x(*value), row.base - density / top.max(f64::MIN_POSITIVE) * row.height))
        .collect();
    if edge.len() > 2 {
        ink.area(&edge, Fill::pale(row.pen.colour, 0.2));
        ink.strokes(&[edge], row.pen);
    } else if let Some(only) = each.quantiles.first() {
        let x = x(place(&only.amount.value));
        ink.line((x, row.base), (x, row.base - row.height), row.pen);
    }
    ink.line((plot.x, row.base), (plot.right(), row.base), Pen::solid(ink.colours.grid, 1.0));
}

/// A line from the first quantile to the last, a stroke at each, a dot at the middle one.
fn strip(each: &Spread, row: &Row, plot: Rect, ruler: &Ruler, ink: &mut Ink<'_>) {
    let shown = each.quantiles.iter().map(|quantile| place(&quantile.amount.value)).filter(|value| ruler.shows(*value));
    let places: Vec<f64> = shown.map(|value| plot.x + ruler.at(value) * plot.w).collect();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
    let pen = Pen::solid(row.pen.colour, 2.2);
    ink.line((*first, row.strip), (*last, row.strip), pen);
    for x in &places {
        ink.line((*x, row.strip - 5.0), (*x, row.strip + 5.0), pen);
    }
    if let Some(middle) = places.get(places.len() / 2) {
        ink.dot((*middle, row.strip), 6.2, row.pen.colour, Shape::Circle);
    }
}

/// Values to hold the distributions against: upright lines with their words above.
fn limits(all: &Distribution, plot: Rect, ruler: &Ruler, frame: &Frame, ink: &mut Ink<'_>) {
    let body = frame.sizes.body;
    let mut shown: Vec<(f64, String)> = Vec::new();
    let count = float(all.limits.len().max(1));
    for limit in &all.limits {
        let value = place(&limit.at.value);
        if ruler.shows(value) {
            let text = shorten(&limit.label, plot.w / count - body, body, Weight::SemiBold);
            shown.push((plot.x + ruler.at(value) * plot.w, text));
        }
    }
    shown.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let half = |text: &str| width(text, body, Weight::SemiBold) / 2.0 + body * 0.4;
    let wishes: Vec<(f64, f64)> = shown.iter().map(|(x, text)| (x - half(text), 2.0 * half(text))).collect();
    ink.begin("limits");
    for ((x, text), left) in shown.iter().zip(spread(&wishes, plot.x, plot.right())) {
        ink.line(
            (*x, plot.y - body * 0.3),
            (*x, plot.bottom()),
            Pen { dash: "6 4", ..Pen::solid(frame.colours.ink, 1.6) },
        );
        ink.text((left + half(text), plot.y - body * 0.7), text, frame.bold().anchored(Anchor::Middle));
    }
    ink.end();
}

/// A text that fits into a column.
fn short(text: &str, frame: &Frame) -> String {
    shorten(text, frame.body.w * 0.2, frame.sizes.body, Weight::SemiBold)
}

/// The quantiles in numbers, right of the plot.
struct Columns {
    /// Which quantiles, what they are called, and how wide their columns are.
    all: Vec<(usize, String, f64)>,
}

impl Columns {
    /// All quantiles, or the outer ones and the middle one, or the middle one alone.
    fn of(shown: &[&Spread], frame: &Frame) -> Columns {
        let size = frame.sizes.body;
        let count = shown.iter().map(|each| each.quantiles.len()).max().unwrap_or(0);
        let (middle, last) = (count / 2, count.saturating_sub(1));
        let choices: [Vec<usize>; 3] = [(0..count).collect(), vec![0, middle, last], vec![middle]];
        let mut best = Columns { all: Vec::new() };
        for mut choice in choices {
            choice.dedup();
            let column = |index: usize| {
                let named = shown.iter().find_map(|each| each.quantiles.get(index));
                let name = named.map_or_else(String::new, |quantile| short(&quantile.name, frame));
                let texts = shown.iter().filter_map(|each| each.quantiles.get(index));
                let widest = texts
                    .map(|quantile| width(&short(&quantile.amount.text, frame), size, Weight::SemiBold))
                    .fold(width(&name, size, Weight::Regular), f64::max);
                (index, name, widest + size * 1.1)
            };
            best = Columns { all: choice.into_iter().filter(|index| *index < count).map(column).collect() };
            if best.width() <= frame.body.w * 0.36 {
                break;
            }
        }
        best
    }

    fn width(&self) -> f64 {
        self.all.iter().map(|(.., width)| width).sum()
    }

    /// The right end of each column.
    fn ends(&self, frame: &Frame) -> Vec<f64> {
        let mut x = frame.body.right() - self.width();
        let end = |(.., width): &(usize, String, f64)| {
            x += width;
            x
        };
        self.all.iter().map(end).collect()
    }

    fn draw_names(&self, y: f64, frame: &Frame, ink: &mut Ink<'_>) {
        let look = Type { colour: frame.colours.quiet, ..frame.plain() }.anchored(Anchor::End);
        for ((_, name, _), x) in self.all.iter().zip(self.ends(frame)) {
            ink.text((x, y), name, look);
        }
    }

    fn draw_row(&self, each: &Spread, y: f64, frame: &Frame, ink: &mut Ink<'_>) {
        let middle = each.quantiles.len() / 2;
        for ((index, ..), x) in self.all.iter().zip(self.ends(frame)) {
            if let Some(quantile) = each.quantiles.get(*index) {
                let look = if *index == middle { frame.bold() } else { frame.plain() };
                ink.text((x, y), &short(&quantile.amount.text, frame), look.anchored(Anchor::End));
            }
        }
    }
}
