//! What is searched for each request, and what that costs beside the context that it brings.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{Report, RetrievalReport};
use crate::units::display;

/// The corpora of all strategies; nothing where none is searched.
pub(in super::super) fn retrievals(report: &Report, view: &View) -> Option<Section> {
    let searched = report.strategies.iter().filter_map(|strategy| Some((strategy, strategy.retrieval.as_ref()?)));
    let rows: Vec<Row> = searched.map(|(strategy, each)| row(report, &strategy.name, each, view)).collect();
    if rows.is_empty() {
        return None;
    }
    let period = view.period.name();
    let title = "Retrieval".to_owned();
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Embeds").spare(2),
        Column::number("chunks"),
        Column::number("index"),
        Column::number("GB stored").spare(3),
        Column::number("context").spare(1),
        Column::number(format!("all per {period}")),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "retrieval", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

fn row(report: &Report, name: &str, each: &RetrievalReport, view: &View) -> Row {
    let all = report.per(view.period, &each.per_month);
    let cells = vec![
        name.into(),
        each.model.as_str().into(),
        Cell::number(&each.chunks, display::count(&each.chunks.ceil())),
        Cell::number(&each.index_cost, money(report, &each.index_cost)),
        each.stored_gb.as_ref().map_or_else(Cell::none, |gb| Cell::number(gb, display::number(gb, 2))),
        Cell::number(&each.context_tokens, display::count(&each.context_tokens.round(1))),
        Cell::number(&all, money(report, &all)),
    ];
    Row { cells, share: None, strong: false }
}
