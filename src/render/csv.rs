//! The lines of a report as CSV: a header, one row per line, RFC 4180 quoting.

use crate::report::Report;

const HEADER: [&str; 16] = [
    "scenario",
    "strategy",
    "lever",
    "item",
    "component",
    "mode",
    "tier",
    "quantity",
    "unit",
    "unit_price_usd",
    "per",
    "per_day",
    "currency",
    "as_of",
    "formula",
    "source",
];

/// The lines of all strategies of all reports.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv(reports: &[Report]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for report in reports {
        for strategy in &report.strategies {
            for line in &strategy.lines {
                let row = [
                    defused(&report.scenario.name),
                    defused(&strategy.name),
                    defused(&line.lever),
                    defused(&line.item),
                    defused(&line.component),
                    defused(&line.mode),
                    // `>200000` begins with no sign that a spreadsheet runs.
                    line.tier.clone().unwrap_or_default(),
                    line.quantity.to_string(),
                    defused(&line.unit),
                    line.unit_price.to_string(),
                    line.per.to_string(),
                    line.per_day.to_string(),
                    defused(&report.currency),
                    report.prices.as_of.clone(),
                    defused(&line.formula),
                    defused(&line.source),
                ];
                writer.write_record(row)?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text that a spreadsheet would run as a formula gets a quote before it.
fn defused(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if runs { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn formulae_are_defused() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(defused("gpt-4o"), "gpt-4o");
    }
}
