//! Whether two plans pay the same for a model, and what they pay otherwise.

use std::sync::Arc;

use super::hybrid::{Models, is_one};
use crate::plan::Model;
use crate::pricing::{Ask, Card, Component, Moment};
use crate::units::Exact;

/// Another price of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceChange {
    /// The model.
    pub model: String,
    /// What is priced.
    pub component: Component,
    /// `batch`, ...; `None`: standard.
    pub mode: Option<String>,
    /// The least tokens of a prompt that pays this price; 0 outside of tiers.
    pub from: u64,
    /// Tokens or other units that the amounts are for.
    pub per: u64,
    /// USD before, as it was paid; `None` where it had no price.
    pub base: Option<Exact>,
    /// USD now.
    pub head: Option<Exact>,
}

/// Whether a model costs the same whatever is asked of it. Two dates with the same cards in force are the same.
pub(super) fn is_same_price(a: &Model, b: &Model) -> bool {
    let same_dates = a.as_of == b.as_of || !in_force(a).iter().any(|card| !card.when.windows.is_empty());
    let rules = |model: &Model| {
        let listed = &model.listed;
        let fallbacks: Vec<_> =
            listed.fallbacks.iter().map(|one| (one.mode.clone(), one.factor.clone(), one.applies_to.clone())).collect();
        let uplifts = listed.uplifts.iter().filter(|uplift| Some(&uplift.region) == listed.region.as_ref());
        let uplifts: Vec<_> = uplifts.map(|uplift| (uplift.factor.clone(), uplift.applies_to.clone())).collect();
        (fallbacks, uplifts, listed.cache.clone(), listed.as_text.clone(), listed.free)
    };
    let cards = |model: &Model| -> Vec<_> {
        in_force(model).into_iter().map(|card| (card.when.clone(), sorted(&card.rates))).collect()
    };
    same_dates && a.negotiated == b.negotiated && rules(a) == rules(b) && cards(a) == cards(b)
}

fn sorted<T: Clone>(rates: &[(Component, T)]) -> Vec<(Component, T)> {
    let mut rates = rates.to_vec();
    rates.sort_by(|(a, _), (b, _)| a.cmp(b));
    rates
}

/// The cards of all modes that can hold on the date, in the order in which they win: of equal selectors only the newest.
fn in_force(model: &Model) -> Vec<&Card> {
    let listed = &model.listed;
    let own = |asked: &Option<String>, stated: &Option<String>| asked.is_none() || asked == stated;
    let holds = |card: &&Card| {
        card.covers(model.as_of) && own(&card.when.region, &listed.region) && own(&card.when.route, &listed.route)
    };
    let holding: Vec<&Card> = listed.cards.iter().filter(holds).collect();
    let newest = |card: &&Card| !holding.iter().any(|other| other.when == card.when && other.from > card.from);
    let mut cards: Vec<&Card> = holding.iter().copied().filter(newest).collect();
    let order = |card: &&Card| (card.when.mode.clone(), std::cmp::Reverse((card.when.count(), card.from)));
    cards.sort_by_key(order);
    cards
}

/// What models cost otherwise that both sides have a price for, in the order of `head`.
pub fn price_changes(models: &Models) -> Vec<PriceChange> {
    let mut found = Vec::new();
    for after in &models.head {
        let one = |model: &&Arc<Model>| is_one(model, after);
        if let Some(before) = models.base.iter().find(one).filter(|before| !is_same_price(before, after)) {
            found.extend(changes(before, after));
        }
    }
    found
}

fn changes(before: &Model, after: &Model) -> Vec<PriceChange> {
    let cards = || in_force(before).into_iter().chain(in_force(after));
    let mut modes: Vec<Option<String>> = cards().map(|card| card.when.mode.clone()).collect();
    modes.sort();
    modes.dedup();
    let mut asked: Vec<(Component, u64)> = Vec::new();
    for (component, rate) in cards().filter(|card| card.when.windows.is_empty()).flat_map(|card| &card.rates) {
        asked.push((component.clone(), 0));
        asked.extend(rate.tiers.iter().map(|tier| (component.clone(), tier.first())));
    }
    asked.sort();
    asked.dedup();
    let mut found: Vec<PriceChange> = Vec::new();
    for mode in &modes {
        for (component, least) in &asked {
            let price = |model: &Model| priced(model, mode.as_deref(), component, *least);
            let (base, head) = (price(before), price(after));
            if base == head {
                continue;
            }
            found.push(PriceChange {
                model: after.listed.id.clone(),
                component: component.clone(),
                mode: mode.clone(),
                from: *least,
                per: component.usual_per(),
                base,
                head,
            });
        }
    }
    found
}

/// USD per usual number of units, as it is paid, where a card of the mode states one.
fn priced(model: &Model, mode: Option<&str>, component: &Component, input: u64) -> Option<Exact> {
    let at = Moment::day(model.as_of);
    if mode.is_some_and(|mode| !model.listed.has_card(mode, at)) {
        return None;
    }
    let input = Exact::from(input);
    let quote = model.listed.quote(&Ask { component, mode, input: &input, at }).ok()?;
    quote.listed.filter(|_| quote.component == *component)?;
    let price = &quote.price() * &Exact::from(component.usual_per());
    Some(&price * &model.negotiated.factor(component, mode.unwrap_or("standard")))
}
