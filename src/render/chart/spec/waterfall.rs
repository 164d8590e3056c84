//! From one total to another by what changed.

use super::{Amount, Axis};
use crate::units::Exact;

/// Bars of which each change begins where the one before it ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waterfall {
    /// Across. An axis that does not begin at zero says so.
    pub axis: Axis,
    /// From the top.
    pub rungs: Vec<Rung>,
}

/// One bar of a waterfall.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// What it is about.
    pub label: String,
    /// Where it begins; zero for a total.
    pub from: Exact,
    /// Where it ends.
    pub to: Exact,
    /// What stands at it: `−$12.3k`.
    pub text: String,
    /// Total or change.
    pub kind: RungKind,
}

/// What a bar of a waterfall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungKind {
    /// A whole amount.
    Total,
    /// A difference.
    Change,
}

/// The changes do not lead from the first total to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbalanced {
    /// What is missing; negative: what is too much.
    pub gap: Exact,
}

impl std::fmt::Display for Unbalanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the changes of a waterfall leave {} unexplained", self.gap)
    }
}

impl std::error::Error for Unbalanced {}

impl Waterfall {
    /// From `begin` through `changes` to `end`. At most `most` changes are shown by name; the smaller of the others
    /// become one bar with their exact sum, in `words`.
    ///
    /// # Errors
    /// The changes do not add up to the difference of the totals.
    pub fn of(
        axis: Axis,
        begin: (&str, Amount),
        changes: Vec<(String, Amount)>,
        end: (&str, Amount),
        most: usize,
        words: impl Fn(&Exact) -> String,
    ) -> Result<Waterfall, Unbalanced> {
        let total = |(label, amount): (&str, Amount)| Rung {
            label: label.to_owned(),
            from: Exact::ZERO,
            to: amount.value,
            text: amount.text,
            kind: RungKind::Total,
        };
        let (first, last) = (total(begin), total(end));
        let mut at = first.to.clone();
        let mut rungs = vec![first];
        for (label, amount) in fewer(changes, most, words) {
            let to = &at + &amount.value;
            rungs.push(Rung { label, from: at, to: to.clone(), text: amount.text, kind: RungKind::Change });
            at = to;
        }
        let gap = &last.to + &-&at;
        rungs.push(last);
        if gap.is_zero() { Ok(Waterfall { axis, rungs }) } else { Err(Unbalanced { gap }) }
    }
}

/// The greatest changes in their order, and the rest as one.
fn fewer(changes: Vec<(String, Amount)>, most: usize, words: impl Fn(&Exact) -> String) -> Vec<(String, Amount)> {
    let most = most.max(1);
    if changes.len() <= most {
        return changes;
    }
    let mut sizes: Vec<(Exact, usize)> =
        changes.iter().enumerate().map(|(index, (_, amount))| (amount.value.abs(), index)).collect();
    sizes.sort_by(|(a, i), (b, j)| b.cmp(a).then(i.cmp(j)));
    let kept: Vec<usize> = sizes.iter().take(most.saturating_sub(1)).map(|(_, index)| *index).collect();
    let mut out = Vec::new();
    let (mut count, mut sum) = (0_usize, Exact::ZERO);
    for (index, change) in changes.into_iter().enumerate() {
        if kept.contains(&index) {
            out.push(change);
        } else {
            count = count.saturating_add(1);
            sum = &sum + &change.1.value;
        }
    }
    let text = words(&sum);
    out.push((format!("{count} other changes"), Amount { value: sum, text }));
    out
}
