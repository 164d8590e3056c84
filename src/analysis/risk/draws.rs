//! Draws of a scenario: as many as the accuracy that is asked for takes.
#![allow(clippy::float_arithmetic, reason = "statistics are estimates, labelled as such")]

use super::evaluator::{Evaluator, Scratch};
use super::sampler::Sampler;
use super::sobol::{BLOCK, Sobol};
use super::statistics::{REPLICATES, Sets};
use crate::diag::Diagnostic;

/// Blocks of each set of points at first, and at most: 2^14 draws in all, up to 2^20.
const BLOCKS: (usize, usize) = (4, 256);
/// The same where every draw is computed exactly.
const SLOW_BLOCKS: (usize, usize) = (1, 2);
/// No more points are drawn once so many draws were computed exactly.
const MOST_EXACT: usize = 20_000;

/// How close to the truth the mean and the 95th percentile are to be, as parts of them, with two standard errors.
pub const MEAN_WITHIN: f64 = 0.001;
/// The same of the 95th percentile.
pub const P95_WITHIN: f64 = 0.01;

/// The stream of points that costs are drawn from; sensitivities use others.
const STREAM: u64 = 0;

/// Draws of all cases.
pub struct Draws {
    /// By case, output and set of points.
    pub values: Vec<Vec<Vec<Vec<f64>>>>,
    /// How many draws there are.
    pub samples: usize,
    /// Whether the mean and the 95th percentile of every strategy are as close as is asked for.
    pub is_accurate: bool,
    sobol: Vec<Sobol>,
}

impl Draws {
    /// Draws until the first `strategies` cases are accurate; `samples` draws, rounded up to whole blocks, where that is
    /// stated.
    pub fn of(
        evaluator: &mut Evaluator<'_>,
        sampler: &Sampler,
        seed: u64,
        samples: Option<usize>,
        strategies: usize,
    ) -> Result<Self, Vec<Diagnostic>> {
        let sobol = (0..REPLICATES).map(|set| Sobol::new(sampler.len(), seed, STREAM, set as u64)).collect();
        let mut draws = Self { values: Vec::new(), samples: 0, is_accurate: false, sobol };
        let (first, most) = match samples {
            Some(samples) => {
                let blocks = samples.div_ceil(REPLICATES.saturating_mul(BLOCK)).max(1).next_power_of_two();
                (blocks, blocks)
            }
            None if evaluator.is_slow() => SLOW_BLOCKS,
            None => BLOCKS,
        };
        let mut blocks = 0;
        let mut wanted = first;
        loop {
            draws.extend(evaluator, sampler, blocks..wanted)?;
            blocks = wanted;
            draws.is_accurate = draws
                .values
                .iter()
                .take(strategies)
                .all(|case| case.first().is_some_and(|costs| is_accurate(&Sets::new(costs.iter().cloned()))));
            if draws.is_accurate || blocks >= most || evaluator.tally.exact > MOST_EXACT {
                return Ok(draws);
            }
            wanted = blocks.saturating_mul(2);
        }
    }

    fn extend(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        sampler: &Sampler,
        blocks: std::ops::Range<usize>,
    ) -> Result<(), Vec<Diagnostic>> {
        let more = blocks.len();
        let all = more.saturating_mul(REPLICATES);
        let sobol = &self.sobol;
        let fill = |number: usize, scratch: &mut Scratch| {
            let (set, block) = (number.checked_div(more).unwrap_or(0), number.checked_rem(more).unwrap_or(0));
            if let Some(sobol) = sobol.get(set) {
                sampler.draw(sobol, blocks.start.saturating_add(block), &mut scratch.a, &mut scratch.values);
            }
        };
        let values = evaluator.run(sampler, all, &fill)?;
        self.samples = self.samples.saturating_add(all.saturating_mul(BLOCK));
        if self.values.is_empty() {
            let empty = |outputs: &Vec<Vec<f64>>| outputs.iter().map(|_| vec![Vec::new(); REPLICATES]).collect();
            self.values = values.iter().map(empty).collect();
        }
        let length = more.saturating_mul(BLOCK).max(1);
        for (sets, new) in self.values.iter_mut().flatten().zip(values.into_iter().flatten()) {
            sets.iter_mut().zip(new.chunks(length)).for_each(|(set, new)| set.extend_from_slice(new));
        }
        Ok(())
    }

    /// Normal scores of the draws, by block of 256 draws in the order of the values of each set of points.
    pub fn each_block(&self, sampler: &Sampler, mut visit: impl FnMut(usize, usize, &[[f64; BLOCK]])) {
        let mut scores = vec![[0.0; BLOCK]; sampler.len()];
        let blocks = self.samples.checked_div(REPLICATES.saturating_mul(BLOCK)).unwrap_or(0);
        for (set, sobol) in self.sobol.iter().enumerate() {
            for block in 0..blocks {
                sampler.scores(sobol, 0, block, &mut scores);
                visit(set, block, &scores);
            }
        }
    }
}

fn is_accurate(costs: &Sets) -> bool {
    let within = |estimate: super::statistics::Estimate, part: f64| 2.0 * estimate.error <= part * estimate.value.abs();
    within(costs.mean(), MEAN_WITHIN) && within(costs.quantile(0.95), P95_WITHIN)
}
