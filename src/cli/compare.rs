//! `compare`: what changed, why and by how much; a gate for CI.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::settings::Settings;
use super::variants::{labels, variants};
use super::{Changes, Destination, Ending, Format, compare_risk, output};
use crate::check::{self, Options};
use crate::diag::{Diagnostic, suggest};
use crate::input::{self, Input, Revision};
use crate::plan::Condition;
use crate::render;
use crate::report::comparison::{Computed, Pairs, Side, SideBySide, compare, read_saved};
use crate::report::{Comparison, Evaluation, Report};
use crate::units::{self, Exact, Kind};

pub(super) const HELP: &str = "Examples:
  llmcost compare old.yaml new.yaml                  what changed between two files
  llmcost compare --base-ref main scenario.yaml      what changed since that revision
  llmcost compare a.yaml --set workload.output=400   what would change; =400, 800 are two values
  llmcost compare a.yaml --reference all-gpt-4o      its strategies against one of them
  llmcost compare a.yaml b.yaml c.yaml               several side by side
  llmcost compare risk-old.json risk-new.json        two results of `risk`: is the difference real?

A CONDITION is [strategy.]metric, one of > >= < <=, and an amount: with a sign it is a change
(+5%, +$500, -10%), without one the figure itself ($25k).

Exit status: 0 done, 1 a --fail-on holds, 2 bad usage or bad input.";

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenarios or saved JSON reports: what was and what is, or several; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Compare each file with itself as it was at this git revision
    #[arg(long, value_name = "REV", conflicts_with = "reference")]
    base_ref: Option<String>,
    /// What the others are compared with: one of the files (the first one), or of a single file one of its strategies
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// Fail when this holds: 'per_month > +5%', 'smart-routing.per_month > $25k' (repeatable)
    #[arg(long, value_name = "CONDITION")]
    fail_on: Vec<String>,
    /// Warn when this holds (repeatable)
    #[arg(long, value_name = "CONDITION")]
    warn_on: Vec<String>,
    /// Say nothing of changes below this percentage
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    quiet_below: Option<Exact>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    destination: Destination,
}

const SINGLE: &str = "several values of one `--set` are compared within a single scenario; here each has one value";

/// A percentage with its sign, as a number.
fn percentage(text: &str) -> Result<Exact, String> {
    let number = text.strip_suffix('%').ok_or_else(|| format!("write `{text}%`"))?;
    Kind::Count.parse(number, &units::Settings::default()).map_err(|refusal| refusal.message)
}

/// What is compared with what.
struct Work {
    sides: Vec<Side>,
    /// Positions of base and head.
    pairs: Vec<(usize, usize)>,
    how: Pairs,
    /// Whether the results stand side by side, not one after the other.
    together: bool,
}

/// What a spreadsheet gets.
#[derive(Clone, Copy)]
enum Rows {
    /// What changed.
    Changes,
    /// The lines of all bills.
    Lines,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    if let Some(results) = compare_risk::results(&arguments.files)? {
        let asks = !arguments.fail_on.is_empty() || !arguments.warn_on.is_empty() || arguments.quiet_below.is_some();
        if asks || arguments.changes.any() || arguments.base_ref.is_some() || arguments.reference.is_some() {
            bail!(
                "two results of `risk` are compared as they are; conditions, `--set` and the like are for scenarios and reports"
            );
        }
        return compare_risk::run(&results, &arguments.destination, settings);
    }
    let Some(work) = arranged(arguments, settings)? else { return Ok(Ending::BadInput) };
    let conditions = |head: &Side| conditions(arguments, &work, head);
    let mut comparisons = Vec::new();
    for (base, head) in &work.pairs {
        let (Some(base), Some(head)) = (work.sides.get(*base), work.sides.get(*head)) else { continue };
        match conditions(head) {
            Ok(conditions) => {
                let mut found = compare(base, head, &work.how, &conditions, arguments.quiet_below.as_ref());
                found.notes.extend(unchanged(&arguments.changes, &[base, head]));
                comparisons.push(found);
            }
            Err(problems) => {
                settings.report(&problems);
                return Ok(Ending::BadInput);
            }
        }
    }
    deliver(&work, &comparisons, Rows::Changes, &arguments.destination, settings)
}

/// `simulate` of a scenario with several values: each variant, against the first one.
pub(super) fn simulate(
    files: &[String],
    all: Vec<Vec<String>>,
    changes: &Changes,
    destination: &Destination,
    settings: &Settings,
) -> Result<Ending> {
    let [file] = files else { bail!("{SINGLE}") };
    let mut loader = Loader::new(changes);
    let work = with_variants(file, false, all, &mut loader);
    let work = work.map(|work| Work { together: true, ..work });
    let Some(work) = work.filter(|_| loader.problems.is_empty()) else {
        settings.report(&loader.problems);
        return Ok(Ending::BadInput);
    };
    let sides = |(base, head): &(usize, usize)| work.sides.get(*base).zip(work.sides.get(*head));
    let comparisons: Vec<Comparison> =
        work.pairs.iter().filter_map(sides).map(|(base, head)| compare(base, head, &work.how, &[], None)).collect();
    deliver(&work, &comparisons, Rows::Lines, destination, settings)
}

/// Shows comparisons; they are kept with the reports that they belong to.
fn deliver(
    work: &Work,
    comparisons: &[Comparison],
    rows: Rows,
    destination: &Destination,
    settings: &Settings,
) -> Result<Ending> {
    let all: Vec<&Comparison> = comparisons.iter().collect();
    let reports = shown(work, comparisons)?;
    output::put(destination, settings, |format, look| {
        Ok(match format {
            Format::Table if work.together => {
                if all.iter().all(|one| one.quiet_below_percent.is_some() && !one.notable) {
                    return Ok(String::new());
                }
                let verdicts: String = all.iter().map(|one| render::verdict(one, true, look)).collect();
                let table = SideBySide::of(&all).map_or_else(String::new, |found| render::side_by_side(&found, look));
                let between = if verdicts.is_empty() { "" } else { "\n" };
                [verdicts.as_str(), between, table.as_str()].concat()
            }
            Format::Table => all.iter().fold(String::new(), |mut out, one| {
                let text = render::comparison(one, all.len() > 1, look);
                // A verdict alone needs no room around it.
                if !out.is_empty() && text.contains("\n\n") {
                    out.push('\n');
                }
                out + &text
            }),
            Format::Json => render::json(&reports)?,
            Format::Csv => match rows {
                Rows::Changes => render::csv_of_comparisons(&all)?,
                Rows::Lines => {
                    let own = reports.iter().filter_map(|one| match one {
                        Shown::Report(report) => Some(report.as_ref().clone()),
                        Shown::Saved(_) => None,
                    });
                    render::csv(&own.collect::<Vec<_>>(), &render::CsvColumns::default())?
                }
            },
        })
    })?;
    Ok(if comparisons.iter().any(Comparison::fails) { Ending::NotMet } else { Ending::Done })
}

/// A report of this run, or one that was saved, with its comparison.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Report(Box<Report>),
    Saved(Value),
}

/// The reports that were compared; side by side also the one that they are compared with.
fn shown(work: &Work, comparisons: &[Comparison]) -> Result<Vec<Shown>> {
    let of = |index: usize| {
        let at = work.pairs.iter().position(|(_, head)| *head == index);
        at.and_then(|at| comparisons.get(at)).cloned()
    };
    let mut found = Vec::new();
    for (index, side) in work.sides.iter().enumerate() {
        let comparison = of(index);
        if comparison.is_none() && !work.together {
            continue;
        }
        match side {
            Side::Nothing(_) => {}
            Side::Computed(side) => {
                let mut report = Report::of(&side.evaluation);
                report.scenario.set.clone_from(&side.set);
                report.comparison = comparison;
                found.push(Shown::Report(Box::new(report)));
            }
            Side::Saved(saved) => {
                let mut json = saved.json.clone();
                if let (Some(entries), Some(comparison)) = (json.as_object_mut(), comparison) {
                    entries.insert("comparison".to_owned(), serde_json::to_value(comparison)?);
                }
                found.push(Shown::Saved(json));
            }
        }
    }
    Ok(found)
}

/// Says that a saved report is as it was saved.
fn unchanged(changes: &Changes, sides: &[&Side]) -> Option<String> {
    let saved = sides.iter().any(|side| matches!(side, Side::Saved(_)));
    (saved && changes.any()).then(|| "`--set`, `--as-of` and `--prices` change scenarios, not saved reports".to_owned())
}

fn conditions(arguments: &Arguments, work: &Work, head: &Side) -> Result<Vec<Condition>, Vec<Diagnostic>> {
    let mut names: Vec<&str> = Vec::new();
    for name in work.sides.iter().flat_map(Side::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (code, per_usd) = head.currency();
    let currency = (code != "USD").then(|| (code.to_owned(), per_usd.clone()));
    let settings = units::Settings { currency, ..units::Settings::default() };
    let read = |option, fails, texts: &[String]| check::conditions(option, fails, texts, &names, &settings);
    match (read("--fail-on", true, &arguments.fail_on), read("--warn-on", false, &arguments.warn_on)) {
        (Ok(fail), Ok(warn)) => Ok(fail.into_iter().chain(warn).collect()),
        (fail, warn) => Err([fail.err(), warn.err()].into_iter().flatten().flatten().collect()),
    }
}

/// Loads what the arguments name; `None` when something is wrong with it, which was said.
fn arranged(arguments: &Arguments, settings: &Settings) -> Result<Option<Work>> {
    let files = arguments.files.as_slice();
    if files.iter().filter(|file| *file == "-").count() > 1 {
        bail!("standard input can be read once; name one of the files");
    }
    let all = match variants(&arguments.changes.set) {
        Ok(all) => all,
        Err(problems) => {
            settings.report(&problems);
            return Ok(None);
        }
    };
    let mut loader = Loader::new(&arguments.changes);
    let work = match (files, &arguments.base_ref, &arguments.reference) {
        ([file], None, None) => {
            if arguments.changes.set.is_empty() {
                bail!(
                    "{file} is to be compared with what? Name a second file, or `--base-ref main` for what it was in git, \
                     `--set workload.requests=2M/day` for what it would be, `--reference STRATEGY` for one of its strategies"
                );
            }
            with_variants(file, true, all, &mut loader)
        }
        _ => {
            let [set] = all.as_slice() else {
                bail!("{SINGLE}");
            };
            match (files, &arguments.base_ref, &arguments.reference) {
                (_, Some(revision), _) => at_revision(files, revision, set, &mut loader),
                ([file], None, Some(reference)) => {
                    let side = loader.load(file, set, None);
                    side.map(|side| against(side, reference)).transpose()?
                }
                _ => several(files, arguments.reference.as_deref(), set, &mut loader)?,
            }
        }
    };
    if loader.problems.is_empty() {
        return Ok(work);
    }
    settings.report(&loader.problems);
    Ok(None)
}

/// The variants of a scenario against the scenario as it is, or against the first of them.
fn with_variants(file: &str, as_it_is: bool, variants: Vec<Vec<String>>, loader: &mut Loader<'_>) -> Option<Work> {
    let names = labels(&variants);
    let mut sides = Vec::new();
    if as_it_is {
        let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
        sides.push(loader.load(file, &[], name.filter(|_| variants.len() > 1))?);
    }
    for (set, label) in variants.iter().zip(names) {
        // What is wrong with one variant is wrong with others too.
        sides.push(loader.load(file, set, Some(label))?);
    }
    let pairs: Vec<(usize, usize)> = (1..sides.len()).map(|head| (0, head)).collect();
    let together = pairs.len() > 1;
    Some(Work { sides, pairs, how: Pairs::ByName, together })
}

/// The strategies of one file against one of them.
fn against(side: Side, reference: &str) -> Result<Work> {
    if !side.names().contains(&reference) {
        let near = suggest::did_you_mean(reference, side.names());
        let all = || format!("there are {}", suggest::listed(side.names(), "and"));
        bail!("there is no strategy `{reference}`; {}", near.unwrap_or_else(all));
    }
    Ok(Work { sides: vec![side], pairs: vec![(0, 0)], how: Pairs::Against(reference.to_owned()), together: false })
}

/// Each file against itself at a revision.
fn at_revision(files: &[String], revision: &str, set: &[String], loader: &mut Loader<'_>) -> Option<Work> {
    let mut work = Work { sides: Vec::new(), pairs: Vec::new(), how: Pairs::ByName, together: false };
    for file in files {
        let head = loader.load(file, set, None);
        let base = head.as_ref().and_then(|head| loader.committed(file, revision, set, head));
        if let (Some(base), Some(head)) = (base, head) {
            let at = work.sides.len();
            work.pairs.push((at, at.saturating_add(1)));
            work.sides.extend([base, head]);
        }
    }
    Some(work)
}

/// Several files, one of them the reference.
fn several(files: &[String], reference: Option<&str>, set: &[String], loader: &mut Loader<'_>) -> Result<Option<Work>> {
    let at = match reference {
        None => 0,
        Some(reference) => match files.iter().position(|file| file == reference) {
            Some(at) => at,
            None => {
                let near = suggest::did_you_mean(reference, files.iter().map(String::as_str));
                bail!(
                    "the reference `{reference}` is none of the files{}",
                    near.map_or_else(String::new, |near| format!("; {near}"))
                );
            }
        },
    };
    let label = |file: &String| short(file, files);
    let sides: Vec<Side> = files.iter().filter_map(|file| loader.load(file, set, label(file))).collect();
    if sides.len() < files.len() {
        return Ok(None);
    }
    if loader.changes.any() && sides.iter().all(|side| matches!(side, Side::Saved(_))) {
        bail!("`--set`, `--as-of` and `--prices` change scenarios; all of these are saved reports");
    }
    let pairs: Vec<(usize, usize)> = (0..files.len()).filter(|head| *head != at).map(|head| (at, head)).collect();
    let together = pairs.len() > 1;
    Ok(Some(Work { sides, pairs, how: Pairs::ByName, together }))
}

/// The name of a file without its folders, where several files stand side by side and that tells them apart.
fn short(file: &str, files: &[String]) -> Option<String> {
    let name = |file: &str| Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
    let own = name(file)?;
    let is_clear = files.len() > 2 && files.iter().filter(|other| name(other).as_ref() == Some(&own)).count() == 1;
    is_clear.then_some(own)
}

/// Reads files and keeps what is wrong with them.
struct Loader<'a> {
    changes: &'a Changes,
    /// Standard input, which can be read only once.
    stdin: Option<Input>,
    problems: Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    fn new(changes: &'a Changes) -> Self {
        Self { changes, stdin: None, problems: Vec::new() }
    }

    /// A scenario with `set` laid over it, or a saved report.
    fn load(&mut self, file: &str, set: &[String], label: Option<String>) -> Option<Side> {
        let input = match (Input::from_argument(file), &self.stdin) {
            (Input::Stdin, Some(read)) => read.clone(),
            (other, _) => other,
        };
        let source = input::read_input(&input).map_err(|problem| self.problems.push(*problem)).ok()?;
        match read_saved(&source) {
            Ok(Some(saved)) => {
                let label = label.unwrap_or_else(|| source.name.clone());
                return Some(Side::Saved(Box::new(saved.called(label))));
            }
            Ok(None) => {}
            Err(problem) => {
                self.problems.push(*problem);
                return None;
            }
        }
        let input = match input {
            Input::Stdin => Input::Text { name: source.name.clone(), text: source.text.clone() },
            other => other,
        };
        if file == "-" {
            self.stdin = Some(input.clone());
        }
        self.computed(&input, set, label, None)
    }

    /// The scenario as it was at a revision.
    fn committed(&mut self, file: &str, revision: &str, set: &[String], head: &Side) -> Option<Side> {
        if let (Side::Saved(_), _) | (_, "-") = (head, file) {
            let what = if file == "-" { "standard input".to_owned() } else { format!("the saved report {file}") };
            let found =
                Diagnostic::without_place(crate::diag::Code::Unreadable, format!("{what} is not read from git"));
            self.problems.push(found.help("`--base-ref` takes scenario files"));
            return None;
        }
        let (revision, path) =
            Revision::of(file.as_ref(), revision).map_err(|problem| self.problems.push(*problem)).ok()?;
        if !revision.has(&path) {
            return Some(Side::nothing(revision.label(&path), head));
        }
        let commit = revision.commit().to_owned();
        self.computed(&Input::Committed(revision, path), set, None, Some(commit))
    }

    fn computed(
        &mut self,
        input: &Input,
        set: &[String],
        label: Option<String>,
        commit: Option<String>,
    ) -> Option<Side> {
        let options =
            Options { set: set.to_vec(), as_of: self.changes.as_of.clone(), prices: self.changes.prices.clone() };
        let loaded = check::load_with_text(input, &options)
            .and_then(|(plan, stated)| Ok((Evaluation::of(plan)?, stated)))
            .map_err(|problems| self.problems.extend(problems));
        let (evaluation, stated) = loaded.ok()?;
        let label = label.unwrap_or_else(|| evaluation.plan.file.clone());
        Some(Side::Computed(Box::new(Computed { label, evaluation, stated, set: set.to_vec(), commit })))
    }
}
