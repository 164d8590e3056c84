//! Results to standard output or to files, which are written whole or not at all.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use tempfile::NamedTempFile;

use super::settings::Settings;
use super::{Destination, Format};
use crate::render::{self, Look};
use crate::report::Report;

/// Shows reports in every place and form that was asked for; `table` is what people see of them, `csv` what a
/// spreadsheet does.
pub(super) fn deliver(
    destination: &Destination,
    settings: &Settings,
    reports: &[Report],
    table: impl Fn(Look) -> String,
    csv: impl Fn(&[Report]) -> Result<String, csv::Error>,
) -> Result<()> {
    deliver_with(destination, settings, |format, look| {
        Ok(match format {
            Format::Table => table(look),
            Format::Json => render::json(reports)?,
            Format::Csv => csv(reports)?,
        })
    })
}

/// Shows a result in every place and form that was asked for.
pub(super) fn deliver_with(
    destination: &Destination,
    settings: &Settings,
    show: impl Fn(Format, Look) -> Result<String>,
) -> Result<()> {
    if destination.output.is_empty() {
        let text = show(destination.format.unwrap_or(Format::Table), settings.look())?;
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        return Ok(stdout.flush()?);
    }
    let mut ready = Vec::new();
    let mut paths = HashSet::new();
    for target in &destination.output {
        let (format, path) = target_of(target, destination.format)?;
        if !paths.insert(path.clone()) {
            bail!("{} is named twice", path.display());
        }
        ready.push(prepared(&path, show(format, settings.look_of_file())?.as_bytes())?);
    }
    ready.into_iter().try_for_each(Prepared::put)
}

/// Writes one file whole, or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
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
fn target_of(target: &str, stated: Option<Format>) -> Result<(Format, PathBuf)> {
    if let Some((name, path)) = target.split_once('=')
        && let Ok(format) = Format::from_str(name, false)
    {
        if path.is_empty() {
            bail!("`-o {target}` names no file");
        }
        return Ok((format, path.into()));
    }
    let path = PathBuf::from(target);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let by_ending = match ending {
        "json" => Some(Format::Json),
        "csv" => Some(Format::Csv),
        "txt" => Some(Format::Table),
        _ => None,
    };
    match stated.or(by_ending) {
        Some(format) => Ok((format, path)),
        None => match target.split_once('=') {
            Some((name, _)) => bail!("there is no format `{name}`; table, json and csv are known"),
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
