//! The levers of a strategy, resolved. What each computes stands in the file of its name under `levers/`.

use std::sync::{Arc, Mutex, PoisonError};

use super::{DeploymentUse, FineTune, KeepContext, ModelUse, Part, Retrieval};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Calls, Count, Factor, Figure, Hours, Money, Seconds, Share, Tokens};
use crate::pricing::Component;
use crate::units::{Exact, display};

/// One way to serve the workload: levers, each at most once.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Its name.
    pub name: String,
    /// Where it is stated.
    pub place: Place,
    /// Answers given again.
    pub response_cache: Option<ResponseCache>,
    /// Where the context of prompts comes from.
    pub retrieval: Option<Retrieval>,
    /// Prompt parts made shorter.
    pub compress: Option<Compress>,
    /// Fewer few-shot examples.
    pub examples: Option<KeepExamples>,
    /// What of the retrieved context is kept.
    pub context: Option<KeepContext>,
    /// What becomes of a long history.
    pub history: Option<History>,
    /// Several requests in one call.
    pub pack: Option<Pack>,
    /// A tuned model that answers in place of `serving`.
    pub fine_tune: Option<FineTune>,
    /// Who answers, unless a tuned model does.
    pub serving: Serving,
    /// Levers that a route entry or cascade step may state for itself.
    pub defaults: Overrides,
}

impl Strategy {
    /// Who answers every call: the tuned model where there is one.
    pub fn answers(&self) -> &Serving {
        self.fine_tune.as_ref().map_or(&self.serving, |tuned| &tuned.serving)
    }
}

/// Levers that apply to single attempts: stated for a strategy, and possibly again for a part of it.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Overrides {
    /// Length of answers.
    pub output: Option<OutputLever>,
    /// Calls repeated after a failure.
    pub retries: Option<Retries>,
    /// The provider's prompt cache.
    pub prefix_cache: Option<PrefixCache>,
    /// Calls that can wait.
    pub batch: Option<Batch>,
    /// A price list's own way to answer the calls that are not in a batch: `flex`, `priority`.
    pub mode: Option<ServiceMode>,
}

impl Overrides {
    /// These levers, and those of `outer` that are not stated here.
    #[must_use]
    pub fn or(&self, outer: &Self) -> Self {
        Self {
            output: self.output.clone().or_else(|| outer.output.clone()),
            retries: self.retries.clone().or_else(|| outer.retries.clone()),
            prefix_cache: self.prefix_cache.clone().or_else(|| outer.prefix_cache.clone()),
            batch: self.batch.clone().or_else(|| outer.batch.clone()),
            mode: self.mode.clone().or_else(|| outer.mode.clone()),
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
    /// What decides in place of shares, where a request log says it.
    pub by: Option<RouteBy>,
}

/// What of a request of a log decides who answers it.
#[derive(Clone, PartialEq, Debug)]
pub enum RouteBy {
    /// Tokens of its prompt: the most that an arm takes, shortest first; and the arm of longer ones.
    Length(Vec<(u64, usize)>, usize),
    /// The value of a column; and the arm of all other values.
    Column(String, Vec<(String, usize)>, usize),
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
    /// Who judges answers.
    pub judge: Option<Judge>,
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
    /// Who judges its answers, in place of the cascade's judge.
    pub judge: Option<Judge>,
}

impl Cascade {
    /// Who judges the answers of a step.
    pub fn judge_of<'a>(&'a self, step: &'a CascadeStep) -> Option<&'a Judge> {
        step.judge.as_ref().or(self.judge.as_ref())
    }
}

/// Who decides whether an answer is good enough.
#[derive(Clone, PartialEq, Debug)]
pub struct Judge {
    /// What judging an answer costs; nothing when `None`.
    pub cost: Option<CallCost>,
    /// How well it tells right from wrong answers.
    pub skill: Option<Skill>,
}

/// How well a judge tells right from wrong answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Skill {
    /// The share of right answers that it accepts.
    pub sensitivity: Figure<Share>,
    /// The share of wrong answers that it rejects.
    pub specificity: Figure<Share>,
}

/// Which answers of a step end the cascade.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    /// This share of its answers.
    Accept(Figure<Share>),
    /// This share of all requests.
    Handles(Figure<Share>),
    /// Those that the judge accepts, which its skill and the step's quality say.
    Judged,
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

/// The provider's prompt cache: the prompt is read again, the answer is not.
#[derive(Clone, PartialEq, Debug)]
pub struct PrefixCache {
    /// Share of the cacheable tokens that are read; derived from traffic when `None`.
    pub hit_rate: Option<Figure<Share>>,
    /// The lifetime bought; the model's usual one when `None`.
    pub ttl: Option<Ttl>,
    /// Different prefixes that requests come with.
    pub prefixes: Figure<Count>,
    /// What of a prompt can be cached; system, tools, examples and carried history when `None`.
    pub tokens: Option<Cacheable>,
    /// Held for as long as it is paid, whether used or not.
    pub explicit: Option<Explicit>,
}

/// A lifetime that cache writes are bought for.
#[derive(Clone, PartialEq, Debug)]
pub struct Ttl {
    /// As price lists write it: `5m`, `1h`.
    pub name: String,
    /// The same in seconds.
    pub seconds: Figure<Seconds>,
}

/// How much of a prompt can be cached.
#[derive(Clone, PartialEq, Debug)]
pub enum Cacheable {
    /// So many tokens of each.
    Tokens(Figure<Tokens>),
    /// A share of each.
    Share(Figure<Share>),
}

/// A cache that is created and held.
#[derive(Clone, PartialEq, Debug)]
pub struct Explicit {
    /// Hours a day that it is held.
    pub hours: Figure<Hours>,
    /// How often a day each prefix is written anew.
    pub renewals: Figure<Calls>,
    /// Whether writing it is billed.
    pub creation_billed: bool,
}

/// A way to answer calls that a price list has prices for.
#[derive(Clone, Debug)]
pub struct ServiceMode {
    /// Its name there.
    pub name: Arc<str>,
    /// Where it is stated.
    pub place: Place,
}

/// Modes are the same wherever they are stated.
impl PartialEq for ServiceMode {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What becomes of a long history.
#[derive(Clone, PartialEq, Debug)]
pub enum History {
    /// Only its last tokens are sent.
    Max(Figure<Tokens>),
    /// It is summarised every so many turns.
    Summarise {
        /// Turns between two summaries.
        every: u32,
        /// Tokens of a summary.
        to: Figure<Tokens>,
        /// Who writes it.
        server: Server,
    },
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

impl ResponseCache {
    /// What is wrong where both layers answer more requests than there are.
    pub fn more_than_all(sum: &Exact, place: &Place) -> Diagnostic {
        let message = format!("both layers together answer {} of the requests", display::plain_percent(sum));
        Diagnostic::at(Code::Shares, place, message, "more than there are")
            .help("if the semantic rate is a share of the exact misses, say `of: misses`")
    }
}

/// One layer of a response cache.
#[derive(Clone, PartialEq, Debug)]
pub struct Layer {
    /// Share of the requests answered here.
    pub hit_rate: HitRate,
    /// Paid by each hit.
    pub cost_per_hit: Option<Figure<Money>>,
    /// Paid by each request that reaches the layer.
    pub cost_per_lookup: Option<Figure<Money>>,
    /// Hits that answer wrongly.
    pub false_hits: Option<FalseHits>,
}

/// How many requests a layer answers.
#[derive(Clone, PartialEq, Debug)]
pub enum HitRate {
    /// This share.
    Stated(Figure<Share>),
    /// What popularity and the lives of entries come to.
    Derived(Box<Popularity>),
}

/// How popular questions are, and what ends the life of an answer.
#[derive(Clone, Debug)]
pub struct Popularity {
    /// Different questions; 1 or more.
    pub distinct: Figure<Count>,
    /// Exponent of their popularity (Zipf); 0: all alike.
    pub zipf: Figure<Factor>,
    /// How long an answer lives; forever when `None`.
    pub ttl: Option<Figure<Seconds>>,
    /// Whether each use begins its life anew.
    pub refresh: bool,
    /// Answers there is room for, the least recently used one leaves; any number when `None`.
    pub capacity: Option<Figure<Count>>,
    /// How often a day all answers are thrown away.
    pub invalidations: Option<Figure<Calls>>,
    /// The most popular questions, answered anew before anyone asks.
    pub warm: Option<Figure<Count>>,
    /// Where it is stated.
    pub place: Place,
    /// The rate that was found last, and for how many requests a day.
    pub found: Remembered,
}

/// Popularities are the same wherever they are stated.
impl PartialEq for Popularity {
    fn eq(&self, other: &Self) -> bool {
        (&self.distinct, &self.zipf, &self.ttl, self.refresh, &self.capacity, &self.invalidations, &self.warm)
            == (
                &other.distinct,
                &other.zipf,
                &other.ttl,
                other.refresh,
                &other.capacity,
                &other.invalidations,
                &other.warm,
            )
    }
}

/// A result that is found once and needed often; a copy begins without it.
#[derive(Default, Debug)]
pub struct Remembered(Mutex<Option<(Exact, Exact)>>);

impl Clone for Remembered {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Remembered {
    /// The result for `input`, computed unless it was the last one asked for.
    pub fn of(&self, input: &Exact, compute: impl FnOnce() -> Exact) -> Exact {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, result)) if known == input => result.clone(),
            _ => last.insert((input.clone(), compute())).1.clone(),
        }
    }
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
