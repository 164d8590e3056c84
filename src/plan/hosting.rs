//! Self-hosted deployments and the break-evens that a scenario asks for, resolved.

use crate::diag::Place;
use crate::figure::{Count, Factor, Figure, Money, Share, Speed};
use crate::plan::ModelUse;

/// A model served on rented GPUs.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// Where it is stated.
    pub place: Place,
    /// GPUs of one replica.
    pub gpus: Figure<Count>,
    /// USD per GPU and hour, as bought.
    pub usd_per_gpu_hour: Figure<Money>,
    /// Output tokens per second of one replica.
    pub throughput: Figure<Speed>,
    /// Highest sustained load of a replica.
    pub utilization: Figure<Share>,
    /// Replicas that are always there.
    pub least: Figure<Count>,
    /// Peak load over mean load.
    pub peak_to_mean: Figure<Factor>,
    /// Cost of running it, whatever its load.
    pub ops_per_month: Option<Figure<Money>>,
}

/// A comparison of an API with a deployment.
#[derive(Clone, Debug)]
pub struct BreakEvenCase {
    /// The model whose API is compared.
    pub api: ModelUse,
    /// The deployment, by position.
    pub deployment: usize,
    /// What volumes count.
    pub counts: Counted,
    /// Where it is stated.
    pub place: Place,
}

/// What the volumes of a break-even count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Output tokens, against the API's output price alone.
    Output,
    /// Requests of the workload's mix, with all they cost.
    Requests,
}
