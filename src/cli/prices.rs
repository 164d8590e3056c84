//! `prices`: the catalogue, to look at, to compare, to extend and to check.

mod import;
mod lint;

use anyhow::Result;
use clap::Subcommand;

use super::Ending;
use super::settings::Settings;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Turn another project's price file into a list of ours; what it cannot say is listed
    Import(import::Arguments),
    /// Find what a list says and hardly means; exit 1 if something is found that the list does not accept
    Lint(lint::Arguments),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<Ending> {
    match command {
        Command::Import(arguments) => import::run(arguments, settings),
        Command::Lint(arguments) => lint::run(arguments, settings),
    }
}
