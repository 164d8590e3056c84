//! Reading files whole, within limits, with errors that say what is wrong with which file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place, Source};

/// Scenarios and price lists beyond this are refused: 16 MiB.
const MOST_BYTES: u64 = 16 << 20;

/// Where a scenario comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// `-`
    Stdin,
    /// A path.
    File(std::path::PathBuf),
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
}

/// Reads a file or standard input.
///
/// # Errors
/// A [`Diagnostic`] when it cannot be read, is too large or is not UTF-8.
pub fn read_input(input: &Input) -> Result<Arc<Source>, Box<Diagnostic>> {
    match input {
        Input::File(path) => read_file(path, &path.display().to_string()),
        Input::Stdin => text_of("<stdin>", io::stdin().lock()),
        Input::Text { name, text } => text_of(name, text.as_bytes()),
    }
}

/// Reads the file at `path`, known to people as `name`.
///
/// # Errors
/// As [`read_input`].
pub fn read_file(path: &Path, name: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    if path.is_dir() {
        let found = Diagnostic::without_place(Code::Unreadable, format!("{name} is a folder"));
        return Err(Box::new(found.help("name a file in it")));
    }
    let file = File::open(path).map_err(|error| Box::new(unreadable(path, name, &error)))?;
    text_of(name, file)
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

fn text_of(name: &str, reader: impl Read) -> Result<Arc<Source>, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    let limit = MOST_BYTES.saturating_add(1);
    reader.take(limit).read_to_end(&mut bytes).map_err(|error| {
        Box::new(Diagnostic::without_place(Code::Unreadable, format!("{name} cannot be read: {error}")))
    })?;
    if bytes.len() as u64 > MOST_BYTES {
        let found =
            Diagnostic::without_place(Code::FileTooLarge, format!("{name} is larger than {} MiB", MOST_BYTES >> 20));
        return Err(Box::new(found.help("a scenario states means and shares; request logs are not scenarios")));
    }
    let text = String::from_utf8(bytes).map_err(|error| Box::new(not_utf8(name, &error)))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Arc::new(Source { name: name.to_owned(), text, first_line: 1 }))
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let source = Arc::new(Source { name: name.to_owned(), text: lossy, first_line: 1 });
    let place = Place::new(&source, at, at.saturating_add(3));
    Diagnostic::at(Code::NotUtf8, &place, format!("{name} is not UTF-8 text"), "this byte belongs to no character")
        .help("save the file as UTF-8")
}
