//! Conditions asked of every strategy that they concern.

use std::cmp::Ordering;

use super::{Asked, ConditionResult, Side};
use crate::plan::{Condition, Limit, Test};
use crate::units::Exact;

/// A strategy on both sides, by its positions.
pub(super) struct Pair {
    pub name: String,
    pub base: Option<usize>,
    pub head: Option<usize>,
}

/// Whether a condition holds; amounts of money times `rate`.
pub(super) fn asked(condition: &Condition, pairs: &[Pair], base: &Side, head: &Side, rate: &Exact) -> ConditionResult {
    let shown = |value: &Exact| if condition.metric.is_money() { value * rate } else { value.clone() };
    let mut asked: Vec<Asked> = Vec::new();
    for pair in pairs.iter().filter(|pair| condition.strategy.as_ref().is_none_or(|name| *name == pair.name)) {
        let metric = |side: &Side, index: Option<usize>| side.metric(index?, condition.metric);
        let Some(after) = metric(head, pair.head) else { continue };
        let before = metric(base, pair.base);
        let Some(holds) = condition.holds(before.as_ref(), &after) else { continue };
        let change = before.as_ref().map(|before| &after - before);
        let percent = before.as_ref().zip(change.as_ref()).and_then(|(before, change)| percent_of(change, before));
        asked.push(Asked {
            strategy: pair.name.clone(),
            base: before.as_ref().map(shown),
            head: shown(&after),
            change: change.as_ref().map(shown),
            change_percent: percent,
            holds,
        });
    }
    let key = |one: &Asked| match condition.limit {
        Limit::Value(_) => Some(one.head.clone()),
        Limit::Change(_) => one.change.clone(),
        Limit::Percent(_) => one.change_percent.clone(),
    };
    // What grows from nothing has no percentage; it goes further than all others.
    let order = |a: &Asked, b: &Asked| match (key(a), key(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => Ordering::Equal,
    };
    match condition.test {
        Test::Above | Test::AtLeast => asked.sort_by(|a, b| (b.holds.cmp(&a.holds)).then(order(b, a))),
        Test::Below | Test::AtMost => asked.sort_by(|a, b| (b.holds.cmp(&a.holds)).then(order(a, b))),
    }
    ConditionResult {
        condition: condition.text.clone(),
        level: if condition.fails { "fail" } else { "warn" }.into(),
        metric: condition.metric.name().into(),
        of: if matches!(condition.limit, Limit::Value(_)) { "value" } else { "change" }.into(),
        holds: asked.iter().any(|one| one.holds),
        asked,
    }
}

/// A change in percent of what it is a change of.
pub(super) fn percent_of(change: &Exact, of: &Exact) -> Option<Exact> {
    (change * &Exact::from(100)).checked_div(&of.abs())
}
