//! A request on its way through a strategy: who answers, what the call carries, which price it pays.

use super::cache::CacheState;
use super::prefix::{Policy, PrefixCache};
use super::program::{Batch, Cascade, Choice, Node, Prefix, Prefixed, Programs, Ratio, Side, Stop, There, purpose};
use super::prompt::Usage;
use super::request::{NOTHING, Request, drawn};
use super::tally::Tally;
use super::tariff::PRICED;
use super::till::{Till, Trouble};
use crate::plan::Billed;
use crate::plan::log::Counter;

/// A request that has no price: the leaf and why. It is rare, so that the way without it should be short.
pub type Unpaid = Box<(usize, Trouble)>;

/// What strategies remember of the requests so far.
#[derive(Debug)]
pub struct Memories {
    responses: Vec<Option<CacheState>>,
    prefixes: Vec<PrefixCache>,
}

impl Memories {
    /// Nothing yet.
    pub fn of(programs: &Programs) -> Self {
        let responses = programs.programs.iter().map(|program| program.cache.as_ref().and_then(CacheState::of));
        let prefixes = programs.prefixes.iter().map(|(limit, block)| PrefixCache::new(*limit, *block, false));
        Self { responses: responses.collect(), prefixes: prefixes.collect() }
    }
}

impl Programs {
    /// Sends a request through a strategy; `blocks` are those of its prompt.
    ///
    /// # Errors
    /// A call without a price.
    pub fn run(
        &self,
        index: usize,
        (request, blocks): (&Request, &[u64]),
        till: &mut Till<'_>,
        tally: &mut Tally,
        memories: &mut Memories,
    ) -> Result<(), Unpaid> {
        let Some(program) = self.programs.get(index) else { return Ok(()) };
        if let Some((leaf, payee, logged)) = program.plain {
            return as_logged(leaf, payee, logged, request, till, tally);
        }
        let state = memories.responses.get_mut(index).and_then(Option::as_mut);
        if program.cache.as_ref().is_some_and(|cache| !cache.passes(request, tally, state)) {
            return Ok(());
        }
        let usage = match &program.prompt {
            None => Usage::of(request),
            Some(levers) => levers.shortened(request),
        };
        let of = program.prompt.as_ref().map_or(1, |levers| levers.of);
        let mut run = Run { programs: self, request, blocks, of, till, tally, prefixes: &mut memories.prefixes };
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
    blocks: &'r [u64],
    /// Parts of a token that prompts are counted in after the prompt levers.
    of: u64,
    till: &'r mut Till<'p>,
    tally: &'t mut Tally,
    prefixes: &'r mut [PrefixCache],
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
            Batch::Always(mode) => mode,
            Batch::Share { bound, batch, rest } => {
                if bound.takes(request, purpose::BATCH) {
                    batch
                } else {
                    rest
                }
            }
            Batch::Eligible { batch, rest } => {
                if request.batchable == Some(true) {
                    batch
                } else {
                    rest
                }
            }
        };
        let mut tokens = usage.tokens;
        let mut whole = usage.whole;
        let (more_in, more_out) = match leaf.tokenizer.as_slice() {
            [] => (1, 1),
            factors => factors.get(self.till.factor(request.model)).copied().unwrap_or((1, 1)),
        };
        let times = leaf.input.times.saturating_mul(more_in);
        if leaf.input != Ratio::ONE || times != 1 {
            let [fresh, cached, written, written_1h, _, _] = &mut tokens;
            for count in [fresh, cached, written, written_1h, &mut whole] {
                *count = count.saturating_mul(times);
            }
            if let Some(prefix) = &leaf.prefix {
                self.cached(prefix, times, leaf.input.of, whole, &mut tokens);
            }
            whole = whole.div_ceil(leaf.input.of);
        } else if let Some(prefix) = &leaf.prefix {
            self.cached(prefix, 1, 1, whole, &mut tokens);
        }
        let [.., output, reasoning] = &mut tokens;
        let times = leaf.output.times.saturating_mul(more_out);
        if times != 1 {
            *output = output.saturating_mul(times);
        }
        // What is hidden is neither scaled nor capped by the levers.
        *reasoning = reasoning.saturating_mul(more_out);
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

    /// Splits a prompt of `whole` parts, `of` of which make a token, into what its prompt cache reads, writes and leaves;
    /// a token of the log has `times` parts for each that the prompt levers count in.
    fn cached(&mut self, prefix: &Prefix, times: u64, of: u64, whole: u64, tokens: &mut [u64; PRICED]) {
        let request = self.request;
        let input = whole / of;
        let here = |count: u64| count.saturating_mul(self.of).saturating_mul(times) / of;
        let stated = match prefix.length {
            Prefixed::All => None,
            Prefixed::Tokens(most) => Some(most.min(input)),
            Prefixed::Share(share, all) => Some(input.saturating_mul(share) / all),
            Prefixed::Parts => {
                let parts = [Counter::System, Counter::Tools, Counter::Examples];
                Some(here(parts.iter().map(|part| request.count(*part)).sum::<u64>()).min(input))
            }
        };
        // A stated length is written in the steps of the provider; what comes from the log is as long as its blocks.
        let cacheable = stated.map_or(input, |length| prefix.policy.usable(length));
        let there = match prefix.there {
            There::Kept(at) => {
                let cache = self.prefixes.get_mut(at);
                here(cache.map_or(0, |cache| cache.ask(request, self.blocks))).min(cacheable)
            }
            There::Fixed(at, prefixes) => {
                let which = drawn(request.id, purpose::PREFIX) % prefixes.max(1);
                let cache = self.prefixes.get_mut(at);
                if cache.is_some_and(|cache| cache.ask_for(which, request.time)) { cacheable } else { 0 }
            }
            There::Share(..) => cacheable,
        };
        let (read, written) = Policy { breakpoint: Some(cacheable), ..prefix.policy }.apply(input, there);
        let (read, written) = match prefix.there {
            There::Share(share, all) => {
                let read = (of / all.max(1)).saturating_mul(share).saturating_mul(read);
                (read, cacheable.saturating_mul(of).saturating_sub(read))
            }
            There::Kept(_) | There::Fixed(..) => (read.saturating_mul(of), written.saturating_mul(of)),
        };
        let [fresh, cached, of_write, of_write_1h, _, _] = tokens;
        (*cached, *of_write, *of_write_1h) = (read, written, 0);
        *fresh = whole.saturating_sub(read).saturating_sub(written);
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
                    Stop::Judged { bit, right, wrong } => {
                        let accepts = if self.request.outcomes >> bit & 1 == 1 { right } else { wrong };
                        accepts.takes(self.request, draw)
                    }
                };
            if cascade.final_only {
                if stops {
                    return self.serve(&step.node, usage, billed);
                }
                continue;
            }
            let billed = if failed { least(billed, step.billed) } else { billed };
            self.serve(&step.node, usage, billed)?;
            if let Some(judge) = step.judge.filter(|_| !failed && (!last || cascade.judge_last)) {
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
            Self::Length(arms, longer) => {
                let input = request.count(Counter::Input);
                arms.iter().find(|(most, _)| input <= *most).map_or(*longer, |(_, arm)| *arm)
            }
            Self::Column(at, values, other) => {
                let value = request.by.get(*at).copied().unwrap_or(NOTHING);
                values.iter().find(|(known, _)| *known == value).map_or(*other, |(_, arm)| *arm)
            }
        }
    }
}
