//! `prices import`: another project's price file as a list of ours, over the list that is there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::super::price::stated;
use super::super::settings::Settings;
use super::super::{Ending, output};
use crate::check;
use crate::diag::{Code, Diagnostic};
use crate::input;
use crate::pricing::import::{Imported, Upstream, import, updated};
use crate::pricing::write::{Head, written};
use crate::pricing::{Date, Model, Test};
use crate::render;

#[derive(Args, Debug)]
pub(in super::super) struct Arguments {
    /// Whose file it is
    #[arg(long, value_name = "PROJECT")]
    from: From,
    /// The file: model_prices_and_context_window.json, or the data of genai-prices as JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The list to write; one that is there gets new cards and keeps all it has
    #[arg(short = 'o', long, value_name = "LIST")]
    out: Option<PathBuf>,
    /// The date of the file; needed where a price changes
    #[arg(long, value_name = "DATE")]
    listed: Option<String>,
    /// What the cards name as their source [default: the project]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Write what is not as it was in the file to a .csv
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum From {
    Litellm,
    GenaiPrices,
}

pub(in super::super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let (upstream, project) = match arguments.from {
        From::Litellm => (Upstream::Litellm, "litellm"),
        From::GenaiPrices => (Upstream::GenaiPrices, "genai-prices"),
    };
    let name = arguments.source.as_deref().unwrap_or(project);
    let listed = match &arguments.listed {
        None => None,
        Some(text) => match text.parse::<Date>() {
            Ok(date) => Some(date),
            Err(_) => {
                let place = stated("--listed", text);
                let found = Diagnostic::at(Code::BadQuantity, &place, "a date is written `2026-11-23`", "not a date");
                return Ok(settings.refuse(&[found]));
            }
        },
    };
    let read = input::read_table(&arguments.file, &arguments.file.display().to_string());
    let imported = match read.and_then(|source| import(upstream, &source, name)) {
        Ok(imported) => imported,
        Err(problem) => return Ok(settings.refuse(&[*problem])),
    };
    let old = match &arguments.out {
        Some(path) if is_written(path) => match check::price_list(path) {
            Ok(list) => Some(list),
            Err(problems) => return Ok(settings.refuse(&problems)),
        },
        _ => None,
    };
    let old: Option<(Option<Date>, Vec<Arc<Model>>)> = old.map(|list| (list.info().listed, list.all()));
    let (models, changes) = match &old {
        None => (first(&imported, upstream, listed), None),
        Some((known, old)) => {
            let old: Vec<Model> = old.iter().map(|model| (**model).clone()).collect();
            let date = listed.or(*known).unwrap_or(Date::ZERO);
            let (models, changes) = updated(&old, &imported.models, date, name);
            let nothing_new = changes.added.is_empty() && changes.changed.is_empty() && changes.removed.is_empty();
            if listed.is_none() && !nothing_new {
                bail!(
                    "{} models are new, {} changed and {} are gone since that list was made: of which day is the file? add `--listed DATE`",
                    changes.added.len(),
                    changes.changed.len(),
                    changes.removed.len()
                );
            }
            (models, Some(changes))
        }
    };
    let known = old.and_then(|(date, _)| date);
    let head = Head {
        comment: vec![
            format!("Made by `llmcost prices import` from {name}; USD per 1M tokens unless a price says `per`."),
            "A newer file appends cards: a price that was in force stays.".to_owned(),
        ],
        list: None,
        provider: None,
        listed: listed.max(known),
        ge: models
            .iter()
            .flat_map(|m| &m.cards)
            .flat_map(|c| &c.rates)
            .all(|(_, r)| r.tiers.iter().all(|t| t.test == Test::Ge)),
    };
    let text = written(&head, &models);
    let summary = render::imported(&imported, models.len(), changes.as_ref(), settings.look());
    if let Some(path) = &arguments.report {
        output::write_one(path, render::csv_of_imported(&imported)?.as_bytes())?;
    }
    match &arguments.out {
        Some(path) => {
            output::write_one(path, text.as_bytes())?;
            output::print(&summary)?;
        }
        None => {
            output::print(&text)?;
            // Nothing is left to be done when standard error is closed.
            let _ = std::io::stderr().write_all(summary.as_bytes());
        }
    }
    Ok(Ending::Done)
}

fn is_written(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > 0)
}

/// The models of a first import. A file without history attests its prices from its own day on.
fn first(imported: &Imported, upstream: Upstream, listed: Option<Date>) -> Vec<Model> {
    let mut models = imported.models.clone();
    for card in models.iter_mut().flat_map(|model| &mut model.cards) {
        if upstream == Upstream::Litellm {
            card.from = card.from.or(listed);
        }
        if listed.is_some_and(|date| card.covers(date)) {
            card.verified = card.verified.or(listed);
        }
    }
    models
}
