//! The price of a component of a call as a figure: what the list quotes, over the hours of the load, with the discounts
//! of the scenario (SPEC section 4.2). Which card holds and what stands in for a missing price is decided in
//! [`crate::pricing`].

use super::bill::Mode;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::{Dimension, Factor, Figure, Money, Share, Times, TokenPrice};
use crate::plan::{Batch, Model, ModelUse};
use crate::pricing::{self, Ask, Component, Load, Missing, Moment, Quote};
use crate::units::Exact;

/// A price with its tier and what has to be said of it.
#[derive(Debug)]
pub struct Priced {
    /// USD per token, as it is paid: after what was negotiated.
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

/// The price of one token of `component` in a call whose whole prompt has `input` tokens; where hours have prices of
/// their own, the mean over the week with the load of each.
pub(super) fn token_price(
    model: &ModelUse,
    component: &Component,
    mode: &Mode,
    input: &Exact,
    batch: Option<&Batch>,
    load: &Load,
) -> Result<Priced, Box<Diagnostic>> {
    let mut parts = prices_by_hour(model, component, mode, input, batch, load)?;
    if parts.len() > 1 {
        return Ok(mean_of(parts, &model.model.listed.id, component, load));
    }
    // The shares add up to 1, so there is a part.
    parts.pop().map(|(_, priced)| priced).ok_or_else(|| no_price(model, component, &Missing::AtDate(None)))
}

/// The prices of one token of `component` at the hours of a week, each with its share of `load`; one where no hour has
/// a price of its own.
///
/// # Errors
/// A price that is needed and not stated.
pub fn prices_by_hour(
    model: &ModelUse,
    component: &Component,
    mode: &Mode,
    input: &Exact,
    batch: Option<&Batch>,
    load: &Load,
) -> Result<Vec<(Figure<Share>, Priced)>, Box<Diagnostic>> {
    let listed = &model.model.listed;
    let mut parts: Vec<(Exact, Priced)> = Vec::new();
    for (share, at) in listed.moments(model.model.as_of, load) {
        let priced = price_at(model, component, mode, input, batch, at)?;
        match parts.iter_mut().find(|(_, known)| known.price.value() == priced.price.value()) {
            Some((all, _)) => *all = &*all + &share,
            None => parts.push((share, priced)),
        }
    }
    let why = if load.is_flat() { "every hour of the week has the same load" } else { "by the hours of the profile" };
    let named = |share| Figure::default(format!("share of load at this price of {}", listed.id), share, why);
    Ok(parts.into_iter().map(|(share, priced)| (named(share), priced)).collect())
}

fn mean_of(parts: Vec<(Figure<Share>, Priced)>, id: &str, component: &Component, load: &Load) -> Priced {
    let price = Figure::total(parts.iter().map(|(share, priced)| priced.price.times(share)));
    let mut all = Priced {
        price: price.named(format!("{id} {component} over the week")),
        tier: None,
        near: vec![],
        notes: vec![],
    };
    for (_, priced) in parts {
        all.tier = all.tier.or(priced.tier);
        all.near.extend(priced.near);
        all.notes.extend(priced.notes);
    }
    all.near.dedup();
    if load.is_flat() {
        all.notes.push(format!("{id} has prices by the hour; every hour of the week is taken to have the same load"));
    }
    all
}

fn price_at(
    model: &ModelUse,
    component: &Component,
    mode: &Mode,
    input: &Exact,
    batch: Option<&Batch>,
    at: Moment,
) -> Result<Priced, Box<Diagnostic>> {
    let listed = &model.model.listed;
    let stated = batch.filter(|_| *mode == Mode::Batch).and_then(|batch| Some((batch.discount.as_ref()?, batch)));
    let has_card = *mode == Mode::Batch && listed.has_card(mode.name(), at);
    let name = match mode {
        Mode::Standard => None,
        Mode::Batch => (has_card || stated.is_none()).then_some(mode.name()),
        Mode::Named(name) => Some(&**name),
    };
    let quote = match listed.quote(&Ask { component, mode: name, input, at }) {
        Ok(quote) => quote,
        Err(Missing::Mode(known, begins)) => return Err(no_price_in(mode, model, batch, &known, begins)),
        Err(missing) => return Err(no_price(model, component, &missing)),
    };
    let mut price: Figure<TokenPrice> = quoted(&quote, &model.model);
    let mut notes = quote.notes.clone();
    match stated {
        Some(_) if has_card => notes
            .push(format!("{} has batch prices of its own; the stated batch discount is not used for it", listed.id)),
        Some((discount, batch)) => {
            let applies = batch.applies_to.is_empty() || pricing::within(&batch.applies_to, &quote.component);
            price = if applies { price.times(&discount.rest()) } else { price };
        }
        None => {}
    }
    let tiers = quote.listed.map_or(&[][..], |listed| &listed.rate.tiers);
    let near = tiers.iter().filter(|tier| is_near(tier.above, input)).map(|tier| (tier.to_string(), input.clone()));
    let near = near.collect();
    let tier = quote.listed.and_then(|listed| listed.tier).map(ToString::to_string);
    let price = model.model.negotiated.paid(price, &quote.component, mode.name());
    Ok(Priced { price, tier, near, notes })
}

/// The standard price of a component for comparisons: its own or what stands in for it, over all hours of the week;
/// `None` without any.
pub fn standard_price(model: &Model, component: &Component, input: &Exact) -> Option<Exact> {
    let mut sum = Exact::ZERO;
    for (share, at) in model.listed.moments(model.as_of, &Load::flat()) {
        let quote = model.listed.quote(&Ask { component, mode: None, input, at }).ok()?;
        quote.listed?;
        let paid = model.negotiated.factor(&quote.component, Mode::Standard.name());
        sum = &sum + &(&(&quote.price() * &share) * &paid);
    }
    Some(sum)
}

/// The price of a component that is not counted in tokens, where a model has one: per request, per image, per search.
pub(super) fn unit_price(model: &ModelUse, component: &Component, mode: &Mode) -> Option<Figure<Money>> {
    let listed = &model.model.listed;
    let at = Moment::day(model.model.as_of);
    let quote_in = |mode| listed.quote(&Ask { component, mode, input: &Exact::ZERO, at }).ok();
    let in_mode = if *mode == Mode::Standard { None } else { quote_in(Some(mode.name())) };
    let quote = in_mode.or_else(|| quote_in(None)).filter(|quote| quote.unpaid.is_none())?;
    Some(model.model.negotiated.paid(quoted(&quote, &model.model), &quote.component, mode.name()))
}

/// A component that is used and has no price.
pub(super) fn not_priced(model: &ModelUse, component: &Component) -> Box<Diagnostic> {
    let at = Moment::day(model.model.as_of);
    let missing = model.model.listed.quote(&Ask { component, mode: None, input: &Exact::ZERO, at }).err();
    no_price(model, component, &missing.unwrap_or(Missing::Component(Vec::new())))
}

/// A quote as a figure: the list's price times the factors that the list declares.
fn quoted<D>(quote: &Quote<'_>, model: &Model) -> Figure<D>
where
    D: Dimension + Times<Share, Product = D> + Times<Factor, Product = D>,
{
    let id = &model.listed.id;
    let component = &quote.component;
    let Some(listed) = quote.listed else {
        return Figure::default(format!("{id} {component}"), quote.usd.clone(), quote.unpaid.unwrap_or_default());
    };
    let mode = listed.card.when.mode.as_ref().map_or_else(String::new, |mode| format!(" in {mode}"));
    let above = listed.tier.map_or_else(String::new, |tier| format!(" ({tier})"));
    let hours = if listed.card.when.windows.is_empty() { "" } else { " at certain hours" };
    let name = format!("{id} {component}{mode}{hours}{above}");
    let mut price = Figure::listed(name, quote.usd.clone(), model.listed.cited(listed.card));
    for factor in &quote.factors {
        let (name, value, reason) = (factor.name.clone(), factor.value.clone(), factor.reason.clone());
        price = if value > Exact::ONE {
            price.times(&Figure::<Factor>::default(name, value, reason))
        } else {
            price.times(&Figure::<Share>::default(name, value, reason))
        };
    }
    price
}

fn is_near(threshold: u64, input: &Exact) -> bool {
    let (threshold, near) = (Exact::from(threshold), Exact::from(NEAR_A_TIER));
    (input * &near) >= threshold && *input <= (&threshold * &near)
}

fn no_price(model: &ModelUse, component: &Component, missing: &Missing) -> Box<Diagnostic> {
    let listed = &model.model.listed;
    let about = |message: String| Diagnostic::at(Code::NoPrice, &model.place, message, "used here");
    let found = match missing {
        Missing::Lifetime(known) => about(format!("`{}` has no price for {component}", listed.id)).help(format!(
            "it prices cache writes that last {}; a longer lifetime never costs what a shorter one does",
            suggest::listed(known.iter().map(String::as_str), "and")
        )),
        Missing::Component(known) => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            about(format!("`{}` has no price for {}", listed.id, spoken(component))).help(format!(
                "it prices {}; nothing is ever priced at zero in silence",
                suggest::listed(known.iter().map(String::as_str), "and")
            ))
        }
        Missing::AtDate(_) | Missing::Mode(..) => {
            about(format!("`{}` has no price for {component} on {}", listed.id, model.model.as_of))
        }
    };
    Box::new(found)
}

fn no_price_in(
    mode: &Mode,
    model: &ModelUse,
    batch: Option<&Batch>,
    known: &[String],
    begins: Option<pricing::Date>,
) -> Box<Diagnostic> {
    let id = &model.model.listed.id;
    let as_of = model.model.as_of;
    // What is embedded in a batch is no batch of calls.
    if *mode != Mode::Batch || batch.is_none() {
        let message = format!("`{id}` has no price in mode `{}` on {as_of}", mode.name());
        let found = Diagnostic::at(Code::NoPrice, &model.place, message, "answers in this mode here");
        let others = match known {
            [] => "it has standard prices only".to_owned(),
            known => format!("it has {}", suggest::listed(known.iter().map(String::as_str), "and")),
        };
        let later = begins.map(|date| format!("its prices in this mode begin on {date}"));
        return Box::new(found.help(later.unwrap_or(others)));
    }
    let place = batch.map_or(&model.place, |batch| &batch.place);
    let message = format!("`{id}` has no batch price on {as_of}");
    Box::new(
        Diagnostic::at(Code::NoBatchPrice, place, message, "batch is used here")
            .also(&model.place, "for this model")
            .help("state what the provider grants: `batch: {discount: 50%}`, or `batch: off` where it is inherited"),
    )
}

/// A component as messages name it.
fn spoken(component: &Component) -> String {
    if component.is_token() { format!("{component} tokens") } else { component.to_string() }
}
