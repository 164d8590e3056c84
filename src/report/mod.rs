//! The one report that every format shows: figures as exact numbers, in the currency of the scenario.

mod attribution;
mod break_even;
mod build;
mod evaluation;
pub mod explain;
mod settle;
mod size;
mod warnings;

use serde::Serialize;

pub use attribution::{Interaction, LeverSaving};
pub use break_even::{
    Band, BreakEvenReport, CrossoverReport, IntervalReport, PurchaseReport, ReservedReport, VerdictReport, Wins,
};
pub use evaluation::{Billings, Computed, Evaluation};
pub use size::{
    CaseReport, Estimated, NeedsReport, OfferReport, OptionReport, QuantizedNeed, RangeReport, RecommendedReport,
    RequestReport, SIZE_SCHEMA, ShownOption, SizeReport,
};
pub use warnings::Warning;

use crate::units::Exact;

/// The version of the report's shape.
pub const SCHEMA: &str = "llmcost.report/1";

/// The result of a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`]
    pub schema: &'static str,
    /// What was computed.
    pub scenario: ScenarioName,
    /// Which prices.
    pub prices: PricesUsed,
    /// The currency of all amounts; unit prices stay in USD.
    pub currency: String,
    /// How many of it a dollar buys.
    pub currency_per_usd: Exact,
    /// Days of a month.
    pub days_per_month: Exact,
    /// Requests that come in per day.
    pub requests_per_day: Exact,
    /// The strategy that the others are compared with.
    pub baseline: String,
    /// The strategies, in the order of the file.
    pub strategies: Vec<StrategyReport>,
    /// The cheapest strategy, where it is not the baseline.
    pub best: Option<Best>,
    /// APIs against deployments, at every volume.
    pub break_even: Vec<BreakEvenReport>,
    /// Limits and whether they hold.
    pub budgets: Vec<BudgetResult>,
    /// Claims and whether they hold.
    pub expectations: Vec<ExpectationResult>,
    /// Warnings that concern no single strategy.
    pub warnings: Vec<Warning>,
}

/// The cheapest strategy against the baseline.
#[derive(Clone, Debug, Serialize)]
pub struct Best {
    /// Which.
    pub strategy: String,
    /// What it costs.
    pub per_month: Exact,
    /// What it saves.
    pub saves_per_month: Exact,
    /// The same in percent of the baseline.
    pub saves_percent: Option<Exact>,
}

/// The scenario of a report.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioName {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
}

/// The prices of a report.
#[derive(Clone, Debug, Serialize)]
pub struct PricesUsed {
    /// Their date.
    pub as_of: String,
    /// The lists, the one that wins first.
    pub lists: Vec<ListUsed>,
}

/// A price list of a report.
#[derive(Clone, Debug, Serialize)]
pub struct ListUsed {
    /// Its name.
    pub name: String,
    /// The date it was made.
    pub listed: Option<String>,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// The result of a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyReport {
    /// Its name.
    pub name: String,
    /// What it costs.
    pub cost: Costs,
    /// What it saves against the baseline.
    pub savings: Savings,
    /// Expected quality; unknown as long as no qualities are stated.
    pub quality: Option<Exact>,
    /// Calls and tokens by model.
    pub usage: Vec<Usage>,
    /// Deployments and what runs of them.
    pub deployments: Vec<DeploymentReport>,
    /// Cost relative to the dearest strategy, 0 to 1.
    pub relative_cost: Exact,
    /// The bill by lever and item, dearest first.
    pub breakdown: Vec<BreakdownPart>,
    /// The bill; its lines add up to the cost per day exactly.
    pub lines: Vec<LineReport>,
    /// What each lever saves, switched on one after the other in physical order, starting from the baseline.
    pub waterfall: Vec<LeverSaving>,
    /// What each lever saves on average over all orders of switching them on.
    pub shapley: Vec<LeverSaving>,
    /// Levers that together save another amount than each alone, largest first.
    pub interactions: Vec<Interaction>,
    /// The same strategy under other assumptions.
    pub alternatives: Alternatives,
    /// Defaults and fallbacks that touched a figure.
    pub assumptions: Vec<String>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// Costs of a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct Costs {
    /// Per day.
    pub per_day: Exact,
    /// Per month of the calendar.
    pub per_month: Exact,
    /// Per 365 days.
    pub per_year: Exact,
    /// Per request that comes in.
    pub per_request: Exact,
    /// Per 1M tokens of the workload as stated, before any lever; `None` without tokens.
    pub per_million_tokens: Option<Exact>,
}

/// Savings against the baseline; negative where a strategy costs more.
#[derive(Clone, Debug, Serialize)]
pub struct Savings {
    /// Per day.
    pub per_day: Exact,
    /// Per month.
    pub per_month: Exact,
    /// In percent of the baseline; `None` when that costs nothing.
    pub percent: Option<Exact>,
}

/// What a strategy asks of one model.
#[derive(Clone, Debug, Serialize)]
pub struct Usage {
    /// The model.
    pub model: String,
    /// Calls, failed ones included.
    pub calls_per_day: Exact,
    /// Billed input tokens.
    pub input_tokens_per_day: Exact,
    /// Those of them read from the prompt cache.
    pub cached_tokens_per_day: Exact,
    /// Billed output tokens, reasoning included.
    pub output_tokens_per_day: Exact,
    /// Cost.
    pub per_day: Exact,
}

/// What runs of a deployment for a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct DeploymentReport {
    /// Which.
    pub deployment: String,
    /// What runs: `replica`, `instance`, `worker` or `unit`.
    pub what: &'static str,
    /// How many of them in the busiest hour.
    pub at_peak: Exact,
    /// Hours of them per day, all together.
    pub hours_per_day: Exact,
    /// How much of the paid capacity the load takes, as a share.
    pub utilization: Option<Exact>,
    /// The load of the busiest hour, at its peak, over the mean load.
    pub peak_to_mean: Exact,
    /// Output tokens per second of a replica.
    pub throughput: Option<Exact>,
    /// Hours per day by the way they are bought.
    pub bought: Vec<BoughtReport>,
    /// The share of the requests that wait for a worker to start.
    pub cold_start_share: Option<Exact>,
    /// The share of the calls that pay-as-you-go takes.
    pub overflow_share: Option<Exact>,
}

/// Hours of a deployment that are bought in one way.
#[derive(Clone, Debug, Serialize)]
pub struct BoughtReport {
    /// `on_demand`, `spot`, `reserved_1y` or `reserved_3y`.
    pub purchase: &'static str,
    /// Hours per day.
    pub hours_per_day: Exact,
}

/// The lines of one lever and item, added up.
#[derive(Clone, Debug, Serialize)]
pub struct BreakdownPart {
    /// The lever.
    pub lever: String,
    /// The model or part.
    pub item: String,
    /// `standard` or `batch`.
    pub mode: String,
    /// Cost.
    pub per_month: Exact,
    /// Share of the strategy's cost, 0 to 1.
    pub share: Exact,
}

/// One line of a bill: `quantity x unit_price / per`, in USD, converted into the report's currency.
#[derive(Clone, Debug, Serialize)]
pub struct LineReport {
    /// The lever that causes it.
    pub lever: String,
    /// The model or part.
    pub item: String,
    /// What is priced.
    pub component: String,
    /// `standard` or `batch`.
    pub mode: String,
    /// The tier of long prompts, if one is reached.
    pub tier: Option<String>,
    /// How many units per day.
    pub quantity: Exact,
    /// What is counted.
    pub unit: String,
    /// USD for `per` units, after discounts.
    pub unit_price: Exact,
    /// The currency of the unit price: always USD, as price lists are.
    pub unit_price_currency: &'static str,
    /// How many units the price is for.
    pub per: Exact,
    /// Cost.
    pub per_day: Exact,
    /// How it was computed, with the numbers put in.
    pub formula: String,
    /// Where the price comes from.
    pub source: String,
}

/// The same strategy under other assumptions.
#[derive(Clone, Default, Debug, Serialize)]
pub struct Alternatives {
    /// A cascade that pays only the step that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade_final_only_per_month: Option<Exact>,
    /// A cascade that pays every attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade_every_attempt_per_month: Option<Exact>,
}

/// Whether a budget holds.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetResult {
    /// Whose.
    pub strategy: String,
    /// Which figure.
    pub metric: String,
    /// What it may be at most.
    pub limit: Exact,
    /// What it is; `None` where the strategy has no such figure.
    pub actual: Option<Exact>,
    /// `fail` or `warn`.
    pub level: String,
    /// Whether it holds.
    pub ok: bool,
    /// Where it is stated.
    pub place: String,
}

/// Whether an expectation holds.
#[derive(Clone, Debug, Serialize)]
pub struct ExpectationResult {
    /// Whose.
    pub strategy: String,
    /// Which figure.
    pub metric: String,
    /// What it is claimed to be.
    pub equals: Exact,
    /// How far it may be off.
    pub within: Exact,
    /// What it is; `None` where the strategy has no such figure.
    pub actual: Option<Exact>,
    /// Whether it holds.
    pub ok: bool,
    /// Where it is stated.
    pub place: String,
}

impl Report {
    /// Whether everything that `check` enforces holds.
    pub fn passes(&self) -> bool {
        self.budgets.iter().all(|budget| budget.ok || budget.level == "warn")
            && self.expectations.iter().all(|claim| claim.ok)
    }
}
