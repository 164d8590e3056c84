//! How often answers are right, by going through every way that a request can take.

use num_traits::{One, Zero};

use super::Q;
use super::scenario::*;

/// How requests come out of a cascade, as shares of all of them.
#[derive(Default)]
pub struct Passage {
    answered: Vec<Q>,
    stopped: Vec<Q>,
    /// Right answers that were accepted.
    pub right: Q,
}

/// The model of the last answer and whether it was right.
type Last = Option<(usize, bool)>;

impl Passage {
    pub fn of(scenario: &Scenario, cascade: &Cascade) -> Self {
        let mut found = Self::default();
        if let Some(quality) = &scenario.quality {
            let mut on_the_way = vec![(Q::one(), None)];
            for step in 0..cascade.steps.len() {
                on_the_way = found.step(quality, cascade, step, &on_the_way);
            }
        }
        found
    }

    /// The share of a step's answers that is accepted.
    pub fn accepted(&self, step: usize) -> Q {
        let answered = &self.answered[step];
        if answered.is_zero() { Q::zero() } else { &self.stopped[step] / answered }
    }

    /// Who goes on after a step.
    fn step(&mut self, quality: &Quality, cascade: &Cascade, at: usize, reach: &[(Q, Last)]) -> Vec<(Q, Last)> {
        let step = &cascade.steps[at];
        let error = step.error.map_or_else(Q::zero, |(share, _)| share.q());
        let answered = reach.iter().fold(Q::zero(), |sum, (share, _)| sum + share) * (Q::one() - &error);
        let stated = match step.stop.map_or_else(Q::one, Dec::q) {
            handles if cascade.by_handles && answered.is_zero() => handles * Q::zero(),
            handles if cascade.by_handles => handles / &answered,
            accept => accept,
        };
        let mut next = Vec::new();
        let mut stopped = Q::zero();
        for (share, last) in reach {
            next.push((share * &error, *last));
            let chance = quality.after(step.model, *last);
            for (chance, is_right) in [(chance.clone(), true), (Q::one() - chance, false)] {
                let here = share * (Q::one() - &error) * chance;
                let accepts = match (cascade.skill.filter(|_| cascade.derives(at)), is_right) {
                    (Some((sensitivity, _)), true) => sensitivity.q(),
                    (Some((_, specificity)), false) => Q::one() - specificity.q(),
                    (None, _) => stated.clone(),
                };
                let stops = &here * &accepts;
                next.push((here - &stops, Some((step.model, is_right))));
                if is_right {
                    self.right += &stops;
                }
                stopped += stops;
            }
        }
        self.answered.push(answered);
        self.stopped.push(stopped);
        next.retain(|(share, _)| !share.is_zero());
        next
    }
}

impl Quality {
    /// How often a model is right, by how the last answer was.
    fn after(&self, model: usize, last: Last) -> Q {
        let own = self.of[model].q();
        let Some((before, was_right)) = last else { return own };
        let given = self.given_wrong.iter().find(|(first, then, _)| (*first, *then) == (before, model));
        let Some((_, _, given_wrong)) = given else { return own };
        if !was_right {
            return given_wrong.q();
        }
        let before = self.of[before].q();
        (own - (Q::one() - &before) * given_wrong.q()) / before
    }
}
