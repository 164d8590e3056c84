//! Response caches: an answer that was given before is given again, and no model is called (SPEC section 4.2).
//!
//! cost = N [ x1 + (1-h1) x2 + m s ] + hits x cost per hit + false hits, with lookups x paid by every request that
//! reaches a layer, h1 the exact hit rate, m the requests that go on and s the cost of storing their answers.

use super::Engine;
use super::bill::Lever;
use super::popularity::{Life, Questions, hit_rate};
use crate::figure::{Calls, Factor, Figure, Seconds, Share};
use crate::plan::{HitRate, Layer, Popularity, ResponseCache, Task};
use crate::units::{Exact, display};

/// The share of the questions that find their answer.
fn derived(popularity: &Popularity, requests_per_day: &Exact) -> Exact {
    let questions = Questions {
        distinct: popularity.distinct.value().to_f64(),
        zipf: popularity.zipf.value().to_f64(),
        rate: requests_per_day.checked_div(&Exact::from(86_400)).unwrap_or(Exact::ZERO).to_f64(),
    };
    let flushes = popularity.invalidations.as_ref().and_then(|rate| rate.value().checked_div(&Exact::from(86_400)));
    let life = Life {
        ttl: popularity.ttl.as_ref().map(|ttl| ttl.value().to_f64()),
        refresh: popularity.refresh,
        capacity: popularity.capacity.as_ref().map(|capacity| capacity.value().to_f64()),
        flushes: flushes.unwrap_or(Exact::ZERO).to_f64(),
        warm: popularity.warm.as_ref().map_or(0.0, |warm| warm.value().to_f64()),
    };
    Exact::estimate(hit_rate(&questions, &life), 12).unwrap_or(Exact::ZERO)
}

impl Engine<'_> {
    pub(super) fn fixed_costs_of_cache(&mut self, cache: &ResponseCache) {
        for price in &cache.per_month {
            self.ledger.per_month(Lever::ResponseCache, "cache", "fixed", price, &self.plan.days_per_month);
        }
    }

    /// Bills the cache for `requests` and returns those that go on to a model.
    pub(super) fn through_cache(
        &mut self,
        cache: &ResponseCache,
        task: &Task,
        requests: &Figure<Calls>,
    ) -> Figure<Calls> {
        let mut again = Vec::new();
        let mut misses = requests.clone();
        if let Some(layer) = &cache.exact {
            let hits = requests.scaled(&self.hit_rate(layer));
            again.extend(self.layer("exact", layer, requests, &hits));
            misses = requests.minus(&hits);
        }
        if let Some(layer) = &cache.semantic {
            let reached = misses;
            let base = if cache.semantic_of_misses { &reached } else { requests };
            let hits = base.scaled(&self.hit_rate(layer));
            if hits.value() > reached.value() {
                self.more_than_all(cache, &hits, requests, &reached);
                return Figure::zero();
            }
            again.extend(self.layer("semantic", layer, &reached, &hits));
            misses = reached.minus(&hits);
        }
        let misses = if misses.is_zero() { misses } else { misses.named("cache misses") };
        let warming = self.warming(cache, task);
        for price in &cache.cost_per_store {
            let stored = Figure::total([misses.clone()].into_iter().chain(warming.clone()));
            self.ledger.events(Lever::ResponseCache, "cache", "store", &stored, price);
        }
        again.push(misses);
        again.extend(warming);
        Figure::total(again)
    }

    /// The share of its requests that a layer answers.
    pub(super) fn hit_rate(&mut self, layer: &Layer) -> Figure<Share> {
        let popularity = match &layer.hit_rate {
            HitRate::Stated(share) => return share.clone(),
            HitRate::Derived(popularity) => popularity,
        };
        let requests = &self.plan.workload.requests;
        let share = popularity.found.of(requests.value(), || derived(popularity, requests.value()));
        let life = [popularity.ttl.as_ref().map(Figure::step), popularity.capacity.as_ref().map(Figure::step)];
        let ends = [popularity.invalidations.as_ref().map(Figure::step), popularity.warm.as_ref().map(Figure::step)];
        let inputs = [requests.step(), popularity.distinct.step(), popularity.zipf.step()].into_iter();
        let inputs = inputs.chain(life.into_iter().chain(ends).flatten()).cloned().collect();
        self.ledger.note(format!(
            "the exact cache answers {} of the requests: derived from how popular questions are (Poisson arrivals, Zipf, \
             Che's approximation)",
            display::percent(&share, 2)
        ));
        Figure::computed("hit rate of Poisson arrivals with Zipf popularity", share, inputs).named("exact hit rate")
    }

    fn more_than_all(
        &mut self,
        cache: &ResponseCache,
        semantic: &Figure<Calls>,
        requests: &Figure<Calls>,
        reached: &Figure<Calls>,
    ) {
        let exact = cache.exact.as_ref().map(|layer| &layer.hit_rate);
        let Some(HitRate::Derived(popularity)) = exact else { return };
        let both = requests.minus(reached).plus(semantic);
        let sum = both.value().checked_div(requests.value()).unwrap_or(Exact::ONE);
        self.ledger.problem(ResponseCache::more_than_all(&sum, &popularity.place));
    }

    /// What answering the questions that are kept warm adds to the requests of a task: each once per lifetime and
    /// invalidation.
    fn warming(&mut self, cache: &ResponseCache, task: &Task) -> Option<Figure<Calls>> {
        let HitRate::Derived(popularity) = &cache.exact.as_ref()?.hit_rate else { return None };
        let warm = popularity.warm.as_ref()?;
        let day = Figure::<Seconds>::constant(Exact::from(86_400));
        let per_life = popularity.ttl.as_ref().and_then(|ttl| day.ratio::<Factor>(ttl));
        let per_life = per_life.map(|times| Figure::<Calls>::constant(Exact::ONE).times(&times));
        let renewals = Figure::total(per_life.into_iter().chain(popularity.invalidations.clone()));
        let calls = renewals.times(warm).scaled(&task.share);
        if calls.is_zero() {
            return None;
        }
        self.ledger.note("questions kept warm are answered anew once per lifetime and invalidation".to_owned());
        Some(calls.named("answers kept warm"))
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
