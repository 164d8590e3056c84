//! `fit`: a scenario made from a log, with how well it stands for it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::replay::{LogShape, job_of, replayed};
use super::settings::Settings;
use super::{Ending, output};
use crate::check::{self, Options};
use crate::input::{Input, log_files};
use crate::plan::log::Log;
use crate::replay::{Fit, Wanted};
use crate::report::{Evaluation, Report};
use crate::units::{Exact, display};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Request log: CSV, JSONL or Parquet, also packed with gzip or zstd; patterns are expanded
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    #[command(flatten)]
    shape: LogShape,
    /// Column whose values are the tasks of the scenario; left out, all requests are of one kind
    #[arg(long, value_name = "COLUMN")]
    task: Option<String>,
    /// Name of the scenario; left out, the name of the log
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Use the prices of this date
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Lay a price list over the embedded ones (repeatable)
    #[arg(long, value_name = "FILE")]
    prices: Vec<PathBuf>,
    /// Write to a file; left out, to standard output
    #[arg(long = "out", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let options = Options { set: Vec::new(), as_of: arguments.as_of.clone(), prices: arguments.prices.clone() };
    let (names, files) = match (check::names(&options), log_files(&arguments.logs)) {
        (Ok(names), Ok(files)) => (names.at_its_date(), files),
        (names, files) => {
            settings.report(&[names.err().unwrap_or_default(), files.err().unwrap_or_default()].concat());
            return Ok(Ending::BadInput);
        }
    };
    if files.iter().any(|file| file.path.is_none()) {
        anyhow::bail!("a log is read twice here, which standard input cannot be: name a file");
    }
    let wanted = Wanted { log: arguments.shape.laid_over(Log::default())?, ..Wanted::default() };
    let as_of = names.as_of();
    let fit = match Fit::of(&files, &wanted, &names, arguments.task.as_deref()) {
        Ok(fit) => fit,
        Err(problems) => {
            settings.report(&problems);
            return Ok(Ending::BadInput);
        }
    };
    let log = files.iter().map(|file| file.name.clone()).collect::<Vec<_>>().join(", ");
    let job = job_of(files, names, wanted);
    let Some(report) = replayed(&job, None, settings)? else { return Ok(Ending::BadInput) };
    let Some(exact) = report.strategies.first().map(|strategy| strategy.total.clone()) else {
        return Ok(Ending::BadInput);
    };
    let lists: Vec<String> = arguments.prices.iter().map(|list| list.display().to_string()).collect();
    let name = arguments.name.clone().unwrap_or_else(|| log.clone());
    let scenario = fit.scenario(&name, &report, &as_of.to_string(), &lists);
    // Price lists are named from where the command runs, so that is where the scenario is taken to be.
    let input = Input::Text { name: "the fit".to_owned(), text: scenario.clone() };
    let simulated = check::load(&input, &Options::default()).and_then(Evaluation::of);
    let simulated = match simulated {
        Ok(evaluation) => Report::of(&evaluation),
        Err(problems) => {
            settings.report(&problems);
            return Ok(Ending::BadInput);
        }
    };
    let fitted = simulated.strategies.first().map(|strategy| &strategy.cost.per_request * &report.requests);
    let fitted = fitted.unwrap_or(Exact::ZERO);
    let text = format!("{}{scenario}", heading(&log, &report, &fitted, &exact, &as_of.to_string()));
    match &arguments.output {
        Some(path) => output::write_one(path, text.as_bytes())?,
        None => output::print(&text)?,
    }
    Ok(Ending::Done)
}

/// What it was made from, and how far off it is.
fn heading(log: &str, report: &crate::replay::ReplayReport, fitted: &Exact, exact: &Exact, as_of: &str) -> String {
    let log: String = log.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let error = (fitted - exact).checked_div(exact).unwrap_or(Exact::ZERO);
    let off = if error.is_zero() {
        "exactly the same".to_owned()
    } else {
        let sign = if error.is_negative() { "" } else { "+" };
        format!("{sign}{}", display::percent(&error, 3))
    };
    let span = match (&report.log.from, &report.log.to) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        _ => String::new(),
    };
    format!(
        "# Made from {log}: {} requests{span}.\n# At the prices of {as_of} these requests cost {}; simulated, {} ({off}).\n",
        display::count(&report.requests),
        display::money(exact, "USD"),
        display::money(fitted, "USD"),
    )
}
