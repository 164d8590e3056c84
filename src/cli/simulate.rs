//! `simulate`: all strategies of a scenario, side by side.

use anyhow::Result;

use super::settings::Settings;
use super::{Ending, Scenarios, output};
use crate::render;

pub(super) fn run(scenarios: &Scenarios, settings: &Settings) -> Result<Ending> {
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    let table = |look| reports.iter().map(|report| render::table(report, look)).collect::<Vec<_>>().join("\n");
    output::deliver(&scenarios.destination, settings, &reports, table, render::csv)?;
    Ok(Ending::Done)
}
