//! A break-even as a chart: the API's line, the staircase of replicas, the volumes that hosting wins, and today's.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the exact numbers stand in the report")]

use super::chart::{Axis, ChartSpec, Series, Xy};
use crate::report::{BreakEvenReport, Report};
use crate::units::{Exact, display};

/// Most steps of a staircase that can still be told apart.
const MOST_STEPS: f64 = 60.0;
/// Most crossovers that get a name.
const MOST_MARKS: usize = 8;

/// The chart of one comparison.
pub fn break_even_chart(report: &Report, case: &BreakEvenReport) -> ChartSpec {
    let unit = format!("{}s", case.unit.replace('_', " "));
    let capacity = float(&case.capacity_per_replica_per_hour);
    let (replica, fixed) = (float(&case.replica_per_hour), float(&case.fixed_per_hour));
    let price = float(&case.api_per_million) / 1e6;
    let today = float(&case.verdict.volume_per_hour);
    let permanent = case.permanent_from_per_hour.as_ref().map_or(0.0, float);
    let end = (permanent * 1.3).max(today * 1.25).max(capacity * 1.5).min(capacity * MOST_STEPS);
    let least = float(&case.least_replicas);
    let corners = staircase(capacity, replica, fixed, least, end);
    let mut series = vec![
        Series::Line { name: "API".to_owned(), points: vec![(0.0, 0.0), (end, end * price)] },
        Series::Step { name: "Self-hosting".to_owned(), points: corners },
    ];
    for win in &case.self_hosted_cheaper {
        let from = float(&win.from_per_hour);
        if from < end {
            let to = win.to_per_hour.as_ref().map_or(f64::INFINITY, float);
            series.push(Series::Span { from, to, label: "self-hosting is cheaper".to_owned() });
        }
    }
    for at in case.crossovers_per_hour.iter().take(MOST_MARKS).filter(|at| float(at) < end) {
        let v = float(at);
        series.push(Series::Mark { at: (v, v * price), label: short(at) });
    }
    if today <= end {
        let cost = float(&case.verdict.self_hosted_per_hour);
        let label = format!("Today: {} {unit}/h", short(&case.verdict.volume_per_hour));
        series.push(Series::Point { at: (today, cost), label });
    }
    ChartSpec {
        title: title(case, &unit),
        subtitle: format!(
            "{} at {} per 1M {unit}; {} at {}/h per replica, which takes {} {unit}/h",
            case.api,
            usd(&case.api_per_million),
            case.deployment,
            usd(&case.replica_per_hour),
            short(&case.capacity_per_replica_per_hour),
        ),
        x: Axis { label: format!("{unit} per hour"), ..Axis::default() },
        y: Axis { label: "Cost per hour (USD)".to_owned(), before: "$".to_owned(), ..Axis::default() },
        series,
        note: format!("{}. Prices of {}.", report.scenario.name, report.prices.as_of),
    }
}

fn title(case: &BreakEvenReport, unit: &str) -> String {
    let volume = short(&case.verdict.volume_per_hour);
    let saved = usd(&(&case.verdict.api_per_hour - &case.verdict.self_hosted_per_hour).abs());
    match &*case.verdict.cheaper {
        "self_hosted" => format!("At {volume} {unit} an hour, self-hosting saves {saved} an hour"),
        "api" => format!("At {volume} {unit} an hour, the API saves {saved} an hour"),
        _ => format!("At {volume} {unit} an hour, both cost the same"),
    }
}

/// Corners of the staircase up to `end`: each step holds up to and with its volume.
fn staircase(capacity: f64, replica: f64, fixed: f64, least: f64, end: f64) -> Vec<Xy> {
    let mut n = least.max(1.0);
    let mut corners = vec![(0.0, fixed + n * replica)];
    loop {
        let to = (n * capacity).min(end);
        corners.push((to, fixed + n * replica));
        if to >= end || corners.len() > 200 {
            return corners;
        }
        n += 1.0;
    }
}

fn float(value: &Exact) -> f64 {
    value.to_fixed(9).parse().unwrap_or(0.0)
}

fn usd(amount: &Exact) -> String {
    display::money(amount, "USD")
}

/// A volume with a suffix: `25.175M`.
fn short(volume: &Exact) -> String {
    for (suffix, size) in [("B", 1_000_000_000_u64), ("M", 1_000_000), ("k", 1_000)] {
        if let Some(part) = volume.checked_div(&Exact::from(size)).filter(|part| *part >= Exact::ONE) {
            return format!("{}{suffix}", display::precise(&part, 3));
        }
    }
    display::precise(volume, 2)
}
