//! `explain`: how a figure comes about.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::settings::Settings;
use super::{Changes, Ending};
use crate::diag::suggest;
use crate::plan::Metric;
use crate::render;
use crate::report::explain::explain;

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
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let Some(evaluations) = settings.evaluate(std::slice::from_ref(&arguments.file), &arguments.changes) else {
        return Ok(Ending::BadInput);
    };
    let mut text = String::new();
    for evaluation in &evaluations {
        let names: Vec<&str> = evaluation.plan.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
        let wanted = |name: &str| arguments.strategy.as_deref().is_none_or(|wanted| wanted == name);
        if let Some(strategy) = arguments.strategy.as_deref().filter(|strategy| !names.contains(strategy)) {
            let near = suggest::did_you_mean(strategy, names.iter().copied());
            let figure = Metric::ALL.iter().any(|metric| metric.name() == strategy);
            let all = || match figure {
                true => format!("`{strategy}` is a figure; the strategy comes before it"),
                false => format!("there are {}", suggest::listed(names.iter().copied(), "and")),
            };
            super::complain(&anyhow::anyhow!("there is no strategy `{strategy}`; {}", near.unwrap_or_else(all)));
            return Ok(Ending::BadInput);
        }
        for (index, name) in names.iter().enumerate().filter(|(_, name)| wanted(name)) {
            match explain(evaluation, index, arguments.path.as_deref()) {
                Ok(all) => {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str(&render::explanations(name, &all, settings.look()));
                }
                Err(problem) => {
                    super::complain(&anyhow::anyhow!(problem));
                    return Ok(Ending::BadInput);
                }
            }
        }
    }
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(Ending::Done)
}
