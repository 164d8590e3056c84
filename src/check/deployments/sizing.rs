//! What a deployment serves and on which cards: `model` or `memory`, `precision`, `gpu`, `slo`. The cheapest choice that fits
//! and keeps the latencies is taken, as `size` ranks them.

use std::sync::Arc;

use super::super::context::Context;
use super::super::{measurements, size};
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::figure::{Count, Figure};
use crate::hosting::memory::WindowMode;
use crate::hosting::size::{Choice, Flag, MOST_GPUS, Request, Served, Slo, Terms};
use crate::hosting::throughput::{Compute, Measurements};
use crate::hosting::{Format, Gpu, Offer, OpenModel, Purchase, catalogue};
use crate::input::{Fields, Node, Value, choice, plain, word};
use crate::units::{Exact, Kind, Settings, display};

/// A deployment's model and cards, with the choice that was made.
pub(super) struct Sized {
    pub request: Arc<Request<'static>>,
    pub gpu: &'static Gpu,
    pub gpus: u32,
    pub format: Option<Format>,
    /// What the cards are bought as, where the catalogue says it.
    pub offer: Option<&'static Offer>,
    /// What to beware of, by its stable name.
    pub warnings: Vec<(&'static str, String)>,
}

/// Whether a deployment says anything that needs sizing.
pub(super) fn is_asked(fields: &mut Fields<'_>) -> bool {
    ["model", "memory", "gpu"].into_iter().filter(|key| fields.entry(key).is_some()).count() > 0
}

/// Sizes a deployment. `stated` is its number of cards, `throughput` its stated rate, `offer` the offer that it names.
pub(super) fn sized(
    name: &str,
    fields: &mut Fields<'_>,
    (stated, throughput): (Option<&Figure<Count>>, Option<&Exact>),
    (offer, price): (Option<&'static Offer>, Option<&Exact>),
    context: &mut Context<'_>,
) -> Option<Sized> {
    let before = context.sink.failures();
    let place = ["model", "memory", "gpu"].into_iter().find_map(|key| Some(fields.entry(key)?.1.place.clone()))?;
    let model = fields.get("model", context.sink).map(|node| size::open_model(node, context.sink));
    let memory = fields.get("memory", context.sink);
    let memory = memory.and_then(|node| plain(node, Kind::Memory, &Settings::default(), context.sink));
    let formats = formats(fields, model.flatten(), context);
    let kv = fields.get("kv_precision", context.sink).and_then(|node| size::kv_precision(node, context.sink));
    let windows = [("ideal", WindowMode::Ideal), ("engine_full", WindowMode::EngineFull)];
    let window = fields.get("window", context.sink);
    let window = window.and_then(|node| choice(node, "`window`", &windows, context.sink));
    let slo = fields.get("slo", context.sink).map_or_else(Slo::default, |node| slo(node, context));
    let engine = fields.get("engine", context.sink).and_then(|node| word(node, context.sink)).map(str::to_owned);
    let rows = fields.get("measured", context.sink).and_then(|node| {
        let file = context.from.beside(word(node, context.sink)?);
        measurements::read(&file, Some(&node.place), context.sink)
    });
    let terms = Terms {
        purchase: bought(fields),
        usd_per_gpu_hour: price.cloned().or_else(|| offer?.usd_per_hour.checked_div(&offer?.count)),
        as_of: context.prices.as_of,
    };
    let named = fields.entry("gpu").is_some();
    let gpus = gpus(fields, offer, &terms, context);
    let is_one_card = gpus.len() == 1 && named;
    let per_replica = stated.and_then(|count| whole(count, fields, context));
    if context.sink.failures() > before {
        return None;
    }
    let served = model.flatten().map(|model| Served {
        model,
        formats: formats.clone(),
        kv: kv.unwrap_or_default(),
        window: window.unwrap_or_default(),
    });
    let (prompt, answer) = context.mean_call.clone().unwrap_or((Exact::from(1_024), Exact::from(256)));
    if let Some(served) = &served {
        longer_than_the_context(served.model, &(&prompt + &answer), &place, context)?;
        named_formats(fields, served, &gpus, named, context)?;
    }
    let request = Request {
        model: served,
        memory,
        gpus,
        per_replica,
        prompt,
        answer,
        concurrency: None,
        slo,
        terms,
        throughput: throughput.cloned(),
        engine,
        measurements: Measurements::new(&rows.unwrap_or_default()),
    };
    let request = Arc::new(request);
    let found = {
        let sizing = request.size();
        let keeps = |choice: &Choice<'_>| choice.fits && choice.keeps_slo != Some(false);
        let first = sizing.choices.iter().position(keeps);
        // Replicas of a card that is named are as small as they can be: more of them follow the load in smaller steps. What is
        // full of caches because it serves as many requests as fit is at no cliff where it is the best choice.
        let sound = |(index, choice): &(usize, &Choice<'_>)| {
            keeps(choice) && (sizing.recommended == Some(*index) || !choice.flags.contains(&Flag::KvCliff))
        };
        let smallest = sizing.choices.iter().enumerate().filter(sound).min_by_key(|(_, choice)| choice.gpus);
        let smallest = smallest.map(|(index, _)| index).filter(|_| is_one_card);
        let taken = smallest.or(sizing.recommended).or(first.filter(|_| named));
        let taken = taken.and_then(|index| sizing.choices.get(index));
        let Some(taken) = taken else {
            return context.sink.refuse(nothing_fits(name, &place, sizing.choices.first()));
        };
        (
            taken.gpu,
            taken.gpus,
            taken.format,
            taken.package.as_ref().and_then(|package| package.offer),
            warnings(name, taken),
        )
    };
    let (gpu, gpus, format, package, warnings) = found;
    let gpu = catalogue::gpu(&gpu.id)?;
    let package = package.and_then(|package| catalogue::offer(&package.id));
    Some(Sized { request, gpu, gpus, format, offer: offer.or(package), warnings })
}

/// The format stated, or the one that the model is published in; of a 16-bit model fp16.
fn formats(fields: &mut Fields<'_>, model: Option<&OpenModel>, context: &mut Context<'_>) -> Vec<Format> {
    let stated = fields.get("precision", context.sink).and_then(|node| size::precision(node, context.sink));
    match (stated, model) {
        (Some(Some(format)), _) => vec![format],
        (Some(None), Some(model)) => Request::usual_formats(model),
        (None, Some(model)) => {
            vec![Format::named(&model.native).filter(|format| *format != Format::Bf16).unwrap_or(Format::Fp16)]
        }
        (_, None) => vec![Format::Fp16],
    }
}

fn slo(node: &Node, context: &mut Context<'_>) -> Slo {
    let Some(mut fields) = Fields::of(node, "`slo`", context.sink) else { return Slo::default() };
    let mut time = |key: &'static str, context: &mut Context<'_>| {
        let node = fields.get(key, context.sink)?;
        let time = plain(node, Kind::Duration, &Settings::default(), context.sink)?;
        if time.is_zero() {
            let message = format!("`{key}` of 0 is kept by nobody");
            return context.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
        }
        Some(time)
    };
    let (ttft, tpot) = (time("ttft", context), time("tpot", context));
    fields.finish(context.sink);
    Slo { ttft, tpot }
}

/// The offers that prices are compared by; a mix is compared by its on-demand prices.
fn bought(fields: &mut Fields<'_>) -> Purchase {
    let word = fields.entry("purchase").and_then(|(_, node)| node.scalar().map(str::to_owned));
    let known = word.and_then(|word| Purchase::WORDS.into_iter().find(|(known, _)| *known == word));
    let stated = ["spot", "reserved_1y", "reserved_3y"].into_iter().any(|key| fields.entry(key).is_some());
    match known {
        Some((_, purchase)) if purchase.buys_a_replica() && !stated => purchase,
        _ => Purchase::OnDemand,
    }
}

/// The cards that are named, those of the offer, or all that somebody sells.
fn gpus(
    fields: &mut Fields<'_>,
    offer: Option<&'static Offer>,
    terms: &Terms,
    context: &mut Context<'_>,
) -> Vec<&'static Gpu> {
    let of_offer = offer.and_then(|offer| catalogue::gpu(&offer.gpu));
    let Some(node) = fields.get("gpu", context.sink) else {
        return match of_offer {
            Some(gpu) => vec![gpu],
            None => sold(terms),
        };
    };
    if node.scalar() == Some("auto") {
        return of_offer.map_or_else(|| sold(terms), |gpu| vec![gpu]);
    }
    let one = std::slice::from_ref(node);
    let items = if let Value::List(items) = &node.value { items.as_slice() } else { one };
    let mut found: Vec<&'static Gpu> = Vec::new();
    for item in items {
        let Some(gpu) = measurements::gpu_of(item, context.sink).and_then(|id| catalogue::gpu(&id)) else { continue };
        if let Some(other) = of_offer.filter(|other| other.id != gpu.id) {
            let message = format!("the offer has {} cards, not {}", other.name, gpu.name);
            context.sink.add(Diagnostic::at(Code::Conflict, &item.place, message, "another card"));
        }
        if !found.iter().any(|known| known.id == gpu.id) {
            found.push(gpu);
        }
    }
    found
}

fn sold(terms: &Terms) -> Vec<&'static Gpu> {
    catalogue::gpus().iter().filter(|gpu| terms.sells(gpu)).collect()
}

fn whole(count: &Figure<Count>, fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<u32> {
    let value = count.value();
    let number = value.to_u64().filter(|_| value.is_whole()).and_then(|count| u32::try_from(count).ok());
    number.filter(|count| (1..=MOST_GPUS).contains(count)).or_else(|| {
        let place = fields.entry("gpus").map_or(&fields.node().place, |(_, node)| &node.place).clone();
        let message = format!("a replica has a whole number of GPUs, up to {MOST_GPUS}");
        context.sink.refuse(Diagnostic::at(Code::OutOfRange, &place, message, "cannot be sized"))
    })
}

fn longer_than_the_context(model: &OpenModel, tokens: &Exact, place: &Place, context: &mut Context<'_>) -> Option<()> {
    let most = Exact::from(model.max_context);
    if *tokens <= most {
        return Some(());
    }
    let message = format!(
        "requests of {} tokens are more than the context of {} ({})",
        display::count(tokens),
        model.id,
        display::count(&most)
    );
    context.sink.refuse(Diagnostic::at(Code::OutOfRange, place, message, "too long for this model"))
}

/// A format that is asked for by name must run on the cards that are asked for by name.
fn named_formats(
    fields: &mut Fields<'_>,
    served: &Served<'_>,
    gpus: &[&'static Gpu],
    named: bool,
    context: &mut Context<'_>,
) -> Option<()> {
    let auto = fields.entry("gpu").is_none_or(|(_, node)| node.scalar() == Some("auto"));
    let ([format], false, true) = (served.formats.as_slice(), auto, named) else { return Some(()) };
    let place = fields.entry("precision").or_else(|| fields.entry("gpu")).map(|(_, node)| node.place.clone())?;
    let Some(gpu) = gpus.iter().find(|gpu| gpu.compute(*format) == Compute::No) else { return Some(()) };
    let runs = Format::WORDS.into_iter().filter(|(_, format)| gpu.compute(*format) != Compute::No);
    let help = format!("it computes {}", suggest::listed(runs.map(|(word, _)| word), "and"));
    let message = format!("{} cannot compute {}", gpu.name, format.name());
    context.sink.refuse(Diagnostic::at(Code::CannotCompute, &place, message, "not on this card").help(help))
}

fn nothing_fits(name: &str, place: &Place, nearest: Option<&Choice<'_>>) -> Diagnostic {
    let Some(nearest) = nearest else {
        let message = format!("nobody sells a card for `{name}` this way");
        return Diagnostic::at(Code::NoPrice, place, message, "nothing to choose from")
            .help("state `usd_per_gpu_hour`");
    };
    let on = format!("{} x {}", nearest.gpus, nearest.gpu.name);
    let gb = |bytes: &Exact| display::number(&(bytes * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), 1);
    let message = if nearest.fits {
        format!("no choice of cards keeps the latencies of `{name}`; the nearest is {on}")
    } else {
        let (need, usable) = (gb(&nearest.needs.total), gb(&nearest.usable));
        format!("`{name}` fits nowhere: on {on} it needs {need} GB of the {usable} GB that it may use there")
    };
    Diagnostic::at(Code::DoesNotFit, place, message, "no cards for this")
        .help("more or larger `gpus`, a smaller `precision` (int4), shorter requests, or a looser `slo`")
}

fn warnings(name: &str, taken: &Choice<'_>) -> Vec<(&'static str, String)> {
    let on = format!("{} x {}", taken.gpus, taken.gpu.name);
    let cliff = taken.flags.contains(&Flag::KvCliff).then(|| {
        let text = format!(
            "`{name}` on {on} has hardly any memory left for KV caches: throughput falls off a cliff when a few more requests come"
        );
        ("kv-cliff", text)
    });
    cliff.into_iter().collect()
}
