//! Horizontal bars: whole, by component, or to either side of zero.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width};
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::place;
use super::super::place::Rect;
use super::super::ruler::{Extent, Ruler};
use super::super::theme::{Fill, Hatch, Pen, contrasting};
use super::super::{Axis, Bar, Bars, Scale};
use super::axes::{across, grid_across, ticks_across};
use super::frame::Frame;
use super::rows::{End, Label, Rows};
use crate::units::Exact;

/// From a bar to the text at its end.
const GAP: f64 = 7.0;

pub(super) fn draw(bars: &Bars, frame: &Frame, ink: &mut Ink<'_>) {
    if bars.rows.is_empty() {
        return frame.nothing(ink);
    }
    let labels: Vec<Label<'_>> =
        bars.rows.iter().map(|bar| Label { strong: bar.strong, ..Label::new(&bar.label) }).collect();
    let mut rows = Rows::of(frame, frame.sizes.body * 0.4, &labels, bars.more);
    let shown: Vec<&Bar> = bars.rows.iter().take(rows.shown).collect();
    let values: Vec<f64> = shown.iter().flat_map(|bar| ends(bar)).map(|end| place(&end)).collect();
    let ruler = Ruler::of(&Axis { scale: Scale::Linear, ..bars.axis.clone() }, &values, Extent::Bars);
    let texts = rows.fit(|room| {
        let texts: Vec<Words> = shown.iter().map(|bar| Words::of(bar, room, frame)).collect();
        let ends = shown.iter().zip(&texts).map(|(bar, words)| words.end(bar, &ruler)).collect();
        (texts, ends)
    });

    let ticks = ticks_across(&ruler, rows.plot.w, &frame.sizes);
    let field = rows.field(frame);
    grid_across(ink, field, &ticks);
    rows.names(frame, ink);
    ink.begin("bars");
    for (index, (bar, words)) in shown.iter().zip(&texts).enumerate() {
        if bar.parts.is_empty() {
            let rect = rows.bar(index, ruler.at(0.0), ruler.at(place(&bar.total.value)));
            if !bar.total.value.is_zero() {
                ink.rect(rect, fill(bars, bar, frame));
            }
        } else {
            parts(bar, index, &rows, &ruler, frame, ink);
        }
        let (low, high) = reach(bar);
        let left = bar.total.value.is_negative();
        let x = rows.plot.x + ruler.at(place(if left { &low } else { &high })).clamp(0.0, 1.0) * rows.plot.w;
        words.draw(x, left, rows.middle(index), frame, ink);
    }
    ink.end();
    rows.upright(ruler.at(0.0), Pen::solid(frame.colours.ink, 1.4), frame, ink);
    across(ink, frame, field, &ticks, &bars.axis.label, false);
}

/// The one to look at stands out; where there is none, all are alike.
fn fill(bars: &Bars, bar: &Bar, frame: &Frame) -> Fill {
    let colours = frame.colours;
    if bars.signed {
        return if bar.total.value.is_negative() {
            Fill::solid(colours.fall)
        } else {
            Fill::hatched(colours.rise, Hatch::Rising)
        };
    }
    let chosen = bars.rows.iter().any(|bar| bar.strong);
    Fill::solid(if chosen && !bar.strong { colours.muted } else { colours.of(0) })
}

/// How far a bar reaches to either side.
fn reach(bar: &Bar) -> (Exact, Exact) {
    let (mut low, mut high) = (Exact::ZERO, Exact::ZERO);
    let whole = std::iter::once(&bar.total).filter(|_| bar.parts.is_empty());
    for part in bar.parts.iter().chain(whole) {
        let side = if part.value.is_negative() { &mut low } else { &mut high };
        *side = &*side + &part.value;
    }
    (low, high)
}

fn ends(bar: &Bar) -> [Exact; 2] {
    let (low, high) = reach(bar);
    [low, high]
}

/// What stands at the end of a bar: the total and the remark after it.
struct Words {
    total: String,
    remark: String,
    look: Type,
    /// Widths of both, with their gaps.
    wide: (f64, f64),
}

impl Words {
    fn of(bar: &Bar, room: f64, frame: &Frame) -> Words {
        let look = if bar.strong { frame.bold() } else { frame.plain() };
        let total = shorten(&bar.total.text, room, look.size, look.weight);
        let room = room - width(&total, look.size, look.weight) - GAP;
        // A few letters of a remark say nothing.
        let remark =
            if room < look.size * 3.0 { String::new() } else { shorten(&bar.remark, room, look.size, Weight::Regular) };
        let wide =
            |text: &str, weight: Weight| if text.is_empty() { 0.0 } else { width(text, look.size, weight) + GAP };
        let wide = (wide(&total, look.weight), wide(&remark, Weight::Regular));
        Words { total, remark, look, wide }
    }

    fn end(&self, bar: &Bar, ruler: &Ruler) -> End {
        let (low, high) = reach(bar);
        let wide = self.wide.0 + self.wide.1 + 2.0;
        if bar.total.value.is_negative() {
            End { at: ruler.at(place(&low)), left: wide, right: 0.0 }
        } else {
            End { at: ruler.at(place(&high)), left: 0.0, right: wide }
        }
    }

    fn draw(&self, x: f64, left: bool, middle: f64, frame: &Frame, ink: &mut Ink<'_>) {
        let y = middle + self.look.size * 0.35;
        let start = if left { x - self.wide.0 - self.wide.1 } else { x + GAP };
        let quiet = Type { colour: frame.colours.quiet, ..frame.plain() };
        ink.text((start, y), &self.total, self.look);
        ink.text((start + self.wide.0, y), &self.remark, quiet);
    }
}

/// The parts of a bar, each after the one before it on its side of zero.
fn parts(bar: &Bar, index: usize, rows: &Rows, ruler: &Ruler, frame: &Frame, ink: &mut Ink<'_>) {
    let (mut low, mut high) = (Exact::ZERO, Exact::ZERO);
    for (number, part) in bar.parts.iter().enumerate() {
        if part.value.is_zero() {
            continue;
        }
        let side = if part.value.is_negative() { &mut low } else { &mut high };
        let from = side.clone();
        *side = &from + &part.value;
        let rect = rows.bar(index, ruler.at(place(&from)), ruler.at(place(side)));
        let fill = frame.colours.fill(number);
        ink.rect(rect, fill);
        // A line between two parts, where there is room for it.
        if rect.w > 4.0 {
            ink.rect(Rect { x: rect.right() - 1.2, w: 1.2, ..rect }, Fill::solid(frame.colours.page));
        }
        let look = Type { colour: contrasting(fill.colour), ..frame.quiet() }.anchored(Anchor::Middle);
        let wide = width(&part.text, look.size, look.weight);
        if rect.w > wide + 16.0 && rect.h > look.size * 1.2 {
            let x = rect.x + rect.w / 2.0;
            if fill.hatch != Hatch::None {
                // Nobody can read on a hatching.
                let (x, y) = (x - wide / 2.0 - 5.0, rows.middle(index) - look.size * 0.62);
                ink.rect(Rect { x, y, w: wide + 10.0, h: look.size * 1.24 }, Fill::solid(fill.colour));
            }
            ink.text((x, rows.middle(index) + look.size * 0.35), &part.text, look);
        }
    }
}
