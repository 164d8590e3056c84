//! The axis of a waterfall.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::measure::place;
use super::ruler::{Extent, Ruler};
use super::{Axis, Rung, RungKind, Scale, Waterfall};

/// Changes that take up less of the axis than this get a part of it to themselves.
const SMALL: f64 = 0.2;

/// An axis from zero, unless the changes would be too small to be seen on it.
pub(super) fn ruler(waterfall: &Waterfall) -> Ruler {
    let axis = Axis { scale: Scale::Linear, ..waterfall.axis.clone() };
    let bounds = |rung: &Rung| [place(&rung.from), place(&rung.to)];
    let changes = waterfall.rungs.iter().filter(|rung| rung.kind == RungKind::Change);
    let least = changes.flat_map(bounds).fold(f64::INFINITY, f64::min);
    let all: Vec<f64> = waterfall.rungs.iter().flat_map(bounds).collect();
    let greatest = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let length = greatest - least;
    if axis.range.is_none() && length > 0.0 && length.is_finite() && least > 0.0 && length < greatest * SMALL {
        let range = Some((least - length * 0.5, greatest));
        return Ruler::of(&Axis { range, ..axis }, &[], Extent::Tight);
    }
    Ruler::of(&axis, &all, Extent::Bars)
}
