//! `breakeven`: from which volume hosting beats an API.

use anyhow::Result;

use super::settings::Settings;
use super::{Ending, Scenarios, complain, output};
use crate::render;

pub(super) fn run(scenarios: &Scenarios, settings: &Settings) -> Result<Ending> {
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    if let Some(empty) = reports.iter().find(|report| report.break_even.is_empty()) {
        complain(&anyhow::anyhow!(
            "{} states no `break_even`; for instance `break_even: [{{api: gpt-4o-mini, deployment: llama-a10g}}]`",
            empty.scenario.file
        ));
        return Ok(Ending::BadInput);
    }
    let table = |look| reports.iter().map(|report| render::break_evens(report, look)).collect::<Vec<_>>().join("\n");
    output::deliver(&scenarios.destination, settings, &reports, table, render::csv_of_break_evens)?;
    Ok(Ending::Done)
}
