//! Rules about amounts: within a card, between a mode and the standard price, and against the price before.

use super::{Findings, Rule};
use crate::pricing::{Card, Component, Model, Rate, Tier};
use crate::units::{Exact, Kind, Settings};

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    for card in &model.cards {
        within(model, card, findings);
        if card.when.mode.as_deref() == Some("batch") && card.when.count() == 1 {
            batch(model, card, findings);
        }
        if let Some(before) = before(model, card) {
            shifted(before, card, findings);
        }
    }
}

/// USD per 1M tokens, or per unit.
fn shown(component: &Component, usd: &Exact) -> String {
    format!("${}", usd * &Exact::from(component.usual_per()))
}

/// Prompt lengths at which prices of a card may change: 0 and every threshold.
fn lengths(rates: &[&Rate]) -> Vec<Exact> {
    let tiers = rates.iter().flat_map(|rate| rate.tiers.iter().map(Tier::first));
    let mut found: Vec<u64> = tiers.chain([0]).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Exact::from).collect()
}

/// The first length at which `wrong` holds of two rates, with their prices there.
fn where_wrong<'a>(a: &'a Rate, b: &'a Rate, wrong: impl Fn(&Exact, &Exact) -> bool) -> Option<(&'a Exact, &'a Exact)> {
    lengths(&[a, b]).iter().map(|length| (a.at(length).0, b.at(length).0)).find(|(a, b)| wrong(a, b))
}

fn within(model: &Model, card: &Card, findings: &mut Findings<'_>) {
    let mut compare = |rule, a: &Component, b: &Component, wrong: &dyn Fn(&Exact, &Exact) -> bool, what: &str| {
        let (Some(first), Some(second)) = (card.rate(a), card.rate(b)) else { return };
        if let Some((x, y)) = where_wrong(first, second, wrong) {
            let message = format!("{a} {} is {what} {b} {} ({})", shown(a, x), shown(b, y), card.when);
            findings.add(rule, &card.place, message);
        }
    };
    compare(Rule::OutputUnderInput, &Component::Output, &Component::Input, &|a, b| a < b && !a.is_zero(), "under");
    compare(Rule::CachedNotUnderInput, &Component::CacheRead, &Component::Input, &|a, b| a >= b, "not under");
    let mut lifetimes: Vec<&str> = card.lifetimes().collect();
    lifetimes.sort_by_key(|lifetime| seconds(lifetime));
    for lifetime in &lifetimes {
        let write = Component::CacheWrite((*lifetime).to_owned());
        compare(Rule::WriteUnderInput, &write, &Component::Input, &|a, b| a < b, "under");
    }
    for (short, long) in lifetimes.iter().zip(lifetimes.iter().skip(1)) {
        let of = |lifetime: &str| Component::CacheWrite(lifetime.to_owned());
        compare(Rule::LifetimeNotDearer, &of(long), &of(short), &|a, b| a <= b, "not above");
    }
    for (component, rate) in &card.rates {
        if rate.amounts().any(Exact::is_zero) && !model.free {
            findings.add(Rule::ZeroPrice, &card.place, format!("{component} costs nothing ({})", card.when));
        }
    }
    let reached = |tier: &&Tier| model.context.is_none_or(|context| tier.first() <= context);
    let tiers = card.rates.iter().flat_map(|(component, rate)| rate.tiers.iter().map(move |tier| (component, tier)));
    if let Some((component, tier)) = tiers.into_iter().find(|(_, tier)| !reached(tier)) {
        let context = model.context.unwrap_or_default();
        let message = format!("no prompt reaches the tier {tier} of {component}: the context is {context}");
        findings.add(Rule::TierUnreachable, &card.place, message);
    }
    let tiers = |component| card.rate(component).map(|rate| rate.tiers.len());
    if tiers(&Component::Input) > Some(0) && tiers(&Component::CacheRead) == Some(0) {
        let message = format!("long prompts have another input price and the same cached one ({})", card.when);
        findings.add(Rule::TierWithoutCached, &card.place, message);
    }
}

/// Seconds of a lifetime, for order; the default one first.
fn seconds(lifetime: &str) -> Exact {
    Kind::Duration.parse(lifetime, &Settings::default()).unwrap_or(Exact::ZERO)
}

/// A batch card against the standard card beside it.
fn batch(model: &Model, card: &Card, findings: &mut Findings<'_>) {
    let day = card.from.or_else(|| model.first_day());
    let Some(standard) =
        day.and_then(|day| model.card(None, day)).or_else(|| model.cards.iter().find(|c| c.is_for(None)))
    else {
        return;
    };
    for (component, rate) in &card.rates {
        let Some(usual) = standard.rate(component) else { continue };
        if let Some((a, b)) = where_wrong(rate, usual, |a, b| a > b) {
            let rule = match component {
                Component::CacheRead => Rule::BatchCachedAboveStandard,
                _ => Rule::BatchAboveStandard,
            };
            let message =
                format!("{component} {} in a batch is above the standard {}", shown(component, a), shown(component, b));
            findings.add(rule, &card.place, message);
        }
    }
}

/// The card of the same use that this one ends.
fn before<'a>(model: &'a Model, card: &Card) -> Option<&'a Card> {
    let earlier = model.cards.iter().filter(|other| other.when == card.when && other.from < card.from);
    earlier.max_by_key(|other| other.from)
}

/// Ten, a hundred, ... a million times as much or as little.
fn shifted(before: &Card, card: &Card, findings: &mut Findings<'_>) {
    for (component, rate) in &card.rates {
        let Some(old) = before.rate(component).filter(|old| !old.usd.is_zero()) else { continue };
        let Some(ratio) = rate.usd.checked_div(&old.usd) else { continue };
        let power = |exponent: u32| Exact::from(10u64.saturating_pow(exponent));
        let up = (1..=6).any(|exponent| ratio == power(exponent));
        let down = (1..=6).any(|exponent| &ratio * &power(exponent) == Exact::ONE);
        if up || down {
            let (new, old) = (shown(component, &rate.usd), shown(component, &old.usd));
            findings.add(Rule::DecimalShift, &card.place, format!("{component} {new} is {old} with its point moved"));
        }
    }
}
