//! `optimize`: what is asked of the cheapest mix.

use super::context::Context;
use super::prices;
use super::serving::judge;
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::input::{Fields, Node, Value, plain, word, wrong_shape};
use crate::plan::{Optimize, Server, Task, Whose};
use crate::units::{Exact, Kind};

/// Seconds from which on batches, which take up to a day, are soon enough.
const DAY: u64 = 86_400;

pub(super) fn read(node: &Node, tasks: &[Task], names: &[String], context: &mut Context<'_>) -> Optimize {
    let mut found = Optimize::default();
    let Some(mut fields) = Fields::of(node, "`optimize`", context.sink) else { return found };
    if let Some(node) = fields.get("models", context.sink) {
        found.candidates = candidates(node, context);
    }
    if let Some(node) = fields.get("quality", context.sink) {
        quality(node, tasks, &mut found, context);
    }
    if let Some(node) = fields.get("budget", context.sink) {
        let budget = plain(node, Kind::Money, &context.settings, context.sink);
        found.budget = budget.map(|budget| (budget, node.place.clone()));
    }
    if let Some(node) = fields.get("limits", context.sink) {
        found.limits = limits(node, context);
    }
    let deadline = fields.get("deadline", context.sink);
    let deadline = deadline.and_then(|node| plain(node, Kind::Duration, &context.settings, context.sink));
    found.batch = deadline.is_some_and(|deadline| deadline >= Exact::from(DAY));
    if let Some(node) = fields.get("latency", context.sink) {
        latency(node, &mut found, context);
    }
    if let Some(node) = fields.get("judge", context.sink)
        && let Some(read) = judge(node, context)
    {
        if read.skill.is_none() {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &node.place,
                    "a judge of cascades that are looked for needs its skill",
                    "`sensitivity` and `specificity` are missing",
                )
                .help(
                    "for instance `{sensitivity: 90%, specificity: 70%, model: gpt-4o-mini, input: 850, output: 20}`",
                ),
            );
        }
        found.judge = Some((read, written(node)));
    }
    if let Some(node) = fields.get("like", context.sink)
        && let Some(name) = word(node, context.sink)
    {
        found.like = names.iter().position(|known| known == name);
        if found.like.is_none() {
            let near = suggest::did_you_mean(name, names.iter().map(String::as_str));
            let message = format!("there is no strategy `{name}`");
            context.sink.add(Diagnostic::at(Code::UnknownName, &node.place, message, "unknown strategy").help_if(near));
        }
    }
    fields.finish(context.sink);
    found
}

/// A map of single values as one line of YAML.
fn written(node: &Node) -> String {
    let entries = node.entries().unwrap_or_default().iter();
    let pairs: Vec<String> =
        entries.filter_map(|(key, value)| Some(format!("{}: {}", key.text, value.scalar()?))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn candidates(node: &Node, context: &mut Context<'_>) -> Option<Vec<Server>> {
    let Value::List(items) = &node.value else {
        return context.sink.refuse(wrong_shape(node, "`models` is a list of models: [gpt-4o-mini, gpt-4o]"));
    };
    let mut found: Vec<Server> = Vec::new();
    for item in items {
        let Some(server) = context.server(item) else { continue };
        let is_known = context.quality.of.iter().any(|(known, _)| *known == server);
        if !is_known {
            let message = format!("how often is {} right?", server.name());
            context.sink.add(
                Diagnostic::at(Code::MissingKey, &item.place, message, "no quality is stated")
                    .help(format!("state it: `quality: {{{}: 80%}}`", server.name())),
            );
        }
        if found.contains(&server) {
            let message = format!("`{}` stands twice", server.name());
            context.sink.add(Diagnostic::at(Code::DuplicateName, &item.place, message, "again here"));
        }
        found.push(server);
    }
    if items.is_empty() {
        context.sink.add(Diagnostic::at(Code::WrongShape, &node.place, "nobody may answer", "an empty list"));
    }
    Some(found)
}

fn quality(node: &Node, tasks: &[Task], found: &mut Optimize, context: &mut Context<'_>) {
    let share = |node: &Node, context: &mut Context<'_>| plain(node, Kind::Share, &context.settings, context.sink);
    let Some(entries) = node.entries() else {
        found.quality = share(node, context).map(|share| (share, node.place.clone()));
        return;
    };
    for (key, node) in entries {
        let Some(value) = share(node, context) else { continue };
        if &*key.text == "overall" {
            found.quality = Some((value, node.place.clone()));
            continue;
        }
        match tasks.iter().position(|task| task.name.as_deref() == Some(&*key.text)) {
            Some(task) => found.quality_of_tasks.push((task, value, node.place.clone())),
            None => {
                let names = tasks.iter().filter_map(|task| task.name.as_deref()).chain(["overall"]);
                let near = suggest::did_you_mean(&key.text, names);
                let message = format!("there is no task `{}`", key.text);
                context.sink.add(
                    Diagnostic::at(Code::UnknownName, &key.place, message, "unknown task")
                        .help(near.unwrap_or_else(|| "`overall` is for all requests".to_owned())),
                );
            }
        }
    }
}

fn limits(node: &Node, context: &mut Context<'_>) -> Vec<(Whose, Exact, Place)> {
    let Some(entries) = node.entries() else {
        context.sink.add(
            wrong_shape(node, "`limits` is a map from providers or models to shares of the requests")
                .help("write `limits: {openai: 70%}`"),
        );
        return Vec::new();
    };
    let read = entries.iter().filter_map(|(key, node)| {
        let whose = prices::target(&key.text, &key.place, context);
        let share = plain(node, Kind::Share, &context.settings, context.sink);
        Some((whose?, share?, node.place.clone()))
    });
    read.collect()
}

fn latency(node: &Node, found: &mut Optimize, context: &mut Context<'_>) {
    let Some(entries) = node.entries() else {
        context.sink.add(
            wrong_shape(node, "`latency` is a map: the limit, and what models take")
                .help("write `latency: {limit: 2s, gpt-4o: 1.4s, gpt-4o-mini: 600ms}`"),
        );
        return;
    };
    for (key, value) in entries {
        let Some(seconds) = plain(value, Kind::Duration, &context.settings, context.sink) else { continue };
        if &*key.text == "limit" {
            found.latency = Some((seconds, value.place.clone()));
        } else if let Some(server) = context.server_named(&key.text, &key.place) {
            found.latency_of.push((server, seconds));
        }
    }
    if node.get("limit").is_none() {
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &node.place, "which latency is the limit?", "`limit` is missing")
                .help("write `latency: {limit: 2s, gpt-4o: 1.4s}`"),
        );
    }
}
