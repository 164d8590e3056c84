//! What a run wants to know of its logs.

use crate::plan::log::{Log, Role};
use crate::plan::{Plan, RouteBy, Serving};

/// What a run wants to know of its logs, and how their columns are mapped.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// What scenario and flags say.
    pub log: Log,
    /// Columns that costs are shown by.
    pub by: Vec<String>,
    /// Columns that routes go by.
    pub routes: Vec<String>,
}

/// What a run looks at beside counters, times and modes; other columns are passed over.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Uses {
    /// The model that the log names.
    pub model: bool,
    /// What tells requests apart.
    pub identity: bool,
    /// The session.
    pub session: bool,
    /// Blocks of prompts.
    pub blocks: bool,
    /// Hashes of prompts.
    pub prompt: bool,
    /// Tasks.
    pub task: bool,
    /// Who may wait.
    pub batchable: bool,
    /// Parts of prompts.
    pub parts: bool,
}

impl Uses {
    /// Everything.
    pub const ALL: Self = Self {
        model: true,
        identity: true,
        session: true,
        blocks: true,
        prompt: true,
        task: true,
        batchable: true,
        parts: true,
    };

    /// Whether a column of this role is looked at.
    pub fn wants(self, role: Role, identity: bool) -> bool {
        match role {
            Role::Model => self.model,
            Role::Id => identity,
            Role::Session => self.session || identity,
            Role::Blocks => self.blocks,
            Role::Prompt => self.prompt,
            Role::Task => self.task,
            Role::Batchable => self.batchable,
            Role::Count(counter) => self.parts || !counter.is_part(),
            Role::Time | Role::Batch | Role::Mode | Role::Outcome(_) | Role::By(_) | Role::Kind => true,
        }
    }
}

/// Columns that the routes of a plan go by, each once.
pub fn route_columns(plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    plan.strategies.iter().for_each(|strategy| columns_of(&strategy.serving, &mut found));
    found
}

fn columns_of(serving: &Serving, found: &mut Vec<String>) {
    match serving {
        Serving::Single(_) => {}
        Serving::Route(route) => {
            if let Some(RouteBy::Column(column, ..)) = &route.by
                && !found.contains(column)
            {
                found.push(column.clone());
            }
            route.arms.iter().for_each(|arm| columns_of(&arm.serving, found));
        }
        Serving::Cascade(cascade) => cascade.steps.iter().for_each(|step| columns_of(&step.arm.serving, found)),
    }
}
