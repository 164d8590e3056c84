//! Price lists and prices stated in a scenario, read into models (form: the header of each file under `pricing/`).

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::card::{Card, Model, Test};
use super::rates::{Batch, batch, fallbacks, rates};
use super::read_card::{accepted, aliases, cache_rules, check_overlaps, read_cards, uplifts, words};
use super::words::{tier_test, whole, word};
use super::{List, ListInfo};
use crate::diag::{Code, Diagnostic, Place, Sink, Source};
use crate::input::{Fields, Key, Node, Value, date, wrong_shape, yes_or_no};

/// What the head of a list says for all its models.
struct Head {
    info: Arc<ListInfo>,
    provider: Option<String>,
    test: Test,
}

/// Reads a whole price list.
pub fn read_list(source: &Arc<Source>, root: &Node, sink: &mut Sink) -> Option<List> {
    if let Some(node) = root.get("llmcost") {
        return sink.refuse(
            Diagnostic::at(
                Code::WrongShape,
                &node.place,
                format!("{} is a scenario, not a price list", source.name),
                "a scenario begins like this",
            )
            .help("a price list begins with `schema: 1`"),
        );
    }
    let before = sink.failures();
    let mut fields = Fields::of(root, "a price list", sink)?;
    let head = read_head(&mut fields, source, sink);
    let models = fields.require("models", "[{id: my-model, provider: me, input: 1, output: 2}]", sink);
    fields.finish(sink);
    let models = models_of(models?, &head?, sink)?;
    (sink.failures() == before).then(|| List::loaded(models.0, models.1))
}

fn models_of(node: &Node, head: &Head, sink: &mut Sink) -> Option<(Arc<ListInfo>, Vec<Arc<Model>>)> {
    let Value::List(items) = &node.value else {
        return sink.refuse(wrong_shape(node, "`models` is a list of models"));
    };
    let mut models: Vec<Arc<Model>> = Vec::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, "a model", sink) else { continue };
        let id = fields.require("id", "my-model", sink).and_then(|node| word(node, sink));
        let Some((id, place)) = id else { continue };
        let Some(model) = read_model(id, &place, fields, head, sink) else { continue };
        if let Some(twin) = models.iter().find(|known| known.id == model.id && known.provider == model.provider) {
            sink.add(
                Diagnostic::at(
                    Code::DuplicateName,
                    &place,
                    format!("two models are called `{}`", model.id),
                    "again here",
                )
                .also(&twin.place, "first here")
                .help("a new price is a new card in the `prices` of the same model"),
            );
            continue;
        }
        models.push(Arc::new(model));
    }
    Some((Arc::clone(&head.info), models))
}

fn read_head(fields: &mut Fields<'_>, source: &Arc<Source>, sink: &mut Sink) -> Option<Head> {
    if let Some(node) = fields.require("schema", "1", sink)
        && node.scalar() != Some("1")
    {
        sink.add(Diagnostic::at(
            Code::Version,
            &node.place,
            "this price list has another schema",
            "only `schema: 1` is known",
        ));
    }
    let name = fields.get("list", sink).and_then(|node| word(node, sink)).map(|(name, _)| name);
    let provider = fields.get("provider", sink).and_then(|node| word(node, sink)).map(|(name, _)| name);
    if let Some(node) = fields.get("currency", sink)
        && node.scalar() != Some("USD")
    {
        sink.add(
            Diagnostic::at(Code::UnknownWord, &node.place, "prices are stated in USD", "another currency")
                .help("a scenario's `currency` converts what is shown"),
        );
    }
    let listed = fields.get("listed", sink).and_then(|node| date(node, sink));
    let mut test = Test::Gt;
    if let Some(node) = fields.get("defaults", sink)
        && let Some(mut defaults) = Fields::of(node, "`defaults`", sink)
    {
        test = defaults.get("tier_test", sink).and_then(|node| tier_test(node, sink)).unwrap_or(test);
        defaults.finish(sink);
    }
    let info = ListInfo {
        name: name.unwrap_or_else(|| source.name.clone()),
        listed,
        sha256: hex(&Sha256::digest(source.text.as_bytes())),
    };
    Some(Head { info: Arc::new(info), provider, test })
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A model block of the embedded list, read alone.
pub(super) fn read_block(
    block: &Node,
    info: &Arc<ListInfo>,
    provider: &str,
    ge: bool,
    sink: &mut Sink,
) -> Option<Vec<Arc<Model>>> {
    let test = if ge { Test::Ge } else { Test::Gt };
    let head = Head { info: Arc::clone(info), provider: Some(provider.to_owned()), test };
    models_of(block, &head, sink).map(|(_, models)| models)
}

/// A model stated in a scenario under `prices.add`.
pub fn read_added(name: &Key, node: &Node, info: &Arc<ListInfo>, sink: &mut Sink) -> Option<Model> {
    let head = Head { info: Arc::clone(info), provider: Some("scenario".to_owned()), test: Test::Gt };
    let fields = Fields::of(node, format!("the price of `{}`", name.text), sink)?;
    read_model(name.text.to_string(), &name.place, fields, &head, sink)
}

fn read_model(id: String, place: &Place, mut fields: Fields<'_>, head: &Head, sink: &mut Sink) -> Option<Model> {
    let before = sink.failures();
    let text = |fields: &mut Fields<'_>, key, sink: &mut Sink| {
        fields.get(key, sink).and_then(|n| word(n, sink)).map(|(t, _)| t)
    };
    let provider = text(&mut fields, "provider", sink).or_else(|| head.provider.clone());
    let aliases = fields.get("aliases", sink).map_or_else(Vec::new, |node| aliases(node, sink));
    let context = fields.get("context", sink).and_then(|node| whole(node, sink));
    let max_output = fields.get("max_output", sink).and_then(|node| whole(node, sink));
    let cache = fields.get("cache", sink).and_then(|node| cache_rules(node, sink)).unwrap_or_default();
    let released = fields.get("released", sink).and_then(|node| date(node, sink));
    let retires = fields.get("retires", sink).and_then(|node| date(node, sink));
    let note = text(&mut fields, "note", sink);
    let free = fields.get("free", sink).and_then(|node| yes_or_no(node, sink)).unwrap_or(false);
    let uplifts = fields.get("uplift", sink).map_or_else(Vec::new, |node| uplifts(node, sink));
    let as_text =
        fields.get("as_text", sink).map_or_else(Vec::new, |node| words(node, &["audio", "image", "video"], sink));
    let accepted = fields.get("accept", sink).map_or_else(Vec::new, |node| accepted(node, sink));
    let mut fallbacks = fields.get("fallback", sink).map_or_else(Vec::new, |node| fallbacks(node, sink));

    let mut cards = fields.get("prices", sink).map_or_else(Vec::new, |node| read_cards(node, head.test, sink));
    let has_cards = !cards.is_empty();
    let own = rates(&mut fields, head.test, sink);
    if let Some((_, first)) = own.first().filter(|_| has_cards) {
        sink.add(
            Diagnostic::at(
                Code::Conflict,
                first,
                "a model states its prices directly or as `prices` cards, not both",
                "stated directly here",
            )
            .help("move it into a card"),
        );
    }
    let own: Vec<_> = own.into_iter().map(|(rate, _)| rate).collect();
    if !has_cards && !own.is_empty() {
        cards.push(Card::undated(own, &fields.node().place));
    }
    if let Some(node) = fields.get("batch", sink)
        && let Some(batch) = batch(node, head.test, sink)
    {
        match batch {
            Batch::Card(card) => cards.push(*card),
            Batch::Fallback(fallback) => {
                fallbacks.retain(|known| known.mode != fallback.mode);
                fallbacks.push(fallback);
            }
        }
    }
    fields.finish(sink);
    let priced = cards.iter().any(|card| card.rates.iter().any(|(_, rate)| !rate.usd.is_zero()));
    if !priced && !free && sink.failures() == before {
        sink.add(
            Diagnostic::at(Code::NoPrice, place, format!("`{id}` has no price at all"), "nothing but zero is stated")
                .help("a model that costs nothing says `free: true`"),
        );
    }
    check_overlaps(&id, &cards, sink);
    let Some(provider) = provider else {
        return sink.refuse(
            Diagnostic::at(Code::MissingKey, place, format!("`{id}` has no provider"), "who sells it?")
                .help("state `provider:` for the list or the model"),
        );
    };
    (sink.failures() == before).then(|| Model {
        id,
        provider,
        list: Arc::clone(&head.info),
        aliases,
        context,
        max_output,
        cache,
        released,
        retires,
        note,
        cards,
        fallbacks,
        uplifts,
        as_text,
        free,
        accepted,
        region: None,
        route: None,
        place: place.clone(),
    })
}
