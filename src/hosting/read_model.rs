//! The catalogue of open models, read strictly (form: the header of `pricing/open-models.yaml`).

use super::read::{accepted, each, names, opened, optional, optional_part, part, quality, small, text, whole};
use super::{Attention, Experts, OpenModel};
use crate::diag::{Code, Diagnostic, Sink};
use crate::input::yes_or_no;
use crate::input::{Fields, Node};
use crate::units::Exact;

/// Reads `pricing/open-models.yaml`.
pub(super) fn open_models(root: &Node, sink: &mut Sink) -> Option<Vec<OpenModel>> {
    let mut fields = opened(root, sink)?;
    let list = fields.require("models", "[{id: maker/model}]", sink);
    fields.finish(sink);
    Some(each(list?, "`models` is a list of models", sink, open_model))
}

fn open_model(node: &Node, sink: &mut Sink) -> Option<OpenModel> {
    let before = sink.failures();
    let mut fields = Fields::of(node, "an open model", sink)?;
    let id = text(&mut fields, "id", "maker/model", sink);
    let aliases = names(&mut fields, sink);
    let params = part(&mut fields, "params", sink).map(|mut params| {
        let total = params.require("total", "8.03B", sink).and_then(|node| whole(node, sink));
        let active = params.get("active", sink).and_then(|node| whole(node, sink));
        params.finish(sink);
        (total, active.or(total))
    });
    let shape = part(&mut fields, "shape", sink).and_then(|fields| shape(fields, sink));
    let tied = fields.get("tied", sink).and_then(|node| yes_or_no(node, sink)).unwrap_or(false);
    let routed = optional_part(&mut fields, "experts", sink);
    let experts = routed.and_then(|routed| experts(routed, shape.as_ref()?, sink));
    let cache = shape.as_ref().and_then(|shape| cache(&mut fields, shape, sink));
    let context = fields.require("context", "131072", sink).and_then(|node| whole(node, sink));
    let native = text(&mut fields, "native", "bf16", sink);
    let quality = quality(&mut fields, sink);
    let source = text(&mut fields, "source", "config.json", sink);
    let accepted = accepted(&mut fields, sink);
    let note = optional(&mut fields, "note", sink);
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    let (shape, cache, (total, active)) = (shape?, cache?, params?);
    Some(OpenModel {
        id: id?,
        aliases,
        params_total: Exact::from(total?),
        params_active: Exact::from(active?),
        layers: shape.layers,
        hidden: shape.hidden,
        heads: shape.heads,
        kv_heads: shape.kv_heads,
        head_dim: shape.head_dim,
        v_head_dim: shape.v_head_dim,
        ffn: shape.ffn,
        gated: shape.gated,
        vocab: shape.vocab,
        tied_embeddings: tied,
        max_context: context?,
        native: native?,
        attention: cache.attention,
        experts,
        full_layers: cache.full_layers,
        window: cache.window,
        kv_growing: cache.growing,
        kv_windowed: cache.windowed,
        state_bytes: cache.state_bytes,
        accepted,
        note,
        quality: quality?,
        source: source?,
    })
}

struct Shape {
    layers: u32,
    hidden: u32,
    heads: u32,
    kv_heads: u32,
    head_dim: u32,
    v_head_dim: u32,
    ffn: Option<u32>,
    gated: bool,
    vocab: u32,
}

fn shape(mut fields: Fields<'_>, sink: &mut Sink) -> Option<Shape> {
    let mut number = |key| fields.require(key, "8", sink).and_then(|node| small(node, sink));
    let [layers, hidden, heads] = ["layers", "hidden", "heads"].map(&mut number);
    let [kv_heads, head_dim, vocab] = ["kv_heads", "head_dim", "vocab"].map(&mut number);
    let [v_head_dim, ffn] = ["v_head_dim", "ffn"].map(|key| count(&mut fields, key, sink));
    let gated = fields.get("gated", sink).and_then(|node| yes_or_no(node, sink)).unwrap_or(true);
    fields.finish(sink);
    Some(Shape {
        layers: layers?,
        hidden: hidden?,
        heads: heads?,
        kv_heads: kv_heads?,
        head_dim: head_dim?,
        v_head_dim: v_head_dim.or(head_dim)?,
        ffn,
        gated,
        vocab: vocab?,
    })
}

fn count(fields: &mut Fields<'_>, key: &'static str, sink: &mut Sink) -> Option<u32> {
    fields.get(key, sink).and_then(|node| small(node, sink))
}

fn experts(mut fields: Fields<'_>, shape: &Shape, sink: &mut Sink) -> Option<Experts> {
    let mut number = |key| fields.require(key, "8", sink).and_then(|node| small(node, sink));
    let [number_of, active, width] = ["count", "active", "width"].map(&mut number);
    let shared = count(&mut fields, "shared", sink).unwrap_or(0);
    let layers = count(&mut fields, "layers", sink).unwrap_or(shape.layers);
    fields.finish(sink);
    let (count, active, width) = (number_of?, active?, width?);
    let matrices = if shape.gated { 3 } else { 2 };
    let dimensions = [layers, count, matrices, shape.hidden, width];
    let params = dimensions.iter().fold(Exact::ONE, |product, size| &product * &Exact::from(u64::from(*size)));
    Some(Experts { count, active, params, width, shared, layers })
}

/// What a sequence keeps.
struct Cache {
    attention: Attention,
    full_layers: u32,
    window: Option<(u32, u32)>,
    growing: u64,
    windowed: u64,
    state_bytes: u64,
}

fn cache(fields: &mut Fields<'_>, shape: &Shape, sink: &mut Sink) -> Option<Cache> {
    let place = &fields.node().place;
    fields.exclusive("compressed", "full_elements", sink);
    let latent = optional_part(fields, "latent", sink).map(|mut latent| {
        let [lora, rope] = ["kv", "rope"].map(|key| latent.require(key, "64", sink).and_then(|node| small(node, sink)));
        let [query, indexer] = ["q", "indexer"].map(|key| count(&mut latent, key, sink));
        latent.finish(sink);
        Some(Attention::Latent { lora: lora?, rope: rope?, indexer: indexer.unwrap_or(0), query })
    });
    let window = optional_part(fields, "window", sink).map(|mut window| {
        let [layers, tokens] =
            ["layers", "tokens"].map(|key| window.require(key, "64", sink).and_then(|node| small(node, sink)));
        window.finish(sink);
        Some((layers?, tokens?))
    });
    let state = optional_part(fields, "state", sink).map(|mut state| {
        let layers = state.require("layers", "48", sink).and_then(|node| small(node, sink));
        let bytes = state.require("bytes", "1000000", sink).and_then(|node| whole(node, sink));
        state.finish(sink);
        Some((layers?, bytes?))
    });
    let [attending, full_elements, window_elements] =
        ["attending", "full_elements", "window_elements"].map(|key| count(fields, key, sink));
    let compressed = fields.get("compressed", sink).and_then(|node| whole(node, sink));

    let window = lifted(window)?;
    let (state_layers, state_bytes) = lifted(state)?.unwrap_or((0, 0));
    let attention = match lifted(latent)? {
        Some(latent) => latent,
        None if state_layers > 0 => Attention::Hybrid,
        None => Attention::Heads,
    };
    let window_layers = window.map_or(0, |(layers, _)| layers);
    let attending = attending.or_else(|| shape.layers.checked_sub(state_layers));
    let Some(full_layers) = attending.and_then(|layers| layers.checked_sub(window_layers)) else {
        let label = "window and state layers are more than it has";
        return sink.refuse(Diagnostic::at(Code::OutOfRange, place, "the layers do not add up", label));
    };
    let elements = match attention {
        Attention::Latent { lora, rope, indexer, .. } => lora.saturating_add(rope).saturating_add(indexer),
        _ => shape.kv_heads.saturating_mul(shape.head_dim.saturating_add(shape.v_head_dim)),
    };
    let of = |layers: u32, own: Option<u32>| u64::from(layers).saturating_mul(own.unwrap_or(elements).into());
    Some(Cache {
        attention,
        full_layers,
        window,
        growing: compressed.unwrap_or_else(|| of(full_layers, full_elements)),
        windowed: of(window_layers, window_elements),
        state_bytes,
    })
}

/// What was stated wrongly stops the reading; what was not stated does not.
fn lifted<T>(stated: Option<Option<T>>) -> Option<Option<T>> {
    match stated {
        Some(read) => read.map(Some),
        None => Some(None),
    }
}
