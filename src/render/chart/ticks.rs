//! The ticks of an axis, and what stands at them.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::Scale;
use super::measure::{exp10, exponent, float, log10, ten_to};
use super::ruler::Ruler;
use crate::units::display::grouped;

/// A tick: where it is between 0 and 1, and what stands at it. Small ones are silent.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: Option<String>,
}

impl Ruler {
    /// As many labelled ticks, at most `most`, as stand side by side: `size` says how long a label is as a share of
    /// the axis, with the gap to the next one.
    pub(super) fn ticks(&self, most: usize, size: impl Fn(&str) -> f64) -> Vec<Tick> {
        if !self.names.is_empty() {
            return self.named(size);
        }
        for target in (2..=most.clamp(2, 20)).rev() {
            let ticks = self.numbered(target);
            if stand_apart(&ticks, &size) {
                return ticks;
            }
        }
        // Two numbers are too long for this axis: one is better than none.
        let mut ticks = self.numbered(2);
        let mut spoken = false;
        for tick in ticks.iter_mut().rev() {
            if spoken {
                tick.label = None;
            }
            spoken |= tick.label.is_some();
        }
        ticks
    }

    /// About `target` labelled ticks.
    fn numbered(&self, target: usize) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => self.linear_ticks(self.lo, self.hi, target),
            Scale::Log if self.hi - self.lo < 1.0 => {
                self.linear_ticks(exp10(self.lo), exp10(self.hi).min(f64::MAX), target)
            }
            Scale::Log => self.decades(target),
        }
    }

    /// Every name, every second, every third ..., whatever has room.
    fn named(&self, size: impl Fn(&str) -> f64) -> Vec<Tick> {
        let shown: Vec<&(f64, String)> = self.names.iter().filter(|(value, _)| self.shows(*value)).collect();
        let every = |step: usize| -> Vec<Tick> {
            let tick = |(index, (value, name)): (usize, &&(f64, String))| Tick {
                at: self.at(*value),
                label: index.is_multiple_of(step).then(|| name.clone()),
            };
            shown.iter().enumerate().map(tick).collect()
        };
        let steps = [1, 2, 3, 4, 6, 12, 24, 36, 48, 60, 120, 240, 480, 960];
        let found = steps.into_iter().map(every).find(|ticks| stand_apart(ticks, &size));
        found.unwrap_or_else(|| every(usize::MAX))
    }

    fn linear_ticks(&self, lo: f64, hi: f64, target: usize) -> Vec<Tick> {
        let step = nice((hi / 2.0 - lo / 2.0) / float(target) * 2.0);
        let greatest = lo.abs().max(hi.abs());
        let mut unit = unit_of(greatest);
        let mut decimals = decimals_of(step / unit.0);
        // $200 and $1,000, not $0.2k and $1.0k.
        if unit.0 == 1e3 && greatest < 1e4 && decimals != Some(0) {
            unit = (1.0, "");
            decimals = decimals_of(step);
        }
        let slack = 1e-6;
        let (first, last) = ((lo / step - slack).ceil(), (hi / step + slack).floor());
        (0_u32..40)
            .map(|k| first + f64::from(k))
            .take_while(|k| *k <= last)
            .map(|k| k * step)
            .filter(|value| value.is_finite())
            .map(|value| Tick { at: self.at(value).clamp(0.0, 1.0), label: Some(self.label(value, unit, decimals)) })
            .collect()
    }

    fn decades(&self, target: usize) -> Vec<Tick> {
        let (first, last) = (exponent(self.lo.floor()), exponent(self.hi.ceil()));
        let count = last.saturating_sub(first).max(1);
        let target = i32::try_from(target.max(2)).unwrap_or(i32::MAX);
        let every = (count.saturating_add(target).saturating_sub(1) / target).max(1);
        // Labels between the decades, where there is room for them.
        let spoken: &[i32] = match count {
            _ if count.saturating_mul(3) <= target.saturating_add(2) => &[1, 2, 5],
            _ if count.saturating_mul(2) <= target.saturating_add(1) => &[1, 3],
            _ => &[1],
        };
        let mut out = Vec::new();
        for decade in first..=last {
            for digit in 1..=9 {
                let value = f64::from(digit) * ten_to(decade);
                let at = self.at(value);
                if !value.is_finite() || value <= 0.0 || !(-1e-9..=1.0 + 1e-9).contains(&at) {
                    continue;
                }
                let at = at.clamp(0.0, 1.0);
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
            Some(decimals) => format!("{}{}", grouped(&format!("{:.decimals$}", value.abs() / unit.0)), unit.1),
            None => format!("{:e}", rounded(value.abs())),
        };
        let sign = if value < 0.0 { "−" } else { "" };
        // `0M` is nothing that anybody writes, and `$0.00` is `$0`.
        let number = if value == 0.0 { "0".to_owned() } else { number };
        // Cents are two digits: $0.50, not $0.5.
        let cents = self.before == "$" && unit.1.is_empty() && decimals == Some(1);
        format!("{sign}{}{number}{}{}", self.before, if cents && value != 0.0 { "0" } else { "" }, self.after)
    }
}

/// Whether no label reaches into the next one.
fn stand_apart(ticks: &[Tick], size: impl Fn(&str) -> f64) -> bool {
    let mut free = f64::NEG_INFINITY;
    for tick in ticks {
        let Some(label) = &tick.label else { continue };
        let half = size(label) / 2.0;
        if tick.at - half < free {
            return false;
        }
        free = tick.at + half;
    }
    true
}

/// The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below `raw`.
fn nice(raw: f64) -> f64 {
    let power = ten_to(exponent(log10(raw).floor()));
    let found = [1.0, 2.0, 2.5, 5.0].map(|factor| factor * power).into_iter().find(|step| *step >= raw * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
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
            let scaled = step * ten_to(*decimals);
            scaled > 0.5 && (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .and_then(|decimals| usize::try_from(decimals).ok())
}

/// Twelve digits, so that `3e-7` is not `3.0000000000000004e-7`.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::super::Axis;
    use super::super::ruler::Extent;
    use super::*;

    fn labels(axis: &Axis, lo: f64, hi: f64, most: usize) -> Vec<String> {
        let ruler = Ruler::of(&Axis { range: Some((lo, hi)), ..axis.clone() }, &[], Extent::Tight);
        ruler.ticks(most, |_| 0.01).into_iter().filter_map(|tick| tick.label).collect()
    }

    #[test]
    fn numbers_are_those_that_people_would_choose() {
        let usd = Axis::usd("");
        assert_eq!(labels(&usd, 0.0, 2.0, 4), ["$0", "$0.50", "$1.00", "$1.50", "$2.00"]);
        assert_eq!(labels(&usd, 0.0, 97_500.0, 5), ["$0", "$20k", "$40k", "$60k", "$80k"]);
        assert_eq!(labels(&usd, 0.0, 1_000.0, 5), ["$0", "$200", "$400", "$600", "$800", "$1,000"]);
        assert_eq!(labels(&usd, -1.2e6, 2.6e6, 4), ["−$1M", "$0", "$1M", "$2M"]);
        assert_eq!(labels(&Axis::default(), 0.0, 2_500_000.0, 5), ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"]);
        assert_eq!(
            labels(&usd.clone().log(), 0.01, 10_000.0, 8),
            ["$0.01", "$0.10", "$1", "$10", "$100", "$1k", "$10k"]
        );
        assert_eq!(labels(&usd.log(), 0.9, 110.0, 10), ["$1", "$2", "$5", "$10", "$20", "$50", "$100"]);
        assert_eq!(labels(&Axis::default(), 0.0, 3e-8, 3), ["0", "1e-8", "2e-8", "3e-8"]);
    }

    #[test]
    fn months_are_thinned_evenly() {
        let names = (0..24).map(|month| (f64::from(month), format!("month {month}"))).collect();
        let axis = Axis { names, ..Axis::default() };
        let ruler = Ruler::of(&axis, &[0.0, 23.0], Extent::Tight);
        let ticks = ruler.ticks(20, |_| 0.2);
        assert_eq!(ticks.len(), 24);
        let shown: Vec<String> = ticks.into_iter().filter_map(|tick| tick.label).collect();
        assert_eq!(shown, ["month 0", "month 6", "month 12", "month 18"]);
    }
}
