//! `breakeven`: from which volume hosting beats an API.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use super::pictures::{self, Picture};
use super::settings::Settings;
use super::{Destination, Ending, Scenarios, output};
use crate::render::{self, Look, chart};
use crate::report::Report;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios,
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
    let (mut drawn, output) = pictures::split(&scenarios.destination.output);
    drawn.extend(arguments.chart.clone().map(pictures::Target::by_ending));
    pictures::write(&drawn, &charts(&reports))?;
    if !output.is_empty() || scenarios.destination.output.is_empty() {
        let table = |look| reports.iter().map(|report| table(report, look)).collect::<Vec<_>>().join("\n");
        let destination = Destination { format: scenarios.destination.format, output };
        output::deliver(&destination, settings, &reports, table, render::csv_of_break_evens)?;
    }
    Ok(Ending::Done)
}

/// The pictures of each comparison: by volume, and by load where a replica holds a known load.
fn charts(reports: &[Report]) -> Vec<Picture> {
    let cases = reports.iter().flat_map(|report| report.break_even.iter().map(move |case| (report, case)));
    cases
        .enumerate()
        .flat_map(|(index, (report, case))| {
            let number = if index == 0 { String::new() } else { format!("-{}", index.saturating_add(1)) };
            let by_volume = Picture { suffix: number.clone(), spec: render::break_even_chart(report, case) };
            let by_load = render::break_even_load_chart(report, case)
                .map(|spec| Picture { suffix: format!("{number}-load"), spec });
            std::iter::once(by_volume).chain(by_load)
        })
        .collect()
}

/// The table, with a drawing of each comparison below it.
fn table(report: &Report, look: Look) -> String {
    let mut out = render::break_evens(report, look);
    if !look.quiet {
        for case in &report.break_even {
            out.push('\n');
            out.push_str(&chart::terminal(&render::break_even_chart(report, case), look));
        }
    }
    out
}
