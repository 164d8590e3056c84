//! Numbers as they are drawn and as they are read.

use super::super::words;
use crate::units::Exact;

/// A number as it is drawn and as it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// As it is drawn.
    pub value: Exact,
    /// As it is read: `$21,405`.
    pub text: String,
}

impl Amount {
    /// A number with the words for it.
    pub fn new(value: Exact, text: impl Into<String>) -> Amount {
        Amount { value, text: text.into() }
    }

    /// US dollars with three significant digits: `$21.4k`.
    pub fn usd(value: &Exact) -> Amount {
        Amount { value: value.clone(), text: words::compact_usd(value) }
    }

    /// A change in US dollars: `+$21.4k`, `−$3.20`, `$0`.
    pub fn usd_change(value: &Exact) -> Amount {
        Amount { value: value.clone(), text: words::signed_usd(value) }
    }
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What is measured and in which unit: `tokens per hour`, `Cost per month (USD)`.
    pub label: String,
    /// Before the numbers: `$`.
    pub before: String,
    /// After the numbers: `%`.
    pub after: String,
    /// How values become lengths.
    pub scale: Scale,
    /// What to show; otherwise what the data need, and a linear vertical axis then begins at zero.
    pub range: Option<(f64, f64)>,
    /// Places with names of their own, such as months, in place of numbers. As many are shown as have room.
    pub names: Vec<(f64, String)>,
}

impl Axis {
    /// A linear axis of plain numbers.
    pub fn new(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), ..Axis::default() }
    }

    /// A linear axis of dollars.
    pub fn usd(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), before: "$".to_owned(), ..Axis::default() }
    }

    /// A linear axis of percentages.
    pub fn percent(label: impl Into<String>) -> Axis {
        Axis { label: label.into(), after: "%".to_owned(), ..Axis::default() }
    }

    /// The same with equal factors as equal lengths.
    #[must_use]
    pub fn log(self) -> Axis {
        Axis { scale: Scale::Log, ..self }
    }
}

/// How values become lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps.
    #[default]
    Linear,
    /// Equal factors, for values over several decades. Nothing that is not above zero can be shown; a straight line
    /// of the data becomes the curve that it is.
    Log,
}
