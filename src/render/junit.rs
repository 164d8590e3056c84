//! Budgets and expectations as JUnit test cases: one suite per scenario, one case per budget and expectation.
//!
//! A budget of level `warn` that does not hold is a case that passes and says so in its output: JUnit has no warnings.

use std::fmt::{self, Write};

use super::names;
use super::sections::{Tally, of_budget, of_claim};
use super::style::marked_up;
use crate::report::{Report, Spot};

/// All suites.
///
/// # Errors
/// None that a text can raise.
pub fn junit(reports: &[Report]) -> Result<String, fmt::Error> {
    let suites: Vec<Vec<Case>> = reports.iter().map(cases).collect();
    let failures = |cases: &[Case]| cases.iter().filter(|case| matches!(case.outcome, Outcome::Failed(_))).count();
    let (all, failed) =
        (suites.iter().map(Vec::len).sum::<usize>(), suites.iter().map(|cases| failures(cases)).sum::<usize>());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = |tests: usize, failures: usize| {
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"0\"")
    };
    writeln!(out, "<testsuites name=\"llmcost\" {}>", counts(all, failed))?;
    for ((report, cases), name) in reports.iter().zip(&suites).zip(names::unique(reports)) {
        let name = marked_up(&name);
        writeln!(out, "  <testsuite name=\"{name}\" {}>", counts(cases.len(), failures(cases)))?;
        for case in cases {
            case.write(&mut out, &report.scenario.file)?;
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    Ok(out)
}

struct Case {
    name: String,
    at: Option<Spot>,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Warned(String),
    Failed(String),
}

fn cases(report: &Report) -> Vec<Case> {
    let mut all: Vec<Case> = Vec::with_capacity(Tally::of(report).all);
    for budget in &report.budgets {
        let text = || format!("{} ({})", of_budget(report, budget), budget.place);
        let outcome = match (budget.ok, budget.level.as_str()) {
            (true, _) => Outcome::Passed,
            (false, "warn") => Outcome::Warned(text()),
            (false, _) => Outcome::Failed(text()),
        };
        let name = format!("budget: {} {} at most {}", budget.strategy, budget.metric, budget.limit);
        all.push(Case { name, at: budget.at.clone(), outcome });
    }
    for claim in &report.expectations {
        let text = || format!("{} ({})", of_claim(report, claim), claim.place);
        let outcome = if claim.ok { Outcome::Passed } else { Outcome::Failed(text()) };
        let name = format!("expect: {} {} = {}", claim.strategy, claim.metric, claim.equals);
        all.push(Case { name, at: claim.at.clone(), outcome });
    }
    numbered(&mut all);
    all
}

/// Cases that say the same get numbers, so that no consumer takes them for one.
fn numbered(cases: &mut [Case]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for case in cases {
        let count = seen.entry(case.name.clone()).or_default();
        *count = count.saturating_add(1);
        if *count > 1 {
            case.name = format!("{} ({count})", case.name);
        }
    }
}

impl Case {
    fn write(&self, out: &mut String, file: &str) -> fmt::Result {
        let place = self
            .at
            .as_ref()
            .map_or_else(String::new, |at| format!(" file=\"{}\" line=\"{}\"", marked_up(&at.file), at.line));
        let (name, file) = (marked_up(&self.name), marked_up(file));
        write!(out, "    <testcase classname=\"{file}\" name=\"{name}\"{place} time=\"0\"")?;
        match &self.outcome {
            Outcome::Passed => writeln!(out, "/>"),
            Outcome::Warned(text) => {
                writeln!(out, ">\n      <system-out>warning: {}</system-out>\n    </testcase>", marked_up(text))
            }
            Outcome::Failed(text) => {
                let text = marked_up(text);
                writeln!(out, ">\n      <failure message=\"{text}\" type=\"not met\">{text}</failure>\n    </testcase>")
            }
        }
    }
}
