//! The chart as SVG.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::font::{Weight, shorten, width, wrap};
use super::ink::{Anchor, BLACK, FAMILY, GREY, Ink, PALE, Pen, Type, escaped, number};
use super::layout::{BAND_OPACITY, Layout, NAME_GAP, SHADE, SPAN_OPACITY, Sizes, pens, rows};
use super::place::{Board, Rect, TIED};
use super::series::Axes;
use super::{Canvas, ChartSpec, Series, Xy};
use crate::render::style::harmless;

/// The chart as a self-contained SVG document, font included.
pub fn svg(spec: &ChartSpec, canvas: Canvas) -> String {
    let axes = Axes::of(spec);
    let page = Page { spec, layout: &Layout::of(spec, &axes, canvas), axes: &axes };
    let mut ink = Ink::default();
    page.begin(&mut ink, canvas);
    page.words(&mut ink);
    page.grid(&mut ink);
    ink.raw("<g clip-path=\"url(#plot)\">\n");
    let drawn = page.areas_and_lines(&mut ink);
    ink.raw("</g>\n");
    page.names(&mut ink);
    page.labels(&mut ink, drawn);
    ink.raw("</svg>\n");
    ink.finish()
}

/// All that the parts of the drawing need to know.
struct Page<'a> {
    spec: &'a ChartSpec,
    layout: &'a Layout,
    axes: &'a Axes,
}

impl Page<'_> {
    fn begin(&self, ink: &mut Ink, canvas: Canvas) {
        let (w, h) = (number(self.layout.width), number(self.layout.height));
        ink.raw(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             font-family=\"{FAMILY}\">\n<title>{}</title>\n<desc>{}</desc>\n<defs>\n<style>\n",
            canvas.width,
            canvas.height,
            escaped(&self.spec.title),
            escaped(&self.spec.subtitle),
        ));
        for weight in Weight::ALL {
            let (css, data) = (weight.css(), base64(weight.bytes()));
            ink.raw(&format!(
                "@font-face{{font-family:Inter;font-weight:{css};src:url(data:font/otf;base64,{data}) \
                 format(\"opentype\")}}\n"
            ));
        }
        let plot = self.layout.plot;
        let (x, y, pw, ph) = (number(plot.x), number(plot.y), number(plot.w), number(plot.h));
        ink.raw(&format!(
            "</style>\n<clipPath id=\"plot\"><rect x=\"{x}\" y=\"{y}\" width=\"{pw}\" height=\"{ph}\"/></clipPath>\n\
             </defs>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n"
        ));
    }

    fn plain(&self, anchor: Anchor) -> Type {
        Type { size: self.layout.sizes.body, weight: Weight::Regular, colour: BLACK, anchor, halo: false }
    }

    /// Title, subtitle, key and note.
    fn words(&self, ink: &mut Ink) {
        let Layout { sizes, title, subtitle, key, note, height, .. } = self.layout;
        let body = self.plain(Anchor::Start);
        let mut y = sizes.margin;
        let bold = Type { size: sizes.title, weight: Weight::SemiBold, ..body };
        for (line, look) in title
            .iter()
            .map(|line| (line, bold))
            .chain(subtitle.iter().map(|line| (line, Type { colour: GREY, ..body })))
        {
            ink.text((sizes.margin, y + look.size * 0.8), line, look);
            y += Sizes::leading(look.size);
        }
        for entry in key {
            let (x, y) = entry.at;
            let swatch = Rect { x, y: y - sizes.body * 0.85, w: sizes.body * 1.5, h: sizes.body };
            ink.rect(swatch, entry.colour, entry.opacity);
            if entry.colour == SHADE {
                ink.rect(Rect { h: 3.0, ..swatch }, entry.colour, 1.0);
            }
            ink.text((x + sizes.body * 2.0, y), &entry.label, body);
        }
        let small = Type { size: sizes.small, colour: GREY, ..body };
        let mut y = height - sizes.margin * 0.7 - rows(note.len()) * Sizes::leading(sizes.small) + sizes.small;
        for line in note {
            ink.text((sizes.margin, y), line, small);
            y += Sizes::leading(sizes.small);
        }
    }

    /// Grid, ticks and the names of the axes.
    fn grid(&self, ink: &mut Ink) {
        let Layout { sizes, plot, x_ticks, y_ticks, width: page, .. } = self.layout;
        let pale = Pen::solid(PALE, 1.0);
        for tick in y_ticks {
            let y = plot.bottom() - tick.at * plot.h;
            if let Some(label) = &tick.label {
                ink.line((plot.x, y), (plot.right(), y), pale);
                let label = shorten(label, plot.x - sizes.margin * 0.5, sizes.body, Weight::Regular);
                ink.text((plot.x - sizes.body * 0.6, y + sizes.body * 0.35), &label, self.plain(Anchor::End));
            } else {
                ink.line((plot.x - 4.0, y), (plot.x, y), Pen::solid(GREY, 1.0));
            }
        }
        ink.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), Pen::solid(BLACK, 1.4));
        let mut free = 0.0;
        for tick in x_ticks {
            let x = plot.x + tick.at * plot.w;
            let length = if tick.label.is_some() { 7.0 } else { 4.0 };
            ink.line((x, plot.bottom()), (x, plot.bottom() + length), Pen::solid(GREY, 1.0));
            let Some(label) = &tick.label else { continue };
            let w = width(label, sizes.body, Weight::Regular);
            // Neither over its neighbour nor over the edge.
            if x - w / 2.0 > free && x + w / 2.0 < *page - 4.0 {
                ink.text((x, plot.bottom() + sizes.body * 1.5), label, self.plain(Anchor::Middle));
                free = x + w / 2.0 + sizes.body * 0.5;
            }
        }
        let named = Type { weight: Weight::SemiBold, ..self.plain(Anchor::Start) };
        let room = page - 2.0 * sizes.margin;
        let label = shorten(&harmless(&self.spec.y.label), room, sizes.body, Weight::SemiBold);
        ink.text((sizes.margin, plot.y - sizes.body * 0.9), &label, named);
        let label = shorten(&harmless(&self.spec.x.label), room, sizes.body, Weight::SemiBold);
        // Below the middle of the plot, unless that is too far to one side.
        let half = width(&label, sizes.body, Weight::SemiBold) / 2.0;
        let middle = (plot.x + plot.w / 2.0).min(page - sizes.margin - half).max(sizes.margin + half);
        ink.text((middle, plot.bottom() + sizes.body * 3.0), &label, Type { anchor: Anchor::Middle, ..named });
    }

    /// Spans, bands and lines; gives back the lines in pixels.
    fn areas_and_lines(&self, ink: &mut Ink) -> Vec<(Xy, Xy)> {
        let plot = self.layout.plot;
        for series in &self.spec.series {
            if let Series::Span { from, to, .. } = series {
                let edge = |v: f64| if v.is_nan() { None } else { Some(self.axes.x.at(v).clamp(0.0, 1.0)) };
                let (Some(a), Some(b)) = (edge(*from), edge(*to)) else { continue };
                let span = Rect { x: plot.x + a * plot.w, w: (b - a) * plot.w, ..plot };
                ink.rect(span, SHADE, SPAN_OPACITY);
                ink.rect(Rect { h: 5.0, ..span }, SHADE, 1.0);
            }
        }
        let pens = pens(&self.spec.series, 2.6);
        let pixels = |stroke: Vec<Xy>| stroke.into_iter().map(|at| self.layout.pixel(at)).collect::<Vec<Xy>>();
        for (series, pen) in self.spec.series.iter().zip(&pens) {
            if let Series::Band { lower, upper, .. } = series {
                let (lower, upper) = (pixels(self.axes.polyline(lower)), pixels(self.axes.polyline(upper)));
                let edge: Vec<Xy> = lower.iter().copied().chain(upper.iter().rev().copied()).collect();
                ink.area(&edge, pen.colour, BAND_OPACITY);
                ink.strokes(&[lower, upper], Pen { width: 0.8, dash: "", ..*pen });
            }
        }
        let mut drawn = Vec::new();
        for (series, pen) in self.spec.series.iter().zip(&pens) {
            let strokes = self.axes.strokes(series);
            let thin: Vec<Vec<Xy>> = strokes.thin.into_iter().map(pixels).collect();
            let bold: Vec<Vec<Xy>> = strokes.bold.into_iter().map(pixels).collect();
            ink.strokes(&thin, Pen { width: 1.1, dash: "2 3", ..*pen });
            ink.strokes(&bold, *pen);
            for stroke in thin.iter().chain(&bold) {
                drawn.extend(stroke.iter().copied().zip(stroke.iter().skip(1).copied()));
            }
        }
        drawn
    }

    /// The names of lines beside their ends.
    fn names(&self, ink: &mut Ink) {
        let Layout { sizes, plot, names, .. } = self.layout;
        let leading = Sizes::leading(sizes.body);
        let sample = plot.right() + sizes.body * 1.5;
        let text = plot.right() + NAME_GAP * sizes.body;
        for name in names {
            let middle = name.top + leading * 0.5;
            if let Some(pen) = name.pen {
                ink.line((sample, middle), (text - sizes.body * 0.4, middle), pen);
            }
            let near = name.end.filter(|(x, _)| plot.right() - x < sizes.body);
            if let (Some(end), Some(pen)) = (near, name.pen) {
                let start = (end.0.max(plot.right()) + 2.0, end.1);
                ink.line(start, (sample - 3.0, middle), Pen::solid(pen.colour, 0.9));
            }
            for (index, line) in name.lines.iter().enumerate() {
                let y = middle + sizes.body * 0.35 + rows(index) * leading;
                ink.text((text, y), line, self.plain(Anchor::Start));
            }
        }
    }

    /// Points and marks with their labels.
    fn labels(&self, ink: &mut Ink, lines: Vec<(Xy, Xy)>) {
        let Layout { sizes, plot, .. } = self.layout;
        let mut board = Board { area: *plot, taken: Vec::new(), lines };
        let mut all = Vec::new();
        for series in &self.spec.series {
            let (at, label, main) = match series {
                Series::Point { at, label } => (at, label, true),
                Series::Mark { at, label } => (at, label, false),
                _ => continue,
            };
            if !self.axes.shows(*at) {
                continue;
            }
            let pixel = self.layout.pixel(self.axes.at(*at));
            board.taken.push(Rect::around(pixel, if main { 8.0 } else { 6.0 }));
            all.push((pixel, harmless(label), main));
            if main {
                let dash = "4 4";
                ink.line(pixel, (pixel.0, plot.bottom()), Pen { colour: GREY, width: 1.2, dash });
                board.lines.push((pixel, (pixel.0, plot.bottom())));
            }
        }
        // A point is more important than a mark, whatever their order.
        all.sort_by_key(|(_, _, main)| !main);
        let mut shown = Vec::new();
        for (at, label, main) in &all {
            let (size, weight) = if *main { (sizes.body, Weight::SemiBold) } else { (sizes.small, Weight::Regular) };
            let lines = wrap(label, plot.w * 0.36, if *main { 3 } else { 1 }, size, weight);
            let widest = lines.iter().map(|line| width(line, size, weight)).fold(0.0, f64::max);
            let height = rows(lines.len()) * Sizes::leading(size);
            if let (false, Some(rect)) = (lines.is_empty(), board.place(*at, widest + 6.0, height)) {
                let end = rect.nearest(*at);
                if (end.0 - at.0).hypot(end.1 - at.1) >= TIED {
                    ink.line(*at, end, Pen::solid(GREY, 0.9));
                }
                let look = Type { size, weight, halo: true, ..self.plain(Anchor::Middle) };
                shown.push((rect, lines, look));
            }
        }
        for (at, _, main) in &all {
            if *main { ink.diamond(*at, 9.0) } else { ink.ring(*at, 4.4) }
        }
        for (rect, lines, look) in shown {
            for (index, line) in lines.iter().enumerate() {
                let y = rect.y + look.size + rows(index) * Sizes::leading(look.size);
                ink.text((rect.x + rect.w / 2.0, y), line, look);
            }
        }
    }
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let sign = usize::try_from(bits >> (18 - 6 * place) & 63).ok().and_then(|index| SIGNS.get(index));
            out.push(if place > three.len() { '=' } else { char::from(sign.copied().unwrap_or(b'=')) });
        }
    }
    out
}
