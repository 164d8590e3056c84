//! Request logs: files by name or pattern, opened for reading from front to back, unpacked on the way.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::diag::{Code, Diagnostic};

/// A log, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogFile {
    /// How people know it.
    pub name: String,
    /// Where it is; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Bytes when it was found; 0 where that is not known.
    pub size: u64,
}

/// A log that is being read.
pub enum Opened {
    /// Text, unpacked.
    Text(Stream),
    /// A Parquet file, which is read from its end.
    Parquet(PathBuf),
}

/// Text of a log, up to the length that its file had when it was opened.
pub struct Stream {
    bytes: Box<dyn Read + Send>,
    grows: Option<(PathBuf, u64)>,
    packed: Option<&'static str>,
}

/// First bytes of packed files.
const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
const PARQUET: &[u8] = b"PAR1";
const ZIP: &[u8] = b"PK\x03\x04";
const LONGEST_MAGIC: usize = 4;
/// Window of a zstd frame that is still unpacked: 128 MiB, what the command line tool accepts.
const LARGEST_WINDOW: u32 = 27;

/// The files that `patterns` mean: names, patterns with `*`, `?` and `[...]`, `-` for standard input; in the order given,
/// those of a pattern by name.
///
/// # Errors
/// A name that is no file, a pattern that matches nothing.
pub fn log_files(patterns: &[String]) -> Result<Vec<LogFile>, Vec<Diagnostic>> {
    let mut found: Vec<LogFile> = Vec::new();
    let mut problems = Vec::new();
    for pattern in patterns {
        if pattern == "-" {
            found.push(LogFile { name: "<stdin>".to_owned(), path: None, size: 0 });
            continue;
        }
        let path = PathBuf::from(pattern);
        if path.exists() || !pattern.contains(['*', '?', '[']) {
            match file(path) {
                Ok(file) => found.push(file),
                Err(problem) => problems.push(*problem),
            }
            continue;
        }
        let matched = glob::glob(pattern).map(|paths| paths.filter_map(Result::ok).filter(|path| path.is_file()));
        let before = found.len();
        match matched {
            Err(error) => {
                problems
                    .push(Diagnostic::without_place(Code::Unreadable, format!("`{pattern}` is no pattern: {error}")));
                continue;
            }
            Ok(paths) => {
                for path in paths {
                    match file(path) {
                        Ok(file) => found.push(file),
                        Err(problem) => problems.push(*problem),
                    }
                }
            }
        }
        if found.len() == before && problems.is_empty() {
            problems.push(Diagnostic::without_place(Code::Unreadable, format!("no file matches `{pattern}`")));
        }
    }
    for (index, file) in found.iter().enumerate() {
        if found.iter().take(index).any(|other| other == file) {
            let twice = format!("{} is named twice: its requests would count twice", file.name);
            problems.push(Diagnostic::without_place(Code::DuplicateName, twice));
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn file(path: PathBuf) -> Result<LogFile, Box<Diagnostic>> {
    let name = path.display().to_string();
    if path.is_dir() {
        let found = Diagnostic::without_place(Code::Unreadable, format!("{name} is a folder"));
        return Err(Box::new(found.help(format!("name its files: `{name}/*`"))));
    }
    let meta = std::fs::metadata(&path).map_err(|error| Box::new(super::files::unreadable(&path, &name, &error)))?;
    Ok(LogFile { name, path: Some(path), size: if meta.is_file() { meta.len() } else { 0 } })
}

impl LogFile {
    /// Opens it. Bytes read from it, still packed, are added to `progress`.
    ///
    /// # Errors
    /// A file that cannot be read, or of a kind that is no log.
    pub fn open(&self, progress: &Arc<AtomicU64>) -> Result<Opened, Box<Diagnostic>> {
        let Some(path) = &self.path else {
            return self.unpacked(Counted::boxed(io::stdin(), progress), None, None);
        };
        let failed = |error: &io::Error| Box::new(super::files::unreadable(path, &self.name, error));
        let file = File::open(path).map_err(|error| failed(&error))?;
        let meta = file.metadata().map_err(|error| failed(&error))?;
        if !meta.is_file() {
            return self.unpacked(Counted::boxed(file, progress), None, None);
        }
        // A log that is being written to is read up to here.
        let bounded = Bounded { inner: file, left: meta.len() };
        self.unpacked(Counted::boxed(bounded, progress), Some((path.clone(), meta.len())), Some(path))
    }

    fn unpacked(
        &self,
        mut bytes: Box<dyn Read + Send>,
        grows: Option<(PathBuf, u64)>,
        path: Option<&Path>,
    ) -> Result<Opened, Box<Diagnostic>> {
        let mut magic = Vec::new();
        let failed = |error: io::Error| {
            Box::new(Diagnostic::without_place(Code::Unreadable, format!("{} cannot be read: {error}", self.name)))
        };
        (&mut bytes).take(LONGEST_MAGIC as u64).read_to_end(&mut magic).map_err(failed)?;
        let refused = |what: &str, help: &str| {
            let found = Diagnostic::without_place(Code::Unreadable, format!("{} is {what}", self.name));
            Err(Box::new(found.help(help)))
        };
        if magic == PARQUET {
            return match path {
                Some(path) => Ok(Opened::Parquet(path.to_owned())),
                None => refused("a Parquet file in a pipe", "a Parquet file is read from its end: name the file"),
            };
        }
        if magic == ZIP {
            return refused("a zip archive", "unpack it, or pack the log with gzip or zstd");
        }
        if magic.starts_with(&[0xFF, 0xFE]) || magic.starts_with(&[0xFE, 0xFF]) {
            return refused("UTF-16 text", "save it as UTF-8");
        }
        let whole = Cursor::new(magic.clone()).chain(bytes);
        let (bytes, packed): (Box<dyn Read + Send>, _) = if magic.starts_with(GZIP) {
            (Box::new(flate2::read::MultiGzDecoder::new(whole)), Some("gzip"))
        } else if magic == ZSTD {
            let mut unpacker = zstd::stream::read::Decoder::new(whole).map_err(failed)?;
            unpacker.window_log_max(LARGEST_WINDOW).map_err(failed)?;
            (Box::new(unpacker), Some("zstd"))
        } else {
            (Box::new(whole), None)
        };
        Ok(Opened::Text(Stream { bytes, grows, packed }))
    }
}

impl Stream {
    /// Reads on; 0 at the end.
    ///
    /// # Errors
    /// A disk or pipe that fails, packed data that is damaged or cut, in words.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        loop {
            return match self.bytes.read(buffer) {
                Ok(length) => Ok(length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(match (error.kind(), self.packed) {
                    (io::ErrorKind::UnexpectedEof, Some(packed)) => {
                        format!("ends in the middle of its {packed} data: it was cut")
                    }
                    (io::ErrorKind::UnexpectedEof, None) => "became shorter while it was read".to_owned(),
                    (_, Some(packed)) => format!("holds damaged {packed} data: {error}"),
                    (_, None) => format!("cannot be read: {error}"),
                }),
            };
        }
    }

    /// Whether the file is longer now than it was when it was opened.
    pub fn has_grown(&self) -> bool {
        let now = |path: &PathBuf| std::fs::metadata(path).map(|meta| meta.len());
        self.grows.as_ref().is_some_and(|(path, then)| now(path).is_ok_and(|now| now > *then))
    }
}

/// A file up to a length; that it ends before is an error.
struct Bounded {
    inner: File,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let length = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(length as u64);
        Ok(length)
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read + Send + 'static> Counted<R> {
    fn boxed(inner: R, count: &Arc<AtomicU64>) -> Box<dyn Read + Send> {
        Box::new(Self { inner, count: Arc::clone(count) })
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
