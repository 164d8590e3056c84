//! `breakeven`: from which volume hosting beats an API.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use super::pictures::Target;
use super::settings::Settings;
use super::{Ending, Reported, present};
use crate::render::Face;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Reported,
    /// Draw cost against volume into FILE (.svg or .png) and cost per 1M against load into FILE-load; further
    /// comparisons into FILE-2, FILE-2-load, ... (as does -o svg=FILE)
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let scenarios = &arguments.scenarios;
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
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
