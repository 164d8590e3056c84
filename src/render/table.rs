//! The report as tables for people at a terminal.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::style::{Look, bar, harmless};
use crate::report::{BudgetResult, ExpectationResult, Report, StrategyReport};
use crate::units::{Exact, display};

/// Columns of the bar at 80 columns and the widest it gets.
const BAR: (usize, usize) = (10, 40);

/// A whole report.
pub fn table(report: &Report, look: Look) -> String {
    let mut out = head(report, look);
    out.push_str(&strategies(report, look));
    if let Some(best) = &report.best {
        let percent = best.saves_percent.as_ref().map_or_else(String::new, |p| format!(" ({}%)", display::number(p, 1)));
        let text = format!(
            "{} costs {} a month: {} less than {}{percent}.",
            harmless(&best.strategy),
            money(report, &best.per_month),
            money(report, &best.saves_per_month),
            harmless(&report.baseline),
        );
        out.push('\n');
        out.push_str(&look.good(look.paragraph("", &text).trim_end()));
        out.push('\n');
    }
    if look.quiet {
        return out;
    }
    out.push_str(&section("Where the money goes, per month", look));
    out.push_str(&breakdowns(report, look));
    out.push_str(&verdicts(report, look, false));
    out.push_str(&warnings(report, look));
    out.push_str(&assumptions(report, look));
    out
}

/// Budgets and expectations alone; when quiet, only those that do not hold.
pub fn checks(report: &Report, look: Look) -> String {
    let name = harmless(&report.scenario.file);
    if report.budgets.is_empty() && report.expectations.is_empty() {
        return if look.quiet { String::new() } else { format!("{name}: states no budgets and no expectations\n") };
    }
    let failed = report.budgets.iter().filter(|b| !b.ok).count().saturating_add(report.expectations.iter().filter(|e| !e.ok).count());
    let all = report.budgets.len().saturating_add(report.expectations.len());
    let verdict = match (report.passes(), failed) {
        (true, 0) => look.good(&format!("{name}: all {all} hold")),
        (true, n) => look.careful(&format!("{name}: {n} of {all} do not hold, as warnings")),
        (false, n) => look.bad(&format!("{name}: {n} of {all} do not hold")),
    };
    if look.quiet && report.passes() {
        return String::new();
    }
    format!("{verdict}\n{}", verdicts(report, look, look.quiet))
}

fn money(report: &Report, amount: &Exact) -> String {
    display::money(amount, &report.currency)
}

fn section(title: &str, look: Look) -> String {
    format!("\n{}\n", look.bold(title))
}

fn head(report: &Report, look: Look) -> String {
    let lists: Vec<&str> = report.prices.lists.iter().map(|list| list.name.as_str()).collect();
    let facts = format!(
        "{} requests/day · prices of {} ({}) · {}, {}-day month",
        display::count(&report.requests_per_day),
        report.prices.as_of,
        harmless(&lists.join(" over ")),
        report.currency,
        display::count(&report.days_per_month),
    );
    format!("{}\n{}\n", look.bold(&harmless(&report.scenario.name)), look.dim(look.paragraph("", &facts).trim_end()))
}

/// A table without lines but the one below its head, as wide as its content needs and the look allows.
fn plain(look: Look, head: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    let mut style = presets::NOTHING;
    style.header_separator = presets::UTF8_HORIZONTAL_ONLY.header_separator;
    table.load_style(style);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width).unwrap_or(u16::MAX));
    table.set_header(head.iter().map(|title| Cell::new(title)));
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn strategies(report: &Report, look: Look) -> String {
    let width = bar_width(report, look);
    let wide = look.width >= 100;
    let mut head = vec!["Strategy", "per month", "per day", "per request", "saves", ""];
    if wide {
        head.insert(4, "per 1M tokens");
    }
    let last = head.len().saturating_sub(1);
    let mut table = plain(look, &head, &(1..last).collect::<Vec<_>>());
    for strategy in &report.strategies {
        let name = harmless(&strategy.name);
        let is_base = strategy.name == report.baseline;
        let saves = match (&strategy.savings.percent, is_base) {
            (_, true) => "baseline".to_owned(),
            (Some(percent), _) => format!("{}%", display::number(percent, 1)),
            (None, _) => "-".to_owned(),
        };
        let cost = &strategy.cost;
        let mut row = vec![name, money(report, &cost.per_month), money(report, &cost.per_day), money(report, &cost.per_request), saves, bar(&strategy.relative_cost, width)];
        if wide {
            row.insert(4, cost.per_million_tokens.as_ref().map_or_else(|| "-".to_owned(), |value| money(report, value)));
        }
        table.add_row(row);
    }
    finished(&table)
}

/// What is left of the width beside names and amounts.
fn bar_width(report: &Report, look: Look) -> u64 {
    let longest = report.strategies.iter().map(|strategy| strategy.name.chars().count()).max().unwrap_or(0);
    let free = look.width.saturating_sub(longest.min(32)).saturating_sub(68);
    u64::try_from(free.clamp(BAR.0, BAR.1)).unwrap_or(10)
}

fn finished(table: &Table) -> String {
    let mut out = String::from("\n");
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn breakdowns(report: &Report, look: Look) -> String {
    let mut table = plain(look, &["Strategy", "Item", "per month", "share", ""], &[2, 3]);
    for strategy in &report.strategies {
        for (index, part) in strategy.breakdown.iter().enumerate() {
            let name = if index == 0 { harmless(&strategy.name) } else { String::new() };
            let mode = if part.mode == "batch" { ", batch" } else { "" };
            let lever = part.lever.replace('_', " ");
            let item = match part.lever.as_str() {
                "model" => format!("{}{mode}", harmless(&part.item)),
                _ if part.item == part.lever => lever,
                _ => format!("{} ({lever}{mode})", harmless(&part.item)),
            };
            table.add_row([name, item, money(report, &part.per_month), display::percent(&part.share, 1), bar(&part.share, 16)]);
        }
    }
    finished(&table).trim_start_matches('\n').to_owned()
}

fn verdicts(report: &Report, look: Look, only_failed: bool) -> String {
    let mut out = String::new();
    let budgets: Vec<&BudgetResult> = report.budgets.iter().filter(|budget| !only_failed || !budget.ok).collect();
    if !budgets.is_empty() {
        out.push_str(&section("Budgets", look));
        for budget in budgets {
            let actual = budget.actual.as_ref().map_or_else(|| "nothing".to_owned(), |value| amount(report, &budget.metric, value));
            let sign = if budget.ok { "at most" } else { "over" };
            let text = format!("{} {} {actual}, {sign} {}", harmless(&budget.strategy), spoken(&budget.metric), amount(report, &budget.metric, &budget.limit));
            out.push_str(&mark(budget.ok, budget.level == "warn", &text, &budget.place, look));
        }
    }
    let expectations: Vec<&ExpectationResult> = report.expectations.iter().filter(|claim| !only_failed || !claim.ok).collect();
    if !expectations.is_empty() {
        out.push_str(&section("Expectations", look));
        for claim in expectations {
            let actual = claim.actual.as_ref().map_or_else(|| "nothing".to_owned(), |value| amount(report, &claim.metric, value));
            let expected = amount(report, &claim.metric, &claim.equals);
            let within = if claim.within.is_zero() { String::new() } else { format!(" within {}", amount(report, &claim.metric, &claim.within)) };
            let text = if claim.ok {
                format!("{} {} = {expected}{within}", harmless(&claim.strategy), spoken(&claim.metric))
            } else {
                format!("{} {} is {actual}, expected {expected}{within}", harmless(&claim.strategy), spoken(&claim.metric))
            };
            out.push_str(&mark(claim.ok, false, &text, &claim.place, look));
        }
    }
    out
}

fn mark(ok: bool, only_warns: bool, text: &str, place: &str, look: Look) -> String {
    if ok {
        return format!("{} {text}\n", look.good("✓"));
    }
    let sign = if only_warns { look.careful("!") } else { look.bad("✗") };
    format!("{sign} {text}\n    {}\n", look.dim(&harmless(place)))
}

fn spoken(metric: &str) -> String {
    metric.replace('_', " ")
}

/// An amount of a metric, in full: a check must show what it compares.
fn amount(report: &Report, metric: &str, value: &Exact) -> String {
    match metric {
        "savings_percent" => format!("{}%", display::number(value, 3)),
        "calls_per_day" | "input_tokens_per_day" | "output_tokens_per_day" => display::count(value),
        _ => money(report, value),
    }
}

/// Texts of several strategies, each once, with the strategies that have it.
fn grouped<'a>(report: &'a Report, of: impl Fn(&'a StrategyReport) -> Vec<String>) -> Vec<(String, Vec<&'a str>)> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for strategy in &report.strategies {
        for text in of(strategy) {
            match found.iter_mut().find(|(known, _)| *known == text) {
                Some((_, names)) => names.push(&strategy.name),
                None => found.push((text, vec![&strategy.name])),
            }
        }
    }
    found
}

fn who(names: &[&str], report: &Report) -> String {
    if names.len() == report.strategies.len() { String::new() } else { format!("{}: ", harmless(&names.join(", "))) }
}

fn warnings(report: &Report, look: Look) -> String {
    let all = grouped(report, |strategy| strategy.warnings.iter().map(|w| format!("[{}] {}", w.code, w.message)).collect());
    if all.is_empty() {
        return String::new();
    }
    let mut out = section("Warnings", look);
    for (text, names) in all {
        out.push_str(&look.careful(look.paragraph("! ", &harmless(&format!("{}{text}", who(&names, report)))).trim_end()));
        out.push('\n');
    }
    out
}

fn assumptions(report: &Report, look: Look) -> String {
    let all = grouped(report, |strategy| strategy.assumptions.clone());
    if all.is_empty() {
        return String::new();
    }
    let mut out = section("Assumptions", look);
    for (text, names) in all {
        out.push_str(&look.paragraph("- ", &harmless(&format!("{}{text}", who(&names, report)))));
    }
    out
}
