//! `schema`: what editors and programs know of our files.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::Ending;
use super::output::print;
use crate::schema;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Of which file
    #[arg(default_value = "scenario")]
    of: File,
}

/// The files that have a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum File {
    /// What one writes
    Scenario,
    /// What `--format json` writes
    Report,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending> {
    match arguments.of {
        File::Scenario => print(&format!("{}\n", serde_json::to_string_pretty(&schema::scenario())?))?,
        File::Report => print(schema::REPORT)?,
    }
    Ok(Ending::Done)
}
