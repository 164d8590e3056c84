//! Linear programmes in exact numbers: minimise `c x` with rows of `a x <= b`, `>= b`, `= b` and `x >= 0`.
//!
//! Two phases on a dense tableau. The entering column is the one with the most negative reduced cost, after many pivots the
//! first one (Bland's rule, which ends always); the leaving row is the one with the least ratio, the least basic column of
//! equal ones. There is no tolerance anywhere: an optimum is one, and a programme that cannot be met has none.

use crate::units::Exact;

/// Pivots after which the first column with a negative reduced cost enters.
const PATIENCE: usize = 2_000;

/// How a row compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sense {
    /// At most.
    Le,
    /// At least.
    Ge,
    /// Exactly.
    Eq,
}

/// One constraint.
#[derive(Clone, Debug)]
pub struct Row {
    /// A coefficient for every variable.
    pub of: Vec<Exact>,
    /// How it compares.
    pub sense: Sense,
    /// With what.
    pub bound: Exact,
}

/// An optimum.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// The variables.
    pub x: Vec<Exact>,
    /// `c x`
    pub value: Exact,
    /// By row: how much the optimum grows for one more of its bound.
    pub duals: Vec<Exact>,
}

struct Tableau {
    /// Coefficients of every column; the last one is the right-hand side.
    rows: Vec<Vec<Exact>>,
    /// Reduced costs; the last one is minus the value.
    costs: Vec<Exact>,
    /// The basic column of every row.
    basis: Vec<usize>,
}

impl Tableau {
    fn pivot(&mut self, row: usize, column: usize) -> Option<()> {
        let pivot_row = self.rows.get_mut(row)?;
        let pivot = pivot_row.get(column)?.clone();
        for cell in pivot_row.iter_mut().filter(|cell| !cell.is_zero()) {
            *cell = cell.checked_div(&pivot)?;
        }
        let pivot_row = pivot_row.clone();
        let others = self.rows.iter_mut().enumerate().filter(|(index, _)| *index != row).map(|(_, other)| other);
        for other in others.chain([&mut self.costs]) {
            let factor = other.get(column)?.clone();
            if factor.is_zero() {
                continue;
            }
            for (cell, pivot) in other.iter_mut().zip(&pivot_row).filter(|(_, pivot)| !pivot.is_zero()) {
                *cell = &*cell - &(&factor * pivot);
            }
        }
        *self.basis.get_mut(row)? = column;
        Some(())
    }

    /// Pivots until no column below `columns` improves; `None` where the value has no bound.
    fn minimise(&mut self, columns: usize) -> Option<()> {
        for pivots in 0_usize.. {
            let improving = self.costs.iter().take(columns).enumerate().filter(|(_, cost)| cost.is_negative());
            let entering = if pivots < PATIENCE {
                improving.min_by(|(_, a), (_, b)| a.cmp(b)).map(|(column, _)| column)
            } else {
                improving.map(|(column, _)| column).next()
            };
            let Some(column) = entering else { return Some(()) };
            let mut leaving: Option<(Exact, usize, usize)> = None;
            for (index, (row, basic)) in self.rows.iter().zip(&self.basis).enumerate() {
                let Some(cell) = row.get(column).filter(|cell| **cell > Exact::ZERO) else { continue };
                let Some(ratio) = row.last().and_then(|bound| bound.checked_div(cell)) else { continue };
                let is_less = leaving.as_ref().is_none_or(|(least, known, _)| (&ratio, basic) < (least, known));
                if is_less {
                    leaving = Some((ratio, *basic, index));
                }
            }
            let (_, _, row) = leaving?;
            self.pivot(row, column)?;
        }
        None
    }
}

/// The optimum; `None` where the rows cannot be met or the value has no bound.
pub fn minimise(objective: &[Exact], rows: &[Row]) -> Option<Optimum> {
    let n = objective.len();
    let slacks = rows.iter().filter(|row| row.sense != Sense::Eq).count();
    // Bounds are made non-negative by turning rows round.
    let turned: Vec<bool> = rows.iter().map(|row| row.bound.is_negative()).collect();
    let sense = |row: &Row, turned: bool| match (row.sense, turned) {
        (Sense::Le, true) => Sense::Ge,
        (Sense::Ge, true) => Sense::Le,
        (sense, _) => sense,
    };
    let artificial = rows.iter().zip(&turned).filter(|(row, turned)| sense(row, **turned) != Sense::Le).count();
    let (real, width) =
        (n.saturating_add(slacks), n.saturating_add(slacks).saturating_add(artificial).saturating_add(1));
    let (mut next_slack, mut next_artificial) = (n, real);
    // By row: the column that began as its unit vector.
    let mut units: Vec<usize> = Vec::new();
    let mut tableau = Tableau { rows: Vec::new(), costs: vec![Exact::ZERO; width], basis: Vec::new() };
    for (row, turned) in rows.iter().zip(&turned) {
        let signed = |value: &Exact| if *turned { -value } else { value.clone() };
        let mut cells = vec![Exact::ZERO; width];
        cells.iter_mut().zip(&row.of).for_each(|(cell, value)| *cell = signed(value));
        *cells.last_mut()? = signed(&row.bound);
        let sense = sense(row, *turned);
        let unit = if sense == Sense::Le { next_slack } else { next_artificial };
        match sense {
            Sense::Le => *cells.get_mut(next_slack)? = Exact::ONE,
            Sense::Ge => *cells.get_mut(next_slack)? = -&Exact::ONE,
            Sense::Eq => {}
        }
        if sense != Sense::Le {
            *cells.get_mut(next_artificial)? = Exact::ONE;
            next_artificial = next_artificial.saturating_add(1);
            for (cost, cell) in tableau.costs.iter_mut().zip(&cells) {
                *cost = &*cost - cell;
            }
            *tableau.costs.get_mut(unit)? = Exact::ZERO;
        }
        if sense != Sense::Eq {
            next_slack = next_slack.saturating_add(1);
        }
        units.push(unit);
        tableau.basis.push(unit);
        tableau.rows.push(cells);
    }
    // The value of the first phase is the sum of what is missing.
    tableau.minimise(real)?;
    if tableau.costs.last().is_none_or(|value| !value.is_zero()) {
        return None;
    }
    // An artificial column that is still basic is zero: any other column may take its place.
    for row in 0..tableau.rows.len() {
        if tableau.basis.get(row).is_some_and(|basic| *basic >= real)
            && let Some(column) =
                tableau.rows.get(row).and_then(|row| row.iter().take(real).position(|cell| !cell.is_zero()))
        {
            tableau.pivot(row, column)?;
        }
    }
    tableau.costs = vec![Exact::ZERO; width];
    tableau.costs.iter_mut().zip(objective).for_each(|(cost, value)| *cost = value.clone());
    for (row, basic) in tableau.rows.iter().zip(&tableau.basis) {
        let factor = objective.get(*basic).cloned().unwrap_or(Exact::ZERO);
        if factor.is_zero() {
            continue;
        }
        for (cost, cell) in tableau.costs.iter_mut().zip(row).filter(|(_, cell)| !cell.is_zero()) {
            *cost = &*cost - &(&factor * cell);
        }
    }
    tableau.minimise(real)?;
    let mut x = vec![Exact::ZERO; n];
    for (row, basic) in tableau.rows.iter().zip(&tableau.basis) {
        if let (Some(slot), Some(value)) = (x.get_mut(*basic), row.last()) {
            *slot = value.clone();
        }
    }
    let value = -tableau.costs.last()?;
    let duals = units
        .iter()
        .zip(&turned)
        .map(|(unit, turned)| {
            let reduced = tableau.costs.get(*unit).cloned().unwrap_or(Exact::ZERO);
            if *turned { reduced } else { -&reduced }
        })
        .collect();
    Some(Optimum { x, value, duals })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(value: i64) -> Exact {
        Exact::ratio(value, 1).unwrap()
    }

    fn row(of: &[i64], sense: Sense, bound: i64) -> Row {
        Row { of: of.iter().map(|value| exact(*value)).collect(), sense, bound: exact(bound) }
    }

    fn of(values: &[i64]) -> Vec<Exact> {
        values.iter().map(|value| exact(*value)).collect()
    }

    /// max 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18: 36 at (2, 6), with duals 0, 3/2, 1 (Hillier and Lieberman).
    #[test]
    fn a_textbook_programme() {
        let rows = [row(&[1, 0], Sense::Le, 4), row(&[0, 2], Sense::Le, 12), row(&[3, 2], Sense::Le, 18)];
        let found = minimise(&of(&[-3, -5]), &rows).unwrap();
        assert_eq!((found.value, found.x), (exact(-36), of(&[2, 6])));
        assert_eq!(found.duals, [exact(0), Exact::ratio(-3, 2).unwrap(), exact(-1)]);
    }

    #[test]
    fn what_cannot_be_met_has_no_optimum() {
        assert!(minimise(&of(&[1]), &[row(&[1], Sense::Ge, 2), row(&[1], Sense::Le, 1)]).is_none());
        assert!(minimise(&of(&[-1]), &[row(&[1], Sense::Ge, 2)]).is_none());
        let redundant = [row(&[1, 1], Sense::Eq, 1), row(&[2, 2], Sense::Eq, 2), row(&[1, 0], Sense::Ge, -5)];
        assert_eq!(minimise(&of(&[2, 1]), &redundant).unwrap().value, exact(1));
    }

    proptest! {
        /// What is found meets all rows, and the duals prove that nothing is better: `y b = c x` with `y a <= c` (weak duality).
        #[test]
        fn optima_prove_themselves(
            costs in prop::collection::vec(0i64..20, 4),
            rows in prop::collection::vec((prop::collection::vec(-9i64..9, 4), 0..3u8, -9i64..9), 1..5),
        ) {
            let rows: Vec<Row> = rows
                .iter()
                .map(|(of, sense, bound)| row(of, [Sense::Le, Sense::Ge, Sense::Eq][usize::from(*sense)], *bound))
                .collect();
            let costs = of(&costs);
            if let Some(found) = minimise(&costs, &rows) {
                let dot = |a: &[Exact], b: &[Exact]| a.iter().zip(b).map(|(a, b)| a * b).sum::<Exact>();
                for row in &rows {
                    let left = dot(&row.of, &found.x);
                    let holds = match row.sense {
                        Sense::Le => left <= row.bound,
                        Sense::Ge => left >= row.bound,
                        Sense::Eq => left == row.bound,
                    };
                    prop_assert!(holds);
                }
                prop_assert!(found.x.iter().all(|x| !x.is_negative()));
                let bounds: Vec<Exact> = rows.iter().map(|row| row.bound.clone()).collect();
                prop_assert_eq!(dot(&found.duals, &bounds), found.value.clone());
                for (index, cost) in costs.iter().enumerate() {
                    let column: Vec<Exact> = rows.iter().map(|row| row.of[index].clone()).collect();
                    prop_assert!(dot(&found.duals, &column) <= *cost);
                }
                for (row, dual) in rows.iter().zip(&found.duals) {
                    prop_assert!(row.sense != Sense::Le || *dual <= Exact::ZERO);
                    prop_assert!(row.sense != Sense::Ge || *dual >= Exact::ZERO);
                }
            }
        }
    }
}
