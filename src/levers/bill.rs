//! What a strategy's bill is made of.

use std::sync::Arc;

use crate::figure::{Calls, Cost, Days, Figure, Step, Volume};
use crate::plan::Model;
use crate::units::Exact;

/// The lever that causes a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lever {
    /// Answers given again.
    ResponseCache,
    /// Prompt compression.
    Compress,
    /// The choice of a model.
    Router,
    /// A single model.
    Model,
    /// Models chosen before the call.
    Route,
    /// Calls answered again after a wrong choice.
    Misroute,
    /// Models tried in turn.
    Cascade,
    /// Judging a cascade's answers.
    Judge,
    /// Failed calls repeated.
    Retries,
}

impl Lever {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResponseCache => "response_cache",
            Self::Compress => "compress",
            Self::Router => "router",
            Self::Model => "model",
            Self::Route => "route",
            Self::Misroute => "misroute",
            Self::Cascade => "cascade",
            Self::Judge => "judge",
            Self::Retries => "retries",
        }
    }
}

/// Which of a model's cards was paid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// Answered at once.
    Standard,
    /// Answered when the provider has time.
    Batch,
}

impl Mode {
    /// Its name in reports and price lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
        }
    }
}

/// How much of something a line bills per day.
#[derive(Clone, Debug)]
pub enum Quantity {
    /// Tokens.
    Tokens(Figure<Volume>),
    /// Calls, hits, lookups.
    Events(Figure<Calls>),
    /// A fixed cost per month.
    Month(Figure<Days>),
}

impl Quantity {
    /// The figure behind it.
    pub fn step(&self) -> &Arc<Step> {
        match self {
            Self::Tokens(figure) => figure.step(),
            Self::Events(figure) => figure.step(),
            Self::Month(figure) => figure.step(),
        }
    }
}

/// One line of a bill: quantity x unit price.
#[derive(Clone, Debug)]
pub struct Line {
    /// What causes it.
    pub lever: Lever,
    /// The model, or the part of a lever.
    pub item: String,
    /// What is priced: `input`, `output`, `hit`.
    pub component: String,
    /// The card that was paid.
    pub mode: Mode,
    /// The tier of long prompts, such as `>200000`.
    pub tier: Option<String>,
    /// The model whose price it is.
    pub model: Option<Arc<Model>>,
    /// How much, per day.
    pub quantity: Quantity,
    /// What one costs.
    pub price: Arc<Step>,
    /// What it costs per day.
    pub cost: Figure<Cost>,
}

/// Something worth a warning that was seen while computing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// A mean prompt near the threshold of a dearer tier.
    MeanTier {
        /// Whose tier.
        model: String,
        /// The threshold, as `>200000`.
        tier: String,
        /// Mean tokens of a prompt.
        mean: Exact,
    },
    /// A call that does not fit the model's context or output limit.
    ExceedsContext {
        /// Whose limit.
        model: String,
        /// Tokens of the call.
        tokens: Exact,
        /// The limit.
        limit: u64,
        /// What is limited.
        what: &'static str,
    },
}

/// What a step of a cascade costs and saves, over all tasks.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// Position of the step.
    pub step: usize,
    /// Who answers at it.
    pub label: String,
    /// Calls that reach it, per day.
    pub reach: Exact,
    /// Calls that stop at it, per day.
    pub stopped: Exact,
    /// What it costs per day, judge included.
    pub cost: Exact,
    /// What the calls that stop would have cost further on, per day.
    pub spares: Exact,
}

/// The result of a strategy.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The bill.
    pub lines: Vec<Line>,
    /// Calls per day by model, in the order they came up.
    pub calls: Vec<(Arc<Model>, Figure<Calls>)>,
    /// What everything costs per day: the sum of the lines.
    pub total: Figure<Cost>,
    /// Cases in which something was decided for the user.
    pub notes: Vec<String>,
    /// What deserves a warning.
    pub findings: Vec<Finding>,
    /// The steps of its cascades.
    pub escalations: Vec<Escalation>,
    /// Requests per day that end a cascade without an accepted answer.
    pub unanswered: Exact,
}
