//! Single values of a tree: certain quantities, words, dates, yes or no.

use super::fields::wrong_shape;
use super::node::Node;
use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::units::{Exact, Kind, Reason, Refusal, Settings};

/// A refused quantity as a diagnostic.
pub fn refused(refusal: &Refusal, place: &Place) -> Diagnostic {
    let code = match refusal.reason {
        Reason::Malformed => Code::BadQuantity,
        Reason::OutOfRange => Code::OutOfRange,
        Reason::TooLarge => Code::TooLarge,
    };
    let label = match refusal.reason {
        Reason::Malformed => "cannot be read",
        Reason::OutOfRange => "out of range",
        Reason::TooLarge => "too large",
    };
    Diagnostic::at(code, place, refusal.message.clone(), label).help_if(refusal.help.clone())
}

/// A quantity that must be certain: in price lists and limits.
pub fn plain(node: &Node, kind: Kind, settings: &Settings, sink: &mut Sink) -> Option<Exact> {
    let Some(text) = node.scalar() else {
        return sink.refuse(wrong_shape(node, &format!("{} is a single value", kind.noun())));
    };
    match kind.parse(text, settings) {
        Ok(value) => Some(value),
        Err(refusal) => sink.refuse(refused(&refusal, &node.place)),
    }
}

/// A single word.
pub fn word<'a>(node: &'a Node, sink: &mut Sink) -> Option<&'a str> {
    match node.scalar() {
        Some(text) if !text.trim().is_empty() => Some(text),
        _ => sink.refuse(wrong_shape(node, "a single word is expected")),
    }
}

/// `true` or `false`.
pub fn yes_or_no(node: &Node, sink: &mut Sink) -> Option<bool> {
    match node.scalar() {
        Some("true" | "yes") => Some(true),
        Some("false" | "no") => Some(false),
        _ => sink.refuse(Diagnostic::at(Code::UnknownWord, &node.place, "`true` or `false` is expected", "neither")),
    }
}

/// A calendar date.
pub fn date(node: &Node, sink: &mut Sink) -> Option<jiff::civil::Date> {
    let parsed =
        node.scalar().and_then(|text| (text.len() == 10).then(|| text.parse::<jiff::civil::Date>().ok()).flatten());
    parsed.or_else(|| {
        sink.refuse(Diagnostic::at(Code::BadQuantity, &node.place, "a date is written `2026-11-23`", "not a date"))
    })
}

/// One of a few words.
pub fn choice<T: Copy>(node: &Node, what: &str, choices: &[(&'static str, T)], sink: &mut Sink) -> Option<T> {
    let text = word(node, sink)?;
    if let Some((_, value)) = choices.iter().find(|(known, _)| *known == text) {
        return Some(*value);
    }
    let names = || choices.iter().map(|(name, _)| *name);
    let near = suggest::did_you_mean(text, names());
    sink.refuse(
        Diagnostic::at(
            Code::UnknownWord,
            &node.place,
            format!("{what} is {}", suggest::listed(names(), "or")),
            "none of these",
        )
        .help_if(near),
    )
}
