//! `retrieval` and `context`: where the context of prompts comes from, and what of it is kept.

use std::cmp::Ordering;

use super::context::Context;
use super::fine_tune::amortise;
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Count, Figure, Money, Share, Tokens};
use crate::input::{Fields, Node, word};
use crate::plan::{KeepContext, Part, Rent, Rerank, Retrieval, Server, Store, Task};
use crate::pricing::Component;
use crate::units::{Exact, Kind, display};

/// Bytes of a dimension, at most: a float of double precision.
const WIDEST: u64 = 8;

pub(super) fn read(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Retrieval> {
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "`retrieval`", context.sink)?;
    let corpus = above_zero(&mut fields, "corpus", Kind::Tokens, "corpus", "200M", context);
    let chunk = above_zero(&mut fields, "chunk", Kind::Tokens, "tokens of a chunk", "512", context);
    let overlap = context.quantity::<Tokens>(&mut fields, "overlap", Kind::Tokens, "overlap");
    let top = above_zero(&mut fields, "top", Kind::Count, "chunks retrieved", "5", context);
    let embed =
        fields.require("embed", "text-embedding-3-small", context.sink).and_then(|node| embedder(node, context));
    let query = context.quantity(&mut fields, "query", Kind::Tokens, "query");
    let amortise = amortise(&mut fields, context);
    let reindex = context.quantity::<Share>(&mut fields, "reindex", Kind::Share, "reindexed a month");
    let store = fields.get("store", context.sink).and_then(|node| store(node, context));
    let rerank = fields.get("rerank", context.sink).and_then(|node| rerank(node, context));
    let place = |key: &'static str, fields: &mut Fields<'_>| -> Place {
        fields.entry(key).map_or_else(|| node.place.clone(), |(_, node)| node.place.clone())
    };
    let (of_overlap, of_top) = (place("overlap", &mut fields), place("top", &mut fields));
    fields.finish(context.sink);
    stated_context(node, tasks, context);
    let found = Retrieval {
        corpus: corpus?,
        chunk: chunk?,
        overlap: overlap.unwrap_or_else(Figure::zero),
        top: top?,
        embed: embed.as_ref()?.0.clone(),
        mode: embed?.1,
        query,
        amortise: amortise?,
        reindex,
        store,
        rerank,
    };
    if context.decisions.compare(&found.overlap, &found.chunk) != Ordering::Less {
        let message = "chunks that overlap by all they hold never end";
        return context.sink.refuse(
            Diagnostic::at(Code::OutOfRange, &of_overlap, message, "must be less than a chunk")
                .also(node.get("chunk").map_or(&node.place, |node| &node.place), "the chunk"),
        );
    }
    let chunks = found.chunks();
    if context.decisions.compare(&found.top, &chunks) == Ordering::Greater {
        let (top, all) = (display::count(found.top.value()), display::count(chunks.value()));
        let message = format!("{top} chunks for each request, of a corpus that has {all}");
        return context.sink.refuse(Diagnostic::at(Code::OutOfRange, &of_top, message, "more than the corpus has"));
    }
    if let Some(Rerank::Model { candidates: Some(candidates), .. }) = &found.rerank
        && context.decisions.compare(candidates, &found.top) == Ordering::Less
    {
        let place = node.get("rerank").and_then(|node| node.get("candidates")).map_or(&node.place, |node| &node.place);
        let message = "fewer chunks are put in order than a request gets";
        return context.sink.refuse(
            Diagnostic::at(Code::OutOfRange, place, message, "less than `top`").also(&of_top, "the chunks it gets"),
        );
    }
    (context.sink.failures() == before).then_some(found)
}

fn above_zero<D: crate::figure::Dimension>(
    fields: &mut Fields<'_>,
    key: &'static str,
    kind: Kind,
    name: &'static str,
    example: &str,
    context: &mut Context<'_>,
) -> Option<Figure<D>> {
    fields.require(key, example, context.sink)?;
    context.above_zero(fields, key, kind, name)
}

/// Two sources of one part of the prompt.
fn stated_context(node: &Node, tasks: &[Task], context: &mut Context<'_>) {
    let Some(tokens) = tasks.iter().map(|task| task.prompt.part(Part::Context)).find(|tokens| !tokens.is_zero()) else {
        return;
    };
    let message = "the context of these prompts is stated and retrieved";
    let mut found = Diagnostic::at(Code::Conflict, &node.place, message, "retrieved here");
    if let Some(place) = tokens.place() {
        found = found.also(place, "stated here");
    }
    context.sink.add(
        found.help("`retrieval` says how many tokens it brings (`top` x `chunk`): leave the workload's `context` out"),
    );
}

/// Who makes vectors, and the mode in which it does so for the corpus.
fn embedder(node: &Node, context: &mut Context<'_>) -> Option<(Server, Option<std::sync::Arc<str>>)> {
    let (server, mode) = if node.scalar().is_some() {
        (listed(node, context), None)
    } else {
        let mut fields = Fields::of(node, "`embed`", context.sink)?;
        let server =
            fields.require("model", "text-embedding-3-small", context.sink).and_then(|node| listed(node, context));
        let mode = fields.get("mode", context.sink).and_then(|node| word(node, context.sink)).map(std::sync::Arc::from);
        fields.finish(context.sink);
        (server, mode.filter(|mode: &std::sync::Arc<str>| &**mode != "standard"))
    };
    let server = server?;
    priced(&server, &[Component::Input, Component::Request], context)?;
    Some((server, mode))
}

/// A model of a price list: what a deployment costs follows from what it writes, and vectors are not written.
fn listed(node: &Node, context: &mut Context<'_>) -> Option<Server> {
    let name = word(node, context.sink)?;
    if let Some((name, _)) = context.deployments.iter().find(|(known, _)| known == name) {
        let message = format!("`{name}` is a deployment, which is sized by the tokens that it writes");
        return context.sink.refuse(
            Diagnostic::at(Code::Conflict, &node.place, message, "vectors and orders are not written")
                .help("name a model of a price list, or state under `prices.add` what your own one costs"),
        );
    }
    context.model(node).map(Server::Model)
}

/// A model that has none of these prices would be used for nothing.
fn priced(server: &Server, any_of: &[Component], context: &mut Context<'_>) -> Option<()> {
    let Server::Model(used) = server else { return Some(()) };
    let listed = &used.model.listed;
    let card = listed.card(None, used.model.as_of);
    if listed.free || any_of.iter().any(|component| card.is_some_and(|card| card.rate(component).is_some())) {
        return Some(());
    }
    let message = format!("`{}` prices none of what it is used for here", listed.id);
    let wanted: Vec<&str> = any_of.iter().map(Component::slug).collect();
    context.sink.refuse(
        Diagnostic::at(Code::NoPrice, &used.place, message, "used here")
            .help(format!("a price of {} is needed", crate::diag::suggest::listed(wanted.into_iter(), "or"))),
    )
}

fn store(node: &Node, context: &mut Context<'_>) -> Option<Store> {
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "`store`", context.sink)?;
    fields.exclusive("per_month", "per_gb_month", context.sink);
    let per_month = context.quantity(&mut fields, "per_month", Kind::Money, "store per month");
    let per_gb = context.quantity::<Money>(&mut fields, "per_gb_month", Kind::Money, "price per GB and month");
    let per_search = context.quantity(&mut fields, "per_search", Kind::Money, "store per search");
    let by_size = fields.entry("per_gb_month").is_some();
    let dimensions = if by_size {
        above_zero::<Count>(&mut fields, "dimensions", Kind::Count, "dimensions", "1536", context)
    } else {
        None
    };
    let bytes = context.quantity::<Count>(&mut fields, "bytes", Kind::Count, "bytes per dimension");
    let text = context.quantity::<Count>(&mut fields, "text", Kind::Memory, "bytes of text per chunk");
    if let Some((_, node)) = fields.entry("bytes")
        && bytes.as_ref().is_some_and(|bytes| bytes.is_zero() || *bytes.value() > Exact::from(WIDEST))
    {
        let message = format!("a dimension takes up to {WIDEST} bytes");
        context.sink.add(
            Diagnostic::at(Code::OutOfRange, &node.place, message, "above zero, and no more than that")
                .help("4 for floats, 1 for int8, 0.125 for binary vectors"),
        );
    }
    for key in ["dimensions", "bytes", "text"] {
        if let Some((key, _)) = fields.entry(key).filter(|_| !by_size) {
            let message = format!("`{}` without `per_gb_month`", key.text);
            context.sink.add(Diagnostic::at(Code::MissingKey, &key.place, message, "sizes what is not paid by size"));
        }
    }
    let empty = ["per_month", "per_gb_month", "per_search"].iter().all(|key| node.get(key).is_none());
    fields.finish(context.sink);
    if empty {
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &node.place, "what does the store cost?", "no price here")
                .help("for instance `store: {per_gb_month: $0.33, dimensions: 1536}` or `store: {per_month: $70}`"),
        );
    }
    let float = || {
        Figure::default(
            "bytes per dimension",
            Exact::from(4),
            "vectors are floats of 4 bytes unless `bytes` says otherwise",
        )
    };
    let by_size = per_gb.zip(dimensions).map(|(price, dimensions)| Rent::PerGb {
        price,
        dimensions,
        bytes: bytes.unwrap_or_else(float),
        text,
    });
    let found = Store { rent: by_size.or(per_month.map(Rent::PerMonth)), per_search };
    (context.sink.failures() == before).then_some(found)
}

fn rerank(node: &Node, context: &mut Context<'_>) -> Option<Rerank> {
    let mut fields = Fields::of(node, "`rerank`", context.sink)?;
    fields.exclusive("model", "per_search", context.sink);
    let per_search = context.quantity::<Money>(&mut fields, "per_search", Kind::Money, "reranking per search");
    let server = fields.get("model", context.sink).map(|node| listed(node, context));
    let candidates = context.quantity::<Count>(&mut fields, "candidates", Kind::Count, "chunks put in order");
    let stray = fields.entry("candidates").filter(|_| per_search.is_some()).map(|(key, _)| key.clone());
    let states_candidates = fields.entry("candidates").is_some();
    fields.finish(context.sink);
    if let Some(key) = stray {
        let message = "a price per search does not depend on `candidates`";
        context.sink.add(Diagnostic::at(Code::Conflict, &key.place, message, "changes nothing"));
    }
    let Some(server) = server else {
        return per_search.map(Rerank::PerSearch).or_else(|| {
            if node.get("per_search").is_some() {
                return None;
            }
            let message = "`rerank` states `model` or `per_search`";
            context.sink.refuse(Diagnostic::at(Code::MissingKey, &node.place, message, "what does it cost?").help(
                "for instance `rerank: {per_search: $0.002}` or `rerank: {model: team-reranker, candidates: 50}`",
            ))
        });
    };
    let server = server?;
    priced(&server, &[Component::Request, Component::FileSearch, Component::Input], context)?;
    if let Server::Model(used) = &server
        && !states_candidates
        && used.model.listed.card(None, used.model.as_of).is_some_and(|card| card.rate(&Component::Input).is_some())
    {
        let message = format!("`{}` is paid for what it reads: how many chunks is that?", used.model.listed.id);
        return context.sink.refuse(
            Diagnostic::at(Code::MissingKey, &node.place, message, "`candidates` is missing here")
                .help("for instance `candidates: 50`: the chunks that a search finds before `top` of them are kept"),
        );
    }
    Some(Rerank::Model { server, candidates })
}

pub(super) fn keep(node: &Node, context: &mut Context<'_>) -> Option<KeepContext> {
    let mut fields = Fields::of(node, "`context`", context.sink)?;
    let relevance = context.quantity(&mut fields, "relevance", Kind::Share, "relevant context");
    let max = context.quantity(&mut fields, "max", Kind::Tokens, "context at most");
    let empty = fields.entry("relevance").is_none() && fields.entry("max").is_none();
    fields.finish(context.sink);
    if empty {
        context.sink.add(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "`context` says neither `max` nor `relevance`",
                "nothing changes",
            )
            .help("for instance `context: {max: 2000}` or `context: {relevance: 60%}`"),
        );
    }
    Some(KeepContext { relevance, max })
}
