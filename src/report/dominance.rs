//! Models of a route that another one of it undercuts or equals in every price.

use crate::figure::{Figure, Share};
use crate::levers::{self, Variant, standard_price};
use crate::plan::{Model, ModelUse, Plan, Route, Server, Serving, Strategy, Task};
use crate::pricing::Component;
use crate::units::Exact;

/// A model of a route and the best of those that dominate it.
#[derive(Debug)]
pub(super) struct Domination {
    /// The arm of the route.
    pub arm: usize,
    /// The arm that would take its place.
    pub by: usize,
    /// The dominated model.
    pub dear: String,
    /// The one that dominates it.
    pub cheap: String,
    /// What the strategy would cost per day with the one in the place of the other.
    pub cost: Exact,
    /// Whether qualities are stated for both.
    pub by_quality: bool,
    /// Whether nothing speaks for the dearer one. Without qualities a dearer model with the smaller share is taken to be there
    /// for its quality.
    pub is_plain: bool,
}

/// The dominated models of a strategy.
pub(super) fn dominations(plan: &Plan, strategy: &Strategy) -> Vec<Domination> {
    let Serving::Route(route) = strategy.answers() else { return Vec::new() };
    (0..route.arms.len()).filter_map(|arm| domination(plan, strategy, route, arm)).collect()
}

fn domination(plan: &Plan, strategy: &Strategy, route: &Route, arm: usize) -> Option<Domination> {
    let is_used = route.shares.iter().flatten().any(|(index, share)| *index == arm && !share.is_zero());
    let dear = model_of(route, arm).filter(|_| is_used)?;
    let dominating = (0..route.arms.len()).filter(|by| *by != arm).filter_map(|by| {
        let cheap = model_of(route, by)?;
        if !dominates(plan, strategy, &cheap.model, &dear.model) || !is_no_worse(plan, route, (arm, dear), cheap) {
            return None;
        }
        let outcome = levers::evaluate(plan, &replaced(strategy, route, arm, by), Variant::default()).ok()?;
        Some((outcome.total.value().clone(), by, cheap))
    });
    let (cost, by, cheap) = dominating.min_by(|(a, ..), (b, ..)| a.cmp(b))?;
    let is_stated = |used: &ModelUse| plan.quality.of.iter().any(|(server, _)| *server == Server::Model(used.clone()));
    let by_quality = is_stated(dear) && is_stated(cheap);
    Some(Domination {
        arm,
        by,
        dear: dear.model.listed.id.clone(),
        cheap: cheap.model.listed.id.clone(),
        cost,
        by_quality,
        is_plain: by_quality || share_of(plan, route, arm) >= share_of(plan, route, by),
    })
}

fn model_of(route: &Route, arm: usize) -> Option<&ModelUse> {
    match &route.arms.get(arm)?.serving {
        Serving::Single(Server::Model(model)) => Some(model),
        _ => None,
    }
}

/// The share of all requests that an arm gets.
fn share_of(plan: &Plan, route: &Route, arm: usize) -> Exact {
    let of_task = |(task, shares): (&Task, &Vec<(usize, Figure<Share>)>)| {
        let own: Exact = shares.iter().filter(|(index, _)| *index == arm).map(|(_, share)| share.value()).sum();
        task.share.value() * &own
    };
    plan.workload.tasks.iter().zip(&route.shares).map(of_task).sum()
}

/// Whether a model is right at least as often as the one of an arm, at every task of that arm. What is not stated speaks for
/// nobody.
fn is_no_worse(plan: &Plan, route: &Route, (arm, dear): (usize, &ModelUse), cheap: &ModelUse) -> bool {
    let tasks = plan.workload.tasks.iter().zip(&route.shares);
    let mut own = tasks.filter(|(_, shares)| shares.iter().any(|(index, share)| *index == arm && !share.is_zero()));
    own.all(|(task, _)| {
        let of = |model: &ModelUse| {
            let server = Server::Model(model.clone());
            plan.quality.of(&server, task.name.as_deref()).map(|share| share.value().clone())
        };
        of(cheap).zip(of(dear)).is_none_or(|(cheap, dear)| cheap >= dear)
    })
}

/// Whether `cheap` is no dearer than `dear` in any price at any prompt length of the workload, and cheaper in one.
fn dominates(plan: &Plan, strategy: &Strategy, cheap: &Model, dear: &Model) -> bool {
    let components =
        [Component::Input, Component::Output, Component::Reasoning, Component::CacheRead, Component::Request];
    let batched = strategy.defaults.batch.is_some();
    let mut is_cheaper = false;
    for task in &plan.workload.tasks {
        let input = task.prompt.total(|_| true);
        for component in &components {
            let price = |model: &Model| standard_price(model, component, input.value());
            let (Some(a), Some(b)) = (price(cheap), price(dear)) else {
                // Priced by one of them only: not comparable, unless neither has it.
                if price(cheap).is_none() && price(dear).is_none() { continue } else { return false }
            };
            if a > b {
                return false;
            }
            is_cheaper |= a < b;
            if batched {
                let batch = |model: &Model| {
                    let rate = model.listed.card(Some("batch"), model.as_of)?.rate(component)?;
                    Some(rate.at(input.value()).0 * &model.negotiated.factor(component, "batch"))
                };
                match (batch(cheap), batch(dear)) {
                    (Some(a), Some(b)) if a > b => return false,
                    (None, Some(_)) => return false,
                    _ => {}
                }
            }
        }
    }
    is_cheaper
}

/// The strategy with one arm of its route served by another.
fn replaced(strategy: &Strategy, route: &Route, index: usize, by: usize) -> Strategy {
    let mut route = route.clone();
    if let Some(better) = route.arms.get(by).map(|arm| arm.serving.clone())
        && let Some(arm) = route.arms.get_mut(index)
    {
        arm.serving = better;
    }
    Strategy { serving: Serving::Route(Box::new(route)), ..strategy.clone() }
}
