//! What the tests of this binary share: running a scenario's text, and reading exact numbers out of its JSON.

use llmcost::check::{Options, load};
use llmcost::input::Input;
use llmcost::render;
use llmcost::report::{Evaluation, Report};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use serde_json::Value;

/// An exact number, of another library than the one under test.
pub type Q = BigRational;

/// `numerator / denominator`
pub fn q(numerator: i64, denominator: i64) -> Q {
    Q::new(numerator.into(), denominator.into())
}

/// The JSON report of a scenario, byte for byte; all messages when it is refused.
pub fn try_json(text: &str) -> Result<String, String> {
    let input = Input::Text { name: "scenario.yaml".to_owned(), text: text.to_owned() };
    let plan = load(&input, &Options::default()).map_err(|all| format!("{all:#?}"))?;
    let evaluation = Evaluation::of(plan).map_err(|all| format!("{all:#?}"))?;
    render::json(&[Report::of(&evaluation)]).map_err(|error| error.to_string())
}

/// The JSON report of a scenario that is expected to be accepted.
pub fn json(text: &str) -> String {
    try_json(text).unwrap_or_else(|refused| panic!("{text}\nrefused: {refused}"))
}

/// The same as a tree.
pub fn report(text: &str) -> Value {
    serde_json::from_str(&json(text)).unwrap()
}

/// The strategy called `name`.
pub fn strategy<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["strategies"].as_array().unwrap();
    all.iter().find(|strategy| strategy["name"] == name).unwrap_or_else(|| panic!("no strategy {name}"))
}

/// A decimal string as the number it is.
pub fn number(value: &Value) -> Q {
    let text = value.as_str().unwrap_or_else(|| panic!("not a decimal string: {value}"));
    decimal(text).unwrap_or_else(|| panic!("not a decimal: {text}"))
}

/// `-12.5`, and nothing more lenient.
pub fn decimal(text: &str) -> Option<Q> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let all: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let scale = num_traits::pow(BigInt::from(10), fraction.len());
    Some(Q::new(all * sign, scale))
}

/// Whether a number has a decimal expansion that ends.
pub fn is_finite_decimal(value: &Q) -> bool {
    let mut rest = value.denom().clone();
    for prime in [2, 5] {
        let prime = BigInt::from(prime);
        while (&rest % &prime).is_zero() {
            rest /= &prime;
        }
    }
    rest.is_one()
}

/// Whether `printed` is `exact`: the same number where it can be written down, else all but the same.
///
/// An endless expansion is printed to a fixed number of decimals, so a tiny amount is held to those.
pub fn agrees(printed: &Q, exact: &Q) -> bool {
    if is_finite_decimal(exact) { printed == exact } else { all_but(printed, exact) }
}

/// Whether a number differs from `exact` by no more than the rounding of its last decimals.
pub fn all_but(printed: &Q, exact: &Q) -> bool {
    let magnitude = if *exact < Q::zero() { -exact } else { exact.clone() };
    let distance = if printed < exact { exact - printed } else { printed - exact };
    let least = q(1, 100);
    let of = if magnitude < least { least } else { magnitude };
    distance * num_traits::pow(Q::from_integer(10.into()), 20) <= of
}
