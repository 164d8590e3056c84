//! Flags and environment as settings.

use std::env;
use std::io::{IsTerminal, Write};

use clap::ColorChoice;

use super::{Changes, Ending, ReportForm, Reported};
use crate::check::{self, Options};
use crate::diag::{Diagnostic, github, terminal};
use crate::input::Input;
use crate::plan::Plan;
use crate::render::Look;
use crate::report::{Evaluation, Report};

/// Columns when the output is no terminal.
const DEFAULT_WIDTH: usize = 80;

/// How this run behaves.
#[derive(Debug)]
pub(super) struct Settings {
    colour: ColorChoice,
    pub quiet: bool,
    /// Whether a GitHub workflow reads standard error.
    annotate: bool,
}

impl Settings {
    pub fn of(colour: ColorChoice, quiet: bool) -> Self {
        Self { colour, quiet, annotate: false }
    }

    /// The look of standard output.
    pub fn look(&self) -> Look {
        Look { width: width(), colour: self.coloured(std::io::stdout().is_terminal()), quiet: self.quiet }
    }

    /// The look of a file.
    pub fn look_of_file(&self) -> Look {
        Look { width: DEFAULT_WIDTH, colour: false, quiet: self.quiet }
    }

    fn coloured(&self, is_terminal: bool) -> bool {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        match self.colour {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            ColorChoice::Auto => {
                set("CLICOLOR_FORCE")
                    || (is_terminal
                        && env::var_os("TERM").is_none_or(|term| term != "dumb")
                        && env::var_os("CLICOLOR").is_none_or(|v| v != "0"))
            }
        }
    }

    /// Prints diagnostics on standard error.
    pub fn report(&self, diagnostics: &[Diagnostic]) {
        let coloured = self.coloured(std::io::stderr().is_terminal());
        // Nothing is left to be done when standard error is closed.
        let _ = std::io::stderr().write_all(terminal::render(diagnostics, coloured).as_bytes());
        if self.annotate {
            let _ = std::io::stderr().write_all(github::render(diagnostics).as_bytes());
        }
    }

    /// Loads scenarios without computing them; prints all that is wrong with any of them.
    pub fn plans(&self, files: &[String], changes: &Changes) -> Option<Vec<Plan>> {
        self.each(files, changes, Ok)
    }

    /// Prints diagnostics; nothing was computed.
    pub fn refuse(&self, diagnostics: &[Diagnostic]) -> Ending {
        self.report(diagnostics);
        Ending::BadInput
    }

    /// Loads and computes scenarios; prints all that is wrong with any of them.
    pub fn evaluate(&self, files: &[String], changes: &Changes) -> Option<Vec<Evaluation>> {
        self.each(files, changes, Evaluation::of)
    }

    fn each<T>(
        &self,
        files: &[String],
        changes: &Changes,
        of: impl Fn(Plan) -> Result<T, Vec<Diagnostic>>,
    ) -> Option<Vec<T>> {
        let options =
            Options { set: changes.set.clone(), as_of: changes.as_of.clone(), prices: changes.prices.clone() };
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for file in files {
            match check::load(&Input::from_argument(file), &options).and_then(&of) {
                Ok(result) => found.push(result),
                Err(diagnostics) => problems.extend(diagnostics),
            }
        }
        if problems.is_empty() {
            return Some(found);
        }
        self.report(&problems);
        None
    }

    /// The reports of scenarios; prints all that is wrong with any of them, for a workflow as annotations too.
    pub fn reports(&self, scenarios: &Reported) -> Option<Vec<Report>> {
        let annotated = Self { annotate: scenarios.destination.asks_for(ReportForm::Github), ..*self };
        let evaluations = annotated.evaluate(&scenarios.files, &scenarios.changes)?;
        Some(evaluations.iter().map(Report::of).collect())
    }
}

/// Columns of the terminal, or what COLUMNS says.
fn width() -> usize {
    let stated = env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|columns| *columns >= 40);
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    stated.or_else(terminal).unwrap_or(DEFAULT_WIDTH).clamp(40, 200)
}
