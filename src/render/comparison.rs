//! What changed, why and by how much, for people at a terminal.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::comparison::{Asked, CauseChange, Comparison, ConditionResult, PriceChangeReport, StrategyChange};
use crate::units::{Exact, display};

/// Strategies named under a condition.
const MOST_NAMED: usize = 5;
/// Changed values that are listed.
const MOST_STATED: usize = 12;
/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 48;

/// A comparison, maybe `of_several`. Where it has conditions and none of them holds, they are all that is said; where nothing is
/// worth telling, nothing is.
pub fn comparison(comparison: &Comparison, of_several: bool, look: Look) -> String {
    let quietly = comparison.quiet_below_percent.is_some() && !comparison.notable;
    let passes = !comparison.conditions.is_empty() && comparison.conditions.iter().all(|one| !one.holds);
    if quietly || (passes && look.quiet) {
        return String::new();
    }
    let verdict = verdict(comparison, of_several, look);
    if passes {
        return verdict;
    }
    let mut out = head(comparison, look);
    if !verdict.is_empty() {
        out.push_str(&format!("\n{verdict}"));
    }
    out.push_str(&strategies(comparison, look));
    if !look.quiet {
        out.push_str(&stated(comparison, look));
        if !comparison.notes.is_empty() {
            out.push('\n');
        }
        for note in &comparison.notes {
            out.push_str(&look.paragraph("- ", &harmless(note)));
        }
    }
    out
}

/// Every condition, and who meets it or comes closest; with the name of what is compared where there are several.
pub fn verdict(comparison: &Comparison, of_several: bool, look: Look) -> String {
    let name = if of_several { format!("{}: ", harmless(&comparison.head.label)) } else { String::new() };
    comparison.conditions.iter().map(|one| condition(comparison, one, &name, look)).collect()
}

fn head(comparison: &Comparison, look: Look) -> String {
    let (base, head) = (&comparison.base, &comparison.head);
    let both = |before: String, after: String, unit: &str| {
        if before == after { format!("{after}{unit}") } else { format!("{before} → {after}{unit}") }
    };
    let name = both(base.name.clone(), head.name.clone(), "");
    let title = if base.label == head.label { name } else { format!("{name}: {} → {}", base.label, head.label) };
    let facts = [
        both(display::count(&base.requests_per_day), display::count(&head.requests_per_day), " requests/day"),
        format!("prices of {}", both(base.as_of.clone(), head.as_of.clone(), "")),
        head.currency.clone(),
        both(display::count(&base.days_per_month), display::count(&head.days_per_month), "-day month"),
    ];
    let title = look.bold(look.paragraph("", &harmless(&title)).trim_end());
    format!("{title}\n{}\n", look.dim(look.paragraph("", &harmless(&facts.join(" · "))).trim_end()))
}

fn condition(comparison: &Comparison, condition: &ConditionResult, name: &str, look: Look) -> String {
    let text = harmless(&condition.condition);
    let said = |one: &Asked| format!("{} {}", harmless(&one.strategy), figure(comparison, condition, one));
    if !condition.holds {
        let closest = condition.asked.first().map_or_else(|| "nothing to compare".to_owned(), said);
        return format!("{} {name}no {text}: {closest}\n", look.good("✓"));
    }
    let met: Vec<&Asked> = condition.asked.iter().filter(|one| one.holds).collect();
    let warns = condition.level == "warn";
    let sign = if warns { look.careful("!") } else { look.bad("✗") };
    let mut out = String::new();
    for one in met.iter().take(MOST_NAMED) {
        out.push_str(&format!("{sign} {name}{text}: {}{}\n", said(one), mainly(comparison, condition, one)));
    }
    match met.len().saturating_sub(MOST_NAMED) {
        0 => {}
        1 => out.push_str(&format!("{sign} {name}{text}: one more strategy\n")),
        more => out.push_str(&format!("{sign} {name}{text}: {more} more strategies\n")),
    }
    out
}

/// The cause that did most of a change of cost.
fn mainly(comparison: &Comparison, condition: &ConditionResult, asked: &Asked) -> String {
    let is_cost = ["per_day", "per_month", "per_year"].contains(&condition.metric.as_ref());
    let strategy = comparison.strategies.iter().find(|one| one.name == asked.strategy && is_cost);
    let causes = strategy.map_or(&[][..], |one| one.causes.as_slice());
    let same_way =
        |one: &&CauseChange| Some(one.change_per_month.is_negative()) == asked.change.as_ref().map(Exact::is_negative);
    let most = causes.iter().filter(same_way).max_by_key(|one| &one.relative_change);
    match (most, causes) {
        (None, _) => String::new(),
        (Some(only), [_]) => format!(", {}", spoken(only)),
        (Some(most), _) => format!(", mainly {}", spoken(most)),
    }
}

/// `+12.0% ($21,405.00 → $23,973.60)`, or the figure itself where that is asked for.
fn figure(comparison: &Comparison, condition: &ConditionResult, asked: &Asked) -> String {
    let amount = |value: &Exact| amount(&condition.metric, value, &comparison.head.currency);
    let now = amount(&asked.head);
    let Some((before, change)) = asked.base.as_ref().zip(asked.change.as_ref()) else { return now };
    if condition.of == "value" {
        return now;
    }
    let by = match &asked.change_percent {
        Some(percent) if !["savings_percent", "quality"].contains(&condition.metric.as_ref()) => {
            signed_percent(percent)
        }
        _ => signed(change, &amount),
    };
    format!("{by} ({} → {now})", amount(before))
}

/// An amount of a metric as people read it.
fn amount(metric: &str, value: &Exact, currency: &str) -> String {
    match metric {
        "savings_percent" => format!("{}%", display::number(value, 1)),
        "quality" => display::percent(value, 1),
        "calls_per_day" | "input_tokens_per_day" | "output_tokens_per_day" => display::count(value),
        _ => display::money(value, currency),
    }
}

/// With its sign: `+$1.50`, `-3`.
pub(super) fn signed(value: &Exact, amount: &dyn Fn(&Exact) -> String) -> String {
    let sign = if value.is_negative() || value.is_zero() { "" } else { "+" };
    format!("{sign}{}", amount(value))
}

/// One decimal; more where that would be zero.
pub(super) fn signed_percent(percent: &Exact) -> String {
    let decimals = (1..12).find(|decimals| percent.is_zero() || !percent.round(*decimals).is_zero()).unwrap_or(12);
    signed(percent, &|value| format!("{}%", display::grouped(&value.to_fixed(decimals))))
}

fn strategies(comparison: &Comparison, look: Look) -> String {
    let money = |value: &Exact| display::money(value, &comparison.head.currency);
    let missing = |text: &str| text.to_owned();
    let against = comparison.strategies.iter().find_map(|one| one.against.clone());
    let mut rows = Vec::new();
    let (mut same, mut small) = (Vec::new(), Vec::new());
    for strategy in &comparison.strategies {
        let is_reference = against.as_ref() == Some(&strategy.name);
        match strategy.status.as_ref() {
            "same" if is_reference => {}
            "same" => {
                same.push(harmless(&strategy.name));
                continue;
            }
            _ if !strategy.notable => {
                small.push(harmless(&strategy.name));
                continue;
            }
            _ => {}
        }
        let of = |value: &Option<Exact>, none: &str| value.as_ref().map_or_else(|| missing(none), money);
        let change = match &strategy.change_per_month {
            Some(_) if is_reference => missing("reference"),
            Some(change) => signed(change, &money),
            None => missing(&strategy.status),
        };
        let mut cells = vec![harmless(&strategy.name)];
        if against.is_none() {
            cells.push(of(&strategy.base_per_month, "-"));
        }
        cells.push(of(&strategy.head_per_month, "-"));
        cells.push(change);
        cells.push(percent_cell(strategy));
        // A single cause stands beside the change, several below it.
        let (why, share) = match strategy.causes.as_slice() {
            [only] => (spoken(only), only.relative_change.clone()),
            _ => (String::new(), Exact::ZERO),
        };
        cells.push(why);
        rows.push((cells, share));
        if strategy.causes.len() > 1 && !look.quiet {
            rows.extend(strategy.causes.iter().map(|one| cause(one, against.is_none(), &money)));
        }
    }
    let mut columns = match against {
        None => vec![Column::text("Per month"), Column::number("before").spare(2), Column::number("now")],
        Some(_) => vec![Column::text("Strategy"), Column::number("per month")],
    };
    columns.extend([Column::number("change"), Column::number(""), Column::text("why")]);
    let mut out = String::from("\n");
    if !rows.is_empty() {
        out.push_str(&Sheet { columns, rows, least_bar: 4, widest_bar: 16 }.draw(look));
    }
    if !same.is_empty() {
        out.push_str(&look.paragraph("  ", &format!("unchanged: {}", same.join(", "))));
    }
    if let Some(least) = comparison.quiet_below_percent.as_ref().filter(|_| !small.is_empty()) {
        let text = format!("changed by less than {}%: {}", display::precise(least, 4), small.join(", "));
        out.push_str(&look.paragraph("  ", &text));
    }
    out
}

fn percent_cell(strategy: &StrategyChange) -> String {
    let changed = strategy.change_per_month.as_ref().is_some_and(|change| !change.is_zero());
    strategy.change_percent.as_ref().filter(|_| changed).map_or_else(String::new, signed_percent)
}

/// A cause below its strategy.
fn cause(cause: &CauseChange, with_before: bool, money: &dyn Fn(&Exact) -> String) -> (Vec<String>, Exact) {
    let empty = if with_before { 3 } else { 2 };
    let mut cells = vec![String::new(); empty];
    cells.push(signed(&cause.change_per_month, money));
    cells.push(cause.change_percent.as_ref().map_or_else(String::new, signed_percent));
    cells.push(spoken(cause));
    (cells, cause.relative_change.clone())
}

fn spoken(cause: &CauseChange) -> String {
    harmless(&cause.cause.replace('_', " "))
}

/// What the scenarios and their prices say otherwise.
fn stated(comparison: &Comparison, look: Look) -> String {
    let word = |text: &Option<String>| text.as_deref().map_or_else(|| "nothing".to_owned(), abridged);
    let mut lines: Vec<(String, String)> = Vec::new();
    for one in &comparison.stated {
        lines.push((one.path.clone(), format!("{} → {}", word(&one.base), word(&one.head))));
    }
    lines.extend(comparison.prices.iter().map(price));
    if lines.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", look.bold("What changed"));
    let widest = lines.iter().take(MOST_STATED).map(|(path, _)| path.chars().count()).max().unwrap_or(0).min(48);
    for (path, text) in lines.iter().take(MOST_STATED) {
        out.push_str(&look.paragraph(&format!("  {:<widest$}  ", harmless(path)), &harmless(text)));
    }
    if let Some(more) = lines.len().checked_sub(MOST_STATED).filter(|more| *more > 0) {
        out.push_str(&format!("  ... and {more} more, in `--format json`\n"));
    }
    out
}

fn price(change: &PriceChangeReport) -> (String, String) {
    let usd = |price: &Option<Exact>| price.as_ref().map_or_else(|| "no price".to_owned(), unit_price);
    let per = if change.per == Exact::ONE { String::new() } else { format!(" per {}", short(&change.per)) };
    let percent = change.change_percent.as_ref().map_or_else(String::new, |one| format!(" ({})", signed_percent(one)));
    let text = format!("{} → {}{per}{percent}", usd(&change.base), usd(&change.head));
    let mode = if change.mode == "standard" { String::new() } else { format!(", {}", change.mode) };
    let tier = if change.from_tokens == 0 { String::new() } else { format!(", from {} tokens", change.from_tokens) };
    (format!("{} {}{mode}{tier}", change.model, change.component.replace('_', " ")), text)
}

/// `$2.50`, `$2.375`: an amount of which no digit is lost that matters.
fn unit_price(usd: &Exact) -> String {
    let precise = display::precise(usd, 6);
    let decimals = precise.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals > 2 { format!("${precise}") } else { display::money(usd, "USD") }
}

/// `1M` for a million; other numbers as they are.
fn short(number: &Exact) -> String {
    if *number == Exact::from(1_000_000) { "1M".to_owned() } else { display::count(number) }
}

fn abridged(text: &str) -> String {
    if text.chars().count() <= LONGEST_VALUE {
        return text.to_owned();
    }
    text.chars().take(LONGEST_VALUE.saturating_sub(3)).chain("...".chars()).collect()
}
