//! Files become values that remember where they stand. Only this room and the command line touch the file system.

mod difference;
mod fields;
mod files;
pub mod json;
mod logs;
mod merge;
mod node;
mod overlay;
mod revision;
mod scalars;
mod table;
mod yaml;

pub use difference::{Difference, differences};
pub use fields::{Fields, not_supported, wrong_shape};
pub use files::{Files, Input, read_file, read_input, read_lengths, read_report, read_table};
pub use json::Json;
pub use logs::{LogFile, Opened, Stream, log_files};
pub use node::{Key, Node, Value};
pub use overlay::{apply_set, merge};
pub use revision::Revision;
pub use scalars::{choice, date, plain, refused, word, yes_or_no};
pub use table::{Row, Table};
pub use yaml::{parse, parse_flow};
