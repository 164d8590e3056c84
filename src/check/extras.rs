//! What requests use beside text, and how many tokens the same text has elsewhere: `metered`, `uses`, `tokenizer`.

use super::context::Context;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::{Count, Factor, Figure, Money};
use crate::input::{Fields, Node, Value, word, wrong_shape};
use crate::plan::{Metered, TokenFactor, Tokenizer};
use crate::pricing::{Component, Lookup};
use crate::units::{Exact, Kind};

pub(super) fn metered(node: &Node, context: &mut Context<'_>) -> Vec<Metered> {
    let Value::List(items) = &node.value else {
        context.sink.add(wrong_shape(node, "`metered` is a list of {name, quantity, unit, price}"));
        return Vec::new();
    };
    items.iter().filter_map(|item| meter(item, context)).collect()
}

fn meter(item: &Node, context: &mut Context<'_>) -> Option<Metered> {
    let mut fields = Fields::of(item, "a metered item", context.sink)?;
    let name = fields.require("name", "sandbox time", context.sink).and_then(|node| word(node, context.sink));
    let quantity = context.quantity::<Count>(&mut fields, "quantity", Kind::Count, "quantity per request");
    let unit = fields.get("unit", context.sink).and_then(|node| word(node, context.sink));
    let price = context.required::<Money>(&mut fields, "price", Kind::Money, "price per unit", "0.11");
    fields.finish(context.sink);
    Some(Metered {
        name: name?.to_owned(),
        quantity: quantity
            .unwrap_or_else(|| Figure::default("quantity per request", Exact::ONE, "one per request unless stated")),
        unit: unit.unwrap_or("request").to_owned(),
        price: price?,
    })
}

/// Things that the answering model prices beside text: images, audio, searches, tool calls.
pub(super) fn uses(node: &Node, context: &mut Context<'_>) -> Vec<(Component, Figure<Count>)> {
    let Some(entries) = node.entries() else {
        context.sink.add(wrong_shape(node, "`uses` is a map from what a model prices to how much a request uses"));
        return Vec::new();
    };
    let usable = |component: &Component| {
        !matches!(
            component,
            Component::Input
                | Component::Output
                | Component::Reasoning
                | Component::CacheRead
                | Component::CacheStorage
                | Component::Request
                | Component::Training
                | Component::Hour
                | Component::ProvisionedUnit
        )
    };
    let mut found = Vec::new();
    for (key, node) in entries {
        let Some(component) = Component::from_slug(&key.text).filter(usable) else {
            let names = || Component::ALL.iter().filter(|component| usable(component)).map(Component::slug);
            let near = suggest::did_you_mean(&key.text, names());
            let message = format!("no request uses `{}`", key.text);
            let all = || format!("there are {}", suggest::listed(names(), "and"));
            context
                .sink
                .add(Diagnostic::at(Code::UnknownKey, &key.place, message, "unknown").help(near.unwrap_or_else(all)));
            continue;
        };
        let name = format!("{} per request", component.slug());
        if let Some(amount) = context.read::<Count>("amount per request", node, Kind::Count) {
            found.push((component, amount.named(name)));
        }
    }
    found
}

pub(super) fn tokenizer(node: &Node, context: &mut Context<'_>) -> Tokenizer {
    let Some(mut fields) = Fields::of(node, "`tokenizer`", context.sink) else { return Tokenizer::default() };
    if let Some(node) = fields.get("counted_for", context.sink) {
        word(node, context.sink);
    }
    let factors = fields.require("factors", "{claude-opus-5: 1.3}", context.sink);
    fields.finish(context.sink);
    let Some(factors) = factors else { return Tokenizer::default() };
    let Some(entries) = factors.entries() else {
        context.sink.add(wrong_shape(factors, "`factors` is a map from models or providers to factors"));
        return Tokenizer::default();
    };
    let mut found = Vec::new();
    for (key, node) in entries {
        let Some((input, output)) = factor(node, context) else { continue };
        let name =
            |figure: Figure<Factor>, what: &str| figure.named(format!("{what} tokens of {} per token", key.text));
        let (input, output) = (name(input, "input"), name(output, "output"));
        let (provider, model) = match context.prices.book.find(&key.text, context.prices.as_of) {
            Lookup::Found(model) => (model.provider.clone(), Some(model.id.clone())),
            _ if context.prices.book.has_provider(&key.text) => (key.text.to_string(), None),
            _ => {
                let mut known = context.prices.book.providers();
                known.extend(context.prices.book.names());
                let near = suggest::did_you_mean(&key.text, known.iter().map(String::as_str));
                let message = format!("`{}` is neither a provider nor a model", key.text);
                let found = Diagnostic::at(Code::UnknownModel, &key.place, message, "unknown");
                context.sink.add(found.help_if(near));
                continue;
            }
        };
        found.push(TokenFactor { provider, model, input, output });
    }
    Tokenizer { factors: found }
}

/// One factor for prompt and answer, or `{input, output}`.
fn factor(node: &Node, context: &mut Context<'_>) -> Option<(Figure<Factor>, Figure<Factor>)> {
    if node.get("input").is_none() && node.get("output").is_none() {
        let both: Figure<Factor> = context.read("tokens per token", node, Kind::Factor)?;
        return Some((both.clone(), both));
    }
    let mut fields = Fields::of(node, "the factors of a tokenizer", context.sink)?;
    let input = context.quantity(&mut fields, "input", Kind::Factor, "input tokens per token");
    let output = context.quantity(&mut fields, "output", Kind::Factor, "output tokens per token");
    fields.finish(context.sink);
    Some((input.unwrap_or_else(Figure::one), output.unwrap_or_else(Figure::one)))
}
