//! Response caches: an answer that was given before is given again, and no model is called (SPEC section 4.2).
//!
//! cost = N [ x1 + (1-h1) x2 + m s ] + hits x cost per hit + false hits, with lookups x paid by every request that
//! reaches a layer, h1 the exact hit rate, m the requests that go on and s the cost of storing their answers.

use super::Engine;
use super::bill::Lever;
use crate::figure::{Calls, Figure};
use crate::plan::{Layer, ResponseCache};

impl Engine<'_> {
    pub(super) fn fixed_costs_of_cache(&mut self, cache: &ResponseCache) {
        for price in &cache.per_month {
            self.ledger.per_month(Lever::ResponseCache, "cache", "fixed", price, &self.plan.days_per_month);
        }
    }

    /// Bills the cache for `requests` and returns those that go on to a model.
    pub(super) fn through_cache(&mut self, cache: &ResponseCache, requests: &Figure<Calls>) -> Figure<Calls> {
        let mut again = Vec::new();
        let mut misses = requests.clone();
        if let Some(layer) = &cache.exact {
            let hits = requests.scaled(&layer.hit_rate);
            again.extend(self.layer("exact", layer, requests, &hits));
            misses = requests.minus(&hits);
        }
        if let Some(layer) = &cache.semantic {
            let reached = misses;
            let base = if cache.semantic_of_misses { &reached } else { requests };
            let hits = base.scaled(&layer.hit_rate);
            again.extend(self.layer("semantic", layer, &reached, &hits));
            misses = reached.minus(&hits);
        }
        let misses = if misses.is_zero() { misses } else { misses.named("cache misses") };
        for price in &cache.cost_per_store {
            self.ledger.events(Lever::ResponseCache, "cache", "store", &misses, price);
        }
        again.push(misses);
        Figure::total(again)
    }

    /// Bills one layer; returns the false hits that a model has to answer after all.
    fn layer(
        &mut self,
        name: &str,
        layer: &Layer,
        reached: &Figure<Calls>,
        hits: &Figure<Calls>,
    ) -> Option<Figure<Calls>> {
        if let Some(price) = &layer.cost_per_lookup {
            self.ledger.events(Lever::ResponseCache, name, "lookup", reached, price);
        }
        if let Some(price) = &layer.cost_per_hit {
            self.ledger.events(Lever::ResponseCache, name, "hit", hits, price);
        }
        let wrong = layer.false_hits.as_ref()?;
        let false_hits = hits.scaled(&wrong.share);
        if let Some(price) = &wrong.cost {
            self.ledger.events(Lever::ResponseCache, name, "false hit", &false_hits, price);
        }
        wrong
            .rerun
            .then(|| if false_hits.is_zero() { false_hits } else { false_hits.named(format!("false {name} hits")) })
    }
}
