//! When tuned models have paid for their training.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{FineTuneReport, Report};
use crate::units::display;

/// The tuned models of all strategies; nothing where there is none.
pub(in super::super) fn fine_tunes(report: &Report, view: &View) -> Option<Section> {
    let tuned = report.strategies.iter().filter_map(|strategy| Some((strategy, strategy.fine_tune.as_ref()?)));
    let rows: Vec<Row> = tuned.map(|(strategy, each)| row(report, &strategy.name, each, view)).collect();
    if rows.is_empty() {
        return None;
    }
    let title = "Fine-tuning".to_owned();
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Model"),
        Column::number("training"),
        Column::number(format!("ready per {}", view.period.name())).spare(2),
        Column::number("saves per call"),
        Column::number("paid after calls"),
        Column::number("days").spare(1),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "fine-tuning", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

fn row(report: &Report, name: &str, each: &FineTuneReport, view: &View) -> Row {
    let hosting = report.per(view.period, &each.hosting_per_month);
    // A tuned call that is dearer pays after no number of them.
    let never = || if each.saves_per_call.is_some() { "never".into() } else { Cell::none() };
    let cells = vec![
        name.into(),
        each.model.as_str().into(),
        Cell::number(&each.training, money(report, &each.training)),
        Cell::number(&hosting, money(report, &hosting)),
        each.saves_per_call.as_ref().map_or_else(Cell::none, |saves| Cell::number(saves, money(report, saves))),
        each.break_even_calls.as_ref().map_or_else(never, |calls| Cell::number(calls, display::count(&calls.ceil()))),
        each.break_even_days.as_ref().map_or_else(Cell::none, |days| Cell::number(days, display::number(days, 1))),
    ];
    Row { cells, share: None, strong: false }
}
