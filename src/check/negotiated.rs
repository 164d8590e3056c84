//! `prices: {discount, markup}`: what was agreed with sellers, off their list prices and on top of them.
//!
//! ```yaml
//! discount: {openai: 10%, gpt-4o: {default: 12%, batch: 0%, cache_read: 5%, priority: {output: 20%}}}
//! markup: {openrouter: 5.5%}
//! ```

use std::collections::BTreeSet;

use super::context::Context;
use super::prices::target;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::{Figure, Share};
use crate::input::{Key, Node, wrong_shape};
use crate::plan::{Agreed, Negotiated, Whose};
use crate::pricing::{Component, List};
use crate::units::Kind;

/// The key for whatever no other key names.
const DEFAULT: &str = "default";

/// A map with one of these is a range of a share; every range has one.
const OF_RANGES: [&str; 7] = ["dist", "low", "high", "p50", "p95", "mean", "alpha"];

pub(super) fn negotiated(prices: Option<&Node>, context: &mut Context<'_>) {
    let Some(prices) = prices else { return };
    let discounts = agreed("discount", prices, context);
    let markups = agreed("markup", prices, context);
    context.prices.negotiated = Negotiated { discounts, markups, changes: Vec::new() };
}

fn agreed(what: &'static str, prices: &Node, context: &mut Context<'_>) -> Vec<Agreed> {
    let mut found = Vec::new();
    let Some(node) = prices.get(what) else { return found };
    let Some(entries) = node.entries() else {
        let message = format!("`{what}` is a map from providers or models to shares");
        context.sink.add(wrong_shape(node, &message));
        return found;
    };
    let mut known: Vec<(Whose, &Key)> = Vec::new();
    for (key, node) in entries {
        let target = target(&key.text, &key.place, context);
        let before = found.len();
        match (map_of(node), &target) {
            (Some(inner), Some(whose)) => by_mode_or_component(what, key, whose, inner, &mut found, context),
            (Some(_), None) => {}
            (None, _) => {
                let share = share(what, &key.text, node, context);
                let whose = target.clone();
                found.extend(share.zip(whose).map(|(share, whose)| plain(whose, share)));
            }
        }
        let Some(whose) = target else { continue };
        if let Some((_, first)) = known.iter().find(|(other, _)| *other == whose) {
            found.truncate(before);
            let message = format!("`{}` and `{}` are the same model", first.text, key.text);
            let twice = Diagnostic::at(Code::DuplicateName, &key.place, message, "again here");
            context.sink.add(twice.also(&first.place, "first here"));
        }
        known.push((whose, key));
    }
    found
}

/// The entries of a map that is no range.
fn map_of(node: &Node) -> Option<&[(Key, Node)]> {
    node.entries().filter(|_| OF_RANGES.iter().all(|key| node.get(key).is_none()))
}

fn plain(whose: Whose, share: Figure<Share>) -> Agreed {
    Agreed { whose, mode: None, component: None, share }
}

fn share(what: &'static str, of: &str, node: &Node, context: &mut Context<'_>) -> Option<Figure<Share>> {
    let name = if what == "markup" { "mark-up" } else { what };
    let read = context.read::<Share>(name, node, Kind::Share)?;
    Some(read.named(format!("{name} of {of}")))
}

/// `{default: 12%, batch: 0%, cache_read: 5%, priority: {output: 20%}}`
fn by_mode_or_component(
    what: &'static str,
    of: &Key,
    whose: &Whose,
    entries: &[(Key, Node)],
    found: &mut Vec<Agreed>,
    context: &mut Context<'_>,
) {
    let modes = modes_of(whose, context);
    for (key, node) in entries {
        let name = &*key.text;
        let (component, is_mode) = (component(name), modes.contains(name));
        if name != DEFAULT && component.is_none() && !is_mode {
            unknown(what, key, &modes, context);
            continue;
        }
        let full = if name == DEFAULT { of.text.to_string() } else { format!("{} {name}", of.text) };
        let mode = is_mode.then(|| name.to_owned());
        let Some(inner) = map_of(node).filter(|_| is_mode) else {
            let share = share(what, &full, node, context);
            found.extend(share.map(|share| Agreed { mode, component, ..plain(whose.clone(), share) }));
            continue;
        };
        for (key, node) in inner {
            let component = self::component(&key.text);
            if component.is_none() && &*key.text != DEFAULT {
                unknown(what, key, &BTreeSet::new(), context);
                continue;
            }
            let share = share(what, &format!("{full} {}", key.text), node, context);
            found.extend(share.map(|share| Agreed { mode: mode.clone(), component, ..plain(whose.clone(), share) }));
        }
    }
}

fn component(name: &str) -> Option<Component> {
    if name == "cache_write" { Some(Component::CacheWrite(String::new())) } else { Component::from_slug(name) }
}

/// The modes that models of `whose` have a price for; and batch, for which a scenario may state one.
fn modes_of(whose: &Whose, context: &Context<'_>) -> BTreeSet<String> {
    let models = context.prices.book.lists().iter().flat_map(List::all);
    let own = models.filter(|model| whose.is_of(&model.provider, &model.id));
    let modes = own.flat_map(|model| model.modes().into_iter().map(str::to_owned).collect::<Vec<_>>());
    modes.chain(["standard".to_owned(), "batch".to_owned()]).collect()
}

fn unknown(what: &str, key: &Key, modes: &BTreeSet<String>, context: &mut Context<'_>) {
    let components = || Component::ALL.iter().map(Component::slug).chain(["cache_write"]);
    let all = components().chain([DEFAULT]).map(str::to_owned).chain(modes.iter().cloned());
    let all: Vec<String> = all.collect();
    let help = match (suggest::did_you_mean(&key.text, all.iter().map(String::as_str)), modes.is_empty()) {
        (Some(near), _) => near,
        (None, true) => format!("components are {}", suggest::listed(components(), "and")),
        (None, false) => format!(
            "a {what} is for `default`, a component such as `output` or `cache_read`, or a mode: {}",
            suggest::listed(modes.iter().map(String::as_str), "and")
        ),
    };
    let message = format!("`{}` is neither a mode nor a component of a price", key.text);
    context.sink.add(Diagnostic::at(Code::UnknownKey, &key.place, message, "unknown").help(help));
}
