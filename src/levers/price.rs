//! The price of a component of a call: card, tier of the whole prompt, batch, negotiated discount (SPEC section 4.2).

use super::bill::Mode;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Figure, Money, Share, TokenPrice};
use crate::plan::{Batch, Model, ModelUse};
use crate::pricing::{Card, Component, Rate, Test, Tier};
use crate::units::Exact;

/// A price with its tier and what has to be said of it.
#[derive(Debug)]
pub struct Priced {
    /// USD per token, after discounts.
    pub price: Figure<TokenPrice>,
    /// The tier reached, such as `>200000`.
    pub tier: Option<String>,
    /// Tiers whose threshold is near the mean prompt, with that mean.
    pub near: Vec<(String, Exact)>,
    /// Fallbacks used and remarks of the price list.
    pub notes: Vec<String>,
}

/// A mean within this factor of a threshold, below or above, hides that single requests lie on the other side.
const NEAR_A_TIER: u64 = 2;

/// The price of one token of `component` in a call whose whole prompt has `input` tokens.
pub(super) fn token_price(
    model: &ModelUse,
    component: &Component,
    mode: Mode,
    input: &Exact,
    batch: Option<&Batch>,
) -> Result<Priced, Box<Diagnostic>> {
    let listed = &model.model.listed;
    let Some(card) = listed.card(None, model.model.as_of) else {
        return Err(no_price(model, component));
    };
    let mut notes = Vec::new();
    if let Some(note) = &card.note {
        notes.push(format!("{}: {note}", listed.id));
    }
    let Some((priced_as, standard)) = rate_of(card, component) else {
        // A price per request and none per token: the tokens are covered by it.
        if card.rate(&Component::Request).is_some() && !card.rates.iter().any(|(c, _)| c.is_token()) {
            let price =
                Figure::default(format!("{} {component}", listed.id), Exact::ZERO, "covered by the price per request");
            return Ok(Priced { price, tier: None, near: Vec::new(), notes });
        }
        if listed.free {
            let price = Figure::default(format!("{} {component}", listed.id), Exact::ZERO, "the model is free");
            return Ok(Priced { price, tier: None, near: Vec::new(), notes });
        }
        return Err(no_price(model, component));
    };
    if priced_as != *component {
        notes.push(format!("{} has no price for {component} tokens; they pay the {priced_as} price", listed.id));
    }
    let standard = (priced_as, standard);
    let (price, tier, rate) = match mode {
        Mode::Standard => from_card(&model.model, card, standard.1, &standard.0, input),
        Mode::Batch => batch_price(model, card, standard, component, input, batch, &mut notes)?,
    };
    let near =
        rate.tiers.iter().filter(|tier| is_near(tier.above, input)).map(|tier| (label(tier), input.clone())).collect();
    Ok(Priced { price: discounted(price, &model.model), tier, near, notes })
}

/// The standard price of a component for comparisons: its own or what stands in for it; `None` without any.
pub fn standard_price(model: &Model, component: &Component, input: &Exact) -> Option<Exact> {
    let card = model.listed.card(None, model.as_of)?;
    let own = card.rate(component).or_else(|| match component {
        Component::Reasoning => card.rate(&Component::Output),
        Component::CacheRead | Component::CacheWrite(_) => card.rate(&Component::Input),
        _ => None,
    });
    let list = own.map(|rate| rate.at(input).0.clone())?;
    Some(match &model.discount {
        Some(discount) => &list * &(&Exact::ONE - discount.value()),
        None => list,
    })
}

/// The price per request of a model, where it has one.
pub(super) fn per_request(model: &ModelUse, mode: Mode) -> Option<Figure<Money>> {
    let listed = &model.model.listed;
    let standard = listed.card(None, model.model.as_of)?;
    let batch = if mode == Mode::Batch { listed.card(Some("batch"), model.model.as_of) } else { None };
    let found = batch.and_then(|card| Some((card, card.rate(&Component::Request)?)));
    let (card, rate) = found.or_else(|| Some((standard, standard.rate(&Component::Request)?)))?;
    let price = Figure::listed(format!("{} request", listed.id), rate.usd.clone(), source(&model.model, card));
    Some(match &model.model.discount {
        Some(discount) => price.times(&discount.rest()),
        None => price,
    })
}

/// The rate of a component, or of the one that stands in for it.
fn rate_of<'a>(card: &'a Card, component: &Component) -> Option<(Component, &'a Rate)> {
    if let Some(rate) = card.rate(component) {
        return Some((component.clone(), rate));
    }
    match component {
        Component::Reasoning => card.rate(&Component::Output).map(|rate| (Component::Output, rate)),
        _ => None,
    }
}

type Found<'a> = (Figure<TokenPrice>, Option<String>, &'a Rate);

fn from_card<'a>(model: &Model, card: &Card, rate: &'a Rate, component: &Component, input: &Exact) -> Found<'a> {
    let (usd, tier) = rate.at(input);
    let tier = tier.map(label);
    let mode = if card.when.is_empty() { "" } else { " in batch" };
    let above = tier.as_ref().map_or_else(String::new, |tier| format!(" ({tier})"));
    let name = format!("{} {component}{mode}{above}", model.listed.id);
    (Figure::listed(name, usd.clone(), source(model, card)), tier, rate)
}

/// The model's own batch card; else the discount that the scenario states; else the fallback that the list declares.
/// `standard` is the standard card's rate and what it is the price of, where that stands in for `component`.
fn batch_price<'a>(
    model: &'a ModelUse,
    standard_card: &'a Card,
    standard: (Component, &'a Rate),
    component: &Component,
    input: &Exact,
    batch: Option<&Batch>,
    notes: &mut Vec<String>,
) -> Result<Found<'a>, Box<Diagnostic>> {
    let listed = &model.model.listed;
    let id = &listed.id;
    let stated = batch.and_then(|batch| Some((batch.discount.as_ref()?, batch)));
    if let Some(card) = listed.card(Some("batch"), model.model.as_of) {
        if stated.is_some() {
            notes.push(format!("{id} has batch prices of its own; the stated batch discount is not used for it"));
        }
        // The batch card's own price; else its price of what the standard card bills these tokens as.
        let own = card.rate(component).map(|rate| (component, rate));
        if let Some((priced_as, rate)) = own.or_else(|| Some((&standard.0, card.rate(&standard.0)?))) {
            return Ok(from_card(&model.model, card, rate, priced_as, input));
        }
        notes.push(format!("{id} publishes no batch price for {component} tokens; they pay the standard price"));
        return Ok(from_card(&model.model, standard_card, standard.1, &standard.0, input));
    }
    let component = &standard.0;
    let (price, tier, rate) = from_card(&model.model, standard_card, standard.1, component, input);
    if let Some((discount, batch)) = stated {
        let applies = applies_to(&batch.applies_to, component);
        let price = if applies { price.times(&discount.rest()) } else { price };
        return Ok((price, tier, rate));
    }
    if let Some(fallback) = &listed.batch_fallback {
        let reason = format!("{id} publishes no batch price; its declared fallback at {} is used", fallback.place);
        let factor = Figure::<Share>::default(format!("batch factor of {id}"), fallback.factor.clone(), reason);
        let price = if applies_to(&fallback.applies_to, component) { price.times(&factor) } else { price };
        return Ok((price, tier, rate));
    }
    let place = batch.map_or(&model.place, |batch| &batch.place);
    Err(Box::new(
        Diagnostic::at(
            Code::NoBatchPrice,
            place,
            format!("`{id}` has no batch price on {}", model.model.as_of),
            "batch is used here",
        )
        .also(&model.place, "for this model")
        .help("state what the provider grants: `batch: {discount: 50%}`, or `batch: off` where it is inherited"),
    ))
}

fn applies_to(components: &[Component], component: &Component) -> bool {
    components.is_empty()
        || components.contains(component)
        || matches!(component, Component::CacheWrite(_)) && components.contains(&Component::CacheWrite(String::new()))
}

fn discounted(price: Figure<TokenPrice>, model: &Model) -> Figure<TokenPrice> {
    match &model.discount {
        Some(discount) => price.times(&discount.rest()),
        None => price,
    }
}

fn is_near(threshold: u64, input: &Exact) -> bool {
    let (threshold, near) = (Exact::from(threshold), Exact::from(NEAR_A_TIER));
    (input * &near) >= threshold && *input <= (&threshold * &near)
}

fn label(tier: &Tier) -> String {
    match tier.test {
        Test::Gt => format!(">{}", tier.above),
        Test::Ge => format!(">={}", tier.above),
    }
}

/// Where a price comes from, in words: list, card, source.
fn source(model: &Model, card: &Card) -> String {
    let listed = &model.listed;
    let since = card.from.map_or_else(String::new, |from| format!(", since {from}"));
    let who = card.source.as_ref().map_or_else(String::new, |source| format!(", says {source}"));
    format!("list {}{since}{who} ({})", listed.list.name, card.place)
}

fn no_price(model: &ModelUse, component: &Component) -> Box<Diagnostic> {
    let listed = &model.model.listed;
    let card = listed.card(None, model.model.as_of);
    let known: Vec<String> = card.into_iter().flat_map(|card| card.rates.iter().map(|(c, _)| c.to_string())).collect();
    let found = Diagnostic::at(
        Code::NoPrice,
        &model.place,
        format!("`{}` has no price for {component} tokens", listed.id),
        "used here",
    )
    .help(format!(
        "it prices {}; nothing is ever priced at zero in silence",
        crate::diag::suggest::listed(known.iter().map(String::as_str), "and")
    ));
    Box::new(found)
}
