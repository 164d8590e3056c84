//! Break-evens: both sides, the volumes that self-hosting wins, the answer at the workload's own volume.

use super::super::block::{Block, Cell, Column, Item, Named, Row, Section, Table, Tone};
use super::spare;
use crate::report::{BreakEvenReport, IntervalReport, PurchaseReport, Report, Wins};
use crate::units::{Exact, display};

/// Intervals listed before the rest is left to other formats.
const MOST_SHOWN: usize = 12;

/// One section per comparison.
pub(in super::super) fn break_evens(report: &Report) -> Vec<Section> {
    report.break_even.iter().map(comparison).collect()
}

fn comparison(case: &BreakEvenReport) -> Section {
    let unit = units(case);
    let mut blocks = vec![Block::Figures(figures(case, &unit))];
    blocks.extend(wins(case, &unit));
    blocks.push(Block::Paragraph(Tone::Good, verdict(case).into()));
    blocks.extend(purchases(case));
    let mut items: Vec<Item> = Vec::new();
    items.extend(case.reserved.iter().map(|term| {
        let share = display::percent(&term.worth_above_utilization, 1);
        let text =
            format!("{} pays when a replica is needed more than {share} of the time", term.term.replace('_', " "));
        Item { tone: Tone::Plain, text: text.into() }
    }));
    items.extend(
        case.warnings.iter().map(|warning| Item {
            tone: Tone::Careful,
            text: format!("[{}] {}", warning.code, warning.message).into(),
        }),
    );
    items.extend(case.assumptions.iter().map(|text| Item { tone: Tone::Plain, text: text.clone().into() }));
    blocks.push(Block::Items(items));
    let title = format!("{} against {}, in {unit} an hour", case.api, case.deployment);
    Section { name: "break-even", title, spare: spare::BREAK_EVEN, blocks }
}

/// `output tokens`
fn units(case: &BreakEvenReport) -> String {
    format!("{}s", case.unit.replace('_', " "))
}

fn usd(amount: &Exact) -> String {
    display::money(amount, "USD")
}

fn count(volume: &Exact) -> String {
    display::grouped(&volume.to_fixed(volume.decimals().map_or(2, |d| d.min(2))))
}

/// What self-hosting is compared with, in a word.
fn other(case: &BreakEvenReport) -> String {
    if case.against == "deployment" { case.api.clone() } else { "API".to_owned() }
}

/// The side that is compared, in a sentence: where both are hosted, by its name.
fn own(case: &BreakEvenReport) -> String {
    if case.against == "deployment" { case.deployment.clone() } else { "self-hosting".to_owned() }
}

fn figures(case: &BreakEvenReport, unit: &str) -> Vec<Named> {
    let row =
        |name: &str, amount: &Exact, meaning: String| Named { name: name.to_owned(), amount: usd(amount), meaning };
    let takes = count(&case.capacity_per_replica_per_hour);
    let step = &case.step;
    let others = if case.against == "deployment" { format!("{}, full", case.api) } else { other(case) };
    let full =
        if case.against == "deployment" { format!("{}, full", case.deployment) } else { "self-hosted, full".into() };
    let mut rows = vec![
        row(&others, &case.api_per_million, format!("per 1M {unit}")),
        row(&full, &case.self_hosted_full_load_per_million, format!("per 1M {unit}")),
        row(
            &format!("one {step}"),
            &case.replica_per_hour,
            format!("an hour for a {step}, which takes {takes} {unit}"),
        ),
    ];
    if !case.fixed_per_hour.is_zero() {
        rows.push(row("operations", &case.fixed_per_hour, "an hour, whatever the load".to_owned()));
    }
    rows
}

fn interval(win: &IntervalReport) -> String {
    match &win.to_per_hour {
        Some(to) if win.from_per_hour.is_zero() => format!("up to {}", count(to)),
        Some(to) => format!("{} to {}", count(&win.from_per_hour), count(to)),
        None => format!("above {}, for good", count(&win.from_per_hour)),
    }
}

fn wins(case: &BreakEvenReport, unit: &str) -> Vec<Block> {
    if case.self_hosted_cheaper.is_empty() {
        let text = match &*case.against {
            "deployment" => format!("{} is never cheaper than {}.", case.deployment, case.api),
            _ => format!("Self-hosting is never cheaper: a full {} costs no less than the API.", case.step),
        };
        return vec![Block::Paragraph(Tone::Plain, text.into())];
    }
    let own = if case.against == "deployment" { &case.deployment } else { "Self-hosting" };
    if let ([win], false) = (case.self_hosted_cheaper.as_slice(), case.truncated) {
        let from = count(&win.from_per_hour);
        let text = match &win.to_per_hour {
            Some(_) if win.from_per_hour.is_zero() => format!("{own} is cheaper {} {unit} an hour.", interval(win)),
            Some(_) => format!("{own} is cheaper from {} {unit} an hour.", interval(win)),
            None => format!("{own} is cheaper above {from} {unit} an hour, for good."),
        };
        return vec![Block::Paragraph(Tone::Plain, text.into())];
    }
    let text = format!("{own} is cheaper at these volumes of {unit} an hour:");
    let mut lines: Vec<String> = case.self_hosted_cheaper.iter().take(MOST_SHOWN).map(interval).collect();
    if case.self_hosted_cheaper.len() > MOST_SHOWN || case.truncated {
        lines.push("... more in `--format json`".to_owned());
        lines.extend(case.permanent_from_per_hour.as_ref().map(|from| format!("above {}, for good", count(from))));
    }
    let items = lines.into_iter().map(|line| Item { tone: Tone::Plain, text: line.into() }).collect();
    vec![Block::Paragraph(Tone::Plain, text.into()), Block::Items(items)]
}

fn verdict(case: &BreakEvenReport) -> String {
    let verdict = &case.verdict;
    let saved = usd(&verdict.saves_per_hour);
    let plural = if verdict.replicas == Exact::ONE { "" } else { "s" };
    format!(
        "At your {} an hour: {} {}, {} {} with {} {}{plural}; {}.",
        count(&verdict.volume_per_hour),
        other(case),
        usd(&verdict.api_per_hour),
        if case.against == "deployment" { &case.deployment } else { "self-hosted" },
        usd(&verdict.self_hosted_per_hour),
        display::count(&verdict.replicas),
        case.step,
        match &*verdict.cheaper {
            "self_hosted" => format!("{} saves {saved} an hour", own(case)),
            "api" if case.against == "deployment" => format!("{} saves {saved} an hour", case.api),
            "api" => format!("the API saves {saved} an hour"),
            _ => "both cost the same".to_owned(),
        },
    )
}

/// Other ways to buy, and the ends of an estimated throughput.
fn purchases(case: &BreakEvenReport) -> Option<Block> {
    let winner = |wins: &Wins| match &*wins.verdict {
        "self_hosted" => own(case),
        "api" if case.against == "deployment" => case.api.clone(),
        "api" => "the API".to_owned(),
        _ => "neither".to_owned(),
    };
    let from = |wins: &Wins| wins.permanent_from_per_hour.as_ref().map_or_else(|| "never".to_owned(), count);
    let row = |name: String, price: String, wins: &Wins| Row {
        cells: vec![
            name.into(),
            price.into(),
            count(&wins.capacity_per_replica_per_hour).into(),
            from(wins).into(),
            winner(wins).into(),
        ],
        share: None,
        strong: false,
    };
    let bought = |each: &PurchaseReport| row(each.purchase.replace('_', " "), usd(&each.replica_per_hour), &each.wins);
    let mut rows: Vec<Row> = case.purchases.iter().map(bought).collect();
    if let Some(band) = &case.band {
        let price = usd(&case.replica_per_hour);
        rows.push(row("low throughput".to_owned(), price.clone(), &band.low));
        rows.push(row("high throughput".to_owned(), price, &band.high));
    }
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("If"),
        Column::number(format!("{} an hour", case.step)),
        Column::number("takes an hour"),
        Column::number("cheaper for good above"),
        Column::text("today's winner"),
    ];
    let caption = "Break-even under other assumptions".to_owned();
    Some(Block::Table(Table { caption, columns, rows, bars: None }))
}

/// A cell that is only read.
impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
