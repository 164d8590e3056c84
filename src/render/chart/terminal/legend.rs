//! What signs mean, in as few lines as they need.

use super::cells::{Cells, Tone, columns, fitted};
use crate::render::style::Look;

/// A word of the key.
pub(super) struct Item {
    pub(super) sample: Vec<(char, Tone)>,
    pub(super) label: String,
}

impl Item {
    pub(super) fn new(sample: &str, tone: Tone, label: &str) -> Item {
        Item { sample: sample.chars().map(|sign| (sign, tone)).collect(), label: label.to_owned() }
    }
}

/// Between two words.
const GAP: usize = 3;

/// The key as lines.
pub(super) fn draw(items: &[Item], look: Look) -> String {
    let mut out = String::new();
    let mut line = Cells::new(look.width, 1);
    let mut at = 0_usize;
    for item in items {
        let sample = item.sample.len().saturating_add(1);
        let label = fitted(&item.label, look.width.saturating_sub(sample));
        let wide = sample.saturating_add(columns(&label));
        if at > 0 && at.saturating_add(wide) > look.width {
            out.push_str(&line.draw(look));
            line = Cells::new(look.width, 1);
            at = 0;
        }
        for (index, (sign, tone)) in item.sample.iter().enumerate() {
            line.put(at.saturating_add(index), 0, *sign, *tone);
        }
        line.write(at.saturating_add(sample), 0, &label, Tone::Plain);
        at = at.saturating_add(wide).saturating_add(GAP);
    }
    if at > 0 {
        out.push_str(&line.draw(look));
    }
    out
}
