//! Risk as text for people, as Markdown and as CSV.

use super::csv::{defused, finished};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::analysis::risk::{BudgetRisk, Comparison, RiskReport, Sensitivity, StrategyRisk};
use crate::units::{Exact, display};

/// Quantities that are shown of a strategy; all of them stand in the other formats.
const MOST_INPUTS: usize = 8;
/// A quantity with less of the variance than this is not worth a row.
const LEAST_SHARE: f64 = 0.005;
/// Columns of a bar.
const BAR: (usize, usize) = (8, 24);

/// A report as tables.
pub fn risk(report: &RiskReport, look: Look) -> String {
    let amount = |value: &Exact| amount(report, value);
    let draws = format!(
        "{} draws of {} uncertain quantities, seed {}; prices of {}",
        display::grouped(&report.samples.to_string()),
        report.inputs.len(),
        report.seed,
        report.prices.as_of
    );
    let mut out = format!("{}\n{}\n\n", look.bold(&harmless(&report.scenario.name)), look.dim(&draws));
    out.push_str("What a month may cost\n");
    out.push_str(&spreads(report).draw(look));
    if look.quiet {
        return out;
    }
    out.push('\n');
    let medians = "\"at medians\" is what `simulate` shows: one scenario with every range at its middle. The mean is what to budget for; \
                   ± is its standard error, by how much the estimate may be off.";
    out.push_str(&look.paragraph("", medians));
    for strategy in &report.strategies {
        let shown = shown(strategy);
        if shown.is_empty() {
            continue;
        }
        out.push_str(&format!("\nWhat matters for {}\n", look.bold(&harmless(&strategy.name))));
        let rows = shown
            .iter()
            .map(|of| {
                let cells = vec![
                    harmless(within(strategy, &of.input)),
                    of.low.as_ref().map_or_else(String::new, amount),
                    of.high.as_ref().map_or_else(String::new, amount),
                    percent(of.first_order),
                    percent(of.total),
                ];
                (cells, part(of.total))
            })
            .collect();
        let columns = vec![
            Column::text("quantity"),
            Column::number("at its P10").spare(1),
            Column::number("at its P90").spare(1),
            Column::number("alone"),
            Column::number("in all"),
        ];
        out.push_str(&Sheet { columns, rows, least_bar: BAR.0, widest_bar: BAR.1 }.draw(look));
    }
    let legend = "At its P10 and P90: the month with this quantity there and all others at their medians. Alone: the part of the variance that \
                  knowing it would take off (first-order index); in all: with what it does together with others (total index).";
    out.push('\n');
    out.push_str(&look.paragraph("", legend));
    if !report.comparisons.is_empty() {
        out.push('\n');
        for comparison in closest(report) {
            out.push_str(&look.paragraph("- ", &harmless(&compared(report, comparison))));
        }
        out.push_str(&look.paragraph("- ", &harmless(&worth(report))));
    }
    for budget in &report.budgets {
        out.push_str(&look.paragraph("- ", &harmless(&limited(report, budget))));
    }
    for correlation in &report.correlations {
        let [a, b] = &correlation.between;
        out.push_str(&look.paragraph("- ", &harmless(&format!("{a} and {b} go together: rho {}", correlation.rho))));
    }
    for note in &report.notes {
        out.push_str(&look.dim(&look.paragraph("- ", &harmless(note))));
    }
    out
}

fn spreads(report: &RiskReport) -> Sheet {
    let amount = |value: &Exact| amount(report, value);
    let (has_budgets, has_rivals) = (!report.budgets.is_empty(), report.strategies.len() > 1);
    let rows = report
        .strategies
        .iter()
        .map(|strategy| {
            let month = &strategy.per_month;
            let mut cells = vec![
                harmless(&strategy.name),
                amount(&month.at_medians),
                format!("{} ± {}", amount(&month.mean), display::number(&month.standard_error.significant(2), 0)),
                amount(&month.percentiles.p5),
                amount(&month.percentiles.p50),
                amount(&month.percentiles.p95),
            ];
            if has_budgets {
                cells.push(strategy.over_budget.map_or_else(String::new, chance));
            }
            if has_rivals {
                cells.push(chance(strategy.cheapest));
            }
            (cells, Exact::ZERO)
        })
        .collect();
    let mut columns = vec![
        Column::text("strategy"),
        Column::number("at medians").spare(2),
        Column::number("mean"),
        Column::number("P5"),
        Column::number("P50").spare(1),
        Column::number("P95"),
    ];
    if has_budgets {
        columns.push(Column::number("over budget").spare(4));
    }
    if has_rivals {
        columns.push(Column::number("cheapest").spare(3));
    }
    Sheet { columns, rows, least_bar: 1, widest_bar: 0 }
}

/// A path as it is written within a strategy.
pub(super) fn within<'a>(strategy: &StrategyRisk, path: &'a str) -> &'a str {
    let own = path.strip_prefix("strategies.").and_then(|rest| rest.strip_prefix(strategy.name.as_str()));
    own.and_then(|rest| rest.strip_prefix('.')).unwrap_or(path)
}

/// The quantities of a strategy that are worth a row.
fn shown(strategy: &StrategyRisk) -> Vec<&Sensitivity> {
    let matters = |of: &&Sensitivity| of.total.is_some_and(|total| total >= LEAST_SHARE);
    strategy.sensitivity.iter().filter(matters).take(MOST_INPUTS).collect()
}

/// Comparisons with the strategy that costs least on the mean.
fn closest(report: &RiskReport) -> Vec<&Comparison> {
    let best = &report.cheapest_on_the_mean;
    report.comparisons.iter().filter(|comparison| comparison.a == *best || comparison.b == *best).collect()
}

fn compared(report: &RiskReport, comparison: &Comparison) -> String {
    let is_a = comparison.a == report.cheapest_on_the_mean;
    let (best, other) = if is_a { (&comparison.a, &comparison.b) } else { (&comparison.b, &comparison.a) };
    let likely = if is_a { comparison.a_cheaper } else { comparison.b_cheaper };
    let turned = |value: &Exact| if is_a { value.clone() } else { -value };
    let (low, high) = (turned(&comparison.a_saves_p5), turned(&comparison.a_saves_p95));
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    format!(
        "{best} costs less than {other} in {} of the draws, {} a month on the mean ({} to {} in 90% of them)",
        chance(likely),
        amount(report, &turned(&comparison.a_saves_per_month)),
        amount(report, &low),
        amount(report, &high),
    )
}

/// What knowing would be worth.
fn worth(report: &RiskReport) -> String {
    let everything = &report.worth_knowing_everything_per_month;
    if everything.is_zero() {
        return format!(
            "{} is the cheapest in every draw: knowing more would not change the choice",
            report.cheapest_on_the_mean
        );
    }
    let mut known: Vec<(&Exact, &str)> = report
        .inputs
        .iter()
        .filter(|input| !input.worth_knowing_per_month.is_zero())
        .map(|input| (&input.worth_knowing_per_month, input.input.as_str()))
        .collect();
    known.sort_by(|(a, _), (b, _)| b.cmp(a));
    let each: Vec<String> =
        known.iter().take(3).map(|(worth, input)| format!("{input} {}", amount(report, worth))).collect();
    let all =
        format!("knowing everything before choosing would save {} a month on the mean", amount(report, everything));
    if each.is_empty() {
        format!("{all}; no single quantity alone would change the choice")
    } else {
        format!("{all}; {}", each.join(", "))
    }
}

pub(super) fn amount(report: &RiskReport, value: &Exact) -> String {
    // Cents are noise in an estimate of thousands.
    let value = if value.abs() >= Exact::from(1_000) { value.round(0) } else { value.clone() };
    display::money(&value, &report.currency).replace(".00", "")
}

fn limited(report: &RiskReport, budget: &BudgetRisk) -> String {
    let of = |what: &str| format!("{} {what}", amount(report, &budget.limit));
    let limit = match budget.metric.as_str() {
        "per_day" => of("a day"),
        "per_year" => of("a year"),
        "per_request" => of("a request"),
        "per_million_tokens" => of("per 1M tokens"),
        "per_month" | "p50_per_month" | "p90_per_month" | "p95_per_month" => of("a month"),
        "calls_per_day" | "input_tokens_per_day" | "output_tokens_per_day" => {
            format!(
                "{} {}",
                display::count(&budget.limit),
                budget.metric.replace("_per_day", " a day").replace('_', " ")
            )
        }
        other => of(&other.replace('_', " ")),
    };
    let allowed = budget.allowed.map_or_else(String::new, |allowed| format!("; its budget allows {}", chance(allowed)));
    format!("{} passes {limit} in {} of the draws{allowed}", budget.strategy, chance(budget.over))
}

fn number(value: f64) -> Exact {
    Exact::of_float(value).unwrap_or(Exact::ZERO)
}

/// A probability: never 0% or 100% of something that is possible, as far as draws tell.
fn chance(value: f64) -> String {
    display::percent(&number(value), 0)
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| format!("{}%", (&number(share) * &Exact::from(100)).to_fixed(0)))
}

fn part(share: Option<f64>) -> Exact {
    number(share.unwrap_or(0.0)).clamp(Exact::ZERO, Exact::ONE)
}

/// A report as Markdown.
pub fn markdown_of_risk(report: &RiskReport) -> String {
    let amount = |value: &Exact| amount(report, value);
    let cell = |text: &str| harmless(text).replace('|', "\\|");
    let mut out = format!(
        "## {}: what a month may cost\n\n{} draws, seed {}, prices of {}. The mean is what to budget for; \"at medians\" is one scenario.\n\n",
        cell(&report.scenario.name),
        display::grouped(&report.samples.to_string()),
        report.seed,
        report.prices.as_of
    );
    out.push_str("| Strategy | At medians | Mean | P5 | P50 | P95 | Over budget | Cheapest |\n");
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for strategy in &report.strategies {
        let month = &strategy.per_month;
        let cells = [
            cell(&strategy.name),
            amount(&month.at_medians),
            format!("{} ± {}", amount(&month.mean), display::number(&month.standard_error.significant(2), 0)),
            amount(&month.percentiles.p5),
            amount(&month.percentiles.p50),
            amount(&month.percentiles.p95),
            strategy.over_budget.map_or_else(String::new, chance),
            chance(strategy.cheapest),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for strategy in report.strategies.iter().filter(|strategy| !shown(strategy).is_empty()) {
        out.push_str(&format!("\n### What matters for {}\n\n", cell(&strategy.name)));
        out.push_str("| Quantity | At its P10 | At its P90 | Alone | In all |\n| --- | ---: | ---: | ---: | ---: |\n");
        for of in shown(strategy) {
            let end = |cost: &Option<Exact>| cost.as_ref().map_or_else(String::new, amount);
            let cells = [
                cell(within(strategy, &of.input)),
                end(&of.low),
                end(&of.high),
                percent(of.first_order),
                percent(of.total),
            ];
            out.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    out.push('\n');
    for comparison in closest(report) {
        out.push_str(&format!("- {}\n", cell(&compared(report, comparison))));
    }
    if !report.comparisons.is_empty() {
        out.push_str(&format!("- {}\n", cell(&worth(report))));
    }
    for budget in &report.budgets {
        out.push_str(&format!("- {}\n", cell(&limited(report, budget))));
    }
    for note in &report.notes {
        out.push_str(&format!("- {}\n", cell(note)));
    }
    out
}

/// Reports as CSV: one row per strategy and quantity, the strategy's own figures on the row without a quantity.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_risks(reports: &[RiskReport]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "scenario",
        "strategy",
        "input",
        "currency",
        "at_medians",
        "mean",
        "standard_error",
        "sd",
        "p5",
        "p10",
        "p50",
        "p90",
        "p95",
        "p99",
        "over_budget",
        "cheapest",
        "first_order",
        "total",
        "low",
        "high",
    ])?;
    let share = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let end = |cost: &Option<Exact>| cost.as_ref().map(ToString::to_string).unwrap_or_default();
    for report in reports {
        for strategy in &report.strategies {
            let month = &strategy.per_month;
            let of = &month.percentiles;
            let names = |input: &str| [&report.scenario.name, &strategy.name, input, &report.currency].map(defused);
            let amounts = [
                &month.at_medians,
                &month.mean,
                &month.standard_error,
                &month.sd,
                &of.p5,
                &of.p10,
                &of.p50,
                &of.p90,
                &of.p95,
                &of.p99,
            ];
            let own = [share(strategy.over_budget), share(Some(strategy.cheapest))];
            let empty = vec![String::new(); 4];
            writer
                .write_record(names("").into_iter().chain(amounts.map(ToString::to_string)).chain(own).chain(empty))?;
            for input in &strategy.sensitivity {
                let figures = [share(input.first_order), share(input.total), end(&input.low), end(&input.high)];
                let empty = vec![String::new(); 12];
                writer.write_record(names(&input.input).into_iter().chain(empty).chain(figures))?;
            }
        }
    }
    finished(writer)
}
