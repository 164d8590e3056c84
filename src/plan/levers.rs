//! The levers of a strategy, resolved. What each computes stands in the file of its name under `levers/`.

use super::{DeploymentUse, ModelUse, Part};
use crate::diag::Place;
use crate::figure::{Count, Figure, Money, Share, Tokens};
use crate::pricing::Component;

/// One way to serve the workload: levers, each at most once.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Its name.
    pub name: String,
    /// Where it is stated.
    pub place: Place,
    /// Answers given again.
    pub response_cache: Option<ResponseCache>,
    /// Prompt parts made shorter.
    pub compress: Option<Compress>,
    /// Fewer few-shot examples.
    pub examples: Option<KeepExamples>,
    /// Most tokens of retrieved context.
    pub context_max: Option<Figure<Tokens>>,
    /// Several requests in one call.
    pub pack: Option<Pack>,
    /// Who answers.
    pub serving: Serving,
    /// Levers that a route entry or cascade step may state for itself.
    pub defaults: Overrides,
}

/// Levers that apply to single attempts: stated for a strategy, and possibly again for a part of it.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Overrides {
    /// Length of answers.
    pub output: Option<OutputLever>,
    /// Calls repeated after a failure.
    pub retries: Option<Retries>,
    /// Calls that can wait.
    pub batch: Option<Batch>,
}

impl Overrides {
    /// These levers, and those of `outer` that are not stated here.
    #[must_use]
    pub fn or(&self, outer: &Self) -> Self {
        Self {
            output: self.output.clone().or_else(|| outer.output.clone()),
            retries: self.retries.clone().or_else(|| outer.retries.clone()),
            batch: self.batch.clone().or_else(|| outer.batch.clone()),
        }
    }
}

/// Who answers a call.
#[derive(Clone, PartialEq, Debug)]
pub enum Server {
    /// A model of a price list.
    Model(ModelUse),
    /// A model on capacity of one's own.
    Deployment(DeploymentUse),
}

impl Server {
    /// What reports call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Model(model) => &model.model.listed.id,
            Self::Deployment(used) => &used.deployment.name,
        }
    }

    /// Where it is mentioned.
    pub fn place(&self) -> &Place {
        match self {
            Self::Model(model) => &model.place,
            Self::Deployment(used) => &used.place,
        }
    }
}

/// How calls are answered.
#[derive(Clone, PartialEq, Debug)]
pub enum Serving {
    /// By one server.
    Single(Server),
    /// One of several, chosen before the call.
    Route(Box<Route>),
    /// Several in turn, until an answer is good enough.
    Cascade(Box<Cascade>),
}

/// A part of a route or cascade: who answers, with levers of its own.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What people call it: the model's name, or `cascade`.
    pub label: String,
    /// Who answers.
    pub serving: Serving,
    /// Its own levers.
    pub overrides: Overrides,
    /// Where it is stated.
    pub place: Place,
}

/// Parts are the same wherever they are stated.
impl PartialEq for Arm {
    fn eq(&self, other: &Self) -> bool {
        (&self.label, &self.serving, &self.overrides) == (&other.label, &other.serving, &other.overrides)
    }
}

/// The choice of who answers, made before the call.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// Who can be chosen.
    pub arms: Vec<Arm>,
    /// For each task of the workload: arms by index, each with its share of that task.
    pub shares: Vec<Vec<(usize, Figure<Share>)>>,
    /// What the choice costs per call.
    pub router: Option<CallCost>,
    /// Share of the calls sent one tier too low and answered again.
    pub misroute: Option<Figure<Share>>,
}

/// A side call, or its price.
#[derive(Clone, PartialEq, Debug)]
pub enum CallCost {
    /// A call of a model.
    Call {
        /// Which.
        server: Server,
        /// Tokens it reads.
        input: Figure<Tokens>,
        /// Tokens it writes.
        output: Figure<Tokens>,
    },
    /// A stated price.
    PerRequest(Figure<Money>),
}

/// Models tried in turn.
#[derive(Clone, PartialEq, Debug)]
pub struct Cascade {
    /// The steps, cheapest first as a rule.
    pub steps: Vec<CascadeStep>,
    /// What judging an answer costs.
    pub judge: Option<CallCost>,
    /// Whether the last step's answers are judged too.
    pub judge_last: bool,
    /// Which attempts are paid.
    pub billing: Billing,
}

/// One step of a cascade.
#[derive(Clone, PartialEq, Debug)]
pub struct CascadeStep {
    /// Who answers.
    pub arm: Arm,
    /// Which answers stop here.
    pub stop: Stop,
    /// Share of the calls reaching the step that give no answer and move on.
    pub error: Option<Figure<Share>>,
    /// What such calls cost.
    pub billed: Billed,
}

/// Which answers of a step end the cascade.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    /// This share of its answers.
    Accept(Figure<Share>),
    /// This share of all requests.
    Handles(Figure<Share>),
}

/// Which attempts of a cascade are paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Billing {
    /// All of them: what a provider bills.
    EveryAttempt,
    /// Only the one that answered: a simplified blended rate.
    FinalOnly,
}

/// What a call that gave no answer costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Billed {
    /// As much as one that did.
    All,
    /// Its input.
    Input,
    /// Nothing.
    None,
}

/// Calls repeated after a failure.
#[derive(Clone, PartialEq, Debug)]
pub struct Retries {
    /// Share of calls that fail, each time.
    pub rate: Figure<Share>,
    /// What a failed call costs.
    pub billed: Billed,
    /// Most repetitions of one call; unlimited when `None`.
    pub max: Option<u32>,
}

/// Calls that can wait for a cheaper price.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Share of the calls.
    pub share: Figure<Share>,
    /// The discount stated for models without a batch price of their own.
    pub discount: Option<Figure<Share>>,
    /// Components the discount applies to; every token component when empty.
    pub applies_to: Vec<Component>,
    /// Where it is stated.
    pub place: Place,
}

/// Batches are the same wherever they are stated.
impl PartialEq for Batch {
    fn eq(&self, other: &Self) -> bool {
        (&self.share, &self.discount, &self.applies_to) == (&other.share, &other.discount, &other.applies_to)
    }
}

/// Length of answers.
#[derive(Clone, PartialEq, Debug)]
pub struct OutputLever {
    /// Factor on the length.
    pub scale: Option<Figure<Share>>,
    /// Most tokens.
    pub max: Option<Figure<Tokens>>,
}

/// Several requests in one call.
#[derive(Clone, PartialEq, Debug)]
pub struct Pack {
    /// Requests in a call.
    pub items: Figure<Count>,
    /// Output tokens that a packed call needs beside its answers.
    pub output_overhead: Figure<Tokens>,
}

/// Few-shot examples kept, of those there are.
#[derive(Clone, PartialEq, Debug)]
pub struct KeepExamples {
    /// How many stay.
    pub keep: Figure<Count>,
    /// How many there were.
    pub of: Figure<Count>,
}

/// Prompt parts made shorter.
#[derive(Clone, PartialEq, Debug)]
pub struct Compress {
    /// What happens to which part.
    pub cuts: Vec<(Part, Cut)>,
    /// What the compression itself costs.
    pub compressor: Option<Compressor>,
}

/// How a part is made shorter.
#[derive(Clone, PartialEq, Debug)]
pub enum Cut {
    /// By this share.
    Removed(Figure<Share>),
    /// To this many tokens, where it has more.
    To(Figure<Tokens>),
}

/// What compressing a prompt costs.
#[derive(Clone, PartialEq, Debug)]
pub enum Compressor {
    /// A model reads the uncompressed tokens of the parts that are made shorter.
    Model(Server),
    /// A stated price per request.
    PerRequest(Figure<Money>),
}

/// Answers given again.
#[derive(Clone, PartialEq, Debug)]
pub struct ResponseCache {
    /// Answers to the same question.
    pub exact: Option<Layer>,
    /// Answers to a similar question.
    pub semantic: Option<Layer>,
    /// Whether the semantic hit rate is a share of the exact misses, not of all requests.
    pub semantic_of_misses: bool,
    /// Paid by every request that goes on to a model.
    pub cost_per_store: Vec<Figure<Money>>,
    /// Fixed costs.
    pub per_month: Vec<Figure<Money>>,
}

/// One layer of a response cache.
#[derive(Clone, PartialEq, Debug)]
pub struct Layer {
    /// Share of the requests answered here.
    pub hit_rate: Figure<Share>,
    /// Paid by each hit.
    pub cost_per_hit: Option<Figure<Money>>,
    /// Paid by each request that reaches the layer.
    pub cost_per_lookup: Option<Figure<Money>>,
    /// Hits that answer wrongly.
    pub false_hits: Option<FalseHits>,
}

/// Hits that answer wrongly, and what follows.
#[derive(Clone, PartialEq, Debug)]
pub struct FalseHits {
    /// Share of the layer's hits.
    pub share: Figure<Share>,
    /// What each costs.
    pub cost: Option<Figure<Money>>,
    /// Whether the request is then sent to a model.
    pub rerun: bool,
}
