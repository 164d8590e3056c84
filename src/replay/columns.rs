//! What a run wants to know of its logs.

use crate::plan::log::{Log, Role};

/// What a run wants to know of its logs, and how their columns are mapped.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// What scenario and flags say.
    pub log: Log,
    /// Columns that costs are shown by.
    pub by: Vec<String>,
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
