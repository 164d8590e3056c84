//! Provisioned throughput: units of a provider that are paid by the hour.

use super::super::context::Context;
use super::above_zero;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Count, Factor, Figure, Money, Share};
use crate::input::Fields;
use crate::plan::Provisioned;
use crate::units::{Exact, Kind};

pub(super) fn units(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Provisioned> {
    let node = fields.get("provisioned", context.sink)?;
    let mut inner = Fields::of(node, "`provisioned`", context.sink)?;
    inner.exclusive("tpm_per_unit", "tps_per_unit", context.sink);
    let per_second = context.quantity::<Count>(&mut inner, "tps_per_unit", Kind::Count, "tokens per second of a unit");
    let per_second = above_zero(&mut inner, "tps_per_unit", per_second, context);
    let per_minute = if inner.entry("tps_per_unit").is_some() {
        per_second.map(|rate| rate.times(&Figure::<Factor>::constant(Exact::from(60))))
    } else {
        let name = "tokens per minute of a unit";
        let rate = context.required::<Count>(&mut inner, "tpm_per_unit", Kind::Count, name, "2500");
        above_zero(&mut inner, "tpm_per_unit", rate, context)
    };
    let ratio = context.quantity::<Factor>(&mut inner, "output_ratio", Kind::Factor, "weight of an output token");
    let cached = context.quantity::<Share>(&mut inner, "cached_weight", Kind::Share, "weight of a cached token");
    let minimum = context.quantity::<Count>(&mut inner, "minimum", Kind::Count, "fewest units");
    let step = context.quantity::<Count>(&mut inner, "step", Kind::Count, "step of units");
    let step = match inner.entry("step") {
        Some(_) => above_zero(&mut inner, "step", step, context),
        None => Some(Figure::default("step of units", Exact::ONE, "units are bought one by one")),
    };
    let price = context.required::<Money>(&mut inner, "usd_per_unit_hour", Kind::Money, "price per unit and hour", "1");
    let units = context.quantity::<Count>(&mut inner, "units", Kind::Count, "units bought");
    let overflow = inner.get("overflow", context.sink).map(|node| context.model(node));
    let place = inner.entry("units").map(|(_, node)| node.place.clone());
    inner.finish(context.sink);
    for key in ["throughput", "utilization", "gpus"] {
        if let Some((key, _)) = fields.entry(key) {
            let message = format!("`{}` is not asked of provisioned units", key.text);
            context.sink.add(Diagnostic::at(Code::Conflict, &key.place, message, "a unit takes `tpm_per_unit`"));
        }
    }
    let (step, minimum) =
        (step?, minimum.unwrap_or_else(|| Figure::default("fewest units", Exact::ZERO, "no minimum is stated")));
    if let (Some(units), Some(place)) = (&units, place) {
        let steps = units.value().checked_div(step.value()).unwrap_or(Exact::ONE);
        if units.value() < minimum.value() || !steps.is_whole() {
            return context.sink.refuse(Diagnostic::at(
                Code::OutOfRange,
                &place,
                "units are bought in whole steps, from the minimum on",
                "cannot be bought",
            ));
        }
    }
    Some(Provisioned {
        tokens_per_minute: per_minute?,
        output_ratio: ratio.unwrap_or_else(|| {
            Figure::default(
                "weight of an output token",
                Exact::ONE,
                "`output_ratio` is not stated: output counts as input",
            )
        }),
        cached_weight: cached.map_or_else(
            || {
                Figure::default(
                    "weight of a cached token",
                    Exact::ONE,
                    "`cached_weight` is not stated: cached counts as fresh",
                )
            },
            |share| share.cast(),
        ),
        minimum,
        step,
        usd_per_unit_hour: price?,
        units,
        overflow: match overflow {
            Some(model) => Some(model?),
            None => None,
        },
    })
}
