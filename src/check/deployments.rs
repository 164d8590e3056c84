//! `deployments` and `break_even`: models on rented GPUs, and what they are compared with.

use super::context::Context;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::{Count, Factor, Figure, Money, Share, Speed};
use crate::input::{Fields, Node, Value, choice, word, wrong_shape};
use crate::plan::{BreakEvenCase, Counted, Deployment};
use crate::units::{Exact, Kind};

/// Keys whose computation comes later.
const LATER: &[&str] =
    &["model", "memory", "precision", "kv_precision", "gpu", "offer", "slo", "serverless", "provisioned"];

/// All deployments, in the order of the file; one that is wrong is left out and reported.
pub(super) fn deployments(node: &Node, context: &mut Context<'_>) -> Vec<Deployment> {
    let Some(entries) = node.entries() else {
        context.sink.add(wrong_shape(node, "`deployments` is a map from names to deployments"));
        return Vec::new();
    };
    entries.iter().filter_map(|(key, node)| deployment(&key.text, node, context)).collect()
}

fn deployment(name: &str, node: &Node, context: &mut Context<'_>) -> Option<Deployment> {
    let mut fields = Fields::of(node, format!("the deployment `{name}`"), context.sink)?;
    fields.later(LATER, context.sink);
    let before = context.sink.failures();
    let gpus = context.quantity::<Count>(&mut fields, "gpus", Kind::Count, "GPUs per replica");
    let price = context.required::<Money>(&mut fields, "usd_per_gpu_hour", Kind::Money, "price per GPU hour", "1.50");
    let throughput = context.required::<Speed>(&mut fields, "throughput", Kind::Throughput, "throughput", "3000 tok/s");
    let utilization = context.quantity::<Share>(&mut fields, "utilization", Kind::Share, "utilization");
    let ops_per_month = context.quantity(&mut fields, "ops_per_month", Kind::Money, "operations per month");
    let purchase = purchase(&mut fields, context);
    let (least, peak_to_mean) = replicas(&mut fields, context);
    for (key, is_zero) in [
        ("throughput", throughput.as_ref().is_some_and(Figure::is_zero)),
        ("utilization", utilization.as_ref().is_some_and(Figure::is_zero)),
        ("gpus", gpus.as_ref().is_some_and(Figure::is_zero)),
    ] {
        if let Some((_, node)) = fields.entry(key).filter(|_| is_zero) {
            let message = format!("`{key}` of 0 serves nobody");
            context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
        }
    }
    fields.finish(context.sink);
    let (price, throughput) = (price?, throughput?);
    (context.sink.failures() == before).then(|| Deployment {
        name: name.to_owned(),
        place: node.place.clone(),
        gpus: gpus.unwrap_or_else(|| Figure::default("GPUs per replica", Exact::ONE, "one unless `gpus` says more")),
        usd_per_gpu_hour: match purchase {
            Some(factor) => price.times(&factor),
            None => price,
        },
        throughput,
        utilization: utilization
            .unwrap_or_else(|| Figure::default("utilization", Exact::ONE, "`utilization` is not stated")),
        least: least.unwrap_or_else(|| Figure::default("least replicas", Exact::ONE, "one replica is always there")),
        peak_to_mean: peak_to_mean
            .unwrap_or_else(|| Figure::default("peak to mean", Exact::ONE, "the load is taken as even over the day")),
        ops_per_month,
    })
}

/// What is paid of the on-demand price: spot is cheaper by its discount, and interrupted work is paid twice.
fn purchase(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Figure<Share>> {
    let spot = fields.get("spot", context.sink).and_then(|node| {
        let mut fields = Fields::of(node, "`spot`", context.sink)?;
        let discount = context.required::<Share>(&mut fields, "discount", Kind::Share, "spot discount", "65%");
        let interrupted = context.quantity::<Share>(&mut fields, "interrupted", Kind::Share, "interrupted");
        fields.finish(context.sink);
        Some(discount?.rest().plus(&interrupted.unwrap_or_else(Figure::zero)).named("spot price share"))
    });
    let stated = fields.entry("purchase").is_some();
    let choices = &[("on_demand", false), ("spot", true)];
    let wants_spot =
        fields.get("purchase", context.sink).and_then(|node| choice(node, "`purchase`", choices, context.sink));
    match (wants_spot, spot) {
        (Some(true), Some(factor)) => Some(factor),
        (Some(true), None) => {
            let place = fields.entry("purchase").map_or(&fields.node().place, |(_, node)| &node.place).clone();
            context.sink.refuse(
                Diagnostic::at(Code::MissingKey, &place, "what does spot cost? `spot` is missing", "bought as spot")
                    .help("for instance `spot: {discount: 65%, interrupted: 5%}`"),
            )
        }
        (_, Some(factor)) if !stated => Some(factor),
        _ => None,
    }
}

fn replicas(fields: &mut Fields<'_>, context: &mut Context<'_>) -> (Option<Figure<Count>>, Option<Figure<Factor>>) {
    let Some(node) = fields.get("replicas", context.sink) else { return (None, None) };
    let Some(mut fields) = Fields::of(node, "`replicas`", context.sink) else { return (None, None) };
    let least = context.quantity::<Count>(&mut fields, "min", Kind::Count, "least replicas");
    let peak = context.quantity::<Factor>(&mut fields, "peak_to_mean", Kind::Factor, "peak to mean");
    fields.later(&["max", "autoscale"], context.sink);
    if let Some((_, node)) =
        fields.entry("min").filter(|_| least.as_ref().is_some_and(|least| !least.value().is_whole()))
    {
        context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, "replicas are whole", "not a whole number"));
    }
    if let Some((_, node)) =
        fields.entry("peak_to_mean").filter(|_| peak.as_ref().is_some_and(|p| *p.value() < Exact::ONE))
    {
        context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, "a peak is not below the mean", "below 1"));
    }
    fields.finish(context.sink);
    (least, peak)
}

/// The break-evens that the scenario asks for.
pub(super) fn break_evens(node: &Node, deployments: Option<&Node>, context: &mut Context<'_>) -> Vec<BreakEvenCase> {
    let Value::List(items) = &node.value else {
        context.sink.add(wrong_shape(node, "`break_even` is a list of {api, deployment}"));
        return Vec::new();
    };
    let names: Vec<&str> =
        deployments.and_then(Node::entries).unwrap_or_default().iter().map(|(key, _)| &*key.text).collect();
    let mut found = Vec::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, "a break-even", context.sink) else { continue };
        let api = fields.require("api", "gpt-4o-mini", context.sink).and_then(|node| context.model(node));
        let deployment = fields.require("deployment", "llama-a10g", context.sink).and_then(|node| {
            let name = word(node, context.sink)?;
            let position = names.iter().position(|known| *known == name);
            if position.is_none() {
                let near = suggest::did_you_mean(name, names.iter().copied());
                let message = format!("there is no deployment `{name}`");
                context.sink.add(Diagnostic::at(Code::UnknownName, &node.place, message, "unknown").help_if(near));
            }
            position
        });
        let choices = &[("output", Counted::Output), ("requests", Counted::Requests)];
        let counts = fields.get("count", context.sink).and_then(|node| choice(node, "`count`", choices, context.sink));
        fields.finish(context.sink);
        if let (Some(api), Some(deployment)) = (api, deployment) {
            let counts = counts.unwrap_or(Counted::Requests);
            found.push(BreakEvenCase { api, deployment, counts, place: item.place.clone() });
        }
    }
    found
}
