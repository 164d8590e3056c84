//! Distributions as text: blocks for the outline, a line for the quantiles.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in columns; the numbers beside it are exact")]

use super::super::measure::{float, place};
use super::super::ruler::{Extent, Ruler};
use super::super::{Distribution, Spread, Xy};
use super::cells::{Cells, Tone, columns, fitted};
use super::{rest, scales};
use crate::render::style::Look;

pub(super) fn draw(all: &Distribution, look: Look) -> Option<String> {
    let first = all.spreads.first()?;
    let room = look.width;
    let label = all.spreads.iter().map(|each| columns(&each.name)).max().unwrap_or(0).min(room / 4);
    let left = label.saturating_add(1);
    let numbers = columns_of(all, room / 2);
    let wide: usize = numbers.iter().map(|(_, width)| width.saturating_add(2)).sum();
    let width = room.saturating_sub(left).saturating_sub(wide).max(8);
    let ruler = ruler(all);

    let mut head = Cells::new(room, 1);
    let mut end = left.saturating_add(width);
    for (index, column) in &numbers {
        end = end.saturating_add(*column).saturating_add(2);
        let name = first.quantiles.get(*index).map_or("", |quantile| quantile.name.as_str());
        head.write_before(end, 0, &fitted(name, *column), Tone::Dim);
    }
    let mut field = Cells::new(room, all.spreads.len().saturating_mul(2));
    for (index, each) in all.spreads.iter().enumerate() {
        let (above, below) = (index.saturating_mul(2), index.saturating_mul(2).saturating_add(1));
        field.write(0, below, &fitted(&each.name, label), Tone::Plain);
        outline(each, &ruler, &mut field, (left, above), width, Tone::Series(index));
        strip(each, &ruler, &mut field, (left, below), width, Tone::Series(index));
        let mut end = left.saturating_add(width);
        for (index, column) in &numbers {
            end = end.saturating_add(*column).saturating_add(2);
            if let Some(quantile) = each.quantiles.get(*index) {
                field.write_before(end, below, &fitted(&quantile.amount.text, *column), Tone::Plain);
            }
        }
    }
    for limit in &all.limits {
        let value = place(&limit.at.value);
        if ruler.shows(value) {
            let column = left.saturating_add(scales::column(ruler.at(value), width));
            for row in 0..field.height() {
                if field.is_blank(column, row) {
                    field.put(column, row, '┊', Tone::Plain);
                }
            }
            let text = fitted(&limit.label, width);
            let start = column.saturating_sub(columns(&text) / 2).max(left);
            let start = start.min(left.saturating_add(width).saturating_sub(columns(&text)));
            if head.has_room(start, 0, columns(&text)) {
                head.write(start, 0, &text, Tone::Bold);
            }
        }
    }
    let axis = scales::across(&ruler, left, width, &all.axis.label, room);
    let parts = [head.draw(look), field.draw(look), axis.draw(look), rest(all.more, look)];
    Some(parts.concat())
}

/// Which quantiles have room, with the widths of their columns: all, or the middle one.
fn columns_of(all: &Distribution, room: usize) -> Vec<(usize, usize)> {
    let count = all.spreads.iter().map(|each| each.quantiles.len()).max().unwrap_or(0);
    let column = |index: usize| {
        let shown = all.spreads.iter().filter_map(|each| each.quantiles.get(index));
        let widths = shown.map(|quantile| columns(&quantile.amount.text).max(columns(&quantile.name)));
        (index, widths.max().unwrap_or(0).min(16))
    };
    let found: Vec<(usize, usize)> = (0..count).map(column).collect();
    let needed: usize = found.iter().map(|(_, width)| width.saturating_add(2)).sum();
    if needed <= room { found } else { found.get(count / 2).copied().into_iter().collect() }
}

fn ruler(all: &Distribution) -> Ruler {
    let outlines = all.spreads.iter().flat_map(|each| each.outline.iter().map(|(value, _)| *value));
    let quantiles = all.spreads.iter().flat_map(|each| each.quantiles.iter().map(|each| place(&each.amount.value)));
    let limits = all.limits.iter().map(|limit| place(&limit.at.value));
    let values: Vec<f64> = outlines.chain(quantiles).chain(limits).collect();
    Ruler::of(&all.axis, &values, Extent::Tight)
}

/// A column of blocks for the density in the middle of each column.
fn outline(each: &Spread, ruler: &Ruler, field: &mut Cells, at: (usize, usize), width: usize, tone: Tone) {
    let points: Vec<Xy> =
        each.outline.iter().filter(|(v, d)| v.is_finite() && d.is_finite()).map(|(v, d)| (ruler.at(*v), *d)).collect();
    let top = points.iter().map(|(_, density)| *density).fold(0.0, f64::max);
    if top <= 0.0 {
        if let Some(only) = each.quantiles.first() {
            let column = scales::column(ruler.at(place(&only.amount.value)), width);
            field.put(at.0.saturating_add(column), at.1, '█', tone);
        }
        return;
    }
    for column in 0..width {
        let x = (float(column) + 0.5) / float(width.max(1));
        let between = points.iter().zip(points.iter().skip(1)).find(|(a, b)| a.0 <= x && x <= b.0 && a.0 < b.0);
        let Some((a, b)) = between else { continue };
        let density = a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0);
        if density / top > 0.004 {
            field.put(at.0.saturating_add(column), at.1, scales::level(density / top), tone);
        }
    }
}

/// `├──●────┤`
fn strip(each: &Spread, ruler: &Ruler, field: &mut Cells, at: (usize, usize), width: usize, tone: Tone) {
    let places = each.quantiles.iter().map(|quantile| scales::column(ruler.at(place(&quantile.amount.value)), width));
    let places: Vec<usize> = places.collect();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
    for column in *first..=*last {
        field.put(at.0.saturating_add(column), at.1, '─', tone);
    }
    for column in &places {
        field.put(at.0.saturating_add(*column), at.1, '┼', tone);
    }
    field.put(at.0.saturating_add(*first), at.1, '├', tone);
    field.put(at.0.saturating_add(*last), at.1, '┤', tone);
    if let Some(middle) = places.get(places.len() / 2) {
        field.put(at.0.saturating_add(*middle), at.1, '●', tone);
    }
}
