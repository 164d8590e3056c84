//! A strategy as a program that takes one request after the other: which models are called, with what.
//!
//! What a log says of a request decides (its length, its task, a recorded outcome); where it says nothing, a share is
//! applied by a hash of the request, so that the same request always goes the same way. What is a mere expectation of
//! each call, such as retries, is a weight on its price.

use super::cache::{CacheState, ResponseCache};
use super::prompt::{PromptLevers, Usage};
use super::request::{NOTHING, Request, drawn};
use super::tally::Tally;
use super::tariff::PRICED;
use super::till::{Till, Trouble};
use crate::plan::Billed;
use crate::plan::log::Counter;
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
    /// What judging an answer costs.
    pub judge: Option<Side>,
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
}

/// Which answers stop a cascade.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// This share.
    Share(Bound),
    /// Those that the log says were good enough: the bit of the outcome.
    Recorded(u32),
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
    /// None, and every call pays the standard price.
    Never,
    /// This share, in the mode of this handle.
    Share(Bound, u32),
    /// Those that the log says may wait, in the mode of this handle.
    Eligible(u32),
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

/// A request that has no price: the leaf and why. It is rare, so that the way without it should be short.
pub type Unpaid = Box<(usize, Trouble)>;

impl Programs {
    /// Sends a request through a strategy.
    ///
    /// # Errors
    /// A call without a price.
    pub fn run(
        &self,
        index: usize,
        request: &Request,
        till: &mut Till<'_>,
        tally: &mut Tally,
        state: Option<&mut CacheState>,
    ) -> Result<(), Unpaid> {
        let Some(program) = self.programs.get(index) else { return Ok(()) };
        if let Some((leaf, payee, logged)) = program.plain {
            return as_logged(leaf, payee, logged, request, till, tally);
        }
        if program.cache.as_ref().is_some_and(|cache| !cache.passes(request, tally, state)) {
            return Ok(());
        }
        let usage = match &program.prompt {
            None => Usage::of(request),
            Some(levers) => levers.shortened(request),
        };
        let mut run = Run { programs: self, request, till, tally };
        if let Some(side) = program.prompt.as_ref().and_then(|levers| levers.compressor) {
            run.side(side, &usage)?;
        }
        run.serve(&program.root, &usage, Billed::All)
    }
}

/// One call with the tokens and the mode of the log.
#[inline(always)]
pub fn as_logged(
    leaf: usize,
    payee: usize,
    logged: bool,
    request: &Request,
    till: &mut Till<'_>,
    tally: &mut Tally,
) -> Result<(), Unpaid> {
    let usage = Usage::of(request);
    let calls = request.count(Counter::Requests);
    // A row that stands for several requests has the tier of their mean.
    let length = if calls > 1 { usage.whole.div_ceil(calls) } else { usage.whole };
    let model = if logged { request.model } else { NOTHING };
    let band =
        till.find(payee, model, request.mode, request.time, length).map_err(|trouble| Box::new((leaf, *trouble)))?;
    if is_unpriced(&usage.tokens, band.unpriced) {
        return Err(Box::new((leaf, unpriced(&usage.tokens, band.unpriced, band.key, till))));
    }
    tally.plain_call(leaf, band.key, calls, &usage.tokens);
    Ok(())
}

/// A request on its way through a strategy.
struct Run<'r, 'p, 't> {
    programs: &'r Programs,
    request: &'r Request,
    till: &'r mut Till<'p>,
    tally: &'t mut Tally,
}

impl Run<'_, '_, '_> {
    fn serve(&mut self, node: &Node, usage: &Usage, billed: Billed) -> Result<(), Unpaid> {
        match node {
            Node::Call(leaf) => self.call(*leaf, usage, billed),
            Node::Route(route) => {
                if let Some(router) = route.router {
                    self.side(router, usage)?;
                }
                match route.arms.get(route.by.arm(self.request)) {
                    Some(arm) => self.serve(arm, usage, billed),
                    None => Ok(()),
                }
            }
            Node::Cascade(cascade) => self.cascade(cascade, usage, billed),
        }
    }

    #[inline]
    fn call(&mut self, index: usize, usage: &Usage, billed: Billed) -> Result<(), Unpaid> {
        let Some(leaf) = self.programs.leaves.get(index) else { return Ok(()) };
        if billed == Billed::None {
            return Ok(());
        }
        let request = self.request;
        let mode = match leaf.batch {
            Batch::AsLogged => request.mode,
            Batch::Never => NOTHING,
            Batch::Share(bound, mode) => {
                if bound.takes(request, purpose::BATCH) {
                    mode
                } else {
                    NOTHING
                }
            }
            Batch::Eligible(mode) => {
                if request.batchable == Some(true) {
                    mode
                } else {
                    NOTHING
                }
            }
        };
        let mut tokens = usage.tokens;
        let mut whole = usage.whole;
        if leaf.input != Ratio::ONE {
            let [fresh, cached, written, written_1h, _, _] = &mut tokens;
            for count in [fresh, cached, written, written_1h, &mut whole] {
                *count = count.saturating_mul(leaf.input.times);
            }
            whole = whole.div_ceil(leaf.input.of);
        }
        let [.., output, reasoning] = &mut tokens;
        if leaf.output != Ratio::ONE {
            *output = output.saturating_mul(leaf.output.times);
        }
        if let Some(max) = leaf.output_max {
            *output = (*output).min(max);
        }
        if billed == Billed::Input {
            (*output, *reasoning) = (0, 0);
        }
        if let Some((input, output)) = leaf.constant {
            tokens = [input, 0, 0, 0, output, 0];
            whole = input.div_ceil(leaf.input.of);
        }
        let calls = request.count(Counter::Requests);
        // A row that stands for several requests has the tier of their mean.
        let length = if calls > 1 { whole.div_ceil(calls) } else { whole };
        let model = if leaf.logged { request.model } else { NOTHING };
        let band = self.till.find(leaf.payee, model, mode, request.time, length);
        let band = band.map_err(|trouble| Box::new((index, *trouble)))?;
        if is_unpriced(&tokens, band.unpriced) {
            return Err(Box::new((index, unpriced(&tokens, band.unpriced, band.key, self.till))));
        }
        self.tally.call(index, band.key, calls, &tokens);
        Ok(())
    }

    fn side(&mut self, side: Side, usage: &Usage) -> Result<(), Unpaid> {
        match side {
            Side::Call(leaf) => self.call(leaf, usage, Billed::All),
            Side::Fee(fee) => {
                self.tally.fee(fee);
                Ok(())
            }
        }
    }

    fn cascade(&mut self, cascade: &Cascade, usage: &Usage, billed: Billed) -> Result<(), Unpaid> {
        for (index, step) in cascade.steps.iter().enumerate() {
            let last = index + 1 == cascade.steps.len();
            let draw = purpose::CASCADE.wrapping_add(2 * index as u64);
            let failed = step.error.is_some_and(|error| error.takes(self.request, draw + 1));
            let stops = !failed
                && match step.stop {
                    Stop::Share(bound) => bound.takes(self.request, draw),
                    Stop::Recorded(bit) => self.request.outcomes >> bit & 1 == 1,
                };
            if cascade.final_only {
                if stops {
                    return self.serve(&step.node, usage, billed);
                }
                continue;
            }
            let billed = if failed { least(billed, step.billed) } else { billed };
            self.serve(&step.node, usage, billed)?;
            if let Some(judge) = cascade.judge.filter(|_| !failed && (!last || cascade.judge_last)) {
                self.side(judge, usage)?;
            }
            if stops {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The less that both bill.
fn least(a: Billed, b: Billed) -> Billed {
    match (a, b) {
        (Billed::None, _) | (_, Billed::None) => Billed::None,
        (Billed::Input, _) | (_, Billed::Input) => Billed::Input,
        (Billed::All, Billed::All) => Billed::All,
    }
}

/// Whether a counter without a price, a bit each, is used.
#[inline(always)]
fn is_unpriced(tokens: &[u64; PRICED], mut bits: u8) -> bool {
    while bits != 0 {
        if tokens.get(bits.trailing_zeros() as usize).is_some_and(|count| *count > 0) {
            return true;
        }
        bits &= bits.wrapping_sub(1);
    }
    false
}

/// Which counter has no price.
#[cold]
fn unpriced(tokens: &[u64; PRICED], bits: u8, key: u32, till: &Till<'_>) -> Trouble {
    let at = tokens.iter().enumerate().position(|(index, count)| *count > 0 && bits >> index & 1 == 1);
    till.unpriced(key, at.unwrap_or(0))
}

impl Choice {
    fn arm(&self, request: &Request) -> usize {
        match self {
            Self::Shares(tasks) => {
                let task = if request.task == NOTHING { 0 } else { request.task as usize };
                let hash = drawn(request.id, purpose::ROUTE);
                let arms = tasks.get(task).map_or(&[][..], Vec::as_slice);
                let found = arms.iter().find(|(bound, _)| bound.is_above(hash)).or(arms.last());
                found.map_or(usize::MAX, |(_, arm)| *arm)
            }
        }
    }
}
