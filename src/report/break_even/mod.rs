//! Break-evens of a report: an API against a deployment, at every volume.

mod compare;
mod side;

use serde::Serialize;

use super::Warning;
use crate::diag::Diagnostic;
use crate::plan::Plan;
use crate::units::Exact;

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub struct BreakEvenReport {
    /// The model whose API is compared.
    pub api: String,
    /// The deployment.
    pub deployment: String,
    /// What volumes count: `output_token` or `request`.
    pub unit: &'static str,
    /// USD per million units of the API.
    pub api_per_million: Exact,
    /// USD per million units of a replica that is always full.
    pub self_hosted_full_load_per_million: Exact,
    /// Units per hour that a replica (or instance, or step of units) can take, at its utilisation and with its peaks.
    pub capacity_per_replica_per_hour: Exact,
    /// What is bought at once: `replica`, `instance`, `worker`, `step of units`.
    pub step: &'static str,
    /// USD per hour of a replica.
    pub replica_per_hour: Exact,
    /// USD per hour whatever the load.
    pub fixed_per_hour: Exact,
    /// Replicas that are always there.
    pub least_replicas: Exact,
    /// Volumes at which the cheaper side changes, ascending.
    pub crossovers_per_hour: Vec<Exact>,
    /// What happens at each of them.
    pub crossovers: Vec<CrossoverReport>,
    /// Every interval (from, to] in which self-hosting is strictly cheaper.
    pub self_hosted_cheaper: Vec<IntervalReport>,
    /// The volume above which it always is; `None`: never.
    pub permanent_from_per_hour: Option<Exact>,
    /// Whether intervals were left out because there are too many.
    pub truncated: bool,
    /// The answer at the workload's own volume.
    pub verdict: VerdictReport,
    /// The same at both ends of the throughput's 80% interval; `None` where the throughput is stated.
    pub band: Option<Band>,
    /// The same for every other way to buy that has a price.
    pub purchases: Vec<PurchaseReport>,
    /// Utilisation above which committing to a term pays: its price over the price on demand.
    pub reserved: Vec<ReservedReport>,
    /// Defaults that touched a figure.
    pub assumptions: Vec<String>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// A volume at which the cheaper side changes.
#[derive(Clone, Debug, Serialize)]
pub struct CrossoverReport {
    /// The volume.
    pub per_hour: Exact,
    /// `equal` (the curves meet), `jump` (a replica is added) or `tier` (the API's price jumps).
    pub kind: &'static str,
    /// Replicas that run at this volume.
    pub replicas: Exact,
    /// How loaded they are, as a share.
    pub utilization: Exact,
    /// What self-hosting costs too much just above, in USD per hour; `None` where it is cheaper there.
    pub regret_per_hour: Option<Exact>,
}

/// Volumes (from, to] per hour; without end when `to` is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct IntervalReport {
    /// Not included.
    pub from_per_hour: Exact,
    /// Included.
    pub to_per_hour: Option<Exact>,
}

/// Where self-hosting wins under another assumption.
#[derive(Clone, Debug, Serialize)]
pub struct Wins {
    /// Units per hour that a replica can take.
    pub capacity_per_replica_per_hour: Exact,
    /// Every interval (from, to] in which self-hosting is strictly cheaper.
    pub self_hosted_cheaper: Vec<IntervalReport>,
    /// The volume above which it always is; `None`: never.
    pub permanent_from_per_hour: Option<Exact>,
    /// The cheaper side at the workload's volume.
    pub verdict: &'static str,
}

/// Break-even at both ends of an estimated throughput.
#[derive(Clone, Debug, Serialize)]
pub struct Band {
    /// At the tenth percentile.
    pub low: Wins,
    /// At the ninetieth.
    pub high: Wins,
}

/// Break-even with another way to buy.
#[derive(Clone, Debug, Serialize)]
pub struct PurchaseReport {
    /// Which.
    pub purchase: &'static str,
    /// USD per hour of a replica.
    pub replica_per_hour: Exact,
    /// Where self-hosting wins then.
    #[serde(flatten)]
    pub wins: Wins,
}

/// When committing to a term pays.
#[derive(Clone, Debug, Serialize)]
pub struct ReservedReport {
    /// `reserved_1y` or `reserved_3y`.
    pub term: &'static str,
    /// Share of the hours that a replica must be needed.
    pub worth_above_utilization: Exact,
}

/// The answer at the workload's own volume.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictReport {
    /// The volume.
    pub volume_per_hour: Exact,
    /// `self_hosted`, `api` or `equal`.
    pub cheaper: &'static str,
    /// USD per hour of the API.
    pub api_per_hour: Exact,
    /// USD per hour of hosting.
    pub self_hosted_per_hour: Exact,
    /// What the cheaper side saves, USD per hour.
    pub saves_per_hour: Exact,
    /// Replicas needed.
    pub replicas: Exact,
    /// How loaded they are, as a share; `None` when none runs.
    pub utilization: Option<Exact>,
}

/// All comparisons that a scenario asks for.
///
/// # Errors
/// Prices that are needed and not stated.
pub(super) fn break_evens(plan: &Plan) -> Result<Vec<BreakEvenReport>, Vec<Diagnostic>> {
    plan.break_evens.iter().map(|case| compare::compare(plan, case)).collect()
}
