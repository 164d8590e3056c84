//! Results of planning in every place and form that was asked for.

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::pictures::{self, Picture};
use super::settings::Settings;
use super::{Destination, output};
use crate::render::{self, Planned};

/// The forms of a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Form {
    /// Tables for people
    Table,
    /// Charts for a terminal; as files: `-o svg=FILE`, `-o png=FILE`
    Chart,
    /// Everything, as decimal strings
    Json,
    /// One row per figure
    Csv,
    /// Tables for a README or a pull request
    #[value(alias = "md")]
    Markdown,
    /// One self-contained page to read, print and hand on
    Html,
}

impl output::Form for Form {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "txt" => Some(Self::Table),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

/// Shows results of planning; `csv` is what a spreadsheet reads of them.
pub(super) fn present<T: Planned + Serialize>(
    destination: &Destination<Form>,
    settings: &Settings,
    results: &[T],
    csv: impl Fn(&[T]) -> Result<String, csv::Error>,
) -> Result<()> {
    let (drawn, output) = pictures::split(&destination.output);
    let files = if drawn.is_empty() { Vec::new() } else { pictures::draw(&drawn, &charts(results))? };
    if output.is_empty() && !destination.output.is_empty() {
        return output::write(files);
    }
    let destination = Destination { format: destination.format, output };
    output::put_beside(files, &destination, settings, |form, look| {
        Ok(match form {
            Form::Table => render::planned_table(results, look),
            Form::Chart => render::planned_chart(results, look),
            Form::Json => render::json(results)?,
            Form::Csv => csv(results)?,
            Form::Markdown => render::planned_markdown(results, settings.quiet),
            Form::Html => render::planned_html(results, settings.quiet),
        })
    })
}

/// The charts of all results: the first group belongs to the file that was named, the next to `FILE-2`.
fn charts<T: Planned>(results: &[T]) -> Vec<Picture> {
    let numbered = results.iter().enumerate().flat_map(|(index, result)| {
        let number = if index == 0 { String::new() } else { format!("-{}", index.saturating_add(1)) };
        result.charts().into_iter().map(move |(suffix, spec)| Picture { suffix: format!("{number}{suffix}"), spec })
    });
    numbered.collect()
}
