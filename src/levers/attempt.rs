//! One model answering calls: retries around it, batch beside it, a line per component.
//!
//! Retries: a call that fails with probability r is repeated, so an answer takes 1/(1-r) calls; with at most n
//! repetitions the extra is r + r^2 + ... + r^n (SPEC section 4.2).

use super::bill::{Finding, Lever, Mode};
use super::{Cause, Engine, Job, Shape, price};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Calls, Factor, Figure};
use crate::plan::{Batch, Billed, ModelUse, Overrides, Retries, Server};
use crate::pricing::Component;
use crate::units::{Exact, display};

impl Engine<'_> {
    pub(super) fn attempt(
        &mut self,
        server: &Server,
        calls: &Figure<Calls>,
        job: &Job<'_>,
        levers: &Overrides,
        cause: Cause,
    ) {
        let shape = self.shape(job, levers.output.as_ref());
        if let Server::Model(model) = server {
            self.fits(model, &shape);
        }
        self.bill(server, calls, &shape, levers.batch.as_ref(), cause);
        if let Some(retries) = levers.retries.as_ref().filter(|retries| !retries.rate.is_zero()) {
            let extra = calls.times(&extra_calls(retries));
            let cause = Cause { lever: Lever::Retries, ..cause.at_most(retries.billed) };
            self.bill(server, &extra, &shape, levers.batch.as_ref(), cause);
        }
    }

    /// Counts calls of `shape` and bills them as far as the cause says: a model by its prices; of a deployment the load is
    /// noted, to be paid when all of it is known.
    pub(super) fn bill(
        &mut self,
        server: &Server,
        calls: &Figure<Calls>,
        shape: &Shape,
        batch: Option<&Batch>,
        cause: Cause,
    ) {
        self.ledger.count(server, calls);
        if cause.billed == Billed::None {
            return;
        }
        match server {
            Server::Model(model) => self.bill_model(model, calls, shape, batch, cause),
            Server::Deployment(used) => self.load(used, calls, shape, batch, cause),
        }
    }

    /// The batch share at the batch price, the rest at the standard price. A price per request is paid by every call whose
    /// input is billed.
    pub(super) fn bill_model(
        &mut self,
        model: &ModelUse,
        calls: &Figure<Calls>,
        shape: &Shape,
        batch: Option<&Batch>,
        cause: Cause,
    ) {
        let split = match batch {
            None => vec![(Mode::Standard, calls.clone())],
            Some(batch) => {
                vec![(Mode::Standard, calls.scaled(&batch.share.rest())), (Mode::Batch, calls.scaled(&batch.share))]
            }
        };
        for (mode, calls) in split.iter().filter(|(_, calls)| !calls.is_zero()) {
            self.component(model, calls, &Component::Input, &shape.input, shape, *mode, batch, cause);
            if cause.billed == Billed::All {
                match &shape.output {
                    Some(output) => {
                        self.component(model, calls, &Component::Output, output, shape, *mode, batch, cause)
                    }
                    None => self.needs_output(model),
                }
                self.component(model, calls, &Component::Reasoning, &shape.reasoning, shape, *mode, batch, cause);
            }
            if let Some(price) = price::per_request(model, *mode) {
                self.ledger.requests(cause.lever, &model.model, *mode, calls, &price);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "what a price depends on")]
    fn component(
        &mut self,
        model: &ModelUse,
        calls: &Figure<Calls>,
        component: &Component,
        tokens: &Figure<crate::figure::Tokens>,
        shape: &Shape,
        mode: Mode,
        batch: Option<&Batch>,
        cause: Cause,
    ) {
        if tokens.is_zero() {
            return;
        }
        let volume = calls.times(tokens);
        match price::token_price(model, component, mode, shape.input.value(), batch) {
            Err(problem) => self.ledger.problem(*problem),
            Ok(priced) => {
                for note in priced.notes {
                    self.ledger.note(note);
                }
                for (tier, mean) in priced.near {
                    self.ledger.find(Finding::MeanTier { model: model.model.listed.id.clone(), tier, mean });
                }
                self.ledger.tokens(
                    cause.lever,
                    &model.model,
                    component.slug(),
                    mode,
                    priced.tier,
                    &volume,
                    &priced.price,
                );
            }
        }
    }

    /// A model that prices answers needs to know how long they are.
    fn needs_output(&mut self, model: &ModelUse) {
        let listed = &model.model.listed;
        if listed.card(None, model.model.as_of).is_some_and(|card| card.rate(&Component::Output).is_some()) {
            self.output_is_missing(&model.place, format!("{} prices output", listed.id));
        }
    }

    /// Nobody says how long answers are, which `why` needs to know.
    pub(super) fn output_is_missing(&mut self, place: &Place, why: String) {
        if let Some(task) = self.plan.workload.tasks.iter().find(|task| task.output.is_none()) {
            self.ledger.problem(
                Diagnostic::at(
                    Code::MissingKey,
                    &task.place,
                    "how long are the answers? `output` is missing",
                    "no `output` here",
                )
                .also(place, why)
                .help("state it, for instance `output: 200`; `output: 0` where nothing is written"),
            );
        }
    }

    fn fits(&mut self, model: &ModelUse, shape: &Shape) {
        let listed = &model.model.listed;
        let answer = match &shape.output {
            Some(output) => output.value() + shape.reasoning.value(),
            None => shape.reasoning.value().clone(),
        };
        let tokens = shape.input.value() + &answer;
        let mut exceeds = |tokens: Exact, limit: u64, what: &'static str| {
            if tokens > Exact::from(limit) {
                self.ledger.find(Finding::ExceedsContext { model: listed.id.clone(), tokens, limit, what });
            }
        };
        if let Some(limit) = listed.context {
            exceeds(tokens, limit, "context");
        }
        if let Some(limit) = listed.max_output {
            exceeds(answer, limit, "output");
        }
    }
}

/// Calls made again per call.
fn extra_calls(retries: &Retries) -> Figure<Factor> {
    let rate = &retries.rate;
    match retries.max {
        Some(most) => Figure::total((1..=most).map(|power| rate.to_the(power).cast())),
        // A rate of 1 without `max` is refused when the scenario is checked.
        None => rate.over(&rate.rest()).map_or_else(Figure::zero, |extra| extra.cast()),
    }
    .named(format!("calls repeated at {} failures", display::plain_percent(rate.value())))
}
