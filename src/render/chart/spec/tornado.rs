//! What an input's low and high end make of a result.

use super::{Amount, Axis};

/// A bar to either side of a centre for each input, the widest on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tornado {
    /// Across.
    pub axis: Axis,
    /// The result as things stand; `None`: nothing is drawn.
    pub centre: Option<Amount>,
    /// What the centre is: `as planned`.
    pub centre_label: String,
    /// From the top.
    pub rows: Vec<Swing>,
    /// How many are left out, which the chart says below the last one.
    pub more: usize,
}

/// One input.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// Its name.
    pub label: String,
    /// Its low end in words: `20%`.
    pub low_input: String,
    /// Its high end in words.
    pub high_input: String,
    /// The result at its low end.
    pub low: Amount,
    /// The result at its high end.
    pub high: Amount,
}
