//! The chart as SVG: a frame of words, and in it the drawer of each kind.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

mod axes;
mod bars;
mod distribution;
mod frame;
mod heat;
mod key;
mod labels;
mod names;
mod plane;
mod rows;
mod tornado;
mod waterfall;

use super::describe::describe;
use super::font::{FAMILY, style_sheet};
use super::ink::{Ink, escaped, number};
use super::measure::{float, whole};
use super::place::Rect;
use super::theme::{Fill, colours};
use super::{Body, Canvas, ChartSpec, Distribution};
use frame::Frame;

/// The chart as a self-contained SVG document, font included.
pub fn svg(spec: &ChartSpec, canvas: Canvas) -> String {
    document(spec, canvas, "chart", &format!("<style>\n{}</style>\n", style_sheet()))
}

/// The chart as an SVG element for a page that holds several: without the font, which the page states once
/// ([`font_style_sheet`]), and with ids that begin with `id` (letters, digits, `-` and `_`; others become `-`).
pub fn svg_in_page(spec: &ChartSpec, canvas: Canvas, id: &str) -> String {
    let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    document(spec, canvas, &format!("c{id}"), "")
}

/// The font of the charts as a style sheet for a page, the font itself included.
pub fn font_style_sheet() -> String {
    style_sheet()
}

/// The picture, with `style` before all else.
pub(super) fn document(spec: &ChartSpec, canvas: Canvas, id: &str, style: &str) -> String {
    let colours = colours(spec.theme);
    let mut ink = Ink::new(colours, id);
    let frame = Frame::of(spec, canvas, key(spec), colours);
    frame.words(&mut ink);
    match &spec.body {
        Body::Plane(plane) => plane::draw(plane, &frame, &mut ink),
        Body::Bars(bars) => bars::draw(bars, &frame, &mut ink),
        Body::Waterfall(waterfall) => waterfall::draw(waterfall, &frame, &mut ink),
        Body::Tornado(tornado) => tornado::draw(tornado, &frame, &mut ink),
        Body::Heat(heat) => heat::draw(heat, &frame, &mut ink),
        Body::Distribution(all) => distribution::draw(all, &frame, &mut ink),
    }
    let Rect { w, h, .. } = frame.page;
    let mut paper = Ink::new(colours, id);
    paper.rect(frame.page, Fill::solid(colours.page));
    let ((defs, drawing), (_, paper)) = (ink.finish(), paper.finish());
    let (width, height, w, h) = (canvas.width, canvas.height, number(w), number(h));
    let (title, words) = (escaped(&spec.title), escaped(&describe(spec)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\" \
         role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{FAMILY}\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{words}</desc>\n{style}\
         <defs>\n{defs}</defs>\n{paper}{drawing}</svg>\n"
    )
}

fn key(spec: &ChartSpec) -> Vec<key::Item> {
    let colours = colours(spec.theme);
    match &spec.body {
        Body::Plane(plane) => key::of_plane(plane, colours),
        Body::Bars(bars) => key::of_bars(bars, colours),
        Body::Waterfall(waterfall) => key::of_waterfall(waterfall, colours),
        Body::Tornado(tornado) => key::of_tornado(tornado, colours),
        Body::Heat(heat) => key::of_heat(heat, colours),
        Body::Distribution(_) => Vec::new(),
    }
}

/// Pixels down that do a chart good at 1200 pixels across: the words around it, and what its rows need.
pub(super) fn natural_height(spec: &ChartSpec) -> u32 {
    let Canvas { width, height } = Canvas::default();
    let count = |rows: usize, more: usize| float(rows) + if more > 0 { 0.6 } else { 0.0 };
    let drawing = match &spec.body {
        Body::Plane(_) => return height,
        Body::Bars(bars) => count(bars.rows.len(), bars.more) * 46.0 + 64.0,
        Body::Waterfall(waterfall) => count(waterfall.rungs.len(), 0) * 46.0 + 64.0,
        Body::Tornado(tornado) => count(tornado.rows.len(), tornado.more) * 54.0 + 86.0,
        Body::Heat(heat) => (count(heat.rows.len(), 0) * 52.0).clamp(160.0, 720.0) + 89.0,
        Body::Distribution(all) if all.spreads.len() <= Distribution::OVERLAID => {
            count(all.spreads.len(), all.more) * 29.0 + 440.0
        }
        Body::Distribution(all) => count(all.spreads.len(), all.more) * 84.0 + 90.0,
    };
    let tall = Frame::of(spec, Canvas { width, height: 4000 }, key(spec), colours(spec.theme));
    let around = tall.page.h - tall.body.h;
    u32::try_from(whole(around + drawing, 300, 2400)).unwrap_or(height)
}
