//! What draws tell: means, quantiles and probabilities, each with the error that independent sets of points show.
#![allow(clippy::float_arithmetic, reason = "statistics are estimates, labelled as such")]

/// Independent sets of points.
pub const REPLICATES: usize = 16;
/// The widening of a standard error from [`REPLICATES`] means, so that two of them hold with the 95.45% that people read
/// into them: half the quantile of Student's t with 15 degrees of freedom.
const STUDENT: f64 = 1.090_581_317_5;

/// An estimate and its standard error.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// The draws of one quantity: by set of points, impossible ones left out.
pub struct Sets {
    sets: Vec<Vec<f64>>,
    /// All of them, ascending.
    sorted: Vec<f64>,
}

impl Sets {
    /// These draws; those that are not a number are left out.
    pub fn new(sets: impl IntoIterator<Item = Vec<f64>>) -> Self {
        let mut sets: Vec<Vec<f64>> = sets.into_iter().collect();
        for set in &mut sets {
            set.retain(|value| !value.is_nan());
            set.sort_unstable_by(f64::total_cmp);
        }
        let mut sorted: Vec<f64> = sets.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        Self { sets, sorted }
    }

    /// The mean.
    pub fn mean(&self) -> Estimate {
        self.estimate(mean)
    }

    /// The standard deviation.
    pub fn sd(&self) -> f64 {
        let mean = mean(&self.sorted);
        let squares = sum(self.sorted.iter().map(|value| (value - mean) * (value - mean)));
        libm::sqrt(squares / self.sorted.len() as f64)
    }

    /// The quantile of a probability.
    pub fn quantile(&self, p: f64) -> Estimate {
        self.estimate(|sorted| quantile(sorted, p))
    }

    /// The probability of more than `limit`.
    pub fn above(&self, limit: f64) -> Estimate {
        self.estimate(|sorted| {
            let below = sorted.partition_point(|value| *value <= limit);
            1.0 - below as f64 / sorted.len() as f64
        })
    }

    /// The probability of less than `limit`.
    pub fn below(&self, limit: f64) -> f64 {
        self.sorted.partition_point(|value| *value < limit) as f64 / self.sorted.len() as f64
    }

    fn estimate(&self, of: impl Fn(&[f64]) -> f64) -> Estimate {
        let each: Vec<f64> = self.sets.iter().map(|set| of(set)).collect();
        Estimate { value: of(&self.sorted), error: error(&each) }
    }
}

/// The standard error of the mean of independent estimates.
pub fn error(each: &[f64]) -> f64 {
    let count = each.len() as f64;
    if each.len() < 2 {
        return f64::NAN;
    }
    let mean = mean(each);
    let squares = sum(each.iter().map(|value| (value - mean) * (value - mean)));
    STUDENT * libm::sqrt(squares / (count - 1.0) / count)
}

/// The mean of some numbers.
pub fn mean(values: &[f64]) -> f64 {
    sum(values.iter().copied()) / values.len() as f64
}

/// The sum in the order of the terms, with the digits that each addition loses added at the end (Neumaier).
pub fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
        sum = next;
    }
    sum + lost
}

/// The quantile of ascending values, between neighbours by proportion.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * sorted.len().saturating_sub(1) as f64;
    let index = position as usize;
    let below = sorted.get(index).copied().unwrap_or(f64::NAN);
    let above = sorted.get(index.saturating_add(1)).copied().unwrap_or(below);
    below + (above - below) * (position - index as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy.quantile([1, 2, 4, 8, 16], ...), scipy.stats.t.ppf(norm.cdf(2), 15) / 2
    #[test]
    fn quantiles_and_errors_agree_with_numpy() {
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        for (p, expected) in [(0.0, 1.0), (0.3, 2.4), (0.5, 4.0), (0.95, 14.4), (1.0, 16.0)] {
            assert!((quantile(&values, p) - expected).abs() < 1e-12, "{p}");
        }
        let plain = (37.2_f64 / 5.0).sqrt();
        assert!((error(&values) / STUDENT - plain).abs() < 1e-12, "{}", error(&values));
    }

    #[test]
    fn sums_keep_what_additions_lose() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
    }

    #[test]
    fn impossible_draws_are_left_out() {
        let sets = Sets::new([vec![3.0, f64::NAN, 1.0], vec![2.0]]);
        assert_eq!((sets.mean().value, sets.quantile(0.5).value, sets.below(2.0)), (2.0, 2.0, 1.0 / 3.0));
        assert!((sets.above(2.0).value - 1.0 / 3.0).abs() < 1e-15);
    }
}
