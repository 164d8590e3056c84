//! `replay`: what a request log costs, exactly, under every strategy.

use std::io::{BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::settings::Settings;
use super::{Changes, Destination, Ending, output};
use crate::check::{self, Names, Options};
use crate::diag::Diagnostic;
use crate::input::{Input, LogFile, log_files};
use crate::plan::Plan;
use crate::plan::log::{Includes, Log, parse_columns, parse_time};
use crate::render;
use crate::replay::{Failure, Job, Limit, ReplayReport, USUAL_CHUNK, Wanted, route_columns};
use crate::units;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenario whose strategies are replayed; left out, the models that the log names are priced
    #[arg(value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    pub(super) log: LogArguments,
    /// Show costs by a column, by hour or by day (repeatable)
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// Write a row for each request, with its exact cost in cost_usd
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// Price only so many requests, and estimate the rest from them
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// Prefix caches to look at, where the log has blocks or sessions: capacities in blocks, lifetimes, unlimited, off
    #[arg(long, value_name = "LIMIT,...", default_value = "100,1k,10k,50k,1m,5m,10m,1h,unlimited")]
    prefix_cache: String,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination,
}

/// Which log, and how it is to be read.
#[derive(Args, Debug)]
pub(super) struct LogArguments {
    /// Request log: CSV, JSONL or Parquet, also packed with gzip or zstd; - reads standard input, patterns are expanded
    /// (repeatable)
    #[arg(long = "log", value_name = "LOG", required = true)]
    logs: Vec<String>,
    #[command(flatten)]
    pub(super) shape: LogShape,
    /// Count rows that cannot be read and pass over them
    #[arg(long)]
    skip_bad: bool,
    /// Count requests without a price and leave them out of the total
    #[arg(long)]
    allow_unpriced: bool,
    /// Threads that read; any number gives the same result
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// What the columns of a log are, where they do not tell.
#[derive(Args, Debug)]
pub(super) struct LogShape {
    /// Which column is what: --columns input=prompt_tokens,output=completion_tokens
    #[arg(long, value_name = "WHAT=COLUMN,...")]
    columns: Vec<String>,
    /// What every request has and no column says: --constant output=0,model=gpt-4o
    #[arg(long, value_name = "WHAT=VALUE,...")]
    constant: Vec<String>,
    /// What the input count includes beside fresh tokens: cached, cache_write, both with a comma, or nothing
    #[arg(long, value_name = "WHAT")]
    input_includes: Option<String>,
    /// Whether the output count includes reasoning tokens: reasoning, or nothing
    #[arg(long, value_name = "WHAT")]
    output_includes: Option<String>,
    /// The form of the log, where its columns do not tell
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// How times are written: iso, s, ms, us, ns since 1970, or 'relative ms' since the log began
    #[arg(long, value_name = "UNIT")]
    time: Option<String>,
    /// Tokens of a block of a prompt
    #[arg(long, value_name = "TOKENS")]
    block: Option<NonZeroUsize>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let Some(job) = settled(arguments, settings)? else { return Ok(Ending::BadInput) };
    let Some(report) = replayed(&job, arguments.rows.as_deref(), settings)? else { return Ok(Ending::BadInput) };
    let show = |format, look| {
        Ok(match format {
            super::Format::Table => render::replay(&report, look),
            super::Format::Json => render::any_json(&report)?,
            super::Format::Csv => render::csv_of_replay(&report)?,
        })
    };
    output::put(&arguments.destination, settings, show)?;
    Ok(Ending::Done)
}

/// What the command line asks for; prints what is wrong with it.
fn settled(arguments: &Arguments, settings: &Settings) -> Result<Option<Job>> {
    let changes = &arguments.changes;
    let options = Options { set: changes.set.clone(), as_of: changes.as_of.clone(), prices: changes.prices.clone() };
    let mut problems = Vec::new();
    let loaded: Option<(Option<Plan>, Names)> = match &arguments.file {
        Some(file) => taken(
            check::load_for_log(&Input::from_argument(file), &options).map(|(plan, names)| (Some(plan), names)),
            &mut problems,
        ),
        None => {
            if !changes.set.is_empty() {
                bail!("`--set` changes a scenario, and there is none");
            }
            taken(check::names(&options).map(|names| (None, names)), &mut problems)
        }
    };
    let files: Option<Vec<LogFile>> = taken(log_files(&arguments.log.logs), &mut problems);
    let (Some((plan, names)), Some(files)) = (loaded, files) else {
        settings.report(&problems);
        return Ok(None);
    };
    let stated = plan.as_ref().and_then(|plan| plan.log.clone()).unwrap_or_default();
    let routes = plan.as_ref().map(route_columns).unwrap_or_default();
    let wanted = Wanted { log: arguments.log.shape.laid_over(stated)?, by: arguments.by.clone(), routes };
    let limits = limits(&arguments.prefix_cache)?;
    let options = crate::replay::Options { prefixes: !limits.is_empty(), ..arguments.log.options(arguments.sample) };
    Ok(Some(Job { files, plan, names, wanted, limits, options }))
}

/// As many as the machine runs at once.
fn usual_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A job that prices what the log names, and nothing else.
pub(super) fn job_of(files: Vec<LogFile>, names: Names, wanted: Wanted) -> Job {
    let options = crate::replay::Options {
        threads: usual_threads(),
        chunk: USUAL_CHUNK,
        skip_bad: false,
        allow_unpriced: false,
        sample: None,
        prefixes: false,
    };
    Job { files, plan: None, names, wanted, limits: Vec::new(), options }
}

/// `100,1k,5m,unlimited`; `off` is none.
fn limits(text: &str) -> Result<Vec<(String, Limit)>> {
    if text == "off" {
        return Ok(Vec::new());
    }
    text.split(',').map(|word| Ok((word.trim().to_owned(), limit(word.trim())?))).collect()
}

/// A number of blocks, or a lifetime: `m` is minutes here, so that a million blocks are written out.
fn limit(word: &str) -> Result<Limit> {
    let settings = units::Settings::default();
    if word == "unlimited" {
        return Ok(Limit::None);
    }
    if let Ok(seconds) = units::Kind::Duration.parse(word, &settings) {
        let nanos = &seconds * &units::Exact::from(1_000_000_000);
        if let Some(nanos) = nanos.to_u64().and_then(|nanos| i64::try_from(nanos).ok()) {
            return Ok(Limit::Lifetime(nanos));
        }
    }
    let blocks = units::Kind::Count.parse(word, &settings).ok().filter(units::Exact::is_whole);
    match blocks.and_then(|blocks| usize::try_from(blocks.to_u64()?).ok()).filter(|blocks| *blocks > 0) {
        Some(blocks) => Ok(Limit::Blocks(blocks)),
        None => bail!(
            "--prefix-cache: `{word}` is neither a number of blocks (`10k`) nor a lifetime (`5m`) nor `unlimited`"
        ),
    }
}

fn taken<T>(result: Result<T, Vec<Diagnostic>>, problems: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|found| problems.extend(found)).ok()
}

impl LogShape {
    /// The flags laid over what the scenario says of logs.
    pub(super) fn laid_over(&self, mut log: Log) -> Result<Log> {
        let pairs = |texts: &[String]| {
            let read: Result<Vec<_>, String> = texts.iter().map(|text| parse_columns(text)).collect();
            read.map(|all| all.into_iter().flatten().collect::<Vec<_>>()).map_err(|said| anyhow!(said))
        };
        for (role, column) in pairs(&self.columns)? {
            log.columns.retain(|(known, _)| *known != role);
            log.columns.push((role, column));
        }
        for (role, value) in pairs(&self.constant)? {
            log.constants.retain(|(known, _)| *known != role);
            log.constants.push((role, value));
        }
        if let Some(text) = &self.input_includes {
            log.input_includes = Some(Includes::parse(text).map_err(|said| anyhow!("--input-includes: {said}"))?);
        }
        match self.output_includes.as_deref() {
            None => {}
            Some("reasoning") => log.output_includes_reasoning = Some(true),
            Some("nothing") => log.output_includes_reasoning = Some(false),
            Some(other) => bail!("--output-includes: `{other}` is neither `reasoning` nor `nothing`"),
        }
        if let Some(preset) = &self.preset {
            log.preset = Some(preset.clone());
        }
        if let Some(text) = &self.time {
            log.time = Some(parse_time(text).map_err(|said| anyhow!("--time: {said}"))?);
        }
        if let Some(block) = self.block {
            log.block = Some(block.get() as u64);
        }
        Ok(log)
    }
}

impl LogArguments {
    fn options(&self, sample: Option<NonZeroUsize>) -> crate::replay::Options {
        crate::replay::Options {
            threads: self.threads.map_or_else(usual_threads, NonZeroUsize::get),
            chunk: USUAL_CHUNK,
            skip_bad: self.skip_bad,
            allow_unpriced: self.allow_unpriced,
            sample: sample.map(NonZeroUsize::get),
            prefixes: false,
        }
    }
}

/// The report of a job; prints what is wrong with it. Rows appear whole or not at all.
pub(super) fn replayed(job: &Job, rows: Option<&std::path::Path>, settings: &Settings) -> Result<Option<ReplayReport>> {
    let progress = Progress::start(job, settings);
    let mut target = rows.map(output::Growing::create).transpose()?;
    let result = match &mut target {
        None => job.run(&progress.bytes, None),
        Some(file) => {
            let mut buffered = BufWriter::with_capacity(1 << 18, file);
            job.run(&progress.bytes, Some(&mut buffered)).and_then(|report| {
                buffered.flush().map_err(Failure::Write)?;
                Ok(report)
            })
        }
    };
    drop(progress);
    match result {
        Ok(report) => {
            target.map_or(Ok(()), output::Growing::keep)?;
            Ok(Some(report))
        }
        Err(Failure::Input(problems)) => {
            settings.report(&problems);
            Ok(None)
        }
        Err(Failure::Write(error)) => Err(anyhow!(error).context("the rows cannot be written")),
    }
}

/// A bar on standard error, where that is a terminal.
struct Progress {
    bytes: Arc<AtomicU64>,
    bar: Option<ProgressBar>,
    done: Arc<std::sync::atomic::AtomicBool>,
    watcher: Option<std::thread::JoinHandle<()>>,
}

impl Progress {
    fn start(job: &Job, settings: &Settings) -> Self {
        let bytes = Arc::new(AtomicU64::new(0));
        let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let size: u64 = job.files.iter().map(|file| file.size).sum();
        if settings.quiet || !std::io::stderr().is_terminal() || size == 0 {
            return Self { bytes, bar: None, done, watcher: None };
        }
        let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {binary_bytes_per_sec}  {eta} left") {
            bar.set_style(style);
        }
        let watcher = {
            let (bytes, done, bar) = (Arc::clone(&bytes), Arc::clone(&done), bar.clone());
            std::thread::spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    std::thread::park_timeout(Duration::from_millis(100));
                    bar.set_position(bytes.load(Ordering::Relaxed));
                }
            })
        };
        Self { bytes, bar: Some(bar), done, watcher: Some(watcher) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.take() {
            watcher.thread().unpark();
            // It ends by itself; that it failed changes no figure.
            let _ = watcher.join();
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
