//! What a scenario does not know exactly, and how it is resolved again with other numbers.

use std::fmt;
use std::sync::Arc;

use super::Plan;
use crate::diag::{Diagnostic, Place};
use crate::figure::Decisions;
use crate::pricing::Date;
use crate::units::{Distribution, Exact};

/// Values drawn for uncertain quantities, each by the place that states it; of the others the median holds.
#[derive(Clone, Default, Debug)]
pub struct Draw {
    values: Vec<(Place, Drawn)>,
}

impl Draw {
    /// These values.
    pub fn new(values: Vec<(Place, Drawn)>) -> Self {
        Self { values }
    }

    /// The value drawn for what `place` states.
    pub fn of(&self, place: &Place) -> Option<&Drawn> {
        self.values.iter().find(|(known, _)| known == place).map(|(_, drawn)| drawn)
    }
}

/// A value drawn from a distribution.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The value.
    pub value: Exact,
    /// What it is drawn from.
    pub distribution: Arc<Distribution>,
}

/// An uncertain quantity.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it stands in the scenario, as `--set` writes it: `workload.requests`.
    pub path: String,
    /// What formulae call it.
    pub name: String,
    /// Where it is stated.
    pub place: Place,
    /// What is known of it.
    pub distribution: Arc<Distribution>,
}

/// Two uncertain quantities that go together.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// One of them, by its position among the inputs.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Correlation of their normal scores, above -1 and below 1.
    pub rho: Exact,
    /// Where it is stated.
    pub place: Place,
}

/// What a plan rests on that is not known exactly.
#[derive(Clone, Debug)]
pub struct Uncertainties {
    /// The uncertain quantities, each once, in the order in which they were read.
    pub inputs: Vec<Input>,
    /// How they go together; independent otherwise. The matrix of all of them is positive definite.
    pub correlations: Vec<Correlation>,
    /// Comparisons with uncertain quantities that the plan rests on.
    pub decisions: Decisions,
    /// Resolves the scenario again.
    pub again: Again,
}

/// What is otherwise than the scenario states it.
#[derive(Clone, Default, Debug)]
pub struct Change {
    /// Values drawn for uncertain quantities.
    pub draw: Draw,
    /// Assignments over the file and its own `--set`, each as `path=value`.
    pub set: Vec<String>,
    /// The date of the prices; the scenario's own where `None`.
    pub as_of: Option<Date>,
    /// A month of its forecast, counted from the first: load and prices are those of that month.
    pub month: Option<u32>,
}

impl Change {
    /// This change with another on top of it.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        Self {
            draw: if other.draw.values.is_empty() { self.draw.clone() } else { other.draw.clone() },
            set: self.set.iter().chain(&other.set).cloned().collect(),
            as_of: other.as_of.or(self.as_of),
            month: other.month.or(self.month),
        }
    }
}

type Resolve = dyn Fn(&Change) -> Result<Plan, Vec<Diagnostic>> + Send + Sync;

/// The way back to the scenario: the same files, resolved and checked as if they stated something else in some places.
#[derive(Clone)]
pub struct Again(Arc<Resolve>);

impl Again {
    /// A way to resolve a scenario.
    pub fn new(resolve: impl Fn(&Change) -> Result<Plan, Vec<Diagnostic>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(resolve))
    }

    /// The plan with the values of `draw` in the place of the medians.
    ///
    /// # Errors
    /// What is wrong with the scenario at these values.
    pub fn at(&self, draw: &Draw) -> Result<Plan, Vec<Diagnostic>> {
        self.with(&Change { draw: draw.clone(), ..Change::default() })
    }

    /// The plan of the changed scenario.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn with(&self, change: &Change) -> Result<Plan, Vec<Diagnostic>> {
        (self.0)(change)
    }
}

impl fmt::Debug for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Again")
    }
}
