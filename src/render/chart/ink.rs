//! Writing SVG: shapes and lettering, numbers with a fixed number of decimals, text that cannot break out.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use std::fmt::Write;

use super::Xy;
use super::font::Weight;
use super::place::Rect;
use crate::render::style::harmless;

pub(super) const BLACK: &str = "#1a1a1a";
pub(super) const GREY: &str = "#595959";
pub(super) const PALE: &str = "#e3e3e3";

/// The name under which the embedded font is known, and what stands in where a sign is missing.
pub(super) const FAMILY: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// A drawing in the making.
#[derive(Default)]
pub(super) struct Ink {
    out: String,
}

/// A line's look.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) colour: &'static str,
    pub(super) width: f64,
    /// Lengths of dashes and gaps; empty: solid.
    pub(super) dash: &'static str,
}

impl Pen {
    pub(super) const fn solid(colour: &'static str, width: f64) -> Pen {
        Pen { colour, width, dash: "" }
    }

    fn attributes(self) -> String {
        let dash = if self.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", self.dash) };
        format!("stroke=\"{}\" stroke-width=\"{}\"{dash}", self.colour, number(self.width))
    }
}

/// Lettering.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: &'static str,
    /// Where the given place is in the text.
    pub(super) anchor: Anchor,
    /// A white rim, for text over lines.
    pub(super) halo: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Ink {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub(super) fn line(&mut self, a: Xy, b: Xy, pen: Pen) {
        let (x1, y1, x2, y2) = (number(a.0), number(a.1), number(b.0), number(b.1));
        self.put(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {}/>", pen.attributes()));
    }

    /// Strokes, each a polyline of its own.
    pub(super) fn strokes(&mut self, strokes: &[Vec<Xy>], pen: Pen) {
        let data: Vec<String> = strokes.iter().filter(|stroke| stroke.len() > 1).map(|stroke| path(stroke)).collect();
        if !data.is_empty() {
            let look = "fill=\"none\" stroke-linejoin=\"round\"";
            self.put(&format!("<path d=\"{}\" {look} {}/>", data.join(""), pen.attributes()));
        }
    }

    pub(super) fn area(&mut self, edge: &[Xy], colour: &str, opacity: f64) {
        if edge.len() > 2 {
            let opacity = number(opacity);
            self.put(&format!("<path d=\"{}Z\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>", path(edge)));
        }
    }

    pub(super) fn rect(&mut self, rect: Rect, colour: &str, opacity: f64) {
        let (x, y, w, h) = (number(rect.x), number(rect.y), number(rect.w.max(0.0)), number(rect.h.max(0.0)));
        let fill = format!("fill=\"{colour}\" fill-opacity=\"{}\"", number(opacity));
        self.put(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" {fill}/>"));
    }

    pub(super) fn ring(&mut self, at: Xy, radius: f64) {
        let (x, y, r) = (number(at.0), number(at.1), number(radius));
        let pen = Pen::solid(BLACK, 1.6).attributes();
        self.put(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"#fff\" {pen}/>"));
    }

    pub(super) fn diamond(&mut self, at: Xy, radius: f64) {
        let (x, y) = at;
        let edge = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)];
        let pen = Pen::solid("#fff", 2.0).attributes();
        self.put(&format!("<path d=\"{}Z\" fill=\"{BLACK}\" {pen}/>", path(&edge)));
    }

    pub(super) fn text(&mut self, at: Xy, text: &str, look: Type) {
        let anchor = match look.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let halo = if look.halo {
            " stroke=\"#fff\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        } else {
            ""
        };
        let (x, y, size) = (number(at.0), number(at.1), number(look.size));
        let weight = look.weight.css();
        let style = format!("font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{}\"", look.colour);
        self.put(&format!("<text x=\"{x}\" y=\"{y}\" {style}{anchor}{halo}>{}</text>", escaped(text)));
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn put(&mut self, element: &str) {
        self.out.push_str(element);
        self.out.push('\n');
    }
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
