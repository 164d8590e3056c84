//! What means say of a log: the calls of each model and mode, all at their mean length.
//!
//! Prices are linear in tokens, so the difference to the exact cost is what a mean cannot see: requests on the other side of
//! a tier's threshold, days and hours with other prices.

use std::collections::BTreeMap;

use super::bill::{Bill, Line};
use super::job::Job;
use super::program::{Prefix, Prefixed, There};
use super::report::Estimate;
use super::tariff::{PRICED, components};
use crate::levers::Variant;
use crate::plan::{self, Server, Serving};
use crate::pricing::{Ask, Moment};
use crate::units::{Exact, display};

/// The estimate of a bill; `None` without calls.
pub fn of(bill: &Bill, per_usd: &Exact) -> Option<Estimate> {
    // Calls with different prompt caches are groups of their own.
    let mut caches: Vec<Option<Prefix>> = Vec::new();
    let mut groups: BTreeMap<(String, Option<String>, usize), Vec<&Line>> = BTreeMap::new();
    for line in &bill.lines {
        let cache = caches.iter().position(|known| *known == line.prefix).unwrap_or_else(|| {
            caches.push(line.prefix);
            caches.len() - 1
        });
        groups.entry((line.key.model.listed.id.clone(), line.key.mode.clone(), cache)).or_default().push(line);
    }
    if groups.is_empty() {
        return None;
    }
    let mut total: Exact = bill.fees.iter().map(|fee| &fee.cost).sum();
    let mut because: Vec<(Exact, String)> = Vec::new();
    for ((model, mode, _), lines) in &groups {
        let exact: Exact = lines.iter().map(|line| &line.cost).sum();
        let mean = at_the_mean(lines)?;
        total = &total + &mean;
        let gap = &mean - &exact;
        if !gap.is_zero() {
            let mode = mode.as_ref().map_or_else(String::new, |mode| format!(" in {mode}"));
            because.push((gap.abs(), format!("{model}{mode}: {} against {}; {}", usd(&mean), usd(&exact), why(lines))));
        }
    }
    because.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
    Some(Estimate {
        error_percent: (&(&total - &bill.total) * &Exact::from(100)).checked_div(&bill.total),
        total: &total * per_usd,
        because: because.into_iter().map(|(_, text)| text).collect(),
    })
}

/// What the workload that the scenario states costs for as many `requests`; `None` where it states none, or where the
/// strategy asks what only a log knows.
pub fn of_scenario(job: &Job, strategy: usize, bill: &Bill, requests: &Exact, per_usd: &Exact) -> Option<Estimate> {
    let plan = job.plan.as_ref().filter(|plan| plan.has_workload)?;
    let stated = plan.strategies.get(strategy).filter(|strategy| !needs_a_log(&strategy.serving))?;
    let outcome = crate::levers::evaluate(plan, stated, Variant::default()).ok()?;
    let per_request = outcome.total.value().checked_div(plan.workload.requests.value())?;
    let total = &per_request * requests;
    let share = |tokens: Exact| tokens.checked_div(requests).unwrap_or(Exact::ZERO);
    let of_log = |range: std::ops::Range<usize>| {
        share(bill.lines.iter().flat_map(|line| line.tokens.get(range.clone()).unwrap_or_default()).sum())
    };
    let of_plan = |of: &dyn Fn(&plan::Task) -> Exact| -> Exact {
        plan.workload.tasks.iter().map(|task| &of(task) * task.share.value()).sum()
    };
    let input = of_plan(&|task| task.prompt.total(|_| true).value().clone());
    let output = of_plan(&|task| {
        let output = task.output.as_ref().map_or(Exact::ZERO, |output| output.value().clone());
        &output + task.reasoning.value()
    });
    let because = vec![format!(
        "the scenario states a mean of {} input and {} output tokens; the calls of the log have {} and {} per request",
        display::count(&input),
        display::count(&output),
        display::count(&of_log(0..4)),
        display::count(&of_log(4..6)),
    )];
    Some(Estimate {
        error_percent: (&(&total - &bill.total) * &Exact::from(100)).checked_div(&bill.total),
        total: &total * per_usd,
        because,
    })
}

fn needs_a_log(serving: &Serving) -> bool {
    match serving {
        Serving::Single(Server::Model(used)) => used.model.is_as_logged(),
        Serving::Single(Server::Deployment(_)) => false,
        Serving::Route(route) => route.by.is_some() || route.arms.iter().any(|arm| needs_a_log(&arm.serving)),
        Serving::Cascade(cascade) => cascade.steps.iter().any(|step| needs_a_log(&step.arm.serving)),
    }
}

fn usd(amount: &Exact) -> String {
    display::money(amount, "USD")
}

/// What the calls of one model and mode would cost if all of them were like their mean. What weights and factors a call has
/// is kept: it is the ratio of its cost to its tokens at list prices.
fn at_the_mean(lines: &[&Line]) -> Option<Exact> {
    let first = lines.first()?;
    let calls: Exact = lines.iter().map(|line| &line.calls).sum();
    let sum = |index: usize| lines.iter().filter_map(|line| line.tokens.get(index)).sum::<Exact>();
    let whole: Exact = (0..4).map(sum).sum();
    let length = whole.checked_div(&calls)?;
    let split = first.prefix.and_then(|prefix| split(prefix, &whole, &calls));
    // The prices most calls pay, with the tier of the mean.
    let usual = lines.iter().max_by_key(|line| &line.calls)?;
    let like = lines
        .iter()
        .filter(|line| (line.key.since, &line.key.hours) == (usual.key.since, &usual.key.hours))
        .max_by_key(|line| reaches(line, &length))?;
    let listed = &first.key.model.listed;
    let at = Moment::day(first.key.model.as_of);
    let mut cost: Exact = lines.iter().map(|line| &line.by_request).sum();
    for index in 0..PRICED {
        let tokens = split.as_ref().and_then(|split| split.get(index)).cloned().unwrap_or_else(|| sum(index));
        if tokens.is_zero() {
            continue;
        }
        // A tier that no request is in is asked of the list.
        let of_line = |line: &&Line| line.tokens.get(index).is_some_and(|tokens| !tokens.is_zero());
        let rate = |line: &Line| line.costs.get(index)?.checked_div(line.tokens.get(index)?);
        let paid = if reaches(like, &length).is_some() { Some(*like).filter(of_line).and_then(rate) } else { None };
        let price = match paid {
            Some(price) => price,
            None => {
                let component = components(&first.key.lifetime).get(index)?.clone();
                let ask = Ask { component: &component, mode: first.key.mode.as_deref(), input: &length, at };
                let quote = listed.quote(&ask).ok()?;
                let mode = first.key.mode.as_deref().unwrap_or("standard");
                let (price, paid) = (quote.price(), first.key.model.negotiated.factor(&quote.component, mode));
                &price * &paid
            }
        };
        cost = &cost + &(&tokens * &price);
    }
    Some(cost)
}

/// Fresh, read and written tokens where the stated shares hold of all prompts together, whatever minimum and step are.
fn split(prefix: Prefix, whole: &Exact, calls: &Exact) -> Option<[Exact; 4]> {
    let cacheable = match prefix.length {
        Prefixed::Share(share, all) => (whole * &Exact::from(share)).checked_div(&Exact::from(all))?,
        Prefixed::Tokens(most) => (&Exact::from(most) * calls).min(whole.clone()),
        Prefixed::All | Prefixed::Parts => return None,
    };
    let There::Share(share, all) = prefix.there else { return None };
    let read = (&cacheable * &Exact::from(share)).checked_div(&Exact::from(all))?;
    Some([whole - &cacheable, read.clone(), &cacheable - &read, Exact::ZERO])
}

/// The threshold of a line's tier, where a prompt of `length` reaches it; 0 for the lowest.
fn reaches(line: &Line, length: &Exact) -> Option<u64> {
    let Some(tier) = &line.key.tier else { return Some(0) };
    let tiers = line.key.model.listed.cards.iter().flat_map(|card| &card.rates).flat_map(|(_, rate)| &rate.tiers);
    tiers.filter(|known| known.to_string() == *tier && known.reached_by(length)).map(|known| known.above).max()
}

/// What the calls differ in.
fn why(lines: &[&Line]) -> String {
    let calls = |of: &dyn Fn(&&&Line) -> bool| -> String {
        display::count(&lines.iter().filter(of).map(|line| &line.calls).sum::<Exact>())
    };
    let all = calls(&|_| true);
    let mut parts = Vec::new();
    let mut tiers: Vec<&String> = lines.iter().filter_map(|line| line.key.tier.as_ref()).collect();
    tiers.sort();
    tiers.dedup();
    for tier in tiers {
        parts.push(format!(
            "{} of {all} calls are in the tier {tier}",
            calls(&|line| line.key.tier.as_ref() == Some(tier))
        ));
    }
    if lines.iter().any(|line| line.key.since != lines.first().and_then(|first| first.key.since)) {
        parts.push("prices changed within the log".to_owned());
    }
    if lines.iter().any(|line| line.key.hours != lines.first().and_then(|first| first.key.hours.clone())) {
        parts.push("some hours have other prices".to_owned());
    }
    if let Some(Prefix { policy, .. }) = lines.first().and_then(|line| line.prefix) {
        parts.push(format!(
            "prompts whose cacheable part is below {} tokens cache nothing, longer ones whole steps of {}",
            display::count(&Exact::from(policy.minimum)),
            display::count(&Exact::from(policy.step.max(1))),
        ));
    }
    if parts.is_empty() { "calls differ in what they pay".to_owned() } else { parts.join("; ") }
}
