//! What was sized, as every format shows it.

mod cases;
mod options;
mod shown;
mod words;

use serde::{Serialize, Serializer};

use super::{ListUsed, PricesUsed, Warning};
use crate::hosting::memory::{KvPrecision, WindowMode};
use crate::hosting::size::{Request, Sizing};
use crate::hosting::{Format, Purchase, catalogue};
use crate::units::Exact;

pub use cases::CaseReport;
pub use options::{NeedsReport, OfferReport, OptionReport, RangeReport};

/// The version of the shape.
pub const SIZE_SCHEMA: &str = "llmcost.size/1";

/// The result of a sizing.
#[derive(Clone, Debug, Serialize)]
pub struct SizeReport {
    /// [`SIZE_SCHEMA`]
    pub schema: &'static str,
    /// The model; `None` for a stated need alone.
    pub model: Option<String>,
    /// What was asked.
    pub request: RequestReport,
    /// Which offers and catalogues.
    pub prices: PricesUsed,
    /// What the recommended option needs, else the first.
    pub needs: Option<NeedsReport>,
    /// A stated need in other precisions, if it were 16-bit weights and nothing else.
    pub needs_if_all_were_weights: Vec<QuantizedNeed>,
    /// All options, the best first.
    pub options: Vec<OptionReport>,
    /// The one to take; `None` when none fits and keeps the latencies for a price.
    pub recommended: Option<RecommendedReport>,
    /// In a sentence or two: what to take and why, or why nothing.
    pub reason: String,
    /// What the flags of the options mean, each once.
    pub warnings: Vec<Warning>,
    /// What the figures leave out.
    pub notes: Vec<String>,
    /// Defaults that touched a figure.
    pub assumptions: Vec<String>,
    /// What a table shows: the best option of each card, all options where few cards were tried.
    #[serde(skip)]
    pub shown: Vec<ShownOption>,
    /// Cards on which nothing fits, each with what is missing.
    #[serde(skip)]
    pub too_small: Vec<String>,
}

/// An option that a table shows.
#[derive(Clone, Debug)]
pub struct ShownOption {
    /// Its position among the options.
    pub option: usize,
    /// Its cost (USD per million output tokens, else per hour) relative to the dearest one that is shown: 0 to 1.
    pub relative_cost: Exact,
}

/// What was asked.
#[derive(Clone, Debug, Serialize)]
pub struct RequestReport {
    /// Bytes of a stated need.
    pub memory_bytes: Option<Exact>,
    /// Formats that were compared.
    pub precisions: Vec<&'static str>,
    /// Precision of the cache: `fp16` or `fp8`.
    pub kv_precision: Option<&'static str>,
    /// `engine-full` or `ideal`.
    pub window: Option<&'static str>,
    /// Tokens of a prompt.
    pub input: Option<Exact>,
    /// Tokens of an answer.
    pub output: Option<Exact>,
    /// Requests in flight; `None`: as many as each option holds.
    pub concurrency: Option<u32>,
    /// Milliseconds to the first token that are allowed.
    pub ttft_ms: Option<Exact>,
    /// Milliseconds per output token that are allowed.
    pub tpot_ms: Option<Exact>,
    /// How cards are bought.
    pub purchase: &'static str,
    /// A stated price per card and hour.
    pub usd_per_gpu_hour: Option<Exact>,
    /// Stated output tokens a second of a replica.
    pub throughput: Option<Exact>,
    /// Whose measurements count.
    pub engine: Option<String>,
}

/// A stated need in another precision.
#[derive(Clone, Debug, Serialize)]
pub struct QuantizedNeed {
    /// The precision.
    pub precision: &'static str,
    /// Bytes: a half or a quarter of the stated ones.
    pub total_bytes: Exact,
}

/// The option to take.
#[derive(Clone, Debug, Serialize)]
pub struct RecommendedReport {
    /// Its position among the options, from 0.
    pub option: usize,
    /// The card.
    pub gpu: String,
    /// Cards of a replica.
    pub gpus: u32,
    /// Format of the weights.
    pub precision: Option<&'static str>,
    /// USD per hour.
    pub usd_per_hour: Option<Exact>,
    /// USD per million output tokens.
    pub usd_per_million_output_tokens: Option<Exact>,
    /// Where that is extrapolated: the best option that measurements stand behind.
    pub measured_option: Option<usize>,
}

/// An estimate: a number in JSON, where exact quantities are texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Estimated(pub Exact);

impl Serialize for Estimated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_whole()
            && let Some(whole) = self.0.to_u64()
        {
            return serializer.serialize_u64(whole);
        }
        serializer.serialize_f64(self.0.to_f64())
    }
}

impl SizeReport {
    /// The report of a sizing; `assumptions` are the defaults that its request took.
    pub fn of(request: &Request<'_>, sizing: &Sizing<'_>, assumptions: &[String]) -> Self {
        let first = sizing.recommended.unwrap_or(0);
        let tokens = &request.prompt + &request.answer;
        let served = request.model.as_ref();
        let milliseconds = |seconds: &Option<Exact>| seconds.as_ref().map(|seconds| seconds * &Exact::from(1_000));
        Self {
            schema: SIZE_SCHEMA,
            model: served.map(|served| served.model.id.clone()),
            request: RequestReport {
                memory_bytes: request.memory.clone(),
                precisions: served.iter().flat_map(|served| &served.formats).map(|format| format.name()).collect(),
                kv_precision: served.map(|served| match served.kv {
                    KvPrecision::Sixteen => Format::Fp16.name(),
                    KvPrecision::Eight => Format::Fp8.name(),
                }),
                window: served.map(|served| match served.window {
                    WindowMode::EngineFull => "engine-full",
                    WindowMode::Ideal => "ideal",
                }),
                input: served.map(|_| request.prompt.clone()),
                output: served.map(|_| request.answer.clone()),
                concurrency: request.concurrency.filter(|_| served.is_some()),
                ttft_ms: milliseconds(&request.slo.ttft),
                tpot_ms: milliseconds(&request.slo.tpot),
                purchase: word(request.terms.purchase),
                usd_per_gpu_hour: request.terms.usd_per_gpu_hour.clone(),
                throughput: request.throughput.clone(),
                engine: request.engine.clone(),
            },
            prices: prices(request),
            needs: sizing.choices.get(first).map(|choice| NeedsReport::of(choice, &tokens)),
            needs_if_all_were_weights: match (&request.memory, served) {
                (Some(stated), None) => quantized(stated),
                _ => Vec::new(),
            },
            options: sizing.choices.iter().map(|choice| OptionReport::of(choice, &tokens)).collect(),
            recommended: sizing.recommended.and_then(|index| {
                let choice = sizing.choices.get(index)?;
                Some(RecommendedReport {
                    option: index,
                    gpu: choice.gpu.id.clone(),
                    gpus: choice.gpus,
                    precision: choice.format.map(Format::name),
                    usd_per_hour: choice.package.as_ref().map(|package| package.usd_per_hour.clone()),
                    usd_per_million_output_tokens: choice.usd_per_million.clone(),
                    measured_option: sizing.measured,
                })
            }),
            reason: words::reason(request, sizing),
            warnings: words::warnings(request, sizing),
            notes: words::notes(request, sizing),
            assumptions: assumptions.to_vec(),
            shown: shown::shown(sizing),
            too_small: shown::too_small(sizing),
        }
    }
}

/// How the way to buy is written.
fn word(purchase: Purchase) -> &'static str {
    Purchase::WORDS.iter().find(|(_, known)| *known == purchase).map_or("", |(word, _)| word)
}

/// A half and a quarter: what 8 and 4 bits leave of 16, if nothing but weights were in the need.
fn quantized(stated: &Exact) -> Vec<QuantizedNeed> {
    let part = |precision: &'static str, of: u64| {
        Some(QuantizedNeed { precision, total_bytes: stated.checked_div(&Exact::from(of))? })
    };
    [part("fp8", 2), part("int4", 4)].into_iter().flatten().collect()
}

fn prices(request: &Request<'_>) -> PricesUsed {
    let lists = catalogue::fingerprints().into_iter();
    PricesUsed {
        as_of: request.terms.as_of.to_string(),
        lists: lists.map(|(name, sha256)| ListUsed { name: name.to_owned(), listed: None, sha256 }).collect(),
    }
}
