//! Charts: what is to be seen ([`ChartSpec`], plain data) and those who draw it: [`svg()`], [`png()`] and
//! [`terminal()`].
//!
//! ```text
//! report -> ChartSpec -> layout in pixels or columns -> SVG (-> PNG), text
//! ```
//!
//! [`Body`] lists the kinds. Each is one file of data in `spec`, one drawer in `svg` and one in `terminal`; what they
//! share are the frame (title, key, note), axes with their ticks, rows, and places for labels.
//!
//! A drawer draws what it is given and never computes a figure: amounts come with their exact value and the words for
//! it ([`Amount`]), lines with their true vertices, so that a kink is where the data has it. What is too much for one
//! picture is cut by the one who builds the spec ([`capped`]), and the picture says how much. Text in pictures is
//! Inter, embedded and measured, so that labels neither overlap nor leave the page, on any machine. The same chart
//! gives the same bytes.
//!
//! Coordinates are floats: a picture is measured in pixels, and the exact numbers stand in the tables beside it.

mod describe;
mod font;
mod heat_scale;
mod ink;
mod measure;
mod place;
#[cfg(feature = "png")]
mod png;
mod ruler;
mod series;
mod spec;
mod svg;
mod terminal;
#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "pictures are measured in floats")]
mod tests;
mod theme;
mod ticks;
mod waterfall_axis;
pub mod words;

#[cfg(feature = "png")]
pub use png::{PngError, png};
pub use spec::*;
pub use svg::{font_style_sheet, svg, svg_in_page};
pub use terminal::{sparkline, terminal};

use crate::units::Exact;

/// Where an exact number is drawn on an axis.
pub fn place(value: &Exact) -> f64 {
    measure::place(value)
}
