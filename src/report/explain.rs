//! Explanations: the formula of a figure with the numbers put in, down to where each number stands.

use std::sync::Arc;

use serde::Serialize;

use super::evaluation::{is_input, is_output};
use super::fine_tune::Tuned;
use super::limits::{Limited, limited};
use super::{Evaluation, ScenarioName};
use crate::diag::suggest;
use crate::figure::{Calls, Figure, Step};
use crate::levers::{Line, Outcome};
use crate::plan::{Metric, Server};
use crate::units::{Exact, display};

/// The version of the shape of explanations.
pub const SCHEMA: &str = "llmcost.explain/1";

/// Explanations of a scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanations {
    /// [`SCHEMA`]
    pub schema: &'static str,
    /// What was computed.
    pub scenario: ScenarioName,
    /// By strategy, in the order of the file.
    pub strategies: Vec<OfStrategy>,
}

/// Explanations of a strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OfStrategy {
    /// Its name.
    pub name: String,
    /// Its figures.
    pub figures: Vec<Explanation>,
}

/// What there is to say of one figure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanation {
    /// Which figure.
    pub title: String,
    /// Its value in words.
    pub value: String,
    /// The same, exact, in the currency of the scenario where it is money.
    pub amount: Exact,
    /// How it comes about: the terms of a sum, or a single formula.
    pub terms: Vec<String>,
    /// The named numbers in the formula, what they are and where they come from.
    pub inputs: Vec<Input>,
}

/// A number in a formula.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Input {
    /// How deep it stands below the explained figure.
    pub depth: usize,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its formula, where it was computed.
    pub formula: Option<String>,
    /// Where it comes from, where it was not.
    pub from: String,
}

/// Explains figures of one strategy. `path` is a metric (`per_month`), a line (`route.gpt-4o.input`) or the start of
/// one (`route`, `gpt-4o`, `limits`); `None` explains the cost and every line.
///
/// # Errors
/// The paths that exist, when `path` is none of them.
pub fn explain(evaluation: &Evaluation, strategy: usize, path: Option<&str>) -> Result<Vec<Explanation>, String> {
    let Some(result) = evaluation.results.get(strategy) else { return Ok(Vec::new()) };
    let lines = &result.outcome.lines;
    let Some(path) = path else {
        let mut all =
            vec![metric(evaluation, strategy, Metric::PerMonth), metric(evaluation, strategy, Metric::PerDay)];
        if strategy != evaluation.plan.baseline {
            all.push(metric(evaluation, strategy, Metric::SavingsPercent));
        }
        all.extend(
            [Metric::FineTuneSavesPerCall, Metric::FineTuneBreakEvenCalls]
                .map(|known| metric(evaluation, strategy, known)),
        );
        let of_lines = lines.iter().map(|line| of_line(evaluation, line));
        return Ok(all.into_iter().flatten().chain(of_lines).chain(limits(evaluation, &result.outcome)).collect());
    };
    let known = Metric::ALL
        .into_iter()
        .find(|metric| metric.name() == path || path.strip_prefix("cost.") == Some(metric.name()));
    if let Some(known) = known {
        return match metric(evaluation, strategy, known) {
            Some(found) => Ok(vec![found]),
            None => Err(format!("this strategy has no {path}")),
        };
    }
    let of_limits: Vec<Explanation> = limits(evaluation, &result.outcome);
    let starts = |title: &str| title == path || title.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    if of_limits.iter().any(|found| starts(&found.title)) {
        return Ok(of_limits.into_iter().filter(|found| starts(&found.title)).collect());
    }
    let matching: Vec<&Line> = lines.iter().filter(|line| matches(line, path)).collect();
    if !matching.is_empty() {
        return Ok(matching.into_iter().map(|line| of_line(evaluation, line)).collect());
    }
    let paths: Vec<String> =
        lines.iter().map(line_path).chain(of_limits.into_iter().map(|found| found.title)).collect();
    let names: Vec<&str> =
        Metric::ALL.iter().map(|metric| metric.name()).chain(paths.iter().map(String::as_str)).collect();
    let near = suggest::did_you_mean(path, names.iter().copied());
    let all = || format!("these exist:\n  {}", names.join("\n  "));
    Err(format!("there is no figure `{path}`; {}", near.unwrap_or_else(all)))
}

/// What a call of a tuned model saves, with the numbers put in.
fn saved_per_call(evaluation: &Evaluation, tuned: &Tuned) -> Option<String> {
    let usd = |value: &Exact| text(evaluation, Metric::PerDay, value);
    Some(format!("a call without it {} - a call of the tuned model {}", usd(tuned.base.as_ref()?), usd(&tuned.own)))
}

/// What is asked of models with rate limits.
fn limits(evaluation: &Evaluation, outcome: &Outcome) -> Vec<Explanation> {
    let number = |value: &Exact| display::count(&value.round(1));
    let of = |limited: Limited| {
        let id = limited.model.listed.id.clone();
        let overflow = limited.overflow;
        limited.rates.into_iter().map(move |rate| {
            let fits = if rate.fits() { "fits" } else { "passes" };
            let above = if rate.fits() {
                String::new()
            } else {
                format!("; {} of a week's requests come above it", display::percent(&overflow, 1))
            };
            let (peak, limit) = (number(&rate.peak), number(&rate.limit));
            Explanation {
                amount: rate.peak.clone(),
                title: format!("limits.{id}.{}", rate.what),
                value: format!("{peak} a minute at the peak, which {fits} the limit of {limit}{above}"),
                terms: vec![rate.formula],
                inputs: rate.inputs.iter().map(leaf).collect(),
            }
        })
    };
    limited(&evaluation.plan, outcome).into_iter().flat_map(of).collect()
}

fn leaf(step: &Arc<Step>) -> Input {
    Input {
        depth: 1,
        name: step.name.as_deref().unwrap_or_default().to_owned(),
        value: step.amount(),
        formula: None,
        from: step.provenance().unwrap_or_default(),
    }
}

/// The path of a line: `route.gpt-4o.input`, with the mode behind it for a batch.
pub fn line_path(line: &Line) -> String {
    let mode = if line.mode == crate::levers::Mode::Batch { ".batch" } else { "" };
    format!("{}.{}.{}{mode}", line.lever.name(), line.item, line.component)
}

fn matches(line: &Line, path: &str) -> bool {
    let full = line_path(line);
    let starts = |text: &str| text == path || text.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    starts(&full) || full.split_once('.').is_some_and(|(_, rest)| starts(rest))
}

fn of_line(evaluation: &Evaluation, line: &Line) -> Explanation {
    let plan = &evaluation.plan;
    let tier = line.tier.as_ref().map_or_else(String::new, |tier| format!(", tier {tier}"));
    let amount = line.cost.value() * &plan.currency.per_usd;
    Explanation {
        title: format!("{}{tier}", line_path(line)),
        value: format!("{} a day", display::money(&amount, &plan.currency.code)),
        amount,
        terms: in_currency(evaluation, line.cost.step().terms()),
        inputs: inputs(line.cost.step()),
    }
}

/// The terms of a formula, or one formula with the exchange rate.
fn in_currency(evaluation: &Evaluation, terms: Vec<String>) -> Vec<String> {
    let currency = &evaluation.plan.currency;
    if currency.code == "USD" { terms } else { vec![currency.converted(&terms.join(" + "))] }
}

fn inputs(step: &Arc<Step>) -> Vec<Input> {
    let mut found: Vec<Input> = Vec::new();
    collect(step, 1, &mut found);
    found
}

fn collect(step: &Arc<Step>, depth: usize, found: &mut Vec<Input>) {
    for part in step.parts() {
        let input = Input {
            depth,
            name: part.name.as_deref().unwrap_or_default().to_owned(),
            value: part.amount(),
            formula: part.is_computed().then(|| part.formula()),
            from: part.provenance().unwrap_or_default(),
        };
        let same = |known: &Input| Input { depth, ..known.clone() } == input;
        if found.iter().any(same) {
            continue;
        }
        found.push(input);
        if part.is_computed() {
            collect(&part, depth.saturating_add(1), found);
        }
    }
}

fn metric(evaluation: &Evaluation, strategy: usize, metric: Metric) -> Option<Explanation> {
    let plan = &evaluation.plan;
    let value = evaluation.metric(strategy, metric)?;
    let of = |other: Metric| {
        evaluation.metric(strategy, other).map_or_else(String::new, |value| text(evaluation, other, &value))
    };
    let baseline = plan.strategies.get(plan.baseline).map_or("", |strategy| strategy.name.as_str());
    let base = |other: Metric| {
        evaluation.metric(plan.baseline, other).map_or_else(String::new, |value| text(evaluation, other, &value))
    };
    let days = plan.days_per_month.step();
    let result = evaluation.results.get(strategy)?;
    let lines = &result.outcome.lines;
    let input = |name: String, value: String, from: String| Input { depth: 1, name, value, formula: None, from };
    let bill = |lines: &[Line]| -> Vec<Input> {
        let cost = |line: &Line| text(evaluation, Metric::PerDay, line.cost.value());
        lines.iter().map(|line| input(line_path(line), cost(line), String::new())).collect()
    };
    let days_input = || input("days per month".to_owned(), days.amount(), days.provenance().unwrap_or_default());
    let tokens = |wanted: &dyn Fn(&Line) -> bool| -> Vec<Input> {
        let of_line = |line: &Line| input(line_path(line), line.quantity.step().amount(), String::new());
        lines.iter().filter(|line| wanted(line)).map(of_line).collect()
    };
    let variant = |outcome: &Outcome, what: &str| {
        let day = text(evaluation, Metric::PerDay, outcome.total.value());
        let mut parts = vec![days_input()];
        parts.extend(bill(&outcome.lines));
        (format!("{day} a day x {} days; {what}", days.amount()), parts)
    };
    let (formula, parts) = match metric {
        Metric::PerDay => (format!("the sum of {} lines", lines.len()), bill(lines)),
        Metric::PerMonth => {
            (format!("cost per day {} x {} days", of(Metric::PerDay), days.amount()), vec![days_input()])
        }
        Metric::PerYear => (format!("cost per day {} x 365 days", of(Metric::PerDay)), Vec::new()),
        Metric::PerRequest => {
            let requests = plan.workload.requests.step();
            let from = requests.provenance().unwrap_or_default();
            let parts = vec![input("requests".to_owned(), requests.amount(), from)];
            (format!("cost per day {} / requests {}", of(Metric::PerDay), requests.amount()), parts)
        }
        Metric::PerMillionTokens => {
            let tokens = display::count(&evaluation.workload_tokens());
            let what = "tokens of the workload as stated, before any lever";
            (format!("cost per day {} / {tokens} {what} x 1,000,000", of(Metric::PerDay)), Vec::new())
        }
        Metric::SavingsPerDay => (format!("{baseline} {} - {}", base(Metric::PerDay), of(Metric::PerDay)), Vec::new()),
        Metric::SavingsPerMonth => {
            (format!("{baseline} {} - {}", base(Metric::PerMonth), of(Metric::PerMonth)), Vec::new())
        }
        Metric::SavingsPercent => {
            let month = base(Metric::PerMonth);
            (format!("100 x ({baseline} {month} - {}) / {month}", of(Metric::PerMonth)), Vec::new())
        }
        Metric::CallsPerDay => {
            let of_model = |(server, calls): &(Server, Figure<Calls>)| {
                input(server.name().to_owned(), calls.step().amount(), String::new())
            };
            (
                "all calls of models, failed ones included".to_owned(),
                result.outcome.calls.iter().map(of_model).collect(),
            )
        }
        Metric::InputTokensPerDay => ("the billed input tokens of these lines".to_owned(), tokens(&is_input)),
        Metric::OutputTokensPerDay => ("the billed output tokens of these lines".to_owned(), tokens(&is_output)),
        Metric::Quality => {
            let quality = result.outcome.quality.as_ref()?.step();
            (quality.formula(), inputs(quality))
        }
        Metric::PerAcceptedAnswer => {
            let requests = &evaluation.plan.workload.requests;
            let formula = format!(
                "cost per day {} / (requests {} x quality {})",
                of(Metric::PerDay),
                requests.step().amount(),
                of(Metric::Quality)
            );
            (formula, Vec::new())
        }
        Metric::P50PerMonth | Metric::P90PerMonth | Metric::P95PerMonth => {
            let what = "the quantile of the cost of a month over draws of what is uncertain, an estimate; `risk` says how good";
            (what.to_owned(), Vec::new())
        }
        Metric::FineTuneSavesPerCall => (saved_per_call(evaluation, result.tuned.as_ref()?)?, Vec::new()),
        Metric::FineTuneBreakEvenCalls => {
            let tuned = result.tuned.as_ref()?;
            let training = tuned.training.cost.step();
            let cost = text(evaluation, Metric::PerDay, &training.value);
            let mut parts = vec![Input {
                formula: Some(training.formula()),
                ..input("training".to_owned(), training.amount(), String::new())
            }];
            collect(training, 2, &mut parts);
            (format!("training {cost} / ({})", saved_per_call(evaluation, tuned)?), parts)
        }
        Metric::FinalOnlyPerMonth => {
            variant(&result.cascade.as_ref()?.final_only, "every request pays only the step that answered it")
        }
        Metric::EveryAttemptPerMonth => {
            variant(&result.cascade.as_ref()?.every_attempt, "every call of every step is paid, and its judge")
        }
    };
    Some(Explanation {
        title: metric.name().to_owned(),
        value: text(evaluation, metric, &value),
        amount: if metric.is_money() { &value * &plan.currency.per_usd } else { value },
        terms: vec![formula],
        inputs: parts,
    })
}

fn text(evaluation: &Evaluation, metric: Metric, value: &Exact) -> String {
    let currency = &evaluation.plan.currency;
    match metric {
        _ if metric.is_money() => display::money(&(value * &currency.per_usd), &currency.code),
        Metric::SavingsPercent => format!("{}%", display::number(value, 2)),
        Metric::Quality => display::percent(value, 2),
        _ => display::count(value),
    }
}
