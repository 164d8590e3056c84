//! Logs cut into chunks that begin and end at records, for threads to take in turn.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use memchr::{memchr, memchr_iter, memrchr};

use super::columns::{Uses, Wanted};
use super::layout::{Layout, Unclear};
use super::open::{self, Reader};
use super::read::desk::Lexicons;
use crate::diag::{Code, Diagnostic};
use crate::input::{LogFile, Opened, Stream};
use crate::plan::log::{Role, TimeForm};

/// A record beyond this is refused: 16 MiB.
pub const LONGEST_RECORD: usize = 16 << 20;
/// Bytes looked at before it is said that a log has no known columns.
const LONGEST_LOOK: usize = 8 << 20;

/// Where chunks come from.
pub struct Source<'a> {
    files: VecDeque<(usize, LogFile)>,
    current: Option<Open>,
    sequence: u64,
    size: usize,
    wanted: &'a Wanted,
    uses: Uses,
    lexicons: &'a Lexicons,
    progress: Arc<AtomicU64>,
    /// What was decided for the user about the files so far.
    assumptions: Vec<String>,
}

/// The file at hand.
enum Open {
    Text(Current),
    #[cfg(feature = "parquet")]
    Parquet {
        index: usize,
        reader: Arc<Reader>,
        group: usize,
    },
}

/// A text file at hand.
struct Current {
    index: usize,
    name: String,
    stream: Stream,
    reader: Arc<Reader>,
    /// Bytes read and not given away.
    carry: Vec<u8>,
    /// Lines before those bytes, as far as the opening used some.
    lines: u64,
    ended: bool,
}

/// A chunk of a file.
#[derive(Debug)]
pub struct Chunk {
    /// Its place in the order of all chunks, from 0.
    pub sequence: u64,
    /// The position of its file.
    pub file: usize,
    /// How it is read; `None` where that could not be told.
    pub reader: Option<Arc<Reader>>,
    /// What there is to read.
    pub work: Work,
    /// Lines that were used before its first one and belong to no chunk.
    pub lines_before: u64,
    /// What has to be said of it.
    pub remark: Option<Remark>,
}

/// A chunk that does not exist, in its place, and why.
pub type Failed = (Chunk, Box<Diagnostic>);

/// What the first file offers.
#[derive(Clone, Debug)]
pub struct First {
    /// Every role of its columns.
    pub roles: Vec<Role>,
    /// How it writes times.
    pub time: Option<TimeForm>,
    /// Whether one request stands in several records.
    pub repeats: bool,
    /// Tokens of a block.
    pub block: Option<u64>,
    /// The form it was recognised as.
    pub preset: Option<&'static str>,
    /// When its first request came.
    pub first_time: Option<i64>,
}

/// What a thread has to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Work {
    /// The bytes in its buffer.
    Bytes,
    /// A group of rows of a Parquet file.
    Group(usize),
}

/// How a file ended, where that is worth a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Remark {
    /// Without a line end behind its last row.
    NoLineEnd,
    /// In the middle of a row that was still being written.
    StillWritten,
}

/// A buffer of a thread. Its bytes stay initialised, so that nothing is cleared for each chunk.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// An empty one for chunks of about `size` bytes.
    pub fn new(size: usize) -> Self {
        Self { bytes: vec![0; size], filled: 0 }
    }

    /// What is in it.
    pub fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    fn set(&mut self, bytes: &[u8]) {
        if self.bytes.len() < bytes.len() {
            self.bytes.resize(bytes.len(), 0);
        }
        if let Some(slot) = self.bytes.get_mut(..bytes.len()) {
            slot.copy_from_slice(bytes);
        }
        self.filled = bytes.len();
    }

    /// Reads until `target` bytes are there or the stream ends; whether it ended.
    fn fill(&mut self, stream: &mut Stream, target: usize) -> Result<bool, String> {
        if self.bytes.len() < target {
            self.bytes.resize(target, 0);
        }
        while self.filled < target {
            let length = stream.read(self.bytes.get_mut(self.filled..target).unwrap_or_default())?;
            if length == 0 {
                return Ok(true);
            }
            self.filled += length;
        }
        Ok(false)
    }
}

impl<'a> Source<'a> {
    /// Chunks of about `size` bytes of these files, in their order.
    pub fn new(
        files: &[LogFile],
        size: usize,
        wanted: &'a Wanted,
        lexicons: &'a Lexicons,
        progress: &Arc<AtomicU64>,
    ) -> Self {
        let files = files.iter().cloned().enumerate().collect();
        let (uses, progress) = (Uses::ALL, Arc::clone(progress));
        Self { files, current: None, sequence: 0, size, wanted, uses, lexicons, progress, assumptions: Vec::new() }
    }

    /// Opens the first file and says what it offers.
    ///
    /// # Errors
    /// As [`Source::next`].
    pub fn start(&mut self) -> Result<First, Box<Diagnostic>> {
        let mut first_time = None;
        if let Some((index, file)) = self.files.pop_front() {
            match file.open(&self.progress)? {
                Opened::Text(stream) => {
                    let (current, time) = self.begin(index, &file, stream)?;
                    (self.current, first_time) = (Some(Open::Text(current)), time);
                }
                Opened::Parquet(path) => first_time = self.begin_parquet(index, &file, &path)?,
            }
        }
        let layout = self.current.as_ref().map(|current| current.reader().layout());
        Ok(First {
            roles: layout.map(Layout::roles).unwrap_or_default(),
            time: layout.and_then(|layout| layout.rules.time),
            repeats: layout.is_some_and(|layout| layout.rules.repeats),
            block: layout.and_then(|layout| layout.rules.block),
            preset: layout.and_then(|layout| layout.preset).map(|preset| preset.title),
            first_time,
        })
    }

    /// Passes over the columns that a run does not look at.
    ///
    /// # Errors
    /// A column that it needs and that is not there.
    pub fn narrow(&mut self, uses: Uses) -> Result<(), Box<Diagnostic>> {
        self.uses = uses;
        if let Some(current) = self.current.take() {
            self.assumptions.clone_from(&current.reader().layout().assumptions);
            self.current = Some(current.narrowed(uses)?);
        }
        Ok(())
    }

    /// What was decided for the user about the files.
    pub fn assumptions(&self) -> &[String] {
        &self.assumptions
    }

    /// The next chunk, its bytes in `buffer`; `None` behind the last one.
    ///
    /// # Errors
    /// A file that cannot be read or whose columns cannot be told.
    pub fn next(&mut self, buffer: &mut Buffer) -> Result<Option<Chunk>, Failed> {
        let found = self.next_of_any(buffer);
        let sequence = self.sequence;
        self.sequence += 1;
        match found {
            Ok(chunk) => Ok(chunk.map(|chunk| Chunk { sequence, ..chunk })),
            Err((file, problem)) => {
                (self.current, self.files) = (None, VecDeque::new());
                let chunk = Chunk { sequence, file, reader: None, work: Work::Bytes, lines_before: 0, remark: None };
                Err((chunk, problem))
            }
        }
    }

    fn next_of_any(&mut self, buffer: &mut Buffer) -> Result<Option<Chunk>, (usize, Box<Diagnostic>)> {
        loop {
            if let Some(current) = &mut self.current {
                let (index, size) = (current.index(), self.size);
                if let Some(chunk) = current.next(buffer, size).map_err(|problem| (index, problem))? {
                    return Ok(Some(chunk));
                }
                self.current = None;
            }
            let Some((index, file)) = self.files.pop_front() else { return Ok(None) };
            self.open_next(index, &file).map_err(|problem| (index, problem))?;
        }
    }

    fn open_next(&mut self, index: usize, file: &LogFile) -> Result<(), Box<Diagnostic>> {
        match file.open(&self.progress)? {
            Opened::Text(stream) => {
                let (current, _) = self.begin(index, file, stream)?;
                self.current = Some(Open::Text(current).narrowed(self.uses)?);
            }
            Opened::Parquet(path) => {
                self.begin_parquet(index, file, &path)?;
                if let Some(current) = self.current.take() {
                    self.current = Some(current.narrowed(self.uses)?);
                }
            }
        }
        Ok(())
    }

    /// Looks at the beginning of a file.
    fn begin(
        &self,
        index: usize,
        file: &LogFile,
        mut stream: Stream,
    ) -> Result<(Current, Option<i64>), Box<Diagnostic>> {
        let mut buffer = Buffer::new(self.size);
        let mut target = self.size;
        loop {
            let ended = buffer.fill(&mut stream, target).map_err(|said| unreadable(&file.name, &said))?;
            let text = buffer.filled();
            match open::look(&file.name, text, ended, self.wanted, self.lexicons) {
                Err(_) if !ended && target < LONGEST_LOOK => target *= 2,
                Err(problem) => return Err(problem),
                Ok(found) => {
                    let carry = text.get(found.used..).unwrap_or_default().to_vec();
                    let (reader, lines) = (Arc::new(found.reader), found.lines);
                    let name = file.name.clone();
                    return Ok((Current { index, name, stream, reader, carry, lines, ended }, found.first_time));
                }
            }
        }
    }

    #[cfg(feature = "parquet")]
    fn begin_parquet(&mut self, index: usize, file: &LogFile, path: &Path) -> Result<Option<i64>, Box<Diagnostic>> {
        let found = open::look_at_parquet(&file.name, path, self.wanted, self.lexicons)?;
        self.current = Some(Open::Parquet { index, reader: Arc::new(found.reader), group: 0 });
        Ok(found.first_time)
    }

    #[cfg(not(feature = "parquet"))]
    fn begin_parquet(&mut self, _: usize, file: &LogFile, _: &Path) -> Result<Option<i64>, Box<Diagnostic>> {
        let found = Diagnostic::without_place(Code::NotSupported, format!("{} is a Parquet file", file.name));
        Err(Box::new(found.help("this program was built without the feature `parquet`")))
    }
}

impl Open {
    fn reader(&self) -> &Reader {
        match self {
            Self::Text(current) => &current.reader,
            #[cfg(feature = "parquet")]
            Self::Parquet { reader, .. } => reader,
        }
    }

    fn index(&self) -> usize {
        match self {
            Self::Text(current) => current.index,
            #[cfg(feature = "parquet")]
            Self::Parquet { index, .. } => *index,
        }
    }

    fn narrowed(self, uses: Uses) -> Result<Self, Box<Diagnostic>> {
        let narrow = |reader: Arc<Reader>, name: &str| {
            // Nobody else reads the file yet.
            let reader = Arc::into_inner(reader).ok_or_else(|| unreadable(name, "is being read already"))?;
            reader.narrowed(uses).map(Arc::new).map_err(|unclear| unclear_columns(name, &unclear))
        };
        Ok(match self {
            Self::Text(current) => {
                let reader = narrow(current.reader, &current.name)?;
                Self::Text(Current { reader, ..current })
            }
            #[cfg(feature = "parquet")]
            Self::Parquet { index, reader, group } => {
                let reader = narrow(reader, "the Parquet file")?;
                Self::Parquet { index, reader, group }
            }
        })
    }

    fn next(&mut self, buffer: &mut Buffer, size: usize) -> Result<Option<Chunk>, Box<Diagnostic>> {
        match self {
            Self::Text(current) => current.next(buffer, size),
            #[cfg(feature = "parquet")]
            Self::Parquet { index, reader, group } => {
                let Reader::Parquet(parquet) = reader.as_ref() else { return Ok(None) };
                if *group >= parquet.groups() {
                    return Ok(None);
                }
                *group += 1;
                let (file, reader) = (*index, Some(Arc::clone(reader)));
                let work = Work::Group(*group - 1);
                Ok(Some(Chunk { sequence: 0, file, reader, work, lines_before: 0, remark: None }))
            }
        }
    }
}

impl Current {
    /// The next chunk of the file.
    fn next(&mut self, buffer: &mut Buffer, size: usize) -> Result<Option<Chunk>, Box<Diagnostic>> {
        buffer.set(&self.carry);
        self.carry.clear();
        let mut target = size.max(buffer.filled.saturating_add(1));
        let mut remark = None;
        loop {
            if !self.ended {
                self.ended = buffer.fill(&mut self.stream, target).map_err(|said| unreadable(&self.name, &said))?;
            }
            let text = buffer.filled();
            if self.ended {
                if text.last().is_some_and(|byte| *byte != b'\n') {
                    remark = Some(if self.stream.has_grown() { Remark::StillWritten } else { Remark::NoLineEnd });
                }
                if remark == Some(Remark::StillWritten) {
                    buffer.filled = self.reader.last_end(buffer.filled()).unwrap_or(0);
                }
                break;
            }
            if let Some(end) = self.reader.last_end(text) {
                self.carry.extend_from_slice(text.get(end..).unwrap_or_default());
                buffer.filled = end;
                break;
            }
            if text.len() >= LONGEST_RECORD {
                return Err(too_long(&self.name, text));
            }
            target = target.saturating_mul(2).min(LONGEST_RECORD);
        }
        if buffer.filled == 0 && remark.is_none() {
            return Ok(None);
        }
        let lines_before = std::mem::take(&mut self.lines);
        let (file, reader) = (self.index, Some(Arc::clone(&self.reader)));
        Ok(Some(Chunk { sequence: 0, file, reader, work: Work::Bytes, lines_before, remark }))
    }
}

fn unclear_columns(name: &str, unclear: &Unclear) -> Box<Diagnostic> {
    let found = Diagnostic::without_place(Code::LogColumns, format!("{name}: {}", unclear.message));
    Box::new(unclear.help.iter().fold(found, |found, help| found.help(help.clone())))
}

fn unreadable(name: &str, said: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::without_place(Code::Unreadable, format!("{name} {said}")))
}

/// Which line it is on is not known before all those in front of it are read.
fn too_long(name: &str, text: &[u8]) -> Box<Diagnostic> {
    let start = String::from_utf8_lossy(text.get(..60).unwrap_or(text)).into_owned();
    let message = format!("a record of {name} is longer than {} MiB; it begins with `{start}`", LONGEST_RECORD >> 20);
    let found = Diagnostic::without_place(Code::BadRow, message);
    Box::new(found.help("a line end is missing, or a quote that is opened is never closed"))
}

/// The end of the last line of `text`, its line end included.
pub fn last_line_end(text: &[u8]) -> Option<usize> {
    memrchr(b'\n', text).map(|end| end + 1)
}

/// The end of the last row of a table in `text`, which begins at a row: line ends inside of quotes end nothing. Only a
/// quote at the beginning of a cell opens one, as for the reader of rows.
pub fn last_row_end(text: &[u8], delimiter: u8) -> Option<usize> {
    if memchr(b'"', text).is_none() {
        return last_line_end(text);
    }
    let mut open: Option<usize> = None;
    let mut skip = None;
    // Where the last quoted cell ended: rows behind it end at line ends.
    let mut outside_from = 0;
    let mut last = None;
    for at in memchr_iter(b'"', text) {
        if skip == Some(at) {
            skip = None;
            continue;
        }
        match open {
            None => {
                let begins_cell = at == 0 || text.get(at - 1).is_some_and(|byte| *byte == delimiter || *byte == b'\n');
                if begins_cell {
                    let outside = text.get(outside_from..at).unwrap_or_default();
                    last = last_line_end(outside).map(|end| outside_from + end).or(last);
                    open = Some(at);
                }
            }
            Some(_) if text.get(at + 1) == Some(&b'"') => skip = Some(at + 1),
            Some(_) => {
                open = None;
                outside_from = at + 1;
            }
        }
    }
    if open.is_none() {
        let outside = text.get(outside_from..).unwrap_or_default();
        last = last_line_end(outside).map(|end| outside_from + end).or(last);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_of_quotes_only() {
        for (text, end) in [
            ("a,b\nc,d\ne", Some(8)),
            ("a,\"b\nc\"\nd", Some(8)),
            ("a,\"b\nc", None),
            ("a\n\"b\nc", Some(2)),
            ("a,\"b\"\"\n\"\"c\"\nd,", Some(12)),
            ("5\" pipe,1\n6\" pipe,2\n7", Some(20)),
            ("\"a\"\n\"b\"", Some(4)),
            ("", None),
        ] {
            assert_eq!(last_row_end(text.as_bytes(), b','), end, "{text:?}");
        }
    }
}
