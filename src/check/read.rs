//! Scalars of a tree as values: quantities, words, dates, yes or no.

use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::figure::{Dimension, Figure};
use crate::input::{Fields, Node, wrong_shape};
use crate::pricing::Date;
use crate::units::{Exact, Family, Kind, Reason, Refusal, Settings, Uncertain};

/// A refused quantity as a diagnostic.
pub(crate) fn refused(refusal: &Refusal, place: &Place) -> Diagnostic {
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
pub(crate) fn plain(node: &Node, kind: Kind, settings: &Settings, sink: &mut Sink) -> Option<Exact> {
    let Some(text) = node.scalar() else {
        return sink.refuse(wrong_shape(node, &format!("{} is a single value", kind.noun())));
    };
    match kind.parse(text, settings) {
        Ok(value) => Some(value),
        Err(refusal) => sink.refuse(refused(&refusal, &node.place)),
    }
}

/// A quantity as a figure; of an uncertain one the median.
pub(crate) fn quantity<D: Dimension>(
    name: &'static str,
    node: &Node,
    kind: Kind,
    settings: &Settings,
    sink: &mut Sink,
) -> Option<Figure<D>> {
    let uncertain = match node.scalar().and_then(|text| text.split_once(" to ")) {
        Some((low, high)) => {
            let mut end = |text: &str| match kind.parse(text, settings) {
                Ok(value) => Some(value),
                Err(refusal) => sink.refuse(refused(&refusal, &node.place)),
            };
            let (low, high) = (end(low), end(high));
            Some(Uncertain::Interval { low: low?, high: high? })
        }
        None if node.entries().is_some() => Some(distribution(node, kind, settings, sink)?),
        None => None,
    };
    let Some(uncertain) = uncertain else {
        return plain(node, kind, settings, sink).map(|value| Figure::stated(name, value, &node.place));
    };
    let family = if kind == Kind::Share { Family::Share } else { Family::Positive };
    match uncertain.median(family) {
        Some(median) => Some(Figure::median(name, median, &node.place)),
        None => sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                format!("this range of {} has no distribution", kind.noun()),
                "impossible range",
            )
            .help(match family {
                Family::Share => "the low end comes first, and both lie between 0% and 100%, ends excluded",
                _ => "the low end comes first and lies above zero",
            }),
        ),
    }
}

fn distribution(node: &Node, kind: Kind, settings: &Settings, sink: &mut Sink) -> Option<Uncertain> {
    let mut fields = Fields::of(node, format!("{} as a range", kind.noun()), sink)?;
    let name = fields.get("dist", sink).map(|node| node.scalar().unwrap_or_default());
    let number = |key: &'static str, kind: Kind, fields: &mut Fields<'_>, sink: &mut Sink| -> Option<Exact> {
        fields.get(key, sink).and_then(|node| plain(node, kind, settings, sink))
    };
    let before = sink.count();
    let [low, mode, high] = ["low", "mode", "high"].map(|key| number(key, kind, &mut fields, sink));
    let [p50, p95, mean, sd] = ["p50", "p95", "mean", "sd"].map(|key| number(key, kind, &mut fields, sink));
    let [cv, alpha, beta] = ["cv", "alpha", "beta"].map(|key| number(key, Kind::Factor, &mut fields, sink));
    let place = &node.place;
    fields.finish(sink);
    if sink.count() > before {
        return None;
    }
    let found = match (name, low, mode, high, p50, p95, mean, cv, sd, alpha, beta) {
        (None | Some("pert"), Some(low), Some(mode), Some(high), ..) => Some(Uncertain::Pert { low, mode, high }),
        (Some("triangular"), Some(low), Some(mode), Some(high), ..) => Some(Uncertain::Triangular { low, mode, high }),
        (Some("uniform"), Some(low), None, Some(high), ..) => Some(Uncertain::Uniform { low, high }),
        (None | Some("lognormal" | "logit_normal"), Some(low), None, Some(high), ..) => {
            Some(Uncertain::Interval { low, high })
        }
        (None | Some("lognormal" | "logit_normal"), None, None, None, Some(p50), Some(p95), ..) => {
            Some(Uncertain::Quantiles { p50, p95 })
        }
        (None | Some("lognormal" | "beta"), None, None, None, None, None, Some(mean), Some(cv), ..) => {
            Some(Uncertain::Moments { mean, cv })
        }
        (Some("normal"), None, None, None, None, None, Some(mean), None, Some(sd), ..) => {
            Some(Uncertain::Normal { mean, sd })
        }
        (Some("beta"), None, None, None, None, None, None, None, None, Some(alpha), Some(beta)) => {
            Some(Uncertain::Beta { alpha, beta })
        }
        _ => None,
    };
    found.or_else(|| {
        sink.refuse(
            Diagnostic::at(Code::WrongShape, place, format!("this is not {} nor a range of it", kind.noun()), "keys that do not go together")
                .help("write {low, high} (P5 and P95), {low, mode, high}, {p50, p95}, {mean, cv}, or {dist: uniform|triangular|normal|beta, ...}"),
        )
    })
}

/// A single word.
pub(super) fn word<'a>(node: &'a Node, sink: &mut Sink) -> Option<&'a str> {
    match node.scalar() {
        Some(text) if !text.trim().is_empty() => Some(text),
        _ => sink.refuse(wrong_shape(node, "a single word is expected")),
    }
}

/// One of a few words.
pub(crate) fn choice<T: Copy>(node: &Node, what: &str, choices: &[(&'static str, T)], sink: &mut Sink) -> Option<T> {
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

/// `true` or `false`.
pub(crate) fn yes_or_no(node: &Node, sink: &mut Sink) -> Option<bool> {
    match node.scalar() {
        Some("true" | "yes") => Some(true),
        Some("false" | "no") => Some(false),
        _ => sink.refuse(Diagnostic::at(Code::UnknownWord, &node.place, "`true` or `false` is expected", "neither")),
    }
}

/// A calendar date.
pub(crate) fn date(node: &Node, sink: &mut Sink) -> Option<Date> {
    let parsed = node.scalar().and_then(|text| (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten());
    parsed.or_else(|| {
        sink.refuse(Diagnostic::at(Code::BadQuantity, &node.place, "a date is written `2026-11-23`", "not a date"))
    })
}
