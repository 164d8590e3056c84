//! The prices of a model, compiled: one look-up per request finds its price key, and tokens are added up per key.
//!
//! A key is a model in one mode, one stretch of days, one pattern of hours and one tier; its prices are rationals of
//! [`pricing`]. Adding tokens and multiplying once at the end is exact whatever the prices are, and costs no
//! multiplication per request. Every price is asked of [`crate::pricing::Model::quote`], so that no rule is stated twice.

use std::sync::Arc;

use super::read::time::SECOND;
use super::till::PriceRow;
use crate::plan::Model;
use crate::pricing::{self, Ask, Component, Date, Missing, Moment, Window};
use crate::units::Exact;

/// Counters with a price of their own: fresh input, cached, written, written for an hour, output, reasoning.
pub const PRICED: usize = 6;
const MINUTES_PER_WEEK: i64 = 10_080;

/// When the prices of requests are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// Each at its own time.
    Own,
    /// All on one day; the hour is that of the request.
    HoursOn(Date),
    /// All on one day, of which no hour is known.
    On(Date),
}

/// A batch discount that a scenario states for models without batch prices.
#[derive(Clone, PartialEq, Debug)]
pub struct Stated {
    /// What is left of the standard price.
    pub rest: Exact,
    /// Components it applies to; every token component when empty.
    pub applies_to: Vec<Component>,
}

/// What a tariff is for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The model.
    pub model: Arc<Model>,
    /// `batch`, ...; `None`: standard.
    pub mode: Option<String>,
    /// The discount that stands in for batch prices.
    pub stated: Option<Stated>,
    /// The lifetime that plain writes are for; empty: the default one.
    pub lifetime: String,
    /// The date whose prices requests pay that came before the model's first price; `None`: they have none.
    pub before_first: Option<Date>,
}

/// A price key.
#[derive(Clone, Debug)]
pub struct Key {
    /// The model.
    pub model: Arc<Model>,
    /// The mode; `None`: standard.
    pub mode: Option<String>,
    /// The tier of the whole prompt, such as `>200000`.
    pub tier: Option<String>,
    /// The first day of its prices, where they change within the times asked for.
    pub since: Option<Date>,
    /// The hours of its prices, where some have prices of their own.
    pub hours: Option<String>,
    /// The lifetime that plain writes are for; empty: the default one.
    pub lifetime: String,
    /// USD per token; what is missing where there is none.
    pub prices: [Result<Exact, Missing>; PRICED],
    /// USD per request.
    pub request: Exact,
    /// Whether it stands in for prices that came later.
    pub before_first: bool,
    /// What has to be said of its prices, by priced counter and last of the price per request.
    pub notes: Vec<(usize, String)>,
}

impl Key {
    /// Model, mode, tier, days and hours in words.
    pub fn name(&self) -> String {
        let listed = &self.model.listed;
        let since = self.since.map(|day| format!("since {day}"));
        let parts = [self.mode.clone(), self.tier.clone(), since, self.hours.clone()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.as_slice() {
            [] => listed.id.clone(),
            parts => format!("{} ({})", listed.id, parts.join(", ")),
        }
    }

    /// Whether it is the same price under another number.
    pub fn is_like(&self, other: &Self) -> bool {
        let (a, b) = (&self.model.listed, &other.model.listed);
        (&a.id, &a.provider) == (&b.id, &b.provider)
            && (&self.mode, &self.tier, self.since, &self.hours)
                == (&other.mode, &other.tier, other.since, &other.hours)
            && self.prices == other.prices
            && self.request == other.request
    }
}

/// The compiled prices of a subject.
#[derive(Debug)]
pub struct Tariff {
    stretches: Vec<Stretch>,
    clock: Clock,
}

#[derive(Debug)]
struct Stretch {
    /// Its first nanosecond.
    from: i64,
    /// Windows of its cards; none where every hour is alike.
    windows: Vec<Window>,
    /// By pattern of the windows that hold; the last one is of a day without hour.
    tables: Vec<(Vec<bool>, Table)>,
}

/// The prices of a stretch and pattern, by length of the prompt.
#[derive(Debug)]
enum Table {
    Bands(Vec<Band>),
    /// No price at all.
    Missing(Missing),
}

/// Prices of prompts from a length on.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    /// The least tokens of a prompt.
    pub from: u64,
    /// The number of its [`Key`].
    pub key: u32,
    /// A bit for each counter without a price.
    pub unpriced: u8,
}

impl Tariff {
    /// Compiles the prices of `subject`; its keys are added to `keys`.
    pub fn of(subject: &Subject, clock: Clock, keys: &mut Vec<Key>) -> Self {
        let listed = &subject.model.listed;
        let mut days: Vec<Option<Date>> = vec![None];
        if clock == Clock::Own {
            days.extend(listed.cards.iter().flat_map(|card| [card.from, card.until]).flatten().map(Some));
            days.sort();
            days.dedup();
        }
        let mut stretches = Vec::new();
        for (index, first) in days.iter().enumerate() {
            let next = days.get(index + 1).copied().flatten();
            let day = match clock {
                Clock::Own => first.or_else(|| next.and_then(|next| next.yesterday().ok())),
                Clock::HoursOn(day) | Clock::On(day) => Some(day),
            };
            let day = day.unwrap_or(Date::ZERO);
            let since = if days.len() > 2 { *first } else { None };
            stretches.push(stretch(subject, first.map_or(i64::MIN, midnight), day, since, keys));
        }
        Self { stretches, clock }
    }

    /// The prices of a prompt of `input` tokens at `time` (nanoseconds since 1970).
    ///
    /// # Errors
    /// Why there is no price.
    #[inline]
    pub fn find(&self, time: i64, input: u64) -> Result<Band, &Missing> {
        let table = match self.stretches.as_slice() {
            [Stretch { tables, windows, .. }] if windows.is_empty() => tables.last(),
            stretches => self.table(stretches, time),
        };
        match table.map(|(_, table)| table) {
            Some(Table::Bands(bands)) => {
                let mut found = bands.first();
                for band in bands.iter().skip(1).take_while(|band| input >= band.from) {
                    found = Some(band);
                }
                found.copied().ok_or(&NEVER)
            }
            Some(Table::Missing(missing)) => Err(missing),
            None => Err(&NEVER),
        }
    }

    /// Every band from `first` to `until`; `None` where prices depend on the hour.
    pub fn rows(&self, first: i64, until: Option<i64>) -> Option<Vec<PriceRow>> {
        let mut found = Vec::new();
        for (index, stretch) in self.stretches.iter().enumerate() {
            let next = self.stretches.get(index + 1).map(|next| next.from);
            let end = [next, until].into_iter().flatten().min();
            let from = stretch.from.max(first);
            if end.is_some_and(|end| end <= from) {
                continue;
            }
            if !stretch.windows.is_empty() && !matches!(self.clock, Clock::On(_)) {
                return None;
            }
            let Some((_, Table::Bands(bands))) = stretch.tables.last() else { continue };
            for (index, band) in bands.iter().enumerate() {
                let below = bands.get(index + 1).map_or(u64::MAX, |next| next.from);
                let from = (from != i64::MIN).then_some(from);
                found.push(PriceRow { from, until: end, at_least: band.from, below, key: band.key });
            }
        }
        Some(found)
    }

    /// The bands, where there are at most two and the time does not matter.
    pub fn flat(&self) -> Option<(Band, Band)> {
        let [Stretch { tables, windows, .. }] = self.stretches.as_slice() else { return None };
        match tables.last() {
            Some((_, Table::Bands(bands))) if windows.is_empty() => match bands.as_slice() {
                [only] => Some((*only, *only)),
                [low, high] => Some((*low, *high)),
                _ => None,
            },
            _ => None,
        }
    }

    fn table<'a>(&self, stretches: &'a [Stretch], time: i64) -> Option<&'a (Vec<bool>, Table)> {
        let stretch = stretches.iter().rev().find(|stretch| stretch.from <= time)?;
        if stretch.windows.is_empty() || matches!(self.clock, Clock::On(_)) {
            return stretch.tables.last();
        }
        let second = time.div_euclid(SECOND);
        let holds = |pattern: &[bool]| {
            stretch.windows.iter().zip(pattern).all(|(window, holds)| window.holds(second) == *holds)
        };
        stretch.tables.iter().find(|(pattern, _)| pattern.len() == stretch.windows.len() && holds(pattern))
    }
}

static NEVER: Missing = Missing::AtDate(None);

fn stretch(subject: &Subject, from: i64, day: Date, since: Option<Date>, keys: &mut Vec<Key>) -> Stretch {
    let listed = &subject.model.listed;
    let mut windows: Vec<Window> = Vec::new();
    for window in listed.cards.iter().filter(|card| card.covers(day)).flat_map(|card| &card.when.windows) {
        if !windows.contains(window) {
            windows.push(window.clone());
        }
    }
    let mut tables = Vec::new();
    for (pattern, second) in patterns(&windows) {
        let held: Vec<String> =
            windows.iter().zip(&pattern).filter(|(_, holds)| **holds).map(|(window, _)| window.to_string()).collect();
        let hours = if held.is_empty() { "other hours".to_owned() } else { held.join(" and ") };
        let at = Moment { date: day, second: Some(second) };
        tables.push((pattern, table(subject, at, since, Some(hours), keys)));
    }
    tables.push((Vec::new(), table(subject, Moment::day(day), since, None, keys)));
    Stretch { from, windows, tables }
}

/// Every pattern in which the windows hold together, each with a moment; over a year, for clocks that move.
fn patterns(windows: &[Window]) -> Vec<(Vec<bool>, i64)> {
    let mut found: Vec<(Vec<bool>, i64)> = Vec::new();
    if windows.is_empty() {
        return found;
    }
    const YEAR_2026: i64 = 1_767_225_600;
    for week in 0..53 {
        for minute in 0..MINUTES_PER_WEEK {
            let second = YEAR_2026 + (week * MINUTES_PER_WEEK + minute) * 60;
            let pattern: Vec<bool> = windows.iter().map(|window| window.holds(second)).collect();
            if !found.iter().any(|(known, _)| *known == pattern) {
                found.push((pattern, second));
            }
        }
        // One week shows them all unless a clock moves; a summer and a winter do even then.
        if week == 0 && !windows.iter().any(Window::follows_a_place) {
            break;
        }
    }
    found
}

fn table(subject: &Subject, at: Moment, since: Option<Date>, hours: Option<String>, keys: &mut Vec<Key>) -> Table {
    match bands(subject, at, since, hours.clone(), false, keys) {
        Ok(bands) => Table::Bands(bands),
        Err(missing) => match (subject.before_first, &missing) {
            (Some(day), Missing::AtDate(_)) => {
                let later = Moment { date: day, second: at.second };
                bands(subject, later, since, hours, true, keys).map_or_else(Table::Missing, Table::Bands)
            }
            _ => Table::Missing(missing),
        },
    }
}

fn bands(
    subject: &Subject,
    at: Moment,
    since: Option<Date>,
    hours: Option<String>,
    before_first: bool,
    keys: &mut Vec<Key>,
) -> Result<Vec<Band>, Missing> {
    let listed = &subject.model.listed;
    let rates = listed.cards.iter().filter(|card| card.covers(at.date)).flat_map(|card| &card.rates);
    let mut lengths: Vec<u64> = rates.flat_map(|(_, rate)| rate.tiers.iter().map(pricing::Tier::first)).collect();
    lengths.push(0);
    lengths.sort_unstable();
    lengths.dedup();
    let mut found: Vec<Band> = Vec::new();
    for from in lengths {
        let key = key(subject, at, from, since, hours.clone(), before_first)?;
        let same = found.last().and_then(|band| keys.get(band.key as usize));
        if same.is_some_and(|known| known.prices == key.prices && known.request == key.request) {
            continue;
        }
        let unpriced =
            key.prices.iter().enumerate().fold(0, |bits, (index, price)| bits | u8::from(price.is_err()) << index);
        found.push(Band { from, key: u32::try_from(keys.len()).unwrap_or(u32::MAX), unpriced });
        keys.push(key);
    }
    Ok(found)
}

/// The components of the priced counters, where plain writes are for `lifetime`.
pub fn components(lifetime: &str) -> [Component; PRICED] {
    [
        Component::Input,
        Component::CacheRead,
        Component::CacheWrite(lifetime.to_owned()),
        Component::CacheWrite("1h".to_owned()),
        Component::Output,
        Component::Reasoning,
    ]
}

fn key(
    subject: &Subject,
    at: Moment,
    from: u64,
    since: Option<Date>,
    hours: Option<String>,
    before_first: bool,
) -> Result<Key, Missing> {
    let model = &subject.model;
    let listed = &model.listed;
    let has_card = subject.mode.as_deref().is_some_and(|mode| listed.has_card(mode, at));
    let stated = subject.stated.as_ref().filter(|_| !has_card);
    let mode = if stated.is_some() { None } else { subject.mode.as_deref() };
    let input = Exact::from(from);
    let mut notes: Vec<(usize, String)> = Vec::new();
    let mut tier = None;
    let mut quoted = |at_counter: usize, component: &Component| -> Result<(Exact, bool), Missing> {
        let quote = listed.quote(&Ask { component, mode, input: &input, at })?;
        let mut price = quote.price();
        if let Some(stated) = stated
            && (stated.applies_to.is_empty() && quote.component.is_token()
                || pricing::within(&stated.applies_to, &quote.component))
        {
            price = &price * &stated.rest;
        }
        let mode = subject.mode.as_deref().unwrap_or("standard");
        price = &price * &model.negotiated.factor(&quote.component, mode);
        tier = tier.take().or_else(|| quote.listed.and_then(|listed| listed.tier).map(ToString::to_string));
        notes.extend(quote.notes.iter().map(|note| (at_counter, note.clone())));
        Ok((price, quote.unpaid.is_some()))
    };
    let mut prices: Vec<Result<Exact, Missing>> = Vec::new();
    for (index, component) in components(&subject.lifetime).iter().enumerate() {
        match quoted(index, component) {
            Ok((price, _)) => prices.push(Ok(price)),
            Err(missing @ (Missing::AtDate(_) | Missing::Mode(..))) => return Err(missing),
            Err(missing) => prices.push(Err(missing)),
        }
    }
    let request = match quoted(PRICED, &Component::Request) {
        Ok((_, true)) | Err(_) => Exact::ZERO,
        Ok((price, false)) => price,
    };
    notes.sort();
    notes.dedup();
    let prices = prices.try_into().unwrap_or_else(|_| std::array::from_fn(|_| Err(Missing::AtDate(None))));
    let (model, mode, lifetime) = (Arc::clone(model), subject.mode.clone(), subject.lifetime.clone());
    Ok(Key { model, mode, lifetime, tier, since, hours, prices, request, before_first, notes })
}

/// The first nanosecond of a day in UTC.
pub fn midnight(day: Date) -> i64 {
    let at = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    at.ok().and_then(|at| i64::try_from(at.as_nanosecond()).ok()).unwrap_or(i64::MIN)
}
