//! What the catalogues of GPUs, offers and open models say.

use crate::pricing::Date;
use crate::units::Exact;

/// A GPU or accelerator. Rates are dense; blank where the card cannot compute a format.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// Short lower-case name, as scenarios write it: `a10g`, `h100-sxm`.
    pub id: String,
    /// Other spellings: `h100`, `h100_sxm`.
    pub aliases: Vec<String>,
    /// Name for people.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its generation: `Ampere`.
    pub architecture: String,
    /// Kind of memory: `HBM3e`.
    pub memory_type: String,
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
    /// What the link is: `NVLink4`, `PCIe4`.
    pub link_type: String,
    /// Cards in one node.
    pub node_gpus: u32,
    /// Watts at full load.
    pub watts: u32,
    /// The date of the source, where it has one.
    pub as_of: Option<Date>,
    /// How good the figures are.
    pub quality: Quality,
    /// Who says so.
    pub source: String,
    /// Findings of the lint that are accepted, by code, each with its reason.
    pub accepted: Vec<(String, String)>,
    /// A remark.
    pub note: Option<String>,
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

impl Quality {
    /// Every grade with the letter that the catalogues write for it.
    pub const WORDS: [(&'static str, Self); 3] = [("A", Self::A), ("B", Self::B), ("C", Self::C)];
}

/// A GPU for money.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Unique name: `aws/g5.xlarge/on_demand`.
    pub id: String,
    /// Who sells it.
    pub provider: String,
    /// What it is called there, where it has a name.
    pub instance: Option<String>,
    /// Which GPU ([`Gpu::id`]).
    pub gpu: String,
    /// How many cards; a fraction for a slice.
    pub count: Exact,
    /// How it is bought.
    pub purchase: Purchase,
    /// USD per hour for the whole instance, the smallest thing one can buy.
    pub usd_per_hour: Exact,
    /// Whether one instance may have several such packages at this price each, up to a node.
    pub scales: bool,
    /// Where.
    pub region: Option<String>,
    /// Year, month (`2026-07`) or day of the price.
    pub as_of: String,
    /// The day on which the price is known to hold, where one is stated.
    pub since: Option<Date>,
    /// How good the figure is.
    pub quality: Quality,
    /// Who says so.
    pub source: String,
    /// Findings of the lint that are accepted, by code, each with its reason.
    pub accepted: Vec<(String, String)>,
    /// A remark.
    pub note: Option<String>,
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

impl Purchase {
    /// Every way with the word that scenarios write for it.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("on_demand", Self::OnDemand),
        ("spot", Self::Spot),
        ("reserved_1y", Self::Reserved1y),
        ("reserved_3y", Self::Reserved3y),
        ("serverless", Self::Serverless),
        ("serverless_always_on", Self::ServerlessAlwaysOn),
        ("capacity_block", Self::CapacityBlock),
        ("owned_tco", Self::OwnedTco),
    ];
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

impl Format {
    /// Every format with the word that scenarios write for it.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("fp16", Self::Fp16),
        ("bf16", Self::Bf16),
        ("fp8", Self::Fp8),
        ("int8", Self::Int8),
        ("int4", Self::Int4),
        ("mxfp4", Self::Mxfp4),
        ("nvfp4", Self::Nvfp4),
    ];

    /// As scenarios write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fp16 => "fp16",
            Self::Bf16 => "bf16",
            Self::Fp8 => "fp8",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
            Self::Mxfp4 => "mxfp4",
            Self::Nvfp4 => "nvfp4",
        }
    }

    /// The format of that name; measurements write `fp4` for nvfp4.
    pub fn named(word: &str) -> Option<Self> {
        let word = if word == "fp4" { "nvfp4" } else { word };
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format)
    }
}

/// An open model's architecture.
#[derive(Clone, Debug)]
pub struct OpenModel {
    /// Name with its maker: `meta-llama/Llama-3.1-8B`.
    pub id: String,
    /// Short names that scenarios use: `llama-3.1-8b`.
    pub aliases: Vec<String>,
    /// All parameters; a whole number.
    pub params_total: Exact,
    /// Parameters that one token uses; a whole number.
    pub params_active: Exact,
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
    /// Width of the dense feed-forward layers; `None` where every such layer has experts.
    pub ffn: Option<u32>,
    /// Whether a feed-forward layer has a gate: three matrices, else two.
    pub gated: bool,
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
    /// Bytes of constant state per sequence, whatever the precision of the cache.
    pub state_bytes: u64,
    /// Findings of the lint that are accepted, by code, each with its reason.
    pub accepted: Vec<(String, String)>,
    /// A remark.
    pub note: Option<String>,
    /// How good the figures are.
    pub quality: Quality,
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
        /// Elements that an indexer of sparse attention keeps besides; 0 without one.
        indexer: u32,
        /// Rank of the query's projection; `None` where it is not compressed.
        query: Option<u32>,
    },
    /// Some layers attend, the others keep a constant state.
    Hybrid,
}

/// The experts of a mixture.
#[derive(Clone, PartialEq, Debug)]
pub struct Experts {
    /// How many.
    pub count: u32,
    /// How many a token uses.
    pub active: u32,
    /// Parameters of all of them together, those that every token passes left out; counted from the dimensions.
    pub params: Exact,
    /// Width of one of them.
    pub width: u32,
    /// Width of the expert that every token passes; 0 without one.
    pub shared: u32,
    /// Layers that have experts.
    pub layers: u32,
}
