//! Sizings and answers to tables of configurations as CSV.

use super::csv::{defused, finished};
use crate::report::{CaseReport, Estimated, SizeReport};
use crate::units::Exact;

/// All options of all sizings, one row each.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_sizes(reports: &[SizeReport]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "rank",
        "recommended",
        "model",
        "gpu",
        "gpus",
        "precision",
        "fits",
        "need_bytes",
        "usable_bytes",
        "waste_percent",
        "waste_of",
        "concurrency",
        "usd_per_hour",
        "gpus_bought",
        "offer",
        "offer_as_of",
        "offer_quality",
        "output_tokens_per_second",
        "output_tokens_per_second_per_gpu",
        "low",
        "high",
        "tpot_ms",
        "ttft_ms",
        "usd_per_million_output_tokens",
        "binding",
        "confidence",
        "flags",
    ])?;
    for report in reports {
        let taken = report.recommended.as_ref().map(|taken| taken.option);
        for (index, option) in report.options.iter().enumerate() {
            let text = |value: Option<String>| value.unwrap_or_default();
            let exact = |value: &Option<Exact>| text(value.as_ref().map(ToString::to_string));
            let estimated = |value: &Option<Estimated>| text(value.as_ref().map(|value| value.0.to_string()));
            let offer = option.offer.as_ref();
            writer.write_record([
                index.saturating_add(1).to_string(),
                (taken == Some(index)).to_string(),
                text(report.model.as_deref().map(defused)),
                defused(&option.gpu),
                option.gpus.to_string(),
                text(option.precision.map(str::to_owned)),
                option.fits.to_string(),
                option.needs.total_bytes.to_string(),
                option.usable_bytes.to_string(),
                option.waste_percent.to_string(),
                option.waste_of.to_owned(),
                text(option.concurrency.map(|requests| requests.to_string())),
                exact(&option.usd_per_hour),
                exact(&option.gpus_bought),
                text(offer.map(|offer| defused(&offer.id))),
                text(offer.map(|offer| offer.as_of.clone())),
                text(offer.map(|offer| offer.quality.to_owned())),
                estimated(&option.output_tokens_per_second),
                estimated(&option.output_tokens_per_second_per_gpu),
                text(option.interval.as_ref().map(|interval| interval.low.0.to_string())),
                text(option.interval.as_ref().map(|interval| interval.high.0.to_string())),
                estimated(&option.tpot_ms),
                estimated(&option.ttft_ms),
                exact(&option.usd_per_million_output_tokens),
                text(option.binding.map(str::to_owned)),
                text(option.confidence.map(str::to_owned)),
                option.flags.join(";"),
            ])?;
        }
    }
    finished(writer)
}

/// Answers to a table of configurations, one row each.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_cases(answers: &[CaseReport]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["row_id", "output_tok_s_per_gpu", "tpot_ms", "ttft_ms", "low", "high", "flags", "error"])?;
    for answer in answers {
        let estimated = |value: &Option<Estimated>| value.as_ref().map(|value| value.0.to_string()).unwrap_or_default();
        writer.write_record([
            defused(&answer.row_id),
            estimated(&answer.output_tok_s_per_gpu),
            estimated(&answer.tpot_ms),
            estimated(&answer.ttft_ms),
            estimated(&answer.low),
            estimated(&answer.high),
            answer.flags.join(";"),
            answer.error.as_deref().map(defused).unwrap_or_default(),
        ])?;
    }
    finished(writer)
}
