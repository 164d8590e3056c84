//! `risk`: what a scenario with ranges may cost.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::settings::Settings;
use super::{Ending, Scenarios, output, pictures};
use crate::analysis::risk::{self, RiskReport};
use crate::render;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios<Form>,
    /// What the draws begin with: the same seed, the same result
    #[arg(long, value_name = "NUMBER", default_value_t = risk::SEED)]
    seed: u64,
    /// Draws, rounded up to 4,096 times a power of two; as many as the accuracy takes when left out
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=16_777_216))]
    samples: Option<u32>,
    /// Draw what a month may cost into FILE (.svg or .png) and what matters for the cheapest strategy into FILE-tornado
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

/// The forms of a result.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// Tables for people
    Table,
    /// Everything, as decimal strings
    Json,
    /// One row per strategy, metric and sensitivity
    Csv,
    /// Tables for a README or a pull request
    #[value(alias = "md")]
    Markdown,
}

impl output::Form for Form {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "txt" => Some(Self::Table),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let scenarios = &arguments.scenarios;
    let Some(plans) = settings.plans(&scenarios.files, &scenarios.changes) else { return Ok(Ending::BadInput) };
    if let Some(certain) = plans.iter().find(|plan| plan.uncertain.inputs.is_empty()) {
        bail!("nothing in {} is uncertain; state a range, for instance `input: 400 to 700`", certain.file);
    }
    let samples = arguments.samples.and_then(|samples| usize::try_from(samples).ok());
    let how = risk::Settings { seed: arguments.seed, samples };
    let mut reports: Vec<RiskReport> = Vec::new();
    let mut problems = Vec::new();
    for plan in &plans {
        match risk::assess(plan, &how) {
            Ok(report) => reports.push(report),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        settings.report(&problems);
        return Ok(Ending::BadInput);
    }
    let charts = || pictures::numbered(reports.iter().map(render::risk_charts).collect());
    let place = (&scenarios.destination, arguments.chart.as_ref());
    pictures::put(place, charts, settings, |format, look| {
        let joined = |show: &dyn Fn(&RiskReport) -> String| reports.iter().map(show).collect::<Vec<_>>().join("\n");
        Ok(match format {
            Form::Table => joined(&|report| render::risk(report, look)),
            Form::Json => render::json(&reports)?,
            Form::Csv => render::csv_of_risks(&reports)?,
            Form::Markdown => joined(&render::markdown_of_risk),
        })
    })?;
    Ok(Ending::Done)
}
