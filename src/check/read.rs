//! Quantities as figures, uncertain ones among them.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Sink};
use crate::figure::{Dimension, Figure};
use crate::input::{Fields, Node, plain, refused};
use crate::plan::Draw;
use crate::units::{Distribution, Exact, Family, Kind, Settings, Uncertain, display};

/// A quantity as a figure; of an uncertain one the median, or what is drawn for it.
pub(crate) fn quantity<D: Dimension>(
    name: &'static str,
    node: &Node,
    kind: Kind,
    settings: &Settings,
    draw: &Draw,
    sink: &mut Sink,
) -> Option<Figure<D>> {
    if let Some(drawn) = draw.of(&node.place) {
        return uncertain(name, &drawn.value, &drawn.distribution, node, kind, sink);
    }
    let stated = match node.scalar().and_then(|text| text.split_once(" to ")) {
        Some((low, high)) => {
            let mut end = |text: &str| match kind.parse(text, settings) {
                Ok(value) => Some(value),
                Err(refusal) => sink.refuse(refused(&refusal, &node.place)),
            };
            let (low, high) = (end(&with_unit(low.trim_end(), high.trim(), kind)), end(high));
            Some(Uncertain::Interval { low: low?, high: high? })
        }
        None if node.entries().is_some() => Some(distribution(node, kind, settings, sink)?),
        None => None,
    };
    let Some(stated) = stated else {
        return plain(node, kind, settings, sink).map(|value| Figure::stated(name, value, &node.place));
    };
    let family = if kind == Kind::Share { Family::Share } else { Family::Positive };
    match Distribution::of(stated, family) {
        Some(found) => uncertain(name, &found.median.clone(), &Arc::new(found), node, kind, sink),
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

/// The low end of a range with the unit that only its high end states: `1M to 3M/day`, `20 to 40%`, `12 to 15 EUR`.
fn with_unit(low: &str, high: &str, kind: Kind) -> String {
    let after_number = |text: &str| -> String {
        text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '$' | '+' | '-')).to_owned()
    };
    let unit_of = |text: &str| match kind {
        Kind::Share => {
            if text.ends_with('%') {
                "%".to_owned()
            } else {
                String::new()
            }
        }
        Kind::Rate => text.find('/').and_then(|at| text.get(at..)).unwrap_or_default().to_owned(),
        Kind::Money => {
            let code = text.get(text.len().saturating_sub(3)..).unwrap_or_default();
            let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
            if is_code { format!(" {code}") } else { String::new() }
        }
        Kind::Duration | Kind::Period | Kind::Months | Kind::Throughput | Kind::Memory => after_number(text),
        // A bare number has a meaning of its own there, or there is no unit.
        Kind::TokenPrice | Kind::Count | Kind::Tokens | Kind::Factor => String::new(),
    };
    if unit_of(low).is_empty() && !low.starts_with('$') { format!("{low}{}", unit_of(high)) } else { low.to_owned() }
}

/// A value of an uncertain quantity, if that can be what it says.
fn uncertain<D: Dimension>(
    name: &'static str,
    value: &Exact,
    distribution: &Arc<Distribution>,
    node: &Node,
    kind: Kind,
    sink: &mut Sink,
) -> Option<Figure<D>> {
    if !distribution.allows(value) || kind == Kind::Factor && value.is_zero() {
        return sink.refuse(impossible(value, node, kind));
    }
    Some(Figure::uncertain(name, value.clone(), &node.place, distribution))
}

/// A draw that the quantity cannot be; only a normal distribution has such.
fn impossible(value: &Exact, node: &Node, kind: Kind) -> Diagnostic {
    let message = format!("this range holds {}, which is not {}", display::precise(value, 6), kind.noun());
    Diagnostic::at(Code::OutOfRange, &node.place, message, "reaches too far")
        .help("a quantity that cannot be negative is lognormal, a share is beta or logit-normal")
}

fn distribution(node: &Node, kind: Kind, settings: &Settings, sink: &mut Sink) -> Option<Uncertain> {
    let mut fields = Fields::of(node, format!("{} as a range", kind.noun()), sink)?;
    let name = fields.get("dist", sink).map(|node| node.scalar().unwrap_or_default());
    let number = |key: &'static str, kind: Kind, fields: &mut Fields<'_>, sink: &mut Sink| -> Option<Exact> {
        fields.get(key, sink).and_then(|node| plain(node, kind, settings, sink))
    };
    let before = sink.failures();
    let [low, mode, high] = ["low", "mode", "high"].map(|key| number(key, kind, &mut fields, sink));
    let [p50, p95, mean, median] = ["p50", "p95", "mean", "median"].map(|key| number(key, kind, &mut fields, sink));
    let sd = deviation("sd", kind, settings, &mut fields, sink);
    let [cv, sigma] = ["cv", "sigma"].map(|key| deviation(key, Kind::Factor, settings, &mut fields, sink));
    let [alpha, beta] = ["alpha", "beta"].map(|key| number(key, Kind::Factor, &mut fields, sink));
    let place = &node.place;
    fields.finish(sink);
    if sink.failures() > before {
        return None;
    }
    let stated = ["low", "mode", "high", "p50", "p95", "mean", "median", "cv", "sd", "sigma", "alpha", "beta"];
    let keys: Vec<&str> = stated.into_iter().filter(|key| node.get(key).is_some()).collect();
    let of_family = if kind == Kind::Share { "logit_normal" } else { "lognormal" };
    let is = |names: &[&str]| name.is_none_or(|name| names.contains(&name));
    let found = match keys.as_slice() {
        ["low", "mode", "high"] if is(&["pert"]) => Some(Uncertain::Pert { low: low?, mode: mode?, high: high? }),
        ["low", "mode", "high"] if is(&["triangular"]) => {
            Some(Uncertain::Triangular { low: low?, mode: mode?, high: high? })
        }
        ["low", "high"] if name == Some("uniform") => Some(Uncertain::Uniform { low: low?, high: high? }),
        ["low", "high"] if is(&[of_family]) => Some(Uncertain::Interval { low: low?, high: high? }),
        ["p50", "p95"] if is(&[of_family]) => Some(Uncertain::Quantiles { p50: p50?, p95: p95? }),
        ["median", "sigma"] if name == Some(of_family) => Some(Uncertain::Spread { median: median?, sigma: sigma? }),
        ["mean", "cv"] if is(&[if kind == Kind::Share { "beta" } else { "lognormal" }]) => {
            Some(Uncertain::Moments { mean: mean?, cv: cv? })
        }
        ["mean", "sd"] if name == Some("normal") => Some(Uncertain::Normal { mean: mean?, sd: sd? }),
        ["alpha", "beta"] if name == Some("beta") && kind == Kind::Share => {
            Some(Uncertain::Beta { alpha: alpha?, beta: beta? })
        }
        _ => None,
    };
    found.or_else(|| {
        sink.refuse(
            Diagnostic::at(Code::WrongShape, place, format!("this is not {} nor a range of it", kind.noun()), "keys that do not go together")
                .help("write {low, high} (P5 and P95), {low, mode, high}, {p50, p95}, {mean, cv}, or {dist: ...} with one of uniform and triangular (low, mode, high), normal (mean, sd), lognormal and logit_normal (median, sigma), beta (alpha, beta)"),
        )
    })
}

/// A width: like a quantity of `kind`, and 0 where nothing is uncertain.
fn deviation(
    key: &'static str,
    kind: Kind,
    settings: &Settings,
    fields: &mut Fields<'_>,
    sink: &mut Sink,
) -> Option<Exact> {
    let node = fields.get(key, sink)?;
    match kind.parse(node.scalar().unwrap_or_default(), settings) {
        Err(_) if node.scalar() == Some("0") => Some(Exact::ZERO),
        _ => plain(node, kind, settings, sink),
    }
}
