//! The beginning of a log: which format it has, what its columns are.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::chunk::{last_line_end, last_row_end};
use super::columns::{Uses, Wanted};
use super::layout::{Layout, Unclear, block_size};
use super::read::csv::{self, Csv};
use super::read::desk::{Desk, Lexicons};
use super::read::json::{self, Json};
#[cfg(feature = "parquet")]
use super::read::parquet::Parquet;
use super::read::{Bad, Take};
use super::request::Request;
use crate::diag::{Code, Diagnostic, Place, Source};
use crate::plan::log::{Counter, Role};

/// How the records of a file are read.
#[derive(Debug)]
pub enum Reader {
    /// Rows of a table.
    Csv(Csv),
    /// JSON, a record on each line.
    Json(Json),
    /// Columns in a Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Parquet),
}

/// What the beginning of a file says.
pub struct Look {
    /// How the rest is read.
    pub reader: Reader,
    /// Bytes that belong to no record.
    pub used: usize,
    /// Lines of those.
    pub lines: u64,
    /// The time of the first request, as far as one was seen.
    pub first_time: Option<i64>,
}

/// Lines of a JSON log that are looked at for keys.
const LOOKED_AT: usize = 1_000;
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

impl Reader {
    /// The columns.
    pub fn layout(&self) -> &Layout {
        match self {
            Self::Csv(csv) => csv.layout(),
            Self::Json(json) => json.layout(),
            #[cfg(feature = "parquet")]
            Self::Parquet(parquet) => parquet.layout(),
        }
    }

    /// The end of the last whole record in `text`, which begins at one.
    pub fn last_end(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Csv(csv) => last_row_end(text, csv.delimiter()),
            Self::Json(_) => last_line_end(text),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => None,
        }
    }

    /// The same without the columns that a run does not look at.
    ///
    /// # Errors
    /// A column that it needs and that is not there.
    pub fn narrowed(self, uses: Uses) -> Result<Self, Unclear> {
        Ok(match self {
            Self::Csv(csv) => Self::Csv(csv.narrowed(uses)?),
            Self::Json(json) => Self::Json(json.narrowed(uses)?),
            #[cfg(feature = "parquet")]
            Self::Parquet(parquet) => Self::Parquet(parquet.narrowed(uses)?),
        })
    }

    /// Reads all records of a chunk; how many lines there were.
    pub fn read(&self, chunk: &[u8], desk: &mut Desk<'_>, out: &mut impl Take) -> u64 {
        match self {
            Self::Csv(csv) => csv.read(chunk, desk, out),
            Self::Json(json) => json.read(chunk, desk, out),
            // Its rows are in groups, not in chunks of bytes.
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => 0,
        }
    }
}

/// Looks at `text`, the beginning of a file; all of it where the file `ended`.
///
/// # Errors
/// An empty file, columns that cannot be told.
pub fn look(
    name: &str,
    text: &[u8],
    ended: bool,
    wanted: &Wanted,
    lexicons: &Lexicons,
) -> Result<Look, Box<Diagnostic>> {
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let rest = text.get(mark..).unwrap_or_default();
    let Some(first) = rest.trim_ascii_start().first() else {
        let found = Diagnostic::without_place(Code::Empty, format!("{name} is empty"));
        return Err(Box::new(
            found.help("a log has a header and a row for each request, or a JSON object on each line"),
        ));
    };
    let mut found = match first {
        b'{' => json_lines(name, rest, wanted)?,
        _ => table(name, rest, ended, wanted)?,
    };
    found.used += mark;
    found.first_time = finish(&mut found.reader, text.get(found.used..).unwrap_or_default(), lexicons);
    Ok(found)
}

fn table(name: &str, text: &[u8], ended: bool, wanted: &Wanted) -> Result<Look, Box<Diagnostic>> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = |span, message: String, label: &str| {
        let shown = String::from_utf8_lossy(line.get(..line.len().min(4_000)).unwrap_or(line)).into_owned();
        let source = Arc::new(Source { name: name.to_owned(), text: shown, first_line: 1 });
        let (start, end): (usize, usize) = span;
        Diagnostic::at(Code::LogColumns, &Place::new(&source, start, end), message, label)
    };
    let whole = (0, line.len());
    let delimiter = csv::delimiter_of(line);
    let (names, used) = csv::header(text, delimiter).map_err(|(span, why)| {
        Box::new(header(span, format!("the header of {name} cannot be read"), &why.to_string()))
    })?;
    let number = |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if names.iter().any(number) {
        let found =
            header(whole, format!("the first line of {name} is no header"), "names of columns are expected here");
        return Err(Box::new(found.help("put a line with the names of the columns before it")));
    }
    for (index, column) in names.iter().enumerate() {
        if !column.is_empty() && names.iter().take(index).any(|known| known == column) {
            let found = header(whole, format!("two columns of {name} are called `{column}`"), "in this header");
            return Err(Box::new(found.help("rename one of them")));
        }
    }
    let rows = text.get(used..).unwrap_or_default();
    let sample = csv::sample(rows, delimiter, ended, names.len());
    let mut all = names.clone();
    let mut inner: Vec<(String, String)> = Vec::new();
    for (column, cell) in names.iter().enumerate().filter_map(|(at, name)| Some((name, sample.get(at)?))) {
        if cell.starts_with('{') {
            let found = json::paths(cell.as_bytes(), 1);
            inner.extend(found.into_iter().map(|(path, value)| (format!("{column}.{path}"), value)));
        }
    }
    all.extend(inner.iter().map(|(path, _)| path.clone()));
    let first = |column: &str| {
        let of_table = names.iter().position(|name| name == column).and_then(|at| sample.get(at).cloned());
        of_table.or_else(|| inner.iter().find(|(path, _)| path == column).map(|(_, value)| value.clone()))
    };
    let layout = Layout::of(&all, names.len(), wanted, first).map_err(|unclear| {
        let at = unclear.column.as_ref().and_then(|column| {
            let text = String::from_utf8_lossy(line);
            text.find(column.as_str()).map(|start| (start, start + column.len()))
        });
        Box::new(with_help(header(at.unwrap_or(whole), unclear.message.clone(), "in these columns"), &unclear))
    })?;
    let lines = memchr::memchr_iter(b'\n', text.get(..used).unwrap_or_default()).count() as u64;
    Ok(Look { reader: Reader::Csv(Csv::new(layout, names.len(), delimiter)), used, lines, first_time: None })
}

fn json_lines(name: &str, text: &[u8], wanted: &Wanted) -> Result<Look, Box<Diagnostic>> {
    let whole = last_line_end(text).and_then(|end| text.get(..end)).unwrap_or(text);
    let paths = json::paths(whole, LOOKED_AT);
    let names: Vec<String> = paths.iter().map(|(path, _)| path.clone()).collect();
    let first = |path: &str| paths.iter().find(|(known, _)| known == path).map(|(_, value)| value.clone());
    let layout = Layout::of(&names, 0, wanted, first).map_err(|unclear| {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let shown = String::from_utf8_lossy(line.get(..line.len().min(4_000)).unwrap_or(line)).into_owned();
        let source = Arc::new(Source { name: name.to_owned(), text: shown, first_line: 1 });
        let place = Place::new(&source, 0, line.len());
        let found = Diagnostic::at(Code::LogColumns, &place, unclear.message.clone(), "records like this one");
        Box::new(with_help(found, &unclear))
    })?;
    Ok(Look { reader: Reader::Json(Json::new(layout)), used: 0, lines: 0, first_time: None })
}

fn with_help(found: Diagnostic, unclear: &Unclear) -> Diagnostic {
    unclear.help.iter().fold(found, |found, help| found.help(help.clone()))
}

/// Looks at the end of a Parquet file.
///
/// # Errors
/// A file that is no sound one, columns that cannot be told.
#[cfg(feature = "parquet")]
pub fn look_at_parquet(
    name: &str,
    path: &std::path::Path,
    wanted: &Wanted,
    lexicons: &Lexicons,
) -> Result<Look, Box<Diagnostic>> {
    let failed = |said: String| Box::new(Diagnostic::without_place(Code::Unreadable, format!("{name} {said}")));
    let schema = crate::replay::read::parquet::open(path).map_err(failed)?;
    let mut wanted = wanted.clone();
    let first = |column: &str| {
        let at = schema.names.iter().position(|known| known == column)?;
        schema.first.get(at).cloned()
    };
    let timed = |column: &str| schema.time_of(column);
    let layout = loop {
        match Layout::of(&schema.names, schema.names.len(), &wanted, first) {
            Ok(layout) => break layout,
            Err(unclear) => {
                // A column whose type says how it counts time needs no first value.
                let form = unclear.column.as_deref().and_then(timed).filter(|_| wanted.log.time.is_none());
                match form {
                    Some(form) => wanted.log.time = Some(form),
                    None => {
                        let found = Diagnostic::without_place(Code::LogColumns, format!("{name}: {}", unclear.message));
                        return Err(Box::new(with_help(found, &unclear)));
                    }
                }
            }
        }
    };
    let mut reader = Reader::Parquet(Parquet::new(layout, path, &schema));
    let mut first_time = None;
    if let Reader::Parquet(parquet) = &reader {
        let mut desk = Desk::new(lexicons);
        let mut first = First { prompts: Vec::new(), time: None, all: false };
        for group in 0..parquet.groups() {
            parquet.read(group, &mut desk, &mut first, |_, _| ControlFlow::Continue(())).map_err(failed)?;
            first_time = first.time;
            if first_time.is_some() {
                break;
            }
        }
    }
    finish(&mut reader, &[], lexicons);
    Ok(Look { reader, used: 0, lines: 0, first_time })
}

/// Turns constants into handles, finds the block size, where nobody states it, and the time of the first request.
fn finish(reader: &mut Reader, rows: &[u8], lexicons: &Lexicons) -> Option<i64> {
    let mut desk = Desk::new(lexicons);
    let needs_block = reader.layout().has(Role::Blocks) && reader.layout().rules.block.is_none();
    let whole = reader.last_end(rows).and_then(|end| rows.get(..end)).unwrap_or(rows);
    let mut first = First { prompts: Vec::new(), time: None, all: needs_block };
    reader.read(whole, &mut desk, &mut first);
    let block = if needs_block { block_size(&first.prompts) } else { None };
    let layout = match reader {
        Reader::Csv(csv) => csv.layout_mut(),
        Reader::Json(json) => json.layout_mut(),
        #[cfg(feature = "parquet")]
        Reader::Parquet(parquet) => parquet.layout_mut(),
    };
    if let Some(size) = block {
        layout.rules.block = Some(size);
        layout.assumptions.push(format!("a block has {size} tokens: the only size that fits the first prompts"));
    }
    desk.prepare(&mut layout.rules);
    first.time
}

/// The first requests of a log.
struct First {
    /// Prompts and their numbers of blocks.
    prompts: Vec<(u64, u64)>,
    time: Option<i64>,
    /// Whether more than one is looked at.
    all: bool,
}

impl Take for First {
    fn request(&mut self, request: &Request, blocks: &[u64], _: u64) -> ControlFlow<()> {
        self.time = self.time.or(Some(request.time));
        self.prompts.push((request.count(Counter::Input), blocks.len() as u64));
        if self.all { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn other(&mut self) {}

    fn bad(&mut self, _: Bad) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
