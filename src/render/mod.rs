//! Renderers: the report as bytes, one file per format. They format and never compute.

mod block;
mod break_even_chart;
pub mod chart;
mod comparison;
mod csv;
mod explain;
mod fit;
mod focus;
mod forecast;
mod github;
mod html;
mod imported;
mod json;
mod junit;
mod lint;
mod markdown;
mod metrics;
mod names;
mod optimize;
mod planned;
mod price;
mod prices;
mod report_charts;
mod risk;
mod risk_change;
mod sections;
mod sheet;
mod side_by_side;
mod size;
mod size_csv;
mod style;
mod sweep;
mod table;
mod terminal;

pub use self::comparison::{comparison, verdict};
pub use self::csv::{CsvColumns, csv, csv_of_break_evens, csv_of_checks, csv_of_comparisons};
pub use break_even_chart::{Comparison, Stairs, Today, break_even_chart, break_even_load_chart};
pub use explain::{explanations, explanations_in_markdown};
pub use focus::{FocusVersion, focus};
pub use forecast::csv_of_forecasts;
pub use github::{GITHUB_COMMENT, github};
pub use html::html;
pub use imported::{csv_of_imported, imported};
pub use json::{any_json, json};
pub use junit::junit;
pub use lint::{LintReport, csv_of_lint, lint, lint_json};
pub use markdown::markdown;
pub use metrics::gitlab_metrics;
pub use optimize::csv_of_optima;
pub use planned::{Planned, planned_chart, planned_html, planned_markdown, planned_table};
pub use price::{csv_of_receipt, receipt};
pub use prices::{
    csv_of_cards, csv_of_price_diff, csv_of_price_rows, price_details, price_diff, price_diff_json, price_history,
    price_rows, price_rows_json,
};
pub use report_charts::{Named, charts};
pub use risk::{csv_of_risks, markdown_of_risk, risk};
pub use risk_change::{csv_of_risk_change, risk_change};
pub use sections::{Face, View};
pub use side_by_side::side_by_side;
pub use size::sizes;
pub use size_csv::{csv_of_cases, csv_of_sizes};
pub use style::Look;
pub use sweep::csv_of_sweeps;
pub use table::{break_evens, checks, table};
