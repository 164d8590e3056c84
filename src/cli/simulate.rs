//! `simulate`: all strategies of a scenario, side by side.

use anyhow::Result;

use super::settings::Settings;
use super::{Ending, Reported, present};
use crate::render::Face;

pub(super) fn run(scenarios: &Reported, settings: &Settings) -> Result<Ending> {
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    present::present(&scenarios.destination, &scenarios.showing, settings, reports, Face::Whole, None)?;
    Ok(Ending::Done)
}
