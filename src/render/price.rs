//! The price of one request, for people and for spreadsheets.

use super::csv::{defused, finished};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::pricing::Receipt;
use crate::units::{Exact, display};

/// The receipt as a table: lines, total, then what was assumed.
pub fn receipt(receipt: &Receipt, look: Look) -> String {
    let mut facts = vec![receipt.at.clone(), receipt.mode.clone()];
    facts.extend(receipt.region.as_ref().map(|region| format!("region {region}")));
    if receipt.requests != Exact::ONE {
        facts.push(format!("{} requests", display::count(&receipt.requests)));
    }
    let mut out = format!("{} · {}\n\n", look.bold(&harmless(&receipt.model)), look.dim(&harmless(&facts.join(" · "))));
    let rows = receipt.lines.iter().map(|line| {
        let tier = line.tier.as_ref().map_or_else(String::new, |tier| format!(" ({tier})"));
        let price = exact(&line.unit_price);
        let per = match line.per.as_str() {
            "1" => line.unit.to_owned(),
            "1000000" => format!("1M {}s", line.unit),
            per => format!("{per} {}s", line.unit),
        };
        let cells = vec![
            format!("{}{tier}", harmless(&line.component)),
            display::count(&line.quantity),
            format!("{price}/{per}"),
            exact(&line.amount),
        ];
        (cells, Exact::ZERO)
    });
    let columns =
        vec![Column::text("Item"), Column::number("quantity"), Column::number("price"), Column::number("amount")];
    out.push_str(&Sheet { columns, rows: rows.collect(), least_bar: 1, widest_bar: 0 }.draw(look));
    out.push_str(&format!("\n{}\n", look.good(&format!("{} in all", exact(&receipt.total)))));
    if receipt.requests != Exact::ONE {
        out.push_str(&format!("{} a request\n", exact(&receipt.per_request)));
    }
    if look.quiet {
        return out;
    }
    for warning in &receipt.warnings {
        let text = harmless(&format!("[{}] {}", warning.code, warning.message));
        out.push_str(&look.careful(look.paragraph("! ", &text).trim_end()));
        out.push('\n');
    }
    for assumption in &receipt.assumptions {
        out.push_str(&look.paragraph("- ", &harmless(assumption)));
    }
    let mut sources: Vec<&str> = Vec::new();
    for line in &receipt.lines {
        if !sources.contains(&line.source.as_str()) {
            sources.push(&line.source);
        }
    }
    for source in sources {
        out.push_str(&look.dim(look.paragraph("  ", &harmless(source)).trim_end()));
        out.push('\n');
    }
    out
}

/// USD to the last digit; to the eighteenth where there is no last one.
fn exact(usd: &Exact) -> String {
    format!("${}", display::precise(usd, usd.decimals().unwrap_or(18)))
}

/// One row for each line.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_receipt(receipt: &Receipt) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "model",
        "at",
        "mode",
        "component",
        "tier",
        "quantity",
        "unit",
        "unit_price_usd",
        "per",
        "amount_usd",
        "formula",
        "source",
    ])?;
    for line in &receipt.lines {
        writer.write_record([
            defused(&receipt.model),
            receipt.at.clone(),
            defused(&receipt.mode),
            defused(&line.component),
            line.tier.clone().unwrap_or_default(),
            line.quantity.to_string(),
            line.unit.to_owned(),
            line.unit_price.to_string(),
            line.per.clone(),
            line.amount.to_string(),
            defused(&line.formula),
            defused(&line.source),
        ])?;
    }
    finished(writer)
}
