//! Several results side by side, one of them the reference.

use super::comparison::{signed, signed_percent};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::comparison::{Contender, SideBySide};
use crate::units::{Exact, display};

/// What each strategy costs in each result, and how many times the reference that is.
pub fn side_by_side(found: &SideBySide, look: Look) -> String {
    let facts = format!("{}, per month, against {}", found.currency, found.reference);
    let mut out = format!("{}\n", look.bold(&harmless(&found.name)));
    out.push_str(&look.dim(look.paragraph("", &harmless(&facts)).trim_end()));
    out.push_str("\n\n");
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Scenario"),
        Column::number("per month"),
        Column::number("change").spare(2),
        Column::number("").spare(3),
        Column::number("ratio"),
    ];
    let mut last = "";
    let mut rows = Vec::new();
    for row in &found.rows {
        let name = if row.strategy == last { String::new() } else { harmless(&row.strategy) };
        last = &row.strategy;
        rows.push((cells(name, row, &found.currency), row.relative_cost.clone()));
    }
    out.push_str(&Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look));
    if !look.quiet {
        for note in &found.notes {
            out.push_str(&look.paragraph("- ", &harmless(note)));
        }
    }
    out
}

fn cells(name: String, row: &Contender, currency: &str) -> Vec<String> {
    let money = |amount: &_| display::money(amount, currency);
    let or = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    let change = row.change_per_month.as_ref().map(|change| signed(change, &money));
    vec![
        name,
        harmless(&row.label),
        or(row.per_month.as_ref().map(money), "-"),
        if row.is_reference { "reference".to_owned() } else { or(change, "-") },
        or(row.change_percent.as_ref().map(signed_percent), ""),
        or(row.ratio.as_ref().map(times), "-"),
    ]
}

/// `0.92x`; more digits of what is less than a tenth.
fn times(ratio: &Exact) -> String {
    let is_small = ratio.leading_zeros() > 0 && *ratio < Exact::ONE;
    format!("{}x", if is_small { display::number(ratio, 2) } else { display::grouped(&ratio.to_fixed(2)) })
}
