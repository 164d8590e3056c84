//! Prefix caches on a log: what serving one would hit, and which one of a provider pays.
//!
//! A block has one place in all prompts that hold it, so what is there up to a breakpoint does not depend on the breakpoint:
//! one cache per lifetime answers for all of them.

use super::bill;
use super::prefix::{Limit, Policy, PrefixCache};
use super::program::{Leaf, Node, Programs};
use super::request::{NOTHING, Request};
use super::tally::Tally;
use super::tariff::PRICED;
use super::till::{Payee, Prices, Till};
use crate::plan::log::Counter;
use crate::pricing;
use crate::units::{Exact, Kind, Settings};

/// Blocks before a breakpoint: powers of two up to this.
const FURTHEST: u64 = 1 << 12;
/// The lifetime of a provider that does not name one.
const USUAL_LIFETIME: &str = "5m";

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Study {
    /// Tokens of a block; 0 where sessions stand for blocks.
    pub block: u64,
    /// Caches that are served by oneself, each with its name.
    pub limits: Vec<(String, Limit)>,
    /// Ways to use a provider's cache.
    pub candidates: Vec<Candidate>,
    /// Lifetimes of those, in nanoseconds.
    pub lifetimes: Vec<i64>,
    /// What their calls are priced by.
    pub leaves: Vec<Leaf>,
    /// Whom those pay.
    pub payees: Vec<Payee>,
}

/// One way to use the cache of a strategy's model.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The strategy.
    pub program: usize,
    /// The lifetime as it is written; `None`: no cache.
    pub lifetime: Option<String>,
    /// Position of its lifetime.
    pub cache: usize,
    /// How it is billed; `None`: no cache.
    pub policy: Option<Policy>,
    /// Blocks before the breakpoint; `None`: all of them.
    pub blocks: Option<u64>,
}

impl Study {
    /// What there is to look at: `limits`, and the caches of models that answer a strategy alone. `first` is the number of
    /// the first payee that may be added.
    pub fn of(programs: &Programs, payees: &[Payee], block: u64, timed: bool, limits: Vec<(String, Limit)>) -> Self {
        let mut study = Self {
            block,
            limits,
            candidates: Vec::new(),
            lifetimes: Vec::new(),
            leaves: Vec::new(),
            payees: Vec::new(),
        };
        if !timed {
            study.limits.retain(|(_, limit)| !matches!(limit, Limit::Lifetime(_)));
            return study;
        }
        for (index, program) in programs.programs.iter().enumerate() {
            let Node::Call(at) = program.root else { continue };
            let alone = program.cache.is_none() && program.prompt.is_none();
            let leaf = programs.leaves.get(at).filter(|leaf| alone && !leaf.logged);
            let Some((leaf, payee)) = leaf.and_then(|leaf| Some((leaf, payees.get(leaf.payee)?))) else { continue };
            study.add(index, leaf, payee, payees.len());
        }
        study
    }

    fn add(&mut self, program: usize, leaf: &Leaf, payee: &Payee, first: usize) {
        let Some(model) = &payee.model else { return };
        let listed = &model.listed;
        let rules = &listed.cache;
        let plain =
            |lifetime: Option<String>, policy, cache, blocks| Candidate { program, lifetime, cache, policy, blocks };
        self.push(plain(None, None, 0, None), leaf, payee, "", first);
        for (name, written_as) in lifetimes(listed, model.as_of) {
            let Some(nanos) = nanos(&name) else { continue };
            let cache = self.lifetimes.iter().position(|known| *known == nanos).unwrap_or_else(|| {
                self.lifetimes.push(nanos);
                self.lifetimes.len() - 1
            });
            let mut places: Vec<Option<u64>> = vec![None];
            if self.block > 0 {
                places.extend((0..).map(|power| 1u64 << power).take_while(|blocks| *blocks <= FURTHEST).map(Some));
            }
            for blocks in places {
                let policy = Policy {
                    minimum: rules.min_tokens.unwrap_or(0),
                    step: rules.step.unwrap_or(1),
                    breakpoint: blocks.map(|blocks| blocks.saturating_mul(self.block)),
                };
                // A breakpoint before the minimum caches nothing.
                if policy.breakpoint.is_none_or(|most| most >= policy.minimum) {
                    self.push(plain(Some(name.clone()), Some(policy), cache, blocks), leaf, payee, &written_as, first);
                }
            }
        }
    }

    fn push(&mut self, candidate: Candidate, leaf: &Leaf, payee: &Payee, lifetime: &str, first: usize) {
        self.candidates.push(candidate);
        self.leaves.push(Leaf { payee: first + self.payees.len(), ..leaf.clone() });
        self.payees.push(Payee { lifetime: lifetime.to_owned(), ..payee.clone() });
    }
}

/// The lifetimes that a model sells: as they are written, and as its prices call them.
fn lifetimes(listed: &pricing::Model, as_of: pricing::Date) -> Vec<(String, String)> {
    let usual = usual_lifetime(listed);
    let priced: Vec<&str> = listed.card(None, as_of).into_iter().flat_map(pricing::Card::lifetimes).collect();
    let mut found: Vec<(String, String)> = priced
        .iter()
        .map(|lifetime| (if lifetime.is_empty() { usual } else { lifetime }.to_owned(), (*lifetime).to_owned()))
        .collect();
    if found.is_empty() {
        let named: Vec<&str> = listed.cache.ttls.iter().map(String::as_str).collect();
        let named = if named.is_empty() { vec![usual] } else { named };
        found.extend(named.into_iter().map(|lifetime| (lifetime.to_owned(), String::new())));
    }
    found
}

/// The lifetime that a model's caches have unless another is bought.
pub fn usual_lifetime(listed: &pricing::Model) -> &str {
    listed.cache.ttls.first().map_or(USUAL_LIFETIME, String::as_str)
}

/// Nanoseconds of a lifetime.
pub fn nanos(lifetime: &str) -> Option<i64> {
    let seconds = Kind::Duration.parse(lifetime, &Settings::default()).ok()?;
    i64::try_from((&seconds * &Exact::from(1_000_000_000)).to_u64()?).ok()
}

/// A study at work.
pub struct Advisor<'a> {
    study: &'a Study,
    /// Caches that are served by oneself.
    pub served: Vec<PrefixCache>,
    rented: Vec<PrefixCache>,
    there: Vec<u64>,
    till: Till<'a>,
    tally: Tally,
}

impl<'a> Advisor<'a> {
    /// With empty caches.
    pub fn new(study: &'a Study, prices: &'a Prices<'a>) -> Self {
        let cache = |limit| PrefixCache::new(limit, study.block, false);
        Self {
            study,
            served: study.limits.iter().map(|(_, limit)| cache(*limit)).collect(),
            rented: study.lifetimes.iter().map(|lifetime| cache(Limit::Lifetime(*lifetime))).collect(),
            there: Vec::new(),
            till: Till::new(prices),
            tally: Tally::new(false),
        }
    }

    /// Takes the next request.
    pub fn take(&mut self, request: &Request, blocks: &[u64]) {
        for cache in &mut self.served {
            cache.ask(request, blocks);
        }
        self.there.clear();
        for cache in &mut self.rented {
            self.there.push(cache.ask(request, blocks));
        }
        for (index, (candidate, leaf)) in self.study.candidates.iter().zip(&self.study.leaves).enumerate() {
            let input = request.count(Counter::Input);
            let there = self.there.get(candidate.cache).copied().unwrap_or(0);
            let (read, written) = candidate.policy.map_or((0, 0), |policy| policy.apply(input, there));
            let fresh = input.saturating_sub(read).saturating_sub(written);
            let (output, reasoning) = (request.count(Counter::Output), request.count(Counter::Reasoning));
            let tokens: [u64; PRICED] = [fresh, read, written, 0, output, reasoning];
            // What has no price here has none in the strategy itself, which says so.
            if let Ok(band) = self.till.find(leaf.payee, NOTHING, request.mode, request.time, input) {
                self.tally.call(index, band.key, 1, &tokens);
            }
        }
    }

    /// USD of each candidate.
    pub fn costs(&self, prices: &Prices<'_>) -> Vec<Exact> {
        let keys = prices.keys();
        let cost = |(index, leaf): (usize, &Leaf)| {
            let lines =
                self.tally.of_leaf(index).filter_map(|(key, sums)| Some(bill::line(leaf, keys.get(key)?, sums)));
            lines.map(|line| line.cost).sum()
        };
        self.study.leaves.iter().enumerate().map(cost).collect()
    }
}
