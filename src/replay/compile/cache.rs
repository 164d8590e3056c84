//! `response_cache` on a log: exact hits by the prompts that were seen before, others by a stated share.

use super::Compiler;
use crate::diag::Place;
use crate::figure::{Figure, Money};
use crate::plan::log::Role;
use crate::plan::{self, HitRate, Popularity};
use crate::replay::cache::{Hits, Layer, Limits, ResponseCache, Wrong};
use crate::replay::program::Bound;
use crate::units::{Exact, display};

impl Compiler<'_> {
    pub(super) fn response_cache(&mut self, cache: &plan::ResponseCache, place: &Place) -> ResponseCache {
        let stated = |layer: &plan::Layer| match &layer.hit_rate {
            HitRate::Stated(rate) => Some(rate.value().clone()),
            HitRate::Derived(_) => None,
        };
        let exact = cache.exact.as_ref().map(|layer| {
            let hits = self.exact_hits(layer);
            self.layer(layer, hits, "exact")
        });
        let exact_rate = cache.exact.as_ref().and_then(stated).unwrap_or(Exact::ZERO);
        let semantic = cache.semantic.as_ref().map(|layer| {
            let misses = &Exact::ONE - &exact_rate;
            let rate = stated(layer).unwrap_or(Exact::ZERO);
            let of_misses = match cache.semantic_of_misses {
                true => rate.clone(),
                false => rate.checked_div(&misses).unwrap_or(Exact::ZERO),
            };
            self.by_share("semantic", &rate);
            self.layer(layer, Hits::Share(Bound::of(&of_misses)), "semantic")
        });
        let stores = cache.cost_per_store.iter().map(|price| self.fee("cache store", price)).collect();
        if !cache.per_month.is_empty() && !self.has(Role::Time) {
            let message = "a fixed cost per month needs the time that the log spans";
            self.refuse(place, message, "map its column: `--columns time=COLUMN`");
        }
        ResponseCache { exact, semantic, stores }
    }

    fn exact_hits(&mut self, layer: &plan::Layer) -> Hits {
        if self.has(Role::Prompt) {
            self.uses.prompt = true;
            return match &layer.hit_rate {
                HitRate::Stated(_) => {
                    self.assume(
                        "exact hits are those of prompts seen before in the log; the stated hit rate is not used",
                    );
                    Hits::Known(Limits::default())
                }
                HitRate::Derived(popularity) => {
                    self.assume(
                        "exact hits are those of prompts seen before in the log, within their lifetime and room",
                    );
                    Hits::Known(self.limits(popularity))
                }
            };
        }
        match &layer.hit_rate {
            HitRate::Stated(rate) => {
                self.by_share("exact", rate.value());
                Hits::Share(Bound::of(rate.value()))
            }
            HitRate::Derived(popularity) => {
                self.refuse(
                    &popularity.place,
                    "which prompts are the same is not in the log",
                    "map a hash or the text of the prompt: `--columns prompt=COLUMN`; or state `hit_rate`",
                );
                Hits::Known(Limits::default())
            }
        }
    }

    fn limits(&mut self, popularity: &Popularity) -> Limits {
        if popularity.warm.is_some() {
            self.assume("a log begins with an empty cache; `warm` is not used");
        }
        let nanos = |seconds: &Exact| {
            (seconds * &Exact::from(1_000_000_000)).to_u64().and_then(|nanos| i64::try_from(nanos).ok())
        };
        let between = popularity.invalidations.as_ref();
        let between = between.and_then(|rate| Exact::from(86_400).checked_div(rate.value()));
        let limits = Limits {
            lifetime: popularity.ttl.as_ref().and_then(|ttl| nanos(ttl.value())),
            refresh: popularity.refresh,
            capacity: popularity.capacity.as_ref().and_then(|room| usize::try_from(room.value().to_u64()?).ok()),
            flush: between.as_ref().and_then(nanos),
        };
        if (limits.lifetime.is_some() || limits.flush.is_some()) && !self.has(Role::Time) {
            let message = "lifetimes and invalidations need times, which the log does not have";
            self.refuse(&popularity.place, message, "map their column: `--columns time=COLUMN`");
        }
        limits
    }

    fn by_share(&mut self, layer: &str, rate: &Exact) {
        self.uses.identity = true;
        let rate = display::plain_percent(rate);
        self.assume(format!("{layer} hits are the stated {rate}, chosen by a hash of the request"));
    }

    fn layer(&mut self, layer: &plan::Layer, hits: Hits, name: &str) -> Layer {
        let fee = |compiler: &mut Self, price: &Option<Figure<Money>>, what: &str| {
            price.as_ref().map(|price| compiler.fee(&format!("{name} {what}"), price))
        };
        let hit = fee(self, &layer.cost_per_hit, "hit");
        let lookup = fee(self, &layer.cost_per_lookup, "lookup");
        let wrong = layer.false_hits.as_ref().map(|wrong| {
            self.uses.identity = true;
            let share = Bound::of(wrong.share.value());
            Wrong { share, fee: fee(self, &wrong.cost, "false hit"), rerun: wrong.rerun }
        });
        Layer { hits, hit, lookup, wrong }
    }
}
