//! Draws of all uncertain quantities of a plan: points of the sequence, as normal scores that go together as stated, as values.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use super::marginal::Marginal;
use super::normal::Scores;
use super::sobol::{BLOCK, Sobol};
use super::tape::Block;
use crate::plan::Uncertainties;
use crate::units::Family;

/// Other quantities, each with its weight.
type Weights = Vec<(usize, f64)>;

/// How uncertain quantities are drawn.
pub struct Sampler {
    marginals: Vec<Marginal>,
    families: Vec<Family>,
    scores: Scores,
    /// Factor of the correlation matrix: for each quantity its own weight and those of earlier ones; `None` where it goes
    /// with nothing before it.
    factor: Vec<Option<(f64, Weights)>>,
    /// Rows of the correlation matrix: for each quantity those that go with it.
    correlated: Vec<Weights>,
    /// The same of the inverse matrix, with the diagonal.
    inverse: Vec<(f64, Weights)>,
}

impl Sampler {
    /// Draws of what is uncertain in a plan.
    pub fn of(uncertain: &Uncertainties) -> Self {
        let size = uncertain.inputs.len();
        let mut matrix: Vec<Vec<f64>> =
            (0..size).map(|a| (0..size).map(|b| if a == b { 1.0 } else { 0.0 }).collect()).collect();
        for correlation in &uncertain.correlations {
            let rho = correlation.rho.to_f64();
            for (a, b) in [(correlation.first, correlation.second), (correlation.second, correlation.first)] {
                if let Some(cell) = matrix.get_mut(a).and_then(|row| row.get_mut(b)) {
                    *cell = rho;
                }
            }
        }
        let lower = cholesky(&matrix);
        let sparse = |row: &[f64], own: usize| -> Weights {
            row.iter().copied().enumerate().filter(|(at, value)| *at != own && *value != 0.0).collect()
        };
        let diagonal = |row: &[f64], own: usize| row.get(own).copied().unwrap_or(1.0);
        let factor = |(own, row): (usize, &Vec<f64>)| {
            let others = sparse(row, own);
            (!others.is_empty()).then(|| (diagonal(row, own), others))
        };
        Self {
            marginals: uncertain.inputs.iter().map(|input| Marginal::of(&input.distribution)).collect(),
            families: uncertain.inputs.iter().map(|input| input.distribution.family).collect(),
            scores: Scores::new(),
            factor: lower.iter().enumerate().map(factor).collect(),
            correlated: matrix.iter().enumerate().map(|(own, row)| sparse(row, own)).collect(),
            inverse: inverse(&lower)
                .iter()
                .enumerate()
                .map(|(own, row)| (diagonal(row, own), sparse(row, own)))
                .collect(),
        }
    }

    /// How many quantities there are.
    pub fn len(&self) -> usize {
        self.marginals.len()
    }

    /// One of them.
    pub fn marginal(&self, input: usize) -> Option<&Marginal> {
        self.marginals.get(input)
    }

    /// Whether a quantity goes with others.
    pub fn is_correlated(&self, input: usize) -> bool {
        self.correlated.get(input).is_some_and(|row| !row.is_empty())
    }

    /// Whether any goes with another.
    pub fn has_correlations(&self) -> bool {
        self.correlated.iter().any(|row| !row.is_empty())
    }

    /// Values of a block of points, going together as stated.
    pub fn draw(&self, sobol: &Sobol, block: usize, scores: &mut [Block], out: &mut [Block]) {
        if self.has_correlations() {
            self.scores(sobol, 0, block, scores);
            return self.values(scores, out);
        }
        let mut points = [0; BLOCK];
        for ((dimension, marginal), values) in self.marginals.iter().enumerate().zip(out) {
            sobol.fill(dimension, block, &mut points);
            marginal.draw(&points, &self.scores, values);
        }
    }

    /// Normal scores of a block of points, going together as stated, from the dimensions after `skip`.
    pub fn scores(&self, sobol: &Sobol, skip: usize, block: usize, out: &mut [Block]) {
        let mut points = [0; BLOCK];
        for (dimension, scores) in out.iter_mut().enumerate() {
            sobol.fill(dimension.saturating_add(skip), block, &mut points);
            self.scores.fill(&points, scores);
        }
        // From the last one on, so that earlier ones are still independent when they are needed.
        for (own, factor) in self.factor.iter().enumerate().rev() {
            let Some((weight, others)) = factor else { continue };
            let (before, rest) = out.split_at_mut(own);
            let Some(scores) = rest.first_mut() else { continue };
            scores.iter_mut().for_each(|z| *z *= weight);
            for (other, weight) in others {
                let Some(other) = before.get(*other) else { continue };
                scores.iter_mut().zip(other).for_each(|(z, other)| *z += weight * other);
            }
        }
    }

    /// The values of a block of scores.
    pub fn values(&self, scores: &[Block], out: &mut [Block]) {
        for ((marginal, scores), values) in self.marginals.iter().zip(scores).zip(out) {
            marginal.fill(scores, values);
        }
    }

    /// Marks draws that a quantity cannot be: negative ones, shares above 1.
    pub fn impossible(&self, values: &[Block], marks: &mut [bool; BLOCK]) {
        for (family, values) in self.families.iter().zip(values) {
            let top = match family {
                Family::Share => 1.0,
                Family::Positive => f64::INFINITY,
                Family::Signed => continue,
            };
            marks.iter_mut().zip(values).for_each(|(mark, x)| *mark |= *x < 0.0 || *x > top);
        }
    }

    /// The scores `a` with those of `input` taken from `b`, the others moved along with it as they go together: what is
    /// left of them beside `input` stays.
    pub fn with(&self, input: usize, a: &[Block], b: &[Block], out: &mut [Block]) {
        copy(a, out);
        let (Some(from), Some(to)) = (a.get(input), b.get(input)) else { return };
        let correlated = self.correlated.get(input).map_or(&[][..], Vec::as_slice);
        for (other, rho) in correlated {
            if let Some(scores) = out.get_mut(*other) {
                scores.iter_mut().zip(from).zip(to).for_each(|((z, from), to)| *z += rho * (to - from));
            }
        }
        if let Some(scores) = out.get_mut(input) {
            *scores = *to;
        }
    }

    /// The scores `a`, with what of `input` the others do not tell taken from `b`.
    pub fn beside(&self, input: usize, a: &[Block], b: &[Block], out: &mut [Block]) {
        copy(a, out);
        let Some((own, others)) = self.inverse.get(input) else { return };
        let Some(slot) = out.get_mut(input) else { return };
        let Some(fresh) = b.get(input) else { return };
        *slot = *fresh;
        // The conditional mean is - sum of inverse_ij z_j / inverse_ii.
        for (other, weight) in others {
            let (Some(a), Some(b)) = (a.get(*other), b.get(*other)) else { continue };
            let weight = weight / own;
            slot.iter_mut().zip(a).zip(b).for_each(|((z, a), b)| *z += weight * (b - a));
        }
    }
}

fn copy(from: &[Block], to: &mut [Block]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// The lower triangle L with L L' = `matrix`, which is positive definite.
fn cholesky(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for row in matrix {
        let mut found: Vec<f64> = Vec::with_capacity(row.len());
        for (above, cell) in lower.iter().zip(row) {
            let dot: f64 = found.iter().zip(above).map(|(a, b)| a * b).sum();
            found.push((cell - dot) / above.last().copied().unwrap_or(1.0));
        }
        let square: f64 = found.iter().map(|a| a * a).sum();
        let own = row.get(found.len()).copied().unwrap_or(1.0);
        found.push(libm::sqrt(own - square));
        lower.push(found);
    }
    lower
}

/// The inverse of L L'.
fn inverse(lower: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = lower.len();
    // Columns of the inverse of L, each a solution of L x = e.
    let columns: Vec<Vec<f64>> = (0..size)
        .map(|unit| {
            let mut solution: Vec<f64> = Vec::with_capacity(size);
            for (at, row) in lower.iter().enumerate() {
                let dot: f64 = row.iter().zip(&solution).map(|(a, b)| a * b).sum();
                let right = if at == unit { 1.0 } else { 0.0 };
                solution.push((right - dot) / row.last().copied().unwrap_or(1.0));
            }
            solution
        })
        .collect();
    let dot = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum();
    columns.iter().map(|a| columns.iter().map(|b| dot(a, b)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_and_inverses_of_a_correlation_matrix() {
        let matrix = vec![vec![1.0, 0.5, 0.0], vec![0.5, 1.0, -0.3], vec![0.0, -0.3, 1.0]];
        let lower = cholesky(&matrix);
        let inverse = inverse(&lower);
        for (i, row) in matrix.iter().enumerate() {
            for (j, cell) in row.iter().enumerate() {
                let product: f64 = lower[i].iter().zip(&lower[j]).map(|(a, b)| a * b).sum();
                assert!((product - cell).abs() < 1e-15);
                let identity: f64 = matrix[i].iter().zip(&inverse).map(|(a, row)| a * row[j]).sum();
                assert!((identity - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
    }
}
