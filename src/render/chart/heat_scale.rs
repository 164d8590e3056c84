//! From values to colours.
#![allow(clippy::float_arithmetic, reason = "colours are measured in floats; the numbers beside them are exact")]

use super::measure::{float, place, whole};
use super::ruler::{Extent, Ruler};
use super::theme::Colours;
use super::{Axis, Heat, Scale};

/// The colour scale of a heat map.
pub(super) struct HeatScale {
    ruler: Ruler,
    /// Values on both sides of zero are coloured by sign: where zero is.
    zero: Option<f64>,
    colours: &'static Colours,
}

impl HeatScale {
    /// `None` when there is no cell to colour.
    pub(super) fn of(heat: &Heat, colours: &'static Colours) -> Option<HeatScale> {
        let amounts = heat.cells.iter().flatten().flatten().map(|amount| place(&amount.value));
        let values: Vec<f64> = amounts.collect();
        if values.is_empty() || heat.columns.is_empty() || heat.rows.is_empty() {
            return None;
        }
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let both = least < 0.0 && greatest > 0.0;
        // Nothing that is not above zero has a logarithm.
        let scale = if least > 0.0 { heat.scale } else { Scale::Linear };
        let axis = Axis { before: heat.before.clone(), scale, ..Axis::default() };
        let ruler = Ruler::of(&axis, &values, Extent::Tight);
        let zero = both.then(|| ruler.at(0.0));
        Some(HeatScale { ruler, zero, colours })
    }

    /// The scale's own axis.
    pub(super) fn ruler(&self) -> &Ruler {
        &self.ruler
    }

    /// Where a value is on the scale, from 0 to 1.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.ruler.at(value).clamp(0.0, 1.0)
    }

    /// How strong a value is, from 0 to 1; where colours tell signs, from -1 to 1.
    pub(super) fn strength(&self, value: f64) -> f64 {
        let at = self.at(value);
        self.zero.map_or(at, |zero| (at - zero) / zero.max(1.0 - zero))
    }

    pub(super) fn colour(&self, value: f64) -> (u8, u8, u8) {
        self.colour_at(self.at(value))
    }

    /// The colour at a place of the scale between 0 and 1.
    pub(super) fn colour_at(&self, at: f64) -> (u8, u8, u8) {
        let Some(zero) = self.zero else { return between(&self.colours.heat, at) };
        // Equal distances from zero have equal strength on both sides.
        let longer = zero.max(1.0 - zero);
        if at < zero {
            between(&self.colours.below, 1.0 - (zero - at) / longer)
        } else {
            between(&self.colours.above, (at - zero) / longer)
        }
    }
}

/// A colour between some that are evenly spread from 0 to 1.
fn between(colours: &[(u8, u8, u8)], at: f64) -> (u8, u8, u8) {
    let pieces = colours.len().saturating_sub(1).max(1);
    let place = at.clamp(0.0, 1.0) * float(pieces);
    let index = whole(place, 0, pieces.saturating_sub(1));
    let share = place - float(index);
    let pair = (colours.get(index), colours.get(index.saturating_add(1)));
    let (Some(a), Some(b)) = pair else { return colours.first().copied().unwrap_or_default() };
    let mix = |a: u8, b: u8| {
        let mixed = f64::from(a) * (1.0 - share) + f64::from(b) * share;
        u8::try_from(whole(mixed.round(), 0, 255)).unwrap_or(u8::MAX)
    };
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
