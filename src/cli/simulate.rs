//! `simulate`: all strategies of a scenario, side by side.

use anyhow::Result;

use super::settings::Settings;
use super::variants::variants;
use super::{Ending, Reported, compare, present};
use crate::render::Face;

pub(super) fn run(scenarios: &Reported, settings: &Settings) -> Result<Ending> {
    match variants(&scenarios.changes.set) {
        Ok(all) if all.len() > 1 => {
            let destination = scenarios.destination.plain()?;
            return compare::simulate(&scenarios.files, all, &scenarios.changes, &destination, settings);
        }
        Ok(_) => {}
        Err(problems) => {
            settings.report(&problems);
            return Ok(Ending::BadInput);
        }
    }
    let Some(reports) = settings.reports(scenarios) else { return Ok(Ending::BadInput) };
    present::present(&scenarios.destination, &scenarios.showing, settings, reports, Face::Whole, None)?;
    Ok(Ending::Done)
}
