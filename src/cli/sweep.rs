//! `sweep`: a scenario over a grid of its inputs.

use anyhow::{Result, bail};
use clap::Args;

use super::planned::{Form, present};
use super::settings::Settings;
use super::{Ending, Scenarios};
use crate::analysis::sweep::{self, Axis, SweepReport};
use crate::diag::suggest;
use crate::plan::Metric;
use crate::render;

pub(super) const HELP: &str = "\
POINTS counts both ends: --vary workload.output=100..500/5 is 100, 200, 300, 400 and 500.
Equal factors: --vary workload.requests=1k/day..1M/day/7:log. A list: --vary strategies.a.model=gpt-4o,gpt-4o-mini
Two --vary make a map of both inputs.";

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios<Form>,
    /// What varies: an input and its values (once or twice)
    #[arg(long, required = true, value_name = "PATH=FROM..TO/POINTS")]
    vary: Vec<String>,
    /// The figure to show: per_month, per_request, quality, savings_percent, ...
    #[arg(long, value_name = "METRIC", default_value = "per_month", value_parser = metric)]
    metric: Metric,
}

fn metric(text: &str) -> Result<Metric, String> {
    let names = || Metric::ALL.into_iter().map(Metric::name);
    Metric::ALL.into_iter().find(|metric| metric.name() == text).ok_or_else(|| {
        suggest::did_you_mean(text, names()).unwrap_or_else(|| format!("there are {}", suggest::listed(names(), "and")))
    })
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    if arguments.vary.len() > 2 {
        bail!("a grid has one or two inputs; {} are named", arguments.vary.len());
    }
    let mut problems = Vec::new();
    let mut axes: Vec<Axis> = Vec::new();
    for argument in &arguments.vary {
        match Axis::read(argument) {
            Ok(axis) => axes.push(axis),
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Ok(settings.refuse(&problems));
    }
    if let [first, second] = axes.as_slice()
        && first.path == second.path
    {
        bail!("`{}` is varied twice", first.path);
    }
    let scenarios = &arguments.scenarios;
    let Some(plans) = settings.plans(&scenarios.files, &scenarios.changes) else { return Ok(Ending::BadInput) };
    let mut reports: Vec<SweepReport> = Vec::new();
    for plan in &plans {
        match sweep::sweep(plan, &axes, arguments.metric) {
            Ok(report) => reports.push(report),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Ok(settings.refuse(&problems));
    }
    present(&scenarios.destination, settings, &reports, render::csv_of_sweeps)?;
    Ok(Ending::Done)
}
