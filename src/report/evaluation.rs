//! Every strategy of a plan computed, with the variants that reports compare.

use super::break_even::{BreakEvenReport, break_evens};
use super::fine_tune::{Tuned, tuned};
use crate::analysis::optimize::{Spot, random_shares};
use crate::analysis::risk;
use crate::diag::Diagnostic;
use crate::figure::{Cost, Figure};
use crate::levers::{self, Outcome, Quantity, Variant};
use crate::parallel;
use crate::plan::{Arm, Billing, Bound, Metric, Plan, Route, Serving, Strategy, Task};
use crate::units::{Exact, grammar::DAYS_PER_YEAR};

/// A plan and what its strategies come to.
#[derive(Debug)]
pub struct Evaluation {
    /// The plan.
    pub plan: Plan,
    /// One result per strategy, in the same order.
    pub results: Vec<Computed>,
    /// The comparisons that the plan asks for, in the same order.
    pub break_even: Vec<BreakEvenReport>,
    /// Quantiles of the cost of a month in USD that budgets and expectations name, estimates all of them.
    pub quantiles: Vec<(usize, Metric, Exact)>,
}

/// A strategy computed.
#[derive(Debug)]
pub struct Computed {
    /// The bill.
    pub outcome: Outcome,
    /// Both ways to bill its cascades; `None` without one.
    pub cascade: Option<Billings>,
    /// Its tuned model against whom that spares.
    pub tuned: Option<Tuned>,
    /// What it costs at both ends of the throughputs that it estimates, the lesser cost first; `None` where it estimates none.
    pub interval: Option<(Exact, Exact)>,
    /// What mixing the models of its route at random would cost for the same quality; `None` where it has none, or no quality.
    pub random_mix: Option<Exact>,
    /// What it would cost if every request were the mean request; `None` where all are alike.
    pub evened: Option<Exact>,
}

/// A strategy with cascades, billed both ways.
#[derive(Debug)]
pub struct Billings {
    /// Every attempt is paid.
    pub every_attempt: Outcome,
    /// Only the step that answered is paid.
    pub final_only: Outcome,
}

impl Evaluation {
    /// Computes all strategies.
    ///
    /// # Errors
    /// Prices that are needed and not stated.
    pub fn of(plan: Plan) -> Result<Self, Vec<Diagnostic>> {
        let mut results = Vec::new();
        let mut problems: Vec<Diagnostic> = Vec::new();
        let of = |index: usize| plan.strategies.get(index).map(|strategy| computed(&plan, strategy));
        for result in parallel::each(plan.strategies.len(), of).into_iter().flatten() {
            match result {
                Ok(result) => results.push(result),
                Err(found) => problems.extend(found),
            }
        }
        let break_even = break_evens(&plan).unwrap_or_else(|found| {
            problems.extend(found);
            Vec::new()
        });
        let quantiles = if problems.is_empty() {
            risk::quantiles(&plan).unwrap_or_else(|found| {
                problems.extend(found);
                Vec::new()
            })
        } else {
            Vec::new()
        };
        if problems.is_empty() {
            return Ok(Self { plan, results, break_even, quantiles });
        }
        let mut sink = crate::diag::Sink::default();
        problems.into_iter().for_each(|problem| sink.add(problem));
        sink.finish(None)
    }

    /// The baseline's cost per day.
    pub fn baseline(&self) -> Figure<Cost> {
        self.results.get(self.plan.baseline).map_or_else(Figure::zero, |result| result.outcome.total.clone())
    }

    /// A figure of a strategy, in USD or its own unit; `None` where it does not exist.
    pub fn metric(&self, strategy: usize, metric: Metric) -> Option<Exact> {
        let result = self.results.get(strategy)?;
        let days = self.plan.days_per_month.value();
        let day = result.outcome.total.value();
        let saved = self.baseline().value() - day;
        let total = |of: &dyn Fn(&levers::Line) -> bool| {
            result.outcome.lines.iter().filter(|line| of(line)).map(|line| &line.quantity.step().value).sum::<Exact>()
        };
        let hosted = |of: &dyn Fn(&levers::Hosted) -> &Exact| result.outcome.hosted.iter().map(of).sum::<Exact>();
        Some(match metric {
            Metric::PerDay => day.clone(),
            Metric::PerMonth => day * days,
            Metric::PerYear => day * &Exact::from(DAYS_PER_YEAR),
            Metric::PerRequest => day.checked_div(self.plan.workload.requests.value())?,
            Metric::PerMillionTokens => (day * &Exact::from(1_000_000)).checked_div(&self.workload_tokens())?,
            Metric::SavingsPerDay => saved,
            Metric::SavingsPerMonth => &saved * days,
            Metric::SavingsPercent => (&saved * &Exact::from(100)).checked_div(self.baseline().value())?,
            Metric::CallsPerDay => result.outcome.calls.iter().map(|(_, calls)| calls.value()).sum(),
            Metric::InputTokensPerDay => &total(&is_input) + &hosted(&|hosted| hosted.input.value()),
            Metric::OutputTokensPerDay => &total(&is_output) + &hosted(&|hosted| hosted.output.value()),
            Metric::Quality => result.outcome.quality.as_ref()?.value().clone(),
            Metric::PerAcceptedAnswer => {
                let quality = result.outcome.quality.as_ref()?.value();
                day.checked_div(&(self.plan.workload.requests.value() * quality))?
            }
            Metric::P50PerMonth | Metric::P90PerMonth | Metric::P95PerMonth => {
                let of = |known: &&(usize, Metric, Exact)| (known.0, known.1) == (strategy, metric);
                self.quantiles.iter().find(of)?.2.clone()
            }
            Metric::FineTuneSavesPerCall => result.tuned.as_ref()?.saves()?,
            Metric::FineTuneBreakEvenCalls => result.tuned.as_ref()?.break_even()?,
            Metric::EveryAttemptPerMonth => result.cascade.as_ref()?.every_attempt.total.value() * days,
            Metric::FinalOnlyPerMonth => result.cascade.as_ref()?.final_only.total.value() * days,
        })
    }

    /// Tokens per day of the workload as stated: prompts, answers and reasoning of all calls, before any lever.
    pub(super) fn workload_tokens(&self) -> Exact {
        self.plan.workload.tokens().value().clone()
    }
}

/// Whether a line bills tokens that a model reads. What is held is counted in token-hours, which are none.
pub(crate) fn is_input(line: &levers::Line) -> bool {
    let component = line.component.as_str();
    let is_read = component.starts_with("input") || component.starts_with("cache") || component == "reindex";
    line.model.is_some() && matches!(line.quantity, Quantity::Tokens(_)) && is_read && component != "cache_storage"
}

/// Whether a line bills tokens that a model writes.
pub(crate) fn is_output(line: &levers::Line) -> bool {
    line.model.is_some() && (line.component.starts_with("output") || line.component == "reasoning")
}

fn computed(plan: &Plan, strategy: &Strategy) -> Result<Computed, Vec<Diagnostic>> {
    let with = |variant: Variant| levers::evaluate(plan, strategy, variant);
    let total = |variant: Variant| with(variant).map(|outcome| outcome.total.value().clone());
    let outcome = with(Variant::default())?;
    let billed = |billing| with(Variant { billing: Some(billing), ..Variant::default() });
    let cascade = if has_cascade(strategy.answers()) {
        Some(Billings { every_attempt: billed(Billing::EveryAttempt)?, final_only: billed(Billing::FinalOnly)? })
    } else {
        None
    };
    let interval = if outcome.hosted.iter().any(|hosted| hosted.is_estimated) {
        let at = |throughput| total(Variant { throughput, ..Variant::default() });
        let (slow, fast) = (at(Bound::Low)?, at(Bound::High)?);
        Some(if slow < fast { (slow, fast) } else { (fast, slow) })
    } else {
        None
    };
    let differ = |task: &Task| task.lengths.is_some() || task.turns.is_some() || task.agent.is_some();
    let evened = if plan.workload.tasks.iter().any(differ) {
        Some(total(Variant { evened: true, ..Variant::default() })?).filter(|evened| evened != outcome.total.value())
    } else {
        None
    };
    let tuned = tuned(plan, strategy, &outcome);
    let random_mix = random_mix_of(plan, strategy, &outcome);
    Ok(Computed { outcome, cascade, tuned, interval, random_mix, evened })
}

/// What the arms of a route would cost, each for everything, mixed so that as many answers are right.
fn random_mix_of(plan: &Plan, strategy: &Strategy, outcome: &Outcome) -> Option<Exact> {
    let Serving::Route(route) = strategy.answers() else { return None };
    let quality = outcome.quality.as_ref()?.value();
    let mixed = |shares: Vec<(usize, Exact)>| {
        let shares = shares.into_iter().map(|(arm, share)| (arm, Figure::constant(share))).collect();
        let all = Route {
            arms: route.arms.clone(),
            shares: vec![shares; plan.workload.tasks.len()],
            // Nobody has to choose.
            router: None,
            misroute: None,
            by: None,
        };
        let blind = Strategy { serving: Serving::Route(Box::new(all)), fine_tune: None, ..strategy.clone() };
        levers::evaluate(plan, &blind, Variant::default()).ok()
    };
    let spot = |arm: usize| {
        let outcome = mixed(vec![(arm, Exact::ONE)])?;
        Some(Spot { cost: outcome.total.value().clone(), quality: outcome.quality?.value().clone() })
    };
    if route.arms.len() < 2 {
        return None;
    }
    let spots: Vec<Spot> = (0..route.arms.len()).map(spot).collect::<Option<_>>()?;
    Some(mixed(random_shares(&spots, quality)?)?.total.value().clone())
}

fn has_cascade(serving: &Serving) -> bool {
    match serving {
        Serving::Single(_) => false,
        Serving::Cascade(_) => true,
        Serving::Route(route) => route.arms.iter().any(|arm: &Arm| has_cascade(&arm.serving)),
    }
}
