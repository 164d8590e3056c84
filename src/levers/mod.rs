//! The levers: what each does to requests, prompts, calls and prices. Pure computation on a resolved plan.
//!
//! Requests meet the levers in a fixed order, whatever the order in the file: response cache, retrieval, prompt levers, packing,
//! router, then model, route or cascade; each attempt of those meets retries, the tier of its whole prompt, batch, and
//! the negotiated discount (SPEC section 4.1). Each lever has the file of its name; `ledger` collects what they bill. What
//! a deployment costs depends on all that is sent to it, so its load is collected and paid at the end (`hosted`); what was
//! promised to providers is settled last (`commitment`).
//!
//! # What a lever does with uncertain figures
//!
//! `risk` does not run the levers for every draw of the uncertain quantities: it compiles the graph of figures that they
//! leave, which is the computation itself (see [`crate::analysis::risk`]). So a lever
//!
//! - computes with figures, not with their values: what leaves the graph as a bare number stays what it is at the median.
//!   A cap is `at_most`, a staircase `ceil`;
//! - compares figures by `self.ledger.decisions.compare(a, b)` wherever the result decides what is billed, so that `risk`
//!   knows for which draws the graph holds, and asks the levers again for the others. `is_zero` needs no such note: it is
//!   true only of what is zero for certain;
//! - calls `self.ledger.decisions.hide()` where it decides by uncertain numbers that are no figures. `risk` then asks the
//!   levers for every draw, as it does for what is `Figure::computed` by a procedure: slower, and still right. So what a
//!   procedure makes of uncertain figures names all of them as its inputs.
//!
//! Warnings and notes may look at values as they like. `risk` compares the compiled graph with the levers at some draws of
//! every scenario and falls back to them where they differ.
#![deny(clippy::arithmetic_side_effects)]

mod attempt;
mod bill;
mod cascade;
mod commitment;
mod fine_tune;
mod hosted;
mod ledger;
mod pack;
mod popularity;
mod prefix_cache;
mod price;
mod prompt;
mod quality;
mod response_cache;
mod retrieval;
mod route;
mod trip;

pub use bill::{
    Escalation, Finding, Hosted, Index, Lever, Line, Mode, Outcome, PrefixUse, Quantity, Settled, Training,
};
pub use price::{Priced, standard_price};

use std::rc::Rc;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::figure::{Calls, Cost, Decisions, Figure};
use crate::plan::{Billed, Billing, Bound, CallCost, Model, Overrides, Pack, Plan, Serving, Strategy, Task};
use ledger::Ledger;
use trip::Trip;

/// How a strategy is computed otherwise than it states.
#[derive(Clone, Copy, Default, Debug)]
pub struct Variant {
    /// Overrides what its cascades state.
    pub billing: Option<Billing>,
    /// Which value of an estimated throughput counts.
    pub throughput: Bound,
    /// Whether every request is the mean request.
    pub evened: bool,
}

/// Computes a strategy on the workload of its plan.
///
/// # Errors
/// Prices that are needed and not stated, each with its place.
pub fn evaluate(plan: &Plan, strategy: &Strategy, variant: Variant) -> Result<Outcome, Vec<Diagnostic>> {
    let computed = |visits: Visits| {
        let mut engine = Engine { plan, strategy, variant, visits: Rc::new(visits), ledger: Ledger::default() };
        engine.run();
        engine
    };
    // How often a prefix is found depends on all requests that come to its model, so those are counted first.
    let (visits, decisions) = if derives_hits(strategy) {
        let mut first = computed(Vec::new());
        let decisions = std::mem::take(&mut first.ledger.decisions);
        (first.ledger.visits(), decisions)
    } else {
        (Vec::new(), Decisions::default())
    };
    let mut engine = computed(visits);
    engine.ledger.decisions.extend(&decisions);
    engine.settle_deployments();
    engine.settle_caches();
    engine.settle_commitments();
    let quality = engine.quality();
    engine.ledger.close(quality)
}

/// Requests with a prefix by model.
type Visits = Vec<(Arc<Model>, Figure<Calls>)>;

/// Whether any prompt cache derives its hit share from traffic.
fn derives_hits(strategy: &Strategy) -> bool {
    fn derives(levers: &Overrides) -> bool {
        levers.prefix_cache.as_ref().is_some_and(|cache| cache.hit_rate.is_none() && cache.explicit.is_none())
    }
    fn within(serving: &Serving) -> bool {
        match serving {
            Serving::Single(_) => false,
            Serving::Route(route) => route.arms.iter().any(|arm| derives(&arm.overrides) || within(&arm.serving)),
            Serving::Cascade(cascade) => {
                cascade.steps.iter().any(|step| derives(&step.arm.overrides) || within(&step.arm.serving))
            }
        }
    }
    derives(&strategy.defaults) || within(strategy.answers())
}

/// A strategy at work.
struct Engine<'a> {
    plan: &'a Plan,
    strategy: &'a Strategy,
    variant: Variant,
    visits: Rc<Visits>,
    ledger: Ledger,
}

/// Requests of one task behind the response cache.
struct Job<'a> {
    index: usize,
    task: &'a Task,
    pack: Option<&'a Pack>,
}

/// Why calls are made and how much of them is billed.
#[derive(Clone, Copy)]
struct Cause {
    lever: Lever,
    billed: Billed,
}

impl Cause {
    fn of(lever: Lever) -> Self {
        Self { lever, billed: Billed::All }
    }

    /// For another lever, unless this is one whose cost should be seen apart.
    fn within(self, lever: Lever) -> Self {
        match self.lever {
            Lever::Misroute | Lever::Retries => self,
            _ => Self { lever, ..self },
        }
    }

    /// Billed no more than `billed`.
    fn at_most(self, billed: Billed) -> Self {
        let billed = match (self.billed, billed) {
            (Billed::None, _) | (_, Billed::None) => Billed::None,
            (Billed::Input, _) | (_, Billed::Input) => Billed::Input,
            (Billed::All, Billed::All) => Billed::All,
        };
        Self { billed, ..self }
    }
}

impl Engine<'_> {
    fn run(&mut self) {
        let strategy = self.strategy;
        self.open_deployments(strategy.answers());
        self.prefix_conflicts();
        if let Some(cache) = &strategy.response_cache {
            self.fixed_costs_of_cache(cache);
        }
        if let Some(retrieval) = &strategy.retrieval {
            self.corpus(retrieval);
        }
        if let Some(tuned) = &strategy.fine_tune {
            self.tuning(tuned);
        }
        for (index, task) in self.plan.workload.tasks.iter().enumerate() {
            let requests = self.plan.workload.requests.scaled(&task.share);
            if requests.is_zero() {
                continue;
            }
            let misses = match &strategy.response_cache {
                Some(cache) => self.through_cache(cache, task, &requests),
                None => requests,
            };
            if misses.is_zero() {
                continue;
            }
            if let Some(retrieval) = &strategy.retrieval {
                self.searches(retrieval, task, &misses);
            }
            self.shorteners(task, &misses);
            for meter in &task.metered {
                let used = misses.times(&meter.quantity);
                self.ledger.events(Lever::Metered, &meter.name, &meter.unit, &used, &meter.price);
            }
            let pack = strategy.pack.as_ref();
            let job = Job { index, task, pack };
            let calls = pack::calls(&misses, pack);
            self.ledger.reach(&calls);
            self.serve(strategy.answers(), &calls, &job, &strategy.defaults, Cause::of(Lever::Model));
        }
    }

    /// Sends calls to whoever answers them.
    fn serve(&mut self, serving: &Serving, calls: &Figure<Calls>, job: &Job<'_>, levers: &Overrides, cause: Cause) {
        if calls.is_zero() {
            return;
        }
        match serving {
            Serving::Single(server) => self.attempt(server, calls, job, levers, cause),
            Serving::Route(route) => self.route(route, calls, job, levers, cause),
            Serving::Cascade(cascade) => self.cascade(cascade, calls, job, levers, cause),
        }
    }

    /// A call beside the answer: a router or a judge.
    fn side_call(&mut self, cost: &CallCost, calls: &Figure<Calls>, cause: Cause) {
        match cost {
            CallCost::PerRequest(_) if cause.billed == Billed::None => {}
            CallCost::PerRequest(price) => {
                self.ledger.events(cause.lever, cause.lever.name(), "request", calls, price);
            }
            CallCost::Call { server, input, output } => {
                self.bill(server, calls, &Trip::single(input, output), None, cause);
            }
        }
    }

    /// What one call would cost here; for comparisons only, nothing is billed.
    fn unit_cost(&mut self, serving: &Serving, job: &Job<'_>, levers: &Overrides) -> Figure<Cost> {
        let visits = Rc::clone(&self.visits);
        let (plan, strategy, variant) = (self.plan, self.strategy, self.variant);
        let mut scratch = Engine { plan, strategy, variant, visits, ledger: Ledger::default() };
        let one = Figure::<Calls>::constant(crate::units::Exact::ONE);
        scratch.serve(serving, &one, job, levers, Cause::of(Lever::Model));
        self.ledger.decisions.extend(&scratch.ledger.decisions);
        if scratch.ledger.weight_is_bare {
            self.ledger.decisions.hide();
        }
        scratch.ledger.weight()
    }
}
