//! What runs of the deployments, as a table.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::{DeploymentReport, Report};
use crate::units::{Exact, display};

/// The deployments of all strategies; nothing where none uses one.
pub(super) fn deployments(report: &Report, look: Look) -> Option<String> {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        for (index, each) in strategy.deployments.iter().enumerate() {
            let name = if index == 0 { harmless(&strategy.name) } else { String::new() };
            let used = each.utilization.as_ref().map_or_else(|| "-".to_owned(), |share| display::percent(share, 1));
            let hours = display::count(&each.hours_per_day);
            let cells = vec![name, harmless(&each.deployment), at_peak(each), hours, used, remarks(each)];
            rows.push((cells, each.utilization.clone().unwrap_or(Exact::ZERO)));
        }
    }
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Deployment"),
        Column::text("at peak"),
        Column::number("hours/day"),
        Column::number("used"),
        Column::text("bought").spare(1),
    ];
    (!rows.is_empty()).then(|| Sheet { columns, rows, least_bar: 4, widest_bar: 16 }.draw(look))
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
