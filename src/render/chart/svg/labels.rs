//! Points, marks and dots with their labels, each where there is room for it.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width, wrap_evenly};
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::{distance, float};
use super::super::place::{Board, Rect, TIED};
use super::super::series::{Axes, Look};
use super::super::theme::{Pen, Shape};
use super::super::{Plane, Series, Xy};
use super::frame::{Frame, Sizes};
use super::plane::pixel;

/// What labels should not stand on.
#[derive(Default)]
pub(super) struct Drawn {
    lines: Vec<(Xy, Xy)>,
    faint: Vec<(Xy, Xy)>,
}

impl Drawn {
    pub(super) fn line(&mut self, stroke: &[Xy]) {
        self.lines.extend(stroke.iter().copied().zip(stroke.iter().skip(1).copied()));
    }

    /// A line that a label may stand on if it must.
    pub(super) fn faint(&mut self, stroke: &[Xy]) {
        self.faint.extend(stroke.iter().copied().zip(stroke.iter().skip(1).copied()));
    }
}

/// What a label belongs to, by importance.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Point,
    Mark,
    Dot(&'static str, Shape),
}

struct Label {
    at: Xy,
    text: String,
    owner: Owner,
}

pub(super) fn draw(
    plane: &Plane,
    axes: &Axes,
    looks: &[Look],
    plot: Rect,
    drawn: Drawn,
    frame: &Frame,
    ink: &mut Ink<'_>,
) {
    let Sizes { body, small, .. } = frame.sizes;
    let mut all = collect(plane, axes, looks, plot);
    let places = all.iter().filter(|label| !label.text.is_empty()).map(|label| label.at).collect();
    let mut board = Board { area: plot, taken: Vec::new(), places, lines: drawn.lines, faint: drawn.faint };
    ink.begin("marks");
    for label in &all {
        let radius = frame.sizes.scaled(match label.owner {
            Owner::Point => 9.0,
            Owner::Mark => 6.0,
            Owner::Dot(..) => 7.0,
        });
        board.taken.push(Rect::around(label.at, radius));
        if label.owner == Owner::Point {
            let foot = (label.at.0, plot.bottom());
            ink.line(label.at, foot, Pen { dash: "4 4", ..Pen::solid(frame.colours.quiet, 1.2) });
            board.lines.push((label.at, foot));
        }
    }
    // A point is more important than a mark, whatever their order.
    all.sort_by_key(|label| label.owner != Owner::Point);
    let mut shown = Vec::new();
    let mut homeless = 0_usize;
    for label in &all {
        let main = label.owner == Owner::Point;
        let (size, weight) = if main { (body, Weight::SemiBold) } else { (small, Weight::Regular) };
        let lines = wrap_evenly(&label.text, plot.w * 0.4, if main { 3 } else { 2 }, size, weight);
        if lines.is_empty() {
            continue;
        }
        let widest = lines.iter().map(|line| width(line, size, weight)).fold(0.0, f64::max);
        let height = float(lines.len()) * Sizes::leading(size);
        let Some(rect) = board.place(label.at, widest + 6.0, height) else {
            homeless = homeless.saturating_add(1);
            continue;
        };
        let end = rect.nearest(label.at);
        if distance(end, label.at) >= TIED {
            ink.line(label.at, end, Pen::solid(frame.colours.quiet, 0.9));
        }
        let look = Type { size, weight, halo: Some(frame.colours.page), ..frame.plain() };
        shown.push((rect, lines, look.anchored(Anchor::Middle)));
    }
    for label in all.iter().rev() {
        let (radius, colour, shape) = match label.owner {
            Owner::Point => (8.0, frame.colours.ink, Shape::Diamond),
            // One without a name is one of many: rings would cover each other and the lines.
            Owner::Mark if label.text.is_empty() => (2.4, frame.colours.ink, Shape::Speck),
            Owner::Mark => (4.6, frame.colours.ink, Shape::Ring),
            Owner::Dot(colour, shape) => (6.4, colour, shape),
        };
        ink.dot(label.at, frame.sizes.scaled(radius), colour, shape);
    }
    for (rect, lines, look) in shown {
        for (index, line) in lines.iter().enumerate() {
            let y = rect.y + look.size + float(index) * Sizes::leading(look.size);
            ink.text((rect.x + rect.w / 2.0, y), line, look);
        }
    }
    ink.end();
    if homeless > 0 {
        missing(homeless, plot, frame, ink);
    }
}

/// What these words may take up of the width of a plot.
pub(super) fn room_for_missing(plot: Rect) -> f64 {
    (plot.w * 0.4).min(220.0)
}

/// Says above the plot's right end how many labels found no room.
fn missing(count: usize, plot: Rect, frame: &Frame, ink: &mut Ink<'_>) {
    let text = if count == 1 { "1 label has no room".to_owned() } else { format!("{count} labels have no room") };
    let text = shorten(&text, room_for_missing(plot), frame.sizes.small, Weight::Regular);
    ink.text((plot.right(), plot.y - frame.sizes.body * 0.95), &text, frame.quiet().anchored(Anchor::End));
}

fn collect(plane: &Plane, axes: &Axes, looks: &[Look], plot: Rect) -> Vec<Label> {
    let mut all = Vec::new();
    for (series, look) in plane.series.iter().zip(looks) {
        let places: Vec<(Xy, &String, Owner)> = match (series, look) {
            (Series::Point { at, label }, _) => vec![(*at, label, Owner::Point)],
            (Series::Mark { at, label }, _) => vec![(*at, label, Owner::Mark)],
            (Series::Dots { dots, .. }, Look::Dots(colour, shape)) => {
                dots.iter().map(|dot| (dot.at, &dot.label, Owner::Dot(colour, *shape))).collect()
            }
            _ => continue,
        };
        let seen = places.into_iter().filter(|(at, ..)| axes.shows(*at));
        all.extend(seen.map(|(at, text, owner)| Label { at: pixel(plot, axes.at(at)), text: text.clone(), owner }));
    }
    all
}
