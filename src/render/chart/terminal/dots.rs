//! Lines in dots: a cell of Braille holds two by four of them.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in dots; the numbers beside it are exact")]

use super::super::Xy;
use super::super::measure::{float, whole};
use super::cells::{Cells, Tone};

/// Dots on and off, in turn; lines are told apart by them without colours.
const DASHES: [&[usize]; 5] = [&[], &[4, 3], &[1, 2], &[6, 2, 1, 2], &[2, 2]];

/// How the riser of a staircase is drawn.
pub(super) const RISER: &[usize] = &[1, 1];

/// The dashes of the series with this number.
pub(super) fn dash(index: usize) -> &'static [usize] {
    DASHES.get(index % DASHES.len()).copied().unwrap_or(&[])
}

/// Dots over a field of cells.
pub(super) struct Dots {
    width: usize,
    height: usize,
    cells: Vec<(u8, Tone)>,
}

impl Dots {
    /// As many dots as these cells hold.
    pub(super) fn new(columns: usize, rows: usize) -> Dots {
        let cells = vec![(0, Tone::Plain); columns.saturating_mul(rows)];
        Dots { width: columns, height: rows, cells }
    }

    /// The line through places of the unit square, (0, 0) being the lower left corner; outside of it nothing is drawn.
    pub(super) fn line(&mut self, points: &[Xy], dashes: &[usize], tone: Tone) {
        let mut walked = 0_usize;
        for (a, b) in points.iter().zip(points.iter().skip(1)) {
            let (a, b) = (self.dot(*a), self.dot(*b));
            let length = (b.0 - a.0).abs().max((b.1 - a.1).abs());
            let steps = whole(length.ceil(), 0, 20_000);
            for step in 0..=steps {
                let share = if steps == 0 { 0.0 } else { float(step) / float(steps) };
                let at = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
                if is_on(dashes, walked) {
                    self.set(at, tone);
                }
                if step < steps {
                    walked = walked.saturating_add(1);
                }
            }
        }
    }

    fn dot(&self, (x, y): Xy) -> Xy {
        let (across, down) = (float(self.width) * 2.0 - 1.0, float(self.height) * 4.0 - 1.0);
        (x * across, (1.0 - y) * down)
    }

    fn set(&mut self, (x, y): Xy, tone: Tone) {
        let (x, y) = (x.round(), y.round());
        if x < 0.0 || y < 0.0 || x >= float(self.width) * 2.0 || y >= float(self.height) * 4.0 {
            return;
        }
        let (x, y) = (whole(x, 0, 100_000), whole(y, 0, 100_000));
        let bit = match (x % 2, y % 4) {
            (0, 0) => 0x01,
            (0, 1) => 0x02,
            (0, 2) => 0x04,
            (1, 0) => 0x08,
            (1, 1) => 0x10,
            (1, 2) => 0x20,
            (0, _) => 0x40,
            _ => 0x80,
        };
        if let Some(cell) = self.cells.get_mut((y / 4).saturating_mul(self.width).saturating_add(x / 2)) {
            *cell = (cell.0 | bit, tone);
        }
    }

    /// Puts the dots into a field, from a column on.
    pub(super) fn onto(&self, field: &mut Cells, column: usize, row: usize) {
        for (index, (mask, tone)) in self.cells.iter().enumerate().filter(|(_, (mask, _))| *mask != 0) {
            let (x, y) = (index % self.width.max(1), index / self.width.max(1));
            let sign = char::from_u32(0x2800_u32.saturating_add(u32::from(*mask))).unwrap_or(' ');
            field.put(column.saturating_add(x), row.saturating_add(y), sign, *tone);
        }
    }
}

/// Whether there is a dot after so many steps.
fn is_on(dashes: &[usize], walked: usize) -> bool {
    let period: usize = dashes.iter().sum();
    if period == 0 {
        return true;
    }
    let mut left = walked % period;
    for (index, length) in dashes.iter().enumerate() {
        if left < *length {
            return index.is_multiple_of(2);
        }
        left = left.saturating_sub(*length);
    }
    true
}

/// A sample of a line, `columns` wide.
pub(super) fn sample(index: usize, columns: usize) -> Vec<(char, Tone)> {
    let mut dots = Dots::new(columns, 1);
    dots.line(&[(0.0, 0.4), (1.0, 0.4)], dash(index), Tone::Series(index));
    let sign =
        |(mask, tone): &(u8, Tone)| (char::from_u32(0x2800_u32.saturating_add(u32::from(*mask))).unwrap_or(' '), *tone);
    dots.cells.iter().map(sign).collect()
}
