//! `price --cases`: a table of requests, each with its exact price or the reason why it has none.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};

use super::settings::Settings;
use super::{Ending, output};
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::input::{self, Json};
use crate::pricing::cases::{COLUMNS, MORE_COLUMNS, Pricer, all_columns};
use crate::pricing::{Book, Date};
use crate::units::Exact;

/// The columns of the result.
const COST: &str = "cost_usd";
const ERROR: &str = "error";

pub(super) fn run(path: &Path, targets: &[String], book: &Book, today: Date, settings: &Settings) -> Result<Ending> {
    let source = match input::read_table(path, &path.display().to_string()) {
        Ok(source) => source,
        Err(problem) => return Ok(settings.refuse(&[*problem])),
    };
    let by_line = |name: &str| name.ends_with(".jsonl") || name.ends_with(".ndjson");
    let targets =
        targets.iter().map(|target| target.strip_prefix("csv=").or(target.strip_prefix("jsonl=")).unwrap_or(target));
    let target = match targets.collect::<Vec<_>>().as_slice() {
        [] => None,
        [only] => Some((*only).to_owned()),
        _ => bail!("`--cases` writes one file; several are named with `-o`"),
    };
    let reads_lines = by_line(&path.to_string_lossy()) || source.text.trim_start().starts_with('{');
    let writes_lines = target.as_deref().map_or(reads_lines, by_line);
    let table = match if reads_lines { lines(&source) } else { cells(&source) } {
        Ok(table) => table,
        Err(problem) => return Ok(settings.refuse(&[*problem])),
    };
    let mut pricer = Pricer::new(book, today);
    let cell = |row: &'_ [Option<Json>], column: &str| -> Option<String> {
        let at = table.columns.iter().position(|known| known == column)?;
        row.get(at)?.as_ref().map(Json::shown)
    };
    let price = |(line, row): &(u64, Row)| {
        let place = |problem| format!("{problem} ({}:{line})", source.name);
        pricer.price(|column| cell(row, column)).map_err(place)
    };
    let results: Vec<Result<Exact, String>> = table.rows.iter().map(price).collect();
    let text = if writes_lines { written_as_lines(&table, &results)? } else { written_as_csv(&table, &results)? };
    match &target {
        Some(path) => output::write_one(Path::new(path), text.as_bytes())?,
        None => output::print(&text)?,
    }
    let failed = results.iter().filter(|result| result.is_err()).count();
    if failed > 0 && !settings.quiet {
        // Nothing is left to be done when standard error is closed.
        let _ =
            writeln!(std::io::stderr(), "{failed} of {} rows have no price; see the column `{ERROR}`", results.len());
    }
    Ok(Ending::Done)
}

/// Cells by column; one may be missing.
type Row = Vec<Option<Json>>;

/// Rows with the lines on which they stand.
struct Table {
    columns: Vec<String>,
    rows: Vec<(u64, Row)>,
}

/// A column that nobody knows may be somebody's own, but not a slip of the pen.
fn known_columns(columns: &[String], place: &Place) -> Result<(), Box<Diagnostic>> {
    for name in ["model", "input"] {
        if !columns.iter().any(|known| known == name) {
            let found = Diagnostic::at(Code::MissingKey, place, format!("there is no column `{name}`"), "the header");
            return Err(Box::new(found.help(format!("columns are {}", suggest::listed(COLUMNS, "and")))));
        }
    }
    for (index, name) in columns.iter().enumerate() {
        let again = columns.iter().take(index).any(|known| known == name);
        if again || name == COST || name == ERROR {
            let what = if again { "stands twice" } else { "is a column of the result" };
            let found = Diagnostic::at(Code::DuplicateName, place, format!("the column `{name}` {what}"), "the header");
            return Err(Box::new(found));
        }
        if all_columns().any(|known| known == name) {
            continue;
        }
        let bare = |text: &str| text.to_lowercase().replace("_tokens", "").replace(['-', '_', ' '], "");
        let same = |known: &&str| bare(name) == bare(known);
        let near = |known: &&str| name.len() > 4 && strsim::osa_distance(&bare(name), &bare(known)) <= 2;
        let usual = || COLUMNS.into_iter().chain(MORE_COLUMNS);
        if let Some(meant) = all_columns().find(same).or_else(|| usual().find(near)) {
            let found = Diagnostic::at(Code::UnknownKey, place, format!("there is no column `{name}`"), "the header");
            return Err(Box::new(found.help(format!("did you mean `{meant}`?"))));
        }
    }
    Ok(())
}

fn cells(source: &std::sync::Arc<crate::diag::Source>) -> Result<Table, Box<Diagnostic>> {
    let header_place = Place::new(source, 0, source.text.find('\n').unwrap_or(source.text.len()));
    let malformed = |error: &csv::Error| {
        let start = error.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} cells where the header has {expected_len}")
            }
            _ => error.to_string(),
        };
        Box::new(Diagnostic::at(
            Code::Syntax,
            &Place::new(source, start, start.saturating_add(1)),
            "this is no sound CSV",
            what,
        ))
    };
    let mut reader = csv::Reader::from_reader(source.text.as_bytes());
    let columns: Vec<String> =
        reader.headers().map_err(|e| malformed(&e))?.iter().map(|name| name.trim().to_owned()).collect();
    known_columns(&columns, &header_place)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| malformed(&e))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(|cell| Some(Json::Text(cell.to_owned()))).collect()));
    }
    Ok(Table { columns, rows })
}

fn lines(source: &std::sync::Arc<crate::diag::Source>) -> Result<Table, Box<Diagnostic>> {
    let mut table = Table { columns: Vec::new(), rows: Vec::new() };
    for (index, line) in source.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let first_line = index.saturating_add(1);
        let part =
            std::sync::Arc::new(crate::diag::Source { name: source.name.clone(), text: line.to_owned(), first_line });
        let value = input::json::parse(&part)?;
        let Json::Map(entries) = value else {
            let place = Place::new(&part, 0, line.len());
            return Err(Box::new(Diagnostic::at(Code::WrongShape, &place, "a line is an object", "this is none")));
        };
        let mut row: Row = vec![None; table.columns.len()];
        for (name, value) in entries {
            let at = table.columns.iter().position(|known| *known == name).unwrap_or_else(|| {
                table.columns.push(name);
                row.push(None);
                table.columns.len().saturating_sub(1)
            });
            let cell = (value != Json::Null).then_some(value);
            if let Some(place) = row.get_mut(at) {
                *place = cell;
            }
        }
        table.rows.push((u64::try_from(first_line).unwrap_or(u64::MAX), row));
    }
    known_columns(&table.columns, &Place::new(source, 0, source.text.find('\n').unwrap_or(source.text.len())))?;
    Ok(table)
}

fn written_as_csv(table: &Table, results: &[Result<Exact, String>]) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(String::as_str).chain([COST, ERROR]))?;
    for ((_, row), result) in table.rows.iter().zip(results) {
        let cell = |at: usize| row.get(at).and_then(Option::as_ref).map(Json::shown).unwrap_or_default();
        let (cost, error) = match result {
            Ok(usd) => (usd.to_string(), String::new()),
            Err(why) => (String::new(), why.clone()),
        };
        writer.write_record((0..table.columns.len()).map(cell).chain([cost, error]))?;
    }
    Ok(String::from_utf8_lossy(&writer.into_inner().map_err(|error| error.into_error())?).into_owned())
}

fn written_as_lines(table: &Table, results: &[Result<Exact, String>]) -> Result<String> {
    let mut out = String::new();
    for ((_, row), result) in table.rows.iter().zip(results) {
        let mut object = serde_json::Map::new();
        for (column, cell) in table.columns.iter().zip(row) {
            if let Some(cell) = cell {
                let value = match cell {
                    Json::Number(text) => serde_json::from_str(text)?,
                    other => other.shown().into(),
                };
                object.insert(column.clone(), value);
            }
        }
        match result {
            Ok(usd) => object.insert(COST.to_owned(), usd.to_string().into()),
            Err(why) => object.insert(ERROR.to_owned(), why.clone().into()),
        };
        out.push_str(&serde_json::to_string(&object)?);
        out.push('\n');
    }
    Ok(out)
}
