//! `deployments` and `break_even`: models on capacity of one's own, and what they are compared with.

mod purchase;
mod replicas;
mod sizing;
mod units;
mod workers;

use std::sync::Arc;

use super::context::Context;
use crate::diag::{Code, Diagnostic, suggest};
use crate::figure::{Factor, Figure};
use crate::input::{Fields, Node, Value, choice, word, wrong_shape};
use crate::plan::{BreakEvenCase, Counted, Deployment, Opponent, Supply};
use crate::units::{Exact, Kind};

/// Reads all deployments into the context; one that is wrong is reported and known to be so.
pub(super) fn deployments(node: &Node, context: &mut Context<'_>) {
    let Some(entries) = node.entries() else {
        return context.sink.add(wrong_shape(node, "`deployments` is a map from names to deployments"));
    };
    for (key, node) in entries {
        let deployment = deployment(&key.text, node, context).map(Arc::new);
        context.deployments.push((key.text.to_string(), deployment));
    }
}

/// What a deployment may state, the usual first.
const KEYS: &[&str] = &[
    "model",
    "memory",
    "precision",
    "gpu",
    "gpus",
    "usd_per_gpu_hour",
    "offer",
    "throughput",
    "utilization",
    "replicas",
    "purchase",
    "spot",
    "reserved_1y",
    "reserved_3y",
    "slo",
    "ops_per_month",
    "serverless",
    "provisioned",
    "kv_precision",
    "window",
    "engine",
    "measured",
];

fn deployment(name: &str, node: &Node, context: &mut Context<'_>) -> Option<Deployment> {
    let before = context.sink.failures();
    let mut fields = Fields::of(node, format!("the deployment `{name}`"), context.sink)?;
    // What is wrong with one key makes no others unknown.
    fields.knows(KEYS);
    fields.exclusive("serverless", "provisioned", context.sink);
    let ops_per_month = context.quantity(&mut fields, "ops_per_month", Kind::Money, "operations per month");
    let replicas = replicas::settings(&mut fields, context);
    let in_replicas = fields.entry("provisioned").is_none() && fields.entry("serverless").is_none();
    let mut sized = None;
    let supply = if fields.entry("provisioned").is_some() {
        units::units(&mut fields, context).map(|units| Supply::Provisioned(Box::new(units)))
    } else if fields.entry("serverless").is_some() {
        workers::workers(&mut fields, context).map(|workers| Supply::Serverless(Box::new(workers)))
    } else {
        let found = replicas::replicas(name, &mut fields, &replicas, context);
        found.map(|(found, of)| {
            sized = of;
            Supply::Replicas(Box::new(found))
        })
    };
    if !in_replicas {
        replicas.only_peaks(context);
        let of_replicas = ["purchase", "spot", "reserved_1y", "reserved_3y", "offer", "usd_per_gpu_hour"];
        let of_sizing = ["model", "memory", "gpu", "precision", "kv_precision", "window", "slo", "engine", "measured"];
        for key in of_replicas.into_iter().chain(of_sizing) {
            only_with_replicas(&mut fields, key, context);
        }
    }
    fields.finish(context.sink);
    let peak_to_mean = replicas.peak_to_mean.unwrap_or_else(|| {
        Figure::<Factor>::default(
            "peak to mean",
            Exact::ONE,
            "`replicas.peak_to_mean` is not stated: no peaks within an hour",
        )
    });
    let supply = supply?;
    (context.sink.failures() == before).then(|| Deployment {
        name: name.to_owned(),
        place: node.place.clone(),
        supply,
        peak_to_mean,
        ops_per_month,
        sizing: sized.as_ref().map(|sized| Arc::clone(&sized.request)),
        warnings: sized.map_or_else(Vec::new, |sized| sized.warnings),
    })
}

fn only_with_replicas(fields: &mut Fields<'_>, key: &'static str, context: &mut Context<'_>) {
    if let Some((key, _)) = fields.entry(key) {
        let message = format!("`{}` is for replicas that are bought by the hour", key.text);
        context.sink.add(
            Diagnostic::at(Code::Conflict, &key.place, message, "not here")
                .help("serverless workers state `usd_per_second`, provisioned units `usd_per_unit_hour`"),
        );
    }
}

/// Something that must be above zero to serve anybody.
fn above_zero<D: crate::figure::Dimension>(
    fields: &mut Fields<'_>,
    key: &'static str,
    figure: Option<Figure<D>>,
    context: &mut Context<'_>,
) -> Option<Figure<D>> {
    let figure = figure?;
    if !figure.is_zero() {
        return Some(figure);
    }
    let place = fields.entry(key).map_or(&fields.node().place, |(_, node)| &node.place).clone();
    let message = format!("`{key}` of 0 serves nobody");
    context.sink.refuse(Diagnostic::at(Code::OutOfRange, &place, message, "must be above zero"))
}

/// The break-evens that the scenario asks for.
pub(super) fn break_evens(node: &Node, context: &mut Context<'_>) -> Vec<BreakEvenCase> {
    let Value::List(items) = &node.value else {
        context.sink.add(wrong_shape(node, "`break_even` is a list of {api, deployment}"));
        return Vec::new();
    };
    items.iter().filter_map(|item| break_even(item, context)).collect()
}

fn break_even(item: &Node, context: &mut Context<'_>) -> Option<BreakEvenCase> {
    let mut fields = Fields::of(item, "a break-even", context.sink)?;
    fields.exclusive("api", "against", context.sink);
    let deployment = fields.require("deployment", "llama-a10g", context.sink).and_then(|node| named(node, context));
    let against = match fields.get("against", context.sink) {
        Some(node) => named(node, context).map(Opponent::Deployment),
        None => {
            let api = fields.require("api", "gpt-4o-mini", context.sink);
            api.and_then(|node| context.model(node)).map(Opponent::Api)
        }
    };
    let is_serverless = deployment.as_ref().is_none_or(|found| matches!(found.supply, Supply::Serverless(_)));
    if let Some((key, _)) = fields.entry("against").filter(|_| !is_serverless) {
        let message = "only serverless workers are compared with a deployment";
        context.sink.add(
            Diagnostic::at(Code::Conflict, &key.place, message, "not these")
                .help("state `api:`, a model whose API is compared; `size` ranks GPUs against each other"),
        );
    }
    let choices = &[("output", Counted::Output), ("requests", Counted::Requests)];
    let counts = fields.get("count", context.sink).and_then(|node| choice(node, "`count`", choices, context.sink));
    fields.finish(context.sink);
    let counts = counts.unwrap_or(Counted::Requests);
    Some(BreakEvenCase { against: against?, deployment: deployment?, counts, place: item.place.clone() })
}

/// The deployment that `node` names; one that could not be read was reported there.
pub(super) fn named(node: &Node, context: &mut Context<'_>) -> Option<Arc<Deployment>> {
    let name = word(node, context.sink)?;
    match context.deployments.iter().find(|(known, _)| known == name) {
        Some((_, Some(deployment))) => Some(Arc::clone(deployment)),
        Some((_, None)) => {
            context.sink.fail();
            None
        }
        None => {
            let names = || context.deployments.iter().map(|(name, _)| name.as_str());
            let near = suggest::did_you_mean(name, names());
            let message = format!("there is no deployment `{name}`");
            let found = Diagnostic::at(Code::UnknownName, &node.place, message, "unknown");
            let all = match names().next() {
                None => "`deployments` of the scenario states none".to_owned(),
                Some(_) => format!("there are {}", suggest::listed(names(), "and")),
            };
            context.sink.refuse(found.help(near.unwrap_or(all)))
        }
    }
}
