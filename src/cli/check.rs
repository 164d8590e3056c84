//! `check`: budgets and expectations, for people and for CI.

use anyhow::Result;

use super::settings::Settings;
use super::{Ending, Reported, present};
use crate::render::Face;
use crate::report::Report;

pub(super) fn run(scenarios: &Reported, settings: &Settings) -> Result<Ending> {
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    let passes = reports.iter().all(Report::passes);
    present::present(&scenarios.destination, &scenarios.showing, settings, reports, Face::Checks, None)?;
    Ok(if passes { Ending::Done } else { Ending::NotMet })
}
