//! Whole replicas on rented GPUs: as many as the load needs at its peak, bought on demand, on the spot market, for years, or
//! each level of the load in its cheapest way.
//!
//! capacity = throughput x utilization x 86,400 s;  packages = max(least, ceil(peak load / capacity)); where a package holds
//! several replicas (an instance with more cards than one replica needs) its capacity is theirs together.

use super::super::Engine;
use super::super::bill::{Finding, Hosted, Lever, Quantity};
use super::Host;
use crate::figure::{Count, Factor, Figure, Hours, Seconds, Speed, Uptime, Volume};
use crate::hosting::fleet::{self, Fleet};
use crate::plan::{Purchase, Replicas, Term, Throughput};
use crate::units::Exact;

/// How each package-hour of a fleet is paid.
type Bought = Vec<(Term, Figure<Uptime>)>;

/// A fleet, hour by hour, and the figures that its formulae mention.
struct Plan<'a> {
    name: &'a str,
    replicas: &'a Replicas,
    fleet: Fleet,
    /// Packages in the busiest hour.
    packages: Figure<Count>,
    inputs: Vec<std::sync::Arc<crate::figure::Step>>,
}

impl Replicas {
    /// Output tokens per day that a package takes.
    fn capacity(&self, throughput: &Figure<Speed>) -> Figure<Volume> {
        let day = Figure::<Seconds>::constant(Exact::from(86_400));
        let replica = throughput.scaled(&self.utilization).times(&day);
        let replica = match &self.package.name {
            None => replica,
            Some(_) => replica.times(&self.package.replicas.cast::<Factor>()),
        };
        replica.named(format!("capacity of {}", self.what(true)))
    }

    /// What is bought at once, in words.
    fn what(&self, article: bool) -> String {
        match &self.package.name {
            Some(name) if article => format!("a {name}"),
            Some(name) => name.clone(),
            None if article => "a replica".to_owned(),
            None => "replicas".to_owned(),
        }
    }

    fn unit(&self) -> (&'static str, &'static str) {
        match self.package.name {
            Some(_) => ("instance", "instance_hour"),
            None => ("replica", "replica_hour"),
        }
    }

    /// Packages that hold so many replicas.
    fn packages(&self, replicas: &Figure<Count>) -> Figure<Count> {
        match &self.package.name {
            None => replicas.clone(),
            Some(_) => replicas.over(&self.package.replicas).map_or_else(Figure::zero, |packages| packages.ceil()),
        }
    }
}

impl Engine<'_> {
    pub(super) fn replicas(&mut self, host: &Host, replicas: &Replicas) {
        let deployment = &host.deployment;
        let output = host.output();
        let even = host.waiting(|load, calls| calls.times(&load.output)).named("output tokens that can wait");
        let uneven = output.minus(&even);
        let peak = self.peak(deployment);
        let at_peak = even.plus(&uneven.times(&peak)).named("load at its peak");
        let Some(throughput) = self.speed_of(host, replicas, &output) else { return };
        let capacity = replicas.capacity(&throughput);
        let needed = at_peak.ratio::<Count>(&capacity).map_or_else(Figure::zero, |steps| steps.ceil());
        let least = replicas.packages(&replicas.least);
        let most = replicas.most.as_ref().map(|most| replicas.packages(most));
        let (what, unit) = replicas.unit();
        if let Some(most) = most.as_ref().filter(|most| needed.value() > most.value()) {
            self.ledger.find(Finding::CapacityExceeded {
                deployment: deployment.name.clone(),
                needed: needed.value().clone(),
                most: most.value().clone(),
                what,
            });
        }
        if matches!(replicas.purchase, Purchase::Auto) && replicas.package.prices.iter().any(|(_, p)| p.is_uncertain())
        {
            self.ledger.decisions.hide();
        }
        let packages = needed.at_least(&least);
        let packages = most.as_ref().map_or(packages.clone(), |most| packages.at_most(most));
        let packages = packages.named(format!("{} of {}", replicas.what(false), deployment.name));
        let hours = self.hours(deployment, even.value(), uneven.value());
        let fleet = Fleet::of(&hours, capacity.value(), least.value(), most.as_ref().map(Figure::value));
        let fleet = if replicas.autoscale.is_some() { fleet } else { fleet.fixed() };
        let inputs = vec![output.step().clone(), peak.step().clone(), capacity.step().clone(), least.step().clone()];
        let plan = Plan { name: &deployment.name, replicas, fleet, packages, inputs };
        let bought = Self::bought(&plan);
        let total = Figure::total(bought.iter().map(|(_, hours)| hours.clone()));
        for (term, hours) in &bought {
            let Some(price) = replicas.package.price(*term) else { continue };
            let quantity = Quantity::Uptime(hours.clone(), unit);
            self.ledger.uptime(Lever::Deployment, &deployment.name, term.name(), None, quantity, price);
        }
        let paid = (total.value() * capacity.value()).checked_div(&Exact::from(24));
        let hosted = Hosted {
            throughput: Some(throughput),
            is_estimated: replicas.throughput.is_estimated(),
            utilization: paid.and_then(|paid| output.value().checked_div(&paid)),
            bought: bought.iter().map(|(term, hours)| (*term, hours.value().clone())).collect(),
            ..self.hosted(host, plan.packages.value(), what, total.value())
        };
        self.ledger.hosted(hosted);
    }

    /// How fast a replica is with the mean call that is sent to it; where nothing is, with those that it was sized for.
    fn speed_of(&mut self, host: &Host, replicas: &Replicas, output: &Figure<Volume>) -> Option<Figure<Speed>> {
        let calls = host.calls();
        let mean = |volume: &Figure<Volume>| volume.value().checked_div(calls.value()).filter(|mean| !mean.is_zero());
        let sized = match &replicas.throughput {
            Throughput::Stated(speed) => return Some(speed.clone()),
            Throughput::Estimated(estimator) => (estimator.request.prompt.clone(), estimator.request.answer.clone()),
        };
        if host.loads.iter().any(super::Load::is_uncertain) {
            // How fast cards are with which requests, no formula tells.
            self.ledger.decisions.hide();
        }
        let prompt = mean(&host.input()).unwrap_or(sized.0);
        let answer = mean(output).unwrap_or(sized.1);
        self.speed(replicas, &prompt, &answer, &host.deployment.name)
    }

    /// The hours of the fleet by the way they are bought.
    fn bought(plan: &Plan<'_>) -> Bought {
        let replicas = plan.replicas;
        let comes = replicas.autoscale.as_ref().map(Figure::value);
        let bought = plan.fleet.bought(&replicas.purchase.buying(), &replicas.package.ways(), comes);
        bought.into_iter().map(|bought| (bought.term, plan.formula(&bought))).collect()
    }
}

impl Plan<'_> {
    /// Hours that were bought, as a formula: replicas times 24 hours where all of them are there in every hour, else what
    /// was added up over the hours of the week.
    fn formula(&self, bought: &fleet::Bought<Term>) -> Figure<Uptime> {
        let day = Figure::<Hours>::constant(Exact::from(24));
        let always = self.replicas.autoscale.is_none() || bought.term.is_reserved();
        match &self.replicas.purchase {
            Purchase::One(_) if always => self.packages.times(&day),
            Purchase::Mix(shares) if always => {
                let share = shares.iter().find(|(term, _)| *term == bought.term).map(|(_, share)| share);
                share.map_or_else(|| self.packages.clone(), |share| self.packages.times(share)).times(&day)
            }
            Purchase::One(_) => {
                self.computed("max(least, ceil(load / capacity)) of every hour of the week, a day", bought)
            }
            Purchase::Mix(_) => {
                self.computed("its part of what the hours of the week need beyond the reserved share, a day", bought)
            }
            Purchase::Auto => {
                let count = crate::units::display::count(&bought.packages);
                let term = bought.term.name().replace('_', " ");
                let what = self.replicas.unit().0;
                let plural = if bought.packages == Exact::ONE { "" } else { "s" };
                self.computed(format!("the hours of {count} {what}{plural} for which {term} is cheapest"), bought)
            }
        }
    }

    fn computed(&self, how: impl Into<std::borrow::Cow<'static, str>>, bought: &fleet::Bought<Term>) -> Figure<Uptime> {
        Figure::computed(how, bought.hours.clone(), self.inputs.clone()).named(format!(
            "hours of {} of {}",
            self.replicas.what(false),
            self.name
        ))
    }
}
