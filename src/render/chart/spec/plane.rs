//! Lines, staircases, bands and dots between two axes.

use super::Axis;

/// A place in the chart's own units. Places that are not finite are left out.
pub type Xy = (f64, f64);

/// Two axes and what is drawn between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    /// Across.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// What is drawn; areas are drawn below lines, lines below points.
    pub series: Vec<Series>,
}

/// A thing between two axes. Lines, steps, bands and dots get a colour and a dash or shape by their order.
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
    /// The area between two lines. One that follows a line or a staircase belongs to it and has its colour.
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
    /// Single places of one kind, such as strategies by cost and quality.
    Dots {
        /// Shown in the key.
        name: String,
        /// The places.
        dots: Vec<Dot>,
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
        /// Shown beside it; may be empty.
        label: String,
    },
}

/// One of [`Series::Dots`].
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// Where.
    pub at: Xy,
    /// Shown beside it where there is room; may be empty.
    pub label: String,
}
