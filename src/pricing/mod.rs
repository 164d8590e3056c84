//! The price book: dated cards of models, lists that lie over each other, names and dates resolved without guessing.
#![deny(clippy::arithmetic_side_effects)]

mod book;
mod card;
mod embedded;
mod rates;
mod read;
mod words;

pub use book::{Book, List, ListInfo, Lookup};
pub use card::{Alias, BatchFallback, CacheRules, Card, Component, Model, Rate, Test, Tier};
pub use embedded::{DEFAULT_LIST, embedded_list, embedded_names};
pub(crate) use rates::components;
pub use read::{read_added, read_list};

/// A calendar date.
pub type Date = jiff::civil::Date;
