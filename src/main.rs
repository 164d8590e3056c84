//! The `llmcost` program: a thin face of the library.

use std::process::ExitCode;

use clap::Parser;
use llmcost::cli::{self, Cli, Ending};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(ending) => ending.into(),
        Err(error) if cli::is_closed_pipe(&error) => Ending::Done.into(),
        Err(error) => {
            cli::complain(&error);
            Ending::BadInput.into()
        }
    }
}
