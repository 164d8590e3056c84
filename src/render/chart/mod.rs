//! Charts: what is to be seen ([`ChartSpec`], plain data) and those who draw it: [`svg()`] and [`png()`].
//!
//! A drawer draws the vertices it is given and never samples, so a kink is where the data has it. Text is Inter,
//! embedded and measured, so that labels neither overlap nor leave the picture, on any machine. The same chart gives
//! the same bytes.
//!
//! The coordinates are floats: a picture is measured in pixels, and the exact numbers stand in the tables beside it.

mod font;
mod ink;
mod layout;
mod place;
#[cfg(feature = "png")]
mod png;
mod scale;
mod series;
mod svg;
#[cfg(test)]
mod tests;

#[cfg(feature = "png")]
pub use png::{PngError, png};
pub use svg::svg;

/// A place in the chart's own units. Places that are not finite are left out.
pub type Xy = (f64, f64);

/// All that a chart says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartSpec {
    /// What the chart shows, best as a sentence with the result.
    pub title: String,
    /// The circumstances; may be empty.
    pub subtitle: String,
    /// Across.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// What is drawn; areas are drawn below lines, lines below points.
    pub series: Vec<Series>,
    /// Below the chart: sources, assumptions; may be empty.
    pub note: String,
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What is measured, in words: `tokens per hour`.
    pub label: String,
    /// Before the numbers: `$`.
    pub before: String,
    /// After the numbers: `%`.
    pub after: String,
    /// How values become lengths.
    pub scale: Scale,
    /// What to show; otherwise what the series need, and a linear vertical axis then begins at zero.
    pub range: Option<(f64, f64)>,
}

/// How values become lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps.
    #[default]
    Linear,
    /// Equal factors, for values over several decades. Nothing that is not above zero can be shown; a straight line
    /// of the data becomes the curve that it is.
    Log,
}

/// A thing in a chart. Lines, steps and bands get a colour and a dash by their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Series {
    /// Straight from vertex to vertex.
    Line {
        /// Shown at its end.
        name: String,
        /// Its vertices.
        points: Vec<Xy>,
    },
    /// A staircase: `(x, y)` holds the value `y` after the `x` before it, up to and with its own. The first says where
    /// the staircase begins.
    Step {
        /// Shown at its end.
        name: String,
        /// Its corners, ascending.
        points: Vec<Xy>,
    },
    /// The area between two lines.
    Band {
        /// Shown in the key.
        name: String,
        /// The vertices of the lower edge, ascending; two at the same `x` are a jump.
        lower: Vec<Xy>,
        /// The vertices of the upper edge.
        upper: Vec<Xy>,
    },
    /// A shaded interval of the horizontal axis. Equal labels share one entry of the key.
    Span {
        /// Left end.
        from: f64,
        /// Right end; infinite: up to the edge.
        to: f64,
        /// Shown in the key.
        label: String,
    },
    /// The place that matters most, such as today's workload, with a line down to the axis.
    Point {
        /// Where.
        at: Xy,
        /// Shown beside it.
        label: String,
    },
    /// A place worth a name, such as a crossover.
    Mark {
        /// Where.
        at: Xy,
        /// Shown beside it.
        label: String,
    },
}

/// The size of a picture in pixels. Lettering has its size at any width: a smaller picture holds fewer words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Default for Canvas {
    fn default() -> Self {
        Canvas { width: 1200, height: 720 }
    }
}
