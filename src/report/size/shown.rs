//! Which options a table shows: all of a few cards, of many the best of each.

use super::ShownOption;
use super::words::gb;
use crate::hosting::size::{Choice, Flag, Sizing};
use crate::units::Exact;

/// Up to so many cards are shown with all their options.
const FEW_CARDS: usize = 3;
/// Options that are shown of few cards, and of many.
const MOST_SHOWN: (usize, usize) = (24, 12);

/// The options to show, in their order.
pub(super) fn shown(sizing: &Sizing<'_>) -> Vec<ShownOption> {
    let few = cards(sizing).len() <= FEW_CARDS;
    let most = if few { MOST_SHOWN.0 } else { MOST_SHOWN.1 };
    let mut seen: Vec<&str> = Vec::new();
    let mut chosen = Vec::new();
    for (index, choice) in sizing.choices.iter().enumerate().filter(|(_, choice)| fits_somehow(choice)) {
        let is_new = !seen.contains(&choice.gpu.id.as_str());
        if is_new {
            seen.push(&choice.gpu.id);
        }
        let is_named = sizing.recommended == Some(index) || sizing.measured == Some(index);
        if is_named || ((few || is_new) && chosen.len() < most) {
            chosen.push(index);
        }
    }
    let cost = |index: &usize| {
        let choice = sizing.choices.get(*index)?;
        choice.usd_per_million.clone().or(choice.package.as_ref().map(|package| package.usd_per_hour.clone()))
    };
    let dearest = chosen.iter().filter_map(cost).max().unwrap_or(Exact::ONE);
    let relative = |index: &usize| cost(index).and_then(|cost| cost.checked_div(&dearest)).unwrap_or(Exact::ZERO);
    chosen.iter().map(|index| ShownOption { option: *index, relative_cost: relative(index) }).collect()
}

/// Cards on which nothing fits; of few cards with what is missing on the best number of them.
pub(super) fn too_small(sizing: &Sizing<'_>) -> Vec<String> {
    let few = cards(sizing).len() <= FEW_CARDS;
    let nothing_fits = |id: &str| !sizing.choices.iter().any(|choice| choice.gpu.id == id && fits_somehow(choice));
    cards(sizing)
        .into_iter()
        .filter(|id| nothing_fits(id))
        .filter_map(|id| sizing.choices.iter().find(|choice| choice.gpu.id == id))
        .map(|choice| {
            if !few {
                return choice.gpu.name.clone();
            }
            let missing = &choice.needs.total - &choice.usable;
            format!("{} x {} ({} GB missing)", choice.gpus, choice.gpu.name, gb(&missing, 1))
        })
        .collect()
}

fn fits_somehow(choice: &Choice<'_>) -> bool {
    !choice.flags.contains(&Flag::DoesNotFit)
}

fn cards<'a>(sizing: &'a Sizing<'_>) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    for choice in &sizing.choices {
        if !ids.contains(&choice.gpu.id.as_str()) {
            ids.push(&choice.gpu.id);
        }
    }
    ids
}
