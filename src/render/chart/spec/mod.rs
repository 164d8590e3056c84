//! What is to be seen, as plain data: one file per kind of chart.

mod axis;
mod bars;
mod distribution;
mod heat;
mod plane;
mod tornado;
mod waterfall;

use super::svg::natural_height;
pub use axis::{Amount, Axis, Scale};
pub use bars::{Bar, Bars};
pub use distribution::{Distribution, Limit, Quantile, Spread, histogram};
pub use heat::{Heat, HeatMark};
pub use plane::{Dot, Plane, Series, Xy};
pub use tornado::{Swing, Tornado};
pub use waterfall::{Rung, RungKind, Unbalanced, Waterfall};

/// All that a chart says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartSpec {
    /// What the chart shows, best as a sentence with the result.
    pub title: String,
    /// The circumstances; may be empty.
    pub subtitle: String,
    /// What is drawn.
    pub body: Body,
    /// Below the chart: sources, assumptions; may be empty.
    pub note: String,
    /// The colours.
    pub theme: Theme,
}

/// The kinds of charts.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Lines, staircases, bands and dots between two axes.
    Plane(Plane),
    /// Horizontal bars, whole or by component, to either side of zero.
    Bars(Bars),
    /// From one total to another by what changed.
    Waterfall(Waterfall),
    /// What an input's low and high end make of a result.
    Tornado(Tornado),
    /// A figure over two inputs.
    Heat(Heat),
    /// How likely the values of a figure are.
    Distribution(Distribution),
}

impl Default for Body {
    fn default() -> Self {
        Body::Plane(Plane::default())
    }
}

/// The colours of a chart. They are in the picture itself, so that it looks the same wherever it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on white: for screens, slides and print.
    #[default]
    Light,
    /// Light ink on a dark page.
    Dark,
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

impl Canvas {
    /// The size that does a chart good at 1200 pixels across: rows get the height that they need.
    pub fn of(spec: &ChartSpec) -> Canvas {
        Canvas { height: natural_height(spec), ..Canvas::default() }
    }
}

/// The first items of `all`, and how many more there are: all of them, or what leaves one of `most` lines to say so.
pub fn capped<T>(mut all: Vec<T>, most: usize) -> (Vec<T>, usize) {
    if all.len() <= most {
        return (all, 0);
    }
    let kept = most.saturating_sub(1);
    let more = all.len().saturating_sub(kept);
    all.truncate(kept);
    (all, more)
}
