//! Hours of the week in which a card is in force.
//!
//! Hours are half-open and may cross midnight; they are split there before the weekdays are asked, so that `22:00-06:00`
//! on Mondays is Monday before six and Monday from ten. Hours and weekdays may be told by different clocks (one source
//! states hours in UTC and weekdays of Shanghai).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

const MINUTES_PER_DAY: u16 = 1440;
const SECONDS_PER_MINUTE: i64 = 60;
const SECONDS_PER_DAY: i64 = 86_400;
/// 1970-01-01 was a Thursday; days are counted from Monday.
const WEEKDAY_OF_THE_EPOCH: i64 = 3;
/// 2020-01-01 in Unix time.
const YEAR_2020: i64 = 1_577_836_800;

/// The weekdays as they are written, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A clock on the wall.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    /// The same distance from UTC all year, in seconds.
    Fixed(i64),
    /// By the rules of a place.
    Place(TimeZone),
}

impl Zone {
    /// UTC
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rule: Rule::Fixed(0) }
    }

    /// `UTC`, a distance from it (`+08:00`), or a name of the time zone database (`Asia/Shanghai`).
    pub fn named(name: &str) -> Option<Self> {
        if matches!(name, "UTC" | "Z") {
            return Some(Self::utc());
        }
        let rule = match offset(name) {
            Some(seconds) => Rule::Fixed(seconds),
            None => of_place(TimeZone::get(name).ok()?),
        };
        Some(Self { name: name.to_owned(), rule })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Days since 1970-01-01 and the minute of the day that this clock shows at `second` (Unix time).
    fn local(&self, second: i64) -> (i64, u16) {
        let ahead = match &self.rule {
            Rule::Fixed(seconds) => *seconds,
            Rule::Place(zone) => {
                let offset = Timestamp::from_second(second).map_or(Offset::UTC, |at| zone.to_offset(at));
                i64::from(offset.seconds())
            }
        };
        let local = second.saturating_add(ahead);
        let minute = local.rem_euclid(SECONDS_PER_DAY).div_euclid(SECONDS_PER_MINUTE);
        (local.div_euclid(SECONDS_PER_DAY), u16::try_from(minute).unwrap_or(0))
    }

    /// The weekday (Monday is 0) and minute of the day that this clock shows at `second`.
    pub fn weekday_and_minute(&self, second: i64) -> (u8, u16) {
        let (day, minute) = self.local(second);
        (weekday(day), minute)
    }
}

/// The rule of a place: most have kept the same distance from UTC since before there were prices.
fn of_place(zone: TimeZone) -> Rule {
    let distance = |month: i64| {
        let second = YEAR_2020.saturating_add(month.saturating_mul(30 * SECONDS_PER_DAY));
        Timestamp::from_second(second).map_or(0, |at| i64::from(zone.to_offset(at).seconds()))
    };
    let first = distance(0);
    if (0..240).all(|month| distance(month) == first) { Rule::Fixed(first) } else { Rule::Place(zone) }
}

/// The weekday of a day counted from 1970-01-01.
fn weekday(day: i64) -> u8 {
    u8::try_from(day.saturating_add(WEEKDAY_OF_THE_EPOCH).rem_euclid(7)).unwrap_or(0)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

/// `+08:00` in seconds.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let minutes = i64::from(time(rest)?);
    (minutes < 1080).then(|| minutes.saturating_mul(60).saturating_mul(sign))
}

/// `HH:MM` in minutes; `24:00` is the end of a day.
fn time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| -> Option<u16> {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let all = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && all <= MINUTES_PER_DAY).then_some(all)
}

/// A range of hours as it is written, and the minutes of a day it covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// `22:00-06:00`; `00:00-00:00` is the whole day. `None` where the text is none or covers no minute.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (time(from.trim())?, time(to.trim())?);
        let whole = from == 0 && to == 0;
        let to = if whole || to == 0 { MINUTES_PER_DAY } else { to };
        (from != to && from < MINUTES_PER_DAY).then_some(Self { from, to })
    }

    fn holds(&self, minute: u16) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = if self.to == MINUTES_PER_DAY { 0 } else { self.to };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, to / 60, to % 60)
    }
}

/// Hours of certain weekdays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// The clock that the hours are told by.
    pub zone: Zone,
    /// The clock that the weekdays are told by, where it is another one.
    pub days_zone: Option<Zone>,
    /// Whether it holds, from Monday to Sunday.
    pub days: [bool; 7],
    /// Its hours.
    pub hours: Vec<Hours>,
}

impl Window {
    /// Whether it holds at `second` (Unix time).
    pub fn holds(&self, second: i64) -> bool {
        let (weekday, minute) = self.zone.weekday_and_minute(second);
        let weekday = match &self.days_zone {
            Some(zone) => zone.weekday_and_minute(second).0,
            None => weekday,
        };
        self.days.get(usize::from(weekday)) == Some(&true) && self.hours.iter().any(|hours| hours.holds(minute))
    }

    /// Whether its hours move against UTC in the course of a year.
    pub fn follows_a_place(&self) -> bool {
        let moves = |zone: &Zone| matches!(zone.rule, Rule::Place(_));
        moves(&self.zone) || self.days_zone.as_ref().is_some_and(moves)
    }
}

/// `01:00-04:00, 06:00-10:00 UTC mon-fri`
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours: Vec<String> = self.hours.iter().map(Hours::to_string).collect();
        match hours.as_slice() {
            [only] if only == "00:00-00:00" => write!(f, "all day")?,
            _ => write!(f, "{} {}", hours.join(", "), self.zone.name)?,
        }
        if self.days != [true; 7] {
            write!(f, " {}", days(&self.days))?;
            let other = self.days_zone.as_ref().or_else(|| (hours == ["00:00-00:00"]).then_some(&self.zone));
            if let Some(zone) = other {
                write!(f, " ({})", zone.name)?;
            }
        }
        Ok(())
    }
}

/// `mon-fri`, `sat, sun`
fn days(of: &[bool; 7]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (day, _) in of.iter().enumerate().filter(|(_, holds)| **holds) {
        match runs.last_mut() {
            Some((_, last)) if last.saturating_add(1) == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    let name = |day: usize| WEEKDAYS.get(day).copied().unwrap_or_default();
    let written = runs.iter().map(|(first, last)| match last.saturating_sub(*first) {
        0 => name(*first).to_owned(),
        1 => format!("{}, {}", name(*first), name(*last)),
        _ => format!("{}-{}", name(*first), name(*last)),
    });
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    fn window(zone: &str, days: &[usize], hours: &[&str]) -> Window {
        Window {
            zone: Zone::named(zone).unwrap(),
            days_zone: None,
            days: std::array::from_fn(|day| days.contains(&day)),
            hours: hours.iter().map(|text| Hours::parse(text).unwrap()).collect(),
        }
    }

    #[test]
    fn hours_are_half_open_and_split_at_midnight_before_the_weekday_is_asked() {
        // 2026-11-23 is a Monday.
        let night = window("UTC", &[0], &["22:00-06:00"]);
        for (at, holds) in [
            ("2026-11-23T00:00:00Z", true),
            ("2026-11-23T05:59:59Z", true),
            ("2026-11-23T06:00:00Z", false),
            ("2026-11-23T21:59:59Z", false),
            ("2026-11-23T22:00:00Z", true),
            ("2026-11-24T00:00:00Z", false),
            ("2026-11-22T23:00:00Z", false),
        ] {
            assert_eq!(night.holds(second(at)), holds, "{at}");
        }
    }

    #[test]
    fn zones_may_be_distances_or_places_and_weekdays_may_follow_another_clock() {
        let office = window("America/New_York", &[0, 1, 2, 3, 4], &["09:00-17:00"]);
        assert!(office.holds(second("2026-07-01T13:00:00Z")));
        assert!(!office.holds(second("2026-12-01T13:00:00Z")));
        assert!(office.holds(second("2026-12-01T14:00:00Z")));
        let mut weekend = window("UTC", &[5, 6], &["00:00-00:00"]);
        assert!(!weekend.holds(second("2026-11-20T17:00:00Z")));
        weekend.days_zone = Zone::named("Asia/Shanghai");
        // Friday 17:00 UTC is Saturday 01:00 in Shanghai.
        assert!(weekend.holds(second("2026-11-20T17:00:00Z")));
        assert!(!weekend.holds(second("2026-11-22T16:00:00Z")));
        assert_eq!(weekend.to_string(), "all day sat, sun (Asia/Shanghai)");
        assert_eq!(office.to_string(), "09:00-17:00 America/New_York mon-fri");
        assert!(Zone::named("+08:00").is_some() && Zone::named("Mars/Olympus").is_none());
    }

    #[test]
    fn a_window_of_no_minutes_is_none() {
        for text in ["05:00-05:00", "5:00-06:00", "00:60-01:00", "24:00-01:00", "01:00", "25:00-26:00"] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
        assert_eq!(Hours::parse("10:00-24:00"), Hours::parse("10:00-00:00"));
        assert_eq!(Hours::parse("00:00-00:00").unwrap().to_string(), "00:00-00:00");
    }
}
