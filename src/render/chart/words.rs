//! Numbers as charts write them: short, for places where the last digit does not matter.

use crate::units::{Exact, display};

/// Suffixes of large numbers.
const SUFFIXES: [(&str, u64); 4] = [("T", 1_000_000_000_000), ("B", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)];

/// Three significant digits: `25.2M`, `1.5k`, `0.25`, `0.000195`; whole numbers below 1,000 stay as they are.
pub fn compact(value: &Exact) -> String {
    let (sign, size) = split(value);
    let (size, suffix) = scaled(&rounded(&size));
    format!("{sign}{}{suffix}", display::precise(&size, decimals(&size, 0)))
}

/// Dollars with three significant digits and cents where there are some: `$21.4k`, `$3.20`, `$0.000195`, `$0`.
pub fn compact_usd(value: &Exact) -> String {
    let (sign, size) = split(value);
    if size.is_zero() {
        return "$0".to_owned();
    }
    let (size, suffix) = scaled(&rounded(&size));
    let most = decimals(&size, 0);
    let digits = display::precise(&size, most);
    let Some((whole, fraction)) = digits.split_once('.') else { return format!("{sign}${digits}{suffix}") };
    // All three digits or a whole number: $3.20 and $1.40M, but $8k. Cents are two digits.
    let most = if suffix.is_empty() && size >= Exact::from(10) { 2 } else { most };
    let most = if size < Exact::ONE { fraction.len().max(2) } else { most };
    format!("{sign}${whole}.{fraction:0<most$}{suffix}")
}

/// A change in dollars, with its sign.
pub fn signed_usd(value: &Exact) -> String {
    let plus = if value.is_negative() || value.is_zero() { "" } else { "+" };
    format!("{plus}{}", compact_usd(value))
}

/// A number with a suffix and up to three decimals: `25.175M`.
pub fn suffixed(value: &Exact) -> String {
    let (sign, size) = split(value);
    let (size, suffix) = scaled(&size);
    let most = if suffix.is_empty() { decimals(&size, 2) } else { 3 };
    format!("{sign}{}{suffix}", display::precise(&size, most))
}

/// "and 7 more"
pub(super) fn and_more(count: usize) -> String {
    let count = u64::try_from(count).map_or_else(|_| String::new(), |count| display::count(&Exact::from(count)));
    format!("and {count} more")
}

fn split(value: &Exact) -> (&'static str, Exact) {
    (if value.is_negative() { "−" } else { "" }, value.abs())
}

/// Three significant digits.
fn rounded(size: &Exact) -> Exact {
    let mut unit = Exact::ONE;
    let thousand = Exact::from(1000);
    // Above 1,000, digits before the point are rounded too.
    while size.checked_div(&unit).is_some_and(|digits| digits >= thousand) {
        unit = &unit * &Exact::from(10);
    }
    let digits = size.checked_div(&unit).unwrap_or(Exact::ZERO);
    &digits.round(if unit == Exact::ONE { decimals(&digits, 0) } else { 0 }) * &unit
}

/// Decimals that make three significant digits, `least` at any rate.
fn decimals(size: &Exact, least: usize) -> usize {
    if size.is_zero() {
        return least;
    }
    let found = if *size >= Exact::from(100) {
        0
    } else if *size >= Exact::from(10) {
        1
    } else if *size >= Exact::ONE {
        2
    } else {
        size.leading_zeros().saturating_add(3)
    };
    found.max(least)
}

/// A number below 1,000 and the suffix that makes it whole again: `k`, `M`, `B`, `T`, `e15` and on.
fn scaled(size: &Exact) -> (Exact, String) {
    let mut power = 12_usize;
    let mut most = Exact::from(1_000_000_000_000_000);
    if *size >= most {
        while *size >= most {
            power = power.saturating_add(3);
            most = &most * &Exact::from(1_000);
        }
        let unit = Exact::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX));
        return (size.checked_div(&unit).unwrap_or(Exact::ZERO), format!("e{power}"));
    }
    for (suffix, unit) in SUFFIXES {
        if let Some(part) = size.checked_div(&Exact::from(unit)).filter(|part| *part >= Exact::ONE) {
            return (part, suffix.to_owned());
        }
    }
    (size.clone(), String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    #[test]
    fn three_digits_say_enough() {
        let cases = [
            ("0", "0", "$0"),
            ("3.2", "3.2", "$3.20"),
            ("12.345", "12.3", "$12.30"),
            ("999.6", "1k", "$1k"),
            ("21405", "21.4k", "$21.4k"),
            ("97500", "97.5k", "$97.5k"),
            ("999999", "1M", "$1M"),
            ("2500000", "2.5M", "$2.50M"),
            ("8000", "8k", "$8k"),
            ("21000", "21k", "$21k"),
            ("0.000195", "0.000195", "$0.000195"),
            ("0.5", "0.5", "$0.50"),
            ("-1234", "−1.23k", "−$1.23k"),
            ("123456789012345678", "123e15", "$123e15"),
        ];
        for (value, number, usd) in cases {
            assert_eq!(
                (compact(&exact(value)).as_str(), compact_usd(&exact(value)).as_str()),
                (number, usd),
                "{value}"
            );
        }
        assert_eq!(signed_usd(&exact("12")), "+$12");
        assert_eq!(suffixed(&exact("25175000")), "25.175M");
        assert_eq!(suffixed(&exact("7692.307692")), "7.692k");
    }
}
