//! A name as a model that has a price, or what is wrong with it.

use std::sync::Arc;

use super::{Book, Date, Lookup, Model};
use crate::diag::{Code, Diagnostic, Place, suggest};

impl Model {
    /// Whether any card is in force on `date`; a free model needs none.
    pub fn is_priced_on(&self, date: Date) -> bool {
        self.free || self.cards.iter().any(|card| card.covers(date) && card.when.mode.is_none())
    }
}

/// The model called `name` on `date`; `whence` says where the date is from.
///
/// # Errors
/// A name that nobody or several bear, or that has no price on that day.
pub fn resolve(
    book: &Book,
    name: &str,
    date: Date,
    place: &Place,
    whence: &str,
) -> Result<Arc<Model>, Box<Diagnostic>> {
    let model = match book.find(name, date) {
        Lookup::Found(model) => model,
        Lookup::Ambiguous(names) => {
            let found = Diagnostic::at(
                Code::AmbiguousModel,
                place,
                format!("several models are called `{name}`"),
                "which one?",
            );
            return Err(Box::new(
                found.help(format!("write {}", suggest::listed(names.iter().map(String::as_str), "or"))),
            ));
        }
        Lookup::OtherTime(models) => {
            let meant: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
            let message = format!("`{name}` meant no model on {date}");
            let found = Diagnostic::at(Code::NoPriceAtDate, place, message, "a name with dates");
            return Err(Box::new(found.help(format!("at other times it meant {}", suggest::listed(meant, "and")))));
        }
        Lookup::Unknown => return Err(Box::new(unknown(book, name, place))),
    };
    if model.is_priced_on(date) {
        return Ok(model);
    }
    let since = match model.first_day().filter(|first| *first > date) {
        Some(first) => format!("its first price is of {first}"),
        None => "no card of it is in force".to_owned(),
    };
    let message = format!("`{name}` has no price on {date}: {since}");
    Err(Box::new(Diagnostic::at(Code::NoPriceAtDate, place, message, "no price at that date").help(whence)))
}

fn unknown(book: &Book, name: &str, place: &Place) -> Diagnostic {
    let names = book.names();
    let help = suggest::did_you_mean(name, names.iter().map(String::as_str)).unwrap_or_else(|| {
        "state its price under `prices.add`, or name a list that has it under `prices.catalog`".to_owned()
    });
    let lists: Vec<&str> = book.lists().iter().map(|list| list.info().name.as_str()).collect();
    Diagnostic::at(Code::UnknownModel, place, format!("no price list knows a model `{name}`"), "unknown model")
        .help(help)
        .help(format!("looked in: {}", lists.join(", ")))
}
