//! Where something stands: a source text and a range in it.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A text that was read: a file, standard input or a `--set`.
#[derive(PartialEq, Eq, Debug)]
pub struct Source {
    /// How people know it: the path as they gave it, `<stdin>`, `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The line number of the first line (a part of a larger file starts later), from 1.
    pub first_line: usize,
}

/// A range of a source text.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The text it lies in.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// Byte after the last one; never before `start`.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The range `start..end` of `source`, widened to whole characters and cut to the text.
    pub fn new(source: &Arc<Source>, start: usize, end: usize) -> Self {
        let text = &source.text;
        let start = floor(text, start);
        let end = floor(text, end).max(start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let lines = before.bytes().filter(|b| *b == b'\n').count();
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        Self {
            source: Arc::clone(source),
            start,
            end,
            line: source.first_line.saturating_add(lines),
            column: column.saturating_add(1),
        }
    }

    /// As [`Place::new`], where a parser has counted lines and columns already.
    pub fn counted(source: &Arc<Source>, range: std::ops::Range<usize>, line: usize, column: usize) -> Self {
        let start = floor(&source.text, range.start);
        let end = floor(&source.text, range.end).max(start);
        let line = source.first_line.saturating_add(line).saturating_sub(1);
        Self { source: Arc::clone(source), start, end, line, column }
    }

    /// The text in this range.
    pub fn text(&self) -> &str {
        self.source.text.get(self.start..self.end).unwrap_or_default()
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

/// `file:line:column`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.name, self.line, self.column)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |place: &Self| (place.source.name.clone(), place.line, place.column, place.end);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
