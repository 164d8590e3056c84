//! Rules about days, sources and which card follows which.

use super::{Findings, Rule};
use crate::pricing::{Card, Date, Model};

pub(super) fn check(model: &Model, listed: Option<Date>, findings: &mut Findings<'_>) {
    for (index, card) in model.cards.iter().enumerate() {
        if card.from.is_none() {
            findings.add(Rule::MissingFrom, &card.place, format!("a {} card does not say since when", card.when));
        }
        if card.source.is_none() {
            findings.add(Rule::MissingSource, &card.place, format!("a {} card does not say who says so", card.when));
        }
        if card.agree == Some(false) && card.note.is_none() {
            let message = "two sources disagree, and no `note` says what the other one states";
            findings.add(Rule::DisagreementUntold, &card.place, message);
        }
        let later = |other: &&Card| other.when == card.when;
        if let Some(next) = model.cards.iter().skip(index.saturating_add(1)).find(later) {
            follows(card, next, findings);
        }
    }
    if let Some(listed) = listed {
        as_of(model, listed, findings);
    }
}

fn follows(card: &Card, next: &Card, findings: &mut Findings<'_>) {
    if next.from < card.from {
        let message = format!("this {} card begins before the one above it", card.when);
        findings.add(Rule::DatesOutOfOrder, &next.place, message);
    } else if card.until > next.from && card.until.is_some() {
        let message = format!("this {} card ends after the next one of the same use begins", card.when);
        findings.add(Rule::CardsOverlap, &card.place, message);
    }
}

fn as_of(model: &Model, listed: Date, findings: &mut Findings<'_>) {
    let standard = || model.cards.iter().filter(|card| card.is_for(None));
    let in_force = |card: &Card| card.covers(listed);
    if !standard().any(in_force) && model.retires.is_none_or(|retires| retires > listed) {
        if standard().any(|card| card.from.is_some_and(|from| from > listed)) {
            findings.add(Rule::FutureWithoutCurrent, &model.place, "a price is announced, and none is in force");
        } else if standard().next().is_some() {
            findings.add(Rule::EndedNotRetired, &model.place, "its prices have ended; `retires` does not say when");
        }
    }
    if let Some(next) = model.next_card(listed).and_then(|card| card.from) {
        let goes_on = |card: &&Card| card.when.mode.is_some() && card.covers(listed) && card.covers(next);
        let restated =
            |card: &Card| model.cards.iter().any(|other| other.when == card.when && other.from == Some(next));
        for card in model.cards.iter().filter(goes_on).filter(|card| !restated(card)) {
            let message = format!("the standard price changes on {next}; {} goes on at the old one", card.when);
            findings.add(Rule::ModeWithoutAnnounced, &card.place, message);
        }
    }
    let current = model.card(None, listed);
    for card in model.cards.iter().filter(|card| !card.when.windows.is_empty() && card.covers(listed)) {
        let newest =
            model.cards.iter().filter(|other| other.when == card.when && other.covers(listed)).map(|c| c.from).max();
        if newest == Some(card.from) && current.is_some_and(|current| current.from > card.from) {
            let message = format!("the price outside of these hours ({}) is newer", card.when);
            findings.add(Rule::WindowOlderThanPrice, &card.place, message);
        }
    }
}
