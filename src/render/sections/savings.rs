//! Which lever saves how much.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{LeverSaving, Report, StrategyReport};

/// What each lever saves in the order in which a request meets them.
pub(in super::super) fn waterfall(report: &Report, strategies: &[&StrategyReport], view: &View) -> Option<Section> {
    let title = "What each lever saves, in the order in which a request meets them";
    table(report, strategies, view, ("waterfall", title), |strategy| &strategy.waterfall)
}

/// What each lever saves on average over all orders.
pub(in super::super) fn shapley(report: &Report, strategies: &[&StrategyReport], view: &View) -> Option<Section> {
    let title = "What each lever saves, on average over all orders (Shapley)";
    table(report, strategies, view, ("shapley", title), |strategy| &strategy.shapley)
}

fn table(
    report: &Report,
    strategies: &[&StrategyReport],
    view: &View,
    (name, title): (&'static str, &str),
    of: impl Fn(&StrategyReport) -> &Vec<LeverSaving>,
) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in strategies {
        for (index, saving) in of(strategy).iter().enumerate() {
            let whose = if index == 0 { strategy.name.clone() } else { String::new() };
            let amount = report.per(view.period, &saving.saves_per_month);
            let cells = vec![
                whose.into(),
                saving.lever.replace('_', " ").into(),
                Cell::number(&amount, money(report, &amount)),
            ];
            rows.push(Row { cells, share: None, strong: false });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let saves = format!("saves per {}", view.period.name());
    let columns = vec![Column::text("Strategy"), Column::text("Lever"), Column::number(saves)];
    let table = Table { caption: title.to_owned(), columns, rows, bars: None };
    Some(Section { name, title: title.to_owned(), spare: spare::SAVINGS, blocks: vec![Block::Table(table)] })
}
