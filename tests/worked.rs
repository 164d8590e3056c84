//! Worked numbers that others published or that follow by hand: prompt caches, conversations, agents, judges, traces.

mod agents;
mod caches;
mod quality;
mod sharing;
mod traces;

use serde_json::Value;

use super::exact::{Q, number, q, report, strategy};

/// A scenario with models priced in place.
fn computed(prices: &str, workload: &str, rest: &str) -> Value {
    report(&format!("llmcost: 1\nprices: {{add: {{{prices}}}}}\nworkload: {workload}\n{rest}"))
}

/// A figure of the cost of a strategy.
fn cost(report: &Value, name: &str, metric: &str) -> Q {
    number(&strategy(report, name)["cost"][metric])
}

/// The codes of a strategy's warnings.
fn codes<'a>(report: &'a Value, name: &str) -> Vec<&'a str> {
    let warnings = strategy(report, name)["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// Tokens a day that lines of a component bill.
fn billed(report: &Value, name: &str, component: &str) -> Q {
    let lines = strategy(report, name)["lines"].as_array().unwrap();
    lines.iter().filter(|line| line["component"] == component).map(|line| number(&line["quantity"])).sum()
}

/// Whether a number is the published one, given to so many decimals.
fn rounds_to(value: &Q, published: &str) -> bool {
    let decimals = published.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let published = super::exact::decimal(published).unwrap();
    let half = q(1, 2) / num_traits::pow(q(10, 1), decimals);
    let distance = if *value < published { &published - value } else { value - &published };
    distance <= half
}

/// The same as a check that says what it found.
#[track_caller]
fn published(value: &Q, published: &str) {
    assert!(rounds_to(value, published), "{} is not {published}", approximate(value));
}

/// For messages only.
fn approximate(value: &Q) -> f64 {
    use num_traits::ToPrimitive;
    value.to_f64().unwrap_or(f64::NAN)
}
