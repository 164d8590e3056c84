//! `breakeven`: from which volume hosting beats an API.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use super::pictures::Target;
use super::replay::LogShape;
use super::settings::Settings;
use super::{Ending, Reported, present};
use crate::input::log_files;
use crate::plan::log::Log;
use crate::render::Face;
use crate::replay::demand_of;
use crate::units::Exact;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Reported,
    /// Draw cost against volume into FILE (.svg or .png) and cost per 1M against load into FILE-load; further
    /// comparisons into FILE-2, FILE-2-load, ... (as does -o svg=FILE)
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    #[command(flatten)]
    demand: Demand,
}

/// What says how many requests come, and when.
#[derive(Args, Debug)]
#[command(next_help_heading = "Demand from a request log")]
struct Demand {
    /// Take the demand from a request log: its rate, and its peaks over the mean for every deployment (repeatable)
    #[arg(long, value_name = "LOG")]
    log: Vec<String>,
    #[command(flatten)]
    shape: LogShape,
    /// Seconds over which a peak is taken: 1, 10, 60 or 3600
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "log")]
    window: u64,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let mut scenarios = arguments.scenarios.clone();
    if !arguments.demand.log.is_empty() {
        match demand(arguments, settings)? {
            Some(set) => scenarios.changes.set.extend(set),
            None => return Ok(Ending::BadInput),
        }
    }
    let Some(reports) = settings.reports(&scenarios) else { return Ok(Ending::BadInput) };
    if let Some(empty) = reports.iter().find(|report| report.break_even.is_empty()) {
        bail!(
            "{} states no `break_even`; for instance `break_even: [{{api: gpt-4o-mini, deployment: llama-a10g}}]`",
            empty.scenario.file
        );
    }
    let also = arguments.chart.clone().map(Target::by_ending);
    present::present(&scenarios.destination, &scenarios.showing, settings, reports, Face::BreakEven, also)?;
    Ok(Ending::Done)
}

/// What the log changes in the scenarios; prints what is wrong with it.
fn demand(arguments: &Arguments, settings: &Settings) -> Result<Option<Vec<String>>> {
    let log = arguments.demand.shape.laid_over(Log::default())?;
    let scenarios = &arguments.scenarios;
    let Some(plans) = settings.plans(&scenarios.files, &scenarios.changes) else { return Ok(None) };
    if let Some(plan) = plans.iter().find(|plan| plan.workload.profile.is_some()) {
        bail!("{} states a `profile`, and the log says when requests come: leave one of them out", plan.file);
    }
    let shape = log_files(&arguments.demand.log).and_then(|files| demand_of(&files, &log));
    let shape = match shape {
        Ok(Some(shape)) => shape,
        Ok(None) => bail!("the log has no two requests in the order of time, so it has no rate and no peaks"),
        Err(problems) => {
            settings.report(&problems);
            return Ok(None);
        }
    };
    let Some(burst) = shape.bursts.iter().find(|burst| burst.seconds == arguments.demand.window) else {
        bail!("--window: peaks are known over 1, 10, 60 and 3600 seconds, as far as the log is that long");
    };
    let requests = &Exact::from(shape.requests) * &Exact::from(86_400);
    let Some(rate) = requests.checked_div(&shape.seconds()) else {
        bail!("all requests of the log came at one moment, so it has no rate");
    };
    // Enough digits that the rounding is below every other uncertainty of a rate.
    let mut set = vec![format!("workload.requests={}/day", rate.to_fixed(6))];
    // What a deployment has to be large enough for is output, where the log counts it.
    let peak = burst.output.as_ref().unwrap_or(&burst.requests).to_fixed(6);
    for deployment in plans.iter().flat_map(|plan| &plan.deployments) {
        let of = format!("deployments.\"{}\".replicas.peak_to_mean={peak}", deployment.name);
        if !set.contains(&of) {
            set.push(of);
        }
    }
    Ok(Some(set))
}
