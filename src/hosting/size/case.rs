//! One configuration of a table, as benchmarks state them: how fast is it?
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use super::{Job, Placed};
use crate::hosting::memory::{self, KvPrecision, Replica, WindowMode};
use crate::hosting::throughput::{Compute, Confidence, Estimate, Measurements};
use crate::hosting::{Format, Gpu, OpenModel};
use crate::units::{Exact, display};

/// A configuration with everything looked up.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The model.
    pub model: &'a OpenModel,
    /// Format of its weights.
    pub format: Format,
    /// The card.
    pub gpu: &'a Gpu,
    /// Cards, all together.
    pub gpus: u32,
    /// Tensor parallelism; `None`: over all cards.
    pub tensor: Option<u32>,
    /// Attention data parallelism: groups of cards that each compute the attention of their own sequences.
    pub attention_data: u32,
    /// Cards over which experts are spread; 1 where that does not differ from tensor parallelism.
    pub expert: u32,
    /// Serving program.
    pub engine: Option<&'a str>,
    /// Tokens of a prompt, mean.
    pub prompt: f64,
    /// Tokens of an answer, mean.
    pub answer: f64,
    /// Requests in flight, on all cards together.
    pub concurrency: f64,
}

/// How the cards of a configuration work together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Independent replicas.
    pub replicas: u32,
    /// Cards of each.
    pub gpus: u32,
    /// Cards that compute the attention of one sequence together.
    pub attention_gpus: u32,
}

/// An answer per card.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Output tokens a second and card.
    pub per_gpu: f64,
    /// Its 80% interval.
    pub interval: (f64, f64),
    /// Milliseconds per output token after the first.
    pub tpot_ms: f64,
    /// Milliseconds until the first token.
    pub ttft_ms: f64,
    /// What to beware of, and how well it is founded.
    pub flags: Vec<&'static str>,
}

/// Share of the reported memory, and bytes per card kept free, of an engine that is given all there is: measured
/// configurations ran, even where the usual share says that they do not fit.
const AT_MOST: (f64, f64) = (0.98, 1e9);

impl Case<'_> {
    /// How the cards work together. Where benchmarks differ in how they count, both ways are understood: attention data
    /// parallelism of d over tensor parallelism of t means t x d cards if there are so many, else t cards in d groups.
    ///
    /// # Errors
    /// A text that says which numbers do not go together.
    pub fn layout(&self) -> Result<Layout, String> {
        let (gpus, data) = (self.gpus, self.attention_data.max(1));
        let tensor =
            self.tensor.unwrap_or_else(|| if data > 1 && gpus.is_multiple_of(data) { gpus / data } else { gpus });
        let product = tensor.saturating_mul(data);
        let (group, attention_gpus) = match data {
            1 if self.expert > tensor => (self.expert, tensor),
            1 => (tensor, tensor),
            _ if product <= gpus => (product, tensor),
            _ if tensor.is_multiple_of(data) => (tensor, tensor / data),
            _ => {
                return Err(format!(
                    "attention_dp {data} does not divide tp {tensor}, and {product} is more than {gpus} GPUs"
                ));
            }
        };
        if group == 0 || group > gpus || !gpus.is_multiple_of(group) || !group.is_multiple_of(attention_gpus.max(1)) {
            return Err(format!("{gpus} GPUs cannot be divided into groups of {group}"));
        }
        Ok(Layout { replicas: gpus / group, gpus: group, attention_gpus: attention_gpus.max(1) })
    }
}

/// How fast a configuration is. A measured row that comes with the program answers for others near it and never for
/// itself, as far as `measurements` says so.
///
/// # Errors
/// A text that says why there is no answer.
pub fn answer(case: &Case<'_>, measurements: &Measurements) -> Result<Answer, String> {
    let layout = case.layout()?;
    let replica = Replica {
        model: case.model,
        format: case.format,
        kv: KvPrecision::Sixteen,
        mode: WindowMode::Ideal,
        gpus: layout.gpus,
        attention_gpus: layout.attention_gpus,
    };
    let numbers = [case.prompt, case.answer].map(|tokens| Exact::estimate(tokens, 15));
    let [Some(prompt), Some(tokens)] = &numbers else { return Err("lengths must be numbers".to_owned()) };
    let placed = Placed { gpu: case.gpu, replica };
    let job = Job { placed, prompt, answer: tokens, engine: case.engine, measurements };
    let Some(prepared) = job.prepare() else {
        return Err(match case.gpu.compute(case.format) {
            Compute::No => format!("{} cannot compute {}", case.gpu.name, case.format.name()),
            _ => format!("the link between several {} is not known", case.gpu.name),
        });
    };
    // Requests spread evenly; with fewer of them than replicas the others idle.
    let replicas = f64::from(layout.replicas);
    let busy = replicas.min(case.concurrency);
    let (mut found, _) = prepared.estimate(case.concurrency / busy);
    let mut flags: Vec<&'static str> = Vec::new();
    if found.batch < 1.0 {
        let (tight, _) = prepared.with_memory(AT_MOST.0, AT_MOST.1).estimate(case.concurrency / busy);
        if tight.batch < 1.0 {
            return Err(does_not_fit(&job));
        }
        flags.push("does-not-fit");
        found = tight;
    }
    flags.extend(found.flags.iter().map(|flag| flag.name()));
    if found.confidence != Confidence::Calibrated {
        flags.push(found.confidence.name());
    }
    Ok(per_gpu(&found, busy / f64::from(case.gpus), flags))
}

fn per_gpu(found: &Estimate, share: f64, flags: Vec<&'static str>) -> Answer {
    Answer {
        per_gpu: found.tokens_per_second * share,
        interval: (found.interval.0 * share, found.interval.1 * share),
        tpot_ms: found.tpot * 1e3,
        ttft_ms: found.ttft * 1e3,
        flags,
    }
}

fn does_not_fit(job: &Job<'_>) -> String {
    let Placed { gpu, replica } = &job.placed;
    let need = replica.need(&(job.prompt + job.answer), &Exact::ONE).total();
    let usable = memory::usable(gpu, &Exact::from(u64::from(replica.gpus)));
    let gb = |bytes: &Exact| display::number(&(bytes * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), 1);
    format!(
        "does not fit: one sequence needs {} GB, {} x {} may use {} GB",
        gb(&need),
        replica.gpus,
        gpu.name,
        gb(&usable)
    )
}
