//! All choices, the best first, and the one to take.

use std::cmp::Ordering;

use super::{Choice, Flag, Request};
use crate::hosting::throughput::Confidence;
use crate::units::Exact;

/// What was found.
#[derive(Clone, Debug)]
pub struct Sizing<'a> {
    /// All choices, the best first: those that fit and keep the latencies by USD per million output tokens (by USD per hour
    /// for a stated need), then those nobody sells, those that miss the latencies, and those that do not fit, the nearest
    /// first.
    pub choices: Vec<Choice<'a>>,
    /// The one to take: the first that fits, keeps the latencies and has a price; of a stated need not one at the edge of
    /// its memory.
    pub recommended: Option<usize>,
    /// Where that is extrapolated: the first like it that measurements stand behind.
    pub measured: Option<usize>,
}

impl<'a> Request<'a> {
    /// Tries every card, format and number of cards.
    pub fn size(&'a self) -> Sizing<'a> {
        let mut choices = Vec::new();
        for &gpu in &self.gpus {
            for format in self.formats(gpu) {
                let tried = self.counts(gpu).into_iter().map(|gpus| self.choice(gpu, gpus, format));
                match &self.model {
                    Some(_) => choices.extend(tried),
                    None => choices.extend(smallest(tried)),
                }
            }
        }
        choices.sort_by(compare);
        let is_good = |choice: &Choice<'_>| {
            let at_the_edge = self.memory.is_some() && choice.flags.contains(&Flag::KvCliff);
            group(choice) == Group::Good && !at_the_edge
        };
        let recommended = choices.iter().position(is_good);
        let extrapolated = |choice: &Choice<'_>| choice.confidence() == Some(Confidence::Extrapolated);
        let measured = recommended
            .and_then(|index| choices.get(index))
            .filter(|choice| extrapolated(choice))
            .and_then(|_| choices.iter().position(|choice| is_good(choice) && !extrapolated(choice)));
        Sizing { choices, recommended, measured }
    }
}

/// Of the numbers of cards that hold a stated need the smallest; the largest where none does.
fn smallest<'a>(tried: impl Iterator<Item = Choice<'a>>) -> Option<Choice<'a>> {
    let mut last = None;
    for choice in tried {
        if choice.fits {
            return Some(choice);
        }
        last = Some(choice);
    }
    last
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Good,
    Unpriced,
    Slow,
    Queueing,
    TooLarge,
}

fn group(choice: &Choice<'_>) -> Group {
    if choice.flags.contains(&Flag::DoesNotFit) {
        Group::TooLarge
    } else if !choice.fits {
        Group::Queueing
    } else if choice.flags.contains(&Flag::MissesSlo) {
        Group::Slow
    } else if choice.package.is_none() {
        Group::Unpriced
    } else {
        Group::Good
    }
}

fn compare(left: &Choice<'_>, right: &Choice<'_>) -> Ordering {
    let missing = |choice: &Choice<'_>| match group(choice) {
        Group::TooLarge => &choice.needs.total - &choice.usable,
        _ => Exact::ZERO,
    };
    let per_hour = |choice: &Choice<'_>| choice.package.as_ref().map(|package| package.usd_per_hour.clone());
    (group(left).cmp(&group(right)))
        .then_with(|| missing(left).cmp(&missing(right)))
        .then_with(|| none_last(&left.usd_per_million, &right.usd_per_million))
        .then_with(|| none_last(&per_hour(left), &per_hour(right)))
        .then_with(|| left.gpus.cmp(&right.gpus))
}

fn none_last(left: &Option<Exact>, right: &Option<Exact>) -> Ordering {
    left.is_none().cmp(&right.is_none()).then_with(|| left.cmp(right))
}
