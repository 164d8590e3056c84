//! A figure over two inputs.

use super::{Amount, Scale};

/// A field of coloured cells, at most about 100 by 100.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// What varies across, with its unit.
    pub x_label: String,
    /// What varies upwards, with its unit.
    pub y_label: String,
    /// The values across, in words.
    pub columns: Vec<String>,
    /// The values upwards, in words: the first is the lowest row.
    pub rows: Vec<String>,
    /// The cells, row by row; `None`: there is no result. Missing ones count as `None`.
    pub cells: Vec<Vec<Option<Amount>>>,
    /// What the cells measure, with its unit.
    pub measure: String,
    /// Before the numbers of the colour scale: `$`.
    pub before: String,
    /// How values become colours. Values on both sides of zero are coloured by sign.
    pub scale: Scale,
    /// Cells to point out.
    pub marks: Vec<HeatMark>,
}

/// A cell to point out.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMark {
    /// Its place across, from 0.
    pub column: usize,
    /// Its place upwards, from 0.
    pub row: usize,
    /// Shown in the key: `today`.
    pub label: String,
}

impl Heat {
    /// The amount of a cell.
    pub fn at(&self, column: usize, row: usize) -> Option<&Amount> {
        self.cells.get(row)?.get(column)?.as_ref()
    }
}
