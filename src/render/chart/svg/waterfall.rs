//! From one total to another by what changed.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width};
use super::super::ink::{Anchor, Ink};
use super::super::measure::place;
use super::super::place::Rect;
use super::super::ruler::Ruler;
use super::super::theme::{Fill, Hatch, Pen};
use super::super::waterfall_axis::ruler;
use super::super::{Rung, RungKind, Waterfall};
use super::axes::{across, grid_across, ticks_across};
use super::frame::Frame;
use super::rows::{End, Label, Rows};

/// From a bar to the text at its end.
const GAP: f64 = 7.0;

pub(super) fn draw(waterfall: &Waterfall, frame: &Frame, ink: &mut Ink<'_>) {
    let rungs = &waterfall.rungs;
    if rungs.is_empty() {
        return frame.nothing(ink);
    }
    let labels: Vec<Label<'_>> =
        rungs.iter().map(|rung| Label { strong: rung.kind == RungKind::Total, ..Label::new(&rung.label) }).collect();
    let mut rows = Rows::of(frame, frame.sizes.body * 0.4, &labels, 0);
    let ruler = ruler(waterfall);
    let broken = !ruler.shows(0.0);
    let shown: Vec<&Rung> = rungs.iter().take(rows.shown).collect();
    let texts = rows.fit(|room| {
        let words = |rung: &&Rung| shorten(&rung.text, room, frame.sizes.body, Weight::SemiBold);
        let texts: Vec<String> = shown.iter().map(words).collect();
        let ends = shown.iter().zip(&texts).map(|(rung, text)| end(rung, text, &ruler, frame)).collect();
        (texts, ends)
    });

    let ticks = ticks_across(&ruler, rows.plot.w, &frame.sizes);
    let field = rows.field(frame);
    grid_across(ink, field, &ticks);
    rows.names(frame, ink);
    ink.begin("bars");
    for (index, (rung, text)) in shown.iter().zip(&texts).enumerate() {
        let (from, to) = (ruler.at(place(&rung.from)), ruler.at(place(&rung.to)));
        let rect = rows.bar(index, from, to);
        ink.rect(rect, fill(rung, frame));
        if broken && rung.kind == RungKind::Total {
            torn(rect, frame, ink);
        }
        if index.saturating_add(1) < shown.len() {
            let x = rows.plot.x + to.clamp(0.0, 1.0) * rows.plot.w;
            ink.line(
                (x, rect.bottom()),
                (x, rect.bottom() + rows.pitch - rect.h),
                Pen::solid(frame.colours.quiet, 1.0),
            );
        }
        let look = if rung.kind == RungKind::Total { frame.bold() } else { frame.plain() };
        let y = rows.middle(index) + look.size * 0.35;
        if is_left(rung) {
            ink.text((rect.x - GAP, y), text, look.anchored(Anchor::End));
        } else {
            ink.text((rect.right() + GAP, y), text, look);
        }
    }
    ink.end();
    if !broken {
        rows.upright(ruler.at(0.0), Pen::solid(frame.colours.ink, 1.4), frame, ink);
    }
    let mut name = waterfall.axis.label.clone();
    if broken && let Some(first) = ticks.iter().find_map(|tick| tick.label.as_ref()) {
        name.push_str(&format!("; the axis is cut below {first}"));
    }
    across(ink, frame, field, &ticks, &name, false);
}

fn end(rung: &Rung, text: &str, ruler: &Ruler, frame: &Frame) -> End {
    let (a, b) = (ruler.at(place(&rung.from)).clamp(0.0, 1.0), ruler.at(place(&rung.to)).clamp(0.0, 1.0));
    let wide = width(text, frame.sizes.body, Weight::SemiBold) + GAP + 2.0;
    if is_left(rung) {
        End { at: a.min(b), left: wide, right: 0.0 }
    } else {
        End { at: a.max(b), left: 0.0, right: wide }
    }
}

/// A total below zero has its words at its own end.
fn is_left(rung: &Rung) -> bool {
    rung.kind == RungKind::Total && rung.to.is_negative()
}

fn fill(rung: &Rung, frame: &Frame) -> Fill {
    match rung.kind {
        RungKind::Total => Fill::solid(frame.colours.total),
        RungKind::Change if rung.to < rung.from => Fill::solid(frame.colours.fall),
        RungKind::Change => Fill::hatched(frame.colours.rise, Hatch::Rising),
    }
}

/// A gap in a bar whose beginning is not shown.
fn torn(rect: Rect, frame: &Frame, ink: &mut Ink<'_>) {
    let x = rect.x + rect.h * 0.5;
    if rect.right() - x < rect.h {
        return;
    }
    for offset in [0.0, 7.0] {
        let (a, b) = ((x + offset, rect.bottom() + 3.0), (x + offset + rect.h * 0.35, rect.y - 3.0));
        ink.line(a, b, Pen::solid(frame.colours.page, 3.0));
    }
}
