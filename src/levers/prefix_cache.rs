//! The provider's prompt cache: the prefix of a prompt is read again, the answer is not (SPEC section 4.2).
//!
//! ```text
//! cacheable P = system + tools + examples + carried history, or what `tokens` says
//! usable      = P < minimum ? 0 : minimum + floor((P - minimum) / step) x step         of each call
//! read        = hit share x usable at the cached price; written = the rest at the write price of the lifetime
//! hit share   = stated, or 1 - exp(-rate x lifetime), rate = requests per second and prefix on this model (Poisson arrivals,
//!               the lifetime is refreshed on use)
//! pays iff hit share > (w-1)/(w-r), with w and r the write and read price over the input price
//! ```
//!
//! Steps of an agent and turns of a conversation read what the call before them wrote and write what is new: always for
//! steps, and for turns as often as the next one comes within the lifetime.

use std::sync::Arc;

use super::Engine;
use super::bill::{Finding, Lever, PrefixUse};
use super::trip::{Class, Lane, Link, Trip};
use crate::figure::{Calls, Figure, Seconds, Share, Tokens};
use crate::plan::{Cacheable, Cut, ModelUse, Part, PrefixCache, Task};
use crate::pricing::Component;
use crate::units::{Exact, display};

/// How often the prefix of a call is read.
pub(super) enum Hit {
    /// This share of all cacheable tokens.
    Stated(Figure<Share>),
    /// Derived: of the first call of a conversation, and whether a turn finds what the one before it wrote.
    Derived { first: Figure<Share>, turn: Exact },
    /// Held: this share of the calls finds it there; others pay the input price and write nothing.
    Held(Figure<Share>),
}

/// A prompt cache at work on one model.
pub(super) struct Caching<'a> {
    pub cache: &'a PrefixCache,
    pub hit: Hit,
    /// The lifetime under its name in the price list; empty for the usual one.
    pub ttl: String,
    /// Tokens of each call that the model can cache.
    pub usable: Lane,
}

/// How the input of a mean call is paid.
pub(super) struct Split {
    pub fresh: Figure<Tokens>,
    pub read: Figure<Tokens>,
    pub written: Figure<Tokens>,
}

/// A lifetime that nobody states and no price list names.
const USUAL_SECONDS: u64 = 300;

impl Engine<'_> {
    /// The prompt cache for calls of `trip`; `None` where nothing of them can be cached.
    pub(super) fn caching<'c>(
        &mut self,
        cache: &'c PrefixCache,
        model: &ModelUse,
        calls: &Figure<Calls>,
        task: &Task,
        trip: &Trip,
    ) -> Option<Caching<'c>> {
        let usable = self.usable(cache, model, trip)?;
        let rules = &model.model.listed.cache;
        let usual = rules.ttls.first();
        let (ttl, seconds) = match &cache.ttl {
            Some(ttl) => (ttl.name.clone(), ttl.seconds.clone()),
            None => (String::new(), usual_lifetime(model, usual.map(String::as_str))),
        };
        let hit = match (&cache.explicit, &cache.hit_rate) {
            (Some(explicit), _) => {
                let day = Figure::constant(Exact::from(24));
                Hit::Held(explicit.hours.ratio::<Share>(&day).unwrap_or_else(Figure::one).named("held of the day"))
            }
            (None, Some(stated)) => Hit::Stated(stated.clone()),
            (None, None) => self.derived(cache, model, calls, task, &seconds),
        };
        Some(Caching { cache, hit, ttl, usable })
    }

    /// The share of first calls that find their prefix, from the rate of all requests on this model.
    fn derived(
        &mut self,
        cache: &PrefixCache,
        model: &ModelUse,
        calls: &Figure<Calls>,
        task: &Task,
        seconds: &Figure<Seconds>,
    ) -> Hit {
        self.ledger.visit(&model.model, calls);
        let all = self.visits.iter().find(|(known, _)| Arc::ptr_eq(known, &model.model));
        let all = all.map_or_else(|| calls.clone(), |(_, calls)| calls.clone());
        let day = Exact::from(86_400);
        let expected =
            (all.value() * seconds.value()).checked_div(&(&day * cache.prefixes.value())).unwrap_or(Exact::ZERO);
        let first = &Exact::ONE - &expected.exp_of_minus();
        let inputs = vec![Arc::clone(all.step()), Arc::clone(cache.prefixes.step()), Arc::clone(seconds.step())];
        let how = "1 - exp(-requests per second and prefix x lifetime)";
        let first =
            Figure::computed(how, first, inputs).named(format!("prefix hit share on {}", model.model.listed.id));
        if task.turns.as_ref().and_then(|turns| turns.gap.as_ref()).is_some_and(Figure::is_uncertain) {
            self.ledger.decisions.hide();
        }
        let turn = match task.turns.as_ref().and_then(|turns| turns.gap.as_ref()) {
            None => Exact::ONE,
            Some(gap) => {
                let lifetimes = seconds.value().checked_div(gap.value());
                lifetimes.map_or(Exact::ONE, |lifetimes| &Exact::ONE - &lifetimes.exp_of_minus())
            }
        };
        if task.turns.as_ref().is_some_and(|turns| turns.number > 1 && turns.gap.is_none()) {
            self.ledger.note(
                "turns are taken to follow each other within the cache's lifetime; `turns: {count: 10, gap: 5m}` says otherwise"
                    .to_owned(),
            );
        }
        Hit::Derived { first, turn }
    }

    /// Tokens of each call that stay the same in the next one.
    pub(super) fn prefix(cache: &PrefixCache, trip: &Trip) -> Lane {
        let prompt = trip.prompt();
        let carries = trip.part(Part::History).each.is_some();
        match &cache.tokens {
            None => trip.total(|part| part.is_shared() || (carries && part == Part::History), "cacheable tokens"),
            Some(Cacheable::Share(share)) => prompt.scaled(share),
            Some(Cacheable::Tokens(tokens)) => {
                let is_certain = !tokens.is_uncertain() && !prompt.mean.is_uncertain();
                let kept =
                    is_certain && prompt.each.as_ref().is_none_or(|each| each.iter().all(|all| all >= tokens.value()));
                if kept && tokens.value() <= prompt.mean.value() {
                    Lane::same(tokens.clone())
                } else {
                    prompt.capped(tokens, &trip.kinds).0
                }
            }
        }
    }

    /// Tokens of each call that can be cached: the prefix from the model's minimum on, in its steps.
    fn usable(&mut self, cache: &PrefixCache, model: &ModelUse, trip: &Trip) -> Option<Lane> {
        let prefix = Self::prefix(cache, trip);
        let rules = &model.model.listed.cache;
        let minimum = Exact::from(rules.min_tokens.unwrap_or(0));
        let step = rules.step.map(Exact::from).filter(|step| !step.is_zero());
        if prefix.mean.is_uncertain() && !(minimum.is_zero() && step.is_none()) {
            match (&prefix.each, &step) {
                (None, None) => {
                    self.ledger.decisions.compare(&prefix.mean, &Figure::constant(minimum.clone()));
                }
                // Each kind of call has its own prefix, and steps are cut off, both as bare numbers.
                _ => self.ledger.decisions.hide(),
            }
        }
        let usable = |tokens: &Exact| {
            if *tokens < minimum {
                return Exact::ZERO;
            }
            let Some(step) = &step else { return tokens.clone() };
            let steps = (tokens - &minimum).checked_div(step).unwrap_or(Exact::ZERO).floor();
            &minimum + &(&steps * step)
        };
        let short = self.below_the_minimum(model, &prefix, trip, &minimum);
        if short == Exact::ONE {
            return None;
        }
        let how = format!(
            "{} from {} on{}",
            prefix.mean.step().name.as_deref().unwrap_or("cacheable tokens"),
            display::count(&minimum),
            step.as_ref().map_or_else(String::new, |step| format!(", in steps of {}", display::count(step))),
        );
        let inputs = vec![Arc::clone(prefix.mean.step())];
        let named = |mean: Figure<Tokens>| mean.named("usable prefix");
        match &prefix.each {
            None if usable(prefix.mean.value()) == *prefix.mean.value() => Some(prefix),
            None => Some(Lane::same(named(Figure::computed(how, usable(prefix.mean.value()), inputs)))),
            Some(each) if each.iter().all(|tokens| usable(tokens) == *tokens) => Some(prefix),
            Some(each) => {
                let each: Vec<Exact> = each.iter().map(usable).collect();
                let lane = Lane::of_kinds(each, &trip.kinds, how, inputs);
                Some(Lane { mean: named(lane.mean), each: lane.each })
            }
        }
    }

    /// The share of the calls whose prefix is too short to be cached, told where there are any.
    fn below_the_minimum(&mut self, model: &ModelUse, prefix: &Lane, trip: &Trip, minimum: &Exact) -> Exact {
        let share = match &prefix.each {
            None => {
                if prefix.mean.value() < minimum || prefix.mean.is_zero() {
                    Exact::ONE
                } else {
                    Exact::ZERO
                }
            }
            Some(each) => {
                let short =
                    each.iter().zip(&trip.kinds.shares).filter(|(tokens, _)| *tokens < minimum || tokens.is_zero());
                short.map(|(_, share)| share).sum()
            }
        };
        if !share.is_zero() {
            self.ledger.find(Finding::BelowMinimumPrefix {
                model: model.model.listed.id.clone(),
                tokens: prefix.mean.value().clone(),
                minimum: minimum.clone(),
                share: share.clone(),
            });
        }
        share
    }
}

/// The lifetime that a model's caches have when nobody asks for another.
fn usual_lifetime(model: &ModelUse, usual: Option<&str>) -> Figure<Seconds> {
    let kind = crate::units::Kind::Duration;
    let seconds = usual.and_then(|name| kind.parse(name, &crate::units::Settings::default()).ok());
    let id = &model.model.listed.id;
    match seconds {
        Some(seconds) => Figure::default("cache lifetime", seconds, format!("the usual one of {id}")),
        None => {
            let why = format!("neither the scenario nor the price list says how long caches of {id} live");
            Figure::default("cache lifetime", Exact::from(USUAL_SECONDS), why)
        }
    }
}

impl Caching<'_> {
    /// How the input of the calls of a class is paid.
    pub fn split(&self, trip: &Trip, prompt: &Lane, class: &Class) -> Split {
        let usable = trip.mean(&self.usable, class);
        let input = trip.mean(prompt, class);
        match &self.hit {
            Hit::Stated(hit) => {
                Split { fresh: input.minus(&usable), read: usable.scaled(hit), written: usable.scaled(&hit.rest()) }
            }
            Hit::Held(share) => {
                let read = usable.scaled(share);
                Split { fresh: input.minus(&read), read, written: Figure::zero() }
            }
            Hit::Derived { first, .. } if trip.kinds.shares.is_empty() => {
                Split { fresh: input.minus(&usable), read: usable.scaled(first), written: usable.scaled(&first.rest()) }
            }
            Hit::Derived { first, turn } => {
                let read = trip.mean_of(class, |kind| self.read(trip, kind, first.value(), turn));
                let how = "mean over the calls of what an earlier call wrote and is still there";
                let inputs = vec![Arc::clone(usable.step()), Arc::clone(first.step())];
                let read = Figure::computed(how, read, inputs).named("read from the cache");
                Split { fresh: input.minus(&usable), written: usable.minus(&read), read }
            }
        }
    }

    /// Tokens of one kind of call that are read: what the call before it wrote, where that is still there; else what any
    /// other request left of the part that all of them share.
    fn read(&self, trip: &Trip, kind: usize, first: &Exact, turn: &Exact) -> Exact {
        let usable = self.usable.of(kind);
        let history = match &self.cache.tokens {
            None => trip.part(Part::History).of(kind).clone(),
            Some(_) => Exact::ZERO,
        };
        let shared = (usable - &history).max(Exact::ZERO);
        let by_others = first * &shared;
        let link = trip.kinds.links.get(kind).copied().unwrap_or(Link::First);
        let alive = match link {
            Link::First => return by_others,
            Link::Turn => turn.clone(),
            Link::Step => Exact::ONE,
        };
        let before = self.usable.of(kind.saturating_sub(1)).clone().min(usable.clone());
        &(&before * &alive) + &(&by_others * &(&Exact::ONE - &alive))
    }

    /// Whether its hit share is derived from traffic.
    pub fn is_derived(&self) -> bool {
        matches!(self.hit, Hit::Derived { .. })
    }

    /// What is paid where the cache writes.
    pub fn write(&self) -> Component {
        Component::CacheWrite(self.ttl.clone())
    }
}

impl Engine<'_> {
    /// Compression that depends on the request makes a prefix that nobody can read again.
    pub(super) fn prefix_conflicts(&mut self) {
        let strategy = self.strategy;
        let Some(compress) = strategy.compress.as_ref().filter(|_| strategy.defaults.prefix_cache.is_some()) else {
            return;
        };
        for (part, cut) in compress.cuts.iter().filter(|(part, _)| part.is_shared()) {
            if matches!(cut, Cut::Removed(_)) || compress.compressor.is_some() {
                self.ledger.find(Finding::CompressionBreaksPrefix { part: part.name() });
            }
        }
    }

    /// Bills explicit caches for being written and held: once for each model, whatever is read.
    pub(super) fn settle_caches(&mut self) {
        for held in self.ledger.take_held() {
            let (model, usable, prefixes) = (&held.model, &held.usable, &held.prefixes);
            let tokens = usable.times(prefixes).named(format!("tokens held for {}", model.model.listed.id));
            let volume = tokens.times(&held.explicit.hours);
            let before = self.ledger.total().clone();
            self.price_volume(model, &Component::CacheStorage, &volume, &held.prompt, Lever::PrefixCache);
            if held.explicit.creation_billed {
                let written = held.explicit.renewals.times(&tokens);
                self.price_volume(model, &held.write, &written, &held.prompt, Lever::PrefixCache);
            }
            let cost = self.ledger.total() - &before;
            self.ledger.cached(PrefixUse::held(&model.model, &held.write, cost));
        }
    }
}
