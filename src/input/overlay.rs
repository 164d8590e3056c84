//! Changes to a tree before it is checked: `--set path=value` and `include`.

use std::sync::Arc;

use super::node::{Key, Node, Value};
use super::yaml::parse_flow;
use crate::diag::{Code, Diagnostic, Place, Sink, Source, suggest};

/// Lays `upper` over `lower`: maps are joined key by key, the lists of `joined` keys are put one behind the other,
/// anything else of `upper` replaces what `lower` says. A strategy is replaced whole, since its levers belong together.
pub fn merge(lower: Node, upper: Node, joined: &[&str], whole: &[&str]) -> Node {
    merge_at(lower, upper, joined, whole, "")
}

fn merge_at(lower: Node, upper: Node, joined: &[&str], whole: &[&str], path: &str) -> Node {
    let place = upper.place.clone();
    match (lower.value, upper.value) {
        (Value::Map(lower), Value::Map(upper)) if !whole.contains(&path) => {
            let mut entries = lower;
            for (key, node) in upper {
                let inner = if path.is_empty() { key.text.to_string() } else { format!("{path}.{}", key.text) };
                let parent_is_whole = whole.iter().any(|w| w.strip_suffix(".*") == Some(path));
                match entries.iter_mut().find(|(known, _)| known.text == key.text) {
                    Some(slot) if parent_is_whole => *slot = (key, node),
                    Some(slot) => {
                        let below = slot.1.clone();
                        *slot = (key, merge_at(below, node, joined, whole, &inner));
                    }
                    None => entries.push((key, node)),
                }
            }
            Node { place, value: Value::Map(entries) }
        }
        (Value::List(mut lower), Value::List(upper)) if joined.contains(&path) => {
            lower.extend(upper);
            Node { place, value: Value::List(lower) }
        }
        (_, upper) => Node { place, value: upper },
    }
}

/// Applies one `path=value`. Path segments are map keys (a known key with dots in it may be written as it is, a new one
/// in quotes), or for lists a number from 0 or the `name` of an entry.
pub fn apply_set(root: &mut Node, argument: &str, sink: &mut Sink) -> Option<()> {
    let source = Arc::new(Source { name: "--set".to_owned(), text: argument.to_owned(), first_line: 1 });
    let whole = Place::new(&source, 0, argument.len());
    let Some((path, value)) = split_assignment(argument) else {
        let label = if argument.contains('=') { "there is no path before the `=`" } else { "there is no `=` in this" };
        return sink.refuse(
            Diagnostic::at(Code::BadSet, &whole, "`--set` takes `path=value`", label)
                .help("for instance `--set workload.requests=2M/day`"),
        );
    };
    let from = argument.len().saturating_sub(value.len());
    let value = if value.trim().is_empty() {
        Node { place: Place::new(&source, from, from), value: Value::Null }
    } else {
        let node = parse_flow(&source, from, sink)?;
        shifted(node, &source, from)
    };
    inherit(root, path);
    let mut at = 0;
    let mut here = root;
    loop {
        if here.value == Value::Null {
            here.value = Value::Map(Vec::new());
        }
        let rest = path.get(at..).unwrap_or_default();
        let place = |length: usize| Place::new(&source, at, at.saturating_add(length));
        let (length, next) = match &mut here.value {
            Value::List(items) => {
                let segment = rest.split('.').next().unwrap_or_default();
                let named = items.iter().position(|item| item.get("name").and_then(Node::scalar) == Some(segment));
                let found = named.or_else(|| segment.parse().ok()).and_then(|index| items.get_mut(index));
                match found {
                    Some(item) => (segment.len(), item),
                    None => {
                        return sink.refuse(Diagnostic::at(
                            Code::BadSet,
                            &place(segment.len()),
                            format!("the list has no entry `{segment}`"),
                            "a number from 0, or the `name` of an entry",
                        ));
                    }
                }
            }
            Value::Map(entries) => {
                let (length, segment) = map_segment(entries, rest);
                let position = entries.iter().position(|(key, _)| &*key.text == segment);
                if segment.is_empty() {
                    let message = "a path has no empty part";
                    return sink.refuse(Diagnostic::at(Code::BadSet, &whole, message, "in this path"));
                }
                // A misspelt strategy would become a new one.
                if position.is_none() && path.get(..at) == Some("strategies.") {
                    let near = suggest::did_you_mean(segment, entries.iter().map(|(key, _)| &*key.text));
                    let message = format!("there is no strategy `{segment}`");
                    return sink
                        .refuse(Diagnostic::at(Code::BadSet, &place(length), message, "to change").help_if(near));
                }
                let index = position.unwrap_or_else(|| {
                    let key = Key { text: segment.into(), place: place(length) };
                    entries.push((key, Node { place: place(length), value: Value::Null }));
                    entries.len().saturating_sub(1)
                });
                (length, entries.get_mut(index).map(|(_, node)| node)?)
            }
            Value::Null | Value::Scalar(_) => {
                return sink.refuse(
                    Diagnostic::at(
                        Code::BadSet,
                        &place(rest.len()),
                        "the path goes on below a single value",
                        "nothing stands below",
                    )
                    .also(&here.place, "this is a single value"),
                );
            }
        };
        here = next;
        at = at.saturating_add(length);
        if at >= path.len() {
            *here = value;
            return Some(());
        }
        at = at.saturating_add(1);
    }
}

/// Where a path leads into a lever that a strategy has by `extends`, the strategy gets its own copy first, so that what is
/// set changes a part of it.
fn inherit(root: &mut Node, path: &str) {
    let Some(rest) = path.strip_prefix("strategies.") else { return };
    let Some(strategies) = root.get("strategies").and_then(Node::entries) else { return };
    let (length, name) = map_segment(strategies, rest);
    let Some(rest) = rest.get(length..).and_then(|rest| rest.strip_prefix('.')) else { return };
    let of = |name: &str| strategies.iter().find(|(key, _)| &*key.text == name).map(|(_, node)| node);
    let Some(lever) = rest.split_once('.').map(|(lever, _)| lever) else { return };
    let mut here = of(name);
    // No chain is longer than there are strategies, unless it is a circle, which is reported later.
    for _ in strategies {
        let Some(strategy) = here else { return };
        if let Value::Map(entries) = &strategy.value
            && let Some(found) = entries.iter().find(|(key, _)| &*key.text == lever).cloned()
        {
            let name = name.to_owned();
            if let Some(Node { value: Value::Map(own), .. }) = root.get_mut("strategies").and_then(|s| s.get_mut(&name))
                && !own.iter().any(|(key, _)| &*key.text == lever)
            {
                own.push(found);
            }
            return;
        }
        here = strategy.get("extends").and_then(Node::scalar).and_then(of);
    }
}

/// Splits at the first `=` that is not part of a key in quotes.
fn split_assignment(argument: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = argument.find(|c: char| {
        quoted ^= c == '"';
        c == '=' && !quoted
    })?;
    let (path, value) = (argument.get(..at)?, argument.get(at.saturating_add(1)..)?);
    (!path.trim().is_empty()).then_some((path, value))
}

/// The next key of a path and how much of `rest` it takes: one in quotes, the longest known key, else the text up to
/// the next dot.
fn map_segment<'a>(entries: &[(Key, Node)], rest: &'a str) -> (usize, &'a str) {
    if let Some((inner, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return (inner.len().saturating_add(2), inner);
    }
    let known = entries
        .iter()
        .map(|(key, _)| key.text.len())
        .filter_map(|length| Some((rest.get(..length)?, rest.get(length..)?)))
        .filter(|(head, tail)| {
            (tail.is_empty() || tail.starts_with('.')) && entries.iter().any(|(k, _)| &*k.text == *head)
        })
        .map(|(head, _)| head)
        .max_by_key(|head| head.len());
    let segment = known.unwrap_or_else(|| rest.split('.').next().unwrap_or_default());
    (segment.len(), segment)
}

/// Moves the places of a value that was parsed alone back into the whole argument.
fn shifted(node: Node, source: &Arc<Source>, by: usize) -> Node {
    let moved = |place: &Place| Place::new(source, place.start.saturating_add(by), place.end.saturating_add(by));
    let place = moved(&node.place);
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(|item| shifted(item, source, by)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, node)| (Key { place: moved(&key.place), text: key.text }, shifted(node, source, by)))
                .collect(),
        ),
        other => other,
    };
    Node { place, value }
}
