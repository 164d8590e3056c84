//! A strategy as a program that takes one request after the other: which models are called, with what.
//!
//! What a log says of a request decides (its length, its task, a recorded outcome); where it says nothing, a share is
//! applied by a hash of the request, so that the same request always goes the same way. What is a mere expectation of
//! each call, such as retries, is a weight on its price.

use super::cache::ResponseCache;
use super::prefix::{Limit, Policy};
use super::prompt::PromptLevers;
use super::request::{Request, drawn};
use crate::plan::Billed;
use crate::units::Exact;

/// What a choice is about; the same request meets another number for each.
pub mod purpose {
    /// The arm of a route.
    pub const ROUTE: u64 = 1;
    /// Whether a call goes through the batch interface.
    pub const BATCH: u64 = 2;
    /// Whether the exact layer of a response cache has the answer.
    pub const EXACT: u64 = 3;
    /// The same for the semantic layer.
    pub const SEMANTIC: u64 = 4;
    /// Whether a hit is wrong.
    pub const FALSE_HIT: u64 = 5;
    /// Which of several prefixes a prompt begins with.
    pub const PREFIX: u64 = 6;
    /// Steps of a cascade: two numbers each from here on.
    pub const CASCADE: u64 = 16;
}

/// A share as a bound on hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound(u128);

impl Bound {
    /// The hashes below it are `share` of all, to 1 in 2^64.
    pub fn of(share: &Exact) -> Self {
        let all = &Exact::from(1 << 32) * &Exact::from(1 << 32);
        Self((&all * share).floor().to_u64().map_or(1 << 64, u128::from))
    }

    /// Whether the request is within the share, for `purpose`.
    #[inline]
    pub fn takes(self, request: &Request, purpose: u64) -> bool {
        u128::from(drawn(request.id, purpose)) < self.0
    }

    /// Whether this hash is below it.
    pub fn is_above(self, hash: u64) -> bool {
        u128::from(hash) < self.0
    }
}

/// All strategies of a run.
#[derive(Debug)]
pub struct Programs {
    /// One for each strategy.
    pub programs: Vec<Program>,
    /// Every place where calls are made.
    pub leaves: Vec<Leaf>,
    /// Every kind of event that is paid by itself.
    pub fees: Vec<Fee>,
    /// Every prefix cache that calls read: what limits it, and the tokens of a block.
    pub prefixes: Vec<(Limit, u64)>,
}

/// A strategy.
#[derive(Debug)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Answers given again.
    pub cache: Option<ResponseCache>,
    /// What makes prompts shorter.
    pub prompt: Option<PromptLevers>,
    /// Who answers.
    pub root: Node,
    /// The leaf, its payee and whether that is what the log names, where every request is one call as the log has it.
    pub plain: Option<(usize, usize, bool)>,
    /// Whether what a request costs depends on those before it.
    pub ordered: bool,
    /// USD for the whole log, whatever it holds.
    pub fixed: Vec<(String, Exact)>,
    /// What was decided for the user.
    pub assumptions: Vec<String>,
}

/// Who answers.
#[derive(Clone, Debug)]
pub enum Node {
    /// The leaf of this number.
    Call(usize),
    /// One of several.
    Route(Box<Route>),
    /// Several in turn.
    Cascade(Box<Cascade>),
}

/// A choice before the call.
#[derive(Clone, Debug)]
pub struct Route {
    /// Who can be chosen.
    pub arms: Vec<Node>,
    /// How.
    pub by: Choice,
    /// What the choice costs.
    pub router: Option<Side>,
}

/// How a route chooses.
#[derive(Clone, Debug)]
pub enum Choice {
    /// For each task: arms in order, each with the bound up to which it is taken.
    Shares(Vec<Vec<(Bound, usize)>>),
    /// By tokens of the prompt: the most that an arm takes, shortest first; and who takes longer ones.
    Length(Vec<(u64, usize)>, usize),
    /// By the value of the column at this position; and who takes all others.
    Column(usize, Vec<(u32, usize)>, usize),
}

/// A call or fee beside the answer.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// A call of always the same size.
    Call(usize),
    /// A fee.
    Fee(usize),
}

/// Models tried in turn.
#[derive(Clone, Debug)]
pub struct Cascade {
    /// The steps.
    pub steps: Vec<Step>,
    /// Whether the last step's answers are judged too.
    pub judge_last: bool,
    /// Whether only the step that answered is paid.
    pub final_only: bool,
}

/// One step of a cascade.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who answers.
    pub node: Node,
    /// Which answers stop here.
    pub stop: Stop,
    /// The share of the calls that give no answer.
    pub error: Option<Bound>,
    /// What those cost.
    pub billed: Billed,
    /// What judging an answer costs.
    pub judge: Option<Side>,
}

/// Which answers stop a cascade.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// This share.
    Share(Bound),
    /// Those that the log says were good enough: the bit of the outcome.
    Recorded(u32),
    /// Those that a judge accepts, of right and of wrong answers; the bit says which are right.
    Judged {
        /// The bit of the outcome.
        bit: u32,
        /// Right answers that are accepted.
        right: Bound,
        /// Wrong answers that are.
        wrong: Bound,
    },
}

/// A place where calls are made.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The strategy it belongs to.
    pub program: usize,
    /// Whom it pays.
    pub payee: usize,
    /// Whether that is the model that the log names.
    pub logged: bool,
    /// Which calls go through the batch interface.
    pub batch: Batch,
    /// Parts of a token that prompts are counted in, and how many of them one token of the log is.
    pub input: Ratio,
    /// The same for answers.
    pub output: Ratio,
    /// Most tokens of an answer, in its parts.
    pub output_max: Option<u64>,
    /// Tokens of a call that is always the same, in their parts.
    pub constant: Option<(u64, u64)>,
    /// What each call is multiplied by, by counter and last for the price per request: retries.
    pub weights: Vec<Exact>,
    /// What the provider's prompt cache has of each prompt.
    pub prefix: Option<Prefix>,
    /// What counts are multiplied by for another tokenizer, prompt and answer: first for models of the log without a factor
    /// of their own, then for those of each factor. Empty: counts hold as they are.
    pub tokenizer: Vec<(u64, u64)>,
    /// Parts of a token that hidden reasoning is counted in.
    pub reasoning: u64,
}

/// A provider's prompt cache as calls meet it; it takes the place of the cached and written tokens of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prefix {
    /// How it is billed.
    pub policy: Policy,
    /// What of a prompt can be cached.
    pub length: Prefixed,
    /// What of that is there.
    pub there: There,
}

/// What of a prompt can be cached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prefixed {
    /// All of it.
    All,
    /// So many tokens.
    Tokens(u64),
    /// This share: numerator, denominator.
    Share(u64, u64),
    /// System, tools and examples.
    Parts,
}

/// What of a prefix is there when it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum There {
    /// What the cache of this number holds of the prompt's blocks or session.
    Kept(usize),
    /// All of it, if the cache of this number holds it: one of so many prefixes.
    Fixed(usize, u64),
    /// This share: numerator, denominator, which divides the parts of a token.
    Share(u64, u64),
}

/// `times` parts per token of the log, of which `of` make one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ratio {
    /// Parts that a token of the log becomes.
    pub times: u64,
    /// Parts that make a token.
    pub of: u64,
}

impl Ratio {
    /// A token is a token.
    pub const ONE: Self = Self { times: 1, of: 1 };
}

/// Which calls go through the batch interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Batch {
    /// Those that the log says did; other service tiers of the log hold as well.
    AsLogged,
    /// Every call is in the mode of this handle.
    Always(u32),
    /// This share, in the mode of this handle; others in theirs.
    Share {
        /// Which.
        bound: Bound,
        /// Their mode.
        batch: u32,
        /// That of the others.
        rest: u32,
    },
    /// Those that the log says may wait; others in theirs.
    Eligible {
        /// Their mode.
        batch: u32,
        /// That of the others.
        rest: u32,
    },
}

/// A kind of event that is paid by itself.
#[derive(Clone, Debug)]
pub struct Fee {
    /// The strategy it belongs to.
    pub program: usize,
    /// What it is called.
    pub label: String,
    /// USD each.
    pub price: Exact,
}
