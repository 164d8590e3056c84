//! One uncertain quantity as a function of a normal score: the value that is passed with the probability of passing the
//! score. Tabulated once, since draws need it millions of times.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use super::beta::Beta;
use super::normal::{self, Scores};
use super::polynomial::{Cell, fit, value};
use super::sobol::BLOCK;
use crate::units::{Distribution, Exact, Family, Uncertain};

/// The normal score of the 95th percentile.
pub const P95: f64 = 1.644_853_626_951_472_7;
/// The normal score of the 90th percentile.
pub const P90: f64 = 1.281_551_565_544_600_4;

/// Scores beyond which values are computed and not looked up.
const FARTHEST: f64 = 7.0;
/// Cells of a table per unit of the score, at first and at most.
const CELLS_PER_UNIT: (u32, u32) = (8, 64);
/// Error of a table relative to the value and the spread of the quantity.
const TOLERANCE: f64 = 1e-10;

/// A distribution as a function of the normal score.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Nothing is uncertain.
    Certain(f64),
    Normal {
        mean: f64,
        sd: f64,
    },
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    LogitNormal {
        mu: f64,
        sigma: f64,
    },
    Uniform {
        low: f64,
        width: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    /// Beta on an interval: PERT, and beta itself on 0 to 1.
    Beta {
        low: f64,
        width: f64,
        beta: Beta,
    },
}

/// An uncertain quantity, ready to be drawn.
#[derive(Debug)]
pub struct Marginal {
    shape: Shape,
    table: Option<Table>,
    /// The values of points, for what goes with nothing else.
    direct: Option<Scores>,
}

#[derive(Debug)]
struct Table {
    cells: Vec<Cell>,
    per_unit: f64,
}

impl Marginal {
    /// The quantity of a distribution.
    pub fn of(distribution: &Distribution) -> Self {
        let shape = shape(distribution);
        let table = Table::of(&shape);
        let direct = table.as_ref().and_then(|table| direct(&shape, table));
        Self { shape, table, direct }
    }

    /// The value at a normal score, to about 1e-13.
    pub fn at(&self, z: f64) -> f64 {
        self.shape.at(z)
    }

    /// The values of a block of points, whose scores nobody needs.
    pub fn draw(&self, points: &[u32; BLOCK], scores: &Scores, out: &mut [f64; BLOCK]) {
        match &self.direct {
            Some(direct) => direct.fill(points, out),
            None => {
                let mut block = [0.0; BLOCK];
                scores.fill(points, &mut block);
                self.fill(&block, out);
            }
        }
    }

    /// The values of a block of scores.
    pub fn fill(&self, scores: &[f64; BLOCK], out: &mut [f64; BLOCK]) {
        match (&self.table, self.shape) {
            (_, Shape::Certain(value)) => out.fill(value),
            (_, Shape::Normal { mean, sd }) => {
                for (z, x) in scores.iter().zip(out) {
                    *x = mean + sd * z;
                }
            }
            (Some(table), shape) => {
                for (z, x) in scores.iter().zip(out) {
                    *x = table.at(*z).unwrap_or_else(|| shape.at(*z));
                }
            }
            (None, shape) => {
                for (z, x) in scores.iter().zip(out) {
                    *x = shape.at(*z);
                }
            }
        }
    }
}

/// A table by points that agrees with the one by scores, tried in each of its cells; `None` where it does not.
fn direct(shape: &Shape, table: &Table) -> Option<Scores> {
    let f = |z: f64| table.at(z).unwrap_or_else(|| shape.at(z));
    let found = Scores::of(f);
    let spread = (f(1.0) - f(-1.0)).abs();
    let agrees = |point: u32| {
        let z = if point >> 31 == 0 {
            normal::quantile((f64::from(point) + 0.5) / 4_294_967_296.0)
        } else {
            -normal::quantile((f64::from(!point) + 0.5) / 4_294_967_296.0)
        };
        (found.at(point) - f(z)).abs() <= 1e-9 * (f(z).abs() + spread)
    };
    // One point in each eighth of an octave, in both halves.
    let mut points = (8..248u32).map(|eighth| {
        let octave = 1u32 << eighth.checked_div(8).unwrap_or(0);
        octave.saturating_add((octave >> 3).saturating_mul(eighth % 8)).saturating_add(octave >> 4)
    });
    points.all(|point| agrees(point) && agrees(!point)).then_some(found)
}

impl Table {
    /// A table that is right to [`TOLERANCE`] wherever it was tried, twice in each cell; `None` where none is.
    fn of(shape: &Shape) -> Option<Self> {
        let is_cheap = matches!(shape, Shape::Certain(_) | Shape::Normal { .. });
        let mut per_unit = if is_cheap { return None } else { CELLS_PER_UNIT.0 };
        let spread = (shape.at(1.0) - shape.at(-1.0)).abs();
        while per_unit <= CELLS_PER_UNIT.1 {
            let width = 1.0 / f64::from(per_unit);
            let count = (2.0 * FARTHEST * f64::from(per_unit)) as u32;
            let edge = |cell: u32| -FARTHEST + f64::from(cell) * width;
            let cells: Vec<Cell> = (0..count).map(|cell| fit(|z| shape.at(z), edge(cell), edge(cell + 1))).collect();
            let is_right = (0..count).zip(&cells).all(|(index, cell)| {
                [0.12, 0.63].into_iter().all(|s| {
                    let exact = shape.at(edge(index) + s * width);
                    (value(cell, s) - exact).abs() <= TOLERANCE * (exact.abs() + spread)
                })
            });
            if is_right {
                return Some(Self { cells, per_unit: f64::from(per_unit) });
            }
            per_unit *= 2;
        }
        None
    }

    #[inline(always)]
    fn at(&self, z: f64) -> Option<f64> {
        let position = (z + FARTHEST) * self.per_unit;
        let cell = position as u32;
        let inside = position - f64::from(cell);
        // A score below the table has a negative part of a cell.
        if inside < 0.0 { None } else { self.cells.get(cell as usize).map(|cell| value(cell, inside)) }
    }
}

impl Shape {
    fn at(&self, z: f64) -> f64 {
        match *self {
            Self::Certain(value) => value,
            Self::Normal { mean, sd } => mean + sd * z,
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * z),
            Self::LogitNormal { mu, sigma } => {
                let odds = mu + sigma * z;
                if odds < 0.0 {
                    let e = libm::exp(odds);
                    e / (1.0 + e)
                } else {
                    1.0 / (1.0 + libm::exp(-odds))
                }
            }
            Self::Uniform { low, width } => {
                if z < 0.0 {
                    low + width * normal::probability(z)
                } else {
                    low + width - width * normal::probability(-z)
                }
            }
            Self::Triangular { low, mode, high } => {
                let p = normal::probability(z);
                if p * (high - low) < mode - low {
                    low + libm::sqrt(p * (high - low) * (mode - low))
                } else {
                    high - libm::sqrt(normal::probability(-z) * (high - low) * (high - mode))
                }
            }
            Self::Beta { low, width, beta } => low + width * beta.of_score(z),
        }
    }
}

fn shape(distribution: &Distribution) -> Shape {
    let certain = || Shape::Certain(distribution.median.to_f64());
    let spread = |median: &Exact, sigma: f64| {
        let median = median.to_f64();
        match distribution.family {
            _ if sigma == 0.0 => Shape::Certain(median),
            Family::Share => Shape::LogitNormal { mu: logit(median), sigma },
            Family::Positive => Shape::Lognormal { mu: libm::log(median), sigma },
            Family::Signed => Shape::Normal { mean: median, sd: sigma },
        }
    };
    let scale = |value: &Exact| match distribution.family {
        Family::Share => logit(value.to_f64()),
        Family::Positive => libm::log(value.to_f64()),
        Family::Signed => value.to_f64(),
    };
    let beta = |low: f64, width: f64, a: f64, b: f64| Shape::Beta { low, width, beta: Beta::new(a, b) };
    match &distribution.form {
        Uncertain::Interval { low, high } | Uncertain::Uniform { low, high } if low == high => certain(),
        Uncertain::Interval { low, high } => {
            let (from, to) = (scale(low), scale(high));
            let (mu, sigma) = (0.5 * (from + to), (to - from) / (2.0 * P95));
            match distribution.family {
                Family::Share => Shape::LogitNormal { mu, sigma },
                Family::Positive => Shape::Lognormal { mu, sigma },
                Family::Signed => Shape::Normal { mean: mu, sd: sigma },
            }
        }
        Uncertain::Quantiles { p50, p95 } if p50 == p95 => certain(),
        Uncertain::Quantiles { p50, p95 } => spread(p50, (scale(p95) - scale(p50)) / P95),
        Uncertain::Spread { median, sigma } => spread(median, sigma.to_f64()),
        Uncertain::Moments { cv, mean } if cv.is_zero() || mean.is_zero() => certain(),
        Uncertain::Moments { mean, cv } if distribution.family == Family::Share => {
            let (mean, cv) = (mean.to_f64(), cv.to_f64());
            let concentration = (1.0 - mean) / (mean * cv * cv) - 1.0;
            beta(0.0, 1.0, mean * concentration, (1.0 - mean) * concentration)
        }
        Uncertain::Moments { mean, cv } => {
            let variance = libm::log1p(cv.to_f64() * cv.to_f64());
            Shape::Lognormal { mu: libm::log(mean.to_f64()) - 0.5 * variance, sigma: libm::sqrt(variance) }
        }
        Uncertain::Uniform { low, high } => Shape::Uniform { low: low.to_f64(), width: (high - low).to_f64() },
        Uncertain::Triangular { low, high, .. } | Uncertain::Pert { low, high, .. } if low == high => certain(),
        Uncertain::Triangular { low, mode, high } => {
            Shape::Triangular { low: low.to_f64(), mode: mode.to_f64(), high: high.to_f64() }
        }
        Uncertain::Pert { low, mode, high } => {
            let width = (high - low).to_f64();
            let share = |part: &Exact| 1.0 + 4.0 * part.to_f64() / width;
            beta(low.to_f64(), width, share(&(mode - low)), share(&(high - mode)))
        }
        Uncertain::Normal { mean, sd } if sd.is_zero() => Shape::Certain(mean.to_f64()),
        Uncertain::Normal { mean, sd } => Shape::Normal { mean: mean.to_f64(), sd: sd.to_f64() },
        Uncertain::Beta { alpha, beta: second } => beta(0.0, 1.0, alpha.to_f64(), second.to_f64()),
    }
}

fn logit(share: f64) -> f64 {
    libm::log(share) - libm::log1p(-share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    fn all() -> Vec<Distribution> {
        let [low, mode, high] = ["0.2", "0.3", "0.9"].map(exact);
        let forms = [
            (Uncertain::Interval { low: low.clone(), high: high.clone() }, Family::Share),
            (Uncertain::Interval { low: exact("20"), high: exact("80000") }, Family::Positive),
            (Uncertain::Interval { low: exact("-1"), high: exact("3") }, Family::Signed),
            (Uncertain::Pert { low: low.clone(), mode: mode.clone(), high: high.clone() }, Family::Share),
            (Uncertain::Pert { low: exact("0"), mode: exact("0"), high: exact("7") }, Family::Positive),
            (Uncertain::Triangular { low: low.clone(), mode, high: high.clone() }, Family::Positive),
            (Uncertain::Uniform { low, high }, Family::Share),
            (Uncertain::Moments { mean: exact("0.3"), cv: exact("0.5") }, Family::Share),
            (Uncertain::Moments { mean: exact("100"), cv: exact("0.75") }, Family::Positive),
            (Uncertain::Spread { median: exact("500"), sigma: exact("0.3") }, Family::Positive),
            (Uncertain::Normal { mean: exact("0.05"), sd: exact("0.03") }, Family::Signed),
            (Uncertain::Beta { alpha: exact("2"), beta: exact("98") }, Family::Share),
            (Uncertain::Beta { alpha: exact("0.3"), beta: exact("0.2") }, Family::Share),
            (Uncertain::Quantiles { p50: exact("0.5"), p95: exact("0.5") }, Family::Share),
        ];
        forms.map(|(form, family)| Distribution::of(form, family).unwrap()).into()
    }

    /// The median by exact arithmetic and the score 0 are one number, whatever the distribution.
    #[test]
    fn the_score_zero_is_the_median() {
        for distribution in all() {
            let (found, expected) = (Marginal::of(&distribution).at(0.0), distribution.median.to_f64());
            assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{distribution:?}: {found} against {expected}");
        }
    }

    #[test]
    fn tables_are_the_functions_they_stand_for_and_rise() {
        for distribution in all() {
            let marginal = Marginal::of(&distribution);
            let spread = marginal.at(1.0) - marginal.at(-1.0);
            let (mut scores, mut values) = ([0.0; BLOCK], [0.0; BLOCK]);
            let mut last = f64::NEG_INFINITY;
            for part in 0..64 {
                for (index, z) in scores.iter_mut().enumerate() {
                    *z = -7.5 + 15.0 * (f64::from(part) * 256.0 + index as f64) / (64.0 * 256.0);
                }
                marginal.fill(&scores, &mut values);
                for (z, x) in scores.iter().zip(values) {
                    let exact = marginal.at(*z);
                    assert!((x - exact).abs() <= 1e-9 * (exact.abs() + spread), "{distribution:?} at {z}: {x} {exact}");
                    assert!(x >= last - 1e-12 * x.abs(), "{distribution:?} falls at {z}");
                    last = x;
                }
            }
        }
    }

    #[test]
    fn stated_quantiles_are_met() {
        let interval = Distribution::of(Uncertain::Interval { low: exact("20"), high: exact("80") }, Family::Positive);
        let marginal = Marginal::of(&interval.unwrap());
        assert!((marginal.at(-P95) - 20.0).abs() < 1e-12 && (marginal.at(P95) - 80.0).abs() < 1e-12);
        let share = Distribution::of(Uncertain::Interval { low: exact("0.2"), high: exact("0.4") }, Family::Share);
        let marginal = Marginal::of(&share.unwrap());
        assert!((marginal.at(-P95) - 0.2).abs() < 1e-14 && (marginal.at(P95) - 0.4).abs() < 1e-14);
    }
}
