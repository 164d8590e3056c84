//! `prices show` and `prices history`: everything about one model, now and through time.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::super::price::stated;
use super::super::settings::Settings;
use super::super::{Destination, Ending, Format, output};
use super::Lists;
use crate::diag::Diagnostic;
use crate::pricing::view::{details, history};
use crate::pricing::{Model, Moment, resolve};
use crate::render;

#[derive(Args, Debug)]
pub(in super::super) struct Show {
    /// The model
    #[arg(value_name = "MODEL")]
    model: String,
    #[command(flatten)]
    lists: Lists,
    #[command(flatten)]
    destination: Destination,
}

#[derive(Args, Debug)]
pub(in super::super) struct History {
    /// The model
    #[arg(value_name = "MODEL")]
    model: String,
    /// Only this mode: standard, batch, flex, ...
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    #[command(flatten)]
    lists: Lists,
    #[command(flatten)]
    destination: Destination,
}

pub(in super::super) fn show(arguments: &Show, settings: &Settings) -> Result<Ending> {
    let (model, at) = match named(&arguments.model, &arguments.lists) {
        Ok(found) => found,
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    let details = details(&model, at);
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::price_details(&details, look),
            Format::Json => render::any_json(&details)?,
            Format::Csv => render::csv_of_cards(&details.model, &details.cards)?,
        })
    })?;
    Ok(Ending::Done)
}

pub(in super::super) fn show_history(arguments: &History, settings: &Settings) -> Result<Ending> {
    let (model, _) = match named(&arguments.model, &arguments.lists) {
        Ok(found) => found,
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    let history = history(&model, arguments.mode.as_deref());
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::price_history(&history, look),
            Format::Json => render::any_json(&history)?,
            Format::Csv => {
                let cards: Vec<_> = history.steps.iter().map(|step| step.card.clone()).collect();
                render::csv_of_cards(&history.model, &cards)?
            }
        })
    })?;
    Ok(Ending::Done)
}

/// The model and the moment that are asked for.
fn named(name: &str, lists: &Lists) -> Result<(Arc<Model>, Moment), Vec<Diagnostic>> {
    let (book, at) = lists.read()?;
    let place = stated("MODEL", name);
    let whence = "the date is that of `--at`; left out, the date of the newest price list";
    let model = resolve(&book, name, at.date, &place, whence).map_err(|problem| vec![*problem])?;
    Ok((model, at))
}
