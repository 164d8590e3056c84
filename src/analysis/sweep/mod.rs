//! Sweep: a scenario over a grid of one or two of its inputs, and where the best strategy changes.
//!
//! Every point is the scenario with the value written in its place, checked and computed by the exact engine.

mod grid;

use serde::{Serialize, Serializer};

pub use grid::{Axis, Numbers, Scale};

use crate::diag::{Code, Diagnostic};
use crate::plan::{Budget, Change, Metric, Plan};
use crate::report::{Evaluation, PricesUsed, ScenarioName};
use crate::units::Exact;

/// The version of the result's shape.
pub const SCHEMA: &str = "llmcost.sweep/1";
/// Points of a grid at most.
const MOST_POINTS: usize = 10_000;
/// Halvings of the interval in which the best strategy changes.
const HALVINGS: usize = 24;
/// Digits to which a change between two points is told.
const DIGITS: usize = 5;

/// A scenario over a grid.
#[derive(Clone, Debug, Serialize)]
pub struct SweepReport {
    /// [`SCHEMA`]
    pub schema: &'static str,
    /// What was computed.
    pub scenario: ScenarioName,
    /// Which prices.
    pub prices: PricesUsed,
    /// The currency of all amounts.
    pub currency: String,
    /// Days of a month.
    pub days_per_month: Exact,
    /// The figure that is shown.
    #[serde(serialize_with = "named")]
    pub metric: Metric,
    /// Whether the greatest value is the best one.
    pub more_is_better: bool,
    /// What varies.
    pub inputs: Vec<InputReport>,
    /// The strategies, in the order of the file.
    pub strategies: Vec<String>,
    /// Every point of the grid; the last input varies fastest.
    pub points: Vec<Point>,
    /// Neighbours on the grid between which the best strategy changes.
    pub changes: Vec<BestChange>,
}

/// An input that varies.
#[derive(Clone, Debug, Serialize)]
pub struct InputReport {
    /// Its path.
    pub path: String,
    /// `linear`, `log` or `list`.
    pub scale: &'static str,
    /// Its values as they were put into the scenario.
    pub values: Vec<String>,
    /// The same as numbers, where they are some.
    #[serde(skip)]
    pub numbers: Option<Numbers>,
}

/// One point of the grid.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// The values of the inputs.
    pub at: Vec<String>,
    /// The figure of every strategy.
    pub strategies: Vec<Value>,
    /// The strategy with the best figure, the first of equal ones; `None` where no strategy has one.
    pub best: Option<String>,
}

/// A figure of a strategy at a point.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// The strategy.
    pub name: String,
    /// Its figure; `None` where it has none.
    pub value: Option<Exact>,
}

/// A change of the best strategy between two neighbours.
#[derive(Clone, Debug, Serialize)]
pub struct BestChange {
    /// The input along which it changes.
    pub input: String,
    /// The value of the other input, where there are two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The last value with the old one.
    pub after: String,
    /// The first value with the new one.
    pub until: String,
    /// Where between them, to five digits; `None` where the values are no numbers or two inputs vary.
    pub near: Option<String>,
    /// The best strategy before.
    pub from: String,
    /// The best strategy from there on.
    pub to: String,
}

fn named<S: Serializer>(metric: &Metric, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(metric.name())
}

/// Computes a scenario at every point of a grid.
///
/// # Errors
/// Points that are no scenario, the first of them with all that is wrong there; grids with too many points.
pub fn sweep(plan: &Plan, axes: &[Axis], metric: Metric) -> Result<SweepReport, Vec<Diagnostic>> {
    let size = axes.iter().fold(1usize, |size, axis| size.saturating_mul(axis.values.len()));
    if size > MOST_POINTS {
        let message = format!("a grid of {size} points; {MOST_POINTS} are the most");
        return Err(vec![
            Diagnostic::without_place(Code::TooLarge, message).help("take fewer points along each input"),
        ]);
    }
    let mut found = Sweep { plan, axes, metric, points: Vec::new() };
    for index in 0..size {
        let point = found.point(&found.values(index))?;
        found.points.push(point);
    }
    let changes = found.changes();
    Ok(SweepReport {
        schema: SCHEMA,
        scenario: ScenarioName::of(plan),
        prices: PricesUsed::of(plan),
        currency: plan.currency.code.clone(),
        days_per_month: plan.days_per_month.value().clone(),
        metric,
        more_is_better: is_gain(metric),
        inputs: axes
            .iter()
            .map(|axis| InputReport {
                path: axis.path.clone(),
                scale: axis.scale.name(),
                values: axis.values.clone(),
                numbers: axis.numbers.clone(),
            })
            .collect(),
        strategies: plan.strategies.iter().map(|strategy| strategy.name.clone()).collect(),
        points: found.points,
        changes,
    })
}

/// Whether more of a figure is better.
fn is_gain(metric: Metric) -> bool {
    metric.is_saving() || matches!(metric, Metric::Quality | Metric::FineTuneSavesPerCall)
}

struct Sweep<'a> {
    plan: &'a Plan,
    axes: &'a [Axis],
    metric: Metric,
    points: Vec<Point>,
}

impl Sweep<'_> {
    /// The values at a position; the last input varies fastest.
    fn values(&self, index: usize) -> Vec<String> {
        let mut rest = index;
        let mut values: Vec<String> = Vec::new();
        for axis in self.axes.iter().rev() {
            let length = axis.values.len().max(1);
            values.extend(axis.values.get(rest.checked_rem(length).unwrap_or(0)).cloned());
            rest = rest.checked_div(length).unwrap_or(0);
        }
        values.reverse();
        values
    }

    fn point(&self, at: &[String]) -> Result<Point, Vec<Diagnostic>> {
        let set = self.axes.iter().zip(at).map(|(axis, value)| format!("{}={value}", axis.path)).collect();
        let mut plan = self.plan.uncertain.again.with(&Change { set, ..Change::default() })?;
        plan.budgets.clear();
        plan.expectations.clear();
        plan.break_evens.clear();
        if self.metric.quantile().is_some() {
            // Quantiles are drawn for those that a budget asks for.
            plan.budgets = (0..plan.strategies.len()).filter_map(|strategy| self.asks(&plan, strategy)).collect();
        }
        let evaluation = Evaluation::of(plan)?;
        let rate = &evaluation.plan.currency.per_usd;
        let value = |strategy: usize| {
            let value = evaluation.metric(strategy, self.metric)?;
            Some(printed(&if self.metric.is_money() { &value * rate } else { value }))
        };
        let strategies: Vec<Value> = evaluation
            .plan
            .strategies
            .iter()
            .enumerate()
            .map(|(index, strategy)| Value { name: strategy.name.clone(), value: value(index) })
            .collect();
        let better = |a: &Exact, b: &Exact| if is_gain(self.metric) { a > b } else { a < b };
        let mut best: Option<(&Value, &Exact)> = None;
        for each in &strategies {
            if let Some(value) = &each.value
                && best.is_none_or(|(_, best)| better(value, best))
            {
                best = Some((each, value));
            }
        }
        let best = best.map(|(each, _)| each.name.clone());
        Ok(Point { at: at.to_vec(), strategies, best })
    }

    fn asks(&self, plan: &Plan, strategy: usize) -> Option<Budget> {
        let place = plan.strategies.get(strategy)?.place.clone();
        Some(Budget { strategy, metric: self.metric, limit: Exact::ZERO, fails: false, place })
    }

    /// Neighbours along every input with different best strategies.
    fn changes(&self) -> Vec<BestChange> {
        let mut found = Vec::new();
        let lengths: Vec<usize> = self.axes.iter().map(|axis| axis.values.len()).collect();
        for (index, point) in self.points.iter().enumerate() {
            for (along, axis) in self.axes.iter().enumerate() {
                let step: usize = lengths.iter().skip(along.saturating_add(1)).product();
                let at = index.checked_div(step).unwrap_or(0).checked_rem(axis.values.len().max(1)).unwrap_or(0);
                if at.saturating_add(1) >= axis.values.len() {
                    continue;
                }
                let Some(next) = self.points.get(index.saturating_add(step)) else { continue };
                let (Some(from), Some(to)) = (&point.best, &next.best) else { continue };
                if from == to {
                    continue;
                }
                let value = |point: &Point| point.at.get(along).cloned().unwrap_or_default();
                let other = point.at.iter().enumerate().find(|(other, _)| *other != along);
                found.push(BestChange {
                    input: axis.path.clone(),
                    other: other.map(|(_, value)| value.clone()),
                    after: value(point),
                    until: value(next),
                    near: if self.axes.len() == 1 { self.near(axis, at, from) } else { None },
                    from: from.clone(),
                    to: to.clone(),
                });
            }
        }
        found
    }

    /// Where between two neighbours the best strategy ceases to be `from`.
    fn near(&self, axis: &Axis, at: usize, from: &str) -> Option<String> {
        let numbers = axis.numbers.as_ref()?;
        let (mut low, mut high) = (numbers.values.get(at)?.clone(), numbers.values.get(at.saturating_add(1))?.clone());
        let half = Exact::ratio(1, 2)?;
        for _ in 0..HALVINGS {
            let middle = (&(&low + &high) * &half).significant(DIGITS.saturating_add(5));
            // A value between two that are possible may be none: half an agent's step.
            let point = self.point(&[numbers.written(&middle)]).ok()?;
            if point.best.as_deref() == Some(from) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(numbers.written(&high.significant(DIGITS)))
    }
}

/// An exact number, or the digits that are printed of an endless one.
pub(super) fn printed(value: &Exact) -> Exact {
    if value.decimals().is_some() { value.clone() } else { value.round(value.shown_decimals()) }
}
