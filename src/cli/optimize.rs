//! `optimize`: the cheapest mix that is good enough.

use anyhow::Result;
use clap::Args;

use super::planned::{Form, present};
use super::settings::Settings;
use super::{Changes, Ending, Scenarios, output};
use crate::analysis::optimize::{self, OptimizeReport};
use crate::render;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios<Form>,
    /// The share of right answers at least, in the place of `optimize.quality`
    #[arg(long, value_name = "SHARE")]
    quality: Option<String>,
    /// What a month may cost, in the place of `optimize.budget`
    #[arg(long, value_name = "AMOUNT")]
    budget: Option<String>,
    /// Print only the answer as a strategy, to be put under `strategies:`
    #[arg(long, conflicts_with_all = ["format", "out"])]
    paste: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let scenarios = &arguments.scenarios;
    let stated = |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("optimize.{key}={value}"));
    let changes = Changes {
        set: scenarios
            .changes
            .set
            .iter()
            .cloned()
            .chain(stated("quality", &arguments.quality))
            .chain(stated("budget", &arguments.budget))
            .collect(),
        as_of: scenarios.changes.as_of.clone(),
        prices: scenarios.changes.prices.clone(),
    };
    let Some(plans) = settings.plans(&scenarios.files, &changes) else { return Ok(Ending::BadInput) };
    let mut reports: Vec<OptimizeReport> = Vec::new();
    let mut problems = Vec::new();
    for plan in &plans {
        match optimize::optimize(plan) {
            Ok(report) => reports.push(report),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Ok(settings.refuse(&problems));
    }
    if arguments.paste {
        let all: Vec<&str> = reports.iter().map(|report| report.best.strategy.as_str()).collect();
        output::print(&all.join("\n"))?;
        return Ok(Ending::Done);
    }
    present(&scenarios.destination, settings, &reports, render::csv_of_optima)?;
    Ok(Ending::Done)
}
