//! Two results of `risk`: is the difference of their means real, or within the error of the draws?

use serde::Serialize;
use serde_json::Value;

use super::report::SCHEMA as OF_RESULT;
use crate::units::Exact;

/// The version of the result's shape.
pub const SCHEMA: &str = "llmcost.risk-comparison/1";

/// Two results side by side.
#[derive(Clone, Debug, Serialize)]
pub struct RiskChange {
    /// The version of the shape.
    pub schema: &'static str,
    /// The one that was.
    pub base: String,
    /// The one that is.
    pub head: String,
    /// The currency of both.
    pub currency: String,
    /// Strategies of both, in the order of the head.
    pub strategies: Vec<MeanChange>,
    /// Strategies that only one of them has.
    pub only_in_one: Vec<String>,
}

/// A strategy in both results.
#[derive(Clone, Debug, Serialize)]
pub struct MeanChange {
    /// Its name.
    pub name: String,
    /// The mean of a month that was.
    pub base_mean: Exact,
    /// The mean of a month that is.
    pub head_mean: Exact,
    /// The difference.
    pub change: Exact,
    /// Its standard error: the root of the sum of both squares. Draws of one seed go together, so that it is rather too large.
    pub standard_error: Exact,
    /// Whether the difference is more than two of these.
    pub is_real: bool,
    /// The 90th percentile that was.
    pub base_p90: Exact,
    /// The 90th percentile that is.
    pub head_p90: Exact,
}

/// Whether a text is a result of `risk` as JSON.
pub fn is_result(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    (value.get("schema").and_then(Value::as_str) == Some(OF_RESULT)).then_some(value)
}

/// Compares two results.
///
/// # Errors
/// In words, where one of them lacks what is compared, or both have another currency.
pub fn compare(base: (&str, &Value), head: (&str, &Value)) -> Result<RiskChange, String> {
    let currency = |(label, value): (&str, &Value)| {
        let found = value.get("currency").and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| format!("{label} does not say its `currency`"))
    };
    let (before, after) = (currency(base)?, currency(head)?);
    if before != after {
        return Err(format!("{} is in {before}, {} in {after}", base.0, head.0));
    }
    let (olds, news) = (strategies(base)?, strategies(head)?);
    let mut found = Vec::new();
    for new in &news {
        let Some(old) = olds.iter().find(|old| old.name == new.name) else { continue };
        let squares = &old.error.pow(2) + &new.error.pow(2);
        let error = squares.sqrt().unwrap_or(Exact::ZERO).significant(6);
        let change = &new.mean - &old.mean;
        found.push(MeanChange {
            name: new.name.clone(),
            is_real: change.abs() > &error * &Exact::from(2),
            base_mean: old.mean.clone(),
            head_mean: new.mean.clone(),
            change,
            standard_error: error,
            base_p90: old.p90.clone(),
            head_p90: new.p90.clone(),
        });
    }
    let lonely = |one: &[Side], other: &[Side]| -> Vec<String> {
        let alone = one.iter().filter(|side| other.iter().all(|known| known.name != side.name));
        alone.map(|side| side.name.clone()).collect()
    };
    let mut only_in_one = lonely(&olds, &news);
    only_in_one.extend(lonely(&news, &olds));
    let (base, head) = (base.0.to_owned(), head.0.to_owned());
    Ok(RiskChange { schema: SCHEMA, base, head, currency: after, strategies: found, only_in_one })
}

struct Side {
    name: String,
    mean: Exact,
    error: Exact,
    p90: Exact,
}

fn strategies((label, value): (&str, &Value)) -> Result<Vec<Side>, String> {
    let all =
        value.get("strategies").and_then(Value::as_array).ok_or_else(|| format!("{label} has no `strategies`"))?;
    let mut found = Vec::new();
    for one in all {
        let number = |key: &str| {
            let text = one.get("per_month").and_then(|month| month.get(key)).and_then(Value::as_str);
            text.and_then(Exact::from_decimal)
                .ok_or_else(|| format!("{label} does not say `per_month.{key}` of each strategy"))
        };
        let name =
            one.get("name").and_then(Value::as_str).ok_or_else(|| format!("{label} has a strategy without `name`"))?;
        found.push(Side {
            name: name.to_owned(),
            mean: number("mean")?,
            error: number("standard_error")?,
            p90: number("p90")?,
        });
    }
    Ok(found)
}
