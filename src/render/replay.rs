//! A replay as tables and as CSV.

use super::csv::{defused, finished};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::replay::{ReplayReport, StrategyReplay};
use crate::units::{Exact, display};

/// A whole replay.
pub fn replay(report: &ReplayReport, look: Look) -> String {
    let mut out = head(report, look);
    out.push_str(&strategies(report, look));
    out
}

fn head(report: &ReplayReport, look: Look) -> String {
    let title = report.scenario.as_ref().map_or("What the log costs", |scenario| scenario.name.as_str());
    let lists: Vec<&str> = report.prices.lists.iter().map(|list| list.name.as_str()).collect();
    let facts = format!(
        "{} requests · {} input and {} output tokens · prices of {}",
        display::count(&report.requests),
        display::count(&report.tokens.input),
        display::count(&report.tokens.output),
        harmless(&lists.join(" over ")),
    );
    format!("{}\n{}\n", look.bold(&harmless(title)), look.dim(look.paragraph("", &facts).trim_end()))
}

fn strategies(report: &ReplayReport, look: Look) -> String {
    let money = |amount: &Exact| display::money(amount, &report.currency);
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        let least = if strategy.at_least { "at least " } else { "" };
        rows.push((
            vec![harmless(&strategy.name), format!("{least}{}", money(&strategy.total))],
            strategy.relative_cost.clone(),
        ));
        for model in &strategy.by_model {
            let share = model.cost.checked_div(&strategy.total).unwrap_or(Exact::ZERO);
            rows.push((vec![format!("  {}", harmless(&model.model)), money(&model.cost)], share));
        }
    }
    let columns = vec![Column::text("Strategy"), Column::number("total")];
    format!("\n{}", Sheet { columns, rows, least_bar: 8, widest_bar: 40 }.draw(look))
}

/// The prices paid by every strategy, a row each.
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
    ])?;
    for strategy in &report.strategies {
        rows_of(strategy, &report.currency, &mut writer)?;
    }
    finished(writer)
}

fn rows_of(strategy: &StrategyReplay, currency: &str, writer: &mut csv::Writer<Vec<u8>>) -> Result<(), csv::Error> {
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
        ])?;
    }
    Ok(())
}
