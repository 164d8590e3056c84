//! Response caches on a log: exact hits by the hash of a prompt, with lifetime, capacity and flushes; or by a share.

use super::program::{Bound, purpose};
use super::recent::Recent;
use super::request::Request;
use super::tally::Tally;

/// Answers given again.
#[derive(Clone, Debug)]
pub struct ResponseCache {
    /// Answers to the same question.
    pub exact: Option<Layer>,
    /// Answers to a similar question.
    pub semantic: Option<Layer>,
    /// Fees of storing an answer.
    pub stores: Vec<usize>,
}

/// One layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Which requests are answered here.
    pub hits: Hits,
    /// Fee of each hit.
    pub hit: Option<usize>,
    /// Fee of each request that reaches the layer.
    pub lookup: Option<usize>,
    /// Hits that are wrong.
    pub wrong: Option<Wrong>,
}

/// Which requests a layer answers.
#[derive(Clone, Debug)]
pub enum Hits {
    /// A share of those that reach it.
    Share(Bound),
    /// Those whose prompt it has.
    Known(Limits),
}

/// What limits an entry.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// Nanoseconds that an answer is good for.
    pub lifetime: Option<i64>,
    /// Whether a hit renews it.
    pub refresh: bool,
    /// Most answers kept; the least recently used go.
    pub capacity: Option<usize>,
    /// Nanoseconds between flushes.
    pub flush: Option<i64>,
}

/// Hits that are wrong, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Wrong {
    /// Which.
    pub share: Bound,
    /// Fee of each.
    pub fee: Option<usize>,
    /// Whether a model answers after all.
    pub rerun: bool,
}

/// What a response cache holds.
#[derive(Debug)]
pub struct CacheState {
    entries: Recent,
    flushed: Option<i64>,
    /// Requests that looked, and those that found.
    pub lookups: u64,
    /// Of these, answered.
    pub hits: u64,
}

impl CacheState {
    /// An empty one, where hits depend on what was asked before.
    pub fn of(cache: &ResponseCache) -> Option<Self> {
        match cache.exact.as_ref().map(|layer| &layer.hits) {
            Some(Hits::Known(limits)) => Some(Self::new(limits)),
            _ => None,
        }
    }

    /// An empty one.
    pub fn new(limits: &Limits) -> Self {
        Self { entries: Recent::new(limits.capacity), flushed: None, lookups: 0, hits: 0 }
    }

    /// Whether it has the answer to a prompt; if not, it has from now on.
    fn asks(&mut self, prompt: u64, now: i64, limits: &Limits) -> bool {
        if let Some(every) = limits.flush {
            let period = now.div_euclid(every.max(1));
            if self.flushed.is_some_and(|last| last != period) {
                self.entries.clear();
            }
            self.flushed = Some(period);
        }
        self.lookups += 1;
        let since = self.entries.time_of(prompt);
        let alive =
            since.is_some_and(|since| limits.lifetime.is_none_or(|lifetime| now.saturating_sub(since) <= lifetime));
        match (alive, since) {
            // A hit that renews nothing keeps the time of the answer; its order matters only to a capacity.
            (true, Some(since)) if !limits.refresh => {
                if limits.capacity.is_some() {
                    self.entries.touch(prompt, since);
                }
            }
            _ => self.entries.touch(prompt, now),
        }
        match (limits.capacity, limits.lifetime) {
            (Some(_), _) => self.entries.shrink(),
            // Without a capacity, entries stand in the order of their times.
            (None, Some(lifetime)) => self.entries.forget_before(now.saturating_sub(lifetime)),
            (None, None) => {}
        }
        self.hits += u64::from(alive);
        alive
    }
}

impl ResponseCache {
    /// Whether its hits depend on what was asked before.
    pub fn is_ordered(&self) -> bool {
        self.exact.as_ref().is_some_and(|layer| matches!(layer.hits, Hits::Known(_)))
    }

    /// Whether a model is asked: after a miss, or a wrong hit that is answered again.
    pub fn passes(&self, request: &Request, tally: &mut Tally, mut state: Option<&mut CacheState>) -> bool {
        let layers = [(&self.exact, purpose::EXACT), (&self.semantic, purpose::SEMANTIC)];
        for (layer, draw) in layers {
            let Some(layer) = layer else { continue };
            if let Some(fee) = layer.lookup {
                tally.fee(fee);
            }
            let hit = match (&layer.hits, state.as_deref_mut()) {
                (Hits::Share(bound), _) => bound.takes(request, draw),
                (Hits::Known(limits), Some(state)) => {
                    request.prompt != 0 && state.asks(request.prompt, request.time, limits)
                }
                (Hits::Known(_), None) => false,
            };
            if !hit {
                continue;
            }
            if let Some(fee) = layer.hit {
                tally.fee(fee);
            }
            let Some(wrong) = layer.wrong.filter(|wrong| wrong.share.takes(request, purpose::FALSE_HIT)) else {
                return false;
            };
            if let Some(fee) = wrong.fee {
                tally.fee(fee);
            }
            return wrong.rerun;
        }
        for fee in &self.stores {
            tally.fee(*fee);
        }
        true
    }
}
