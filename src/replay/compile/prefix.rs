//! `prefix_cache` on a log: hits of its blocks or sessions, or a stated hit rate on what can be cached of each prompt.

use super::{Compiler, MOST_PARTS};
use crate::plan::log::{Counter, Role};
use crate::plan::{self, Cacheable, ModelUse};
use crate::replay::advice;
use crate::replay::prefix::{Limit, Policy};
use crate::replay::program::{Leaf, Prefix, Prefixed, There};
use crate::units::{Exact, display};

impl Compiler<'_> {
    pub(super) fn prefix_cache(
        &mut self,
        cache: &plan::PrefixCache,
        leaf: &mut Leaf,
        model: &ModelUse,
    ) -> Option<Prefix> {
        let place = &model.place;
        let listed = &model.model.listed;
        if leaf.logged {
            self.refuse(
                place,
                "the rules of a prompt cache are those of one model",
                "name a model in place of `as-logged`",
            );
            return None;
        }
        if cache.explicit.is_some() {
            let message = "an explicit cache is paid for the time it is held, whatever comes";
            self.refuse(place, message, "`simulate` computes it");
            return None;
        }
        let policy = Policy {
            minimum: listed.cache.min_tokens.unwrap_or(0),
            step: listed.cache.step.unwrap_or(1),
            breakpoint: None,
        };
        let length = match &cache.tokens {
            None => Prefixed::All,
            Some(Cacheable::Tokens(tokens)) => Prefixed::Tokens(tokens.value().floor().to_u64()?),
            Some(Cacheable::Share(share)) => {
                let (times, of) = self.in_parts(share.value(), place)?;
                Prefixed::Share(times, of)
            }
        };
        let blocks = self.has(Role::Blocks) && self.offer.block.is_some();
        let sessions = self.has(Role::Session);
        if blocks || (sessions && cache.hit_rate.is_none()) {
            let (what, block) = if blocks { ("blocks", self.offer.block.unwrap_or(0)) } else { ("sessions", 0) };
            let limit = self.lifetime(cache, model)?;
            (self.uses.blocks, self.uses.session) = (blocks, !blocks);
            self.prefixes.push((limit, block));
            let stated = if cache.hit_rate.is_some() { "; the stated hit rate is not used" } else { "" };
            self.assume(format!("what a prompt cache holds is told by the {what} of the log{stated}"));
            return Some(Prefix { policy, length, there: There::Kept(self.prefixes.len() - 1) });
        }
        let length = self.without_blocks(length, place)?;
        if let Some(rate) = &cache.hit_rate {
            let (times, of) = self.in_parts(rate.value(), place)?;
            leaf.input.times = leaf.input.times.saturating_mul(of);
            leaf.input.of = leaf.input.of.saturating_mul(of);
            if leaf.input.of > MOST_PARTS {
                self.refuse(place, "these shares together cannot be applied to single requests", "use rounder shares");
                return None;
            }
            self.assume(format!(
                "of the cacheable tokens of each prompt, the stated {} are read",
                display::plain_percent(rate.value())
            ));
            return Some(Prefix { policy, length, there: There::Share(times, of) });
        }
        let limit = self.lifetime(cache, model)?;
        let prefixes = cache.prefixes.value().to_u64().unwrap_or(1).max(1);
        self.uses.identity |= prefixes > 1;
        self.prefixes.push((limit, 0));
        self.assume(format!(
            "{} prefixes, each read where the log has a request with it within its lifetime",
            display::count(cache.prefixes.value())
        ));
        Some(Prefix { policy, length, there: There::Fixed(self.prefixes.len() - 1, prefixes) })
    }

    /// What a log without blocks says of the length of prefixes.
    fn without_blocks(&mut self, length: Prefixed, place: &crate::diag::Place) -> Option<Prefixed> {
        if length != Prefixed::All {
            return Some(length);
        }
        let parts = [Counter::System, Counter::Tools, Counter::Examples];
        if parts.into_iter().any(|part| self.has(Role::Count(part))) {
            self.uses.parts = true;
            return Some(Prefixed::Parts);
        }
        self.refuse(
            place,
            "how much of a prompt can be cached? the log has neither blocks nor sessions nor parts of prompts",
            "state it: `prefix_cache: {tokens: 80%}` or `{tokens: 2000}`",
        );
        None
    }

    fn lifetime(&mut self, cache: &plan::PrefixCache, model: &ModelUse) -> Option<Limit> {
        if !self.has(Role::Time) {
            let message = "how long a prompt cache lives matters only where the log has times";
            self.refuse(&model.place, message, "map their column: `--columns time=COLUMN`");
            return None;
        }
        let nanos = match &cache.ttl {
            Some(ttl) => {
                let nanos = ttl.seconds.value() * &Exact::from(1_000_000_000);
                nanos.to_u64().and_then(|nanos| i64::try_from(nanos).ok())
            }
            None => {
                let name = advice::usual_lifetime(&model.model.listed).to_owned();
                self.assume(format!("caches of {} live {name} unless `ttl` says otherwise", model.model.listed.id));
                advice::nanos(&name)
            }
        };
        nanos.map(Limit::Lifetime)
    }
}
