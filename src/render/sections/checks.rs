//! Budgets and expectations.

use super::super::block::{Block, Mark, Section, Tone};
use super::{money, spare};
use crate::report::{BudgetResult, ExpectationResult, Report};
use crate::units::{Exact, display};

/// The budgets; those that do not hold when `only_failed`.
pub(in super::super) fn budgets(report: &Report, only_failed: bool) -> Option<Section> {
    let wanted = report.budgets.iter().filter(|budget| !only_failed || !budget.ok);
    section("budgets", "Budgets", wanted.map(|each| budget(report, each)).collect())
}

fn budget(report: &Report, budget: &BudgetResult) -> Mark {
    let tone = match (budget.ok, budget.level.as_str()) {
        (true, _) => Tone::Good,
        (false, "warn") => Tone::Careful,
        (false, _) => Tone::Bad,
    };
    mark(tone, of_budget(report, budget), &budget.place)
}

/// The expectations; those that do not hold when `only_failed`.
pub(in super::super) fn expectations(report: &Report, only_failed: bool) -> Option<Section> {
    let wanted = report.expectations.iter().filter(|claim| !only_failed || !claim.ok);
    section("expectations", "Expectations", wanted.map(|each| claim(report, each)).collect())
}

fn claim(report: &Report, claim: &ExpectationResult) -> Mark {
    mark(if claim.ok { Tone::Good } else { Tone::Bad }, of_claim(report, claim), &claim.place)
}

fn section(name: &'static str, title: &str, marks: Vec<Mark>) -> Option<Section> {
    let spare = if marks.iter().all(|mark| mark.tone == Tone::Good) { spare::CHECKS } else { spare::FAILED };
    (!marks.is_empty()).then(|| Section { name, title: title.to_owned(), spare, blocks: vec![Block::Marks(marks)] })
}

/// The place of what holds does not matter.
fn mark(tone: Tone, text: String, place: &str) -> Mark {
    Mark { tone, text: text.into(), place: if tone == Tone::Good { String::new() } else { place.to_owned() } }
}

/// `lean per month $11,791.68, at most $20,000.00`
pub(in super::super) fn of_budget(report: &Report, budget: &BudgetResult) -> String {
    let actual = budget.actual.as_ref().map(|value| compared(report, &budget.metric, value, &budget.limit));
    let (actual, limit) =
        actual.unwrap_or_else(|| ("nothing".to_owned(), amount(report, &budget.metric, &budget.limit)));
    let sign = if budget.ok { "at most" } else { "over" };
    format!("{} {} {actual}, {sign} {limit}", budget.strategy, spoken(&budget.metric))
}

/// `lean per month = $11,791.68`
pub(in super::super) fn of_claim(report: &Report, claim: &ExpectationResult) -> String {
    let actual = claim.actual.as_ref().map(|value| compared(report, &claim.metric, value, &claim.equals));
    let (actual, expected) =
        actual.unwrap_or_else(|| ("nothing".to_owned(), amount(report, &claim.metric, &claim.equals)));
    let within = match claim.within.is_zero() {
        true => String::new(),
        false => format!(" within {}", amount(report, &claim.metric, &claim.within)),
    };
    let figure = format!("{} {}", claim.strategy, spoken(&claim.metric));
    if claim.ok {
        format!("{figure} = {expected}{within}")
    } else {
        format!("{figure} is {actual}, expected {expected}{within}")
    }
}

/// How many budgets and expectations hold.
pub(in super::super) struct Tally {
    pub all: usize,
    pub failed: usize,
    pub passes: bool,
}

impl Tally {
    pub fn of(report: &Report) -> Self {
        let budgets = report.budgets.iter().filter(|budget| !budget.ok).count();
        let claims = report.expectations.iter().filter(|claim| !claim.ok).count();
        Self {
            all: report.budgets.len().saturating_add(report.expectations.len()),
            failed: budgets.saturating_add(claims),
            passes: report.passes(),
        }
    }

    /// How that is, in a few words; `None` where nothing is stated.
    pub fn verdict(&self) -> Option<(Tone, String)> {
        let all = self.all;
        Some(match (self.passes, self.failed) {
            _ if all == 0 => return None,
            (true, 0) if all == 1 => (Tone::Good, "it holds".to_owned()),
            (true, 0) => (Tone::Good, format!("all {all} hold")),
            (true, 1) => (Tone::Careful, format!("1 of {all} does not hold, as a warning")),
            (true, failed) => (Tone::Careful, format!("{failed} of {all} do not hold, as warnings")),
            (false, 1) => (Tone::Bad, format!("1 of {all} does not hold")),
            (false, failed) => (Tone::Bad, format!("{failed} of {all} do not hold")),
        })
    }
}

/// What does not hold, at most `most` of it, and how many hold; `None` where nothing is stated.
pub(in super::super) fn verdict_on_checks(report: &Report, most: usize) -> Option<Section> {
    let tally = Tally::of(report);
    let (tone, verdict) = tally.verdict()?;
    let what = match (report.budgets.len(), report.expectations.len()) {
        (_, 0) => "Budgets",
        (0, _) => "Expectations",
        _ => "Budgets and expectations",
    };
    let sign = if tone == Tone::Good { "✅ " } else { "" };
    let mut blocks = vec![Block::Paragraph(tone, format!("{sign}{what}: {verdict}.").into())];
    let mut marks: Vec<Mark> = report.budgets.iter().filter(|each| !each.ok).map(|each| budget(report, each)).collect();
    marks.extend(report.expectations.iter().filter(|each| !each.ok).map(|each| claim(report, each)));
    // What fails comes before what only warns.
    marks.sort_by_key(|mark| mark.tone == Tone::Careful);
    let more = marks.len().saturating_sub(most);
    marks.truncate(most);
    if more > 0 {
        let text = format!("and {more} more");
        marks.push(Mark { tone: Tone::Plain, text: text.into(), place: String::new() });
    }
    blocks.extend((!marks.is_empty()).then_some(Block::Marks(marks)));
    let spare = if tone == Tone::Good { spare::CHECKS } else { spare::FAILED };
    Some(Section { name: "checks", title: String::new(), spare, blocks })
}

/// `scenario.yaml: all 3 hold`
pub(in super::super) fn verdict_on_file(report: &Report) -> Section {
    let file = &report.scenario.file;
    let (tone, text) = match Tally::of(report).verdict() {
        Some((tone, verdict)) => (tone, format!("{file}: {verdict}")),
        None => (Tone::Plain, format!("{file}: states no budgets and no expectations")),
    };
    let blocks = vec![Block::Paragraph(tone, text.into())];
    Section { name: "checks", title: String::new(), spare: spare::NEVER, blocks }
}

pub(in super::super) fn spoken(metric: &str) -> String {
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

/// Metrics that count calls or tokens.
const COUNTED: [&str; 4] =
    ["calls_per_day", "input_tokens_per_day", "output_tokens_per_day", "fine_tune_break_even_calls"];

/// What an amount of a metric is counted in, where that is money.
fn unit_of<'a>(report: &'a Report, metric: &str) -> &'a str {
    if COUNTED.contains(&metric) || metric == "quality" { "" } else { &report.currency }
}

/// An amount of a metric as people read it.
pub(in super::super) fn amount(report: &Report, metric: &str, value: &Exact) -> String {
    match metric {
        "savings_percent" => format!("{}%", display::precise(value, 4)),
        "quality" => format!("{}%", display::precise(&(value * &Exact::from(100)), 4)),
        counted if COUNTED.contains(&counted) => display::count(value),
        _ => money(report, value),
    }
}
