//! Rate limits that are passed.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::spare;
use crate::report::{LimitReport, RateReport, Report};
use crate::units::display;

/// The limits that a strategy passes at its peak; nothing where all of them hold.
pub(in super::super) fn exceeded_limits(report: &Report) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        let mut name = strategy.name.as_str();
        for limit in &strategy.limits {
            for rate in limit.rates.iter().filter(|rate| !rate.fits) {
                rows.push(row(std::mem::take(&mut name), limit, rate));
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    let title = "Rate limits that are passed, per minute".to_owned();
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Model"),
        Column::text("of"),
        Column::number("mean").spare(1),
        Column::number("peak"),
        Column::number("limit"),
        Column::number("comes above it"),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "limits", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

fn row(name: &str, limit: &LimitReport, rate: &RateReport) -> Row {
    let count = |value: &crate::units::Exact| Cell::number(value, display::count(&value.round(1)));
    let cells = vec![
        name.into(),
        limit.model.as_str().into(),
        rate.what.replace('_', " ").into(),
        count(&rate.mean_per_minute),
        count(&rate.peak_per_minute),
        count(&rate.limit_per_minute),
        Cell::number(&limit.overflow_share, display::percent(&limit.overflow_share, 1)),
    ];
    Row { cells, share: None, strong: false }
}
