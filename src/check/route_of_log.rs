//! Routes that only a request log can decide: by the length of a prompt, or by the value of a column.

use super::context::Context;
use super::route::index_of;
use crate::diag::{Code, Diagnostic};
use crate::input::{Fields, Node, word, wrong_shape};
use crate::plan::{Arm, Route, RouteBy};
use crate::units::{Kind, Settings};

/// `{by: length, up_to: {2k: gpt-4o-mini, 32k: gpt-4o}, default: claude-sonnet-4-5}`
pub(super) fn by_length(node: &Node, context: &mut Context<'_>) -> Option<Route> {
    let mut fields = Fields::of(node, "a route by length", context.sink)?;
    fields.entry("by");
    let mut arms = Vec::new();
    let limits = fields.require("up_to", "{2k: gpt-4o-mini}", context.sink);
    let limits = limits.and_then(|node| limits_of(node, &mut arms, context));
    let longer = other(&mut fields, &mut arms, context);
    fields.finish(context.sink);
    route(arms, RouteBy::Length(limits?, longer?))
}

fn limits_of(node: &Node, arms: &mut Vec<Arm>, context: &mut Context<'_>) -> Option<Vec<(u64, usize)>> {
    let Some(entries) = node.entries() else {
        let expected = "`up_to` is a map from tokens of a prompt to who answers up to there";
        return context.sink.refuse(wrong_shape(node, expected));
    };
    let before = context.sink.failures();
    let mut found = Vec::new();
    for (key, node) in entries {
        let tokens = Kind::Count.parse(&key.text, &Settings::default());
        let most = tokens.ok().filter(|tokens| tokens.is_whole()).and_then(|tokens| tokens.to_u64());
        let server = context.server(node);
        match (most, server) {
            (Some(most), Some(server)) => found.push((most, index_of(arms, server))),
            (None, _) => {
                let message = format!("`{}` is no number of tokens", key.text);
                context.sink.add(
                    Diagnostic::at(Code::BadQuantity, &key.place, message, "the longest prompt that goes here")
                        .help("for instance `2k`"),
                );
            }
            (Some(_), None) => {}
        }
    }
    found.sort_unstable();
    (context.sink.failures() == before).then_some(found)
}

/// `{by: column, column: team, is: {search: gpt-4o-mini}, default: gpt-4o}`
pub(super) fn by_column(node: &Node, context: &mut Context<'_>) -> Option<Route> {
    let mut fields = Fields::of(node, "a route by column", context.sink)?;
    fields.entry("by");
    let mut arms = Vec::new();
    let column = fields.require("column", "team", context.sink);
    let column = column.and_then(|node| word(node, context.sink)).map(str::to_owned);
    let values = fields.require("is", "{search: gpt-4o-mini}", context.sink);
    let values = values.and_then(|node| match node.entries() {
        None => context.sink.refuse(wrong_shape(node, "`is` is a map from values of the column to who answers")),
        Some(entries) => entries
            .iter()
            .map(|(key, node)| Some((key.text.to_string(), index_of(&mut arms, context.server(node)?))))
            .collect::<Option<Vec<_>>>(),
    });
    let other = other(&mut fields, &mut arms, context);
    fields.finish(context.sink);
    route(arms, RouteBy::Column(column?, values?, other?))
}

fn other(fields: &mut Fields<'_>, arms: &mut Vec<Arm>, context: &mut Context<'_>) -> Option<usize> {
    let node = fields.require("default", "gpt-4o", context.sink)?;
    context.server(node).map(|server| index_of(arms, server))
}

fn route(arms: Vec<Arm>, by: RouteBy) -> Option<Route> {
    Some(Route { arms, shares: Vec::new(), router: None, misroute: None, by: Some(by) })
}
