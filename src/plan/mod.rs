//! The plan: a scenario fully resolved. Nothing in it needs to be looked up, parsed or checked again.

mod hosting;
mod levers;
pub mod log;

use std::sync::Arc;

pub use hosting::{
    BreakEvenCase, Busy, Counted, Deployment, DeploymentUse, Opponent, Package, Provisioned, Purchase, Replicas,
    Serverless, Supply, Term,
};
pub use levers::{
    Arm, Batch, Billed, Billing, CallCost, Cascade, CascadeStep, Compress, Compressor, Cut, FalseHits, KeepExamples,
    Layer, OutputLever, Overrides, Pack, ResponseCache, Retries, Route, Server, Serving, Stop, Strategy,
};

use crate::diag::Place;
use crate::figure::{Calls, Days, Factor, Figure, Share, Tokens};
use crate::pricing::{self, Date, ListInfo};
use crate::units::Exact;

/// A scenario, ready to be computed.
#[derive(Debug)]
pub struct Plan {
    /// Its name; the file's name when none is stated.
    pub name: String,
    /// The file, as the user named it.
    pub file: String,
    /// The date of all prices.
    pub as_of: Date,
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
    /// What could be done about it, in the order of the file.
    pub strategies: Vec<Strategy>,
    /// The strategy that the others are compared with.
    pub baseline: usize,
    /// Models on rented GPUs.
    pub deployments: Vec<Arc<Deployment>>,
    /// What they are compared with.
    pub break_evens: Vec<BreakEvenCase>,
    /// Limits that `check` enforces.
    pub budgets: Vec<Budget>,
    /// Claims of the file about its own result.
    pub expectations: Vec<Expectation>,
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

/// The requests that come in.
#[derive(Debug)]
pub struct Workload {
    /// All requests.
    pub requests: Figure<Calls>,
    /// The kinds of request; a single unnamed one where the file has no `tasks`.
    pub tasks: Vec<Task>,
    /// When they come; evenly when `None`.
    pub profile: Option<Profile>,
}

/// When requests come.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The load of each hour of the week over the mean load, from Monday 00:00; 168 numbers with a mean of 1.
    pub hours: Vec<Exact>,
    /// Minutes by which its clock is ahead of UTC.
    pub ahead_of_utc: i32,
    /// Where it is stated.
    pub place: Place,
}

impl Profile {
    /// The load of the busiest hour over the mean load.
    pub fn busiest(&self) -> Figure<Factor> {
        let most = self.hours.iter().max().cloned().unwrap_or(Exact::ONE);
        Figure::stated("busiest hour over mean", most, &self.place)
    }
}

/// Requests of one kind.
#[derive(Debug)]
pub struct Task {
    /// Its name; `None` for the workload as a whole.
    pub name: Option<String>,
    /// Its share of the requests.
    pub share: Figure<Share>,
    /// What a request carries.
    pub prompt: Prompt,
    /// Visible tokens of an answer; `None` when the file does not say.
    pub output: Option<Figure<Tokens>>,
    /// Hidden reasoning tokens of an answer.
    pub reasoning: Figure<Tokens>,
    /// How hard it is.
    pub complexity: Complexity,
    /// Where it is stated.
    pub place: Place,
}

/// How hard a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Complexity {
    /// Formatting, extraction, simple classification.
    Low,
    /// Summarisation, questions and answers, translation.
    Medium,
    /// Reasoning, code generation, analysis.
    High,
}

impl Complexity {
    /// What the task's name says (SPEC section 3).
    pub fn of_task(name: &str) -> Self {
        match name {
            "reasoning" | "code_generation" | "analysis" => Self::High,
            "summarization" | "qa" | "translation" => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// A part of a prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Instructions that are the same for every request.
    System,
    /// Tool definitions.
    Tools,
    /// Few-shot examples.
    Examples,
    /// Retrieved context.
    Context,
    /// What was said before.
    History,
    /// The request itself.
    User,
}

impl Part {
    /// In the order of a prompt.
    pub const ALL: [Self; 6] = [Self::System, Self::Tools, Self::Examples, Self::Context, Self::History, Self::User];

    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Tools => "tools",
            Self::Examples => "examples",
            Self::Context => "context",
            Self::History => "history",
            Self::User => "user",
        }
    }

    /// Whether the part is the same for every request, so that packed requests share it.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::System | Self::Tools | Self::Examples)
    }
}

/// Tokens of a prompt by part.
#[derive(Clone, Debug)]
pub struct Prompt {
    parts: [Figure<Tokens>; 6],
}

impl Prompt {
    /// A prompt with these parts.
    pub fn new(of: impl FnMut(Part) -> Figure<Tokens>) -> Self {
        Self { parts: Part::ALL.map(of) }
    }

    /// The tokens of `part`.
    pub fn part(&self, part: Part) -> &Figure<Tokens> {
        let [system, tools, examples, context, history, user] = &self.parts;
        match part {
            Part::System => system,
            Part::Tools => tools,
            Part::Examples => examples,
            Part::Context => context,
            Part::History => history,
            Part::User => user,
        }
    }

    /// The prompt with every part replaced.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(Part, &Figure<Tokens>) -> Figure<Tokens>) -> Self {
        Self::new(|part| change(part, self.part(part)))
    }

    /// All tokens of the parts that `wanted` names.
    pub fn total(&self, wanted: impl Fn(Part) -> bool) -> Figure<Tokens> {
        Figure::total(Part::ALL.into_iter().filter(|part| wanted(*part)).map(|part| self.part(part).clone()))
    }
}

/// A model as this scenario pays for it.
#[derive(Debug)]
pub struct Model {
    /// What the price list says.
    pub listed: Arc<pricing::Model>,
    /// The date of its prices.
    pub as_of: Date,
    /// The negotiated discount.
    pub discount: Option<Figure<Share>>,
}

impl Model {
    /// The name of the model that a request log names.
    pub const AS_LOGGED: &str = "as-logged";

    /// Stands for the model that a request log names: it has no prices of its own.
    pub fn as_logged(as_of: Date, place: &Place) -> Self {
        let list = ListInfo { name: "log".to_owned(), listed: None, sha256: String::new() };
        let listed = pricing::Model::unpriced(Self::AS_LOGGED, "log", Arc::new(list), place);
        Self { listed: Arc::new(listed), as_of, discount: None }
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

/// A limit on what a strategy may cost.
#[derive(Debug)]
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
#[derive(Debug)]
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
    /// A cascade that pays only the step that answered.
    FinalOnlyPerMonth,
    /// A cascade that pays every attempt.
    EveryAttemptPerMonth,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 13] = [
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
        Self::FinalOnlyPerMonth,
        Self::EveryAttemptPerMonth,
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
            Self::FinalOnlyPerMonth => "cascade_final_only_per_month",
            Self::EveryAttemptPerMonth => "cascade_every_attempt_per_month",
        }
    }

    /// Whether it compares with the baseline; more of it is better, so that it is no limit.
    pub fn is_saving(self) -> bool {
        matches!(self, Self::SavingsPerDay | Self::SavingsPerMonth | Self::SavingsPercent)
    }

    /// Whether it is an amount of money.
    pub fn is_money(self) -> bool {
        !matches!(self, Self::SavingsPercent | Self::CallsPerDay | Self::InputTokensPerDay | Self::OutputTokensPerDay)
    }
}
