//! JSON Schemas: of scenarios, for editors; of reports, for programs.
//!
//! The scenario's is made from one table of keys, `scenario.txt`, which a test holds against what the reader accepts.

use serde_json::{Map, Value, json};

/// The JSON Schema of reports.
pub const REPORT: &str = include_str!("report.json");

const TABLE: &str = include_str!("scenario.txt");
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A map of the scenario: its name in the table and its keys.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Its keys, in the order of the table.
    pub keys: Vec<Key>,
}

/// A key of a map.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What may stand there, in the words of the table.
    kind: &'static str,
    /// What it says.
    words: &'static str,
}

/// The table of keys.
pub fn sections() -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            found.push(Section { name, keys: Vec::new() });
            continue;
        }
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (kind, words) = rest.trim_start().split_once(' ').unwrap_or((rest, ""));
        let key =
            Key { name: name.trim_end_matches('!'), required: name.ends_with('!'), kind, words: words.trim_start() };
        if let Some(section) = found.last_mut() {
            section.keys.push(key);
        }
    }
    found
}

/// The JSON Schema of scenarios.
pub fn scenario() -> Value {
    let sections = sections();
    let mut definitions: Map<String, Value> =
        sections.iter().map(|section| (section.name.to_owned(), of_section(section))).collect();
    definitions.insert("quantity".to_owned(), quantity());
    json!({
        "$schema": DIALECT,
        "title": "A scenario of llmcost",
        "$ref": "#/$defs/scenario",
        "$defs": definitions,
    })
}

fn of_section(section: &Section) -> Value {
    let property = |key: &Key| {
        let mut schema = of_kind(key.kind);
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".to_owned(), key.words.into());
        }
        (key.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = section.keys.iter().map(property).collect();
    let required: Vec<&str> = section.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    // A scenario may get what it must have from a file that it includes.
    if let (false, Some(object)) = (required.is_empty() || section.name == "scenario", schema.as_object_mut()) {
        object.insert("required".to_owned(), required.into());
    }
    schema
}

/// A type of the table as a schema.
fn of_kind(kind: &str) -> Value {
    let alternatives: Vec<&str> = split(kind);
    match alternatives.as_slice() {
        [one] => of_one(one),
        many => json!({"anyOf": many.iter().map(|one| of_one(one)).collect::<Vec<_>>()}),
    }
}

/// Alternatives at the top level.
fn split(kind: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_usize, 0, Vec::new());
    for (at, letter) in kind.char_indices() {
        match letter {
            '<' | '[' => depth = depth.saturating_add(1),
            '>' | ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                found.extend(kind.get(from..at));
                from = at.saturating_add(1);
            }
            _ => {}
        }
    }
    found.extend(kind.get(from..));
    found
}

fn of_one(kind: &str) -> Value {
    let inside = |open: char, close: char| kind.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(map) = inside('{', '}') {
        return json!({"$ref": format!("#/$defs/{map}")});
    }
    if let Some(item) = inside('[', ']') {
        return json!({"type": "array", "items": of_kind(item)});
    }
    if let Some(value) = inside('<', '>') {
        return json!({"type": "object", "additionalProperties": of_kind(value)});
    }
    match inside('"', '"') {
        // Readers of older YAML take `off` for false, and a bare 1 is a number.
        Some("off") => json!({"enum": ["off", false]}),
        Some("1") => json!({"enum": ["1", 1]}),
        Some(word) => json!({"const": word}),
        None => match kind {
            "quantity" => json!({"$ref": "#/$defs/quantity"}),
            "flag" => json!({"enum": ["true", "false", "yes", "no", true, false]}),
            "date" => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
            "text" => json!({"type": ["string", "number"]}),
            _ => json!({}),
        },
    }
}

/// A number with or without a unit, or a range.
fn quantity() -> Value {
    json!({"anyOf": [{"type": ["string", "number"]}, {"$ref": "#/$defs/range"}]})
}
