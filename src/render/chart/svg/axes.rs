//! Axes: lines, ticks, numbers and names.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width};
use super::super::ink::{Anchor, Ink};
use super::super::measure::whole;
use super::super::place::Rect;
use super::super::ruler::Ruler;
use super::super::theme::Pen;
use super::super::ticks::Tick;
use super::frame::{Frame, Sizes};

/// What an axis below a plot needs of height.
pub(super) fn height_below(sizes: &Sizes) -> f64 {
    sizes.body * 3.3
}

/// What the name of an axis needs of height above its plot.
pub(super) fn height_above(sizes: &Sizes) -> f64 {
    sizes.body * 1.9
}

/// The ticks of a horizontal axis of this length.
pub(super) fn ticks_across(ruler: &Ruler, length: f64, sizes: &Sizes) -> Vec<Tick> {
    let most = whole(length / (sizes.body * 6.2), 2, 9);
    ruler.ticks(most, |label| (width(label, sizes.body, Weight::Regular) + sizes.body * 0.9) / length.max(1.0))
}

/// The ticks of a vertical axis of this length.
pub(super) fn ticks_upwards(ruler: &Ruler, length: f64, sizes: &Sizes) -> Vec<Tick> {
    let most = whole(length / (sizes.body * 3.4), 2, 10);
    ruler.ticks(most, |_| sizes.body * 1.5 / length.max(1.0))
}

/// Lines of the grid at the numbers of a horizontal axis.
pub(super) fn grid_across(ink: &mut Ink<'_>, plot: Rect, ticks: &[Tick]) {
    ink.begin("grid");
    for tick in ticks.iter().filter(|tick| tick.label.is_some()) {
        let x = plot.x + tick.at * plot.w;
        ink.line((x, plot.y), (x, plot.bottom()), Pen::solid(ink.colours.grid, 1.0));
    }
    ink.end();
}

/// Numbers and name of the axis below a plot; with `line`, the axis itself.
pub(super) fn across(ink: &mut Ink<'_>, frame: &Frame, plot: Rect, ticks: &[Tick], name: &str, line: bool) {
    let Sizes { body, margin, .. } = frame.sizes;
    ink.begin("x-axis");
    if line {
        ink.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), Pen::solid(frame.colours.ink, 1.4));
    }
    let number = frame.plain().anchored(Anchor::Middle);
    for tick in ticks {
        let x = plot.x + tick.at * plot.w;
        let length = if tick.label.is_some() { 7.0 } else { 4.0 };
        if line {
            ink.line((x, plot.bottom()), (x, plot.bottom() + length), Pen::solid(frame.colours.quiet, 1.0));
        }
        if let Some(label) = &tick.label {
            let label = shorten(label, frame.page.w - 16.0, body, Weight::Regular);
            let half = width(&label, body, Weight::Regular) / 2.0;
            let x = x.min(frame.page.right() - 8.0 - half).max(8.0 + half);
            ink.text((x, plot.bottom() + body * 1.5), &label, number);
        }
    }
    let label = shorten(name, frame.page.w - 2.0 * margin, body, Weight::SemiBold);
    // Below the middle of the plot, unless that is too far to one side.
    let half = width(&label, body, Weight::SemiBold) / 2.0;
    let middle = (plot.x + plot.w / 2.0).min(frame.page.w - margin - half).max(margin + half);
    ink.text((middle, plot.bottom() + body * 3.0), &label, frame.bold().anchored(Anchor::Middle));
    ink.end();
}

/// Grid and numbers of the axis left of a plot, and its name above it.
/// `room` is what the name may take up.
pub(super) fn upwards(ink: &mut Ink<'_>, frame: &Frame, plot: Rect, ticks: &[Tick], (name, room): (&str, f64)) {
    let Sizes { body, margin, .. } = frame.sizes;
    ink.begin("y-axis");
    for tick in ticks {
        let y = plot.bottom() - tick.at * plot.h;
        if let Some(label) = &tick.label {
            ink.line((plot.x, y), (plot.right(), y), Pen::solid(frame.colours.grid, 1.0));
            let label = shorten(label, plot.x - margin * 0.5 - body * 0.6, body, Weight::Regular);
            ink.text((plot.x - body * 0.6, y + body * 0.35), &label, frame.plain().anchored(Anchor::End));
        } else {
            ink.line((plot.x - 4.0, y), (plot.x, y), Pen::solid(frame.colours.quiet, 1.0));
        }
    }
    let label = shorten(name, room, body, Weight::SemiBold);
    ink.text((margin, plot.y - body * 0.95), &label, frame.bold());
    ink.end();
}
