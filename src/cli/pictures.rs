//! Charts as files: which files, and in which form.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::settings::Settings;
use super::{Destination, output};
use crate::render::chart::{self, Canvas, ChartSpec};
use crate::render::{self, Look};

/// A chart and what its file's name ends in when there are several: `-2`.
pub(super) struct Picture {
    pub suffix: String,
    pub spec: ChartSpec,
}

/// A file to draw into.
pub(super) struct Target {
    form: Option<Form>,
    path: PathBuf,
}

#[derive(Clone, Copy)]
enum Form {
    Svg,
    Png,
}

impl Target {
    /// A file whose form follows from its ending.
    pub fn by_ending(path: PathBuf) -> Target {
        let form = match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => Some(Form::Svg),
            Some("png") => Some(Form::Png),
            _ => None,
        };
        Target { form, path }
    }
}

/// The outputs that are pictures (`svg=a.svg`, `b.png`), and the others.
pub(super) fn split(outputs: &[String]) -> (Vec<Target>, Vec<String>) {
    let (mut pictures, mut others) = (Vec::new(), Vec::new());
    for output in outputs {
        let named = output.split_once('=').and_then(|(name, path)| {
            let form = match name {
                "svg" => Form::Svg,
                "png" => Form::Png,
                _ => return None,
            };
            Some(Target { form: Some(form), path: path.into() })
        });
        let found = named.unwrap_or_else(|| Target::by_ending(output.into()));
        match found.form {
            Some(_) => pictures.push(found),
            None => others.push(output.clone()),
        }
    }
    (pictures, others)
}

/// All charts drawn for each target: the first for the file itself, the others for files beside it.
pub(super) fn draw(targets: &[Target], pictures: &[Picture]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut ready: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for target in targets {
        let Some(form) = target.form else {
            bail!("a chart is an .svg or .png file; {} is neither", target.path.display());
        };
        if target.path.as_os_str().is_empty() {
            bail!("a chart needs the name of a file: `-o svg=chart.svg`");
        }
        // Standard output holds one picture.
        let most = if target.path == Path::new("-") { 1 } else { pictures.len() };
        for picture in pictures.iter().take(most) {
            let path = beside(&target.path, &picture.suffix);
            if ready.iter().any(|(known, _)| *known == path) {
                bail!("{} is named twice", path.display());
            }
            ready.push((path, drawn(&picture.spec, form)?));
        }
    }
    Ok(ready)
}

fn drawn(spec: &ChartSpec, form: Form) -> Result<Vec<u8>> {
    let canvas = Canvas::of(spec);
    match form {
        Form::Svg => Ok(chart::svg(spec, canvas).into_bytes()),
        #[cfg(feature = "png")]
        Form::Png => Ok(chart::png(spec, canvas)?),
        #[cfg(not(feature = "png"))]
        Form::Png => bail!("this build draws no PNG; SVG it does"),
    }
}

/// `out.svg` with `-2`: `out-2.svg`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    if suffix.is_empty() {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}{suffix}{ending}"))
}

/// Shows a result with its charts in every place and form that was asked for. Files alone leave standard output empty; `chart` is
/// written beside what the destination says.
pub(super) fn put<F: output::Form>(
    (destination, chart): (&Destination<F>, Option<&PathBuf>),
    charts: impl FnOnce() -> Vec<Picture>,
    settings: &Settings,
    show: impl Fn(F, Look) -> Result<String>,
) -> Result<()> {
    let (mut targets, others) = split(&destination.output);
    let silent = !destination.output.is_empty() && others.is_empty();
    targets.extend(chart.cloned().map(Target::by_ending));
    let files = if targets.is_empty() { Vec::new() } else { draw(&targets, &charts())? };
    if silent {
        return output::write(files);
    }
    let destination = Destination { format: destination.format, output: others };
    output::put_beside(files, &destination, settings, show)
}

/// Charts of several results: the first of each for the file itself, further results with their number.
pub(super) fn numbered(results: Vec<Vec<render::Named>>) -> Vec<Picture> {
    let of = |(index, charts): (usize, Vec<render::Named>)| {
        let number = if index == 0 { String::new() } else { format!("-{}", index.saturating_add(1)) };
        charts.into_iter().map(move |(name, spec)| Picture { suffix: format!("{number}{name}"), spec })
    };
    results.into_iter().enumerate().flat_map(of).collect()
}
