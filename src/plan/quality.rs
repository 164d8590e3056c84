//! How often answers are right, as the scenario states it.

use super::{Server, Serving};
use crate::diag::Place;
use crate::figure::{Figure, Share};

/// Right answers by who answers and by task.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Quality {
    /// The share of right answers of each.
    pub of: Vec<(Server, Rates)>,
    /// Of the requests that the first gets wrong, the share that the second gets right.
    pub given_wrong: Vec<GivenWrong>,
}

/// A share, or one for each task.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rates {
    /// For tasks without a share of their own.
    pub default: Option<Figure<Share>>,
    /// By the name of the task.
    pub by_task: Vec<(String, Figure<Share>)>,
}

/// How often one is right where another was wrong.
#[derive(Clone, Debug)]
pub struct GivenWrong {
    /// Who was wrong.
    pub first: Server,
    /// Who is asked then.
    pub then: Server,
    /// How often that one is right.
    pub rates: Rates,
    /// Where it is stated.
    pub place: Place,
}

/// Rates are the same wherever they are stated.
impl PartialEq for GivenWrong {
    fn eq(&self, other: &Self) -> bool {
        (&self.first, &self.then, &self.rates) == (&other.first, &other.then, &other.rates)
    }
}

impl Rates {
    /// The share for the task of this name.
    pub fn of(&self, task: Option<&str>) -> Option<&Figure<Share>> {
        let named = |name: &str| self.by_task.iter().find(|(known, _)| known == name).map(|(_, share)| share);
        task.and_then(named).or(self.default.as_ref())
    }
}

impl Quality {
    /// These rates, and those of `others` for whom nothing is stated here.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        let mut all = self.clone();
        let is_new = |(server, _): &&(Server, Rates)| self.of.iter().all(|(known, _)| known != server);
        all.of.extend(others.of.iter().filter(is_new).cloned());
        let known =
            |one: &GivenWrong| self.given_wrong.iter().any(|two| (&two.first, &two.then) == (&one.first, &one.then));
        all.given_wrong.extend(others.given_wrong.iter().filter(|one| !known(one)).cloned());
        all
    }

    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// How often `server` is right at the task of this name.
    pub fn of(&self, server: &Server, task: Option<&str>) -> Option<&Figure<Share>> {
        self.of.iter().find(|(known, _)| known == server).and_then(|(_, rates)| rates.of(task))
    }

    /// How often `then` is right at a task where `first` was wrong.
    pub fn given_wrong(&self, first: &Server, then: &Server, task: Option<&str>) -> Option<(&Figure<Share>, &Place)> {
        let stated = self.given_wrong.iter().find(|stated| stated.first == *first && stated.then == *then)?;
        Some((stated.rates.of(task)?, &stated.place))
    }

    /// Whoever's quality at a task is missing, first of all that may answer; `None` where all are known.
    pub fn missing<'s>(&self, serving: &'s Serving, task: Option<&str>) -> Option<&'s Server> {
        match serving {
            Serving::Single(server) => self.of(server, task).is_none().then_some(server),
            Serving::Route(route) => route.arms.iter().find_map(|arm| self.missing(&arm.serving, task)),
            Serving::Cascade(cascade) => cascade.steps.iter().find_map(|step| self.missing(&step.arm.serving, task)),
        }
    }
}
