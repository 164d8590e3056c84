//! What the command line adds to a scenario.

use std::path::PathBuf;

/// What the command line adds to a scenario.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// `--set path=value`, in order.
    pub set: Vec<String>,
    /// `--as-of DATE`
    pub as_of: Option<String>,
    /// `--prices FILE`, in order.
    pub prices: Vec<PathBuf>,
}
