//! Deployments: what is sent to them is collected while a strategy is computed, and paid when all of it is known, since
//! capacity is bought whole (SPEC section 5). Replicas, workers and units have a file each.

mod replicas;
mod units;
mod workers;

use std::sync::Arc;

use super::attempt::Levers;
use super::bill::{Hosted, Lever};
use super::trip::Trip;
use super::{Cause, Engine};
use crate::diag::{Code, Diagnostic};
use crate::figure::{Calls, Cost, Factor, Figure, Speed, Tokens, Volume};
use crate::hosting::size::NoCapacity;
use crate::plan::{
    Billed, Busy, CallCost, Compressor, Deployment, DeploymentUse, Replicas, Server, Serving, Supply, Throughput,
};
use crate::units::{Exact, display};

/// A deployment and all that one strategy sends to it.
pub(super) struct Host {
    pub deployment: Arc<Deployment>,
    pub loads: Vec<Load>,
}

/// Calls of one shape that are sent to a deployment.
pub(super) struct Load {
    /// Calls per day.
    pub calls: Figure<Calls>,
    /// Those of them that can wait, so that they fill quiet hours.
    pub waiting: Option<Figure<Calls>>,
    /// Tokens that each reads.
    pub input: Figure<Tokens>,
    /// Those of them that the prompt cache has.
    pub cached: Figure<Tokens>,
    /// Tokens that each writes, reasoning included.
    pub output: Figure<Tokens>,
}

impl Load {
    /// Whether an uncertain quantity is in it.
    pub fn is_uncertain(&self) -> bool {
        let waits = self.waiting.as_ref().is_some_and(Figure::is_uncertain);
        waits
            || self.cached.is_uncertain()
            || self.calls.is_uncertain()
            || self.input.is_uncertain()
            || self.output.is_uncertain()
    }
}

impl Host {
    fn name(&self) -> &str {
        &self.deployment.name
    }

    fn calls(&self) -> Figure<Calls> {
        Figure::total(self.loads.iter().map(|load| load.calls.clone()))
    }

    fn volume(&self, tokens: impl Fn(&Load) -> &Figure<Tokens>, name: &str) -> Figure<Volume> {
        let total = Figure::total(self.loads.iter().map(|load| load.calls.times(tokens(load))));
        total.named(format!("{name} of {}", self.name()))
    }

    /// Tokens per day that it reads.
    fn input(&self) -> Figure<Volume> {
        self.volume(|load| &load.input, "input tokens")
    }

    /// Tokens per day that it writes.
    fn output(&self) -> Figure<Volume> {
        self.volume(|load| &load.output, "output tokens")
    }

    /// The part of `amount` (summed over the loads) that comes with calls that can wait.
    fn waiting<D>(&self, of: impl Fn(&Load, &Figure<Calls>) -> Figure<D>) -> Figure<D>
    where
        D: crate::figure::Dimension,
    {
        Figure::total(self.loads.iter().filter_map(|load| Some(of(load, load.waiting.as_ref()?))))
    }
}

impl Engine<'_> {
    /// Takes note of every deployment that a serving can use: those that are always there are paid, used or not.
    pub(super) fn open_deployments(&mut self, serving: &Serving) {
        match serving {
            Serving::Single(server) => self.open(server),
            Serving::Route(route) => {
                route.arms.iter().for_each(|arm| self.open_deployments(&arm.serving));
                if let Some(CallCost::Call { server, .. }) = &route.router {
                    self.open(server);
                }
            }
            Serving::Cascade(cascade) => {
                cascade.steps.iter().for_each(|step| self.open_deployments(&step.arm.serving));
                let judges = cascade.steps.iter().filter_map(|step| cascade.judge_of(step)?.cost.as_ref());
                for cost in judges {
                    if let CallCost::Call { server, .. } = cost {
                        self.open(server);
                    }
                }
            }
        }
        if let Some(Compressor::Model(server)) = self.strategy.compress.as_ref().and_then(|c| c.compressor.as_ref()) {
            self.open(server);
        }
    }

    fn open(&mut self, server: &Server) {
        if let Server::Deployment(used) = server {
            self.ledger.host(&used.deployment);
        }
    }

    /// Sends calls to a deployment. Of calls that are billed for their input only, nothing is written.
    pub(super) fn load(
        &mut self,
        used: &DeploymentUse,
        calls: &Figure<Calls>,
        trip: &Trip,
        levers: Levers<'_>,
        cause: Cause,
    ) {
        let output = match (&trip.output, cause.billed) {
            (_, Billed::Input) => Figure::zero(),
            (Some(output), _) => output.mean.plus(&trip.reasoning.mean),
            (None, _) => {
                let why = format!("{} is paid for what it writes", used.deployment.name);
                return self.output_is_missing(&used.place, why);
            }
        };
        let batch = levers.and_then(|(levers, _)| levers.batch.as_ref());
        let waiting = batch.filter(|batch| !batch.share.is_zero()).map(|batch| calls.scaled(&batch.share));
        if waiting.is_some() {
            self.ledger.note(format!(
                "{}: calls in batch cost no less there, but they fill quiet hours and do not count at the peak",
                used.deployment.name
            ));
        }
        let cached = self.cached_by(&used.deployment, levers, trip);
        let load = Load { calls: calls.clone(), waiting, input: trip.prompt().mean, cached, output };
        let when_full = Figure::<Cost>::constant(self.when_full(used, &load));
        self.ledger.load(&used.deployment, load, when_full);
    }

    /// Tokens of a call that a deployment finds in its prompt cache, where that counts.
    fn cached_by(&mut self, deployment: &Deployment, levers: Levers<'_>, trip: &Trip) -> Figure<Tokens> {
        let Some(cache) = levers.and_then(|(levers, _)| levers.prefix_cache.as_ref()) else { return Figure::zero() };
        let name = &deployment.name;
        match (&deployment.supply, &cache.hit_rate) {
            (Supply::Provisioned(_), Some(hit)) => Self::prefix(cache, trip).mean.scaled(hit).named("cached tokens"),
            (Supply::Provisioned(_), None) => {
                self.ledger
                    .note(format!("{name}: no prompt is taken to be cached; `prefix_cache.hit_rate` says otherwise"));
                Figure::zero()
            }
            (Supply::Replicas(_) | Supply::Serverless(_), _) => {
                self.ledger.note(format!(
                    "{name}: a prompt cache changes its throughput, which is stated or estimated without one"
                ));
                Figure::zero()
            }
        }
    }

    /// Pays every deployment for what was sent to it.
    pub(super) fn settle_deployments(&mut self) {
        for host in self.ledger.take_hosts() {
            let deployment = Arc::clone(&host.deployment);
            match &deployment.supply {
                Supply::Replicas(replicas) => self.replicas(&host, replicas),
                Supply::Serverless(workers) => self.workers(&host, workers),
                Supply::Provisioned(units) => self.units(&host, units),
            }
            if let Some(price) = &deployment.ops_per_month {
                let days = &self.plan.days_per_month;
                self.ledger.per_month(Lever::Deployment, &deployment.name, "operations", price, days);
            }
        }
    }

    /// The load of the busiest hour over the mean load, with the peaks within an hour.
    fn peak(&self, deployment: &Deployment) -> Figure<Factor> {
        match &self.plan.workload.profile {
            Some(profile) => deployment.peak_to_mean.times(&profile.busiest()),
            None => deployment.peak_to_mean.clone(),
        }
    }

    /// The load of each hour at its peak, where `even` of it comes evenly and `uneven` when people ask: of each hour of
    /// the week, or a single one without a profile.
    fn hours(&self, deployment: &Deployment, even: &Exact, uneven: &Exact) -> Vec<Exact> {
        let peak = deployment.peak_to_mean.value();
        let flat = [Exact::ONE];
        let shape = self.plan.workload.profile.as_ref().map_or(flat.as_slice(), |profile| profile.hours.as_slice());
        shape.iter().map(|hour| even + &(&(uneven * hour) * peak)).collect()
    }

    fn hosted(&self, host: &Host, at_peak: &Exact, what: &'static str, hours: &Exact) -> Hosted {
        Hosted {
            deployment: Arc::clone(&host.deployment),
            calls: host.calls(),
            input: host.input(),
            output: host.output(),
            peak: self.peak(&host.deployment),
            throughput: None,
            is_estimated: false,
            at_peak: at_peak.clone(),
            what,
            hours: hours.clone(),
            utilization: None,
            bought: Vec::new(),
            cold_share: None,
            overflow: None,
        }
    }
}

impl Engine<'_> {
    /// How fast a replica is with what is sent to it; what it cannot serve is a problem.
    fn speed(&mut self, replicas: &Replicas, prompt: &Exact, answer: &Exact, name: &str) -> Option<Figure<Speed>> {
        let known = replicas.throughput.at(prompt, answer, self.variant.throughput);
        let Throughput::Estimated(estimator) = &replicas.throughput else { return known.ok() };
        let why = match known {
            Ok(speed) => return Some(speed),
            Err(NoCapacity::DoesNotFit(missing)) => {
                let gb = &missing * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO);
                format!("one request does not fit: {} GB are missing", display::number(&gb, 1))
            }
            Err(NoCapacity::MissesSlo(speed)) => format!(
                "one request alone misses the latencies: {} ms to the first token, {} ms for each after it",
                display::count(&speed.ttft_ms),
                display::count(&speed.tpot_ms)
            ),
            Err(NoCapacity::Unknown) => "the catalogue does not know how fast these cards compute".to_owned(),
        };
        let lengths = format!("{} tokens in and {} out", display::count(prompt), display::count(answer));
        let message = format!("`{name}` cannot serve requests of {lengths}: {why}");
        self.ledger.problem(
            Diagnostic::at(Code::DoesNotFit, &estimator.place, message, "sized for other requests")
                .help("state more or larger `gpus`, a smaller `precision`, or the `throughput` you measured"),
        );
        None
    }

    /// USD per day of calls at a deployment that is always full; for comparisons within a strategy.
    fn when_full(&mut self, used: &DeploymentUse, load: &Load) -> Exact {
        let output = || load.calls.value() * load.output.value();
        let hour = Exact::from(3600);
        match &used.deployment.supply {
            Supply::Replicas(replicas) => {
                let (prompt, answer) = (load.input.value(), load.output.value());
                let Ok(speed) = replicas.throughput.at(prompt, answer, self.variant.throughput) else {
                    // What it cannot serve is told when all loads are known.
                    return Exact::ZERO;
                };
                let replica = speed.value() * replicas.utilization.value();
                let package = &(&replica * replicas.package.replicas.value()) * &hour;
                (&output() * &replicas.price_when_full()).checked_div(&package).unwrap_or(Exact::ZERO)
            }
            Supply::Serverless(workers) => {
                let busy = match &workers.busy {
                    Busy::Stated(seconds) => load.calls.value() * seconds.value(),
                    Busy::Writing(speed) => output().checked_div(speed.value()).unwrap_or(Exact::ZERO),
                };
                &busy * workers.usd_per_second.value()
            }
            Supply::Provisioned(units) => {
                let weighted = units::weighted(load, &load.calls, units);
                let weighted = weighted.value();
                let per_hour = units.tokens_per_minute.value() * &Exact::from(60);
                (weighted * units.usd_per_unit_hour.value()).checked_div(&per_hour).unwrap_or(Exact::ZERO)
            }
        }
    }
}
