//! `prices list`: models with their prices, narrowed by seller, mode, ability and price.

use std::collections::HashSet;

use anyhow::{Result, bail};
use clap::Args;

use super::super::price::stated;
use super::super::settings::Settings;
use super::super::{Destination, Ending, Format, output};
use super::Lists;
use crate::diag::{Code, Diagnostic, suggest};
use crate::input::refused;
use crate::pricing::List;
use crate::pricing::view::{Ability, Filter, row};
use crate::render;
use crate::units::{Exact, Kind, Settings as Grammar};

#[derive(Args, Debug)]
pub(in super::super) struct Arguments {
    /// Part of a name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Models sold by this provider
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    /// Prices in this mode: batch, flex, priority, ...; models without it are left out
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Models that can, as far as their prices tell: text, embedding, caching, batch, audio, image, video, web_search, tiers, hours, free (repeatable)
    #[arg(long, value_name = "ABILITY")]
    can: Vec<String>,
    /// At most this for 1M input tokens
    #[arg(long, value_name = "USD")]
    max_input: Option<String>,
    /// At most this for 1M output tokens
    #[arg(long, value_name = "USD")]
    max_output: Option<String>,
    /// Retired models, too
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    lists: Lists,
    #[command(flatten)]
    destination: Destination,
}

pub(in super::super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let (book, at) = match arguments.lists.read() {
        Ok(read) => read,
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    let filter = match filter(arguments) {
        Ok(filter) => filter,
        Err(problem) => return Ok(settings.refuse(&[*problem])),
    };
    let mut rows = Vec::new();
    let mut known = HashSet::new();
    for model in book.lists().iter().flat_map(List::all) {
        // An upper list hides what it states again.
        if known.insert((model.provider.clone(), model.id.clone())) {
            rows.extend(row(&model, &filter, at));
        }
    }
    if rows.is_empty() && filter.provider.as_ref().is_some_and(|provider| !book.has_provider(provider)) {
        let providers = book.providers();
        let named = || providers.iter().map(String::as_str);
        let wrong = filter.provider.as_deref().unwrap_or_default();
        let near = suggest::did_you_mean(wrong, named());
        bail!(
            "no list has a provider `{wrong}`; {}",
            near.unwrap_or_else(|| format!("there are {}", suggest::listed(named(), "and")))
        );
    }
    rows.sort_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
    let mode = filter.mode.as_deref().unwrap_or("standard");
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::price_rows(&rows, mode, at, look),
            Format::Json => render::price_rows_json(&rows, mode, at)?,
            Format::Csv => render::csv_of_price_rows(&rows, mode, at)?,
        })
    })?;
    Ok(Ending::Done)
}

fn filter(arguments: &Arguments) -> Result<Filter, Box<Diagnostic>> {
    let words = || Ability::ALL.iter().map(|(word, _)| *word);
    let ability = |text: &String| {
        Ability::ALL.iter().find(|(word, _)| word == text).map(|(_, ability)| *ability).ok_or_else(|| {
            let message = format!("`--can` knows no `{text}`");
            let near = suggest::did_you_mean(text, words());
            let found = Diagnostic::at(Code::UnknownWord, &stated("--can", text), message, "unknown");
            Box::new(found.help(near.unwrap_or_else(|| format!("it knows {}", suggest::listed(words(), "and")))))
        })
    };
    Ok(Filter {
        name: arguments.name.clone(),
        provider: arguments.provider.clone(),
        mode: arguments.mode.clone().filter(|mode| mode != "standard"),
        can: arguments.can.iter().map(ability).collect::<Result<_, _>>()?,
        max_input: usd("--max-input", arguments.max_input.as_ref())?,
        max_output: usd("--max-output", arguments.max_output.as_ref())?,
        retired: arguments.retired,
    })
}

/// A price as it is compared: USD per 1M tokens.
fn usd(name: &str, text: Option<&String>) -> Result<Option<Exact>, Box<Diagnostic>> {
    let Some(text) = text else { return Ok(None) };
    match Kind::TokenPrice.parse(text, &Grammar::default()) {
        Ok(price) => Ok(Some(&price * &Exact::from(1_000_000))),
        Err(refusal) => Err(Box::new(refused(&refusal, &stated(name, text)))),
    }
}
