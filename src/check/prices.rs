//! `prices`: which lists, at which date, with which additions and discounts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::context::{Context, Unread};

use super::options::Options;
use crate::diag::{Code, Diagnostic, Place, Sink, Source, suggest};
use crate::input::{self, Fields, Files, Input, Node, Value, date, word, wrong_shape};
use crate::plan::Whose;
use crate::pricing::{self, Book, Date, List, ListInfo, Lookup, embedded_list, embedded_names};

/// The price book of a scenario and its date: the default list, over it those of `catalog` in their order, then `add`,
/// then those of the command line. The date that nobody states is that of the newest list.
pub(super) fn book(
    node: Option<&Node>,
    input: &Input,
    options: &Options,
    sink: &mut Sink,
) -> (Book, Option<Date>, Unread) {
    // From the lowest to the one that wins; turned round at the end.
    let mut lists: Vec<List> = embedded_list(pricing::DEFAULT_LIST).into_iter().collect();
    let (mut stated, mut region) = (None, None);
    let mut unread = Unread::default();
    if let Some(node) = node
        && let Some(mut fields) = Fields::of(node, "`prices`", sink)
    {
        stated = fields.get("as_of", sink).and_then(|node| date(node, sink));
        if let Some(node) = fields.get("catalog", sink) {
            let one = std::slice::from_ref(node);
            let items = if let Value::List(items) = &node.value { items } else { one };
            for item in items {
                let list = word(item, sink).and_then(|name| named(name, &item.place, input, sink));
                unread.lists |= list.is_none();
                lists.extend(list);
            }
        }
        region = fields.get("region", sink).and_then(|node| Some((word(node, sink)?.to_owned(), node.place.clone())));
        let added = fields.get("add", sink).and_then(|node| added(node, &mut unread, sink));
        fields.knows(&["discount", "markup"]);
        fields.finish(sink);
        lists.extend(added);
    }
    for path in &options.prices {
        let list = from_file(Files::Disk, path, sink);
        unread.lists |= list.is_none();
        lists.extend(list);
    }
    lists.reverse();
    let as_of = match &options.as_of {
        Some(text) => from_flag(text, sink),
        None => stated.or_else(|| lists.iter().filter_map(|list| list.info().listed).max()),
    };
    let book = Book::new(lists);
    let region = region.and_then(|(region, place)| known_region(region, &place, &book, sink));
    (book.in_region(region), as_of, unread)
}

/// A region that at least one model has a price for.
fn known_region(region: String, place: &Place, book: &Book, sink: &mut Sink) -> Option<String> {
    if book.lists().iter().any(|list| list.has_region(&region)) {
        return Some(region);
    }
    let known: BTreeSet<String> = book.lists().iter().flat_map(List::regions).collect();
    let names = || known.iter().map(String::as_str);
    sink.refuse(
        Diagnostic::at(
            Code::UnknownWord,
            place,
            format!("no model has a price for region `{region}`"),
            "unknown region",
        )
        .help(
            suggest::did_you_mean(&region, names())
                .unwrap_or_else(|| format!("there are {}", suggest::listed(names(), "and"))),
        ),
    )
}

fn from_flag(text: &str, sink: &mut Sink) -> Option<Date> {
    let source = Arc::new(Source { name: "--as-of".to_owned(), text: text.to_owned(), first_line: 1 });
    let node = Node { place: Place::new(&source, 0, text.len()), value: Value::Scalar(text.into()) };
    date(&node, sink)
}

/// The default list with those of the command line over it.
///
/// # Errors
/// Every problem of the files.
pub fn price_book(paths: &[PathBuf]) -> Result<Book, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let mut lists: Vec<List> = embedded_list(pricing::DEFAULT_LIST).into_iter().collect();
    lists.extend(paths.iter().filter_map(|path| from_option(path, &mut sink)));
    lists.reverse();
    sink.finish(Some(Book::new(lists)))
}

/// One list: a file, or the name of an embedded one.
///
/// # Errors
/// Every problem of the file.
pub fn price_list(path: &Path) -> Result<List, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let list = from_option(path, &mut sink);
    sink.finish(list)
}

fn from_option(path: &Path, sink: &mut Sink) -> Option<List> {
    let embedded = path.to_str().filter(|_| !path.exists()).and_then(embedded_list);
    if embedded.is_some() {
        return embedded;
    }
    from_file(Files::Disk, path, sink)
}

fn from_file(files: Files<'_>, path: &Path, sink: &mut Sink) -> Option<List> {
    let source = files.read(path).map_err(|error| sink.add(*error)).ok()?;
    let root = input::parse(&source, sink)?;
    pricing::read_list(&source, &root, sink)
}

/// A list by its embedded name or as a file beside the scenario.
fn named(name: &str, place: &Place, input: &Input, sink: &mut Sink) -> Option<List> {
    if let Some(list) = embedded_list(name) {
        return Some(list);
    }
    let path = input.folder().join(name);
    if input.files().has(&path) {
        return from_file(input.files(), &path, sink);
    }
    let near = suggest::did_you_mean(name, embedded_names());
    sink.refuse(
        Diagnostic::at(
            Code::UnknownList,
            place,
            format!("there is no price list `{name}`"),
            "neither embedded nor a file beside the scenario",
        )
        .help_if(near)
        .help(format!("embedded lists: {}", suggest::listed(embedded_names(), "and"))),
    )
}

/// Prices stated in the scenario itself.
fn added(node: &Node, unread: &mut Unread, sink: &mut Sink) -> Option<List> {
    let Some(entries) = node.entries() else {
        return sink.refuse(wrong_shape(node, "`add` is a map from model names to prices"));
    };
    let info = ListInfo {
        name: "scenario".to_owned(),
        listed: None,
        sha256: Sha256::digest(node.place.text().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let info = Arc::new(info);
    let mut models = Vec::new();
    for (key, node) in entries {
        match pricing::read_added(key, node, &info, sink) {
            Some(model) => models.push(Arc::new(model)),
            None => unread.models.push(key.text.to_string()),
        }
    }
    Some(List::loaded(info, models))
}

pub(super) fn target(name: &str, place: &Place, context: &mut Context<'_>) -> Option<Whose> {
    match context.prices.book.find(name, context.prices.as_of) {
        Lookup::Found(model) => Some(Whose::Model { provider: model.provider.clone(), id: model.id.clone() }),
        _ if context.prices.book.has_provider(name) => Some(Whose::Provider(name.to_owned())),
        Lookup::Ambiguous(names) => context.sink.refuse(
            Diagnostic::at(Code::AmbiguousModel, place, format!("several models are called `{name}`"), "which one?")
                .help(format!("write {}", suggest::listed(names.iter().map(String::as_str), "or"))),
        ),
        _ => {
            let mut known = context.prices.book.providers();
            known.extend(context.prices.book.names());
            let near = suggest::did_you_mean(name, known.iter().map(String::as_str));
            context.sink.refuse(
                Diagnostic::at(
                    Code::UnknownModel,
                    place,
                    format!("`{name}` is neither a provider nor a model"),
                    "unknown",
                )
                .help_if(near),
            )
        }
    }
}
