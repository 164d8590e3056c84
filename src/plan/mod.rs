//! The plan: a scenario fully resolved. Nothing in it needs to be looked up, parsed or checked again.

mod condition;
mod contracts;
mod fine_tune;
mod forecast;
mod hosting;
mod levers;
pub mod log;
mod optimize;
mod prices;
mod quality;
mod retrieval;
mod servers;
mod switch;
mod uncertain;
mod workload;

use std::sync::Arc;

pub use condition::{Condition, Limit, Test};
pub use contracts::{Commitment, RateLimit, RateLimits, Terms, Whose};
pub use fine_tune::{Base, FineTune, Span};
pub use forecast::{Decline, Event, Forecast, Growth, Happening, Ramp};
pub use hosting::{
    Bound, BreakEvenCase, Busy, Counted, Deployment, DeploymentUse, Estimator, Opponent, Package, Provisioned,
    Purchase, Replicas, Serverless, Supply, Term, Throughput,
};
pub use levers::{
    Arm, Batch, Billed, Billing, Cacheable, CallCost, Cascade, CascadeStep, Compress, Compressor, Cut, Explicit,
    FalseHits, History, HitRate, Judge, KeepExamples, Layer, OutputLever, Overrides, Pack, Popularity, PrefixCache,
    Remembered, ResponseCache, Retries, Route, RouteBy, Server, ServiceMode, Serving, Skill, Stop, Strategy, Ttl,
};

pub use optimize::Optimize;
pub use prices::{Agreed, Negotiated, PriceBook};
pub use quality::{GivenWrong, Quality, Rates};
pub use retrieval::{KeepContext, Rent, Rerank, Retrieval, Store};
pub use switch::Switch;
pub use uncertain::{Again, Change, Correlation, Draw, Drawn, Input, Uncertainties};
pub use workload::{
    Agent, Case, Complexity, Lengths, Metered, Part, Profile, Prompt, Task, TokenFactor, Tokenizer, Turns, Workload,
};

use crate::diag::Place;
use crate::figure::{Days, Figure};
use crate::pricing::{self, Date, ListInfo};
use crate::units::Exact;

/// A scenario, ready to be computed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name; the file's name when none is stated.
    pub name: String,
    /// The file, as the user named it.
    pub file: String,
    /// The date of all prices.
    pub as_of: Date,
    /// The prices, also of models that it does not name.
    pub prices: PriceBook,
    /// The price lists, the one that wins first.
    pub lists: Vec<Arc<ListInfo>>,
    /// The currency that amounts are shown in.
    pub currency: Currency,
    /// Days that a month has.
    pub days_per_month: Figure<Days>,
    /// What comes in.
    pub workload: Workload,
    /// Whether the scenario states it; if not, a log does.
    pub has_workload: bool,
    /// What the scenario says of request logs.
    pub log: Option<log::Log>,
    /// How often answers are right.
    pub quality: Quality,
    /// What could be done about it, in the order of the file.
    pub strategies: Vec<Strategy>,
    /// The strategy that the others are compared with.
    pub baseline: usize,
    /// Models on rented GPUs.
    pub deployments: Vec<Arc<Deployment>>,
    /// What they are compared with.
    pub break_evens: Vec<BreakEvenCase>,
    /// Rate limits of providers.
    pub limits: Option<RateLimits>,
    /// Spend that was promised to providers or paid in advance.
    pub commitments: Vec<Commitment>,
    /// The months to come.
    pub forecast: Forecast,
    /// What is asked of the cheapest mix.
    pub optimize: Optimize,
    /// Limits that `check` enforces.
    pub budgets: Vec<Budget>,
    /// Claims of the file about its own result.
    pub expectations: Vec<Expectation>,
    /// What is not known exactly.
    pub uncertain: Uncertainties,
}

/// The currency that amounts are shown in; prices and computation stay in USD.
#[derive(Clone, Debug)]
pub struct Currency {
    /// ISO code.
    pub code: String,
    /// How many of it a dollar buys.
    pub per_usd: Exact,
}

impl Currency {
    /// A formula in USD with the rate as its last factor, where another currency is shown.
    pub fn converted(&self, formula: &str) -> String {
        if self.code == "USD" {
            return formula.to_owned();
        }
        format!("({formula}) x {} {} per USD", self.per_usd, self.code)
    }
}

/// A model as this scenario pays for it.
#[derive(Debug)]
pub struct Model {
    /// What the price list says.
    pub listed: Arc<pricing::Model>,
    /// The date of its prices.
    pub as_of: Date,
    /// What was agreed about it.
    pub negotiated: Negotiated,
}

impl Model {
    /// The name of the model that a request log names.
    pub const AS_LOGGED: &str = "as-logged";

    /// Stands for the model that a request log names: it has no prices of its own.
    pub fn as_logged(as_of: Date, place: &Place) -> Self {
        let list = ListInfo { name: "log".to_owned(), listed: None, sha256: String::new() };
        let listed = pricing::Model::unpriced(Self::AS_LOGGED, "log", Arc::new(list), place);
        Self { listed: Arc::new(listed), as_of, negotiated: Negotiated::default() }
    }

    /// Whether it stands for what a request log names.
    pub fn is_as_logged(&self) -> bool {
        self.listed.id == Self::AS_LOGGED && self.listed.cards.is_empty()
    }
}

/// A mention of a model in a scenario.
#[derive(Clone, Debug)]
pub struct ModelUse {
    /// The model.
    pub model: Arc<Model>,
    /// Where it is mentioned.
    pub place: Place,
}

/// Two mentions of one model of one seller.
impl PartialEq for ModelUse {
    fn eq(&self, other: &Self) -> bool {
        let name = |used: &Self| (used.model.listed.provider.clone(), used.model.listed.id.clone());
        name(self) == name(other)
    }
}

/// A limit on what a strategy may cost.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Which strategy.
    pub strategy: usize,
    /// Which of its figures.
    pub metric: Metric,
    /// The limit in USD.
    pub limit: Exact,
    /// Whether passing it fails a `check`.
    pub fails: bool,
    /// Where it is stated.
    pub place: Place,
}

/// A claim of a scenario about its own result.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Which strategy.
    pub strategy: usize,
    /// Which of its figures.
    pub metric: Metric,
    /// What it is claimed to be, in USD or in the metric's own unit.
    pub equals: Exact,
    /// How far it may be off.
    pub within: Exact,
    /// Where it is stated.
    pub place: Place,
}

/// A figure of a strategy's result that budgets and expectations name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    /// Cost of a day.
    PerDay,
    /// Cost of a month of the calendar.
    PerMonth,
    /// Cost of 365 days.
    PerYear,
    /// Cost of a request.
    PerRequest,
    /// Cost of a million tokens of the workload as stated.
    PerMillionTokens,
    /// Saved a day against the baseline.
    SavingsPerDay,
    /// Saved a month against the baseline.
    SavingsPerMonth,
    /// Saved in percent of the baseline.
    SavingsPercent,
    /// Model calls a day.
    CallsPerDay,
    /// Input tokens a day.
    InputTokensPerDay,
    /// Output tokens a day.
    OutputTokensPerDay,
    /// The share of the requests that get a right answer.
    Quality,
    /// Cost of a request over the share of right answers.
    PerAcceptedAnswer,
    /// What a call of a tuned model saves, training and hosting left out.
    FineTuneSavesPerCall,
    /// Calls after which its training is paid.
    FineTuneBreakEvenCalls,
    /// A cascade that pays only the step that answered.
    FinalOnlyPerMonth,
    /// A cascade that pays every attempt.
    EveryAttemptPerMonth,
    /// The median of the cost of a month, over what is uncertain.
    P50PerMonth,
    /// The cost of a month that is passed with a probability of 10%.
    P90PerMonth,
    /// The cost of a month that is passed with a probability of 5%.
    P95PerMonth,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 20] = [
        Self::PerDay,
        Self::PerMonth,
        Self::PerYear,
        Self::PerRequest,
        Self::PerMillionTokens,
        Self::SavingsPerDay,
        Self::SavingsPerMonth,
        Self::SavingsPercent,
        Self::CallsPerDay,
        Self::InputTokensPerDay,
        Self::OutputTokensPerDay,
        Self::Quality,
        Self::PerAcceptedAnswer,
        Self::FineTuneSavesPerCall,
        Self::FineTuneBreakEvenCalls,
        Self::FinalOnlyPerMonth,
        Self::EveryAttemptPerMonth,
        Self::P50PerMonth,
        Self::P90PerMonth,
        Self::P95PerMonth,
    ];

    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::PerDay => "per_day",
            Self::PerMonth => "per_month",
            Self::PerYear => "per_year",
            Self::PerRequest => "per_request",
            Self::PerMillionTokens => "per_million_tokens",
            Self::SavingsPerDay => "savings_per_day",
            Self::SavingsPerMonth => "savings_per_month",
            Self::SavingsPercent => "savings_percent",
            Self::CallsPerDay => "calls_per_day",
            Self::InputTokensPerDay => "input_tokens_per_day",
            Self::OutputTokensPerDay => "output_tokens_per_day",
            Self::Quality => "quality",
            Self::PerAcceptedAnswer => "per_accepted_answer",
            Self::FineTuneSavesPerCall => "fine_tune_saves_per_call",
            Self::FineTuneBreakEvenCalls => "fine_tune_break_even_calls",
            Self::FinalOnlyPerMonth => "cascade_final_only_per_month",
            Self::EveryAttemptPerMonth => "cascade_every_attempt_per_month",
            Self::P50PerMonth => "p50_per_month",
            Self::P90PerMonth => "p90_per_month",
            Self::P95PerMonth => "p95_per_month",
        }
    }

    /// The probability of which it is the quantile; `None` where it is none.
    pub fn quantile(self) -> Option<Exact> {
        let percent = match self {
            Self::P50PerMonth => 50,
            Self::P90PerMonth => 90,
            Self::P95PerMonth => 95,
            _ => return None,
        };
        Exact::ratio(percent, 100)
    }

    /// Whether it compares with the baseline.
    pub fn is_saving(self) -> bool {
        matches!(self, Self::SavingsPerDay | Self::SavingsPerMonth | Self::SavingsPercent)
    }

    /// Whether a budget can limit it: more of it is worse.
    pub fn is_limit(self) -> bool {
        !self.is_saving() && !matches!(self, Self::Quality | Self::FineTuneSavesPerCall | Self::FineTuneBreakEvenCalls)
    }

    /// Whether it is an amount of money.
    pub fn is_money(self) -> bool {
        !matches!(
            self,
            Self::SavingsPercent
                | Self::CallsPerDay
                | Self::InputTokensPerDay
                | Self::OutputTokensPerDay
                | Self::Quality
                | Self::FineTuneBreakEvenCalls
        )
    }
}
