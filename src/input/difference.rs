//! What two trees state differently.

use super::node::{Node, Value};

/// A value that stands in one tree otherwise than in the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Where, as `--set` writes it: `workload.prompt.system`.
    pub path: String,
    /// What the first tree states, on one line; `None` where it states nothing.
    pub base: Option<String>,
    /// What the second one states.
    pub head: Option<String>,
}

/// What `base` and `head` state differently, in the order of `head`, then what it leaves out. Keys of the outermost map that
/// are `ignored` do not count. Entries of lists go by their `name`, others by their position.
pub fn differences(base: &Node, head: &Node, ignored: &[&str]) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(Some(base), Some(head), "", &mut found);
    found.retain(|difference| {
        let first = difference.path.split('.').next().unwrap_or_default();
        !ignored.contains(&first)
    });
    found
}

fn walk(base: Option<&Node>, head: Option<&Node>, path: &str, found: &mut Vec<Difference>) {
    let (before, after) = (base.and_then(parts), head.and_then(parts));
    if let (Some(before), Some(after)) = (before, after) {
        let find = |parts: &[(String, &Node)], name: &str| {
            parts.iter().find(|(known, _)| known == name).map(|(_, node)| (*node).clone())
        };
        for (name, node) in &after {
            walk(find(&before, name).as_ref(), Some(node), &below(path, name), found);
        }
        for (name, node) in before.iter().filter(|(name, _)| find(&after, name).is_none()) {
            walk(Some(node), None, &below(path, name), found);
        }
        return;
    }
    let (base, head) = (base.map(flow), head.map(flow));
    if base != head {
        found.push(Difference { path: path.to_owned(), base, head });
    }
}

fn below(path: &str, name: &str) -> String {
    let name = if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() };
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

/// What a tree consists of, each part with its name; `None` for single values and lists of them, which are told whole.
fn parts(node: &Node) -> Option<Vec<(String, &Node)>> {
    match &node.value {
        Value::Null | Value::Scalar(_) => None,
        Value::Map(entries) => Some(entries.iter().map(|(key, node)| (key.text.to_string(), node)).collect()),
        Value::List(items) if items.iter().any(|item| item.entries().is_some()) => {
            let name = |(index, item): (usize, &Node)| {
                item.get("name").and_then(Node::scalar).map_or_else(|| index.to_string(), str::to_owned)
            };
            let mut named: Vec<(String, &Node)> = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let name = name((index, item));
                let twice = named.iter().any(|(known, _)| *known == name);
                named.push((if twice { index.to_string() } else { name }, item));
            }
            Some(named)
        }
        Value::List(_) => None,
    }
}

/// A tree on one line.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Scalar(text) => text.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entry = |(key, node): &(super::node::Key, Node)| format!("{}: {}", key.text, flow(node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diag::{Sink, Source};
    use crate::input::parse;

    fn tree(text: &str) -> Node {
        let source = Arc::new(Source { name: "a".into(), text: text.into(), first_line: 1 });
        parse(&source, &mut Sink::default()).unwrap()
    }

    fn told(base: &str, head: &str) -> Vec<String> {
        let word = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let all = differences(&tree(base), &tree(head), &["name"]).into_iter();
        all.map(|one| format!("{}: {} > {}", one.path, word(one.base), word(one.head))).collect()
    }

    #[test]
    fn values_are_told_by_their_path() {
        let base = "{name: a, workload: {requests: 1/s, input: 5}, strategies: {a: {route: {gpt-4.1: 10%, m: rest}}}}";
        let head = "{name: b, workload: {requests: 2/s, output: 5}, strategies: {a: {route: {gpt-4.1: 20%, m: rest}}, b: {model: m}}}";
        assert_eq!(
            told(base, head),
            [
                "workload.requests: 1/s > 2/s",
                "workload.output: - > 5",
                "workload.input: 5 > -",
                "strategies.a.route.\"gpt-4.1\": 10% > 20%",
                "strategies.b: - > {model: m}",
            ]
        );
        assert!(told(head, head).is_empty());
    }

    #[test]
    fn entries_of_lists_go_by_name_or_position() {
        assert_eq!(
            told("{tasks: [{name: x, share: 1}, {name: y, share: 2}]}", "{tasks: [{name: y, share: 3}]}"),
            ["tasks.y.share: 2 > 3", "tasks.x: {name: x, share: 1} > -"]
        );
        assert_eq!(told("{a: [1, 2]}", "{a: [1, 3]}"), ["a: [1, 2] > [1, 3]"]);
        assert_eq!(told("{a: [{b: 1}]}", "{a: [{b: 2}]}"), ["a.0.b: 1 > 2"]);
        assert_eq!(told("{a: 40%}", "{a: {share: 40%}}"), ["a: 40% > {share: 40%}"]);
    }
}
