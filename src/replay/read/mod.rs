//! Bytes of a log become requests: formats, cells, and what is wrong with them.

pub mod csv;
pub mod desk;
pub mod json;
pub mod number;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod time;
pub mod why;

use std::ops::ControlFlow;

use super::request::Request;
use why::Why;

/// Who takes what is read, row by row.
pub trait Take {
    /// A request; `line` counts from the beginning of the chunk. `Break` ends the reading.
    fn request(&mut self, request: &Request, blocks: &[u64], line: u64) -> ControlFlow<()>;

    /// A record that is no request.
    fn other(&mut self);

    /// A row that cannot be read; `Break` ends the reading.
    fn bad(&mut self, bad: Bad) -> ControlFlow<()>;
}

/// A row that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bad {
    /// Lines before it, in the chunk.
    pub line: u64,
    /// What is wrong.
    pub why: Why,
    /// The column it is wrong in, by name.
    pub column: Option<String>,
    /// The row, or the part around the place.
    pub text: String,
    /// The place in `text`, in bytes.
    pub span: (usize, usize),
    /// Bytes of the row before `text`.
    pub cut: usize,
}

/// Bytes of a row that are shown around a place.
const SHOWN: usize = 400;

impl Bad {
    /// A problem of `row` at the bytes `span`.
    pub fn new(line: u64, row: &[u8], span: (usize, usize), column: Option<&str>, why: Why) -> Self {
        let from = if row.len() > 2 * SHOWN { span.0.saturating_sub(SHOWN) } else { 0 };
        let to = row.len().min(span.1.saturating_add(SHOWN).max(2 * SHOWN).min(from + 4 * SHOWN));
        let shown = row.get(from..to).unwrap_or_default();
        // Every byte that is no text becomes one sign, so that the place stays right up to here.
        let before = String::from_utf8_lossy(shown.get(..span.0 - from).unwrap_or_default()).len();
        let within = shown.get(span.0.saturating_sub(from)..span.1.min(to).saturating_sub(from)).unwrap_or_default();
        let length = String::from_utf8_lossy(within).len();
        Self {
            line,
            why,
            column: column.map(str::to_owned),
            text: String::from_utf8_lossy(shown).into_owned(),
            span: (before, before + length),
            cut: from,
        }
    }
}
