//! How likely the values of a figure are.

use super::{Amount, Axis, Xy};

/// Distributions over one axis, with marked quantiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Across.
    pub axis: Axis,
    /// The distributions. Up to [`Distribution::OVERLAID`] lie over one another; more have a row each.
    pub spreads: Vec<Spread>,
    /// How many are left out, which the chart says below the last one.
    pub more: usize,
    /// Values to hold the distributions against.
    pub limits: Vec<Limit>,
}

/// One distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Whose.
    pub name: String,
    /// Values, ascending, with their density, from zero to zero; [`histogram`] makes it of bins. Empty: a fixed value.
    pub outline: Vec<Xy>,
    /// Marked values, ascending; the middle one is stressed.
    pub quantiles: Vec<Quantile>,
}

/// A quantile.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantile {
    /// `P10`
    pub name: String,
    /// The value.
    pub amount: Amount,
}

/// A value to hold distributions against, such as a budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What it is, in words: `budget: $20k`.
    pub label: String,
    /// The value.
    pub at: Amount,
}

impl Distribution {
    /// Most distributions that can be told apart when they lie over one another.
    pub const OVERLAID: usize = 3;
}

/// The outline of a histogram: of bins with these edges, ascending, that hold these counts.
#[allow(clippy::float_arithmetic, reason = "a density is drawn, not read")]
pub fn histogram(edges: &[f64], counts: &[f64]) -> Vec<Xy> {
    let mut out = Vec::new();
    for ((from, to), count) in edges.iter().zip(edges.iter().skip(1)).zip(counts) {
        if to > from {
            let density = count / (to - from);
            if out.is_empty() {
                out.push((*from, 0.0));
            }
            out.extend([(*from, density), (*to, density)]);
        }
    }
    if let Some((last, _)) = out.last().copied() {
        out.push((last, 0.0));
    }
    out
}
