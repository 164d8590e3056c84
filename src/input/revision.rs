//! Files as they stand in git at a revision. The `git` on the PATH is asked; nothing is fetched, checked out or changed.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use super::files::{MOST_BYTES, text_of, too_large};
use crate::diag::{Code, Diagnostic, Source, suggest};

/// A commit of a repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revision {
    /// The folder of the repository.
    top: PathBuf,
    /// As the user named it: `main`, `HEAD~1`.
    name: String,
    /// Its hash.
    commit: String,
}

impl Revision {
    /// The revision `name` of the repository in which `file` lies, and the file's path in it.
    ///
    /// # Errors
    /// No git, no repository, no such revision.
    pub fn of(file: &Path, name: &str) -> Result<(Self, PathBuf), Box<Diagnostic>> {
        let unreadable = |message: String| Box::new(Diagnostic::without_place(Code::Unreadable, message));
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let cannot = |error: &io::Error| unreadable(format!("{} cannot be read: {error}", folder.display()));
        let folder = folder.canonicalize().map_err(|error| cannot(&error))?;
        let top = asked(&folder, &["rev-parse", "--show-toplevel"]).map_err(|said| {
            let found = unreadable(format!("{} is not in a git repository: {said}", file.display()));
            Box::new(found.help("`--base-ref` reads the file as it was at a revision; compare two files instead"))
        })?;
        let top = Path::new(&top).canonicalize().map_err(|error| cannot(&error))?;
        let commit =
            asked(&folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]);
        let commit = commit.map_err(|_| {
            let found = unreadable(format!("there is no revision `{name}` in {}", top.display()));
            let known = asked(&folder, &["for-each-ref", "--format=%(refname:short)"]).unwrap_or_default();
            let near = suggest::did_you_mean(name, known.lines());
            Box::new(found.help_if(near).help("nothing is fetched: a shallow clone has it only after `git fetch`"))
        })?;
        let within = folder.strip_prefix(&top).unwrap_or(Path::new("")).join(file.file_name().unwrap_or_default());
        Ok((Self { top, name: name.to_owned(), commit }, within))
    }

    /// Its hash.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// What people call a file of it: `main:scenarios/a.yaml`, as git does.
    pub fn label(&self, path: &Path) -> String {
        format!("{}:{}", self.name, slashed(&real(path).unwrap_or_else(|| path.to_owned())))
    }

    /// Whether there is a file at `path`.
    pub fn has(&self, path: &Path) -> bool {
        matches!(self.find(path), Ok(Some(Blob { .. })))
    }

    /// The text of the file at `path`, as it was committed.
    ///
    /// # Errors
    /// As for any file.
    pub fn read(&self, path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
        let label = self.label(path);
        let cannot = |said: String| {
            Box::new(Diagnostic::without_place(Code::Unreadable, format!("{label} cannot be read: {said}")))
        };
        let Some(blob) = self.find(path).map_err(cannot)? else {
            let message = format!("there is no file {label}");
            let near = self.neighbours(path);
            let wanted = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let found = Diagnostic::without_place(Code::Unreadable, message);
            return Err(Box::new(found.help_if(suggest::did_you_mean(wanted, near.iter().map(String::as_str)))));
        };
        if blob.bytes > MOST_BYTES {
            return Err(too_large(&label, MOST_BYTES));
        }
        let output =
            run(&self.top, &["cat-file", "blob", &blob.id], None).map_err(|error| cannot(error.to_string()))?;
        if !output.status.success() {
            return Err(cannot(said(&output)));
        }
        text_of(&label, output.stdout.as_slice(), MOST_BYTES)
    }

    /// The blob at `path`, through links within the repository; `None` where there is none.
    fn find(&self, path: &Path) -> Result<Option<Blob>, String> {
        let Some(path) = real(path) else { return Ok(None) };
        let wanted = format!("{}:{}\n", self.commit, slashed(&path));
        if wanted.lines().count() != 1 {
            return Err("its name has a line break".to_owned());
        }
        let check = ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--follow-symlinks"];
        let output = run(&self.top, &check, Some(&wanted)).map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(said(&output));
        }
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = answer.lines().next().unwrap_or_default().split(' ');
        Ok(match (words.next(), words.next(), words.next().and_then(|size| size.parse().ok())) {
            (Some(id), Some("blob"), Some(bytes)) => Some(Blob { id: id.to_owned(), bytes }),
            _ => None,
        })
    }

    fn neighbours(&self, path: &Path) -> Vec<String> {
        let folder = real(path).and_then(|path| path.parent().map(slashed)).unwrap_or_default();
        let tree = format!("{}:{folder}", self.commit);
        let names = asked(&self.top, &["ls-tree", "--name-only", "--end-of-options", &tree]).unwrap_or_default();
        let is_text = |name: &&str| [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
        names.lines().filter(is_text).map(str::to_owned).collect()
    }
}

/// A committed text.
struct Blob {
    id: String,
    bytes: u64,
}

/// A path within a repository without `.` and `..`; `None` where it leads out of it.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !found.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(found)
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The first lines that git answers, or what it complains of.
fn asked(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = run(folder, arguments, None).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no `git` on the PATH".to_owned(),
        _ => error.to_string(),
    })?;
    if !output.status.success() {
        return Err(said(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim().trim_start_matches("fatal: ").lines().next().unwrap_or("git failed").to_owned()
}

/// Runs git so that it neither asks nor fetches: a partial clone would load what it lacks.
fn run(folder: &Path, arguments: &[&str], input: Option<&str>) -> io::Result<Output> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "protocol.allow=never"]).args(arguments);
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(text.as_bytes())?;
    }
    child.wait_with_output()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_within_the_repository() {
        let real = |path: &str| real(Path::new(path)).map(|path| slashed(&path));
        assert_eq!(real("a/./b/../c.yaml").as_deref(), Some("a/c.yaml"));
        assert_eq!(real("."), Some(String::new()));
        assert_eq!(real("a/../../c.yaml"), None);
        assert_eq!(real("/etc/passwd"), None);
    }
}
