//! What a scenario says of the months to come.

use super::Whose;
use crate::diag::Place;
use crate::figure::{Calls, Figure, Share};
use crate::pricing::Date;
use crate::units::Exact;

/// The months ahead: how load and prices change from one to the next.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The first day of the first month.
    pub start: Date,
    /// How many months.
    pub months: u32,
    /// How requests grow from month to month.
    pub growth: Growth,
    /// The load of each month of the year over the trend, from January.
    pub seasonality: Option<Vec<Exact>>,
    /// How a launch begins.
    pub ramp: Option<Ramp>,
    /// What happens when.
    pub events: Vec<Event>,
    /// How prices are assumed to fall beyond what is announced.
    pub declines: Vec<Decline>,
    /// What all months together may cost, in USD.
    pub budget: Option<(Exact, Place)>,
    /// Whether months have the days of the calendar; each has the same number otherwise.
    pub calendar_days: bool,
    /// Where it is stated; `None` where nothing is.
    pub place: Option<Place>,
}

/// How requests grow.
#[derive(Clone, Debug)]
pub enum Growth {
    /// By this factor a month.
    Certain(Exact),
    /// By a share a month that is not known exactly.
    Uncertain(Figure<Share>),
}

/// A launch: a part of the load in the first month, all of it after so many months, evenly between.
#[derive(Clone, Debug)]
pub struct Ramp {
    /// The part in the first month.
    pub from: Exact,
    /// Months until all of it is there.
    pub months: u32,
}

/// Something that holds from a month on.
#[derive(Clone, Debug)]
pub struct Event {
    /// The first month, counted from the start.
    pub month: u32,
    /// The last month; for good where `None`.
    pub until: Option<u32>,
    /// Months over which a change of the load comes in evenly; at once where 0.
    pub over: u32,
    /// What happens.
    pub what: Happening,
    /// The same in words.
    pub words: String,
    /// Where it is stated.
    pub place: Place,
}

/// What an event changes.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Requests are multiplied.
    Load(Exact),
    /// Requests are these, and grow from there.
    Requests(Figure<Calls>),
    /// All prices of these models are multiplied.
    Price(Whose, Exact),
    /// Other values of the scenario, each as `path=value`.
    Set(Vec<String>),
}

/// An assumption of how prices fall.
#[derive(Clone, Debug)]
pub struct Decline {
    /// Whose; everybody's where `None`.
    pub whose: Option<Whose>,
    /// The factor of a month.
    pub per_month: Exact,
    /// The same as it is written.
    pub words: String,
    /// Where it is stated.
    pub place: Place,
}

impl Event {
    /// Whether it holds in a month.
    pub fn holds(&self, month: u32) -> bool {
        self.month <= month && self.until.is_none_or(|until| month <= until)
    }
}

impl Forecast {
    /// The first day of a month, counted from the start; `None` beyond the calendar.
    pub fn first_day(&self, month: u32) -> Option<Date> {
        self.start.checked_add(jiff::Span::new().try_months(i64::from(month)).ok()?).ok()
    }

    /// The requests of a month.
    pub fn requests(&self, stated: &Figure<Calls>, month: u32) -> Figure<Calls> {
        let base = self
            .events
            .iter()
            .filter(|event| event.holds(month))
            .filter_map(|event| match &event.what {
                Happening::Requests(requests) => Some((event.month, requests)),
                _ => None,
            })
            .max_by_key(|(month, _)| *month);
        let (since, requests) = base.unwrap_or((0, stated));
        let grown = month.saturating_sub(since);
        let mut factor = Exact::ONE;
        let mut requests = requests.clone();
        match &self.growth {
            Growth::Certain(growth) => factor = growth.pow(grown),
            Growth::Uncertain(growth) if grown > 0 => {
                requests = requests.scaled(&Figure::one().plus(growth).to_the(grown));
            }
            Growth::Uncertain(_) => {}
        }
        if let (Some(seasons), Some(date)) = (&self.seasonality, self.first_day(month)) {
            let season = usize::try_from(date.month()).ok().and_then(|number| seasons.get(number.saturating_sub(1)));
            factor = &factor * season.unwrap_or(&Exact::ONE);
        }
        if let Some(ramp) = self.ramp.as_ref().filter(|ramp| month < ramp.months) {
            let part = part(month, ramp.months);
            factor = &factor * &(&ramp.from + &(&(&Exact::ONE - &ramp.from) * &part));
        }
        for event in self.events.iter().filter(|event| event.holds(month) && event.month >= since) {
            if let Happening::Load(change) = &event.what {
                let part =
                    part(month.saturating_sub(event.month).saturating_add(1).min(event.over.max(1)), event.over.max(1));
                factor = &factor * &(&Exact::ONE + &(&(change - &Exact::ONE) * &part));
            }
        }
        let place = self.place.as_ref().filter(|_| factor != Exact::ONE);
        match place {
            Some(place) => requests.scaled(&Figure::stated("load of the month", factor, place)).named("requests"),
            None => requests,
        }
    }

    /// What prices are multiplied with in a month, beyond those that are listed.
    pub fn price_factors(&self, month: u32) -> Vec<(Option<Whose>, Exact, Place)> {
        let declines = self.declines.iter().map(|one| (one.whose.clone(), one.per_month.pow(month), one.place.clone()));
        let events = self.events.iter().filter(|event| event.holds(month)).filter_map(|event| match &event.what {
            Happening::Price(whose, factor) => Some((Some(whose.clone()), factor.clone(), event.place.clone())),
            _ => None,
        });
        declines.chain(events).filter(|(_, factor, _)| *factor != Exact::ONE).collect()
    }
}

fn part(months: u32, of: u32) -> Exact {
    Exact::from(u64::from(months)).checked_div(&Exact::from(u64::from(of))).unwrap_or(Exact::ONE)
}
