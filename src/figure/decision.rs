//! Decisions: comparisons of figures by which a computation went one way and not another.
//!
//! The graph of a figure is the computation itself, but only of the way that was taken. Where quantities are uncertain
//! other draws of them can take another way, so whoever computes the graph again with other numbers has to know for
//! which numbers it holds: as long as every comparison that was made comes out as it did.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Figure, Step};

/// A comparison that was made, and how it came out.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What was compared.
    pub left: Arc<Step>,
    /// With what.
    pub right: Arc<Step>,
    /// How it came out.
    pub was: Ordering,
}

/// The decisions of a computation, as far as uncertain quantities are in them.
#[derive(Clone, Default, Debug)]
pub struct Decisions {
    made: Vec<Decision>,
    hidden: bool,
}

impl Decisions {
    /// Compares two figures and takes note of the result where another draw could give another one.
    pub fn compare<D>(&mut self, left: &Figure<D>, right: &Figure<D>) -> Ordering {
        let (left, right) = (&left.node, &right.node);
        let was = left.value.cmp(&right.value);
        if left.is_uncertain || right.is_uncertain {
            let known = |made: &Decision| Arc::ptr_eq(&made.left, left) && Arc::ptr_eq(&made.right, right);
            if !self.made.iter().any(known) {
                self.made.push(Decision { left: Arc::clone(left), right: Arc::clone(right), was });
            }
        }
        was
    }

    /// Takes note that something was decided by uncertain numbers that are no figures: the graph alone does not tell for
    /// which draws it holds.
    pub fn hide(&mut self) {
        self.hidden = true;
    }

    /// The decisions that were made.
    pub fn made(&self) -> &[Decision] {
        &self.made
    }

    /// Whether the decisions that were made are all there were.
    pub fn are_complete(&self) -> bool {
        !self.hidden
    }

    /// The decisions of a part.
    pub fn extend(&mut self, part: &Self) {
        self.made.extend(part.made.iter().cloned());
        self.hidden |= part.hidden;
    }
}
