//! What prompt caches do.

use super::super::block::{Block, Cell, Column, Row, Section, Table};
use super::{View, money, spare};
use crate::report::{PrefixCacheReport, Report};
use crate::units::display;

/// The prompt caches of all strategies; nothing where none uses one.
pub(in super::super) fn prompt_caches(report: &Report, view: &View) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        for (index, each) in strategy.prefix_caches.iter().enumerate() {
            let name = if index == 0 { strategy.name.as_str() } else { "" };
            rows.push(row(report, name, each, view));
        }
    }
    if rows.is_empty() {
        return None;
    }
    let title = "Prompt caches".to_owned();
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Model"),
        Column::number("read").spare(3),
        Column::number("of all input").spare(1),
        Column::number("pays above").spare(2),
        Column::number(format!("saves per {}", view.period.name())),
    ];
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "prompt-caches", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

fn row(report: &Report, name: &str, each: &PrefixCacheReport, view: &View) -> Row {
    let share = |share| Cell::number(share, display::percent(share, 1));
    let saves = report.per(view.period, &each.saves_per_month);
    let model = match &each.ttl {
        Some(ttl) => format!("{}, {ttl}", each.model),
        None => each.model.clone(),
    };
    let cells = vec![
        name.into(),
        model.into(),
        share(&each.hit_share_of_cacheable_tokens),
        share(&each.hit_share_of_input_tokens),
        each.break_even_hit_share.as_ref().map_or_else(Cell::none, share),
        Cell::number(&saves, money(report, &saves)),
    ];
    Row { cells, share: None, strong: false }
}
