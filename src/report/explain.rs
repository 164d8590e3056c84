//! Explanations: the formula of a figure with the numbers put in, down to where each number stands.

use std::sync::Arc;

use super::Evaluation;
use crate::diag::suggest;
use crate::figure::Step;
use crate::levers::Line;
use crate::plan::Metric;
use crate::units::{Exact, display};

/// What there is to say of one figure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// Which figure.
    pub title: String,
    /// Its value.
    pub value: String,
    /// How it comes about: the terms of a sum, or a single formula.
    pub terms: Vec<String>,
    /// The named numbers in the formula, what they are and where they come from.
    pub inputs: Vec<Input>,
}

/// A number in a formula.
#[derive(Clone, PartialEq, Eq, Debug)]
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
/// one (`route`, `gpt-4o`); `None` explains the cost and every line.
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
        return Ok(all.into_iter().flatten().chain(lines.iter().map(|line| of_line(evaluation, line))).collect());
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
    let matching: Vec<&Line> = lines.iter().filter(|line| matches(line, path)).collect();
    if !matching.is_empty() {
        return Ok(matching.into_iter().map(|line| of_line(evaluation, line)).collect());
    }
    let paths: Vec<String> = lines.iter().map(line_path).collect();
    let names: Vec<&str> =
        Metric::ALL.iter().map(|metric| metric.name()).chain(paths.iter().map(String::as_str)).collect();
    let near = suggest::did_you_mean(path, names.iter().copied());
    let all = || {
        format!(
            "lines are {}; metrics like per_month work too",
            suggest::listed(paths.iter().map(String::as_str), "and")
        )
    };
    Err(format!("there is no figure `{path}`; {}", near.unwrap_or_else(all)))
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
    Explanation {
        title: format!("{}{tier}", line_path(line)),
        value: format!("{} a day", display::money(&(line.cost.value() * &plan.currency.per_usd), &plan.currency.code)),
        terms: in_currency(evaluation, line.cost.step().terms()),
        inputs: inputs(line.cost.step()),
    }
}

/// Amounts are computed in USD; the rate is the last factor.
fn in_currency(evaluation: &Evaluation, terms: Vec<String>) -> Vec<String> {
    let currency = &evaluation.plan.currency;
    if currency.code == "USD" {
        return terms;
    }
    vec![format!("({}) x {} {} per USD", terms.join(" + "), currency.per_usd, currency.code)]
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
    let lines = &evaluation.results.get(strategy)?.outcome.lines;
    let formula = match metric {
        Metric::PerDay => format!("the sum of {} lines", lines.len()),
        Metric::PerMonth => format!("cost per day {} x {}", of(Metric::PerDay), days_text(days)),
        Metric::PerYear => format!("cost per day {} x 365 days", of(Metric::PerDay)),
        Metric::PerRequest => format!(
            "cost per day {} / {} requests a day",
            of(Metric::PerDay),
            display::count(plan.workload.requests.value())
        ),
        Metric::PerMillionTokens => {
            format!("cost per day {} / tokens of the workload as stated x 1M", of(Metric::PerDay))
        }
        Metric::SavingsPerDay => format!("{baseline} {} - {}", base(Metric::PerDay), of(Metric::PerDay)),
        Metric::SavingsPerMonth => format!("{baseline} {} - {}", base(Metric::PerMonth), of(Metric::PerMonth)),
        Metric::SavingsPercent => {
            format!(
                "100 x ({baseline} {} - {}) / {}",
                base(Metric::PerMonth),
                of(Metric::PerMonth),
                base(Metric::PerMonth)
            )
        }
        Metric::CallsPerDay => "the sum of all calls of models".to_owned(),
        Metric::InputTokensPerDay | Metric::OutputTokensPerDay => "the sum of the lines' tokens".to_owned(),
        Metric::FinalOnlyPerMonth => "every request pays only the step that answered it".to_owned(),
        Metric::EveryAttemptPerMonth => "every call of every step is paid, and its judge".to_owned(),
    };
    let parts = match metric {
        Metric::PerDay => lines
            .iter()
            .map(|line| Input {
                depth: 1,
                name: line_path(line),
                value: text(evaluation, Metric::PerDay, line.cost.value()),
                formula: None,
                from: String::new(),
            })
            .collect(),
        Metric::PerMonth => vec![Input {
            depth: 1,
            name: "days per month".to_owned(),
            value: days.amount(),
            formula: None,
            from: days.provenance().unwrap_or_default(),
        }],
        _ => Vec::new(),
    };
    Some(Explanation {
        title: metric.name().to_owned(),
        value: text(evaluation, metric, &value),
        terms: vec![formula],
        inputs: parts,
    })
}

fn days_text(days: &Arc<Step>) -> String {
    format!("{} days", days.amount())
}

fn text(evaluation: &Evaluation, metric: Metric, value: &Exact) -> String {
    let currency = &evaluation.plan.currency;
    match metric {
        _ if metric.is_money() => display::money(&(value * &currency.per_usd), &currency.code),
        Metric::SavingsPercent => format!("{}%", display::number(value, 2)),
        _ => display::count(value),
    }
}
