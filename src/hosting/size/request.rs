//! What is to be sized.

use super::{Slo, Terms};
use crate::hosting::memory::{KvPrecision, WindowMode};
use crate::hosting::throughput::{Compute, Measurements};
use crate::hosting::{Format, Gpu, OpenModel};
use crate::units::Exact;

/// What is to be sized, with everything looked up.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The model to be served; without one only memory and price are compared.
    pub model: Option<Served<'a>>,
    /// A stated need in bytes, all included; in place of the computed one.
    pub memory: Option<Exact>,
    /// Cards to try, each once.
    pub gpus: Vec<&'a Gpu>,
    /// Cards of a replica; `None`: 1, 2, 4 and 8 are tried, as far as a node has them and the model's heads divide.
    pub per_replica: Option<u32>,
    /// Tokens of a prompt, on average; above 0.
    pub prompt: Exact,
    /// Tokens of an answer, on average; above 0.
    pub answer: Exact,
    /// Requests in flight on a replica, 1 or more; `None`: as many as each choice holds within the latencies.
    pub concurrency: Option<u32>,
    /// Latencies to keep.
    pub slo: Slo,
    /// How cards are bought.
    pub terms: Terms,
    /// Output tokens a second of a replica, where somebody states them; above 0.
    pub throughput: Option<Exact>,
    /// Whose measurements count; `None`: those of every serving program.
    pub engine: Option<String>,
    /// Measured rows.
    pub measurements: Measurements,
}

/// A model and how it is served.
#[derive(Clone, Debug)]
pub struct Served<'a> {
    /// The model.
    pub model: &'a OpenModel,
    /// Formats of its weights to compare; those that a card cannot compute are left out there.
    pub formats: Vec<Format>,
    /// Precision of the caches.
    pub kv: KvPrecision,
    /// What the engine keeps of layers with a window.
    pub window: WindowMode,
}

impl Request<'_> {
    /// Formats that are compared where nobody states one: fp16, fp8, int4, and the one the model is published in.
    pub fn usual_formats(model: &OpenModel) -> Vec<Format> {
        let mut formats = vec![Format::Fp16, Format::Fp8, Format::Int4];
        if let Some(native) = Format::named(&model.native)
            && native != Format::Bf16
            && !formats.contains(&native)
        {
            formats.push(native);
        }
        formats
    }

    /// Numbers of cards to try on `gpu`. A number that the query heads do not divide by is not tried: engines refuse it.
    pub(super) fn counts(&self, gpu: &Gpu) -> Vec<u32> {
        if let Some(stated) = self.per_replica {
            return vec![stated];
        }
        let divides = |gpus: u32| self.model.as_ref().is_none_or(|served| served.model.heads.is_multiple_of(gpus));
        [1, 2, 4, 8].into_iter().filter(|gpus| *gpus <= gpu.node_gpus && divides(*gpus)).collect()
    }

    /// Formats to try on `gpu`; `None` stands for a need without a model.
    pub(super) fn formats(&self, gpu: &Gpu) -> Vec<Option<Format>> {
        let Some(served) = &self.model else { return vec![None] };
        let computed = |format: &&Format| gpu.compute(**format) != Compute::No;
        served.formats.iter().filter(computed).map(|format| Some(*format)).collect()
    }
}
