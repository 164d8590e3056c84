//! What a scenario asks of the cheapest mix.

use super::{Judge, Server, Whose};
use crate::diag::Place;
use crate::units::Exact;

/// Constraints on the mix of models that is looked for, and what may be in it.
#[derive(Clone, Debug, Default)]
pub struct Optimize {
    /// Who may answer; everybody whose quality is stated where `None`.
    pub candidates: Option<Vec<Server>>,
    /// The share of right answers over all requests at least; what the baseline reaches where `None`.
    pub quality: Option<(Exact, Place)>,
    /// The same for single tasks, by their position.
    pub quality_of_tasks: Vec<(usize, Exact, Place)>,
    /// USD a month at most.
    pub budget: Option<(Exact, Place)>,
    /// The share of the requests that a provider or model gets at most.
    pub limits: Vec<(Whose, Exact, Place)>,
    /// Seconds until an answer at most.
    pub latency: Option<(Exact, Place)>,
    /// Seconds that models take.
    pub latency_of: Vec<(Server, Exact)>,
    /// Whether answers can wait for a batch.
    pub batch: bool,
    /// Who judges the answers of cascades, and how that is written; no cascades where `None`.
    pub judge: Option<(Judge, String)>,
    /// The strategy whose levers apply, by its position; none apply where `None`.
    pub like: Option<usize>,
}
