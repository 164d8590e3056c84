//! Renderers: the report as bytes, one file per format. They format and never compute.

mod break_even;
mod break_even_chart;
pub mod chart;
mod csv;
mod deployments;
mod explain;
mod json;
mod replay;
mod sheet;
mod style;
mod table;

pub use self::csv::{csv, csv_of_break_evens, csv_of_checks};
pub use break_even::break_evens;
pub use break_even_chart::break_even_chart;
pub use explain::explanations;
pub use json::{json, json_of};
pub use replay::{csv_of_replay, replay};
pub use style::Look;
pub use table::{checks, table};
