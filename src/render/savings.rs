//! Who saved what, as a table.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::{LeverSaving, Report, StrategyReport};
use crate::units::{Exact, display};

/// Interactions told of one strategy.
const MOST_TOLD: usize = 2;

/// What each lever of the strategies saves; nothing where no strategy differs from the baseline in several.
pub(super) fn savings(report: &Report, look: Look) -> Option<String> {
    let told: Vec<&StrategyReport> = report.strategies.iter().filter(|strategy| strategy.waterfall.len() > 1).collect();
    let money = |amount: &Exact| display::money(amount, &report.currency);
    let mut rows = Vec::new();
    for strategy in &told {
        let most = strategy.waterfall.iter().map(|one| &one.saves_per_month).max().cloned().unwrap_or(Exact::ZERO);
        for (index, one) in strategy.waterfall.iter().enumerate() {
            let name = if index == 0 { harmless(&strategy.name) } else { String::new() };
            let mean = strategy.shapley.get(index).map_or_else(|| "-".to_owned(), |one| money(&one.saves_per_month));
            let cells = vec![name, spoken(one), money(&one.saves_per_month), mean];
            let share = one.saves_per_month.checked_div(&most).unwrap_or(Exact::ZERO).max(Exact::ZERO);
            rows.push((cells, share));
        }
    }
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Lever"),
        Column::number("in this order"),
        Column::number("on average").spare(1),
    ];
    let mut out = (!rows.is_empty()).then(|| Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look))?;
    for strategy in told {
        for one in strategy.interactions.iter().take(MOST_TOLD) {
            let [first, second] = one.levers.each_ref().map(|lever| lever.replace('_', " "));
            let (how, what) =
                if one.saves_more_per_month.is_negative() { ("overlap", "less") } else { ("help each other", "more") };
            let text = format!(
                "{}: {first} and {second} {how}: together they save {} a month {what} than apart",
                harmless(&strategy.name),
                money(&one.saves_more_per_month.abs()),
            );
            out.push_str(&look.paragraph("- ", &text));
        }
    }
    Some(out)
}

fn spoken(saving: &LeverSaving) -> String {
    saving.lever.replace('_', " ")
}
