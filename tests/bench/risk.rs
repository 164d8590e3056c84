//! How fast and how accurately a scenario is drawn; `risk.py` beside it sets it against numpy and scipy.
//!
//! `cargo run --release --example risk_speed -- SCENARIO speed|accuracy|coverage [MEAN P95]`: one line of JSON. Amounts are USD a
//! month of the first strategy; MEAN and P95 are their true values.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark of its own, no part of the program"
)]

use std::time::Instant;

use llmcost::analysis::risk::{Settings, assess, draws};
use llmcost::check::{self, Options};
use llmcost::input::Input;
use llmcost::plan::Plan;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, what, truth @ ..] = arguments.as_slice() else { panic!("SCENARIO speed|accuracy|coverage [MEAN P95]") };
    let plan = check::load(&Input::File(file.into()), &Options::default()).expect("a sound scenario");
    let truth: Vec<f64> = truth.iter().map(|text| text.parse().expect("a number")).collect();
    match what.as_str() {
        "speed" => speed(&plan),
        "accuracy" => accuracy(&plan, truth[0], truth[1]),
        "coverage" => coverage(&plan, truth[0], truth[1]),
        other => panic!("{other}?"),
    }
}

/// Evaluations per second, set-up included.
fn speed(plan: &Plan) {
    let samples = 1 << 22;
    let started = Instant::now();
    let found = draws(plan, &Settings { seed: 1, samples: Some(samples) }).expect("draws");
    let seconds = started.elapsed().as_secs_f64();
    let mean = found[0].iter().flatten().sum::<f64>() / samples as f64 * 30.0;
    println!(r#"{{"evaluations": {samples}, "per_second": {:.0}, "mean": {mean}}}"#, samples as f64 / seconds);
}

/// Relative root mean squared error of the mean and of P95 of one set of 1,024 points.
fn accuracy(plan: &Plan, mean: f64, p95: f64) {
    let (mut means, mut quantiles) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        for set in draws(plan, &Settings { seed, samples: Some(16 * 1024) }).expect("draws").remove(0) {
            let mut costs: Vec<f64> = set.iter().map(|cost| cost * 30.0).collect();
            costs.sort_by(f64::total_cmp);
            means.push(costs.iter().sum::<f64>() / 1024.0 / mean - 1.0);
            quantiles.push((costs[971] + (costs[972] - costs[971]) * 0.85) / p95 - 1.0);
        }
    }
    let root = |errors: &[f64]| (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    println!(r#"{{"points": 1024, "mean": {:e}, "p95": {:e}}}"#, root(&means), root(&quantiles));
}

/// In how many of 200 runs the true value lies within two of the stated standard errors.
fn coverage(plan: &Plan, mean: f64, p95: f64) {
    let float = |text: String| text.parse::<f64>().expect("a number");
    let (mut of_mean, mut of_p95) = (0, 0);
    for seed in 0..200 {
        let report = assess(plan, &Settings { seed, samples: None }).expect("a report");
        let month = &report.strategies[0].per_month;
        let within = |value: String, error: String, truth: f64| (float(value) - truth).abs() <= 2.0 * float(error);
        of_mean += u32::from(within(month.mean.to_string(), month.standard_error.to_string(), mean));
        let (value, error) = (&month.percentiles.p95, &month.standard_errors.p95);
        of_p95 += u32::from(within(value.to_string(), error.to_string(), p95));
    }
    println!(r#"{{"runs": 200, "mean_within": {of_mean}, "p95_within": {of_p95}}}"#);
}
