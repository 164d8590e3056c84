//! Reports that were saved as JSON, as far as a comparison needs them; and reports of this run in the same form, so that both
//! are compared as they are printed.

use std::sync::Arc;

use serde_json::Value;

use super::SideReport;
use crate::analysis::compare::lines::{Bill, BillLine};
use crate::diag::{Code, Diagnostic, Place, Source};
use crate::plan::Metric;
use crate::report::{ListUsed, Report, SCHEMA};
use crate::units::Exact;

/// A report as it is printed.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The whole of it.
    pub json: Value,
    pub(super) facts: SideReport,
    pub(super) strategies: Vec<SavedStrategy>,
}

/// A strategy of a saved report; amounts in USD.
#[derive(Clone, Debug)]
pub(super) struct SavedStrategy {
    pub name: String,
    pub metrics: Vec<(Metric, Exact)>,
    pub bill: Bill,
}

const HELP: &str = "a report is what `llmcost simulate FILE --format json` writes";

/// The saved report in a text; `None` where the text is something else, a scenario as a rule.
///
/// # Errors
/// A report of another version, several reports in one file, a report without what a comparison needs.
pub fn read_saved(source: &Arc<Source>) -> Result<Option<Saved>, Box<Diagnostic>> {
    let text = source.text.trim_start();
    if !text.starts_with(['{', '[']) {
        return Ok(None);
    }
    // A scenario may be written in braces too; what is no JSON is left to the reader of scenarios.
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Ok(None) };
    let at = |start: usize, length: usize| Place::new(source, start, start.saturating_add(length));
    if let Some(all) = value.as_array() {
        if !all.iter().all(|one| one.get("schema").is_some()) || all.is_empty() {
            return Ok(None);
        }
        let message = format!("this file holds {} reports", all.len());
        let found = Diagnostic::at(Code::WrongShape, &at(0, 1), message, "one report is compared at a time");
        return Err(Box::new(found.help("write one per file: `llmcost simulate ONE.yaml --format json -o ONE.json`")));
    }
    let Some(schema) = value.get("schema").and_then(Value::as_str) else { return Ok(None) };
    if schema != SCHEMA {
        let start = source.text.find(schema).unwrap_or(0);
        let message = format!("this is `{schema}`, not `{SCHEMA}`");
        let found = Diagnostic::at(Code::Version, &at(start, schema.len()), message, "another kind of result");
        return Err(Box::new(found.help(HELP)));
    }
    Saved::of_json(value).map(Some).map_err(|missing| {
        let message = format!("this report does not say `{missing}`");
        Box::new(Diagnostic::at(Code::WrongShape, &at(0, 1), message, "a report without it").help(HELP))
    })
}

impl Saved {
    /// A report of this run.
    pub(super) fn of(report: &Report) -> Option<Self> {
        let json = serde_json::to_value(report).ok()?;
        Self::of_json(json).ok()
    }

    /// The same under the name that people know it by.
    #[must_use]
    pub fn called(mut self, label: String) -> Self {
        self.facts.label = label;
        self
    }

    fn of_json(json: Value) -> Result<Self, String> {
        let root = Field { value: &json, path: String::new() };
        let prices = root.field("prices")?;
        let facts = SideReport {
            label: String::new(),
            name: root.field("scenario")?.text("name")?,
            file: root.field("scenario")?.text("file")?,
            set: Vec::new(),
            commit: None,
            as_of: prices.text("as_of")?,
            lists: prices.list("lists")?.iter().map(list).collect::<Result<_, _>>()?,
            currency: root.text("currency")?,
            currency_per_usd: root.number("currency_per_usd")?,
            days_per_month: root.number("days_per_month")?,
            requests_per_day: root.number("requests_per_day")?,
            baseline: root.text("baseline")?,
        };
        if facts.currency_per_usd.is_zero() {
            return Err("currency_per_usd".to_owned());
        }
        let all = root.list("strategies")?;
        let strategies = all.iter().map(|one| strategy(one, &facts)).collect::<Result<_, _>>()?;
        Ok(Self { facts, strategies, json })
    }
}

fn list(field: &Field<'_>) -> Result<ListUsed, String> {
    let listed = field.value.get("listed").and_then(Value::as_str).map(str::to_owned);
    Ok(ListUsed { name: field.text("name")?, listed, sha256: field.text("sha256")? })
}

fn strategy(field: &Field<'_>, facts: &SideReport) -> Result<SavedStrategy, String> {
    let usd = |amount: &Exact| amount.checked_div(&facts.currency_per_usd).unwrap_or(Exact::ZERO);
    let per_month = |day: &Exact| day * &facts.days_per_month;
    let usage = field.list("usage")?;
    let calls = usage.iter().map(|used| Ok((used.text("model")?, per_month(&used.number("calls_per_day")?))));
    let calls = calls.collect::<Result<Vec<_>, String>>()?;
    let line = |line: &Field<'_>| -> Result<BillLine, String> {
        let unit = line.text("unit")?;
        let quantity = line.number("quantity")?;
        Ok(BillLine {
            lever: line.text("lever")?,
            item: line.text("item")?,
            component: line.text("component")?,
            mode: line.text("mode")?,
            tier: line.value.get("tier").and_then(Value::as_str).map(str::to_owned),
            // A fixed cost is one month however long that is.
            quantity: if unit == "month" { quantity } else { per_month(&quantity) },
            unit,
            cost: usd(&per_month(&line.number("per_day")?)),
        })
    };
    let lines = field.list("lines")?.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let sum = |key: &str| usage.iter().map(|used| used.number(key)).sum::<Result<Exact, String>>();
    let mut metrics = Vec::new();
    for metric in Metric::ALL {
        let (part, key) = match metric {
            Metric::SavingsPerDay => ("savings", "per_day"),
            Metric::SavingsPerMonth => ("savings", "per_month"),
            Metric::SavingsPercent => ("savings", "percent"),
            Metric::FinalOnlyPerMonth | Metric::EveryAttemptPerMonth => ("alternatives", metric.name()),
            _ => ("cost", metric.name()),
        };
        let value = match metric {
            Metric::CallsPerDay | Metric::InputTokensPerDay | Metric::OutputTokensPerDay => Some(sum(metric.name())?),
            Metric::PerDay | Metric::PerMonth => Some(field.field(part)?.number(key)?),
            Metric::Quality => field.value.get("quality").and_then(number),
            _ => match field.value.get(part).and_then(|part| part.get(key)) {
                None | Some(Value::Null) => None,
                Some(_) => Some(field.field(part)?.number(key)?),
            },
        };
        metrics.extend(value.map(|value| (metric, if metric.is_money() { usd(&value) } else { value })));
    }
    let bill = Bill { requests: per_month(&facts.requests_per_day), calls, lines };
    Ok(SavedStrategy { name: field.text("name")?, metrics, bill })
}

/// A value of a report and its path, for messages.
struct Field<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Field<'a> {
    fn field(&self, key: &str) -> Result<Self, String> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        match self.value.get(key) {
            Some(value) => Ok(Field { value, path }),
            None => Err(path),
        }
    }

    fn text(&self, key: &str) -> Result<String, String> {
        let field = self.field(key)?;
        field.value.as_str().map(str::to_owned).ok_or(field.path)
    }

    fn number(&self, key: &str) -> Result<Exact, String> {
        let field = self.field(key)?;
        number(field.value).ok_or(field.path)
    }

    fn list(&self, key: &str) -> Result<Vec<Field<'a>>, String> {
        let field = self.field(key)?;
        let items = field.value.as_array().ok_or_else(|| field.path.clone())?;
        let named = |(index, value)| Field { value, path: format!("{}.{index}", field.path) };
        Ok(items.iter().enumerate().map(named).collect())
    }
}

/// More digits than any report prints.
const MOST_DIGITS: usize = 1000;

fn number(value: &Value) -> Option<Exact> {
    Exact::from_decimal(value.as_str().filter(|text| text.len() <= MOST_DIGITS)?)
}
