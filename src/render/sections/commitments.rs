//! What was promised to providers or paid in advance, and what of it is used.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{CommitmentReport, Report};

/// The commitments in all strategies; nothing where there is none.
pub(in super::super) fn commitments(report: &Report, view: &View) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        for (index, each) in strategy.commitments.iter().enumerate() {
            let name = if index == 0 { strategy.name.as_str() } else { "" };
            rows.push(row(report, name, each, view));
        }
    }
    if rows.is_empty() {
        return None;
    }
    let title = format!("Committed spend, per {}", view.period.name());
    let columns = vec![
        Column::text("Strategy"),
        Column::text("With"),
        Column::text("kind").spare(2),
        Column::number("committed"),
        Column::number("used"),
        Column::number("unused").spare(1),
        Column::number("adds"),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "commitments", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

fn row(report: &Report, name: &str, each: &CommitmentReport, view: &View) -> Row {
    let amount = |per_month| {
        let amount = report.per(view.period, per_month);
        Cell::number(&amount, money(report, &amount))
    };
    let cells = vec![
        name.into(),
        each.of.as_str().into(),
        each.kind.as_str().into(),
        amount(&each.committed_per_month),
        amount(&each.spend_per_month),
        amount(&each.unused_per_month),
        amount(&each.adds_per_month),
    ];
    Row { cells, share: None, strong: false }
}
