//! `strategies`: inheritance by `extends`, then one lever after the other.

use super::context::Context;

use super::{fine_tune, levers, response_cache, retrieval, serving};
use crate::diag::{Code, Diagnostic, suggest};
use crate::input::{Fields, Key, Node, Value, word, wrong_shape};
use crate::plan::{Base, Strategy, Task};

/// Ways to say who answers; stating one replaces the inherited one with all that belongs to it.
const SERVINGS: &[&str] = &["model", "route", "cascade", "deployment"];
/// What belongs to a serving.
const COMPANIONS: &[&str] = &["router", "misroute", "judge", "judge_last", "billing"];
/// Levers that can be dropped, beside the companions of a serving.
const LEVERS: &[&str] = &[
    "response_cache",
    "retrieval",
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
    baseline: usize,
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
    if context.sink.failures() > before {
        return None;
    }
    stand_ins(&mut found, baseline);
    Some(found)
}

/// A tuned model whose strategy says nothing of who would answer without it stands in for the baseline.
fn stand_ins(strategies: &mut [Strategy], baseline: usize) {
    let Some(serving) = strategies.get(baseline).map(|strategy| strategy.serving.clone()) else { return };
    for (index, strategy) in strategies.iter_mut().enumerate() {
        let Some(tuned) = strategy.fine_tune.as_mut().filter(|tuned| tuned.base == Base::Baseline) else { continue };
        if index == baseline {
            tuned.base = Base::Unknown;
        } else {
            strategy.serving = serving.clone();
        }
    }
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
    let found = fields.get("retrieval", context.sink).map(|node| retrieval::read(node, tasks, context));
    // What was wrong with it is reported; how long its context would be is not known.
    let tasks_are_sound = tasks_are_sound && !matches!(found, Some(None));
    let retrieval = found.flatten();
    let compress = fields
        .get("compress", context.sink)
        .and_then(|node| levers::compress(node, tasks, tasks_are_sound, retrieval.as_ref(), context));
    let examples = fields.get("examples", context.sink).and_then(|node| levers::examples(node, context));
    let keep = fields.get("context", context.sink).and_then(|node| retrieval::keep(node, context));
    fields.exclusive("history", "summarise", context.sink);
    let history = fields.get("history", context.sink).and_then(|node| levers::history(node, context));
    let summarise = fields.get("summarise", context.sink).and_then(|node| levers::summarise(node, context));
    let pack = fields.get("pack", context.sink).and_then(|node| levers::pack(node, tasks, context));
    let defaults = levers::overrides(&mut fields, context);
    let mut fine_tune = fields.get("fine_tune", context.sink).and_then(|node| fine_tune::read(node, context));
    if let Some(tuned) = &mut fine_tune
        && SERVINGS.iter().all(|key| fields.entry(key).is_none())
    {
        tuned.base = Base::Baseline;
    }
    let answers = fine_tune.as_ref().map(|tuned| &tuned.serving);
    // A tuned model that could not be read would have answered.
    let is_known = answers.is_some()
        || fields.entry("fine_tune").is_none()
        || SERVINGS.iter().any(|key| fields.entry(key).is_some());
    let serving = if is_known { serving::strategy(&mut fields, tasks, answers, context) } else { None };
    fields.later(&["region"], context.sink);
    fields.finish(context.sink);
    Some(Strategy {
        name: key.text.to_string(),
        place: key.place.clone(),
        response_cache,
        retrieval,
        compress,
        examples,
        context: keep,
        history: history.or(summarise),
        pack,
        fine_tune,
        serving: serving?,
        defaults,
    })
}
