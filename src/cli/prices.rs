//! `prices`: the catalogue, to look at, to compare, to extend and to check.

mod diff;
mod import;
mod lint;
mod list;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Ending;
use super::price::stated;
use super::settings::Settings;
use crate::check;
use crate::diag::{Code, Diagnostic};
use crate::pricing::{Book, Date, Moment};

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List models with their prices
    List(list::Arguments),
    /// Show everything about a model: prices, hours, regions, sources, where they disagree
    Show(show::Show),
    /// Show how the prices of a model changed, and what is announced
    History(show::History),
    /// Compare two lists, and what the difference does to a scenario
    Diff(diff::Arguments),
    /// Turn another project's price file into a list of ours; what it cannot say is listed
    Import(import::Arguments),
    /// Find what a list says and hardly means; exit 1 if something is found that the list does not accept
    Lint(lint::Arguments),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<Ending> {
    match command {
        Command::List(arguments) => list::run(arguments, settings),
        Command::Show(arguments) => show::show(arguments, settings),
        Command::History(arguments) => show::show_history(arguments, settings),
        Command::Diff(arguments) => diff::run(arguments, settings),
        Command::Import(arguments) => import::run(arguments, settings),
        Command::Lint(arguments) => lint::run(arguments, settings),
    }
}

/// Which lists, and when.
#[derive(Args, Debug)]
pub(super) struct Lists {
    /// A day (2026-11-23) or an instant (2026-11-23T14:00Z) [default: the date of the newest list]
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// Lay a price list over the embedded one: a file, or guide-2025 (repeatable)
    #[arg(long, value_name = "FILE")]
    prices: Vec<PathBuf>,
}

impl Lists {
    /// The lists and the moment; without any date the first day that there is.
    fn read(&self) -> Result<(Book, Moment), Vec<Diagnostic>> {
        let book = check::price_book(&self.prices)?;
        let at = match &self.at {
            None => Moment::day(book.listed().unwrap_or(Date::ZERO)),
            Some(text) => Moment::parse(text).ok_or_else(|| {
                let place = stated("--at", text);
                let found =
                    Diagnostic::at(Code::BadQuantity, &place, "this is neither a day nor an instant", "not a date");
                vec![found.help("write `2026-11-23`, or `2026-11-23T14:00:00Z` where the hour matters")]
            })?,
        };
        Ok((book, at))
    }
}
