//! From values to lengths, and the ticks between.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::{Axis, Scale};

/// An axis with a beginning and an end.
pub(super) struct Ruler {
    scale: Scale,
    /// As values; as decimal logarithms on a log axis.
    lo: f64,
    hi: f64,
    before: String,
    after: String,
}

/// A tick: where it is between 0 and 1, and what stands at it. Small ones are silent.
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: Option<String>,
}

impl Ruler {
    /// An axis that shows all values. With `rise`, a linear one begins at zero and leaves some air above.
    pub(super) fn of(axis: &Axis, values: &[f64], rise: bool) -> Ruler {
        let range = axis.range.filter(|(lo, hi)| lo.is_finite() && hi.is_finite() && lo < hi);
        let stated = range.map(|(lo, hi)| [lo, hi]);
        let values = stated.as_ref().map_or(values, |range| range.as_slice()).iter().copied();
        let (lo, hi) = match axis.scale {
            Scale::Linear => linear(extent(values.filter(|v| v.is_finite())), rise && range.is_none()),
            Scale::Log => {
                log(extent(values.filter(|v| v.is_finite() && *v > 0.0).map(f64::log10)), rise && range.is_none())
            }
        };
        Ruler { scale: axis.scale, lo, hi, before: axis.before.clone(), after: axis.after.clone() }
    }

    /// Where a value is: 0 at the beginning, 1 at the end, a little outside for all that lies outside.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => value.log10(),
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
            Scale::Log => 10_f64.powf(value),
        }
    }

    /// Whether straight lines stay straight.
    pub(super) fn is_linear(&self) -> bool {
        self.scale == Scale::Linear
    }

    /// About `target` labelled ticks.
    pub(super) fn ticks(&self, target: usize) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => self.linear_ticks(self.lo, self.hi, target),
            Scale::Log if self.hi - self.lo < 1.0 => {
                self.linear_ticks(10_f64.powf(self.lo), 10_f64.powf(self.hi).min(f64::MAX), target)
            }
            Scale::Log => self.decades(target),
        }
    }

    fn linear_ticks(&self, lo: f64, hi: f64, target: usize) -> Vec<Tick> {
        let target = f64::from(u32::try_from(target.clamp(2, 20)).unwrap_or(2));
        let step = nice((hi / 2.0 - lo / 2.0) / target * 2.0);
        let unit = unit_of(lo.abs().max(hi.abs()));
        let decimals = decimals_of(step / unit.0);
        let slack = 1e-6;
        let (first, last) = ((lo / step - slack).ceil(), (hi / step + slack).floor());
        (0_u32..40)
            .map(|k| first + f64::from(k))
            .take_while(|k| *k <= last)
            .map(|k| k * step)
            .filter(|value| value.is_finite())
            .map(|value| Tick { at: self.at(value), label: Some(self.label(value, unit, decimals)) })
            .collect()
    }

    fn decades(&self, target: usize) -> Vec<Tick> {
        let (first, last) = (whole(self.lo.floor()), whole(self.hi.ceil()));
        let count = last.saturating_sub(first).max(1);
        let target = i32::try_from(target.max(2)).unwrap_or(i32::MAX);
        let every = (count.saturating_add(target).saturating_sub(1) / target).max(1);
        // Labels between the decades, where there is room for them.
        let spoken: &[i32] = if count.saturating_mul(3) <= target.saturating_add(2) { &[1, 2, 5] } else { &[1] };
        let mut out = Vec::new();
        for decade in first..=last {
            for digit in 1..=9 {
                let value = f64::from(digit) * 10_f64.powi(decade);
                let at = self.at(value);
                if !value.is_finite() || value <= 0.0 || !(-1e-9..=1.0 + 1e-9).contains(&at) {
                    continue;
                }
                let named = spoken.contains(&digit) && decade.rem_euclid(every) == 0;
                if named {
                    let unit = unit_of(value);
                    out.push(Tick { at, label: Some(self.label(value, unit, decimals_of(value / unit.0))) });
                } else if every == 1 {
                    out.push(Tick { at, label: None });
                }
            }
        }
        out
    }

    fn label(&self, value: f64, unit: (f64, &str), decimals: Option<usize>) -> String {
        let number = match decimals {
            Some(decimals) => format!("{:.decimals$}{}", value.abs() / unit.0, unit.1),
            None => format!("{:e}", rounded(value.abs())),
        };
        let sign = if value < 0.0 { "−" } else { "" };
        // `0M` is nothing that anybody writes, and `$0.00` is `$0`.
        let number = if value == 0.0 { "0".to_owned() } else { number };
        format!("{sign}{}{number}{}", self.before, self.after)
    }
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |found, v| match found {
        None => Some((v, v)),
        Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
    })
}

fn linear(extent: Option<(f64, f64)>, rise: bool) -> (f64, f64) {
    let (mut lo, mut hi) = extent.unwrap_or((0.0, 1.0));
    if rise && lo > 0.0 {
        lo = 0.0;
    }
    let size = lo.abs().max(hi.abs());
    let length = hi / 2.0 - lo / 2.0;
    if length < 1e-290 || length < size * 1e-9 {
        let air = if size < 1e-280 { 1.0 } else { size / 2.0 };
        (lo, hi) = if rise && lo == 0.0 { (0.0, hi + air) } else { (lo - air, hi + air) };
    } else if rise {
        hi += (hi / 2.0 - lo / 2.0) * 0.12;
    }
    (lo.max(f64::MIN), hi.min(f64::MAX))
}

fn log(extent: Option<(f64, f64)>, rise: bool) -> (f64, f64) {
    let (lo, hi) = extent.unwrap_or((0.0, 1.0));
    let air = if hi - lo < 1e-6 {
        0.5
    } else if rise {
        (hi - lo) * 0.05
    } else {
        0.0
    };
    (lo - air, hi + air)
}

/// The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below `raw`.
fn nice(raw: f64) -> f64 {
    let power = 10_f64.powi(whole(raw.log10().floor()));
    let found = [1.0, 2.0, 2.5, 5.0].map(|factor| factor * power).into_iter().find(|step| *step >= raw * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

#[allow(clippy::cast_possible_truncation, reason = "decades of floats: at most a few hundred")]
fn whole(value: f64) -> i32 {
    value.clamp(-400.0, 400.0) as i32
}

fn unit_of(value: f64) -> (f64, &'static str) {
    match value {
        v if v >= 1e15 => (1.0, ""),
        v if v >= 1e12 => (1e12, "T"),
        v if v >= 1e9 => (1e9, "B"),
        v if v >= 1e6 => (1e6, "M"),
        v if v >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    }
}

/// Decimals that a multiple of `step` needs; none where only powers of ten help.
fn decimals_of(step: f64) -> Option<usize> {
    if step >= 1e9 {
        return None;
    }
    (0..=6)
        .find(|decimals| {
            let scaled = step * 10_f64.powi(*decimals);
            scaled > 0.5 && (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .and_then(|decimals| usize::try_from(decimals).ok())
}

/// Twelve digits, so that `3e-7` is not `3.0000000000000004e-7`.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}
