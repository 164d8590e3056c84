//! `baseline`, `budgets` and `expect`: what a scenario says of its own result.

use super::context::Context;
use crate::diag::{Code, Diagnostic, suggest};
use crate::input::{Fields, Node, Value, choice, plain, word, wrong_shape};
use crate::plan::{Budget, Expectation, Metric};
use crate::units::{Exact, Kind};

fn strategy(node: &Node, names: &[String], context: &mut Context<'_>) -> Option<usize> {
    let name = word(node, context.sink)?;
    names.iter().position(|known| known == name).or_else(|| context.sink.refuse(unknown_strategy(name, node, names)))
}

fn unknown_strategy(name: &str, node: &Node, names: &[String]) -> Diagnostic {
    let known = || names.iter().map(String::as_str);
    let help = suggest::did_you_mean(name, known())
        .unwrap_or_else(|| format!("there are {}", suggest::listed(known(), "and")));
    Diagnostic::at(Code::UnknownName, &node.place, format!("there is no strategy `{name}`"), "unknown strategy")
        .help(help)
}

/// The strategy that the others are compared with: stated, or the first one.
pub(super) fn baseline(fields: &mut Fields<'_>, names: &[String], context: &mut Context<'_>) -> usize {
    let stated = fields.get("baseline", context.sink).and_then(|node| strategy(node, names, context));
    stated.unwrap_or(0)
}

fn items<'a>(fields: &mut Fields<'a>, key: &'static str, context: &mut Context<'_>) -> &'a [Node] {
    let Some(node) = fields.get(key, context.sink) else { return &[] };
    match &node.value {
        Value::List(items) => items,
        _ => {
            let found = wrong_shape(node, &format!("`{key}` is a list"));
            context.sink.add(found.help("begin each entry with `- `, or write `[...]`"));
            &[]
        }
    }
}

pub(super) fn budgets(fields: &mut Fields<'_>, names: &[String], context: &mut Context<'_>) -> Vec<Budget> {
    let mut found = Vec::new();
    for item in items(fields, "budgets", context) {
        let Some(mut fields) = Fields::of(item, "a budget", context.sink) else { continue };
        let strategy =
            fields.require("strategy", "smart-routing", context.sink).and_then(|node| strategy(node, names, context));
        let fails = fields
            .get("level", context.sink)
            .and_then(|node| choice(node, "a level", &[("fail", true), ("warn", false)], context.sink))
            .unwrap_or(true);
        let mut limits = Vec::new();
        for metric in Metric::ALL.into_iter().filter(|metric| metric.is_limit()) {
            if let Some(node) = fields.get(metric.name(), context.sink) {
                let limit = limit(node, metric, context);
                limits.push((metric, limit, node.place.clone()));
            }
        }
        fields.finish(context.sink);
        if limits.is_empty() {
            context.sink.add(
                Diagnostic::at(Code::MissingKey, &item.place, "a budget without a limit", "how much?")
                    .help("for instance `per_month: $15k`"),
            );
        }
        for (metric, limit, place) in limits {
            if let (Some(strategy), Some(limit)) = (strategy, limit) {
                found.push(Budget { strategy, metric, limit, fails, place });
            }
        }
    }
    found
}

/// An amount in the metric's own unit: USD, a count, or percent.
fn limit(node: &Node, metric: Metric, context: &mut Context<'_>) -> Option<Exact> {
    let (text, negative) = match node.scalar() {
        Some(text) => text.strip_prefix('-').map_or((text, false), |rest| (rest, true)),
        None => return context.sink.refuse(wrong_shape(node, "a figure is a single value")),
    };
    let kind = match metric {
        Metric::Quality => Kind::Share,
        metric if metric.is_money() => Kind::Money,
        _ => Kind::Count,
    };
    // Savings may be negative, and percent may carry its sign.
    let text = if metric == Metric::SavingsPercent { text.trim_end_matches('%') } else { text };
    if negative && (metric.is_saving() || metric == Metric::FineTuneSavesPerCall) {
        let unsigned = Node { place: node.place.clone(), value: Value::Scalar(text.into()) };
        return plain(&unsigned, kind, &context.settings, context.sink).map(|value| -&value);
    }
    let unsigned = Node {
        place: node.place.clone(),
        value: Value::Scalar(if negative { format!("-{text}").into() } else { text.into() }),
    };
    plain(&unsigned, kind, &context.settings, context.sink)
}

pub(super) fn expectations(fields: &mut Fields<'_>, names: &[String], context: &mut Context<'_>) -> Vec<Expectation> {
    let metrics: Vec<(&str, Metric)> = Metric::ALL.iter().map(|metric| (metric.name(), *metric)).collect();
    let mut found = Vec::new();
    for item in items(fields, "expect", context) {
        let Some(mut fields) = Fields::of(item, "an expectation", context.sink) else { continue };
        let strategy =
            fields.require("strategy", "smart-routing", context.sink).and_then(|node| strategy(node, names, context));
        let metric = fields
            .require("metric", "per_month", context.sink)
            .and_then(|node| choice(node, "a metric", &metrics, context.sink));
        let equals = fields.require("equals", "21405", context.sink).and_then(|node| limit(node, metric?, context));
        let within = fields.get("within", context.sink);
        let within = match (within, &equals) {
            (Some(node), Some(equals)) => tolerance(node, metric, equals, context),
            _ => Some(Exact::ZERO),
        };
        fields.finish(context.sink);
        if let (Some(strategy), Some(metric), Some(equals), Some(within)) = (strategy, metric, equals, within) {
            found.push(Expectation { strategy, metric, equals, within, place: item.place.clone() });
        }
    }
    found
}

/// How far off a figure may be: an amount in its own unit, or a percentage of it.
fn tolerance(node: &Node, metric: Option<Metric>, equals: &Exact, context: &mut Context<'_>) -> Option<Exact> {
    let percent = node.scalar().is_some_and(|text| text.ends_with('%'));
    if percent && metric != Some(Metric::SavingsPercent) {
        return plain(node, Kind::Share, &context.settings, context.sink).map(|share| &share * &equals.abs());
    }
    limit(node, metric?, context)
}
