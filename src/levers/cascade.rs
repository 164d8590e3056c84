//! Cascades: models are tried in turn, and every attempt is billed (SPEC section 4.2).
//!
//! Of the calls R_k that reach step k, a share f fails outright and moves on; of the answers a share a is accepted and
//! stops: R_{k+1} = R_k - R_k (1-f) a. A step costs its calls, what failed calls are billed, and the judge of its
//! answers. `final_only` pays each request only the step that answered: a blended rate that understates the bill.

use super::bill::{Escalation, Lever};
use super::{Cause, Engine, Job};
use crate::figure::{Calls, Figure};
use crate::plan::{Billing, Cascade, CascadeStep, Overrides, Stop};
use crate::units::Exact;

/// One step as it was computed for one task.
struct Passed {
    reach: Exact,
    stopped: Exact,
    cost: Exact,
}

impl Engine<'_> {
    pub(super) fn cascade(
        &mut self,
        cascade: &Cascade,
        calls: &Figure<Calls>,
        job: &Job<'_>,
        levers: &Overrides,
        cause: Cause,
    ) {
        let billing = self.variant.billing.unwrap_or(cascade.billing);
        let cause = cause.within(Lever::Cascade);
        let is_derived = cascade.steps.iter().any(|step| matches!(step.stop, Stop::Judged));
        let passage = is_derived.then(|| self.passage(cascade, job, levers));
        let mut reach = calls.clone();
        let mut passed = Vec::new();
        for (index, step) in cascade.steps.iter().enumerate() {
            let is_last = index.saturating_add(1) == cascade.steps.len();
            let (answered, failed) = match &step.error {
                Some(error) => (reach.scaled(&error.rest()), reach.scaled(error)),
                None => (reach.clone(), Figure::zero()),
            };
            let stopped = match (&step.stop, &passage) {
                (Stop::Accept(share), _) => answered.scaled(share),
                (Stop::Handles(share), _) => calls.scaled(share),
                (Stop::Judged, passage) => {
                    let accepted = passage.as_ref().and_then(|passage| passage.accepted.get(index));
                    accepted.map_or_else(Figure::zero, |share| answered.scaled(share))
                }
            };
            let before = self.ledger.total().clone();
            match billing {
                Billing::EveryAttempt => {
                    self.every_attempt(step, &answered, &failed, job, levers, cause);
                    let judge = cascade.judge_of(step).filter(|_| !is_last || cascade.judge_last);
                    if let Some(cost) = judge.and_then(|judge| judge.cost.as_ref()) {
                        self.side_call(cost, &answered, Cause { lever: Lever::Judge, ..cause });
                    }
                }
                Billing::FinalOnly => {
                    self.serve(&step.arm.serving, &stopped, job, &step.arm.overrides.or(levers), cause)
                }
            }
            let cost = self.ledger.total() - &before;
            passed.push(Passed { reach: reach.value().clone(), stopped: stopped.value().clone(), cost });
            let next = reach.minus(&stopped);
            reach = match cascade.steps.get(index.saturating_add(1)) {
                Some(next_step) if !next.is_zero() => next.named(format!("calls reaching {}", next_step.arm.label)),
                _ => next,
            };
        }
        self.ledger.unanswered(reach.value());
        if billing == Billing::EveryAttempt {
            self.weigh(cascade, &passed);
        }
    }

    fn every_attempt(
        &mut self,
        step: &CascadeStep,
        answered: &Figure<Calls>,
        failed: &Figure<Calls>,
        job: &Job<'_>,
        levers: &Overrides,
        cause: Cause,
    ) {
        let levers = step.arm.overrides.or(levers);
        self.serve(&step.arm.serving, answered, job, &levers, cause);
        self.serve(&step.arm.serving, failed, job, &levers, cause.at_most(step.billed));
    }

    /// Sets what each step costs against what its accepted answers spare further on: (accepted share) x (cost of going
    /// on) per call that reaches it. For two steps this is the break-even accept rate (c1 + judge) / c2.
    fn weigh(&mut self, cascade: &Cascade, passed: &[Passed]) {
        for (index, (this, step)) in passed.iter().zip(&cascade.steps).enumerate() {
            let Some(next) = passed.get(index.saturating_add(1)) else { continue };
            let after: Exact = passed.iter().skip(index.saturating_add(1)).map(|step| &step.cost).sum();
            let Some(per_call) = after.checked_div(&next.reach) else { continue };
            self.ledger.escalate(Escalation {
                step: index,
                label: step.arm.label.clone(),
                reach: this.reach.clone(),
                stopped: this.stopped.clone(),
                cost: this.cost.clone(),
                spares: &this.stopped * &per_call,
            });
        }
    }
}
