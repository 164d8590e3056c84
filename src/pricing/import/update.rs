//! A newer file over an older list: cards are appended, history is never rewritten.

use crate::pricing::{Card, Component, Date, Model, Rate};

/// What an update changed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Changes {
    /// Models that were not there before.
    pub added: Vec<String>,
    /// Models whose price changed; each has a new card.
    pub changed: Vec<String>,
    /// Models that are no longer there; they stay, retired.
    pub removed: Vec<String>,
    /// Models whose prices are the same.
    pub unchanged: usize,
}

/// `old` with what `new` says on `date`: new models, new cards where a price changed, and an end for models and prices
/// that are gone. Cards that are there stay as they are.
pub fn updated(old: &[Model], new: &[Model], date: Date, source: &str) -> (Vec<Model>, Changes) {
    let mut changes = Changes::default();
    let mut models: Vec<Model> = Vec::new();
    for known in old {
        let mut model = known.clone();
        match new.iter().find(|other| other.id == known.id && other.provider == known.provider) {
            None => {
                changes.removed.push(model.id.clone());
                if model.retires.is_none() {
                    model.retires = Some(date);
                    model.note = Some(with(model.note, &format!("removed from {source} by {date}")));
                }
            }
            Some(current) => {
                if append(&mut model, current, date) {
                    changes.changed.push(model.id.clone());
                } else {
                    changes.unchanged = changes.unchanged.saturating_add(1);
                }
            }
        }
        models.push(model);
    }
    for fresh in new {
        if !old.iter().any(|known| known.id == fresh.id && known.provider == fresh.provider) {
            changes.added.push(fresh.id.clone());
            let mut model = fresh.clone();
            for card in &mut model.cards {
                card.from = card.from.or(Some(date));
                card.verified = card.verified.or(Some(date));
            }
            models.push(model);
        }
    }
    (models, changes)
}

fn with(note: Option<String>, more: &str) -> String {
    note.map_or_else(|| more.to_owned(), |note| format!("{note}; {more}"))
}

/// The cards that `current` has and `model` has not; whether there are any.
fn append(model: &mut Model, current: &Model, date: Date) -> bool {
    let holds_or_will = |card: &&Card| {
        card.from.is_some_and(|from| from > date)
            || in_force(current, card, date).is_some_and(|newest| newest.from == card.from)
    };
    // What is only announced is no history yet: it may change, and be taken back.
    let announced = |card: &Card| card.from.is_some_and(|from| from > date);
    let before = model.cards.len();
    model.cards.retain(|known| {
        !announced(known) || current.cards.iter().any(|card| card.when == known.when && card.from == known.from)
    });
    let mut changed = model.cards.len() != before;
    for card in current.cards.iter().filter(holds_or_will) {
        let same_day = |known: &&mut Card| known.when == card.when && known.from == card.from && card.from.is_some();
        if let Some(known) = model.cards.iter_mut().find(same_day) {
            if same(&known.rates, &card.rates) {
                continue;
            }
            if announced(card) {
                known.rates.clone_from(&card.rates);
                known.verified = Some(date);
                changed = true;
                continue;
            }
        }
        // A day that the source states counts where it goes on from what is known; else the day of the file.
        let past = model.cards.iter().filter(|known| known.when == card.when && !announced(known));
        let newest = past.filter_map(|known| known.from).max();
        let from = card.from.filter(|from| newest.is_none_or(|newest| *from > newest)).unwrap_or(date);
        let standing = in_force(model, card, from);
        if standing.is_none_or(|known| !same(&known.rates, &card.rates)) {
            // A second file of the same day corrects the first.
            model.cards.retain(|known| known.when != card.when || known.from != Some(from));
            model.cards.push(Card { from: Some(from), verified: Some(date), ..card.clone() });
            changed = true;
        }
    }
    for card in &mut model.cards {
        let open = card.until.is_none() && card.from.is_none_or(|from| from < date);
        if open && !card.when.is_empty() && !current.cards.iter().any(|other| other.when == card.when) {
            card.until = Some(date);
            changed = true;
        }
    }
    for alias in &current.aliases {
        if !model.aliases.contains(alias) {
            model.aliases.push(alias.clone());
        }
    }
    model.retires = current.retires.or(model.retires);
    for uplift in &current.uplifts {
        if !model.uplifts.iter().any(|known| known.region == uplift.region && known.factor == uplift.factor) {
            model.uplifts.retain(|known| known.region != uplift.region);
            model.uplifts.push(uplift.clone());
        }
    }
    changed
}

/// The card for the same use that holds on `date`.
fn in_force<'a>(model: &'a Model, card: &Card, date: Date) -> Option<&'a Card> {
    model.cards.iter().filter(|known| known.when == card.when && known.covers(date)).max_by_key(|known| known.from)
}

fn same(a: &[(Component, Rate)], b: &[(Component, Rate)]) -> bool {
    a.len() == b.len() && a.iter().all(|rate| b.contains(rate))
}
