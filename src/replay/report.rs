//! The result of a replay, as every format shows it.

use serde::Serialize;

use crate::diag::Place;
use crate::plan::Profile;
use crate::report::{PricesUsed, Warning};
use crate::units::Exact;

/// The version of the report's shape.
pub const SCHEMA: &str = "llmcost.replay/1";

/// What a log costs under each strategy.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayReport {
    /// [`SCHEMA`]
    pub schema: &'static str,
    /// The scenario, where there is one.
    pub scenario: Option<crate::report::ScenarioName>,
    /// The log.
    pub log: LogFacts,
    /// Which prices.
    pub prices: PricesUsed,
    /// The currency of all amounts.
    pub currency: String,
    /// Requests that were replayed.
    pub requests: Exact,
    /// Their tokens.
    pub tokens: TokenSums,
    /// Lengths of prompts and answers.
    pub lengths: Lengths,
    /// The strategies, in the order of the scenario.
    pub strategies: Vec<StrategyReplay>,
    /// Requests without a price, which the totals do not hold.
    pub unpriced: Vec<Unpriced>,
    /// Costs by columns, hours or days.
    pub by: Vec<Breakdown>,
    /// When requests came; `None` where that is not known.
    pub demand: Option<DemandReport>,
    /// Prefix caches; empty where the log has neither blocks nor sessions.
    #[serde(serialize_with = "or_empty")]
    pub prefix_cache: Option<PrefixReport>,
    /// What was decided for the user.
    pub assumptions: Vec<String>,
    /// What deserves attention.
    pub warnings: Vec<Warning>,
}

/// Nothing is an object without keys.
fn or_empty<S: serde::Serializer>(report: &Option<PrefixReport>, serializer: S) -> Result<S::Ok, S::Error> {
    match report {
        Some(report) => report.serialize(serializer),
        None => serializer.collect_map(std::iter::empty::<(&str, &str)>()),
    }
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
pub struct LogFacts {
    /// The files, in their order.
    pub files: Vec<String>,
    /// The form they were recognised as.
    pub form: Option<&'static str>,
    /// Rows that are requests.
    pub rows: Exact,
    /// Records that are none.
    pub other_records: Exact,
    /// Records that say again what another one said.
    pub repeated_records: Exact,
    /// Rows that cannot be read and were passed over, by what is wrong with them.
    pub bad_rows: Vec<BadRows>,
    /// When the first request came, in UTC; `None` without dates.
    pub from: Option<String>,
    /// When the last one came.
    pub to: Option<String>,
    /// Seconds between them.
    pub seconds: Option<Exact>,
}

/// Rows that are wrong in the same way.
#[derive(Clone, Debug, Serialize)]
pub struct BadRows {
    /// What is wrong.
    pub reason: String,
    /// The column.
    pub column: Option<String>,
    /// The first one: `file:line:column`.
    pub first: String,
    /// How many.
    pub rows: Exact,
}

/// Tokens of all requests; cached and written ones are part of the input.
#[derive(Clone, Debug, Serialize)]
pub struct TokenSums {
    /// Whole prompts.
    pub input: Exact,
    /// Read from the cache.
    pub cached: Exact,
    /// Written to it.
    pub cache_write: Exact,
    /// Of these, for an hour.
    pub cache_write_1h: Exact,
    /// Answers, reasoning included.
    pub output: Exact,
    /// Of these, hidden reasoning.
    pub reasoning: Exact,
}

/// Lengths of prompts and answers.
#[derive(Clone, Debug, Serialize)]
pub struct Lengths {
    /// Tokens of whole prompts.
    pub input: Option<Distribution>,
    /// Tokens of answers.
    pub output: Option<Distribution>,
}

/// Exact percentiles: the value at position ceil(q n) of the sorted values.
#[derive(Clone, Debug, Serialize)]
pub struct Distribution {
    /// The mean.
    pub mean: Exact,
    /// Half are not longer.
    pub p50: Exact,
    /// The 90th percentile.
    pub p90: Exact,
    /// The 95th percentile.
    pub p95: Exact,
    /// The 99th percentile.
    pub p99: Exact,
    /// The longest.
    pub max: Exact,
}

/// A strategy on the log.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyReplay {
    /// Its name.
    pub name: String,
    /// What the log costs; at least that, where requests have no price.
    pub total: Exact,
    /// Whether some requests have no price.
    pub at_least: bool,
    /// Saved against the first strategy, in percent of it.
    pub savings_percent: Option<Exact>,
    /// Cost relative to the dearest strategy, 0 to 1.
    pub relative_cost: Exact,
    /// By model, dearest first.
    pub by_model: Vec<ModelCost>,
    /// By price: model, mode, tier, days, hours.
    pub lines: Vec<PriceLine>,
    /// Fees and fixed costs.
    pub fees: Vec<FeeCost>,
    /// What the mean of the log would say.
    pub estimate: Option<Estimate>,
    /// What the workload that the scenario states would say of as many requests.
    pub of_scenario: Option<Estimate>,
    /// How sure the figures are, where they are those of a sample.
    pub sample: Option<SampleInterval>,
    /// What was decided for the user.
    pub assumptions: Vec<String>,
}

/// What a model costs.
#[derive(Clone, Debug, Serialize)]
pub struct ModelCost {
    /// Its name.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// Calls that it answered.
    pub requests: Exact,
    /// What they cost.
    pub cost: Exact,
}

/// Calls that pay the same prices.
#[derive(Clone, Debug, Serialize)]
pub struct PriceLine {
    /// The model.
    pub model: String,
    /// `standard`, `batch`, ...
    pub mode: String,
    /// The tier of the whole prompt.
    pub tier: Option<String>,
    /// The first day of these prices, where they change within the log.
    pub since: Option<String>,
    /// The hours of these prices, where some have prices of their own.
    pub hours: Option<String>,
    /// What is priced.
    pub component: String,
    /// Tokens or calls.
    pub quantity: Exact,
    /// USD per million tokens, or per call.
    pub unit_price_usd: Exact,
    /// How many units that is the price of.
    pub per: Exact,
    /// What they cost.
    pub cost: Exact,
    /// Whose price it is.
    pub source: String,
}

/// A fee and what it comes to.
#[derive(Clone, Debug, Serialize)]
pub struct FeeCost {
    /// What it is called.
    pub fee: String,
    /// How often it was paid.
    pub events: Exact,
    /// What that costs.
    pub cost: Exact,
}

/// A sample, and where the total of all requests lies 95 times of 100.
#[derive(Clone, Debug, Serialize)]
pub struct SampleInterval {
    /// Requests that were priced.
    pub requests: Exact,
    /// Of so many.
    pub of: Exact,
    /// The lower end.
    pub low: Exact,
    /// The upper end.
    pub high: Exact,
}

/// What means say, beside what the log says.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// The calls of each model and mode at their mean length.
    pub total: Exact,
    /// The estimate less the exact total, in percent of the exact total.
    pub error_percent: Option<Exact>,
    /// Where the difference comes from.
    pub because: Vec<String>,
}

/// Requests without a price.
#[derive(Clone, Debug, Serialize)]
pub struct Unpriced {
    /// The model as the log or the scenario names it.
    pub model: String,
    /// The strategy that has no price for them.
    pub strategy: String,
    /// Why.
    pub reason: String,
    /// The first one: `file:line`.
    pub first: String,
    /// How many.
    pub requests: Exact,
}

/// Costs by the values of a column.
#[derive(Clone, Debug, Serialize)]
pub struct Breakdown {
    /// The column, `hour` or `day`.
    pub by: String,
    /// Dearest first; hours and days in their order.
    pub values: Vec<ValueCost>,
}

/// Costs of a value.
#[derive(Clone, Debug, Serialize)]
pub struct ValueCost {
    /// The value.
    pub value: String,
    /// Requests.
    pub requests: Exact,
    /// Cost under each strategy, in their order.
    pub costs: Vec<Exact>,
}

/// Prefix caches on the log.
#[derive(Clone, Debug, Serialize)]
pub struct PrefixReport {
    /// Tokens of a block; `None` where sessions stand for blocks.
    pub block: Option<Exact>,
    /// Caches that one could serve.
    pub served: Vec<ServedCache>,
    /// Ways to use a provider's cache, by strategy.
    pub advice: Vec<Advice>,
}

/// A cache that one could serve, and what it would hit.
#[derive(Clone, Debug, Serialize)]
pub struct ServedCache {
    /// What limits it: `1000 blocks`, `5m`, `unlimited`.
    pub limit: String,
    /// Tokens that are hits.
    pub hit_tokens: Exact,
    /// Hit tokens over all input tokens: the ratio that prices money.
    pub by_token: Exact,
    /// Hit blocks over all blocks.
    pub by_block: Exact,
    /// Requests with any hit over all requests.
    pub by_request: Exact,
    /// Mean of the ratios of single requests.
    pub mean_of_ratios: Exact,
}

/// Ways to use the cache of a strategy's model.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// The strategy.
    pub strategy: String,
    /// Every way, cheapest first.
    pub options: Vec<CacheOption>,
}

/// One way to use a provider's cache.
#[derive(Clone, Debug, Serialize)]
pub struct CacheOption {
    /// `off`, `5m`, `1h`.
    pub ttl: String,
    /// Blocks before the breakpoint; `None`: all of them.
    pub breakpoint_blocks: Option<Exact>,
    /// What the log costs.
    pub cost: Exact,
    /// Saved against no cache, in percent of it.
    pub saves_percent: Option<Exact>,
}

/// When requests came.
#[derive(Clone, Debug, Serialize)]
pub struct DemandReport {
    /// Requests per second, in the mean.
    pub per_second: Exact,
    /// Population deviation of the gaps between requests over their mean.
    pub gap_variation: Option<Exact>,
    /// The fullest window of each size.
    pub bursts: Vec<BurstReport>,
    /// Requests per second that shares of the minutes reach, busiest first.
    pub load_duration: Vec<DurationPoint>,
    /// The load of each hour of the week over the mean, Monday 00:00 UTC first.
    pub week: Option<Vec<Exact>>,
}

impl DemandReport {
    /// The load of the hours of a week, as deployments and prices by the hour take it; `None` for a log of less than a day
    /// or without dates. `place` is where it is said to be stated.
    pub fn profile(&self, place: &Place) -> Option<Profile> {
        let hours = self.week.clone()?;
        let load = crate::pricing::Load::of_week(&hours, crate::pricing::Zone::utc())?;
        Some(Profile { hours, load, place: place.clone() })
    }

    /// The fullest window of so many seconds (1, 10, 60 or 3600) over the mean of all.
    pub fn peak_to_mean(&self, seconds: u64) -> Option<&Exact> {
        let seconds = Exact::from(seconds);
        self.bursts.iter().find(|burst| burst.seconds == seconds).map(|burst| &burst.peak_to_mean)
    }
}

/// The fullest window of a size.
#[derive(Clone, Debug, Serialize)]
pub struct BurstReport {
    /// Seconds of the window.
    pub seconds: Exact,
    /// Most requests in one.
    pub most_requests: Exact,
    /// The same over the mean of all windows.
    pub peak_to_mean: Exact,
    /// Most output tokens over the mean of all windows.
    pub output_peak_to_mean: Option<Exact>,
    /// Replicas for the fullest window where the mean output needs ten.
    pub replicas_where_mean_needs_10: Option<Exact>,
}

/// A point of the load-duration curve.
#[derive(Clone, Debug, Serialize)]
pub struct DurationPoint {
    /// Share of the minutes, busiest first.
    pub share_of_minutes: Exact,
    /// Requests per second that they have at least.
    pub per_second: Exact,
}
