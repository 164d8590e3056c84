//! `simulate`: all strategies of a scenario, side by side.

use anyhow::Result;

use super::settings::Settings;
use super::variants::variants;
use super::{Ending, Scenarios, compare, output};
use crate::render;

pub(super) fn run(scenarios: &Scenarios, settings: &Settings) -> Result<Ending> {
    match variants(&scenarios.changes.set) {
        Ok(all) if all.len() > 1 => {
            return compare::simulate(&scenarios.files, all, &scenarios.changes, &scenarios.destination, settings);
        }
        Ok(_) => {}
        Err(problems) => {
            settings.report(&problems);
            return Ok(Ending::BadInput);
        }
    }
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    let table = |look| reports.iter().map(|report| render::table(report, look)).collect::<Vec<_>>().join("\n");
    output::deliver(&scenarios.destination, settings, &reports, table, render::csv)?;
    Ok(Ending::Done)
}
