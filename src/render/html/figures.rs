//! Charts of the page: each for a wide and a narrow page, in light and dark; the style sheet shows the one that fits.

use std::fmt::{Result, Write};

use super::super::chart::{Canvas, ChartSpec, Theme, svg_in_page};

/// Pixels across of a chart on a wide page, on a tablet and on a telephone.
const WIDTHS: [(&str, u32); 3] = [("wide", 1120), ("middle", 720), ("narrow", 400)];

/// A chart; `id` is no other one's.
pub(super) fn figure(out: &mut String, spec: ChartSpec, id: &str) -> Result {
    writeln!(out, "<figure>")?;
    let mut spec = spec;
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        spec.theme = theme;
        for (size, width) in WIDTHS {
            let canvas = Canvas { width, ..Canvas::of(&spec) };
            let picture = svg_in_page(&spec, canvas, &format!("{id}-{name}-{size}"));
            write!(out, "<div class=\"{name} {size}\">{picture}</div>")?;
        }
    }
    writeln!(out, "</figure>")
}
