//! Measured serving rates that come with the program; users can bring their own in the same form.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use serde::Deserialize;

use super::{Confidence, Estimate, Intervals, Load};
use crate::hosting::Quality;

/// The rows that come with the program, as CSV.
pub const TABLE: &str = include_str!("../../../pricing/throughput.csv");

/// One measurement in a closed loop.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Model with its maker.
    pub model: String,
    /// Format of the weights.
    pub format: String,
    /// Card.
    pub gpu: String,
    /// Cards of the replica.
    pub gpus: u32,
    /// Serving program.
    pub engine: String,
    /// Tokens of a prompt, mean.
    pub prompt: f64,
    /// Tokens of an answer, mean.
    pub answer: f64,
    /// Requests in flight.
    pub concurrency: f64,
    /// Milliseconds to the first token.
    pub ttft_ms: Option<f64>,
    /// Milliseconds per further token.
    pub tpot_ms: Option<f64>,
    /// Output tokens a second and card.
    pub rate: f64,
    /// Whether `rate` was computed from the latencies: `yes` or `no`.
    pub derived: String,
    /// How good the row is.
    #[serde(deserialize_with = "quality")]
    pub quality: Quality,
    /// Day, month or year of the measurement.
    pub as_of: Option<String>,
    /// Who says so.
    pub source: String,
}

fn quality<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Quality, D::Error> {
    match String::deserialize(from)?.as_str() {
        "a" => Ok(Quality::A),
        "b" => Ok(Quality::B),
        "c" => Ok(Quality::C),
        other => Err(serde::de::Error::custom(format!("quality is a, b or c, not {other}"))),
    }
}

/// Reads rows. Lines that start with `#` are remarks.
///
/// # Errors
///
/// A row that cannot be read or holds a number that is not above 0; the text names the line.
pub fn parse(table: &str) -> Result<Vec<Measured>, String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    let mut rows = Vec::new();
    for row in reader.deserialize() {
        let row: Measured = row.map_err(|error| error.to_string())?;
        let numbers =
            [Some(row.prompt), Some(row.answer), Some(row.concurrency), Some(row.rate), row.ttft_ms, row.tpot_ms];
        if row.gpus == 0 || numbers.into_iter().flatten().any(|number| !(number.is_finite() && number > 0.0)) {
            return Err(format!("row {} ({} on {}): numbers must be above 0", rows.len() + 1, row.model, row.gpu));
        }
        rows.push(row);
    }
    Ok(rows)
}

impl Measured {
    /// An estimate with what was measured in place of what was computed.
    pub fn apply(&self, load: &Load, estimate: Estimate) -> Estimate {
        let tokens_per_second = self.rate * f64::from(load.gpus);
        let (low, high) = Intervals::FITTED.measured;
        Estimate {
            tokens_per_second,
            per_gpu: self.rate,
            interval: (tokens_per_second * low, tokens_per_second * high),
            tpot: self.tpot_ms.map_or(estimate.tpot, |ms| ms / 1e3),
            ttft: self.ttft_ms.map_or(estimate.ttft, |ms| ms / 1e3),
            confidence: Confidence::Measured,
            ..estimate
        }
    }
}
