//! From series to strokes in the unit square, where (0, 0) is the lower left corner of the plot.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::scale::Ruler;
use super::{ChartSpec, Series, Xy};

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
    /// Axes that show all of a chart.
    pub(super) fn of(spec: &ChartSpec) -> Axes {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for series in &spec.series {
            let places: &[&[Xy]] = match series {
                Series::Line { points, .. } | Series::Step { points, .. } => &[points],
                Series::Band { lower, upper, .. } => &[lower, upper],
                Series::Point { at, .. } | Series::Mark { at, .. } => &[&[*at]],
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
        Axes { x: Ruler::of(&spec.x, &xs, false), y: Ruler::of(&spec.y, &ys, true) }
    }

    /// Where a place is.
    pub(super) fn at(&self, (x, y): Xy) -> Xy {
        (self.x.at(x), self.y.at(y))
    }

    /// Whether a place can be seen.
    pub(super) fn shows(&self, at: Xy) -> bool {
        let inside = |t: f64| (-1e-9..=1.0 + 1e-9).contains(&t);
        let (x, y) = self.at(at);
        finite(&at) && inside(x) && inside(y)
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
