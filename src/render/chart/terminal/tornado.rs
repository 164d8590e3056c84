//! A tornado as text.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use std::cmp::Ordering;

use super::super::measure::place;
use super::super::ruler::{Extent, Ruler};
use super::super::{Axis, Scale, Swing, Tornado};
use super::cells::{Cells, Tone, columns, fitted};
use super::legend::{self, Item};
use super::{rest, scales};
use crate::render::style::{Look, harmless};
use crate::units::Exact;

const LOW: char = '█';
const HIGH: char = '▒';

pub(super) fn draw(tornado: &Tornado, look: Look) -> Option<String> {
    let centre = tornado.centre.as_ref().filter(|_| !tornado.rows.is_empty())?;
    let room = look.width;
    let names: Vec<String> = tornado.rows.iter().map(|row| name(row, room)).collect();
    let label = names.iter().map(|name| columns(name)).max().unwrap_or(0).min(room.saturating_mul(2) / 5);
    let texts = tornado.rows.iter().flat_map(|row| [columns(&row.low.text), columns(&row.high.text)]);
    let text = texts.max().unwrap_or(0).min(room / 6);
    let left = label.saturating_add(text).saturating_add(3);
    let width = room.saturating_sub(left).saturating_sub(text.saturating_add(2)).max(4);
    let results = tornado.rows.iter().flat_map(|row| [&row.low.value, &row.high.value]).chain([&centre.value]);
    let values: Vec<f64> = results.map(place).collect();
    let ruler = Ruler::of(&Axis { scale: Scale::Linear, ..tornado.axis.clone() }, &values, Extent::Tight);

    let at = |value: &Exact| ruler.at(place(value));
    let line = left.saturating_add(scales::column(at(&centre.value), width));
    let mut out = String::new();
    if !tornado.axis.label.is_empty() {
        out.push_str(&format!("{}\n", look.dim(&fitted(&tornado.axis.label, room))));
    }
    let items = [
        Item::new(&LOW.to_string().repeat(2), Tone::Fall, "input at its low end"),
        Item::new(&HIGH.to_string().repeat(2), Tone::Rise, "input at its high end"),
        Item::new("│", Tone::Plain, &format!("{}: {}", tornado.centre_label, centre.text)),
    ];
    out.push_str(&legend::draw(&items, look));
    let mut field = Cells::new(room, tornado.rows.len());
    for (row, (swing, name)) in tornado.rows.iter().zip(&names).enumerate() {
        field.write(0, row, &fitted(name, label), Tone::Plain);
        // The longer one first, so that the shorter one is seen where both are on one side.
        let mut sides = [(&swing.low, LOW, Tone::Fall), (&swing.high, HIGH, Tone::Rise)];
        sides.sort_by_key(|(amount, ..)| std::cmp::Reverse((&amount.value - &centre.value).abs()));
        // Both ends of what is drawn; a bar begins beside the line in the middle, and none is lost.
        let (mut first, mut last) = (line, line);
        for (amount, sign, tone) in sides {
            let end = left.saturating_add(scales::column(at(&amount.value), width));
            let columns = match amount.value.cmp(&centre.value) {
                Ordering::Less => end.min(line.saturating_sub(1))..line,
                Ordering::Equal => continue,
                Ordering::Greater => line.saturating_add(1)..end.max(line.saturating_add(1)).saturating_add(1),
            };
            (first, last) = (first.min(columns.start), last.max(columns.end.saturating_sub(1)));
            for column in columns {
                field.put(column, row, sign, tone);
            }
        }
        field.put(line, row, '│', Tone::Plain);
        let (least, greatest) =
            if swing.low.value <= swing.high.value { (&swing.low, &swing.high) } else { (&swing.high, &swing.low) };
        field.write_before(first.saturating_sub(1), row, &fitted(&least.text, text), Tone::Plain);
        field.write(last.saturating_add(2), row, &fitted(&greatest.text, text), Tone::Plain);
    }
    out.push_str(&field.draw(look));
    out.push_str(&rest(tornado.more, look));
    Some(out)
}

/// The input with its ends, where the page is wide enough for them.
fn name(row: &Swing, room: usize) -> String {
    let ends = (row.low_input.as_str(), row.high_input.as_str());
    match ends {
        ("", "") => harmless(&row.label),
        (low, high) if room >= 60 => harmless(&format!("{}, {low} to {high}", row.label)),
        _ => harmless(&row.label),
    }
}
