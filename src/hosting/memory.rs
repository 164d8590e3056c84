//! How much memory a model needs, and whether it fits. Exact throughout; bytes, GB = 10^9.
//!
//! ```text
//! weights = sum over groups of parameters x bytes per weight
//! kv(s)   = growing x s + windowed x min(s, window) + constant state       bytes of one sequence of s tokens
//! need    = weights + concurrency x kv x replication + reserve x GPUs
//! usable  = GPUs x reported memory x 0.90
//! fits    = need <= usable
//! ```
//!
//! Sources: the architectures' own formulae; bytes per weight of the packed formats from their group sizes (AWQ scales
//! and zeros per 128, MXFP4 scales per 32, NVFP4 scales per 16); 0.90 is the share that engines take by default.

use super::{Attention, Format, Gpu, OpenModel};
use crate::units::Exact;

/// Bytes per GPU kept for activations, graphs and communication: a working value, not a measurement.
pub const RESERVE_BYTES: u64 = 3_000_000_000;
/// Share of the reported memory that the engine is given, in percent.
pub const USABLE_PERCENT: u64 = 90;

/// Precision of the cache of keys and values.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum KvPrecision {
    /// Two bytes per element.
    #[default]
    Sixteen,
    /// One byte per element.
    Eight,
}

impl KvPrecision {
    /// Bytes per element: 2 or 1.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Sixteen => 2,
            Self::Eight => 1,
        }
    }

    /// The precision that a format stands for; `None` for the formats of 4 bits, which no cache has here.
    pub fn of(format: Format) -> Option<Self> {
        match format {
            Format::Fp16 | Format::Bf16 => Some(Self::Sixteen),
            Format::Fp8 | Format::Int8 => Some(Self::Eight),
            Format::Int4 | Format::Mxfp4 | Format::Nvfp4 => None,
        }
    }
}

/// What an engine keeps of layers that see only a window.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum WindowMode {
    /// The full length in every layer, as many engines reserve it.
    #[default]
    EngineFull,
    /// No more than the window.
    Ideal,
}

/// Parameters of a model by how they are stored; they add up to [`OpenModel::params_total`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groups {
    /// Embeddings and output head, once if they are tied.
    pub embeddings: Exact,
    /// Attention and everything small: norms, routers, layers with a constant state.
    pub attention: Exact,
    /// Feed-forward layers that every token passes: the dense ones and shared experts.
    pub feed_forward: Exact,
    /// Routed experts, all of them.
    pub experts: Exact,
}

/// Bytes of weights by the groups that are read differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weights {
    /// Embeddings and output head; 16 bit in every format.
    pub embeddings: Exact,
    /// Attention and everything small.
    pub attention: Exact,
    /// Feed-forward layers that every token passes.
    pub feed_forward: Exact,
    /// Routed experts, all of them.
    pub experts: Exact,
}

impl Weights {
    /// All bytes.
    pub fn total(&self) -> Exact {
        [&self.embeddings, &self.attention, &self.feed_forward, &self.experts].into_iter().sum()
    }

    /// The same with `copies` of attention: one per group of GPUs that computes it for itself.
    #[must_use]
    pub fn with_attention_copies(self, copies: u32) -> Self {
        Self { attention: &self.attention * &Exact::from(u64::from(copies)), ..self }
    }
}

impl Format {
    /// Bytes per weight, scales included: 2, 1, 0.53 (int4), 0.53125 (mxfp4), 0.5625 (nvfp4).
    pub fn bytes_per_weight(self) -> Exact {
        let (bytes, of) = match self {
            Self::Fp16 | Self::Bf16 => (2, 1),
            Self::Fp8 | Self::Int8 => (1, 1),
            Self::Int4 => (53, 100),
            Self::Mxfp4 => (17, 32),
            Self::Nvfp4 => (9, 16),
        };
        Exact::ratio(bytes, of).unwrap_or(Exact::ZERO)
    }

    /// Whether a weight has four bits.
    pub fn is_four_bit(self) -> bool {
        matches!(self, Self::Int4 | Self::Mxfp4 | Self::Nvfp4)
    }
}

/// The parameters of `model` by group. Embeddings are vocabulary x hidden, experts and feed-forward layers their
/// matrices (three with a gate, else two); attention is what remains of the stated total.
pub fn groups(model: &OpenModel) -> Groups {
    let embeddings = product(&[model.vocab, model.hidden, if model.tied_embeddings { 1 } else { 2 }]);
    let expert_layers = model.experts.as_ref().map_or(0, |experts| experts.layers);
    let shared = model.experts.as_ref().map_or(0, |experts| experts.shared);
    let matrices = if model.gated { 3 } else { 2 };
    let dense_layers = model.layers.saturating_sub(expert_layers);
    let dense = product(&[matrices, model.hidden, model.ffn.unwrap_or(0), dense_layers]);
    let feed_forward = &dense + &product(&[matrices, model.hidden, shared, expert_layers]);
    let experts = model.experts.as_ref().map_or(Exact::ZERO, |experts| experts.params.clone());
    let known = [&embeddings, &feed_forward, &experts].into_iter().sum();
    Groups { attention: &model.params_total - &known, embeddings, feed_forward, experts }
}

/// Bytes of the weights of `model` in `format`. Embeddings and output head stay in 16 bit; of a mixture of experts in
/// a format of 4 bits attention does too, as in the published checkpoints.
pub fn weights(model: &OpenModel, format: Format) -> Weights {
    let groups = groups(model);
    let sixteen = Exact::from(2);
    let packed = format.bytes_per_weight();
    let attention = if format.is_four_bit() && model.experts.is_some() { &sixteen } else { &packed };
    Weights {
        embeddings: &groups.embeddings * &sixteen,
        attention: &groups.attention * attention,
        feed_forward: &groups.feed_forward * &packed,
        experts: &groups.experts * &packed,
    }
}

/// Bytes that each further token adds to the cache of one sequence, beyond any window in [`WindowMode::Ideal`].
pub fn kv_bytes_per_token(model: &OpenModel, precision: KvPrecision) -> Exact {
    &Exact::from(model.kv_growing) * &Exact::from(precision.bytes())
}

/// Bytes per token that layers with a window add, as long as the window is not full.
pub fn kv_bytes_per_token_in_window(model: &OpenModel, precision: KvPrecision) -> Exact {
    &Exact::from(model.kv_windowed) * &Exact::from(precision.bytes())
}

/// Bytes of one sequence of `tokens` tokens (0 or more, possibly a mean), its constant state included, without
/// replication.
pub fn kv_bytes(model: &OpenModel, tokens: &Exact, precision: KvPrecision, mode: WindowMode) -> Exact {
    let window = model.window.map(|(_, window)| Exact::from(u64::from(window)));
    let seen = match (mode, window) {
        (WindowMode::Ideal, Some(window)) if window < *tokens => window,
        _ => tokens.clone(),
    };
    let growing = &kv_bytes_per_token(model, precision) * tokens;
    let windowed = &kv_bytes_per_token_in_window(model, precision) * &seen;
    &(&growing + &windowed) + &Exact::from(model.state_bytes)
}

/// The share of a sequence's cache that each of the `gpus` holds which compute its attention together (1 or more: the
/// size of tensor parallelism, divided by that of attention data parallelism). Heads cannot be split further than one:
/// `ceil(kv_heads / gpus) / kv_heads`. A latent vector serves all heads, so every GPU holds it whole.
pub fn kv_share_per_gpu(model: &OpenModel, gpus: u32) -> Exact {
    if matches!(model.attention, Attention::Latent { .. }) {
        return Exact::ONE;
    }
    let held = model.kv_heads.div_ceil(gpus.max(1));
    Exact::ratio(held.into(), model.kv_heads.into()).unwrap_or(Exact::ONE)
}

/// How often a sequence's cache is held by those `gpus` together; 1 when nothing is held twice. A constant state is
/// counted alike.
pub fn replication(model: &OpenModel, gpus: u32) -> Exact {
    &kv_share_per_gpu(model, gpus) * &Exact::from(u64::from(gpus.max(1)))
}

/// A model as it is served by one replica.
#[derive(Clone, Copy, Debug)]
pub struct Replica<'a> {
    /// The model.
    pub model: &'a OpenModel,
    /// Format of its weights.
    pub format: Format,
    /// Precision of its cache.
    pub kv: KvPrecision,
    /// What is kept of layers with a window.
    pub mode: WindowMode,
    /// GPUs, 1 or more; each keeps [`RESERVE_BYTES`].
    pub gpus: u32,
    /// GPUs that compute the attention of one sequence together: `gpus` under plain tensor parallelism, fewer with
    /// attention data parallelism, where every group holds the weights of attention for itself.
    pub attention_gpus: u32,
}

/// What a replica needs, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// Weights.
    pub weights: Exact,
    /// Caches of all sequences, copies included.
    pub kv: Exact,
    /// Reserve of all GPUs.
    pub reserve: Exact,
}

impl Need {
    /// All bytes.
    pub fn total(&self) -> Exact {
        [&self.weights, &self.kv, &self.reserve].into_iter().sum()
    }
}

impl Replica<'_> {
    /// Bytes of one sequence of `tokens` tokens on all GPUs of the replica, copies included.
    pub fn sequence(&self, tokens: &Exact) -> Exact {
        &kv_bytes(self.model, tokens, self.kv, self.mode) * &replication(self.model, self.attention_gpus)
    }

    /// Bytes of the weights on all GPUs by group, copies of attention included.
    pub fn weights(&self) -> Weights {
        weights(self.model, self.format).with_attention_copies(self.gpus.div_ceil(self.attention_gpus.max(1)))
    }

    /// What `concurrency` sequences of `tokens` tokens need at once.
    pub fn need(&self, tokens: &Exact, concurrency: &Exact) -> Need {
        Need {
            weights: self.weights().total(),
            kv: concurrency * &self.sequence(tokens),
            reserve: &Exact::from(u64::from(self.gpus)) * &Exact::from(RESERVE_BYTES),
        }
    }

    /// How many sequences of `tokens` tokens fit into `usable` bytes at once; 0 when the weights alone do not.
    /// `None` when a sequence takes no memory at all.
    pub fn sequences(&self, tokens: &Exact, usable: &Exact) -> Option<u64> {
        let empty = self.need(tokens, &Exact::ZERO).total();
        let free = usable - &empty;
        if free.is_negative() {
            return Some(0);
        }
        free.checked_div(&self.sequence(tokens)).map(|sequences| sequences.to_u64().unwrap_or(u64::MAX))
    }
}

/// Bytes that an engine may use on `cards` cards (a fraction for a slice): 90% of what they report.
pub fn usable(gpu: &Gpu, cards: &Exact) -> Exact {
    let share = Exact::ratio(USABLE_PERCENT.cast_signed(), 100).unwrap_or(Exact::ONE);
    &(cards * &Exact::from(gpu.reported_bytes)) * &share
}

/// The share of the nominal memory (the label's 10^9 bytes per GB) of `cards` cards that `need` bytes leave unused;
/// below 0 when they need more. `None` without a card.
pub fn waste(need: &Exact, gpu: &Gpu, cards: &Exact) -> Option<Exact> {
    let nominal = cards * &Exact::from(gpu.nominal_bytes);
    need.checked_div(&nominal).map(|used| &Exact::ONE - &used)
}

fn product(factors: &[u32]) -> Exact {
    factors.iter().fold(Exact::ONE, |product, factor| &product * &Exact::from(u64::from(*factor)))
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
