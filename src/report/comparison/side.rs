//! One side of a comparison: a scenario that was computed, or a report that was saved.

use super::{Saved, SideReport};
use crate::input::Node;
use crate::plan::Metric;
use crate::report::{Evaluation, ListUsed, Report};
use crate::units::Exact;

/// What is compared.
#[derive(Debug)]
pub enum Side {
    /// A scenario, computed in this run.
    Computed(Box<Computed>),
    /// A report that was saved.
    Saved(Box<Saved>),
    /// Nothing: the file is new.
    Nothing(Box<SideReport>),
}

/// A scenario and its result.
#[derive(Debug)]
pub struct Computed {
    /// What people call it.
    pub label: String,
    /// The result.
    pub evaluation: Evaluation,
    /// What the scenario states.
    pub stated: Node,
    /// What `--set` changed in it.
    pub set: Vec<String>,
    /// The commit that it was read from.
    pub commit: Option<String>,
}

impl Side {
    /// A side that has nothing yet: a file that is new.
    pub fn nothing(label: String, like: &Self) -> Self {
        let facts = SideReport { file: label.clone(), label, set: Vec::new(), commit: None, ..like.facts() };
        Self::Nothing(Box::new(facts))
    }

    /// The names of its strategies.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Computed(side) => side.evaluation.plan.strategies.iter().map(|one| one.name.as_str()).collect(),
            Self::Saved(saved) => saved.strategies.iter().map(|one| one.name.as_str()).collect(),
            Self::Nothing(_) => Vec::new(),
        }
    }

    /// The currency that its amounts are shown in, and how many of it a dollar buys.
    pub fn currency(&self) -> (&str, &Exact) {
        match self {
            Self::Computed(side) => (&side.evaluation.plan.currency.code, &side.evaluation.plan.currency.per_usd),
            Self::Saved(saved) => (&saved.facts.currency, &saved.facts.currency_per_usd),
            Self::Nothing(facts) => (&facts.currency, &facts.currency_per_usd),
        }
    }

    /// A figure of a strategy, in USD or its own unit.
    pub(super) fn metric(&self, strategy: usize, metric: Metric) -> Option<Exact> {
        match self {
            Self::Computed(side) => side.evaluation.metric(strategy, metric),
            Self::Saved(saved) => {
                let metrics = &saved.strategies.get(strategy)?.metrics;
                metrics.iter().find(|(known, _)| *known == metric).map(|(_, value)| value.clone())
            }
            Self::Nothing(_) => None,
        }
    }

    /// What it is.
    pub(super) fn facts(&self) -> SideReport {
        let side = match self {
            Self::Saved(saved) => return saved.facts.clone(),
            Self::Nothing(facts) => return facts.as_ref().clone(),
            Self::Computed(side) => side,
        };
        let plan = &side.evaluation.plan;
        let list = |list: &std::sync::Arc<crate::pricing::ListInfo>| ListUsed {
            name: list.name.clone(),
            listed: list.listed.map(|date| date.to_string()),
            sha256: list.sha256.clone(),
        };
        SideReport {
            label: side.label.clone(),
            name: plan.name.clone(),
            file: plan.file.clone(),
            set: side.set.clone(),
            commit: side.commit.clone(),
            as_of: plan.as_of.to_string(),
            lists: plan.lists.iter().map(list).collect(),
            currency: plan.currency.code.clone(),
            currency_per_usd: plan.currency.per_usd.clone(),
            days_per_month: plan.days_per_month.value().clone(),
            requests_per_day: plan.workload.requests.value().clone(),
            baseline: plan.strategies.get(plan.baseline).map_or_else(String::new, |one| one.name.clone()),
        }
    }

    /// The same as it is printed.
    pub(super) fn printed(&self) -> Option<Saved> {
        match self {
            Self::Saved(saved) => Some(saved.as_ref().clone()),
            Self::Nothing(_) => None,
            Self::Computed(side) => {
                let mut saved = Saved::of(&Report::of(&side.evaluation))?;
                saved.facts = self.facts();
                Some(saved)
            }
        }
    }
}
