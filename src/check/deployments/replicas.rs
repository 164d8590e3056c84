//! A deployment on rented GPUs: whole replicas, what they cost and how many there may be.

use std::sync::Arc;

use super::super::context::Context;
use super::sizing::{self, Sized};
use super::{above_zero, purchase};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Count, Factor, Figure, Hours, Money, Share, Speed};
use crate::input::{Fields, Node, yes_or_no};
use crate::plan::{Estimator, Replicas, Throughput};
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
) -> Option<(Replicas, Option<Sized>)> {
    let stated = context.quantity::<Count>(fields, "gpus", Kind::Count, "GPUs per replica");
    let stated = above_zero(fields, "gpus", stated, context);
    let says_gpus = fields.entry("gpus").is_some();
    let rate = context.quantity::<Speed>(fields, "throughput", Kind::Throughput, "throughput");
    let rate = above_zero(fields, "throughput", rate, context);
    let says_rate = fields.entry("throughput").is_some();
    let utilization = utilization(fields, context);
    let offered = purchase::offered(fields, context)?;
    let price = context.quantity::<Money>(fields, "usd_per_gpu_hour", Kind::Money, "price per GPU hour");
    let sized = if sizing::is_asked(fields) {
        let stated_rate = rate.as_ref().map(Figure::value);
        let prices = (offered, price.as_ref().map(Figure::value));
        Some(sizing::sized(name, fields, (stated.as_ref(), stated_rate), prices, context)?)
    } else {
        None
    };
    let gpus = match (stated, &sized) {
        (Some(gpus), _) => gpus,
        (None, _) if says_gpus => return None,
        (None, Some(sized)) => {
            let why = format!("what the model needs of {}, by size", sized.gpu.name);
            Figure::default("GPUs per replica", Exact::from(u64::from(sized.gpus)), why)
        }
        (None, None) => Figure::default("GPUs per replica", Exact::ONE, "one unless `gpus` says more"),
    };
    let throughput = match (rate, &sized) {
        (Some(rate), _) => Throughput::Stated(rate),
        (None, _) if says_rate => return None,
        (None, Some(Sized { request, gpu, gpus, format: Some(format), .. })) if request.model.is_some() => {
            Throughput::Estimated(Arc::new(Estimator {
                request: (**request).clone(),
                gpu,
                gpus: *gpus,
                format: *format,
                place: fields.node().place.clone(),
            }))
        }
        (None, _) => {
            let place = fields.node().place.clone();
            return context.sink.refuse(
                Diagnostic::at(
                    Code::MissingKey,
                    &place,
                    format!("how fast is a replica of `{name}`?"),
                    "no `throughput`, no `model`",
                )
                .help("state `throughput: 3000 tok/s`, or `model: llama-3-8b` to have it estimated"),
            );
        }
    };
    let offer = offered.or(sized.as_ref().and_then(|sized| sized.offer)).filter(|_| price.is_none());
    let (package, purchase) = purchase::package(name, &gpus, (offer, price), fields, context)?;
    let found = Replicas {
        throughput,
        utilization: utilization?,
        package,
        least: settings.least.clone().unwrap_or_else(|| {
            let why = "one replica is always there unless `replicas.min` says otherwise";
            Figure::default("least replicas", Exact::ONE, why)
        }),
        most: settings.most.clone(),
        autoscale: settings.autoscale.clone(),
        purchase,
    };
    Some((found, sized))
}

/// The highest sustained load; all of it where nothing is stated, `None` where what is stated cannot be.
pub(super) fn utilization(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Figure<Share>> {
    let stated = context.quantity::<Share>(fields, "utilization", Kind::Share, "utilization");
    match fields.entry("utilization") {
        Some(_) => above_zero(fields, "utilization", stated, context),
        None => Some(Figure::default("utilization", Exact::ONE, "`utilization` is not stated")),
    }
}
