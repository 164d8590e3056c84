//! What a result is against another one: by how much each strategy changes, and why.
//!
//! Amounts are per month, in the currency of the result that is looked at (`head`). Every change is the sum of its causes.

mod build;
mod conditions;
mod saved;
mod side;
mod side_by_side;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use build::{Pairs, compare};
pub use saved::{Saved, read_saved};
pub use side::{Computed, Side};
pub use side_by_side::{Contender, SideBySide};

use super::ListUsed;
use crate::units::Exact;

/// A result against another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// What it is compared with.
    pub base: SideReport,
    /// What is compared.
    pub head: SideReport,
    /// Every strategy of either side: those of `head` in their order, then those that it no longer has.
    pub strategies: Vec<StrategyChange>,
    /// What the scenarios state otherwise; nothing where one of them is a saved report.
    pub stated: Vec<StatedChange>,
    /// What models cost otherwise that somebody asks.
    pub prices: Vec<PriceChangeReport>,
    /// What the comparison must not come to.
    pub conditions: Vec<ConditionResult>,
    /// Changes below this percentage are not worth telling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_below_percent: Option<Exact>,
    /// Whether anything is worth telling.
    pub notable: bool,
    /// What has to be known to read it.
    pub notes: Vec<String>,
}

/// One side of a comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SideReport {
    /// What people call it: its file, with what tells it apart from the other side.
    pub label: String,
    /// The scenario's name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// What `--set` changed in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// The commit that it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The date of its prices.
    pub as_of: String,
    /// Its price lists, the one that wins first.
    pub lists: Vec<ListUsed>,
    /// Its own currency.
    pub currency: String,
    /// How many of it a dollar buys.
    pub currency_per_usd: Exact,
    /// Days of a month.
    pub days_per_month: Exact,
    /// Requests that come in per day.
    pub requests_per_day: Exact,
    /// The strategy that its savings are measured against.
    pub baseline: String,
}

/// What became of a strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StrategyChange {
    /// Its name.
    pub name: String,
    /// The strategy that it is compared with, where that has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// `changed`, `same`, `added` or `removed`.
    pub status: Cow<'static, str>,
    /// What it cost; `None` where it is new.
    pub base_per_month: Option<Exact>,
    /// What it costs; `None` where it is gone.
    pub head_per_month: Option<Exact>,
    /// The difference; `None` where one side does not have it.
    pub change_per_month: Option<Exact>,
    /// The difference in percent of what it cost; `None` also where it cost nothing.
    pub change_percent: Option<Exact>,
    /// How many times what it cost it costs.
    pub ratio: Option<Exact>,
    /// Its cost on a scale on which the highest of the comparison is 1.
    pub relative_cost: Exact,
    /// Why it changed; the parts add up to the change.
    pub causes: Vec<CauseChange>,
    /// How the change was shared among its causes: `all_orders` (Shapley values), `both_orders` (the mean of a fixed order and
    /// its reverse) or `lines` (line by line of the bills).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Cow<'static, str>>,
    /// Whether it is worth telling.
    pub notable: bool,
}

/// What one cause changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CauseChange {
    /// `price`, `volume`, `tokens`, `mix`, `hosting`, the name of a lever, or `other`.
    pub cause: String,
    /// Its part of the change.
    pub change_per_month: Exact,
    /// In percent of what the strategy cost.
    pub change_percent: Option<Exact>,
    /// Its size on a scale on which the largest part of the comparison is 1.
    pub relative_change: Exact,
}

/// A value that the scenarios state otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StatedChange {
    /// Where, as `--set` writes it.
    pub path: String,
    /// What `base` states.
    pub base: Option<String>,
    /// What `head` states.
    pub head: Option<String>,
}

/// Another price of a model, in USD after discounts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PriceChangeReport {
    /// The model.
    pub model: String,
    /// What is priced.
    pub component: String,
    /// `standard`, `batch`.
    pub mode: String,
    /// The least tokens of a prompt that pays this price; 0 outside of tiers.
    pub from_tokens: u64,
    /// How many units the price is for.
    pub per: Exact,
    /// What it cost.
    pub base: Option<Exact>,
    /// What it costs.
    pub head: Option<Exact>,
    /// The change in percent.
    pub change_percent: Option<Exact>,
}

/// Whether a condition of `--fail-on` or `--warn-on` holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ConditionResult {
    /// As it was written.
    pub condition: String,
    /// `fail` or `warn`.
    pub level: Cow<'static, str>,
    /// Its figure.
    pub metric: Cow<'static, str>,
    /// Whether it asks for the `value` of the figure or for its `change`.
    pub of: Cow<'static, str>,
    /// Whether it holds for any strategy.
    pub holds: bool,
    /// The strategies that it was asked of, the one that comes closest or goes furthest first.
    pub asked: Vec<Asked>,
}

/// A condition asked of one strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub strategy: String,
    /// What its figure was; `None` where it is new.
    pub base: Option<Exact>,
    /// What it is.
    pub head: Exact,
    /// The difference.
    pub change: Option<Exact>,
    /// The difference in percent of what it was; `None` also where that was nothing.
    pub change_percent: Option<Exact>,
    /// Whether the condition holds.
    pub holds: bool,
}

impl Comparison {
    /// Whether a condition holds that fails the comparison.
    pub fn fails(&self) -> bool {
        self.conditions.iter().any(|condition| condition.holds && condition.level == "fail")
    }
}
