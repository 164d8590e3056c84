//! The one report that every format shows: figures as exact numbers, in the currency of the scenario.

mod advice;
mod attribution;
mod break_even;
mod build;
mod charges;
pub mod comparison;
mod dominance;
mod evaluation;
pub mod explain;
mod field;
mod fine_tune;
mod limits;
mod period;
mod printed;
mod read;
mod settle;
mod size;
mod warnings;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use advice::Advice;
pub use attribution::{Interaction, LeverSaving};
pub use break_even::{
    Band, BreakEvenReport, CostsByVolume, CrossoverReport, Curves, IntervalReport, PurchaseReport, ReservedReport,
    VerdictReport, Wins,
};
pub use charges::Charge;
pub use comparison::Comparison;
pub use evaluation::{Billings, Computed, Evaluation};
pub(crate) use evaluation::{is_input, is_output};
pub use field::{Field, Order};
pub use fine_tune::{FineTuneReport, Tuned};
pub use limits::{LimitReport, RateReport};
pub use period::Period;
pub(crate) use settle::settle;
pub use size::{
    CaseReport, Estimated, NeedsReport, OfferReport, OptionReport, QuantizedNeed, RangeReport, RecommendedReport,
    RequestReport, SIZE_SCHEMA, ShownOption, SizeReport,
};
pub use warnings::Warning;

use crate::units::Exact;

/// The version of the report's shape.
pub const SCHEMA: &str = "llmcost.report/1";

/// One of a few words: a constant where a report is made, text where one is read from a file.
pub type Word = Cow<'static, str>;

/// The result of a scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`]
    pub schema: Word,
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
    /// The strategies, in the order of the file unless somebody asked for another.
    pub strategies: Vec<StrategyReport>,
    /// How many strategies were left out on request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted_strategies: u64,
    /// The cheapest strategy, where it is not the baseline.
    pub best: Option<Best>,
    /// What it is against another result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// APIs against deployments, at every volume.
    pub break_even: Vec<BreakEvenReport>,
    /// Limits and whether they hold.
    pub budgets: Vec<BudgetResult>,
    /// Claims and whether they hold.
    pub expectations: Vec<ExpectationResult>,
    /// Changes that save most, at most three.
    #[serde(default)]
    pub advice: Vec<Advice>,
    /// Warnings that concern no single strategy.
    pub warnings: Vec<Warning>,
}

/// The cheapest strategy against the baseline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ScenarioName {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// What `--set` changed in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
}

/// The prices of a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PricesUsed {
    /// Their date.
    pub as_of: String,
    /// The lists, the one that wins first.
    pub lists: Vec<ListUsed>,
}

/// A price list of a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListUsed {
    /// Its name.
    pub name: String,
    /// The date it was made.
    pub listed: Option<String>,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// The result of a strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StrategyReport {
    /// Its name.
    pub name: String,
    /// What it costs.
    pub cost: Costs,
    /// What it saves against the baseline.
    pub savings: Savings,
    /// The share of the requests that get a right answer, 0 to 1; `None` where too little is stated.
    pub quality: Option<Exact>,
    /// What it costs at both ends of the throughputs that it estimates (80% intervals); `None` where it estimates none.
    pub interval: Option<CostInterval>,
    /// Calls and tokens by model.
    pub usage: Vec<Usage>,
    /// Deployments and what runs of them.
    pub deployments: Vec<DeploymentReport>,
    /// Prompt caches and what they do on each model.
    pub prefix_caches: Vec<PrefixCacheReport>,
    /// Steps of cascades that others follow, and the accept rate from which each pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cascade_steps: Vec<CascadeStepReport>,
    /// The corpus that is searched for each request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieval: Option<RetrievalReport>,
    /// The tuned model that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_tune: Option<FineTuneReport>,
    /// Models with rate limits and what is asked of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitReport>,
    /// What was promised to providers or paid in advance, and what of it is used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<CommitmentReport>,
    /// Cost relative to the dearest strategy, 0 to 1.
    pub relative_cost: Exact,
    /// The bill by lever and item, dearest first.
    pub breakdown: Vec<BreakdownPart>,
    /// The bill by what is paid for: input, cached input, output, hosting, other.
    #[serde(default)]
    pub components: Vec<ComponentPart>,
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Costs {
    /// Per hour of a mean day.
    pub per_hour: Exact,
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
    /// Per request over the share of right answers; `None` where no quality is known.
    pub per_accepted_answer: Option<Exact>,
    /// Per month at list prices, where discounts or mark-ups were negotiated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_per_month: Option<Exact>,
}

/// Savings against the baseline; negative where a strategy costs more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Savings {
    /// Per day.
    pub per_day: Exact,
    /// Per month.
    pub per_month: Exact,
    /// In percent of the baseline; `None` when that costs nothing.
    pub percent: Option<Exact>,
}

/// What a strategy asks of one model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// Costs between which four of five true ones lie.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CostInterval {
    /// The lower end.
    pub low_per_month: Exact,
    /// The upper end.
    pub high_per_month: Exact,
}

/// What a prompt cache does on one model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PrefixCacheReport {
    /// The model.
    pub model: String,
    /// The lifetime bought; `None`: the model's usual one.
    pub ttl: Option<String>,
    /// The share of the cacheable tokens that is read from the cache.
    pub hit_share_of_cacheable_tokens: Exact,
    /// The share of all input tokens of these calls that is read from the cache.
    pub hit_share_of_input_tokens: Exact,
    /// The hit share above which the cache pays: (w-1)/(w-r), w and r the write and read price over the input price.
    pub break_even_hit_share: Option<Exact>,
    /// Reads of a token that pay for writing it: (w-1)/(1-r).
    pub break_even_reads_per_write: Option<Exact>,
    /// Requests with one prefix in a lifetime, the one that writes it included, above which the cache pays: (w-r)/(1-r).
    #[serde(default)]
    pub break_even_requests_per_lifetime: Option<Exact>,
    /// Requests per second with one prefix, where the hit share is derived from them.
    pub requests_per_second_and_prefix: Option<Exact>,
    /// Saved against paying all of it as input; negative where the cache costs more.
    pub saves_per_month: Exact,
}

/// A step of a cascade that another one follows, over all tasks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CascadeStepReport {
    /// Its position, from 1.
    pub step: u64,
    /// Who answers at it.
    pub model: String,
    /// Calls that reach it.
    pub calls_per_day: Exact,
    /// The share of them that stops there, 0 to 1.
    pub accept_rate: Exact,
    /// The share above which the step pays: (its cost + judge) / (cost of going on), both per call that reaches it. Above 1 it
    /// never pays; `None` where nothing stops at it.
    pub break_even_accept_rate: Option<Exact>,
    /// What it costs per call that reaches it, judge included.
    pub cost_per_call: Option<Exact>,
    /// What it saves; negative where it costs more than it spares.
    pub saves_per_month: Exact,
}

/// A corpus that is searched for each request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RetrievalReport {
    /// Who makes vectors of chunks and queries.
    pub model: String,
    /// Chunks of the corpus, each with a vector.
    pub chunks: Exact,
    /// Tokens that are read to make them, overlaps included.
    pub index_tokens: Exact,
    /// What the first index costs.
    pub index_cost: Exact,
    /// The part of that which a month bears.
    pub index_per_month: Exact,
    /// 10^9 bytes in the store, where it is paid by size.
    pub stored_gb: Option<Exact>,
    /// Tokens of context that a prompt gets, before any other lever.
    pub context_tokens: Exact,
    /// What all of it costs: index, upkeep, store, queries, reranking.
    pub per_month: Exact,
}

/// What was promised to a provider or paid in advance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CommitmentReport {
    /// The provider or model.
    pub of: String,
    /// `minimum` or `prepaid`.
    pub kind: String,
    /// What its models cost.
    pub spend_per_month: Exact,
    /// What was promised, or is paid in advance, a month.
    pub committed_per_month: Exact,
    /// Usage that a month of prepaid credits buys; `None` where nothing is prepaid.
    pub credit_per_month: Option<Exact>,
    /// What of the promise or the credits is not used.
    pub unused_per_month: Exact,
    /// What it adds to the bill; negative where a bonus is used.
    pub adds_per_month: Exact,
}

/// What runs of a deployment for a strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeploymentReport {
    /// Which.
    pub deployment: String,
    /// What runs: `replica`, `instance`, `worker` or `unit`.
    pub what: Word,
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
    /// The 80% interval of that, where it is estimated.
    pub throughput_interval: Option<(Exact, Exact)>,
    /// Hours per day by the way they are bought.
    pub bought: Vec<BoughtReport>,
    /// The share of the requests that wait for a worker to start.
    pub cold_start_share: Option<Exact>,
    /// The share of the calls that pay-as-you-go takes.
    pub overflow_share: Option<Exact>,
}

/// Hours of a deployment that are bought in one way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BoughtReport {
    /// `on_demand`, `spot`, `reserved_1y` or `reserved_3y`.
    pub purchase: Word,
    /// Hours per day.
    pub hours_per_day: Exact,
}

/// The lines of one lever and item, added up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// What is paid for, in the order in which charts stack it.
pub const COMPONENTS: [&str; 5] = ["input", "cached input", "output", "hosting", "other"];

/// The lines of one kind, added up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ComponentPart {
    /// One of [`COMPONENTS`].
    pub component: Word,
    /// Cost.
    pub per_month: Exact,
}

/// One line of a bill: `quantity x unit_price / per`, in USD, converted into the report's currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LineReport {
    /// The lever that causes it.
    pub lever: String,
    /// The model or part.
    pub item: String,
    /// Who sells it; `None` for what no price list has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
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
    /// USD for `per` units, after what was negotiated.
    pub unit_price: Exact,
    /// The same at list price, where a discount or a mark-up was negotiated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_unit_price: Option<Exact>,
    /// The currency of the unit price: always USD, as price lists are.
    pub unit_price_currency: Word,
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
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Alternatives {
    /// A cascade that pays only the step that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cascade_final_only_per_month: Option<Exact>,
    /// A cascade that pays every attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cascade_every_attempt_per_month: Option<Exact>,
    /// Every request taken as the mean request, where requests differ: what a computation with means would say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_request_per_month: Option<Exact>,
    /// Mixing the models of a route at random, without looking at requests, for the same share of right answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_mix_per_month: Option<Exact>,
}

/// Whether a budget holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    /// Where it is stated, as `file:line:column`.
    pub place: String,
    /// The same in parts, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Spot>,
}

/// Whether an expectation holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    /// Where it is stated, as `file:line:column`.
    pub place: String,
    /// The same in parts, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Spot>,
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spot {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Report {
    /// Whether everything that `check` enforces holds.
    pub fn passes(&self) -> bool {
        self.budgets.iter().all(|budget| budget.ok || budget.level == "warn")
            && self.expectations.iter().all(|claim| claim.ok)
    }
}
