//! `breakeven`: from which volume hosting beats an API.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::settings::Settings;
use super::{Ending, Scenarios, output, present};
use crate::render::{self, Face, chart};
use crate::report::Report;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios,
    /// Draw the comparison into an .svg or .png file; further ones into FILE-2, FILE-3, ...
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
    if let Some(path) = &arguments.chart {
        draw(&reports, path)?;
    }
    present::present(&scenarios.destination, &scenarios.showing, settings, reports, Face::BreakEven)?;
    Ok(Ending::Done)
}

/// One picture per comparison.
fn draw(reports: &[Report], path: &Path) -> Result<()> {
    let cases = reports.iter().flat_map(|report| report.break_even.iter().map(move |case| (report, case)));
    let mut pictures = Vec::new();
    for (index, (report, case)) in cases.enumerate() {
        let spec = render::break_even_chart(report, case);
        let canvas = chart::Canvas::default();
        let bytes = match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => chart::svg(&spec, canvas).into_bytes(),
            #[cfg(feature = "png")]
            Some("png") => chart::png(&spec, canvas)?,
            _ => bail!("a chart is an .svg or .png file; {} is neither", path.display()),
        };
        pictures.push((numbered(path, index), bytes));
    }
    pictures.iter().try_for_each(|(path, bytes)| output::write(path, bytes))
}

/// `out.svg`, `out-2.svg`, ...
fn numbered(path: &Path, index: usize) -> PathBuf {
    if index == 0 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.{ending}", index.saturating_add(1)))
}
