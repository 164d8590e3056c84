//! Open models: parameters against dimensions, shapes that go together.

use super::{Catalogues, Code, Finding, MODELS, duplicates, weak_source};
use crate::hosting::{Attention, Format, OpenModel, memory};
use crate::units::{Exact, display};

/// How far a stated total may be off what the dimensions add up to: norms, routers and biases are not counted.
const TOLERANCE: (i64, u64) = (5, 1_000);
/// Half of the last digit of totals that are stated in units of 10 million.
const ROUNDING: u64 = 5_000_000;

pub(super) fn lint(catalogues: &Catalogues<'_>, found: &mut Vec<Finding>) {
    let names = catalogues.models.iter().flat_map(|model| {
        std::iter::once(&model.id).chain(&model.aliases).map(|name| (model.id.as_str(), name.as_str()))
    });
    duplicates(MODELS, names, found);
    for model in catalogues.models {
        let mut add =
            |code, message: String| found.push(Finding { file: MODELS, entry: model.id.clone(), code, message });
        if weak_source(&model.source) {
            add(Code::NoSource, format!("the source is `{}`", model.source));
        }
        if Format::named(&model.native).is_none() {
            add(Code::NativeFormat, format!("`{}` is no precision", model.native));
        }
        if let Some(message) = total(model) {
            add(Code::ParameterTotal, message);
        }
        if let Some(message) = active(model) {
            add(Code::ActiveParameters, message);
        }
        for message in shape(model) {
            add(Code::OddShape, message);
        }
    }
}

fn product(factors: &[u32]) -> Exact {
    factors.iter().fold(Exact::ONE, |product, factor| &product * &Exact::from(u64::from(*factor)))
}

fn billions(parameters: &Exact) -> String {
    format!("{}B", display::precise(&(parameters * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), 2))
}

/// Parameters of attention by the dimensions. `None` where layers differ in ways that the catalogue does not state: with
/// constant states, compressed caches, or layers of other heads.
pub(super) fn counted_attention(model: &OpenModel) -> Option<Exact> {
    let (hidden, heads) = (model.hidden, model.heads);
    let per_layer = match model.attention {
        Attention::Hybrid => return None,
        Attention::Heads => {
            let elements =
                u64::from(model.kv_heads).checked_mul(u64::from(model.head_dim.checked_add(model.v_head_dim)?))?;
            let full = elements.checked_mul(model.full_layers.into())?;
            let windowed = elements.checked_mul(model.window.map_or(0, |(layers, _)| layers).into())?;
            if (model.kv_growing, model.kv_windowed) != (full, windowed) {
                return None;
            }
            let both = model.head_dim.checked_add(model.v_head_dim)?;
            &product(&[hidden, model.kv_heads, both]) + &product(&[hidden, heads, both])
        }
        Attention::Latent { lora, rope, query, .. } => {
            let queries = match query {
                Some(rank) => &product(&[hidden, rank]) + &product(&[rank, heads, model.head_dim]),
                None => product(&[hidden, heads, model.head_dim]),
            };
            let keys = &product(&[hidden, lora.checked_add(rope)?])
                + &product(&[lora, heads, model.head_dim.checked_sub(rope)?]);
            let values = &product(&[lora, heads, model.v_head_dim]) + &product(&[heads, model.v_head_dim, hidden]);
            [queries, keys, values].iter().sum()
        }
    };
    Some(&per_layer * &Exact::from(u64::from(model.layers)))
}

/// The stated total against what the dimensions add up to.
fn total(model: &OpenModel) -> Option<String> {
    let groups = memory::groups(model);
    let attention = match counted_attention(model) {
        Some(attention) => attention,
        // What cannot be counted must at least leave something for attention.
        None if groups.attention > Exact::ZERO => return None,
        None => Exact::ZERO,
    };
    let counted: Exact = [&attention, &groups.embeddings, &groups.feed_forward, &groups.experts].into_iter().sum();
    let off = (&counted - &model.params_total).abs();
    let allowed = (&model.params_total * &Exact::ratio(TOLERANCE.0, TOLERANCE.1)?).max(Exact::from(ROUNDING));
    (off > allowed).then(|| {
        let share = off.checked_div(&model.params_total).unwrap_or(Exact::ONE);
        let (stated, counted) = (billions(&model.params_total), billions(&counted));
        format!("stated {stated}, counted {counted} from the dimensions: {} off", display::percent(&share, 1))
    })
}

/// One token uses all that is no expert (with or without embeddings), and its share of the experts.
fn active(model: &OpenModel) -> Option<String> {
    let groups = memory::groups(model);
    let used = match &model.experts {
        Some(experts) => {
            let share = Exact::ratio(experts.active.into(), experts.count.into())?;
            &groups.experts * &share
        }
        None => Exact::ZERO,
    };
    let others = &groups.attention + &groups.feed_forward;
    let least = &others + &used;
    let most = &least + &groups.embeddings;
    // Published figures are rounded, some to a billion.
    let slack = &(&most * &Exact::ratio(8, 100)?) + &Exact::from(500_000_000);
    let is_odd = model.params_active > &most + &slack || &model.params_active + &slack < least;
    is_odd.then(|| {
        let stated = billions(&model.params_active);
        format!("{stated} active, {} to {} by the dimensions", billions(&least), billions(&most))
    })
}

fn shape(model: &OpenModel) -> Vec<String> {
    let mut found = Vec::new();
    if !model.heads.is_multiple_of(model.kv_heads.max(1)) {
        found.push(format!("{} heads do not share {} pairs of keys and values evenly", model.heads, model.kv_heads));
    }
    let windowed = model.window.map_or(0, |(layers, _)| layers);
    if model.full_layers.saturating_add(windowed) > model.layers {
        found.push(format!("{} + {windowed} attending layers of {}", model.full_layers, model.layers));
    }
    if let Some(experts) = &model.experts
        && (experts.active >= experts.count || experts.layers > model.layers)
    {
        found.push(format!("{} of {} experts in {} layers", experts.active, experts.count, experts.layers));
    }
    if model.kv_growing == 0 && model.kv_windowed == 0 && model.state_bytes == 0 {
        found.push("keeps nothing of what it has read".to_owned());
    }
    found
}
