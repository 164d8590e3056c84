//! `completions` and `man`: what a shell and a manual reader know of the program, made from the same declarations.

use anyhow::{Result, bail};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::output::print;
use super::{Cli, Ending};
use crate::diag::suggest;

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// For which shell
    shell: Shell,
}

#[derive(Args, Debug)]
pub(super) struct Manual {
    /// The command; left out, the program
    command: Option<String>,
}

pub(super) fn completions(arguments: &Completions) -> Result<Ending> {
    let mut bytes = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "llmcost", &mut bytes);
    print(&String::from_utf8_lossy(&bytes))?;
    Ok(Ending::Done)
}

pub(super) fn manual(arguments: &Manual) -> Result<Ending> {
    let mut program = Cli::command();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let near = suggest::did_you_mean(name, program.get_subcommands().map(clap::Command::get_name));
                bail!("there is no command `{name}`; {}", near.unwrap_or_else(|| "see `llmcost --help`".to_owned()));
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Ending::Done)
}
