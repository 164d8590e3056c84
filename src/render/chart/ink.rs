//! Writing SVG: shapes and lettering, numbers with a fixed number of decimals, text that cannot break out.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use std::fmt::Write;

use super::Xy;
use super::font::Weight;
use super::place::Rect;
use super::theme::{Colours, Fill, Hatch, Pen, Shape};
use crate::render::style::harmless;

/// A drawing in the making.
pub(super) struct Ink<'a> {
    out: String,
    defs: String,
    hatched: Vec<(&'static str, Hatch)>,
    /// Before every id, so that several pictures can stand on one page.
    id: &'a str,
    pub(super) colours: &'static Colours,
}

/// Lettering.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: &'static str,
    /// Where the given place is in the text.
    pub(super) anchor: Anchor,
    /// The colour of a rim, for text over lines.
    pub(super) halo: Option<&'static str>,
}

impl Type {
    pub(super) fn anchored(self, anchor: Anchor) -> Type {
        Type { anchor, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl<'a> Ink<'a> {
    pub(super) fn new(colours: &'static Colours, id: &'a str) -> Ink<'a> {
        Ink { out: String::new(), defs: String::new(), hatched: Vec::new(), id, colours }
    }

    /// What follows up to [`Ink::end`] belongs together: `x-axis`, `marks`.
    pub(super) fn begin(&mut self, class: &str) {
        self.put(&format!("<g class=\"{class}\">"));
    }

    /// The same, and nothing of it is seen outside of `area`.
    pub(super) fn begin_within(&mut self, class: &str, area: Rect) {
        let (id, place) = (self.id, bounds(area));
        let _ = writeln!(self.defs, "<clipPath id=\"{id}-{class}\"><rect {place}/></clipPath>");
        self.put(&format!("<g class=\"{class}\" clip-path=\"url(#{id}-{class})\">"));
    }

    pub(super) fn end(&mut self) {
        self.put("</g>");
    }

    pub(super) fn line(&mut self, a: Xy, b: Xy, pen: Pen) {
        let (x1, y1, x2, y2) = (number(a.0), number(a.1), number(b.0), number(b.1));
        self.put(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {}/>", stroke(pen)));
    }

    /// Strokes, each a polyline of its own.
    pub(super) fn strokes(&mut self, strokes: &[Vec<Xy>], pen: Pen) {
        let data: Vec<String> = strokes.iter().filter(|stroke| stroke.len() > 1).map(|stroke| path(stroke)).collect();
        if !data.is_empty() {
            let look = "fill=\"none\" stroke-linejoin=\"round\"";
            self.put(&format!("<path d=\"{}\" {look} {}/>", data.join(""), stroke(pen)));
        }
    }

    pub(super) fn area(&mut self, edge: &[Xy], fill: Fill) {
        if edge.len() > 2 {
            let look = self.fill(fill);
            self.put(&format!("<path d=\"{}Z\" {look}/>", path(edge)));
        }
    }

    pub(super) fn rect(&mut self, rect: Rect, fill: Fill) {
        let (place, look) = (bounds(rect), self.fill(fill));
        self.put(&format!("<rect {place} {look}/>"));
    }

    /// A rectangle in a mixed colour.
    pub(super) fn shade(&mut self, rect: Rect, (r, g, b): (u8, u8, u8)) {
        self.put(&format!("<rect {} fill=\"#{r:02x}{g:02x}{b:02x}\"/>", bounds(rect)));
    }

    /// An empty rectangle.
    pub(super) fn frame(&mut self, rect: Rect, pen: Pen) {
        self.put(&format!("<rect {} fill=\"none\" {}/>", bounds(rect), stroke(pen)));
    }

    /// A dot with a rim in the colour of the page.
    pub(super) fn dot(&mut self, at: Xy, radius: f64, colour: &'static str, shape: Shape) {
        let (x, y) = at;
        let page = self.colours.page;
        let polygon = |edge: &[Xy]| format!("<path d=\"{}Z\"", path(edge));
        let outline = match shape {
            Shape::Circle | Shape::Ring | Shape::Speck => {
                format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(x), number(y), number(radius))
            }
            Shape::Square => {
                let r = radius * 0.88;
                polygon(&[(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)])
            }
            Shape::Triangle => {
                let r = radius * 1.15;
                polygon(&[(x, y - r), (x + r * 0.92, y + r * 0.72), (x - r * 0.92, y + r * 0.72)])
            }
            Shape::Diamond => {
                let r = radius * 1.2;
                polygon(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)])
            }
        };
        let look = match shape {
            Shape::Ring => format!("fill=\"{page}\" {}", stroke(Pen::solid(colour, 1.8))),
            Shape::Speck => format!("fill=\"{colour}\""),
            _ => format!("fill=\"{colour}\" {}", stroke(Pen::solid(page, 1.6))),
        };
        self.put(&format!("{outline} {look}/>"));
    }

    pub(super) fn text(&mut self, at: Xy, text: &str, look: Type) {
        if text.is_empty() {
            return;
        }
        let anchor = match look.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let halo = look.halo.map_or(String::new(), |colour| {
            format!(" stroke=\"{colour}\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\"")
        });
        let (x, y, size) = (number(at.0), number(at.1), number(look.size));
        let weight = look.weight.css();
        let style = format!("font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{}\"", look.colour);
        self.put(&format!("<text x=\"{x}\" y=\"{y}\" {style}{anchor}{halo}>{}</text>", escaped(text)));
    }

    /// What is drawn, and what it refers to.
    pub(super) fn finish(self) -> (String, String) {
        (self.defs, self.out)
    }

    fn fill(&mut self, fill: Fill) -> String {
        let Fill { colour, opacity, hatch } = fill;
        if hatch != Hatch::None {
            let index = self.hatch(colour, hatch);
            return format!("fill=\"url(#{}-hatch{index})\"", self.id);
        }
        if opacity < 1.0 {
            return format!("fill=\"{colour}\" fill-opacity=\"{}\"", number(opacity));
        }
        format!("fill=\"{colour}\"")
    }

    /// The number of a hatching, which is defined once.
    fn hatch(&mut self, colour: &'static str, hatch: Hatch) -> usize {
        if let Some(known) = self.hatched.iter().position(|each| *each == (colour, hatch)) {
            return known;
        }
        let index = self.hatched.len();
        self.hatched.push((colour, hatch));
        let page = self.colours.page;
        let pen = format!("stroke=\"{page}\" stroke-opacity=\"0.55\" stroke-width=\"1.6\"");
        let signs = match hatch {
            Hatch::None => String::new(),
            Hatch::Rising => format!("<path d=\"M-2 2L2 -2M-2 10L10 -2M6 10L10 6\" {pen}/>"),
            Hatch::Falling => format!("<path d=\"M-2 6L2 10M-2 -2L10 10M6 -2L10 2\" {pen}/>"),
            Hatch::Dots => format!("<circle cx=\"4\" cy=\"4\" r=\"1.5\" fill=\"{page}\" fill-opacity=\"0.7\"/>"),
            Hatch::Rows => format!("<path d=\"M0 4L8 4\" {pen}/>"),
        };
        let _ = writeln!(
            self.defs,
            "<pattern id=\"{}-hatch{index}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\
             <rect width=\"8\" height=\"8\" fill=\"{colour}\"/>{signs}</pattern>",
            self.id,
        );
        index
    }

    fn put(&mut self, element: &str) {
        self.out.push_str(element);
        self.out.push('\n');
    }
}

fn stroke(pen: Pen) -> String {
    let dash = if pen.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", pen.dash) };
    format!("stroke=\"{}\" stroke-width=\"{}\"{dash}", pen.colour, number(pen.width))
}

pub(super) fn bounds(rect: Rect) -> String {
    let (x, y, w, h) = (number(rect.x), number(rect.y), number(rect.w.max(0.0)), number(rect.h.max(0.0)));
    format!("x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"")
}

fn path(points: &[Xy]) -> String {
    let mut out = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let verb = if index == 0 { 'M' } else { 'L' };
        // Writing to a string never fails.
        let _ = write!(out, "{verb}{} {}", number(*x), number(*y));
    }
    out
}

/// Two decimals at most; never an exponent, never minus zero.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text from outside: control characters become visible, signs of XML become harmless.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No XML may hold these.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
