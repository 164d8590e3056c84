//! Horizontal bars as text.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::measure::place;
use super::super::ruler::{Extent, Ruler};
use super::super::{Axis, Bar, Bars, Scale};
use super::cells::{Cells, Tone, columns, fitted};
use super::legend::{self, Item};
use super::{rest, scales};
use crate::render::style::{Look, harmless};
use crate::units::Exact;

/// Signs of the components: told apart without colours.
const SIGNS: [char; 7] = ['█', '▒', '▓', '░', '▚', '◆', '═'];

pub(super) fn draw(bars: &Bars, look: Look) -> Option<String> {
    if bars.rows.is_empty() {
        return None;
    }
    let room = look.width;
    let label = bars.rows.iter().map(|bar| columns(&bar.label)).max().unwrap_or(0).min(room.saturating_mul(2) / 5);
    let text = bars.rows.iter().map(|bar| columns(&words(bar))).max().unwrap_or(0).min(room / 3);
    let left = label.saturating_add(1);
    let width = room.saturating_sub(left).saturating_sub(text).saturating_sub(1).max(4);
    let values: Vec<f64> = bars.rows.iter().flat_map(sides).map(|value| place(&value)).collect();
    let ruler = Ruler::of(&Axis { scale: Scale::Linear, ..bars.axis.clone() }, &values, Extent::Bars);

    let mut out = String::new();
    if !bars.axis.label.is_empty() {
        out.push_str(&format!("{}\n", look.dim(&fitted(&bars.axis.label, room))));
    }
    if !bars.components.is_empty() {
        let item =
            |(index, name): (usize, &String)| Item::new(&sign(index).to_string().repeat(2), Tone::Series(index), name);
        let items: Vec<Item> = bars.components.iter().enumerate().map(item).collect();
        out.push_str(&legend::draw(&items, look));
    }
    let mut field = Cells::new(room, bars.rows.len());
    for (row, bar) in bars.rows.iter().enumerate() {
        let tone = if bar.strong { Tone::Bold } else { Tone::Plain };
        field.write(0, row, &fitted(&bar.label, label), tone);
        if bar.parts.is_empty() {
            if !bar.total.value.is_zero() {
                let places = (ruler.at(0.0), ruler.at(place(&bar.total.value)));
                scales::bar(&mut field, left, width, row, places, colour(bars, bar));
            }
        } else {
            parts(bar, &mut field, left, width, row, &ruler);
        }
        // After the bar; beside zero where it reaches to the left of it.
        let zero = left.saturating_add(scales::column(ruler.at(0.0), width.saturating_add(1)));
        let end = (zero..room).find(|column| field.is_blank(*column, row)).unwrap_or(zero);
        field.write(end.saturating_add(1), row, &fitted(&words(bar), text), tone);
    }
    out.push_str(&field.draw(look));
    out.push_str(&rest(bars.more, look));
    Some(out)
}

fn words(bar: &Bar) -> String {
    let text =
        if bar.remark.is_empty() { bar.total.text.clone() } else { format!("{}  {}", bar.total.text, bar.remark) };
    harmless(&text)
}

fn colour(bars: &Bars, bar: &Bar) -> Tone {
    match (bars.signed, bar.total.value.is_negative()) {
        (true, true) => Tone::Fall,
        (true, false) => Tone::Rise,
        (false, _) if bar.strong => Tone::Shade,
        (false, _) => Tone::Series(0),
    }
}

/// How far a bar reaches to either side.
fn sides(bar: &Bar) -> [Exact; 2] {
    let (mut low, mut high) = (Exact::ZERO, Exact::ZERO);
    let whole = std::iter::once(&bar.total).filter(|_| bar.parts.is_empty());
    for part in bar.parts.iter().chain(whole) {
        let side = if part.value.is_negative() { &mut low } else { &mut high };
        *side = &*side + &part.value;
    }
    [low, high]
}

fn parts(bar: &Bar, field: &mut Cells, left: usize, width: usize, row: usize, ruler: &Ruler) {
    let (mut low, mut high) = (Exact::ZERO, Exact::ZERO);
    for (index, part) in bar.parts.iter().enumerate().filter(|(_, part)| !part.value.is_zero()) {
        let side = if part.value.is_negative() { &mut low } else { &mut high };
        let from = side.clone();
        *side = &from + &part.value;
        let places = (ruler.at(place(&from)), ruler.at(place(side)));
        scales::hatched(field, left, width, row, places, (sign(index), Tone::Series(index)));
    }
}

fn sign(index: usize) -> char {
    SIGNS.get(index % SIGNS.len()).copied().unwrap_or('█')
}
