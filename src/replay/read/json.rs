//! Records in JSON: lines of a log, and cells of a table that hold records of their own.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::desk::{Desk, Said};
use super::why::Why;
use super::{Bad, Take};
use crate::replay::columns::Uses;
use crate::replay::layout::{Layout, Unclear};

/// How the lines of a file are read.
#[derive(Debug)]
pub struct Json {
    layout: Layout,
    tree: Tree,
}

/// Keys to be found in a record, and below which of them fields lie.
#[derive(Default, Debug)]
pub struct Tree {
    field: Option<usize>,
    below: Vec<(String, Self)>,
}

/// What was found for a field.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// The key is not there.
    Missing,
    /// `null`
    Null,
    /// A text without its quotes, or a number, flag or list as it is written.
    Text(Cow<'a, str>),
}

impl Value<'_> {
    /// For the desk.
    pub fn said(&self) -> Said<'_> {
        match self {
            Self::Missing => Said::Missing,
            Self::Null => Said::Null,
            Self::Text(text) => Said::Text(text.as_bytes()),
        }
    }
}

impl Tree {
    /// The tree of these paths, each the field of its position. A path with dots may be one key or several.
    pub fn of<'p>(paths: impl Iterator<Item = (usize, &'p str)>) -> Self {
        let mut root = Self::default();
        for (field, path) in paths {
            root.add(&[path], field);
            let keys: Vec<&str> = path.split('.').collect();
            root.add(&keys, field);
            // `attributes` holds keys that have dots themselves.
            if let Some((first, rest)) = path.split_once('.') {
                root.add(&[first, rest], field);
            }
        }
        root
    }

    fn add(&mut self, keys: &[&str], field: usize) {
        let Some((first, rest)) = keys.split_first() else {
            self.field = Some(field);
            return;
        };
        let at = self.below.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
            self.below.push(((*first).to_owned(), Self::default()));
            self.below.len() - 1
        });
        if let Some((_, tree)) = self.below.get_mut(at) {
            tree.add(rest, field);
        }
    }
}

impl Json {
    /// A reader for files with this layout.
    pub fn new(layout: Layout) -> Self {
        let tree = Tree::of(layout.fields.iter().map(|field| field.name.as_str()).enumerate());
        Self { layout, tree }
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The layout, to complete what the beginning of the file says.
    pub fn layout_mut(&mut self) -> &mut Layout {
        &mut self.layout
    }

    /// The same without the keys that a run does not look at.
    ///
    /// # Errors
    /// A key that it needs and that is not there.
    pub fn narrowed(mut self, uses: Uses) -> Result<Self, Unclear> {
        self.layout.narrow(uses)?;
        self.layout.fields.retain(|field| !field.roles.is_empty());
        Ok(Self::new(self.layout))
    }

    /// Reads the lines of `chunk`, which begins and ends at lines; only the last chunk of a file may lack a line end.
    /// How many lines there were.
    pub fn read(&self, chunk: &[u8], desk: &mut Desk<'_>, out: &mut impl Take) -> u64 {
        let mut rest = chunk;
        let mut line = 0;
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let row = rest.get(..end).unwrap_or(rest).trim_ascii_end();
            if !row.trim_ascii().is_empty() {
                let flow = match self.take(row, line, desk) {
                    Ok(true) => out.request(&desk.request, &desk.blocks, line),
                    Ok(false) => {
                        out.other();
                        ControlFlow::Continue(())
                    }
                    Err(bad) => out.bad(bad),
                };
                if flow.is_break() {
                    return line;
                }
            }
            rest = rest.get(end..).unwrap_or_default();
            line += 1;
        }
        line
    }

    fn take(&self, row: &[u8], line: u64, desk: &mut Desk<'_>) -> Result<bool, Bad> {
        let values = record(row, &self.tree, self.layout.fields.len())
            .map_err(|(at, why)| Bad::new(line, row, (at, (at + 1).min(row.len())), None, why))?;
        desk.take(&self.layout, |index| values.get(index).map_or(Said::Missing, Value::said)).map_err(|(field, why)| {
            let name = field.and_then(|field| self.layout.fields.get(field)).map(|field| field.name.as_str());
            let span = match field.and_then(|field| values.get(field)) {
                Some(Value::Text(Cow::Borrowed(text))) => place(row, text),
                _ => (0, row.len()),
            };
            Bad::new(line, row, span, name, why)
        })
    }
}

/// Where a part of `row` stands in it.
fn place(row: &[u8], part: &str) -> (usize, usize) {
    let start = (part.as_ptr() as usize).wrapping_sub(row.as_ptr() as usize);
    if start <= row.len() { (start, (start + part.len()).min(row.len())) } else { (0, row.len()) }
}

/// The values of a record, by field.
fn record<'a>(row: &'a [u8], tree: &Tree, fields: usize) -> Result<Vec<Value<'a>>, (usize, Why)> {
    let mut values = vec![Value::Missing; fields];
    let mut reader = serde_json::Deserializer::from_slice(row);
    let found = Node { tree, values: &mut values, top: true }.deserialize(&mut reader).and_then(|()| reader.end());
    match found {
        Ok(()) => Ok(values),
        Err(error) => {
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or_default().to_owned();
            Err((error.column().saturating_sub(1).min(row.len()), Why::Json(said)))
        }
    }
}

/// A value of a record on the way to fields.
struct Node<'v, 'a> {
    tree: &'v Tree,
    values: &'v mut Vec<Value<'a>>,
    top: bool,
}

impl<'a> DeserializeSeed<'a> for Node<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let Some(field) = self.tree.field.filter(|_| self.tree.below.is_empty()) else {
            return deserializer.deserialize_any(self);
        };
        let raw = <&'a RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
        let value = match raw.as_bytes() {
            b"null" => Value::Null,
            [b'"', .., b'"'] if !raw.contains('\\') => {
                Value::Text(Cow::Borrowed(raw.get(1..raw.len() - 1).unwrap_or_default()))
            }
            [b'"', ..] => Value::Text(Cow::Owned(serde_json::from_str(raw).map_err(D::Error::custom)?)),
            _ => Value::Text(Cow::Borrowed(raw)),
        };
        match self.values.get_mut(field) {
            Some(slot @ (Value::Missing | Value::Null)) => *slot = value,
            Some(_) if matches!(value, Value::Null) => {}
            _ => return Err(D::Error::custom("a key stands twice in one record")),
        }
        Ok(())
    }
}

impl<'a> Visitor<'a> for Node<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key(self.tree))? {
            match key.and_then(|index| self.tree.below.get(index)) {
                Some((_, tree)) => map.next_value_seed(Node { tree, values: &mut *self.values, top: false })?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    /// A record written as text: JSON in JSON.
    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<(), E> {
        if self.top {
            return Err(E::custom("a record is a JSON object"));
        }
        let mut inner = serde_json::Deserializer::from_str(text);
        let mut values = vec![Value::Missing; self.values.len()];
        if (Node { tree: self.tree, values: &mut values, top: false }).deserialize(&mut inner).is_ok() {
            merge(self.values, values);
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if self.top {
            return Err(E::custom("a record is a JSON object"));
        }
        let found = owned(text.as_bytes(), self.tree, self.values.len());
        merge(self.values, found);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        if self.top {
            return Err(A::Error::custom("a record is a JSON object"));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.other()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.other()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.other()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.other()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.other()
    }
}

impl Node<'_, '_> {
    fn other<E: Error>(self) -> Result<(), E> {
        if self.top { Err(E::custom("a record is a JSON object")) } else { Ok(()) }
    }
}

/// Values that outlive the text they were read from; none where it is no record.
fn owned(text: &[u8], tree: &Tree, fields: usize) -> Vec<Value<'static>> {
    let own = |value: Value<'_>| match value {
        Value::Missing => Value::Missing,
        Value::Null => Value::Null,
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
    };
    record(text, tree, fields).unwrap_or_default().into_iter().map(own).collect()
}

fn merge<'a>(values: &mut [Value<'a>], found: Vec<Value<'a>>) {
    for (slot, value) in values.iter_mut().zip(found) {
        if !matches!(value, Value::Missing) {
            *slot = value;
        }
    }
}

/// The position of a key in a tree.
struct Key<'v>(&'v Tree);

impl<'a> DeserializeSeed<'a> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.below.iter().position(|(known, _)| known == key))
    }
}

/// Fields that lie inside of the cells of a table.
#[derive(Debug)]
pub struct Inner {
    /// Column, and what to look for in it.
    trees: Vec<(usize, Tree)>,
    /// The column of each field.
    columns: Vec<usize>,
}

impl Inner {
    /// Of fields called `names`, those behind the `columns` of the table; `None` without any.
    pub fn of(names: &[&str], columns: usize) -> Option<Self> {
        let mut by_column: Vec<(usize, Vec<(usize, &str)>)> = Vec::new();
        let mut column_of: Vec<usize> = (0..columns).collect();
        for (field, name) in names.iter().enumerate().skip(columns) {
            let (top, path) = name.split_once('.')?;
            let column = names.iter().take(columns).position(|known| *known == top)?;
            column_of.push(column);
            match by_column.iter_mut().find(|(known, _)| *known == column) {
                Some((_, paths)) => paths.push((field, path)),
                None => by_column.push((column, vec![(field, path)])),
            }
        }
        let trees =
            by_column.into_iter().map(|(column, paths)| (column, Tree::of(paths.into_iter()))).collect::<Vec<_>>();
        (!trees.is_empty()).then_some(Self { trees, columns: column_of })
    }

    /// What the cells hold, by field.
    pub fn read<'c>(&self, cells: &'c [super::csv::Cell<'_>]) -> Vec<Value<'c>> {
        let mut values = vec![Value::Missing; self.columns.len()];
        for (column, tree) in &self.trees {
            if let Some(cell) = cells.get(*column)
                && let Ok(found) = record(cell.text(), tree, values.len())
            {
                merge(&mut values, found);
            }
        }
        values
    }

    /// The column in which a field lies.
    pub fn column_of(&self, field: usize) -> usize {
        self.columns.get(field).copied().unwrap_or(field)
    }
}

/// Every path of the records in `text`, with the first value found there; `limit` lines are looked at.
pub fn paths(text: &[u8], limit: usize) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.split(|byte| *byte == b'\n').take(limit) {
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) {
            walk(&value, String::new(), &mut found);
        }
    }
    found
}

/// Paths of one record are at most so deep, and so many.
const DEEPEST: usize = 6;
const MOST_PATHS: usize = 2_000;

fn walk(value: &serde_json::Value, path: String, found: &mut Vec<(String, String)>) {
    let serde_json::Value::Object(entries) = value else {
        let text = match value {
            serde_json::Value::String(text) => {
                if let Some(inner) = text.strip_prefix('{').and_then(|_| serde_json::from_str(text).ok()) {
                    return walk(&inner, path, found);
                }
                text.clone()
            }
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        let many = found.len() >= MOST_PATHS;
        match found.iter_mut().find(|(known, _)| *known == path) {
            Some((_, first)) if first.is_empty() => *first = text,
            None if !many => found.push((path, text)),
            _ => {}
        }
        return;
    };
    if path.split('.').count() > DEEPEST {
        return;
    }
    for (key, value) in entries {
        let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        walk(value, inner, found);
    }
}
