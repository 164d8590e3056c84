//! The result of `risk`, as every format shows it. Amounts of money are in the currency of the scenario, to twelve digits:
//! they are estimates.

use serde::Serialize;

use crate::report::{PricesUsed, ScenarioName};
use crate::units::Exact;

/// The version of the result's shape.
pub const SCHEMA: &str = "llmcost.risk/1";

/// What a scenario may come to.
#[derive(Clone, Debug, Serialize)]
pub struct RiskReport {
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
    /// Draws.
    pub samples: usize,
    /// What they begin with: the same seed, the same result.
    pub seed: u64,
    /// Independent sets of points that the draws consist of; their spread is the standard error.
    pub replicates: usize,
    /// How close the result is.
    pub accuracy: Accuracy,
    /// What is uncertain.
    pub inputs: Vec<InputReport>,
    /// What goes together.
    pub correlations: Vec<CorrelationReport>,
    /// The strategies, in the order of the file.
    pub strategies: Vec<StrategyRisk>,
    /// Every two strategies, on the same draws.
    pub comparisons: Vec<Comparison>,
    /// Limits, and how likely they are passed.
    pub budgets: Vec<BudgetRisk>,
    /// The strategy that costs least on the mean.
    pub cheapest_on_the_mean: String,
    /// What it would save on the mean to know everything before one chooses a strategy.
    pub worth_knowing_everything_per_month: Exact,
    /// How the result came about, and what limits it.
    pub notes: Vec<String>,
}

/// How close estimates are.
#[derive(Clone, Debug, Serialize)]
pub struct Accuracy {
    /// Two standard errors of the mean are to be within this part of it.
    pub mean_within: f64,
    /// The same of the 95th percentile.
    pub p95_within: f64,
    /// Whether both hold for every strategy.
    pub reached: bool,
}

/// An uncertain quantity, in the base unit of its kind: requests per day, tokens, a share of 1, USD.
#[derive(Clone, Debug, Serialize)]
pub struct InputReport {
    /// Its path in the scenario.
    pub input: String,
    /// What formulae call it.
    pub name: String,
    /// Where it is stated.
    pub place: String,
    /// What was written there.
    pub stated: String,
    /// The fifth percentile.
    pub p5: Exact,
    /// The median.
    pub p50: Exact,
    /// The ninety-fifth percentile.
    pub p95: Exact,
    /// What it would save on the mean to know it before one chooses a strategy.
    pub worth_knowing_per_month: Exact,
}

/// Two quantities that go together.
#[derive(Clone, Debug, Serialize)]
pub struct CorrelationReport {
    /// Which.
    pub between: [String; 2],
    /// Correlation of their normal scores.
    pub rho: Exact,
}

/// What one strategy may cost.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyRisk {
    /// Its name.
    pub name: String,
    /// The cost of a month.
    pub per_month: Spread,
    /// The probability of passing one of its budgets; `None` without any.
    pub over_budget: Option<f64>,
    /// The probability that no other strategy costs less.
    pub cheapest: f64,
    /// How much each quantity matters, the one that matters most first.
    pub sensitivity: Vec<Sensitivity>,
    /// The distribution at every percent, from 1 to 99.
    pub distribution: Vec<Exact>,
}

/// A distribution of an amount of money.
#[derive(Clone, Debug, Serialize)]
pub struct Spread {
    /// What it is when everything is at its median: what `simulate` shows. It is not the mean.
    pub at_medians: Exact,
    /// The mean.
    pub mean: Exact,
    /// The standard error of the mean: how far the estimate may be from the true mean, not how far costs spread.
    pub standard_error: Exact,
    /// The standard deviation: how far costs spread.
    pub sd: Exact,
    /// Percentiles.
    #[serde(flatten)]
    pub percentiles: Percentiles,
    /// Standard errors of the percentiles.
    pub standard_errors: Percentiles,
}

/// Percentiles of a distribution, or their standard errors.
#[derive(Clone, Debug, Serialize)]
pub struct Percentiles {
    /// The fifth.
    pub p5: Exact,
    /// The tenth.
    pub p10: Exact,
    /// The median.
    pub p50: Exact,
    /// The ninetieth.
    pub p90: Exact,
    /// The ninety-fifth.
    pub p95: Exact,
    /// The ninety-ninth.
    pub p99: Exact,
}

/// How much a quantity matters for a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct Sensitivity {
    /// Its path.
    pub input: String,
    /// The part of the variance that knowing it would take off; `None` where nothing varies.
    pub first_order: Option<f64>,
    /// The part of the variance that is left when all others are known.
    pub total: Option<f64>,
    /// The cost of a month when it alone is at its tenth percentile; `None` where the scenario is impossible there.
    pub low: Option<Exact>,
    /// The same at its ninetieth percentile.
    pub high: Option<Exact>,
}

/// Two strategies on the same draws.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
    /// The probability that the one costs less.
    pub a_cheaper: f64,
    /// The probability that the other costs less; what is left over is that both cost the same.
    pub b_cheaper: f64,
    /// Standard error of the first probability.
    pub standard_error: f64,
    /// What the one costs less in a month, on the mean; negative where it costs more.
    pub a_saves_per_month: Exact,
    /// The fifth percentile of that.
    pub a_saves_p5: Exact,
    /// The ninety-fifth percentile of that.
    pub a_saves_p95: Exact,
}

/// How likely a limit is passed.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetRisk {
    /// Whose.
    pub strategy: String,
    /// Which figure.
    pub metric: String,
    /// The limit.
    pub limit: Exact,
    /// The probability of passing it.
    pub over: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// How likely it may be passed, where the limit is one of a percentile.
    pub allowed: Option<f64>,
    /// Where it is stated.
    pub place: String,
}
