//! A deployment on rented GPUs: whole replicas, what they cost and how many there may be.

use super::super::context::Context;
use super::{above_zero, purchase};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Count, Factor, Figure, Hours, Share, Speed};
use crate::input::{Fields, Node, yes_or_no};
use crate::plan::Replicas;
use crate::units::{Exact, Kind};

/// What `replicas` says.
#[derive(Default)]
pub(super) struct Settings {
    least: Option<Figure<Count>>,
    most: Option<Figure<Count>>,
    pub peak_to_mean: Option<Figure<Factor>>,
    autoscale: Option<Figure<Hours>>,
    place: Option<Place>,
}

impl Settings {
    /// Workers and units have peaks, but no replicas.
    pub fn only_peaks(&self, context: &mut Context<'_>) {
        if let Some(place) =
            self.place.as_ref().filter(|_| self.least.is_some() || self.most.is_some() || self.autoscale.is_some())
        {
            let message = "only `peak_to_mean` is known of what is not bought in replicas";
            context.sink.add(Diagnostic::at(Code::Conflict, place, message, "there are no replicas here"));
        }
    }
}

pub(super) fn settings(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Settings {
    let Some(node) = fields.get("replicas", context.sink) else { return Settings::default() };
    let Some(mut fields) = Fields::of(node, "`replicas`", context.sink) else { return Settings::default() };
    let least = whole(&mut fields, "min", "least replicas", context);
    let most = whole(&mut fields, "max", "most replicas", context);
    let most = above_zero(&mut fields, "max", most, context);
    let peak_to_mean = context.quantity::<Factor>(&mut fields, "peak_to_mean", Kind::Factor, "peak to mean");
    let autoscale = fields.get("autoscale", context.sink).and_then(|node| autoscale(node, context));
    if let (Some(least), Some(most)) = (&least, &most)
        && least.value() > most.value()
    {
        context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, "`min` is more than `max`", "out of order"));
    }
    if let Some((_, node)) =
        fields.entry("peak_to_mean").filter(|_| peak_to_mean.as_ref().is_some_and(|p| *p.value() < Exact::ONE))
    {
        context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, "a peak is not below the mean", "below 1"));
    }
    fields.finish(context.sink);
    Settings { least, most, peak_to_mean, autoscale, place: Some(node.place.clone()) }
}

fn whole(
    fields: &mut Fields<'_>,
    key: &'static str,
    name: &'static str,
    context: &mut Context<'_>,
) -> Option<Figure<Count>> {
    let found = context.quantity::<Count>(fields, key, Kind::Count, name)?;
    if found.value().is_whole() {
        return Some(found);
    }
    let place = fields.entry(key).map_or(&fields.node().place, |(_, node)| &node.place).clone();
    context.sink.refuse(Diagnostic::at(Code::OutOfRange, &place, "replicas are whole", "not a whole number"))
}

/// `true`, `false`, or how long a replica takes to come.
fn autoscale(node: &Node, context: &mut Context<'_>) -> Option<Figure<Hours>> {
    if node.scalar().is_some() {
        let on = yes_or_no(node, context.sink)?;
        let why = "`autoscale` says no `warm_up`: replicas come at once";
        return on.then(|| Figure::default("warm-up", Exact::ZERO, why));
    }
    let mut fields = Fields::of(node, "`autoscale`", context.sink)?;
    let seconds = context.required::<crate::figure::Seconds>(&mut fields, "warm_up", Kind::Duration, "warm-up", "5m");
    fields.finish(context.sink);
    let hours = seconds?.value().checked_div(&Exact::from(3600))?;
    Some(Figure::stated("warm-up", hours, &node.place))
}

pub(super) fn replicas(
    name: &str,
    fields: &mut Fields<'_>,
    settings: &Settings,
    context: &mut Context<'_>,
) -> Option<Replicas> {
    fields.later(&["model", "memory", "precision", "kv_precision", "gpu", "slo"], context.sink);
    let gpus = context.quantity::<Count>(fields, "gpus", Kind::Count, "GPUs per replica");
    let gpus = match fields.entry("gpus") {
        Some(_) => above_zero(fields, "gpus", gpus, context),
        None => Some(Figure::default("GPUs per replica", Exact::ONE, "one unless `gpus` says more")),
    };
    let throughput = context.required::<Speed>(fields, "throughput", Kind::Throughput, "throughput", "3000 tok/s");
    let throughput = above_zero(fields, "throughput", throughput, context);
    let utilization = utilization(fields, context);
    let bought = gpus.and_then(|gpus| purchase::package(name, &gpus, fields, context));
    let (package, purchase) = bought?;
    Some(Replicas {
        throughput: throughput?,
        utilization: utilization?,
        package,
        least: settings.least.clone().unwrap_or_else(|| {
            Figure::default(
                "least replicas",
                Exact::ONE,
                "one replica is always there unless `replicas.min` says otherwise",
            )
        }),
        most: settings.most.clone(),
        autoscale: settings.autoscale.clone(),
        purchase,
    })
}

/// The highest sustained load; all of it where nothing is stated, `None` where what is stated cannot be.
pub(super) fn utilization(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Figure<Share>> {
    let stated = context.quantity::<Share>(fields, "utilization", Kind::Share, "utilization");
    match fields.entry("utilization") {
        Some(_) => above_zero(fields, "utilization", stated, context),
        None => Some(Figure::default("utilization", Exact::ONE, "`utilization` is not stated")),
    }
}
