//! When a price is asked for: a day, an instant, or all hours of a week with the load that each has.

use std::fmt;

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};

use super::Date;
use super::window::Zone;
use crate::units::Exact;

/// A day, or an instant of it. Cards begin and end by the day in UTC; hours matter only to cards with a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The day in UTC.
    pub date: Date,
    /// Unix time; `None` where only the day is known, and no card with a window holds.
    pub second: Option<i64>,
}

impl Moment {
    /// A day of which no hour is known.
    pub fn day(date: Date) -> Self {
        Self { date, second: None }
    }

    /// An instant.
    pub fn at(instant: Timestamp) -> Self {
        Self { date: TimeZone::UTC.to_datetime(instant).date(), second: Some(instant.as_second()) }
    }

    /// `2026-11-23`, or an instant: `2026-11-23T14:00:00Z`, `2026-11-23T22:00+08:00`, `2026-11-23T14:00` (UTC).
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 10 {
            return text.parse().ok().map(Self::day);
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Self::at(instant));
        }
        let local: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(local).ok().map(Self::at)
    }
}

impl From<Date> for Moment {
    fn from(date: Date) -> Self {
        Self::day(date)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.second.and_then(|second| Timestamp::from_second(second).ok()) {
            Some(instant) => write!(f, "{instant}"),
            None => write!(f, "{}", self.date),
        }
    }
}

const HOURS_PER_WEEK: usize = 168;
const MINUTES_PER_WEEK: i64 = 10_080;

/// How requests spread over the hours of a week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Load {
    zone: Zone,
    /// Weight of each hour, Monday first; `None`: all hours alike.
    hours: Option<Vec<Exact>>,
}

impl Load {
    /// The same in every hour.
    pub fn flat() -> Self {
        Self { zone: Zone::utc(), hours: None }
    }

    /// Weights of the 168 hours of a week, from Monday 00:00 as `zone` tells it. `None` where nothing is left.
    pub fn of_week(hours: &[Exact], zone: Zone) -> Option<Self> {
        let some = hours.len() == 168 && hours.iter().any(|weight| !weight.is_zero());
        (some && !hours.iter().any(Exact::is_negative)).then(|| Self { zone, hours: Some(hours.to_vec()) })
    }

    /// Weights of the hours of a day, told by `zone`; a day of the weekend has `weekend` times the load of a weekday.
    /// `None` where nothing is left.
    pub fn of_profile(hours: &[Exact; 24], weekend: &Exact, zone: Zone) -> Option<Self> {
        let factor = |day: usize| if day < 5 { Exact::ONE } else { weekend.clone() };
        let hours: Vec<Exact> = (0..7).flat_map(|day| hours.iter().map(move |weight| weight * &factor(day))).collect();
        let some = hours.iter().any(|weight| !weight.is_zero()) && !hours.iter().any(Exact::is_negative);
        some.then_some(Self { zone, hours: Some(hours) })
    }

    /// Whether all hours are alike.
    pub fn is_flat(&self) -> bool {
        self.hours.is_none()
    }

    /// The share of the load for which `key` says the same, with an instant of each, in the order of the week that
    /// holds `date` (UTC). The shares add up to 1.
    pub fn shares<K: PartialEq>(&self, date: Date, key: impl Fn(i64) -> K) -> Vec<(K, i64, Exact)> {
        let back = i64::from(date.weekday().to_monday_zero_offset());
        let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or(0, Timestamp::as_second);
        let monday = midnight.saturating_sub(back.saturating_mul(86_400));
        // Minutes per hour of the load's own week, and key.
        let mut found: Vec<(K, i64, Vec<u64>)> = Vec::new();
        for minute in 0..MINUTES_PER_WEEK {
            let second = monday.saturating_add(minute.saturating_mul(60));
            let hour = if self.hours.is_some() { self.hour(second) } else { 0 };
            let key = key(second);
            let index = match found.iter().position(|(known, ..)| *known == key) {
                Some(index) => index,
                None => {
                    found.push((key, second, vec![0; HOURS_PER_WEEK]));
                    found.len().saturating_sub(1)
                }
            };
            if let Some(count) = found.get_mut(index).and_then(|(.., minutes)| minutes.get_mut(hour)) {
                *count = count.saturating_add(1);
            }
        }
        let weigh = |minutes: &[u64]| -> Exact {
            let weight =
                |hour: usize| self.hours.as_ref().map_or(Exact::ONE, |w| w.get(hour).cloned().unwrap_or(Exact::ZERO));
            minutes.iter().enumerate().filter(|(_, n)| **n > 0).map(|(hour, n)| &weight(hour) * &Exact::from(*n)).sum()
        };
        let weighed: Vec<(K, i64, Exact)> =
            found.into_iter().map(|(key, second, minutes)| (key, second, weigh(&minutes))).collect();
        let all: Exact = weighed.iter().map(|(.., weight)| weight).sum();
        weighed
            .into_iter()
            .filter_map(|(key, second, weight)| Some((key, second, weight.checked_div(&all)?)))
            .filter(|(.., share)| !share.is_zero())
            .collect()
    }

    /// The hour of the load's own week at `second`.
    fn hour(&self, second: i64) -> usize {
        let (weekday, minute) = self.zone.weekday_and_minute(second);
        usize::from(weekday).saturating_mul(24).saturating_add(usize::from(minute / 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::window::{Hours, Window};

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    #[test]
    fn days_and_instants_are_read_and_written() {
        for (text, shown, day) in [
            ("2026-11-23", "2026-11-23", "2026-11-23"),
            ("2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z", "2026-11-23"),
            ("2026-11-24T02:00+08:00", "2026-11-23T18:00:00Z", "2026-11-23"),
            ("2026-11-23T14:00", "2026-11-23T14:00:00Z", "2026-11-23"),
        ] {
            let moment = Moment::parse(text).unwrap();
            assert_eq!((moment.to_string(), moment.date.to_string()), (shown.to_owned(), day.to_owned()), "{text}");
        }
        for text in ["2026-13-01", "yesterday", "", "2026-11-23T25:00"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_week_is_shared_out_by_the_load() {
        // Seven hours of five days out of 168.
        let peak = Window {
            zone: Zone::utc(),
            days_zone: None,
            days: [true, true, true, true, true, false, false],
            hours: vec![Hours::parse("01:00-04:00").unwrap(), Hours::parse("06:00-10:00").unwrap()],
        };
        let shares = |load: &Load| -> Vec<(bool, Exact)> {
            let found = load.shares("2026-11-23".parse().unwrap(), |second| peak.holds(second));
            found.into_iter().map(|(key, _, share)| (key, share)).collect()
        };
        let expected = Exact::ratio(35, 168).unwrap();
        assert_eq!(shares(&Load::flat()), [(false, &Exact::ONE - &expected), (true, expected)]);
        // All load at 02:00 in Shanghai is 18:00 UTC.
        let mut hours = std::array::from_fn(|_| Exact::ZERO);
        hours[2] = Exact::ONE;
        let night = Load::of_profile(&hours, &Exact::ONE, Zone::named("Asia/Shanghai").unwrap()).unwrap();
        assert_eq!(shares(&night), [(false, Exact::ONE)]);
        // 09:00 in Shanghai is 01:00 UTC, within the peak; 12:00 is 04:00 UTC, after it.
        hours[2] = Exact::ZERO;
        hours[9] = exact("3");
        hours[12] = exact("1");
        let day = Load::of_profile(&hours, &exact("0.6"), Zone::named("Asia/Shanghai").unwrap()).unwrap();
        // Weekdays: 5 of 6.2 parts, three quarters of them at 01:00 UTC.
        let expected = Exact::ratio(15 * 10, 4 * 62).unwrap();
        assert_eq!(shares(&day), [(false, &Exact::ONE - &expected), (true, expected)]);
    }
}
