//! Two results of `risk` side by side.

use super::comparison::signed;
use super::csv::{defused, finished};
use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::analysis::risk::RiskChange;
use crate::units::{Exact, display};

/// As a table.
pub fn risk_change(found: &RiskChange, look: Look) -> String {
    let money = |value: &Exact| {
        let value = if value.abs() >= Exact::from(1_000) { value.round(0) } else { value.round(2) };
        display::money(&value, &found.currency).replace(".00", "")
    };
    let facts = format!("{} against {}: the mean of a month, ± its standard error", found.head, found.base);
    let mut out = format!("{}\n\n", look.dim(look.paragraph("", &harmless(&facts)).trim_end()));
    let row = |one: &crate::analysis::risk::MeanChange| {
        let cells = vec![
            harmless(&one.name),
            money(&one.base_mean),
            money(&one.head_mean),
            format!("{} ± {}", signed(&one.change, &money), display::number(&one.standard_error.significant(2), 0)),
            if one.is_real { "real" } else { "within the error" }.to_owned(),
            format!("{} → {}", money(&one.base_p90), money(&one.head_p90)),
        ];
        (cells, Exact::ZERO)
    };
    let columns = vec![
        Column::text("Strategy"),
        Column::number("mean was"),
        Column::number("is"),
        Column::number("change"),
        Column::text("difference"),
        Column::number("P90").spare(1),
    ];
    let rows = found.strategies.iter().map(row).collect();
    out.push_str(&Sheet { columns, rows, least_bar: 1, widest_bar: 0 }.draw(look));
    if !look.quiet {
        let words = "Real: more than two standard errors of the difference. It says that the means differ, not that every month will: the spread of \
                     each result is in its percentiles.";
        out.push_str(&look.paragraph("- ", words));
        for name in &found.only_in_one {
            out.push_str(&look.paragraph("- ", &harmless(&format!("{name} is in one of them only"))));
        }
    }
    out
}

/// One row per strategy.
///
/// # Errors
/// None that these values can raise.
pub fn csv_of_risk_change(found: &RiskChange) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "strategy",
        "base_mean",
        "head_mean",
        "change",
        "standard_error",
        "real",
        "base_p90",
        "head_p90",
        "currency",
    ])?;
    for one in &found.strategies {
        writer.write_record([
            defused(&one.name),
            one.base_mean.to_string(),
            one.head_mean.to_string(),
            one.change.to_string(),
            one.standard_error.to_string(),
            if one.is_real { "yes" } else { "no" }.to_owned(),
            one.base_p90.to_string(),
            one.head_p90.to_string(),
            defused(&found.currency),
        ])?;
    }
    finished(writer)
}
