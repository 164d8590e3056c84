//! What a strategy's bill is made of.

use std::sync::Arc;

use crate::figure::{
    Calls, Cost, Count, Days, Decisions, Factor, Figure, Money, Runtime, Share, Speed, Step, Tokens, Uptime, Volume,
};
use crate::plan::{Commitment, Deployment, Model, Server, Term};
use crate::pricing::Component;
use crate::units::Exact;

/// The lever that causes a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lever {
    /// Answers given again.
    ResponseCache,
    /// Context that is searched for each request.
    Retrieval,
    /// Prompt compression.
    Compress,
    /// Training of a model and keeping it ready.
    FineTune,
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
    /// Capacity of one's own.
    Deployment,
    /// Summaries of long conversations.
    Summarise,
    /// Prompt caches that are held.
    PrefixCache,
    /// What a request uses beside tokens.
    Metered,
    /// Spend that was promised or paid in advance.
    Commitment,
}

impl Lever {
    /// Whether its lines are what answering costs, call by call.
    pub fn answers(self) -> bool {
        match self {
            Self::Router
            | Self::Model
            | Self::Route
            | Self::Misroute
            | Self::Cascade
            | Self::Judge
            | Self::Retries
            | Self::Deployment => true,
            Self::ResponseCache
            | Self::Retrieval
            | Self::Compress
            | Self::FineTune
            | Self::Summarise
            | Self::PrefixCache
            | Self::Metered
            | Self::Commitment => false,
        }
    }

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResponseCache => "response_cache",
            Self::Retrieval => "retrieval",
            Self::Compress => "compress",
            Self::FineTune => "fine_tune",
            Self::Router => "router",
            Self::Model => "model",
            Self::Route => "route",
            Self::Misroute => "misroute",
            Self::Cascade => "cascade",
            Self::Judge => "judge",
            Self::Retries => "retries",
            Self::Deployment => "deployment",
            Self::Summarise => "summarise",
            Self::PrefixCache => "prefix_cache",
            Self::Metered => "metered",
            Self::Commitment => "commitment",
        }
    }
}

/// Which of a model's cards was paid.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// Answered at once.
    Standard,
    /// Answered when the provider has time.
    Batch,
    /// A mode of the price list: `flex`, `priority`.
    Named(Arc<str>),
}

impl Mode {
    /// Its name in reports and price lists.
    pub fn name(&self) -> &str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Named(name) => name,
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
    /// Things that are kept all month, what one of them is called, and the days of the month.
    Kept(Figure<Count>, &'static str, Figure<Days>),
    /// Hours of replicas or units, and what one of them is called.
    Uptime(Figure<Uptime>, &'static str),
    /// Seconds of workers.
    Runtime(Figure<Runtime>),
}

impl Quantity {
    /// The figure behind it.
    pub fn step(&self) -> &Arc<Step> {
        match self {
            Self::Tokens(figure) => figure.step(),
            Self::Events(figure) => figure.step(),
            Self::Month(figure) => figure.step(),
            Self::Kept(figure, ..) => figure.step(),
            Self::Uptime(figure, _) => figure.step(),
            Self::Runtime(figure) => figure.step(),
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

impl Line {
    /// Its cost under the name that formulae have for it.
    pub(super) fn named(&self, cost: Figure<Cost>) -> Figure<Cost> {
        cost.named(format!("{} {} per day", self.item, self.component))
    }
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
    /// A prompt too short for the model's prompt cache.
    BelowMinimumPrefix {
        /// Whose minimum.
        model: String,
        /// Cacheable tokens of the mean call.
        tokens: Exact,
        /// The minimum.
        minimum: Exact,
        /// The share of the calls that are too short.
        share: Exact,
    },
    /// A compression that changes the prefix from call to call.
    CompressionBreaksPrefix {
        /// The part of the prompt.
        part: &'static str,
    },
    /// A call that does not fit the model's context or output limit.
    ExceedsContext {
        /// Whose limit.
        model: String,
        /// The share of the calls that do not fit.
        share: Exact,
        /// Tokens of the longest call.
        tokens: Exact,
        /// The limit.
        limit: u64,
        /// What is limited.
        what: &'static str,
    },
    /// A step of a cascade with a stated accept rate, beside stated qualities.
    UnknownJudgement {
        /// Who answers there.
        step: String,
    },
    /// Two models of a cascade that are taken to err independently.
    IndependentErrors {
        /// Who was wrong.
        first: String,
        /// Who is asked then.
        then: String,
    },
    /// A deployment that is not allowed to grow to what its load needs.
    CapacityExceeded {
        /// Which.
        deployment: String,
        /// What it would need at its peak.
        needed: Exact,
        /// What it may have.
        most: Exact,
        /// What is counted: replicas, instances, units.
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

impl Escalation {
    /// The share of its calls that has to stop at it for it to pay; `None` where none does.
    pub fn break_even(&self) -> Option<Exact> {
        let accepted = self.stopped.checked_div(&self.reach)?;
        (&self.cost * &accepted).checked_div(&self.spares)
    }
}

/// What a prompt cache does on one model.
#[derive(Clone, Debug)]
pub struct PrefixUse {
    /// The model.
    pub model: Arc<Model>,
    /// The lifetime under its name in the price list; empty for the usual one.
    pub ttl: String,
    /// Tokens per day that are read from the cache.
    pub read: Exact,
    /// Tokens per day that are written to it.
    pub written: Exact,
    /// All input tokens per day of the calls that use it.
    pub input: Exact,
    /// What the cached tokens cost per day.
    pub cost: Exact,
    /// What they would cost per day without a cache.
    pub without: Exact,
    /// Write price over input price.
    pub write_ratio: Option<Exact>,
    /// Read price over input price.
    pub read_ratio: Option<Exact>,
    /// Requests per second and prefix, where the hit share is derived from them.
    pub rate: Option<Exact>,
}

impl PrefixUse {
    /// What holding a cache costs per day, whatever is read.
    pub(super) fn held(model: &Arc<Model>, write: &Component, cost: Exact) -> Self {
        let ttl = match write {
            Component::CacheWrite(ttl) => ttl.clone(),
            _ => String::new(),
        };
        let (read, written, input, without) = (Exact::ZERO, Exact::ZERO, Exact::ZERO, Exact::ZERO);
        let (write_ratio, read_ratio, rate) = (None, None, None);
        Self { model: Arc::clone(model), ttl, read, written, input, cost, without, write_ratio, read_ratio, rate }
    }
}

/// What a strategy asks of a deployment, and what that takes.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// The deployment.
    pub deployment: Arc<Deployment>,
    /// Calls per day.
    pub calls: Figure<Calls>,
    /// Tokens per day that it reads.
    pub input: Figure<Volume>,
    /// Tokens per day that it writes, reasoning included.
    pub output: Figure<Volume>,
    /// The load of the busiest hour over the mean load.
    pub peak: Figure<Factor>,
    /// Output tokens per second of a replica; `None` where capacity is not counted in replicas.
    pub throughput: Option<Figure<Speed>>,
    /// Whether that is an estimate.
    pub is_estimated: bool,
    /// What runs in the busiest hour: replicas, instances, workers or units.
    pub at_peak: Exact,
    /// What one of them is called.
    pub what: &'static str,
    /// Hours of them per day, all together.
    pub hours: Exact,
    /// How much of the paid capacity the load takes, as a share; `None` where that is not known.
    pub utilization: Option<Exact>,
    /// Hours per day by the way they are bought.
    pub bought: Vec<(Term, Exact)>,
    /// The share of the requests that wait for a worker to start.
    pub cold_share: Option<Exact>,
    /// The share of the calls that pay-as-you-go takes.
    pub overflow: Option<Exact>,
}

/// A corpus as it is searched.
#[derive(Clone, Debug)]
pub struct Index {
    /// Chunks of it, each with a vector.
    pub chunks: Figure<Count>,
    /// Tokens that are read to make their vectors, overlaps included.
    pub tokens: Figure<Tokens>,
    /// What the first index costs.
    pub cost: Figure<Money>,
    /// The part of that which a month bears.
    pub per_month: Figure<Money>,
    /// 10^9 bytes in the store, where it is paid by size.
    pub stored: Option<Figure<Count>>,
    /// Tokens of context that a prompt gets, before any other lever.
    pub context: Figure<Tokens>,
}

/// A tuned model's training.
#[derive(Clone, Debug)]
pub struct Training {
    /// What it costs.
    pub cost: Figure<Money>,
    /// The part of that which a month bears.
    pub per_month: Figure<Money>,
}

/// What a commitment comes to.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Which.
    pub commitment: Commitment,
    /// What the models that it covers cost a month.
    pub spend: Figure<Money>,
    /// What was promised, or is paid, a month.
    pub committed: Figure<Money>,
    /// Usage that a month of prepaid credits buys; `None` where nothing is prepaid.
    pub credit: Option<Figure<Money>>,
    /// What it adds to the bill a month; negative where a bonus is used.
    pub adds: Figure<Money>,
}

/// The result of a strategy.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The bill.
    pub lines: Vec<Line>,
    /// Calls per day by who answers, in the order they came up.
    pub calls: Vec<(Server, Figure<Calls>)>,
    /// Those of the calls of models that can wait, in a batch.
    pub waiting: Vec<(Arc<Model>, Figure<Calls>)>,
    /// Calls per day that go on to be answered, behind response cache and packing; each once, however often it is tried.
    pub reached: Figure<Calls>,
    /// Deployments and what they come to.
    pub hosted: Vec<Hosted>,
    /// The corpus that is searched.
    pub index: Option<Index>,
    /// The training of the model that answers.
    pub training: Option<Training>,
    /// Commitments and what they come to.
    pub settled: Vec<Settled>,
    /// Prompt caches and what they do.
    pub prefixes: Vec<PrefixUse>,
    /// The share of the requests that get a right answer, where enough is stated.
    pub quality: Option<Figure<Share>>,
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
    /// Comparisons with uncertain figures: as long as they come out as they did, the formulae of the bill hold.
    pub decisions: Decisions,
}
