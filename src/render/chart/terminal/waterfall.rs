//! A waterfall as text.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::measure::place;
use super::super::waterfall_axis::ruler;
use super::super::{RungKind, Waterfall};
use super::cells::{Cells, Tone, columns, fitted};
use super::scales;
use crate::render::style::Look;

pub(super) fn draw(waterfall: &Waterfall, look: Look) -> Option<String> {
    let rungs = &waterfall.rungs;
    if rungs.is_empty() {
        return None;
    }
    let room = look.width;
    let label = rungs.iter().map(|rung| columns(&rung.label)).max().unwrap_or(0).min(room.saturating_mul(2) / 5);
    let text = rungs.iter().map(|rung| columns(&rung.text)).max().unwrap_or(0).min(room / 3);
    let left = label.saturating_add(1).saturating_add(text).saturating_add(2);
    let width = room.saturating_sub(left).max(4);
    let ruler = ruler(waterfall);

    let mut out = String::new();
    let cut = if ruler.shows(0.0) { "" } else { "; bars do not begin at zero" };
    let name = format!("{}{cut}", waterfall.axis.label);
    if !name.is_empty() {
        out.push_str(&format!("{}\n", look.dim(&fitted(&name, room))));
    }
    let mut field = Cells::new(room, rungs.len());
    for (row, rung) in rungs.iter().enumerate() {
        let (tone, bar) = match rung.kind {
            RungKind::Total => (Tone::Bold, Tone::Plain),
            RungKind::Change if rung.to < rung.from => (Tone::Plain, Tone::Fall),
            RungKind::Change => (Tone::Plain, Tone::Rise),
        };
        field.write(0, row, &fitted(&rung.label, label), tone);
        let end = label.saturating_add(1).saturating_add(text);
        field.write_before(end, row, &fitted(&rung.text, text), tone);
        if rung.from != rung.to || rung.kind == RungKind::Change {
            let places = (ruler.at(place(&rung.from)), ruler.at(place(&rung.to)));
            scales::bar(&mut field, left, width, row, places, bar);
        }
    }
    out.push_str(&field.draw(look));
    Some(out)
}
