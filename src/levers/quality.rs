//! How often answers are right: of routes, of cascades whose models err together, behind caches (SPEC section 4.2).
//!
//! ```text
//! route:    sum of share x q
//! cascade:  of the requests reaching step k, those whose last answer was wrong (W) or right (R) get a right one with
//!           P(k right | W) as `given_wrong` states it, and P(k right | R) = (q_k - (1-q_j) P(k right | W)) / q_j
//! a judge:  accepts a right answer with its sensitivity s and a wrong one with 1 - specificity t; the accept rate of step 1
//!           without errors is q s + (1-q)(1-t)
//! a cache:  gives the same answers again; false hits are wrong unless they are sent on
//! ```
//!
//! Without `given_wrong` errors are taken as independent: P(k right | W) = P(k right | R) = q_k. A stated accept rate says
//! nothing about which answers were right, so that neither side of it is taken to be better.

use std::borrow::Cow;

use super::bill::Finding;
use super::{Engine, Job};
use crate::diag::{Code, Diagnostic};
use crate::figure::{Figure, Share};
use crate::plan::{Cascade, CascadeStep, Overrides, ResponseCache, Server, Serving, Stop, Task};
use crate::units::{Exact, display};

/// How a request comes out of a cascade.
pub(super) struct Passage {
    /// For each step, the share of its answers that stops there.
    pub accepted: Vec<Figure<Share>>,
    /// The share of all requests that get a right answer accepted; `None` where a quality is missing.
    pub right: Option<Figure<Share>>,
}

/// Requests on their way through a cascade: the share of all of them, and how their last answer was.
struct Group<'a> {
    share: Figure<Share>,
    last: Option<Last<'a>>,
}

/// Whose the last answer was.
#[derive(Clone, Copy)]
struct Last<'a> {
    server: Option<&'a Server>,
    /// How often they are right, of all requests.
    quality: &'a Figure<Share>,
    was_right: bool,
    /// Whether it went on because a judge took it for wrong.
    was_judged: bool,
}

fn whole() -> Figure<Share> {
    Figure::one()
}

impl Engine<'_> {
    /// The share of a strategy's requests that get a right answer; `None` where nobody states enough.
    pub(super) fn quality(&mut self) -> Option<Figure<Share>> {
        if self.plan.quality.is_empty() {
            return None;
        }
        let strategy = self.strategy;
        let mut parts = Vec::new();
        for (index, task) in self.plan.workload.tasks.iter().enumerate() {
            let job = Job { index, task, pack: strategy.pack.as_ref() };
            let right = match self.right(strategy.answers(), &job, &strategy.defaults) {
                Some(right) => right,
                None => {
                    self.unknown(strategy.answers(), task);
                    return None;
                }
            };
            let right = match strategy.response_cache.as_ref().and_then(|cache| self.false_hits(cache)) {
                Some(wrong) => right.times(&wrong.rest()),
                None => right,
            };
            parts.push(right.scaled(&task.share));
        }
        Some(Figure::total(parts).named("quality"))
    }

    fn unknown(&mut self, serving: &Serving, task: &Task) {
        if let Some(server) = self.plan.quality.missing(serving, task.name.as_deref()) {
            let of = task.name.as_ref().map_or_else(String::new, |name| format!(" at the task {name}"));
            self.ledger.note(format!("no quality: `quality` does not say how often {} is right{of}", server.name()));
        }
    }

    /// The share of all requests that are answered wrongly by the cache.
    fn false_hits(&mut self, cache: &ResponseCache) -> Option<Figure<Share>> {
        let mut left = whole();
        let mut wrong = Vec::new();
        for (layer, of_misses) in [(&cache.exact, false), (&cache.semantic, cache.semantic_of_misses)] {
            let Some(layer) = layer else { continue };
            let rate = self.hit_rate(layer);
            let hits = if of_misses { left.scaled(&rate) } else { rate };
            left = left.minus(&hits);
            if let Some(false_hits) = layer.false_hits.as_ref().filter(|wrong| !wrong.rerun) {
                wrong.push(hits.times(&false_hits.share));
            }
        }
        (!wrong.is_empty()).then(|| Figure::total(wrong).named("false hits of all requests"))
    }

    /// How often a request is answered rightly.
    fn right(&mut self, serving: &Serving, job: &Job<'_>, levers: &Overrides) -> Option<Figure<Share>> {
        let quality = &self.plan.quality;
        match serving {
            Serving::Single(server) => quality
                .of(server, job.task.name.as_deref())
                .map(|share| share.clone().named(format!("quality of {}", server.name()))),
            Serving::Route(route) => {
                let shares = route.shares.get(job.index)?;
                let dearer = self.next_dearer(route, job, levers);
                let mut parts = Vec::new();
                for (index, share) in shares {
                    let arm = route.arms.get(*index)?;
                    let right = self.right(&arm.serving, job, &arm.overrides.or(levers))?;
                    let next = dearer.get(*index).copied().flatten().and_then(|next| route.arms.get(next));
                    let right = match (&route.misroute, next) {
                        // Whatever was sent too low is answered again.
                        (Some(misroute), Some(next)) => {
                            let again = self.right(&next.serving, job, &next.overrides.or(levers))?;
                            right.scaled(&misroute.rest()).plus(&again.scaled(misroute))
                        }
                        _ => right,
                    };
                    parts.push(right.scaled(share));
                }
                Some(Figure::total(parts))
            }
            Serving::Cascade(cascade) => self.passage(cascade, job, levers).right,
        }
    }

    /// How requests pass through a cascade.
    pub(super) fn passage(&mut self, cascade: &Cascade, job: &Job<'_>, levers: &Overrides) -> Passage {
        let qualities: Vec<Option<Figure<Share>>> = cascade
            .steps
            .iter()
            .map(|step| self.right(&step.arm.serving, job, &step.arm.overrides.or(levers)))
            .collect();
        let is_known = qualities.iter().all(Option::is_some);
        let mut groups = vec![Group { share: whole(), last: None }];
        let mut accepted = Vec::new();
        let mut right = Vec::new();
        for (index, step) in cascade.steps.iter().enumerate() {
            let is_last = index.saturating_add(1) == cascade.steps.len();
            let Some(quality) = qualities.get(index).and_then(Option::as_ref) else {
                // Without qualities every accept rate is stated.
                accepted.push(self.stated(step, &groups));
                groups = Self::rejected_unseen(step, groups, accepted.last());
                continue;
            };
            let server = match &step.arm.serving {
                Serving::Single(server) => Some(server),
                Serving::Route(_) | Serving::Cascade(_) => None,
            };
            let skill = cascade.judge_of(step).and_then(|judge| judge.skill.as_ref());
            let judged = matches!(step.stop, Stop::Judged).then_some(skill).flatten();
            let stated = self.stated(step, &groups);
            let mut answered = Vec::new();
            let mut stopped = Vec::new();
            let mut next = Vec::new();
            for group in &groups {
                let answers = match &step.error {
                    Some(error) => group.share.scaled(&error.rest()),
                    None => group.share.clone(),
                };
                if let Some(error) = &step.error {
                    next.push(Group { share: group.share.scaled(error), last: group.last });
                }
                let is_right = self.right_after(group.last, (server, quality), job);
                answered.push(answers.clone());
                let sides = [(is_right.clone(), true), (is_right.rest(), false)];
                for (chance, was_right) in sides {
                    let share = chance.scaled(&answers);
                    let (accepts, rejects) = match (judged, was_right) {
                        (Some(skill), true) => (skill.sensitivity.clone(), skill.sensitivity.rest()),
                        (Some(skill), false) => (skill.specificity.rest(), skill.specificity.clone()),
                        (None, _) => (stated.clone(), stated.rest()),
                    };
                    let stops = share.scaled(&accepts);
                    if was_right {
                        right.push(stops.clone());
                    }
                    stopped.push(stops);
                    if !is_last {
                        let last = Some(Last { server, quality, was_right, was_judged: judged.is_some() });
                        next.push(Group { share: share.scaled(&rejects), last });
                    }
                }
            }
            accepted.push(match judged {
                None => stated,
                Some(_) => {
                    let all = Figure::total(answered);
                    let share = Figure::total(stopped).ratio::<Share>(&all).unwrap_or_else(Figure::zero);
                    share.named(format!("answers of {} accepted", step.arm.label))
                }
            });
            groups = next;
        }
        let others = cascade.steps.split_last().map_or([].as_slice(), |(_, others)| others);
        if is_known && let Some(step) = others.iter().find(|step| !matches!(step.stop, Stop::Judged)) {
            self.ledger.find(Finding::UnknownJudgement { step: step.arm.label.clone() });
        }
        Passage { accepted, right: is_known.then(|| Figure::total(right)) }
    }

    /// The stated share of a step's answers that stops there.
    fn stated(&self, step: &CascadeStep, groups: &[Group<'_>]) -> Figure<Share> {
        match &step.stop {
            Stop::Accept(share) => share.clone(),
            Stop::Judged => Figure::zero(),
            Stop::Handles(share) => {
                let reach = Figure::total(groups.iter().map(|group| group.share.clone()));
                let answered = step.error.as_ref().map_or_else(|| reach.clone(), |error| reach.scaled(&error.rest()));
                share.ratio::<Share>(&answered).unwrap_or_else(Figure::zero)
            }
        }
    }

    fn rejected_unseen<'g>(
        step: &CascadeStep,
        groups: Vec<Group<'g>>,
        accepts: Option<&Figure<Share>>,
    ) -> Vec<Group<'g>> {
        let stays = |share: &Figure<Share>| {
            let error = step.error.clone().unwrap_or_else(Figure::zero);
            let accepts = accepts.cloned().unwrap_or_else(Figure::zero);
            share.scaled(&error).plus(&share.scaled(&error.rest()).scaled(&accepts.rest()))
        };
        groups.into_iter().map(|group| Group { share: stays(&group.share), ..group }).collect()
    }

    /// How often an answer is right, by how the last one was.
    fn right_after(
        &mut self,
        last: Option<Last<'_>>,
        (server, quality): (Option<&Server>, &Figure<Share>),
        job: &Job<'_>,
    ) -> Figure<Share> {
        let Some(last) = last else { return quality.clone() };
        let plan = self.plan;
        let both = last.server.zip(server);
        let Some((wrong, place)) =
            both.and_then(|(first, then)| plan.quality.given_wrong(first, then, job.task.name.as_deref()))
        else {
            if last.was_judged {
                let name =
                    |server: Option<&Server>| server.map_or(Cow::Borrowed("a step"), |s| s.name().to_owned().into());
                self.ledger.find(Finding::IndependentErrors {
                    first: name(last.server).into_owned(),
                    then: name(server).into_owned(),
                });
            }
            return quality.clone();
        };
        let name = server.map_or_else(String::new, |server| server.name().to_owned());
        let wrong =
            wrong.clone().named(format!("{name} right where {} was wrong", last.server.map_or("it", Server::name)));
        if !last.was_right {
            return wrong;
        }
        let rest = quality.minus(&last.quality.rest().times(&wrong));
        let right = rest.ratio::<Share>(last.quality).unwrap_or_else(|| quality.clone());
        if *right.value() < Exact::ZERO || *right.value() > Exact::ONE {
            let problem = format!(
                "{name} would be right in {} of what {} gets right",
                display::percent(right.value(), 1),
                last.server.map_or("the step before", Server::name)
            );
            self.ledger.problem(
                Diagnostic::at(Code::OutOfRange, place, problem, "contradicts their qualities").help(format!(
                    "of all requests {} are right at {name}: those that the first one gets wrong cannot be more or fewer than that",
                    display::percent(quality.value(), 1)
                )),
            );
        }
        right.named(format!("{name} right where {} was right", last.server.map_or("it", Server::name)))
    }
}
