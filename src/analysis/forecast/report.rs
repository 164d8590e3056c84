//! The result of `forecast`, as every format shows it. Amounts of money are in the currency of the scenario.

use serde::Serialize;

use crate::report::{PricesUsed, ScenarioName};
use crate::units::Exact;

/// The version of the result's shape.
pub const SCHEMA: &str = "llmcost.forecast/1";

/// A scenario month by month.
#[derive(Clone, Debug, Serialize)]
pub struct ForecastReport {
    /// [`SCHEMA`]
    pub schema: &'static str,
    /// What was computed.
    pub scenario: ScenarioName,
    /// Which prices; every month is computed at its own.
    pub prices: PricesUsed,
    /// The currency of all amounts.
    pub currency: String,
    /// The first month.
    pub start: String,
    /// The last month.
    pub end: String,
    /// What comes in, month by month.
    pub load: Vec<Load>,
    /// The strategies, in the order of the file.
    pub strategies: Vec<StrategyForecast>,
    /// The cheapest strategy of each month, where it changes.
    pub best: Vec<BestMonth>,
    /// When self-hosting begins to pay; `None` where no strategy or every strategy uses a deployment.
    pub self_hosting: Option<SelfHosting>,
    /// Listed prices of models in use that change within the months.
    pub price_changes: Vec<PriceChange>,
    /// What else happens.
    pub events: Vec<Change>,
    /// Limits, and the month in which they are passed.
    pub budgets: Vec<BudgetMonth>,
    /// Draws behind the percentiles; `None` where nothing is uncertain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<usize>,
    /// What the result rests on.
    pub notes: Vec<String>,
}

/// What comes in in a month.
#[derive(Clone, Debug, Serialize)]
pub struct Load {
    /// The month: `2026-12`.
    pub month: String,
    /// Requests per day.
    pub requests_per_day: Exact,
    /// Days that it is counted with.
    pub days: Exact,
    /// The dates whose prices it is computed at: one, or one for each part of it.
    pub priced_at: Vec<String>,
}

/// A strategy month by month.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyForecast {
    /// Its name.
    pub name: String,
    /// Its months; their costs add up to the total exactly.
    pub months: Vec<Month>,
    /// What all months cost.
    pub total: Exact,
    /// Percentiles of that, where something is uncertain.
    #[serde(flatten)]
    pub quantiles: Option<Quantiles>,
}

/// A month of a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct Month {
    /// Which: `2026-12`.
    pub month: String,
    /// What it costs, everything uncertain at its median.
    pub cost: Exact,
    /// Percentiles, where something is uncertain.
    #[serde(flatten)]
    pub quantiles: Option<Quantiles>,
    /// What runs of its deployments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<HostedMonth>,
}

/// Percentiles of a cost, estimated by draws.
#[derive(Clone, Debug, Serialize)]
pub struct Quantiles {
    /// The tenth.
    pub p10: Exact,
    /// The median.
    pub p50: Exact,
    /// The ninetieth.
    pub p90: Exact,
}

/// What runs of a deployment in a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HostedMonth {
    /// Which.
    pub deployment: String,
    /// What runs: `replica`, `instance`, `worker` or `unit`.
    pub what: &'static str,
    /// How many of them in the busiest hour.
    pub at_peak: Exact,
}

/// The cheapest strategy from a month on.
#[derive(Clone, Debug, Serialize)]
pub struct BestMonth {
    /// The first month.
    pub month: String,
    /// The strategy.
    pub strategy: String,
}

/// When the cheapest strategy with a deployment costs less than the cheapest one without.
#[derive(Clone, Debug, Serialize)]
pub struct SelfHosting {
    /// The first month in which it does; `None` where none does.
    pub pays_from: Option<String>,
    /// Whether it does in every month after that, too.
    pub for_good: bool,
    /// The strategy that hosts, in that month.
    pub strategy: Option<String>,
    /// The strategy that it is cheaper than.
    pub against: Option<String>,
}

/// A listed price that changes.
#[derive(Clone, Debug, Serialize)]
pub struct PriceChange {
    /// The first day of the new price.
    pub date: String,
    /// The model.
    pub model: String,
    /// Component by component.
    pub changes: Vec<String>,
}

/// Something that happens in a month.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The month.
    pub month: String,
    /// What happens.
    pub what: String,
}

/// A limit and the month in which it is passed.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetMonth {
    /// Whose.
    pub strategy: String,
    /// `per_month` and the like, or `total` of all months so far.
    pub metric: String,
    /// The limit.
    pub limit: Exact,
    /// The first month in which it is passed; `None` where it holds throughout.
    pub crossed: Option<String>,
    /// Where it is stated.
    pub place: String,
}
