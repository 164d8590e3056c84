//! Two lists, model by model: what is new, what is gone, what costs something else on a day.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::view::changes;
use super::{Card, Date, Model};
use crate::units::Exact;

/// What differs between two lists.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// The form of this value.
    pub schema: &'static str,
    /// The day whose prices are compared.
    pub at: String,
    /// Models of the new list alone.
    pub added: Vec<String>,
    /// Models of the old list alone.
    pub removed: Vec<String>,
    /// Models of both that cost something else.
    pub changed: Vec<Changed>,
    /// How many models cost the same.
    pub unchanged: usize,
}

/// A model that costs something else.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// The model.
    pub model: String,
    /// What it is used for: `standard`, `batch`, ...
    pub when: String,
    /// What changed, as `input $2.5 to $2 (-20%)`.
    pub changes: Vec<String>,
    /// Whether the new list announces it for a later day.
    pub announced_for: Option<String>,
}

/// What two lists make a scenario cost.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The scenario's file.
    pub file: String,
    /// The currency of its amounts.
    pub currency: String,
    /// Its strategies.
    pub strategies: Vec<StrategyEffect>,
}

/// What two lists make a strategy cost.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyEffect {
    /// Its name.
    pub name: String,
    /// Per month with the older list.
    pub per_month_before: Exact,
    /// Per month with the newer one.
    pub per_month_after: Exact,
    /// The difference.
    pub change: Exact,
    /// The difference as a percentage of the first; `None` where that is 0.
    pub percent: Option<Exact>,
}

impl StrategyEffect {
    /// A strategy that cost `before` a month and costs `after`.
    pub fn of(name: &str, before: &Exact, after: &Exact) -> Self {
        let change = after - before;
        Self {
            name: name.to_owned(),
            per_month_before: before.clone(),
            per_month_after: after.clone(),
            percent: (&change * &Exact::from(100)).checked_div(before),
            change,
        }
    }
}

/// What `new` says differently than `old`, for the prices of `date` and those announced for later.
pub fn diff(old: &[Arc<Model>], new: &[Arc<Model>], date: Date) -> Diff {
    let key = |model: &Arc<Model>| (model.provider.clone(), model.id.clone());
    let before: HashMap<_, _> = old.iter().map(|model| (key(model), model)).collect();
    let after: HashMap<_, _> = new.iter().map(|model| (key(model), model)).collect();
    let without = |all: &[Arc<Model>], others: &HashMap<(String, String), &Arc<Model>>| -> Vec<String> {
        all.iter().filter(|model| !others.contains_key(&key(model))).map(|model| model.id.clone()).collect()
    };
    let mut changed = Vec::new();
    let mut unchanged = 0usize;
    for model in new {
        let Some(known) = before.get(&key(model)) else { continue };
        let count = changed.len();
        compare(known, model, date, &mut changed);
        unchanged = unchanged.saturating_add(usize::from(changed.len() == count));
    }
    let (added, removed) = (without(new, &before), without(old, &after));
    Diff { schema: "llmcost.price-diff/1", at: date.to_string(), added, removed, changed, unchanged }
}

fn compare(old: &Model, new: &Model, date: Date, changed: &mut Vec<Changed>) {
    let mut uses: Vec<&super::Selectors> = Vec::new();
    for card in old.cards.iter().chain(&new.cards) {
        if !uses.contains(&&card.when) {
            uses.push(&card.when);
        }
    }
    for when in uses {
        let in_force = |model: &'_ Model| -> Option<Card> {
            let cards = model.cards.iter().filter(|card| card.when == *when && card.covers(date));
            cards.max_by_key(|card| card.from).cloned()
        };
        let nothing = |card: &Card| Card { rates: Vec::new(), ..card.clone() };
        let found = match (in_force(old), in_force(new)) {
            (Some(a), Some(b)) => changes(&a, &b),
            (Some(a), None) => changes(&a, &nothing(&a)),
            (None, Some(b)) => changes(&nothing(&b), &b),
            (None, None) => Vec::new(),
        };
        if !found.is_empty() {
            changed.push(Changed {
                model: new.id.clone(),
                when: when.to_string(),
                changes: found,
                announced_for: None,
            });
        }
        announced(old, new, when, date, changed);
    }
}

/// Cards for later days that only the new list has, against the price that they end.
fn announced(old: &Model, new: &Model, when: &super::Selectors, date: Date, changed: &mut Vec<Changed>) {
    let later = |card: &&Card| card.when == *when && card.from.is_some_and(|from| from > date);
    for card in new.cards.iter().filter(later) {
        let known = old
            .cards
            .iter()
            .any(|other| other.when == card.when && other.from == card.from && other.rates == card.rates);
        let before =
            new.cards.iter().filter(|other| other.when == card.when && other.from < card.from).max_by_key(|c| c.from);
        if let Some(before) = before.filter(|_| !known) {
            changed.push(Changed {
                model: new.id.clone(),
                when: when.to_string(),
                changes: changes(before, card),
                announced_for: card.from.map(|from| from.to_string()),
            });
        }
    }
}
