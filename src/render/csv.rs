//! The lines of a report as CSV: a header, one row per line, RFC 4180 quoting.

use crate::diag::suggest;
use crate::report::{Comparison, LineReport, Period, Report, StrategyReport};
use crate::units::Exact;

/// A line of a bill and where it stands.
struct Row<'a> {
    report: &'a Report,
    /// The scenario with what was set in it.
    name: &'a str,
    strategy: &'a StrategyReport,
    line: &'a LineReport,
}

/// The columns that can be had, with what stands in them.
type Column = (&'static str, fn(&Row<'_>) -> String);

const COLUMNS: [Column; 22] = [
    ("scenario", |row| defused(row.name)),
    ("strategy", |row| defused(&row.strategy.name)),
    ("lever", |row| defused(&row.line.lever)),
    ("item", |row| defused(&row.line.item)),
    ("component", |row| defused(&row.line.component)),
    ("mode", |row| defused(&row.line.mode)),
    // `>200000` begins with no sign that a spreadsheet runs.
    ("tier", |row| row.line.tier.clone().unwrap_or_default()),
    ("quantity", |row| row.line.quantity.to_string()),
    ("unit", |row| defused(&row.line.unit)),
    ("unit_price_usd", |row| row.line.unit_price.to_string()),
    ("per", |row| row.line.per.to_string()),
    ("per_day", |row| row.line.per_day.to_string()),
    ("currency", |row| defused(&row.report.currency)),
    ("as_of", |row| row.report.prices.as_of.clone()),
    ("formula", |row| defused(&row.line.formula)),
    ("source", |row| defused(&row.line.source)),
    ("file", |row| defused(&row.report.scenario.file)),
    ("provider", |row| defused(row.line.provider.as_deref().unwrap_or_default())),
    ("list_unit_price_usd", |row| row.line.list_unit_price.as_ref().unwrap_or(&row.line.unit_price).to_string()),
    ("per_hour", |row| row.cost(Period::Hour)),
    ("per_month", |row| row.cost(Period::Month)),
    ("per_year", |row| row.cost(Period::Year)),
];

/// How many of them there are when nobody asks for others.
const USUAL: usize = 16;

impl Row<'_> {
    fn cost(&self, period: Period) -> String {
        period.of_day(&self.line.per_day, &self.report.days_per_month).to_string()
    }
}

/// Which columns the lines have.
pub struct CsvColumns(Vec<&'static Column>);

impl Default for CsvColumns {
    fn default() -> Self {
        Self(COLUMNS.iter().take(USUAL).collect())
    }
}

impl CsvColumns {
    /// The columns of these names, or the usual ones, with the cost of `period`.
    ///
    /// # Errors
    /// A name that is none, and what there is.
    pub fn named(names: &[String], period: Option<Period>) -> Result<Self, String> {
        let find = |name: &str| COLUMNS.iter().find(|(known, _)| *known == name);
        if names.is_empty() {
            let cost = period.and_then(|period| find(&format!("per_{}", period.name())));
            let usual = COLUMNS.iter().take(USUAL);
            return Ok(Self(
                usual.map(|column| if column.0 == "per_day" { cost.unwrap_or(column) } else { column }).collect(),
            ));
        }
        let known = || COLUMNS.iter().map(|(known, _)| *known);
        let column = |name: &String| {
            find(name).ok_or_else(|| {
                let near = suggest::did_you_mean(name, known());
                let all = || format!("there are {}", suggest::listed(known(), "and"));
                format!("csv has no column `{name}`; {}", near.unwrap_or_else(all))
            })
        };
        names.iter().map(column).collect::<Result<_, _>>().map(Self)
    }
}

/// The lines of all strategies of all reports.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv(reports: &[Report], columns: &CsvColumns) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns.0.iter().map(|(name, _)| name))?;
    for report in reports {
        let set = &report.scenario.set;
        let name = &report.scenario.name;
        let name = if set.is_empty() { name.clone() } else { format!("{name} ({})", set.join(" ")) };
        for strategy in &report.strategies {
            for line in &strategy.lines {
                let row = Row { report, name: &name, strategy, line };
                writer.write_record(columns.0.iter().map(|(_, value)| value(&row)))?;
            }
        }
    }
    finished(writer)
}

/// Budgets and expectations, one row each.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_checks(reports: &[Report]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "scenario", "kind", "strategy", "metric", "stated", "within", "actual", "currency", "level", "ok", "place",
    ])?;
    let text = |value: &Option<Exact>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    for report in reports {
        let mut row = |kind: &str,
                       strategy: &str,
                       metric: &str,
                       numbers: [String; 3],
                       level: &str,
                       ok: bool,
                       place: &str| {
            let [stated, within, actual] = numbers;
            let names = [&report.scenario.name, kind, strategy, metric].map(defused);
            let rest =
                [stated, within, actual, defused(&report.currency), level.to_owned(), ok.to_string(), defused(place)];
            writer.write_record(names.into_iter().chain(rest))
        };
        for budget in &report.budgets {
            let numbers = [budget.limit.to_string(), String::new(), text(&budget.actual)];
            row("budget", &budget.strategy, &budget.metric, numbers, &budget.level, budget.ok, &budget.place)?;
        }
        for claim in &report.expectations {
            let numbers = [claim.equals.to_string(), claim.within.to_string(), text(&claim.actual)];
            row("expectation", &claim.strategy, &claim.metric, numbers, "fail", claim.ok, &claim.place)?;
        }
    }
    finished(writer)
}

/// Intervals of all break-evens, one row each; a comparison that hosting never wins has one row without bounds.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_break_evens(reports: &[Report]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "scenario",
        "api",
        "deployment",
        "unit",
        "api_usd_per_million",
        "self_hosted_full_load_usd_per_million",
        "self_hosted_cheaper_from_per_hour",
        "self_hosted_cheaper_to_per_hour",
    ])?;
    for (report, case) in reports.iter().flat_map(|report| report.break_even.iter().map(move |case| (report, case))) {
        let mut row = |from: String, to: String| {
            let names = [&report.scenario.name, &case.api, &case.deployment].map(|text| defused(text));
            let figures = [case.api_per_million.to_string(), case.self_hosted_full_load_per_million.to_string()];
            writer.write_record(names.into_iter().chain([case.unit.to_string()]).chain(figures).chain([from, to]))
        };
        if case.self_hosted_cheaper.is_empty() {
            row(String::new(), String::new())?;
        }
        for win in &case.self_hosted_cheaper {
            row(win.from_per_hour.to_string(), win.to_per_hour.as_ref().map(ToString::to_string).unwrap_or_default())?;
        }
    }
    finished(writer)
}

/// What changed, one row per strategy (its cause is `total`) and one per cause of its change.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_comparisons(comparisons: &[&Comparison]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "scenario",
        "base",
        "head",
        "strategy",
        "against",
        "status",
        "cause",
        "base_per_month",
        "head_per_month",
        "change_per_month",
        "change_percent",
        "ratio",
        "currency",
    ])?;
    let text = |value: &Option<Exact>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    for one in comparisons {
        for strategy in &one.strategies {
            let against = strategy.against.as_ref().unwrap_or(&strategy.name);
            let mut row = |cause: &str, numbers: [String; 5]| {
                let names = [&one.head.name, &one.base.label, &one.head.label, &strategy.name, against];
                let names = names.map(|name| defused(name)).into_iter();
                let words = [strategy.status.to_string(), defused(cause)];
                writer.write_record(names.chain(words).chain(numbers).chain([defused(&one.head.currency)]))
            };
            let all = [
                &strategy.base_per_month,
                &strategy.head_per_month,
                &strategy.change_per_month,
                &strategy.change_percent,
                &strategy.ratio,
            ];
            row("total", all.map(text))?;
            for cause in &strategy.causes {
                let change = cause.change_per_month.to_string();
                row(&cause.cause, [String::new(), String::new(), change, text(&cause.change_percent), String::new()])?;
            }
        }
    }
    finished(writer)
}

pub(super) fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text that a spreadsheet would run as a formula gets a quote before it.
pub(super) fn defused(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if runs { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn formulae_are_defused() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(defused("gpt-4o"), "gpt-4o");
    }
}
