//! How single requests differ: a distribution of lengths cut into kinds of requests with their shares. That is variability,
//! not uncertainty: the mean of many requests is known, single ones lie on both sides of a threshold.
#![allow(clippy::arithmetic_side_effects, reason = "numbers of arbitrary precision neither overflow nor round")]

use super::exact::Exact;
use super::normal;

/// Lengths with their shares; the shares add up to 1.
pub type Kinds = Vec<(Exact, Exact)>;

/// A distribution of lengths, as a file states it.
#[derive(Clone, PartialEq, Debug)]
pub enum Spread {
    /// Quantiles as (share of the lengths below, length), ascending in both, from 0 to 1: linear in between.
    Quantiles(Vec<(Exact, Exact)>),
    /// Lognormal by median and 95th percentile, cut off at both ends: what is beyond lies at the end.
    Lognormal {
        /// The median, above 0.
        p50: Exact,
        /// The 95th percentile, not below the median.
        p95: Exact,
        /// Shortest length.
        min: Exact,
        /// Greatest length.
        max: Option<Exact>,
    },
    /// Bins as (share, mean length).
    Histogram(Kinds),
}

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;
/// Decimals of a length that was computed in floats.
const DECIMALS: usize = 6;

impl Spread {
    /// The distribution as `kinds` lengths of equal share, each the mean of its part; a histogram keeps its own bins.
    pub fn kinds(&self, kinds: u32) -> Kinds {
        let kinds = kinds.max(1);
        match self {
            Self::Histogram(bins) => bins.clone(),
            Self::Quantiles(points) => equal(kinds, |from, to| mean_between(points, from, to)),
            Self::Lognormal { p50, p95, .. } if p50 == p95 => vec![(Exact::ONE, self.clipped(p50.clone()))],
            Self::Lognormal { p50, p95, .. } => {
                let parts = lognormal_means(kinds, float(p50), float(p95));
                let share = share(kinds);
                parts.into_iter().map(|mean| (share.clone(), self.clipped(mean))).collect()
            }
        }
    }

    fn clipped(&self, length: Exact) -> Exact {
        match self {
            Self::Lognormal { min, max, .. } => {
                let length = length.max(min.clone());
                max.as_ref().map_or(length.clone(), |max| length.min(max.clone()))
            }
            _ => length,
        }
    }
}

fn share(kinds: u32) -> Exact {
    Exact::ONE.checked_div(&Exact::from(u64::from(kinds))).unwrap_or(Exact::ONE)
}

fn equal(kinds: u32, mean: impl Fn(&Exact, &Exact) -> Exact) -> Kinds {
    let share = share(kinds);
    let at = |index: u32| &share * &Exact::from(u64::from(index));
    (0..kinds).map(|index| (share.clone(), mean(&at(index), &at(index + 1)))).collect()
}

/// The mean of a function that is linear between `points`, over `from..to`.
fn mean_between(points: &[(Exact, Exact)], from: &Exact, to: &Exact) -> Exact {
    let half = Exact::ratio(1, 2).unwrap_or(Exact::ZERO);
    let mut sum = Exact::ZERO;
    for ((a, low), (b, high)) in points.iter().zip(points.iter().skip(1)) {
        let (left, right) = (a.clone().max(from.clone()), b.clone().min(to.clone()));
        if left >= right {
            continue;
        }
        let slope = (high - low).checked_div(&(b - a)).unwrap_or(Exact::ZERO);
        let at = |x: &Exact| low + &(&slope * &(x - a));
        sum = &sum + &(&(&at(&left) + &at(&right)) * &(&half * &(&right - &left)));
    }
    sum.checked_div(&(to - from)).unwrap_or(Exact::ZERO)
}

/// Means of the parts of equal share of a lognormal distribution:
/// `exp(mu + s^2/2) [Phi(z_b - s) - Phi(z_a - s)] / share`.
#[allow(clippy::float_arithmetic, reason = "lengths of a distribution are estimates")]
fn lognormal_means(kinds: u32, p50: f64, p95: f64) -> Vec<Exact> {
    let sigma = libm::log(p95 / p50) / Z95;
    let mean = p50 * libm::exp(sigma * sigma / 2.0);
    let edge = |index: u32| match index {
        0 => 0.0,
        index if index >= kinds => 1.0,
        index => normal::cdf(normal::inverse(f64::from(index) / f64::from(kinds)) - sigma),
    };
    (0..kinds).map(|index| exact(mean * (edge(index + 1) - edge(index)) * f64::from(kinds))).collect()
}

fn float(value: &Exact) -> f64 {
    value.to_fixed(9).parse().unwrap_or(0.0)
}

fn exact(value: f64) -> Exact {
    Exact::from_decimal(&format!("{:.*}", DECIMALS, value.max(0.0))).unwrap_or(Exact::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    fn mean(kinds: &Kinds) -> Exact {
        kinds.iter().map(|(share, length)| share * length).sum()
    }

    /// 20 to 80 as P5 and P95 is a median of 40, sigma 0.42140, mean 43.714.
    #[test]
    fn parts_of_a_lognormal_keep_its_mean() {
        let p95 = decimal("80");
        let spread = Spread::Lognormal { p50: decimal("40"), p95, min: Exact::ZERO, max: None };
        let kinds = spread.kinds(200);
        assert_eq!(kinds.len(), 200);
        assert_eq!(kinds.iter().map(|(share, _)| share).sum::<Exact>(), Exact::ONE);
        assert_eq!(mean(&kinds).to_fixed(3), "43.714");
        assert!(kinds.windows(2).all(|pair| pair[0].1 < pair[1].1));
        let above = kinds.iter().filter(|(_, length)| *length > decimal("80")).count();
        assert_eq!(above, 10);
    }

    #[test]
    fn quantiles_are_linear_in_between() {
        let points = [("0", "0"), ("0.5", "100"), ("1", "300")].map(|(p, length)| (decimal(p), decimal(length)));
        let kinds = Spread::Quantiles(points.to_vec()).kinds(4);
        let lengths: Vec<_> = kinds.iter().map(|(_, length)| length.to_string()).collect();
        assert_eq!(lengths, ["25", "75", "150", "250"]);
        assert_eq!(mean(&kinds), decimal("125"));
    }

    #[test]
    fn ends_are_cut_off() {
        let spread = Spread::Lognormal {
            p50: decimal("1000"),
            p95: decimal("9000"),
            min: decimal("200"),
            max: Some(decimal("8000")),
        };
        let kinds = spread.kinds(64);
        assert!(kinds.iter().all(|(_, length)| *length >= decimal("200") && *length <= decimal("8000")));
        let even = Spread::Lognormal { p50: decimal("7"), p95: decimal("7"), min: Exact::ZERO, max: None };
        assert_eq!(even.kinds(64), [(Exact::ONE, decimal("7"))]);
    }
}
