//! The names of lines and staircases, beside their ends.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::super::font::{Weight, shorten, width, wrap};
use super::super::ink::Ink;
use super::super::measure::{float, whole};
use super::super::place::{Rect, spread};
use super::super::series::{Axes, Look};
use super::super::theme::Pen;
use super::super::words::and_more;
use super::super::{Plane, Series, Xy};
use super::frame::{Frame, Sizes};
use super::plane::pixel;

/// From the plot's edge to a name, in letter sizes: a leader and a sample of the line.
const GAP: f64 = 3.6;

struct Name {
    lines: Vec<String>,
    pen: Option<Pen>,
    /// Where the line ends, in pixels.
    end: Option<Xy>,
    /// Upper edge.
    top: f64,
}

/// All names.
pub(super) struct Names {
    all: Vec<Name>,
    size: f64,
}

impl Names {
    /// The names, not yet in their places.
    pub(super) fn of(plane: &Plane, looks: &[Look], frame: &Frame) -> Names {
        let size = frame.sizes.body;
        let room = frame.page.w * 0.21;
        let named = |(series, look): (&Series, &Look)| match (series, look) {
            (Series::Line { name, .. } | Series::Step { name, .. }, Look::Line(pen)) => {
                let lines = wrap(name, room, 3, size, Weight::Regular);
                Some(Name { lines, pen: Some(*pen), end: None, top: 0.0 })
            }
            _ => None,
        };
        Names { all: plane.series.iter().zip(looks).filter_map(named).collect(), size }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What the names need beside the plot.
    pub(super) fn width(&self) -> f64 {
        let lines = self.all.iter().flat_map(|name| &name.lines);
        lines.map(|line| width(line, self.size, Weight::Regular)).fold(0.0, f64::max) + GAP * self.size
    }

    /// Puts the names beside the ends of their lines, in the order of the ends. What finds no room is counted.
    pub(super) fn arrange(&mut self, plane: &Plane, axes: &Axes, plot: Rect, frame: &Frame) {
        let lines = plane.series.iter().filter(|series| matches!(series, Series::Line { .. } | Series::Step { .. }));
        for (name, series) in self.all.iter_mut().zip(lines) {
            name.end = axes.strokes(series).end().map(|end| pixel(plot, end));
        }
        let leading = Sizes::leading(self.size);
        let gap = self.size * 0.25;
        let height = |name: &Name| float(name.lines.len()) * leading + gap;
        // They may reach a little above and below the plot.
        let (top, bottom) = (plot.y - leading * 0.5, plot.bottom() + leading * 0.5);
        if self.all.iter().map(height).sum::<f64>() > bottom - top {
            let room = frame.page.right() - frame.sizes.margin - plot.right() - GAP * self.size;
            for name in self.all.iter_mut().filter(|name| name.lines.len() > 1) {
                name.lines = vec![shorten(&name.lines.join(" "), room, self.size, Weight::Regular)];
            }
        }
        let fits = whole((bottom - top) / (leading + gap), 1, 1000);
        if self.all.len() > fits {
            let more = self.all.len().saturating_sub(fits).saturating_add(1);
            self.all.truncate(fits.saturating_sub(1));
            self.all.push(Name { lines: vec![and_more(more)], pen: None, end: None, top: 0.0 });
        }
        let end = |name: &Name| name.end.map_or(f64::MAX, |(_, y)| y);
        self.all.sort_by(|a, b| end(a).total_cmp(&end(b)));
        let wish = |name: &Name| name.end.map_or(plot.bottom(), |(_, y)| y - height(name) / 2.0);
        let wishes: Vec<(f64, f64)> = self.all.iter().map(|name| (wish(name), height(name))).collect();
        for (name, top) in self.all.iter_mut().zip(spread(&wishes, top, bottom)) {
            name.top = top;
        }
    }

    pub(super) fn draw(&self, plot: Rect, frame: &Frame, ink: &mut Ink<'_>) {
        let size = self.size;
        let leading = Sizes::leading(size);
        let sample = plot.right() + size * 1.5;
        let text = plot.right() + GAP * size;
        ink.begin("names");
        for name in &self.all {
            let middle = name.top + leading * 0.5;
            if let Some(pen) = name.pen {
                ink.line((sample, middle), (text - size * 0.4, middle), pen);
            }
            let near = name.end.filter(|(x, _)| plot.right() - x < size);
            if let (Some(end), Some(pen)) = (near, name.pen) {
                let start = (end.0.max(plot.right()) + 2.0, end.1);
                ink.line(start, (sample - 3.0, middle), Pen::solid(pen.colour, 0.9));
            }
            for (index, line) in name.lines.iter().enumerate() {
                let y = middle + size * 0.35 + float(index) * leading;
                ink.text((text, y), line, frame.plain());
            }
        }
        ink.end();
    }
}
