//! From an evaluation to the report: amounts in the currency of the scenario, in forms that add up when printed.

use std::collections::HashSet;
use std::sync::Arc;

use super::evaluation::{is_input, is_output};
use super::period::Period;
use super::printed::Print;
use super::settle::settle;
use super::{
    Alternatives, Best, BoughtReport, BreakdownPart, BudgetResult, COMPONENTS, CascadeStepReport, CommitmentReport,
    ComponentPart, CostInterval, Costs, DeploymentReport, Evaluation, ExpectationResult, FineTuneReport, LineReport,
    ListUsed, PrefixCacheReport, PricesUsed, Report, RetrievalReport, SCHEMA, Savings, ScenarioName, Spot,
    StrategyReport, Tuned, Usage, advice, attribution, limits, warnings,
};
use crate::diag::Place;
use crate::figure::{Origin, Step, Unit};
use crate::levers::{Escalation, Hosted, Lever, Line, Outcome, PrefixUse, Quantity, Settled};
use crate::parallel;
use crate::plan::{Base, Metric, Plan, Server, Strategy, Terms};
use crate::pricing::ListInfo;
use crate::units::{Exact, display};

impl PricesUsed {
    /// The prices of a plan.
    pub fn of(plan: &Plan) -> Self {
        let used = |list: &Arc<ListInfo>| ListUsed {
            name: list.name.clone(),
            listed: list.listed.map(|date| date.to_string()),
            sha256: list.sha256.clone(),
        };
        Self { as_of: plan.as_of.to_string(), lists: plan.lists.iter().map(used).collect() }
    }
}

impl ScenarioName {
    /// The scenario of a plan.
    pub fn of(plan: &Plan) -> Self {
        Self { name: plan.name.clone(), file: plan.file.clone(), set: Vec::new() }
    }
}

impl Report {
    /// The report of an evaluation. Its numbers are those that its JSON shows: read back, it is the same report.
    pub fn of(evaluation: &Evaluation) -> Self {
        let mut report = Self::exact(evaluation);
        report.print();
        report
    }

    fn exact(evaluation: &Evaluation) -> Self {
        let plan = &evaluation.plan;
        let names: Vec<&str> = plan.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
        let name = |index: usize| names.get(index).map_or_else(String::new, |name| (*name).to_owned());
        let in_all_orders = attribution::fits(plan);
        let dearest = evaluation.results.iter().map(|result| result.outcome.total.value()).max();
        let of = |index: usize| strategy(evaluation, index, dearest?, in_all_orders);
        let strategies: Vec<StrategyReport> = parallel::each(names.len(), of).into_iter().flatten().collect();
        Self {
            schema: SCHEMA.into(),
            scenario: ScenarioName::of(plan),
            prices: PricesUsed::of(plan),
            currency: plan.currency.code.clone(),
            currency_per_usd: plan.currency.per_usd.clone(),
            days_per_month: plan.days_per_month.value().clone(),
            requests_per_day: plan.workload.requests.value().clone(),
            baseline: name(plan.baseline),
            best: best(&strategies, &name(plan.baseline)),
            strategies,
            comparison: None,
            omitted_strategies: 0,
            break_even: evaluation.break_even.clone(),
            budgets: budgets(evaluation, &name),
            expectations: expectations(evaluation, &name),
            advice: advice::advice(evaluation),
            warnings: Vec::new(),
        }
    }
}

/// The cheapest strategy (the first of several), unless that is the baseline.
fn best(strategies: &[StrategyReport], baseline: &str) -> Option<Best> {
    let cheapest = strategies.iter().min_by_key(|strategy| &strategy.cost.per_day)?;
    (cheapest.name != baseline && !cheapest.savings.per_month.is_zero()).then(|| Best {
        strategy: cheapest.name.clone(),
        per_month: cheapest.cost.per_month.clone(),
        saves_per_month: cheapest.savings.per_month.clone(),
        saves_percent: cheapest.savings.percent.clone(),
    })
}

/// Parts of a breakdown; what is left is added up in the last one.
const MOST_PARTS: usize = 9;

/// The bill by lever and item, dearest first; equal ones in the order of the bill. The parts add up to the month.
fn breakdown(plan: &Plan, lines: &[Line], total: &Exact) -> Vec<BreakdownPart> {
    let mut parts: Vec<(&Line, Exact)> = Vec::new();
    for line in lines {
        let same = |(known, _): &&mut (&Line, Exact)| {
            (known.lever, &known.item, &known.mode) == (line.lever, &line.item, &line.mode)
        };
        match parts.iter_mut().find(same) {
            Some((_, sum)) => *sum = &*sum + line.cost.value(),
            None => parts.push((line, line.cost.value().clone())),
        }
    }
    parts.sort_by(|(_, a), (_, b)| b.cmp(a));
    let per_month = |usd: &Exact| shown(plan, &(usd * plan.days_per_month.value()));
    let months: Vec<Exact> = parts.iter().map(|(_, usd)| per_month(usd)).collect();
    let (_, months) = settle(&per_month(total), &months);
    let mut found: Vec<BreakdownPart> = parts
        .iter()
        .zip(months)
        .map(|((line, usd), month)| BreakdownPart {
            lever: line.lever.name().to_owned(),
            item: line.item.clone(),
            mode: line.mode.name().to_owned(),
            per_month: month,
            share: usd.checked_div(total).unwrap_or(Exact::ZERO),
        })
        .collect();
    if found.len() > MOST_PARTS {
        let small = found.split_off(MOST_PARTS.saturating_sub(1));
        found.push(BreakdownPart {
            lever: "other".to_owned(),
            item: format!("{} smaller items", small.len()),
            mode: "standard".to_owned(),
            per_month: small.iter().map(|part| &part.per_month).sum(),
            share: small.iter().map(|part| &part.share).sum(),
        });
    }
    found
}

/// What a line pays for.
fn component(line: &Line) -> &'static str {
    let [input, cached, output, hosting, other] = COMPONENTS;
    match line {
        _ if line.component.starts_with("cache") => cached,
        _ if is_input(line) => input,
        _ if is_output(line) => output,
        _ if line.lever == Lever::Deployment => hosting,
        _ if line.lever == Lever::FineTune && matches!(line.quantity, Quantity::Uptime(..)) => hosting,
        _ => other,
    }
}

/// The bill by what is paid for. The parts add up to the month.
fn components(plan: &Plan, lines: &[Line], total: &Exact) -> Vec<ComponentPart> {
    let of = |name: &'static str| {
        let mut own = lines.iter().filter(|line| component(line) == name).peekable();
        own.peek()?;
        Some((name, own.map(|line| line.cost.value()).sum::<Exact>()))
    };
    let found: Vec<(&'static str, Exact)> = COMPONENTS.into_iter().filter_map(of).collect();
    let per_month = |usd: &Exact| shown(plan, &(usd * plan.days_per_month.value()));
    let months: Vec<Exact> = found.iter().map(|(_, usd)| per_month(usd)).collect();
    let (_, months) = settle(&per_month(total), &months);
    let part = |((name, _), per_month): (&(&'static str, Exact), Exact)| ComponentPart {
        component: (*name).into(),
        per_month,
    };
    found.iter().zip(months).map(part).collect()
}

/// An amount in USD in the currency of the plan.
fn shown(plan: &Plan, usd: &Exact) -> Exact {
    usd * &plan.currency.per_usd
}

fn budgets(evaluation: &Evaluation, name: &dyn Fn(usize) -> String) -> Vec<BudgetResult> {
    let plan = &evaluation.plan;
    plan.budgets
        .iter()
        .map(|budget| {
            let actual = evaluation.metric(budget.strategy, budget.metric);
            let in_currency = |value: &Exact| if budget.metric.is_money() { shown(plan, value) } else { value.clone() };
            BudgetResult {
                strategy: name(budget.strategy),
                metric: budget.metric.name().to_owned(),
                limit: in_currency(&budget.limit),
                ok: actual.as_ref().is_some_and(|actual| *actual <= budget.limit),
                actual: actual.as_ref().map(in_currency),
                level: if budget.fails { "fail" } else { "warn" }.to_owned(),
                place: budget.place.to_string(),
                at: spot(&budget.place),
            }
        })
        .collect()
}

fn expectations(evaluation: &Evaluation, name: &dyn Fn(usize) -> String) -> Vec<ExpectationResult> {
    let plan = &evaluation.plan;
    plan.expectations
        .iter()
        .map(|claim| {
            let actual = evaluation.metric(claim.strategy, claim.metric);
            let in_currency = |value: &Exact| if claim.metric.is_money() { shown(plan, value) } else { value.clone() };
            ExpectationResult {
                strategy: name(claim.strategy),
                metric: claim.metric.name().to_owned(),
                equals: in_currency(&claim.equals),
                within: in_currency(&claim.within),
                ok: actual.as_ref().is_some_and(|actual| (actual - &claim.equals).abs() <= claim.within),
                actual: actual.as_ref().map(in_currency),
                place: claim.place.to_string(),
                at: spot(&claim.place),
            }
        })
        .collect()
}

/// A place in a file; standard input and options of the command line are none.
fn spot(place: &Place) -> Option<Spot> {
    let file = &place.source.name;
    let is_file = file != "<stdin>" && !file.starts_with("--");
    is_file.then(|| Spot { file: file.clone(), line: place.line, column: place.column })
}

fn strategy(evaluation: &Evaluation, index: usize, dearest: &Exact, in_all_orders: bool) -> Option<StrategyReport> {
    let plan = &evaluation.plan;
    let outcome = &evaluation.results.get(index)?.outcome;
    let metric = |metric: Metric| {
        evaluation.metric(index, metric).map(|value| if metric.is_money() { shown(plan, &value) } else { value })
    };
    let amounts: Vec<Exact> = outcome.lines.iter().map(|line| shown(plan, line.cost.value())).collect();
    let (per_day, amounts) = settle(&shown(plan, outcome.total.value()), &amounts);
    let lines: Vec<LineReport> =
        outcome.lines.iter().zip(&amounts).map(|(each, amount)| line(plan, each, amount)).collect();
    let cost_of = |wanted: &dyn Fn(&Line) -> bool| {
        outcome.lines.iter().zip(&amounts).filter(|(line, _)| wanted(line)).map(|(_, amount)| amount).sum()
    };
    let usage = outcome.calls.iter().map(|(server, calls)| usage(outcome, server, calls.value(), cost_of));
    let baseline = evaluation.baseline();
    let costs = (baseline.value(), outcome.total.value());
    let shares = attribution::shares(plan, plan.strategies.get(index)?, costs, in_all_orders);
    let month = |day: &Exact| shown(plan, &(day * plan.days_per_month.value()));
    Some(StrategyReport {
        name: plan.strategies.get(index)?.name.clone(),
        relative_cost: outcome.total.value().checked_div(dearest).unwrap_or(Exact::ZERO),
        breakdown: breakdown(plan, &outcome.lines, outcome.total.value()),
        components: components(plan, &outcome.lines, outcome.total.value()),
        usage: usage.collect(),
        deployments: outcome.hosted.iter().map(deployment).collect(),
        prefix_caches: outcome.prefixes.iter().map(|used| prefix_cache(plan, used)).collect(),
        cascade_steps: outcome.escalations.iter().map(|step| cascade_step(plan, step)).collect(),
        retrieval: retrieval(plan, plan.strategies.get(index)?, outcome),
        fine_tune: fine_tune(plan, plan.strategies.get(index)?, evaluation.results.get(index)?.tuned.as_ref()),
        limits: limits::limited(plan, outcome).iter().map(limits::report).collect(),
        commitments: outcome.settled.iter().map(|settled| commitment(plan, settled)).collect(),
        interval: evaluation
            .results
            .get(index)?
            .interval
            .as_ref()
            .map(|(low, high)| CostInterval { low_per_month: month(low), high_per_month: month(high) }),
        cost: Costs {
            per_hour: Period::Hour.of_day(&per_day, plan.days_per_month.value()),
            per_month: metric(Metric::PerMonth)?,
            per_year: metric(Metric::PerYear)?,
            per_request: metric(Metric::PerRequest)?,
            per_million_tokens: metric(Metric::PerMillionTokens),
            per_accepted_answer: metric(Metric::PerAcceptedAnswer),
            list_per_month: at_list_prices(outcome, &lines).as_ref().map(month),
            per_day,
        },
        savings: Savings {
            per_day: metric(Metric::SavingsPerDay)?,
            per_month: metric(Metric::SavingsPerMonth)?,
            percent: metric(Metric::SavingsPercent),
        },
        quality: metric(Metric::Quality),
        lines,
        waterfall: shares.waterfall,
        shapley: shares.shapley,
        interactions: shares.interactions,
        alternatives: Alternatives {
            cascade_final_only_per_month: metric(Metric::FinalOnlyPerMonth),
            cascade_every_attempt_per_month: metric(Metric::EveryAttemptPerMonth),
            mean_request_per_month: evaluation.results.get(index)?.evened.as_ref().map(month),
            random_mix_per_month: evaluation.results.get(index)?.random_mix.as_ref().map(month),
        },
        assumptions: assumptions(evaluation, index).into_iter().chain(shares.note).collect(),
        warnings: warnings::of(evaluation, index),
    })
}

fn retrieval(plan: &Plan, strategy: &Strategy, outcome: &Outcome) -> Option<RetrievalReport> {
    let (lever, index) = (strategy.retrieval.as_ref()?, outcome.index.as_ref()?);
    let lines = outcome.lines.iter().filter(|line| line.lever == Lever::Retrieval);
    let per_day: Exact = lines.map(|line| line.cost.value()).sum();
    Some(RetrievalReport {
        model: lever.embed.name().to_owned(),
        chunks: index.chunks.value().clone(),
        index_tokens: index.tokens.value().clone(),
        index_cost: shown(plan, index.cost.value()),
        index_per_month: shown(plan, index.per_month.value()),
        stored_gb: index.stored.as_ref().map(|stored| stored.value().clone()),
        context_tokens: index.context.value().clone(),
        per_month: shown(plan, &(&per_day * plan.days_per_month.value())),
    })
}

fn fine_tune(plan: &Plan, strategy: &Strategy, tuned: Option<&Tuned>) -> Option<FineTuneReport> {
    let (lever, tuned) = (strategy.fine_tune.as_ref()?, tuned?);
    let against = match lever.base {
        Base::Strategy => Some("strategy"),
        Base::Baseline => Some("baseline"),
        Base::Unknown => None,
    };
    let break_even_calls = tuned.break_even();
    Some(FineTuneReport {
        model: lever.server()?.name().to_owned(),
        against: against.map(str::to_owned),
        training: shown(plan, tuned.training.cost.value()),
        per_month: shown(plan, tuned.training.per_month.value()),
        hosting_per_month: shown(plan, &(&tuned.hosting_per_day * plan.days_per_month.value())),
        calls_per_day: tuned.calls_per_day.clone(),
        base_per_call: tuned.base.as_ref().map(|usd| shown(plan, usd)),
        tuned_per_call: shown(plan, &tuned.own),
        saves_per_call: tuned.saves().map(|usd| shown(plan, &usd)),
        break_even_days: break_even_calls.as_ref().and_then(|calls| calls.checked_div(&tuned.calls_per_day)),
        break_even_calls,
    })
}

fn commitment(plan: &Plan, settled: &Settled) -> CommitmentReport {
    let promised = settled.credit.as_ref().unwrap_or(&settled.committed);
    let unused = (promised.value() - settled.spend.value()).max(Exact::ZERO);
    CommitmentReport {
        of: settled.commitment.whose.name().to_owned(),
        kind: match settled.commitment.terms {
            Terms::Minimum(_) => "minimum",
            Terms::Prepaid { .. } => "prepaid",
        }
        .to_owned(),
        spend_per_month: shown(plan, settled.spend.value()),
        committed_per_month: shown(plan, settled.committed.value()),
        credit_per_month: settled.credit.as_ref().map(|credit| shown(plan, credit.value())),
        unused_per_month: shown(plan, &unused),
        adds_per_month: shown(plan, settled.adds.value()),
    }
}

fn prefix_cache(plan: &Plan, used: &PrefixUse) -> PrefixCacheReport {
    let cacheable = &used.read + &used.written;
    let share = |of: &Exact| used.read.checked_div(of).unwrap_or(Exact::ZERO);
    let premium = used.write_ratio.as_ref().map(|write| write - &Exact::ONE);
    let over = |divisor: Option<Exact>| premium.as_ref().and_then(|premium| premium.checked_div(&divisor?));
    let rebate = used.read_ratio.as_ref().map(|read| &Exact::ONE - read);
    let spread = used.write_ratio.as_ref().zip(used.read_ratio.as_ref()).map(|(write, read)| write - read);
    let reads = over(rebate);
    let saved = &(&used.without - &used.cost) * plan.days_per_month.value();
    PrefixCacheReport {
        model: used.model.listed.id.clone(),
        ttl: (!used.ttl.is_empty()).then(|| used.ttl.clone()),
        hit_share_of_cacheable_tokens: share(&cacheable),
        hit_share_of_input_tokens: share(&used.input),
        break_even_hit_share: over(spread),
        break_even_reads_per_write: reads.clone(),
        break_even_requests_per_lifetime: reads.map(|reads| &reads + &Exact::ONE),
        requests_per_second_and_prefix: used.rate.clone(),
        saves_per_month: shown(plan, &saved),
    }
}

fn cascade_step(plan: &Plan, step: &Escalation) -> CascadeStepReport {
    let accepted = step.stopped.checked_div(&step.reach).unwrap_or(Exact::ZERO);
    let saved = &(&step.spares - &step.cost) * plan.days_per_month.value();
    CascadeStepReport {
        step: (step.step as u64).saturating_add(1),
        model: step.label.clone(),
        calls_per_day: step.reach.clone(),
        break_even_accept_rate: step.break_even(),
        accept_rate: accepted,
        cost_per_call: step.cost.checked_div(&step.reach).map(|cost| shown(plan, &cost)),
        saves_per_month: shown(plan, &saved),
    }
}

fn deployment(hosted: &Hosted) -> DeploymentReport {
    DeploymentReport {
        deployment: hosted.deployment.name.clone(),
        what: hosted.what.into(),
        at_peak: hosted.at_peak.clone(),
        hours_per_day: hosted.hours.clone(),
        utilization: hosted.utilization.clone(),
        peak_to_mean: hosted.peak.value().clone(),
        throughput: hosted.throughput.as_ref().map(|speed| speed.value().clone()),
        throughput_interval: hosted.throughput.as_ref().and_then(|speed| match &speed.step().origin {
            Origin::Estimated { low, high, .. } => Some((low.clone(), high.clone())),
            _ => None,
        }),
        bought: hosted
            .bought
            .iter()
            .map(|(term, hours)| BoughtReport { purchase: term.name().into(), hours_per_day: hours.clone() })
            .collect(),
        cold_start_share: hosted.cold_share.clone(),
        overflow_share: hosted.overflow.clone(),
    }
}

/// What a strategy asks of one server, and what that costs by `costs` of its lines.
fn usage(outcome: &Outcome, server: &Server, calls: &Exact, costs: impl Fn(&dyn Fn(&Line) -> bool) -> Exact) -> Usage {
    let (input, cached, output, per_day) = match server {
        Server::Model(used) => {
            let own = |line: &Line| line.model.as_ref().is_some_and(|other| Arc::ptr_eq(other, &used.model));
            let tokens = |wanted: &dyn Fn(&Line) -> bool| {
                let lines = outcome.lines.iter().filter(|line| own(line) && wanted(line));
                lines.map(|line| &line.quantity.step().value).sum::<Exact>()
            };
            let cached = tokens(&|line| line.component == "cache_read");
            (tokens(&is_input), cached, tokens(&is_output), costs(&own))
        }
        Server::Deployment(used) => {
            let own = outcome.hosted.iter().find(|hosted| Arc::ptr_eq(&hosted.deployment, &used.deployment));
            let input = own.map_or(Exact::ZERO, |hosted| hosted.input.value().clone());
            let output = own.map_or(Exact::ZERO, |hosted| hosted.output.value().clone());
            let bill = |line: &Line| line.lever == Lever::Deployment && line.item == used.deployment.name;
            (input, Exact::ZERO, output, costs(&bill))
        }
    };
    Usage {
        model: server.name().to_owned(),
        calls_per_day: calls.clone(),
        input_tokens_per_day: input,
        cached_tokens_per_day: cached,
        output_tokens_per_day: output,
        per_day,
    }
}

/// Who is paid, where that is a provider.
fn provider(plan: &Plan, line: &Line) -> Option<String> {
    let promised = || {
        let mut all = plan.commitments.iter().filter(|_| line.lever == Lever::Commitment);
        all.find(|one| one.whose.name() == line.item).map(|one| one.whose.provider().to_owned())
    };
    line.model.as_ref().map(|model| model.listed.provider.clone()).or_else(promised)
}

fn line(plan: &Plan, line: &Line, amount: &Exact) -> LineReport {
    let (quantity, unit, per) = match &line.quantity {
        Quantity::Tokens(volume) => (volume.value().clone(), "token", Exact::from(1_000_000)),
        Quantity::Events(events) => (events.value().clone(), event(&line.component), Exact::ONE),
        Quantity::Month(days) => (Exact::ONE, "month", days.value().clone()),
        Quantity::Kept(things, unit, days) => (things.value().clone(), *unit, days.value().clone()),
        Quantity::Uptime(hours, unit) => (hours.value().clone(), *unit, Exact::ONE),
        Quantity::Runtime(seconds) => (seconds.value().clone(), "second", Exact::ONE),
    };
    let price = &line.price.value;
    let usual = |price: &Exact| if line.price.unit == Unit::TokenPrice { price * &per } else { price.clone() };
    let list_price = line.model.as_ref().and_then(|model| model.negotiated.list_price(&line.price));
    LineReport {
        lever: line.lever.name().to_owned(),
        item: line.item.clone(),
        provider: provider(plan, line),
        component: line.component.clone(),
        mode: line.mode.name().to_owned(),
        tier: line.tier.clone(),
        quantity,
        unit: unit.to_owned(),
        list_unit_price: list_price.as_ref().map(usual),
        unit_price: usual(price),
        unit_price_currency: "USD".into(),
        per: per.clone(),
        per_day: amount.clone(),
        formula: plan.currency.converted(&line.cost.step().formula()),
        source: source(&line.price),
    }
}

/// What a strategy costs a day at list prices, USD; `None` where nothing was negotiated.
fn at_list_prices(outcome: &Outcome, lines: &[LineReport]) -> Option<Exact> {
    let mut all = outcome.total.value().clone();
    let mut negotiated = false;
    for (line, paid) in lines.iter().zip(&outcome.lines) {
        let Some(list) = &line.list_unit_price else { continue };
        let cost = (&line.quantity * list).checked_div(&line.per)?;
        all = &(&all + &cost) - paid.cost.value();
        negotiated = true;
    }
    negotiated.then_some(all)
}

/// What a line of this component counts.
fn event(component: &str) -> &'static str {
    match component {
        "hit" | "false hit" => "hit",
        "lookup" => "lookup",
        "search" => "search",
        _ => "request",
    }
}

/// Where a price comes from: the first listed or stated number in it.
fn source(price: &Arc<Step>) -> String {
    match price.provenance() {
        Some(source) => source,
        None => price.parts().iter().map(source).find(|text| !text.is_empty()).unwrap_or_default(),
    }
}

/// Every default, median and fallback that the total rests on, and what was decided on the way.
fn assumptions(evaluation: &Evaluation, index: usize) -> Vec<String> {
    let Some(result) = evaluation.results.get(index) else { return Vec::new() };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    walk(result.outcome.total.step(), &mut seen, &mut found);
    walk(evaluation.plan.days_per_month.step(), &mut seen, &mut found);
    let of_tuning = result.tuned.iter().filter_map(|tuned| tuned.note.as_ref());
    for note in result.outcome.notes.iter().chain(of_tuning) {
        if !found.contains(note) {
            found.push(note.clone());
        }
    }
    found
}

pub(super) fn walk(step: &Arc<Step>, seen: &mut HashSet<*const Step>, found: &mut Vec<String>) {
    let mut open = vec![Arc::clone(step)];
    while let Some(step) = open.pop() {
        if !seen.insert(Arc::as_ptr(&step)) {
            continue;
        }
        let name = step.name.as_deref().unwrap_or("a figure");
        let text = match &step.origin {
            Origin::Default(reason) => Some(format!("{name} = {}: {reason}", step.amount())),
            Origin::Estimated { how, low, high, .. } => Some(format!(
                "{name} = {}: {how}; 80% interval {} to {}",
                step.amount(),
                display::count(low),
                display::count(high)
            )),
            Origin::Uncertain(place, _) => {
                Some(format!("{name} = {}: the median of the range stated at {place}", step.amount()))
            }
            _ => None,
        };
        if let Some(text) = text.filter(|text| !found.contains(text)) {
            found.push(text);
        }
        open.extend(step.inputs().into_iter().rev().map(Arc::clone));
    }
}
