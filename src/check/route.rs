//! `route` in its four forms: shares by model, by complexity, by task, or a list of entries.

use super::context::Context;

use super::serving::{arm, of_server};
use super::workload::{ShareOf, whole};
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::figure::{Figure, Share};
use crate::input::{Fields, Node, Value, word, wrong_shape};
use crate::plan::{Arm, Complexity, Route, Server, Serving, Task};
use crate::units::Exact;

pub(super) fn route(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Route> {
    let before = context.sink.failures();
    let (arms, shares) = match &node.value {
        Value::List(items) => by_list(node, items, tasks, context)?,
        Value::Map(_) => match node.get("by").map(|by| (by, by.scalar())) {
            None => by_share(node, tasks, context)?,
            Some((_, Some("complexity"))) => by_complexity(node, tasks, context)?,
            Some((_, Some("task"))) => by_task(node, tasks, context)?,
            Some((by, Some("length" | "column"))) if !context.for_log => {
                let message = "which requests are long, or have what in a column, only a request log says";
                let found = Diagnostic::at(Code::NotSupported, &by.place, message, "needs a log");
                return context
                    .sink
                    .refuse(found.help("`llmcost replay FILE --log LOG` has one; elsewhere state shares"));
            }
            Some((_, Some("length"))) => return super::route_of_log::by_length(node, context),
            Some((_, Some("column"))) => return super::route_of_log::by_column(node, context),
            Some((by, _)) => {
                return context.sink.refuse(
                    Diagnostic::at(
                        Code::UnknownWord,
                        &by.place,
                        "a route goes by `complexity`, by `task`, and on a request log by `length` or by `column`",
                        "none of these",
                    )
                    .help("shares need no `by`: `route: {gpt-4o-mini: 90%, gpt-4o: rest}`"),
                );
            }
        },
        _ => {
            return context.sink.refuse(wrong_shape(
                node,
                "a route is a map from models to shares, a map with `by`, or a list of entries",
            ));
        }
    };
    twice(&arms, context);
    (context.sink.failures() == before).then_some(Route { arms, shares, router: None, misroute: None, by: None })
}

/// One model under two names makes shares and usage hard to read; it is refused.
fn twice(arms: &[Arm], context: &mut Context<'_>) {
    for (index, arm) in arms.iter().enumerate() {
        let Serving::Single(Server::Model(this)) = &arm.serving else { continue };
        let same = |other: &&Arm| match &other.serving {
            Serving::Single(Server::Model(other)) => {
                (&other.model.listed.provider, &other.model.listed.id)
                    == (&this.model.listed.provider, &this.model.listed.id)
                    && other.place.text() != this.place.text()
            }
            _ => false,
        };
        if let Some(first) = arms.iter().take(index).find(same) {
            context.sink.add(
                Diagnostic::at(
                    Code::DuplicateName,
                    &arm.place,
                    format!("two names for one model: both mean `{}`", this.model.listed.id),
                    "this one",
                )
                .also(&first.place, "and this one")
                .help("add their shares under one name"),
            );
        }
    }
}

type Arms = (Vec<Arm>, Vec<Vec<(usize, Figure<Share>)>>);

fn by_share(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let entries = node.entries().unwrap_or_default();
    if entries.is_empty() {
        return context.sink.refuse(Diagnostic::at(
            Code::WrongShape,
            &node.place,
            "a route without models",
            "an empty map",
        ));
    }
    let before = context.sink.failures();
    let mut arms = Vec::new();
    let mut shares = Vec::new();
    for (key, node) in entries {
        let model = context.server_named(&key.text, &key.place);
        let share = ShareOf::read(node, context);
        let (Some(model), Some(share)) = (model, share) else { continue };
        arms.push(of_server(model));
        shares.push(share);
    }
    if context.sink.failures() > before {
        return None;
    }
    let shares = whole(shares, "this route", &node.place, context)?;
    let shares: Vec<_> = arms
        .iter()
        .zip(shares)
        .map(|(arm, share)| share.named(format!("routed to {}", arm.label)))
        .enumerate()
        .collect();
    Some((arms, vec![shares; tasks.len()]))
}

fn by_complexity(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let mut fields = Fields::of(node, "a route by complexity", context.sink)?;
    fields.entry("by");
    let mut arms: Vec<Arm> = Vec::new();
    let mut of_level = Vec::new();
    for (key, level) in [("low", Complexity::Low), ("medium", Complexity::Medium), ("high", Complexity::High)] {
        let stated = fields.entry(key).is_some();
        let model = fields.get(key, context.sink).and_then(|node| context.server(node));
        of_level.push((level, key, stated, model.map(|model| index_of(&mut arms, model))));
    }
    fields.finish(context.sink);
    if tasks.iter().all(|task| task.name.is_none()) {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "a route by complexity needs `workload.tasks`",
                "all requests are alike",
            )
            .help("state tasks with shares, or route by shares: `route: {gpt-4o-mini: 90%, gpt-4o: rest}`"),
        );
    }
    let mut shares = Vec::new();
    for task in tasks {
        let Some((_, key, stated, index)) = of_level.iter().find(|(level, ..)| *level == task.complexity) else {
            continue;
        };
        match index {
            Some(index) => shares.push(vec![(*index, Figure::one())]),
            None if *stated => {}
            None => {
                let name = task.name.as_deref().unwrap_or("workload");
                context.sink.add(
                    Diagnostic::at(
                        Code::MissingKey,
                        &node.place,
                        format!("who answers `{name}`, whose complexity is {key}?"),
                        format!("`{key}` is missing here"),
                    )
                    .also(&task.place, "this task"),
                );
            }
        }
    }
    Some((arms, shares))
}

/// The arm of `server`, shared by all that are sent to it.
pub(super) fn index_of(arms: &mut Vec<Arm>, server: Server) -> usize {
    let arm = of_server(server);
    let known = arms.iter().position(|known| known.label == arm.label && known.place.text() == arm.place.text());
    known.unwrap_or_else(|| {
        arms.push(arm);
        arms.len().saturating_sub(1)
    })
}

fn by_task(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let mut arms: Vec<Arm> = Vec::new();
    let mut of_name = Vec::new();
    for (key, node) in node.entries().unwrap_or_default().iter().filter(|(key, _)| &*key.text != "by") {
        let known = &*key.text == "default" || tasks.iter().any(|task| task.name.as_deref() == Some(&*key.text));
        if !known {
            context.sink.add(unknown_task(&key.text, &key.place, tasks));
        }
        let arm = context.server(node).map(|server| index_of(&mut arms, server));
        of_name.push((key.text.to_string(), arm));
    }
    let find = |name: &str| of_name.iter().find(|(known, _)| known == name).map(|(_, index)| *index);
    let mut shares = Vec::new();
    for task in tasks {
        match task.name.as_deref().and_then(find).or_else(|| find("default")) {
            Some(Some(index)) => shares.push(vec![(index, Figure::one())]),
            // Its model is unknown, which is reported.
            Some(None) => {}
            None => {
                let name = task.name.as_deref().unwrap_or("the workload");
                context.sink.add(
                    Diagnostic::at(
                        Code::MissingKey,
                        &node.place,
                        format!("who answers `{name}`?"),
                        "no entry for it and no `default`",
                    )
                    .also(&task.place, "this task"),
                );
            }
        }
    }
    Some((arms, shares))
}

fn unknown_task(name: &str, place: &Place, tasks: &[Task]) -> Diagnostic {
    let names = || tasks.iter().filter_map(|task| task.name.as_deref());
    let help = match names().next() {
        None => "the workload states no `tasks`".to_owned(),
        Some(_) => suggest::did_you_mean(name, names())
            .unwrap_or_else(|| format!("tasks are {}", suggest::listed(names(), "and"))),
    };
    Diagnostic::at(Code::UnknownName, place, format!("there is no task `{name}`"), "unknown task").help(help)
}

fn by_list(node: &Node, items: &[Node], tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let before = context.sink.failures();
    let mut arms = Vec::new();
    // Per entry: the task it is for, if any, and its share, if stated.
    let mut wanted: Vec<(Option<usize>, Option<ShareOf>, Place)> = Vec::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, "a route entry", context.sink) else { continue };
        let task = match fields.get("task", context.sink) {
            None => None,
            Some(node) => {
                let Some(name) = word(node, context.sink) else { continue };
                let found = tasks.iter().position(|task| task.name.as_deref() == Some(name));
                if found.is_none() {
                    context.sink.add(unknown_task(name, &node.place, tasks));
                }
                found
            }
        };
        let is_for_task = fields.entry("task").is_some();
        let share = fields.get("share", context.sink).map(|node| ShareOf::read(node, context));
        let arm = arm(&mut fields, &item.place, context);
        if share.is_none() && !is_for_task {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &item.place,
                    "a route entry says `share` or `task`",
                    "which requests come here?",
                )
                .help("for instance `share: 30%`, or `share: rest`"),
            );
        }
        fields.finish(context.sink);
        if let Some(arm) = arm {
            arms.push(arm);
            wanted.push((task, share.flatten(), item.place.clone()));
        }
    }
    if items.is_empty() {
        context.sink.add(Diagnostic::at(Code::WrongShape, &node.place, "a route without entries", "an empty list"));
    }
    if context.sink.failures() > before {
        return None;
    }
    let mut shares = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let own: Vec<usize> =
            (0..wanted.len()).filter(|i| wanted.get(*i).is_some_and(|(task, ..)| *task == Some(index))).collect();
        let chosen = if own.is_empty() {
            (0..wanted.len()).filter(|i| wanted.get(*i).is_some_and(|(task, ..)| task.is_none())).collect()
        } else {
            own
        };
        let name = task.name.as_deref().unwrap_or("the workload");
        let of = task.name.as_ref().map_or_else(|| "this route".to_owned(), |name| format!("the route of {name}"));
        if chosen.is_empty() {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &node.place,
                    format!("who answers `{name}`?"),
                    "no entry for this task and none by share",
                )
                .also(&task.place, "this task"),
            );
            continue;
        }
        let stated: Vec<ShareOf> = chosen
            .iter()
            .filter_map(|i| wanted.get(*i))
            .map(|(_, share, place)| match share {
                Some(ShareOf::Stated(share, place)) => ShareOf::Stated(share.clone(), place.clone()),
                Some(ShareOf::Rest(place)) => ShareOf::Rest(place.clone()),
                None => ShareOf::Stated(Figure::one(), place.clone()),
            })
            .collect();
        let Some(parts) = whole(stated, &of, &node.place, context) else { continue };
        let label = |i: usize| arms.get(i).map_or_else(String::new, |arm: &Arm| arm.label.clone());
        shares.push(
            chosen
                .into_iter()
                .zip(parts)
                .map(|(i, share)| {
                    (
                        i,
                        if *share.value() == Exact::ONE {
                            share
                        } else {
                            share.named(format!("routed to {}", label(i)))
                        },
                    )
                })
                .collect(),
        );
    }
    Some((arms, shares))
}
