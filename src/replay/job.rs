//! A replay from its files to its report.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::advice::Study;
use super::build;
use super::chunk::{First, Source};
use super::clerk::Grouping;
use super::columns::Wanted;
use super::compile::{self, Compiled, Offer};
use super::merge::Stop;
use super::prefix::Limit;
use super::program::Programs;
use super::read::Bad;
use super::read::desk::Lexicons;
use super::report::ReplayReport;
use super::request::MOST_GROUPINGS;
use super::rows::Rows;
use super::run::{Pace, Shared};
use super::tariff::Clock;
use super::till::{Payee, Prices};
use crate::check::Names;
use crate::diag::{Code, Diagnostic, Place, Source as Text};
use crate::input::LogFile;
use crate::plan::Plan;
use crate::plan::log::{Role, TimeForm};

/// What is to be replayed.
#[derive(Debug)]
pub struct Job {
    /// The log.
    pub files: Vec<LogFile>,
    /// The strategies; `None`: the prices of the models that the log names.
    pub plan: Option<Plan>,
    /// The prices.
    pub names: Names,
    /// What is wanted of the log.
    pub wanted: Wanted,
    /// Prefix caches that are looked at, each with its name.
    pub limits: Vec<(String, Limit)>,
    /// How it is done.
    pub options: Options,
}

/// How a replay is done.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads that read.
    pub threads: usize,
    /// Bytes of a chunk.
    pub chunk: usize,
    /// Whether rows that cannot be read are counted and passed over.
    pub skip_bad: bool,
    /// Whether requests without a price are counted and left out.
    pub allow_unpriced: bool,
    /// Requests of a sample; `None`: all of them.
    pub sample: Option<usize>,
    /// Whether prefix caches are looked at, where the log has blocks or sessions.
    pub prefixes: bool,
}

/// Bytes of a chunk, small enough to stay near the processor.
pub const USUAL_CHUNK: usize = 512 << 10;

/// Why there is no result.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong.
    Input(Vec<Diagnostic>),
    /// The rows of costs cannot be written.
    Write(std::io::Error),
}

impl From<Box<Diagnostic>> for Failure {
    fn from(problem: Box<Diagnostic>) -> Self {
        Self::Input(vec![*problem])
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(problems: Vec<Diagnostic>) -> Self {
        Self::Input(problems)
    }
}

impl Job {
    /// Replays the log. Bytes read are added to `progress`; a row for each request goes to `rows`.
    ///
    /// # Errors
    /// Everything that is wrong with the log, the strategies or the prices.
    pub fn run(
        &self,
        progress: &Arc<AtomicU64>,
        mut rows: Option<&mut (dyn Write + Send)>,
    ) -> Result<ReplayReport, Failure> {
        let tasks = self.plan.iter().flat_map(|plan| &plan.workload.tasks);
        let tasks: Vec<&str> = tasks.filter_map(|task| task.name.as_deref()).collect();
        let lexicons = Lexicons::new(&tasks);
        let mut source = Source::new(&self.files, self.options.chunk, &self.wanted, &lexicons, progress);
        let first = source.start()?;
        let outcomes = self.wanted.log.outcomes.iter().map(|(model, _)| model.clone()).collect();
        let columns = self.wanted.routes.iter().cloned().zip(self.wanted.by.len()..).collect();
        let offer = Offer { roles: first.roles.clone(), outcomes, block: first.block, columns, lexicons: &lexicons };
        let Compiled { programs, payees, mut uses } = compile::compile(self.plan.as_ref(), &offer)?;
        let looks = self.looks_at_prefixes(&first);
        uses.identity |= self.options.sample.is_some();
        uses.blocks |= looks;
        uses.session |= looks;
        let groupings = self.groupings(&first)?;
        source.narrow(uses)?;
        let assumptions = source.assumptions().to_vec();
        let study = self.study(&programs, &payees, &first);
        let extra = study.iter().flat_map(|study| study.payees.iter().cloned());
        let payees = payees.into_iter().chain(extra).collect();
        let tokenizer = self.plan.as_ref().map(|plan| plan.workload.tokenizer.clone()).unwrap_or_default();
        let prices = Prices::new(&self.names, &lexicons, self.clock(&first), payees, tokenizer);
        let shared = Shared {
            programs: &programs,
            prices: &prices,
            lexicons: &lexicons,
            groupings: &groupings,
            origin: first.first_time.filter(|_| first.time.is_some()),
            timed: first.time.map(TimeForm::is_dated),
            ordered: first.repeats || study.is_some() || programs.programs.iter().any(|program| program.ordered),
            repeats: first.repeats,
            rows: rows.is_some(),
            sample: self.options.sample,
            study: study.as_ref(),
            skip_bad: self.options.skip_bad,
        };
        if let Some(rows) = &mut rows {
            rows.write_all(Rows::header(&programs).as_bytes()).map_err(Failure::Write)?;
        }
        let pace = Pace { threads: self.options.threads, chunk: self.options.chunk };
        let done = shared.read(source, pace, rows).map_err(|stop| self.stopped(stop))?;
        build::report(self, &shared, &first, done, assumptions)
    }

    /// Whether there is anything to say of prefix caches: prompts have blocks of a known size, or sessions.
    fn looks_at_prefixes(&self, first: &First) -> bool {
        let blocks = first.roles.contains(&Role::Blocks) && first.block.is_some();
        let sessions = first.roles.contains(&Role::Session) && first.time.is_some();
        self.options.prefixes && self.options.sample.is_none() && (blocks || sessions)
    }

    fn study(&self, programs: &Programs, payees: &[Payee], first: &First) -> Option<Study> {
        if !self.looks_at_prefixes(first) {
            return None;
        }
        let block = if first.roles.contains(&Role::Blocks) { first.block.unwrap_or(0) } else { 0 };
        let mut limits = self.limits.clone();
        if block == 0 {
            // A session has no blocks that a capacity could count.
            limits.retain(|(_, limit)| !matches!(limit, Limit::Blocks(_)));
        }
        Some(Study::of(programs, payees, block, first.time.is_some(), limits))
    }

    /// When prices are asked for: on the stated date; else each request at its own time; else on the date of the lists.
    fn clock(&self, first: &First) -> Clock {
        let dated = first.time.is_some_and(TimeForm::is_dated);
        match (self.names.stated_date(), dated) {
            (Some(day), true) => Clock::HoursOn(day),
            (None, true) => Clock::Own,
            (stated, false) => Clock::On(stated.unwrap_or(self.names.as_of())),
        }
    }

    fn groupings(&self, first: &First) -> Result<Vec<Grouping>, Failure> {
        if self.wanted.by.len() + self.wanted.routes.len() > MOST_GROUPINGS {
            let message = format!("up to {MOST_GROUPINGS} columns can be shown by and routed by in one run");
            return Err(Box::new(Diagnostic::without_place(Code::LogColumns, message)).into());
        }
        let mut found = Vec::new();
        for (index, name) in self.wanted.by.iter().enumerate() {
            let dated = first.time.is_some_and(TimeForm::is_dated);
            let is_column = first.roles.contains(&Role::By(index));
            found.push(match name.as_str() {
                _ if is_column => Grouping::Column(index),
                "hour" | "day" if !dated => {
                    let found =
                        Diagnostic::without_place(Code::LogColumns, format!("`--by {name}` needs times with dates"));
                    return Err(Box::new(found.help("map their column: `--columns time=COLUMN`")).into());
                }
                "hour" => Grouping::Hour,
                "day" => Grouping::Day,
                _ => Grouping::Column(index),
            });
        }
        Ok(found)
    }

    fn stopped(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Failed(problem) => Failure::Input(vec![*problem]),
            Stop::Write(error) => Failure::Write(error),
            Stop::Bad((file, line), bad) => {
                let found = bad_row(&self.name_of(file), line, &bad);
                Failure::Input(vec![found.help("`--skip-bad` counts such rows and passes over them")])
            }
        }
    }

    /// The name of a file by its number.
    pub fn name_of(&self, file: usize) -> String {
        self.files.get(file).map(|file| file.name.clone()).unwrap_or_default()
    }
}

/// A row that cannot be read, with its place.
pub fn bad_row(name: &str, line: u64, bad: &Bad) -> Diagnostic {
    let line = usize::try_from(line).unwrap_or(usize::MAX);
    let text = Arc::new(Text { name: name.to_owned(), text: bad.text.clone(), first_line: line });
    let (start, end) = bad.span;
    let column = bad.cut + bad.text.get(..start).map_or(0, |before| before.chars().count()) + 1;
    let place = Place::counted(&text, start..end, 1, column);
    let message = match &bad.column {
        Some(column) => format!("`{column}` of this row: {}", bad.why),
        None => format!("this row cannot be read: {}", bad.why),
    };
    Diagnostic::at(Code::BadRow, &place, message, "here")
}
