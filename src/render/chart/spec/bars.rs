//! Horizontal bars.

use super::{Amount, Axis};

/// Horizontal bars: whole, by component, or to either side of zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// Across; bars begin at zero, so that its scale is linear.
    pub axis: Axis,
    /// Names of the components in the order of each bar's parts; empty: bars are whole.
    pub components: Vec<String>,
    /// From the top.
    pub rows: Vec<Bar>,
    /// How many are left out, which the chart says below the last one.
    pub more: usize,
    /// Whether the sign is the message: what rises and what falls have their own colours.
    pub signed: bool,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// How long it is, and what stands at its end.
    pub total: Amount,
    /// Its parts by component; one below zero is drawn to the left. Empty: the bar is whole.
    pub parts: Vec<Amount>,
    /// After the total, quietly: `−78%`.
    pub remark: String,
    /// Whether it is the one to look at.
    pub strong: bool,
}

impl Bar {
    /// A whole bar.
    pub fn new(label: impl Into<String>, total: Amount) -> Bar {
        Bar { label: label.into(), total, parts: Vec::new(), remark: String::new(), strong: false }
    }
}
