//! Small help with lengths: counts as floats and back, logarithms that are the same on every machine.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use crate::units::Exact;

/// A count as a length.
pub(super) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// The whole part of a length between two bounds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bounds")]
pub(super) fn whole(value: f64, least: usize, most: usize) -> usize {
    value.clamp(float(least), float(most)) as usize
}

/// Where an exact number is drawn; beyond what a float can hold, at the edge of it.
pub(super) fn place(value: &Exact) -> f64 {
    value.to_f64().clamp(f64::MIN, f64::MAX)
}

pub(super) fn log10(value: f64) -> f64 {
    libm::log10(value)
}

/// Ten to this power, to the last bit.
pub(super) fn ten_to(power: i32) -> f64 {
    format!("1e{power}").parse().unwrap_or(1.0)
}

/// Ten to this power.
pub(super) fn exp10(power: f64) -> f64 {
    let floor = power.floor();
    ten_to(exponent(floor)) * libm::exp10(power - floor)
}

/// A decade as a number of decades.
#[allow(clippy::cast_possible_truncation, reason = "decades of floats: at most a few hundred")]
pub(super) fn exponent(value: f64) -> i32 {
    value.clamp(-400.0, 400.0) as i32
}

/// The distance between two places.
pub(super) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    libm::hypot(a.0 - b.0, a.1 - b.1)
}
