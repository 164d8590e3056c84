//! A heat map as text: shaded cells, with amounts where they have room.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::Heat;
use super::super::heat_scale::HeatScale;
use super::super::measure::{place, whole};
use super::super::theme::colours;
use super::cells::{Cells, Tone, columns, fitted};
use super::legend::{self, Item};
use super::paragraph;
use crate::render::chart::Theme;
use crate::render::style::Look;

/// From the least to the greatest value, or from zero on.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];
/// From zero downwards.
const BELOW: [char; 5] = ['·', '-', '~', '=', '≡'];
/// Rows that are shown before some of them are left out.
const MOST_ROWS: usize = 30;

/// Where cells are and what is in them.
struct Field<'a> {
    heat: &'a Heat,
    scale: HeatScale,
    cells: Cells,
    /// Columns before the first cell.
    left: usize,
    /// Columns of a cell.
    width: usize,
    with_amounts: bool,
    look: Look,
}

pub(super) fn draw(heat: &Heat, look: Look) -> Option<String> {
    let scale = HeatScale::of(heat, colours(Theme::Light))?;
    let room = look.width;
    let label = heat.rows.iter().map(|row| columns(row)).max().unwrap_or(0).min(room / 4);
    let left = label.saturating_add(1);
    let free = room.saturating_sub(left);
    let texts = heat.cells.iter().flatten().flatten().map(|amount| columns(&amount.text)).max().unwrap_or(0);
    // A shade, the amount, blanks.
    let wanted = texts.saturating_add(if look.colour { 2 } else { 3 });
    let with_amounts = wanted.saturating_mul(heat.columns.len()) <= free;
    let across = heat.columns.len().div_ceil(free.max(1)).max(1);
    let down = heat.rows.len().div_ceil(MOST_ROWS).max(1);
    let shown: Vec<usize> = (0..heat.columns.len()).step_by(across).collect();
    let rows: Vec<usize> = (0..heat.rows.len()).step_by(down).collect();
    let width = if with_amounts { wanted } else { (free / shown.len().max(1)).clamp(1, 6) };
    let cells = Cells::new(room, rows.len().saturating_add(2));
    let mut field = Field { heat, scale, cells, left, width, with_amounts, look };

    for (index, row) in rows.iter().rev().enumerate() {
        let name = heat.rows.get(*row).map_or("", String::as_str);
        field.cells.write_before(label, index, &fitted(name, label), Tone::Plain);
        for (at, column) in shown.iter().enumerate() {
            field.cell((*column, *row), (at, index));
        }
    }
    field.names(&shown, rows.len(), room);
    let mut out = format!("{}\n", look.dim(&fitted(&heat.measure, room)));
    out.push_str(&legend::draw(&key(&field), look));
    out.push_str(&format!("{}\n", fitted(&heat.y_label, room)));
    out.push_str(&field.cells.draw(look));
    if across > 1 || down > 1 {
        let text = format!("1 of {across} columns and 1 of {down} rows are shown.");
        out.push_str(&paragraph(&text, Tone::Dim, look));
    }
    Some(out)
}

/// The ends of the scale, zero where it lies between them, and marked cells.
fn key(field: &Field<'_>) -> Vec<Item> {
    let amounts = || field.heat.cells.iter().flatten().flatten();
    let least = amounts().min_by(|a, b| a.value.cmp(&b.value));
    let greatest = amounts().max_by(|a, b| a.value.cmp(&b.value));
    let mut items = Vec::new();
    for (amount, end) in [(least, "low"), (greatest, "high")] {
        if let Some(amount) = amount {
            let (sign, tone) = field.ink(place(&amount.value));
            items.push(Item::new(&sign.to_string().repeat(2), tone, &format!("{end} ({})", amount.text)));
        }
    }
    let marks = field.heat.marks.iter().filter(|mark| !mark.label.is_empty());
    for mark in marks.take(1) {
        items.push(Item::new("[ ]", Tone::Bold, &mark.label));
    }
    items
}

impl Field<'_> {
    /// The sign and tone of a value.
    fn ink(&self, value: f64) -> (char, Tone) {
        if self.look.colour {
            return (' ', Tone::On(self.scale.colour(value)));
        }
        let (signs, strength) = match self.scale.strength(value) {
            strength if strength < 0.0 => (BELOW, -strength),
            strength => (SHADES, strength),
        };
        (signs.get(whole((strength * 4.999).floor(), 0, 4)).copied().unwrap_or(' '), Tone::Plain)
    }

    fn cell(&mut self, (column, row): (usize, usize), (at, line): (usize, usize)) {
        let Some(amount) = self.heat.at(column, row) else { return };
        let start = self.left.saturating_add(at.saturating_mul(self.width));
        let last = start.saturating_add(self.width).saturating_sub(1);
        let (sign, tone) = self.ink(place(&amount.value));
        let filled = if self.with_amounts && !self.look.colour { start..=start } else { start..=last };
        for at in filled {
            self.cells.put(at, line, sign, tone);
        }
        if self.with_amounts {
            self.cells.write_before(last, line, &amount.text, tone);
        }
        if self.heat.marks.iter().any(|mark| mark.column == column && mark.row == row) {
            let text = if self.with_amounts { columns(&amount.text) } else { self.width.saturating_sub(2) };
            let tone = if self.look.colour { tone } else { Tone::Bold };
            self.cells.put(last.saturating_sub(text).saturating_sub(1), line, '[', tone);
            self.cells.put(last, line, ']', tone);
        }
    }

    /// Names of columns where they do not touch each other, and of the axis.
    fn names(&mut self, shown: &[usize], line: usize, room: usize) {
        let mut free = 0;
        for (at, column) in shown.iter().enumerate() {
            let name = fitted(self.heat.columns.get(*column).map_or("", String::as_str), room);
            let wide = columns(&name);
            let cell = self.left.saturating_add(at.saturating_mul(self.width));
            let start = cell.saturating_add(self.width.saturating_sub(wide) / 2);
            if start >= free && start.saturating_add(wide) <= room {
                self.cells.write(start, line, &name, Tone::Plain);
                free = start.saturating_add(wide).saturating_add(1);
            }
        }
        let name = fitted(&self.heat.x_label, room);
        let middle = self.left.saturating_add(shown.len().saturating_mul(self.width) / 2);
        let start = middle.saturating_sub(columns(&name) / 2).min(room.saturating_sub(columns(&name)));
        self.cells.write(start, line.saturating_add(1), &name, Tone::Plain);
    }
}
