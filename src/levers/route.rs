//! Routes: one of several is chosen before the call (SPEC section 4.2).
//!
//! cost = sum of shares x serving, plus the router for every call, plus misrouted calls: a share m of the calls of every
//! arm but the dearest is answered again by the next dearer arm, and both are billed. Which arm is dearer is decided by
//! what a call of the task at hand costs.

use super::bill::Lever;
use super::{Cause, Engine, Job};
use crate::figure::{Calls, Cost, Figure};
use crate::plan::{Overrides, Route};
use crate::units::Exact;

impl Engine<'_> {
    pub(super) fn route(
        &mut self,
        route: &Route,
        calls: &Figure<Calls>,
        job: &Job<'_>,
        levers: &Overrides,
        cause: Cause,
    ) {
        if let Some(router) = &route.router {
            self.side_call(router, calls, Cause { lever: Lever::Router, ..cause });
        }
        let Some(shares) = route.shares.get(job.index) else { return };
        let costs: Vec<Figure<Cost>> = match &route.misroute {
            Some(_) => {
                route.arms.iter().map(|arm| self.unit_cost(&arm.serving, job, &arm.overrides.or(levers))).collect()
            }
            None => Vec::new(),
        };
        for (index, one) in costs.iter().enumerate() {
            for other in costs.iter().skip(index.saturating_add(1)) {
                self.ledger.decisions.compare(one, other);
            }
        }
        let costs: Vec<&Exact> = costs.iter().map(Figure::value).collect();
        for (index, share) in shares {
            let Some(arm) = route.arms.get(*index) else { continue };
            let sent = calls.scaled(share);
            self.serve(&arm.serving, &sent, job, &arm.overrides.or(levers), cause.within(Lever::Route));
            let Some(misroute) = &route.misroute else { continue };
            let Some(own) = costs.get(*index) else { continue };
            let dearer = costs.iter().enumerate().filter(|(_, cost)| *cost > own).min_by_key(|(_, cost)| **cost);
            if let Some(next) = dearer.and_then(|(index, _)| route.arms.get(index)) {
                let again = sent.scaled(misroute);
                self.serve(&next.serving, &again, job, &next.overrides.or(levers), cause.within(Lever::Misroute));
            }
        }
    }
}
