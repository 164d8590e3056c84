//! Computes the months and puts the report together.
#![allow(clippy::float_arithmetic, reason = "percentiles are estimates, labelled as such")]

use std::sync::Arc;

use super::report::{
    BestMonth, BudgetMonth, Change, ForecastReport, HostedMonth, Load, Month, PriceChange, Quantiles, SCHEMA,
    SelfHosting, StrategyForecast,
};
use crate::analysis::risk;
use crate::diag::{Code, Diagnostic};
use crate::figure::Figure;
use crate::plan::{self, Commitment, Growth, Happening, Plan, Server, Span, Terms};
use crate::pricing::{Card, Date, view};
use crate::report::{Evaluation, PricesUsed, ScenarioName, settle};
use crate::units::{Exact, display};

/// How to draw where something is uncertain.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What draws begin with.
    pub seed: u64,
    /// How many.
    pub samples: usize,
}

/// A part of a month with one price of everything.
struct Part {
    date: Date,
    /// Its part of the month's days.
    share: Exact,
}

/// A month computed.
struct Computed {
    name: String,
    load: Load,
    /// By strategy, in USD.
    costs: Vec<Exact>,
    hosted: Vec<Vec<HostedMonth>>,
    /// By budget of the plan: whether it is passed.
    passed: Vec<bool>,
    /// By strategy and set of points, in USD.
    draws: Vec<Vec<Vec<f64>>>,
    is_uncertain: bool,
}

/// Computes a scenario month by month.
///
/// # Errors
/// What is wrong with the scenario in one of the months: prices that are not there any more, impossible values.
pub fn forecast(plan: &Plan, settings: &Settings) -> Result<ForecastReport, Vec<Diagnostic>> {
    let ahead = &plan.forecast;
    let mut months = Vec::new();
    for month in 0..ahead.months {
        let Some(first) = ahead.first_day(month) else {
            return Err(vec![Diagnostic::without_place(Code::OutOfRange, "the forecast leaves the calendar")]);
        };
        months.push(computed(plan, month, first, settings)?);
    }
    Ok(report(plan, settings, &months))
}

fn name_of(date: Date) -> String {
    date.to_string().get(..7).unwrap_or_default().to_owned()
}

fn computed(plan: &Plan, month: u32, first: Date, settings: &Settings) -> Result<Computed, Vec<Diagnostic>> {
    let of = |date: Date| {
        let change = plan::Change { as_of: Some(date), month: Some(month), ..plan::Change::default() };
        let mut plan = plan.uncertain.again.with(&change)?;
        plan.expectations.clear();
        plan.break_evens.clear();
        plan.commitments.retain(|commitment| !has_run_out(commitment, month, &plan.days_per_month));
        Ok::<Plan, Vec<Diagnostic>>(plan)
    };
    // Nothing is known of prices of the current month before the day of the list.
    let begin = if first.first_of_month() == plan.as_of.first_of_month() { plan.as_of } else { first };
    let whole = of(begin)?;
    let parts = parts(&whole, first, begin);
    let mut found = Computed {
        name: name_of(first),
        load: Load {
            month: name_of(first),
            requests_per_day: whole.workload.requests.value().clone(),
            days: whole.days_per_month.value().clone(),
            priced_at: parts.iter().map(|part| part.date.to_string()).collect(),
        },
        costs: vec![Exact::ZERO; whole.strategies.len()],
        hosted: vec![Vec::new(); whole.strategies.len()],
        passed: vec![false; whole.budgets.len()],
        draws: Vec::new(),
        is_uncertain: !whole.uncertain.inputs.is_empty(),
    };
    let mut whole = Some(whole);
    for part in &parts {
        let plan = match whole.take() {
            Some(whole) => whole,
            None => of(part.date)?,
        };
        if found.is_uncertain {
            let how = risk::Settings { seed: settings.seed, samples: Some(settings.samples) };
            let draws = risk::draws(&plan, &how)?;
            add_draws(&mut found.draws, draws, (&part.share * plan.days_per_month.value()).to_f64());
        }
        let evaluation = Evaluation::of(plan)?;
        let plan = &evaluation.plan;
        let month_of = &part.share * plan.days_per_month.value();
        for (index, result) in evaluation.results.iter().enumerate() {
            if let Some(cost) = found.costs.get_mut(index) {
                *cost = &*cost + &(result.outcome.total.value() * &month_of);
            }
            if let Some(hosted) = found.hosted.get_mut(index) {
                *hosted = result
                    .outcome
                    .hosted
                    .iter()
                    .map(|one| HostedMonth {
                        deployment: one.deployment.name.clone(),
                        what: one.what,
                        at_peak: one.at_peak.clone(),
                    })
                    .collect();
            }
        }
        for (budget, passed) in plan.budgets.iter().zip(&mut found.passed) {
            *passed |= evaluation.metric(budget.strategy, budget.metric).is_some_and(|actual| actual > budget.limit);
        }
    }
    Ok(found)
}

/// Whether credits that were paid in advance have expired by a month.
fn has_run_out(commitment: &Commitment, month: u32, days: &Figure<crate::figure::Days>) -> bool {
    match &commitment.terms {
        Terms::Minimum(_) => false,
        Terms::Prepaid { valid, .. } => {
            months_valid(valid, days).is_some_and(|valid| Exact::from(u64::from(month)) >= valid)
        }
    }
}

fn months_valid(valid: &Span, days: &Figure<crate::figure::Days>) -> Option<Exact> {
    valid.months(days).map(|months| months.value().clone())
}

/// The parts of a month between the days on which a listed price of a model in use changes.
fn parts(plan: &Plan, first: Date, begin: Date) -> Vec<Part> {
    let last = first.last_of_month();
    let mut dates: Vec<Date> = vec![begin];
    for model in models(plan) {
        let from = model.cards.iter().filter_map(|card| card.from);
        dates.extend(from.filter(|from| *from > begin && *from <= last));
    }
    dates.sort_unstable();
    dates.dedup();
    let days = |from: Date, to: Date| Exact::from(u64::try_from((to - from).get_days()).unwrap_or(0));
    let after = last.tomorrow().unwrap_or(last);
    let all = days(begin, after);
    let ends: Vec<Date> = dates.iter().skip(1).copied().chain([after]).collect();
    dates
        .iter()
        .zip(ends)
        .map(|(date, end)| Part { date: *date, share: days(*date, end).checked_div(&all).unwrap_or(Exact::ONE) })
        .collect()
}

/// The models that strategies name, each once.
fn models(plan: &Plan) -> Vec<Arc<crate::pricing::Model>> {
    let mut found: Vec<Arc<crate::pricing::Model>> = Vec::new();
    for strategy in &plan.strategies {
        for server in strategy.servers() {
            if let Server::Model(used) = server
                && !found.iter().any(|known| Arc::ptr_eq(known, &used.model.listed))
            {
                found.push(Arc::clone(&used.model.listed));
            }
        }
    }
    found
}

/// Adds draws of a part of a month, draw by draw: every month is drawn with the same points.
fn add_draws(sums: &mut Vec<Vec<Vec<f64>>>, draws: Vec<Vec<Vec<f64>>>, days: f64) {
    if sums.is_empty() {
        *sums = draws
            .into_iter()
            .map(|sets| sets.into_iter().map(|set| set.into_iter().map(|cost| cost * days).collect()).collect())
            .collect();
        return;
    }
    for (sums, sets) in sums.iter_mut().zip(draws) {
        for (sums, set) in sums.iter_mut().zip(sets) {
            for (sum, cost) in sums.iter_mut().zip(set) {
                *sum += cost * days;
            }
        }
    }
}

fn report(plan: &Plan, settings: &Settings, months: &[Computed]) -> ForecastReport {
    let rate = &plan.currency.per_usd;
    let is_uncertain = months.iter().any(|month| month.is_uncertain);
    let quantiles = |sets: &[Vec<f64>]| {
        let [p10, p50, p90] = risk::percentiles(sets, [0.1, 0.5, 0.9]).map(|value| (&value * rate).significant(12));
        Quantiles { p10, p50, p90 }
    };
    let strategies: Vec<StrategyForecast> = plan
        .strategies
        .iter()
        .enumerate()
        .map(|(index, strategy)| {
            let costs: Vec<Exact> =
                months.iter().map(|month| month.costs.get(index).map_or(Exact::ZERO, |cost| cost * rate)).collect();
            let (total, costs) = settle(&costs.iter().sum(), &costs);
            let mut sums: Vec<Vec<Vec<f64>>> = Vec::new();
            let of_months = months.iter().zip(costs).map(|(month, cost)| {
                let own = month.draws.get(index);
                if let Some(own) = own {
                    add_draws(&mut sums, vec![own.clone()], 1.0);
                }
                Month {
                    month: month.name.clone(),
                    cost,
                    quantiles: own.filter(|_| is_uncertain).map(|sets| quantiles(sets)),
                    deployments: month.hosted.get(index).cloned().unwrap_or_default(),
                }
            });
            let of_months = of_months.collect();
            // A total without the months of which nothing is uncertain would be none.
            let complete = months.iter().all(|month| month.is_uncertain);
            let quantiles = sums.first().filter(|_| complete).map(|sets| quantiles(sets));
            StrategyForecast { name: strategy.name.clone(), months: of_months, total, quantiles }
        })
        .collect();
    ForecastReport {
        schema: SCHEMA,
        scenario: ScenarioName::of(plan),
        prices: PricesUsed::of(plan),
        currency: plan.currency.code.clone(),
        start: months.first().map_or_else(String::new, |month| month.name.clone()),
        end: months.last().map_or_else(String::new, |month| month.name.clone()),
        load: months.iter().map(|month| month.load.clone()).collect(),
        best: best(plan, months),
        self_hosting: self_hosting(plan, months),
        price_changes: price_changes(plan, months),
        events: events(plan, months),
        budgets: budgets(plan, months),
        samples: is_uncertain.then_some(settings.samples),
        notes: notes(plan, is_uncertain),
        strategies,
    }
}

/// The cheapest strategy of a month among some, the first of equal ones.
fn cheapest(month: &Computed, among: &dyn Fn(usize) -> bool) -> Option<usize> {
    let own = month.costs.iter().enumerate().filter(|(index, _)| among(*index));
    own.min_by(|(_, a), (_, b)| a.cmp(b)).map(|(index, _)| index)
}

fn best(plan: &Plan, months: &[Computed]) -> Vec<BestMonth> {
    let mut found: Vec<BestMonth> = Vec::new();
    for month in months {
        let Some(strategy) = cheapest(month, &|_| true).and_then(|index| plan.strategies.get(index)) else { continue };
        if found.last().is_none_or(|last| last.strategy != strategy.name) {
            found.push(BestMonth { month: month.name.clone(), strategy: strategy.name.clone() });
        }
    }
    found
}

fn self_hosting(plan: &Plan, months: &[Computed]) -> Option<SelfHosting> {
    let hosts: Vec<bool> = plan
        .strategies
        .iter()
        .map(|strategy| strategy.servers().iter().any(|server| matches!(server, Server::Deployment(_))))
        .collect();
    if hosts.iter().all(|hosts| *hosts) || !hosts.contains(&true) {
        return None;
    }
    let hosted = |index: usize| hosts.get(index).copied().unwrap_or(false);
    let pays = |month: &Computed| {
        let own = cheapest(month, &hosted)?;
        let other = cheapest(month, &|index| !hosted(index))?;
        (month.costs.get(own)? < month.costs.get(other)?).then_some((own, other))
    };
    let name = |index: usize| plan.strategies.get(index).map(|strategy| strategy.name.clone());
    let first = months.iter().position(|month| pays(month).is_some());
    let pair = first.and_then(|first| months.get(first)).and_then(pays);
    Some(SelfHosting {
        pays_from: first.and_then(|first| months.get(first)).map(|month| month.name.clone()),
        for_good: first.is_some_and(|first| months.iter().skip(first).all(|month| pays(month).is_some())),
        strategy: pair.and_then(|(own, _)| name(own)),
        against: pair.and_then(|(_, other)| name(other)),
    })
}

/// Listed prices that change after the first day that is priced, up to the last day.
fn price_changes(plan: &Plan, months: &[Computed]) -> Vec<PriceChange> {
    let date = |text: Option<&String>| text.and_then(|text| text.parse::<Date>().ok());
    let first = date(months.first().and_then(|month| month.load.priced_at.first()));
    let last = plan.forecast.first_day(plan.forecast.months.saturating_sub(1)).map(Date::last_of_month);
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let mut found: Vec<(Date, PriceChange)> = Vec::new();
    for model in models(plan) {
        let within = |card: &&Card| card.from.is_some_and(|from| first < from && from <= last);
        for card in model.cards.iter().filter(within) {
            let Some(from) = card.from else { continue };
            let same = |old: &&Card| old.when == card.when && old.from.is_none_or(|before| before < from);
            let old = model.cards.iter().filter(same).max_by_key(|old| old.from);
            let changes = old.map_or_else(|| vec!["a new price".to_owned()], |old| view::changes(old, card));
            let mode = if card.when.is_empty() { String::new() } else { format!(" ({})", card.when) };
            if !changes.is_empty() {
                found.push((
                    from,
                    PriceChange { date: from.to_string(), model: format!("{}{mode}", model.id), changes },
                ));
            }
        }
    }
    found.sort_by(|(a, one), (b, other)| (a, &one.model).cmp(&(b, &other.model)));
    found.into_iter().map(|(_, change)| change).collect()
}

/// What the scenario says happens, and what runs out or steps.
fn events(plan: &Plan, months: &[Computed]) -> Vec<Change> {
    let name = |month: u32| plan.forecast.first_day(month).map(name_of).unwrap_or_default();
    let mut found: Vec<(String, String)> = Vec::new();
    for event in plan.forecast.events.iter().filter(|event| event.month < plan.forecast.months) {
        let until = event.until.map_or_else(String::new, |until| format!(", until {}", name(until)));
        let over = if event.over > 1 { format!(", over {} months", event.over) } else { String::new() };
        found.push((name(event.month), format!("{}{over}{until}", event.words)));
    }
    for commitment in &plan.commitments {
        if let Terms::Prepaid { valid, .. } = &commitment.terms
            && let Some(valid) = months_valid(valid, &plan.days_per_month).and_then(|valid| valid.ceil().to_u64())
            && let Ok(month) = u32::try_from(valid)
            && month < plan.forecast.months
        {
            found.push((name(month), format!("credits of {} have run out", commitment.whose.name())));
        }
    }
    for (before, month) in months.iter().zip(months.iter().skip(1)) {
        let mut said: Vec<String> = Vec::new();
        for (old, new) in before.hosted.iter().zip(&month.hosted) {
            for (old, new) in old.iter().zip(new).filter(|(old, new)| old.at_peak != new.at_peak) {
                let words = format!(
                    "{} from {} to {} {}s at peak",
                    new.deployment,
                    display::count(&old.at_peak),
                    display::count(&new.at_peak),
                    new.what
                );
                if !said.contains(&words) {
                    said.push(words);
                }
            }
        }
        found.extend(said.into_iter().map(|words| (month.name.clone(), words)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.into_iter().map(|(month, what)| Change { month, what }).collect()
}

fn budgets(plan: &Plan, months: &[Computed]) -> Vec<BudgetMonth> {
    let rate = &plan.currency.per_usd;
    let name = |index: usize| plan.strategies.get(index).map_or_else(String::new, |strategy| strategy.name.clone());
    let mut found: Vec<BudgetMonth> = Vec::new();
    for (index, budget) in plan.budgets.iter().enumerate() {
        let crossed = months.iter().find(|month| month.passed.get(index).copied().unwrap_or(false));
        found.push(BudgetMonth {
            strategy: name(budget.strategy),
            metric: budget.metric.name().to_owned(),
            limit: if budget.metric.is_money() { &budget.limit * rate } else { budget.limit.clone() },
            crossed: crossed.map(|month| month.name.clone()),
            place: budget.place.to_string(),
        });
    }
    if let Some((limit, place)) = &plan.forecast.budget {
        for index in 0..plan.strategies.len() {
            let mut sum = Exact::ZERO;
            let crossed = months.iter().find(|month| {
                sum = &sum + month.costs.get(index).unwrap_or(&Exact::ZERO);
                sum > *limit
            });
            found.push(BudgetMonth {
                strategy: name(index),
                metric: "total".to_owned(),
                limit: limit * rate,
                crossed: crossed.map(|month| month.name.clone()),
                place: place.to_string(),
            });
        }
    }
    found
}

fn notes(plan: &Plan, is_uncertain: bool) -> Vec<String> {
    let ahead = &plan.forecast;
    let mut found = Vec::new();
    if ahead.calendar_days {
        found.push("each month has the days of the calendar; a rate per month is spread over them".to_owned());
    } else {
        let days = display::count(plan.days_per_month.value());
        found.push(format!(
            "each month has {days} days, as everywhere else; `forecast.days: calendar` takes those of the calendar"
        ));
    }
    match &ahead.growth {
        Growth::Certain(growth) if *growth == Exact::ONE => {
            found.push("requests do not grow: `forecast.growth` is not stated".to_owned())
        }
        Growth::Certain(_) | Growth::Uncertain(_) => {}
    }
    for decline in &ahead.declines {
        let whose = decline.whose.as_ref().map_or("every provider", |whose| whose.name());
        found.push(format!(
            "assumed: prices of {whose} fall by {} from the first month on, beyond what is listed",
            decline.words
        ));
    }
    let late = ahead.events.iter().filter(|event| event.month >= ahead.months).count();
    if late > 0 {
        found.push(format!("{late} of the events lie after the last month"));
    }
    let reserved = plan
        .deployments
        .iter()
        .filter(|one| matches!(&one.supply, plan::Supply::Replicas(replicas) if replicas.is_reserved()));
    for one in reserved {
        found.push(format!("{} goes on at the price of its reservation after its term", one.name));
    }
    if is_uncertain {
        found.push(
            "cost: every range at its median; P10, P50 and P90 are estimates by the same draws in every month"
                .to_owned(),
        );
    }
    if ahead.events.iter().any(|event| matches!(event.what, Happening::Price(..))) {
        found.push("stated changes of prices multiply what is listed on top of negotiated discounts".to_owned());
    }
    found
}
