//! JSON whose numbers stay the text they are written as, so that no price passes through a float.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::diag::{Code, Diagnostic, Place, Source};

/// A value of a JSON file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// As it is written.
    Number(String),
    /// Without its quotes.
    Text(String),
    /// `[...]`
    List(Vec<Self>),
    /// `{...}`, in order.
    Map(Vec<(String, Self)>),
}

impl Json {
    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Keys and values of a map; none of anything else.
    pub fn entries(&self) -> &[(String, Self)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// A text or a number, as written.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The value in short, for reports.
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::shown).collect::<Vec<_>>().join(", ")),
            Self::Map(entries) => {
                let entry = |(key, value): &(String, Self)| format!("{key}: {}", value.shown());
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Reads a whole file.
///
/// # Errors
/// Text that is not JSON, and a key that stands twice in one map.
pub fn parse(source: &Arc<Source>) -> Result<Json, Box<Diagnostic>> {
    serde_json::from_str(&source.text).map_err(|error| {
        let lines = source.text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let start: usize = lines.map(str::len).sum::<usize>().saturating_add(error.column().saturating_sub(1));
        let place = Place::new(source, start, start.saturating_add(1));
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or_default().to_owned();
        Box::new(Diagnostic::at(Code::Syntax, &place, "this is not valid JSON", what))
    })
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get().trim();
        let inner = |error: serde_json::Error| D::Error::custom(error);
        Ok(match raw.as_bytes().first() {
            Some(b'{') => Self::Map(serde_json::from_str::<Entries>(raw).map_err(inner)?.0),
            Some(b'[') => Self::List(serde_json::from_str::<Items>(raw).map_err(inner)?.0),
            Some(b'"') => Self::Text(serde_json::from_str(raw).map_err(inner)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(raw.to_owned()),
        })
    }
}

struct Entries(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries: Vec<(String, Json)> = Vec::new();
                let mut known = std::collections::HashSet::new();
                while let Some((key, value)) = map.next_entry::<String, Json>()? {
                    if !known.insert(key.clone()) {
                        return Err(A::Error::custom(format!("the key `{key}` stands twice in one map")));
                    }
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

struct Items(Vec<Json>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Items;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}
