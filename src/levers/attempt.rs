//! One model answering calls: retries around it, prompt cache, tiers and batch beside it, a line per component.
//!
//! Retries: a call that fails with probability r is repeated, so an answer takes 1/(1-r) calls; with at most n
//! repetitions the extra is r + r^2 + ... + r^n (SPEC section 4.2).

use super::bill::{Finding, Lever, Mode, PrefixUse};
use super::ledger::Held;
use super::prefix_cache::Caching;
use super::price;
use super::trip::{Class, Lane, Trip};
use super::{Cause, Engine, Job};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Calls, Factor, Figure, Tokens, Volume};
use crate::plan::{Batch, Billed, ModelUse, Overrides, Retries, Server, Task};
use crate::pricing::{Component, Load, Test};
use crate::units::{Exact, display};

/// The levers that an attempt meets; a side call meets none.
pub(super) type Levers<'a> = Option<(&'a Overrides, &'a Task)>;

/// Calls of one mode and class, and what they pay.
struct Part<'a> {
    model: &'a ModelUse,
    calls: &'a Figure<Calls>,
    mode: &'a Mode,
    batch: Option<&'a Batch>,
    /// The whole prompt, which decides the tier.
    prompt: &'a Exact,
    /// Whether that is the mean of calls that may differ.
    is_mean: bool,
    cause: Cause,
}

impl Engine<'_> {
    pub(super) fn attempt(
        &mut self,
        server: &Server,
        calls: &Figure<Calls>,
        job: &Job<'_>,
        levers: &Overrides,
        cause: Cause,
    ) {
        let trip = self.trip(job, levers.output.as_ref(), server);
        if let Server::Model(model) = server {
            self.fits(model, &trip);
        }
        let with = Some((levers, job.task));
        self.bill(server, calls, &trip, with, cause);
        if let Some(retries) = levers.retries.as_ref().filter(|retries| !retries.rate.is_zero()) {
            let extra = calls.times(&extra_calls(retries));
            let cause = Cause { lever: Lever::Retries, ..cause.at_most(retries.billed) };
            self.bill(server, &extra, &trip, with, cause);
        }
    }

    /// Counts calls and bills them as far as the cause says: a model by its prices; of a deployment the load is noted, to be
    /// paid when all of it is known.
    pub(super) fn bill(
        &mut self,
        server: &Server,
        requests: &Figure<Calls>,
        trip: &Trip,
        levers: Levers<'_>,
        cause: Cause,
    ) {
        let steps = &trip.steps;
        let calls = if *steps.value() == Exact::ONE { requests.clone() } else { requests.times(steps) };
        self.ledger.count(server, &calls);
        if let (Server::Model(model), Some((levers, _))) = (server, levers)
            && let Some(batch) = &levers.batch
        {
            self.ledger.wait(&model.model, calls.scaled(&batch.share));
        }
        if cause.billed == Billed::None {
            return;
        }
        match server {
            Server::Model(model) => self.bill_model(model, requests, &calls, trip, levers, cause),
            Server::Deployment(used) => self.load(used, &calls, trip, levers, cause),
        }
    }

    /// The batch share at the batch price, the rest at the standard price or that of its mode. A price per request is paid
    /// by every call whose input is billed.
    pub(super) fn bill_model(
        &mut self,
        model: &ModelUse,
        requests: &Figure<Calls>,
        calls: &Figure<Calls>,
        trip: &Trip,
        levers: Levers<'_>,
        cause: Cause,
    ) {
        let prompt = trip.prompt();
        let uses = levers.map_or(&[][..], |(_, task)| task.uses.as_slice());
        let media = uses.iter().filter(|(component, _)| component.is_prompt());
        let media: Exact = media.map(|(_, amount)| amount.value()).sum();
        let decides = if media.is_zero() { prompt.clone() } else { prompt.plus(&Lane::same(Figure::constant(media))) };
        let cache = levers.and_then(|(levers, task)| Some((levers.prefix_cache.as_ref()?, task)));
        let caching = cache.and_then(|(cache, task)| self.caching(cache, model, requests, task, trip));
        if let Some(caching) = &caching {
            self.hold(model, caching, decides.mean.value());
        }
        let batch = levers.and_then(|(levers, _)| levers.batch.as_ref());
        let at_once = levers.and_then(|(levers, _)| levers.mode.as_ref());
        let at_once = at_once.map_or(Mode::Standard, |mode| Mode::Named(mode.name.clone()));
        let thresholds = thresholds(model);
        self.tiers(&decides, uses.iter().any(|(_, amount)| amount.is_uncertain()), &thresholds);
        let classes = trip.classes(&decides, &thresholds);
        let is_mean = prompt.each.is_none();
        let of_mode = |mode: Mode| match (batch, mode == Mode::Batch) {
            (None, true) => Figure::zero(),
            (None, false) => calls.clone(),
            (Some(batch), true) => calls.scaled(&batch.share),
            (Some(batch), false) => calls.scaled(&batch.share.rest()),
        };
        for mode in [at_once, Mode::Batch] {
            let calls = of_mode(mode.clone());
            for class in &classes {
                let calls = calls.scaled(&class.share);
                if calls.is_zero() {
                    continue;
                }
                let part = Part { model, calls: &calls, mode: &mode, batch, prompt: &class.prompt, is_mean, cause };
                match &caching {
                    Some(caching) => self.cached_input(&part, caching, trip, &prompt, class),
                    None => self.component(&part, &Component::Input, &trip.mean(&prompt, class)),
                }
                if cause.billed == Billed::All {
                    match &trip.output {
                        Some(output) => self.component(&part, &Component::Output, &trip.mean(output, class)),
                        None => self.needs_output(model),
                    }
                    self.component(&part, &Component::Reasoning, &trip.mean(&trip.reasoning, class));
                }
                if let Some(price) = price::unit_price(model, &Component::Request, &mode) {
                    self.ledger.units(cause.lever, &model.model, "request", mode.clone(), &calls, &price);
                }
            }
        }
        if cause.billed == Billed::All {
            uses.iter().for_each(|(component, amount)| self.used(model, requests, component, amount, &decides, cause));
        }
    }

    /// Takes note of the tiers that another draw of an uncertain prompt would reach or not reach.
    fn tiers(&mut self, prompt: &Lane, media_are_uncertain: bool, thresholds: &[(u64, Test)]) {
        if thresholds.is_empty() || !(prompt.mean.is_uncertain() || media_are_uncertain) {
            return;
        }
        if prompt.each.is_some() || media_are_uncertain {
            // Each kind of call is in its own tier, by a bare number.
            return self.ledger.decisions.hide();
        }
        for (above, _) in thresholds {
            self.ledger.decisions.compare(&prompt.mean, &Figure::constant(Exact::from(*above)));
        }
    }

    /// The input of calls that use the prompt cache: read, written and fresh tokens.
    fn cached_input(&mut self, part: &Part<'_>, caching: &Caching<'_>, trip: &Trip, prompt: &Lane, class: &Class) {
        let split = caching.split(trip, prompt, class);
        let write = caching.write();
        self.component(part, &Component::Input, &split.fresh);
        let before = self.ledger.total().clone();
        self.component(part, &Component::CacheRead, &split.read);
        self.component(part, &write, &split.written);
        let cost = self.ledger.total() - &before;
        let price = |component: &Component| {
            let load = self.load_by_hour();
            let price = price::token_price(part.model, component, part.mode, part.prompt, part.batch, &load);
            price.ok().map(|priced| priced.price.value().clone())
        };
        let Some(input) = price(&Component::Input) else { return };
        let (written, read) = (price(&write), price(&Component::CacheRead));
        let over_input = |price: Option<Exact>| price.and_then(|price| price.checked_div(&input));
        let tokens = |tokens: &Figure<Tokens>| part.calls.value() * tokens.value();
        let cached = &tokens(&split.read) + &tokens(&split.written);
        let used = PrefixUse {
            model: std::sync::Arc::clone(&part.model.model),
            ttl: caching.ttl.clone(),
            read: tokens(&split.read),
            written: tokens(&split.written),
            input: &cached + &tokens(&split.fresh),
            cost,
            without: &cached * &input,
            write_ratio: over_input(written),
            read_ratio: over_input(read),
            rate: self.rate(part.model, caching),
        };
        self.ledger.cached(used);
    }

    /// Requests per second and prefix.
    fn rate(&self, model: &ModelUse, caching: &Caching<'_>) -> Option<Exact> {
        let visits = self.visits.iter().find(|(known, _)| std::sync::Arc::ptr_eq(known, &model.model));
        let (_, calls) = visits.filter(|_| caching.is_derived())?;
        calls.value().checked_div(&(caching.cache.prefixes.value() * &Exact::from(86_400)))
    }

    fn hold(&mut self, model: &ModelUse, caching: &Caching<'_>, prompt: &Exact) {
        let Some(explicit) = &caching.cache.explicit else { return };
        self.ledger.hold(Held {
            model: model.clone(),
            usable: caching.usable.mean.clone(),
            prefixes: caching.cache.prefixes.clone(),
            explicit: explicit.clone(),
            write: caching.write(),
            prompt: prompt.clone(),
        });
    }

    fn component(&mut self, part: &Part<'_>, component: &Component, tokens: &Figure<Tokens>) {
        if tokens.is_zero() {
            return;
        }
        let volume = part.calls.times(tokens);
        self.volume(part, component, &volume);
    }

    /// Bills tokens (or token-hours) at the price of calls with such a prompt, in standard mode.
    pub(super) fn price_volume(
        &mut self,
        model: &ModelUse,
        component: &Component,
        volume: &Figure<Volume>,
        prompt: &Exact,
        lever: Lever,
    ) {
        let (calls, mode) = (Figure::zero(), Mode::Standard);
        let cause = Cause::of(lever);
        let part = Part { model, calls: &calls, mode: &mode, batch: None, prompt, is_mean: false, cause };
        self.volume(&part, component, volume);
    }

    fn volume(&mut self, part: &Part<'_>, component: &Component, volume: &Figure<Volume>) {
        let load = self.load_by_hour();
        match price::token_price(part.model, component, part.mode, part.prompt, part.batch, &load) {
            Err(problem) => self.ledger.problem(*problem),
            Ok(priced) => {
                for note in priced.notes {
                    self.ledger.note(note);
                }
                for (tier, mean) in priced.near.into_iter().filter(|_| part.is_mean) {
                    self.ledger.find(Finding::MeanTier { model: part.model.model.listed.id.clone(), tier, mean });
                }
                self.ledger.tokens(
                    part.cause.lever,
                    &part.model.model,
                    component.slug(),
                    part.mode.clone(),
                    priced.tier,
                    volume,
                    &priced.price,
                );
            }
        }
    }

    /// What a request uses beside text: media by the token, the rest by the piece.
    fn used(
        &mut self,
        model: &ModelUse,
        requests: &Figure<Calls>,
        component: &Component,
        amount: &Figure<crate::figure::Count>,
        decides: &Lane,
        cause: Cause,
    ) {
        if amount.is_zero() {
            return;
        }
        if component.is_token() {
            let tokens: Figure<Tokens> = Figure::<Tokens>::constant(Exact::ONE).times(amount);
            let volume = requests.times(&tokens);
            return self.price_volume(model, component, &volume, decides.mean.value(), cause.lever);
        }
        match price::unit_price(model, component, &Mode::Standard) {
            Some(price) => {
                let pieces = requests.times(amount);
                let lever = cause.lever;
                self.ledger.units(lever, &model.model, component.slug(), Mode::Standard, &pieces, &price);
            }
            None => self.ledger.problem(*price::not_priced(model, component)),
        }
    }

    /// How requests spread over the week, for prices by the hour.
    pub(super) fn load_by_hour(&self) -> Load {
        self.plan.workload.profile.as_ref().map_or_else(Load::flat, |profile| profile.load.clone())
    }

    /// A model that prices answers needs to know how long they are.
    fn needs_output(&mut self, model: &ModelUse) {
        let listed = &model.model.listed;
        if listed.card(None, model.model.as_of).is_some_and(|card| card.rate(&Component::Output).is_some()) {
            self.output_is_missing(&model.place, format!("{} prices output", listed.id));
        }
    }

    /// Nobody says how long answers are, which `why` needs to know.
    pub(super) fn output_is_missing(&mut self, place: &Place, why: String) {
        if let Some(task) = self.plan.workload.tasks.iter().find(|task| task.output.is_none()) {
            self.ledger.problem(
                Diagnostic::at(
                    Code::MissingKey,
                    &task.place,
                    "how long are the answers? `output` is missing",
                    "no `output` here",
                )
                .also(place, why)
                .help("state it, for instance `output: 200`; `output: 0` where nothing is written"),
            );
        }
    }

    /// Calls that pass the model's context or output limit.
    fn fits(&mut self, model: &ModelUse, trip: &Trip) {
        let listed = &model.model.listed;
        let answer = match &trip.output {
            Some(output) => output.plus(&trip.reasoning),
            None => trip.reasoning.clone(),
        };
        let all = trip.prompt().plus(&answer);
        for (lane, limit, what) in [(&all, listed.context, "context"), (&answer, listed.max_output, "output")] {
            let Some(limit) = limit else { continue };
            let most = Exact::from(limit);
            let (share, tokens) = match &lane.each {
                None => (Exact::ONE, lane.mean.value().clone()),
                Some(each) => {
                    let over = each.iter().zip(&trip.kinds.shares).filter(|(tokens, _)| **tokens > most);
                    (over.map(|(_, share)| share).sum(), each.iter().max().cloned().unwrap_or(Exact::ZERO))
                }
            };
            if tokens > most {
                let model = listed.id.clone();
                self.ledger.find(Finding::ExceedsContext { model, share, tokens, limit, what });
            }
        }
    }
}

/// The thresholds of all tiers of a model, ascending.
pub(super) fn thresholds(model: &ModelUse) -> Vec<(u64, Test)> {
    let cards = model.model.listed.cards.iter().filter(|card| card.covers(model.model.as_of));
    let tiers = cards.flat_map(|card| &card.rates).flat_map(|(_, rate)| &rate.tiers);
    let mut found: Vec<(u64, Test)> = tiers.map(|tier| (tier.above, tier.test)).collect();
    // Of equal thresholds the one that includes it is passed first.
    found.sort_by_key(|(above, test)| (*above, *test == Test::Gt));
    found.dedup();
    found
}

/// Calls made again per call.
fn extra_calls(retries: &Retries) -> Figure<Factor> {
    let rate = &retries.rate;
    match retries.max {
        Some(most) => Figure::total((1..=most).map(|power| rate.to_the(power).cast())),
        // A rate of 1 without `max` is refused when the scenario is checked.
        None => rate.over(&rate.rest()).map_or_else(Figure::zero, |extra| extra.cast()),
    }
    .named(format!("calls repeated at {} failures", display::plain_percent(rate.value())))
}
