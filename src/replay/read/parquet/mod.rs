//! Parquet files: columns with a role are read, groups of rows by different threads.

mod column;
mod levels;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use parquet::basic::{ConvertedType, LogicalType, TimeUnit as Precision, Type};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use column::{Column, FRACTION, NULL, Unreadable, WRONG};

use super::desk::Desk;
use super::number::MOST_TOKENS;
use super::time;
use super::why::Why;
use super::{Bad, Take};
use crate::plan::log::{Counter, Role, TimeForm, TimeUnit};
use crate::replay::columns::Uses;
use crate::replay::layout::{Layout, Rules, Unclear};
use crate::replay::request::Request;

/// Rows that are decoded together: what they hold stays near the processor.
const BATCH: usize = 2048;

/// How the groups of rows of a file are read.
#[derive(Debug)]
pub struct Parquet {
    layout: Layout,
    path: PathBuf,
    /// Position, type and highest level of the column of each field.
    columns: Vec<Place>,
    groups: usize,
    /// Whether what a row says of a request is added to what the row before said, so that it is cleared first.
    adds_up: bool,
}

/// A column of the file.
#[derive(Clone, Debug)]
struct Place {
    index: usize,
    kind: Type,
    max_level: i16,
    /// How its numbers count time, where its type says so.
    time: Option<TimeForm>,
}

/// What the end of a file says.
pub struct Schema {
    /// Its columns that hold single values, by path.
    pub names: Vec<String>,
    /// The first value of each, as text.
    pub first: Vec<String>,
    places: Vec<Place>,
    groups: usize,
}

/// Opens a file.
///
/// # Errors
/// What is wrong with it, in words.
pub fn open(path: &Path) -> Result<Schema, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let reader = SerializedFileReader::new(file).map_err(|error| said(&error.to_string()))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let groups = reader.num_row_groups();
    let (mut names, mut places, mut first) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..schema.num_columns() {
        let column = schema.column(index);
        if column.max_rep_level() > 0 {
            continue;
        }
        let place =
            Place { index, kind: column.physical_type(), max_level: column.max_def_level(), time: time_of(&column) };
        names.push(column.path().parts().join("."));
        let group = (0..groups).find(|group| reader.metadata().row_group(*group).num_rows() > 0);
        let value = group.and_then(|group| first_value(reader.get_row_group(group).ok()?.as_ref(), &place));
        first.push(value.unwrap_or_default());
        places.push(place);
    }
    Ok(Schema { names, first, places, groups })
}

fn said(error: &str) -> String {
    format!("is no sound Parquet file: {}", error.lines().next().unwrap_or_default())
}

fn time_of(column: &ColumnDescriptor) -> Option<TimeForm> {
    let unit = match column.logical_type_ref() {
        Some(LogicalType::Timestamp(stamp)) => match stamp.unit {
            Precision::MILLIS => TimeUnit::Millis,
            Precision::MICROS => TimeUnit::Micros,
            Precision::NANOS => TimeUnit::Nanos,
        },
        _ => match column.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => TimeUnit::Millis,
            ConvertedType::TIMESTAMP_MICROS => TimeUnit::Micros,
            _ => return None,
        },
    };
    Some(TimeForm::Epoch(unit))
}

/// The first value of a column that is one.
fn first_value(group: &dyn RowGroupReader, place: &Place) -> Option<String> {
    let pages = group.get_column_page_reader(place.index).ok()?;
    let mut column = Column::new(pages, place.kind, place.max_level);
    let rows = usize::try_from(group.metadata().num_rows()).ok()?.min(BATCH);
    let mut text = None;
    let mut numbers = Vec::new();
    column
        .read(rows, &mut numbers, &mut |bytes| {
            if text.is_none() && !bytes.is_empty() {
                text = Some(String::from_utf8_lossy(bytes).into_owned());
            }
            Ok(0)
        })
        .ok()?;
    if place.kind == Type::BYTE_ARRAY {
        return text;
    }
    numbers.into_iter().find(|number| *number != NULL).map(|number| number.to_string())
}

impl Schema {
    /// How the type of a column writes times, where it says so.
    pub fn time_of(&self, name: &str) -> Option<TimeForm> {
        let at = self.names.iter().position(|known| known == name)?;
        self.places.get(at)?.time
    }
}

impl Parquet {
    /// A reader for the file at `path`, whose columns have this layout.
    pub fn new(mut layout: Layout, path: &Path, schema: &Schema) -> Self {
        let of_type = layout.fields.iter().find(|field| field.roles.contains(&Role::Time));
        if let Some(form) = of_type.and_then(|field| schema.time_of(&field.name)) {
            layout.rules.time = Some(form);
        }
        let columns = schema.places.clone();
        let adds_up = |role: &Role| matches!(role, Role::Outcome(_) | Role::Kind | Role::Mode);
        let adds_up = layout.fields.iter().flat_map(|field| &field.roles).any(adds_up);
        Self { layout, path: path.to_owned(), columns, groups: schema.groups, adds_up }
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The layout, to complete it.
    pub fn layout_mut(&mut self) -> &mut Layout {
        &mut self.layout
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Groups of rows.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The same without the columns that a run does not look at.
    ///
    /// # Errors
    /// A column that it needs and that is not there.
    pub fn narrowed(mut self, uses: Uses) -> Result<Self, Unclear> {
        self.layout.narrow(uses)?;
        Ok(self)
    }

    /// Reads the rows of a group; how many there were. `pause` is asked after each batch whether to go on.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn read<T: Take>(
        &self,
        group: usize,
        desk: &mut Desk<'_>,
        out: &mut T,
        mut pause: impl FnMut(&mut T, u64) -> ControlFlow<()>,
    ) -> Result<u64, String> {
        let file = File::open(&self.path).map_err(|error| format!("cannot be read: {error}"))?;
        let reader = SerializedFileReader::new(file).map_err(|error| said(&error.to_string()))?;
        let group = reader.get_row_group(group).map_err(|error| said(&error.to_string()))?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let mut lanes: Vec<Lane<'_>> = Vec::new();
        for (field, place) in self.layout.fields.iter().zip(&self.columns) {
            for role in &field.roles {
                let pages = group.get_column_page_reader(place.index).map_err(|error| said(&error.to_string()))?;
                let column = Column::new(pages, place.kind, place.max_level);
                let is_text = place.kind == Type::BYTE_ARRAY;
                let way = Way::of(*role, is_text, self.layout.rules.time, desk.modes_of_flag(&self.layout.rules));
                let values = Vec::with_capacity(BATCH);
                lanes.push(Lane { role: *role, way, odd_below: WRONG, name: &field.name, column, is_text, values });
            }
        }
        let mut done = 0;
        desk.clear(&self.layout.rules);
        let plain = self.layout.rules.is_plain && lanes.iter().all(Lane::is_plain);
        let (mut block, mut in_block) = (vec![desk.request; BLOCK], false);
        while done < rows {
            let count = BATCH.min(rows - done);
            for lane in &mut lanes {
                lane.fill(count, desk, &self.layout.rules)?;
            }
            // Names that were new were tried there.
            desk.clear(&self.layout.rules);
            for row in 0..count {
                let line = (done + row) as u64;
                if row % BLOCK == 0 {
                    in_block = plain && fill(&lanes, row, count, &mut block);
                }
                if let Some(request) = block.get(row % BLOCK).filter(|request| in_block && request.has_parts_that_fit())
                {
                    if out.request(request, &[], line).is_break() {
                        return Ok(line);
                    }
                    continue;
                }
                let flow = match self.take(&lanes, row, desk) {
                    Ok(true) => out.request(&desk.request, &desk.blocks, line),
                    Ok(false) => {
                        out.other();
                        ControlFlow::Continue(())
                    }
                    Err((lane, why)) => out.bad(shown(&lanes, row, lane, line, why)),
                };
                if flow.is_break() {
                    return Ok(line);
                }
            }
            done += count;
            if pause(out, done as u64).is_break() {
                break;
            }
        }
        Ok(done as u64)
    }

    /// Whether the row is a request, which then lies on the desk.
    #[inline]
    fn take(&self, lanes: &[Lane<'_>], row: usize, desk: &mut Desk<'_>) -> Result<bool, (Option<usize>, Why)> {
        let rules = &self.layout.rules;
        if self.adds_up {
            desk.clear(rules);
        }
        for (index, lane) in lanes.iter().enumerate() {
            let value = lane.values.get(row).copied().unwrap_or(NULL);
            if self.adds_up && lane.role == Role::Kind && value != 1 {
                return Ok(false);
            }
            lane.put(value, desk, rules).map_err(|why| (Some(index), why))?;
        }
        let found = desk.finish(rules);
        found.map_err(|(role, why)| (lanes.iter().position(|lane| lane.role == role), why))?;
        Ok(true)
    }
}

/// Requests that are put together column by column.
const BLOCK: usize = 64;

/// Fills a block of requests with the values from `row` on; whether all of them are what they should be.
fn fill(lanes: &[Lane<'_>], row: usize, rows: usize, block: &mut [Request]) -> bool {
    let count = BLOCK.min(rows - row);
    for lane in lanes {
        let Some(values) = lane.values.get(row..row + count) else { return false };
        let mut sound = true;
        let pairs = values.iter().zip(block.iter_mut());
        match lane.way {
            // What is odd is negative, and a negative number is a huge one here.
            Way::Count(counter) => pairs.for_each(|(value, request)| {
                sound &= *value as u64 <= MOST_TOKENS;
                request.set(counter, *value as u64);
            }),
            Way::Time { nanos, first, last, .. } => pairs.for_each(|(value, request)| {
                sound &= (first..last).contains(&(*value as u64));
                request.time = value.wrapping_mul(nanos);
            }),
            Way::Model => pairs.for_each(|(value, request)| {
                sound &= *value >= 0;
                request.model = *value as u32;
            }),
            Way::Flag(no, yes) => pairs.for_each(|(value, request)| {
                sound &= *value as u64 <= 1;
                request.mode = if *value == 1 { yes } else { no };
            }),
            Way::Other => return false,
        }
        if !sound {
            return false;
        }
    }
    true
}

/// What is done with the values of a column.
#[derive(Clone, Copy)]
enum Way {
    Count(Counter),
    /// The unit, its nanoseconds, and the least and first too large number of them.
    Time {
        form: TimeUnit,
        nanos: i64,
        first: u64,
        last: u64,
    },
    Model,
    /// The modes of 0 and 1.
    Flag(u32, u32),
    Other,
}

impl Way {
    fn of(role: Role, is_text: bool, time: Option<TimeForm>, modes: (u32, u32)) -> Self {
        match (role, is_text, time) {
            (Role::Batch, false, _) => Self::Flag(modes.0, modes.1),
            (Role::Count(counter), false, _) => Self::Count(counter),
            (Role::Model, true, _) => Self::Model,
            (Role::Time, false, Some(form @ (TimeForm::Epoch(unit) | TimeForm::Relative(unit)))) => {
                let (first, last) = time::bounds(form);
                let nanos = unit.nanos();
                let up = |value: i64| (value / nanos + i64::from(value % nanos != 0)).unsigned_abs();
                Self::Time { form: unit, nanos, first: up(first), last: up(last) }
            }
            _ => Self::Other,
        }
    }
}

/// A column on its way to a role.
struct Lane<'l> {
    role: Role,
    way: Way,
    /// Values below this are none.
    odd_below: i64,
    name: &'l str,
    column: Column,
    is_text: bool,
    values: Vec<i64>,
}

impl Lane<'_> {
    /// Whether its values can be put into requests column by column.
    fn is_plain(&self) -> bool {
        !matches!(self.way, Way::Other)
    }

    fn fill(&mut self, count: usize, desk: &mut Desk<'_>, rules: &Rules) -> Result<(), String> {
        let role = self.role;
        let read = &mut |text: &[u8]| match role {
            Role::Kind => Ok(i64::from(rules.kinds.iter().any(|kind| kind.as_bytes() == text))),
            role => {
                desk.clear(rules);
                desk.set(role, text, rules)?;
                Ok(desk.number_of(role))
            }
        };
        let found = self.column.read(count, &mut self.values, read);
        self.odd_below = WRONG.saturating_add(i64::try_from(self.column.wrong.len()).unwrap_or(0));
        found.map_err(|unreadable| match unreadable {
            Unreadable::Said(error) => said(&error),
            Unreadable::Encoding(encoding) => {
                format!(
                    "writes `{}` as {encoding}, which is not read here; write it plain or with a dictionary",
                    self.name
                )
            }
            Unreadable::Damaged => format!("holds a damaged page of `{}`", self.name),
        })
    }

    /// Puts a value on the desk.
    #[inline(always)]
    fn put(&self, value: i64, desk: &mut Desk<'_>, rules: &Rules) -> Result<(), Why> {
        if value < self.odd_below {
            return self.put_odd(value, desk, rules);
        }
        match self.way {
            Way::Count(counter) => {
                // A negative number is a huge one here.
                let count = value as u64;
                if count > MOST_TOKENS {
                    return Err(if value < 0 { Why::Negative } else { Why::TooMany });
                }
                desk.request.set(counter, count);
            }
            Way::Time { form, nanos, first, last } => {
                let count = value as u64;
                if count < first || count >= last {
                    return Err(u64::try_from(value).map_or(Why::NotATime, |_| Why::OtherEra(form)));
                }
                desk.request.time = value.wrapping_mul(nanos);
            }
            Way::Model => desk.request.model = value as u32,
            Way::Flag(..) | Way::Other => desk.put(self.role, value, self.is_text, rules)?,
        }
        Ok(())
    }

    /// No value, or one that is none of its column.
    #[cold]
    fn put_odd(&self, value: i64, desk: &mut Desk<'_>, rules: &Rules) -> Result<(), Why> {
        match value {
            NULL if self.role.is_required() => Err(Why::Empty),
            NULL => {
                desk.forget(self.role, rules);
                Ok(())
            }
            FRACTION => Err(Why::Fraction),
            other => {
                let at = usize::try_from(other.wrapping_sub(WRONG)).unwrap_or(usize::MAX);
                Err(self.column.wrong.get(at).cloned().unwrap_or(Why::NotANumber))
            }
        }
    }
}

/// A row with the place of what is wrong, written as `column=value, ...`.
fn shown(lanes: &[Lane<'_>], row: usize, wrong: Option<usize>, line: u64, why: Why) -> Bad {
    let mut text = String::new();
    let mut span = (0, 0);
    for (index, lane) in lanes.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        let start = text.len();
        text.push_str(lane.name);
        text.push('=');
        match lane.values.get(row) {
            None | Some(&NULL) => text.push_str("null"),
            Some(_) if lane.is_text => text.push_str("..."),
            Some(value) => text.push_str(&value.to_string()),
        }
        if wrong == Some(index) {
            span = (start, text.len());
        }
    }
    let column = wrong.and_then(|wrong| lanes.get(wrong)).map(|lane| lane.name);
    Bad::new(line, text.as_bytes(), span, column, why)
}
