//! Names and dates resolved to cards: exact names only, the upper list wins, nothing is guessed.

use std::collections::BTreeSet;
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
        match &self.models {
            Models::Loaded(models) => models.clone(),
            Models::Embedded(list) => list.all(&self.info),
        }
    }

    /// Every name in it: ids and aliases.
    pub fn names(&self) -> Vec<String> {
        match &self.models {
            Models::Loaded(models) => {
                let aliases =
                    |model: &Arc<Model>| model.aliases.iter().map(|alias| alias.name.clone()).collect::<Vec<_>>();
                models.iter().flat_map(|model| std::iter::once(model.id.clone()).chain(aliases(model))).collect()
            }
            Models::Embedded(list) => list.names(),
        }
    }

    /// Every region that a model of it has a price for.
    pub fn regions(&self) -> BTreeSet<String> {
        Self::regions_of(&self.all())
    }

    /// Whether a model of it has a price for `region`; only those that mention it are read.
    pub fn has_region(&self, region: &str) -> bool {
        Self::regions_of(&self.candidates(region)).contains(region)
    }

    fn regions_of(models: &[Arc<Model>]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for model in models {
            found.extend(model.uplifts.iter().map(|uplift| uplift.region.clone()));
            found.extend(model.cards.iter().filter_map(|card| card.when.region.clone()));
            found.extend(model.aliases.iter().filter_map(|alias| alias.region.clone()));
        }
        found
    }

    /// The models in which `name` may occur.
    fn candidates(&self, name: &str) -> Vec<Arc<Model>> {
        match &self.models {
            Models::Loaded(models) => models.clone(),
            Models::Embedded(list) => list.mentioning(name, &self.info),
        }
    }

    /// The models that `name` can mean in this list: those whose id it is, else by alias, else by `provider/...`; then
    /// those to which it pointed at another time.
    fn named(&self, name: &str, date: Date) -> (Vec<Arc<Model>>, Vec<Arc<Model>>) {
        let candidates = self.candidates(name);
        let by_id: Vec<_> = candidates.iter().filter(|model| model.id == name).cloned().collect();
        if !by_id.is_empty() {
            return (by_id, Vec::new());
        }
        let by_alias: Vec<_> = candidates.iter().filter_map(|model| called(model, name, name, date)).collect();
        if !by_alias.is_empty() {
            return (by_alias, Vec::new());
        }
        let points = |model: &&Arc<Model>| model.aliases.iter().any(|alias| alias.name == name);
        let expired = candidates.iter().filter(points).cloned().collect();
        let Some((seller, bare)) = name.split_once('/') else { return (Vec::new(), expired) };
        let of_seller = self.candidates(bare).into_iter().filter(|model| model.provider == seller);
        let meant = |model: Arc<Model>| if model.id == bare { Some(model) } else { called(&model, bare, name, date) };
        (of_seller.filter_map(meant).collect(), expired)
    }
}

/// The model as its alias means it on `date`; one with a region goes by the name that was asked for.
fn called(model: &Arc<Model>, alias: &str, asked: &str, date: Date) -> Option<Arc<Model>> {
    let alias = model.aliases.iter().find(|known| known.name == alias && known.covers(date))?;
    Some(match &alias.region {
        Some(region) => Arc::new(model.in_region(region, Some(asked))),
        None => Arc::clone(model),
    })
}

/// All price lists of a run, the one that wins first.
#[derive(Debug)]
pub struct Book {
    lists: Vec<List>,
    region: Option<String>,
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
        Self { lists, region: None }
    }

    /// The book with the prices of a region, for models that have some.
    #[must_use]
    pub fn in_region(self, region: Option<String>) -> Self {
        Self { region, ..self }
    }

    /// The lists, the one that wins first.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// The date of the newest list.
    pub fn listed(&self) -> Option<Date> {
        self.lists.iter().filter_map(|list| list.info().listed).max()
    }

    /// What `name` means on `date`.
    pub fn find(&self, name: &str, date: Date) -> Lookup {
        let mut out_of_time = Vec::new();
        for list in &self.lists {
            let (found, expired) = list.named(name, date);
            match found.as_slice() {
                [only] => return Lookup::Found(self.here(only)),
                [] => out_of_time.extend(expired),
                several => return Lookup::Ambiguous(several.iter().map(|model| model.qualified()).collect()),
            }
        }
        if out_of_time.is_empty() { Lookup::Unknown } else { Lookup::OtherTime(out_of_time) }
    }

    /// The days on which the meaning of `name` may change, ascending: those on which an alias begins or ends.
    pub fn turns(&self, name: &str) -> BTreeSet<Date> {
        let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
        let models = self.lists.iter().flat_map(|list| list.candidates(name).into_iter().chain(list.candidates(bare)));
        let mut days = BTreeSet::new();
        for model in models {
            for alias in model.aliases.iter().filter(|alias| alias.name == name || alias.name == bare) {
                days.extend([alias.from, alias.until].into_iter().flatten());
            }
        }
        days
    }

    fn here(&self, model: &Arc<Model>) -> Arc<Model> {
        match &self.region {
            Some(region) if model.region.is_none() => Arc::new(model.in_region(region, None)),
            _ => Arc::clone(model),
        }
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
        self.lists.iter().flat_map(List::names).collect()
    }

    /// Every provider of every list.
    pub fn providers(&self) -> Vec<String> {
        let mut names: Vec<_> = self.lists.iter().flat_map(List::all).map(|model| model.provider.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}
