//! The prompt levers: `history`, `compress`, `examples`, `context`, `output`, in this order (SPEC section 4.2).

use std::sync::Arc;

use super::bill::Lever;
use super::trip::{Kinds, Lane, Link, Trip};
use super::{Cause, Engine, Job, pack};
use crate::figure::{Calls, Figure, Share, Tokens};
use crate::plan::{Compressor, Cut, History, OutputLever, Part, Server, Task};
use crate::units::{Exact, display};

impl Engine<'_> {
    /// The calls that a request of `job` makes of `server`, after all levers that change what they carry.
    pub(super) fn trip(&mut self, job: &Job<'_>, lever: Option<&OutputLever>, server: &Server) -> Trip {
        let raw = self.raw(job.task, lever);
        let trip = self.shortened(raw, job.task);
        let trip = pack::packed(trip, job.pack);
        self.in_tokens_of(trip, server)
    }

    /// The calls of a request before the levers that shorten prompts.
    fn raw(&mut self, task: &Task, lever: Option<&OutputLever>) -> Trip {
        let mut notes = Vec::new();
        let trip = Trip::of(task, self.strategy.history.as_ref(), |output, kinds| {
            answer(output, lever, task, kinds, &mut notes)
        });
        notes.into_iter().for_each(|note| self.ledger.note(note));
        let mut trip = self.with_retrieved(trip);
        if let Some(tuned) = &self.strategy.fine_tune {
            trip.set(Part::Examples, Lane::same(tuned.examples.clone()));
        }
        if self.variant.evened { trip.evened() } else { trip }
    }

    /// Bills what shortening costs for each request: the compressor, and whoever writes summaries.
    pub(super) fn shorteners(&mut self, task: &Task, requests: &Figure<Calls>) {
        let strategy = self.strategy;
        if let Some(compress) = &strategy.compress {
            let is_cut = |part: Part| compress.cuts.iter().any(|(known, _)| *known == part);
            match &compress.compressor {
                Some(Compressor::PerRequest(price)) => {
                    self.ledger.events(Lever::Compress, "compression", "request", requests, price)
                }
                Some(Compressor::Model(server)) => {
                    let trip = self.raw(task, strategy.defaults.output.as_ref());
                    let input = trip.total(is_cut, "uncompressed tokens");
                    let mut side = Trip::single(&input.mean, &Figure::zero());
                    side.set(Part::User, input);
                    side = Trip { steps: trip.steps, kinds: trip.kinds, ..side };
                    self.bill(server, requests, &side, None, Cause::of(Lever::Compress));
                }
                None => {}
            }
        }
        if let (Some(History::Summarise { every, to, server }), Some(turns)) = (&strategy.history, &task.turns) {
            self.summaries(task, requests, (*every, to, server), turns.number);
        }
    }

    /// A conversation of T turns is summarised after every `every` of them, but not after its last: each time a model reads
    /// what was said since and writes the summary.
    fn summaries(
        &mut self,
        task: &Task,
        requests: &Figure<Calls>,
        (every, to, server): (u32, &Figure<Tokens>, &Server),
        turns: u32,
    ) {
        let count = turns.saturating_sub(1).checked_div(every).unwrap_or(0);
        if count == 0 {
            return;
        }
        let number = |count: u32| Exact::from(u64::from(count));
        let per_request = number(count).checked_div(&number(turns)).unwrap_or(Exact::ZERO);
        let how = format!("{count} summaries in {turns} turns");
        let share = Figure::<Share>::computed(how, per_request, Vec::new()).named("summaries per request");
        let answer = self.raw(task, self.strategy.defaults.output.as_ref()).output;
        let answer = answer.map_or_else(Figure::zero, |output| output.mean);
        let of_turn = task.prompt.part(Part::User).plus(&answer);
        let stated = task.prompt.part(Part::History);
        // The first reads the stated history, the others the summary before them; each what was said since.
        let since = of_turn.value() * &number(every);
        let one = Exact::ONE.checked_div(&number(count)).unwrap_or(Exact::ZERO);
        let kinds = Kinds { shares: vec![one.clone(), &Exact::ONE - &one], links: vec![Link::First; 2] };
        let inputs = [&of_turn, stated, to].map(|figure| Arc::clone(figure.step())).to_vec();
        let each = vec![&since + stated.value(), &since + to.value()];
        let read = Lane::of_kinds(each, &kinds, format!("mean of what {every} turns said"), inputs);
        let read = Lane { mean: read.mean.named("summarised tokens"), ..read };
        let mut trip = Trip::single(&read.mean, to);
        trip.set(Part::User, read);
        trip.kinds = Arc::new(kinds);
        self.bill(server, &requests.scaled(&share), &trip, None, Cause::of(Lever::Summarise));
    }

    fn shortened(&mut self, mut trip: Trip, task: &Task) -> Trip {
        let strategy = self.strategy;
        if let Some(compress) = &strategy.compress {
            for (part, cut) in &compress.cuts {
                let lane = trip.part(*part);
                let lane = match cut {
                    Cut::Removed(share) => lane.scaled(&share.rest()),
                    Cut::To(to) => self.capped(lane, to, &trip.kinds, task, part.name()),
                };
                trip.set(*part, lane);
            }
        }
        // What a tuned model's prompt carries is stated for it.
        if let Some(examples) = strategy.examples.as_ref().filter(|_| strategy.fine_tune.is_none())
            && let Some(share) = examples.keep.over(&examples.of)
        {
            let kept: Figure<Share> = share.cast();
            let lane = trip.part(Part::Examples).scaled(&kept);
            trip.set(Part::Examples, lane);
        }
        if let Some(keep) = &strategy.context {
            let relevant = Self::relevant(trip.part(Part::Context), keep.relevance.as_ref());
            let lane = match &keep.max {
                Some(max) => self.capped(&relevant, max, &trip.kinds, task, "context"),
                None => relevant,
            };
            trip.set(Part::Context, lane);
        }
        trip
    }

    fn capped(&mut self, lane: &Lane, cap: &Figure<Tokens>, kinds: &Kinds, task: &Task, what: &str) -> Lane {
        let (capped, over) = lane.capped(cap, kinds);
        if !over {
            self.ledger.note(kept(task, what, &lane.mean, cap));
        }
        capped
    }

    /// The same text in the tokens of whoever answers.
    pub(super) fn in_tokens_of(&self, mut trip: Trip, server: &Server) -> Trip {
        let Server::Model(used) = server else { return trip };
        let listed = &used.model.listed;
        let Some(factor) = self.plan.workload.tokenizer.of(&listed.provider, &listed.id) else { return trip };
        for part in Part::ALL {
            if !trip.part(part).mean.is_zero() {
                let lane = trip.part(part).times(&factor.input);
                trip.set(part, lane);
            }
        }
        trip.output = trip.output.map(|output| output.times(&factor.output));
        if !trip.reasoning.mean.is_zero() {
            trip.reasoning = trip.reasoning.times(&factor.output);
        }
        trip
    }
}

/// An answer as the output lever leaves it.
fn answer(output: Lane, lever: Option<&OutputLever>, task: &Task, kinds: &Kinds, notes: &mut Vec<String>) -> Lane {
    let Some(lever) = lever else { return output };
    let scaled = match &lever.scale {
        Some(scale) => output.scaled(scale),
        None => output,
    };
    let Some(max) = &lever.max else { return scaled };
    if let Some(answers) = task.lengths.as_ref().and_then(|lengths| lengths.answers.as_ref()) {
        return capped_answers(answers, &scaled, lever, max);
    }
    let (capped, over) = scaled.capped(max, kinds);
    if !over {
        notes.push(kept(task, "output", &scaled.mean, max));
    }
    capped
}

/// The mean of answers of different lengths, each capped.
fn capped_answers(answers: &[(Exact, Exact)], scaled: &Lane, lever: &OutputLever, max: &Figure<Tokens>) -> Lane {
    let scale = lever.scale.as_ref().map_or(Exact::ONE, |scale| scale.value().clone());
    let cut = |length: &Exact| (length * &scale).min(max.value().clone());
    let mean = answers.iter().map(|(share, length)| share * &cut(length)).sum();
    let inputs = vec![Arc::clone(scaled.mean.step()), Arc::clone(max.step())];
    let how = format!("mean over the lengths of min(output, {})", display::count(max.value()));
    Lane::same(Figure::computed(how, mean, inputs).named("output"))
}

/// A cap above the mean changes nothing in a computation with means; it acts on the requests above it.
fn kept(task: &Task, what: &str, tokens: &Figure<Tokens>, cap: &Figure<Tokens>) -> String {
    let of = task.name.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
    format!(
        "the mean {what}{of} of {} tokens is not above {}: it stays (a cap acts on single requests, which a mean does not show)",
        display::count(tokens.value()),
        display::count(cap.value()),
    )
}
