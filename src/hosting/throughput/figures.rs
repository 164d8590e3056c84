//! The figures of the catalogue as what an estimate starts from.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use super::{CALIBRATED_GPUS, Card, Load, Model, RESERVE, USABLE};
use crate::hosting::memory::{self, Replica, WindowMode};
use crate::hosting::{Attention, Format, Gpu, OpenModel};

/// How a card computes with weights of a format.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Compute {
    /// In the format itself: dense FLOP/s.
    Native(f64),
    /// The weights are unpacked and computed in 16 bit: dense FLOP/s.
    Unpacked(f64),
    /// Not at all.
    No,
}

impl Gpu {
    /// How this card computes with weights of `format`. 8 and 4 bits without rates of their own run at the 16-bit rate
    /// (int4 always does: its weights are unpacked). Cards without bf16 (Volta, Turing) cannot compute bf16, and no
    /// engine unpacks 8- or 4-bit floats on them.
    pub fn compute(&self, format: Format) -> Compute {
        let Some(sixteen) = self.flops_16 else { return Compute::No };
        let own = match format {
            Format::Fp16 => return Compute::Native(sixteen),
            Format::Bf16 if self.fp16_only => return Compute::No,
            Format::Bf16 => return Compute::Native(sixteen),
            Format::Int4 => return Compute::Unpacked(sixteen),
            // Integer rates are for activations in 8 bit too; some cards (B300) all but lack them.
            Format::Int8 => self.ops_int8.filter(|rate| *rate > sixteen),
            Format::Fp8 => self.flops_fp8,
            Format::Mxfp4 | Format::Nvfp4 => self.flops_fp4,
        };
        match own {
            Some(rate) => Compute::Native(rate),
            None if self.fp16_only && format != Format::Int8 => Compute::No,
            None => Compute::Unpacked(sixteen),
        }
    }
}

impl Load {
    /// The figures of `replica` on `gpu`; `None` where the card cannot compute the format or a figure is unknown.
    pub fn of(gpu: &Gpu, replica: &Replica<'_>) -> Option<Self> {
        let flops = match gpu.compute(replica.format) {
            Compute::Native(rate) | Compute::Unpacked(rate) => rate,
            Compute::No => return None,
        };
        // A card alone exchanges with nobody.
        let link = gpu.link.or((replica.gpus == 1).then_some(1.0))?;
        Some(Self {
            card: Card {
                memory: gpu.reported_bytes as f64,
                bandwidth: gpu.bandwidth,
                flops,
                flops_16: gpu.flops_16?,
                link,
            },
            model: Model::of(replica),
            gpus: replica.gpus,
            replication: memory::replication(replica.model, replica.attention_gpus).to_f64(),
            usable_share: USABLE,
            reserve: RESERVE,
            calibrated: CALIBRATED_GPUS.contains(&gpu.id.as_str()),
        })
    }
}

impl Model {
    /// The figures of the model that `replica` serves.
    pub fn of(replica: &Replica<'_>) -> Self {
        let model: &OpenModel = replica.model;
        let weights = replica.weights();
        let bytes = replica.kv.bytes() as f64;
        let (latent, indexed) = match model.attention {
            Attention::Latent { lora, rope, indexer, .. } => (Some((lora, rope)), indexer > 0),
            Attention::Heads | Attention::Hybrid => (None, false),
        };
        let (window_layers, window) = model.window.unwrap_or((0, 0));
        Self {
            expert_bytes: weights.experts.to_f64(),
            other_bytes: (&weights.attention + &weights.feed_forward).to_f64(),
            embedding_bytes: weights.embeddings.to_f64(),
            active_params: model.params_active.to_f64(),
            experts: model.experts.as_ref().map(|experts| (experts.count, experts.active)),
            layers: model.layers,
            expert_layers: model.experts.as_ref().map_or(0, |experts| experts.layers),
            full_layers: model.full_layers,
            window_layers,
            window,
            window_is_kept_whole: replica.mode == WindowMode::EngineFull,
            hidden: model.hidden,
            heads: model.heads,
            head_dim: model.head_dim,
            latent,
            indexed,
            kv_growing: bytes * model.kv_growing as f64,
            kv_windowed: bytes * model.kv_windowed as f64,
            kv_state: model.state_bytes as f64,
        }
    }
}
