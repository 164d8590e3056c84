//! `response_cache`: answers that are given again.

use std::cmp::Ordering;

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Dimension, Figure, Money, Seconds, Share};
use crate::input::{Fields, Key, Node, choice, yes_or_no};
use crate::plan::{FalseHits, HitRate, Layer, Popularity, Remembered, ResponseCache};
use crate::units::{Kind, display};

/// What `popularity` goes with.
const OF_POPULARITY: [&str; 5] = ["ttl", "capacity", "invalidations", "warm", "refresh"];

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<ResponseCache> {
    let mut fields = Fields::of(node, "`response_cache`", context.sink)?;
    let mut shared = Shared {
        store: context.quantity(&mut fields, "cost_per_store", Kind::Money, "cost per store").into_iter().collect(),
        per_month: context.quantity(&mut fields, "per_month", Kind::Money, "cache per month").into_iter().collect(),
    };
    let shared_false_hits = false_hits(&mut fields, context);
    let exact = fields.get("exact", context.sink).map(|node| layer(node, Kin::Exact, &mut shared, context));
    let semantic = fields.get("semantic", context.sink).map(|node| layer(node, Kin::Semantic, &mut shared, context));
    fields.finish(context.sink);
    if exact.is_none() && semantic.is_none() {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "a response cache has an `exact` or a `semantic` layer",
                "neither is here",
            )
            .help("for instance `response_cache: {exact: {hit_rate: 30%}}`"),
        );
    }
    let (exact, semantic) = (exact.flatten(), semantic.flatten());
    if let (Some((Layer { hit_rate: HitRate::Stated(first), .. }, _)), Some((second, false))) = (&exact, &semantic)
        && let HitRate::Stated(second) = &second.hit_rate
        && let sum = first.plus(second)
        && context.decisions.compare(&sum, &Figure::one()) == Ordering::Greater
    {
        let place = node.get("semantic").map_or(&node.place, |node| &node.place);
        context.sink.add(ResponseCache::more_than_all(sum.value(), place).also(&node.place, "in this cache"));
    }
    let semantic_of_misses = semantic.as_ref().is_some_and(|(_, of_misses)| *of_misses) && exact.is_some();
    let mut exact = exact.map(|(layer, _)| layer);
    let mut semantic = semantic.map(|(layer, _)| layer);
    // Stated for the whole cache, false hits are those of its last layer: a similar question is what goes wrong.
    if let Some(layer) = semantic.as_mut().or(exact.as_mut()) {
        layer.false_hits = layer.false_hits.take().or(shared_false_hits);
    }
    Some(ResponseCache {
        exact,
        semantic,
        semantic_of_misses,
        cost_per_store: shared.store,
        per_month: shared.per_month,
    })
}

/// Costs of a cache that both of its layers may state.
struct Shared {
    store: Vec<Figure<Money>>,
    per_month: Vec<Figure<Money>>,
}

/// Which questions a layer answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kin {
    /// The same.
    Exact,
    /// Similar ones.
    Semantic,
}

/// A layer, and whether its rate is a share of what the exact one lets through.
fn layer(node: &Node, kin: Kin, shared: &mut Shared, context: &mut Context<'_>) -> Option<(Layer, bool)> {
    let what = if kin == Kin::Exact { "the exact layer" } else { "the semantic layer" };
    let mut fields = Fields::of(node, what, context.sink)?;
    let hit_rate = match kin {
        Kin::Exact => exact_hit_rate(&mut fields, context),
        Kin::Semantic => {
            context.required(&mut fields, "hit_rate", Kind::Share, "semantic hit rate", "20%").map(HitRate::Stated)
        }
    };
    let of_misses = match fields.get("of", context.sink) {
        Some(node) if kin == Kin::Semantic => {
            choice(node, "`of`", &[("misses", true), ("all", false)], context.sink).unwrap_or(false)
        }
        Some(node) => {
            let message = "`of` says whose share a semantic hit rate is; this is the exact layer";
            context.sink.add(
                Diagnostic::at(Code::UnknownKey, &node.place, message, "not here")
                    .help("every request reaches the exact layer"),
            );
            false
        }
        None => false,
    };
    let cost_per_hit = context.quantity(&mut fields, "cost_per_hit", Kind::Money, "cost per hit");
    let cost_per_lookup = context.quantity(&mut fields, "cost_per_lookup", Kind::Money, "cost per lookup");
    shared.store.extend(context.quantity(&mut fields, "cost_per_store", Kind::Money, "cost per store"));
    shared.per_month.extend(context.quantity(&mut fields, "per_month", Kind::Money, "cache per month"));
    let false_hits = false_hits(&mut fields, context);
    fields.finish(context.sink);
    Some((Layer { hit_rate: hit_rate?, cost_per_hit, cost_per_lookup, false_hits }, of_misses))
}

/// Stated, or derived from how popular questions are.
fn exact_hit_rate(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<HitRate> {
    if fields.entry("popularity").is_some() {
        fields.exclusive("hit_rate", "popularity", context.sink);
        fields.get("hit_rate", context.sink);
        return popularity(fields, context).map(Box::new).map(HitRate::Derived);
    }
    let strays: Vec<&Key> = OF_POPULARITY.iter().filter_map(|key| fields.entry(key)).map(|(key, _)| key).collect();
    if let Some(key) = strays.first() {
        let message = format!("`{}` without `popularity`", key.text);
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &key.place, message, "a hit rate is derived from both")
                .help("for instance `popularity: {distinct: 100k, zipf: 1.0}` in place of `hit_rate`"),
        );
        fields.get("hit_rate", context.sink);
        return None;
    }
    context.required(fields, "hit_rate", Kind::Share, "exact hit rate", "30%").map(HitRate::Stated)
}

fn popularity(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Popularity> {
    let before = context.sink.failures();
    let node = fields.get("popularity", context.sink)?;
    let mut inner = Fields::of(node, "`popularity`", context.sink);
    let (mut distinct, mut zipf) = (None, None);
    if let Some(inner) = &mut inner {
        if inner.require("distinct", "100k", context.sink).is_some() {
            distinct = above_zero(inner, "distinct", Kind::Count, "distinct questions", context);
        }
        zipf = context.required(inner, "zipf", Kind::Count, "Zipf exponent", "1.0");
    }
    if let Some(inner) = inner {
        inner.finish(context.sink);
    }
    let ttl = above_zero::<Seconds>(fields, "ttl", Kind::Duration, "lifetime of an answer", context);
    let capacity = above_zero(fields, "capacity", Kind::Count, "answers there is room for", context);
    let invalidations = context.quantity(fields, "invalidations", Kind::Rate, "invalidations");
    let warm = context.quantity(fields, "warm", Kind::Count, "questions kept warm");
    let refresh = fields.get("refresh", context.sink).and_then(|node| yes_or_no(node, context.sink)).unwrap_or(false);
    if refresh
        && ttl.is_none()
        && let Some((key, _)) = fields.entry("refresh")
    {
        let message = "`refresh` without `ttl`: nothing ends that a use could begin anew";
        context
            .sink
            .add(Diagnostic::at(Code::MissingKey, &key.place, message, "of which lifetime?").help("state `ttl: 1h`"));
    }
    if let (Some(distinct), Some(warm), Some((_, place))) = (&distinct, &warm, fields.entry("warm"))
        && warm.value() > distinct.value()
    {
        let message =
            format!("{} questions kept warm of {}", display::count(warm.value()), display::count(distinct.value()));
        context.sink.add(Diagnostic::at(Code::OutOfRange, &place.place, message, "more than there are"));
    }
    let place = node.place.clone();
    let (distinct, zipf) = (distinct?, zipf?);
    let found = Remembered::default();
    (context.sink.failures() == before).then_some(Popularity {
        distinct,
        zipf,
        ttl,
        refresh,
        capacity,
        invalidations,
        warm,
        place,
        found,
    })
}

/// A quantity that is not 0.
fn above_zero<D: Dimension>(
    fields: &mut Fields<'_>,
    key: &'static str,
    kind: Kind,
    name: &'static str,
    context: &mut Context<'_>,
) -> Option<Figure<D>> {
    let node = fields.get(key, context.sink)?;
    let found: Figure<D> = context.read(name, node, kind)?;
    if found.is_zero() {
        let message = format!("`{key}` of 0 answers nothing");
        return context.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
    }
    Some(found)
}

fn false_hits(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<FalseHits> {
    let share = context.quantity::<Share>(fields, "false_hits", Kind::Share, "false hits");
    let cost = context.quantity(fields, "cost_per_false_hit", Kind::Money, "cost per false hit");
    let rerun = fields.get("rerun", context.sink).and_then(|node| yes_or_no(node, context.sink)).unwrap_or(false);
    let Some(share) = share else {
        if let Some((key, _)) = fields.entry("cost_per_false_hit").or_else(|| fields.entry("rerun")) {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &key.place,
                    format!("`{}` without `false_hits`", key.text),
                    "of how many hits?",
                )
                .help("for instance `false_hits: 1%`"),
            );
        }
        return None;
    };
    if cost.is_none() && !rerun && !share.is_zero() {
        let place =
            fields.entry("false_hits").map_or_else(|| fields.node().place.clone(), |(key, _)| key.place.clone());
        return context.sink.refuse(
            Diagnostic::at(Code::MissingKey, &place, "what does a false hit cost?", "a share without a consequence")
                .help("state `cost_per_false_hit: $0.01`, or `rerun: true` to send it to a model"),
        );
    }
    Some(FalseHits { share, cost, rerun })
}
