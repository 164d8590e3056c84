//! `compare` of two saved results of `risk`.

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use super::settings::Settings;
use super::{Destination, Ending, Format, output};
use crate::analysis::risk;
use crate::input::{self, Input};
use crate::render;

/// The files as results of `risk`; `None` where none of them is one. Standard input is left to others.
pub(super) fn results(files: &[String]) -> Result<Option<Vec<(String, Value)>>> {
    let read = |file: &String| {
        let source = (file != "-").then(|| input::read_report(&Input::from_argument(file)).ok()).flatten()?;
        risk::is_result(&source.text).map(|value| (file.clone(), value))
    };
    let found: Vec<Option<(String, Value)>> = files.iter().map(read).collect();
    if found.iter().all(Option::is_none) {
        return Ok(None);
    }
    if let Some((other, _)) = files.iter().zip(&found).find(|(_, found)| found.is_none()) {
        bail!("{other} is no result of `risk`; results of `risk` are compared with each other");
    }
    Ok(Some(found.into_iter().flatten().collect()))
}

/// Compares the second result with the first.
pub(super) fn run(results: &[(String, Value)], destination: &Destination, settings: &Settings) -> Result<Ending> {
    let [(base, old), (head, new)] = results else {
        bail!("two results of `risk` are compared; {} are named", results.len());
    };
    let found = risk::compare((base, old), (head, new)).map_err(|words| anyhow!("{words}"))?;
    output::put(destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::risk_change(&found, look),
            Format::Json => render::any_json(&found)?,
            Format::Csv => render::csv_of_risk_change(&found)?,
        })
    })?;
    Ok(Ending::Done)
}
