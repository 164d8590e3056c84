//! `check`: budgets and expectations, for people and for CI.

use anyhow::Result;
use clap::Args;

use super::settings::Settings;
use super::{Changes, Destination, Ending, Format, output};
use crate::render;
use crate::report::Report;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenario files; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let Some(evaluations) = settings.evaluate(&arguments.files, &arguments.changes) else {
        return Ok(Ending::BadInput);
    };
    let reports: Vec<Report> = evaluations.iter().map(Report::of).collect();
    output::deliver(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => reports.iter().map(|report| render::checks(report, look)).collect::<Vec<_>>().concat(),
            Format::Json => render::json(&reports)?,
            Format::Csv => render::csv(&reports)?,
        })
    })?;
    Ok(if reports.iter().all(Report::passes) { Ending::Done } else { Ending::NotMet })
}
