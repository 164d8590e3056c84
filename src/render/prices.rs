//! The catalogue for people and spreadsheets: rows, one model, its history, two lists.

use serde::Serialize;

use super::csv::{defused, finished};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::pricing::view::{CardView, Details, History, Price, Row};
use crate::pricing::{Diff, Effect, Moment};
use crate::units::{Exact, display};

/// A price per 1M tokens, as short as it is exact.
fn usd(price: &Exact) -> String {
    format!("${}", display::precise(price, 12))
}

fn table(columns: Vec<Column>, rows: Vec<Vec<String>>, look: Look) -> String {
    let rows = rows.into_iter().map(|cells| (cells, Exact::ZERO)).collect();
    Sheet { columns, rows, least_bar: 1, widest_bar: 0 }.draw(look)
}

/// Models with their prices, USD per 1M tokens.
pub fn price_rows(rows: &[Row], mode: &str, at: Moment, look: Look) -> String {
    let price = |price: &Option<Exact>, free: bool| match price {
        Some(price) => usd(price),
        None if free => "free".to_owned(),
        None => "-".to_owned(),
    };
    let cells = rows.iter().map(|row| {
        let remark = match (row.agree, &row.retires) {
            (_, Some(retires)) => format!("until {retires}"),
            (Some(false), None) => "sources disagree".to_owned(),
            (Some(true), None) => "2 sources".to_owned(),
            (None, None) => String::new(),
        };
        vec![
            harmless(&row.model),
            harmless(&row.provider),
            price(&row.input, row.free),
            price(&row.cached_read, false),
            price(&row.output, false),
            row.context.map_or_else(|| "-".to_owned(), |context| display::grouped(&context.to_string())),
            row.since.clone().unwrap_or_else(|| "-".to_owned()),
            remark,
        ]
    });
    let columns = vec![
        Column::text("Model"),
        Column::text("Provider"),
        Column::number("input"),
        Column::number("cached"),
        Column::number("output"),
        Column::number("context").spare(2),
        Column::number("since").spare(3),
        Column::text("Remark").spare(1),
    ];
    let mut out = table(columns, cells.collect(), look);
    let count = display::grouped(&rows.len().to_string());
    out.push_str(&look.dim(&format!("{count} models · USD per 1M tokens · {mode} · {at}\n")));
    out
}

/// The rows as an object.
///
/// # Errors
/// None that these values can raise.
pub fn price_rows_json(rows: &[Row], mode: &str, at: Moment) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Whole<'a> {
        schema: &'static str,
        at: String,
        mode: &'a str,
        models: &'a [Row],
    }
    super::any_json(&Whole { schema: "llmcost.prices/1", at: at.to_string(), mode, models: rows })
}

/// One row for each model.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_price_rows(rows: &[Row], mode: &str, at: Moment) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "model",
        "provider",
        "mode",
        "at",
        "input_usd_per_1m",
        "cached_read_usd_per_1m",
        "output_usd_per_1m",
        "context",
        "since",
        "retires",
        "agree",
        "source",
    ])?;
    let number = |price: &Option<Exact>| price.as_ref().map(ToString::to_string).unwrap_or_default();
    for row in rows {
        writer.write_record([
            defused(&row.model),
            defused(&row.provider),
            defused(mode),
            at.to_string(),
            number(&row.input),
            number(&row.cached_read),
            number(&row.output),
            row.context.map(|context| context.to_string()).unwrap_or_default(),
            row.since.clone().unwrap_or_default(),
            row.retires.clone().unwrap_or_default(),
            row.agree.map(|agree| agree.to_string()).unwrap_or_default(),
            defused(row.source.as_deref().unwrap_or_default()),
        ])?;
    }
    finished(writer)
}

/// `1M tokens`, `search`
fn per(per: u64, unit: &str) -> String {
    match per {
        1 => unit.to_owned(),
        1_000_000 => format!("1M {unit}s"),
        per => format!("{} {unit}s", display::grouped(&per.to_string())),
    }
}

/// Everything about one model.
pub fn price_details(details: &Details, look: Look) -> String {
    let mut out = format!("{} · {}\n", look.bold(&harmless(&details.model)), look.dim(&harmless(&details.provider)));
    let count = |n: u64| display::grouped(&n.to_string());
    let mut fact = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            out.push_str(&look.paragraph(&format!("{name:<11}"), &harmless(&text)));
        }
    };
    let joined = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    fact("also called", joined(&details.aliases).map(|names| format!(" {names}")));
    fact("context", details.context.map(count));
    fact("most output", details.max_output.map(|n| format!(" {}", count(n))));
    fact("cache", joined(&details.cache));
    fact("released", details.released.clone());
    fact("retires", details.retires.clone());
    fact("note", details.note.clone());
    fact("regions", joined(&details.regions));
    fact("by factor", joined(&details.fallbacks));
    if details.free {
        out.push_str("free of charge\n");
    }
    if !details.holding.is_empty() {
        out.push_str(&format!("\n{}\n", look.bold(&format!("What holds at {}", details.at))));
        let rows = details.holding.iter().map(|holding| {
            vec![
                holding.component.clone(),
                format!("{}/{}", usd(&holding.usd), per(holding.per, holding.unit)),
                harmless(&holding.when),
            ]
        });
        let columns = vec![Column::text("Item"), Column::number("price"), Column::text("Card")];
        out.push_str(&table(columns, rows.collect(), look));
    }
    for card in &details.cards {
        out.push_str(&one_card(card, "", look));
    }
    for card in &details.announced {
        out.push_str(&one_card(card, "announced: ", look));
    }
    out
}

fn one_card(card: &CardView, before: &str, look: Look) -> String {
    let since = card.from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
    let until = card.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
    let title = harmless(&format!("{before}{}{since}{until}", card.when));
    let mut out = String::from("\n");
    out.push_str(&look.bold(look.paragraph("", &title).trim_end()));
    out.push('\n');
    let price = |price: &Price| {
        let mut text = format!("{}/{}", usd(&price.usd), per(price.per, price.unit));
        for tier in &price.tiers {
            text.push_str(&format!(", {} {}", tier.prompt, usd(&tier.usd)));
        }
        text
    };
    let width = card.prices.iter().map(|price| price.component.len()).max().unwrap_or(0);
    for known in &card.prices {
        out.push_str(&look.paragraph(&format!("  {:<width$}  ", known.component), &price(known)));
    }
    let verified = card.verified.as_ref().map(|day| format!("verified {day}"));
    let agree = card.agree.map(|agree| if agree { "both sources agree" } else { "the sources disagree" }.to_owned());
    let facts: Vec<String> = [card.source.clone(), verified, agree].into_iter().flatten().collect();
    let facts = format!("{} ({})", facts.join(" · "), card.place);
    out.push_str(&look.dim(look.paragraph("  ", &harmless(&facts)).trim_end()));
    out.push('\n');
    if let Some(note) = &card.note {
        out.push_str(&look.careful(look.paragraph("  ! ", &harmless(note)).trim_end()));
        out.push('\n');
    }
    out
}

/// The prices of a model through time.
pub fn price_history(history: &History, look: Look) -> String {
    let mut out = format!("{} · {}\n", look.bold(&harmless(&history.model)), look.dim(&harmless(&history.provider)));
    let of = |card: &CardView, component: &str| {
        let found = card.prices.iter().find(|price| price.component == component);
        found.map_or_else(|| "-".to_owned(), |price| usd(&price.usd))
    };
    let rows = history.steps.iter().map(|step| {
        let card = &step.card;
        vec![
            card.from.clone().unwrap_or_else(|| "always".to_owned()),
            harmless(&card.when),
            of(card, "input"),
            of(card, "cache_read"),
            of(card, "output"),
            harmless(&step.changes.join(", ")),
            harmless(card.source.as_deref().unwrap_or("-")),
        ]
    });
    let columns = vec![
        Column::text("From"),
        Column::text("Use"),
        Column::number("input"),
        Column::number("cached"),
        Column::number("output"),
        Column::text("What changed"),
        Column::text("Source").spare(1),
    ];
    out.push_str(&table(columns, rows.collect(), look));
    if let Some(retires) = &history.retires {
        out.push_str(&look.careful(&format!("retires on {retires}")));
        out.push('\n');
    }
    out
}

/// One row for each price of each card; a tier is a row of its own.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_cards(model: &str, cards: &[CardView]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "model",
        "when",
        "from",
        "until",
        "component",
        "prompt",
        "usd",
        "per",
        "unit",
        "verified",
        "agree",
        "source",
        "note",
    ])?;
    let text = |text: &Option<String>| defused(text.as_deref().unwrap_or_default());
    for card in cards {
        for price in &card.prices {
            let base = (String::new(), price.usd.to_string());
            let tiers = price.tiers.iter().map(|tier| (tier.prompt.clone(), tier.usd.to_string()));
            for (prompt, usd) in std::iter::once(base).chain(tiers) {
                writer.write_record([
                    defused(model),
                    defused(&card.when),
                    text(&card.from),
                    text(&card.until),
                    defused(&price.component),
                    prompt,
                    usd,
                    price.per.to_string(),
                    price.unit.to_owned(),
                    text(&card.verified),
                    card.agree.map(|agree| agree.to_string()).unwrap_or_default(),
                    text(&card.source),
                    text(&card.note),
                ])?;
            }
        }
    }
    finished(writer)
}

/// Two lists, for people.
pub fn price_diff(diff: &Diff, effects: &[Effect], look: Look) -> String {
    let count = |n: usize| display::grouped(&n.to_string());
    let mut out = look.bold(&format!(
        "{} new, {} gone, {} prices changed, {} models as they were · prices of {}",
        count(diff.added.len()),
        count(diff.removed.len()),
        count(diff.changed.len()),
        count(diff.unchanged),
        diff.at,
    ));
    out.push('\n');
    for (sign, names) in [("+ ", &diff.added), ("- ", &diff.removed)] {
        for name in names {
            out.push_str(&format!("{sign}{}\n", harmless(name)));
        }
    }
    for changed in &diff.changed {
        let when = if changed.when == "standard" { String::new() } else { format!(" ({})", changed.when) };
        let later = changed.announced_for.as_ref().map_or_else(String::new, |day| format!(" from {day}"));
        let text = format!("{}{when}{later}: {}", changed.model, changed.changes.join(", "));
        out.push_str(&look.paragraph("~ ", &harmless(&text)));
    }
    for effect in effects {
        out.push_str(&format!("\n{}\n", look.bold(&harmless(&effect.file))));
        let rows = effect.strategies.iter().map(|strategy| {
            let money = |amount: &Exact| display::money(amount, &effect.currency);
            let percent =
                strategy.percent.as_ref().map_or_else(|| "-".to_owned(), |p| format!("{}%", display::number(p, 1)));
            let [before, after] = [&strategy.per_month_before, &strategy.per_month_after].map(money);
            vec![harmless(&strategy.name), before, after, money(&strategy.change), percent]
        });
        let columns = vec![
            Column::text("Strategy"),
            Column::number("before"),
            Column::number("after"),
            Column::number("change"),
            Column::number("percent"),
        ];
        out.push_str(&table(columns, rows.collect(), look));
    }
    out
}

/// Two lists as an object, scenarios with it.
///
/// # Errors
/// None that these values can raise.
pub fn price_diff_json(diff: &Diff, effects: &[Effect]) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Whole<'a> {
        #[serde(flatten)]
        diff: &'a Diff,
        scenarios: &'a [Effect],
    }
    super::any_json(&Whole { diff, scenarios: effects })
}

/// One row for each model that differs.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_price_diff(diff: &Diff) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["model", "what", "when", "announced_for", "changes"])?;
    for (what, names) in [("added", &diff.added), ("removed", &diff.removed)] {
        for name in names {
            writer.write_record([defused(name), what.to_owned(), String::new(), String::new(), String::new()])?;
        }
    }
    for changed in &diff.changed {
        let later = changed.announced_for.clone().unwrap_or_default();
        let changes = defused(&changed.changes.join(", "));
        writer.write_record([defused(&changed.model), "changed".to_owned(), defused(&changed.when), later, changes])?;
    }
    finished(writer)
}
