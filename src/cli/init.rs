//! `init`: a scenario to start from.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::output::{self, print};
use super::settings::Settings;
use super::{Ending, complain};

/// What a scenario begins with.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Template {
    /// A chat assistant: models, routes, caches
    Assistant,
    /// Answers from documents: retrieval
    Rag,
    /// An agent with tools
    Agent,
    /// Many documents that nobody waits for
    Batch,
    /// An API against GPUs of one's own
    SelfHost,
}

impl Template {
    /// The scenario, with comments that teach it.
    fn text(self) -> &'static str {
        match self {
            Self::Assistant => include_str!("templates/assistant.yaml"),
            Self::Rag => include_str!("templates/rag.yaml"),
            Self::Agent => include_str!("templates/agent.yaml"),
            Self::Batch => include_str!("templates/batch.yaml"),
            Self::SelfHost => include_str!("templates/self-host.yaml"),
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file to write, which must not be there yet; - prints it
    #[arg(value_name = "FILE", default_value = "cost.yaml")]
    file: PathBuf,
    /// What it is about
    #[arg(long, short, value_name = "NAME", default_value = "assistant")]
    template: Template,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let text = arguments.template.text();
    let name = arguments.file.display().to_string();
    if name == "-" {
        print(text)?;
        return Ok(Ending::Done);
    }
    if let Err(error) = output::create(&arguments.file, text.replace("cost.yaml", &name).as_bytes()) {
        complain(&error);
        return Ok(Ending::BadInput);
    }
    if !settings.quiet {
        print(&format!("{name} is written; now: llmcost simulate {name}\n"))?;
    }
    Ok(Ending::Done)
}
