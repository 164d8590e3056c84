//! `explain`: how a figure comes about.

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};

use super::output::{Form, put};
use super::settings::Settings;
use super::{Changes, Destination, Ending};
use crate::diag::suggest;
use crate::plan::Metric;
use crate::render;
use crate::report::explain::{Explanations, OfStrategy, SCHEMA, explain};
use crate::report::{Evaluation, ScenarioName};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenario file; - reads standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// The strategy; left out, all of them
    strategy: Option<String>,
    /// A metric (per_month), a line (route.gpt-4o.input) or the start of one (gpt-4o); left out, everything
    path: Option<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination<Explained>,
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Explained {
    /// Text for people
    Table,
    /// Everything, as an object
    Json,
    /// Markdown with tables
    #[value(alias = "md")]
    Markdown,
}

impl Form for Explained {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "txt" => Some(Self::Table),
            "json" => Some(Self::Json),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let Some(evaluations) = settings.evaluate(std::slice::from_ref(&arguments.file), &arguments.changes) else {
        return Ok(Ending::BadInput);
    };
    let all = evaluations.iter().map(|evaluation| explained(evaluation, arguments)).collect::<Result<Vec<_>>>()?;
    put(&arguments.destination, settings, |form, look| {
        Ok(match form {
            Explained::Table => render::explanations(&all, look),
            Explained::Json => render::json(&all)?,
            Explained::Markdown => render::explanations_in_markdown(&all),
        })
    })?;
    Ok(Ending::Done)
}

fn explained(evaluation: &Evaluation, arguments: &Arguments) -> Result<Explanations> {
    let plan = &evaluation.plan;
    let names: Vec<&str> = plan.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    if let Some(strategy) = arguments.strategy.as_deref().filter(|strategy| !names.contains(strategy)) {
        return Err(unknown(strategy, &names));
    }
    let wanted = |name: &str| arguments.strategy.as_deref().is_none_or(|wanted| wanted == name);
    let of = |(index, name): (usize, &&str)| {
        let figures = explain(evaluation, index, arguments.path.as_deref()).map_err(|problem| anyhow!(problem))?;
        Ok(OfStrategy { name: (*name).to_owned(), figures })
    };
    Ok(Explanations {
        schema: SCHEMA,
        scenario: ScenarioName { name: plan.name.clone(), file: plan.file.clone(), set: Vec::new() },
        strategies: names.iter().enumerate().filter(|(_, name)| wanted(name)).map(of).collect::<Result<_>>()?,
    })
}

fn unknown(strategy: &str, names: &[&str]) -> anyhow::Error {
    let near = suggest::did_you_mean(strategy, names.iter().copied());
    let figure = Metric::ALL.iter().any(|metric| metric.name() == strategy);
    let all = || match figure {
        true => format!("`{strategy}` is a figure; the strategy comes before it"),
        false => format!("there are {}", suggest::listed(names.iter().copied(), "and")),
    };
    anyhow!("there is no strategy `{strategy}`; {}", near.unwrap_or_else(all))
}
