//! Price maps of other projects as lists of ours. What cannot be represented is listed with its reason, never dropped in
//! silence and never priced at zero.

mod decimal;
mod genai;
mod litellm;
mod sheet;
mod update;

use std::sync::Arc;

pub use update::{Changes, updated};

use super::{CacheRules, ListInfo, Model};
use crate::diag::{Diagnostic, Place, Source};

/// A project whose file can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Upstream {
    /// `model_prices_and_context_window.json`
    Litellm,
    /// The data of genai-prices as JSON.
    GenaiPrices,
}

/// What became of a file.
#[derive(Debug)]
pub struct Imported {
    /// Its models, in the order of the file.
    pub models: Vec<Model>,
    /// What is not as it was there.
    pub remarks: Vec<Remark>,
}

/// Something of the file that the list says differently or not at all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Remark {
    /// What became of it.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// The model's name upstream.
    pub model: String,
    /// The field; empty for the whole model.
    pub field: String,
    /// What it says.
    pub value: String,
}

/// What became of a part of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// The whole model is not in the list.
    Skipped,
    /// The field is not in the list.
    LeftOut,
    /// It was read as something else than it says.
    ReadAs,
    /// Float noise was taken off.
    Cleaned,
}

impl Kind {
    /// In all orders of a report.
    pub const ALL: [Self; 4] = [Self::Skipped, Self::LeftOut, Self::ReadAs, Self::Cleaned];

    /// As reports say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "not imported",
            Self::LeftOut => "left out",
            Self::ReadAs => "read as",
            Self::Cleaned => "cleaned",
        }
    }
}

/// Reads a file of `upstream`; `source_name` is what the cards name as their source.
///
/// # Errors
/// Text that is not JSON or not a file of that project.
pub fn import(upstream: Upstream, source: &Arc<Source>, source_name: &str) -> Result<Imported, Box<Diagnostic>> {
    let root = crate::input::json::parse(source)?;
    let blank = Blank { place: Place::new(source, 0, 0), info: info(source), source_name };
    match upstream {
        Upstream::Litellm => litellm::read(&root, &blank),
        Upstream::GenaiPrices => genai::read(&root, &blank),
    }
}

fn info(source: &Arc<Source>) -> Arc<ListInfo> {
    Arc::new(ListInfo { name: source.name.clone(), listed: None, sha256: String::new() })
}

/// What models of a file have in common.
struct Blank<'a> {
    place: Place,
    info: Arc<ListInfo>,
    source_name: &'a str,
}

impl Blank<'_> {
    fn model(&self, id: &str, provider: &str) -> Model {
        Model {
            id: id.to_owned(),
            provider: provider.to_owned(),
            list: Arc::clone(&self.info),
            aliases: Vec::new(),
            context: None,
            max_output: None,
            cache: CacheRules::default(),
            released: None,
            retires: None,
            note: None,
            cards: Vec::new(),
            fallbacks: Vec::new(),
            uplifts: Vec::new(),
            as_text: Vec::new(),
            free: false,
            accepted: Vec::new(),
            region: None,
            route: None,
            place: self.place.clone(),
        }
    }
}

/// Collects remarks about one model.
struct Notes<'a> {
    model: &'a str,
    remarks: &'a mut Vec<Remark>,
}

impl Notes<'_> {
    fn add(&mut self, kind: Kind, field: impl Into<String>, value: impl Into<String>, reason: impl Into<String>) {
        let model = self.model.to_owned();
        self.remarks.push(Remark { kind, reason: reason.into(), model, field: field.into(), value: value.into() });
    }
}
