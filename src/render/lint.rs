//! What the lint found, for people and machines.

use serde::Serialize;

use super::csv::{defused, finished};
use super::style::{Look, harmless};
use crate::diag::Place;
use crate::pricing::lint::Finding;
use crate::units::display;

/// The findings of one or several lists.
#[derive(Default, Debug)]
pub struct LintReport {
    /// Models looked at.
    pub models: usize,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Acceptances that nothing needs.
    pub idle: Vec<(String, Place)>,
}

/// One line for each finding, then how many there are.
pub fn lint(report: &LintReport, with_accepted: bool, look: Look) -> String {
    let mut out = String::new();
    let mut line = |place: &Place, rule: &str, text: &str| {
        let place = harmless(&place.to_string());
        out.push_str(&format!("{place}: {} {}\n", look.careful(&format!("[{rule}]")), harmless(text)));
    };
    for finding in report.findings.iter().filter(|finding| with_accepted || finding.accepted.is_none()) {
        let reason = finding.accepted.as_ref().map_or_else(String::new, |reason| format!("; accepted: {reason}"));
        line(&finding.place, finding.rule.slug(), &format!("{}: {}{reason}", finding.model, finding.message));
    }
    for (message, place) in &report.idle {
        line(place, "idle-acceptance", message);
    }
    let accepted = report.findings.iter().filter(|finding| finding.accepted.is_some()).count();
    let open = report.findings.len().saturating_sub(accepted).saturating_add(report.idle.len());
    let count = |n: usize| display::grouped(&n.to_string());
    let summary = format!("{} models: {} findings, {} accepted", count(report.models), count(open), count(accepted));
    out.push_str(&if open == 0 { look.good(&summary) } else { look.bad(&summary) });
    out.push('\n');
    out
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    model: &'a str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    accepted: Option<&'a str>,
}

fn rows(report: &LintReport) -> Vec<Row<'_>> {
    let idle = report.idle.iter().map(|(message, place)| Row {
        rule: "idle-acceptance",
        model: "",
        message,
        file: &place.source.name,
        line: place.line,
        column: place.column,
        accepted: None,
    });
    report.findings.iter().map(row).chain(idle).collect()
}

fn row(finding: &Finding) -> Row<'_> {
    Row {
        rule: finding.rule.slug(),
        model: &finding.model,
        message: &finding.message,
        file: &finding.place.source.name,
        line: finding.place.line,
        column: finding.place.column,
        accepted: finding.accepted.as_deref(),
    }
}

/// The findings as an object.
///
/// # Errors
/// None that these values can raise.
pub fn lint_json(report: &LintReport) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Whole<'a> {
        schema: &'static str,
        models: usize,
        findings: Vec<Row<'a>>,
    }
    super::any_json(&Whole { schema: "llmcost.lint/1", models: report.models, findings: rows(report) })
}

/// One row for each finding.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_lint(report: &LintReport) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["rule", "model", "message", "file", "line", "column", "accepted"])?;
    for row in rows(report) {
        let texts = [row.rule, row.model, row.message, row.file].map(defused);
        let numbers = [row.line.to_string(), row.column.to_string(), defused(row.accepted.unwrap_or_default())];
        writer.write_record(texts.into_iter().chain(numbers))?;
    }
    finished(writer)
}
