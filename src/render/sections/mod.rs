//! What a report says, section by section. Each is a function from the report to a [`Section`], `None` where there is
//! nothing to say; formats choose among them and draw them.

mod advice;
mod answers;
mod break_even;
mod checks;
mod commitments;
mod fine_tunes;
mod fleets;
mod limits;
mod notes;
mod prompt_caches;
mod retrievals;
mod savings;
mod spending;
mod strategies;

pub(super) use advice::advice;
pub(super) use break_even::break_evens;
pub(super) use checks::{Tally, budgets, expectations, of_budget, of_claim, verdict_on_checks, verdict_on_file};
pub(super) use notes::{assumptions, prices, warnings};
pub(super) use savings::savings;
pub(super) use spending::spending;
pub(super) use strategies::{few_strategies, shortlist, strategies};

use super::block::{Block, Section, Text, Tone};
use crate::report::{Field, Period, Report, StrategyReport};
use crate::units::{Exact, display};

/// What a reader asked to see.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The period that amounts are for.
    pub period: Period,
    /// The columns of the table of strategies; empty: the usual ones.
    pub fields: Vec<Field>,
    /// Only the main result.
    pub quiet: bool,
}

/// Which side of a report is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Face {
    /// All of it.
    Whole,
    /// Budgets and expectations.
    Checks,
    /// APIs against deployments.
    BreakEven,
}

/// How soon a section goes where there is no room for all: the last ones first.
pub(super) mod spare {
    /// What a reader must see.
    pub const NEVER: u8 = 0;
    /// What does not hold.
    pub const FAILED: u8 = 1;
    pub const STRATEGIES: u8 = 2;
    pub const WARNINGS: u8 = 3;
    pub const SAVINGS: u8 = 4;
    pub const SPENDING: u8 = 5;
    pub const BREAK_EVEN: u8 = 6;
    pub const FLEETS: u8 = 7;
    pub const CHECKS: u8 = 8;
    pub const ASSUMPTIONS: u8 = 9;
    pub const ALL_STRATEGIES: u8 = 10;
}

/// What single levers come to, and how good the answers are.
pub(super) fn details(report: &Report, view: &View) -> Vec<Section> {
    let all = [
        answers::qualities(report),
        answers::cascades(report, view),
        prompt_caches::prompt_caches(report, view),
        fleets::fleets(report),
        retrievals::retrievals(report, view),
        fine_tunes::fine_tunes(report, view),
        commitments::commitments(report, view),
        limits::exceeded_limits(report),
    ];
    all.into_iter().flatten().collect()
}

/// The scenario and its circumstances.
pub(super) fn head(report: &Report) -> Section {
    Section {
        name: "head",
        title: report.scenario.name.clone(),
        spare: spare::NEVER,
        blocks: vec![Block::Paragraph(Tone::Quiet, facts(report).into())],
    }
}

/// What all figures rest on, in a line.
pub(super) fn facts(report: &Report) -> String {
    let lists: Vec<&str> = report.prices.lists.iter().map(|list| list.name.as_str()).collect();
    format!(
        "{} requests/day · prices of {} ({}) · {}, {}-day month",
        display::count(&report.requests_per_day),
        report.prices.as_of,
        lists.join(" over "),
        report.currency,
        display::count(&report.days_per_month),
    )
}

/// The sentence to remember: what the best strategy costs and saves.
pub(super) fn verdict(report: &Report, view: &View) -> Option<Section> {
    let text = headline(report, view)?;
    let blocks = vec![Block::Paragraph(Tone::Good, text)];
    Some(Section { name: "verdict", title: String::new(), spare: spare::NEVER, blocks })
}

/// What the best strategy costs and saves; `None` where none is better than the baseline.
pub(super) fn headline(report: &Report, view: &View) -> Option<Text> {
    let best = report.best.as_ref()?;
    let percent = best.saves_percent.as_ref().map_or_else(String::new, |p| format!(" ({}%)", display::number(p, 1)));
    let per_period = |per_month: &Exact| money(report, &report.per(view.period, per_month));
    let text = Text::default()
        .strong(best.strategy.clone())
        .then(" costs ")
        .strong(per_period(&best.per_month))
        .then(format!(" {}: ", a(view.period)))
        .then(format!("{} less than {}{percent}.", per_period(&best.saves_per_month), report.baseline));
    Some(text)
}

/// The same as plain words, without the full stop.
pub(super) fn result_in_words(report: &Report, view: &View) -> String {
    match result(report, view) {
        Block::Paragraph(_, text) => text.words(str::to_owned).trim_end_matches('.').to_owned(),
        _ => String::new(),
    }
}

/// What the best strategy costs and saves, or what the baseline costs where none is better.
pub(super) fn result(report: &Report, view: &View) -> Block {
    let baseline = || {
        let strategy = report.strategies.iter().find(|strategy| strategy.name == report.baseline)?;
        let text = Text::default()
            .strong(strategy.name.clone())
            .then(" costs ")
            .strong(money(report, view.period.cost(&strategy.cost)))
            .then(format!(" {}", a(view.period)));
        let others = report.strategies.len() > 1 || report.omitted_strategies > 0;
        Some(text.then(if others { "; no other strategy costs less." } else { "." }))
    };
    let text = headline(report, view).or_else(baseline);
    Block::Paragraph(Tone::Good, text.unwrap_or_else(|| "No strategy is shown.".into()))
}

/// The best strategy and the one that it is compared with.
pub(super) fn main_strategies(report: &Report) -> Vec<&StrategyReport> {
    let best = report.best.as_ref().map(|best| best.strategy.as_str());
    let is_main = |strategy: &&StrategyReport| strategy.name == report.baseline || Some(&*strategy.name) == best;
    report.strategies.iter().filter(is_main).collect()
}

/// `a month`, `an hour`
pub(super) fn a(period: Period) -> String {
    let article = if period == Period::Hour { "an" } else { "a" };
    format!("{article} {}", period.name())
}

pub(super) fn money(report: &Report, amount: &Exact) -> String {
    display::money(amount, &report.currency)
}

/// `1 strategy`, `3 strategies`
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    let words = if number == 1 { one } else { many };
    format!("{} {words}", display::grouped(&number.to_string()))
}

/// Texts of several strategies, each once, with the strategies that have it.
fn grouped<'a>(report: &'a Report, of: impl Fn(&'a StrategyReport) -> Vec<String>) -> Vec<(String, Vec<&'a str>)> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for strategy in &report.strategies {
        for text in of(strategy) {
            match known.get(&text).and_then(|index: &usize| found.get_mut(*index)) {
                Some((_, names)) => names.push(&strategy.name),
                None => {
                    known.insert(text.clone(), found.len());
                    found.push((text, vec![&strategy.name]));
                }
            }
        }
    }
    found
}

/// Most strategies that are named one by one.
const MOST_NAMED: usize = 12;

/// Whose a text is: `a, b: `; nothing where it is everybody's.
fn who(names: &[&str], report: &Report) -> String {
    if names.len() == report.strategies.len() {
        return String::new();
    }
    match names.split_at_checked(MOST_NAMED) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more: ", first.join(", "), rest.len()),
        _ => format!("{}: ", names.join(", ")),
    }
}
