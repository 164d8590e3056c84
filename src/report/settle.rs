//! Printed amounts that add up. Amounts are exact rationals; some have no finite decimal form (a third of a dollar).
//! Their printed forms are put on one grid on which they add up to the printed total.

use crate::units::Exact;

/// `total` and its `parts` as they are printed: unchanged when all have finitely many decimals; else everything is
/// rounded half to even on the finest grid that any of them is printed on, and the largest of the rounded parts takes the
/// remainder; an exact part stays as it is.
pub(crate) fn settle(total: &Exact, parts: &[Exact]) -> (Exact, Vec<Exact>) {
    if parts.iter().all(|part| part.decimals().is_some()) {
        return (total.clone(), parts.to_vec());
    }
    let grid = parts.iter().chain([total]).map(Exact::shown_decimals).max().unwrap_or_default();
    settle_on(grid, total, parts)
}

/// A change from `before` to `after` and its parts as they are printed: all on one grid where any of them has no end, so that
/// the printed difference is the sum of the printed parts.
pub(super) fn settle_change(before: &Exact, after: &Exact, parts: &[Exact]) -> (Exact, Exact, Vec<Exact>) {
    let all = || parts.iter().chain([before, after]);
    if all().all(|amount| amount.decimals().is_some()) {
        return (before.clone(), after.clone(), parts.to_vec());
    }
    let grid = all().map(Exact::shown_decimals).max().unwrap_or_default();
    let (before, after) = (before.round(grid), after.round(grid));
    let (_, parts) = settle_on(grid, &(&after - &before), parts);
    (before, after, parts)
}

fn settle_on(grid: usize, total: &Exact, parts: &[Exact]) -> (Exact, Vec<Exact>) {
    let total = total.round(grid);
    let mut printed: Vec<Exact> = parts.iter().map(|part| part.round(grid)).collect();
    let remainder = &total - &printed.iter().sum::<Exact>();
    let rounded = printed.iter_mut().zip(parts).filter(|(_, part)| part.decimals().is_none());
    if let Some((largest, _)) = rounded.max_by_key(|(_, part)| part.abs()) {
        *largest = &*largest + &remainder;
    }
    (total, printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_add_up_to_the_whole_when_printed() {
        let third = Exact::ratio(1, 3).unwrap();
        let (total, parts) = settle(&Exact::ONE, &[third.clone(), third.clone(), third]);
        assert_eq!(total, Exact::ONE);
        assert_eq!(parts.iter().sum::<Exact>(), total);
        assert!(parts.iter().all(|part| part.decimals().is_some()));
    }
}
