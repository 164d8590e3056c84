//! One option of a sizing.

use serde::Serialize;

use super::{Estimated, word};
use crate::hosting::size::{Choice, Package};
use crate::hosting::{Format, Quality};
use crate::units::Exact;

/// One option: so many cards of a kind, in one format.
#[derive(Clone, Debug, Serialize)]
pub struct OptionReport {
    /// The card, as the catalogue has it.
    pub gpu: String,
    /// The same for people.
    pub name: String,
    /// Cards of a replica.
    pub gpus: u32,
    /// Format of the weights; `None` for a stated need.
    pub precision: Option<&'static str>,
    /// Whether the need is within the usable memory.
    pub fits: bool,
    /// What it needs.
    pub needs: NeedsReport,
    /// Bytes that the need is held against.
    pub usable_bytes: Exact,
    /// Bytes that are missing; `None` when it fits.
    pub missing_bytes: Option<Exact>,
    /// (1 - need / nominal memory) in percent.
    pub waste_percent: Exact,
    /// What the waste is a share of.
    pub waste_of: &'static str,
    /// Nominal bytes of the cards.
    pub nominal_bytes: Exact,
    /// Sequences of full length that fit at once.
    pub sequences_that_fit: Option<u64>,
    /// Requests in flight that the speed is for.
    pub concurrency: Option<u32>,
    /// USD per hour of what must be bought.
    pub usd_per_hour: Option<Exact>,
    /// The same for 30 days of 24 hours.
    pub usd_per_month: Option<Exact>,
    /// Cards that must be bought.
    pub gpus_bought: Option<Exact>,
    /// What is bought; `None` for a stated price.
    pub offer: Option<OfferReport>,
    /// Output tokens a second of the replica.
    pub output_tokens_per_second: Option<Estimated>,
    /// The same per card.
    pub output_tokens_per_second_per_gpu: Option<Estimated>,
    /// The 80% interval of the rate per card.
    pub interval: Option<RangeReport<Estimated>>,
    /// Milliseconds per output token after the first.
    pub tpot_ms: Option<Estimated>,
    /// Milliseconds until the first token; weak.
    pub ttft_ms: Option<Estimated>,
    /// USD per million output tokens of a replica that is always full.
    pub usd_per_million_output_tokens: Option<Exact>,
    /// The same at both ends of the rate's interval, the cheap end first.
    pub usd_per_million_interval: Option<RangeReport<Exact>>,
    /// What holds it back: `bandwidth`, `compute`, `communication` or `kv`.
    pub binding: Option<&'static str>,
    /// How well founded the rate is: `extrapolated`, `calibrated`, `near`, `recalibrated`, `measured` or `stated`.
    pub confidence: Option<&'static str>,
    /// Whether the latencies are kept; `None` when none were asked for.
    pub meets_slo: Option<bool>,
    /// What to beware of.
    pub flags: Vec<&'static str>,
}

/// Low and high end.
#[derive(Clone, Debug, Serialize)]
pub struct RangeReport<T> {
    /// Low end.
    pub low: T,
    /// High end.
    pub high: T,
}

/// Bytes needed; parts are `None` for a stated need, to which nothing is added.
#[derive(Clone, Debug, Serialize)]
pub struct NeedsReport {
    /// Weights.
    pub weights_bytes: Option<Exact>,
    /// Cache of one token in one sequence, in layers without a window.
    pub kv_bytes_per_token: Option<Exact>,
    /// The same in layers with a window.
    pub kv_bytes_per_token_in_window: Option<Exact>,
    /// Caches of all sequences, copies included.
    pub kv_bytes: Option<Exact>,
    /// Reserve of all cards for activations, graphs and communication.
    pub overhead_bytes: Option<Exact>,
    /// All of them.
    pub total_bytes: Exact,
    /// Sequences that were counted.
    pub sequences: Option<u32>,
    /// Tokens of each.
    pub tokens_per_sequence: Option<Exact>,
    /// How often a sequence's cache is held.
    pub kv_copies: Option<Exact>,
    /// What a computation says where the total was stated.
    pub computed_total_bytes: Option<Exact>,
}

/// What is bought.
#[derive(Clone, Debug, Serialize)]
pub struct OfferReport {
    /// Its name in the catalogue.
    pub id: String,
    /// Who sells it.
    pub provider: String,
    /// What it is called there.
    pub instance: Option<String>,
    /// Cards of one.
    pub gpus: Exact,
    /// How many of it.
    pub count: u64,
    /// USD per hour of one.
    pub usd_per_hour: Exact,
    /// `on_demand`, `spot`, ...
    pub purchase: &'static str,
    /// Where.
    pub region: Option<String>,
    /// When the price was known to hold.
    pub as_of: String,
    /// How good it is: A, B or C.
    pub quality: &'static str,
    /// Who says so.
    pub source: String,
}

impl NeedsReport {
    pub(super) fn of(choice: &Choice<'_>, tokens: &Exact) -> Self {
        let needs = &choice.needs;
        let computed = needs.computed.as_ref();
        let parts = computed.filter(|_| !needs.is_stated);
        Self {
            weights_bytes: parts.map(|parts| parts.weights.clone()),
            kv_bytes_per_token: computed.map(|parts| parts.kv_per_token.clone()),
            kv_bytes_per_token_in_window: computed.map(|parts| parts.kv_per_token_in_window.clone()),
            kv_bytes: parts.map(|parts| parts.kv.clone()),
            overhead_bytes: parts.map(|parts| parts.reserve.clone()),
            total_bytes: needs.total.clone(),
            sequences: parts.map(|parts| parts.sequences),
            tokens_per_sequence: parts.map(|_| tokens.clone()),
            kv_copies: parts.map(|parts| parts.replication.clone()),
            computed_total_bytes: computed.filter(|_| needs.is_stated).map(|parts| parts.total()),
        }
    }
}

impl OfferReport {
    fn of(package: &Package<'_>) -> Option<Self> {
        let offer = package.offer?;
        let quality = Quality::WORDS.iter().find(|(_, known)| *known == offer.quality).map_or("", |(word, _)| word);
        Some(Self {
            id: offer.id.clone(),
            provider: offer.provider.clone(),
            instance: offer.instance.clone(),
            gpus: offer.count.clone(),
            count: package.count,
            usd_per_hour: offer.usd_per_hour.clone(),
            purchase: word(offer.purchase),
            region: offer.region.clone(),
            as_of: offer.as_of.clone(),
            quality,
            source: offer.source.clone(),
        })
    }
}

impl OptionReport {
    pub(super) fn of(choice: &Choice<'_>, tokens: &Exact) -> Self {
        let cards = Exact::from(u64::from(choice.gpus));
        let per_card = |rate: &Exact| rate.checked_div(&cards).map(Estimated);
        let missing = &choice.needs.total - &choice.usable;
        let speed = choice.speed.as_ref();
        let interval = choice.interval();
        let per_million = |rate: &Exact| {
            let usd = choice.usd_per_million.as_ref()?;
            (usd * choice.tokens_per_second()?).checked_div(rate)
        };
        Self {
            gpu: choice.gpu.id.clone(),
            name: choice.gpu.name.clone(),
            gpus: choice.gpus,
            precision: choice.format.map(Format::name),
            fits: choice.fits,
            needs: NeedsReport::of(choice, tokens),
            usable_bytes: choice.usable.clone(),
            missing_bytes: (!choice.fits).then_some(missing),
            waste_percent: &choice.waste * &Exact::from(100),
            waste_of: "nominal memory",
            nominal_bytes: &cards * &Exact::from(choice.gpu.nominal_bytes),
            sequences_that_fit: choice.sequences,
            concurrency: speed.map(|speed| speed.concurrency),
            usd_per_hour: choice.package.as_ref().map(|package| package.usd_per_hour.clone()),
            usd_per_month: choice.package.as_ref().map(|package| &package.usd_per_hour * &Exact::from(720)),
            gpus_bought: choice.package.as_ref().map(|package| package.gpus.clone()),
            offer: choice.package.as_ref().and_then(OfferReport::of),
            output_tokens_per_second: choice.tokens_per_second().cloned().map(Estimated),
            output_tokens_per_second_per_gpu: choice.tokens_per_second().and_then(per_card),
            interval: interval.and_then(|(low, high)| Some(RangeReport { low: per_card(low)?, high: per_card(high)? })),
            tpot_ms: speed.map(|speed| Estimated(speed.tpot_ms.clone())),
            ttft_ms: speed.map(|speed| Estimated(speed.ttft_ms.clone())),
            usd_per_million_output_tokens: choice.usd_per_million.clone(),
            usd_per_million_interval: interval
                .and_then(|(low, high)| Some(RangeReport { low: per_million(high)?, high: per_million(low)? })),
            binding: speed.map(|speed| speed.limit.name()),
            confidence: choice.confidence().map(|confidence| confidence.name()),
            meets_slo: choice.keeps_slo,
            flags: choice.flags.iter().map(|flag| flag.name()).collect::<Vec<&'static str>>(),
        }
    }
}
