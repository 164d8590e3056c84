//! The self-hosted side of a comparison: what it costs per hour at every volume, in the unit that the comparison counts.

use crate::hosting::break_even::workers::Workers;
use crate::hosting::break_even::{Answer, BreakEven, Scaled, Side as Winner, Staircase, Verdict};
use crate::hosting::fleet::Buying;
use crate::hosting::serverless::Worker;
use crate::plan::{Bound, Busy, Deployment, Plan, Provisioned, Replicas, Serverless, Supply, Term};
use crate::units::Exact;

/// Most steps or points of a curve that is drawn.
const DRAWN: u64 = 240;

/// Tokens of the mean request, all its calls together; reasoning included: a replica writes it too.
pub(super) struct Mean {
    pub input: Exact,
    pub output: Exact,
    /// Prompt and answer of the mean call.
    pub call: (Exact, Exact),
}

/// What volumes count.
#[derive(Clone, Copy)]
pub(super) enum Volume {
    Tokens,
    Requests,
}

/// What capacity costs at every volume.
pub(super) enum Curve {
    /// The same number of steps in every hour.
    Stairs(Staircase),
    /// As many as each hour of the profile needs.
    Fleet(Scaled<Term>),
    /// Workers that come and go with requests.
    Workers(Workers),
}

/// The self-hosted side.
pub(super) struct Side {
    pub curve: Curve,
    /// What is bought at once.
    pub step: &'static str,
    /// USD per hour of one, always used.
    pub per_step: Exact,
    /// Volume per hour that one takes at its peaks.
    pub capacity: Exact,
    pub least: Exact,
    pub fixed: Exact,
}

impl Side {
    /// USD per hour at `volume` per hour.
    pub fn cost(&self, volume: &Exact) -> Exact {
        match &self.curve {
            Curve::Stairs(stairs) => stairs.cost(volume),
            Curve::Fleet(fleet) => fleet.cost(volume),
            Curve::Workers(workers) => workers.cost(volume),
        }
    }

    /// Volumes up to `end` with their costs: both ends of each step, or points close together.
    pub fn drawn(&self, end: &Exact) -> Vec<(Exact, Exact)> {
        let even = |points: u64| -> Vec<Exact> {
            let share = |point: u64| Exact::from(point).checked_div(&Exact::from(points)).unwrap_or(Exact::ONE);
            (1..=points).map(|point| end * &share(point)).collect()
        };
        let edges = match &self.curve {
            Curve::Stairs(stairs) => {
                let count =
                    end.checked_div(&stairs.capacity).unwrap_or(Exact::ZERO).ceil().to_u64().unwrap_or(u64::MAX);
                let edge = |step: u64| (&stairs.capacity * &Exact::from(step)).min(end.clone());
                if count > DRAWN { even(DRAWN) } else { (1..=count.max(1)).map(edge).collect() }
            }
            Curve::Fleet(fleet) => fleet.edges(end, DRAWN).unwrap_or_else(|| even(DRAWN)),
            Curve::Workers(_) => {
                let points: Vec<(Exact, Exact)> = even(DRAWN).into_iter().map(|v| (v.clone(), self.cost(&v))).collect();
                let first = (Exact::ZERO, self.fixed.clone());
                return std::iter::once(first).chain(points).collect();
            }
        };
        let mut from = Exact::ZERO;
        let mut points = Vec::new();
        for edge in edges {
            let cost = self.cost(&edge);
            points.push((std::mem::replace(&mut from, edge.clone()), cost.clone()));
            points.push((edge, cost));
        }
        points
    }

    /// USD per unit where everything paid is used.
    pub fn full_load(&self) -> Option<Exact> {
        match &self.curve {
            Curve::Stairs(_) | Curve::Fleet(_) => self.per_step.checked_div(&self.capacity),
            Curve::Workers(workers) => workers.full_load(),
        }
    }

    /// Where it is cheaper than a constant price per unit. `None` when a figure is out of range.
    pub fn against(&self, price: &Exact) -> Option<Answer> {
        Some(match &self.curve {
            Curve::Stairs(stairs) => BreakEven::of(stairs.clone(), price.clone())?.answer(),
            Curve::Fleet(fleet) => fleet.against(price),
            Curve::Workers(workers) => workers.against(|volume| price * volume, price),
        })
    }

    /// Both sides at `volume` per hour, where the other one costs `other` there.
    pub fn verdict(&self, volume: &Exact, other: Exact) -> Verdict {
        let own = self.cost(volume);
        let (replicas, utilisation) = match &self.curve {
            Curve::Stairs(stairs) => {
                let replicas = stairs.replicas(volume);
                let utilisation = volume.checked_div(&(&replicas * &stairs.capacity));
                (replicas, utilisation)
            }
            Curve::Fleet(fleet) => (fleet.fleet(volume).peak(), fleet.utilisation(volume)),
            Curve::Workers(workers) => {
                let replicas = workers.workers(volume);
                let utilisation = volume.checked_div(&(&replicas * &workers.capacity_in_units()));
                (replicas, utilisation)
            }
        };
        let cheaper = match own.cmp(&other) {
            std::cmp::Ordering::Less => Winner::SelfHosted,
            std::cmp::Ordering::Equal => Winner::Equal,
            std::cmp::Ordering::Greater => Winner::Api,
        };
        Verdict { cheaper, replicas, utilisation, saved: (&own - &other).abs(), self_hosted: own, api: other }
    }
}

/// The side of a deployment, bought by `term` where that is stated, else as the scenario buys it. `None` where it takes no
/// volume in this unit.
pub(super) fn side(
    plan: &Plan,
    deployment: &Deployment,
    mean: &Mean,
    volume: Volume,
    term: Option<Term>,
    bound: Bound,
) -> Option<Side> {
    let hours = plan.days_per_month.value() * &Exact::from(24);
    let ops = deployment.ops_per_month.as_ref().map_or(Exact::ZERO, |ops| ops.value().clone());
    let fixed = ops.checked_div(&hours)?;
    let peak = deployment.peak_to_mean.value();
    match &deployment.supply {
        Supply::Replicas(replicas) => {
            let speed = replicas.throughput.at(&mean.call.0, &mean.call.1, bound).ok()?;
            of_replicas(plan, replicas, speed.value(), peak, mean, volume, term, fixed)
        }
        Supply::Provisioned(units) => of_units(units, &(peak * &busiest(plan)), mean, volume, fixed),
        Supply::Serverless(workers) => of_workers(workers, peak, mean, volume, fixed),
    }
}

/// The load of the busiest hour over the mean: a fleet that does not shrink is sized for it.
fn busiest(plan: &Plan) -> Exact {
    plan.workload.profile.as_ref().map_or(Exact::ONE, |profile| profile.busiest().value().clone())
}

#[allow(clippy::too_many_arguments, reason = "what a staircase depends on")]
fn of_replicas(
    plan: &Plan,
    replicas: &Replicas,
    speed: &Exact,
    peak: &Exact,
    mean: &Mean,
    volume: Volume,
    term: Option<Term>,
    fixed: Exact,
) -> Option<Side> {
    let package = &replicas.package;
    let per_step = match term {
        Some(term) => package.price(term)?.value().clone(),
        None => replicas.price_when_full(),
    };
    let tokens = &(speed * replicas.utilization.value()) * &Exact::from(3600);
    let tokens = &tokens * package.replicas.value();
    let full = match volume {
        Volume::Tokens => tokens,
        Volume::Requests => tokens.checked_div(&mean.output)?,
    };
    let least = replicas.least.value().checked_div(package.replicas.value())?.ceil();
    let step = if package.name.is_some() { "instance" } else { "replica" };
    let capacity = full.checked_div(&(peak * &busiest(plan)))?;
    let curve = match (&plan.workload.profile, &replicas.autoscale) {
        (Some(profile), Some(coming)) => Curve::Fleet(Scaled {
            hours: profile.hours.iter().map(|hour| hour * peak).collect(),
            capacity: full,
            least: least.clone(),
            fixed: fixed.clone(),
            ways: package.ways(),
            buying: term.map_or_else(|| replicas.purchase.buying(), Buying::One),
            coming: coming.value().clone(),
        }),
        _ => Curve::Stairs(Staircase {
            fixed: fixed.clone(),
            per_replica: per_step.clone(),
            min_replicas: least.clone(),
            capacity: capacity.clone(),
        }),
    };
    Some(Side { curve, step, per_step, capacity, least, fixed })
}

fn of_units(units: &Provisioned, peak: &Exact, mean: &Mean, volume: Volume, fixed: Exact) -> Option<Side> {
    let weighted = &mean.input + &(&mean.output * units.output_ratio.value());
    let step = units.step.value();
    let tokens = &(units.tokens_per_minute.value() * &Exact::from(60)) * step;
    let requests = tokens.checked_div(&weighted)?.checked_div(peak)?;
    let capacity = match volume {
        Volume::Tokens => &requests * &mean.output,
        Volume::Requests => requests,
    };
    let least = units.minimum.value().checked_div(step)?.ceil();
    let per_step = units.usd_per_unit_hour.value() * step;
    let stairs = Staircase {
        fixed: fixed.clone(),
        per_replica: per_step.clone(),
        min_replicas: least.clone(),
        capacity: capacity.clone(),
    };
    Some(Side { curve: Curve::Stairs(stairs), step: "step of units", per_step, capacity, least, fixed })
}

fn of_workers(workers: &Serverless, peak: &Exact, mean: &Mean, volume: Volume, fixed: Exact) -> Option<Side> {
    let busy = match &workers.busy {
        Busy::Stated(seconds) => seconds.value().clone(),
        Busy::Writing(speed) => mean.output.checked_div(speed.value())?,
    };
    let units_per_request = match volume {
        Volume::Tokens => mean.output.clone(),
        Volume::Requests => Exact::ONE,
    };
    if busy.is_zero() || units_per_request.is_zero() {
        return None;
    }
    let worker = Worker {
        busy,
        cold_start: workers.cold_start.value().clone(),
        idle_timeout: workers.idle_timeout.value().clone(),
        bills_start: workers.bills_start,
        bills_idle: workers.bills_idle,
    };
    let workers = Workers {
        worker,
        utilization: workers.utilization.value().checked_div(peak)?,
        usd_per_second: workers.usd_per_second.value().clone(),
        fixed: fixed.clone(),
        units_per_request,
    };
    Some(Side {
        step: "worker",
        per_step: &workers.usd_per_second * &Exact::from(3600),
        capacity: workers.capacity_in_units(),
        least: Exact::ZERO,
        fixed,
        curve: Curve::Workers(workers),
    })
}
