//! What the catalogues of GPUs, offers and open models say.

use crate::pricing::Date;
use crate::units::Exact;

/// A GPU or accelerator. Rates are dense; blank where the card cannot compute a format.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// Short lower-case name, as scenarios write it: `a10g`, `h100-sxm`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Bytes on the label (10^9 per GB); the denominator of waste.
    pub nominal_bytes: u64,
    /// Bytes that the card reports; the denominator of fit.
    pub reported_bytes: u64,
    /// Bytes per second.
    pub bandwidth: f64,
    /// FLOP/s with 16-bit weights.
    pub flops_16: Option<f64>,
    /// FLOP/s with fp8.
    pub flops_fp8: Option<f64>,
    /// OP/s with int8.
    pub ops_int8: Option<f64>,
    /// FLOP/s with 4-bit floats.
    pub flops_fp4: Option<f64>,
    /// Whether 16 bit means fp16 only (no bf16): V100, T4.
    pub fp16_only: bool,
    /// Bytes per second to a neighbour, one direction.
    pub link: Option<f64>,
    /// Cards in one node.
    pub node_gpus: u32,
    /// How good the figures are.
    pub quality: Quality,
    /// Who says so.
    pub source: String,
}

/// How well a figure is founded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Quality {
    /// Read from a vendor's or measured table.
    A,
    /// From a dated article or a data sheet at second hand.
    B,
    /// Weak.
    C,
}

/// A GPU for money.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Unique name: `aws/g5.xlarge/on-demand`.
    pub id: String,
    /// Who sells it.
    pub provider: String,
    /// What it is called there.
    pub instance: String,
    /// Which GPU ([`Gpu::id`]).
    pub gpu: String,
    /// How many cards; a fraction for a slice.
    pub count: Exact,
    /// How it is bought.
    pub purchase: Purchase,
    /// USD per hour for the whole instance, the smallest thing one can buy.
    pub usd_per_hour: Exact,
    /// Where.
    pub region: Option<String>,
    /// Year and month, or day, of the price.
    pub as_of: String,
    /// The day on which the price is known to hold, where one is stated.
    pub since: Option<Date>,
    /// How good the figure is.
    pub quality: Quality,
    /// Who says so.
    pub source: String,
}

/// How a GPU is bought.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purchase {
    /// By the hour.
    OnDemand,
    /// By the hour until somebody pays more.
    Spot,
    /// For a year.
    Reserved1y,
    /// For three years.
    Reserved3y,
    /// By the second of use.
    Serverless,
    /// A serverless worker that stays on.
    ServerlessAlwaysOn,
    /// A block booked ahead.
    CapacityBlock,
    /// Owned hardware, as a cost estimate; nobody sells it.
    OwnedTco,
}

/// How the weights of a model are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// 16-bit floats.
    Fp16,
    /// 16-bit brain floats.
    Bf16,
    /// 8-bit floats.
    Fp8,
    /// 8-bit integers.
    Int8,
    /// 4-bit integers with group scales (AWQ, group of 128).
    Int4,
    /// 4-bit floats with scales per 32.
    Mxfp4,
    /// 4-bit floats with scales per 16.
    Nvfp4,
}

/// An open model's architecture.
#[derive(Clone, Debug)]
pub struct OpenModel {
    /// Name with its maker: `meta-llama/Llama-3.1-8B`.
    pub id: String,
    /// Short names that scenarios use: `llama-3.1-8b`.
    pub aliases: Vec<String>,
    /// All parameters.
    pub params_total: f64,
    /// Parameters that one token uses.
    pub params_active: f64,
    /// Layers.
    pub layers: u32,
    /// Hidden size.
    pub hidden: u32,
    /// Query heads.
    pub heads: u32,
    /// Key and value heads.
    pub kv_heads: u32,
    /// Size of a key head.
    pub head_dim: u32,
    /// Size of a value head.
    pub v_head_dim: u32,
    /// Vocabulary.
    pub vocab: u32,
    /// Whether embeddings and output head share weights.
    pub tied_embeddings: bool,
    /// Longest context in tokens.
    pub max_context: u64,
    /// The format the weights are published in.
    pub native: String,
    /// How it attends.
    pub attention: Attention,
    /// Its experts; `None` for a dense model.
    pub experts: Option<Experts>,
    /// Layers with full attention.
    pub full_layers: u32,
    /// Layers that see a window, and its tokens.
    pub window: Option<(u32, u32)>,
    /// Elements of the growing cache per token (all layers).
    pub kv_growing: u64,
    /// Elements per token within the window (all window layers).
    pub kv_windowed: u64,
    /// Bytes of constant state per sequence.
    pub state_bytes: u64,
    /// A remark.
    pub note: Option<String>,
    /// Who says so.
    pub source: String,
}

/// How a model attends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attention {
    /// Multi-head, grouped or multi-query attention, possibly with windows.
    Heads,
    /// Multi-head latent attention: `lora` and `rope` elements per token and layer, shared by all heads.
    Latent {
        /// Size of the latent vector.
        lora: u32,
        /// Size of the rotary part.
        rope: u32,
    },
    /// Some layers attend, the others keep a constant state.
    Hybrid,
}

/// The experts of a mixture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Experts {
    /// How many.
    pub count: u32,
    /// How many a token uses.
    pub active: u32,
    /// Parameters of all experts together.
    pub params: f64,
    /// Layers that have experts.
    pub layers: u32,
}
