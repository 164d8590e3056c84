//! A break-even as charts: cost against volume, and cost per million units against load.
//!
//! Everything that is shown comes from the report. What is worked out here is where it is drawn: the corners of the
//! staircase and of the API's line within the part of the axes that is shown, in exact numbers up to the last step.

mod load;
#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "pictures are measured in floats")]
mod tests;
mod volume;

use super::chart::ChartSpec;
use crate::report::{BreakEvenReport, CostsByVolume, Report};
use crate::units::{Exact, display};

/// What the charts of a comparison show. Volumes are per hour, money is USD.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The API's name.
    pub api: String,
    /// The deployment's name.
    pub deployment: String,
    /// What volumes count, in the plural: `output tokens`.
    pub unit: String,
    /// What is bought at once: `replica`, `worker`.
    pub step: String,
    /// USD per unit of the API.
    pub api_price: Exact,
    /// Whether that is a deployment too.
    pub against_deployment: bool,
    /// Self-hosting.
    pub stairs: Stairs,
    /// Both sides point by point, self-hosting first, where they are no staircase against a line.
    pub curves: Option<[CostsByVolume; 2]>,
    /// Such curves of self-hosting at both ends of an estimated throughput, the lower costs first.
    pub band: Option<(CostsByVolume, CostsByVolume)>,
    /// The least and the greatest capacity of a replica, where it is an estimate.
    pub capacities: Option<(Exact, Exact)>,
    /// Volumes at which the cheaper side changes, ascending.
    pub crossovers: Vec<Exact>,
    /// Intervals (from, to] in which self-hosting is cheaper; `None`: without end.
    pub cheaper: Vec<(Exact, Option<Exact>)>,
    /// The volume above which it always is.
    pub permanent_from: Option<Exact>,
    /// Whether crossovers were left out because there are too many.
    pub truncated: bool,
    /// The workload.
    pub today: Today,
    /// Scenario and prices.
    pub source: String,
}

/// A staircase of whole replicas: `fixed + per_replica x max(least, ceil(volume / capacity))`.
#[derive(Clone, Debug)]
pub struct Stairs {
    /// USD per hour whatever the load.
    pub fixed: Exact,
    /// USD per hour of a replica.
    pub per_replica: Exact,
    /// Replicas that are always there.
    pub least: Exact,
    /// Units per hour that a replica takes; above zero.
    pub capacity: Exact,
}

/// Both sides at the workload's own volume, per hour.
#[derive(Clone, Debug)]
pub struct Today {
    /// Units.
    pub volume: Exact,
    /// Replicas.
    pub replicas: Exact,
    /// USD of self-hosting.
    pub self_hosted: Exact,
    /// USD of the API.
    pub api: Exact,
}

impl Stairs {
    /// The same with another capacity.
    fn with_capacity(&self, capacity: &Exact) -> Stairs {
        Stairs { capacity: capacity.clone(), ..self.clone() }
    }

    /// USD per hour of so many replicas.
    fn cost(&self, replicas: &Exact) -> Exact {
        &self.fixed + &(&self.per_replica * replicas)
    }

    /// Replicas at a volume: one at least, as the staircase begins above zero.
    fn replicas(&self, volume: &Exact) -> Exact {
        let needed = volume.checked_div(&self.capacity).map_or(Exact::ONE, |replicas| replicas.ceil());
        needed.max(self.least.clone()).max(Exact::ONE)
    }
}

impl Comparison {
    /// A comparison of a report.
    pub fn of(report: &Report, case: &BreakEvenReport) -> Comparison {
        let million = Exact::from(1_000_000);
        let mut prices = format!("{}. Prices of {}", report.scenario.name, report.prices.as_of);
        if let Some(list) = report.prices.lists.first() {
            prices.push_str(&format!(" ({})", list.name));
        }
        Comparison {
            api: case.api.clone(),
            deployment: case.deployment.clone(),
            unit: format!("{}s", case.unit.replace('_', " ")),
            step: case.step.to_string(),
            api_price: case.api_per_million.checked_div(&million).unwrap_or(Exact::ZERO),
            stairs: Stairs {
                fixed: case.fixed_per_hour.clone(),
                per_replica: case.replica_per_hour.clone(),
                least: case.least_replicas.clone(),
                capacity: case.capacity_per_replica_per_hour.clone(),
            },
            capacities: case.band.as_ref().map(|band| {
                (band.low.capacity_per_replica_per_hour.clone(), band.high.capacity_per_replica_per_hour.clone())
            }),
            against_deployment: case.against == "deployment",
            curves: case.curves.as_ref().map(|curves| [curves.self_hosted.clone(), curves.other.clone()]),
            band: case.curves.as_ref().and_then(|curves| curves.band.clone()),
            crossovers: case.crossovers_per_hour.clone(),
            cheaper: case
                .self_hosted_cheaper
                .iter()
                .map(|win| (win.from_per_hour.clone(), win.to_per_hour.clone()))
                .collect(),
            permanent_from: case.permanent_from_per_hour.clone(),
            truncated: case.truncated,
            today: Today {
                volume: case.verdict.volume_per_hour.clone(),
                replicas: case.verdict.replicas.clone(),
                self_hosted: case.verdict.self_hosted_per_hour.clone(),
                api: case.verdict.api_per_hour.clone(),
            },
            source: format!("{prices}."),
        }
    }

    /// Cost per hour against volume: the API's line, the staircase, the volumes that hosting wins, today's.
    pub fn by_volume(&self) -> ChartSpec {
        volume::chart(self)
    }

    /// Cost per million units against the load of today's replicas; `None` where cost is no staircase of replicas.
    pub fn by_load(&self) -> Option<ChartSpec> {
        self.curves.is_none().then(|| load::chart(self))
    }

    /// The side that is compared, in a sentence: where both are hosted, by its name.
    fn own(&self) -> &str {
        if self.against_deployment { &self.deployment } else { "self-hosting" }
    }

    /// The other side, likewise.
    fn other(&self) -> &str {
        if self.against_deployment { &self.api } else { "the API" }
    }

    /// `1 replica`, `3 replicas`, never on two lines
    fn steps(&self, count: &Exact) -> String {
        let (first, rest) = self.step.split_once(' ').unwrap_or((&self.step, ""));
        let plural = if *count == Exact::ONE { "" } else { "s" };
        let of = if rest.is_empty() { String::new() } else { format!(" {rest}") };
        format!("{}\u{a0}{first}{plural}{of}", display::count(count))
    }

    fn api_per_million(&self) -> Exact {
        per_million(&self.api_price)
    }
}

/// The chart of one comparison: cost per hour against volume.
pub fn break_even_chart(report: &Report, case: &BreakEvenReport) -> ChartSpec {
    Comparison::of(report, case).by_volume()
}

/// The other chart of one comparison: cost per million units against load.
pub fn break_even_load_chart(report: &Report, case: &BreakEvenReport) -> Option<ChartSpec> {
    Comparison::of(report, case).by_load()
}

fn per_million(price: &Exact) -> Exact {
    price * &Exact::from(1_000_000)
}

fn usd(amount: &Exact) -> String {
    display::money(amount, "USD")
}
