//! Results to standard output or to files, which are written whole or not at all.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use tempfile::NamedTempFile;

use super::settings::Settings;
use super::{Destination, Format, ReportForm};
use crate::diag::suggest;
use crate::render::{self, Look};

/// A form that a file's ending can stand for.
pub(super) trait Form: ValueEnum + Copy + Send + Sync + 'static {
    /// The form of files that end so.
    fn of_ending(ending: &str) -> Option<Self>;
}

impl Form for Format {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }
}

impl Form for ReportForm {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "txt" => Some(Self::Table),
            "md" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            "xml" => Some(Self::Junit),
            "prom" => Some(Self::GitlabMetrics),
            _ => None,
        }
    }
}

/// Every form that is asked for, with its file; standard output has none.
pub(super) fn targets<F: Form>(destination: &Destination<F>) -> Result<Vec<(F, Option<PathBuf>)>> {
    if destination.output.is_empty() {
        // The first form is the one for people.
        let form = destination.format.or_else(|| F::value_variants().first().copied());
        return Ok(form.map(|form| (form, None)).into_iter().collect());
    }
    let mut paths = HashSet::new();
    let mut found = Vec::new();
    for target in &destination.output {
        let (form, path) = target_of(target, destination.format)?;
        if !paths.insert(path.clone()) {
            bail!("{} is named twice", path.display());
        }
        found.push((form, Some(path)));
    }
    Ok(found)
}

/// Shows a result in every place and form that was asked for. Files are written when all are complete.
pub(super) fn put<F: Form>(
    destination: &Destination<F>,
    settings: &Settings,
    show: impl Fn(F, Look) -> Result<String>,
) -> Result<()> {
    put_beside(Vec::new(), destination, settings, show)
}

/// Shows a result, and writes files that are complete already.
pub(super) fn put_beside<F: Form>(
    files: Vec<(PathBuf, Vec<u8>)>,
    destination: &Destination<F>,
    settings: &Settings,
    show: impl Fn(F, Look) -> Result<String>,
) -> Result<()> {
    let mut ready = files.iter().map(|(path, bytes)| prepared(path, bytes)).collect::<Result<Vec<_>>>()?;
    for (form, path) in targets(destination)? {
        match path {
            None => {
                print(&show(form, settings.look())?)?;
            }
            Some(path) => ready.push(prepared(&path, show(form, settings.look_of_file())?.as_bytes())?),
        }
    }
    ready.into_iter().try_for_each(Prepared::put)
}

/// Writes files, all of them or none.
pub(super) fn write(files: Vec<(PathBuf, Vec<u8>)>) -> Result<()> {
    let ready = files.iter().map(|(path, bytes)| prepared(path, bytes)).collect::<Result<Vec<_>>>()?;
    ready.into_iter().try_for_each(Prepared::put)
}

/// Writes a file that is not there yet.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    let there = || anyhow!("{} is there already; name another file", path.display());
    if path.exists() {
        return Err(there());
    }
    match prepared(path, bytes)? {
        // Between the look and the writing somebody else may have written it.
        Prepared::Whole(file, path) => file.persist_noclobber(path).map(drop).map_err(|_| there()),
        other => other.put(),
    }
}

/// Shows results that have no more than the three plain forms; `table` is what people see of them, `csv` what a
/// spreadsheet does.
pub(super) fn deliver<T: serde::Serialize>(
    destination: &Destination,
    settings: &Settings,
    results: &[T],
    table: impl Fn(Look) -> String,
    csv: impl Fn(&[T]) -> Result<String, csv::Error>,
) -> Result<()> {
    put(destination, settings, |format, look| {
        Ok(match format {
            Format::Table => table(look),
            Format::Json => render::json(results)?,
            Format::Csv => csv(results)?,
        })
    })
}

/// To standard output.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Writes one file whole, or not at all.
pub(super) fn write_one(path: &Path, bytes: &[u8]) -> Result<()> {
    prepared(path, bytes)?.put()
}

/// A file that is written piece by piece and gets its name when it is whole.
pub(super) struct Growing {
    file: NamedTempFile,
    path: PathBuf,
}

impl Growing {
    /// Begins a file that will be called `path`.
    pub fn create(path: &Path) -> Result<Self> {
        match prepared(path, &[])? {
            Prepared::Whole(file, path) => Ok(Self { file, path }),
            Prepared::Stream(path, _) => bail!("{} is no file", path.display()),
            Prepared::Stdout(_) => bail!("rows go to a file; standard output carries the result"),
        }
    }

    /// Gives the file its name.
    pub fn keep(self) -> Result<()> {
        Prepared::Whole(self.file, self.path).put()
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// `csv=a.csv`, or a file whose form follows from `--format` or its ending.
fn target_of<F: Form>(target: &str, stated: Option<F>) -> Result<(F, PathBuf)> {
    if let Some((name, path)) = target.split_once('=')
        && let Ok(format) = F::from_str(name, false)
    {
        if path.is_empty() {
            bail!("`-o {target}` names no file");
        }
        return Ok((format, path.into()));
    }
    let path = PathBuf::from(target);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match stated.or_else(|| F::of_ending(ending)) {
        Some(format) => Ok((format, path)),
        None => match target.split_once('=') {
            Some((name, _)) => {
                let known: Vec<_> = F::value_variants().iter().filter_map(|form| form.to_possible_value()).collect();
                bail!(
                    "there is no format `{name}`; {} are known",
                    suggest::listed(known.iter().map(|form| form.get_name()), "and")
                )
            }
            None => bail!("which format is {}? write `-o csv={target}` or add `--format`", path.display()),
        },
    }
}

/// A file about to appear.
enum Prepared {
    /// A complete neighbour that only needs its name.
    Whole(NamedTempFile, PathBuf),
    /// A pipe or device.
    Stream(PathBuf, Vec<u8>),
    /// Standard output.
    Stdout(Vec<u8>),
}

fn prepared(path: &Path, bytes: &[u8]) -> Result<Prepared> {
    if path == Path::new("-") {
        return Ok(Prepared::Stdout(bytes.to_owned()));
    }
    if path.is_dir() {
        bail!("{} is a folder", path.display());
    }
    let is_stream = fs::metadata(path).is_ok_and(|meta| !meta.is_file());
    if is_stream {
        return Ok(Prepared::Stream(path.to_owned(), bytes.to_owned()));
    }
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!("{} cannot be written: there is no folder {}", path.display(), folder.display());
    }
    let cannot = |error: io::Error| anyhow!("{} cannot be written: {}", path.display(), error.kind());
    let mut file = builder().tempfile_in(folder).map_err(cannot)?;
    file.write_all(bytes).map_err(cannot)?;
    Ok(Prepared::Whole(file, real))
}

/// New files get the usual permissions, not those of a secret.
#[cfg(unix)]
fn builder() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}

impl Prepared {
    fn put(self) -> Result<()> {
        match self {
            Self::Whole(file, path) => {
                file.persist(&path)
                    .map_err(|error| error.error)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
            }
            Self::Stdout(bytes) => io::stdout().lock().write_all(&bytes)?,
            Self::Stream(path, bytes) => {
                let mut file = fs::OpenOptions::new()
                    .write(true)
                    .open(&path)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                file.write_all(&bytes)?;
            }
        }
        Ok(())
    }
}
