//! Reading files whole, within limits, with errors that say what is wrong with which file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::revision::{self, Revision};
use crate::diag::{Code, Diagnostic, Place, Source};

/// Scenarios and price lists beyond this are refused: 16 MiB.
pub(super) const MOST_BYTES: u64 = 16 << 20;

/// Reports beyond this are refused: 1 GiB.
const MOST_BYTES_OF_A_REPORT: u64 = 1 << 30;

/// Where a scenario comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// `-`
    Stdin,
    /// A path.
    File(PathBuf),
    /// A path of a repository, as it was committed.
    Committed(Revision, PathBuf),
    /// A text that is already there, and the name it goes by.
    Text {
        /// As it stands in messages.
        name: String,
        /// The scenario itself.
        text: String,
    },
}

impl Input {
    /// `-` is standard input, everything else a path.
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::File(argument.into()) }
    }

    /// The folder that paths in it start from; empty for the current one.
    pub fn folder(&self) -> PathBuf {
        match self {
            Self::File(path) | Self::Committed(_, path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
            Self::Stdin | Self::Text { .. } => PathBuf::new(),
        }
    }

    /// The file that it names by a path from its folder.
    #[must_use]
    pub fn beside(&self, path: &str) -> Self {
        let path = self.folder().join(path);
        match self {
            Self::Committed(revision, _) => Self::Committed(revision.clone(), path),
            Self::File(_) | Self::Stdin | Self::Text { .. } => Self::File(path),
        }
    }

    /// Where the files that it names are read.
    pub fn files(&self) -> Files<'_> {
        match self {
            Self::Committed(revision, _) => Files::Committed(revision),
            Self::File(_) | Self::Stdin | Self::Text { .. } => Files::Disk,
        }
    }
}

/// Where files are read.
#[derive(Clone, Copy, Debug)]
pub enum Files<'a> {
    /// As they are now.
    Disk,
    /// As they were committed.
    Committed(&'a Revision),
}

impl Files<'_> {
    /// The text of the file at `path`.
    ///
    /// # Errors
    /// As [`read_input`].
    pub fn read(self, path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
        match self {
            Self::Disk => read_file(path, &path.display().to_string()),
            Self::Committed(revision) => revision.read(path),
        }
    }

    /// Whether there is a file at `path`.
    pub fn has(self, path: &Path) -> bool {
        match self {
            Self::Disk => path.is_file(),
            Self::Committed(revision) => revision.has(path),
        }
    }

    /// The one path of the file or folder at `path`; `None` where there is none.
    pub fn real(self, path: &Path) -> Option<PathBuf> {
        match self {
            Self::Disk => path.canonicalize().ok(),
            Self::Committed(_) => revision::real(path),
        }
    }

    /// What people call the file at `path`.
    pub fn label(self, path: &Path) -> String {
        match self {
            Self::Disk => path.display().to_string(),
            Self::Committed(revision) => revision.label(path),
        }
    }
}

/// Tables of requests may be larger than anything a person writes: 4 GiB.
const MOST_BYTES_OF_A_TABLE: u64 = 4 << 30;

/// Reads a table of data; `-` is standard input.
///
/// # Errors
/// As [`read_input`].
pub fn read_table(path: &Path, name: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    if path == Path::new("-") {
        return text_of("<stdin>", io::stdin().lock(), MOST_BYTES_OF_A_TABLE);
    }
    read_up_to(path, name, MOST_BYTES_OF_A_TABLE)
}

/// Reads a file or standard input.
///
/// # Errors
/// A [`Diagnostic`] when it cannot be read, is too large or is not UTF-8.
pub fn read_input(input: &Input) -> Result<Arc<Source>, Box<Diagnostic>> {
    match input {
        Input::File(path) | Input::Committed(_, path) => input.files().read(path),
        Input::Stdin => text_of("<stdin>", io::stdin().lock(), MOST_BYTES),
        Input::Text { name, text } => text_of(name, text.as_bytes(), MOST_BYTES),
    }
}

/// Reads a trace of lengths; one that is compressed (`.gz`) as what it holds.
///
/// # Errors
/// As [`read_input`].
pub fn read_lengths(input: &Input) -> Result<Arc<Source>, Box<Diagnostic>> {
    match input {
        Input::File(path) if path.extension().is_some_and(|end| end == "gz") => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Box::new(unreadable(path, &name, &error)))?;
            text_of(&name, flate2::read::MultiGzDecoder::new(file), MOST_BYTES_OF_A_REPORT)
        }
        Input::File(path) => read_up_to(path, &path.display().to_string(), MOST_BYTES_OF_A_REPORT),
        Input::Committed(..) | Input::Stdin | Input::Text { .. } => read_input(input),
    }
}

/// Reads a saved report.
///
/// # Errors
/// As [`read_input`].
pub fn read_report(input: &Input) -> Result<Arc<Source>, Box<Diagnostic>> {
    match input {
        Input::File(path) => read_up_to(path, &path.display().to_string(), MOST_BYTES_OF_A_REPORT),
        Input::Committed(_, path) => input.files().read(path),
        Input::Stdin => text_of("<stdin>", io::stdin().lock(), MOST_BYTES_OF_A_REPORT),
        Input::Text { name, text } => text_of(name, text.as_bytes(), MOST_BYTES_OF_A_REPORT),
    }
}

/// Reads the file at `path`, known to people as `name`.
///
/// # Errors
/// As [`read_input`].
pub fn read_file(path: &Path, name: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    read_up_to(path, name, MOST_BYTES)
}

fn read_up_to(path: &Path, name: &str, most: u64) -> Result<Arc<Source>, Box<Diagnostic>> {
    if path.is_dir() {
        let found = Diagnostic::without_place(Code::Unreadable, format!("{name} is a folder"));
        return Err(Box::new(found.help("name a file in it")));
    }
    let file = File::open(path).map_err(|error| Box::new(unreadable(path, name, &error)))?;
    text_of(name, file, most)
}

pub(super) fn unreadable(path: &Path, name: &str, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file {name}"),
        io::ErrorKind::PermissionDenied => format!("{name} may not be read"),
        _ => format!("{name} cannot be read: {error}"),
    };
    let found = Diagnostic::without_place(Code::Unreadable, message);
    let near = neighbours(path);
    let wanted = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    found.help_if(crate::diag::suggest::did_you_mean(&wanted, near.iter().map(String::as_str)))
}

fn neighbours(path: &Path) -> Vec<String> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(1000)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"))
        .collect();
    names.sort();
    names
}

pub(super) fn text_of(name: &str, reader: impl Read, most: u64) -> Result<Arc<Source>, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    let limit = most.saturating_add(1);
    reader.take(limit).read_to_end(&mut bytes).map_err(|error| {
        Box::new(Diagnostic::without_place(Code::Unreadable, format!("{name} cannot be read: {error}")))
    })?;
    if bytes.len() as u64 > most {
        return Err(too_large(name, most));
    }
    let text = String::from_utf8(bytes).map_err(|error| Box::new(not_utf8(name, &error)))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Arc::new(Source { name: name.to_owned(), text, first_line: 1 }))
}

pub(super) fn too_large(name: &str, most: u64) -> Box<Diagnostic> {
    let found = Diagnostic::without_place(Code::FileTooLarge, format!("{name} is larger than {} MiB", most >> 20));
    Box::new(found.help("a scenario states means and shares; request logs are not scenarios"))
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let source = Arc::new(Source { name: name.to_owned(), text: lossy, first_line: 1 });
    let place = Place::new(&source, at, at.saturating_add(3));
    Diagnostic::at(Code::NotUtf8, &place, format!("{name} is not UTF-8 text"), "this byte belongs to no character")
        .help("save the file as UTF-8")
}
