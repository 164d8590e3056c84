//! How fast one replica is: at a stated number of requests in flight, or at the most that keeps the latencies.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use super::{DIGITS, MOST_IN_FLIGHT};
use crate::hosting::Gpu;
use crate::hosting::memory::{self, KvPrecision, Replica};
use crate::hosting::throughput::{
    self, Coefficients, Confidence, Configuration, Estimate, Flag, Limit, Load, Measurements, Origin, Target, Traffic,
};
use crate::units::Exact;

/// A replica on cards of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The card.
    pub gpu: &'a Gpu,
    /// What is served, on how many of them.
    pub replica: Replica<'a>,
}

/// Latencies to keep, in seconds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slo {
    /// Until the first token.
    pub ttft: Option<Exact>,
    /// Per output token.
    pub tpot: Option<Exact>,
}

impl Slo {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.ttft.is_none() && self.tpot.is_none()
    }

    pub(super) fn target(&self) -> Target {
        Target { ttft: self.ttft.as_ref().map(Exact::to_f64), tpot: self.tpot.as_ref().map(Exact::to_f64) }
    }
}

/// A replica and what it has to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The replica.
    pub placed: Placed<'a>,
    /// Tokens of a prompt, on average; above 0.
    pub prompt: &'a Exact,
    /// Tokens of an answer, on average; above 0.
    pub answer: &'a Exact,
    /// Whose measurements count; `None`: those of every serving program.
    pub engine: Option<&'a str>,
    /// Measured rows.
    pub measurements: &'a Measurements,
}

/// How fast a replica is; estimates are rounded to [`DIGITS`] digits and exact from there on.
#[derive(Clone, PartialEq, Debug)]
pub struct Speed {
    /// Requests in flight.
    pub concurrency: u32,
    /// Output tokens a second of the replica, above 0.
    pub tokens_per_second: Exact,
    /// Its 80% interval.
    pub interval: (Exact, Exact),
    /// Milliseconds per output token after the first.
    pub tpot_ms: Exact,
    /// Milliseconds until the first token; weak.
    pub ttft_ms: Exact,
    /// What holds it back.
    pub limit: Limit,
    /// How well founded it is.
    pub confidence: Confidence,
    /// Measured rows that corrected it.
    pub origin: Origin,
    /// What to beware of.
    pub flags: Vec<Flag>,
    /// Whether the latencies that were asked for are kept.
    pub keeps_slo: bool,
}

/// Why a replica has no capacity.
#[derive(Clone, PartialEq, Debug)]
pub enum NoCapacity {
    /// The card cannot compute the format, or the catalogue lacks a figure of it.
    Unknown,
    /// Not one sequence fits: bytes that are missing.
    DoesNotFit(Exact),
    /// One request alone misses the latencies; this fast it would be.
    MissesSlo(Box<Speed>),
}

impl<'a> Job<'a> {
    /// The most output tokens a second that the replica sustains within the latencies, with at most [`MOST_IN_FLIGHT`]
    /// requests in flight: what a deployment that states no throughput is counted with.
    ///
    /// # Errors
    /// [`NoCapacity`].
    pub fn capacity(&self, slo: &Slo) -> Result<Speed, NoCapacity> {
        let prepared = self.prepare().ok_or(NoCapacity::Unknown)?;
        let missing = self.missing();
        if !missing.is_negative() && !missing.is_zero() {
            return Err(NoCapacity::DoesNotFit(missing));
        }
        let speed = prepared.best(slo).ok_or(NoCapacity::DoesNotFit(missing))?;
        if speed.keeps_slo { Ok(speed) } else { Err(NoCapacity::MissesSlo(Box::new(speed))) }
    }

    /// Bytes that one sequence of full length lacks; not above 0 where it fits.
    pub fn missing(&self) -> Exact {
        let Placed { gpu, replica } = &self.placed;
        let need = replica.need(&(self.prompt + self.answer), &Exact::ONE).total();
        &need - &memory::usable(gpu, &Exact::from(u64::from(replica.gpus)))
    }

    /// All that does not depend on concurrency, computed once; `None` where the card cannot compute the format or the
    /// catalogue lacks a figure of it.
    pub fn prepare(&self) -> Option<Prepared<'a>> {
        let Placed { gpu, replica } = self.placed;
        let mut load = Load::of(gpu, &replica)?;
        // Links between nodes are not modelled.
        load.calibrated &= replica.gpus <= gpu.node_gpus;
        let of = Configuration {
            model: &replica.model.id,
            format: replica.format,
            gpu: &gpu.id,
            gpus: replica.gpus,
            engine: self.engine,
        };
        let tokens = self.prompt + self.answer;
        let usable = memory::usable(gpu, &Exact::from(u64::from(replica.gpus)));
        Some(Prepared {
            load,
            of,
            prompt: self.prompt.to_f64(),
            answer: self.answer.to_f64(),
            replica,
            sequences: replica.sequences(&tokens, &usable).unwrap_or(u64::MAX),
            measurements: self.measurements,
        })
    }
}

/// A job whose figures are ready.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<'a> {
    load: Load,
    of: Configuration<'a>,
    prompt: f64,
    answer: f64,
    replica: Replica<'a>,
    /// Sequences of full length that fit at once.
    sequences: u64,
    measurements: &'a Measurements,
}

impl Prepared<'_> {
    /// The estimate for so many requests in flight, corrected by measured rows or replaced by one of the very
    /// configuration, and which of these it was.
    pub fn estimate(&self, concurrency: f64) -> (Estimate, Origin) {
        let traffic = Traffic { prompt: self.prompt, answer: self.answer, concurrency };
        let (found, origin) = self.corrected(&traffic);
        // Measured rows have caches of 16 bit and attention in plain tensor parallelism.
        let comparable = self.replica.kv == KvPrecision::Sixteen && self.replica.attention_gpus == self.replica.gpus;
        let row = if comparable && found.batch > 0.0 { self.measurements.find(&self.of, &traffic) } else { None };
        match row {
            Some(row) => (row.apply(&self.load, found), Origin::Roofline),
            None => (found, origin),
        }
    }

    /// The same with another share of the reported memory and another reserve in bytes per card.
    #[must_use]
    pub fn with_memory(self, usable_share: f64, reserve: f64) -> Self {
        Self { load: Load { usable_share, reserve, ..self.load }, ..self }
    }

    fn corrected(&self, traffic: &Traffic) -> (Estimate, Origin) {
        let calibration = self.measurements.calibration(&self.of, traffic);
        (calibration.apply(throughput::estimate(&self.load, traffic)), calibration.origin)
    }

    /// How fast it is with so many requests in flight; `None` when not one sequence fits.
    pub fn at(&self, concurrency: u32, slo: &Slo) -> Option<Speed> {
        let (found, origin) = self.estimate(concurrency.into());
        let round = |value: f64| Exact::estimate(value, DIGITS);
        Some(Speed {
            concurrency,
            tokens_per_second: round(found.tokens_per_second).filter(|rate| !rate.is_zero())?,
            interval: (round(found.interval.0)?, round(found.interval.1)?),
            tpot_ms: round(found.tpot * 1e3)?,
            ttft_ms: round(found.ttft * 1e3)?,
            limit: found.limit,
            confidence: found.confidence,
            origin,
            keeps_slo: slo.target().is_kept_by(&found),
            flags: found.flags,
        })
    }

    /// How fast it is with the most requests in flight that fit at once and keep the latencies, or with one where even
    /// that one misses them; `None` when not one sequence fits.
    pub fn best(&self, slo: &Slo) -> Option<Speed> {
        let most = u32::try_from(self.sequences).unwrap_or(u32::MAX).min(MOST_IN_FLIGHT);
        match throughput::capacity(&slo.target(), most, |concurrency| self.estimate(concurrency).0) {
            Some((concurrency, _)) => self.at(concurrency, slo),
            None => self.at(1, slo),
        }
    }

    /// Output tokens a second with all sequences that fit at the full rates of the data sheet, without any overhead:
    /// without speculative decoding nothing gets there. `None` when not one sequence fits.
    pub fn ceiling(&self) -> Option<Exact> {
        let concurrency = self.load.sequences(self.prompt + self.answer).min(1e9);
        let traffic = Traffic { prompt: self.prompt, answer: self.answer, concurrency };
        let found = throughput::estimate_with(&Coefficients::IDEAL, &self.load, &traffic);
        Exact::estimate(found.tokens_per_second, DIGITS).filter(|rate| !rate.is_zero())
    }
}
