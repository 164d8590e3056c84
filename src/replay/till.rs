//! Whom calls are paid to, and the price keys of their calls: compiled once for all threads, remembered by each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::read::desk::Lexicons;
use super::tariff::{Band, Clock, Key, Stated, Subject, Tariff, midnight};
use crate::check::Names;
use crate::diag::{Code, Diagnostic};
use crate::plan::{Model, Tokenizer};
use crate::pricing::{Date, Lookup, Missing};

/// Whom calls are paid to.
#[derive(Clone, Debug)]
pub struct Payee {
    /// The model; `None`: the one that the log names.
    pub model: Option<Arc<Model>>,
    /// The discount that stands in for batch prices.
    pub stated: Option<Stated>,
    /// The lifetime that plain writes are for; empty: the default one.
    pub lifetime: String,
}

/// Why a call has no price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// No list knows the name.
    Unknown,
    /// Several models bear it: their qualified names.
    Ambiguous(Vec<String>),
    /// It meant these models at other times.
    OtherTime(Vec<String>),
    /// The model has no price for it.
    Missing(Missing),
    /// The model has no price for the counter at this position.
    Unpriced(usize, Missing),
}

/// The prices of a run.
#[derive(Debug)]
pub struct Prices<'a> {
    names: &'a Names,
    lexicons: &'a Lexicons,
    clock: Clock,
    payees: Vec<Payee>,
    tokenizer: Tokenizer,
    shared: Mutex<Shared>,
}

#[derive(Default, Debug)]
struct Shared {
    keys: Vec<Key>,
    compiled: HashMap<(usize, u32, u32), Arc<Compiled>>,
}

/// What a name means and costs, by the time from which on it does.
#[derive(Debug)]
struct Compiled(Vec<(i64, Result<Tariff, Trouble>)>);

impl<'a> Prices<'a> {
    /// Prices of calls paid to `payees`.
    pub fn new(
        names: &'a Names,
        lexicons: &'a Lexicons,
        clock: Clock,
        payees: Vec<Payee>,
        tokenizer: Tokenizer,
    ) -> Self {
        Self { names, lexicons, clock, payees, tokenizer, shared: Mutex::default() }
    }

    /// The factor of the tokenizer of a model that the log names: 0 for none of its own, else 1 and its position.
    fn factor(&self, model: u32) -> usize {
        let listed = self.lexicons.models.name(model).and_then(|name| self.names.find(&name, self.names.as_of()).ok());
        let own = listed.and_then(|model| self.tokenizer.of(&model.listed.provider, &model.listed.id));
        let at = own.and_then(|own| self.tokenizer.factors.iter().position(|factor| factor == own));
        at.map_or(0, |at| at + 1)
    }

    /// Every key so far.
    pub fn keys(&self) -> Vec<Key> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// Whom calls are paid to.
    pub fn payees(&self) -> &[Payee] {
        &self.payees
    }

    /// Every price of a payee, model and mode, by time and length of the prompt.
    ///
    /// # Errors
    /// A name that means nothing, no price at all, prices that depend on the hour.
    pub fn rows(&self, payee: usize, model: u32, mode: u32) -> Result<Vec<PriceRow>, Box<Diagnostic>> {
        let compiled = self.compiled(payee, model, mode);
        let name = self.lexicons.models.name(model).or_else(|| {
            let payee = self.payees.get(payee)?;
            payee.model.as_ref().map(|model| model.listed.id.clone())
        });
        let name = name.unwrap_or_default();
        let mut found: Vec<PriceRow> = Vec::new();
        for (index, (from, tariff)) in compiled.0.iter().enumerate() {
            let until = compiled.0.get(index + 1).map(|(next, _)| *next);
            // A stretch in which the name means nothing has no prices: its requests are counted as such.
            let Ok(tariff) = tariff else { continue };
            let rows = tariff.rows(*from, until).ok_or_else(|| {
                let message = format!("the prices of {name} depend on the hour, which a query does not follow");
                Box::new(Diagnostic::without_place(Code::NotSupported, message))
            })?;
            found.extend(rows);
        }
        if found.is_empty() {
            let message = format!("{name} has no price in any list");
            return Err(Box::new(Diagnostic::without_place(Code::NoPriceAtDate, message)));
        }
        Ok(found)
    }

    fn compiled(&self, payee: usize, model: u32, mode: u32) -> Arc<Compiled> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shared.compiled.get(&(payee, model, mode)) {
            return Arc::clone(known);
        }
        let made = Arc::new(self.compile(payee, model, mode, &mut shared.keys));
        shared.compiled.insert((payee, model, mode), Arc::clone(&made));
        made
    }

    fn compile(&self, payee: usize, model: u32, mode: u32, keys: &mut Vec<Key>) -> Compiled {
        let Some(payee) = self.payees.get(payee) else { return Compiled(Vec::new()) };
        let mode = self.lexicons.modes.name(mode);
        let subject = |model: Arc<Model>, before_first| {
            let (stated, lifetime) = (payee.stated.clone(), payee.lifetime.clone());
            Subject { model, mode: mode.clone(), stated, lifetime, before_first }
        };
        if let Some(model) = &payee.model {
            // A model that did not exist when the request came: what it would cost at the date of the scenario.
            let subject = subject(Arc::clone(model), Some(model.as_of));
            return Compiled(vec![(i64::MIN, Ok(Tariff::of(&subject, self.clock, keys)))]);
        }
        let Some(name) = self.lexicons.models.name(model) else {
            return Compiled(vec![(i64::MIN, Err(Trouble::Unknown))]);
        };
        let mut segments = Vec::new();
        for (from, day) in self.segments(&name) {
            let tariff = match self.names.find(&name, day) {
                Ok(model) => Ok(Tariff::of(&subject(model, None), self.clock, keys)),
                Err(Lookup::Ambiguous(names)) => Err(Trouble::Ambiguous(names)),
                Err(Lookup::OtherTime(models)) => {
                    Err(Trouble::OtherTime(models.iter().map(|model| model.qualified()).collect()))
                }
                Err(Lookup::Unknown | Lookup::Found(_)) => Err(Trouble::Unknown),
            };
            segments.push((from, tariff));
        }
        Compiled(segments)
    }

    /// The stretches of time in which a name means one thing: first nanosecond, and a day in each.
    fn segments(&self, name: &str) -> Vec<(i64, Date)> {
        match self.clock {
            Clock::On(day) | Clock::HoursOn(day) => vec![(i64::MIN, day)],
            Clock::Own => {
                let turns = self.names.turns(name);
                let before = turns.first().and_then(|first| first.yesterday().ok()).unwrap_or(self.names.as_of());
                let first = std::iter::once((i64::MIN, before));
                first.chain(turns.into_iter().map(|day| (midnight(day), day))).collect()
            }
        }
    }
}

/// A price with the requests that pay it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PriceRow {
    /// The first nanosecond.
    pub from: Option<i64>,
    /// The first one behind; `None`: for ever.
    pub until: Option<i64>,
    /// The least tokens of a prompt.
    pub at_least: u64,
    /// The least tokens of a prompt that is too long.
    pub below: u64,
    /// The number of its [`Key`].
    pub key: u32,
}

/// What one thread remembers of the prices.
#[derive(Debug)]
pub struct Till<'a> {
    prices: &'a Prices<'a>,
    /// By payee, then model, each with the modes that there are room for.
    known: Vec<Vec<Slot>>,
    /// By model, the factor of its tokenizer; -1 where nobody asked.
    factors: Vec<i32>,
}

/// Modes of a model that are found by position; further ones are asked for each time.
const MODES: usize = 4;

/// What is known of a model and mode.
#[derive(Clone, Debug)]
enum Slot {
    Unasked,
    /// The same at all times, with at most two bands of lengths.
    Flat(Band, Band),
    Other(Arc<Compiled>),
}

impl<'a> Till<'a> {
    /// Remembers nothing yet.
    pub fn new(prices: &'a Prices<'a>) -> Self {
        Self { prices, known: vec![Vec::new(); prices.payees.len()], factors: Vec::new() }
    }

    /// The price key of a call of `input` tokens at `time`, paid to `payee`; `model` is what the log names, or nothing
    /// where the payee is a model itself.
    ///
    /// # Errors
    /// Why there is none.
    #[inline(always)]
    pub fn find(&mut self, payee: usize, model: u32, mode: u32, time: i64, input: u64) -> Result<Band, Box<Trouble>> {
        match self.flat(payee, model, mode, input) {
            Some(band) => Ok(band),
            None => self.find_slowly(payee, model, mode, time, input),
        }
    }

    /// The band of prices that are the same at all times.
    #[inline(always)]
    fn flat(&self, payee: usize, model: u32, mode: u32, input: u64) -> Option<Band> {
        match self.known.get(payee)?.get(position(model, mode)?)? {
            Slot::Flat(low, high) => Some(if input >= high.from { *high } else { *low }),
            Slot::Unasked | Slot::Other(_) => None,
        }
    }

    #[inline(never)]
    fn find_slowly(
        &mut self,
        payee: usize,
        model: u32,
        mode: u32,
        time: i64,
        input: u64,
    ) -> Result<Band, Box<Trouble>> {
        let slots = self.known.get(payee).map_or(&[][..], Vec::as_slice);
        match position(model, mode).and_then(|at| slots.get(at)) {
            Some(Slot::Other(compiled)) => compiled.find(time, input),
            _ => self.learn(payee, model, mode).find(time, input),
        }
    }

    /// The factor of the tokenizer of a model that the log names: 0 for none of its own, else 1 and its position.
    #[inline]
    pub fn factor(&mut self, model: u32) -> usize {
        let at = model.wrapping_add(1) as usize;
        match self.factors.get(at) {
            Some(known) if *known >= 0 => *known as usize,
            _ => self.learn_factor(at, model),
        }
    }

    #[cold]
    fn learn_factor(&mut self, at: usize, model: u32) -> usize {
        let factor = self.prices.factor(model);
        if self.factors.len() <= at {
            self.factors.resize(at + 1, -1);
        }
        if let Some(slot) = self.factors.get_mut(at) {
            *slot = i32::try_from(factor).unwrap_or(-1);
        }
        factor
    }

    /// Why the counter at `index` has no price in a key.
    pub fn unpriced(&self, key: u32, index: usize) -> Trouble {
        let missing = self.prices.keys().get(key as usize).and_then(|key| key.prices.get(index)?.clone().err());
        Trouble::Unpriced(index, missing.unwrap_or(Missing::AtDate(None)))
    }

    #[cold]
    fn learn(&mut self, payee: usize, model: u32, mode: u32) -> Arc<Compiled> {
        let compiled = self.prices.compiled(payee, model, mode);
        if let (Some(at), Some(slots)) = (position(model, mode), self.known.get_mut(payee)) {
            if slots.len() <= at {
                slots.resize(at + 1, Slot::Unasked);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = match compiled.flat() {
                    Some((low, high)) => Slot::Flat(low, high),
                    None => Slot::Other(Arc::clone(&compiled)),
                };
            }
        }
        compiled
    }
}

/// The position of a model and mode, nothing first; `None` for a mode there is no room for.
#[inline]
fn position(model: u32, mode: u32) -> Option<usize> {
    let mode = mode.wrapping_add(1) as usize;
    (mode < MODES).then_some(model.wrapping_add(1) as usize * MODES + mode)
}

impl Compiled {
    fn flat(&self) -> Option<(Band, Band)> {
        match self.0.as_slice() {
            [(_, Ok(tariff))] => tariff.flat(),
            _ => None,
        }
    }

    #[inline]
    fn find(&self, time: i64, input: u64) -> Result<Band, Box<Trouble>> {
        let found = match self.0.as_slice() {
            [(_, only)] => Some(only),
            segments => segments.iter().rev().find(|(from, _)| *from <= time).map(|(_, found)| found),
        };
        match found {
            Some(Ok(tariff)) => tariff.find(time, input).map_err(|missing| Box::new(Trouble::Missing(missing.clone()))),
            Some(Err(trouble)) => Err(Box::new(trouble.clone())),
            None => Err(Box::new(Trouble::Unknown)),
        }
    }
}
