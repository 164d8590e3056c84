//! The command line: what can be said (clap), settings from flags and environment, one file per command.

mod breakeven;
mod check;
mod explain;
mod output;
mod replay;
mod settings;
mod simulate;

use std::process::ExitCode;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

/// How a run ended, as its exit status says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Done.
    Done,
    /// A budget or expectation does not hold; the report is complete.
    NotMet,
    /// Bad input; nothing was computed.
    BadInput,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::NotMet => Self::from(1),
            Ending::BadInput => Self::from(2),
        }
    }
}

/// What will our LLM system cost, and what should we change? Exact, offline, explained.
#[derive(Parser, Debug)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 done, 1 a budget or expectation is not met, 2 bad usage or bad input."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colours in tables and messages (NO_COLOR and CLICOLOR_FORCE are obeyed)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Print only the main result
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Compute all strategies of a scenario, side by side
    Simulate(Scenarios),
    /// Verify the budgets and expectations of scenarios; exit 1 if one does not hold
    Check(Scenarios),
    /// Compare an API with self-hosting: from which volume does hosting win?
    Breakeven(breakeven::Arguments),
    /// Price a real request log, exactly, request by request, under every strategy
    Replay(Box<replay::Arguments>),
    /// Show how a figure comes about: formula, numbers, places, prices
    Explain(explain::Arguments),
}

/// Scenarios to compute and where the result goes.
#[derive(Args, Debug)]
pub struct Scenarios {
    /// Scenario files; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination,
}

/// What changes a scenario from outside.
#[derive(Args, Debug)]
pub struct Changes {
    /// Change a value: --set workload.requests=2M/day (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Use the prices of this date
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Lay a price list over all others (repeatable)
    #[arg(long, value_name = "FILE")]
    prices: Vec<std::path::PathBuf>,
}

/// Where a result goes.
#[derive(Args, Debug)]
pub struct Destination {
    /// How to show the result
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write to a file; the format follows from FORMAT=FILE, --format or the ending (repeatable)
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    output: Vec<String>,
}

/// The forms of a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Tables for people
    Table,
    /// Everything, exact, as decimal strings
    Json,
    /// One row per line of the bill, or per budget and expectation
    Csv,
}

/// Runs what the command line says.
pub fn run(cli: Cli) -> anyhow::Result<Ending> {
    let settings = settings::Settings::of(cli.color, cli.quiet);
    match cli.command {
        Command::Simulate(arguments) => simulate::run(&arguments, &settings),
        Command::Check(arguments) => check::run(&arguments, &settings),
        Command::Breakeven(arguments) => breakeven::run(&arguments, &settings),
        Command::Replay(arguments) => replay::run(&arguments, &settings),
        Command::Explain(arguments) => explain::run(&arguments, &settings),
    }
}

/// Whether an error only says that nobody reads the output any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Says on standard error what went wrong.
pub fn complain(error: &anyhow::Error) {
    use std::io::Write;
    // Nothing is left to be done when standard error is closed too.
    let _ = writeln!(std::io::stderr(), "error: {error:#}");
}
