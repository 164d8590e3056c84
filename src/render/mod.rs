//! Renderers: the report as bytes, one file per format. They format and never compute.

mod break_even;
mod break_even_chart;
pub mod chart;
mod csv;
mod deployments;
mod explain;
mod imported;
mod json;
mod lint;
mod price;
mod prices;
mod savings;
mod sheet;
mod size;
mod size_csv;
mod style;
mod table;

pub use self::csv::{csv, csv_of_break_evens, csv_of_checks};
pub use break_even::break_evens;
pub use break_even_chart::break_even_chart;
pub use explain::explanations;
pub use imported::{csv_of_imported, imported};
pub use json::{any_json, json};
pub use lint::{LintReport, csv_of_lint, lint, lint_json};
pub use price::{csv_of_receipt, receipt};
pub use prices::{
    csv_of_cards, csv_of_price_diff, csv_of_price_rows, price_details, price_diff, price_diff_json, price_history,
    price_rows, price_rows_json,
};
pub use size::sizes;
pub use size_csv::{csv_of_cases, csv_of_sizes};
pub use style::Look;
pub use table::{checks, table};
