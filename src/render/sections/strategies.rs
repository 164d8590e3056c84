//! The strategies side by side.

use super::super::block::{Bars, Block, Cell, Column, Row, Section, Table, Tone};
use super::{View, counted, money, spare};
use crate::report::{Field, Period, Report, StrategyReport};
use crate::units::{Exact, display};

/// All strategies as a table, the best one marked.
pub(in super::super) fn strategies(report: &Report, view: &View) -> Section {
    let all: Vec<&StrategyReport> = report.strategies.iter().collect();
    let more = report.omitted_strategies;
    section(report, &all, view, (more > 0).then(|| format!("{} not shown.", these_are(more))))
}

/// As many of the strategies as are read in a moment: where there are more, the cheapest ones and the baseline, and how
/// many more there are.
pub(in super::super) fn few_strategies(report: &Report, view: &View, most: usize) -> Option<Section> {
    if report.strategies.len() <= most {
        return None;
    }
    let shown = shortlist(report, most);
    let more = report.strategies.len().saturating_sub(shown.len());
    let more = u64::try_from(more).unwrap_or(u64::MAX).saturating_add(report.omitted_strategies);
    Some(section(
        report,
        &shown,
        view,
        Some(format!("The cheapest and the baseline; {} not shown here.", these_are(more))),
    ))
}

/// At most `most` of the strategies: the cheapest ones and, last, the baseline; all in their own order where they fit.
pub(in super::super) fn shortlist(report: &Report, most: usize) -> Vec<&StrategyReport> {
    let mut all: Vec<&StrategyReport> = report.strategies.iter().collect();
    if all.len() <= most {
        return all;
    }
    all.sort_by_key(|strategy| &strategy.cost.per_day);
    let is_baseline = |strategy: &&StrategyReport| strategy.name == report.baseline;
    let (shown, rest) = all.split_at_checked(most.saturating_sub(1)).unwrap_or((&all, &[]));
    let last = rest.iter().find(|strategy| is_baseline(strategy)).or_else(|| rest.first());
    shown.iter().chain(last).copied().collect()
}

/// `3 more strategies are`
fn these_are(number: u64) -> String {
    counted(number, "more strategy is", "more strategies are")
}

fn section(report: &Report, strategies: &[&StrategyReport], view: &View, note: Option<String>) -> Section {
    let chosen: Vec<(Field, u8)> = match view.fields.as_slice() {
        [] => usual_fields(report, view.period),
        fields => fields.iter().map(|field| (*field, 0)).collect(),
    };
    let row = |strategy: &StrategyReport| Row {
        cells: chosen.iter().map(|(field, _)| cell(report, strategy, *field)).collect(),
        share: Some(strategy.relative_cost.clone()),
        strong: report.best.as_ref().is_some_and(|best| best.strategy == strategy.name),
    };
    let table = Table {
        caption: format!("Cost of each strategy of {}", report.scenario.name),
        columns: chosen.iter().map(|(field, order)| column(*field).spare(*order)).collect(),
        rows: strategies.iter().copied().map(row).collect(),
        bars: Some(Bars { least: 8, widest: 40 }),
    };
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(note.map(|note| Block::Paragraph(Tone::Quiet, note.into())));
    Section { name: "strategies", title: String::new(), spare: spare::STRATEGIES, blocks }
}

/// The columns when nobody asked for others, and how soon each may go.
fn usual_fields(report: &Report, period: Period) -> Vec<(Field, u8)> {
    let mut fields = vec![(Field::Strategy, 0)];
    fields.push(match period {
        Period::Hour => (Field::PerHour, 0),
        Period::Day => (Field::PerDay, 0),
        Period::Month => (Field::PerMonth, 0),
        Period::Year => (Field::PerYear, 0),
    });
    let has = |field: Field| report.strategies.iter().any(|strategy| field.of(strategy).is_some());
    if has(Field::ListPerMonth) {
        fields.push((Field::ListPerMonth, 4));
    }
    if has(Field::Low) {
        fields.extend([(Field::Low, 5), (Field::High, 5)]);
    }
    fields.push(if period == Period::Day { (Field::PerMonth, 2) } else { (Field::PerDay, 2) });
    fields.extend([(Field::PerRequest, 3), (Field::PerMillionTokens, 1)]);
    if has(Field::Quality) {
        fields.extend([(Field::Quality, 4), (Field::PerAcceptedAnswer, 2)]);
    }
    fields.push((Field::SavingsPercent, 0));
    fields
}

fn column(field: Field) -> Column {
    match field {
        Field::Strategy => Column::text("Strategy"),
        Field::PerHour => Column::number("per hour"),
        Field::PerDay => Column::number("per day"),
        Field::PerMonth => Column::number("per month"),
        Field::PerYear => Column::number("per year"),
        Field::ListPerMonth => Column::number("list per month"),
        Field::PerRequest => Column::number("per request"),
        Field::PerMillionTokens => Column::number("per 1M tokens"),
        Field::PerAcceptedAnswer => Column::number("per right answer"),
        Field::Low => Column::number("low"),
        Field::High => Column::number("high"),
        Field::SavingsPerMonth => Column::number("saves a month"),
        Field::SavingsPercent => Column::number("saves"),
        Field::Quality => Column::number("quality"),
        Field::CallsPerDay => Column::number("calls a day"),
        Field::InputTokensPerDay => Column::number("input tokens a day"),
        Field::CachedTokensPerDay => Column::number("of them cached"),
        Field::OutputTokensPerDay => Column::number("output tokens a day"),
    }
}

fn cell(report: &Report, strategy: &StrategyReport, field: Field) -> Cell {
    if field == Field::Strategy {
        return strategy.name.clone().into();
    }
    let Some(value) = field.of(strategy) else { return Cell::none() };
    let text = match field {
        Field::SavingsPercent if strategy.name == report.baseline => "baseline".to_owned(),
        Field::SavingsPerMonth if strategy.name == report.baseline => "baseline".to_owned(),
        _ => in_words(report, field, &value),
    };
    Cell::number(&value, text)
}

fn in_words(report: &Report, field: Field, value: &Exact) -> String {
    match field {
        Field::SavingsPercent => format!("{}%", display::number(value, 1)),
        Field::Quality => display::percent(value, 1),
        _ if field.is_money() => money(report, value),
        _ => display::count(value),
    }
}
