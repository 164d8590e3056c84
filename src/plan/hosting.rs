//! Self-hosted deployments and the break-evens that a scenario asks for, resolved.

use std::sync::Arc;

use crate::diag::Place;
use crate::figure::{Count, Factor, Figure, Hours, Money, Seconds, Share, Speed};
use crate::hosting::fleet::{Buying, Way};
use crate::hosting::memory::Replica;
use crate::hosting::size::{Job, NoCapacity, Placed, Request};
use crate::hosting::{Format, Gpu};
use crate::plan::ModelUse;
use crate::units::{Exact, display};

/// A model served on capacity that is paid by the hour.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// Where it is stated.
    pub place: Place,
    /// What is paid.
    pub supply: Supply,
    /// Peak load over mean load, within each hour of the profile where the workload has one.
    pub peak_to_mean: Figure<Factor>,
    /// Cost of running it, whatever its load.
    pub ops_per_month: Option<Figure<Money>>,
    /// What it was sized from, where it names a model or a need of memory.
    pub sizing: Option<Arc<Request<'static>>>,
    /// What to beware of, by its stable name.
    pub warnings: Vec<(&'static str, String)>,
}

/// Deployments are the same wherever they are stated.
impl PartialEq for Deployment {
    fn eq(&self, other: &Self) -> bool {
        // Every field by name, so that none is forgotten that comes later.
        let Self { name, place: _, supply, peak_to_mean, ops_per_month, sizing: _, warnings: _ } = self;
        (name, supply, peak_to_mean, ops_per_month)
            == (&other.name, &other.supply, &other.peak_to_mean, &other.ops_per_month)
    }
}

/// A mention of a deployment in a scenario.
#[derive(Clone, Debug)]
pub struct DeploymentUse {
    /// The deployment.
    pub deployment: Arc<Deployment>,
    /// Where it is mentioned.
    pub place: Place,
}

/// Two mentions of a deployment of that name.
impl PartialEq for DeploymentUse {
    fn eq(&self, other: &Self) -> bool {
        self.deployment.name == other.deployment.name
    }
}

/// How capacity is paid.
#[derive(Clone, PartialEq, Debug)]
pub enum Supply {
    /// Whole replicas on rented GPUs.
    Replicas(Box<Replicas>),
    /// Workers that start when requests come and stop when they are idle.
    Serverless(Box<Serverless>),
    /// Throughput units of a provider.
    Provisioned(Box<Provisioned>),
}

/// Whole replicas on rented GPUs.
#[derive(Clone, PartialEq, Debug)]
pub struct Replicas {
    /// How fast one replica is.
    pub throughput: Throughput,
    /// Highest sustained load of a replica.
    pub utilization: Figure<Share>,
    /// What is bought at once.
    pub package: Package,
    /// Replicas that are always there.
    pub least: Figure<Count>,
    /// Replicas that there can be; unlimited when `None`.
    pub most: Option<Figure<Count>>,
    /// Whether replicas that no hour needs are given back; they take this long to come, paid.
    pub autoscale: Option<Figure<Hours>>,
    /// How it is bought.
    pub purchase: Purchase,
}

impl Replicas {
    /// Whether any of it is bought for a term.
    pub fn is_reserved(&self) -> bool {
        match &self.purchase {
            Purchase::One(term) => term.is_reserved(),
            Purchase::Mix(shares) => shares.iter().any(|(term, _)| term.is_reserved()),
            Purchase::Auto => self.package.prices.iter().any(|(term, _)| term.is_reserved()),
        }
    }

    /// USD per hour of a package that is always used, as it is bought.
    pub fn price_when_full(&self) -> Exact {
        let price = |term: Term| self.package.price(term).map_or(Exact::ZERO, |price| price.value().clone());
        match &self.purchase {
            Purchase::One(term) => price(*term),
            Purchase::Mix(shares) => shares.iter().map(|(term, share)| &price(*term) * share.value()).sum(),
            Purchase::Auto => {
                let steady = self.package.prices.iter().filter(|(term, _)| *term != Term::Spot);
                steady.map(|(_, price)| price.value()).min().cloned().unwrap_or(Exact::ZERO)
            }
        }
    }
}

/// How fast one replica is.
#[derive(Clone, Debug)]
pub enum Throughput {
    /// Output tokens per second, as stated.
    Stated(Figure<Speed>),
    /// Estimated from the model, the cards and the lengths that it serves.
    Estimated(Arc<Estimator>),
}

/// Which value of an estimate counts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Bound {
    /// The estimate itself.
    #[default]
    Middle,
    /// The lower end of its 80% interval.
    Low,
    /// The upper end.
    High,
}

/// Two estimates are the same where they are one; whether others come to the same is for whoever computes them.
impl PartialEq for Throughput {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Stated(a), Self::Stated(b)) => a == b,
            (Self::Estimated(a), Self::Estimated(b)) => Arc::ptr_eq(a, b),
            (Self::Stated(_), Self::Estimated(_)) | (Self::Estimated(_), Self::Stated(_)) => false,
        }
    }
}

impl Throughput {
    /// Whether it has an interval.
    pub fn is_estimated(&self) -> bool {
        matches!(self, Self::Estimated(_))
    }

    /// Output tokens per second of one replica at these mean lengths.
    ///
    /// # Errors
    /// The replica cannot serve such requests.
    pub fn at(&self, prompt: &Exact, answer: &Exact, bound: Bound) -> Result<Figure<Speed>, NoCapacity> {
        match self {
            Self::Stated(speed) => Ok(speed.clone()),
            Self::Estimated(estimator) => estimator.at(prompt, answer, bound),
        }
    }
}

/// What a throughput is estimated from.
#[derive(Debug)]
pub struct Estimator {
    /// The model in one format on cards of one kind, with the latencies to keep.
    pub request: Request<'static>,
    /// The card.
    pub gpu: &'static Gpu,
    /// Cards of a replica.
    pub gpus: u32,
    /// Format of the weights.
    pub format: Format,
    /// Where the deployment is stated.
    pub place: Place,
}

impl Estimator {
    fn at(&self, prompt: &Exact, answer: &Exact, bound: Bound) -> Result<Figure<Speed>, NoCapacity> {
        let Some(served) = &self.request.model else { return Err(NoCapacity::Unknown) };
        let replica = Replica {
            model: served.model,
            format: self.format,
            kv: served.kv,
            mode: served.window,
            gpus: self.gpus,
            attention_gpus: self.gpus,
        };
        let job = Job {
            placed: Placed { gpu: self.gpu, replica },
            prompt,
            answer,
            engine: self.request.engine.as_deref(),
            measurements: &self.request.measurements,
        };
        let speed = job.capacity(&self.request.slo)?;
        let tokens = |tokens: &Exact| display::count(&tokens.round(1));
        let how = format!(
            "estimated for {} in {} on {} {} at {} tokens in and {} out, {} requests in flight ({})",
            served.model.id,
            self.format.name(),
            self.gpus,
            self.gpu.name,
            tokens(prompt),
            tokens(answer),
            speed.concurrency,
            speed.confidence.name(),
        );
        let (low, high) = speed.interval;
        let value = match bound {
            Bound::Middle => speed.tokens_per_second,
            Bound::Low => low.clone(),
            Bound::High => high.clone(),
        };
        Ok(Figure::estimated(how, value, (low, high), Vec::new()).named("throughput"))
    }
}

/// The smallest thing that can be bought.
#[derive(Clone, PartialEq, Debug)]
pub struct Package {
    /// What it is called, where it is an instance of a provider.
    pub name: Option<String>,
    /// Replicas that run in it: 1, or more where the smallest instance has more cards than a replica needs.
    pub replicas: Figure<Count>,
    /// USD per hour for each way to buy it that is known, once each; per useful hour on the spot market, interruptions
    /// included.
    pub prices: Vec<(Term, Figure<Money>)>,
}

impl Package {
    /// The price of a way to buy it, where it is known.
    pub fn price(&self, term: Term) -> Option<&Figure<Money>> {
        self.prices.iter().find(|(known, _)| *known == term).map(|(_, price)| price)
    }
}

impl Package {
    /// Every way to buy it.
    pub fn ways(&self) -> Vec<Way<Term>> {
        let way = |(term, price): &(Term, Figure<Money>)| Way {
            term: *term,
            price: price.value().clone(),
            always: term.is_reserved(),
            unsafe_base: *term == Term::Spot,
        };
        self.prices.iter().map(way).collect()
    }
}

impl Purchase {
    /// The same without formulae.
    pub fn buying(&self) -> Buying<Term> {
        match self {
            Self::One(term) => Buying::One(*term),
            Self::Mix(shares) => {
                Buying::Mix(shares.iter().map(|(term, share)| (*term, share.value().clone())).collect())
            }
            Self::Auto => Buying::Auto,
        }
    }
}

/// A way to buy a package.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Term {
    /// By the hour, no promise.
    OnDemand,
    /// By the hour, may be taken away.
    Spot,
    /// Every hour of a year.
    Reserved1y,
    /// Every hour of three years.
    Reserved3y,
}

impl Term {
    /// In the order in which reports list them.
    pub const ALL: [Self; 4] = [Self::OnDemand, Self::Spot, Self::Reserved1y, Self::Reserved3y];

    /// The word that scenarios and reports write.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Spot => "spot",
            Self::Reserved1y => "reserved_1y",
            Self::Reserved3y => "reserved_3y",
        }
    }

    /// Whether every hour is paid, used or not.
    pub fn is_reserved(self) -> bool {
        matches!(self, Self::Reserved1y | Self::Reserved3y)
    }
}

/// How a fleet is bought; the package has a price for every term that stands here.
#[derive(Clone, PartialEq, Debug)]
pub enum Purchase {
    /// All of it in one way.
    One(Term),
    /// Shares of the fleet at its peak.
    Mix(Vec<(Term, Figure<Share>)>),
    /// Each level of the load-duration curve in the cheapest way.
    Auto,
}

/// Workers that start when requests come and stop when they are idle.
#[derive(Clone, PartialEq, Debug)]
pub struct Serverless {
    /// How long a request keeps a worker busy.
    pub busy: Busy,
    /// Highest sustained load of a worker.
    pub utilization: Figure<Share>,
    /// USD per second that a worker is billed.
    pub usd_per_second: Figure<Money>,
    /// How long a worker takes to start.
    pub cold_start: Figure<Seconds>,
    /// How long an idle worker stays.
    pub idle_timeout: Figure<Seconds>,
    /// Whether starting is billed.
    pub bills_start: bool,
    /// Whether waiting for the next request is billed.
    pub bills_idle: bool,
}

/// How long a request keeps a worker busy.
#[derive(Clone, PartialEq, Debug)]
pub enum Busy {
    /// Stated.
    Stated(Figure<Seconds>),
    /// The tokens of its answer at this speed.
    Writing(Figure<Speed>),
}

/// Throughput units of a provider, paid by the hour whether used or not.
#[derive(Clone, PartialEq, Debug)]
pub struct Provisioned {
    /// Weighted tokens per minute that a unit takes.
    pub tokens_per_minute: Figure<Count>,
    /// What an output token weighs against an input token.
    pub output_ratio: Figure<Factor>,
    /// What a cached input token weighs.
    pub cached_weight: Figure<Factor>,
    /// Fewest units that can be bought.
    pub minimum: Figure<Count>,
    /// By how many units one can buy.
    pub step: Figure<Count>,
    /// USD per unit and hour.
    pub usd_per_unit_hour: Figure<Money>,
    /// Units bought; as many as the peak needs when `None`.
    pub units: Option<Figure<Count>>,
    /// Who takes what the units do not.
    pub overflow: Option<ModelUse>,
}

/// A comparison of a deployment with an API, or of serverless workers with a deployment that is always on.
#[derive(Clone, Debug)]
pub struct BreakEvenCase {
    /// What it is compared with.
    pub against: Opponent,
    /// The deployment.
    pub deployment: Arc<Deployment>,
    /// What volumes count.
    pub counts: Counted,
    /// Where it is stated.
    pub place: Place,
}

/// What a deployment is compared with.
#[derive(Clone, Debug)]
pub enum Opponent {
    /// The API of a model.
    Api(ModelUse),
    /// Another deployment.
    Deployment(Arc<Deployment>),
}

/// What the volumes of a break-even count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Output tokens, against the API's output price alone.
    Output,
    /// Requests of the workload's mix, with all they cost.
    Requests,
}
