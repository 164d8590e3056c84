//! Smooth functions of one number as tables of polynomials, which take a few nanoseconds wherever the function itself takes
//! a thousand.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use std::f64::consts::PI;

/// Coefficients of a polynomial on one cell, from the constant one upwards, in the part of the cell from 0 to 1.
pub type Cell = [f64; 6];

/// The polynomial that agrees with `f` at the Chebyshev nodes between `from` and `to`.
pub fn fit(f: impl Fn(f64) -> f64, from: f64, to: f64) -> Cell {
    let mut nodes = [0.0; 6];
    for (index, node) in nodes.iter_mut().enumerate() {
        *node = 0.5 - 0.5 * libm::cos((2.0 * index as f64 + 1.0) * PI / 12.0);
    }
    // Newton's divided differences, then the nested products multiplied out.
    let mut differences = nodes.map(|node| f(from + node * (to - from)));
    for order in 1..6 {
        for index in (order..6).rev() {
            let at = |values: &[f64; 6], index: usize| values.get(index).copied().unwrap_or(0.0);
            let rise = at(&differences, index) - at(&differences, index.saturating_sub(1));
            let run = at(&nodes, index) - at(&nodes, index.saturating_sub(order));
            if let Some(slot) = differences.get_mut(index) {
                *slot = rise / run;
            }
        }
    }
    let mut cell = [0.0; 6];
    for (difference, node) in differences.iter().zip(nodes).rev() {
        // cell = cell * (s - node) + difference
        let mut carried = *difference;
        for coefficient in &mut cell {
            let next = carried - node * *coefficient;
            carried = *coefficient;
            *coefficient = next;
        }
    }
    cell
}

/// The value of a cell's polynomial.
#[inline(always)]
pub fn value(cell: &Cell, s: f64) -> f64 {
    let [a, b, c, d, e, f] = *cell;
    // Two short chains in the place of one long one.
    let square = s * s;
    let low = a + b * s + square * (c + d * s);
    low + square * square * (e + f * s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_of_degree_five_is_found_again() {
        let f = |x: f64| 1.0 - 2.0 * x + 3.0 * x.powi(3) - 0.5 * x.powi(5);
        let cell = fit(f, -1.0, 2.0);
        for step in 0..=10 {
            let s = f64::from(step) / 10.0;
            assert!((value(&cell, s) - f(-1.0 + 3.0 * s)).abs() < 1e-12, "{s}");
        }
    }
}
