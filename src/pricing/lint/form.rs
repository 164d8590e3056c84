//! Rules about how a list is written, which its models do not show any more.

use super::{Finding, Rule};
use crate::input::{Node, Value};
use crate::pricing::Component;

/// What is written in a way that other readers take for something else.
pub fn form(root: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(Value::List(models)) = root.get("models").map(|node| &node.value) else { return found };
    for model in models {
        let id = model.get("id").and_then(Node::scalar).unwrap_or_default();
        let mut add = |rule, node: &Node, message: String| {
            found.push(Finding { rule, model: id.to_owned(), message, place: node.place.clone(), accepted: None });
        };
        amounts(model, &mut add);
        if let Some(Value::List(cards)) = model.get("prices").map(|node| &node.value) {
            cards.iter().for_each(|card| amounts(card, &mut add));
        }
    }
    found
}

fn amounts(node: &Node, add: &mut impl FnMut(Rule, &Node, String)) {
    for (key, value) in node.entries().unwrap_or_default() {
        let name = &*key.text;
        if name.starts_with("cache_write") || Component::from_slug(name).is_some() {
            amount(value, add);
        }
    }
}

/// A price: a scalar, `{usd, per, tiers}`, or lifetimes.
fn amount(node: &Node, add: &mut impl FnMut(Rule, &Node, String)) {
    match &node.value {
        Value::Scalar(text) => {
            if !node.place.text().starts_with(['"', '\'']) {
                add(Rule::UnquotedAmount, node, format!("`{text}` is not quoted"));
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                match &*key.text {
                    "per" | "test" => {}
                    "above" => {
                        let text = value.scalar().unwrap_or_default();
                        if !text.bytes().all(|b| b.is_ascii_digit()) {
                            add(Rule::SuffixedThreshold, value, format!("the threshold `{text}` is not written out"));
                        }
                    }
                    _ => amount(value, add),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| amount(item, add)),
        Value::Null => {}
    }
}
