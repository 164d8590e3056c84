//! The catalogues of GPUs and offers, read strictly (form: the header of each file under `pricing/`).

use super::{Gpu, Offer, Purchase, Quality};
use crate::diag::{Code, Diagnostic, Sink};
use crate::input::{Fields, Node, Value, wrong_shape};
use crate::input::{choice, date, plain, yes_or_no};
use crate::pricing::Date;
use crate::units::{Exact, Kind, Settings};

const GIGA: u64 = 1_000_000_000;
const TERA: u64 = 1_000_000_000_000;

/// Reads `pricing/gpus.yaml`.
pub(super) fn gpus(root: &Node, sink: &mut Sink) -> Option<Vec<Gpu>> {
    let mut fields = opened(root, sink)?;
    let list = fields.require("gpus", "[{id: my-gpu}]", sink);
    fields.finish(sink);
    Some(each(list?, "`gpus` is a list of GPUs", sink, gpu))
}

/// Reads `pricing/offers.yaml`.
pub(super) fn offers(root: &Node, sink: &mut Sink) -> Option<Vec<Offer>> {
    let mut fields = opened(root, sink)?;
    let sources = fields.require("sources", "{docs: their price page}", sink);
    let providers = fields.require("providers", "{aws: []}", sink);
    fields.finish(sink);
    let (sources, providers) = (sources?, providers?);
    let Some(entries) = providers.entries() else {
        return sink.refuse(wrong_shape(providers, "`providers` is a map of names and their offers"));
    };
    let mut found = Vec::new();
    for (provider, list) in entries {
        let read = |node: &Node, sink: &mut Sink| offer(node, &provider.text, sources, sink);
        found.extend(each(list, "the offers of a provider are a list", sink, read));
    }
    Some(found)
}

/// A catalogue, its schema checked.
pub(super) fn opened<'a>(root: &'a Node, sink: &mut Sink) -> Option<Fields<'a>> {
    let mut fields = Fields::of(root, "a catalogue", sink)?;
    if let Some(node) = fields.require("schema", "1", sink)
        && node.scalar() != Some("1")
    {
        let label = "only `schema: 1` is known";
        sink.add(Diagnostic::at(Code::Version, &node.place, "this catalogue has another schema", label));
    }
    Some(fields)
}

/// The entries of a list; those that cannot be read are reported and left out.
pub(super) fn each<T>(
    node: &Node,
    shape: &str,
    sink: &mut Sink,
    mut read: impl FnMut(&Node, &mut Sink) -> Option<T>,
) -> Vec<T> {
    let Value::List(items) = &node.value else {
        sink.add(wrong_shape(node, shape));
        return Vec::new();
    };
    items.iter().filter_map(|item| read(item, sink)).collect()
}

fn gpu(node: &Node, sink: &mut Sink) -> Option<Gpu> {
    let before = sink.failures();
    let mut fields = Fields::of(node, "a GPU", sink)?;
    let id = text(&mut fields, "id", "my-gpu", sink);
    let name = text(&mut fields, "name", "My GPU", sink);
    let aliases = names(&mut fields, sink);
    let vendor = text(&mut fields, "vendor", "NVIDIA", sink);
    let architecture = text(&mut fields, "architecture", "Hopper", sink);
    let memory = part(&mut fields, "memory", sink).map(|mut memory| {
        let kind = text(&mut memory, "type", "HBM3", sink);
        let nominal = memory.require("nominal", "80GB", sink).and_then(|node| bytes(node, sink));
        let reported = memory.require("reported", "81559MiB", sink).and_then(|node| bytes(node, sink));
        let bandwidth = memory.require("gb_s", "3350", sink).and_then(|node| rate(node, GIGA, sink));
        memory.finish(sink);
        (kind, nominal, reported, bandwidth)
    });
    let rates = part(&mut fields, "rates", sink).map(|mut rates| {
        rates.exclusive("bf16", "fp16", sink);
        let fp16_only = rates.entry("fp16").is_some();
        let mut of = |key| rates.get(key, sink).and_then(|node| rate(node, TERA, sink));
        let all = (of("bf16").or_else(|| of("fp16")), of("fp8"), of("int8"), of("fp4"));
        rates.finish(sink);
        (fp16_only, all)
    });
    let link = part(&mut fields, "link", sink).map(|mut link| {
        let kind = text(&mut link, "type", "NVLink4", sink);
        let speed = link.get("gb_s", sink).and_then(|node| rate(node, GIGA, sink));
        let node_gpus = link.require("node", "8", sink).and_then(|node| small(node, sink));
        link.finish(sink);
        (kind, speed, node_gpus)
    });
    let watts = fields.require("watts", "700", sink).and_then(|node| small(node, sink));
    let as_of = fields.get("as_of", sink).and_then(|node| date(node, sink));
    let quality = quality(&mut fields, sink);
    let source = text(&mut fields, "source", "vendor's data sheet", sink);
    let accepted = accepted(&mut fields, sink);
    let note = optional(&mut fields, "note", sink);
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    let (memory_type, nominal_bytes, reported_bytes, bandwidth) = memory?;
    let (fp16_only, (flops_16, flops_fp8, ops_int8, flops_fp4)) = rates?;
    let (link_type, link, node_gpus) = link?;
    Some(Gpu {
        id: id?,
        aliases,
        name: name?,
        vendor: vendor?,
        architecture: architecture?,
        memory_type: memory_type?,
        nominal_bytes: nominal_bytes?,
        reported_bytes: reported_bytes?,
        bandwidth: bandwidth?,
        flops_16,
        flops_fp8,
        ops_int8,
        flops_fp4,
        fp16_only,
        link,
        link_type: link_type?,
        node_gpus: node_gpus?,
        watts: watts?,
        as_of,
        quality: quality?,
        source: source?,
        accepted,
        note,
    })
}

fn offer(node: &Node, provider: &str, sources: &Node, sink: &mut Sink) -> Option<Offer> {
    let before = sink.failures();
    let mut fields = Fields::of(node, "an offer", sink)?;
    let id = text(&mut fields, "id", "aws/g5.xlarge/on_demand", sink);
    let instance = optional(&mut fields, "instance", sink);
    let gpu = text(&mut fields, "gpu", "a10g", sink);
    let count = fields.get("count", sink).and_then(|node| plain(node, Kind::Factor, &Settings::default(), sink));
    let purchase = fields.require("purchase", "on_demand", sink);
    let purchase = purchase.and_then(|node| choice(node, "a way to buy", &Purchase::WORDS, sink));
    let usd = fields.require("usd_per_hour", "\"1.006\"", sink).and_then(|node| price(node, sink));
    let scales = fields.get("scales", sink).and_then(|node| yes_or_no(node, sink)).unwrap_or(false);
    let region = optional(&mut fields, "region", sink);
    let as_of = fields.require("as_of", "2026-07", sink).and_then(|node| period(node, sink));
    let quality = quality(&mut fields, sink);
    let source = fields.require("source", "docs", sink).and_then(|node| named_source(node, sources, sink));
    let accepted = accepted(&mut fields, sink);
    let note = optional(&mut fields, "note", sink);
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    let (as_of, since) = as_of?;
    Some(Offer {
        id: id?,
        provider: provider.to_owned(),
        instance,
        gpu: gpu?,
        count: count.unwrap_or(Exact::ONE),
        purchase: purchase?,
        usd_per_hour: usd?,
        scales,
        region,
        as_of,
        since,
        quality: quality?,
        source: source?,
        accepted,
        note,
    })
}

/// An amount above zero.
fn price(node: &Node, sink: &mut Sink) -> Option<Exact> {
    let amount = plain(node, Kind::Money, &Settings::default(), sink)?;
    if amount.is_zero() {
        return sink.refuse(Diagnostic::at(Code::NoPrice, &node.place, "an offer costs something", "zero"));
    }
    Some(amount)
}

/// A year, a month or a day, and the day if it is one.
fn period(node: &Node, sink: &mut Sink) -> Option<(String, Option<Date>)> {
    let text = node.scalar().unwrap_or_default();
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    match day.parse::<Date>() {
        Ok(found) if day.len() == 10 => Some((text.to_owned(), (text.len() == 10).then_some(found))),
        _ => sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, "`as_of` is a year, a month or a day", "not a date")
                .help("write `2026`, `2026-07` or `2026-07-31`"),
        ),
    }
}

/// The full text behind the short name of a source.
fn named_source(node: &Node, sources: &Node, sink: &mut Sink) -> Option<String> {
    match node.scalar().and_then(|name| sources.get(name)).and_then(Node::scalar) {
        Some(full) => Some(full.to_owned()),
        None => sink.refuse(
            Diagnostic::at(Code::UnknownWord, &node.place, "a source is one of `sources`", "not stated there")
                .also(&sources.place, "these are known"),
        ),
    }
}

pub(super) fn text(fields: &mut Fields<'_>, key: &'static str, example: &str, sink: &mut Sink) -> Option<String> {
    fields.require(key, example, sink).and_then(|node| word(node, sink))
}

pub(super) fn optional(fields: &mut Fields<'_>, key: &'static str, sink: &mut Sink) -> Option<String> {
    fields.get(key, sink).and_then(|node| word(node, sink))
}

fn word(node: &Node, sink: &mut Sink) -> Option<String> {
    match node.scalar() {
        Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
        _ => sink.refuse(wrong_shape(node, "a single word or text is expected")),
    }
}

pub(super) fn names(fields: &mut Fields<'_>, sink: &mut Sink) -> Vec<String> {
    let node = fields.get("aliases", sink);
    node.map_or_else(Vec::new, |node| each(node, "`aliases` is a list of names", sink, word))
}

/// `accept: {code: reason}`: findings of the lint that somebody looked at.
pub(super) fn accepted(fields: &mut Fields<'_>, sink: &mut Sink) -> Vec<(String, String)> {
    let Some(node) = fields.get("accept", sink) else { return Vec::new() };
    let Some(entries) = node.entries() else {
        sink.add(wrong_shape(node, "`accept` is a map from the code of a finding to the reason why it stands"));
        return Vec::new();
    };
    entries.iter().filter_map(|(code, reason)| Some((code.text.to_string(), word(reason, sink)?))).collect()
}

pub(super) fn quality(fields: &mut Fields<'_>, sink: &mut Sink) -> Option<Quality> {
    let node = fields.require("quality", "B", sink)?;
    choice(node, "a quality", &Quality::WORDS, sink)
}

/// A map under a key that must be there.
pub(super) fn part<'a>(fields: &mut Fields<'a>, key: &'static str, sink: &mut Sink) -> Option<Fields<'a>> {
    let node = fields.require(key, "{}", sink)?;
    Fields::of(node, format!("`{key}`"), sink)
}

/// A map under a key that may be there.
pub(super) fn optional_part<'a>(fields: &mut Fields<'a>, key: &'static str, sink: &mut Sink) -> Option<Fields<'a>> {
    let node = fields.get(key, sink)?;
    Fields::of(node, format!("`{key}`"), sink)
}

/// A whole number, possibly with a suffix.
pub(super) fn whole(node: &Node, sink: &mut Sink) -> Option<u64> {
    only_whole(plain(node, Kind::Count, &Settings::default(), sink)?, node, sink)
}

/// A whole number of things of which there are few.
pub(super) fn small(node: &Node, sink: &mut Sink) -> Option<u32> {
    let value = whole(node, sink)?;
    u32::try_from(value)
        .ok()
        .or_else(|| sink.refuse(Diagnostic::at(Code::TooLarge, &node.place, "this is too many", "too large")))
}

fn bytes(node: &Node, sink: &mut Sink) -> Option<u64> {
    only_whole(plain(node, Kind::Memory, &Settings::default(), sink)?, node, sink)
}

fn only_whole(value: Exact, node: &Node, sink: &mut Sink) -> Option<u64> {
    match value.to_u64() {
        Some(whole) if value.is_whole() => Some(whole),
        _ => sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, "a whole number is expected", "not whole")),
    }
}

/// A rate stated in multiples of `unit`; estimates compute with floats.
fn rate(node: &Node, unit: u64, sink: &mut Sink) -> Option<f64> {
    let value = plain(node, Kind::Factor, &Settings::default(), sink)?;
    only_whole(&value * &Exact::from(unit), node, sink).map(|whole| whole as f64)
}
