//! Renderers: the report as bytes, one file per format. They format and never compute.

mod break_even;
mod break_even_chart;
pub mod chart;
mod comparison;
mod csv;
mod deployments;
mod explain;
mod json;
mod risk;
mod savings;
mod sheet;
mod side_by_side;
mod size;
mod size_csv;
mod style;
mod table;

pub use self::comparison::{comparison, verdict};
pub use self::csv::{csv, csv_of_break_evens, csv_of_checks, csv_of_comparisons};
pub use break_even::break_evens;
pub use break_even_chart::{Comparison, Stairs, Today, break_even_chart, break_even_load_chart};
pub use explain::explanations;
pub use json::json;
pub use risk::{csv_of_risks, markdown_of_risk, risk};
pub use side_by_side::side_by_side;
pub use size::sizes;
pub use size_csv::{csv_of_cases, csv_of_sizes};
pub use style::Look;
pub use table::{checks, table};
