//! Why a strategy costs another amount than before: the change of its cost, shared among the causes in which two plans
//! differ. Exact: the parts add up to the whole, and the other way round each changes its sign.
//!
//! The causes are the players of [`super::attribution`]: for each set of them a hybrid of both plans is computed
//! ([`Differences`]). Where a hybrid has no cost, and where one side is a saved report without a plan, the bills are compared
//! line by line ([`lines`]).

mod hybrid;
pub mod lines;
mod prices;

pub use hybrid::{Differences, Models, Player, Side};
pub use prices::{PriceChange, price_changes};

use crate::units::Exact;

/// Another price of the same thing.
pub const PRICE: &str = "price";
/// More or fewer requests, another calendar.
pub const VOLUME: &str = "volume";
/// Longer or shorter prompts and answers.
pub const TOKENS: &str = "tokens";
/// Other kinds of request, or somebody else who answers.
pub const MIX: &str = "mix";
/// Deployments that are stated otherwise.
pub const HOSTING: &str = "hosting";
/// Things that requests use beside tokens, at stated prices.
pub const METERED: &str = "metered";
/// How often answers are right, where that decides what is asked next.
pub const QUALITY: &str = "quality";
/// Spend that was promised or paid in advance.
pub const COMMITMENT: &str = "commitment";
/// What no cause explains.
pub const OTHER: &str = "other";

/// A change of cost with its parts, USD per month; positive where the cost rises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    /// What each cause changes, in a fixed order; none that changes nothing. They add up to the whole change.
    pub parts: Vec<(String, Exact)>,
    /// How it was shared.
    pub method: Method,
}

/// How a change was shared among its causes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// The mean over all orders in which the causes can change: Shapley values.
    AllOrders,
    /// The mean of a fixed order and its reverse.
    BothOrders,
    /// Line by line of the bills.
    Lines,
}

impl Method {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllOrders => "all_orders",
            Self::BothOrders => "both_orders",
            Self::Lines => "lines",
        }
    }
}

/// Parts without those that change nothing, and what is left of the whole.
fn split(parts: impl IntoIterator<Item = (String, Exact)>, whole: &Exact, method: Method) -> Split {
    let mut parts: Vec<(String, Exact)> = parts.into_iter().filter(|(_, change)| !change.is_zero()).collect();
    let rest = whole - &parts.iter().map(|(_, change)| change).sum::<Exact>();
    if !rest.is_zero() {
        parts.push((OTHER.to_owned(), rest));
    }
    Split { parts, method }
}
