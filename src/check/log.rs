//! `log`: what the columns of request logs are; and what a replay needs of a scenario beside its plan.

use std::sync::Arc;

use super::context::Context;
use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::input::{Fields, Key, Node, plain, word, wrong_shape};
use crate::plan::log::{Includes, Log, Role, parse_time, unknown_role};
use crate::plan::{Model, PriceBook};
use crate::pricing::{Date, ListInfo, Lookup};
use crate::units::{Kind, Settings};

/// Names of models as a replay looks them up, at any date, with the discounts of the scenario.
pub struct Names {
    prices: PriceBook,
    stated: bool,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("as_of", &self.prices.as_of).field("stated", &self.stated).finish_non_exhaustive()
    }
}

impl Names {
    pub(super) fn new(prices: PriceBook, stated: bool) -> Self {
        Self { prices, stated }
    }

    /// The same with its date for all requests, whenever they came.
    #[must_use]
    pub fn at_its_date(self) -> Self {
        Self { stated: true, ..self }
    }

    /// The date that somebody stated for all prices.
    pub fn stated_date(&self) -> Option<Date> {
        self.stated.then_some(self.prices.as_of)
    }

    /// The date of the prices where a request has none of its own.
    pub fn as_of(&self) -> Date {
        self.prices.as_of
    }

    /// The price lists, the one that wins first.
    pub fn lists(&self) -> Vec<Arc<ListInfo>> {
        self.prices.book.lists().iter().map(|list| Arc::clone(list.info())).collect()
    }

    /// The model called `name` on `date`, with its negotiated discount.
    ///
    /// # Errors
    /// What became of the name instead.
    pub fn find(&self, name: &str, date: Date) -> Result<Arc<Model>, Lookup> {
        match self.prices.book.find(name, date) {
            Lookup::Found(listed) => {
                let negotiated = self.prices.negotiated.about(&listed.provider, &listed.id);
                Ok(Arc::new(Model { listed, as_of: date, negotiated }))
            }
            other => Err(other),
        }
    }

    /// The days on which the meaning of `name` may change.
    pub fn turns(&self, name: &str) -> Vec<Date> {
        self.prices.book.turns(name).into_iter().collect()
    }

    /// "did you mean `x`?"
    pub fn did_you_mean(&self, name: &str) -> Option<String> {
        let names = self.prices.book.names();
        suggest::did_you_mean(name, names.iter().map(String::as_str))
    }
}

/// The `log` section.
pub(super) fn section(node: &Node, context: &mut Context<'_>) -> Option<Log> {
    let mut fields = Fields::of(node, "`log`", context.sink)?;
    let mut log = Log::default();
    if let Some(node) = fields.get("columns", context.sink) {
        each(
            node,
            "`columns` is a map from what a request has to names of columns",
            context.sink,
            |key, node, sink| {
                let role = role(key, sink)?;
                log.columns.push((role, word(node, sink)?.to_owned()));
                Some(())
            },
        );
    }
    if let Some(node) = fields.get("constant", context.sink) {
        each(node, "`constant` is a map from what a request has to its value", context.sink, |key, node, sink| {
            let role = role(key, sink)?;
            log.constants.push((role, word(node, sink)?.to_owned()));
            Some(())
        });
    }
    if let Some(node) = fields.get("accepted", context.sink) {
        let expected = "`accepted` is a map from models to the columns that say whether their answer was good enough";
        each(node, expected, context.sink, |key, node, sink| {
            log.outcomes.push((key.text.to_string(), word(node, sink)?.to_owned()));
            Some(())
        });
    }
    log.input_includes = fields.get("input_includes", context.sink).and_then(|node| {
        let text = joined(node, context.sink)?;
        Includes::parse(&text).map_err(|said| context.sink.add(bad_word(&node.place, said))).ok()
    });
    log.output_includes_reasoning = fields.get("output_includes", context.sink).and_then(|node| {
        let choices = [("reasoning", true), ("nothing", false)];
        crate::input::choice(node, "`output_includes`", &choices, context.sink)
    });
    log.preset = fields.get("preset", context.sink).and_then(|node| word(node, context.sink)).map(str::to_owned);
    log.time = fields.get("time", context.sink).and_then(|node| {
        let text = word(node, context.sink)?;
        parse_time(text).map_err(|said| context.sink.add(bad_word(&node.place, said))).ok()
    });
    log.block = fields.get("block", context.sink).and_then(|node| {
        let size = plain(node, Kind::Count, &Settings::default(), context.sink)?;
        let whole = size.is_whole().then(|| size.to_u64()).flatten().filter(|size| *size > 0);
        whole.or_else(|| {
            let found = Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "a block has a whole number of tokens",
                "tokens of a block",
            );
            context.sink.refuse(found)
        })
    });
    fields.finish(context.sink);
    Some(log)
}

fn bad_word(place: &Place, said: String) -> Diagnostic {
    Diagnostic::at(Code::UnknownWord, place, said, "not understood")
}

fn role(key: &Key, sink: &mut Sink) -> Option<Role> {
    Role::named(&key.text)
        .or_else(|| sink.refuse(Diagnostic::at(Code::UnknownKey, &key.place, unknown_role(&key.text), "unknown")))
}

fn each(node: &Node, expected: &str, sink: &mut Sink, mut take: impl FnMut(&Key, &Node, &mut Sink) -> Option<()>) {
    match node.entries() {
        None => sink.add(wrong_shape(node, expected)),
        Some(entries) => {
            for (key, node) in entries {
                take(key, node, sink);
            }
        }
    }
}

/// `[cached, cache_write]` or `cached, cache_write`
fn joined(node: &Node, sink: &mut Sink) -> Option<String> {
    match &node.value {
        crate::input::Value::List(items) => {
            let words: Option<Vec<&str>> = items.iter().map(|item| word(item, sink)).collect();
            Some(words?.join(","))
        }
        _ => word(node, sink).map(str::to_owned),
    }
}
