//! What goes where: the lettering around the plot decides how much is left for the plot itself.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::font::{Weight, shorten, width, wrap};
use super::ink::Pen;
use super::place::{Rect, spread};
use super::scale::Tick;
use super::series::Axes;
use super::{Canvas, ChartSpec, Series, Xy};
use crate::render::style::harmless;

/// Okabe and Ito's colours, told apart by the colour-blind too; green is last, as it also shades intervals. Yellow is
/// left out: nobody sees it on white.
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#009e73"];

/// Dashes tell lines apart in grey. There are as many as have no factor in common with the colours.
const DASHES: [&str; 5] = ["", "11 5", "3 4", "14 4 3 4", "7 3"];

/// What a shaded interval is shaded with.
pub(super) const SHADE: &str = "#009e73";

/// The sizes of a chart's lettering.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) title: f64,
    pub(super) body: f64,
    pub(super) small: f64,
    pub(super) margin: f64,
}

/// A name at the end of a line.
pub(super) struct Name {
    pub(super) lines: Vec<String>,
    pub(super) pen: Option<Pen>,
    /// Where the line ends, in pixels.
    pub(super) end: Option<Xy>,
    /// Upper edge.
    pub(super) top: f64,
}

/// An entry of the key: an area.
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) colour: &'static str,
    pub(super) opacity: f64,
    /// Left end and baseline.
    pub(super) at: Xy,
}

/// All places.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) sizes: Sizes,
    pub(super) title: Vec<String>,
    pub(super) subtitle: Vec<String>,
    pub(super) note: Vec<String>,
    pub(super) key: Vec<Entry>,
    pub(super) plot: Rect,
    pub(super) names: Vec<Name>,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
}

impl Sizes {
    fn of(width: f64) -> Sizes {
        let factor = (width / 1200.0).clamp(0.72, 2.0);
        Sizes { title: 26.0 * factor, body: 17.0 * factor, small: 15.0 * factor, margin: 28.0 * factor }
    }

    /// From one baseline to the next.
    pub(super) fn leading(size: f64) -> f64 {
        size * 1.3
    }
}

/// The look of the series: a band that follows a line or a staircase belongs to it and has its colour.
pub(super) fn pens(series: &[Series], width: f64) -> Vec<Pen> {
    let mut next = 0_usize;
    let mut owner = None;
    let mut out = Vec::new();
    for each in series {
        let colour = COLOURS.get(next % COLOURS.len()).copied().unwrap_or("#000000");
        let dash = DASHES.get(next % DASHES.len()).copied().unwrap_or("");
        let fresh = Pen { colour, width, dash };
        let pen = match (each, owner) {
            (Series::Band { .. }, Some(pen)) => pen,
            (Series::Line { .. } | Series::Step { .. } | Series::Band { .. }, _) => {
                next = next.saturating_add(1);
                fresh
            }
            _ => fresh,
        };
        owner = matches!(each, Series::Line { .. } | Series::Step { .. }).then_some(pen);
        out.push(pen);
    }
    out
}

impl Layout {
    pub(super) fn of(spec: &ChartSpec, axes: &Axes, canvas: Canvas) -> Layout {
        let width_ = f64::from(canvas.width.max(360));
        let height = f64::from(canvas.height.max(260));
        let sizes = Sizes::of(width_);
        let room = width_ - 2.0 * sizes.margin;
        let paragraph = |text: &str, lines: usize, size: f64, weight: Weight| {
            wrap(&harmless(text), room, if height < 400.0 { 1 } else { lines }, size, weight)
        };
        let title = paragraph(&spec.title, 2, sizes.title, Weight::SemiBold);
        let subtitle = paragraph(&spec.subtitle, 2, sizes.body, Weight::Regular);
        let note = paragraph(&spec.note, 3, sizes.small, Weight::Regular);

        let mut top = sizes.margin;
        top += rows(title.len()) * Sizes::leading(sizes.title) + rows(subtitle.len()) * Sizes::leading(sizes.body);
        let (key, below) = key(spec, &sizes, top + sizes.body * 0.5, room);
        // The vertical axis is named above its upper end.
        let plot_top = below + Sizes::leading(sizes.body) * 1.55;
        let under = 2.4 * Sizes::leading(sizes.body) + rows(note.len()) * Sizes::leading(sizes.small);
        let gap = if note.is_empty() { 0.0 } else { sizes.small * 0.9 };
        let plot_bottom = (height - sizes.margin * 0.7 - under - gap).max(plot_top + 40.0);

        let y_ticks = axes.y.ticks(count((plot_bottom - plot_top) / (sizes.body * 3.6)));
        let label = |tick: &Tick| tick.label.as_ref().map_or(0.0, |text| width(text, sizes.body, Weight::Regular));
        let widest = y_ticks.iter().map(label).fold(0.0, f64::max).min(width_ * 0.25);
        let left = sizes.margin + widest + sizes.body * 0.6;

        let mut names = names(spec, &sizes, width_ * 0.21);
        let name_width = names.iter().flat_map(|name| &name.lines).map(|line| width(line, sizes.body, Weight::Regular));
        let name_width = name_width.fold(0.0, f64::max);
        let right = if names.is_empty() {
            width_ - sizes.margin - sizes.body
        } else {
            width_ - sizes.margin - name_width - NAME_GAP * sizes.body
        };
        let plot = Rect { x: left, y: plot_top, w: (right - left).max(40.0), h: plot_bottom - plot_top };
        arrange(&mut names, spec, axes, &plot, &sizes);
        let x_ticks = axes.x.ticks(count(plot.w / (sizes.body * 5.4)));
        Layout { width: width_, height, sizes, title, subtitle, note, key, plot, names, x_ticks, y_ticks }
    }

    /// A place of the unit square in pixels.
    pub(super) fn pixel(&self, at: Xy) -> Xy {
        pixel(&self.plot, at)
    }
}

/// From the plot's edge to a name, in letter sizes: a leader and a sample of the line.
pub(super) const NAME_GAP: f64 = 3.6;

fn pixel(plot: &Rect, (x, y): Xy) -> Xy {
    (plot.x + x * plot.w, plot.bottom() - y * plot.h)
}

pub(super) fn rows(count: usize) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of ticks: 2 to 20")]
fn count(value: f64) -> usize {
    value.clamp(2.0, 20.0) as usize
}

/// The key of the areas in rows from `top` on, and where it ends. Lines have their names at their ends instead.
fn key(spec: &ChartSpec, sizes: &Sizes, top: f64, room: f64) -> (Vec<Entry>, f64) {
    let mut all: Vec<(&str, &'static str, f64)> = Vec::new();
    for (series, pen) in spec.series.iter().zip(pens(&spec.series, 1.0)) {
        let entry = match series {
            Series::Span { label, .. } => (label.as_str(), SHADE, SPAN_OPACITY * 1.6),
            Series::Band { name, .. } => (name.as_str(), pen.colour, BAND_OPACITY * 1.3),
            _ => continue,
        };
        if !all.contains(&entry) && !entry.0.is_empty() {
            all.push(entry);
        }
    }
    let swatch = sizes.body * 2.0;
    let mut out = Vec::new();
    let (mut x, mut y) = (sizes.margin, top + sizes.body);
    for (label, colour, opacity) in all.into_iter().take(8) {
        let label = shorten(&harmless(label), room - swatch, sizes.body, Weight::Regular);
        let w = swatch + width(&label, sizes.body, Weight::Regular);
        if x > sizes.margin && x + w > sizes.margin + room {
            x = sizes.margin;
            y += Sizes::leading(sizes.body) * 1.1;
        }
        out.push(Entry { label, colour, opacity, at: (x, y) });
        x += w + sizes.body * 1.6;
    }
    let below = if out.is_empty() { top - sizes.body * 0.5 } else { y + sizes.body * 0.3 };
    (out, below)
}

pub(super) const SPAN_OPACITY: f64 = 0.14;
pub(super) const BAND_OPACITY: f64 = 0.2;

/// The names of lines and staircases, not yet in their places.
fn names(spec: &ChartSpec, sizes: &Sizes, room: f64) -> Vec<Name> {
    let named = |(series, pen): (&Series, Pen)| match series {
        Series::Line { name, .. } | Series::Step { name, .. } => {
            let lines = wrap(&harmless(name), room, 3, sizes.body, Weight::Regular);
            Some(Name { lines, pen: Some(pen), end: None, top: 0.0 })
        }
        _ => None,
    };
    spec.series.iter().zip(pens(&spec.series, 2.6)).filter_map(named).collect()
}

/// Puts the names beside the ends of their lines, in the order of the ends. What finds no room is counted.
fn arrange(names: &mut Vec<Name>, spec: &ChartSpec, axes: &Axes, plot: &Rect, sizes: &Sizes) {
    let lines = spec.series.iter().filter(|series| matches!(series, Series::Line { .. } | Series::Step { .. }));
    for (name, series) in names.iter_mut().zip(lines) {
        name.end = axes.strokes(series).end().map(|end| pixel(plot, end));
    }
    let leading = Sizes::leading(sizes.body);
    let gap = sizes.body * 0.25;
    let height = |name: &Name| rows(name.lines.len()) * leading + gap;
    if names.iter().map(height).sum::<f64>() > plot.h {
        let room = plot.w.max(60.0) * 0.4;
        for name in names.iter_mut().filter(|name| name.lines.len() > 1) {
            name.lines =
                vec![shorten(&name.lines.join(" "), room.min(widest(name, sizes)), sizes.body, Weight::Regular)];
        }
    }
    let fits = count_of(plot.h / (leading + gap));
    if names.len() > fits {
        let more = names.len().saturating_sub(fits).saturating_add(1);
        names.truncate(fits.saturating_sub(1));
        names.push(Name { lines: vec![format!("and {more} more")], pen: None, end: None, top: 0.0 });
    }
    names.sort_by(|a, b| {
        let end = |name: &Name| name.end.map_or(f64::MAX, |(_, y)| y);
        end(a).total_cmp(&end(b))
    });
    let wishes: Vec<(f64, f64)> = names
        .iter()
        .map(|name| (name.end.map_or(plot.bottom(), |(_, y)| y - height(name) / 2.0), height(name)))
        .collect();
    for (name, top) in names.iter_mut().zip(spread(&wishes, plot.y - leading * 0.5, plot.bottom() + leading * 0.5)) {
        name.top = top;
    }
}

fn widest(name: &Name, sizes: &Sizes) -> f64 {
    name.lines.iter().map(|line| width(line, sizes.body, Weight::Regular)).fold(0.0, f64::max)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of lines on a page")]
fn count_of(value: f64) -> usize {
    value.clamp(1.0, 1000.0) as usize
}
