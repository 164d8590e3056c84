//! The report as tables for people at a terminal.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::{BreakdownPart, BudgetResult, ExpectationResult, Report, StrategyReport};
use crate::units::{Exact, display};

/// A whole report.
pub fn table(report: &Report, look: Look) -> String {
    let mut out = head(report, look);
    out.push_str(&strategies(report, look));
    if let Some(best) = &report.best {
        let percent =
            best.saves_percent.as_ref().map_or_else(String::new, |p| format!(" ({}%)", display::number(p, 1)));
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
    if let Some(savings) = super::savings::savings(report, look) {
        out.push_str(&section("Who saved what, per month", look));
        out.push_str(&savings);
    }
    if let Some(fleets) = super::deployments::deployments(report, look) {
        out.push_str(&section("What runs", look));
        out.push_str(&fleets);
    }
    let all_claims_hold = report.expectations.iter().all(|claim| claim.ok);
    out.push_str(&budgets(report, look, false));
    if all_claims_hold && !report.expectations.is_empty() {
        out.push_str(&section("Expectations", look));
        out.push_str(&mark(true, false, &format!("all {} hold", report.expectations.len()), "", look));
    } else {
        out.push_str(&expectations(report, look, true));
    }
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
    let failed = report
        .budgets
        .iter()
        .filter(|b| !b.ok)
        .count()
        .saturating_add(report.expectations.iter().filter(|e| !e.ok).count());
    let all = report.budgets.len().saturating_add(report.expectations.len());
    let verdict = match (report.passes(), failed) {
        (true, 0) if all == 1 => look.good(&format!("{name}: it holds")),
        (true, 0) => look.good(&format!("{name}: all {all} hold")),
        (true, n) => look.careful(&format!("{name}: {n} of {all} do not hold, as warnings")),
        (false, n) => look.bad(&format!("{name}: {n} of {all} do not hold")),
    };
    if look.quiet && report.passes() {
        return String::new();
    }
    format!("{verdict}\n{}{}", budgets(report, look, look.quiet), expectations(report, look, look.quiet))
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

fn strategies(report: &Report, look: Look) -> String {
    let row = |strategy: &StrategyReport| {
        let saves = match &strategy.savings.percent {
            _ if strategy.name == report.baseline => "baseline".to_owned(),
            Some(percent) => format!("{}%", display::number(percent, 1)),
            None => "-".to_owned(),
        };
        let cost = &strategy.cost;
        let per_million = cost.per_million_tokens.as_ref().map_or_else(|| "-".to_owned(), |value| money(report, value));
        let cells = vec![
            harmless(&strategy.name),
            money(report, &cost.per_month),
            money(report, &cost.per_day),
            money(report, &cost.per_request),
            per_million,
            saves,
        ];
        (cells, strategy.relative_cost.clone())
    };
    let columns = vec![
        Column::text("Strategy"),
        Column::number("per month"),
        Column::number("per day").spare(2),
        Column::number("per request").spare(3),
        Column::number("per 1M tokens").spare(1),
        Column::number("saves"),
    ];
    let rows = report.strategies.iter().map(row).collect();
    format!("\n{}", Sheet { columns, rows, least_bar: 8, widest_bar: 40 }.draw(look))
}

fn breakdowns(report: &Report, look: Look) -> String {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        for (index, part) in strategy.breakdown.iter().enumerate() {
            let name = if index == 0 { harmless(&strategy.name) } else { String::new() };
            let cells = vec![name, item(part), money(report, &part.per_month), display::percent(&part.share, 1)];
            rows.push((cells, part.share.clone()));
        }
    }
    let columns =
        vec![Column::text("Strategy"), Column::text("Item"), Column::number("per month"), Column::number("share")];
    Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look)
}

/// What a part of a bill is called: the model, with the lever where that is not simply who answers.
fn item(part: &BreakdownPart) -> String {
    let item = harmless(&part.item);
    let batch = part.mode == "batch";
    let answers = ["model", "route", "cascade", "other"].contains(&part.lever.as_str());
    let lever = part.lever.replace('_', " ");
    match (answers, batch) {
        (true, false) => item,
        (true, true) => format!("{item} (batch)"),
        (false, _) if part.item == part.lever => lever,
        (false, false) => format!("{item} ({lever})"),
        (false, true) => format!("{item} ({lever}, batch)"),
    }
}

fn budgets(report: &Report, look: Look, only_failed: bool) -> String {
    let mut out = String::new();
    let budgets: Vec<&BudgetResult> = report.budgets.iter().filter(|budget| !only_failed || !budget.ok).collect();
    if !budgets.is_empty() {
        out.push_str(&section("Budgets", look));
        for budget in budgets {
            let actual = budget.actual.as_ref().map(|value| compared(report, &budget.metric, value, &budget.limit));
            let (actual, limit) =
                actual.unwrap_or_else(|| ("nothing".to_owned(), amount(report, &budget.metric, &budget.limit)));
            let sign = if budget.ok { "at most" } else { "over" };
            let text = format!("{} {} {actual}, {sign} {limit}", harmless(&budget.strategy), spoken(&budget.metric));
            out.push_str(&mark(budget.ok, budget.level == "warn", &text, &budget.place, look));
        }
    }
    out
}

fn expectations(report: &Report, look: Look, only_failed: bool) -> String {
    let mut out = String::new();
    let expectations: Vec<&ExpectationResult> =
        report.expectations.iter().filter(|claim| !only_failed || !claim.ok).collect();
    if !expectations.is_empty() {
        out.push_str(&section("Expectations", look));
        for claim in expectations {
            let actual = claim.actual.as_ref().map(|value| compared(report, &claim.metric, value, &claim.equals));
            let (actual, expected) =
                actual.unwrap_or_else(|| ("nothing".to_owned(), amount(report, &claim.metric, &claim.equals)));
            let within = if claim.within.is_zero() {
                String::new()
            } else {
                format!(" within {}", amount(report, &claim.metric, &claim.within))
            };
            let text = if claim.ok {
                format!("{} {} = {expected}{within}", harmless(&claim.strategy), spoken(&claim.metric))
            } else {
                format!(
                    "{} {} is {actual}, expected {expected}{within}",
                    harmless(&claim.strategy),
                    spoken(&claim.metric)
                )
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

/// Two amounts of a metric, with as many digits as it takes to tell them apart.
fn compared(report: &Report, metric: &str, a: &Exact, b: &Exact) -> (String, String) {
    let usual = (amount(report, metric, a), amount(report, metric, b));
    if a == b || usual.0 != usual.1 {
        return usual;
    }
    let decimals = (3..=24).find(|decimals| a.round(*decimals) != b.round(*decimals)).unwrap_or(24);
    let exact = |value: &Exact| {
        let digits = display::precise(value, decimals);
        if metric == "savings_percent" { format!("{digits}%") } else { format!("{digits} {}", unit_of(report, metric)) }
    };
    (exact(a).trim_end().to_owned(), exact(b).trim_end().to_owned())
}

/// What an amount of a metric is counted in, where that is money.
fn unit_of<'a>(report: &'a Report, metric: &str) -> &'a str {
    if ["calls_per_day", "input_tokens_per_day", "output_tokens_per_day"].contains(&metric) {
        ""
    } else {
        &report.currency
    }
}

/// An amount of a metric as people read it.
fn amount(report: &Report, metric: &str, value: &Exact) -> String {
    match metric {
        "savings_percent" => format!("{}%", display::precise(value, 4)),
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
    let all =
        grouped(report, |strategy| strategy.warnings.iter().map(|w| format!("[{}] {}", w.code, w.message)).collect());
    if all.is_empty() {
        return String::new();
    }
    let mut out = section("Warnings", look);
    for (text, names) in all {
        out.push_str(
            &look.careful(look.paragraph("! ", &harmless(&format!("{}{text}", who(&names, report)))).trim_end()),
        );
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
