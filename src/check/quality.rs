//! `quality`: how often whose answers are right.

use super::context::Context;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::Share;
use crate::input::{Fields, Node, Value, wrong_shape};
use crate::plan::{GivenWrong, Quality, Rates, Task};
use crate::units::Kind;

/// The key that is no model.
const GIVEN_WRONG: &str = "given_wrong";
/// The key that is no task.
const DEFAULT: &str = "default";

pub(super) fn read(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Quality {
    let mut found = Quality::default();
    let Some(entries) = node.entries() else {
        let message = "`quality` is a map of models to shares of right answers";
        context.sink.add(wrong_shape(node, message));
        return found;
    };
    for (key, value) in entries.iter().filter(|(key, _)| &*key.text != GIVEN_WRONG) {
        let rates = rates(value, tasks, context);
        let server = context.server_named(&key.text, &key.place);
        let (Some(server), Some(rates)) = (server, rates) else { continue };
        if found.of.iter().any(|(known, _)| *known == server) {
            let message = format!("`{}` is another name of a model that has its quality already", key.text);
            context.sink.add(Diagnostic::at(Code::DuplicateName, &key.place, message, "stated twice"));
        }
        found.of.push((server, rates));
    }
    if let Some(node) = node.get(GIVEN_WRONG) {
        given_wrong(node, tasks, &mut found, context);
    }
    found
}

fn given_wrong(node: &Node, tasks: &[Task], found: &mut Quality, context: &mut Context<'_>) {
    let Some(entries) = node.entries() else {
        let message = "`given_wrong` says how often one is right where another was wrong: {gpt-4o-mini: {gpt-4o: 56%}}";
        context.sink.add(wrong_shape(node, message));
        return;
    };
    for (key, inner) in entries {
        let first = context.server_named(&key.text, &key.place);
        let Some(answers) = inner.entries() else {
            let message = format!("who answers where `{}` was wrong?", key.text);
            context.sink.add(wrong_shape(inner, &message));
            continue;
        };
        for (then_key, value) in answers {
            let rates = rates(value, tasks, context);
            let then = context.server_named(&then_key.text, &then_key.place);
            if let (Some(first), Some(then), Some(rates)) = (first.clone(), then, rates) {
                found.given_wrong.push(GivenWrong { first, then, rates, place: value.place.clone() });
            }
        }
    }
}

/// A share, or a map of tasks to shares.
fn rates(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Rates> {
    let Value::Map(entries) = &node.value else {
        let default = context.read::<Share>("quality", node, Kind::Share)?;
        return Some(Rates { default: Some(default), by_task: Vec::new() });
    };
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "a quality by task", context.sink)?;
    let mut found =
        Rates { default: context.quantity(&mut fields, DEFAULT, Kind::Share, "quality"), by_task: Vec::new() };
    let names: Vec<&str> = tasks.iter().filter_map(|task| task.name.as_deref()).collect();
    for (key, value) in entries.iter().filter(|(key, _)| &*key.text != DEFAULT) {
        if !names.contains(&&*key.text) {
            let message = format!("the workload has no task `{}`", key.text);
            let help = suggest::did_you_mean(&key.text, names.iter().copied().chain([DEFAULT]));
            let help = help.unwrap_or_else(|| {
                if names.is_empty() {
                    "name the tasks under `workload.tasks`, or state one share for all".to_owned()
                } else {
                    format!("it has {}", suggest::listed(names.iter().copied(), "and"))
                }
            });
            context.sink.add(Diagnostic::at(Code::UnknownName, &key.place, message, "no such task").help(help));
            continue;
        }
        if let Some(share) = context.read("quality", value, Kind::Share) {
            found.by_task.push((key.text.to_string(), share));
        }
    }
    (context.sink.failures() == before).then_some(found)
}
