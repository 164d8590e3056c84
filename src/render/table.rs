//! Reports as text for people at a terminal.

use super::block::{Block, Mark, Section, Tone};
use super::sections::{self, View, spare};
use super::style::Look;
use super::terminal::draw;
use crate::report::{Report, StrategyReport};

/// A whole report.
pub fn table(report: &Report, view: &View, look: Look) -> String {
    let mut all = vec![sections::head(report), sections::strategies(report, view)];
    all.extend(sections::verdict(report, view));
    if !view.quiet {
        let every: Vec<&StrategyReport> = report.strategies.iter().collect();
        all.push(sections::spending(report, &every, view));
        all.extend(sections::savings(report, &every, view));
        all.extend(sections::details(report, view));
        all.extend(sections::budgets(report, false));
        all.extend(claims(report));
        all.extend(sections::warnings(report));
        all.extend(sections::assumptions(report));
        all.push(sections::prices(report));
        all.extend(sections::advice(report, view));
    }
    draw(&all, look)
}

/// Expectations that do not hold; of others, how many there are.
fn claims(report: &Report) -> Option<Section> {
    let all_hold = report.expectations.iter().all(|claim| claim.ok);
    if !all_hold || report.expectations.is_empty() {
        return sections::expectations(report, true);
    }
    let text = format!("all {} hold", report.expectations.len());
    let marks = vec![Mark { tone: Tone::Good, text: text.into(), place: String::new() }];
    let title = "Expectations".to_owned();
    Some(Section { name: "expectations", title, spare: spare::CHECKS, blocks: vec![Block::Marks(marks)] })
}

/// Budgets and expectations alone; when quiet, only those that do not hold.
pub fn checks(report: &Report, look: Look) -> String {
    let nothing = report.budgets.is_empty() && report.expectations.is_empty();
    if look.quiet && (nothing || report.passes()) {
        return String::new();
    }
    let mut all = vec![sections::verdict_on_file(report)];
    all.extend(sections::budgets(report, look.quiet));
    all.extend(sections::expectations(report, look.quiet));
    draw(&all, look)
}

/// All comparisons of a report.
pub fn break_evens(report: &Report, look: Look) -> String {
    let title = report.scenario.name.clone();
    let mut all = vec![Section { name: "head", title, spare: spare::NEVER, blocks: Vec::new() }];
    all.extend(sections::break_evens(report));
    draw(&all, look)
}
