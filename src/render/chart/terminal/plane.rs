//! Lines, staircases, bands and dots as text.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::measure::{float, whole};
use super::super::place::spread;
use super::super::series::{Axes, Look as SeriesLook, looks};
use super::super::theme::{Shape, colours};
use super::super::{Plane, Series, Theme, Xy};
use super::cells::{Cells, Tone, columns, fitted};
use super::dots::{Dots, RISER, dash, sample};
use super::legend::{self, Item};
use super::{paragraph, scales};
use crate::render::style::Look;

/// A sample of a line beside its name.
const SAMPLE: usize = 4;

/// Where things are in the field.
struct Field {
    cells: Cells,
    /// Columns before the plot.
    left: usize,
    /// Columns of the plot.
    width: usize,
    /// Rows of the plot.
    height: usize,
}

impl Field {
    /// The cell of a place of the unit square: the one that holds its dot.
    fn cell(&self, (x, y): Xy) -> (usize, usize) {
        let column = scales::column(x, self.width.saturating_mul(2)) / 2;
        (self.left.saturating_add(column), scales::column(1.0 - y, self.height.saturating_mul(4)) / 4)
    }
}

pub(super) fn draw(plane: &Plane, look: Look) -> Option<String> {
    if plane.series.is_empty() {
        return None;
    }
    let room = look.width;
    let axes = Axes::of(plane);
    let height = whole(float(room) / 5.2, 12, 22);
    let ticks = axes.y.ticks(whole(float(height) / 3.0, 2, 8), |_| 2.0 / float(height));
    let numbers = ticks.iter().filter_map(|tick| tick.label.as_ref()).map(|label| columns(label));
    let left = numbers.max().unwrap_or(0).min(room / 4).saturating_add(2);
    let names = names(plane);
    let name = names.iter().map(|(_, name, _)| columns(name)).max().unwrap_or(0).min(room.saturating_mul(3) / 10);
    let right = if names.is_empty() { 1 } else { name.saturating_add(SAMPLE).saturating_add(2) };
    let width = room.saturating_sub(left).saturating_sub(right).max(16);
    let mut field = Field { cells: Cells::new(room, height), left, width, height };

    for row in 0..height {
        field.cells.put(left.saturating_sub(1), row, '│', Tone::Dim);
    }
    for tick in &ticks {
        let (_, row) = field.cell((0.0, tick.at));
        if let Some(label) = &tick.label {
            field.cells.put(left.saturating_sub(1), row, '┤', Tone::Dim);
            field.cells.write_before(left.saturating_sub(2), row, &fitted(label, left.saturating_sub(2)), Tone::Plain);
        }
    }
    bands(plane, &axes, &mut field);
    lines(plane, &axes, &mut field);
    let missed = places(plane, &axes, &mut field);
    let (missed, homeless) = (missed.marks, missed.dots);
    right_names(&names, plane, &axes, &mut field, name);

    let mut out = legend::draw(&key(plane), look);
    out.push_str(&format!("{}\n", fitted(&plane.y.label, room)));
    if let Some(stripe) = stripe(plane, &axes, &field, room) {
        out.push_str(&stripe.draw(look));
    }
    out.push_str(&field.cells.draw(look));
    out.push_str(&scales::across(&axes.x, left, width, &plane.x.label, room).draw(look));
    if !missed.is_empty() {
        out.push_str(&look.paragraph("○ also ", &missed.join(", ")));
    }
    if homeless > 0 {
        let text =
            if homeless == 1 { "1 name has no room.".to_owned() } else { format!("{homeless} names have no room.") };
        out.push_str(&paragraph(&text, Tone::Dim, look));
    }
    Some(out)
}

/// Numbers of the series that have a colour, as pictures count them.
fn number(plane: &Plane, index: usize) -> Option<usize> {
    let palette = colours(Theme::Light);
    let all = looks(&plane.series, palette, 1.0);
    let colour = |look: &SeriesLook| match look {
        SeriesLook::Line(pen) => Some(pen.colour),
        SeriesLook::Dots(colour, _) => Some(*colour),
        SeriesLook::None => None,
    };
    let own = colour(all.get(index)?)?;
    palette.series.iter().position(|known| *known == own)
}

/// Lines and staircases by number, with their names and places in the list.
fn names(plane: &Plane) -> Vec<(usize, String, usize)> {
    let named = |(index, series): (usize, &Series)| match series {
        Series::Line { name, .. } | Series::Step { name, .. } => {
            Some((number(plane, index).unwrap_or(0), name.clone(), index))
        }
        _ => None,
    };
    plane.series.iter().enumerate().filter_map(named).collect()
}

fn key(plane: &Plane) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for (index, series) in plane.series.iter().enumerate() {
        let tone = Tone::Series(number(plane, index).unwrap_or(0));
        let item = match series {
            Series::Span { label, .. } => Item::new("▀▀", Tone::Shade, label),
            Series::Band { name, .. } => Item::new("░░", tone, name),
            Series::Dots { name, .. } => Item::new(&sign(plane, index).to_string(), tone, name),
            Series::Point { label, .. } => Item::new("◆", Tone::Bold, label),
            _ => continue,
        };
        if !item.label.is_empty() && !items.iter().any(|known| known.label == item.label) {
            items.push(item);
        }
    }
    items
}

fn sign(plane: &Plane, index: usize) -> char {
    match looks(&plane.series, colours(Theme::Light), 1.0).get(index) {
        Some(SeriesLook::Dots(_, Shape::Circle)) => '●',
        Some(SeriesLook::Dots(_, Shape::Square)) => '■',
        Some(SeriesLook::Dots(_, Shape::Triangle)) => '▲',
        Some(SeriesLook::Dots(_, Shape::Diamond)) => '♦',
        _ => '○',
    }
}

/// Shaded intervals as a stripe above the plot.
fn stripe(plane: &Plane, axes: &Axes, field: &Field, room: usize) -> Option<Cells> {
    let mut out = Cells::new(room, 1);
    let mut any = false;
    for series in &plane.series {
        if let Series::Span { from, to, .. } = series
            && !from.is_nan()
            && !to.is_nan()
            && to > from
        {
            let places = (axes.x.at(*from).clamp(0.0, 1.0), axes.x.at(*to).clamp(0.0, 1.0));
            if places.1 > places.0 {
                any = true;
                let (a, b) = scales::halves(places.0, places.1, field.width);
                for at in a / 2..b.div_ceil(2) {
                    out.put(field.left.saturating_add(at), 0, '▄', Tone::Shade);
                }
            }
        }
    }
    any.then_some(out)
}

/// Areas between two lines, as shaded cells.
fn bands(plane: &Plane, axes: &Axes, field: &mut Field) {
    for (index, series) in plane.series.iter().enumerate() {
        let Series::Band { lower, upper, .. } = series else { continue };
        let tone = Tone::Series(number(plane, index).unwrap_or(0));
        let (lower, upper) = (axes.polyline(lower), axes.polyline(upper));
        for column in 0..field.width {
            let x = (float(column) + 0.5) / float(field.width);
            let (Some(low), Some(high)) = (height_at(&lower, x), height_at(&upper, x)) else { continue };
            for row in 0..field.height {
                let y = 1.0 - (float(row) + 0.5) / float(field.height);
                if (low.min(high)..=low.max(high)).contains(&y) {
                    field.cells.put(field.left.saturating_add(column), row, '░', tone);
                }
            }
        }
    }
}

/// The height of a line at a place, both in the unit square.
fn height_at(line: &[Xy], x: f64) -> Option<f64> {
    let (a, b) = line.iter().zip(line.iter().skip(1)).find(|(a, b)| a.0 <= x && x <= b.0)?;
    Some(if b.0 > a.0 { a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0) } else { b.1 })
}

fn lines(plane: &Plane, axes: &Axes, field: &mut Field) {
    let mut dots = Dots::new(field.width, field.height);
    for (index, series) in plane.series.iter().enumerate() {
        let Some(number) = number(plane, index) else { continue };
        let strokes = axes.strokes(series);
        let tone = Tone::Series(number);
        for stroke in &strokes.thin {
            dots.line(stroke, RISER, tone);
        }
        for stroke in &strokes.bold {
            dots.line(stroke, dash(number), tone);
        }
    }
    dots.onto(&mut field.cells, field.left, 0);
}

/// What has no room: the labels of marks, and how many names of dots.
#[derive(Default)]
struct Missed {
    marks: Vec<String>,
    dots: usize,
}

/// Points, marks and dots with what labels have room.
fn places(plane: &Plane, axes: &Axes, field: &mut Field) -> Missed {
    let mut labels: Vec<((usize, usize), &str, bool)> = Vec::new();
    for (index, series) in plane.series.iter().enumerate() {
        let tone = Tone::Series(number(plane, index).unwrap_or(0));
        match series {
            Series::Mark { at, label } if axes.shows(*at) => {
                let cell = field.cell(axes.at(*at));
                field.cells.put(cell.0, cell.1, if label.is_empty() { '•' } else { '○' }, Tone::Bold);
                labels.push((cell, label, true));
            }
            Series::Dots { dots, .. } => {
                for dot in dots.iter().filter(|dot| axes.shows(dot.at)) {
                    let cell = field.cell(axes.at(dot.at));
                    field.cells.put(cell.0, cell.1, sign(plane, index), tone);
                    labels.push((cell, &dot.label, false));
                }
            }
            _ => {}
        }
    }
    for series in &plane.series {
        if let Series::Point { at, .. } = series
            && axes.shows(*at)
        {
            let (column, row) = field.cell(axes.at(*at));
            for below in row.saturating_add(1)..field.height {
                if field.cells.is_blank(column, below) {
                    field.cells.put(column, below, '┊', Tone::Dim);
                }
            }
            field.cells.put(column, row, '◆', Tone::Bold);
        }
    }
    let mut missed = Missed::default();
    for (cell, label, is_mark) in labels {
        if label.is_empty() || beside(field, cell, label) {
            continue;
        }
        if !is_mark {
            missed.dots = missed.dots.saturating_add(1);
        } else {
            missed.marks.push(fitted(label, field.left.saturating_add(field.width).saturating_sub(10)));
        }
    }
    missed
}

/// Writes a label on blank cells beside a place, if there are any.
fn beside(field: &mut Field, (column, row): (usize, usize), label: &str) -> bool {
    let label = fitted(label, field.width / 2);
    let wide = columns(&label);
    let (right, left) = (column.saturating_add(2), column.checked_sub(wide.saturating_add(1)));
    let over = column.checked_sub(wide / 2);
    let up = |rows: usize| row.checked_sub(rows);
    let down = |rows: usize| Some(row.saturating_add(rows));
    let choices = [
        (Some(right), Some(row)),
        (left, up(1)),
        (left, Some(row)),
        (Some(right), down(1)),
        (over, up(1)),
        (over, down(1)),
        (Some(right), up(1)),
        (left, down(1)),
        (Some(right), down(2)),
        (over, down(2)),
        (left, up(2)),
        (over, up(2)),
    ];
    let end = field.left.saturating_add(field.width);
    for (start, line) in choices.into_iter().filter_map(|(start, line)| start.zip(line)) {
        let inside = start >= field.left && start.saturating_add(wide) <= end && line < field.height;
        if inside && field.cells.has_room(start, line, wide) {
            field.cells.write(start, line, &label, Tone::Plain);
            return true;
        }
    }
    false
}

/// The names of lines right of the plot, as near to their ends as their neighbours allow.
fn right_names(names: &[(usize, String, usize)], plane: &Plane, axes: &Axes, field: &mut Field, width: usize) {
    let end = |index: usize| plane.series.get(index).and_then(|series| axes.strokes(series).end());
    let mut wishes: Vec<(f64, usize, &str)> = names
        .iter()
        .map(|(number, name, index)| {
            let row = end(*index).map_or(field.height.saturating_sub(1), |(_, y)| field.cell((1.0, y)).1);
            (float(row), *number, name.as_str())
        })
        .collect();
    wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
    // What has no room is counted on the last line.
    let more = wishes.len().saturating_sub(field.height);
    let more = if more > 0 { more.saturating_add(1) } else { 0 };
    wishes.truncate(wishes.len().saturating_sub(more));
    let rows = float(if more > 0 { field.height.saturating_sub(1) } else { field.height });
    let places = spread(&wishes.iter().map(|(row, ..)| (*row, 1.0)).collect::<Vec<_>>(), 0.0, rows);
    let start = field.left.saturating_add(field.width).saturating_add(1);
    let text = start.saturating_add(SAMPLE).saturating_add(1);
    for ((_, number, name), row) in wishes.iter().zip(places) {
        let row = whole(row, 0, field.height);
        for (at, (sign, tone)) in sample(*number, SAMPLE).into_iter().enumerate() {
            field.cells.put(start.saturating_add(at), row, sign, tone);
        }
        field.cells.write(text, row, &fitted(name, width), Tone::Plain);
    }
    if more > 0 {
        let words = super::super::words::and_more(more);
        field.cells.write(start, field.height.saturating_sub(1), &words, Tone::Dim);
    }
}
