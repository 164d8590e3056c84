//! The result of `optimize`, as every format shows it. Amounts of money are in the currency of the scenario.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::{PricesUsed, ScenarioName};
use crate::units::Exact;

/// The version of the result's shape.
pub const SCHEMA: &str = "llmcost.optimize/1";

/// The cheapest mix and what more or less quality would cost.
#[derive(Clone, Debug, Serialize)]
pub struct OptimizeReport {
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
    /// What is asked, in words.
    pub asked: Vec<String>,
    /// Every option at all tasks.
    pub candidates: Vec<Candidate>,
    /// The least cost of every quality that can be had under the constraints, the cheapest first. Between two points it is a line.
    pub frontier: Vec<FrontierPoint>,
    /// The answer.
    pub best: Best,
    /// The greatest quality that can be had under the constraints.
    pub most_quality: Exact,
    /// How the result came about, and what limits it.
    pub notes: Vec<String>,
}

/// Everything given to one option.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// The option.
    pub name: String,
    /// What a month would cost.
    pub per_month: Exact,
    /// The share of right answers.
    pub quality: Exact,
    /// One that is no dearer and no worse, and one of both better; `None`: it is on the frontier of single options.
    pub dominated_by: Option<String>,
}

/// A point of the frontier.
#[derive(Clone, Debug, Serialize)]
pub struct FrontierPoint {
    /// What a month costs.
    pub per_month: Exact,
    /// The share of right answers.
    pub quality: Exact,
    /// Shares of all requests by option.
    pub mix: BTreeMap<String, Exact>,
    /// What mixing at random, without looking at tasks, would cost at this quality.
    pub random_mix_per_month: Option<Exact>,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Best {
    /// What a month costs: what `simulate` says of `strategy`.
    pub per_month: Exact,
    /// The same per request.
    pub per_request: Exact,
    /// The share of right answers.
    pub quality: Exact,
    /// Shares of all requests by option.
    pub mix: BTreeMap<String, Exact>,
    /// Shares by task.
    pub tasks: Vec<TaskMix>,
    /// What one more percentage point of right answers would cost a month; `None` where more of it costs nothing or cannot be had.
    pub shadow_price_per_point: Option<Exact>,
    /// What mixing at random at the same quality would cost.
    pub random_mix_per_month: Option<Exact>,
    /// The exact optimum, before shares were rounded so that they can be written.
    pub optimum_per_month: Exact,
    /// The strategy as YAML, to be put under `strategies:`.
    pub strategy: String,
}

/// A task of the answer.
#[derive(Clone, Debug, Serialize)]
pub struct TaskMix {
    /// Its name; `None` where the workload has no tasks.
    pub task: Option<String>,
    /// Shares of the task by option.
    pub mix: BTreeMap<String, Exact>,
}
