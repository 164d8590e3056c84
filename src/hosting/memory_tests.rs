//! Memory against published figures, the table it was compiled from, and recounted parameters.

use std::collections::HashMap;

use super::*;
use crate::hosting::catalogue::{gpu, open_model, open_models};

fn exact(text: &str) -> Exact {
    Exact::from_decimal(text).unwrap()
}

fn model(name: &str) -> &'static OpenModel {
    open_model(name).unwrap_or_else(|| panic!("no model {name}"))
}

/// 10^9 bytes with some decimals.
fn gb(bytes: &Exact, decimals: usize) -> String {
    (bytes * &exact("0.000000001")).to_fixed(decimals)
}

/// Rows of the table beside the project, as maps; `None`, said aloud, where it is not there.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn table() -> Option<Vec<HashMap<String, String>>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/gpu/models.csv");
    let Ok(mut table) = csv::Reader::from_path(path) else {
        eprintln!("skipped: the table of open models is not beside the project");
        return None;
    };
    Some(table.deserialize().map(Result::unwrap).collect())
}

#[test]
fn cache_per_token_as_published() {
    for (name, growing, windowed) in [
        ("llama-3-8b", 131_072, 0),
        ("llama-3.1-70b", 327_680, 0),
        ("qwen3-32b", 262_144, 0),
        ("deepseek-v3", 70_272, 0),
        ("deepseek-v3.2", 85_888, 0),
        ("gpt-oss-120b", 36_864, 36_864),
        ("qwen3.5-397b", 30_720, 0),
        ("gemma-3-27b", 81_920, 425_984),
    ] {
        let model = model(name);
        assert_eq!(kv_bytes_per_token(model, KvPrecision::Sixteen), Exact::from(growing), "{name}");
        assert_eq!(kv_bytes_per_token_in_window(model, KvPrecision::Sixteen), Exact::from(windowed), "{name}");
        assert_eq!(kv_bytes_per_token(model, KvPrecision::Eight), Exact::from(growing / 2), "{name}");
    }
    let hybrid = model("qwen3.5-397b");
    let one = kv_bytes(hybrid, &Exact::ONE, KvPrecision::Sixteen, WindowMode::EngineFull);
    assert_eq!(one, Exact::from(30_720 + 192_061_440));
}

#[test]
fn every_row_of_the_table() {
    let Some(rows) = table() else { return };
    assert!(rows.len() >= 55 && rows.len() == open_models().len());
    for row in rows {
        let (name, number) = (&row["model_id"], |key: &str| exact(&row[key]));
        let model = model(name);
        assert_eq!(kv_bytes_per_token(model, KvPrecision::Sixteen), number("kv_bytes_per_token_bf16"), "{name}");
        assert_eq!(kv_bytes_per_token(model, KvPrecision::Eight), number("kv_bytes_per_token_fp8"), "{name}");
        assert_eq!(Exact::from(model.kv_windowed), number("kv_elems_per_token_in_window"), "{name}");
        assert_eq!(Exact::from(model.state_bytes), number("linear_state_bytes_per_seq"), "{name}");
        assert_eq!(Exact::from(u64::from(model.full_layers)), number("full_attn_layers"), "{name}");
        let window = model.window.map_or(0, |(_, tokens)| tokens);
        assert_eq!(Exact::from(u64::from(window)), number("swa_window"), "{name}");
        if row["expert_params_b"].is_empty() {
            continue;
        }
        let experts = groups(model).experts;
        assert_eq!(gb(&experts, 2), number("expert_params_b").to_fixed(2), "{name}");
    }
}

/// Attention as the dimensions count it, for layers that are all alike.
fn counted_attention(model: &OpenModel) -> Option<Exact> {
    let (hidden, heads) = (model.hidden, model.heads);
    let layer = match model.attention {
        Attention::Heads if model.kv_growing.is_multiple_of(model.full_layers.max(1).into()) => {
            let keys = product(&[hidden, model.kv_heads, model.head_dim + model.v_head_dim]);
            &keys + &product(&[hidden, heads, model.head_dim + model.v_head_dim])
        }
        Attention::Latent { lora, rope, query, .. } => {
            let queries = match query {
                Some(rank) => &product(&[hidden, rank]) + &product(&[rank, heads, model.head_dim]),
                None => product(&[hidden, heads, model.head_dim]),
            };
            let shared = &product(&[hidden, lora + rope]) + &product(&[lora, heads, model.head_dim - rope]);
            let values = &product(&[lora, heads, model.v_head_dim]) + &product(&[heads, model.v_head_dim, hidden]);
            [queries, shared, values].into_iter().sum()
        }
        _ => return None,
    };
    Some(&layer * &Exact::from(u64::from(model.layers)))
}

/// The stated total is what the dimensions add up to, within 0.5% or half of its last digit (norms and routers are not
/// counted), except where layers differ in ways that the catalogue does not state.
#[test]
fn parameters_recounted_from_the_dimensions() {
    let unlike =
        ["google/gemma-4-31B", "google/gemma-4-26B-A4B", "XiaomiMiMo/MiMo-7B-Base", "deepseek-ai/DeepSeek-V4-Flash"];
    let mut counted = 0;
    for model in open_models().iter().filter(|model| !unlike.contains(&model.id.as_str())) {
        let Some(attention) = counted_attention(model) else { continue };
        let groups = groups(model);
        let total: Exact = [&attention, &groups.embeddings, &groups.feed_forward, &groups.experts].into_iter().sum();
        let off = (&total - &model.params_total).abs();
        let allowed = (&model.params_total * &exact("0.005")).max(exact("5000000"));
        assert!(off <= allowed, "{}: {} counted, off by {}", model.id, gb(&total, 3), gb(&off, 3));
        counted += 1;
    }
    assert!(counted >= 45, "{counted}");
}

#[test]
fn groups_are_not_negative_and_active_is_not_more_than_all() {
    for model in open_models() {
        let Groups { embeddings, attention, feed_forward, experts } = groups(model);
        assert!(attention > Exact::ZERO, "{}: {}", model.id, gb(&attention, 2));
        let total: Exact = [&embeddings, &attention, &feed_forward, &experts].into_iter().sum();
        assert_eq!(total, model.params_total);
        assert!(model.params_active <= model.params_total && model.params_active > Exact::ZERO);
        assert_eq!(model.experts.is_none(), model.params_active == model.params_total, "{}", model.id);
    }
}

#[test]
fn weights_as_published() {
    let total = |name, format| weights(model(name), format).total();
    assert_eq!(gb(&total("llama-3-8b", Format::Bf16), 2), "16.06");
    assert_eq!(gb(&total("llama-3-8b", Format::Int4), 2), "5.80");
    // Files of the released checkpoint: 60.8 GiB.
    assert_eq!(gb(&total("gpt-oss-120b", Format::Mxfp4), 1), "65.3");
    let fp8 = weights(model("deepseek-v3"), Format::Fp8);
    assert_eq!(fp8.total(), &model("deepseek-v3").params_total + &Exact::from(2 * 129_280 * 7168));
    let tied = weights(model("llama-3.2-1b"), Format::Int4);
    assert_eq!(tied.embeddings, Exact::from(128_256 * 2048 * 2));
}

#[test]
fn a_window_ends_the_growth_only_where_the_engine_lets_it() {
    let at = |mode| kv_bytes(model("gpt-oss-120b"), &Exact::from(8192), KvPrecision::Sixteen, mode);
    assert_eq!(gb(&at(WindowMode::Ideal), 4), "0.3067");
    assert_eq!(gb(&at(WindowMode::EngineFull), 4), "0.6040");
    let short = |mode| kv_bytes(model("gpt-oss-120b"), &Exact::from(100), KvPrecision::Eight, mode);
    assert_eq!(short(WindowMode::Ideal), short(WindowMode::EngineFull));
}

#[test]
fn heads_are_replicated_when_there_are_too_few() {
    let few = model("qwen3-235b");
    assert_eq!(kv_share_per_gpu(few, 8), exact("0.25"));
    assert_eq!(replication(few, 8), exact("2"));
    assert_eq!(replication(few, 4), Exact::ONE);
    let latent = model("deepseek-v3");
    assert_eq!(replication(latent, 8), exact("8"));
    assert_eq!(replication(latent, 1), Exact::ONE);
}

/// Llama-3-8B in 16 bit on one A10G, 500 tokens in and 200 out.
#[test]
fn sequences_that_fit() {
    let (card, one, tokens) = (gpu("a10g").unwrap(), Exact::ONE, Exact::from(700));
    let replica = Replica {
        model: model("llama-3-8b"),
        format: Format::Bf16,
        kv: KvPrecision::default(),
        mode: WindowMode::default(),
        gpus: 1,
        attention_gpus: 1,
    };
    let usable = usable(card, &one);
    let most = replica.sequences(&tokens, &usable).unwrap();
    assert_eq!(most, 27);
    assert!(replica.need(&tokens, &Exact::from(most)).total() <= usable);
    assert!(replica.need(&tokens, &Exact::from(most + 1)).total() > usable);
    assert_eq!(replica.sequences(&tokens, &super::usable(gpu("t4").unwrap(), &one)), Some(0));
    assert_eq!(replica.sequences(&Exact::ZERO, &usable), None);
}

#[test]
fn waste_of_a_stated_need() {
    let need = exact("15000000000");
    for (card, share) in [("a100-80", "0.8125"), ("a10g", "0.375"), ("t4", "0.0625")] {
        assert_eq!(waste(&need, gpu(card).unwrap(), &Exact::ONE), Some(exact(share)), "{card}");
    }
}
