//! `prices diff`: two lists, and what the difference does to a scenario.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::super::settings::Settings;
use super::super::{Destination, Ending, Format, output};
use crate::check::{self, Options};
use crate::diag::Diagnostic;
use crate::input::Input;
use crate::pricing::{Date, Effect, List, Moment, StrategyEffect, diff};
use crate::render;
use crate::report::{Evaluation, Report};

#[derive(Args, Debug)]
pub(in super::super) struct Arguments {
    /// The older list: a file, or the name of one in the program (embedded, guide-2025)
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer list
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Compare the prices of this day [default: the date of the newer list]
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// Compute a scenario with each of the two lists over its own (repeatable)
    #[arg(long, value_name = "FILE")]
    scenario: Vec<String>,
    #[command(flatten)]
    destination: Destination,
}

pub(in super::super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let lists = [&arguments.old, &arguments.new].map(|path| check::price_list(path));
    let [old, new] = match lists {
        [Ok(old), Ok(new)] => [old, new],
        [old, new] => {
            let problems: Vec<Diagnostic> = [old, new].into_iter().filter_map(Result::err).flatten().collect();
            return Ok(settings.refuse(&problems));
        }
    };
    let Some(date) = date(arguments, &old, &new) else {
        bail!("which day's prices? neither list states its date; add `--at DATE`");
    };
    let found = diff(&old.all(), &new.all(), date);
    let mut effects = Vec::new();
    for file in &arguments.scenario {
        match effect(file, &arguments.old, &arguments.new, arguments.at.as_deref()) {
            Ok(effect) => effects.push(effect),
            Err(problems) => return Ok(settings.refuse(&problems)),
        }
    }
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::price_diff(&found, &effects, look),
            Format::Json => render::price_diff_json(&found, &effects)?,
            Format::Csv => render::csv_of_price_diff(&found)?,
        })
    })?;
    Ok(Ending::Done)
}

fn date(arguments: &Arguments, old: &List, new: &List) -> Option<Date> {
    match &arguments.at {
        Some(text) => Moment::parse(text).map(|at| at.date),
        None => new.info().listed.or(old.info().listed),
    }
}

/// What each strategy of a scenario costs with either list.
fn effect(file: &str, old: &Path, new: &Path, at: Option<&str>) -> Result<Effect, Vec<Diagnostic>> {
    let compute = |list: &Path| {
        let options = Options { as_of: at.map(str::to_owned), prices: vec![list.to_owned()], ..Options::default() };
        let plan = check::load(&Input::from_argument(file), &options)?;
        Ok::<_, Vec<Diagnostic>>(Report::of(&Evaluation::of(plan)?))
    };
    let (before, after) = (compute(old)?, compute(new)?);
    let strategies = before.strategies.iter().zip(&after.strategies);
    let strategies = strategies.map(|(a, b)| StrategyEffect::of(&a.name, &a.cost.per_month, &b.cost.per_month));
    Ok(Effect { file: file.to_owned(), currency: after.currency.clone(), strategies: strategies.collect() })
}
