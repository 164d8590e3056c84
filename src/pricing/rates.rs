//! Prices of components in a list: amounts, units, tiers, batch prices and fallbacks.

use super::Component;
use super::card::{Card, Fallback, Rate, Selectors, Test, Tier};
use super::words::{share, tier_test, whole, word};
use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::input::{Fields, Node, Value, plain, wrong_shape};
use crate::units::{Exact, Kind, Reason, Settings};

/// The prices among the keys of a card or model.
pub(super) fn rates(fields: &mut Fields<'_>, test: Test, sink: &mut Sink) -> Vec<((Component, Rate), Place)> {
    let mut found: Vec<((Component, Rate), Place)> = Vec::new();
    fields.exclusive("cache_read", "cached_read", sink);
    for component in Component::ALL {
        if let Some(node) = fields.get(component.slug(), sink)
            && let Some(rate) = rate(component, node, test, sink)
        {
            found.push(((component.clone(), rate), node.place.clone()));
        }
    }
    if let Some(node) = fields.get("cached_read", sink)
        && let Some(rate) = rate(&Component::CacheRead, node, test, sink)
    {
        found.push(((Component::CacheRead, rate), node.place.clone()));
    }
    let short = fields.get("cache_write_1h", sink).map(|node| ("1h".to_owned(), node));
    let writes = match fields.get("cache_write", sink) {
        Some(node) => match &node.value {
            Value::Map(entries) if node.get("usd").is_none() => {
                // `default` is the lifetime that a bare price is for.
                let lifetime = |key: &str| if key == "default" { String::new() } else { key.to_owned() };
                entries.iter().map(|(key, node)| (lifetime(&key.text), node)).collect()
            }
            _ => vec![(String::new(), node)],
        },
        None => Vec::new(),
    };
    for (lifetime, node) in writes.into_iter().chain(short) {
        if found.iter().any(|((known, _), _)| *known == Component::CacheWrite(lifetime.clone())) {
            let message = format!("`cache_write` states {lifetime} already");
            sink.add(Diagnostic::at(Code::Conflict, &node.place, message, "again here").help("keep one of the two"));
            continue;
        }
        if !lifetime.is_empty() && Kind::Duration.parse(&lifetime, &Settings::default()).is_err() {
            sink.add(
                Diagnostic::at(
                    Code::BadQuantity,
                    &node.place,
                    format!("`{lifetime}` is not a lifetime"),
                    "of this price",
                )
                .help("write `5m`, `30m`, `1h` or `12h`"),
            );
            continue;
        }
        let component = Component::CacheWrite(lifetime);
        if let Some(rate) = rate(&component, node, test, sink) {
            found.push(((component, rate), node.place.clone()));
        }
    }
    found
}

fn rate(component: &Component, node: &Node, test: Test, sink: &mut Sink) -> Option<Rate> {
    if node.entries().is_none() {
        let usd = price(node, component, component.usual_per(), sink)?;
        return Some(Rate { usd, tiers: Vec::new() });
    }
    let mut fields = Fields::of(node, format!("the price of {component}"), sink)?;
    let per = match fields.get("per", sink) {
        Some(node) => whole(node, sink).filter(|per| *per > 0).or_else(|| {
            sink.refuse(Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "`per` is a whole number above zero",
                "per how many",
            ))
        })?,
        None => component.usual_per(),
    };
    let usd = fields.require("usd", "\"2.50\"", sink).and_then(|node| price(node, component, per, sink));
    let mut tiers: Vec<Tier> = Vec::new();
    if let Some(node) = fields.get("tiers", sink) {
        let Value::List(items) = &node.value else {
            return sink.refuse(wrong_shape(node, "`tiers` is a list of {above, usd}"));
        };
        for item in items {
            let Some(mut tier) = Fields::of(item, "a tier", sink) else { continue };
            let above = tier.require("above", "200000", sink).and_then(|node| whole(node, sink));
            let test = tier.get("test", sink).and_then(|node| tier_test(node, sink)).unwrap_or(test);
            let usd = tier.require("usd", "\"5\"", sink).and_then(|node| price(node, component, per, sink));
            tier.finish(sink);
            let (Some(above), Some(usd)) = (above, usd) else { continue };
            if tiers.last().is_some_and(|last| last.above >= above) {
                sink.add(
                    Diagnostic::at(
                        Code::OutOfRange,
                        &item.place,
                        "tiers stand in ascending order",
                        "not above the tier before it",
                    )
                    .help("the highest threshold that a prompt passes prices the whole request"),
                );
            }
            tiers.push(Tier { above, test, usd });
        }
    }
    fields.finish(sink);
    Some(Rate { usd: usd?, tiers })
}

fn price(node: &Node, component: &Component, per: u64, sink: &mut Sink) -> Option<Exact> {
    let text = node.scalar().or_else(|| sink.refuse(wrong_shape(node, "a price is a single amount")))?;
    let bare = text.trim_start_matches('$').bytes().all(|b| b.is_ascii_digit() || b"._+-eE".contains(&b));
    let kind = if component.is_token() && !bare { Kind::TokenPrice } else { Kind::Money };
    match kind.parse(text, &Settings::default()) {
        Ok(usd) if kind == Kind::TokenPrice => Some(usd),
        Ok(usd) => usd.checked_div(&Exact::from(per)),
        Err(refusal) => {
            let refusal = if component.is_token() && refusal.reason == Reason::Malformed {
                Kind::TokenPrice.parse(text, &Settings::default()).err().unwrap_or(refusal)
            } else {
                refusal
            };
            sink.refuse(crate::input::refused(&refusal, &node.place))
        }
    }
}

/// What `batch` states of a model.
pub(super) enum Batch {
    Card(Box<Card>),
    Fallback(Fallback),
}

pub(super) fn batch(node: &Node, test: Test, sink: &mut Sink) -> Option<Batch> {
    let mut fields = Fields::of(node, "`batch`", sink)?;
    let discount = fields.get("discount", sink);
    let own = rates(&mut fields, test, sink);
    let applies_to = fields.get("applies_to", sink).map_or_else(Vec::new, |node| components(node, sink));
    fields.finish(sink);
    match (discount, own.is_empty()) {
        (Some(discount), true) => {
            let share = share(discount, sink)?;
            let (mode, factor) = ("batch".to_owned(), &Exact::ONE - &share);
            Some(Batch::Fallback(Fallback { mode, factor, applies_to, place: node.place.clone() }))
        }
        (None, false) => {
            let mut card = Card::undated(own.into_iter().map(|(rate, _)| rate).collect(), &node.place);
            card.when = Selectors::mode("batch");
            Some(Batch::Card(Box::new(card)))
        }
        (Some(_), false) => sink.refuse(Diagnostic::at(
            Code::Conflict,
            &node.place,
            "`batch` states a discount or prices, not both",
            "both stand here",
        )),
        (None, true) => sink.refuse(
            Diagnostic::at(Code::MissingKey, &node.place, "`batch` states nothing", "no price, no discount")
                .help("for instance `batch: {discount: 50%}` or `batch: {input: 1.25, output: 5}`"),
        ),
    }
}

/// Factors by mode: `{batch: {factor: "0.5", applies_to: [input, output]}}`.
pub(super) fn fallbacks(node: &Node, sink: &mut Sink) -> Vec<Fallback> {
    let Some(entries) = node.entries() else {
        sink.add(wrong_shape(node, "`fallback` is a map from modes to {factor, applies_to}"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (mode, node) in entries {
        let Some(mut inner) = Fields::of(node, format!("the {} fallback", mode.text), sink) else { continue };
        let factor = inner.require("factor", "\"0.5\"", sink).and_then(|node| factor(node, sink));
        let applies_to = match inner.get("applies_to", sink) {
            Some(node) if node.scalar() != Some("all") => components(node, sink),
            _ => Vec::new(),
        };
        inner.finish(sink);
        let mode = mode.text.to_string();
        found.extend(factor.map(|factor| Fallback { mode, factor, applies_to, place: node.place.clone() }));
    }
    found
}

/// What a price is multiplied by: `0.5`, `50%`, `1.1`.
pub(super) fn factor(node: &Node, sink: &mut Sink) -> Option<Exact> {
    let is_percent = node.scalar().is_some_and(|text| text.ends_with('%'));
    if is_percent { share(node, sink) } else { plain(node, Kind::Factor, &Settings::default(), sink) }
}

/// A list of token components, for `applies_to`; `tokens` stands for all of them.
pub(crate) fn components(node: &Node, sink: &mut Sink) -> Vec<Component> {
    let one = std::slice::from_ref(node);
    let items = match &node.value {
        Value::List(items) => items,
        _ => one,
    };
    let known = |name: &str| match name {
        "cache_write" => Some(Component::CacheWrite(String::new())),
        _ => Component::from_slug(name).filter(Component::is_token),
    };
    let mut found = Vec::new();
    for item in items {
        let Some((name, place)) = word(item, sink) else { continue };
        if name == "tokens" {
            found.extend(Component::tokens());
            continue;
        }
        match known(&name) {
            Some(component) => found.push(component),
            None => {
                let all = Component::ALL.iter().filter(|c| c.is_token()).map(Component::slug).chain(["cache_write"]);
                sink.add(
                    Diagnostic::at(
                        Code::UnknownWord,
                        &place,
                        format!("there is no token component `{name}`"),
                        "unknown",
                    )
                    .help_if(suggest::did_you_mean(&name, all)),
                );
            }
        }
    }
    found
}
