//! A scenario file, with what it includes and what the command line changes, as a plan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::context::{Context, Prices};
use super::log::{self, Names};
use super::options::Options;

use super::{budgets, deployments, prices, strategies, workload};
use crate::diag::{Code, Diagnostic, Place, Sink, Source};
use crate::figure::{Days, Figure};
use crate::input::{self, Fields, Input, Node, Value, plain, word, wrong_shape};
use crate::plan::{Currency, Plan};
use crate::units::{Exact, Kind, Settings};

/// Files that may be included, one in another.
const DEEPEST_INCLUDE: usize = 32;

/// Reads and checks a scenario.
///
/// # Errors
/// Every problem of the scenario and of the files it names.
pub fn load(input: &Input, options: &Options) -> Result<Plan, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let plan = tree(input, options, &mut sink)
        .and_then(|(source, root)| plan_of(&source, input, &root, options, false, &mut sink));
    sink.finish(plan.map(|(plan, _)| plan))
}

/// Reads and checks a scenario whose requests come from a log: `as-logged` is a model, and `workload` may be left out.
///
/// # Errors
/// As [`load`].
pub fn load_for_log(input: &Input, options: &Options) -> Result<(Plan, Names), Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let plan = tree(input, options, &mut sink)
        .and_then(|(source, root)| plan_of(&source, input, &root, options, true, &mut sink));
    sink.finish(plan)
}

/// The prices of the command line alone.
///
/// # Errors
/// Lists that cannot be read.
pub fn names(options: &Options) -> Result<Names, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let (book, as_of, unread) = prices::book(None, Path::new(""), options, &mut sink);
    let names = as_of.map(|as_of| Names::new(Prices::new(book, as_of, unread), options.as_of.is_some()));
    sink.finish(names)
}

/// The tree of a scenario with everything laid over it.
fn tree(input: &Input, options: &Options, sink: &mut Sink) -> Option<(Arc<Source>, Node)> {
    let source = input::read_input(input).map_err(|error| sink.add(*error)).ok()?;
    let root = input::parse(&source, sink)?;
    let folder = match input {
        Input::File(path) => path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        Input::Stdin | Input::Text { .. } => Path::new("."),
    };
    let mut chain = Vec::new();
    if let Input::File(path) = input {
        chain.extend(path.canonicalize());
    }
    let top = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let mut root = with_includes(root, folder, &top, &mut chain, sink)?;
    for argument in &options.set {
        input::apply_set(&mut root, argument, sink);
    }
    Some((source, root))
}

/// `root` laid over the files it includes.
fn with_includes(root: Node, folder: &Path, top: &Path, chain: &mut Vec<PathBuf>, sink: &mut Sink) -> Option<Node> {
    let Some(list) = root.get("include").cloned() else { return Some(root) };
    let one = std::slice::from_ref(&list);
    let items = if let Value::List(items) = &list.value { items } else { one };
    let mut below: Option<Node> = None;
    for item in items {
        let Some(name) = word(item, sink) else { continue };
        let Some(part) = included(name, &item.place, folder, top, chain, sink) else { continue };
        below = Some(match below {
            Some(below) => laid_over(below, part),
            None => part,
        });
    }
    let mut root = root;
    if let Value::Map(entries) = &mut root.value {
        entries.retain(|(key, _)| &*key.text != "include");
    }
    Some(match below {
        Some(below) => laid_over(below, root),
        None => root,
    })
}

fn laid_over(lower: Node, upper: Node) -> Node {
    input::merge(lower, upper, &["budgets", "expect"], &["strategies.*"])
}

fn included(
    name: &str,
    place: &Place,
    folder: &Path,
    top: &Path,
    chain: &mut Vec<PathBuf>,
    sink: &mut Sink,
) -> Option<Node> {
    let path = folder.join(name);
    let escapes = || {
        Diagnostic::at(
            Code::IncludeEscape,
            place,
            format!("`{name}` lies outside of the scenario's folder"),
            "leaves the folder",
        )
        .help("files are included from the folder of the first file or below it")
    };
    if Path::new(name).is_absolute() {
        return sink.refuse(escapes());
    }
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(_) => {
            return sink.refuse(
                Diagnostic::at(
                    Code::Unreadable,
                    place,
                    format!("there is no file {}", path.display()),
                    "to be included here",
                )
                .help("the path is relative to the file that includes it"),
            );
        }
    };
    if !real.starts_with(top) {
        return sink.refuse(escapes());
    }
    if chain.contains(&real) || chain.len() >= DEEPEST_INCLUDE {
        return sink.refuse(Diagnostic::at(
            Code::Cycle,
            place,
            format!("including `{name}` comes back to itself"),
            "closes the circle",
        ));
    }
    let source = match input::read_file(&path, &path.display().to_string()) {
        Ok(source) => source,
        Err(mut error) => {
            if error.place.is_none() {
                error.place = Some(place.clone());
                "included here".clone_into(&mut error.label);
            }
            return sink.refuse(*error);
        }
    };
    let node = input::parse(&source, sink)?;
    if node.entries().is_none() {
        return sink.refuse(wrong_shape(&node, "an included file is a map like a scenario"));
    }
    chain.push(real);
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let merged = with_includes(node, &folder, top, chain, sink);
    chain.pop();
    merged
}

fn plan_of(
    source: &Arc<Source>,
    input: &Input,
    root: &Node,
    options: &Options,
    for_log: bool,
    sink: &mut Sink,
) -> Option<(Plan, Names)> {
    let before = sink.failures();
    let mut fields = Fields::of(root, "a scenario", sink)?;
    version(&mut fields, sink);
    let name = fields.get("name", sink).and_then(|node| word(node, sink)).map(str::to_owned);
    fields.get("description", sink);
    let (settings, currency, days_per_month) = settings(&mut fields, sink);
    fields.later(&["quality", "forecast", "correlate"], sink);

    let folder = match input {
        Input::File(path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
        Input::Stdin | Input::Text { .. } => PathBuf::new(),
    };
    let priced = fields.get("prices", sink);
    let (book, as_of, unread) = prices::book(priced, &folder, options, sink);
    let date_is_stated = options.as_of.is_some() || priced.is_some_and(|node| node.get("as_of").is_some());
    let prices = Prices::new(book, as_of?, unread);
    let mut context = Context { sink, settings, prices, for_log, deployments: Vec::new() };
    prices::discounts(priced, &mut context);

    let log = fields.get("log", context.sink).and_then(|node| log::section(node, &mut context));
    let has_workload = !for_log || fields.entry("workload").is_some();
    let workload = if has_workload {
        let node = fields.require("workload", "{requests: 1M/day, input: 500, output: 200}", context.sink);
        node.and_then(|node| workload::read(node, &mut context))
    } else {
        Some(workload::of_a_log(root))
    };
    if let Some(node) = fields.get("deployments", context.sink) {
        deployments::deployments(node, &mut context);
    }
    let strategies_node = fields.require("strategies", "{all-gpt-4o: {model: gpt-4o}}", context.sink);
    // Without a workload the strategies are still checked, against a single task.
    let fallback;
    let tasks = match &workload {
        Some(workload) => workload.tasks.as_slice(),
        None => {
            fallback = workload::unknown_tasks(root);
            fallback.as_slice()
        }
    };
    let strategies = strategies_node
        .and_then(|node| strategies::read(node, tasks, workload.is_some() && has_workload, &mut context));
    let break_evens = fields.get("break_even", context.sink);
    let break_evens = break_evens.map_or_else(Vec::new, |node| deployments::break_evens(node, &mut context));
    let names: Vec<String> = strategies_node.map(strategies::names).unwrap_or_default();
    let baseline = budgets::baseline(&mut fields, &names, &mut context);
    let budgets = budgets::budgets(&mut fields, &names, &mut context);
    let expectations = budgets::expectations(&mut fields, &names, &mut context);
    let lists = context.prices.book.lists().iter().map(|list| Arc::clone(list.info())).collect();
    let as_of = context.prices.as_of;
    let names_of_models = Names::new(context.prices, date_is_stated);
    let deployments = context.deployments.into_iter().filter_map(|(_, deployment)| deployment).collect();
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    let stem = Path::new(&source.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let plan = Plan {
        name: name.or(stem).unwrap_or_else(|| source.name.clone()),
        file: source.name.clone(),
        as_of,
        lists,
        currency,
        days_per_month,
        workload: workload?,
        has_workload,
        log,
        strategies: strategies?,
        baseline,
        deployments,
        break_evens,
        budgets,
        expectations,
    };
    Some((plan, names_of_models))
}

fn version(fields: &mut Fields<'_>, sink: &mut Sink) {
    let Some(node) = fields.require("llmcost", "1", sink) else { return };
    if node.scalar() != Some("1") {
        sink.add(
            Diagnostic::at(
                Code::Version,
                &node.place,
                "a scenario of another format version",
                "only version 1 is known",
            )
            .help("write `llmcost: 1`"),
        );
    }
}

/// Currency and calendar: what quantities in the rest of the file mean.
fn settings(fields: &mut Fields<'_>, sink: &mut Sink) -> (Settings, Currency, Figure<Days>) {
    let mut settings = Settings::default();
    let mut currency = Currency { code: "USD".to_owned(), per_usd: Exact::ONE };
    let mut days = Figure::default(
        "days per month",
        Exact::from(30),
        "a month has 30 days unless `calendar.days_per_month` says otherwise",
    );
    if let Some(node) = fields.get("currency", sink)
        && let Some(read) = read_currency(node, sink)
    {
        if read.code != "USD" {
            settings.currency = Some((read.code.clone(), read.per_usd.clone()));
        }
        currency = read;
    }
    if let Some(node) = fields.get("calendar", sink)
        && let Some(mut calendar) = Fields::of(node, "`calendar`", sink)
    {
        if let Some(node) = calendar.get("days_per_month", sink)
            && let Some(value) = plain(node, Kind::Factor, &settings, sink)
        {
            if value > Exact::from(31) {
                sink.add(Diagnostic::at(Code::OutOfRange, &node.place, "a month has at most 31 days", "too many days"));
            }
            settings.days_per_month = value.clone();
            days = Figure::stated("days per month", value, &node.place);
        }
        calendar.finish(sink);
    }
    (settings, currency, days)
}

fn read_currency(node: &Node, sink: &mut Sink) -> Option<Currency> {
    let is_code = |text: &str| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    let bad = |node: &Node, text: &str| {
        Diagnostic::at(
            Code::UnknownWord,
            &node.place,
            format!("`{text}` is not a currency code"),
            "three capital letters",
        )
        .help("for instance `currency: {code: EUR, per_usd: 0.92}`")
    };
    if let Some(text) = node.scalar() {
        return match text {
            "USD" => Some(Currency { code: "USD".to_owned(), per_usd: Exact::ONE }),
            code if is_code(code) => sink.refuse(
                Diagnostic::at(Code::MissingKey, &node.place, format!("how many {code} is a dollar?"), "no rate")
                    .help(format!("state it: `currency: {{code: {code}, per_usd: 0.92}}`; rates are never looked up")),
            ),
            other => sink.refuse(bad(node, other)),
        };
    }
    let mut fields = Fields::of(node, "`currency`", sink)?;
    let code = fields.require("code", "EUR", sink).and_then(|node| {
        let text = word(node, sink)?;
        if is_code(text) { Some(text.to_owned()) } else { sink.refuse(bad(node, text)) }
    });
    let is_usd = code.as_deref() == Some("USD");
    let node = if is_usd { fields.get("per_usd", sink) } else { fields.require("per_usd", "0.92", sink) };
    let per_usd = match node {
        Some(node) => plain(node, Kind::Factor, &Settings::default(), sink).and_then(|value| {
            if is_usd && value != Exact::ONE {
                return sink.refuse(Diagnostic::at(
                    Code::OutOfRange,
                    &node.place,
                    "a dollar is one dollar",
                    "must be 1",
                ));
            }
            Some(value)
        }),
        None => is_usd.then_some(Exact::ONE),
    };
    fields.finish(sink);
    Some(Currency { code: code?, per_usd: per_usd? })
}
