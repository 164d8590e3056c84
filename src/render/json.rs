//! Reports as JSON: exact numbers as decimal strings, keys in a fixed order.

use serde::Serialize;

use crate::report::Report;

/// Any one result as an object.
pub fn json_of(report: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// One report as an object, several as an array.
pub fn json(reports: &[Report]) -> Result<String, serde_json::Error> {
    let mut text = match reports {
        [only] => serde_json::to_string_pretty(only)?,
        all => serde_json::to_string_pretty(all)?,
    };
    text.push('\n');
    Ok(text)
}
