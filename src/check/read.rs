//! Quantities as figures, uncertain ones among them.

use crate::diag::{Code, Diagnostic, Sink};
use crate::figure::{Dimension, Figure};
use crate::input::{Fields, Node, plain, refused};
use crate::units::{Exact, Family, Kind, Settings, Uncertain};

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
    let before = sink.failures();
    let [low, mode, high] = ["low", "mode", "high"].map(|key| number(key, kind, &mut fields, sink));
    let [p50, p95, mean, sd] = ["p50", "p95", "mean", "sd"].map(|key| number(key, kind, &mut fields, sink));
    let [cv, alpha, beta] = ["cv", "alpha", "beta"].map(|key| number(key, Kind::Factor, &mut fields, sink));
    let place = &node.place;
    fields.finish(sink);
    if sink.failures() > before {
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
