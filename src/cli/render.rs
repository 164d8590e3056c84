//! `render`: saved reports in another form.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::present::{self, Showing};
use super::settings::Settings;
use super::{Destination, Ending, ReportForm};
use crate::input::{Input, read_report};
use crate::render::Face;
use crate::report::Report;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Reports as `--format json` wrote them; - reads standard input
    #[arg(required = true, value_name = "REPORT")]
    files: Vec<String>,
    /// Show them as this command does
    #[arg(long = "as", value_name = "COMMAND", default_value = "simulate")]
    command: Shown,
    #[command(flatten)]
    destination: Destination<ReportForm>,
    #[command(flatten)]
    showing: Showing,
}

/// The commands that show reports.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shown {
    Simulate,
    Check,
    Breakeven,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let mut reports = Vec::new();
    let mut problems = Vec::new();
    for file in &arguments.files {
        match read_report(&Input::from_argument(file)).and_then(|source| Report::read(&source)) {
            Ok(found) => reports.extend(found),
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        settings.report(&problems);
        return Ok(Ending::BadInput);
    }
    let face = match arguments.command {
        Shown::Simulate => Face::Whole,
        Shown::Check => Face::Checks,
        Shown::Breakeven => Face::BreakEven,
    };
    present::present(&arguments.destination, &arguments.showing, settings, reports, face, None)?;
    Ok(Ending::Done)
}
