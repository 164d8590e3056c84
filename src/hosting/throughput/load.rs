//! What a throughput estimate starts from: plain numbers.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

/// Share of the reported memory that an engine uses.
pub const USABLE: f64 = 0.90;

/// Bytes per card kept free for activations, graphs and communication.
pub const RESERVE: f64 = 3e9;

/// One card.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Card {
    /// Bytes that the card reports.
    pub memory: f64,
    /// Bytes per second.
    pub bandwidth: f64,
    /// Dense FLOP/s with the weights' format; the 16-bit rate where the card cannot compute it (and for int4).
    pub flops: f64,
    /// Dense FLOP/s with 16 bit: attention is computed at this rate.
    pub flops_16: f64,
    /// Bytes per second to a neighbour, one direction; only used with several cards.
    pub link: f64,
}

/// An open model in a format of weights and caches. Bytes are those of the whole model, not of one card.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Model {
    /// Bytes of all experts; 0 for a dense model.
    pub expert_bytes: f64,
    /// Bytes of all other weights except embeddings and output head.
    pub other_bytes: f64,
    /// Bytes of embeddings and output head.
    pub embedding_bytes: f64,
    /// Parameters that one token uses.
    pub active_params: f64,
    /// Experts per layer, and how many of them a token uses.
    pub experts: Option<(u32, u32)>,
    /// Layers.
    pub layers: u32,
    /// Layers with experts.
    pub expert_layers: u32,
    /// Layers with full attention.
    pub full_layers: u32,
    /// Layers that see a window.
    pub window_layers: u32,
    /// Tokens of the window; 0 without one.
    pub window: u32,
    /// Whether the engine keeps the whole length in window layers too, though it reads only the window.
    pub window_is_kept_whole: bool,
    /// Hidden size.
    pub hidden: u32,
    /// Query heads.
    pub heads: u32,
    /// Size of a key head.
    pub head_dim: u32,
    /// Sizes of the latent vector and its rotary part, with latent attention.
    pub latent: Option<(u32, u32)>,
    /// Whether an indexer chooses the tokens to attend to (DeepSeek-V3.2, GLM-5).
    pub indexed: bool,
    /// Bytes of the growing cache per token, all layers.
    pub kv_growing: f64,
    /// Bytes per token within the window, all window layers.
    pub kv_windowed: f64,
    /// Bytes of constant state per sequence.
    pub kv_state: f64,
}

/// A model spread over cards.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Load {
    /// The card.
    pub card: Card,
    /// The model.
    pub model: Model,
    /// Cards of one replica, all in one node; at least 1.
    pub gpus: u32,
    /// How many copies of the cache the cards hold together: 1 when it is split, `gpus` for latent attention,
    /// `gpus / kv_heads` where that exceeds 1.
    pub replication: f64,
    /// Share of the reported memory that the engine uses: [`USABLE`].
    pub usable_share: f64,
    /// Bytes per card kept free: [`RESERVE`].
    pub reserve: f64,
    /// Whether measured rows of this card stand behind the coefficients ([`super::CALIBRATED_GPUS`]).
    pub calibrated: bool,
}

/// What one replica serves: a constant number of requests in flight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Traffic {
    /// Tokens of a prompt, on average; above 0.
    pub prompt: f64,
    /// Tokens of an answer, on average; above 0.
    pub answer: f64,
    /// Requests in flight; at least 1.
    pub concurrency: f64,
}

impl Model {
    /// Bytes of all weights.
    pub fn weights(&self) -> f64 {
        self.expert_bytes + self.other_bytes + self.embedding_bytes
    }

    /// Bytes of the cache that a step reads for one sequence of so many tokens, before replication.
    pub fn kv_read(&self, tokens: f64) -> f64 {
        self.kv_growing * tokens + self.kv_windowed * tokens.min(f64::from(self.window)) + self.kv_state
    }

    /// Bytes of the cache that one sequence of so many tokens keeps, before replication.
    pub fn kv_kept(&self, tokens: f64) -> f64 {
        if self.window_is_kept_whole {
            return (self.kv_growing + self.kv_windowed) * tokens + self.kv_state;
        }
        self.kv_read(tokens)
    }
}

impl Load {
    /// Bytes that the engine may use.
    pub fn usable(&self) -> f64 {
        f64::from(self.gpus) * self.card.memory * self.usable_share
    }

    /// Bytes left for caches; negative when the weights do not fit.
    pub fn room(&self) -> f64 {
        self.usable() - self.model.weights() - f64::from(self.gpus) * self.reserve
    }

    /// Sequences of so many tokens that fit at once (not rounded); 0 or less when the weights do not fit, infinite when
    /// a sequence needs no cache.
    pub fn sequences(&self, tokens: f64) -> f64 {
        self.room() / (self.model.kv_kept(tokens) * self.replication)
    }
}
