//! The price book: dated cards of models, lists that lie over each other, names and dates resolved without guessing.
#![deny(clippy::arithmetic_side_effects)]

mod book;
mod card;
pub mod cases;
mod compiled;
mod component;
mod diff;
mod embedded;
pub mod import;
pub mod lint;
mod moment;
mod quote;
mod rates;
mod read;
mod read_card;
mod receipt;
mod request;
mod resolve;
pub mod view;
mod window;
mod words;
pub mod write;

pub use book::{Book, List, ListInfo, Lookup};
pub use card::{Accepted, Alias, CacheRules, Card, Fallback, Model, Rate, Selectors, Test, Tier, Uplift, within};
pub use compiled::{Compiled, Cost, NoCost, Tokens, usd_of};
pub use component::Component;
pub use diff::{Changed, Diff, Effect, StrategyEffect, diff};
pub use embedded::{DEFAULT_LIST, embedded_list, embedded_names, embedded_sources};
pub use moment::{Load, Moment};
pub use quote::{Ask, Factor, Listed, Missing, Quote};
pub(crate) use rates::components;
pub use read::{read_added, read_list};
pub use receipt::{ListUsed, Receipt, ReceiptLine, ReceiptWarning};
pub use request::{Charge, Problem, Usage};
pub use resolve::resolve;
pub use window::{Hours, WEEKDAYS, Window, Zone};

/// A calendar date.
pub type Date = jiff::civil::Date;
