//! What the lint found, for people and machines.

use serde::Serialize;

use super::csv::{defused, finished};
use super::style::{Look, harmless};
use crate::diag::Place;
use crate::hosting;
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
    /// Entries of the catalogues of GPUs, offers and open models looked at.
    pub entries: usize,
    /// What was found there.
    pub hardware: Vec<hosting::lint::Finding>,
}

impl LintReport {
    /// How many findings nobody accepts.
    pub fn open(&self) -> usize {
        let findings = self.findings.iter().filter(|finding| finding.accepted.is_none()).count();
        findings.saturating_add(self.idle.len()).saturating_add(self.hardware.len())
    }
}

/// One line for each finding, then how many there are.
pub fn lint(report: &LintReport, with_accepted: bool, look: Look) -> String {
    let mut out = String::new();
    let mut line = |place: &str, rule: &str, text: &str| {
        let place = harmless(place);
        out.push_str(&format!("{place}: {} {}\n", look.careful(&format!("[{rule}]")), harmless(text)));
    };
    for finding in report.findings.iter().filter(|finding| with_accepted || finding.accepted.is_none()) {
        let reason = finding.accepted.as_ref().map_or_else(String::new, |reason| format!("; accepted: {reason}"));
        line(
            &finding.place.to_string(),
            finding.rule.slug(),
            &format!("{}: {}{reason}", finding.model, finding.message),
        );
    }
    for (message, place) in &report.idle {
        line(&place.to_string(), "idle-acceptance", message);
    }
    for finding in &report.hardware {
        line(finding.file, finding.code.slug(), &format!("{}: {}", finding.entry, finding.message));
    }
    let accepted = report.findings.iter().filter(|finding| finding.accepted.is_some()).count();
    let count = |n: usize| display::grouped(&n.to_string());
    let hardware = match report.entries {
        0 => String::new(),
        entries => format!(", {} GPUs, offers and open models", count(entries)),
    };
    let summary = format!(
        "{} priced models{hardware}: {} findings, {} accepted",
        count(report.models),
        count(report.open()),
        count(accepted)
    );
    out.push_str(&if report.open() == 0 { look.good(&summary) } else { look.bad(&summary) });
    out.push('\n');
    out
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    model: &'a str,
    message: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    accepted: Option<&'a str>,
}

fn rows(report: &LintReport) -> Vec<Row<'_>> {
    let idle = report.idle.iter().map(|(message, place)| Row {
        rule: "idle-acceptance",
        model: "",
        message,
        file: &place.source.name,
        line: Some(place.line),
        column: Some(place.column),
        accepted: None,
    });
    let hardware = report.hardware.iter().map(|finding| Row {
        rule: finding.code.slug(),
        model: &finding.entry,
        message: &finding.message,
        file: finding.file,
        line: None,
        column: None,
        accepted: None,
    });
    report.findings.iter().map(row).chain(idle).chain(hardware).collect()
}

fn row(finding: &Finding) -> Row<'_> {
    Row {
        rule: finding.rule.slug(),
        model: &finding.model,
        message: &finding.message,
        file: &finding.place.source.name,
        line: Some(finding.place.line),
        column: Some(finding.place.column),
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
        entries: usize,
        findings: Vec<Row<'a>>,
    }
    let (models, entries) = (report.models, report.entries);
    super::any_json(&Whole { schema: "llmcost.lint/1", models, entries, findings: rows(report) })
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
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let numbers = [number(row.line), number(row.column), defused(row.accepted.unwrap_or_default())];
        writer.write_record(texts.into_iter().chain(numbers))?;
    }
    finished(writer)
}
