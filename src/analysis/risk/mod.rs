//! Risk: what a scenario may come to when its quantities are ranges.
//!
//! ```text
//! scenario -> exact engine at the medians -> graphs of figures, compiled (tape, cases)
//! Sobol points (sobol) -> normal scores, correlated (normal, sampler) -> values (marginal, beta)
//! values -> costs (evaluator) -> means, quantiles, errors (draws, statistics), sensitivities (sensitivity)
//! ```
//!
//! The cost of a draw is what the exact engine says of the scenario with the drawn values in the place of the ranges. The
//! graph that the engine leaves is compiled for speed, guarded by the comparisons that it was made by, and compared with the
//! engine at some draws of every run; where it does not hold the engine itself computes.
//!
//! What varies here is what is not known of means (how many requests will come, how long the mean answer will be). How single
//! requests differ from each other is not in it: over a month of them it averages out.
#![allow(clippy::float_arithmetic, reason = "statistics are estimates, labelled as such")]

mod beta;
mod cases;
mod compare;
mod directions;
mod draws;
mod evaluator;
mod marginal;
mod normal;
mod polynomial;
mod report;
mod sampler;
mod sensitivity;
mod sobol;
mod statistics;
mod summary;
mod tape;
#[cfg(test)]
mod tests;

pub use report::{
    Accuracy, BudgetRisk, Comparison, CorrelationReport, InputReport, Percentiles, RiskReport, SCHEMA, Sensitivity,
    Spread, StrategyRisk,
};

pub use compare::{MeanChange, RiskChange, compare, is_result};

use cases::{Case, Measure, needs};
use draws::Draws;
use evaluator::Evaluator;
use marginal::P90;
use sampler::Sampler;
use sobol::{BLOCK, Sobol};
use statistics::Sets;

use crate::diag::Diagnostic;
use crate::plan::{Metric, Plan};
use crate::units::Exact;

/// The seed that nobody states.
pub const SEED: u64 = 1;

/// How to draw.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What draws begin with.
    pub seed: u64,
    /// How many; as many as the accuracy takes when `None`.
    pub samples: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: SEED, samples: None }
    }
}

/// Draws at which the compiled graph is compared with the engine, beside those of each quantity alone.
const VERIFIED: usize = 16;
/// The stream of points for these.
const STREAM: u64 = 2;

/// Draws a plan and says what it may come to.
///
/// # Errors
/// Draws that are no scenario (layers of a cache that together answer more than all requests, and the like), where more than
/// one in a hundred are.
pub fn assess(plan: &Plan, settings: &Settings) -> Result<RiskReport, Vec<Diagnostic>> {
    let sampler = Sampler::of(&plan.uncertain);
    let strategies = plan.strategies.len();
    let mut evaluator = Evaluator::new(plan, cases(plan))?;
    let alone = alone(&mut evaluator, &sampler, plan);
    verify(&mut evaluator, &sampler, settings.seed);
    let draws = Draws::of(&mut evaluator, &sampler, settings.seed, settings.samples, strategies)?;
    let indices = sensitivity::indices(&mut evaluator, &sampler, settings.seed)?;
    let worth = sensitivity::worth_knowing(&draws, &sampler, strategies);
    Ok(summary::Found {
        plan,
        settings,
        sampler: &sampler,
        evaluator: &evaluator,
        draws: &draws,
        alone,
        indices,
        worth,
    }
    .report())
}

/// The draws themselves: the cost of a day in USD, by strategy and by set of points; not a number where a draw is impossible.
///
/// # Errors
/// As [`assess`].
pub fn draws(plan: &Plan, settings: &Settings) -> Result<Vec<Vec<Vec<f64>>>, Vec<Diagnostic>> {
    let sampler = Sampler::of(&plan.uncertain);
    let cases = (0..plan.strategies.len()).map(|strategy| (Case { strategy, billing: None }, Vec::new())).collect();
    let mut evaluator = Evaluator::new(plan, cases)?;
    verify(&mut evaluator, &sampler, settings.seed);
    // How accurate a stated number of them is, nobody asks.
    let judged = if settings.samples.is_some() { 0 } else { plan.strategies.len() };
    let draws = Draws::of(&mut evaluator, &sampler, settings.seed, settings.samples, judged)?;
    Ok(draws.values.into_iter().filter_map(|outputs| outputs.into_iter().next()).collect())
}

/// Percentiles of draws by set of points; zero where there are none.
pub fn percentiles<const N: usize>(draws: &[Vec<f64>], of: [f64; N]) -> [Exact; N] {
    let sets = Sets::new(draws.iter().cloned());
    of.map(|p| Exact::of_float(sets.quantile(p).value).unwrap_or(Exact::ZERO))
}

/// The quantiles of a month's cost in USD that budgets and expectations of a plan name.
///
/// # Errors
/// As [`assess`].
pub fn quantiles(plan: &Plan) -> Result<Vec<(usize, Metric, Exact)>, Vec<Diagnostic>> {
    let budgets = plan.budgets.iter().map(|budget| (budget.strategy, budget.metric));
    let claims = plan.expectations.iter().map(|claim| (claim.strategy, claim.metric));
    let wanted: Vec<(usize, Metric, f64)> = budgets
        .chain(claims)
        .filter_map(|(strategy, metric)| Some((strategy, metric, metric.quantile()?.to_f64())))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut strategies: Vec<usize> = wanted.iter().map(|(strategy, ..)| *strategy).collect();
    strategies.sort_unstable();
    strategies.dedup();
    let cases = strategies.iter().map(|strategy| (Case { strategy: *strategy, billing: None }, Vec::new())).collect();
    let days = plan.days_per_month.value();
    if plan.uncertain.inputs.is_empty() {
        let cost = |strategy: usize| {
            let case = Case { strategy, billing: None };
            let exactly = cases::Exactly::of(plan, case, &[])?;
            Ok::<_, Vec<Diagnostic>>(exactly.values().next().map_or(Exact::ZERO, |cost| cost * days))
        };
        return wanted.into_iter().map(|(strategy, metric, _)| Ok((strategy, metric, cost(strategy)?))).collect();
    }
    let sampler = Sampler::of(&plan.uncertain);
    let mut evaluator = Evaluator::new(plan, cases)?;
    verify(&mut evaluator, &sampler, SEED);
    let draws = Draws::of(&mut evaluator, &sampler, SEED, None, strategies.len())?;
    let costs: Vec<Sets> =
        draws.values.iter().filter_map(|case| case.first()).map(|sets| Sets::new(sets.iter().cloned())).collect();
    let of = |(strategy, metric, p): (usize, Metric, f64)| {
        let position = strategies.iter().position(|known| *known == strategy)?;
        let per_day = costs.get(position)?.quantile(p).value;
        Some((strategy, metric, Exact::of_float(per_day * days.to_f64())?.significant(12)))
    };
    Ok(wanted.into_iter().filter_map(of).collect())
}

/// Every strategy, and what its budgets need beside its cost.
fn cases(plan: &Plan) -> Vec<(Case, Vec<Measure>)> {
    let mut found: Vec<(Case, Vec<Measure>)> =
        (0..plan.strategies.len()).map(|strategy| (Case { strategy, billing: None }, Vec::new())).collect();
    for (case, measure) in plan.budgets.iter().filter_map(|budget| needs(budget.strategy, budget.metric)) {
        let at = found.iter().position(|(known, _)| *known == case).unwrap_or_else(|| {
            found.push((case, Vec::new()));
            found.len().saturating_sub(1)
        });
        if let Some((_, measures)) = found.get_mut(at)
            && let Some(measure) = measure.filter(|measure| !measures.contains(measure))
        {
            measures.push(measure);
        }
    }
    found
}

/// By quantity: the outputs of every case when it alone is at its tenth and at its ninetieth percentile, by the exact engine.
type Alone = Vec<[Option<Vec<Vec<f64>>>; 2]>;

fn alone(evaluator: &mut Evaluator<'_>, sampler: &Sampler, plan: &Plan) -> Alone {
    let medians: Vec<f64> = plan.uncertain.inputs.iter().map(|input| input.distribution.median.to_f64()).collect();
    (0..sampler.len())
        .map(|input| {
            [-P90, P90].map(|score| {
                let mut draw = medians.clone();
                if let (Some(slot), Some(marginal)) = (draw.get_mut(input), sampler.marginal(input)) {
                    *slot = marginal.at(score);
                }
                evaluator.verified(&draw).ok()
            })
        })
        .collect()
}

/// Compares the compiled graphs with the engine at some draws. Impossible ones tell nothing here.
fn verify(evaluator: &mut Evaluator<'_>, sampler: &Sampler, seed: u64) {
    let sobol = Sobol::new(sampler.len(), seed, STREAM, 0);
    let mut scores = vec![[0.0; BLOCK]; sampler.len()];
    let mut values = scores.clone();
    sampler.scores(&sobol, 0, 0, &mut scores);
    sampler.values(&scores, &mut values);
    for at in 0..VERIFIED {
        let draw: Vec<f64> = values.iter().filter_map(|values| values.get(at).copied()).collect();
        let _ = evaluator.verified(&draw);
    }
}
