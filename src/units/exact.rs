//! The number under every amount: a rational of arbitrary precision.
//!
//! A decimal type rounds at its last digit as soon as something is divided (a monthly rate by 30 days, a retry rate
//! by its complement). A rational does not: nothing is rounded before a figure is printed, and nothing overflows.
//! Bounds are checked where numbers enter (see [`super::grammar`]).
#![allow(clippy::arithmetic_side_effects, reason = "numbers of arbitrary precision neither overflow nor round")]

use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};

use dashu_int::{IBig, UBig, ops::BitTest, ops::DivRem};
use dashu_ratio::RBig;

/// Decimals printed of a quotient that does not terminate (1/3); values below one get at least
/// [`SIGNIFICANT`] significant digits.
pub const QUOTIENT_DECIMALS: usize = 24;
const SIGNIFICANT: usize = 18;
/// Digits of a number that is read back.
const MOST_DIGITS: usize = 10_000;
/// Decimals of an exponential, and those carried on the way.
const EXPONENTIAL_DECIMALS: usize = 30;
const GUARDED_DECIMALS: usize = 40;

/// An exact rational number, always in lowest terms. Its operators neither round nor overflow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Exact(RBig);

impl Exact {
    /// 0
    pub const ZERO: Self = Self(RBig::ZERO);
    /// 1
    pub const ONE: Self = Self(RBig::ONE);

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn ratio(numerator: i64, denominator: u64) -> Option<Self> {
        (denominator != 0).then(|| Self(RBig::from_parts(numerator.into(), denominator.into())))
    }

    /// A whole number of up to 128 bits.
    pub fn whole(value: u128) -> Self {
        Self(RBig::from(value))
    }

    /// Numerator and denominator in lowest terms, where both fit and this is not negative.
    pub fn as_fraction(&self) -> Option<(u64, u64)> {
        let numerator = u64::try_from(self.0.numerator().clone()).ok()?;
        Some((numerator, u64::try_from(self.0.denominator().clone()).ok()?))
    }

    /// The whole part, if it fits and this is not negative.
    pub fn to_u128(&self) -> Option<u128> {
        u128::try_from(self.0.floor()).ok()
    }

    /// `digits` with the decimal point `scale` places from the right: `(25, 1)` is 2.5; a negative scale adds zeros.
    pub(super) fn scaled(digits: IBig, scale: i32) -> Self {
        let power = ten_to(scale.unsigned_abs() as usize);
        if scale >= 0 { Self(RBig::from_parts(digits, power)) } else { Self(RBig::from(digits * IBig::from(power))) }
    }

    /// Reads a plain decimal as [`fmt::Display`] writes it: an optional sign, digits, an optional fraction.
    /// For text that a person wrote use [`super::grammar`], which knows units and gives suggestions.
    pub fn from_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all: String = [whole, fraction].concat();
        if whole.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value = Self::scaled(all.parse().ok()?, i32::try_from(fraction.len()).ok()?);
        Some(if negative { -&value } else { value })
    }

    /// The quotient; `None` when `divisor` is zero.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// Whether this is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below 0.
    pub fn is_negative(&self) -> bool {
        self.0 < RBig::ZERO
    }

    /// Whether this is a whole number.
    pub fn is_whole(&self) -> bool {
        self.0.is_int()
    }

    /// The value without its sign.
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self } else { self.clone() }
    }

    /// `self` to the power `exponent`.
    pub fn pow(&self, exponent: u32) -> Self {
        Self(RBig::from_parts(self.0.numerator().pow(exponent as usize), self.0.denominator().pow(exponent as usize)))
    }

    /// How many decimals write this number in full; `None` when no finite number does (1/3).
    pub fn decimals(&self) -> Option<usize> {
        let denominator = self.0.denominator();
        let twos = denominator.trailing_zeros().unwrap_or(0);
        let mut rest: UBig = denominator >> twos;
        let five = UBig::from(5u8);
        let mut fives = 0;
        while !rest.is_one() {
            let (quotient, remainder) = rest.div_rem(&five);
            if !remainder.is_zero() {
                return None;
            }
            rest = quotient;
            fives += 1;
        }
        Some(twos.max(fives))
    }

    /// The multiple of 10^-`decimals` nearest to this number; a tie goes to the even neighbour.
    pub fn round(&self, decimals: usize) -> Self {
        let scale = i32::try_from(decimals).unwrap_or(i32::MAX);
        Self::scaled(self.nearest(decimals), scale)
    }

    /// `self * 10^decimals` as the nearest integer, half to even.
    fn nearest(&self, decimals: usize) -> IBig {
        let numerator = self.0.numerator() * IBig::from(ten_to(decimals));
        let denominator = IBig::from(self.0.denominator().clone());
        let (sign, magnitude) = numerator.into_parts();
        let (quotient, remainder) = magnitude.div_rem(self.0.denominator());
        let twice = IBig::from(remainder) * IBig::from(2);
        let up = twice > denominator || (twice == denominator && quotient.bit(0));
        let rounded = IBig::from(quotient) + IBig::from(u8::from(up));
        if sign == dashu_int::Sign::Negative { -rounded } else { rounded }
    }

    /// Written with exactly `decimals` decimals, rounded half to even, without separators.
    pub fn to_fixed(&self, decimals: usize) -> String {
        let (sign, magnitude) = self.nearest(decimals).into_parts();
        let digits = format!("{:0>width$}", magnitude.to_string(), width = decimals.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
        let sign = if sign == dashu_int::Sign::Negative && !magnitude.is_zero() { "-" } else { "" };
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// The decimals that [`fmt::Display`] writes: all of them, or enough of an endless quotient.
    pub fn shown_decimals(&self) -> usize {
        self.decimals().unwrap_or_else(|| QUOTIENT_DECIMALS.max(self.leading_zeros().saturating_add(SIGNIFICANT)))
    }

    /// Zeros between the decimal point and the first digit of a number below one; 0 otherwise.
    pub fn leading_zeros(&self) -> usize {
        if self.is_zero() {
            return 0;
        }
        let mut value = self.abs();
        let ten = Self::from(10);
        let mut zeros = 0;
        loop {
            value = &value * &ten;
            if value >= Self::ONE {
                return zeros;
            }
            zeros += 1;
        }
    }

    /// This number to so many significant digits, half to even.
    pub fn significant(&self, digits: usize) -> Self {
        let whole = self.abs().floor().0.numerator().to_string();
        if whole == "0" {
            return self.round(self.leading_zeros().saturating_add(digits));
        }
        match digits.checked_sub(whole.len()) {
            Some(decimals) => self.round(decimals),
            None => {
                let unit = Self::scaled(
                    1.into(),
                    i32::try_from(digits).unwrap_or(0) - i32::try_from(whole.len()).unwrap_or(0),
                );
                &self.checked_div(&unit).unwrap_or(Self::ZERO).round(0) * &unit
            }
        }
    }

    /// The greatest whole number that is not above this one.
    pub fn floor(&self) -> Self {
        Self(RBig::from(self.0.floor()))
    }

    /// The least whole number that is not below this one.
    pub fn ceil(&self) -> Self {
        Self(RBig::from(self.0.ceil()))
    }

    /// The whole part, if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        u64::try_from(self.0.floor()).ok()
    }

    /// The nearest float, for estimates, pictures and statistics; infinite where none is near.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().value()
    }

    /// An estimate as a number that is exact from here on, rounded to `significant` digits (1 or more); `None` for what
    /// is no finite number.
    pub fn estimate(value: f64, significant: usize) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = format!("{value:.*e}", significant.saturating_sub(1));
        let (mantissa, exponent) = text.split_once('e')?;
        let decimals = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let scale = i32::try_from(decimals).ok()? - exponent.parse::<i32>().ok()?;
        Some(Self::scaled(mantissa.replace('.', "").parse().ok()?, scale))
    }

    /// `exp(-self)` of a number that is not negative, to 30 decimals.
    pub fn exp_of_minus(&self) -> Self {
        // 10^-30 is exp(-69.08).
        if *self > Self::from(70) {
            return Self::ZERO;
        }
        // e^-x = (e^(-x/2^n))^(2^n): the series converges fast near zero; the guard digits outlast the squarings.
        let mut halvings = 0;
        let mut small = self.clone();
        while small > Self::scaled(1.into(), 1) {
            small = Self(small.0 / RBig::from(2));
            halvings += 1;
        }
        let small = -&small.round(GUARDED_DECIMALS);
        let (mut term, mut sum, mut index) = (Self::ONE, Self::ONE, 0u64);
        while !term.is_zero() {
            index += 1;
            term = Self((&term * &small).0 / RBig::from(index)).round(GUARDED_DECIMALS);
            sum = &sum + &term;
        }
        for _ in 0..halvings {
            sum = (&sum * &sum).round(GUARDED_DECIMALS);
        }
        sum.round(EXPONENTIAL_DECIMALS)
    }

    /// The number that a float is, to the last bit; `None` of what is not finite. For draws and for statistics, which are
    /// estimates; money that is computed exactly never comes from a float.
    pub fn of_float(value: f64) -> Option<Self> {
        RBig::try_from(value).ok().map(Self)
    }

    /// The square root of a non-negative number to 18 significant digits or more, rounded down.
    pub fn sqrt(&self) -> Option<Self> {
        use dashu_int::ops::SquareRoot;
        if self.is_negative() {
            return None;
        }
        let places = self.leading_zeros().saturating_add(SIGNIFICANT);
        let scaled = (&self.0 * RBig::from(ten_to(places.saturating_mul(2)))).floor();
        let root = UBig::try_from(scaled).ok()?.sqrt();
        Some(Self::scaled(root.into(), i32::try_from(places).ok()?))
    }
}

fn ten_to(power: usize) -> UBig {
    UBig::from(10u8).pow(power)
}

impl From<u64> for Exact {
    fn from(value: u64) -> Self {
        Self(RBig::from(value))
    }
}

/// A plain decimal without exponent: every digit of a number that has finitely many, else at least 18 significant ones.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_fixed(self.shown_decimals());
        if self.decimals().is_none() && text.contains('.') {
            return f.write_str(text.trim_end_matches('0').trim_end_matches('.'));
        }
        f.write_str(&text)
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact(&self.0 $op &other.0)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);

impl Neg for &Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(-self.0.clone())
    }
}

impl<'a> Sum<&'a Self> for Exact {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |total, item| &total + item)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |total, item| &total + &item)
    }
}

/// JSON carries exact numbers as decimal strings.
impl serde::Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// And are read back from them. A number of more digits than any result has is refused.
impl<'de> serde::Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = Cow::<str>::deserialize(deserializer)?;
        if text.len() > MOST_DIGITS {
            return Err(D::Error::custom(format!("a number of {} digits", text.len())));
        }
        Self::from_decimal(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not a decimal number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    /// Digits of a table of the exponential function.
    #[test]
    fn exponentials_are_right_to_the_last_of_thirty_decimals() {
        for (x, expected) in [
            ("0", "1"),
            ("1", "0.367879441171442321595523770161"),
            ("0.2", "0.818730753077981858669935508619"),
            ("10", "0.000045399929762484851535591516"),
            ("69", "0.000000000000000000000000000001"),
            ("1000000000000", "0"),
        ] {
            assert_eq!(exact(x).exp_of_minus().to_string(), expected, "exp(-{x})");
        }
    }

    #[test]
    fn decimals_are_kept_to_the_last_digit() {
        for text in ["0", "-1.5", "713.5", "0.0000000000000000000000000001", "123456789012345678901234567890.5"] {
            assert_eq!(exact(text).to_string(), text);
        }
    }

    #[test]
    fn an_endless_quotient_keeps_eighteen_significant_digits() {
        assert_eq!(Exact::ratio(1, 3).unwrap().to_string(), "0.333333333333333333333333");
        let small = Exact::ratio(1, 3_000_000_000_000).unwrap().to_string();
        assert_eq!(small, "0.000000000000333333333333333333");
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        let rounded: Vec<_> = ["0.5", "1.5", "2.5", "-0.5", "-1.5", "2.51"].map(|t| exact(t).to_fixed(0)).into();
        assert_eq!(rounded, ["0", "2", "2", "0", "-2", "3"]);
        assert_eq!(exact("0.125").to_fixed(2), "0.12");
        assert_eq!(exact("-0.004").to_fixed(2), "0.00");
    }

    #[test]
    fn floor_and_ceiling_enclose_a_number() {
        let both = |text: &str| (exact(text).floor().to_string(), exact(text).ceil().to_string());
        assert_eq!(both("2.1"), ("2".into(), "3".into()));
        assert_eq!(both("-2.1"), ("-3".into(), "-2".into()));
        assert_eq!(both("7"), ("7".into(), "7".into()));
    }

    #[test]
    fn estimates_are_rounded_once_and_exact_from_then_on() {
        let cases = [(412.345, 3, "412"), (0.000123456, 3, "0.000123"), (98765.4, 2, "99000"), (0.0, 3, "0")];
        for (value, digits, expected) in cases {
            assert_eq!(Exact::estimate(value, digits).unwrap().to_string(), expected);
        }
        assert_eq!(Exact::estimate(-2.5e-9, 2).unwrap().to_string(), "-0.0000000025");
        assert!(Exact::estimate(f64::INFINITY, 3).is_none() && Exact::estimate(f64::NAN, 3).is_none());
        assert!((exact("0.1").to_f64() - 0.1).abs() < f64::EPSILON);
    }

    #[test]
    fn floats_are_the_nearest_ones() {
        for (text, float) in [("0.1", 0.1), ("-2.5", -2.5), ("0.000000000000000000000000000001", 1e-30), ("0", 0.0)] {
            assert_eq!(exact(text).to_f64(), float);
        }
        assert_eq!(exact("10").pow(400).to_f64(), f64::INFINITY);
    }

    #[test]
    fn a_float_is_the_number_it_stands_for() {
        let tenth = Exact::of_float(0.1).unwrap();
        assert_eq!(tenth.to_string(), "0.1000000000000000055511151231257827021181583404541015625");
        assert_eq!(tenth.to_f64(), 0.1);
        assert_eq!(Exact::of_float(f64::NAN), None);
        assert_eq!(Exact::of_float(f64::INFINITY), None);
    }

    #[test]
    fn square_roots_have_eighteen_digits() {
        assert_eq!(exact("1600").sqrt().unwrap(), exact("40"));
        assert_eq!(exact("2").sqrt().unwrap().to_fixed(18), "1.414213562373095048");
        assert_eq!(exact("-1").sqrt(), None);
    }
}
