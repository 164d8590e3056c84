//! Answers to a table of configurations.

use serde::Serialize;

use super::Estimated;
use crate::hosting::size::case::Answer;
use crate::units::Exact;

/// The answer to one row.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// Which row.
    pub row_id: String,
    /// Output tokens a second and card.
    pub output_tok_s_per_gpu: Option<Estimated>,
    /// Milliseconds per output token after the first.
    pub tpot_ms: Option<Estimated>,
    /// Milliseconds until the first token; weak.
    pub ttft_ms: Option<Estimated>,
    /// Low end of the rate's 80% interval.
    pub low: Option<Estimated>,
    /// High end.
    pub high: Option<Estimated>,
    /// What to beware of, and how well it is founded.
    pub flags: Vec<&'static str>,
    /// Why there is no answer.
    pub error: Option<String>,
}

/// Digits that are kept: more than an estimate deserves, so that an evaluation is not one of rounding.
const DIGITS: usize = 5;

impl CaseReport {
    /// The report of a row's answer.
    pub fn of((row_id, answer): &(String, Result<Answer, String>)) -> Self {
        let found = answer.as_ref().ok();
        let round = |of: fn(&Answer) -> f64| found.and_then(|found| Exact::estimate(of(found), DIGITS)).map(Estimated);
        Self {
            row_id: row_id.clone(),
            output_tok_s_per_gpu: round(|found| found.per_gpu),
            tpot_ms: round(|found| found.tpot_ms),
            ttft_ms: round(|found| found.ttft_ms),
            low: round(|found| found.interval.0),
            high: round(|found| found.interval.1),
            flags: found.map(|found| found.flags.clone()).unwrap_or_default(),
            error: answer.as_ref().err().cloned(),
        }
    }
}
