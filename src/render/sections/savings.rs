//! Who saved what.

use super::super::block::{Bars, Block, Cell, Column, Item, Row, Section, Table, Tone};
use super::{View, money, spare};
use crate::report::{Interaction, LeverSaving, Report, StrategyReport};
use crate::units::Exact;

/// Interactions told of one strategy.
const MOST_TOLD: usize = 2;

/// What each lever of `strategies` saves; nothing where none differs from the baseline in several.
pub(in super::super) fn savings(report: &Report, strategies: &[&StrategyReport], view: &View) -> Option<Section> {
    let told = || strategies.iter().filter(|strategy| strategy.waterfall.len() > 1);
    let rows: Vec<Row> = told().flat_map(|strategy| rows(report, strategy, view)).collect();
    if rows.is_empty() {
        return None;
    }
    let title = format!("Who saved what, per {}", view.period.name());
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Lever"),
        Column::number("in this order"),
        Column::number("on average").spare(1),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: Some(Bars { least: 4, widest: 24 }) };
    let mut blocks = vec![Block::Table(table)];
    let items: Vec<Item> = told().flat_map(|strategy| interactions(report, strategy, view)).collect();
    blocks.extend((!items.is_empty()).then_some(Block::Items(items)));
    Some(Section { name: "savings", title, spare: spare::SAVINGS, blocks })
}

fn rows(report: &Report, strategy: &StrategyReport, view: &View) -> Vec<Row> {
    let most = strategy.waterfall.iter().map(|one| &one.saves_per_month).max().cloned().unwrap_or(Exact::ZERO);
    let amount = |one: &LeverSaving| {
        let amount = report.per(view.period, &one.saves_per_month);
        Cell::number(&amount, money(report, &amount))
    };
    let row = |(index, one): (usize, &LeverSaving)| Row {
        cells: vec![
            if index == 0 { strategy.name.as_str() } else { "" }.into(),
            one.lever.replace('_', " ").into(),
            amount(one),
            strategy.shapley.get(index).map_or_else(Cell::none, amount),
        ],
        share: Some(one.saves_per_month.checked_div(&most).unwrap_or(Exact::ZERO).max(Exact::ZERO)),
        strong: false,
    };
    strategy.waterfall.iter().enumerate().map(row).collect()
}

fn interactions(report: &Report, strategy: &StrategyReport, view: &View) -> Vec<Item> {
    let told = |one: &Interaction| {
        let [first, second] = one.levers.each_ref().map(|lever| lever.replace('_', " "));
        let (how, what) = match one.saves_more_per_month.is_negative() {
            true => ("overlap", "less"),
            false => ("help each other", "more"),
        };
        let amount = money(report, &report.per(view.period, &one.saves_more_per_month.abs()));
        let text = format!(
            "{}: {first} and {second} {how}: together they save {amount} {} {what} than apart",
            strategy.name,
            super::a(view.period),
        );
        Item { tone: Tone::Plain, text: text.into() }
    };
    strategy.interactions.iter().take(MOST_TOLD).map(told).collect()
}
