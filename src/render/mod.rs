//! Renderers: the report as bytes, one file per format. They format and never compute.

mod block;
mod break_even_chart;
pub mod chart;
mod csv;
mod explain;
mod fit;
mod focus;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod metrics;
mod names;
mod sections;
mod sheet;
mod size;
mod size_csv;
mod style;
mod table;
mod terminal;

pub use self::csv::{CsvColumns, csv, csv_of_break_evens, csv_of_checks};
pub use break_even_chart::break_even_chart;
pub use explain::{explanations, explanations_in_markdown};
pub use focus::{FocusVersion, focus};
pub use github::{GITHUB_COMMENT, github};
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::{Face, markdown};
pub use metrics::gitlab_metrics;
pub use sections::View;
pub use size::sizes;
pub use size_csv::{csv_of_cases, csv_of_sizes};
pub use style::Look;
pub use table::{break_evens, checks, table};
