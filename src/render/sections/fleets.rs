//! What runs of the deployments.

use super::super::block::{Bars, Block, Cell, Column, Row, Section, Table};
use super::spare;
use crate::report::{DeploymentReport, Report};
use crate::units::{Exact, display};

/// The deployments of all strategies; nothing where none uses one.
pub(in super::super) fn fleets(report: &Report) -> Option<Section> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        for (index, each) in strategy.deployments.iter().enumerate() {
            let name = if index == 0 { strategy.name.clone() } else { String::new() };
            let used = each.utilization.as_ref();
            let cells = vec![
                name.into(),
                each.deployment.clone().into(),
                Cell::number(&each.at_peak, at_peak(each)),
                Cell::number(&each.hours_per_day, display::count(&each.hours_per_day)),
                used.map_or_else(Cell::none, |share| Cell::number(share, display::percent(share, 1))),
                remarks(each).into(),
            ];
            rows.push(Row { cells, share: Some(used.cloned().unwrap_or(Exact::ZERO)), strong: false });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Deployment"),
        Column::text("at peak"),
        Column::number("hours/day"),
        Column::number("used"),
        Column::text("bought").spare(1),
    ];
    let title = "What runs".to_owned();
    let table = Table { caption: title.clone(), columns, rows, bars: Some(Bars { least: 4, widest: 16 }) };
    Some(Section { name: "fleets", title, spare: spare::FLEETS, blocks: vec![Block::Table(table)] })
}

/// `3 replicas`
fn at_peak(each: &DeploymentReport) -> String {
    let plural = if each.at_peak == Exact::ONE { "" } else { "s" };
    format!("{} {}{plural}", display::count(&each.at_peak), each.what)
}

fn remarks(each: &DeploymentReport) -> String {
    let mut parts: Vec<String> = each
        .bought
        .iter()
        .map(|bought| match each.bought.len() {
            1 => bought.purchase.replace('_', " "),
            _ => format!("{} {} h", bought.purchase.replace('_', " "), display::count(&bought.hours_per_day)),
        })
        .collect();
    let share = |share: &Option<Exact>, what: &str| {
        share.as_ref().filter(|share| !share.is_zero()).map(|share| format!("{} {what}", display::percent(share, 1)))
    };
    parts.extend(share(&each.cold_start_share, "wait for a start"));
    parts.extend(share(&each.overflow_share, "overflow"));
    parts.join(", ")
}
