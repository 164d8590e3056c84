//! The words around a drawing: title, subtitle, key and note. They decide how much is left for the drawing itself.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, wrap, wrap_evenly};
use super::super::ink::{Anchor, Ink, Type};
use super::super::measure::float;
use super::super::place::Rect;
use super::super::theme::Colours;
use super::super::{Canvas, ChartSpec};
use super::key::{Entry, Item, arrange};

/// The sizes of a chart's lettering.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) title: f64,
    pub(super) body: f64,
    pub(super) small: f64,
    pub(super) margin: f64,
}

impl Sizes {
    fn of(width: f64) -> Sizes {
        let factor = (width / 1200.0).clamp(0.72, 2.0);
        Sizes { title: 26.0 * factor, body: 17.0 * factor, small: 15.0 * factor, margin: 28.0 * factor }
    }

    /// A length that grows with the lettering, as it is at 1200 pixels.
    pub(super) fn scaled(&self, length: f64) -> f64 {
        length * self.body / 17.0
    }

    /// From one baseline to the next.
    pub(super) fn leading(size: f64) -> f64 {
        size * 1.3
    }
}

/// How many lines of words there may be.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    title: usize,
    subtitle: usize,
    key: usize,
    note: usize,
}

/// The usual page, and less and less where the drawing would have no room.
const LEVELS: [Level; 5] = [
    Level { title: 2, subtitle: 2, key: 3, note: 3 },
    Level { title: 2, subtitle: 1, key: 2, note: 2 },
    Level { title: 2, subtitle: 1, key: 1, note: 1 },
    Level { title: 1, subtitle: 0, key: 1, note: 1 },
    Level { title: 1, subtitle: 0, key: 1, note: 0 },
];

/// The words, and where the drawing goes.
pub(super) struct Frame {
    pub(super) page: Rect,
    pub(super) sizes: Sizes,
    pub(super) colours: &'static Colours,
    /// What is left for the drawing with its axes.
    pub(super) body: Rect,
    title: Vec<String>,
    subtitle: Vec<String>,
    key: Vec<Entry>,
    note: Vec<String>,
}

impl Frame {
    pub(super) fn of(spec: &ChartSpec, canvas: Canvas, key: Vec<Item>, colours: &'static Colours) -> Frame {
        let (w, h) = (f64::from(canvas.width.max(1)), f64::from(canvas.height.max(1)));
        // What is too small for words is drawn larger and shrunk.
        let grown = (360.0 / w).max(260.0 / h).max(1.0);
        let page = Rect { x: 0.0, y: 0.0, w: w * grown, h: h * grown };
        let sizes = Sizes::of(page.w);
        let frames = LEVELS.into_iter().map(|level| Frame::at(level, spec, page, sizes, &key, colours));
        let mut last = None;
        for frame in frames {
            if frame.body.h >= sizes.body * 11.0 {
                return frame;
            }
            last = Some(frame);
        }
        last.unwrap_or_else(|| Frame::at(Level::default(), spec, page, sizes, &[], colours))
    }

    fn at(level: Level, spec: &ChartSpec, page: Rect, sizes: Sizes, key: &[Item], colours: &'static Colours) -> Frame {
        let room = page.w - 2.0 * sizes.margin;
        let title = wrap_evenly(&spec.title, room, level.title, sizes.title, Weight::SemiBold);
        let some = |text: &str, lines: usize, size: f64| {
            if lines == 0 { Vec::new() } else { wrap(text, room, lines, size, Weight::Regular) }
        };
        let subtitle = some(&spec.subtitle, level.subtitle, sizes.body);
        let note = some(&spec.note, level.note, sizes.small);

        let mut top = sizes.margin;
        top += float(title.len()) * Sizes::leading(sizes.title) + float(subtitle.len()) * Sizes::leading(sizes.body);
        let (key, top) = arrange(key, level.key, &sizes, top + sizes.body * 0.5, room);
        let top = top + sizes.body * 0.45;
        let notes = float(note.len()) * Sizes::leading(sizes.small);
        let gap = if note.is_empty() { 0.0 } else { sizes.small * 1.3 };
        let bottom = page.h - sizes.margin * 0.7 - notes - gap;
        let body = Rect { x: sizes.margin, y: top, w: room, h: (bottom - top).max(60.0) };
        Frame { page, sizes, colours, body, title, subtitle, key, note }
    }

    /// Plain lettering of the body.
    pub(super) fn plain(&self) -> Type {
        let (size, colour) = (self.sizes.body, self.colours.ink);
        Type { size, weight: Weight::Regular, colour, anchor: Anchor::Start, halo: None }
    }

    pub(super) fn bold(&self) -> Type {
        Type { weight: Weight::SemiBold, ..self.plain() }
    }

    /// Lettering for what matters less.
    pub(super) fn quiet(&self) -> Type {
        Type { size: self.sizes.small, colour: self.colours.quiet, ..self.plain() }
    }

    /// Draws title, subtitle, key and note.
    pub(super) fn words(&self, ink: &mut Ink<'_>) {
        let Sizes { title, small, margin, .. } = self.sizes;
        let mut y = margin;
        let heading = Type { size: title, ..self.bold() };
        let under = Type { colour: self.colours.quiet, ..self.plain() };
        ink.begin("words");
        let headings = self.title.iter().map(|line| (line, heading));
        for (line, look) in headings.chain(self.subtitle.iter().map(|line| (line, under))) {
            ink.text((margin, y + look.size * 0.8), line, look);
            y += Sizes::leading(look.size);
        }
        for entry in &self.key {
            entry.draw(self, ink);
        }
        let mut y = self.page.h - margin * 0.7 - float(self.note.len()) * Sizes::leading(small) + small;
        for line in &self.note {
            ink.text((margin, y), line, self.quiet());
            y += Sizes::leading(small);
        }
        ink.end();
    }

    /// Says in the middle of the drawing's place that there is nothing to draw.
    pub(super) fn nothing(&self, ink: &mut Ink<'_>) {
        let look = Type { colour: self.colours.quiet, ..self.plain() }.anchored(Anchor::Middle);
        ink.text((self.body.x + self.body.w / 2.0, self.body.y + self.body.h / 2.0), "No data to draw", look);
    }
}
