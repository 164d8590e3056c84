//! Figures of the cards and models that were measured. To be replaced by the catalogue: only [`figures`] is used.

use llmcost::hosting::throughput::{CALIBRATED_GPUS, Card, Load, Model};
use serde::Deserialize;

#[derive(Deserialize)]
struct Gpu {
    gpu: String,
    reported_mib: f64,
    bandwidth_gb_s: f64,
    tflops_16: f64,
    tflops_fp8: Option<f64>,
    tflops_fp4: Option<f64>,
    link_gb_s: f64,
}

#[derive(Deserialize)]
struct Shape {
    model: String,
    params: f64,
    active: f64,
    experts_params: f64,
    layers: u32,
    expert_layers: u32,
    hidden: u32,
    heads: u32,
    kv_heads: u32,
    head_dim: u32,
    experts: u32,
    experts_used: u32,
    vocab: u32,
    tied: u32,
    full_layers: u32,
    window_layers: u32,
    window: u32,
    latent: u32,
    rotary: u32,
    indexed: u32,
    kv_growing: f64,
    kv_windowed: f64,
    state_bytes: f64,
}

fn rows<T: for<'de> Deserialize<'de>>(table: &str) -> Vec<T> {
    csv::Reader::from_reader(table.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

/// What a model in a format on cards amounts to; caches in 16 bit.
pub fn figures(gpu: &str, model: &str, format: &str, gpus: u32) -> Load {
    let g: Gpu = rows(include_str!("gpus.csv")).into_iter().find(|row: &Gpu| row.gpu == gpu).unwrap();
    let m: Shape = rows(include_str!("models.csv")).into_iter().find(|row: &Shape| row.model == model).unwrap();
    let (bytes, flops) = match format {
        "bf16" | "fp16" => (2.0, None),
        "fp8" => (1.0, g.tflops_fp8),
        "int4" => (0.53, None),
        "mxfp4" => (0.53125, g.tflops_fp4),
        "nvfp4" => (0.5625, g.tflops_fp4),
        other => panic!("unknown format {other}"),
    };
    let experts = m.experts_params * 1e9;
    // Integer and mxfp4 checkpoints of mixtures keep attention in 16 bit.
    let other_bytes = if experts > 0.0 && matches!(format, "int4" | "mxfp4") { 2.0 } else { bytes };
    let embeddings = f64::from(m.vocab) * f64::from(m.hidden) * if m.tied == 1 { 1.0 } else { 2.0 };
    let cards = f64::from(gpus);
    Load {
        card: Card {
            memory: g.reported_mib * 1_048_576.0,
            bandwidth: g.bandwidth_gb_s * 1e9,
            flops: flops.unwrap_or(g.tflops_16) * 1e12,
            flops_16: g.tflops_16 * 1e12,
            link: g.link_gb_s * 1e9,
        },
        model: Model {
            expert_bytes: experts * bytes,
            other_bytes: (m.params * 1e9 - experts - embeddings) * other_bytes,
            embedding_bytes: embeddings * 2.0,
            active_params: m.active * 1e9,
            experts: (m.experts > 0).then_some((m.experts, m.experts_used)),
            layers: m.layers,
            expert_layers: m.expert_layers,
            full_layers: m.full_layers,
            window_layers: m.window_layers,
            window: m.window,
            hidden: m.hidden,
            heads: m.heads,
            head_dim: m.head_dim,
            latent: (m.latent > 0).then_some((m.latent, m.rotary)),
            indexed: m.indexed == 1,
            kv_growing: 2.0 * m.kv_growing,
            kv_windowed: 2.0 * m.kv_windowed,
            kv_state: m.state_bytes,
        },
        gpus,
        replication: if m.latent > 0 { cards } else { (cards / f64::from(m.kv_heads)).max(1.0) },
        calibrated: CALIBRATED_GPUS.contains(&gpu),
    }
}
