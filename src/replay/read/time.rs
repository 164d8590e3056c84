//! Timestamps: numbers since 1970 or since the log began, and ISO 8601 text, as nanoseconds.

use super::number;
use super::why::Why;
use crate::plan::log::{TimeForm as Form, TimeUnit as Unit};

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400;
/// 2000-01-01 and 2100-01-01: a log has no request before and after.
const FIRST: i64 = 946_684_800 * SECOND;
const LAST: i64 = 4_102_444_800 * SECOND;
/// 35 years: a relative time beyond it is in another unit.
const LONGEST: i64 = LAST / 4;

/// The form of a column, from its first value; `None` where a number is neither a sensible date in any unit nor text of
/// a date.
pub fn form_of(text: &[u8]) -> Option<Form> {
    if iso(text).is_some() {
        return Some(Form::Text);
    }
    let units = Unit::NAMES.map(|(_, unit)| unit);
    units.into_iter().map(Form::Epoch).find(|form| read(*form, text).is_ok())
}

/// The first nanosecond that a log may have, and the first that it may not.
pub fn bounds(form: Form) -> (i64, i64) {
    match form {
        Form::Text | Form::Epoch(_) => (FIRST, LAST),
        Form::Relative(_) => (0, LONGEST),
    }
}

/// Nanoseconds since 1970 or since the log began.
///
/// # Errors
/// Why `text` is no such time.
#[inline]
pub fn read(form: Form, text: &[u8]) -> Result<i64, Why> {
    if text.is_empty() {
        return Err(Why::Empty);
    }
    let (unit, bounds) = match form {
        Form::Text => return iso(text).filter(|at| (FIRST..LAST).contains(at)).ok_or(Why::NotATime),
        Form::Epoch(unit) => (unit, FIRST..LAST),
        Form::Relative(unit) => (unit, 0..LONGEST),
    };
    // A number that is too large for any time in this unit is one in another.
    let not_a_time = || if text.iter().all(u8::is_ascii_digit) { Why::OtherEra(unit) } else { Why::NotATime };
    let value = scaled(text, unit.nanos()).ok_or_else(not_a_time)?;
    if bounds.contains(&value) { Ok(value) } else { Err(Why::OtherEra(unit)) }
}

/// A decimal number times `unit`; what is below a nanosecond is no part of a time.
fn scaled(text: &[u8], unit: i64) -> Option<i64> {
    let (whole, used) = number::digits(text)?;
    let mut value = i64::try_from(whole).ok()?.checked_mul(unit)?;
    let rest = text.get(used..)?;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let mut place = unit;
        for byte in fraction {
            if !byte.is_ascii_digit() {
                return None;
            }
            place /= 10;
            value = value.checked_add(place.checked_mul(i64::from(byte.wrapping_sub(b'0')))?)?;
        }
    } else if !rest.is_empty() {
        return None;
    }
    Some(value)
}

/// `2026-11-23`, `2026-11-23T14:00:00.123Z`, `2026-11-23 14:00:00+02:00`
pub fn iso(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.first_chunk::<10>()? else { return None };
    let year = pair(y1, y2)?.checked_mul(100)?.checked_add(pair(y3, y4)?)?;
    let days = days_since_1970(year, pair(m1, m2)?, pair(d1, d2)?)?;
    let midnight = days.checked_mul(DAY)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return midnight.checked_mul(SECOND);
    }
    let (b'T' | b't' | b' ') = *rest.first()? else { return None };
    let [h1, h2, b':', n1, n2] = *rest.get(1..)?.first_chunk::<5>()? else { return None };
    let (hour, minute) = (pair(h1, h2)?, pair(n1, n2)?);
    let mut rest = rest.get(6..)?;
    let mut second = 0;
    if let Some([b':', s1, s2]) = rest.first_chunk::<3>() {
        second = pair(*s1, *s2)?;
        rest = rest.get(3..)?;
    }
    // A leap second is counted as the second before it, as Unix time does.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut nanos = 0;
    if let [b'.' | b',', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut place = SECOND;
        for byte in fraction.iter().take(length) {
            place /= 10;
            nanos += place * i64::from(byte.wrapping_sub(b'0'));
        }
        rest = fraction.get(length..)?;
        if length == 0 {
            return None;
        }
    }
    let seconds = midnight + hour * 3600 + minute * 60 + second.min(59) - zone(rest)?;
    seconds.checked_mul(SECOND)?.checked_add(nanos)
}

/// Seconds by which a zone is ahead of UTC.
fn zone(text: &[u8]) -> Option<i64> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (sign, rest) = match text {
        b"" | b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [h1, h2] => (pair(h1, h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (pair(h1, h2)?, pair(m1, m2)?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[inline]
fn pair(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens & 15) * 10 + i64::from(ones & 15))
}

/// Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against jiff.
    #[test]
    fn text_is_read_as_a_calendar_library_reads_it() {
        for text in [
            "2023-11-16T18:17:03.9799600Z",
            "2024-02-29T23:59:59Z",
            "2026-11-23T14:00:00+02:00",
            "2026-01-01T00:00:00-08:30",
            "2000-03-01T00:00:00Z",
            "2099-12-31T23:59:59.999999999Z",
        ] {
            let known: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(iso(text.as_bytes()).map(i128::from), Some(known.as_nanosecond()), "{text}");
        }
        let day = "2026-11-23T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second() * SECOND;
        for text in ["2026-11-23", "2026-11-23 00:00", "2026-11-23 00:00:00 UTC", "2026-11-23T02:00:00+0200"] {
            assert_eq!(iso(text.as_bytes()), Some(day), "{text}");
        }
        for text in
            ["2026-02-29", "2026-13-01", "2026-11-23T24:00:00", "2026-11-23T14:00:00 CET", "2026-11-23T14.5", "x"]
        {
            assert_eq!(iso(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_unit_follows_from_the_size_of_a_number() {
        for (text, form) in [
            ("1760000000", Form::Epoch(Unit::Seconds)),
            ("1760000000.25", Form::Epoch(Unit::Seconds)),
            ("1760000000265", Form::Epoch(Unit::Millis)),
            ("1760000000265123", Form::Epoch(Unit::Micros)),
            ("1760000000265123456", Form::Epoch(Unit::Nanos)),
            ("2023-11-16 18:17:03.9799600", Form::Text),
        ] {
            assert_eq!(form_of(text.as_bytes()), Some(form), "{text}");
        }
        assert_eq!(form_of(b"12345"), None);
        assert_eq!(read(Form::Epoch(Unit::Seconds), b"1760000000.25"), Ok(1_760_000_000_250_000_000));
        assert_eq!(read(Form::Epoch(Unit::Seconds), b"1760000000265"), Err(Why::OtherEra(Unit::Seconds)));
        assert_eq!(read(Form::Relative(Unit::Millis), b"-1"), Err(Why::NotATime));
    }
}
