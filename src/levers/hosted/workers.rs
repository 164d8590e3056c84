//! Serverless workers: work, cold starts and idle time are lines of their own. The formulae stand in `hosting::serverless`.

use super::super::Engine;
use super::super::bill::{Hosted, Lever, Quantity};
use super::Host;
use crate::figure::{Figure, Runtime};
use crate::hosting::serverless::{Billed, Worker};
use crate::plan::{Busy, Serverless};
use crate::units::Exact;

const HOURS: u64 = 24;

impl Engine<'_> {
    pub(super) fn workers(&mut self, host: &Host, workers: &Serverless) {
        let name = &host.deployment.name;
        let calls = host.calls();
        let work = match &workers.busy {
            Busy::Stated(seconds) => calls.times(seconds),
            Busy::Writing(speed) => {
                let seconds = host.output().value().checked_div(speed.value()).unwrap_or(Exact::ZERO);
                let inputs = vec![host.output().step().clone(), speed.step().clone()];
                Figure::computed("output tokens / throughput", seconds, inputs)
            }
        };
        if calls.is_zero() {
            return;
        }
        let times = [&workers.cold_start, &workers.idle_timeout];
        let peak_is_uncertain = host.deployment.peak_to_mean.is_uncertain() || workers.utilization.is_uncertain();
        if work.is_uncertain() || peak_is_uncertain || times.into_iter().any(Figure::is_uncertain) {
            // Workers are counted and their waits added up over the hours with bare numbers.
            self.ledger.decisions.hide();
        }
        let busy = work.value().checked_div(calls.value()).unwrap_or(Exact::ZERO);
        let worker = Worker {
            busy,
            cold_start: workers.cold_start.value().clone(),
            idle_timeout: workers.idle_timeout.value().clone(),
            bills_start: workers.bills_start,
            bills_idle: workers.bills_idle,
        };
        let day = Exact::from(HOURS);
        let per_hour = calls.value().checked_div(&day).unwrap_or(Exact::ZERO);
        let waiting = host.waiting(|_, calls| calls.clone());
        let even = waiting.value().checked_div(&day).unwrap_or(Exact::ZERO);
        // Requests that find all workers busy need more of them, so peaks count for how many there are, not for the mean.
        let hours = self.hours_of_requests(&even, &(&per_hour - &even));
        let peak = host.deployment.peak_to_mean.value();
        let utilization = workers.utilization.value().checked_div(peak).unwrap_or(Exact::ONE);
        let billed: Vec<(Exact, Billed)> =
            hours.into_iter().map(|requests| (requests.clone(), worker.hour(&requests, &utilization))).collect();
        let mean = |of: &dyn Fn(&Billed) -> Exact| {
            let sum: Exact = billed.iter().map(|(_, hour)| of(hour)).sum();
            let hours = Exact::from(billed.len() as u64);
            (&sum * &day).checked_div(&hours).unwrap_or(Exact::ZERO)
        };
        let mut inputs = vec![calls.step().clone(), workers.idle_timeout.step().clone()];
        let idle = Figure::<Runtime>::computed(
            "(1 - exp(-requests per worker x idle timeout)) of every hour and worker",
            mean(&|hour| hour.idle.clone()),
            inputs.clone(),
        );
        inputs.push(workers.cold_start.step().clone());
        let cold = Figure::<Runtime>::computed(
            "requests x exp(-requests per worker x idle timeout) x cold start",
            mean(&|hour| hour.cold.clone()),
            inputs,
        );
        for (component, seconds) in [("work", &work), ("cold_start", &cold), ("idle", &idle)] {
            self.ledger.uptime(
                Lever::Deployment,
                name,
                component,
                None,
                Quantity::Runtime(seconds.clone()),
                &workers.usd_per_second,
            );
        }
        let seconds = [&work, &cold, &idle].into_iter().map(Figure::value).sum::<Exact>();
        let at_peak = billed.iter().map(|(_, hour)| hour.workers.clone()).max().unwrap_or(Exact::ZERO);
        let cold_requests: Exact = billed.iter().map(|(requests, hour)| requests * &hour.cold_share).sum();
        let all: Exact = billed.iter().map(|(requests, _)| requests).sum();
        let hosted = Hosted {
            utilization: work.value().checked_div(&seconds),
            cold_share: cold_requests.checked_div(&all),
            ..self.hosted(host, &at_peak, "worker", &seconds.checked_div(&Exact::from(3600)).unwrap_or(Exact::ZERO))
        };
        self.ledger.hosted(hosted);
    }

    /// Requests of each hour, where `even` of them come evenly.
    fn hours_of_requests(&self, even: &Exact, uneven: &Exact) -> Vec<Exact> {
        match &self.plan.workload.profile {
            Some(profile) => profile.hours.iter().map(|hour| even + &(uneven * hour)).collect(),
            None => vec![even + uneven],
        }
    }
}
