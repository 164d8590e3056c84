//! Prices as integers, for many requests: a model and mode compiled once, then one multiplication per counter.
//!
//! A price is a whole number of 10^-15 USD per token or per request; 64 bits of it times 64 bits of tokens fit in 128.
//! A model with a price off that grid is computed with rationals instead; a property test proves both equal to the bill
//! that [`Model::charges`] writes. Compiling asks [`Model::quote`] for every price, so that no rule is stated twice: a
//! quote changes only where a card begins or ends, a window opens or closes, or a prompt passes a threshold, and each
//! stretch between has a table of its own.

use std::sync::Arc;

use super::window::Window;
use super::{Ask, Component, Date, Missing, Model, Moment, Problem, Usage};
use crate::units::Exact;

/// Units of a dollar: 10^-15.
const UNITS_PER_DOLLAR: u64 = 1_000_000_000_000_000;
/// More tokens than any request has; sums below it cannot overflow.
const MOST_TOKENS: u64 = 1_000_000_000_000_000_000;
const MINUTES_PER_WEEK: usize = 10_080;
/// Monday 1970-01-05, in minutes since 1970-01-01.
const FIRST_MONDAY: i64 = 4 * 1440;
const COUNTERS: usize = 6;

/// The token counters of a request.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Tokens {
    /// The whole prompt, cached and written tokens included.
    pub input: u64,
    /// Read from the cache.
    pub cached: u64,
    /// Written to the cache for the default lifetime.
    pub written: u64,
    /// Written for an hour.
    pub written_1h: u64,
    /// The visible answer.
    pub output: u64,
    /// Hidden reasoning beside it.
    pub reasoning: u64,
}

/// What a request costs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cost {
    /// In 10^-15 USD.
    Units(u128),
    /// In USD; only for a price that is no whole number of units.
    Exact(Exact),
}

impl Cost {
    /// In USD.
    pub fn usd(self) -> Exact {
        match self {
            Self::Exact(usd) => usd,
            Self::Units(units) => usd_of(units),
        }
    }
}

/// An amount in 10^-15 USD, such as a sum of many [`Cost::Units`], in USD.
pub fn usd_of(units: u128) -> Exact {
    Exact::whole(units).checked_div(&Exact::from(UNITS_PER_DOLLAR)).unwrap_or(Exact::ZERO)
}

/// Why a request has no cost; [`Model::charges`] says it in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoCost {
    /// More tokens cached and written than the prompt has, or more than any request has.
    Impossible,
    /// A counter that is used has no price.
    Unpriced,
    /// No card is in force.
    AtDate,
}

/// A model's prices in one mode.
#[derive(Debug)]
pub struct Compiled {
    model: Arc<Model>,
    mode: Option<String>,
    /// By first day, ascending; the first one begins before all days.
    stretches: Vec<Stretch>,
}

/// Days between which no card begins or ends.
#[derive(Debug)]
struct Stretch {
    first_day: Option<Date>,
    /// Unix time of its midnight.
    first_second: i64,
    hours: Hours,
    /// By the hour, and last the one of a day without hour. A mode that has no price on a day has no table there.
    tables: Vec<Option<Table>>,
}

/// Which table an hour has.
#[derive(Debug)]
enum Hours {
    Alike,
    /// By minute of the week in UTC.
    Weekly(Vec<u16>),
    /// By a clock that moves against UTC: asked anew for each request.
    Moving,
}

/// The prices of a stretch, by length of the prompt.
#[derive(Debug)]
struct Table {
    bands: Vec<Band>,
    /// The same prices as rationals, where the grid does not hold them.
    off_grid: Option<Vec<[Option<Exact>; COUNTERS]>>,
    request: Exact,
}

/// Prices of prompts from a length on.
#[derive(Debug)]
struct Band {
    from: u64,
    units: [u64; COUNTERS],
    unpriced: [bool; COUNTERS],
    request: u128,
}

impl Compiled {
    /// The prices of `model` in `mode` (`None`: standard) as tables.
    pub fn of(model: &Arc<Model>, mode: Option<&str>) -> Self {
        let mut days: Vec<Option<Date>> = vec![None];
        days.extend(model.cards.iter().flat_map(|card| [card.from, card.until]).flatten().map(Some));
        days.sort();
        days.dedup();
        let end = |index: usize| days.get(index.saturating_add(1)).copied().flatten();
        let stretches = days.iter().enumerate().map(|(index, day)| {
            // Any day of the stretch has its prices: its first one, or the day before the next stretch.
            let day_in = day.or_else(|| end(index).and_then(|next| next.yesterday().ok())).unwrap_or(Date::ZERO);
            model.stretch(mode, *day, day_in)
        });
        Self { model: Arc::clone(model), mode: mode.map(str::to_owned), stretches: stretches.collect() }
    }
}

impl Model {
    fn stretch(&self, mode: Option<&str>, first_day: Option<Date>, day: Date) -> Stretch {
        let in_force = self.cards.iter().filter(|card| card.covers(day));
        let windows: Vec<&Window> = in_force.flat_map(|card| &card.when.windows).collect();
        let first_second = first_day.map_or(i64::MIN, midnight);
        let without_hour = self.table(mode, Moment::day(day));
        if windows.is_empty() {
            return Stretch { first_day, first_second, hours: Hours::Alike, tables: vec![without_hour] };
        }
        if windows.iter().any(|window| window.follows_a_place()) {
            return Stretch { first_day, first_second, hours: Hours::Moving, tables: vec![without_hour] };
        }
        let mut patterns: Vec<Vec<bool>> = Vec::new();
        let mut tables = Vec::new();
        let mut weekly = Vec::with_capacity(MINUTES_PER_WEEK);
        for minute in 0..MINUTES_PER_WEEK {
            let second = i64::try_from(minute).unwrap_or(0).saturating_add(FIRST_MONDAY).saturating_mul(60);
            let pattern: Vec<bool> = windows.iter().map(|window| window.holds(second)).collect();
            let index = patterns.iter().position(|known| *known == pattern).unwrap_or_else(|| {
                tables.push(self.table(mode, Moment { date: day, second: Some(second) }));
                patterns.push(pattern);
                patterns.len().saturating_sub(1)
            });
            weekly.push(u16::try_from(index).unwrap_or(u16::MAX));
        }
        tables.push(without_hour);
        Stretch { first_day, first_second, hours: Hours::Weekly(weekly), tables }
    }

    fn table(&self, mode: Option<&str>, at: Moment) -> Option<Table> {
        let rates = self.cards.iter().filter(|card| card.covers(at.date)).flat_map(|card| &card.rates);
        let mut lengths: Vec<u64> = rates.flat_map(|(_, rate)| rate.tiers.iter().map(super::Tier::first)).collect();
        lengths.push(0);
        lengths.sort_unstable();
        lengths.dedup();
        let counters: [Component; COUNTERS] = [
            Component::Input,
            Component::CacheRead,
            Component::CacheWrite(String::new()),
            Component::CacheWrite("1h".to_owned()),
            Component::Output,
            Component::Reasoning,
        ];
        let quoted = |component: &Component, input: u64| {
            let quote = self.quote(&Ask { component, mode, input: &Exact::from(input), at });
            quote.map(|quote| (quote.price(), quote.unpaid.is_some()))
        };
        let request = match quoted(&Component::Request, 0) {
            Ok((_, true)) | Err(Missing::Component(_)) => Exact::ZERO,
            Ok((price, false)) => price,
            Err(_) => return None,
        };
        let exact: Vec<(u64, [Option<Exact>; COUNTERS])> = lengths
            .into_iter()
            .map(|from| (from, std::array::from_fn(|i| quoted(counters.get(i)?, from).ok().map(|(price, _)| price))))
            .collect();
        let request_units = units(&request);
        let on_grid = request_units.is_some()
            && exact.iter().flat_map(|(_, prices)| prices).flatten().all(|p| units(p).is_some());
        let band = |(from, prices): &(u64, [Option<Exact>; COUNTERS])| Band {
            from: *from,
            units: std::array::from_fn(|i| prices.get(i).and_then(Option::as_ref).and_then(units).unwrap_or(0)),
            unpriced: std::array::from_fn(|i| prices.get(i).is_none_or(Option::is_none)),
            request: u128::from(request_units.unwrap_or(0)),
        };
        let bands = exact.iter().map(band).collect();
        let off_grid = (!on_grid).then(|| exact.into_iter().map(|(_, prices)| prices).collect());
        Some(Table { bands, off_grid, request })
    }
}

fn midnight(day: Date) -> i64 {
    jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MIN, jiff::Timestamp::as_second)
}

/// A price in units, where it is a whole number of them.
fn units(price: &Exact) -> Option<u64> {
    let units = price * &Exact::from(UNITS_PER_DOLLAR);
    if units.is_whole() { units.to_u64() } else { None }
}

impl Compiled {
    /// What one request costs at `second` (Unix time), in 10^-15 USD; `None` where only [`Compiled::cost`] can tell: for
    /// a price off the grid, and where there is no cost. The way through for many requests.
    pub fn units(&self, tokens: &Tokens, second: i64) -> Option<u128> {
        self.table_at(second).ok()??.units(tokens).ok()?
    }

    /// What one request costs at `second` (Unix time).
    ///
    /// # Errors
    /// Why it has no cost.
    pub fn cost(&self, tokens: &Tokens, second: i64) -> Result<Cost, NoCost> {
        match self.table_at(second)? {
            Some(table) => table.cost(tokens),
            None => self.by_charges(tokens, second),
        }
    }

    /// The table of an instant; `None` where a clock moves against UTC, so that there is none.
    fn table_at(&self, second: i64) -> Result<Option<&Table>, NoCost> {
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.first_second <= second);
        let stretch = stretch.ok_or(NoCost::AtDate)?;
        let index = match &stretch.hours {
            Hours::Alike => 0,
            Hours::Weekly(weekly) => {
                let minute = second.div_euclid(60).wrapping_sub(FIRST_MONDAY).rem_euclid(MINUTES_PER_WEEK as i64);
                usize::from(usize::try_from(minute).ok().and_then(|minute| weekly.get(minute)).copied().unwrap_or(0))
            }
            Hours::Moving => return Ok(None),
        };
        stretch.tables.get(index).and_then(Option::as_ref).map(Some).ok_or(NoCost::AtDate)
    }

    /// What one request costs on a day of which no hour is known.
    ///
    /// # Errors
    /// Why it has no cost.
    pub fn cost_on(&self, tokens: &Tokens, day: Date) -> Result<Cost, NoCost> {
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.first_day.is_none_or(|first| first <= day));
        stretch.and_then(|stretch| stretch.tables.last()?.as_ref()).ok_or(NoCost::AtDate)?.cost(tokens)
    }
}

impl Compiled {
    fn by_charges(&self, tokens: &Tokens, second: i64) -> Result<Cost, NoCost> {
        let at = jiff::Timestamp::from_second(second).map_err(|_| NoCost::AtDate)?;
        let charges = self.model.charges(&tokens.usage(), self.mode.as_deref(), Moment::at(at));
        match charges {
            Ok(charges) => Ok(Cost::Exact(charges.iter().map(|charge| &charge.usd).sum())),
            Err(Problem::Impossible(_)) => Err(NoCost::Impossible),
            Err(Problem::Unpriced(_, Missing::AtDate(_) | Missing::Mode(..))) => Err(NoCost::AtDate),
            Err(Problem::Unpriced(..)) => Err(NoCost::Unpriced),
        }
    }
}

impl Tokens {
    /// The counters that have a price each; `None` where they are impossible.
    fn counters(&self) -> Option<[u64; COUNTERS]> {
        let parts = self.cached.checked_add(self.written)?.checked_add(self.written_1h)?;
        let largest = self.input.max(self.output).max(self.reasoning);
        let fresh = self.input.checked_sub(parts).filter(|_| largest <= MOST_TOKENS)?;
        Some([fresh, self.cached, self.written, self.written_1h, self.output, self.reasoning])
    }

    /// The same counters for [`Model::charges`].
    pub fn usage(&self) -> Usage {
        let written = [(String::new(), self.written), ("1h".to_owned(), self.written_1h)];
        Usage {
            input: self.input,
            cached: self.cached,
            written: written.into_iter().filter(|(_, tokens)| *tokens > 0).collect(),
            output: self.output,
            reasoning: self.reasoning,
            also: Vec::new(),
        }
    }
}

impl Table {
    fn cost(&self, tokens: &Tokens) -> Result<Cost, NoCost> {
        match self.units(tokens)? {
            Some(units) => Ok(Cost::Units(units)),
            None => self.exactly(tokens),
        }
    }

    /// `None` where a price is off the grid.
    fn units(&self, tokens: &Tokens) -> Result<Option<u128>, NoCost> {
        let counters = tokens.counters().ok_or(NoCost::Impossible)?;
        let band = self.bands.iter().rev().find(|band| tokens.input >= band.from).ok_or(NoCost::AtDate)?;
        if self.off_grid.is_some() {
            return Ok(None);
        }
        if band.unpriced != [false; COUNTERS] {
            let missing = |(count, unpriced): (&u64, &bool)| *unpriced && *count != 0;
            if counters.iter().zip(&band.unpriced).any(missing) {
                return Err(NoCost::Unpriced);
            }
        }
        // At most 10^18 tokens of 2^64 units six times over: below 2^128.
        let amount = |(count, price): (&u64, &u64)| u128::from(*count).wrapping_mul(u128::from(*price));
        let parts = counters.iter().zip(&band.units).map(amount);
        Ok(Some(parts.fold(band.request, u128::wrapping_add)))
    }

    fn exactly(&self, tokens: &Tokens) -> Result<Cost, NoCost> {
        let counters = tokens.counters().ok_or(NoCost::Impossible)?;
        let reached = self.bands.iter().rposition(|band| tokens.input >= band.from).ok_or(NoCost::AtDate)?;
        let prices = self.off_grid.as_ref().and_then(|bands| bands.get(reached)).ok_or(NoCost::AtDate)?;
        let mut sum = self.request.clone();
        for (count, price) in counters.iter().zip(prices).filter(|(count, _)| **count != 0) {
            sum = &sum + &(&Exact::from(*count) * price.as_ref().ok_or(NoCost::Unpriced)?);
        }
        Ok(Cost::Exact(sum))
    }
}
