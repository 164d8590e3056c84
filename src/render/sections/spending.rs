//! Where the money of each strategy goes.

use super::super::block::{Bars, Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{BreakdownPart, Report, StrategyReport};
use crate::units::display;

/// The bill of each of `strategies` by who answers and what else it pays.
pub(in super::super) fn spending(report: &Report, strategies: &[&StrategyReport], view: &View) -> Section {
    let mut rows = Vec::new();
    for strategy in strategies {
        for (index, part) in strategy.breakdown.iter().enumerate() {
            let name = if index == 0 { strategy.name.clone() } else { String::new() };
            let amount = report.per(view.period, &part.per_month);
            let percent = display::percent(&part.share, 1);
            let cells = vec![
                name.into(),
                item(part).into(),
                Cell::number(&amount, money(report, &amount)),
                Cell::number(&part.share, percent),
            ];
            // What is given back has no bar.
            let share = Some(part.share.clone()).filter(|share| !share.is_negative());
            rows.push(Row { cells, share, strong: false });
        }
    }
    let per_period = format!("per {}", view.period.name());
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Item"),
        Column::number(per_period.clone()),
        Column::number("share"),
    ];
    let title = format!("Where the money goes, {per_period}");
    let bars = Some(Bars { least: 4, widest: 24 });
    let table = Table { caption: title.clone(), columns, rows, bars };
    Section { name: "spending", title, spare: spare::SPENDING, blocks: vec![Block::Table(table)] }
}

/// What a part of a bill is called: the model, with the lever where that is not simply who answers.
pub(in super::super) fn item(part: &BreakdownPart) -> String {
    let item = part.item.clone();
    let batch = part.mode == "batch";
    let answers = ["model", "route", "cascade", "other"].contains(&part.lever.as_str());
    let lever = part.lever.replace('_', " ");
    match (answers, batch) {
        (true, false) => item,
        (true, true) => format!("{item} (batch)"),
        (false, _) if part.item == part.lever => lever,
        (false, false) => format!("{item} ({lever})"),
        (false, true) => format!("{item} ({lever}, batch)"),
    }
}
