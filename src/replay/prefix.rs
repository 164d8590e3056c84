//! Prefix caches on a log: which leading blocks of a prompt are there when it comes, and what that reads and writes.
//!
//! A hit ends at the first block that is not there; the blocks of a request are there at once for the next one. Touching
//! goes from the last block to the first, so that the root of a prefix is the last to go. A log without blocks but with
//! sessions has one prefix per session: a prompt begins with the whole prompt before it, unless it is shorter.

use std::collections::HashMap;

use super::recent::Recent;
use super::request::{Request, drawn};
use crate::plan::log::Counter;

/// What limits the blocks that are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// The least recently used go beyond so many blocks.
    Blocks(usize),
    /// Those not used for so many nanoseconds go; a use renews them.
    Lifetime(i64),
    /// Nothing.
    None,
}

/// A prefix cache and what it has seen.
#[derive(Debug)]
pub struct PrefixCache {
    /// What limits it.
    pub limit: Limit,
    kept: Recent,
    /// Whether each model has its own blocks.
    by_model: bool,
    /// Tokens of a block; 0 where sessions stand for blocks.
    block: u64,
    sessions: HashMap<u64, (i64, u64)>,
    /// Nodes of the blocks that were there.
    hits: Vec<u32>,
    /// What it has seen.
    pub seen: Seen,
}

/// Sessions that are kept before those that are over are looked for.
const MANY_SESSIONS: usize = 1 << 18;

/// Hits of a cache, by every way to count them.
#[derive(Clone, Copy, Default, Debug)]
pub struct Seen {
    /// Requests, and those with at least one block that was there.
    pub requests: u64,
    /// Of these, with a hit.
    pub with_hit: u64,
    /// Blocks, and those that were there.
    pub blocks: u64,
    /// Of these, hits.
    pub hit_blocks: u64,
    /// Tokens of prompts.
    pub tokens: u128,
    /// Of these, hits.
    pub hit_tokens: u128,
    /// Sum of the ratios of single requests in 10^-12, and the requests that have one.
    pub ratios: u128,
    /// Requests with a prompt.
    pub with_prompt: u64,
}

/// Units of a ratio.
pub const RATIO: u64 = 1_000_000_000_000;

impl PrefixCache {
    /// An empty one for blocks of `block` tokens, or for sessions where that is 0.
    pub fn new(limit: Limit, block: u64, by_model: bool) -> Self {
        let capacity = match limit {
            Limit::Blocks(capacity) => Some(capacity),
            Limit::Lifetime(_) | Limit::None => None,
        };
        let kept = Recent::new(capacity);
        Self { limit, kept, by_model, block, sessions: HashMap::new(), hits: Vec::new(), seen: Seen::default() }
    }

    /// Tokens at the beginning of a prompt that were there; all of it is there from now on.
    pub fn ask(&mut self, request: &Request, blocks: &[u64]) -> u64 {
        let input = request.count(Counter::Input);
        if self.block == 0 {
            return self.ask_session(request, input);
        }
        self.hits.clear();
        for block in blocks {
            match self.kept.at(self.key(*block, request)) {
                Some((node, last)) if self.is_alive(last, request.time) => self.hits.push(node),
                _ => break,
            }
        }
        let hits = self.hits.len() as u64;
        for block in blocks.iter().skip(self.hits.len()).rev() {
            self.kept.touch(self.key(*block, request), request.time);
        }
        for node in self.hits.iter().rev() {
            self.kept.touch_at(*node, request.time);
        }
        self.tidy(request.time);
        let tokens = hits.min(u64::MAX / self.block).saturating_mul(self.block).min(input);
        self.note(input, tokens, blocks.len() as u64, hits);
        tokens
    }

    /// Whether the prefix of this number was there; it is from now on.
    pub fn ask_for(&mut self, prefix: u64, now: i64) -> bool {
        let alive = self.kept.time_of(prefix).is_some_and(|last| self.is_alive(last, now));
        self.kept.touch(prefix, now);
        self.tidy(now);
        alive
    }

    fn ask_session(&mut self, request: &Request, input: u64) -> u64 {
        if request.session == 0 {
            self.note(input, 0, 1, 0);
            return 0;
        }
        let key = self.key(request.session, request);
        let before = self.sessions.insert(key, (request.time, input));
        let alive = before.filter(|(last, _)| self.is_alive(*last, request.time));
        let tokens = alive.map(|(_, length)| length).filter(|length| *length <= input).unwrap_or(0);
        if self.sessions.len().is_power_of_two() && self.sessions.len() >= MANY_SESSIONS {
            let (limit, now) = (self.limit, request.time);
            self.sessions.retain(|_, (last, _)| is_alive(limit, *last, now));
        }
        self.note(input, tokens, 1, u64::from(tokens > 0));
        tokens
    }

    #[inline]
    fn key(&self, block: u64, request: &Request) -> u64 {
        if self.by_model { drawn(block, u64::from(request.model)) } else { block }
    }

    #[inline]
    fn is_alive(&self, last: i64, now: i64) -> bool {
        is_alive(self.limit, last, now)
    }

    fn tidy(&mut self, now: i64) {
        match self.limit {
            Limit::Blocks(_) => self.kept.shrink(),
            Limit::Lifetime(lifetime) => self.kept.forget_before(now.saturating_sub(lifetime)),
            Limit::None => {}
        }
    }

    fn note(&mut self, input: u64, tokens: u64, blocks: u64, hits: u64) {
        let seen = &mut self.seen;
        seen.requests += 1;
        seen.with_hit += u64::from(hits > 0);
        seen.blocks += blocks;
        seen.hit_blocks += hits;
        seen.tokens += u128::from(input);
        seen.hit_tokens += u128::from(tokens);
        if input > 0 {
            seen.with_prompt += 1;
            seen.ratios += u128::from(tokens) * u128::from(RATIO) / u128::from(input);
        }
    }
}

#[inline]
fn is_alive(limit: Limit, last: i64, now: i64) -> bool {
    match limit {
        Limit::Lifetime(lifetime) => now.saturating_sub(last) <= lifetime,
        Limit::Blocks(_) | Limit::None => true,
    }
}

/// How a provider bills a prefix cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Least tokens of a prompt, and of a hit.
    pub minimum: u64,
    /// Tokens by which a hit grows beyond that.
    pub step: u64,
    /// Tokens up to which a prompt is read and written; `None`: all of it.
    pub breakpoint: Option<u64>,
}

impl Policy {
    /// Tokens of a prompt of `input` that are read and written, where `there` of its beginning were there.
    pub fn apply(&self, input: u64, there: u64) -> (u64, u64) {
        if input < self.minimum {
            return (0, 0);
        }
        let cacheable = self.breakpoint.map_or(input, |most| most.min(input));
        let read = self.usable(there.min(cacheable));
        (read, cacheable - read)
    }

    /// Of a hit, the tokens that count: none below the minimum, beyond it whole steps.
    pub fn usable(&self, hit: u64) -> u64 {
        match hit.checked_sub(self.minimum) {
            None => 0,
            Some(beyond) => self.minimum + beyond / self.step.max(1) * self.step.max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// strategies.md section 9 and section 3: usable = minimum + floor((P - minimum) / step) x step.
    #[test]
    fn a_hit_counts_from_the_minimum_on_in_steps() {
        let policy = Policy { minimum: 1024, step: 128, breakpoint: None };
        for (hit, usable) in [(0, 0), (1023, 0), (1024, 1024), (1151, 1024), (1152, 1152), (5000, 4992)] {
            assert_eq!(policy.usable(hit), usable, "{hit}");
        }
        assert_eq!(policy.apply(1000, 1000), (0, 0));
        assert_eq!(policy.apply(4000, 1200), (1152, 2848));
        let first = Policy { breakpoint: Some(2048), ..policy };
        assert_eq!(first.apply(4000, 4000), (2048, 0));
        assert_eq!(first.apply(1500, 0), (0, 1500));
    }

    #[test]
    fn hits_end_at_the_first_block_that_is_gone() {
        let mut cache = PrefixCache::new(Limit::Blocks(3), 10, false);
        let mut request = Request::EMPTY;
        request.set(Counter::Input, 35);
        let mut ask = |blocks: &[u64]| cache.ask(&request, blocks);
        assert_eq!(ask(&[1, 2, 3, 4]), 0);
        // Four blocks, three places: the last one went first.
        assert_eq!(ask(&[1, 2, 3, 4]), 30);
        assert_eq!(ask(&[9]), 0);
        assert_eq!(ask(&[1, 2, 3]), 20);
    }

    #[test]
    fn a_lifetime_is_renewed_by_use() {
        let mut cache = PrefixCache::new(Limit::Lifetime(10), 10, false);
        let mut ask = |time: i64, input: u64, blocks: &[u64]| {
            let mut request = Request { time, ..Request::EMPTY };
            request.set(Counter::Input, input);
            cache.ask(&request, blocks)
        };
        assert_eq!(ask(0, 20, &[1, 2]), 0);
        assert_eq!(ask(10, 15, &[1, 2]), 15);
        assert_eq!(ask(20, 20, &[1, 3]), 10);
        assert_eq!(ask(31, 20, &[1, 3]), 0);
    }
}
