//! How good the answers are, what a right one costs, and what each step of a cascade does.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{CascadeStepReport, Report, StrategyReport};
use crate::units::{Exact, display};

/// The steps of all cascades; nothing where there is none.
pub(in super::super) fn cascades(report: &Report, view: &View) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        let mut name = strategy.name.as_str();
        for step in &strategy.cascade_steps {
            rows.push(step_row(report, std::mem::take(&mut name), step, view));
        }
    }
    let title = format!("Steps of cascades, per {}", view.period.name());
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Model"),
        Column::number("calls/day").spare(2),
        Column::number("per call").spare(1),
        Column::number("stops"),
        Column::number("pays from"),
        Column::number("saves"),
    ];
    section("cascades", title, columns, rows)
}

fn step_row(report: &Report, name: &str, step: &CascadeStepReport, view: &View) -> Row {
    let saves = report.per(view.period, &step.saves_per_month);
    let percent = |share: &Exact| Cell::number(share, display::percent(share, 1));
    // The last step has nobody to go on to: there is nothing that it could save.
    let is_last = step.accept_rate == Exact::ONE;
    let cells = vec![
        name.into(),
        step.model.as_str().into(),
        Cell::number(&step.calls_per_day, display::count(&step.calls_per_day.round(1))),
        step.cost_per_call.as_ref().map_or_else(Cell::none, |cost| Cell::number(cost, money(report, cost))),
        percent(&step.accept_rate),
        step.break_even_accept_rate.as_ref().map_or_else(Cell::none, percent),
        if is_last { Cell::none() } else { Cell::number(&saves, money(report, &saves)) },
    ];
    Row { cells, share: None, strong: false }
}

/// Qualities and what a right answer costs; nothing where none is stated.
pub(in super::super) fn qualities(report: &Report) -> Option<Section> {
    let row = |strategy: &StrategyReport| {
        let quality = strategy.quality.as_ref()?;
        let paid = strategy.cost.per_accepted_answer.as_ref();
        let cells = vec![
            strategy.name.as_str().into(),
            Cell::number(quality, display::percent(quality, 2)),
            paid.map_or_else(Cell::none, |cost| Cell::number(cost, money(report, cost))),
            Cell::number(&strategy.cost.per_request, money(report, &strategy.cost.per_request)),
        ];
        Some(Row { cells, share: Some(quality.clone()), strong: false })
    };
    let rows = report.strategies.iter().filter_map(row).collect();
    let columns = vec![
        Column::text("Strategy"),
        Column::number("right answers"),
        Column::number("per right answer"),
        Column::number("per request").spare(1),
    ];
    section("quality", "How good the answers are".to_owned(), columns, rows)
}

fn section(name: &'static str, title: String, columns: Vec<Column>, rows: Vec<Row>) -> Option<Section> {
    if rows.is_empty() {
        return None;
    }
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name, title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}
