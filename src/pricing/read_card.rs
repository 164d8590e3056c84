//! The parts of a model in a list: cards with their selectors, aliases, cache rules, uplifts, accepted findings.

use super::card::{Accepted, Alias, CacheRules, Card, Selectors, Test, Uplift};
use super::rates::{components, factor, rates};
use super::window::{Hours, WEEKDAYS, Window, Zone};
use super::words::{whole, word};
use crate::diag::{Code, Diagnostic, Sink, suggest};
use crate::input::{Fields, Node, Value, date, wrong_shape, yes_or_no};

pub(super) fn check_overlaps(id: &str, cards: &[Card], sink: &mut Sink) {
    for (index, card) in cards.iter().enumerate() {
        for earlier in cards.iter().take(index).filter(|c| c.when == card.when && c.from == card.from) {
            sink.add(
                Diagnostic::at(
                    Code::DuplicateName,
                    &card.place,
                    format!("two cards of `{id}` begin on the same day for the same use"),
                    "second card",
                )
                .also(&earlier.place, "first card"),
            );
        }
        if let (Some(from), Some(until)) = (card.from, card.until)
            && until <= from
        {
            sink.add(Diagnostic::at(
                Code::OutOfRange,
                &card.place,
                format!("this card of `{id}` ends before it begins"),
                "never in force",
            ));
        }
    }
}

pub(super) fn read_cards(node: &Node, test: Test, sink: &mut Sink) -> Vec<Card> {
    let Value::List(items) = &node.value else {
        sink.add(wrong_shape(node, "`prices` is a list of cards, each with `from`"));
        return Vec::new();
    };
    items.iter().filter_map(|item| card(item, test, sink)).collect()
}

/// A card; without `from` it is in force from the beginning.
fn card(node: &Node, test: Test, sink: &mut Sink) -> Option<Card> {
    let mut fields = Fields::of(node, "a price card", sink)?;
    let from = fields.get("from", sink).and_then(|node| date(node, sink));
    let until = fields.get("until", sink).and_then(|node| date(node, sink));
    let verified = fields.get("verified", sink).and_then(|node| date(node, sink));
    let source = fields.get("source", sink).and_then(|node| word(node, sink)).map(|(text, _)| text);
    let agree = fields.get("agree", sink).and_then(|node| yes_or_no(node, sink));
    let note = fields.get("note", sink).and_then(|node| word(node, sink)).map(|(text, _)| text);
    let before = sink.failures();
    let when = fields.get("when", sink).map_or_else(Selectors::default, |node| selectors(node, sink));
    // For another use than was written it would only be said to stand twice.
    let is_read = sink.failures() == before;
    let rates: Vec<_> = rates(&mut fields, test, sink).into_iter().map(|(rate, _)| rate).collect();
    if rates.is_empty() {
        sink.add(Diagnostic::at(Code::NoPrice, &node.place, "a card without a price", "no component is priced here"));
    }
    fields.finish(sink);
    is_read.then(|| Card { from, until, verified, source, agree, note, when, rates, place: node.place.clone() })
}

fn selectors(node: &Node, sink: &mut Sink) -> Selectors {
    let Some(mut fields) = Fields::of(node, "`when`", sink) else { return Selectors::default() };
    let [mode, region, route] = ["mode", "region", "route"]
        .map(|key| fields.get(key, sink).and_then(|node| word(node, sink)).map(|(text, _)| text));
    let windows = match fields.get("window", sink) {
        Some(node) => items(node).iter().filter_map(|item| window(item, sink)).collect(),
        None => Vec::new(),
    };
    fields.finish(sink);
    Selectors { mode: mode.filter(|mode| mode != "standard"), region, route, windows }
}

/// A list, or one thing where a list of one is meant.
fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn window(node: &Node, sink: &mut Sink) -> Option<Window> {
    let before = sink.failures();
    let mut fields = Fields::of(node, "a window", sink)?;
    let hours_zone = fields.get("tz", sink).and_then(|node| zone(node, sink));
    let days_zone = fields.get("days_tz", sink).and_then(|node| zone(node, sink));
    let days = match fields.get("days", sink) {
        Some(node) => {
            let named = words(node, &WEEKDAYS, sink);
            std::array::from_fn(|day| WEEKDAYS.get(day).is_some_and(|name| named.iter().any(|known| known == name)))
        }
        None => [true; 7],
    };
    let hours = match fields.get("hours", sink) {
        Some(node) => items(node).iter().filter_map(|item| hours(item, sink)).collect(),
        None => Hours::parse("00:00-00:00").into_iter().collect(),
    };
    fields.finish(sink);
    (sink.failures() == before).then(|| Window { zone: hours_zone.unwrap_or_else(Zone::utc), days_zone, days, hours })
}

fn zone(node: &Node, sink: &mut Sink) -> Option<Zone> {
    let (name, place) = word(node, sink)?;
    Zone::named(&name).or_else(|| {
        sink.refuse(
            Diagnostic::at(Code::UnknownWord, &place, format!("there is no time zone `{name}`"), "unknown")
                .help("write `UTC`, a distance from it (`+08:00`) or a place (`Asia/Shanghai`)"),
        )
    })
}

fn hours(node: &Node, sink: &mut Sink) -> Option<Hours> {
    let (text, place) = word(node, sink)?;
    Hours::parse(&text).or_else(|| {
        sink.refuse(
            Diagnostic::at(Code::BadQuantity, &place, format!("`{text}` is no range of hours"), "covers no minute")
                .help("write `22:00-06:00`; the end is outside, and `00:00-00:00` is the whole day"),
        )
    })
}

/// Words of a closed list.
pub(super) fn words(node: &Node, known: &[&str], sink: &mut Sink) -> Vec<String> {
    let mut found = Vec::new();
    for item in items(node) {
        let Some((name, place)) = word(item, sink) else { continue };
        if known.contains(&name.as_str()) {
            found.push(name);
            continue;
        }
        sink.add(
            Diagnostic::at(
                Code::UnknownWord,
                &place,
                format!("`{name}` is not one of {}", suggest::listed(known.iter().copied(), "and")),
                "unknown",
            )
            .help_if(suggest::did_you_mean(&name, known.iter().copied())),
        );
    }
    found
}

pub(super) fn cache_rules(node: &Node, sink: &mut Sink) -> Option<CacheRules> {
    let mut fields = Fields::of(node, "`cache`", sink)?;
    let min_tokens = fields.get("min_tokens", sink).and_then(|node| whole(node, sink));
    let step = fields.get("step", sink).and_then(|node| whole(node, sink));
    let ttls = match fields.get("ttls", sink) {
        Some(node) => items(node).iter().filter_map(|item| word(item, sink)).map(|(text, _)| text).collect(),
        None => Vec::new(),
    };
    let stacks_with_batch = fields.get("stacks_with_batch", sink).and_then(|node| yes_or_no(node, sink));
    let creation = fields.get("creation", sink).and_then(|node| words(node, &["input", "free"], sink).pop());
    fields.finish(sink);
    Some(CacheRules { min_tokens, step, ttls, stacks_with_batch, creation })
}

pub(super) fn aliases(node: &Node, sink: &mut Sink) -> Vec<Alias> {
    let Value::List(items) = &node.value else {
        sink.add(wrong_shape(node, "`aliases` is a list of names, or of {name, from, until, region}"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        if let Some(name) = item.scalar() {
            found.push(Alias::always(name));
            continue;
        }
        let Some(mut fields) = Fields::of(item, "an alias", sink) else { continue };
        let name = fields.require("name", "my-alias", sink).and_then(|node| word(node, sink));
        let from = fields.get("from", sink).and_then(|node| date(node, sink));
        let until = fields.get("until", sink).and_then(|node| date(node, sink));
        let region = fields.get("region", sink).and_then(|node| word(node, sink)).map(|(text, _)| text);
        fields.finish(sink);
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let what = "this alias ends before it begins";
            sink.add(Diagnostic::at(Code::OutOfRange, &item.place, what, "never in force"));
        }
        found.extend(name.map(|(name, _)| Alias { name, from, until, region }));
    }
    found
}

pub(super) fn uplifts(node: &Node, sink: &mut Sink) -> Vec<Uplift> {
    let mut found = Vec::new();
    for item in items(node) {
        let Some(mut fields) = Fields::of(item, "an uplift", sink) else { continue };
        let region = fields.require("region", "eu", sink).and_then(|node| word(node, sink));
        let factor = fields.require("factor", "\"1.1\"", sink).and_then(|node| factor(node, sink));
        let applies_to = match fields.get("applies_to", sink) {
            Some(node) if node.scalar() != Some("all") => components(node, sink),
            _ => Vec::new(),
        };
        fields.finish(sink);
        if let (Some((region, _)), Some(factor)) = (region, factor) {
            found.push(Uplift { region, factor, applies_to, place: item.place.clone() });
        }
    }
    found
}

pub(super) fn accepted(node: &Node, sink: &mut Sink) -> Vec<Accepted> {
    let mut found = Vec::new();
    for item in items(node) {
        let Some(mut fields) = Fields::of(item, "an accepted finding", sink) else { continue };
        let rule = fields.require("rule", "output-under-input", sink).and_then(|node| word(node, sink));
        let reason = fields.require("reason", "the vendor says so", sink).and_then(|node| word(node, sink));
        fields.finish(sink);
        if let (Some((rule, _)), Some((reason, _))) = (rule, reason) {
            found.push(Accepted { rule, reason, place: item.place.clone() });
        }
    }
    found
}
