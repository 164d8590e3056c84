//! `fine_tune`: a model tuned on examples, which answers in place of another.

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Count, Days, Figure, TokenPrice, Tokens};
use crate::input::{Fields, Node, Value};
use crate::plan::{Base, FineTune, Server, Serving, Span};
use crate::pricing::Component;
use crate::units::{Exact, Kind};

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<FineTune> {
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "`fine_tune`", context.sink)?;
    let server = fields.require("model", "team-model", context.sink).and_then(|node| context.server(node));
    let tokens = context.required::<Tokens>(&mut fields, "training_tokens", Kind::Tokens, "training tokens", "5M");
    let epochs = context.quantity::<Count>(&mut fields, "epochs", Kind::Count, "epochs");
    let price = context.quantity::<TokenPrice>(&mut fields, "price", Kind::TokenPrice, "training price");
    let amortise = amortise(&mut fields, context);
    let hosting = context.quantity(&mut fields, "hosting_per_hour", Kind::Money, "hosting per hour");
    let examples = context.quantity::<Tokens>(&mut fields, "examples", Kind::Tokens, "examples of the tuned model");
    let is_priced = fields.entry("price").is_some() || server.as_ref().is_none_or(lists_training);
    fields.finish(context.sink);
    if let Some(server) = server.as_ref().filter(|_| !is_priced) {
        context.sink.add(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "what does a trained token cost? `price` is missing",
                "no `price` here",
            )
            .also(server.place(), format!("no list has a price for training {}", server.name()))
            .help("USD per 1M tokens, for instance `price: 3.00`; `price: 0` where training is free"),
        );
    }
    let once =
        || Figure::default("epochs", Exact::ONE, "each training token is read once unless `epochs` says otherwise");
    let none =
        || Figure::default("examples of the tuned model", Exact::ZERO, "a tuned model needs no examples unless stated");
    let found = FineTune {
        serving: Serving::Single(server?),
        training_tokens: tokens?,
        epochs: epochs.unwrap_or_else(once),
        price,
        amortise: amortise?,
        hosting_per_hour: hosting,
        examples: examples.unwrap_or_else(none),
        base: Base::Strategy,
        place: node.place.clone(),
    };
    (context.sink.failures() == before).then_some(found)
}

fn lists_training(server: &Server) -> bool {
    match server {
        Server::Model(used) => {
            let card = used.model.listed.card(None, used.model.as_of);
            card.is_some_and(|card| card.rate(&Component::Training).is_some())
        }
        Server::Deployment(_) => false,
    }
}

/// How long what is paid once serves.
pub(super) fn amortise(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Span> {
    if fields.entry("amortise").is_some() {
        return span(fields, "amortise", ["months that it serves", "days that it serves"], context);
    }
    let why = "what is paid once serves 12 months unless `amortise` says otherwise";
    Some(Span::Months(Figure::default("months that it serves", Exact::from(12), why)))
}

/// A period above zero, in months or in days as it is stated.
pub(super) fn span(
    fields: &mut Fields<'_>,
    key: &'static str,
    [months, days]: [&'static str; 2],
    context: &mut Context<'_>,
) -> Option<Span> {
    let (_, node) = fields.entry(key)?;
    if in_months(node) {
        return context.above_zero::<Count>(fields, key, Kind::Months, months).map(Span::Months);
    }
    context.above_zero::<Days>(fields, key, Kind::Period, days).map(Span::Days)
}

/// Whether a period, or an end of its range, is stated in months.
fn in_months(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(text) => text.contains("month"),
        Value::Map(entries) => entries.iter().any(|(_, node)| in_months(node)),
        Value::List(_) | Value::Null => false,
    }
}
