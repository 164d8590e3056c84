//! Provisioned throughput: units for the weighted tokens of the busiest minute, or as many as are stated, and a
//! pay-as-you-go model for what they do not take. The sizing formula stands in `hosting::provisioned`.

use std::sync::Arc;

use super::super::bill::{Finding, Hosted, Lever, Quantity};
use super::super::trip::Trip;
use super::super::{Cause, Engine};
use super::{Host, Load};
use crate::figure::{Calls, Count, Figure, Hours, Share, Volume};
use crate::hosting::provisioned;
use crate::plan::{DeploymentUse, Provisioned, Server};
use crate::units::Exact;

const MINUTES: u64 = 1_440;

/// Tokens a day by what they weigh: fresh input + cached weight x cached + output ratio x output.
pub(super) fn weighted(load: &Load, calls: &Figure<Calls>, units: &Provisioned) -> Figure<Volume> {
    let output = calls.times(&load.output).times(&units.output_ratio);
    if load.cached.is_zero() {
        return calls.times(&load.input).plus(&output);
    }
    let fresh = calls.times(&load.input.minus(&load.cached));
    let cached = calls.times(&load.cached).times(&units.cached_weight);
    Figure::total([fresh, cached, output])
}

impl Engine<'_> {
    pub(super) fn units(&mut self, host: &Host, units: &Provisioned) {
        let name = &host.deployment.name;
        let weigh = |load: &Load, calls: &Figure<Calls>| weighted(load, calls, units);
        let all: Figure<Volume> = Figure::total(host.loads.iter().map(|load| weigh(load, &load.calls)));
        let all = all.named("weighted tokens");
        let even = host.waiting(weigh);
        let uneven = all.minus(&even);
        let peak = self.peak(&host.deployment);
        let minutes = Figure::<Count>::constant(Exact::from(MINUTES));
        let at_peak = even.plus(&uneven.times(&peak)).over(&minutes).unwrap_or_else(Figure::zero);
        let per_minute = at_peak.value();
        let needed =
            provisioned::units(per_minute, units.tokens_per_minute.value(), units.minimum.value(), units.step.value());
        let inputs = vec![
            all.step().clone(),
            peak.step().clone(),
            units.tokens_per_minute.step().clone(),
            units.minimum.step().clone(),
            units.step.step().clone(),
        ];
        let sized = Figure::<Count>::computed(
            "max(minimum, weighted tokens of the busiest minute / tokens per minute of a unit, in steps)",
            needed.clone(),
            inputs,
        );
        let sizes = [&units.tokens_per_minute, &units.minimum, &units.step];
        if at_peak.is_uncertain() || sizes.into_iter().chain(&units.units).any(Figure::is_uncertain) {
            // What is above the units is added up over the hours with bare numbers.
            self.ledger.decisions.hide();
        }
        let bought = units.units.clone().unwrap_or(sized).named(format!("units of {name}"));
        let hours = bought.times(&Figure::<Hours>::constant(Exact::from(24)));
        self.ledger.uptime(
            Lever::Deployment,
            name,
            "units",
            None,
            Quantity::Uptime(hours.clone(), "unit_hour"),
            &units.usd_per_unit_hour,
        );

        let capacity = &(bought.value() * units.tokens_per_minute.value()) * &Exact::from(MINUTES);
        let left = provisioned::overflow(&self.hours(&host.deployment, even.value(), uneven.value()), &capacity);
        let exceeded = *bought.value() < needed;
        let overflow = (exceeded && !left.is_zero()).then(|| {
            Figure::<Share>::computed(
                "the share of the weighted tokens that is above the units in its hour",
                left.clone(),
                vec![all.step().clone(), bought.step().clone()],
            )
            .named(format!("overflow of {name}"))
        });
        match (&overflow, &units.overflow) {
            (Some(share), Some(model)) => {
                for load in &host.loads {
                    let calls = load.calls.scaled(share);
                    let used = DeploymentUse { deployment: Arc::clone(&host.deployment), place: model.place.clone() };
                    self.ledger.move_calls(&Server::Deployment(used), &Server::Model(model.clone()), &calls);
                    if !load.cached.is_zero() {
                        self.ledger
                            .note(format!("{name}: what overflows to {} finds no prompt cache", model.model.listed.id));
                    }
                    let trip = Trip::single(&load.input, &load.output);
                    self.bill_model(model, &calls, &calls, &trip, None, Cause::of(Lever::Deployment));
                }
            }
            (Some(_), None) => self.ledger.find(Finding::CapacityExceeded {
                deployment: name.clone(),
                needed,
                most: bought.value().clone(),
                what: "unit",
            }),
            (None, _) => {}
        }
        let taken = &(&Exact::ONE - &left) * all.value();
        let own = overflow.as_ref().map_or_else(Figure::one, Figure::rest);
        let hosted = Hosted {
            calls: host.calls().scaled(&own),
            input: host.input().scaled(&own),
            output: host.output().scaled(&own),
            utilization: taken.checked_div(&capacity),
            overflow: overflow.map(|share| share.value().clone()),
            ..self.hosted(host, bought.value(), "unit", hours.value())
        };
        self.ledger.hosted(hosted);
    }
}
