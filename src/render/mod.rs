//! Renderers: the report as bytes, one file per format. They format and never compute.

pub mod chart;
mod csv;
mod explain;
mod json;
mod style;
mod table;

pub use self::csv::{csv, csv_of_checks};
pub use explain::explanations;
pub use json::json;
pub use style::Look;
pub use table::{checks, table};
