//! The levers of a strategy, each read from its key.

use std::cmp::Ordering;

use super::context::Context;
use super::prefix_cache;
use crate::diag::{Code, Diagnostic, Sink};
use crate::figure::{Count, Figure, Share, Tokens};
use crate::input::{Fields, Node, choice, plain, word};
use crate::plan::{
    Batch, Billed, Compress, Compressor, Cut, History, KeepExamples, OutputLever, Overrides, Pack, Part, Retries,
    Retrieval, ServiceMode, Task,
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
        prefix_cache: fields.get("prefix_cache", context.sink).and_then(|node| prefix_cache::read(node, context)),
        batch: fields.get("batch", context.sink).and_then(|node| batch(node, context)),
        mode: fields.get("mode", context.sink).and_then(|node| mode(node, context)),
    }
}

pub(super) fn compress(
    node: &Node,
    tasks: &[Task],
    tasks_are_sound: bool,
    retrieval: Option<&Retrieval>,
    context: &mut Context<'_>,
) -> Option<Compress> {
    let mut fields = Fields::of(node, "`compress`", context.sink)?;
    let retrieved = retrieval.map(Retrieval::context);
    let tokens = |task: &Task, part: Part| match &retrieved {
        Some(retrieved) if part == Part::Context => retrieved.clone(),
        _ => task.prompt.part(part).clone(),
    };
    // A mean says nothing of single requests, nor what is stated of what turns and steps carry.
    let varies = |task: &Task, part: Part| match part {
        Part::User => task.lengths.is_some(),
        Part::History => task.turns.is_some() || task.agent.is_some(),
        Part::System | Part::Tools | Part::Examples | Part::Context => false,
    };
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
            && tasks.iter().all(|task| !varies(task, part) && never_above(&tokens(task, part), to))
        {
            let largest = tasks.iter().map(|task| tokens(task, part).value().clone()).max().unwrap_or(Exact::ZERO);
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
                .help(match &retrieved {
                    Some(_) if part == Part::Context => "`retrieval` brings `top` x `chunk` tokens".to_owned(),
                    _ => format!("`workload.prompt.{key}` says how many tokens there are"),
                }),
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

/// Whether no draw can make `tokens` more than `most`.
fn never_above(tokens: &Figure<Tokens>, most: &Figure<Tokens>) -> bool {
    tokens.value() <= most.value() && !tokens.is_uncertain() && !most.is_uncertain()
}

pub(super) fn examples(node: &Node, context: &mut Context<'_>) -> Option<KeepExamples> {
    let mut fields = Fields::of(node, "`examples`", context.sink)?;
    let keep = context.required::<Count>(&mut fields, "keep", Kind::Count, "examples kept", "2");
    let of = context.required::<Count>(&mut fields, "of", Kind::Count, "examples there are", "5");
    fields.finish(context.sink);
    let (keep, of) = (keep?, of?);
    if of.is_zero() || context.decisions.compare(&keep, &of) == Ordering::Greater {
        return context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            format!("{} of {} examples cannot be kept", display::count(keep.value()), display::count(of.value())),
            "more than there are",
        ));
    }
    Some(KeepExamples { keep, of })
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

pub(super) fn pack(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Pack> {
    let mut fields = Fields::of(node, "`pack`", context.sink)?;
    let items = context.required::<Count>(&mut fields, "items", Kind::Count, "items per call", "10");
    let overhead = context.quantity(&mut fields, "output_overhead", Kind::Tokens, "output overhead");
    fields.finish(context.sink);
    let items = items?;
    if context.decisions.compare(&items, &Figure::one()) == Ordering::Less {
        return context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            "a call carries at least one item",
            "less than one",
        ));
    }
    if items.is_uncertain() || *items.value() != Exact::ONE {
        not_in_turn(node, tasks, context)?;
    }
    Some(Pack { items, output_overhead: overhead.unwrap_or_else(Figure::zero) })
}

/// Turns and steps follow one another, each on what the last one said; requests in one call are answered at once.
fn not_in_turn(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<()> {
    let turns = tasks.iter().filter_map(|task| task.turns.as_ref()).find(|turns| turns.number > 1);
    let agent = tasks.iter().filter_map(|task| task.agent.as_ref()).find(|agent| agent.number > 1);
    let (what, count) = match (turns, agent) {
        (Some(turns), _) => ("turns of a conversation", &turns.count),
        (None, Some(agent)) => ("steps of an agent", &agent.steps),
        (None, None) => return Some(()),
    };
    let message = format!("{what} wait for one another, requests that are packed into one call do not");
    let mut found = Diagnostic::at(Code::Conflict, &node.place, message, "several requests in one call");
    if let Some(place) = count.place() {
        found = found.also(place, what);
    }
    context.sink.refuse(
        found.help(
            "leave `pack` out for this workload, or give the requests that can be packed a scenario of their own",
        ),
    )
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

/// A price list's own way to answer calls; whether a model has it is seen when it is priced.
fn mode(node: &Node, context: &mut Context<'_>) -> Option<ServiceMode> {
    let name = word(node, context.sink)?;
    if matches!(name, "standard" | "batch") {
        let message = format!("`mode: {name}` is no mode of its own");
        let help = if name == "batch" { "write `batch: 100%`" } else { "leave it out, or write `off`" };
        return context.sink.refuse(Diagnostic::at(Code::UnknownWord, &node.place, message, "not here").help(help));
    }
    Some(ServiceMode { name: name.into(), place: node.place.clone() })
}

pub(super) fn history(node: &Node, context: &mut Context<'_>) -> Option<History> {
    let mut fields = Fields::of(node, "`history`", context.sink)?;
    let max = context.required(&mut fields, "max", Kind::Tokens, "history at most", "4000");
    fields.finish(context.sink);
    max.map(History::Max)
}

pub(super) fn summarise(node: &Node, context: &mut Context<'_>) -> Option<History> {
    let mut fields = Fields::of(node, "`summarise`", context.sink)?;
    let every = fields.require("every", "10", context.sink).and_then(|node| {
        let value = plain(node, Kind::Count, &context.settings, context.sink)?;
        let whole = value.to_u64().filter(|turns| value.is_whole() && *turns > 0);
        whole.and_then(|turns| u32::try_from(turns).ok()).or_else(|| {
            let message = "`every` is a whole number of turns";
            context.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "1 or more"))
        })
    });
    let to = context.required(&mut fields, "to", Kind::Tokens, "summary", "300");
    let server = fields.require("model", "gpt-4o-mini", context.sink).and_then(|node| context.server(node));
    fields.finish(context.sink);
    Some(History::Summarise { every: every?, to: to?, server: server? })
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
