//! Files become values that remember where they stand. Only this room and the command line touch the file system.

mod fields;
mod files;
mod logs;
mod node;
mod overlay;
mod scalars;
mod yaml;

pub use fields::{Fields, not_supported, wrong_shape};
pub use files::{Input, read_file, read_input};
pub use logs::{LogFile, Opened, Stream, log_files};
pub use node::{Key, Node, Value};
pub use overlay::{apply_set, merge};
pub use scalars::{choice, date, plain, refused, word, yes_or_no};
pub use yaml::{parse, parse_flow};
