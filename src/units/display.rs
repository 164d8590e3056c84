//! The way people see quantities: separators, sensible digits, units. One rounding, half to even, at the very end.

use super::exact::Exact;

/// Digits of a rounded amount that must be significant, so that a small price never shows as zero.
const SIGNIFICANT: usize = 4;

/// An amount of money: `$1,234.50`, `$0.000195`, `12.30 EUR`. Two decimals, more for amounts below a unit: a non-zero
/// amount never shows as zero.
pub fn money(amount: &Exact, currency: &str) -> String {
    let digits = number(&amount.abs(), 2);
    let sign = if amount.is_negative() { "-" } else { "" };
    match currency {
        "USD" => format!("{sign}${digits}"),
        code => format!("{sign}{digits} {code}"),
    }
}

/// An estimated amount of USD: cents, below a dollar three digits.
pub fn rough_money(amount: &Exact) -> String {
    let decimals = amount.leading_zeros().saturating_add(3);
    if amount.abs() >= Exact::ONE { money(amount, "USD") } else { money(&amount.round(decimals), "USD") }
}

/// A number with thousands separators and `least` decimals; more where it is below one, none that are zeros beyond
/// `least`.
pub fn number(value: &Exact, least: usize) -> String {
    let decimals = if value.abs() < Exact::ONE && !value.is_zero() {
        value.leading_zeros().saturating_add(SIGNIFICANT).max(least)
    } else {
        least
    };
    grouped(&trimmed(value.to_fixed(decimals), least))
}

/// A number with up to `most` decimals.
pub fn precise(value: &Exact, most: usize) -> String {
    grouped(&trimmed(value.to_fixed(most), 0))
}

/// A mean or count as people write it: `1,154.7`, `500`, `0.25`.
pub fn count(value: &Exact) -> String {
    let decimals = if value.abs() < Exact::ONE { value.leading_zeros().saturating_add(SIGNIFICANT) } else { 2 };
    grouped(&trimmed(value.to_fixed(decimals), 0))
}

/// A share as a percentage: `78.0%`, with more digits where they are needed to tell it from 0% and 100%.
pub fn percent(share: &Exact, decimals: usize) -> String {
    let percent = share * &Exact::from(100);
    let usual = decimals;
    let mut decimals = decimals;
    loop {
        let text = percent.to_fixed(decimals);
        let rounded_away = (percent.round(decimals).is_zero() && !percent.is_zero())
            || (percent.round(decimals) == Exact::from(100) && percent != Exact::from(100));
        if decimals >= 12 && percent.round(decimals) == Exact::from(100) {
            // Whatever is missing is nothing to anybody.
            return format!("{}%", grouped(&percent.to_fixed(usual)));
        }
        if !rounded_away || decimals >= 12 {
            return format!("{}%", grouped(&text));
        }
        decimals = decimals.saturating_add(1);
    }
}

/// A share in its shortest exact form, for formulae: `30%`, `12.5%`.
pub fn plain_percent(share: &Exact) -> String {
    let percent = share * &Exact::from(100);
    let decimals = percent.decimals().unwrap_or(6).min(6);
    format!("{}%", percent.to_fixed(decimals))
}

/// Drops zeros at the end of a fraction, down to `least` decimals.
fn trimmed(text: String, least: usize) -> String {
    let Some((whole, fraction)) = text.split_once('.') else { return text };
    let kept = fraction.trim_end_matches('0').len().max(least);
    match fraction.get(..kept) {
        Some("") | None => whole.to_owned(),
        Some(fraction) => format!("{whole}.{fraction}"),
    }
}

/// Thousands separators in the whole part of a plain decimal.
pub fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len().saturating_add(8));
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    #[test]
    fn money_never_shows_a_small_amount_as_zero() {
        let cases = [
            ("97500", "$97,500.00"),
            ("0.000195", "$0.000195"),
            ("0", "$0.00"),
            ("-12.5", "-$12.50"),
            ("0.5", "$0.50"),
            ("0.00000012345678", "$0.0000001235"),
            ("1234567.125", "$1,234,567.12"),
        ];
        for (value, shown) in cases {
            assert_eq!(money(&exact(value), "USD"), shown);
        }
        assert_eq!(money(&exact("0.92"), "EUR"), "0.92 EUR");
        let rough: Vec<_> = ["0.40064", "0.0123456", "1.0567", "0", "0.9999"].map(|t| rough_money(&exact(t))).into();
        assert_eq!(rough, ["$0.401", "$0.0123", "$1.06", "$0.00", "$1.00"]);
    }

    #[test]
    fn percentages_never_round_to_all_or_nothing() {
        assert_eq!(percent(&exact("0.78046"), 1), "78.0%");
        assert_eq!(percent(&exact("0.00004"), 1), "0.004%");
        assert_eq!(percent(&exact("0.99999"), 1), "99.999%");
        assert_eq!(percent(&exact("1"), 1), "100.0%");
        assert_eq!(percent(&exact("-0.5"), 1), "-50.0%");
    }
}
