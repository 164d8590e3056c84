//! Routes: one of several is chosen before the call (SPEC section 4.2).
//!
//! cost = sum of shares x serving, plus the router for every call, plus misrouted calls: a share m of the calls of every
//! arm but the dearest is answered again by the next dearer arm, and both are billed. Which arm is dearer is decided by
//! what a call of the task at hand costs.

use super::bill::Lever;
use super::{Cause, Engine, Job};
use crate::figure::{Calls, Cost, Figure};
use crate::plan::{Arm, Overrides, Route};
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
        let dearer = self.next_dearer(route, job, levers);
        for (index, share) in shares {
            let Some(arm) = route.arms.get(*index) else { continue };
            let sent = calls.scaled(share);
            self.serve(&arm.serving, &sent, job, &arm.overrides.or(levers), cause.within(Lever::Route));
            let Some(misroute) = &route.misroute else { continue };
            if let Some(next) = dearer.get(*index).copied().flatten().and_then(|next| route.arms.get(next)) {
                let again = sent.scaled(misroute);
                self.serve(&next.serving, &again, job, &next.overrides.or(levers), cause.within(Lever::Misroute));
            }
        }
    }

    /// For each arm, who answers what was sent to it by mistake: the next dearer one; none without `misroute`.
    pub(super) fn next_dearer(&mut self, route: &Route, job: &Job<'_>, levers: &Overrides) -> Vec<Option<usize>> {
        if route.misroute.is_none() {
            return Vec::new();
        }
        let cost = |arm: &Arm| self.unit_cost(&arm.serving, job, &arm.overrides.or(levers));
        let costs: Vec<Figure<Cost>> = route.arms.iter().map(cost).collect();
        for (index, one) in costs.iter().enumerate() {
            for other in costs.iter().skip(index.saturating_add(1)) {
                self.ledger.decisions.compare(one, other);
            }
        }
        let costs: Vec<&Exact> = costs.iter().map(Figure::value).collect();
        let next = |own: &&Exact| {
            let dearer = costs.iter().enumerate().filter(|(_, cost)| *cost > own);
            dearer.min_by_key(|(_, cost)| **cost).map(|(index, _)| index)
        };
        costs.iter().map(next).collect()
    }
}
