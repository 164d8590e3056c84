//! `check`: budgets and expectations, for people and for CI.

use anyhow::Result;

use super::settings::Settings;
use super::{Ending, Scenarios, output};
use crate::render;
use crate::report::Report;

pub(super) fn run(scenarios: &Scenarios, settings: &Settings) -> Result<Ending> {
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    let table = |look| reports.iter().map(|report| render::checks(report, look)).collect::<String>();
    output::deliver(&scenarios.destination, settings, &reports, table, render::csv_of_checks)?;
    Ok(if reports.iter().all(Report::passes) { Ending::Done } else { Ending::NotMet })
}
