//! Names and dates resolved to cards: exact names only, the upper list wins, nothing is guessed.

use std::sync::Arc;

use super::embedded::EmbeddedList;
use super::{Date, Model};

/// What identifies a price list in a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListInfo {
    /// Its name.
    pub name: String,
    /// The date it was made; the default date of a scenario.
    pub listed: Option<Date>,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
}

/// A price list.
#[derive(Debug)]
pub struct List {
    info: Arc<ListInfo>,
    models: Models,
}

#[derive(Debug)]
enum Models {
    Loaded(Vec<Arc<Model>>),
    Embedded(&'static EmbeddedList),
}

impl List {
    /// A list that was read whole.
    pub fn loaded(info: Arc<ListInfo>, models: Vec<Arc<Model>>) -> Self {
        Self { info, models: Models::Loaded(models) }
    }

    /// A list of the binary, read as far as it is needed.
    pub fn embedded(info: Arc<ListInfo>, list: &'static EmbeddedList) -> Self {
        Self { info, models: Models::Embedded(list) }
    }

    /// What identifies it.
    pub fn info(&self) -> &Arc<ListInfo> {
        &self.info
    }

    /// All its models.
    pub fn all(&self) -> Vec<Arc<Model>> {
        self.candidates("")
    }

    fn candidates(&self, part: &str) -> Vec<Arc<Model>> {
        match &self.models {
            Models::Loaded(models) => models.clone(),
            Models::Embedded(list) => list.models(&self.info, part),
        }
    }

    /// The models that `name` can mean in this list: those whose id it is, else by alias, else by `provider/...`.
    fn named(&self, name: &str, date: Date) -> (Vec<Arc<Model>>, Vec<Arc<Model>>) {
        let (seller, bare) = name.split_once('/').map_or((None, name), |(seller, bare)| (Some(seller), bare));
        let mut models = self.candidates(name);
        if seller.is_some() && matches!(self.models, Models::Embedded(_)) {
            for model in self.candidates(bare) {
                if !models.iter().any(|known| known.id == model.id && known.provider == model.provider) {
                    models.push(model);
                }
            }
        }
        let by_id: Vec<_> = models.iter().filter(|model| model.id == name).cloned().collect();
        if !by_id.is_empty() {
            return (by_id, Vec::new());
        }
        let (alias, expired): (Vec<_>, Vec<_>) = models
            .iter()
            .filter(|model| model.aliases.iter().any(|alias| alias.name == name))
            .cloned()
            .partition(|model| bears(model, name, date));
        if !alias.is_empty() {
            return (alias, Vec::new());
        }
        let of_seller = |model: &&Arc<Model>| Some(model.provider.as_str()) == seller;
        let qualified: Vec<_> =
            models.iter().filter(of_seller).filter(|m| m.id == bare || bears(m, bare, date)).cloned().collect();
        (qualified, expired)
    }
}

fn bears(model: &Model, name: &str, date: Date) -> bool {
    model.aliases.iter().any(|alias| {
        alias.name == name && alias.from.is_none_or(|from| from <= date) && alias.until.is_none_or(|until| date < until)
    })
}

/// All price lists of a run, the one that wins first.
#[derive(Debug)]
pub struct Book {
    lists: Vec<List>,
}

/// What became of a name.
#[derive(Debug)]
pub enum Lookup {
    /// One model bears it.
    Found(Arc<Model>),
    /// Several of one list do; their qualified names.
    Ambiguous(Vec<String>),
    /// The name pointed at these models, but not on the date asked for.
    OtherTime(Vec<Arc<Model>>),
    /// No list knows it.
    Unknown,
}

impl Book {
    /// A book of these lists; the first one wins.
    pub fn new(lists: Vec<List>) -> Self {
        Self { lists }
    }

    /// The lists, the one that wins first.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// What `name` means on `date`.
    pub fn find(&self, name: &str, date: Date) -> Lookup {
        let mut out_of_time = Vec::new();
        for list in &self.lists {
            let (found, expired) = list.named(name, date);
            match found.as_slice() {
                [only] => return Lookup::Found(Arc::clone(only)),
                [] => out_of_time.extend(expired),
                several => {
                    return Lookup::Ambiguous(several.iter().map(|m| format!("{}/{}", m.provider, m.id)).collect());
                }
            }
        }
        if out_of_time.is_empty() { Lookup::Unknown } else { Lookup::OtherTime(out_of_time) }
    }

    /// Whether any model is sold by `provider`.
    pub fn has_provider(&self, provider: &str) -> bool {
        self.lists.iter().any(|list| match &list.models {
            Models::Loaded(models) => models.iter().any(|model| model.provider == provider),
            Models::Embedded(embedded) => embedded.states_provider(provider),
        })
    }

    /// Every name of every list, for suggestions.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for model in self.lists.iter().flat_map(List::all) {
            names.push(model.id.clone());
            names.extend(model.aliases.iter().map(|alias| alias.name.clone()));
        }
        names.dedup();
        names
    }

    /// Every provider of every list.
    pub fn providers(&self) -> Vec<String> {
        let mut names: Vec<_> = self.lists.iter().flat_map(List::all).map(|model| model.provider.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}
