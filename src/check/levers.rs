//! The levers of a strategy, each read from its key.

use super::context::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::figure::{Count, Figure, Money, Share, Tokens};
use crate::input::{Fields, Node, choice, plain, yes_or_no};
use crate::plan::{
    Batch, Billed, Compress, Compressor, Cut, FalseHits, KeepExamples, Layer, OutputLever, Overrides, Pack, Part,
    ResponseCache, Retries, Task,
};
use crate::pricing;
use crate::units::{Exact, Kind, display};

/// What a failed call costs.
pub(super) const BILLED: &[(&str, Billed)] = &[("all", Billed::All), ("input", Billed::Input), ("none", Billed::None)];

/// Levers that a strategy, a route entry and a cascade step may state.
pub(super) fn overrides(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Overrides {
    Overrides {
        output: fields.get("output", context.sink).and_then(|node| output(node, context)),
        retries: fields.get("retries", context.sink).and_then(|node| retries(node, context)),
        batch: fields.get("batch", context.sink).and_then(|node| batch(node, context)),
    }
}

pub(super) fn response_cache(node: &Node, context: &mut Context<'_>) -> Option<ResponseCache> {
    let mut fields = Fields::of(node, "`response_cache`", context.sink)?;
    let mut store: Vec<Figure<Money>> = Vec::new();
    let mut per_month: Vec<Figure<Money>> = Vec::new();
    store.extend(context.quantity(&mut fields, "cost_per_store", Kind::Money, "cost per store"));
    per_month.extend(context.quantity(&mut fields, "per_month", Kind::Money, "cache per month"));
    let shared_false_hits = false_hits(&mut fields, context);
    let mut layers = Vec::new();
    for (key, other) in [("exact", "exact"), ("semantic", "exact")] {
        let Some(node) = fields.get(key, context.sink) else {
            layers.push(None);
            continue;
        };
        let Some(mut layer) = Fields::of(node, format!("the {key} layer"), context.sink) else { continue };
        layer.later(&["popularity", "ttl", "capacity", "invalidations", "warm", "refresh"], context.sink);
        let name = if key == "exact" { "exact hit rate" } else { "semantic hit rate" };
        let hit_rate = context.required::<Share>(&mut layer, "hit_rate", Kind::Share, name, "30%");
        let of_misses = match layer.get("of", context.sink) {
            Some(node) if key == "semantic" => choice(node, "`of`", &[("misses", true), ("all", false)], context.sink),
            Some(node) => context.sink.refuse(
                Diagnostic::at(
                    Code::UnknownKey,
                    &node.place,
                    format!("`of` says whose share a semantic hit rate is; this is the {other} layer"),
                    "not here",
                )
                .help("every request reaches the exact layer"),
            ),
            None => Some(false),
        };
        let cost_per_hit = context.quantity(&mut layer, "cost_per_hit", Kind::Money, "cost per hit");
        let cost_per_lookup = context.quantity(&mut layer, "cost_per_lookup", Kind::Money, "cost per lookup");
        store.extend(context.quantity(&mut layer, "cost_per_store", Kind::Money, "cost per store"));
        per_month.extend(context.quantity(&mut layer, "per_month", Kind::Money, "cache per month"));
        let own_false_hits = false_hits(&mut layer, context);
        layer.finish(context.sink);
        let place = node.place.clone();
        layers.push(hit_rate.map(|hit_rate| {
            (
                Layer { hit_rate, cost_per_hit, cost_per_lookup, false_hits: own_false_hits },
                of_misses.unwrap_or(false),
                place,
            )
        }));
    }
    fields.finish(context.sink);
    let mut layers = layers.into_iter();
    let (exact, semantic) = (layers.next().flatten(), layers.next().flatten());
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
    if let (Some((first, ..)), Some((second, false, place))) = (&exact, &semantic)
        && first.hit_rate.value() + second.hit_rate.value() > Exact::ONE
    {
        let sum = display::plain_percent(&(first.hit_rate.value() + second.hit_rate.value()));
        context.sink.add(
            Diagnostic::at(
                Code::Shares,
                place,
                format!("both layers together answer {sum} of the requests"),
                "more than there are",
            )
            .also(&node.place, "in this cache")
            .help("if the semantic rate is a share of the exact misses, say `of: misses`"),
        );
    }
    let semantic_of_misses = semantic.as_ref().is_some_and(|(_, of_misses, _)| *of_misses) && exact.is_some();
    let mut exact = exact.map(|(layer, ..)| layer);
    let mut semantic = semantic.map(|(layer, ..)| layer);
    // Stated for the whole cache, false hits are those of its last layer: a similar question is what goes wrong.
    if let Some(layer) = semantic.as_mut().or(exact.as_mut()) {
        layer.false_hits = layer.false_hits.take().or(shared_false_hits);
    }
    Some(ResponseCache { exact, semantic, semantic_of_misses, cost_per_store: store, per_month })
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

pub(super) fn compress(
    node: &Node,
    tasks: &[Task],
    tasks_are_sound: bool,
    context: &mut Context<'_>,
) -> Option<Compress> {
    let mut fields = Fields::of(node, "`compress`", context.sink)?;
    let mut cuts = Vec::new();
    for part in Part::ALL {
        let key = part.name();
        let Some(node) = fields.get(key, context.sink) else { continue };
        let cut = match node.get("to") {
            Some(_) => {
                let Some(mut inner) = Fields::of(node, "a compressed part", context.sink) else { continue };
                let to = context.required::<Tokens>(&mut inner, "to", Kind::Tokens, "compressed to", "40");
                inner.finish(context.sink);
                to.map(Cut::To)
            }
            None => context.read::<Share>("share removed", node, Kind::Share).map(Cut::Removed),
        };
        if let Some(Cut::To(to)) = &cut
            && tasks_are_sound
            && tasks.iter().all(|task| task.prompt.part(part).value() <= to.value())
        {
            let largest = tasks.iter().map(|task| task.prompt.part(part).value()).max().cloned().unwrap_or(Exact::ZERO);
            context.sink.add(
                Diagnostic::at(
                    Code::OutOfRange,
                    &node.place,
                    format!(
                        "`{key}` has {} tokens, which {} do not shorten",
                        display::count(&largest),
                        display::count(to.value())
                    ),
                    "not a compression",
                )
                .help(format!("`workload.prompt.{key}` says how many tokens there are")),
            );
        }
        cuts.extend(cut.map(|cut| (part, cut)));
    }
    if fields.entry("input").is_some() {
        // `input` is another name for the user part in a workload; one spelling is enough here.
        let (key, _) = fields.entry("input")?;
        context.sink.add(
            Diagnostic::at(Code::UnknownKey, &key.place, "`compress` names a part of the prompt", "not a part")
                .help("write `user:`, the part that `input` stands for"),
        );
    }
    fields.exclusive("model", "cost_per_request", context.sink);
    let model = fields.get("model", context.sink).and_then(|node| context.server(node));
    let cost = context.quantity(&mut fields, "cost_per_request", Kind::Money, "compression per request");
    fields.finish(context.sink);
    if cuts.is_empty() {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "`compress` names no part of the prompt",
                "nothing gets shorter",
            )
            .help("for instance `compress: {system: {to: 40}, context: 50%}`"),
        );
    }
    Some(Compress { cuts, compressor: model.map(Compressor::Model).or(cost.map(Compressor::PerRequest)) })
}

pub(super) fn examples(node: &Node, context: &mut Context<'_>) -> Option<KeepExamples> {
    let mut fields = Fields::of(node, "`examples`", context.sink)?;
    let keep = context.required::<Count>(&mut fields, "keep", Kind::Count, "examples kept", "2");
    let of = context.required::<Count>(&mut fields, "of", Kind::Count, "examples there are", "5");
    fields.finish(context.sink);
    let (keep, of) = (keep?, of?);
    if of.is_zero() || keep.value() > of.value() {
        return context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            format!("{} of {} examples cannot be kept", display::count(keep.value()), display::count(of.value())),
            "more than there are",
        ));
    }
    Some(KeepExamples { keep, of })
}

pub(super) fn context_max(node: &Node, context: &mut Context<'_>) -> Option<Figure<Tokens>> {
    let mut fields = Fields::of(node, "`context`", context.sink)?;
    fields.later(&["relevance"], context.sink);
    let max = context.required(&mut fields, "max", Kind::Tokens, "context at most", "2000");
    fields.finish(context.sink);
    max
}

fn output(node: &Node, context: &mut Context<'_>) -> Option<OutputLever> {
    if node.scalar().is_some() {
        return context
            .read("output at most", node, Kind::Tokens)
            .map(|max| OutputLever { scale: None, max: Some(max) });
    }
    let mut fields = Fields::of(node, "`output`", context.sink)?;
    let scale = context.quantity(&mut fields, "scale", Kind::Share, "output scaled to");
    let max = context.quantity(&mut fields, "max", Kind::Tokens, "output at most");
    let empty = fields.entry("scale").is_none() && fields.entry("max").is_none();
    fields.finish(context.sink);
    if empty {
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &node.place, "`output` says neither `max` nor `scale`", "nothing changes")
                .help("for instance `output: {max: 50}` or `output: {scale: 60%}`"),
        );
    }
    Some(OutputLever { scale, max })
}

pub(super) fn pack(node: &Node, context: &mut Context<'_>) -> Option<Pack> {
    let mut fields = Fields::of(node, "`pack`", context.sink)?;
    let items = context.required::<Count>(&mut fields, "items", Kind::Count, "items per call", "10");
    let overhead = context.quantity(&mut fields, "output_overhead", Kind::Tokens, "output overhead");
    fields.finish(context.sink);
    let items = items?;
    if *items.value() < Exact::ONE {
        return context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            "a call carries at least one item",
            "less than one",
        ));
    }
    Some(Pack { items, output_overhead: overhead.unwrap_or_else(Figure::zero) })
}

fn retries(node: &Node, context: &mut Context<'_>) -> Option<Retries> {
    let mut fields = Fields::of(node, "`retries`", context.sink)?;
    let rate = context.required::<Share>(&mut fields, "rate", Kind::Share, "failure rate", "2%");
    let billed = fields.get("billed", context.sink).and_then(|node| choice(node, "`billed`", BILLED, context.sink));
    let max = fields.get("max", context.sink).and_then(|node| repetitions(node, context.sink));
    let certain = rate.as_ref().is_some_and(|rate| *rate.value() == Exact::ONE) && fields.entry("max").is_none();
    fields.finish(context.sink);
    if certain {
        return context.sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "calls that always fail are repeated without end",
                "never an answer",
            )
            .help("state a lower rate, or `max:`"),
        );
    }
    Some(Retries { rate: rate?, billed: billed.unwrap_or(Billed::All), max })
}

/// Most repetitions that a formula of powers is asked for.
const MOST_REPETITIONS: u64 = 100;

fn repetitions(node: &Node, sink: &mut Sink) -> Option<u32> {
    let value = plain(node, Kind::Count, &crate::units::Settings::default(), sink)?;
    let whole = value.is_whole().then(|| value.to_u64()).flatten().filter(|n| *n <= MOST_REPETITIONS);
    match whole.and_then(|n| u32::try_from(n).ok()) {
        Some(n) => Some(n),
        None => sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            format!("`max` is a whole number up to {MOST_REPETITIONS}"),
            "repetitions of one call",
        )),
    }
}

fn batch(node: &Node, context: &mut Context<'_>) -> Option<Batch> {
    let place = node.place.clone();
    let all = || Figure::default("batch share", Exact::ONE, "`batch` without `share` takes all calls");
    if node.scalar().is_some() {
        let share = context.read("batch share", node, Kind::Share)?;
        return Some(Batch { share, discount: None, applies_to: Vec::new(), place });
    }
    let mut fields = Fields::of(node, "`batch`", context.sink)?;
    let share = context.quantity(&mut fields, "share", Kind::Share, "batch share");
    let failed = share.is_none() && fields.entry("share").is_some();
    let discount = context.quantity(&mut fields, "discount", Kind::Share, "batch discount");
    let applies_to =
        fields.get("applies_to", context.sink).map_or_else(Vec::new, |node| pricing::components(node, context.sink));
    fields.finish(context.sink);
    (!failed).then(|| Batch { share: share.unwrap_or_else(all), discount, applies_to, place })
}
