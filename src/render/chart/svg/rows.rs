//! Rows: labels on the left, a plot beside them, as many rows as stay legible.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width, wrap_evenly};
use super::super::ink::{Ink, Type};
use super::super::measure::{float, whole};
use super::super::place::Rect;
use super::super::theme::Pen;
use super::super::words::and_more;
use super::axes::height_below;
use super::frame::{Frame, Sizes};

/// What a row says at its left.
pub(super) struct Label<'a> {
    pub(super) text: &'a str,
    /// Below it, smaller; may be empty.
    pub(super) under: String,
    pub(super) strong: bool,
}

impl<'a> Label<'a> {
    pub(super) fn new(text: &'a str) -> Label<'a> {
        Label { text, under: String::new(), strong: false }
    }
}

struct Written {
    lines: Vec<String>,
    under: Vec<String>,
    look: Type,
}

/// The places of rows.
pub(super) struct Rows {
    /// Where bars are drawn, from the first row to the last.
    pub(super) plot: Rect,
    /// Rows that are shown.
    pub(super) shown: usize,
    /// From one row to the next.
    pub(super) pitch: f64,
    /// Height of a bar.
    pub(super) thickness: f64,
    labels: Vec<Written>,
    more: usize,
}

/// A text at the end of a bar: where the bar ends, from 0 to 1, and how wide the text is to the left and right of it.
pub(super) struct End {
    pub(super) at: f64,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Rows {
    /// Rows below `header` pixels of something else; `more` are not even in the data.
    pub(super) fn of(frame: &Frame, header: f64, labels: &[Label<'_>], more: usize) -> Rows {
        let Sizes { body, small, .. } = frame.sizes;
        let leading = Sizes::leading(body);
        let y = frame.body.y + header;
        let height = (frame.body.bottom() - height_below(&frame.sizes) - y).max(leading * 2.0);
        let fits = whole(height / (leading * 1.12), 1, 1_000);
        let shown = if labels.len() > fits { fits.saturating_sub(1) } else { labels.len() };
        let shown = if more > 0 { shown.min(fits.saturating_sub(1)) } else { shown };
        let more = more.saturating_add(labels.len().saturating_sub(shown));
        let last = if more > 0 { leading * 1.12 } else { 0.0 };
        let pitch = ((height - last) / float(shown.max(1))).min(body * 4.2);
        let room = frame.body.w * 0.32;
        let mut written = Vec::new();
        for label in labels.iter().take(shown) {
            let look = if label.strong { frame.bold() } else { frame.plain() };
            let under = if label.under.is_empty() || pitch < leading + Sizes::leading(small) {
                Vec::new()
            } else {
                vec![shorten(&label.under, room, small, Weight::Regular)]
            };
            let most = if under.is_empty() { whole(pitch * 1.06 / leading, 1, 2) } else { 1 };
            let text = match (under.is_empty(), label.under.is_empty()) {
                (true, false) => format!("{} ({})", label.text, label.under),
                _ => label.text.to_owned(),
            };
            written.push(Written { lines: wrap_evenly(&text, room, most, body, look.weight), under, look });
        }
        let widths = written.iter().flat_map(|label| {
            let lines = label.lines.iter().map(|line| width(line, body, label.look.weight));
            lines.chain(label.under.iter().map(|line| width(line, small, Weight::Regular)))
        });
        let rest = if more > 0 { width(&and_more(more), small, Weight::Regular) } else { 0.0 };
        let x = frame.body.x + widths.fold(rest, f64::max) + body * 0.9;
        let plot = Rect { x, y, w: (frame.body.right() - x).max(40.0), h: pitch * float(shown) };
        let thickness = (pitch * 0.64).min(body * 1.9);
        Rows { plot, shown, pitch, thickness, labels: written, more }
    }

    /// Leaves room for the texts at the ends of bars. They are made for a greatest width, which shrinks until a third
    /// of the page is left for the bars.
    pub(super) fn fit<T>(&mut self, make: impl Fn(f64) -> (T, Vec<End>)) -> T {
        let whole = self.plot;
        let mut room = whole.w * 0.36;
        loop {
            let (words, ends) = make(room);
            self.plot = whole;
            if self.reserve(&ends) || room < 12.0 {
                return words;
            }
            room *= 0.7;
        }
    }

    fn reserve(&mut self, ends: &[End]) -> bool {
        let whole = self.plot;
        let mut w = whole.w;
        let mut left = 0.0;
        // Each round is nearer to where the widest text just fits.
        for _ in 0..12 {
            left = ends.iter().map(|end| end.left - end.at * w).fold(0.0, f64::max);
            let right = ends.iter().map(|end| end.right - (1.0 - end.at) * w).fold(0.0, f64::max);
            w = (whole.w - left - right).max(whole.w * 0.1);
        }
        self.plot = Rect { x: whole.x + left.min(whole.w * 0.5), w, ..whole };
        w >= whole.w * 0.33
    }

    /// The middle of a row.
    pub(super) fn middle(&self, index: usize) -> f64 {
        self.plot.y + (float(index) + 0.5) * self.pitch
    }

    /// The bar of a row between two places of the axis; thin ones stay visible.
    pub(super) fn bar(&self, index: usize, from: f64, to: f64) -> Rect {
        let (a, b) = (from.min(to).clamp(0.0, 1.0), from.max(to).clamp(0.0, 1.0));
        let w = ((b - a) * self.plot.w).max(1.5);
        let x = (self.plot.x + a * self.plot.w).min(self.plot.right() - w);
        Rect { x, y: self.middle(index) - self.thickness / 2.0, w, h: self.thickness }
    }

    /// The plot with the line that counts what is left out, above the axis.
    pub(super) fn field(&self, frame: &Frame) -> Rect {
        let last = if self.more > 0 { Sizes::leading(frame.sizes.body) * 1.12 } else { 0.0 };
        Rect { h: self.plot.h + last + frame.sizes.body * 0.2, ..self.plot }
    }

    /// Draws the labels.
    pub(super) fn names(&self, frame: &Frame, ink: &mut Ink<'_>) {
        let Sizes { body, small, .. } = frame.sizes;
        let quiet = frame.quiet();
        ink.begin("rows");
        for (index, label) in self.labels.iter().enumerate() {
            // Closer than in running text, so that two lines are seen as one label.
            let leading = body * 1.14;
            let under = float(label.under.len()) * Sizes::leading(small);
            let height = float(label.lines.len()) * leading + under;
            let mut y = self.middle(index) - height / 2.0 + leading * 0.5 + body * 0.35;
            for line in &label.lines {
                ink.text((frame.body.x, y), line, label.look);
                y += leading;
            }
            for line in &label.under {
                ink.text((frame.body.x, y + (Sizes::leading(small) - leading) * 0.5), line, quiet);
            }
        }
        if self.more > 0 {
            let y = self.plot.bottom() + Sizes::leading(body) * 0.6 + body * 0.2;
            ink.text((frame.body.x, y), &and_more(self.more), quiet);
        }
        ink.end();
    }

    /// Draws the line at a value, from above the first row to the axis.
    pub(super) fn upright(&self, at: f64, pen: Pen, frame: &Frame, ink: &mut Ink<'_>) {
        let x = self.plot.x + at * self.plot.w;
        ink.line((x, self.plot.y - frame.sizes.body * 0.3), (x, self.field(frame).bottom()), pen);
    }
}
