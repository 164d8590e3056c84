//! Strategies as functions of the uncertain quantities: the exact engine, and what it leaves compiled.

use std::sync::Arc;

use super::tape::Tape;
use crate::diag::Diagnostic;
use crate::figure::{Figure, Step, Volume};
use crate::levers::{self, Outcome, Quantity, Variant};
use crate::plan::{Billing, Draw, Drawn, Input, Metric, Plan};
use crate::report::{is_input, is_output};
use crate::units::Exact;

/// A strategy, possibly with cascades billed another way than it states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Case {
    /// Which strategy.
    pub strategy: usize,
    /// How its cascades are billed, where that is not as stated.
    pub billing: Option<Billing>,
}

/// What is wanted of a case beside its cost per day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// Requests per day.
    Requests,
    /// Tokens per day of the workload as stated.
    WorkloadTokens,
    /// Model calls per day.
    Calls,
    /// Requests per day that get a right answer.
    RightAnswers,
    /// Input tokens per day.
    InputTokens,
    /// Output tokens per day.
    OutputTokens,
}

/// The case and the measure that a metric needs; `None` for what no budget limits.
pub fn needs(strategy: usize, metric: Metric) -> Option<(Case, Option<Measure>)> {
    let case = |billing| Case { strategy, billing };
    Some(match metric {
        Metric::PerDay
        | Metric::PerMonth
        | Metric::PerYear
        | Metric::P50PerMonth
        | Metric::P90PerMonth
        | Metric::P95PerMonth => (case(None), None),
        Metric::PerRequest => (case(None), Some(Measure::Requests)),
        Metric::PerMillionTokens => (case(None), Some(Measure::WorkloadTokens)),
        Metric::PerAcceptedAnswer => (case(None), Some(Measure::RightAnswers)),
        Metric::CallsPerDay => (case(None), Some(Measure::Calls)),
        Metric::InputTokensPerDay => (case(None), Some(Measure::InputTokens)),
        Metric::OutputTokensPerDay => (case(None), Some(Measure::OutputTokens)),
        Metric::EveryAttemptPerMonth => (case(Some(Billing::EveryAttempt)), None),
        Metric::FinalOnlyPerMonth => (case(Some(Billing::FinalOnly)), None),
        Metric::SavingsPerDay
        | Metric::SavingsPerMonth
        | Metric::SavingsPercent
        | Metric::Quality
        | Metric::FineTuneSavesPerCall
        | Metric::FineTuneBreakEvenCalls => return None,
    })
}

/// A case computed exactly: cost per day, then the measures.
pub struct Exactly {
    outcome: Outcome,
    outputs: Vec<Arc<Step>>,
}

impl Exactly {
    /// Runs the engine.
    pub fn of(plan: &Plan, case: Case, measures: &[Measure]) -> Result<Self, Vec<Diagnostic>> {
        let Some(strategy) = plan.strategies.get(case.strategy) else { return Err(Vec::new()) };
        let outcome = levers::evaluate(plan, strategy, Variant { billing: case.billing, ..Variant::default() })?;
        let mut outputs = vec![Arc::clone(outcome.total.step())];
        outputs.extend(measures.iter().map(|measure| measured(plan, &outcome, *measure)));
        Ok(Self { outcome, outputs })
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &Exact> {
        self.outputs.iter().map(|step| &step.value)
    }

    /// The figures behind them, compiled.
    pub fn compiled(&self, plan: &Plan) -> Option<Tape> {
        let places: Vec<_> = plan.uncertain.inputs.iter().map(|input| &input.place).collect();
        Tape::of(&self.outputs, &[&plan.uncertain.decisions, &self.outcome.decisions], &places)
    }
}

fn measured(plan: &Plan, outcome: &Outcome, measure: Measure) -> Arc<Step> {
    let tokens = |wanted: &dyn Fn(&levers::Line) -> bool, hosted: &dyn Fn(&levers::Hosted) -> Figure<Volume>| {
        let lines = outcome.lines.iter().filter(|line| wanted(line)).filter_map(|line| match &line.quantity {
            Quantity::Tokens(volume) => Some(volume.clone()),
            Quantity::Events(_)
            | Quantity::Month(_)
            | Quantity::Kept(..)
            | Quantity::Uptime(..)
            | Quantity::Runtime(_) => None,
        });
        Arc::clone(Figure::total(lines.chain(outcome.hosted.iter().map(hosted))).step())
    };
    match measure {
        Measure::Requests => Arc::clone(plan.workload.requests.step()),
        Measure::WorkloadTokens => Arc::clone(plan.workload.tokens().step()),
        Measure::Calls => Arc::clone(Figure::total(outcome.calls.iter().map(|(_, calls)| calls.clone())).step()),
        Measure::RightAnswers => {
            let quality = outcome.quality.clone().unwrap_or_else(Figure::zero);
            Arc::clone(plan.workload.requests.scaled(&quality).step())
        }
        Measure::InputTokens => tokens(&is_input, &|hosted| hosted.input.clone()),
        Measure::OutputTokens => tokens(&is_output, &|hosted| hosted.output.clone()),
    }
}

/// The plan at drawn values.
pub fn plan_at(plan: &Plan, values: &[f64]) -> Result<Plan, Vec<Diagnostic>> {
    let drawn = |(input, value): (&Input, &f64)| {
        let value = Exact::of_float(*value).unwrap_or(Exact::ZERO);
        (input.place.clone(), Drawn { value, distribution: Arc::clone(&input.distribution) })
    };
    plan.uncertain.again.at(&Draw::new(plan.uncertain.inputs.iter().zip(values).map(drawn).collect())).map_err(
        |found| {
            // Only what came in from outside of the distribution's bounds and the like fails here; say at which numbers.
            let shown = plan.uncertain.inputs.iter().zip(values).map(|(input, value)| {
                let value = Exact::of_float(*value).unwrap_or(Exact::ZERO);
                format!("{} = {}", input.path, value.significant(6))
            });
            let at = format!("this is so at a draw of what is uncertain: {}", shown.collect::<Vec<_>>().join(", "));
            found.into_iter().map(|problem| problem.help(at.clone())).collect()
        },
    )
}
