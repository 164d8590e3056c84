//! Figures of a strategy by name: what tables show as columns, and what rows are put in order by.

use super::{Report, StrategyReport, Usage};
use crate::units::Exact;

/// A figure of a strategy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// Its name.
    Strategy,
    /// Cost of an hour.
    PerHour,
    /// Cost of a day.
    PerDay,
    /// Cost of a month.
    PerMonth,
    /// Cost of a year.
    PerYear,
    /// Cost of a month at list prices.
    ListPerMonth,
    /// Cost of a request.
    PerRequest,
    /// Cost of a million tokens of the workload as stated.
    PerMillionTokens,
    /// Cost of a right answer.
    PerAcceptedAnswer,
    /// Low end of an estimated cost per month.
    Low,
    /// High end of an estimated cost per month.
    High,
    /// Saved a month against the baseline.
    SavingsPerMonth,
    /// Saved in percent of the baseline.
    SavingsPercent,
    /// Expected quality.
    Quality,
    /// Model calls a day.
    CallsPerDay,
    /// Input tokens a day.
    InputTokensPerDay,
    /// Those of them read from a cache.
    CachedTokensPerDay,
    /// Output tokens a day.
    OutputTokensPerDay,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 18] = [
        Self::Strategy,
        Self::PerHour,
        Self::PerDay,
        Self::PerMonth,
        Self::PerYear,
        Self::ListPerMonth,
        Self::PerRequest,
        Self::PerMillionTokens,
        Self::PerAcceptedAnswer,
        Self::Low,
        Self::High,
        Self::SavingsPerMonth,
        Self::SavingsPercent,
        Self::Quality,
        Self::CallsPerDay,
        Self::InputTokensPerDay,
        Self::CachedTokensPerDay,
        Self::OutputTokensPerDay,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strategy => "strategy",
            Self::PerHour => "per_hour",
            Self::PerDay => "per_day",
            Self::PerMonth => "per_month",
            Self::PerYear => "per_year",
            Self::ListPerMonth => "list_per_month",
            Self::PerRequest => "per_request",
            Self::PerMillionTokens => "per_million_tokens",
            Self::PerAcceptedAnswer => "per_accepted_answer",
            Self::Low => "low",
            Self::High => "high",
            Self::SavingsPerMonth => "savings_per_month",
            Self::SavingsPercent => "savings_percent",
            Self::Quality => "quality",
            Self::CallsPerDay => "calls_per_day",
            Self::InputTokensPerDay => "input_tokens_per_day",
            Self::CachedTokensPerDay => "cached_tokens_per_day",
            Self::OutputTokensPerDay => "output_tokens_per_day",
        }
    }

    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether it is an amount of money.
    pub fn is_money(self) -> bool {
        match self {
            Self::PerHour
            | Self::PerDay
            | Self::PerMonth
            | Self::PerYear
            | Self::ListPerMonth
            | Self::PerRequest
            | Self::PerMillionTokens
            | Self::PerAcceptedAnswer
            | Self::Low
            | Self::High
            | Self::SavingsPerMonth => true,
            Self::Strategy
            | Self::SavingsPercent
            | Self::Quality
            | Self::CallsPerDay
            | Self::InputTokensPerDay
            | Self::CachedTokensPerDay
            | Self::OutputTokensPerDay => false,
        }
    }

    /// Its value; `None` for the name and where a strategy has no such figure.
    pub fn of(self, strategy: &StrategyReport) -> Option<Exact> {
        let cost = &strategy.cost;
        let total = |of: fn(&Usage) -> &Exact| Some(strategy.usage.iter().map(of).sum());
        match self {
            Self::Strategy => None,
            Self::PerHour => Some(cost.per_hour.clone()),
            Self::PerDay => Some(cost.per_day.clone()),
            Self::PerMonth => Some(cost.per_month.clone()),
            Self::PerYear => Some(cost.per_year.clone()),
            Self::ListPerMonth => cost.list_per_month.clone(),
            Self::PerRequest => Some(cost.per_request.clone()),
            Self::PerMillionTokens => cost.per_million_tokens.clone(),
            Self::PerAcceptedAnswer => cost.per_accepted_answer.clone(),
            Self::Low => strategy.interval.as_ref().map(|interval| interval.low_per_month.clone()),
            Self::High => strategy.interval.as_ref().map(|interval| interval.high_per_month.clone()),
            Self::SavingsPerMonth => Some(strategy.savings.per_month.clone()),
            Self::SavingsPercent => strategy.savings.percent.clone(),
            Self::Quality => strategy.quality.clone(),
            Self::CallsPerDay => total(|usage| &usage.calls_per_day),
            Self::InputTokensPerDay => total(|usage| &usage.input_tokens_per_day),
            Self::CachedTokensPerDay => total(|usage| &usage.cached_tokens_per_day),
            Self::OutputTokensPerDay => total(|usage| &usage.output_tokens_per_day),
        }
    }

    /// Whether more of it is better.
    fn is_gain(self) -> bool {
        matches!(self, Self::SavingsPerMonth | Self::SavingsPercent | Self::Quality)
    }
}

/// An order of strategies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    /// By what.
    pub field: Field,
    /// From the greatest down.
    pub descending: bool,
}

impl Order {
    /// The best first: the cheapest, or what saves most.
    pub fn best_first(field: Field) -> Self {
        Self { field, descending: field.is_gain() }
    }
}

impl Report {
    /// The same report with these strategies only, in its own order.
    #[must_use]
    pub fn with_strategies(mut self, names: &[String]) -> Self {
        let before = self.strategies.len();
        self.strategies.retain(|strategy| names.contains(&strategy.name));
        self.omit(before.saturating_sub(self.strategies.len()));
        self
    }

    fn omit(&mut self, number: usize) {
        self.omitted_strategies = self.omitted_strategies.saturating_add(u64::try_from(number).unwrap_or(u64::MAX));
    }

    /// The same report with its strategies in another order, and only the first `top` of them. Equal ones keep their
    /// order; those without such a figure come last.
    #[must_use]
    pub fn arranged(mut self, order: Option<Order>, top: Option<usize>) -> Self {
        if let Some(order) = order {
            let key = |strategy: &StrategyReport| order.field.of(strategy);
            self.strategies.sort_by_cached_key(|strategy| Rank::of(order, key(strategy), strategy));
        }
        if let Some(top) = top {
            let omitted = self.strategies.len().saturating_sub(top);
            self.strategies.truncate(top);
            self.omit(omitted);
        }
        self
    }
}

/// Where a strategy comes in an order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Ascending(Exact),
    Descending(std::cmp::Reverse<Exact>),
    Named(String),
    NamedBackwards(std::cmp::Reverse<String>),
    Unknown,
}

impl Rank {
    fn of(order: Order, value: Option<Exact>, strategy: &StrategyReport) -> Self {
        match (value, order.field, order.descending) {
            (_, Field::Strategy, false) => Self::Named(strategy.name.clone()),
            (_, Field::Strategy, true) => Self::NamedBackwards(std::cmp::Reverse(strategy.name.clone())),
            (Some(value), _, false) => Self::Ascending(value),
            (Some(value), _, true) => Self::Descending(std::cmp::Reverse(value)),
            (None, ..) => Self::Unknown,
        }
    }
}
