//! From draws to the report.
#![allow(clippy::float_arithmetic, reason = "statistics are estimates, labelled as such")]

use super::cases::{Case, Measure, needs};
use super::draws::{Draws, MEAN_WITHIN, P95_WITHIN};
use super::evaluator::Evaluator;
use super::marginal::P95;
use super::report::{
    Accuracy, BudgetRisk, Comparison, CorrelationReport, InputReport, Percentiles, RiskReport, SCHEMA, Sensitivity,
    Spread, StrategyRisk,
};
use super::sampler::Sampler;
use super::sensitivity::Index;
use super::statistics::{Estimate, REPLICATES, Sets, error};
use super::{Alone, Settings, cases};
use crate::plan::{Budget, Metric, Plan};
use crate::report::{PricesUsed, ScenarioName};
use crate::units::grammar::DAYS_PER_YEAR;
use crate::units::{Exact, display};

/// Indices with a larger standard error deserve a note.
const INDEX_WITHIN: f64 = 0.03;

/// Digits of an estimated amount.
const DIGITS: usize = 12;

/// All that was found out.
pub(super) struct Found<'a> {
    pub plan: &'a Plan,
    pub settings: &'a Settings,
    pub sampler: &'a Sampler,
    pub evaluator: &'a Evaluator<'a>,
    pub draws: &'a Draws,
    pub alone: Alone,
    pub indices: Vec<Option<Vec<Index>>>,
    pub worth: (Vec<f64>, f64),
}

impl Found<'_> {
    pub fn report(&self) -> RiskReport {
        let plan = self.plan;
        let costs: Vec<Sets> = (0..plan.strategies.len()).map(|index| self.per_month(index)).collect();
        let budgets: Vec<(usize, BudgetRisk, Vec<Vec<bool>>)> =
            plan.budgets.iter().filter_map(|budget| self.budget(budget)).collect();
        let cheapest = self.cheapest();
        let name = |index: usize| plan.strategies.get(index).map_or_else(String::new, |s| s.name.clone());
        let strategies = costs.iter().enumerate().map(|(index, costs)| {
            let own: Vec<&Vec<Vec<bool>>> =
                budgets.iter().filter(|(strategy, ..)| *strategy == index).map(|(_, _, over)| over).collect();
            StrategyRisk {
                name: name(index),
                per_month: self.spread(index, costs),
                over_budget: any(&own),
                cheapest: cheapest.get(index).copied().unwrap_or(0.0),
                sensitivity: self.sensitivity(index),
                distribution: (1..100).map(|p| money(costs.quantile(f64::from(p) / 100.0).value)).collect(),
            }
        });
        let strategies: Vec<StrategyRisk> = strategies.collect();
        let best = costs
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.mean().value.total_cmp(&b.mean().value))
            .map_or(0, |(index, _)| index);
        RiskReport {
            schema: SCHEMA,
            scenario: ScenarioName::of(plan),
            prices: PricesUsed::of(plan),
            currency: plan.currency.code.clone(),
            days_per_month: plan.days_per_month.value().clone(),
            samples: self.draws.samples,
            seed: self.settings.seed,
            replicates: REPLICATES,
            accuracy: Accuracy { mean_within: MEAN_WITHIN, p95_within: P95_WITHIN, reached: self.draws.is_accurate },
            inputs: self.inputs(),
            correlations: self.correlations(),
            comparisons: self.comparisons(),
            budgets: budgets.into_iter().map(|(_, budget, _)| budget).collect(),
            cheapest_on_the_mean: name(best),
            worth_knowing_everything_per_month: money(self.worth.1 * self.month()),
            notes: self.notes(),
            strategies,
        }
    }

    /// From USD a day to the scenario's currency a month.
    fn month(&self) -> f64 {
        (self.plan.days_per_month.value() * &self.plan.currency.per_usd).to_f64()
    }

    fn sets(&self, case: usize, output: usize) -> &[Vec<f64>] {
        self.draws.values.get(case).and_then(|case| case.get(output)).map_or(&[], Vec::as_slice)
    }

    fn per_month(&self, strategy: usize) -> Sets {
        let month = self.month();
        let scaled = |set: &Vec<f64>| set.iter().map(|cost| cost * month).collect();
        Sets::new(self.sets(strategy, 0).iter().map(scaled))
    }

    fn spread(&self, strategy: usize, costs: &Sets) -> Spread {
        let of = |p: f64| costs.quantile(p);
        let all = [0.05, 0.1, 0.5, 0.9, 0.95, 0.99].map(of);
        let percentiles = |what: &dyn Fn(&Estimate) -> f64| {
            let [p5, p10, p50, p90, p95, p99] = all.map(|estimate| money(what(&estimate)));
            Percentiles { p5, p10, p50, p90, p95, p99 }
        };
        let mean = costs.mean();
        let case = Case { strategy, billing: None };
        let exactly = cases::Exactly::of(self.plan, case, &[]).ok();
        let per_day = exactly.as_ref().and_then(|exactly| exactly.values().next()).unwrap_or(&Exact::ZERO).clone();
        Spread {
            at_medians: &(&per_day * self.plan.days_per_month.value()) * &self.plan.currency.per_usd,
            mean: money(mean.value),
            standard_error: money(mean.error),
            sd: money(costs.sd()),
            percentiles: percentiles(&|estimate| estimate.value),
            standard_errors: percentiles(&|estimate| estimate.error),
        }
    }

    fn sensitivity(&self, strategy: usize) -> Vec<Sensitivity> {
        let month = self.month();
        let indices = self.indices.get(strategy).and_then(Option::as_ref);
        let alone = |input: usize, end: usize| {
            let outputs = self.alone.get(input)?.get(end)?.as_ref()?;
            outputs.get(strategy)?.first().map(|cost| money(cost * month))
        };
        let mut found: Vec<(f64, Sensitivity)> = self
            .plan
            .uncertain
            .inputs
            .iter()
            .enumerate()
            .map(|(index, input)| {
                let of = indices.and_then(|indices| indices.get(index));
                let found = Sensitivity {
                    input: input.path.clone(),
                    first_order: of.map(|index| share(index.first)),
                    total: of.map(|index| share(index.total)),
                    low: alone(index, 0),
                    high: alone(index, 1),
                };
                (of.map_or(0.0, |index| index.total), found)
            })
            .collect();
        found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// The probability of each strategy that no other one costs less.
    fn cheapest(&self) -> Vec<f64> {
        let count = self.plan.strategies.len();
        let mut wins = vec![0.0; count];
        let mut all = 0.0;
        let sets: Vec<&[Vec<f64>]> = (0..count).map(|strategy| self.sets(strategy, 0)).collect();
        for set in 0..REPLICATES {
            let of_set: Vec<&Vec<f64>> = sets.iter().filter_map(|sets| sets.get(set)).collect();
            for at in 0..of_set.first().map_or(0, |values| values.len()) {
                let costs: Vec<f64> = of_set.iter().filter_map(|values| values.get(at).copied()).collect();
                let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
                if costs.iter().any(|cost| cost.is_nan()) {
                    continue;
                }
                all += 1.0;
                wins.iter_mut().zip(&costs).filter(|(_, cost)| same(**cost, least)).for_each(|(win, _)| *win += 1.0);
            }
        }
        wins.into_iter().map(|win| share(win / all)).collect()
    }

    fn comparisons(&self) -> Vec<Comparison> {
        let names: Vec<&String> = self.plan.strategies.iter().map(|strategy| &strategy.name).collect();
        let month = self.month();
        let mut found = Vec::new();
        for (first, a) in names.iter().enumerate() {
            for (second, b) in names.iter().enumerate().skip(first.saturating_add(1)) {
                let pairs = self.sets(first, 0).iter().zip(self.sets(second, 0));
                let less = |set: (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
                    let saved = set.0.iter().zip(set.1).map(|(a, b)| if same(*a, *b) { 0.0 } else { (b - a) * month });
                    saved.collect()
                };
                let saved = Sets::new(pairs.map(less));
                let cheaper = saved.above(0.0);
                found.push(Comparison {
                    a: (*a).clone(),
                    b: (*b).clone(),
                    a_cheaper: share(cheaper.value),
                    b_cheaper: share(saved.below(0.0)),
                    standard_error: share(cheaper.error),
                    a_saves_per_month: money(saved.mean().value),
                    a_saves_p5: money(saved.quantile(0.05).value),
                    a_saves_p95: money(saved.quantile(0.95).value),
                });
            }
        }
        found
    }

    /// A budget, its strategy, and by set of points which draws pass it.
    fn budget(&self, budget: &Budget) -> Option<(usize, BudgetRisk, Vec<Vec<bool>>)> {
        let (case, measure) = needs(budget.strategy, budget.metric)?;
        let all = cases(self.plan);
        let position = all.iter().position(|(known, _)| *known == case)?;
        let (_, measures) = all.get(position)?;
        let costs = self.sets(position, 0);
        let output = match measure {
            Some(measure) => measures.iter().position(|known| *known == measure)?.saturating_add(1),
            None => 0,
        };
        let others = self.sets(position, output);
        let days = self.plan.days_per_month.value().to_f64();
        let metric = |cost: f64, other: f64| match (budget.metric, measure) {
            (_, Some(Measure::Requests | Measure::RightAnswers)) => cost / other,
            (_, Some(Measure::WorkloadTokens)) => cost * 1e6 / other,
            (_, Some(_)) => other,
            (Metric::PerDay, None) => cost,
            (Metric::PerYear, None) => cost * DAYS_PER_YEAR as f64,
            (_, None) => cost * days,
        };
        let limit = budget.limit.to_f64();
        let over: Vec<Vec<bool>> = costs
            .iter()
            .zip(others)
            .map(|(costs, others)| {
                let both = costs.iter().zip(others).filter(|(cost, _)| !cost.is_nan());
                both.map(|(cost, other)| metric(*cost, *other) > limit).collect()
            })
            .collect();
        let probability = any(&[&over])?;
        let each: Vec<f64> = over.iter().filter_map(|set| any(&[&vec![set.clone()]])).collect();
        let shown =
            if budget.metric.is_money() { &budget.limit * &self.plan.currency.per_usd } else { budget.limit.clone() };
        let found = BudgetRisk {
            strategy: self.plan.strategies.get(budget.strategy)?.name.clone(),
            metric: budget.metric.name().to_owned(),
            limit: shown,
            over: probability,
            standard_error: share(error(&each)),
            allowed: budget.metric.quantile().map(|quantile| share(1.0 - quantile.to_f64())),
            place: budget.place.to_string(),
        };
        Some((budget.strategy, found, over))
    }

    fn inputs(&self) -> Vec<InputReport> {
        let month = self.month();
        let of = |(index, input): (usize, &crate::plan::Input)| {
            let at = |z: f64| number(self.sampler.marginal(index).map_or(f64::NAN, |marginal| marginal.at(z)));
            InputReport {
                input: input.path.clone(),
                name: input.name.clone(),
                place: input.place.to_string(),
                stated: input.place.text().split_whitespace().collect::<Vec<_>>().join(" "),
                p5: at(-P95),
                p50: input.distribution.median.clone(),
                p95: at(P95),
                worth_knowing_per_month: money(self.worth.0.get(index).copied().unwrap_or(0.0) * month),
            }
        };
        self.plan.uncertain.inputs.iter().enumerate().map(of).collect()
    }

    fn correlations(&self) -> Vec<CorrelationReport> {
        let inputs = &self.plan.uncertain.inputs;
        let path = |index: usize| inputs.get(index).map_or_else(String::new, |input| input.path.clone());
        let all = self.plan.uncertain.correlations.iter();
        all.map(|known| CorrelationReport { between: [path(known.first), path(known.second)], rho: known.rho.clone() })
            .collect()
    }

    fn notes(&self) -> Vec<String> {
        let tally = &self.evaluator.tally;
        let mut found = vec![
            "what varies is what is not known of means; how single requests differ averages out over a month and is not in it"
                .to_owned(),
        ];
        let mut slow: Vec<&str> = self
            .evaluator
            .exact_strategies()
            .filter_map(|strategy| self.plan.strategies.get(strategy).map(|strategy| strategy.name.as_str()))
            .collect();
        slow.dedup();
        if slow.is_empty() {
            found.push(format!(
                "draws are computed by the compiled formulae; {} values were compared with the exact engine and differ by no more than {:.0e}",
                tally.compared, tally.largest_difference,
            ));
        } else {
            found.push(format!(
                "{}: no single formula tells the cost, so every draw is computed by the exact engine, and fewer are drawn",
                slow.join(", ")
            ));
        }
        if tally.exact > 0 && slow.is_empty() {
            found.push(format!("{} draws at tiers, caps and the like were computed by the exact engine", tally.exact));
        }
        for (strategy, indices) in self.plan.strategies.iter().zip(&self.indices) {
            let worst = indices.iter().flatten().map(|index| index.error).fold(0.0, f64::max);
            if worst > INDEX_WITHIN {
                found.push(format!(
                    "the sensitivities of {} may be off by {:.0} percentage points: few draws carry most of its variance; what it costs at \
                     the ends of each quantity is exact",
                    strategy.name,
                    worst * 100.0,
                ));
            }
        }
        if tally.impossible > 0 {
            found.push(format!(
                "{} draws are no scenario (shares of more than 100%, and the like) and were left out",
                tally.impossible
            ));
        }
        if self.sampler.has_correlations() {
            found.push(
                "where quantities go together, first-order indices hold what one tells of the others, and total indices only what the others do not tell"
                    .to_owned(),
            );
        }
        if !self.draws.is_accurate {
            found.push(format!(
                "the accuracy aimed at (mean within {}, P95 within {}) was not reached with {} draws; the standard errors say how close the result is",
                percent(MEAN_WITHIN),
                percent(P95_WITHIN),
                display::grouped(&self.draws.samples.to_string()),
            ));
        }
        found
    }
}

/// The part of the draws that pass any of some limits.
fn any(limits: &[&Vec<Vec<bool>>]) -> Option<f64> {
    let first = limits.first()?;
    let (mut over, mut all) = (0.0, 0.0);
    for (set, values) in first.iter().enumerate() {
        for at in 0..values.len() {
            let passes = |limit: &&Vec<Vec<bool>>| limit.get(set).and_then(|set| set.get(at)).copied().unwrap_or(false);
            all += 1.0;
            over += f64::from(u8::from(limits.iter().any(passes)));
        }
    }
    Some(share(over / all))
}

/// Whether two costs differ by their rounding only.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

fn percent(part: f64) -> String {
    display::plain_percent(&number(part))
}

/// A share to six decimals.
fn share(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn money(value: f64) -> Exact {
    number(value)
}

/// An estimate to twelve digits.
fn number(value: f64) -> Exact {
    Exact::of_float(value).map_or(Exact::ZERO, |value| value.significant(DIGITS))
}
