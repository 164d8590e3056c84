//! Rows of a CSV file (RFC 4180), by a fast way for plain rows and a careful one for all others.
//!
//! The fast way reads digits and names as they come and gives up at anything it does not expect: a quote, an empty
//! cell, a missing line end. The careful way then reads the same row from its beginning and says what is wrong with it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use memchr::{memchr, memchr2};

use super::desk::{Desk, Said, flag};
use super::json;
use super::number::{self, MOST_TOKENS};
use super::time;
use super::why::Why;
use super::{Bad, Take};
use crate::plan::log::{Counter, Role, TimeForm as Form};
use crate::replay::columns::Uses;
use crate::replay::layout::{Field, Layout, Unclear};

/// Rows that are looked at for first values.
const SAMPLED: usize = 1_000;

/// What is done with a column on the fast way.
#[derive(Clone, Copy, Debug)]
enum Action {
    Pass,
    Count(Counter),
    /// Nanoseconds of a unit, and the least and first too large number of them.
    Time {
        nanos: i64,
        first: u64,
        last: u64,
    },
    Model,
    Flag,
    By(usize),
    /// Several roles, or one that is rare.
    Cell,
}

/// What is done with a column, and the byte that ends it.
#[derive(Clone, Copy, Debug)]
struct Step {
    action: Action,
    field: usize,
    end: u8,
}

/// How the rows of a file are read.
#[derive(Debug)]
pub struct Csv {
    layout: Layout,
    delimiter: u8,
    steps: Vec<Step>,
    /// Columns of the file.
    columns: usize,
    /// Fields inside of columns that hold records of their own.
    inner: Option<json::Inner>,
    /// Whether the fast way may be tried.
    plain: bool,
}

/// A cell of a row: where it stands and what it says.
pub struct Cell<'a> {
    span: (usize, usize),
    text: Cow<'a, [u8]>,
}

impl Cell<'_> {
    /// What it says, without quotes.
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

impl Csv {
    /// A reader for files with this layout, whose fields are the `columns` of the file and then what lies inside of them.
    pub fn new(layout: Layout, columns: usize, delimiter: u8) -> Self {
        let step = |(field, of): (usize, &Field)| Step {
            action: action(&of.roles, layout.rules.time),
            field,
            end: if field + 1 == columns { b'\n' } else { delimiter },
        };
        let steps = layout.fields.iter().take(columns).enumerate().map(step).collect();
        let names: Vec<&str> = layout.fields.iter().map(|field| field.name.as_str()).collect();
        let inner = json::Inner::of(&names, columns);
        // Flags of several columns add up, which the fast way would carry over to the next row.
        let adds_up = |role: &Role| matches!(role, Role::Kind | Role::Outcome(_) | Role::Mode | Role::Blocks);
        let adds_up = layout.fields.iter().flat_map(|field| &field.roles).any(adds_up);
        let plain = !adds_up && inner.is_none();
        Self { layout, delimiter, steps, columns, inner, plain }
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The layout, to complete what the beginning of the file says.
    pub fn layout_mut(&mut self) -> &mut Layout {
        &mut self.layout
    }

    /// The same without the columns that a run does not look at.
    ///
    /// # Errors
    /// A column that it needs and that is not there.
    pub fn narrowed(mut self, uses: Uses) -> Result<Self, Unclear> {
        self.layout.narrow(uses)?;
        Ok(Self::new(self.layout, self.columns, self.delimiter))
    }

    /// What stands between cells.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Reads the rows of `chunk`, which begins and ends at rows; only the last chunk of a file may lack a line end.
    /// How many lines there were.
    pub fn read(&self, chunk: &[u8], desk: &mut Desk<'_>, out: &mut impl Take) -> u64 {
        let mut rest = chunk;
        let mut line = 0;
        // A zero byte hides in columns that nobody looks at; its row is found on the careful way.
        let odd = memchr2(0, b'"', chunk).is_some();
        let plain = self.plain && !(odd && memchr(0, chunk).is_some());
        let quotes = odd && memchr(b'"', chunk).is_some();
        desk.clear(&self.layout.rules);
        while !rest.is_empty() {
            if plain && let Some(behind) = self.quick(rest, quotes, desk) {
                match desk.finish(&self.layout.rules) {
                    Ok(()) => {
                        if out.request(&desk.request, &desk.blocks, line).is_break() {
                            return line;
                        }
                    }
                    // The careful way knows the place.
                    Err(_) => {
                        if self.careful(rest, line, desk, out).is_none() {
                            return line;
                        }
                    }
                }
                rest = behind;
                line += 1;
                continue;
            }
            match self.careful(rest, line, desk, out) {
                Some((used, lines)) => {
                    rest = rest.get(used..).unwrap_or_default();
                    line += lines;
                }
                None => return line,
            }
        }
        line
    }

    /// One plain row; what is behind it, or `None` where it is not so plain.
    #[inline]
    fn quick<'b>(&self, row: &'b [u8], quotes: bool, desk: &mut Desk<'_>) -> Option<&'b [u8]> {
        // Every column that has a role is set below, so that nothing of the row before stays.
        let mut rest = row;
        for step in &self.steps {
            rest = match step.action {
                Action::Count(counter) => {
                    let (value, behind) = number::cell(rest, step.end)?;
                    if value > MOST_TOKENS {
                        return None;
                    }
                    desk.request.set(counter, value);
                    behind
                }
                Action::Time { nanos, first, last } => {
                    let (value, behind) = number::cell(rest, step.end)?;
                    if value < first || value >= last {
                        return None;
                    }
                    desk.request.time = (value as i64).wrapping_mul(nanos);
                    behind
                }
                action => {
                    let length = end_of_cell(rest, self.delimiter)?;
                    let (length, behind) = behind_cell(rest, length, step.end)?;
                    if quotes && memchr(b'"', rest.get(..length)?).is_some() {
                        return None;
                    }
                    match action {
                        Action::Pass => {}
                        Action::Model => desk.set_model(rest, length).ok()?,
                        Action::By(index) => desk.set_by(index, rest, length).ok()?,
                        Action::Flag => desk.set_batch(quick_flag(rest.get(..length)?)?, &self.layout.rules),
                        _ => {
                            for role in &self.layout.fields.get(step.field)?.roles {
                                desk.set(*role, rest.get(..length)?, &self.layout.rules).ok()?;
                            }
                        }
                    }
                    behind
                }
            };
        }
        Some(rest)
    }

    /// One row with all its rules; bytes and lines used, or `None` where the reading ends.
    fn careful(&self, rest: &[u8], line: u64, desk: &mut Desk<'_>, out: &mut impl Take) -> Option<(usize, u64)> {
        let found = self.slowly(rest, line, desk, out);
        // The fast way relies on what every request has.
        desk.clear(&self.layout.rules);
        found
    }

    fn slowly(&self, rest: &[u8], line: u64, desk: &mut Desk<'_>, out: &mut impl Take) -> Option<(usize, u64)> {
        let (cells, used) = cells(rest, self.delimiter);
        let row = rest.get(..used).unwrap_or(rest);
        let lines = memchr::memchr_iter(b'\n', row).count() as u64;
        let row = without_line_end(row);
        if row.is_empty() {
            return Some((used, lines));
        }
        let whole = (0, row.len());
        let taken = match cells {
            Err((span, why)) => Err(Bad::new(line, row, span, None, why)),
            Ok(_) if memchr(0, row).is_some() => {
                let at = memchr(0, row).unwrap_or(0);
                Err(Bad::new(line, row, (at, at + 1), None, Why::Nul))
            }
            Ok(cells) if cells.len() != self.columns => {
                let why = Why::Cells(cells.len(), self.columns);
                let span = cells.get(self.columns).map_or((whole.1, whole.1), |cell| cell.span);
                Err(Bad::new(line, row, span, None, why))
            }
            Ok(cells) => self.take(&cells, line, row, desk),
        };
        let flow = match taken {
            Ok(true) => out.request(&desk.request, &desk.blocks, line),
            Ok(false) => {
                out.other();
                ControlFlow::Continue(())
            }
            Err(bad) => out.bad(bad),
        };
        flow.is_continue().then_some((used, lines))
    }

    /// Whether the cells are a request, which then lies on the desk.
    fn take(&self, cells: &[Cell<'_>], line: u64, row: &[u8], desk: &mut Desk<'_>) -> Result<bool, Bad> {
        let inner = self.inner.as_ref().map(|inner| inner.read(cells));
        let said = |index: usize| match cells.get(index) {
            Some(cell) => Said::Text(&cell.text),
            None => inner.as_ref().and_then(|inner| inner.get(index)).map_or(Said::Missing, json::Value::said),
        };
        desk.take(&self.layout, said).map_err(|(field, why)| {
            let name = field.and_then(|field| self.layout.fields.get(field)).map(|field| field.name.as_str());
            let column = field.map(|field| self.inner.as_ref().map_or(field, |inner| inner.column_of(field)));
            let span = column.and_then(|column| cells.get(column)).map_or((0, row.len()), |cell| cell.span);
            Bad::new(line, row, span, name, why)
        })
    }
}

/// Where something is wrong in a row, and what.
pub type Wrong = ((usize, usize), Why);

/// The cells of the first row, and its bytes with the line end. Behind what cannot be read, the row goes on to the
/// next line end.
fn cells(rest: &[u8], delimiter: u8) -> (Result<Vec<Cell<'_>>, Wrong>, usize) {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let start = at;
        let (text, end) = if rest.get(at) == Some(&b'"') {
            match quoted(rest, at + 1) {
                Some(found) => found,
                None => return (Err(((at, at + 1), Why::OpenQuote)), rest.len()),
            }
        } else {
            let tail = rest.get(at..).unwrap_or_default();
            let mut length = memchr2(delimiter, b'\n', tail).unwrap_or(tail.len());
            let ends_line = tail.get(length).is_none_or(|byte| *byte == b'\n');
            if ends_line && length > 0 && tail.get(length - 1) == Some(&b'\r') {
                length -= 1;
            }
            let cell = tail.get(..length).unwrap_or_default();
            if let Some(stray) = memchr(b'"', cell) {
                return (Err(((at + stray, at + stray + 1), Why::StrayQuote)), row_end(rest, at));
            }
            if let Some(bare) = memchr(b'\r', cell) {
                return (Err(((at + bare, at + bare + 1), Why::BareReturn)), row_end(rest, at));
            }
            (Cow::Borrowed(cell), at + length)
        };
        cells.push(Cell { span: (start, end), text });
        match rest.get(end..).unwrap_or_default() {
            [] => return (Ok(cells), rest.len()),
            [b'\n', ..] => return (Ok(cells), end + 1),
            [b'\r', b'\n', ..] => return (Ok(cells), end + 2),
            [b'\r'] => return (Ok(cells), rest.len()),
            [byte, ..] if *byte == delimiter => at = end + 1,
            _ => return (Err(((end, end + 1), Why::BehindQuote)), row_end(rest, end)),
        }
    }
}

/// Bytes up to the next delimiter or line end.
#[inline(always)]
fn end_of_cell(text: &[u8], delimiter: u8) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (wanted, line) = (ONES.wrapping_mul(u64::from(delimiter)), ONES.wrapping_mul(u64::from(b'\n')));
    let mut rest = text;
    let mut at = 0usize;
    // Eight bytes at a time: a byte that is one of both flags itself; the first flag is right.
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let (a, b) = (word ^ wanted, word ^ line);
        let found = (a.wrapping_sub(ONES) & !a | b.wrapping_sub(ONES) & !b) & HIGH;
        if found != 0 {
            return Some(at.wrapping_add((found.trailing_zeros() / 8) as usize));
        }
        at = at.wrapping_add(8);
        rest = behind;
    }
    let end = rest.iter().position(|byte| *byte == delimiter || *byte == b'\n')?;
    Some(at.wrapping_add(end))
}

/// The length of a cell that goes on to `end`, a line end of two bytes not counted, and what is behind it; `None` where it
/// ends with something else than `wanted`.
#[inline(always)]
fn behind_cell(text: &[u8], end: usize, wanted: u8) -> Option<(usize, &[u8])> {
    let behind = text.get(end.wrapping_add(1)..)?;
    if *text.get(end)? != wanted {
        return None;
    }
    let before = end.wrapping_sub(1);
    let length = if wanted == b'\n' && text.get(before) == Some(&b'\r') { before } else { end };
    Some((length, behind))
}

/// The usual flags.
#[inline]
fn quick_flag(cell: &[u8]) -> Option<bool> {
    match cell {
        b"0" => Some(false),
        b"1" => Some(true),
        _ => flag(cell).ok()?,
    }
}

fn action(roles: &[Role], time: Option<Form>) -> Action {
    match (roles, time) {
        ([], _) => Action::Pass,
        ([Role::Count(counter)], _) => Action::Count(*counter),
        ([Role::Time], Some(form @ (Form::Epoch(unit) | Form::Relative(unit)))) => {
            let (first, last) = time::bounds(form);
            let nanos = unit.nanos();
            let up = |value: i64| (value / nanos + i64::from(value % nanos != 0)).unsigned_abs();
            Action::Time { nanos, first: up(first), last: up(last) }
        }
        ([Role::Model], _) => Action::Model,
        ([Role::Batch], _) => Action::Flag,
        ([Role::By(index)], _) => Action::By(*index),
        _ => Action::Cell,
    }
}

/// The cell whose opening quote stands before `at`, and the byte behind its closing one.
fn quoted(text: &[u8], mut at: usize) -> Option<(Cow<'_, [u8]>, usize)> {
    let start = at;
    let mut unescaped: Option<Vec<u8>> = None;
    let mut from = at;
    loop {
        at += memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) == Some(&b'"') {
            unescaped.get_or_insert_default().extend_from_slice(text.get(from..=at)?);
            at += 2;
            from = at;
            continue;
        }
        let cell = match unescaped {
            None => Cow::Borrowed(text.get(start..at)?),
            Some(mut cell) => {
                cell.extend_from_slice(text.get(from..at)?);
                Cow::Owned(cell)
            }
        };
        return Some((cell, at + 1));
    }
}

/// Bytes up to the end of the line that goes on at `at`.
fn row_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |end| at + end + 1)
}

fn without_line_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// The names in the first row of `text`, and the bytes behind it.
///
/// # Errors
/// What is wrong with the row, at these bytes of it.
pub fn header(text: &[u8], delimiter: u8) -> Result<(Vec<String>, usize), Wrong> {
    let (cells, used) = cells(text, delimiter);
    let mut names = Vec::new();
    for cell in cells? {
        let name = std::str::from_utf8(&cell.text).map_err(|_| (cell.span, Why::NotUtf8))?;
        if name.contains('\0') {
            return Err((cell.span, Why::Nul));
        }
        names.push(name.trim().to_owned());
    }
    Ok((names, used))
}

/// The first value of each of the `columns` in `rows`, as far as there is one in the first rows.
pub fn sample(rows: &[u8], delimiter: u8, whole: bool, columns: usize) -> Vec<String> {
    let mut found = vec![String::new(); columns];
    let mut rest = rows;
    for _ in 0..SAMPLED {
        let (row, used) = cells(rest, delimiter);
        let is_cut = used == rest.len() && !whole && !rest.ends_with(b"\n");
        if rest.is_empty() || is_cut {
            break;
        }
        rest = rest.get(used..).unwrap_or_default();
        let Ok(row) = row else { continue };
        if row.len() != columns {
            continue;
        }
        for (slot, cell) in found.iter_mut().zip(row).filter(|(slot, _)| slot.is_empty()) {
            *slot = String::from_utf8_lossy(&cell.text).into_owned();
        }
        if found.iter().all(|value| !value.is_empty()) {
            break;
        }
    }
    found
}

/// The delimiter of a header: a comma, else a tab or a semicolon where only that stands there.
pub fn delimiter_of(line: &[u8]) -> u8 {
    let stands = |byte: u8| memchr(byte, line).is_some();
    match (stands(b','), stands(b'\t'), stands(b';')) {
        (false, true, _) => b'\t',
        (false, false, true) => b';',
        _ => b',',
    }
}
