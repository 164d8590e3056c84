//! Break-evens of a report: an API against a deployment, at every volume.

use std::collections::HashSet;

use serde::Serialize;

use super::Warning;
use super::build::walk;
use crate::diag::{Code, Diagnostic};
use crate::figure::Figure;
use crate::hosting::break_even::{BreakEven, Kind, Side, Staircase};
use crate::levers;
use crate::plan::{BreakEvenCase, Counted, Deployment, Overrides, Plan, Serving, Strategy};
use crate::pricing::Component;
use crate::units::{Exact, display};

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub struct BreakEvenReport {
    /// The model whose API is compared.
    pub api: String,
    /// The deployment.
    pub deployment: String,
    /// What volumes count: `output_token` or `request`.
    pub unit: &'static str,
    /// USD per million units of the API.
    pub api_per_million: Exact,
    /// USD per million units of a replica that is always full.
    pub self_hosted_full_load_per_million: Exact,
    /// Units per hour that a replica can take, at its utilisation and with its peaks.
    pub capacity_per_replica_per_hour: Exact,
    /// USD per hour of a replica.
    pub replica_per_hour: Exact,
    /// USD per hour whatever the load.
    pub fixed_per_hour: Exact,
    /// Replicas that are always there.
    pub least_replicas: Exact,
    /// Volumes at which the cheaper side changes, ascending.
    pub crossovers_per_hour: Vec<Exact>,
    /// What happens at each of them: `equal` (the API is dearer above) or `jump` (a replica is added).
    pub crossover_kinds: Vec<&'static str>,
    /// Every interval (from, to] in which self-hosting is strictly cheaper.
    pub self_hosted_cheaper: Vec<IntervalReport>,
    /// The volume above which it always is; `None`: never.
    pub permanent_from_per_hour: Option<Exact>,
    /// Whether intervals were left out because there are too many.
    pub truncated: bool,
    /// The answer at the workload's own volume.
    pub verdict: VerdictReport,
    /// Defaults that touched a figure.
    pub assumptions: Vec<String>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// Volumes (from, to] per hour; without end when `to` is `None`.
#[derive(Clone, Debug, Serialize)]
pub struct IntervalReport {
    /// Not included.
    pub from_per_hour: Exact,
    /// Included.
    pub to_per_hour: Option<Exact>,
}

/// The answer at the workload's own volume.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictReport {
    /// The volume.
    pub volume_per_hour: Exact,
    /// `self_hosted`, `api` or `equal`.
    pub cheaper: &'static str,
    /// USD per hour of the API.
    pub api_per_hour: Exact,
    /// USD per hour of hosting.
    pub self_hosted_per_hour: Exact,
    /// Replicas needed.
    pub replicas: Exact,
}

/// All comparisons that a scenario asks for.
///
/// # Errors
/// Prices that are needed and not stated.
pub(super) fn break_evens(plan: &Plan) -> Result<Vec<BreakEvenReport>, Vec<Diagnostic>> {
    let cases = plan.break_evens.iter().filter_map(|case| Some((case, plan.deployments.get(case.deployment)?)));
    cases.map(|(case, deployment)| compare(plan, case, deployment)).collect()
}

fn compare(plan: &Plan, case: &BreakEvenCase, deployment: &Deployment) -> Result<BreakEvenReport, Vec<Diagnostic>> {
    let hour = Exact::from(3600);
    let tokens = deployment.throughput.scaled(&deployment.utilization);
    let peak = deployment.peak_to_mean.value();
    let tokens_per_hour = (tokens.value() * &hour).checked_div(peak).unwrap_or(Exact::ZERO);
    let requests_per_hour = per_hour(plan.workload.requests.value());
    let output = mean_output(plan, case)?;
    let (unit, price, capacity, volume) = match case.counts {
        Counted::Output => ("output_token", output_price(plan, case)?, tokens_per_hour, &requests_per_hour * &output),
        Counted::Requests => {
            let capacity = tokens_per_hour.checked_div(&output).ok_or_else(|| vec![no_output(plan, case)])?;
            ("request", cost_per_request(plan, case)?, capacity, requests_per_hour)
        }
    };
    let hours_per_month = plan.days_per_month.value() * &Exact::from(24);
    let ops = deployment.ops_per_month.as_ref().map_or(Exact::ZERO, |ops| ops.value().clone());
    let stairs = Staircase {
        fixed: ops.checked_div(&hours_per_month).unwrap_or(Exact::ZERO),
        per_replica: deployment.usd_per_gpu_hour.times(&deployment.gpus).value().clone(),
        min_replicas: deployment.least.value().clone(),
        capacity,
    };
    let full_load = stairs.full_load().unwrap_or(Exact::ZERO);
    // Capacity above zero and prices not below it are checked with the scenario.
    let Some(answer) = BreakEven::of(stairs, price.clone()) else { return Err(vec![no_output(plan, case)]) };
    let verdict = answer.verdict(&volume);
    let million = Exact::from(1_000_000);
    let mut warnings = Vec::new();
    if volume > answer.stairs.capacity {
        warnings.push(Warning {
            code: "capacity-exceeded",
            message: format!(
                "{} {}s an hour are more than one replica of {} takes ({}); {} are needed",
                display::count(&volume),
                unit.replace('_', " "),
                deployment.name,
                display::count(&answer.stairs.capacity),
                display::count(&verdict.replicas),
            ),
        });
    }
    Ok(BreakEvenReport {
        api: case.api.model.listed.id.clone(),
        deployment: deployment.name.clone(),
        unit,
        api_per_million: &price * &million,
        self_hosted_full_load_per_million: &full_load * &million,
        capacity_per_replica_per_hour: answer.stairs.capacity.clone(),
        replica_per_hour: answer.stairs.per_replica.clone(),
        fixed_per_hour: answer.stairs.fixed.clone(),
        least_replicas: answer.stairs.min_replicas.clone(),
        crossovers_per_hour: answer.crossovers.iter().map(|crossover| crossover.at.clone()).collect(),
        crossover_kinds: answer.crossovers.iter().map(|crossover| kind(&crossover.kind)).collect(),
        self_hosted_cheaper: answer
            .cheaper
            .iter()
            .map(|win| IntervalReport { from_per_hour: win.from.clone(), to_per_hour: win.to.clone() })
            .collect(),
        permanent_from_per_hour: answer.permanent_from.clone(),
        truncated: answer.truncated(),
        verdict: VerdictReport {
            volume_per_hour: volume,
            cheaper: match verdict.cheaper {
                Side::SelfHosted => "self_hosted",
                Side::Api => "api",
                Side::Equal => "equal",
            },
            api_per_hour: verdict.api,
            self_hosted_per_hour: verdict.self_hosted,
            replicas: verdict.replicas,
        },
        assumptions: assumptions(plan, deployment),
        warnings,
    })
}

fn assumptions(plan: &Plan, deployment: &Deployment) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut steps = vec![
        deployment.gpus.step(),
        deployment.usd_per_gpu_hour.step(),
        deployment.throughput.step(),
        deployment.utilization.step(),
        deployment.least.step(),
        deployment.peak_to_mean.step(),
    ];
    if let Some(ops) = &deployment.ops_per_month {
        steps.extend([ops.step(), plan.days_per_month.step()]);
    }
    for step in steps {
        walk(step, &mut seen, &mut found);
    }
    found
}

fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Jump { .. } => "jump",
        _ => "equal",
    }
}

fn per_hour(per_day: &Exact) -> Exact {
    per_day.checked_div(&Exact::from(24)).unwrap_or(Exact::ZERO)
}

/// Output tokens of the mean request, reasoning included: a replica writes both.
fn mean_output(plan: &Plan, case: &BreakEvenCase) -> Result<Exact, Vec<Diagnostic>> {
    let mut sum = Exact::ZERO;
    for task in &plan.workload.tasks {
        let Some(output) = &task.output else { return Err(vec![no_output(plan, case)]) };
        sum = &sum + &(task.share.value() * &(output.value() + task.reasoning.value()));
    }
    Ok(sum)
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
fn cost_per_request(plan: &Plan, case: &BreakEvenCase) -> Result<Exact, Vec<Diagnostic>> {
    let strategy = Strategy {
        name: case.api.model.listed.id.clone(),
        place: case.place.clone(),
        response_cache: None,
        compress: None,
        examples: None,
        context_max: None,
        pack: None,
        serving: Serving::Model(case.api.clone()),
        defaults: Overrides::default(),
    };
    let total = levers::evaluate(plan, &strategy, None)?.total;
    Ok(total.value().checked_div(plan.workload.requests.value()).unwrap_or(Exact::ZERO))
}

/// The API's output price alone, at the mean prompt's tier.
fn output_price(plan: &Plan, case: &BreakEvenCase) -> Result<Exact, Vec<Diagnostic>> {
    let mean = plan.workload.tasks.iter().map(|task| task.prompt.total(|_| true).scaled(&task.share));
    let input = Figure::total(mean);
    levers::standard_price(&case.api.model, &Component::Output, input.value()).ok_or_else(|| {
        let message = format!("`{}` has no output price to compare with", case.api.model.listed.id);
        vec![Diagnostic::at(Code::NoPrice, &case.api.place, message, "compared here").help("use `count: requests`")]
    })
}
