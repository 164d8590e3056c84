//! The lines of a report as CSV: a header, one row per line, RFC 4180 quoting.

use crate::report::Report;
use crate::units::Exact;

const HEADER: [&str; 16] = [
    "scenario",
    "strategy",
    "lever",
    "item",
    "component",
    "mode",
    "tier",
    "quantity",
    "unit",
    "unit_price_usd",
    "per",
    "per_day",
    "currency",
    "as_of",
    "formula",
    "source",
];

/// The lines of all strategies of all reports.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv(reports: &[Report]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for report in reports {
        for strategy in &report.strategies {
            for line in &strategy.lines {
                let row = [
                    defused(&report.scenario.name),
                    defused(&strategy.name),
                    defused(&line.lever),
                    defused(&line.item),
                    defused(&line.component),
                    defused(&line.mode),
                    // `>200000` begins with no sign that a spreadsheet runs.
                    line.tier.clone().unwrap_or_default(),
                    line.quantity.to_string(),
                    defused(&line.unit),
                    line.unit_price.to_string(),
                    line.per.to_string(),
                    line.per_day.to_string(),
                    defused(&report.currency),
                    report.prices.as_of.clone(),
                    defused(&line.formula),
                    defused(&line.source),
                ];
                writer.write_record(row)?;
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
            writer.write_record(names.into_iter().chain([case.unit.to_owned()]).chain(figures).chain([from, to]))
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
