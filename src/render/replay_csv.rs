//! A replay as CSV: every price that was paid, and what costs are shown by.

use super::csv::{defused, finished};
use crate::replay::{ReplayReport, StrategyReplay};

/// The prices paid by every strategy, a row each; then its fees, and the costs by columns, hours or days.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_replay(report: &ReplayReport) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "strategy",
        "model",
        "mode",
        "tier",
        "since",
        "hours",
        "component",
        "quantity",
        "unit_price_usd",
        "per",
        "cost",
        "currency",
        "source",
        "by",
        "value",
    ])?;
    for strategy in &report.strategies {
        lines_of(strategy, &report.currency, &mut writer)?;
    }
    for breakdown in &report.by {
        for value in &breakdown.values {
            for (strategy, cost) in report.strategies.iter().zip(&value.costs) {
                let mut row = vec![String::new(); 15];
                let cells = [
                    (0, defused(&strategy.name)),
                    (6, "requests".to_owned()),
                    (7, value.requests.to_string()),
                    (10, cost.to_string()),
                    (11, defused(&report.currency)),
                    (13, defused(&breakdown.by)),
                    (14, defused(&value.value)),
                ];
                for (at, text) in cells {
                    if let Some(cell) = row.get_mut(at) {
                        *cell = text;
                    }
                }
                writer.write_record(row)?;
            }
        }
    }
    finished(writer)
}

fn lines_of(strategy: &StrategyReplay, currency: &str, writer: &mut csv::Writer<Vec<u8>>) -> Result<(), csv::Error> {
    for line in &strategy.lines {
        writer.write_record([
            defused(&strategy.name),
            defused(&line.model),
            defused(&line.mode),
            line.tier.clone().unwrap_or_default(),
            line.since.clone().unwrap_or_default(),
            line.hours.clone().unwrap_or_default(),
            defused(&line.component),
            line.quantity.to_string(),
            line.unit_price_usd.to_string(),
            line.per.to_string(),
            line.cost.to_string(),
            defused(currency),
            defused(&line.source),
            String::new(),
            String::new(),
        ])?;
    }
    for fee in &strategy.fees {
        let name = defused(&strategy.name);
        let (events, cost) = (fee.events.to_string(), fee.cost.to_string());
        let unit = fee.cost.checked_div(&fee.events).map(|unit| unit.to_string()).unwrap_or_default();
        let empty = String::new;
        writer.write_record([
            name,
            empty(),
            empty(),
            empty(),
            empty(),
            empty(),
            defused(&fee.fee),
            events,
            unit,
            "1".to_owned(),
            cost,
            defused(currency),
            empty(),
            empty(),
            empty(),
        ])?;
    }
    Ok(())
}
