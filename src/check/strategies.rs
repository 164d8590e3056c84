//! `strategies`: inheritance by `extends`, then one lever after the other.

use super::context::Context;

use super::{levers, response_cache, serving};
use crate::diag::{Code, Diagnostic, suggest};
use crate::input::{Fields, Key, Node, Value, word, wrong_shape};
use crate::plan::{Strategy, Task};

/// Ways to say who answers; stating one replaces the inherited one with all that belongs to it.
const SERVINGS: &[&str] = &["model", "route", "cascade", "deployment"];
/// What belongs to a serving.
const COMPANIONS: &[&str] = &["router", "misroute", "judge", "judge_last", "billing"];
/// Levers that can be dropped, beside the companions of a serving.
const LEVERS: &[&str] = &[
    "response_cache",
    "compress",
    "examples",
    "context",
    "output",
    "pack",
    "retries",
    "batch",
    "router",
    "misroute",
    "judge",
    "judge_last",
    "billing",
    "prefix_cache",
    "mode",
    "history",
    "summarise",
    "fine_tune",
];
/// Drops an inherited lever.
const OFF: &str = "off";

/// The names of the strategies, in order.
pub(super) fn names(node: &Node) -> Vec<String> {
    node.entries().unwrap_or_default().iter().map(|(key, _)| key.text.to_string()).collect()
}

pub(super) fn read(
    node: &Node,
    tasks: &[Task],
    tasks_are_sound: bool,
    context: &mut Context<'_>,
) -> Option<Vec<Strategy>> {
    let Some(entries) = node.entries() else {
        let found = wrong_shape(node, "`strategies` is a map from names to levers");
        return context.sink.refuse(found.help("write `strategies: {all-gpt-4o: {model: gpt-4o}}`"));
    };
    if entries.is_empty() {
        return context.sink.refuse(Diagnostic::at(
            Code::WrongShape,
            &node.place,
            "there is no strategy",
            "an empty map",
        ));
    }
    let before = context.sink.failures();
    let mut found = Vec::new();
    for (key, _) in entries {
        let Some(levers) = inherited(entries, key, &mut Vec::new(), context) else { continue };
        let node = Node { place: key.place.clone(), value: Value::Map(levers) };
        found.extend(strategy(key, &node, tasks, tasks_are_sound, context));
    }
    (context.sink.failures() == before).then_some(found)
}

/// The levers of a strategy with those it inherits.
fn inherited(
    entries: &[(Key, Node)],
    key: &Key,
    chain: &mut Vec<String>,
    context: &mut Context<'_>,
) -> Option<Vec<(Key, Node)>> {
    let (_, node) = entries.iter().find(|(known, _)| known.text == key.text)?;
    let Some(own) = node.entries() else {
        let found = wrong_shape(node, &format!("the strategy `{}` is a map of levers", key.text));
        return context.sink.refuse(found.help("for instance `{model: gpt-4o}`"));
    };
    chain.push(key.text.to_string());
    let mut levers = match own.iter().find(|(key, _)| &*key.text == "extends") {
        None => Vec::new(),
        Some((_, parent)) => {
            let name = word(parent, context.sink)?;
            if let Some(start) = chain.iter().position(|known| known == name) {
                // Every strategy of a circle, and every one that leads into it, comes here; the first one says so.
                let first = entries.iter().find(|(key, _)| chain.iter().skip(start).any(|known| **known == *key.text));
                if start > 0 || first.is_none_or(|(key, _)| chain.first().is_none_or(|head| **head != *key.text)) {
                    return None;
                }
                return context.sink.refuse(Diagnostic::at(
                    Code::Cycle,
                    &parent.place,
                    format!("`{}` extends `{name}` again", chain.join("` extends `")),
                    "closes the circle",
                ));
            }
            let Some((parent_key, _)) = entries.iter().find(|(key, _)| &*key.text == name) else {
                let near = suggest::did_you_mean(name, entries.iter().map(|(key, _)| &*key.text));
                return context.sink.refuse(
                    Diagnostic::at(
                        Code::UnknownName,
                        &parent.place,
                        format!("there is no strategy `{name}`"),
                        "to extend",
                    )
                    .help_if(near),
                );
            };
            inherited(entries, parent_key, chain, context)?
        }
    };
    chain.pop();
    if own.iter().any(|(key, _)| SERVINGS.contains(&&*key.text)) {
        levers.retain(|(key, _)| !SERVINGS.contains(&&*key.text) && !COMPANIONS.contains(&&*key.text));
    }
    levers.retain(|(key, _)| !["description", "extends"].contains(&&*key.text));
    for (key, node) in own.iter().filter(|(key, _)| &*key.text != "extends") {
        levers.retain(|(known, _)| known.text != key.text);
        if node.scalar() != Some(OFF) || !LEVERS.contains(&&*key.text) {
            levers.push((key.clone(), node.clone()));
        }
    }
    Some(levers)
}

fn strategy(
    key: &Key,
    node: &Node,
    tasks: &[Task],
    tasks_are_sound: bool,
    context: &mut Context<'_>,
) -> Option<Strategy> {
    let mut fields = Fields::of(node, format!("the strategy `{}`", key.text), context.sink)?;
    fields.entry("extends");
    fields.get("description", context.sink);
    let response_cache =
        fields.get("response_cache", context.sink).and_then(|node| response_cache::read(node, context));
    let compress =
        fields.get("compress", context.sink).and_then(|node| levers::compress(node, tasks, tasks_are_sound, context));
    let examples = fields.get("examples", context.sink).and_then(|node| levers::examples(node, context));
    let context_max = fields.get("context", context.sink).and_then(|node| levers::context_max(node, context));
    fields.exclusive("history", "summarise", context.sink);
    let history = fields.get("history", context.sink).and_then(|node| levers::history(node, context));
    let summarise = fields.get("summarise", context.sink).and_then(|node| levers::summarise(node, context));
    let pack = fields.get("pack", context.sink).and_then(|node| levers::pack(node, context));
    let defaults = levers::overrides(&mut fields, context);
    let serving = serving::strategy(&mut fields, tasks, context);
    fields.later(&["fine_tune", "region"], context.sink);
    fields.finish(context.sink);
    Some(Strategy {
        name: key.text.to_string(),
        place: key.place.clone(),
        response_cache,
        compress,
        examples,
        context_max,
        history: history.or(summarise),
        pack,
        serving: serving?,
        defaults,
    })
}
