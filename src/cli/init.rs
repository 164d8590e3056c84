//! `init`: a scenario to start from.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::output::{self, print};
use super::settings::Settings;
use super::{Ending, complain};

/// The scenario, with comments that teach it.
const STARTER: &str = include_str!("starter.yaml");

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file to write, which must not be there yet; - prints it
    #[arg(value_name = "FILE", default_value = "cost.yaml")]
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let name = arguments.file.display().to_string();
    if name == "-" {
        print(STARTER)?;
        return Ok(Ending::Done);
    }
    if let Err(error) = output::create(&arguments.file, STARTER.replace("cost.yaml", &name).as_bytes()) {
        complain(&error);
        return Ok(Ending::BadInput);
    }
    if !settings.quiet {
        print(&format!("{name} is written; now: llmcost simulate {name}\n"))?;
    }
    Ok(Ending::Done)
}
