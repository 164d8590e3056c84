//! The command line: what can be said (clap), settings from flags and environment, one file per command.

mod breakeven;
mod check;
mod compare;
mod compare_risk;
mod explain;
mod fit;
mod forecast;
mod init;
mod optimize;
mod output;
mod pictures;
mod planned;
mod present;
mod price;
mod price_cases;
mod prices;
mod render;
mod replay;
mod risk;
mod schema;
mod settings;
mod shell;
mod simulate;
mod size;
mod sql;
mod sweep;
mod variants;

use std::process::ExitCode;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

/// How a run ended, as its exit status says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Done.
    Done,
    /// A budget or expectation does not hold, or a `--fail-on` does; the report is complete.
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
    after_help = "Exit status: 0 done, 1 a budget or expectation is not met or a --fail-on holds, 2 bad usage or bad input."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colours in tables and messages (NO_COLOR and CLICOLOR_FORCE are obeyed)
    #[arg(long, global = true, display_order = 900, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Print only the main result
    #[arg(long, short, global = true, display_order = 900)]
    quiet: bool,
}

const VALUES: &str = "Several values of one --set stand side by side: --set workload.requests=1M/day,2M/day";

#[derive(Subcommand, Debug)]
enum Command {
    /// Write a scenario to start from
    Init(init::Arguments),
    /// Compute all strategies of a scenario, side by side
    #[command(after_help = VALUES)]
    Simulate(Reported),
    /// Compare results: what changed, why and by how much; exit 1 if a --fail-on holds
    #[command(after_help = compare::HELP)]
    Compare(Box<compare::Arguments>),
    /// Verify the budgets and expectations of scenarios; exit 1 if one does not hold
    Check(Reported),
    /// Compare an API with self-hosting: from which volume does hosting win?
    Breakeven(Box<breakeven::Arguments>),
    /// Price a real request log, exactly, request by request, under every strategy
    Replay(Box<replay::Arguments>),
    /// Make a scenario from a request log, and say how well it stands for it
    Fit(Box<fit::Arguments>),
    /// Write one SQL query that prices a table of requests where it is
    Sql(Box<sql::Arguments>),
    /// Say what a scenario with ranges may cost: means, percentiles, budgets, what matters most
    Risk(risk::Arguments),
    /// Go through the months to come: growth, dated prices, events, and when a budget is passed
    Forecast(forecast::Arguments),
    /// Find the cheapest mix of models that is good enough, and what more quality would cost
    Optimize(Box<optimize::Arguments>),
    /// Vary one or two inputs over a grid: every strategy at every point, and where the best one changes
    #[command(after_help = sweep::HELP)]
    Sweep(sweep::Arguments),
    /// Find the GPUs for a model: what fits, how fast it is, what a million tokens costs
    Size(Box<size::Arguments>),
    /// Show how a figure comes about: formula, numbers, places, prices
    Explain(explain::Arguments),
    /// Price one request, or every row of a table, exactly
    Price(Box<price::Arguments>),
    /// The price catalogue: list, show, history, diff, import, lint
    #[command(subcommand)]
    Prices(prices::Command),
    /// Show saved JSON reports in another form
    Render(render::Arguments),
    /// Print the JSON Schema of scenarios (for editors) or of reports
    Schema(schema::Arguments),
    /// Print what a shell needs to complete commands and options
    Completions(shell::Completions),
    /// Print the manual page of the program or of a command
    Man(shell::Manual),
}

/// Scenarios to compute and where the result goes.
#[derive(Args, Debug)]
pub struct Scenarios<F: ValueEnum + Send + Sync + 'static = Format> {
    /// Scenario files; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination<F>,
}

/// Scenarios to report on, in every form of a report.
#[derive(Args, Clone, Debug)]
pub struct Reported {
    /// Scenario files; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination<ReportForm>,
    #[command(flatten)]
    showing: present::Showing,
}

/// What changes a scenario from outside.
#[derive(Args, Clone, Debug)]
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

impl Changes {
    /// Whether anything is changed.
    fn any(&self) -> bool {
        !self.set.is_empty() || self.as_of.is_some() || !self.prices.is_empty()
    }
}

/// Where a result goes, in one of the forms `F`.
#[derive(Args, Clone, Debug)]
pub struct Destination<F: ValueEnum + Send + Sync + 'static = Format> {
    /// How to show the result
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<F>,
    /// Write to a file; the format follows from FORMAT=FILE, --format or the ending (repeatable)
    #[arg(id = "out", long = "out", short = 'o', value_name = "[FORMAT=]FILE")]
    output: Vec<String>,
}

impl Destination<ReportForm> {
    /// The same place, for a result that has no more than the plain forms.
    fn plain(&self) -> anyhow::Result<Destination> {
        let format = match self.format {
            None => None,
            Some(ReportForm::Table) => Some(Format::Table),
            Some(ReportForm::Json) => Some(Format::Json),
            Some(ReportForm::Csv) => Some(Format::Csv),
            Some(_) => anyhow::bail!("several values side by side have the forms table, json and csv"),
        };
        Ok(Destination { format, output: self.output.clone() })
    }

    /// Whether this form is among those that are asked for.
    fn asks_for(&self, form: ReportForm) -> bool {
        output::targets(self).is_ok_and(|targets| targets.iter().any(|(wanted, _)| *wanted == form))
    }
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

/// The forms of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportForm {
    /// Tables for people
    Table,
    /// Charts for a terminal; as files: `-o svg=FILE`, `-o png=FILE`
    Chart,
    /// Everything, exact, as decimal strings
    Json,
    /// One row per line of the bill, or per budget and expectation
    Csv,
    /// Markdown with tables, for documents and job summaries
    #[value(alias = "md")]
    Markdown,
    /// One self-contained page to read, print and hand on
    Html,
    /// Annotations for a GitHub workflow and a comment for the pull request
    Github,
    /// JUnit: one test case per budget and expectation
    Junit,
    /// OpenMetrics for the widget of a GitLab merge request
    GitlabMetrics,
    /// FinOps FOCUS: one row per line of the bill, for a cost warehouse
    Focus,
}

/// Runs what the command line says.
pub fn run(cli: Cli) -> anyhow::Result<Ending> {
    let settings = settings::Settings::of(cli.color, cli.quiet);
    match cli.command {
        Command::Init(arguments) => init::run(&arguments, &settings),
        Command::Simulate(arguments) => simulate::run(&arguments, &settings),
        Command::Compare(arguments) => compare::run(&arguments, &settings),
        Command::Check(arguments) => check::run(&arguments, &settings),
        Command::Breakeven(arguments) => breakeven::run(&arguments, &settings),
        Command::Replay(arguments) => replay::run(&arguments, &settings),
        Command::Fit(arguments) => fit::run(&arguments, &settings),
        Command::Sql(arguments) => sql::run(&arguments, &settings),
        Command::Risk(arguments) => risk::run(&arguments, &settings),
        Command::Forecast(arguments) => forecast::run(&arguments, &settings),
        Command::Optimize(arguments) => optimize::run(&arguments, &settings),
        Command::Sweep(arguments) => sweep::run(&arguments, &settings),
        Command::Size(arguments) => size::run(&arguments, &settings),
        Command::Explain(arguments) => explain::run(&arguments, &settings),
        Command::Price(arguments) => price::run(&arguments, &settings),
        Command::Prices(command) => prices::run(&command, &settings),
        Command::Render(arguments) => render::run(&arguments, &settings),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => shell::completions(&arguments),
        Command::Man(arguments) => shell::manual(&arguments),
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
