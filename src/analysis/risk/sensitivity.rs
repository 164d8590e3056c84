//! Which uncertain quantity matters how much.
//!
//! ```text
//! first_order = Var(E[Y | X_i]) / Var(Y)          what knowing X_i would take off the variance
//! total       = E[Var(Y | all but X_i)] / Var(Y)  what is left of the variance when all but X_i are known
//! ```
//!
//! Both by pairs of draws that share X_i, or all but X_i (A. Saltelli et al., "Variance based sensitivity analysis of model
//! output", Comput. Phys. Commun. 181, 2010; the total index by M. Jansen's estimator, 1999). Where quantities go together
//! the pairs share X_i with what it tells of the others, or all that the others do not tell of X_i (T. Mara and S. Tarantola,
//! "Variance-based sensitivity indices for models with dependent inputs", Reliab. Eng. Syst. Saf. 107, 2012).
//!
//! What it is worth to know X_i is the mean of what the strategy that is cheapest given X_i costs less than the one that is
//! cheapest on the whole (expected value of partial perfect information), with E[difference | X_i] as a polynomial of the
//! normal score (as M. Strong, J. Oakley and A. Brennan, Med. Decis. Making 34, 2014, by regression).
#![allow(clippy::float_arithmetic, reason = "statistics are estimates, labelled as such")]

use super::draws::Draws;
use super::evaluator::{Evaluator, Scratch};
use super::normal;
use super::sampler::Sampler;
use super::sobol::{BLOCK, Sobol};
use super::statistics::{error, mean, sum};
use crate::diag::Diagnostic;

/// Independent sets of points.
const SETS: usize = 8;
/// Blocks of each: 2^13 points in all, for each of two draws and each quantity.
const BLOCKS: usize = 4;
/// The same where every draw is computed exactly.
const SLOW: (usize, usize) = (4, 1);
/// The stream of points.
const STREAM: u64 = 1;

/// How much one quantity matters for one case.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// First-order index.
    pub first: f64,
    /// Total index.
    pub total: f64,
    /// The larger one of their standard errors.
    pub error: f64,
}

/// What a block of draws is for.
#[derive(Clone, Copy)]
enum Role {
    First,
    Second,
    /// The first draw with this quantity of the second.
    With(usize),
    /// The first draw with what of this quantity the others do not tell taken from the second.
    Beside(usize),
}

/// By case, by quantity; `None` for a case that does not vary at all.
pub fn indices(
    evaluator: &mut Evaluator<'_>,
    sampler: &Sampler,
    seed: u64,
) -> Result<Vec<Option<Vec<Index>>>, Vec<Diagnostic>> {
    let (sets, blocks) = if evaluator.is_slow() { SLOW } else { (SETS, BLOCKS) };
    let sobol: Vec<Sobol> =
        (0..sets).map(|set| Sobol::new(sampler.len().saturating_mul(2), seed, STREAM, set as u64)).collect();
    let inputs = 0..sampler.len();
    let mut roles = vec![Role::First, Role::Second];
    roles.extend(inputs.clone().map(Role::With));
    roles.extend(inputs.clone().filter(|input| sampler.is_correlated(*input)).map(Role::Beside));
    let per_role = sets.saturating_mul(blocks);
    let fill = |number: usize, scratch: &mut Scratch| {
        let role = roles.get(number.checked_div(per_role).unwrap_or(0)).copied().unwrap_or(Role::First);
        let place = number.checked_rem(per_role).unwrap_or(0);
        let (set, block) = (place.checked_div(blocks).unwrap_or(0), place.checked_rem(blocks).unwrap_or(0));
        let Some(sobol) = sobol.get(set) else { return };
        if !matches!(role, Role::Second) {
            sampler.scores(sobol, 0, block, &mut scratch.a);
        }
        if !matches!(role, Role::First) {
            sampler.scores(sobol, sampler.len(), block, &mut scratch.b);
        }
        let scores = match role {
            Role::First => &scratch.a,
            Role::Second => &scratch.b,
            Role::With(input) => {
                sampler.with(input, &scratch.a, &scratch.b, &mut scratch.c);
                &scratch.c
            }
            Role::Beside(input) => {
                sampler.beside(input, &scratch.a, &scratch.b, &mut scratch.c);
                &scratch.c
            }
        };
        sampler.values(scores, &mut scratch.values);
    };
    let values = evaluator.run(sampler, roles.len().saturating_mul(per_role), &fill)?;
    let length = per_role.saturating_mul(BLOCK);
    let of_case = |outputs: &Vec<Vec<f64>>| {
        let all: Vec<&[f64]> = outputs.first().map_or(Vec::new(), |costs| costs.chunks(length).collect());
        let role = |wanted: usize| all.get(wanted).copied().unwrap_or_default();
        let (a, b) = (role(0), role(1));
        let both: Vec<f64> = a.iter().chain(b).copied().filter(|value| value.is_finite()).collect();
        let centre = mean(&both);
        let variance = sum(both.iter().map(|value| (value - centre) * (value - centre))) / both.len() as f64;
        // Rounding alone leaves this much.
        if variance <= (centre * 1e-12) * (centre * 1e-12) {
            return None;
        }
        let mut beside = inputs.end.saturating_add(2);
        let index = |input: usize| {
            let with = role(input.saturating_add(2));
            let alone = if sampler.is_correlated(input) {
                beside = beside.saturating_add(1);
                role(beside.saturating_sub(1))
            } else {
                with
            };
            // The mean over all triples of draws, and the error that the sets of points show.
            let triples = |other: &[f64], of: &dyn Fn(f64, f64, f64) -> f64| {
                let terms: Vec<f64> = a.iter().zip(b).zip(other).map(|((a, b), c)| of(*a, *b, *c) / variance).collect();
                let finite = |terms: &[f64]| -> Vec<f64> { terms.iter().copied().filter(|v| v.is_finite()).collect() };
                let of_set = |set: &[f64]| mean(&finite(set));
                let sets: Vec<f64> = terms.chunks(blocks.saturating_mul(BLOCK)).map(of_set).collect();
                (mean(&finite(&terms)), error(&sets))
            };
            let (first, of_first) = triples(with, &|a, b, c| (b - centre) * (c - a));
            let (total, of_total) = triples(alone, &|a, _, c| 0.5 * (a - c) * (a - c));
            Index { first, total, error: of_first.max(of_total) }
        };
        Some(inputs.clone().map(index).collect())
    };
    Ok(values.iter().map(of_case).collect())
}

/// Degrees of the polynomials of a normal score.
const DEGREES: usize = 6;
/// A coefficient below so many of its standard errors is taken for noise.
const NOISE: f64 = 3.0;
/// Scores at which the mean over a quantity is taken.
const SCORES: usize = 1024;

/// What it is worth on the mean to know each quantity, and all of them, before one chooses among `costs` (the first output of
/// so many cases), in their unit.
pub fn worth_knowing(draws: &Draws, sampler: &Sampler, cases: usize) -> (Vec<f64>, f64) {
    let costs: Vec<Vec<&[f64]>> = draws
        .values
        .iter()
        .take(cases)
        .filter_map(|case| Some(case.first()?.iter().map(Vec::as_slice).collect()))
        .collect();
    let total = |case: &Vec<&[f64]>| sum(case.iter().copied().flatten().copied().filter(|v| v.is_finite()));
    let best = costs.iter().enumerate().min_by(|(_, a), (_, b)| total(a).total_cmp(&total(b))).map(|(index, _)| index);
    let Some(reference) = best.and_then(|best| costs.get(best)) else { return (vec![0.0; sampler.len()], 0.0) };
    // Differences to the strategy that is cheapest on the whole.
    let differences: Vec<Vec<Vec<f64>>> = costs
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != best)
        .map(|(_, case)| {
            case.iter().zip(reference).map(|(set, base)| set.iter().zip(*base).map(|(a, b)| a - b).collect()).collect()
        })
        .collect();
    let count = reference.iter().copied().flatten().filter(|value| value.is_finite()).count() as f64;
    let mut all: Vec<f64> = Vec::new();
    for set in 0..reference.len() {
        let of_set: Vec<&Vec<f64>> = differences.iter().filter_map(|case| case.get(set)).collect();
        let length = of_set.first().map_or(0, |values| values.len());
        for at in 0..length {
            let least = of_set.iter().filter_map(|values| values.get(at)).fold(0.0, |least: f64, v| least.min(*v));
            all.push(-least);
        }
    }
    let everything = sum(all.into_iter().filter(|value| value.is_finite())) / count;
    // Sums of difference x polynomial, and of its square for the noise; by case and quantity.
    let mut sums = vec![vec![[(0.0_f64, 0.0_f64); DEGREES]; sampler.len()]; differences.len()];
    draws.each_block(sampler, |set, block, scores| {
        let from = block.saturating_mul(BLOCK);
        for (input, scores) in scores.iter().enumerate() {
            let polynomials: Vec<[f64; DEGREES]> = scores.iter().map(|z| hermite(*z)).collect();
            for (case, sums) in differences.iter().zip(&mut sums) {
                let values = case.get(set).and_then(|set| set.get(from..)).unwrap_or_default();
                let Some(sums) = sums.get_mut(input) else { continue };
                for (value, polynomials) in values.iter().zip(&polynomials).filter(|(value, _)| value.is_finite()) {
                    for ((sum, square), polynomial) in sums.iter_mut().zip(polynomials) {
                        let term = value * polynomial;
                        *sum += term;
                        *square += term * term;
                    }
                }
            }
        }
    });
    let knowing = |input: usize| {
        let fits: Vec<[f64; DEGREES]> = sums
            .iter()
            .filter_map(|case| case.get(input))
            .map(|sums| {
                let mut degree = 0;
                sums.map(|(sum, square)| {
                    let coefficient = sum / count;
                    let noise = libm::sqrt((square / count - coefficient * coefficient).max(0.0) / count);
                    let is_mean = degree == 0;
                    degree += 1;
                    if is_mean || coefficient.abs() > NOISE * noise { coefficient } else { 0.0 }
                })
            })
            .collect();
        if fits.iter().all(|fit| fit.iter().skip(1).all(|coefficient| *coefficient == 0.0)) {
            return 0.0;
        }
        let at = |index: usize| {
            let polynomials = hermite(normal::quantile((index as f64 + 0.5) / SCORES as f64));
            let expected = |fit: &[f64; DEGREES]| fit.iter().zip(&polynomials).map(|(a, b)| a * b).sum::<f64>();
            fits.iter().map(expected).fold(0.0, |least: f64, value| least.min(value))
        };
        -sum((0..SCORES).map(at)) / SCORES as f64
    };
    ((0..sampler.len()).map(knowing).collect(), everything)
}

/// Hermite polynomials of a score, orthonormal under the normal distribution.
fn hermite(z: f64) -> [f64; DEGREES] {
    let mut found = [1.0; DEGREES];
    let (mut before, mut last, mut factorial) = (0.0, 1.0, 1.0);
    for (degree, slot) in found.iter_mut().enumerate().skip(1) {
        // He_n = z He_(n-1) - (n-1) He_(n-2)
        let n = degree as f64;
        (before, last) = (last, z * last - (n - 1.0) * before);
        factorial *= n;
        *slot = last / libm::sqrt(factorial);
    }
    found
}
