//! The raw files of other projects, read independently of the program: decimals as fractions of big integers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use num_bigint::BigInt;
use serde_json::value::RawValue;

use super::super::exact::Q;

/// LiteLLM's entries with the values of their fields as they are written.
pub type Entries = BTreeMap<String, BTreeMap<String, Box<RawValue>>>;

/// A file of the pricing data beside the project.
pub fn beside(name: &str) -> Option<String> {
    let path: PathBuf = crate::support::root().join("../shared/data/pricing").join(name);
    std::fs::read_to_string(path).ok()
}

/// A JSON number or a decimal string, exactly; what a float left at its end is taken off.
pub fn decimal(text: &str) -> Q {
    let text = text.trim_matches('"');
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
    let mut power = exponent.parse::<i64>().unwrap() - fraction.len() as i64;
    let length = |digits: &BigInt| digits.to_string().trim_end_matches('0').len();
    if length(&digits) > 15 {
        let (mut rounded, mut shifted) = (digits.clone(), power);
        while rounded.to_string().len() > 15 {
            rounded = (rounded + 5) / 10;
            shifted += 1;
        }
        if length(&rounded) <= 12 {
            (digits, power) = (rounded, shifted);
        }
    }
    let ten = |n: i64| num_traits::pow(BigInt::from(10), n as usize);
    if power >= 0 { Q::from_integer(digits * ten(power)) } else { Q::new(digits, ten(-power)) }
}

/// A field's number, unless it is zero where zero means that there is none.
pub fn stated(entry: &BTreeMap<String, Box<RawValue>>, name: &str) -> Option<Q> {
    let text = entry.get(name)?.get();
    (text != "null").then(|| decimal(text))
}

pub fn whole(n: u64) -> Q {
    Q::from_integer(n.into())
}

pub fn least(a: Q, b: Q) -> Q {
    if a < b { a } else { b }
}
