//! Lines, staircases, bands and dots between two axes.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, width};
use super::super::ink::Ink;
use super::super::place::Rect;
use super::super::series::{Axes, Look, looks};
use super::super::theme::{Fill, Pen, Shape};
use super::super::{Plane, Series, Xy};
use super::axes::{across, height_above, height_below, ticks_across, ticks_upwards, upwards};
use super::frame::{Frame, Sizes};
use super::key::{BAND_OPACITY, SPAN_OPACITY};
use super::labels::{self, Drawn};
use super::names::Names;

/// Width of a line.
const LINE: f64 = 2.6;

pub(super) fn draw(plane: &Plane, frame: &Frame, ink: &mut Ink<'_>) {
    if plane.series.is_empty() {
        return frame.nothing(ink);
    }
    let axes = Axes::of(plane);
    let looks = looks(&plane.series, frame.colours, LINE);
    let Sizes { body, .. } = frame.sizes;
    let top = frame.body.y + height_above(&frame.sizes);
    let height = (frame.body.bottom() - height_below(&frame.sizes) - top).max(40.0);
    let y_ticks = ticks_upwards(&axes.y, height, &frame.sizes);
    let numbers = y_ticks.iter().filter_map(|tick| tick.label.as_ref());
    let widest = numbers.map(|text| width(text, body, Weight::Regular)).fold(0.0, f64::max).min(frame.page.w * 0.25);
    let left = frame.body.x + widest + body * 0.6;
    let mut names = Names::of(plane, &looks, frame);
    let right = frame.body.right() - if names.is_empty() { body } else { names.width() };
    let plot = Rect { x: left, y: top, w: (right - left).max(40.0), h: height };
    names.arrange(plane, &axes, plot, frame);
    let x_ticks = ticks_across(&axes.x, plot.w, &frame.sizes);

    // Words about labels that have no room may stand above the right end.
    let has_labels = plane.series.iter().any(|series| !matches!(series, Series::Line { .. } | Series::Step { .. }));
    let others = if has_labels { labels::room_for_missing(plot) + body } else { 0.0 };
    upwards(ink, frame, plot, &y_ticks, (&plane.y.label, plot.right() - frame.body.x - others));
    ink.begin_within("series", plot);
    let drawn = areas_and_lines(plane, &axes, &looks, plot, ink);
    ink.end();
    across(ink, frame, plot, &x_ticks, &plane.x.label, true);
    names.draw(plot, frame, ink);
    labels::draw(plane, &axes, &looks, plot, drawn, frame, ink);
}

/// A place of the unit square in pixels.
pub(super) fn pixel(plot: Rect, (x, y): Xy) -> Xy {
    (plot.x + x * plot.w, plot.bottom() - y * plot.h)
}

/// Spans, bands and lines; gives back the lines in pixels.
fn areas_and_lines(plane: &Plane, axes: &Axes, looks: &[Look], plot: Rect, ink: &mut Ink<'_>) -> Drawn {
    let mut drawn = Drawn::default();
    for series in &plane.series {
        if let Series::Span { from, to, .. } = series {
            let edge = |v: f64| if v.is_nan() { None } else { Some(axes.x.at(v).clamp(0.0, 1.0)) };
            let (Some(a), Some(b)) = (edge(*from), edge(*to)) else { continue };
            let span = Rect { x: plot.x + a * plot.w, w: (b - a) * plot.w, ..plot };
            ink.rect(span, Fill::pale(ink.colours.shade, SPAN_OPACITY));
            ink.rect(Rect { h: 5.0, ..span }, Fill::solid(ink.colours.shade));
        }
    }
    let pixels = |stroke: Vec<Xy>| stroke.into_iter().map(|at| pixel(plot, at)).collect::<Vec<Xy>>();
    for (series, look) in plane.series.iter().zip(looks) {
        if let (Series::Band { lower, upper, .. }, Look::Line(pen)) = (series, look) {
            let (lower, upper) = (pixels(axes.polyline(lower)), pixels(axes.polyline(upper)));
            let edge: Vec<Xy> = lower.iter().copied().chain(upper.iter().rev().copied()).collect();
            ink.area(&edge, Fill::pale(pen.colour, BAND_OPACITY));
            drawn.faint(&lower);
            drawn.faint(&upper);
            ink.strokes(&[lower, upper], Pen::solid(pen.colour, 0.8));
        }
    }
    for (series, look) in plane.series.iter().zip(looks) {
        let Look::Line(pen) = look else { continue };
        let strokes = axes.strokes(series);
        let thin: Vec<Vec<Xy>> = strokes.thin.into_iter().map(pixels).collect();
        let bold: Vec<Vec<Xy>> = strokes.bold.into_iter().map(pixels).collect();
        ink.strokes(&thin, Pen { width: 1.1, dash: "2 3", ..*pen });
        ink.strokes(&bold, *pen);
        // A line of a single place is a dot.
        if let [[only]] = bold.iter().map(Vec::as_slice).collect::<Vec<_>>().as_slice() {
            ink.dot(*only, 5.0, pen.colour, Shape::Circle);
        }
        for stroke in thin.iter().chain(&bold) {
            drawn.line(stroke);
        }
    }
    drawn
}
