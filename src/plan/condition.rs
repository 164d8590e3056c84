//! What a comparison must not come to: `per_month > +5%`.

use std::cmp::Ordering;

use super::Metric;
use crate::units::Exact;

/// A condition on the figures of a strategy before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// Whether it fails the comparison when it holds; else it only warns.
    pub fails: bool,
    /// Whose figure; any strategy's when `None`.
    pub strategy: Option<String>,
    /// Which figure.
    pub metric: Metric,
    /// How it is compared.
    pub test: Test,
    /// With what.
    pub limit: Limit,
}

/// How a figure is compared with a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Test {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// What a figure is compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Limit {
    /// The figure itself: USD or the metric's own unit.
    Value(Exact),
    /// Its change: USD or the metric's own unit.
    Change(Exact),
    /// Its change in percent of what it was.
    Percent(Exact),
}

impl Condition {
    /// Whether it holds for a figure that was `base` and is `head`; `None` where there is nothing to compare with.
    pub fn holds(&self, base: Option<&Exact>, head: &Exact) -> Option<bool> {
        let order = match &self.limit {
            Limit::Value(bound) => head.cmp(bound),
            Limit::Change(bound) => (head - base?).cmp(bound),
            // Without a division: what grows from nothing grows by more than any percentage.
            Limit::Percent(bound) => {
                let base = base?;
                (&(head - base) * &Exact::from(100)).cmp(&(bound * &base.abs()))
            }
        };
        Some(match self.test {
            Test::Above => order == Ordering::Greater,
            Test::AtLeast => order != Ordering::Less,
            Test::Below => order == Ordering::Less,
            Test::AtMost => order != Ordering::Greater,
        })
    }
}
