//! Warnings: every code and all wording in one place.

use std::sync::Arc;

use serde::Serialize;

use super::Evaluation;
use crate::levers::{self, Finding, standard_price};
use crate::plan::{Billing, Cascade, Model, Plan, Route, Server, Serving, Strategy};
use crate::pricing::{Card, Component};
use crate::units::{Exact, display};

/// Something that a reader of the result should look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Warning {
    /// Its stable name.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

/// Announced changes up to this many days ahead are worth a warning.
const SOON_DAYS: i32 = 90;

/// All warnings of a strategy.
pub(super) fn of(evaluation: &Evaluation, index: usize) -> Vec<Warning> {
    let mut found = Vec::new();
    let plan = &evaluation.plan;
    let (Some(strategy), Some(result)) = (plan.strategies.get(index), evaluation.results.get(index)) else {
        return found;
    };
    let money = |usd: &Exact| display::money(&(usd * &plan.currency.per_usd), &plan.currency.code);
    dominated(plan, strategy, result.outcome.total.value(), &money, &mut found);
    let totals = result.cascade.as_ref().map(|both| (both.every_attempt.total.value(), both.final_only.total.value()));
    if let Some((every, only)) = totals
        && billing_of(&strategy.serving) == Some(Billing::FinalOnly)
        && only < every
    {
        let days = plan.days_per_month.value();
        found.push(Warning {
            code: "blended-rate-understates",
            message: format!(
                "`billing: final_only` pays only the step that answered; providers bill every attempt, and a judge is paid too: \
                 {} a month instead of {}",
                money(&(every * days)),
                money(&(only * days)),
            ),
        });
    }
    for step in &result.outcome.escalations {
        if step.cost < step.spares {
            continue;
        }
        let accepted = step.stopped.checked_div(&step.reach).unwrap_or(Exact::ZERO);
        let needed = (&step.cost * &accepted).checked_div(&step.spares);
        let needed = match needed {
            Some(needed) if needed <= Exact::ONE => format!("it pays above {}", display::percent(&needed, 1)),
            _ => "no share would pay for it".to_owned(),
        };
        found.push(Warning {
            code: "cascade-below-break-even",
            message: format!(
                "step {} ({}) stops {} of the calls that reach it; it costs {} a day and spares {}: {needed}",
                step.step.saturating_add(1),
                step.label,
                display::percent(&accepted, 1),
                money(&step.cost),
                money(&step.spares),
            ),
        });
    }
    if !result.outcome.unanswered.is_zero() {
        found.push(Warning {
            code: "unanswered",
            message: format!(
                "{} requests a day end the cascade without an accepted answer; what they cost is in, what they lack is not",
                display::count(&result.outcome.unanswered),
            ),
        });
    }
    for (server, _) in &result.outcome.calls {
        if let Server::Model(used) = server {
            lifecycle(&used.model, &mut found);
        }
    }
    found.extend(result.outcome.findings.iter().map(finding));
    found
}

fn finding(finding: &Finding) -> Warning {
    match finding {
        Finding::MeanTier { model, tier, mean } => Warning {
            code: "mean-tier",
            message: format!(
                "the mean prompt of {} tokens is near the tier {tier} of {model}; single requests lie on both sides and pay differently",
                display::count(mean),
            ),
        },
        Finding::CapacityExceeded { deployment, needed, most, what } => Warning {
            code: "capacity-exceeded",
            message: format!(
                "{deployment} would need {} at its peak and may have {}: what is above that is not served",
                counted(needed, what),
                display::count(most),
            ),
        },
        Finding::ExceedsContext { model, tokens, limit, what } => Warning {
            code: "exceeds-context",
            message: format!(
                "a call of {} tokens passes the {what} limit of {model}, {}",
                display::count(tokens),
                display::grouped(&limit.to_string()),
            ),
        },
    }
}

/// A number of things: `1 replica`, `3 replicas`.
fn counted(number: &Exact, what: &str) -> String {
    let plural = if *number == Exact::ONE { "" } else { "s" };
    format!("{} {what}{plural}", display::count(number))
}

fn lifecycle(model: &Arc<Model>, found: &mut Vec<Warning>) {
    let listed = &model.listed;
    let days_until = |date: crate::pricing::Date| (date - model.as_of).get_days();
    if let Some(retires) = listed.retires {
        let message = match days_until(retires) {
            days if days <= 0 => Some(format!("{} is retired since {retires}", listed.id)),
            days if days <= SOON_DAYS => Some(format!("{} retires on {retires}, in {days} days", listed.id)),
            _ => None,
        };
        found.extend(message.map(|message| Warning { code: "retired-model", message }));
    }
    let (Some(now), Some(next)) = (listed.card(None, model.as_of), listed.next_card(model.as_of)) else { return };
    let Some(from) = next.from.filter(|from| days_until(*from) <= SOON_DAYS) else { return };
    found.push(Warning {
        code: "price-changes-soon",
        message: format!(
            "{} changes its price on {from}, in {} days: {}",
            listed.id,
            days_until(from),
            changes(now, next)
        ),
    });
}

fn changes(now: &Card, next: &Card) -> String {
    let usd = |rate: Option<&crate::pricing::Rate>, per: u64| {
        rate.map_or_else(|| "none".to_owned(), |rate| format!("${}", &rate.usd * &Exact::from(per)))
    };
    let mut parts = Vec::new();
    for (component, rate) in &next.rates {
        let before = now.rate(component);
        if before.is_none_or(|before| before.usd != rate.usd) {
            let per = component.usual_per();
            parts.push(format!("{component} {} to {}", usd(before, per), usd(Some(rate), per)));
        }
    }
    if parts.is_empty() { "other tiers or terms".to_owned() } else { parts.join(", ") }
}

fn billing_of(serving: &Serving) -> Option<Billing> {
    match serving {
        Serving::Single(_) => None,
        Serving::Cascade(cascade) => Some(cascade_billing(cascade)),
        Serving::Route(route) => {
            route.arms.iter().filter_map(|arm| billing_of(&arm.serving)).find(|b| *b == Billing::FinalOnly)
        }
    }
}

fn cascade_billing(cascade: &Cascade) -> Billing {
    let inner = cascade.steps.iter().filter_map(|step| billing_of(&step.arm.serving)).any(|b| b == Billing::FinalOnly);
    if inner { Billing::FinalOnly } else { cascade.billing }
}

/// Models of a route that another one of it undercuts or equals in every price.
fn dominated(
    plan: &Plan,
    strategy: &Strategy,
    total: &Exact,
    money: &dyn Fn(&Exact) -> String,
    found: &mut Vec<Warning>,
) {
    let Serving::Route(route) = &strategy.serving else { return };
    for (index, arm) in route.arms.iter().enumerate() {
        let Serving::Single(Server::Model(model)) = &arm.serving else { continue };
        let is_used = route.shares.iter().flatten().any(|(arm, share)| *arm == index && !share.is_zero());
        if !is_used {
            continue;
        }
        let best = route
            .arms
            .iter()
            .enumerate()
            .filter_map(|(other, candidate)| match &candidate.serving {
                Serving::Single(Server::Model(candidate))
                    if other != index && dominates(plan, strategy, &candidate.model, &model.model) =>
                {
                    let cost = levers::evaluate(plan, &replaced(strategy, route, index, other), None)
                        .ok()?
                        .total
                        .value()
                        .clone();
                    Some((cost, other, candidate.model.listed.id.clone()))
                }
                _ => None,
            })
            .min_by(|(a, ..), (b, ..)| a.cmp(b));
        let Some((cost, other, name)) = best else { continue };
        let dear = &model.model.listed.id;
        // A dearer model with the smaller share is there for its quality, as far as one can tell without any stated.
        let amounts = if share_of(plan, route, index) >= share_of(plan, route, other) {
            let days = plan.days_per_month.value();
            format!(
                "; with {name} in its place: {} a month instead of {}",
                money(&(&cost * days)),
                money(&(total * days))
            )
        } else {
            String::new()
        };
        found.push(Warning {
            code: "dominated-model",
            message: format!(
                "{dear} is nowhere cheaper than {name}, and no quality is stated that speaks for it{amounts}"
            ),
        });
    }
}

/// The share of all requests that an arm gets.
fn share_of(plan: &Plan, route: &Route, arm: usize) -> Exact {
    let of_task = |(task, shares): (&crate::plan::Task, &Vec<(usize, crate::figure::Figure<crate::figure::Share>)>)| {
        let own: Exact = shares.iter().filter(|(index, _)| *index == arm).map(|(_, share)| share.value()).sum();
        task.share.value() * &own
    };
    plan.workload.tasks.iter().zip(&route.shares).map(of_task).sum()
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
                    Some(rate.at(input.value()).0.clone())
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
