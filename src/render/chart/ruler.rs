//! From values to lengths.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::measure::{exp10, log10};
use super::{Axis, Scale};

/// An axis with a beginning and an end.
#[derive(Clone, Debug)]
pub(super) struct Ruler {
    pub(super) scale: Scale,
    /// As values; as decimal logarithms on a log axis.
    pub(super) lo: f64,
    pub(super) hi: f64,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) names: Vec<(f64, String)>,
}

/// What an axis shows beside the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Just the values.
    Tight,
    /// Zero too where the scale is linear, and some air above.
    Rising,
    /// Zero too, and just the values: bars.
    Bars,
}

impl Ruler {
    /// An axis that shows all values.
    pub(super) fn of(axis: &Axis, values: &[f64], extent: Extent) -> Ruler {
        let range = axis.range.filter(|(lo, hi)| lo.is_finite() && hi.is_finite() && lo < hi);
        let stated = range.map(|(lo, hi)| [lo, hi]);
        let extent = if range.is_some() { Extent::Tight } else { extent };
        let values = stated.as_ref().map_or(values, |range| range.as_slice()).iter().copied();
        let values = values.filter(|v| v.is_finite());
        let (lo, hi) = match axis.scale {
            Scale::Linear => linear(least_and_greatest(values), extent),
            Scale::Log => log(least_and_greatest(values.filter(|v| *v > 0.0).map(log10)), extent),
        };
        let (before, after, names) = (axis.before.clone(), axis.after.clone(), axis.names.clone());
        Ruler { scale: axis.scale, lo, hi, before, after, names }
    }

    /// Where a value is: 0 at the beginning, 1 at the end, a little outside for all that lies outside.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => log10(value),
            Scale::Log => f64::MIN,
        };
        // Halves: the distance between two floats may be more than a float holds.
        let length = self.hi / 2.0 - self.lo / 2.0;
        ((value / 2.0 - self.lo / 2.0) / length).clamp(-4.0, 4.0)
    }

    /// The value at a place between 0 and 1.
    pub(super) fn value(&self, at: f64) -> f64 {
        let value = self.lo * (1.0 - at) + self.hi * at;
        match self.scale {
            Scale::Linear => value,
            Scale::Log => exp10(value),
        }
    }

    /// Shows this share of its length more at both ends; a linear axis stays on its side of zero.
    pub(super) fn widen(&mut self, share: f64) {
        let air = (self.hi / 2.0 - self.lo / 2.0) * 2.0 * share;
        let linear = self.is_linear();
        let (lo, hi) = ((self.lo - air).max(f64::MIN), (self.hi + air).min(f64::MAX));
        (self.lo, self.hi) = (
            if linear && self.lo >= 0.0 { lo.max(0.0) } else { lo },
            if linear && self.hi <= 0.0 { hi.min(0.0) } else { hi },
        );
    }

    /// Whether straight lines stay straight.
    pub(super) fn is_linear(&self) -> bool {
        self.scale == Scale::Linear
    }

    /// Whether a value lies on the axis.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (-1e-9..=1.0 + 1e-9).contains(&self.at(value))
    }
}

fn least_and_greatest(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |found, v| match found {
        None => Some((v, v)),
        Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
    })
}

fn linear(found: Option<(f64, f64)>, extent: Extent) -> (f64, f64) {
    let (mut lo, mut hi) = found.unwrap_or((0.0, 1.0));
    if extent != Extent::Tight {
        (lo, hi) = (lo.min(0.0), hi.max(0.0));
    }
    let size = lo.abs().max(hi.abs());
    let length = hi / 2.0 - lo / 2.0;
    if length < 1e-290 || length < size * 1e-9 {
        let air = if size < 1e-280 { 1.0 } else { size / 2.0 };
        let rises = extent != Extent::Tight && lo == 0.0;
        (lo, hi) = if rises { (0.0, hi + air) } else { (lo - air, hi + air) };
    } else if extent == Extent::Rising {
        let air = (hi / 2.0 - lo / 2.0) * 0.12;
        (lo, hi) = if hi > 0.0 { (lo, hi + air) } else { (lo - air, hi) };
    }
    (lo.max(f64::MIN), hi.min(f64::MAX))
}

fn log(found: Option<(f64, f64)>, extent: Extent) -> (f64, f64) {
    let (lo, hi) = found.unwrap_or((0.0, 1.0));
    let air = if hi - lo < 1e-6 {
        0.5
    } else if extent == Extent::Tight {
        0.0
    } else {
        (hi - lo) * 0.05
    };
    (lo - air, hi + air)
}
