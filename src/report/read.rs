//! Reports from their JSON.

use std::sync::Arc;

use serde::Deserialize;

use super::{Report, SCHEMA};
use crate::diag::{Code, Diagnostic, Place, Source};

/// What says which shape a file has.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

impl Report {
    /// The report, or the several of them, that a text holds as JSON.
    ///
    /// # Errors
    /// Where it is no JSON, or no report of this version.
    pub fn read(source: &Arc<Source>) -> Result<Vec<Self>, Box<Diagnostic>> {
        let text = source.text.trim_start();
        let found = if text.starts_with('[') {
            serde_json::from_str(text)
        } else {
            serde_json::from_str(text).map(|one| vec![one])
        };
        let skipped = source.text.len().saturating_sub(text.len());
        let reports: Vec<Self> = found.map_err(|error| Box::new(refused(source, skipped, &error)))?;
        match reports.iter().find(|report| report.schema != SCHEMA) {
            None => Ok(reports),
            Some(other) => Err(Box::new(other_version(source, &other.schema))),
        }
    }
}

/// What is wrong with a text that was not read.
fn refused(source: &Arc<Source>, skipped: usize, error: &serde_json::Error) -> Diagnostic {
    let text = source.text.get(skipped..).unwrap_or_default();
    // What has another shape because it is another thing says so first.
    if let Ok(Head { schema }) = serde_json::from_str(text)
        && schema != SCHEMA
    {
        return other_version(source, &schema);
    }
    let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let at = skipped.saturating_add(line_start).saturating_add(error.column().saturating_sub(1));
    let place = Place::new(source, at, at.saturating_add(1));
    let words = error.to_string();
    let message = words.split(" at line ").next().unwrap_or_default().to_owned();
    let (code, what) = match error.classify() {
        serde_json::error::Category::Data => (Code::WrongShape, "this is no report: "),
        _ => (Code::Syntax, "this is no JSON: "),
    };
    Diagnostic::at(code, &place, format!("{what}{message}"), "up to here it is")
        .help("a report is what `llmcost simulate FILE --format json` writes")
}

fn other_version(source: &Arc<Source>, schema: &str) -> Diagnostic {
    let at = source.text.find(schema).unwrap_or(0);
    let place = Place::new(source, at, at.saturating_add(schema.len()));
    Diagnostic::at(Code::Version, &place, format!("this is `{schema}`, not `{SCHEMA}`"), "another kind of result")
        .help("a report is what `llmcost simulate FILE --format json` writes")
}
