//! From series to strokes in the unit square, where (0, 0) is the lower left corner of the plot.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::ruler::{Extent, Ruler};
use super::theme::{Colours, Pen, Shape, shape};
use super::{Plane, Series, Xy};

/// Both axes of a chart.
pub(super) struct Axes {
    pub(super) x: Ruler,
    pub(super) y: Ruler,
}

/// A series as it is drawn: strokes to be drawn boldly, and thin ones.
#[derive(Default)]
pub(super) struct Strokes {
    pub(super) bold: Vec<Vec<Xy>>,
    pub(super) thin: Vec<Vec<Xy>>,
}

impl Axes {
    /// Axes that show all of a plane.
    pub(super) fn of(spec: &Plane) -> Axes {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for series in &spec.series {
            let places: &[&[Xy]] = match series {
                Series::Line { points, .. } | Series::Step { points, .. } => &[points],
                Series::Band { lower, upper, .. } => &[lower, upper],
                Series::Point { at, .. } | Series::Mark { at, .. } => &[&[*at]],
                Series::Dots { dots, .. } => {
                    for (x, y) in dots.iter().map(|dot| dot.at).filter(finite) {
                        xs.push(x);
                        ys.push(y);
                    }
                    &[]
                }
                Series::Span { from, to, .. } => {
                    xs.extend([*from, *to]);
                    &[]
                }
            };
            for (x, y) in places.iter().copied().flatten().copied().filter(finite) {
                xs.push(x);
                ys.push(y);
            }
        }
        // Dots at the edge would be cut in half, and zero is far from most qualities.
        let scattered = spec.series.iter().any(|series| matches!(series, Series::Dots { .. }));
        let upwards = if scattered { Extent::Tight } else { Extent::Rising };
        let mut axes = Axes { x: Ruler::of(&spec.x, &xs, Extent::Tight), y: Ruler::of(&spec.y, &ys, upwards) };
        for (ruler, axis) in [(&mut axes.x, &spec.x), (&mut axes.y, &spec.y)] {
            if scattered && axis.range.is_none() {
                ruler.widen(0.06);
            }
        }
        axes
    }

    /// Where a place is.
    pub(super) fn at(&self, (x, y): Xy) -> Xy {
        (self.x.at(x), self.y.at(y))
    }

    /// Whether a place can be seen.
    pub(super) fn shows(&self, at: Xy) -> bool {
        self.x.shows(at.0) && self.y.shows(at.1)
    }

    /// The straight line through these places, which a log axis bends.
    pub(super) fn polyline(&self, points: &[Xy]) -> Vec<Xy> {
        let points: Vec<Xy> = points.iter().copied().filter(finite).collect();
        let straight = self.x.is_linear() && self.y.is_linear();
        let mut out: Vec<Xy> = points.first().map(|first| self.at(*first)).into_iter().collect();
        for (a, b) in points.iter().zip(points.iter().skip(1)) {
            if !straight && a.0 != b.0 && a.1 != b.1 {
                out.extend(self.bent(*a, *b));
            }
            out.push(self.at(*b));
        }
        out
    }

    /// Places between two vertices, evenly over the part of the picture that they span.
    fn bent(&self, a: Xy, b: Xy) -> Vec<Xy> {
        const PIECES: u32 = 128;
        let (from, to) = (self.x.at(a.0).clamp(0.0, 1.0), self.x.at(b.0).clamp(0.0, 1.0));
        let between = |k: u32| {
            let across = from + (to - from) * f64::from(k) / f64::from(PIECES);
            let share = ((self.x.value(across) - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
            let up = self.y.at(a.1 * (1.0 - share) + b.1 * share);
            (across, up)
        };
        (0..=PIECES).map(between).filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    }

    /// A staircase: bold treads, thin risers.
    pub(super) fn staircase(&self, points: &[Xy]) -> Strokes {
        let corners: Vec<Xy> = points.iter().copied().filter(finite).map(|point| self.at(point)).collect();
        let mut out = Strokes::default();
        for (a, b) in corners.iter().zip(corners.iter().skip(1)) {
            if a.1 != b.1 {
                out.thin.push(vec![*a, (a.0, b.1)]);
            }
            match out.bold.last_mut() {
                Some(tread) if a.1 == b.1 => tread.push(*b),
                _ => out.bold.push(vec![(a.0, b.1), *b]),
            }
        }
        out
    }

    /// What to draw of a line or staircase; nothing of the others.
    pub(super) fn strokes(&self, series: &Series) -> Strokes {
        match series {
            Series::Line { points, .. } => Strokes { bold: vec![self.polyline(points)], thin: Vec::new() },
            Series::Step { points, .. } => self.staircase(points),
            _ => Strokes::default(),
        }
    }
}

impl Strokes {
    /// The last place that can be seen: where the series' name belongs.
    pub(super) fn end(&self) -> Option<Xy> {
        let mut end = None;
        for (a, b) in self.bold.iter().flat_map(|stroke| stroke.iter().zip(stroke.iter().skip(1))) {
            if a.0 <= 1.0 && b.0 > 1.0 {
                end = Some((1.0, a.1 + (b.1 - a.1) * (1.0 - a.0) / (b.0 - a.0)));
            } else if b.0 <= 1.0 {
                end = Some(*b);
            }
        }
        let end = end.or_else(|| self.bold.iter().flatten().next().copied());
        end.map(|(x, y)| (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)))
    }
}

pub(super) fn finite((x, y): &Xy) -> bool {
    x.is_finite() && y.is_finite()
}

/// How a series is told apart from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    Line(Pen),
    Dots(&'static str, Shape),
    /// It has no look of its own.
    None,
}

/// The looks of all series: a band that follows a line or a staircase belongs to it and has its colour.
pub(super) fn looks(series: &[Series], colours: &'static Colours, width: f64) -> Vec<Look> {
    let mut next = 0_usize;
    let mut owner = None;
    let mut out = Vec::new();
    for each in series {
        let fresh = colours.pen(next, width);
        let look = match (each, owner) {
            (Series::Band { .. }, Some(pen)) => Look::Line(pen),
            (Series::Line { .. } | Series::Step { .. } | Series::Band { .. }, _) => Look::Line(fresh),
            (Series::Dots { .. }, _) => Look::Dots(fresh.colour, shape(next)),
            (Series::Span { .. } | Series::Point { .. } | Series::Mark { .. }, _) => Look::None,
        };
        let belongs = matches!((each, owner), (Series::Band { .. }, Some(_)));
        if look != Look::None && !belongs {
            next = next.saturating_add(1);
        }
        owner = match (each, look) {
            (Series::Line { .. } | Series::Step { .. }, Look::Line(pen)) => Some(pen),
            (Series::Band { .. }, _) => owner,
            _ => None,
        };
        out.push(look);
    }
    out
}
