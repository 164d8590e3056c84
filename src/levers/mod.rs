//! The levers: what each does to requests, prompts, calls and prices. Pure computation on a resolved plan.
//!
//! Requests meet the levers in a fixed order, whatever the order in the file: response cache, prompt levers, packing,
//! router, then model, route or cascade; each attempt of those meets retries, the tier of its whole prompt, batch, and
//! the negotiated discount (SPEC section 4.1). Each lever has the file of its name; `ledger` collects what they bill. What
//! a deployment costs depends on all that is sent to it, so its load is collected and paid at the end (`hosted`).
#![deny(clippy::arithmetic_side_effects)]

mod attempt;
mod bill;
mod cascade;
mod hosted;
mod ledger;
mod pack;
mod price;
mod prompt;
mod response_cache;
mod route;

pub use bill::{Escalation, Finding, Hosted, Lever, Line, Mode, Outcome, Quantity};
pub use price::{Priced, standard_price};

use crate::diag::Diagnostic;
use crate::figure::{Calls, Figure, Tokens};
use crate::plan::{Billed, Billing, CallCost, Overrides, Pack, Plan, Prompt, Serving, Strategy, Task};
use ledger::Ledger;

/// Computes a strategy on the workload of its plan. `billing` overrides what its cascades state.
///
/// # Errors
/// Prices that are needed and not stated, each with its place.
pub fn evaluate(plan: &Plan, strategy: &Strategy, billing: Option<Billing>) -> Result<Outcome, Vec<Diagnostic>> {
    let mut engine = Engine { plan, strategy, billing, ledger: Ledger::default() };
    engine.run();
    engine.settle_deployments();
    engine.ledger.close()
}

/// A strategy at work.
struct Engine<'a> {
    plan: &'a Plan,
    strategy: &'a Strategy,
    billing: Option<Billing>,
    ledger: Ledger,
}

/// Requests of one task behind the response cache, with what the prompt levers left of their prompts.
struct Job<'a> {
    index: usize,
    task: &'a Task,
    prompt: Prompt,
    pack: Option<&'a Pack>,
}

/// What one call carries.
struct Shape {
    input: Figure<Tokens>,
    output: Option<Figure<Tokens>>,
    reasoning: Figure<Tokens>,
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
        self.open_deployments(&strategy.serving);
        if let Some(cache) = &strategy.response_cache {
            self.fixed_costs_of_cache(cache);
        }
        for (index, task) in self.plan.workload.tasks.iter().enumerate() {
            let requests = self.plan.workload.requests.scaled(&task.share);
            if requests.is_zero() {
                continue;
            }
            let misses = match &strategy.response_cache {
                Some(cache) => self.through_cache(cache, &requests),
                None => requests,
            };
            if misses.is_zero() {
                continue;
            }
            let prompt = self.shortened(task, &misses);
            let pack = strategy.pack.as_ref();
            let job = Job { index, task, prompt, pack };
            let calls = pack::calls(&misses, pack);
            self.serve(&strategy.serving, &calls, &job, &strategy.defaults, Cause::of(Lever::Model));
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
                let shape = Shape { input: input.clone(), output: Some(output.clone()), reasoning: Figure::zero() };
                self.bill(server, calls, &shape, None, cause);
            }
        }
    }

    /// What one call would cost here; for comparisons only, nothing is billed.
    fn unit_cost(&self, serving: &Serving, job: &Job<'_>, levers: &Overrides) -> crate::units::Exact {
        let mut scratch =
            Engine { plan: self.plan, strategy: self.strategy, billing: self.billing, ledger: Ledger::default() };
        let one = Figure::<Calls>::constant(crate::units::Exact::ONE);
        scratch.serve(serving, &one, job, levers, Cause::of(Lever::Model));
        scratch.ledger.total().clone()
    }
}
