//! A comment for a pull request, with annotations for the workflow that prints it.
//!
//! Both are one text: the annotations stand in a comment of HTML that nobody sees, on lines of their own, which is where
//! a workflow's log looks for them. Printed in a step, the text annotates; posted, it is a comment.

use super::fit::{Part, fit};
use super::markdown::{blocks, escaped, folded, section};
use super::sections::{self, Face, View, spare};
use super::style::marked_up;
use crate::diag::github::command;
use crate::report::{Report, Spot, StrategyReport};

/// Most characters of a comment on GitHub.
pub const GITHUB_COMMENT: usize = 65_536;

/// Strategies that a comment shows before a click.
const MOST_STRATEGIES: usize = 10;
/// Failed budgets and expectations that it lists.
const MOST_FAILED: usize = 10;
/// GitHub shows ten errors and ten warnings of a step.
const MOST_ANNOTATIONS: usize = 10;

/// What a comment begins with, so that it can be found and replaced; `tag` keeps several apart.
pub fn marker(tag: &str) -> String {
    // A tag that ended the marker early would let text out.
    let tag = super::style::harmless(tag).replace('>', "");
    if tag.is_empty() { "<!-- llmcost -->\n".to_owned() } else { format!("<!-- llmcost {tag} -->\n") }
}

/// Annotations and a comment within `limit` bytes.
pub fn github(reports: &[Report], view: &View, face: Face, tag: &str, limit: usize) -> String {
    let mut parts = vec![Part { title: "the marker".to_owned(), spare: spare::NEVER, text: marker(tag) }];
    let annotations = annotations(reports);
    if !annotations.is_empty() {
        let text = format!("<!--\n{annotations}-->\n");
        parts.push(Part { title: "annotations".to_owned(), spare: spare::FAILED, text });
    }
    for report in reports {
        parts.extend(comment(report, view, face));
    }
    fit(parts, Some(limit))
}

fn comment(report: &Report, view: &View, face: Face) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |title: &str, spare: u8, text: String| {
        parts.push(Part { title: title.to_owned(), spare, text: format!("\n{text}") });
    };
    add("a scenario", spare::NEVER, format!("## {}\n", escaped(&report.scenario.name)));
    if face == Face::Whole {
        add("a scenario", spare::NEVER, blocks(&[sections::result(report, view)]));
    }
    match sections::verdict_on_checks(report, MOST_FAILED) {
        Some(checks) => add("failed checks", checks.spare, section(&checks, 2)),
        None if face == Face::Checks => add("checks", spare::CHECKS, section(&sections::verdict_on_file(report), 2)),
        None => {}
    }
    match face {
        Face::Whole => {
            let few = sections::few_strategies(report, view, MOST_STRATEGIES);
            let all = sections::strategies(report, view);
            match few {
                None => add("strategies", spare::STRATEGIES, section(&all, 2)),
                Some(few) => {
                    add("strategies", spare::STRATEGIES, section(&few, 2));
                    let title = format!("All {} strategies", report.strategies.len());
                    add(&title, spare::ALL_STRATEGIES, folded(&title, &all));
                }
            }
            let main = sections::main_strategies(report);
            let best: Vec<&StrategyReport> =
                main.iter().copied().filter(|strategy| strategy.name != report.baseline).collect();
            let mut more: Vec<_> = sections::advice(report, view).into_iter().collect();
            more.push(sections::spending(report, &main, view));
            more.extend(sections::savings(report, &best, view));
            more.extend(sections::details(report, view));
            more.extend(sections::break_evens(report));
            more.extend(sections::budgets(report, false));
            more.extend(sections::expectations(report, false));
            more.extend(sections::warnings(report));
            more.extend(sections::assumptions(report));
            more.push(sections::prices(report));
            for each in more.iter().filter(|_| !view.quiet) {
                // What does not hold was said above.
                let spare = if each.spare == spare::FAILED { spare::CHECKS } else { each.spare };
                add(&each.title, spare, folded(&each.title, each));
            }
        }
        Face::Checks => {
            for each in sections::budgets(report, false).into_iter().chain(sections::expectations(report, false)) {
                add(&each.title, spare::CHECKS, folded(&each.title, &each));
            }
        }
        Face::BreakEven => {
            for each in sections::break_evens(report) {
                add(&each.title, each.spare, section(&each, 2));
            }
        }
    }
    add("circumstances", spare::ASSUMPTIONS, format!("<sub>{}</sub>\n", marked_up(&sections::facts(report))));
    parts
}

/// What does not hold as workflow commands, at the lines that state it.
fn annotations(reports: &[Report]) -> String {
    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    for report in reports {
        for budget in report.budgets.iter().filter(|budget| !budget.ok) {
            let text = sections::of_budget(report, budget);
            if budget.level == "warn" { &mut warnings } else { &mut errors }.push(("Budget", text, &budget.at));
        }
        for claim in report.expectations.iter().filter(|claim| !claim.ok) {
            errors.push(("Expectation", sections::of_claim(report, claim), &claim.at));
        }
    }
    format!("{}{}", commands("error", &errors), commands("warning", &warnings))
}

fn commands(level: &str, all: &[(&str, String, &Option<Spot>)]) -> String {
    let shown = if all.len() > MOST_ANNOTATIONS { MOST_ANNOTATIONS.saturating_sub(1) } else { all.len() };
    let mut out = String::new();
    for (what, text, at) in all.iter().take(shown) {
        let title = format!("{what} not met");
        let at = at.as_ref().map(|at| (at.file.as_str(), at.line, at.column));
        out.push_str(&command(level, &title, text, at));
    }
    if shown < all.len() {
        let text = format!("{} more do not hold; the comment and the log list them.", all.len().saturating_sub(shown));
        out.push_str(&command(level, "Not met", &text, None));
    }
    out
}
