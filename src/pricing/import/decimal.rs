//! Decimals of foreign files: read exactly, freed from the noise that a float left in them.

use crate::units::{Exact, Kind, Settings};

/// Digits that a double precision number is sure of.
const SURE: usize = 15;
/// A price that noise is taken off has no more digits than this; a longer one is a quotient that was written out.
const MOST_OF_A_PRICE: usize = 12;

/// A decimal as it is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    pub value: Exact,
    /// As it was written, where that was float noise: `1.0000000000000001e-07`.
    pub noise: Option<String>,
}

/// Reads a decimal of zero or more; `None` where the text is none or beyond every price.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let exact = Kind::Factor.parse(text, &Settings::default()).ok().or_else(|| zero(text))?;
    let digits = significant(text);
    if digits <= SURE {
        return Some(Decimal { value: exact, noise: None });
    }
    let decimals = exact.decimals()?.checked_sub(digits.checked_sub(SURE)?);
    let rounded = exact.round(decimals?);
    let left = significant(&rounded.to_string());
    Some(match left <= MOST_OF_A_PRICE {
        true => Decimal { value: rounded, noise: Some(text.to_owned()) },
        false => Decimal { value: exact, noise: None },
    })
}

/// A factor is above zero, a price may be zero.
fn zero(text: &str) -> Option<Exact> {
    let digits = text.split(['e', 'E']).next()?;
    let is_zero = !digits.is_empty() && digits.bytes().all(|b| b == b'0' || b == b'.');
    is_zero.then_some(Exact::ZERO)
}

/// Digits between the first and the last that is not zero.
fn significant(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_taken_off_and_long_quotients_are_kept() {
        let cases = [
            ("2.5e-06", "0.0000025", false),
            ("0.0", "0", false),
            ("0", "0", false),
            ("1.41953125E-7", "0.000000141953125", false),
            ("1.0000000000000001e-07", "0.0000001", true),
            ("3.0001999999999996E-7", "0.00000030002", true),
            ("0.0000029999900000000002", "0.00000299999", true),
            ("3.3333333333333335e-05", "0.000033333333333333335", false),
            ("256000.0", "256000", false),
        ];
        for (text, value, noisy) in cases {
            let found = decimal(text).unwrap();
            assert_eq!((found.value.to_string().as_str(), found.noise.is_some()), (value, noisy), "{text}");
        }
        for text in ["-1", "abc", "", "1e-400", "1e30"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
