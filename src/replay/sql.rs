//! The prices of a scenario as one SQL query, for request tables that stay where they are.
//!
//! The query adds up tokens per price in whole numbers and multiplies once, in decimals that hold every digit, as a replay
//! does. What a query cannot say the same way, such as shares by a hash and caches, is refused with the reason.

mod dialect;

use std::fmt::Write;
use std::sync::Arc;

pub use dialect::Dialect;

use super::read::desk::Lexicons;
use super::request::NOTHING;
use super::tariff::{Clock, Key, PRICED, Stated};
use super::till::{Payee, PriceRow, Prices};
use crate::check::Names;
use crate::diag::{Code, Diagnostic, Place};
use crate::plan::log::{Counter, Log, Role, TimeForm};
use crate::plan::{Overrides, Plan, RouteBy, Server, Serving, Strategy, Tokenizer};
use crate::units::Exact;

/// Columns of our own log, for a table that nobody describes.
const USUAL: [(Role, &str); 6] = [
    (Role::Model, "model"),
    (Role::Count(Counter::Input), "input_tokens"),
    (Role::Count(Counter::Cached), "cache_read_tokens"),
    (Role::Count(Counter::Written), "cache_write_tokens"),
    (Role::Count(Counter::Output), "output_tokens"),
    (Role::Batch, "batch"),
];

/// Decimals of a price that a column has room for.
const MOST_DECIMALS: usize = 15;

/// What a query is about.
#[derive(Debug)]
pub struct Query<'a> {
    /// The strategies.
    pub plan: &'a Plan,
    /// The prices.
    pub names: &'a Names,
    /// What the columns of the table are.
    pub log: &'a Log,
    /// The table, as the engine knows it.
    pub table: &'a str,
    /// The models that the table names, for strategies that price those.
    pub models: &'a [String],
    /// The engine.
    pub dialect: Dialect,
}

/// One strategy: who is paid for which requests.
struct Part {
    name: String,
    /// Who answers, as an expression.
    model: String,
    /// The mode, as an expression.
    mode: String,
    servers: Vec<Priced>,
}

/// Whom a strategy pays.
struct Priced {
    /// What the expression of its strategy calls it.
    name: String,
    payee: usize,
    /// The name in the log; `None` for a model of the scenario.
    logged: Option<String>,
    modes: Vec<Option<String>>,
}

impl Query<'_> {
    /// The query.
    ///
    /// # Errors
    /// Levers that a query cannot follow, columns that are missing, prices with too many decimals.
    pub fn text(&self) -> Result<String, Vec<Diagnostic>> {
        let mut writer = Writer { query: self, payees: Vec::new(), problems: Vec::new() };
        let columns = writer.columns();
        let parts: Vec<Part> =
            self.plan.strategies.iter().filter_map(|strategy| writer.part(strategy, &columns)).collect();
        let Writer { payees, mut problems, .. } = writer;
        if !problems.is_empty() {
            return Err(problems);
        }
        let lexicons = Lexicons::new(&[]);
        let timed = columns.iter().any(|(role, _)| *role == Role::Time);
        let clock = match (self.names.stated_date(), timed) {
            (None, true) => Clock::Own,
            (stated, _) => Clock::On(stated.unwrap_or(self.names.as_of())),
        };
        let prices = Prices::new(self.names, &lexicons, clock, payees, Tokenizer::default());
        let mut rows = Vec::new();
        for part in &parts {
            for server in &part.servers {
                let model = server.logged.as_ref().map_or(NOTHING, |name| handle(&lexicons.models, name));
                for mode in &server.modes {
                    let handle = mode.as_ref().map_or(NOTHING, |mode| handle(&lexicons.modes, mode));
                    match prices.rows(server.payee, model, handle) {
                        Ok(found) => rows.extend(found.into_iter().map(|row| {
                            let mode = mode.clone().unwrap_or_else(|| "standard".to_owned());
                            (part.name.clone(), server.name.clone(), mode, row)
                        })),
                        Err(said) if mode.is_none() => problems.push(*said),
                        // Who has no price for a mode has none: its requests are counted as not priced.
                        Err(_) => {}
                    }
                }
            }
        }
        let keys = prices.keys();
        let decimals = self.decimals(&rows, &keys, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(self.written(&columns, &parts, &rows, &keys, decimals, timed))
    }

    /// Decimals that hold every price.
    fn decimals(&self, rows: &[Row], keys: &[Key], problems: &mut Vec<Diagnostic>) -> usize {
        let used = rows.iter().filter_map(|(.., row)| keys.get(row.key as usize));
        let prices = used.flat_map(|key| key.prices.iter().flatten().chain([&key.request]));
        let most = prices.map(|price| price.decimals().unwrap_or(usize::MAX)).max().unwrap_or(0);
        if most > MOST_DECIMALS {
            let message = format!("a price has more than {MOST_DECIMALS} decimals, which no column has room for");
            problems.push(Diagnostic::without_place(Code::NotSupported, message));
        }
        most.clamp(1, MOST_DECIMALS)
    }

    fn written(
        &self,
        columns: &[(Role, String)],
        parts: &[Part],
        rows: &[Row],
        keys: &[Key],
        decimals: usize,
        timed: bool,
    ) -> String {
        let d = self.dialect;
        let of = |role: Role| columns.iter().find(|(known, _)| *known == role).map(|(_, column)| d.name(column));
        // A missing length or answer is no zero: such requests are counted as bad.
        let count = |counter| match (of(Role::Count(counter)), counter) {
            (None, _) => "0".to_owned(),
            (Some(name), Counter::Input | Counter::Output) => name,
            (Some(name), _) => d.or_zero(&name),
        };
        let whole =
            |parts: &[String]| parts.iter().filter(|part| *part != "0").cloned().collect::<Vec<_>>().join(" + ");
        let [input, cached, written, written_1h] =
            [Counter::Input, Counter::Cached, Counter::Written, Counter::Written1h].map(count);
        let includes = self.log.input_includes.unwrap_or(crate::plan::log::Includes::ALL);
        let (mut beside, mut within) = (vec![input], Vec::new());
        let to = |inside: bool, beside: &mut Vec<String>, within: &mut Vec<String>, part: &str| {
            if inside { within.push(part.to_owned()) } else { beside.push(part.to_owned()) }
        };
        to(includes.cached, &mut beside, &mut within, &cached);
        to(includes.written, &mut beside, &mut within, &written);
        to(includes.written, &mut beside, &mut within, &written_1h);
        let length = whole(&beside);
        let minus: String = within.iter().filter(|part| *part != "0").map(|part| format!(" - {part}")).collect();
        let fresh = format!("{}{minus}", beside.first().map_or("0", String::as_str));
        let (output, reasoning) = (count(Counter::Output), count(Counter::Reasoning));
        let visible = match self.log.output_includes_reasoning {
            Some(false) => output,
            _ if reasoning == "0" => output,
            _ => format!("{output} - {reasoning}"),
        };
        let at = of(Role::Time).filter(|_| timed).unwrap_or_else(|| "0".to_owned());
        let mut text = self.head();
        let _ = writeln!(text, "WITH prices AS (");
        let names = [
            "strategy",
            "model",
            "mode",
            "since",
            "until",
            "at_least",
            "below",
            "fresh_usd",
            "cached_usd",
            "written_usd",
            "written_1h_usd",
            "output_usd",
            "reasoning_usd",
            "request_usd",
        ];
        for (index, (strategy, model, mode, row)) in rows.iter().enumerate() {
            let key = keys.get(row.key as usize);
            let mut cells = vec![d.text(strategy), d.text(model), d.text(mode)];
            cells.push(self.moment(row.from, false, timed));
            cells.push(self.moment(row.until, true, timed));
            let tokens = |tokens: u64| d.whole(&i64::try_from(tokens).unwrap_or(i64::MAX).to_string());
            cells.extend([tokens(row.at_least), tokens(row.below)]);
            for at in 0..=PRICED {
                let price = match key.map(|key| (key.prices.get(at), &key.request)) {
                    Some((Some(price), _)) => price.as_ref().ok().cloned(),
                    Some((None, request)) => Some(request.clone()),
                    None => None,
                };
                cells.push(d.price(price.as_ref(), decimals));
            }
            let named = cells.iter().zip(names).map(|(cell, name)| format!("{cell} AS {name}"));
            let all = if index == 0 { "" } else { "  UNION ALL\n" };
            let _ = writeln!(text, "{all}  SELECT {}", named.collect::<Vec<_>>().join(", "));
        }
        let _ = writeln!(text, "),\ncalls AS (");
        for (index, part) in parts.iter().enumerate() {
            let all = if index == 0 { "" } else { "  UNION ALL\n" };
            let _ = writeln!(
                text,
                "{all}  SELECT {} AS strategy, {} AS model, {} AS mode, {at} AS at_time, {length} AS length,\n    \
                 {fresh} AS fresh, {cached} AS cached, {written} AS written, {written_1h} AS written_1h, {visible} AS output, {reasoning} AS reasoning\n  \
                 FROM {} r",
                d.text(&part.name),
                part.model,
                part.mode,
                self.table,
            );
        }
        text.push_str("),\nsums AS (\n  SELECT c.strategy, c.model, p.since, p.mode AS priced_mode, p.at_least, p.fresh_usd, p.cached_usd,\n    p.written_usd, p.written_1h_usd, p.output_usd, p.reasoning_usd, p.request_usd, COUNT(*) AS requests");
        let counted = ["fresh", "cached", "written", "written_1h", "output", "reasoning"];
        for name in counted {
            let _ = write!(text, ",\n    {} AS {name}", d.sum(&format!("c.{name}")));
        }
        let missing = counted.map(|name| format!("(c.{name} <> 0 AND p.{name}_usd IS NULL)")).join(" OR ");
        let _ = writeln!(
            text,
            ",\n    SUM(CASE WHEN p.strategy IS NULL OR {missing} THEN 1 ELSE 0 END) AS unpriced,\n    \
             SUM(CASE WHEN c.fresh < 0 OR c.cached < 0 OR c.written < 0 OR c.written_1h < 0 OR c.output < 0 OR c.reasoning < 0 OR c.fresh IS NULL OR c.output IS NULL THEN 1 ELSE 0 END) AS bad"
        );
        let when = if timed { " AND c.at_time >= p.since AND c.at_time < p.until" } else { "" };
        let _ = writeln!(
            text,
            "  FROM calls c LEFT JOIN prices p ON p.strategy = c.strategy AND p.model = c.model AND p.mode = c.mode\n    \
             AND c.length >= p.at_least AND c.length < p.below{when}\n  \
             GROUP BY c.strategy, c.model, p.since, p.mode, p.at_least, p.fresh_usd, p.cached_usd, p.written_usd, p.written_1h_usd,\n    \
             p.output_usd, p.reasoning_usd, p.request_usd\n)"
        );
        let mut products: Vec<String> =
            counted.iter().map(|name| d.product(name, &format!("{name}_usd"), decimals)).collect();
        products.push(d.product("requests", "request_usd", decimals));
        let _ = writeln!(
            text,
            "SELECT strategy, model, SUM(requests) AS requests,\n  SUM({}) AS cost_usd,\n  \
             SUM(unpriced) AS unpriced_requests, SUM(bad) AS bad_requests\nFROM sums\nGROUP BY strategy, model\nORDER BY strategy, model;",
            products.join("\n    + "),
        );
        text
    }

    fn head(&self) -> String {
        let lists: Vec<String> = self.names.lists().iter().map(|list| list.name.clone()).collect();
        let date = self.names.as_of();
        format!(
            "-- {}: what the requests of a table cost, in {}.\n-- Prices of {} at {date}. Made by llmcost {}; exact, tokens are added before they are priced.\n\
             -- unpriced_requests have no price for some of their tokens: where there are any, cost_usd is a lower bound.\n\
             -- bad_requests have missing or negative counts, or parts beyond their whole: where there are any, cost_usd is wrong.\n",
            one_line(&self.plan.name),
            self.dialect.title(),
            one_line(&lists.join(" over ")),
            env!("CARGO_PKG_VERSION"),
        )
    }

    /// A bound of a stretch of prices; `None` is before or, where it is the `end`, behind everything.
    fn moment(&self, nanos: Option<i64>, end: bool, timed: bool) -> String {
        let d = self.dialect;
        if !timed {
            return d.whole("0");
        }
        match self.log.time.unwrap_or(TimeForm::Text) {
            TimeForm::Epoch(unit) | TimeForm::Relative(unit) => {
                let open = if end { i64::MAX } else { -i64::MAX };
                d.whole(&nanos.map_or(open, |nanos| nanos.div_euclid(unit.nanos())).to_string())
            }
            TimeForm::Text => {
                let at = nanos.and_then(|nanos| jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok());
                let words = at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
                let open = if end { "9999-01-01 00:00:00" } else { "1970-01-01 00:00:00" };
                d.timestamp(words.as_deref().unwrap_or(open))
            }
        }
    }
}

type Row = (String, String, String, PriceRow);

/// A comment ends at its line.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

fn handle(lexicon: &super::lexicon::Lexicon, name: &str) -> u32 {
    lexicon.handle(name.as_bytes()).unwrap_or(NOTHING)
}

struct Writer<'q, 'a> {
    query: &'q Query<'a>,
    payees: Vec<Payee>,
    problems: Vec<Diagnostic>,
}

impl Writer<'_, '_> {
    fn columns(&mut self) -> Vec<(Role, String)> {
        let stated = &self.query.log.columns;
        if stated.is_empty() {
            return USUAL.iter().map(|(role, column)| (*role, (*column).to_owned())).collect();
        }
        for (role, name) in [(Role::Count(Counter::Input), "input"), (Role::Count(Counter::Output), "output")] {
            if !stated.iter().any(|(known, _)| *known == role) {
                let message = format!("which column of the table has the {name} tokens?");
                let found = Diagnostic::without_place(Code::LogColumns, message);
                self.problems.push(found.help(format!("name it: `--columns {name}=COLUMN`")));
            }
        }
        stated.clone()
    }

    fn refuse(&mut self, place: &Place, what: &str) {
        let message = format!("a query cannot say {what}");
        let found = Diagnostic::at(Code::NotSupported, place, message, "a replay can");
        self.problems.push(found.help("`llmcost replay FILE --log LOG` computes it from an export of the table"));
    }

    fn part(&mut self, strategy: &Strategy, columns: &[(Role, String)]) -> Option<Part> {
        let place = &strategy.place;
        if strategy.response_cache.is_some() {
            self.refuse(place, "which answers a response cache has");
        }
        if strategy.compress.is_some()
            || strategy.examples.is_some()
            || strategy.context.is_some()
            || strategy.history.is_some()
            || strategy.pack.is_some()
        {
            self.refuse(place, "what levers on prompts leave of each");
        }
        if strategy.retrieval.is_some() || strategy.fine_tune.is_some() {
            self.refuse(place, "what retrieval or a tuned model costs beside its calls");
        }
        if !self.query.plan.workload.tokenizer.factors.is_empty() {
            self.refuse(place, "how another tokenizer rounds");
        }
        let mut servers = Vec::new();
        let model = self.model(&strategy.serving, &strategy.defaults, &mut servers, place, columns)?;
        let mode = self.mode(&strategy.defaults, place, columns);
        Some(Part { name: strategy.name.clone(), model, mode, servers })
    }

    /// Who answers, as an expression.
    fn model(
        &mut self,
        serving: &Serving,
        levers: &Overrides,
        servers: &mut Vec<Priced>,
        place: &Place,
        columns: &[(Role, String)],
    ) -> Option<String> {
        let d = self.query.dialect;
        let named = |role: Role| columns.iter().find(|(known, _)| *known == role).map(|(_, name)| d.name(name));
        match serving {
            Serving::Single(server) => self.server(server, levers, servers, columns),
            Serving::Route(route) => {
                if route.router.is_some() {
                    self.refuse(place, "what a router reads of each request");
                }
                let mut arms = Vec::new();
                for arm in &route.arms {
                    if arm.overrides != Overrides::default() {
                        self.refuse(&arm.place, "levers of a part of a route");
                    }
                    arms.push(self.model(&arm.serving, levers, servers, place, columns)?);
                }
                let arm = |at: usize| arms.get(at).cloned().unwrap_or_default();
                match &route.by {
                    None => {
                        self.refuse(place, "which requests a share of a route takes");
                        None
                    }
                    Some(RouteBy::Length(limits, longer)) => {
                        let length = named(Role::Count(Counter::Input))?;
                        let cases =
                            limits.iter().map(|(most, at)| format!("WHEN {length} <= {most} THEN {}", arm(*at)));
                        let cases: Vec<String> = cases.collect();
                        Some(format!("CASE {} ELSE {} END", cases.join(" "), arm(*longer)))
                    }
                    Some(RouteBy::Column(column, values, other)) => {
                        let column = d.name(column);
                        let cases = values
                            .iter()
                            .map(|(value, at)| format!("WHEN {column} = {} THEN {}", d.text(value), arm(*at)));
                        let cases: Vec<String> = cases.collect();
                        Some(format!("CASE {} ELSE {} END", cases.join(" "), arm(*other)))
                    }
                }
            }
            Serving::Cascade(cascade) => {
                let place = cascade.steps.first().map_or(place, |step| &step.arm.place);
                self.refuse(place, "which answers a cascade accepts");
                None
            }
        }
    }

    fn server(
        &mut self,
        server: &Server,
        levers: &Overrides,
        servers: &mut Vec<Priced>,
        columns: &[(Role, String)],
    ) -> Option<String> {
        let d = self.query.dialect;
        let Server::Model(used) = server else {
            self.refuse(server.place(), "what a deployment costs, which is paid by the hour");
            return None;
        };
        let stated = levers.batch.as_ref().and_then(|batch| {
            let rest = batch.discount.as_ref()?.rest().value().clone();
            Some(Stated { rest, applies_to: batch.applies_to.clone() })
        });
        let logged = used.model.is_as_logged();
        let payee = self.payees.len();
        let model = (!logged).then(|| Arc::clone(&used.model));
        self.payees.push(Payee { model, stated: stated.clone(), lifetime: String::new() });
        if !logged {
            let listed = &used.model.listed;
            let mut modes: Vec<Option<String>> = vec![None];
            modes.extend(listed.modes().into_iter().map(|mode| Some(mode.to_owned())));
            if stated.is_some() && !modes.iter().any(|mode| mode.as_deref() == Some("batch")) {
                modes.push(Some("batch".to_owned()));
            }
            servers.push(Priced { name: listed.qualified(), payee, logged: None, modes });
            return Some(d.text(&listed.qualified()));
        }
        if self.query.models.is_empty() {
            let message = "which models does the table name?";
            let found = Diagnostic::at(Code::LogColumns, &used.place, message, "the model of each request");
            self.problems.push(found.help("list them: `--models gpt-4o,claude-sonnet-4-5`"));
            return None;
        }
        for name in self.query.models {
            let date = self.query.names.as_of();
            let Ok(found) = self.query.names.find(name, date) else {
                let near = self.query.names.did_you_mean(name);
                let found = Diagnostic::without_place(Code::UnknownModel, format!("`{name}`: no price list knows it"));
                self.problems.push(near.iter().fold(found, |found, near| found.help(near.clone())));
                continue;
            };
            let mut modes: Vec<Option<String>> = vec![None];
            modes.extend(found.listed.modes().into_iter().map(|mode| Some(mode.to_owned())));
            servers.push(Priced { name: name.clone(), payee, logged: Some(name.clone()), modes });
        }
        let column = columns.iter().find(|(role, _)| *role == Role::Model).map(|(_, column)| d.name(column));
        if column.is_none() {
            let found =
                Diagnostic::at(Code::LogColumns, &used.place, "no column of the table is the model", "needs one");
            self.problems.push(found.help("name it: `--columns model=COLUMN`"));
        }
        column
    }

    /// The mode of each call, as an expression.
    fn mode(&mut self, levers: &Overrides, place: &Place, columns: &[(Role, String)]) -> String {
        let d = self.query.dialect;
        let named = |role: Role| columns.iter().find(|(known, _)| *known == role).map(|(_, name)| d.name(name));
        if levers.output.is_some() {
            self.refuse(place, "how long answers would be");
        }
        if levers.retries.is_some() {
            self.refuse(place, "which calls would fail");
        }
        if levers.prefix_cache.is_some() {
            self.refuse(place, "what a prompt cache holds when a request comes");
        }
        let rest = levers.mode.as_ref().map(|mode| d.text(&mode.name));
        let standard = rest.clone().unwrap_or_else(|| d.text("standard"));
        match &levers.batch {
            Some(batch) => match named(Role::Batchable) {
                Some(column) => format!("CASE WHEN {} THEN {} ELSE {standard} END", d.flag(&column), d.text("batch")),
                None if *batch.share.value() == Exact::ONE => d.text("batch"),
                None if batch.share.is_zero() => standard,
                None => {
                    self.refuse(&batch.place, "which calls a share of the batch takes");
                    standard
                }
            },
            None if rest.is_some() => standard,
            None => match (named(Role::Batch), named(Role::Mode)) {
                (None, None) => standard,
                (Some(batch), None) => {
                    format!("CASE WHEN {} THEN {} ELSE {standard} END", d.flag(&batch), d.text("batch"))
                }
                (batch, Some(mode)) => {
                    let plain = format!(
                        "CASE WHEN COALESCE({mode}, '') IN ('', 'standard', 'default', 'auto') THEN {standard} ELSE {mode} END"
                    );
                    match batch {
                        None => plain,
                        Some(batch) => {
                            format!("CASE WHEN {} THEN {} ELSE {plain} END", d.flag(&batch), d.text("batch"))
                        }
                    }
                }
            },
        }
    }
}
