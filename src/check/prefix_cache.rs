//! `prefix_cache`: the provider's prompt cache.

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Calls, Count, Figure, Hours, Seconds, Share};
use crate::input::{Fields, Node, yes_or_no};
use crate::plan::{Cacheable, Explicit, PrefixCache, Ttl};
use crate::units::{Exact, Kind};

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<PrefixCache> {
    let before = context.sink.failures();
    if node.scalar() == Some("true") {
        return Some(PrefixCache { hit_rate: None, ttl: None, prefixes: one_prefix(), tokens: None, explicit: None });
    }
    let mut fields = Fields::of(node, "`prefix_cache`", context.sink)?;
    let hit_rate = context.quantity::<Share>(&mut fields, "hit_rate", Kind::Share, "prefix hit rate");
    let ttl = fields.get("ttl", context.sink).and_then(|node| lifetime(node, context));
    let prefixes = context.quantity::<Count>(&mut fields, "prefixes", Kind::Count, "prefixes");
    let zero = prefixes.as_ref().is_some_and(Figure::is_zero);
    if let Some((_, node)) = fields.entry("prefixes").filter(|_| zero) {
        let message = "requests come with at least one prefix";
        context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
    }
    let tokens = fields.get("tokens", context.sink).and_then(|node| cacheable(node, context));
    let explicit = fields.get("explicit", context.sink).and_then(|node| explicit(node, context));
    if hit_rate.is_some()
        && let Some((key, _)) = fields.entry("prefixes")
    {
        context.sink.add(
            Diagnostic::at(Code::Conflict, &key.place, "a stated hit rate is not derived from prefixes", "not both")
                .help("leave `hit_rate` out to have it derived from `ttl`, `prefixes` and the request rate"),
        );
    }
    fields.finish(context.sink);
    let prefixes = prefixes.unwrap_or_else(one_prefix);
    (context.sink.failures() == before).then_some(PrefixCache { hit_rate, ttl, prefixes, tokens, explicit })
}

fn one_prefix() -> Figure<Count> {
    Figure::default("prefixes", Exact::ONE, "`prefixes` is not stated: all requests share one prefix")
}

/// A lifetime under the name that price lists have for it.
fn lifetime(node: &Node, context: &mut Context<'_>) -> Option<Ttl> {
    let seconds: Figure<Seconds> = context.read("lifetime", node, Kind::Duration)?;
    if seconds.is_zero() {
        let message = "a cache that lives for no time holds nothing";
        return context.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
    }
    let in_units = |length: u64, unit: &str| {
        let count = seconds.value().checked_div(&Exact::from(length))?;
        (count.is_whole()).then(|| format!("{count}{unit}"))
    };
    let name = in_units(3_600, "h").or_else(|| in_units(60, "m")).or_else(|| in_units(1, "s"));
    Some(Ttl { name: name.unwrap_or_else(|| format!("{}s", seconds.value())), seconds })
}

/// Tokens, or a share of each prompt.
fn cacheable(node: &Node, context: &mut Context<'_>) -> Option<Cacheable> {
    if node.scalar().is_some_and(|text| text.trim_end().ends_with('%')) {
        return context.read("cacheable share", node, Kind::Share).map(Cacheable::Share);
    }
    context.read("cacheable tokens", node, Kind::Tokens).map(Cacheable::Tokens)
}

/// `true`, or how long and how often the cache is held and written.
fn explicit(node: &Node, context: &mut Context<'_>) -> Option<Explicit> {
    let day = || Figure::default("hours held", Exact::from(24), "an explicit cache is held all day unless stated");
    let once = || Figure::default("renewals", Exact::ONE, "an explicit cache is written once a day unless stated");
    if node.scalar().is_some() {
        let on = yes_or_no(node, context.sink)?;
        return on.then(|| Explicit { hours: day(), renewals: once(), creation_billed: true });
    }
    let mut fields = Fields::of(node, "`explicit`", context.sink)?;
    let held = fields.get("held", context.sink);
    let seconds = held.and_then(|node| context.read::<Seconds>("held a day", node, Kind::Duration));
    let hours = seconds.and_then(|seconds| {
        let hours = seconds.value().checked_div(&Exact::from(3_600))?;
        let place = &held?.place;
        if hours > Exact::from(24) {
            let message = "a day has 24 hours";
            return context.sink.refuse(Diagnostic::at(Code::OutOfRange, place, message, "held longer than a day"));
        }
        Some(Figure::<Hours>::stated("hours held", hours, place))
    });
    let renewals = context.quantity::<Calls>(&mut fields, "renewals", Kind::Rate, "renewals");
    let billed = fields.get("creation_billed", context.sink).and_then(|node| yes_or_no(node, context.sink));
    fields.finish(context.sink);
    Some(Explicit {
        hours: hours.unwrap_or_else(day),
        renewals: renewals.unwrap_or_else(once),
        creation_billed: billed.unwrap_or(true),
    })
}
