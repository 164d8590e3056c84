//! `price`: what one request costs, or many of them from a table.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;

use super::settings::Settings;
use super::{Destination, Ending, Format, output, price_cases};
use crate::check;
use crate::diag::{Code, Diagnostic, Place, Sink, Source};
use crate::input::refused;
use crate::pricing::cases::counted;
use crate::pricing::{self, Component, Date, Moment, Problem, Receipt, Usage};
use crate::render;
use crate::units::{Exact, Kind, Settings as Grammar};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The model: gpt-4o, anthropic/claude-opus-5-5, a dated alias
    #[arg(required_unless_present = "cases", conflicts_with = "cases")]
    model: Option<String>,
    /// Tokens of the whole prompt, cached and written ones included
    #[arg(
        long,
        value_name = "TOKENS",
        allow_negative_numbers = true,
        required_unless_present = "cases",
        conflicts_with = "cases"
    )]
    input: Option<String>,
    /// Of these, tokens read from the prompt cache
    #[arg(long, value_name = "TOKENS", allow_negative_numbers = true)]
    cached: Option<String>,
    /// Of these, tokens written to the cache for its default lifetime
    #[arg(long, value_name = "TOKENS", allow_negative_numbers = true)]
    cache_write: Option<String>,
    /// Of these, tokens written to the cache for an hour
    #[arg(long, value_name = "TOKENS", allow_negative_numbers = true)]
    cache_write_1h: Option<String>,
    /// Visible tokens of the answer
    #[arg(long, value_name = "TOKENS", allow_negative_numbers = true)]
    output: Option<String>,
    /// Hidden reasoning tokens beside them
    #[arg(long, value_name = "TOKENS", allow_negative_numbers = true)]
    reasoning: Option<String>,
    /// Other things of the request: web_search=2, input_audio=1500 (part of --input), page=30 (repeatable)
    #[arg(long, value_name = "COMPONENT=QUANTITY")]
    also: Vec<String>,
    /// How many such requests
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    requests: Option<String>,
    /// batch, flex, priority, ...; left out, the standard price
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// A day (2026-11-23) or an instant (2026-11-23T14:00Z), for prices that depend on the hour
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// The price of a region, where the model has one
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The price of a route, where the model has one
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,
    /// Price every row of a table instead (.csv or .jsonl): model, input, cached, cache_write, cache_write_1h, output, requests, mode, at;
    /// where needed also reasoning, cache_write_5m, _30m, _12h, region, route and the components of --also
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Lay a price list over the embedded one: a file, or guide-2025 (repeatable)
    #[arg(long, value_name = "FILE")]
    prices: Vec<PathBuf>,
    #[command(flatten)]
    destination: Destination,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let book = match check::price_book(&arguments.prices) {
        Ok(book) => book.in_region(arguments.region.clone()),
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    let Some(today) = book.listed() else { bail!("no price list states its date; name one with `--at`") };
    if let Some(path) = &arguments.cases {
        return price_cases::run(path, &arguments.destination.output, &book, today, settings);
    }
    let mut sink = Sink::default();
    let asked = read(arguments, today, &mut sink);
    let receipt = asked.and_then(|asked| priced(&asked, arguments, &book, &mut sink));
    let receipt = match sink.finish(receipt) {
        Ok(receipt) => receipt,
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::receipt(&receipt, look),
            Format::Json => render::any_json(&receipt)?,
            Format::Csv => render::csv_of_receipt(&receipt)?,
        })
    })?;
    Ok(Ending::Done)
}

/// What is asked, read.
struct Asked {
    model: (String, Place),
    usage: Usage,
    input: Place,
    requests: u64,
    mode: Option<String>,
    at: Moment,
}

fn read(arguments: &Arguments, today: Date, sink: &mut Sink) -> Option<Asked> {
    let before = sink.failures();
    let mut count = |name: &str, text: &Option<String>, default: u64| match text {
        Some(text) => whole(name, text, sink).unwrap_or(default),
        None => default,
    };
    let written = [
        (String::new(), count("--cache-write", &arguments.cache_write, 0)),
        ("1h".to_owned(), count("--cache-write-1h", &arguments.cache_write_1h, 0)),
    ];
    let mut usage = Usage {
        input: count("--input", &arguments.input, 0),
        cached: count("--cached", &arguments.cached, 0),
        written: written.into_iter().filter(|(_, tokens)| *tokens > 0).collect(),
        output: count("--output", &arguments.output, 0),
        reasoning: count("--reasoning", &arguments.reasoning, 0),
        also: Vec::new(),
    };
    let requests = count("--requests", &arguments.requests, 1);
    usage.also = arguments.also.iter().filter_map(|text| also(text, sink)).collect();
    let at = match &arguments.at {
        None => Some(Moment::day(today)),
        Some(text) => Moment::parse(text).or_else(|| {
            sink.refuse(
                Diagnostic::at(
                    Code::BadQuantity,
                    &stated("--at", text),
                    "this is neither a day nor an instant",
                    "not a date",
                )
                .help("write `2026-11-23`, or `2026-11-23T14:00:00Z` where the hour matters"),
            )
        }),
    };
    let model = arguments.model.clone().unwrap_or_default();
    let place = stated("MODEL", &model);
    let input = stated("--input", arguments.input.as_deref().unwrap_or_default());
    let mode = arguments.mode.clone().filter(|mode| mode != "standard");
    let at = at.filter(|_| sink.failures() == before)?;
    Some(Asked { model: (model, place), usage, input, requests, mode, at })
}

fn priced(asked: &Asked, arguments: &Arguments, book: &pricing::Book, sink: &mut Sink) -> Option<Receipt> {
    let (name, place) = &asked.model;
    let whence = "the date is that of `--at`; left out, the date of the newest price list";
    let model =
        pricing::resolve(book, name, asked.at.date, place, whence).map_err(|problem| sink.add(*problem)).ok()?;
    let model = pricing::Model { route: arguments.route.clone(), ..(*model).clone() };
    let mode = asked.mode.as_deref();
    let receipt = Receipt::of(&model, &asked.usage, asked.requests, mode, asked.at, book);
    receipt
        .map_err(|problem| {
            let (code, message, help) = problem.said_of(&model, mode, asked.at);
            let (place, label) = match &problem {
                Problem::Impossible(_) => (&asked.input, "the whole prompt"),
                Problem::Unpriced(..) => (place, "asked for here"),
            };
            sink.add(Diagnostic::at(code, place, message, label).help_if(help));
        })
        .ok()
}

/// The place of an argument.
pub(super) fn stated(name: &str, text: &str) -> Place {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned(), first_line: 1 });
    Place::new(&source, 0, text.len())
}

fn whole(name: &str, text: &str, sink: &mut Sink) -> Option<u64> {
    let place = stated(name, text);
    match Kind::Count.parse(text, &Grammar::default()) {
        Ok(value) if value.is_whole() => value.to_u64(),
        Ok(_) => {
            sink.refuse(Diagnostic::at(Code::OutOfRange, &place, "a whole number is expected", "this has a fraction"))
        }
        Err(refusal) => sink.refuse(refused(&refusal, &place)),
    }
}

/// `web_search=2`
fn also(text: &str, sink: &mut Sink) -> Option<(Component, Exact)> {
    let place = stated("--also", text);
    let all = || counted().map(Component::slug);
    let Some((name, quantity)) = text.split_once('=') else {
        return sink.refuse(
            Diagnostic::at(Code::WrongShape, &place, "`--also` is a component and a quantity", "no `=` here")
                .help("for instance `--also web_search=2`"),
        );
    };
    let Some(component) = Component::from_slug(name).filter(|component| counted().any(|known| known == component))
    else {
        let near = crate::diag::suggest::did_you_mean(name, all());
        return sink.refuse(
            Diagnostic::at(Code::UnknownWord, &place, format!("`--also` knows no component `{name}`"), "unknown")
                .help(near.unwrap_or_else(|| format!("it knows {}", crate::diag::suggest::listed(all(), "and")))),
        );
    };
    match Kind::Count.parse(quantity, &Grammar::default()) {
        Ok(value) => Some((component, value)),
        Err(refusal) => sink.refuse(refused(&refusal, &place)),
    }
}
