//! Break-evens of a report: an API against a deployment, at every volume.

mod compare;
mod side;

use serde::{Deserialize, Serialize};

use super::{Warning, Word};
use crate::diag::Diagnostic;
use crate::plan::Plan;
use crate::units::Exact;

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BreakEvenReport {
    /// The model whose API is compared, or the deployment that serverless workers are compared with.
    pub api: String,
    /// Which of these it is: `api` or `deployment`.
    pub against: Word,
    /// The deployment.
    pub deployment: String,
    /// What volumes count: `output_token` or `request`.
    pub unit: Word,
    /// USD per million units of the API.
    pub api_per_million: Exact,
    /// USD per million units of a replica that is always full.
    pub self_hosted_full_load_per_million: Exact,
    /// Units per hour that a replica (or instance, or step of units) can take, at its utilisation and with its peaks.
    pub capacity_per_replica_per_hour: Exact,
    /// What is bought at once: `replica`, `instance`, `worker`, `step of units`.
    pub step: Word,
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
    /// Both sides as they are drawn, where they are no line against a staircase of equal steps.
    pub curves: Option<Curves>,
    /// Defaults that touched a figure.
    pub assumptions: Vec<String>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// Volumes per hour, each with the cost per hour at it.
pub type CostsByVolume = Vec<(Exact, Exact)>;

/// Costs at volumes, both per hour, for a picture: corners where a side has steps, points close together where it bends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Curves {
    /// Self-hosting.
    pub self_hosted: CostsByVolume,
    /// What it is compared with.
    pub other: CostsByVolume,
    /// Self-hosting at both ends of an estimated throughput, the lower costs first.
    pub band: Option<(CostsByVolume, CostsByVolume)>,
}

/// A volume at which the cheaper side changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CrossoverReport {
    /// The volume.
    pub per_hour: Exact,
    /// `equal` (the curves meet), `jump` (a replica is added) or `tier` (the API's price jumps).
    pub kind: Word,
    /// Replicas that run at this volume.
    pub replicas: Exact,
    /// How loaded they are, as a share.
    pub utilization: Exact,
    /// What self-hosting costs too much just above, in USD per hour; `None` where it is cheaper there.
    pub regret_per_hour: Option<Exact>,
}

/// Volumes (from, to] per hour; without end when `to` is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IntervalReport {
    /// Not included.
    pub from_per_hour: Exact,
    /// Included.
    pub to_per_hour: Option<Exact>,
}

/// Where self-hosting wins under another assumption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wins {
    /// Units per hour that a replica can take.
    pub capacity_per_replica_per_hour: Exact,
    /// Every interval (from, to] in which self-hosting is strictly cheaper.
    pub self_hosted_cheaper: Vec<IntervalReport>,
    /// The volume above which it always is; `None`: never.
    pub permanent_from_per_hour: Option<Exact>,
    /// The cheaper side at the workload's volume.
    pub verdict: Word,
}

/// Break-even at both ends of an estimated throughput.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Band {
    /// At the tenth percentile.
    pub low: Wins,
    /// At the ninetieth.
    pub high: Wins,
}

/// Break-even with another way to buy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PurchaseReport {
    /// Which.
    pub purchase: Word,
    /// USD per hour of a replica.
    pub replica_per_hour: Exact,
    /// Where self-hosting wins then.
    #[serde(flatten)]
    pub wins: Wins,
}

/// When committing to a term pays.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReservedReport {
    /// `reserved_1y` or `reserved_3y`.
    pub term: Word,
    /// Share of the hours that a replica must be needed.
    pub worth_above_utilization: Exact,
}

/// The answer at the workload's own volume.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct VerdictReport {
    /// The volume.
    pub volume_per_hour: Exact,
    /// `self_hosted`, `api` or `equal`.
    pub cheaper: Word,
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
