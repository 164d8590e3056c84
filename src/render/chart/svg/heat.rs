//! A figure over two inputs, as coloured cells.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::Heat;
use super::super::font::{Weight, shorten, width};
use super::super::heat_scale::HeatScale;
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::{float, place};
use super::super::place::Rect;
use super::super::theme::{Pen, contrasting_rgb};
use super::axes::{height_above, height_below, ticks_upwards};
use super::frame::{Frame, Sizes};

pub(super) fn draw(heat: &Heat, frame: &Frame, ink: &mut Ink<'_>) {
    let Some(scale) = HeatScale::of(heat, frame.colours) else { return frame.nothing(ink) };
    let Sizes { body, margin, .. } = frame.sizes;
    let top = frame.body.y + height_above(&frame.sizes);
    let height = (frame.body.bottom() - height_below(&frame.sizes) - top).max(40.0);
    let label_room = frame.body.w * 0.22;
    let label = |text: &String| shorten(text, label_room, body, Weight::Regular);
    let labels: Vec<String> = heat.rows.iter().map(label).collect();
    let widest = labels.iter().map(|text| width(text, body, Weight::Regular)).fold(0.0, f64::max);
    let bar = Bar::of(heat, &scale, frame, top, height);
    let x = frame.body.x + widest + body * 0.6;
    let plot = Rect { x, y: top, w: (bar.area.x - body * 2.0 - x).max(40.0), h: height };
    let cell = (plot.w / float(heat.columns.len().max(1)), plot.h / float(heat.rows.len().max(1)));

    cells(heat, &scale, plot, cell, frame, ink);
    ink.begin("y-axis");
    let every = step(cell.1, body * 1.6);
    for (index, text) in labels.iter().enumerate().filter(|(index, _)| index.is_multiple_of(every)) {
        let y = plot.bottom() - (float(index) + 0.5) * cell.1 + body * 0.35;
        ink.text((plot.x - body * 0.6, y), text, frame.plain().anchored(Anchor::End));
    }
    let room = frame.body.w - width(&bar.name, body, Weight::SemiBold) - body * 2.0;
    let name = shorten(&heat.y_label, room.max(80.0), body, Weight::SemiBold);
    ink.text((margin, plot.y - body * 0.95), &name, frame.bold());
    ink.end();

    ink.begin("x-axis");
    let widest = heat.columns.iter().map(|text| width(text, body, Weight::Regular)).fold(0.0, f64::max);
    let longest = plot.w * 0.5;
    let every = step(cell.0, widest.min(longest) + body * 0.7);
    for (index, text) in heat.columns.iter().enumerate().filter(|(index, _)| index.is_multiple_of(every)) {
        let text = shorten(text, longest, body, Weight::Regular);
        let half = width(&text, body, Weight::Regular) / 2.0;
        let x = (plot.x + (float(index) + 0.5) * cell.0).min(frame.page.right() - 8.0 - half).max(8.0 + half);
        ink.text((x, plot.bottom() + body * 1.4), &text, frame.plain().anchored(Anchor::Middle));
    }
    let name = shorten(&heat.x_label, plot.w, body, Weight::SemiBold);
    ink.text((plot.x + plot.w / 2.0, plot.bottom() + body * 3.0), &name, frame.bold().anchored(Anchor::Middle));
    ink.end();
    bar.draw(&scale, frame, ink);
    for mark in &heat.marks {
        if mark.column < heat.columns.len() && mark.row < heat.rows.len() {
            let (column, row) = (float(mark.column), float(mark.row));
            let rect =
                Rect { x: plot.x + column * cell.0, y: plot.bottom() - (row + 1.0) * cell.1, w: cell.0, h: cell.1 };
            ink.frame(rect.grown(-1.0), Pen::solid(frame.colours.page, 6.0));
            ink.frame(rect.grown(-1.0), Pen::solid(frame.colours.ink, 2.6));
        }
    }
}

/// How many labels to leave out for the others to have room.
fn step(pitch: f64, size: f64) -> usize {
    let needed = (size / pitch.max(0.01)).ceil();
    [1, 2, 5, 10, 20, 50, 100, 200].into_iter().find(|step| float(*step) >= needed).unwrap_or(1_000)
}

/// The cells, with their amounts where all of these have room.
fn cells(heat: &Heat, scale: &HeatScale, plot: Rect, cell: (f64, f64), frame: &Frame, ink: &mut Ink<'_>) {
    let size = [frame.sizes.body, frame.sizes.small, frame.sizes.small * 0.87].into_iter().find(|size| {
        let texts = heat.cells.iter().flatten().flatten();
        let widest = texts.map(|amount| width(&amount.text, *size, Weight::Regular)).fold(0.0, f64::max);
        widest + size * 0.8 <= cell.0 && size * 1.4 <= cell.1
    });
    // Cells that are hardly more than a pixel have no gaps between them.
    let gap = if cell.0.min(cell.1) > 18.0 { 1.0 } else { 0.0 };
    ink.begin("cells");
    for (row, _) in heat.rows.iter().enumerate() {
        for (column, _) in heat.columns.iter().enumerate() {
            let (x, y) = (plot.x + float(column) * cell.0, plot.bottom() - float(row.saturating_add(1)) * cell.1);
            let rect = Rect { x, y, w: cell.0 - gap, h: cell.1 - gap };
            let Some(amount) = heat.at(column, row) else {
                ink.frame(rect.grown(-1.0), Pen { dash: "2 3", ..Pen::solid(frame.colours.grid, 1.0) });
                continue;
            };
            let colour = scale.colour(place(&amount.value));
            ink.shade(rect, colour);
            if let Some(size) = size {
                let look = Type { size, colour: contrasting_rgb(colour), ..frame.plain() };
                let at = (rect.x + rect.w / 2.0, rect.y + rect.h / 2.0 + size * 0.35);
                ink.text(at, &amount.text, look.anchored(Anchor::Middle));
            }
        }
    }
    ink.end();
}

/// The colour scale beside the field.
struct Bar {
    area: Rect,
    name: String,
}

impl Bar {
    fn of(heat: &Heat, scale: &HeatScale, frame: &Frame, top: f64, height: f64) -> Bar {
        let Sizes { body, small, .. } = frame.sizes;
        let ticks = ticks_upwards(scale.ruler(), height, &frame.sizes);
        let texts = ticks.iter().filter_map(|tick| tick.label.as_ref());
        let widest = texts.map(|text| width(text, small, Weight::Regular)).fold(0.0, f64::max);
        let name = shorten(&heat.measure, frame.body.w * 0.42, body, Weight::SemiBold);
        let w = body * 1.1;
        let x = frame.body.right() - widest - body * 0.5 - w;
        Bar { area: Rect { x, y: top, w, h: height }, name }
    }

    fn draw(&self, scale: &HeatScale, frame: &Frame, ink: &mut Ink<'_>) {
        const STEPS: usize = 64;
        let Sizes { body, small, .. } = frame.sizes;
        let area = self.area;
        ink.begin("scale");
        for step in 0..STEPS {
            let h = area.h / float(STEPS);
            let y = area.bottom() - float(step.saturating_add(1)) * h;
            // A hair more than its height, so that no gap shows.
            ink.shade(Rect { y, h: h + 0.6, ..area }, scale.colour_at((float(step) + 0.5) / float(STEPS)));
        }
        for tick in ticks_upwards(scale.ruler(), area.h, &frame.sizes) {
            let Some(label) = &tick.label else { continue };
            let y = area.bottom() - tick.at * area.h;
            ink.line((area.right(), y), (area.right() + 4.0, y), Pen::solid(frame.colours.quiet, 1.0));
            let look = Type { colour: frame.colours.ink, ..frame.quiet() };
            ink.text((area.right() + body * 0.5, y + small * 0.35), label, look);
        }
        let at = (frame.body.right(), area.y - body * 0.95);
        ink.text(at, &self.name, frame.bold().anchored(Anchor::End));
        ink.end();
    }
}
