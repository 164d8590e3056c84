//! `forecast`: a scenario month by month.

use anyhow::Result;
use clap::Args;

use super::planned::{Form, present};
use super::settings::Settings;
use super::{Ending, Scenarios};
use crate::analysis::forecast::{self, ForecastReport};
use crate::analysis::risk;
use crate::render;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios<Form>,
    /// What the draws begin with, where something is uncertain: the same seed, the same result
    #[arg(long, value_name = "NUMBER", default_value_t = risk::SEED)]
    seed: u64,
    /// Draws of every month, rounded up to 4,096 times a power of two
    #[arg(long, value_name = "NUMBER", default_value_t = 4_096, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    samples: u32,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let scenarios = &arguments.scenarios;
    let Some(plans) = settings.plans(&scenarios.files, &scenarios.changes) else { return Ok(Ending::BadInput) };
    let samples = usize::try_from(arguments.samples).unwrap_or(usize::MAX);
    let how = forecast::Settings { seed: arguments.seed, samples };
    let mut reports: Vec<ForecastReport> = Vec::new();
    let mut problems = Vec::new();
    for plan in &plans {
        match forecast::forecast(plan, &how) {
            Ok(report) => reports.push(report),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Ok(settings.refuse(&problems));
    }
    present(&scenarios.destination, settings, &reports, render::csv_of_forecasts)?;
    Ok(Ending::Done)
}
