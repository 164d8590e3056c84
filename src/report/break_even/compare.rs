//! One API against one deployment.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::Warning;
use super::super::build::walk;
use super::side::{Curve, Mean, Side, Volume, side};
use super::{
    Band, BreakEvenReport, CrossoverReport, Curves, IntervalReport, PurchaseReport, ReservedReport, VerdictReport, Wins,
};
use crate::diag::{Code, Diagnostic};
use crate::figure::{Figure, Step};
use crate::hosting::break_even::{self, Answer, Kind, Verdict};
use crate::levers::{self, Lever, Variant};
use crate::plan::{
    Bound, BreakEvenCase, Counted, Deployment, ModelUse, Opponent, Overrides, Plan, Server, Serving, Strategy, Supply,
    Term, Throughput,
};
use crate::pricing::Component;
use crate::units::{Exact, display};

/// What a deployment is compared with.
struct Other {
    name: String,
    /// USD per unit; of a deployment where everything paid is used.
    per_unit: Exact,
    /// The deployment; an API costs `per_unit` at every volume.
    side: Option<Side>,
}

impl Other {
    fn cost(&self, volume: &Exact) -> Exact {
        self.side.as_ref().map_or_else(|| &self.per_unit * volume, |side| side.cost(volume))
    }
}

pub(super) fn compare(plan: &Plan, case: &BreakEvenCase) -> Result<BreakEvenReport, Vec<Diagnostic>> {
    let deployment = &case.deployment;
    let mean = mean(plan, case)?;
    let requests = per_hour(plan.workload.requests.value());
    let (unit, counts, volume) = match case.counts {
        Counted::Output => ("output_token", Volume::Tokens, &requests * &mean.output),
        Counted::Requests => ("request", Volume::Requests, requests),
    };
    // What a deployment needs is checked with the scenario; only answers of no tokens leave it without a capacity.
    let unable = || vec![no_output(plan, case)];
    let other = other(plan, case, &mean, counts)?;
    let own = side(plan, deployment, &mean, counts, None, Bound::Middle).ok_or_else(unable)?;
    let answer = against(&own, &other).ok_or_else(unable)?;
    let verdict = own.verdict(&volume, other.cost(&volume));
    let full_load = own.full_load().unwrap_or(Exact::ZERO);
    let million = Exact::from(1_000_000);
    let mut warnings = Vec::new();
    if volume > own.capacity {
        warnings.push(capacity_exceeded(case, &own, &volume, unit, &verdict.replicas));
    }
    let at = |term: Term| {
        let side = side(plan, deployment, &mean, counts, Some(term), Bound::Middle)?;
        let answer = against(&side, &other)?;
        let verdict = side.verdict(&volume, other.cost(&volume));
        Some((side.per_step.clone(), wins(&side, &answer, &verdict)))
    };
    let at_bound = |bound: Bound| {
        let side = side(plan, deployment, &mean, counts, None, bound)?;
        let answer = against(&side, &other)?;
        Some(wins(&side, &answer, &side.verdict(&volume, other.cost(&volume))))
    };
    Ok(BreakEvenReport {
        api: other.name.clone(),
        against: if other.side.is_some() { "deployment".into() } else { "api".into() },
        deployment: deployment.name.clone(),
        unit: unit.into(),
        api_per_million: &other.per_unit * &million,
        self_hosted_full_load_per_million: &full_load * &million,
        capacity_per_replica_per_hour: own.capacity.clone(),
        step: own.step.into(),
        replica_per_hour: own.per_step.clone(),
        fixed_per_hour: own.fixed.clone(),
        least_replicas: own.least.clone(),
        crossovers_per_hour: answer.crossovers.iter().map(|crossover| crossover.at.clone()).collect(),
        crossovers: answer.crossovers.iter().map(crossover).collect(),
        self_hosted_cheaper: intervals(&answer),
        permanent_from_per_hour: answer.permanent_from.clone(),
        truncated: !answer.unlisted.is_empty(),
        verdict: VerdictReport {
            cheaper: verdict.cheaper.name().into(),
            api_per_hour: verdict.api,
            self_hosted_per_hour: verdict.self_hosted,
            saves_per_hour: verdict.saved,
            replicas: verdict.replicas,
            utilization: verdict.utilisation,
            volume_per_hour: volume.clone(),
        },
        band: band(deployment, at_bound),
        purchases: purchases(case, at),
        reserved: reserved(case),
        curves: curves(&own, &other, &answer, &volume, |bound| {
            estimated(deployment).then(|| side(plan, deployment, &mean, counts, None, bound))?
        }),
        assumptions: assumptions(plan, case),
        warnings,
    })
}

fn other(plan: &Plan, case: &BreakEvenCase, mean: &Mean, counts: Volume) -> Result<Other, Vec<Diagnostic>> {
    match &case.against {
        Opponent::Api(api) => {
            let per_unit = match case.counts {
                Counted::Output => output_price(plan, api)?,
                Counted::Requests => cost_per_request(plan, case, api)?,
            };
            Ok(Other { name: api.model.listed.id.clone(), per_unit, side: None })
        }
        Opponent::Deployment(pod) => {
            let side = side(plan, pod, mean, counts, None, Bound::Middle).ok_or_else(|| vec![no_output(plan, case)])?;
            let per_unit = side.full_load().unwrap_or(Exact::ZERO);
            Ok(Other { name: pod.name.clone(), per_unit, side: Some(side) })
        }
    }
}

fn against(own: &Side, other: &Other) -> Option<Answer> {
    match (&own.curve, &other.side) {
        (Curve::Workers(workers), Some(pod)) => Some(workers.against(|volume| pod.cost(volume), &other.per_unit)),
        _ => own.against(&other.per_unit),
    }
}

fn capacity_exceeded(case: &BreakEvenCase, own: &Side, volume: &Exact, unit: &str, replicas: &Exact) -> Warning {
    Warning {
        code: "capacity-exceeded".into(),
        message: format!(
            "{} {}s an hour are more than one {} of {} takes ({}); {} are needed",
            display::count(volume),
            unit.replace('_', " "),
            own.step,
            case.deployment.name,
            display::count(&own.capacity),
            display::count(replicas),
        ),
    }
}

fn crossover(found: &break_even::Crossover) -> CrossoverReport {
    let (kind, regret) = match &found.kind {
        Kind::Equal => ("equal", None),
        Kind::Jump { regret } => ("jump", Some(regret.clone())),
        Kind::Tier { regret } => ("tier", regret.clone()),
    };
    CrossoverReport {
        per_hour: found.at.clone(),
        kind: kind.into(),
        replicas: found.replicas.clone(),
        utilization: found.utilisation.clone(),
        regret_per_hour: regret,
    }
}

fn intervals(answer: &Answer) -> Vec<IntervalReport> {
    let of =
        |win: &break_even::Interval| IntervalReport { from_per_hour: win.from.clone(), to_per_hour: win.to.clone() };
    answer.cheaper.iter().map(of).collect()
}

fn wins(side: &Side, answer: &Answer, verdict: &Verdict) -> Wins {
    Wins {
        capacity_per_replica_per_hour: side.capacity.clone(),
        self_hosted_cheaper: intervals(answer),
        permanent_from_per_hour: answer.permanent_from.clone(),
        verdict: verdict.cheaper.name().into(),
    }
}

/// Both sides up to a little beyond all that matters; a staircase of equal steps needs none.
fn curves(
    own: &Side,
    other: &Other,
    answer: &Answer,
    volume: &Exact,
    at: impl Fn(Bound) -> Option<Side>,
) -> Option<Curves> {
    if matches!(own.curve, Curve::Stairs(_)) && other.side.is_none() {
        return None;
    }
    let places = answer.crossovers.iter().map(|crossover| &crossover.at).chain([volume, &own.capacity]);
    let most = places.max().cloned()?;
    let end = &most * &Exact::ratio(5, 4)?;
    let of = |side: &Side| side.drawn(&end);
    let line = || vec![(Exact::ZERO, Exact::ZERO), (end.clone(), other.cost(&end))];
    let band = at(Bound::High).zip(at(Bound::Low)).map(|(fast, slow)| (of(&fast), of(&slow)));
    Some(Curves { self_hosted: of(own), other: other.side.as_ref().map_or_else(line, of), band })
}

/// Whether a deployment's throughput is an estimate.
fn estimated(deployment: &Deployment) -> bool {
    matches!(&deployment.supply, Supply::Replicas(replicas) if replicas.throughput.is_estimated())
}

/// Both ends of an estimated throughput.
fn band(deployment: &Deployment, at: impl Fn(Bound) -> Option<Wins>) -> Option<Band> {
    if !estimated(deployment) {
        return None;
    }
    Some(Band { low: at(Bound::Low)?, high: at(Bound::High)? })
}

/// Every way to buy that has a price, where there are several.
fn purchases(case: &BreakEvenCase, at: impl Fn(Term) -> Option<(Exact, Wins)>) -> Vec<PurchaseReport> {
    let Supply::Replicas(replicas) = &case.deployment.supply else { return Vec::new() };
    let prices = &replicas.package.prices;
    if prices.len() < 2 {
        return Vec::new();
    }
    let of = |term: Term| {
        let (replica_per_hour, wins) = at(term)?;
        Some(PurchaseReport { purchase: term.name().into(), replica_per_hour, wins })
    };
    prices.iter().filter_map(|(term, _)| of(*term)).collect()
}

/// A term is paid in every hour, an hour on demand only when it is used.
fn reserved(case: &BreakEvenCase) -> Vec<ReservedReport> {
    let Supply::Replicas(replicas) = &case.deployment.supply else { return Vec::new() };
    let Some(on_demand) = replicas.package.price(Term::OnDemand) else { return Vec::new() };
    let terms = replicas.package.prices.iter().filter(|(term, _)| term.is_reserved());
    terms
        .filter_map(|(term, price)| {
            let worth_above_utilization = price.value().checked_div(on_demand.value())?;
            Some(ReservedReport { term: term.name().into(), worth_above_utilization })
        })
        .collect()
}

fn assumptions(plan: &Plan, case: &BreakEvenCase) -> Vec<String> {
    let deployment = &case.deployment;
    let mut steps: Vec<Arc<Step>> = vec![deployment.peak_to_mean.step().clone()];
    match &deployment.supply {
        Supply::Replicas(replicas) => {
            steps.extend(replicas.package.prices.iter().map(|(_, price)| price.step().clone()));
            steps.push(replicas.utilization.step().clone());
            if let Throughput::Stated(speed) = &replicas.throughput {
                steps.push(speed.step().clone());
            }
            steps.push(replicas.least.step().clone());
        }
        Supply::Provisioned(units) => {
            steps.extend([units.output_ratio.step().clone(), units.minimum.step().clone(), units.step.step().clone()]);
        }
        Supply::Serverless(workers) => steps.push(workers.utilization.step().clone()),
    }
    if let Some(ops) = &deployment.ops_per_month {
        steps.extend([ops.step().clone(), plan.days_per_month.step().clone()]);
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    steps.iter().for_each(|step| walk(step, &mut seen, &mut found));
    found
}

fn per_hour(per_day: &Exact) -> Exact {
    per_day.checked_div(&Exact::from(24)).unwrap_or(Exact::ZERO)
}

fn mean(plan: &Plan, case: &BreakEvenCase) -> Result<Mean, Vec<Diagnostic>> {
    let workload = &plan.workload;
    let call = workload.mean_call().ok_or_else(|| vec![no_output(plan, case)])?;
    let calls: Exact = workload.tasks.iter().map(|task| task.share.value() * &task.calls()).sum();
    Ok(Mean { input: &calls * &call.0, output: &calls * &call.1, call })
}

fn no_output(plan: &Plan, case: &BreakEvenCase) -> Diagnostic {
    let place = plan.workload.tasks.first().map_or(&case.place, |task| &task.place);
    Diagnostic::at(
        Code::MissingKey,
        place,
        "a break-even needs answers of more than 0 tokens",
        "`output` of the workload",
    )
    .also(&case.place, "for this comparison")
}

/// A request of the workload's mix on the API alone, without any lever.
fn cost_per_request(plan: &Plan, case: &BreakEvenCase, api: &ModelUse) -> Result<Exact, Vec<Diagnostic>> {
    let strategy = Strategy {
        name: api.model.listed.id.clone(),
        place: case.place.clone(),
        response_cache: None,
        retrieval: None,
        compress: None,
        examples: None,
        context: None,
        history: None,
        pack: None,
        fine_tune: None,
        serving: Serving::Single(Server::Model(api.clone())),
        defaults: Overrides::default(),
    };
    // What was promised to a provider is paid on either side.
    let outcome = levers::evaluate(plan, &strategy, Variant::default())?;
    let used = outcome.lines.iter().filter(|line| line.lever != Lever::Commitment);
    let total: Exact = used.map(|line| line.cost.value()).sum();
    Ok(total.checked_div(plan.workload.requests.value()).unwrap_or(Exact::ZERO))
}

/// The API's output price alone, at the mean prompt's tier.
fn output_price(plan: &Plan, api: &ModelUse) -> Result<Exact, Vec<Diagnostic>> {
    let mean = plan.workload.tasks.iter().map(|task| task.prompt.total(|_| true).scaled(&task.share));
    let input = Figure::total(mean);
    levers::standard_price(&api.model, &Component::Output, input.value()).ok_or_else(|| {
        let message = format!("`{}` has no output price to compare with", api.model.listed.id);
        vec![Diagnostic::at(Code::NoPrice, &api.place, message, "compared here").help("use `count: requests`")]
    })
}
