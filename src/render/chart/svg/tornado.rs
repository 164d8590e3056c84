//! What an input's low and high end make of a result.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{shorten, width};
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::place;
use super::super::place::Rect;
use super::super::ruler::{Extent, Ruler};
use super::super::theme::{Fill, Hatch, Pen};
use super::super::{Axis, Scale, Swing, Tornado};
use super::axes::{across, grid_across, ticks_across};
use super::frame::{Frame, Sizes};
use super::rows::{End, Label, Rows};
use crate::units::Exact;

/// From a bar to the text at its end.
const GAP: f64 = 7.0;

/// One end of an input.
struct Side {
    to: f64,
    text: String,
    fill: Fill,
    /// Whether its text stands right of it.
    right: bool,
    /// The part of the row's height that it takes: from, to.
    part: (f64, f64),
}

pub(super) fn draw(tornado: &Tornado, frame: &Frame, ink: &mut Ink<'_>) {
    let Some(centre) = tornado.centre.as_ref().filter(|_| !tornado.rows.is_empty()) else {
        return frame.nothing(ink);
    };
    let under = |row: &Swing| match (row.low_input.as_str(), row.high_input.as_str()) {
        ("", "") => String::new(),
        (low, high) => format!("{low} to {high}"),
    };
    let labels: Vec<Label<'_>> =
        tornado.rows.iter().map(|row| Label { under: under(row), ..Label::new(&row.label) }).collect();
    let mut rows = Rows::of(frame, frame.sizes.body * 1.7, &labels, tornado.more);
    let shown: Vec<&Swing> = tornado.rows.iter().take(rows.shown).collect();
    let results = shown.iter().flat_map(|row| [&row.low.value, &row.high.value]).chain([&centre.value]);
    let values: Vec<f64> = results.map(place).collect();
    let ruler = Ruler::of(&Axis { scale: Scale::Linear, ..tornado.axis.clone() }, &values, Extent::Tight);
    let at = |value: &Exact| ruler.at(place(value)).clamp(0.0, 1.0);
    let middle = at(&centre.value);
    let size = frame.sizes.small;
    let roomy = rows.thickness * 0.52 > size;
    let sides = rows.fit(|room| {
        let sides: Vec<[Side; 2]> =
            shown.iter().map(|row| sides(row, &centre.value, &at, (roomy, room), frame)).collect();
        let ends = sides.iter().flatten().map(|side| side.end(frame)).collect();
        (sides, ends)
    });

    let ticks = ticks_across(&ruler, rows.plot.w, &frame.sizes);
    let field = rows.field(frame);
    grid_across(ink, field, &ticks);
    rows.names(frame, ink);
    ink.begin("bars");
    for (index, pair) in sides.iter().enumerate() {
        for side in pair {
            let whole = rows.bar(index, middle, side.to);
            let (from, to) = side.part;
            let rect = Rect { y: whole.y + from * whole.h, h: (to - from) * whole.h, ..whole };
            if (side.to - middle).abs() > 0.0 {
                ink.rect(rect, side.fill);
            }
            let y = rect.y + rect.h / 2.0 + size * 0.35;
            let end = rows.plot.x + side.to * rows.plot.w;
            let (x, anchor) = if side.right { (end + GAP, Anchor::Start) } else { (end - GAP, Anchor::End) };
            let look = Type { colour: frame.colours.ink, ..frame.quiet() };
            ink.text((x, y), &side.text, look.anchored(anchor));
        }
    }
    ink.end();
    rows.upright(middle, Pen::solid(frame.colours.ink, 1.4), frame, ink);
    // Above the first row, and never beyond the page.
    let text = format!("{}: {}", tornado.centre_label, centre.text);
    let text = shorten(&text, frame.body.w * 0.7, frame.sizes.body, frame.bold().weight);
    let half = width(&text, frame.sizes.body, frame.bold().weight) / 2.0;
    let x = rows.plot.x + middle * rows.plot.w;
    let x = x.min(frame.body.right() - half).max(frame.body.x + half);
    let y = rows.plot.y - frame.sizes.body * 0.3 - Sizes::leading(frame.sizes.body) * 0.3;
    ink.text((x, y), &text, frame.bold().anchored(Anchor::Middle));
    across(ink, frame, field, &ticks, &tornado.axis.label, false);
}

impl Side {
    fn end(&self, frame: &Frame) -> End {
        let wide = width(&self.text, frame.sizes.small, frame.quiet().weight) + GAP + 2.0;
        let (left, right) = if self.right { (0.0, wide) } else { (wide, 0.0) };
        End { at: self.to, left, right }
    }
}

/// Both ends of a row: to either side of the centre, or one above the other where both are on one side.
fn sides(
    row: &Swing,
    centre: &Exact,
    at: &impl Fn(&Exact) -> f64,
    (roomy, room): (bool, f64),
    frame: &Frame,
) -> [Side; 2] {
    let colours = frame.colours;
    let (low, high) = (&row.low.value, &row.high.value);
    let same = (low > centre && high > centre) || (low < centre && high < centre);
    let low_right = if low == centre { high < centre } else { low > centre };
    let high_right = if high == centre { low <= centre } else { high > centre };
    let parts = if same { [(0.0, 0.48), (0.52, 1.0)] } else { [(0.0, 1.0), (0.0, 1.0)] };
    let [low_part, high_part] = parts;
    let (low_fill, high_fill) = (Fill::solid(colours.fall), Fill::hatched(colours.rise, Hatch::Rising));
    let short = |text: &str, room: f64| shorten(text, room, frame.sizes.small, frame.quiet().weight);
    let (mut low_text, mut high_text) = (short(&row.low.text, room), short(&row.high.text, room));
    if same && !roomy {
        // Both at the farther end: there is no room for one above the other.
        let both = short(&format!("{low_text} and {high_text}"), room);
        let low_is_far = (low > high) == (low > centre);
        (low_text, high_text) = if low_is_far { (both, String::new()) } else { (String::new(), both) };
    }
    [
        Side { to: at(low), text: low_text, fill: low_fill, right: low_right, part: low_part },
        Side { to: at(high), text: high_text, fill: high_fill, right: high_right, part: high_part },
    ]
}
