//! One choice: a model in a format on so many cards of one kind.

use super::{Flag, Job, Package, Placed, Request, Served, Speed};
use crate::hosting::memory::{self, Replica};
use crate::hosting::throughput::{Compute, Confidence, Flag as SpeedFlag};
use crate::hosting::{Format, Gpu, OpenModel, Quality};
use crate::units::Exact;

/// A choice and all that is known of it.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The card.
    pub gpu: &'a Gpu,
    /// Cards of a replica.
    pub gpus: u32,
    /// Format of the weights; `None` for a stated need.
    pub format: Option<Format>,
    /// Bytes needed.
    pub needs: Needs,
    /// Bytes that the need is held against: 90% of what the cards report, or all of it for a stated need.
    pub usable: Exact,
    /// Whether the need is not above that.
    pub fits: bool,
    /// Sequences of full length that fit at once; `None` for a stated need.
    pub sequences: Option<u64>,
    /// 1 - need / nominal memory of the cards; below 0 when it does not fit.
    pub waste: Exact,
    /// What is bought; `None` when nobody sells it.
    pub package: Option<Package<'a>>,
    /// How fast it is estimated to be; `None` when it does not run, and for a stated need.
    pub speed: Option<Speed>,
    /// Output tokens a second of a replica as somebody stated them, where it runs; in place of the estimate.
    pub stated: Option<Exact>,
    /// Output tokens a second at the full rates of the data sheet, without any overhead; out of reach.
    pub ceiling: Option<Exact>,
    /// USD per million output tokens of a replica that is always full.
    pub usd_per_million: Option<Exact>,
    /// Whether the latencies are kept; `None` when none were asked for or it does not run.
    pub keeps_slo: Option<bool>,
    /// What to beware of.
    pub flags: Vec<Flag>,
}

impl Choice<'_> {
    /// Output tokens a second of a replica: as stated, else as estimated.
    pub fn tokens_per_second(&self) -> Option<&Exact> {
        self.stated.as_ref().or(self.speed.as_ref().map(|speed| &speed.tokens_per_second))
    }

    /// The 80% interval of these; a stated rate has none.
    pub fn interval(&self) -> Option<(&Exact, &Exact)> {
        match (&self.stated, &self.speed) {
            (Some(stated), _) => Some((stated, stated)),
            (None, Some(speed)) => Some((&speed.interval.0, &speed.interval.1)),
            (None, None) => None,
        }
    }

    /// How well founded the rate is.
    pub fn confidence(&self) -> Option<Confidence> {
        match (&self.stated, &self.speed) {
            (Some(_), _) => Some(Confidence::Stated),
            (None, speed) => speed.as_ref().map(|speed| speed.confidence),
        }
    }
}

/// Bytes needed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Needs {
    /// All of them.
    pub total: Exact,
    /// Whether somebody stated them.
    pub is_stated: bool,
    /// What the computation says; `None` without a model.
    pub computed: Option<NeedParts>,
}

/// A computed need and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeedParts {
    /// Weights.
    pub weights: Exact,
    /// Cache of one token in one sequence, in layers without a window.
    pub kv_per_token: Exact,
    /// The same in layers with a window.
    pub kv_per_token_in_window: Exact,
    /// Caches of all sequences, copies included.
    pub kv: Exact,
    /// Reserve of all cards.
    pub reserve: Exact,
    /// Sequences that were counted.
    pub sequences: u32,
    /// How often a sequence's cache is held.
    pub replication: Exact,
}

impl NeedParts {
    /// All bytes.
    pub fn total(&self) -> Exact {
        [&self.weights, &self.kv, &self.reserve].into_iter().sum()
    }
}

impl<'a> Request<'a> {
    /// The choice of `gpus` cards of a kind with weights of `format`.
    pub(super) fn choice(&'a self, gpu: &'a Gpu, gpus: u32, format: Option<Format>) -> Choice<'a> {
        let cards = Exact::from(u64::from(gpus));
        let mut choice = Choice {
            gpu,
            gpus,
            format,
            needs: Needs { total: Exact::ZERO, is_stated: false, computed: None },
            usable: memory::usable(gpu, &cards),
            fits: true,
            sequences: None,
            waste: Exact::ONE,
            package: self.terms.cheapest(gpu, gpus),
            speed: None,
            stated: self.throughput.clone(),
            ceiling: None,
            usd_per_million: None,
            keeps_slo: None,
            flags: Vec::new(),
        };
        if let Some((served, format)) = self.model.as_ref().zip(format) {
            self.compute(&mut choice, served, format);
        }
        if let Some(stated) = &self.memory {
            hold_against_a_stated_need(&mut choice, stated);
        }
        choice.fits = choice.needs.total <= choice.usable;
        choice.waste = memory::waste(&choice.needs.total, gpu, &cards).unwrap_or(Exact::ZERO);
        if !choice.fits {
            let runs = self.memory.is_none() && choice.sequences.is_none_or(|sequences| sequences > 0);
            choice.flags.push(if runs { Flag::Queues } else { Flag::DoesNotFit });
        }
        if choice.flags.contains(&Flag::DoesNotFit) || (self.model.is_some() && choice.speed.is_none()) {
            choice.stated = None;
        }
        flag_a_stated_rate(&mut choice);
        choice.usd_per_million = choice.package.as_ref().zip(choice.tokens_per_second()).and_then(|(package, rate)| {
            let tokens_per_hour = rate * &Exact::from(3600);
            package.usd_per_hour.checked_div(&tokens_per_hour).map(|usd| &usd * &Exact::from(1_000_000))
        });
        flag_the_purchase(&mut choice);
        choice.flags.sort();
        choice.flags.dedup();
        choice
    }

    /// What the model needs and how fast it is.
    fn compute(&'a self, choice: &mut Choice<'a>, served: &Served<'a>, format: Format) {
        let (gpu, gpus, model) = (choice.gpu, choice.gpus, served.model);
        let replica = Replica { model, format, kv: served.kv, mode: served.window, gpus, attention_gpus: gpus };
        let job = Job {
            placed: Placed { gpu, replica },
            prompt: &self.prompt,
            answer: &self.answer,
            engine: self.engine.as_deref(),
            measurements: &self.measurements,
        };
        let prepared = job.prepare();
        choice.speed = prepared.and_then(|prepared| match self.concurrency {
            Some(concurrency) => prepared.at(concurrency, &self.slo),
            None => prepared.best(&self.slo),
        });
        choice.ceiling = prepared.and_then(|prepared| prepared.ceiling());
        let tokens = &self.prompt + &self.answer;
        let in_flight = self.concurrency.or(choice.speed.as_ref().map(|speed| speed.concurrency)).unwrap_or(1);
        let need = replica.need(&tokens, &Exact::from(u64::from(in_flight)));
        choice.sequences = replica.sequences(&tokens, &choice.usable);
        choice.needs = Needs {
            total: need.total(),
            is_stated: false,
            computed: Some(NeedParts {
                weights: need.weights,
                kv_per_token: memory::kv_bytes_per_token(model, served.kv),
                kv_per_token_in_window: memory::kv_bytes_per_token_in_window(model, served.kv),
                kv: need.kv,
                reserve: need.reserve,
                sequences: in_flight,
                replication: memory::replication(model, gpus),
            }),
        };
        choice.flags.extend(flags_of_model(gpu, gpus, model, format));
        if let Some(speed) = &choice.speed {
            choice.flags.extend(flags_of_speed(speed));
            choice.keeps_slo = (!self.slo.is_empty()).then_some(speed.keeps_slo);
        }
        if choice.keeps_slo == Some(false) {
            choice.flags.push(Flag::MissesSlo);
        }
    }
}

/// A stated need is held against all that the cards report: engines' own share and growing caches are in it.
fn hold_against_a_stated_need(choice: &mut Choice<'_>, stated: &Exact) {
    let reported = &Exact::from(u64::from(choice.gpus)) * &Exact::from(choice.gpu.reported_bytes);
    choice.flags.retain(|flag| *flag != Flag::KvCliff);
    if *stated > choice.usable && *stated <= reported {
        choice.flags.push(Flag::KvCliff);
    }
    if choice.needs.computed.as_ref().is_some_and(|computed| computed.total() > *stated) {
        choice.flags.push(Flag::BelowComputed);
    }
    choice.usable = reported;
    choice.needs.total = stated.clone();
    choice.needs.is_stated = true;
}

fn flag_a_stated_rate(choice: &mut Choice<'_>) {
    let Some(stated) = &choice.stated else { return };
    choice.flags.retain(|flag| *flag != Flag::Extrapolated);
    if choice.speed.as_ref().is_some_and(|speed| *stated > speed.interval.1) {
        choice.flags.push(Flag::AboveEstimate);
    }
    if choice.ceiling.as_ref().is_some_and(|ceiling| stated > ceiling) {
        choice.flags.push(Flag::AboveHardware);
    }
}

fn flag_the_purchase(choice: &mut Choice<'_>) {
    if choice.gpus > choice.gpu.node_gpus {
        choice.flags.push(Flag::BeyondNode);
    }
    let Some(package) = &choice.package else {
        choice.flags.push(Flag::NoPrice);
        return;
    };
    if package.gpus > Exact::from(u64::from(choice.gpus)) {
        choice.flags.push(Flag::IdleGpus);
    }
    if !package.in_one_instance && choice.gpus <= choice.gpu.node_gpus {
        choice.flags.push(Flag::SeveralInstances);
    }
    if package.offer.is_some_and(|offer| offer.quality == Quality::C) {
        choice.flags.push(Flag::WeakPrice);
    }
}

fn flags_of_model(gpu: &Gpu, gpus: u32, model: &OpenModel, format: Format) -> Vec<Flag> {
    let mut flags = Vec::new();
    // int4 is meant to be unpacked everywhere.
    if matches!(gpu.compute(format), Compute::Unpacked(_)) && format != Format::Int4 {
        flags.push(Flag::Unpacked);
    }
    if !model.heads.is_multiple_of(gpus) {
        flags.push(Flag::UnevenSplit);
    }
    flags
}

fn flags_of_speed(speed: &Speed) -> Vec<Flag> {
    let mut flags: Vec<Flag> = speed
        .flags
        .iter()
        .map(|flag| match flag {
            SpeedFlag::DoesNotFit => Flag::DoesNotFit,
            SpeedFlag::KvCliff => Flag::KvCliff,
            SpeedFlag::PrefillBound => Flag::PrefillBound,
        })
        .collect();
    if speed.confidence == Confidence::Extrapolated {
        flags.push(Flag::Extrapolated);
    }
    flags
}
