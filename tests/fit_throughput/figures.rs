//! Measured configurations, their figures taken from the catalogue.

use llmcost::hosting::memory::{KvPrecision, Replica, WindowMode};
use llmcost::hosting::throughput::Load;
use llmcost::hosting::{Format, catalogue};

/// What a model in a format on cards amounts to: plain tensor parallelism, caches in 16 bit, windows kept as windows.
pub fn figures(gpu: &str, model: &str, format: &str, gpus: u32) -> Load {
    let model = catalogue::open_model(model).unwrap();
    let format = Format::named(format).unwrap();
    let (kv, mode) = (KvPrecision::Sixteen, WindowMode::Ideal);
    Load::of(catalogue::gpu(gpu).unwrap(), &Replica { model, format, kv, mode, gpus, attention_gpus: gpus }).unwrap()
}
