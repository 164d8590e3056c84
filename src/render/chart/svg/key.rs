//! The key: what colours, hatchings and shapes mean.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width};
use super::super::ink::Ink;
use super::super::place::Rect;
use super::super::series::{Look, looks};
use super::super::theme::{Colours, Fill, Hatch, Pen, Shape};
use super::super::words::and_more;
use super::super::{Bars, Heat, Plane, RungKind, Series, Tornado, Waterfall, Xy};
use super::frame::{Frame, Sizes};

/// How strongly areas cover what is below.
pub(super) const SPAN_OPACITY: f64 = 0.15;
pub(super) const BAND_OPACITY: f64 = 0.2;

/// What a word of the key explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Swatch {
    Area(Fill),
    /// The area around a line, with a sample of that line.
    Band(Pen),
    /// A shaded interval with its stripe.
    Interval(&'static str),
    Dot(&'static str, Shape),
    /// An empty rectangle.
    Frame(&'static str),
    None,
}

/// A word of the key, not yet in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) label: String,
    pub(super) swatch: Swatch,
}

impl Item {
    fn new(label: &str, swatch: Swatch) -> Item {
        Item { label: label.to_owned(), swatch }
    }
}

/// A word of the key in its place.
pub(super) struct Entry {
    item: Item,
    /// Left end and baseline.
    at: Xy,
}

/// Areas and dots; lines have their names at their ends.
pub(super) fn of_plane(plane: &Plane, colours: &'static Colours) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    for (series, look) in plane.series.iter().zip(looks(&plane.series, colours, 1.0)) {
        let item = match (series, look) {
            (Series::Span { label, .. }, _) => Item::new(label, Swatch::Interval(colours.shade)),
            (Series::Band { name, .. }, Look::Line(pen)) => Item::new(name, Swatch::Band(pen)),
            (Series::Dots { name, .. }, Look::Dots(colour, shape)) => Item::new(name, Swatch::Dot(colour, shape)),
            _ => continue,
        };
        if !all.contains(&item) && !item.label.is_empty() {
            all.push(item);
        }
    }
    all
}

/// Components, or directions where the sign is the message.
pub(super) fn of_bars(bars: &Bars, colours: &'static Colours) -> Vec<Item> {
    if bars.signed {
        return directions(bars.rows.iter().map(|bar| bar.total.value.is_negative()), colours);
    }
    let item = |(index, name): (usize, &String)| Item::new(name, Swatch::Area(colours.fill(index)));
    bars.components.iter().enumerate().map(item).collect()
}

pub(super) fn of_waterfall(waterfall: &Waterfall, colours: &'static Colours) -> Vec<Item> {
    let changes = waterfall.rungs.iter().filter(|rung| rung.kind == RungKind::Change && rung.from != rung.to);
    directions(changes.map(|rung| rung.to < rung.from), colours)
}

/// What rises and what falls, where both occur.
fn directions(falls: impl Iterator<Item = bool>, colours: &'static Colours) -> Vec<Item> {
    let falls: Vec<bool> = falls.collect();
    if !falls.contains(&true) || !falls.contains(&false) {
        return Vec::new();
    }
    vec![
        Item::new("costs more", Swatch::Area(Fill::hatched(colours.rise, Hatch::Rising))),
        Item::new("costs less", Swatch::Area(Fill::solid(colours.fall))),
    ]
}

pub(super) fn of_tornado(tornado: &Tornado, colours: &'static Colours) -> Vec<Item> {
    if tornado.rows.is_empty() {
        return Vec::new();
    }
    vec![
        Item::new("input at its low end", Swatch::Area(Fill::solid(colours.fall))),
        Item::new("input at its high end", Swatch::Area(Fill::hatched(colours.rise, Hatch::Rising))),
    ]
}

pub(super) fn of_heat(heat: &Heat, colours: &'static Colours) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    for mark in &heat.marks {
        let item = Item::new(&mark.label, Swatch::Frame(colours.ink));
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

/// The key in at most so many rows from `top` on, and where it ends. What finds no room is counted.
pub(super) fn arrange(items: &[Item], most: usize, sizes: &Sizes, top: f64, room: f64) -> (Vec<Entry>, f64) {
    let swatch = |item: &Item| if item.swatch == Swatch::None { 0.0 } else { sizes.body * 2.0 };
    let count = items.len();
    let mut out: Vec<Entry> = Vec::new();
    let (mut x, mut y, mut row) = (sizes.margin, top + sizes.body, 1);
    for (index, mut item) in items.iter().cloned().enumerate() {
        let before = swatch(&item);
        // Half a line at most: one long word must not push all others out.
        item.label = shorten(&item.label, (room * 0.62).max(120.0) - before, sizes.body, Weight::Regular);
        let w = before + width(&item.label, sizes.body, Weight::Regular);
        let rest = and_more(count.saturating_sub(index));
        let reserve = if index.saturating_add(1) < count && row >= most {
            sizes.body * 1.6 + width(&rest, sizes.body, Weight::Regular)
        } else {
            0.0
        };
        if x > sizes.margin && x + w + reserve > sizes.margin + room {
            if row >= most {
                out.push(Entry { item: Item { label: rest, swatch: Swatch::None }, at: (x, y) });
                break;
            }
            row = row.saturating_add(1);
            x = sizes.margin;
            y += Sizes::leading(sizes.body) * 1.1;
        }
        out.push(Entry { item, at: (x, y) });
        x += w + sizes.body * 1.6;
    }
    let below = if out.is_empty() { top - sizes.body * 0.5 } else { y + sizes.body * 0.3 };
    (out, below)
}

impl Entry {
    pub(super) fn draw(&self, frame: &Frame, ink: &mut Ink<'_>) {
        let size = frame.sizes.body;
        let (x, y) = self.at;
        let area = Rect { x, y: y - size * 0.85, w: size * 1.5, h: size };
        match self.item.swatch {
            Swatch::Area(fill) => ink.rect(area, fill),
            Swatch::Band(pen) => {
                ink.rect(area, Fill::pale(pen.colour, BAND_OPACITY * 1.3));
                let middle = y - size * 0.35;
                ink.line((x, middle), (area.right(), middle), Pen { width: 2.2, ..pen });
            }
            Swatch::Interval(colour) => {
                ink.rect(area, Fill::pale(colour, SPAN_OPACITY * 1.6));
                ink.rect(Rect { h: 4.0, ..area }, Fill::solid(colour));
            }
            Swatch::Dot(colour, shape) => ink.dot((x + size * 0.8, y - size * 0.35), size * 0.4, colour, shape),
            Swatch::Frame(colour) => ink.frame(area, Pen::solid(colour, 2.4)),
            Swatch::None => {}
        }
        let before = if self.item.swatch == Swatch::None { 0.0 } else { size * 2.0 };
        ink.text((x + before, y), &self.item.label, frame.plain());
    }
}
