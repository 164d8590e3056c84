//! A scenario file, with what it includes and what the command line changes, as a plan.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::context::{Context, Prices, Unread};
use super::log::{self, Names};
use super::options::Options;

use super::trace::Traces;
use super::{
    budgets, contracts, deployments, forecast, negotiated, optimize, prices, quality, strategies, uncertain, workload,
};
use crate::diag::{Code, Diagnostic, Place, Sink, Source};
use crate::figure::{Days, Decisions, Figure};
use crate::input::{self, Fields, Files, Input, Node, Value, plain, word, wrong_shape};
use crate::plan::{Again, Change, Currency, Optimize, Plan, Quality, Uncertainties, Workload};
use crate::pricing::{Book, Date};
use crate::units::{Exact, Kind, Settings};

/// Files that may be included, one in another.
const DEEPEST_INCLUDE: usize = 32;

/// Reads and checks a scenario.
///
/// # Errors
/// Every problem of the scenario and of the files it names.
pub fn load(input: &Input, options: &Options) -> Result<Plan, Vec<Diagnostic>> {
    load_with_text(input, options).map(|(plan, _)| plan)
}

/// Reads and checks a scenario; beside the plan what was stated, with all that is laid over it, so that two versions can be
/// told apart line by line.
///
/// # Errors
/// As [`load`].
pub fn load_with_text(input: &Input, options: &Options) -> Result<(Plan, Node), Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let plan = read(input, options, false, &mut sink).map(|(plan, scenario)| (plan, scenario.root.clone()));
    sink.finish(plan)
}

/// Reads and checks a scenario whose requests come from a log: `as-logged` is a model, and `workload` may be left out.
///
/// # Errors
/// As [`load`].
pub fn load_for_log(input: &Input, options: &Options) -> Result<(Plan, Names), Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let plan = read(input, options, true, &mut sink).map(|(plan, scenario)| {
        let is_stated = scenario.root.get("prices").is_some_and(|node| node.get("as_of").is_some());
        let names = Names::new(plan.prices.clone(), is_stated || options.as_of.is_some());
        (plan, names)
    });
    sink.finish(plan)
}

/// The prices of the command line alone.
///
/// # Errors
/// Lists that cannot be read.
pub fn names(options: &Options) -> Result<Names, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let (book, as_of, unread) = prices::book(None, &Input::Stdin, options, &mut sink);
    let names = as_of.map(|as_of| {
        let prices = Prices::new(Arc::new(book), as_of, unread).known();
        Names::new(prices, options.as_of.is_some())
    });
    sink.finish(names)
}

/// The plan of a scenario, and what was read.
fn read(input: &Input, options: &Options, for_log: bool, sink: &mut Sink) -> Option<(Plan, Arc<Scenario>)> {
    let (source, root) = tree(input, options, sink)?;
    let (input, options) = (input.clone(), options.clone());
    let scenario =
        Arc::new(Scenario { source, root, input, options, for_log, book: OnceLock::new(), traces: Arc::default() });
    Some((plan_of(&scenario, &Change::default(), sink)?, scenario))
}

/// A scenario that was read, to be resolved once or again with other numbers.
struct Scenario {
    source: Arc<Source>,
    root: Node,
    input: Input,
    options: Options,
    /// Whether its requests come from a log.
    for_log: bool,
    /// The prices and their date, once they were read without a problem.
    book: OnceLock<(Arc<Book>, Date)>,
    /// The traces of lengths that were read.
    traces: Arc<Traces>,
}

/// The same scenario with something changed.
fn again(scenario: &Arc<Scenario>, changed: &Change) -> Again {
    let (scenario, changed) = (Arc::clone(scenario), changed.clone());
    Again::new(move |change| {
        let mut sink = Sink::default();
        let plan = plan_of(&scenario, &changed.then(change), &mut sink);
        sink.finish(plan)
    })
}

/// The tree of a scenario with everything laid over it.
fn tree(input: &Input, options: &Options, sink: &mut Sink) -> Option<(Arc<Source>, Node)> {
    let source = input::read_input(input).map_err(|error| sink.add(*error)).ok()?;
    let root = input::parse(&source, sink)?;
    let files = input.files();
    let folder = Some(input.folder()).filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(".".into());
    let mut chain = Vec::new();
    if let Input::File(path) | Input::Committed(_, path) = input {
        chain.extend(files.real(path));
    }
    let top = files.real(&folder).unwrap_or_else(|| folder.clone());
    let mut root = with_includes(root, &folder, (files, &top), &mut chain, sink)?;
    for argument in &options.set {
        input::apply_set(&mut root, argument, sink);
    }
    Some((source, root))
}

/// `root` laid over the files it includes.
fn with_includes(
    root: Node,
    folder: &Path,
    top: (Files<'_>, &Path),
    chain: &mut Vec<PathBuf>,
    sink: &mut Sink,
) -> Option<Node> {
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
    (files, top): (Files<'_>, &Path),
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
    let real = match files.real(&path) {
        Some(real) => real,
        None => {
            return sink.refuse(
                Diagnostic::at(
                    Code::Unreadable,
                    place,
                    format!("there is no file {}", files.label(&path)),
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
    let source = match files.read(&path) {
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
    let merged = with_includes(node, &folder, (files, top), chain, sink);
    chain.pop();
    merged
}

fn plan_of(scenario: &Arc<Scenario>, change: &Change, sink: &mut Sink) -> Option<Plan> {
    let Scenario { source, root, input, options, for_log, .. } = scenario.as_ref();
    let before = sink.failures();
    let changed;
    let mut set = change.set.clone();
    if let (Some(month), Some((_, stated))) = (change.month, scenario.book.get()) {
        set.extend(forecast::assignments(root, *stated, month));
    }
    let root = if set.is_empty() {
        root
    } else {
        let mut tree = root.clone();
        for argument in &set {
            input::apply_set(&mut tree, argument, sink);
        }
        changed = tree;
        &changed
    };
    let mut fields = Fields::of(root, "a scenario", sink)?;
    version(&mut fields, sink);
    let name = fields.get("name", sink).and_then(|node| word(node, sink)).map(str::to_owned);
    fields.get("description", sink);
    let (mut settings, currency, mut days_per_month) = settings(&mut fields, sink);
    let ahead = fields.get("forecast", sink);
    if let (Some(node), Some(_), Some(date)) = (ahead, change.month, change.as_of)
        && node.get("days").and_then(Node::scalar) == Some("calendar")
    {
        settings = forecast::in_month(&settings, date);
        days_per_month = Figure::stated("days of the month", settings.days_per_month.clone(), &node.place);
    }

    let priced = fields.get("prices", sink);
    let same_prices = !change.set.iter().any(|argument| argument.trim_start().starts_with("prices"));
    let (book, as_of, unread) = match scenario.book.get().filter(|_| same_prices) {
        Some((book, as_of)) => (Arc::clone(book), Some(*as_of), Unread::default()),
        None => {
            let (book, as_of, unread) = prices::book(priced, input, options, sink);
            (Arc::new(book), as_of, unread)
        }
    };
    let stated = as_of?;
    let as_of = change.as_of.unwrap_or(stated);
    let mut context = Context {
        sink,
        settings,
        prices: Prices::new(Arc::clone(&book), as_of, unread),
        for_log: *for_log,
        deployments: Vec::new(),
        draw: change.draw.clone(),
        inputs: Vec::new(),
        decisions: Decisions::default(),
        from: input.clone(),
        mean_call: None,
        quality: Quality::default(),
        tasks: Vec::new(),
        traces: Arc::clone(&scenario.traces),
    };
    negotiated::negotiated(priced, &mut context);

    let log = fields.get("log", context.sink).and_then(|node| log::section(node, &mut context));
    let ahead = forecast::read(ahead, stated, change.month.is_some(), &mut context);
    if let (Some(ahead), Some(month)) = (&ahead, change.month) {
        for (whose, factor, place) in ahead.price_factors(month) {
            forecast::reprice(whose.as_ref(), &factor, &place, &mut context);
        }
    }
    let has_workload = !for_log || fields.entry("workload").is_some();
    let workload = if has_workload {
        let node = fields.require("workload", "{requests: 1M/day, input: 500, output: 200}", context.sink);
        node.and_then(|node| workload::read(node, &mut context))
    } else {
        Some(workload::of_a_log(root))
    };
    let workload = workload.map(|mut workload| {
        if let (Some(ahead), Some(month)) = (&ahead, change.month) {
            workload.requests = ahead.requests(&workload.requests, month);
        }
        workload
    });
    let mean_call = workload.as_ref().filter(|_| has_workload).and_then(Workload::mean_call);
    context.mean_call = mean_call.filter(|(prompt, answer)| !prompt.is_zero() && !answer.is_zero());
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
    context.tasks = tasks.iter().map(|task| task.name.clone()).collect();
    if let Some(node) = fields.get("quality", context.sink) {
        context.quality = quality::read(node, tasks, &mut context);
    }
    let names: Vec<String> = strategies_node.map(strategies::names).unwrap_or_default();
    let baseline = budgets::baseline(&mut fields, &names, &mut context);
    let knows = workload.is_some() && has_workload;
    let strategies = strategies_node.and_then(|node| strategies::read(node, tasks, knows, baseline, &mut context));
    let asked = fields.get("optimize", context.sink);
    let asked = asked.map_or_else(Optimize::default, |node| optimize::read(node, tasks, &names, &mut context));
    let limits = fields.get("limits", context.sink).and_then(|node| contracts::limits(node, &mut context));
    let commitments = fields.get("commitments", context.sink);
    let commitments = commitments.map_or_else(Vec::new, |node| contracts::commitments(node, &mut context));
    let break_evens = fields.get("break_even", context.sink);
    let break_evens = break_evens.map_or_else(Vec::new, |node| deployments::break_evens(node, &mut context));
    let budgets = budgets::budgets(&mut fields, &names, &mut context);
    let expectations = budgets::expectations(&mut fields, &names, &mut context);
    for input in &mut context.inputs {
        input.path = uncertain::path(root, &input.place).unwrap_or_else(|| input.name.clone());
    }
    let inputs = std::mem::take(&mut context.inputs);
    let correlations = fields.get("correlate", context.sink);
    let correlations =
        correlations.map_or_else(Vec::new, |node| uncertain::correlations(node, root, &inputs, &mut context));
    let decisions = std::mem::take(&mut context.decisions);
    let lists = context.prices.book.lists().iter().map(|list| Arc::clone(list.info())).collect();
    let quality = context.quality;
    let prices = context.prices.known();
    let deployments = context.deployments.into_iter().filter_map(|(_, deployment)| deployment).collect();
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    // A second plan of the same scenario finds the same prices.
    if same_prices {
        scenario.book.get_or_init(|| (book, stated));
    }
    let stem = Path::new(&source.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Some(Plan {
        name: name.or(stem).unwrap_or_else(|| source.name.clone()),
        file: source.name.clone(),
        as_of: prices.as_of,
        prices,
        lists,
        currency,
        days_per_month,
        workload: workload?,
        has_workload,
        log,
        quality,
        strategies: strategies?,
        baseline,
        deployments,
        break_evens,
        limits,
        commitments,
        forecast: ahead?,
        optimize: asked,
        budgets,
        expectations,
        uncertain: Uncertainties { inputs, correlations, decisions, again: again(scenario, change) },
    })
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
