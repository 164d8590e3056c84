//! `limits` and `commitments`: what was agreed with providers beside prices.

use super::context::Context;
use super::fine_tune::span;
use super::prices;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Calls, Factor, Figure, Money, Share, Volume};
use crate::input::{Fields, Key, Node, wrong_shape, yes_or_no};
use crate::plan::{Commitment, RateLimit, RateLimits, Span, Terms, Whose};
use crate::units::{Exact, Kind};

/// The factor of peaks within an hour, among the models of `limits`.
const PEAK: &str = "peak_to_mean";

pub(super) fn limits(node: &Node, context: &mut Context<'_>) -> Option<RateLimits> {
    let Some(entries) = node.entries() else {
        let found = wrong_shape(node, "`limits` is a map from models or providers to rates");
        return context.sink.refuse(found.help("write `limits: {gpt-4o: {requests: 10k/min, tokens: 2M/min}}`"));
    };
    let mut peak_to_mean = Figure::<Factor>::default(
        "peak to mean",
        Exact::ONE,
        "`limits.peak_to_mean` is not stated: no peaks within an hour",
    );
    let mut found: Vec<(RateLimit, &Key)> = Vec::new();
    for (key, node) in entries {
        if &*key.text == PEAK {
            if let Some(stated) = context.read::<Factor>("peak to mean", node, Kind::Factor) {
                if context.decisions.compare(&stated, &Figure::one()) == std::cmp::Ordering::Less {
                    let message = "a peak below the mean is none";
                    context.sink.add(Diagnostic::at(Code::OutOfRange, &node.place, message, "1 or more"));
                }
                peak_to_mean = stated;
            }
            continue;
        }
        let Some(limit) = limit(key, node, context) else { continue };
        once(&limit.whose, key, found.iter().map(|(limit, key)| (&limit.whose, *key)), context);
        found.push((limit, key));
    }
    Some(RateLimits { peak_to_mean, of: found.into_iter().map(|(limit, _)| limit).collect() })
}

fn limit(key: &Key, node: &Node, context: &mut Context<'_>) -> Option<RateLimit> {
    let whose = prices::target(&key.text, &key.place, context);
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "a rate limit", context.sink)?;
    let requests = context.above_zero::<Calls>(&mut fields, "requests", Kind::Rate, "requests at most");
    let mut tokens = |key, name| context.above_zero::<Volume>(&mut fields, key, Kind::Rate, name);
    let all = tokens("tokens", "tokens at most");
    let (input, output) =
        (tokens("input_tokens", "input tokens at most"), tokens("output_tokens", "output tokens at most"));
    let counts = fields.get("count_cached", context.sink).and_then(|node| yes_or_no(node, context.sink));
    fields.finish(context.sink);
    let is_empty = requests.is_none() && all.is_none() && input.is_none() && output.is_none();
    if is_empty && context.sink.failures() == before {
        return context.sink.refuse(
            Diagnostic::at(Code::MissingKey, &node.place, "a limit of what?", "no rate here").help(
                "for instance `{requests: 10k/min, tokens: 2M/min}`; `input_tokens` and `output_tokens` are known too",
            ),
        );
    }
    let counts_cached = counts.unwrap_or(true);
    Some(RateLimit { whose: whose?, requests, tokens: all, input_tokens: input, output_tokens: output, counts_cached })
}

pub(super) fn commitments(node: &Node, context: &mut Context<'_>) -> Vec<Commitment> {
    let Some(entries) = node.entries() else {
        let found = wrong_shape(node, "`commitments` is a map from providers or models to what was agreed");
        context.sink.add(found.help("write `commitments: {openai: {minimum_per_month: $50k}}`"));
        return Vec::new();
    };
    let mut found: Vec<(Commitment, &Key)> = Vec::new();
    for (key, node) in entries {
        let Some(commitment) = commitment(key, node, context) else { continue };
        let whose = &commitment.whose;
        once(whose, key, found.iter().map(|(known, key)| (&known.whose, *key)), context);
        let overlaps = |other: &&(Commitment, &Key)| {
            let both = (whose, &other.0.whose);
            let mixed =
                matches!(both, (Whose::Provider(_), Whose::Model { .. }) | (Whose::Model { .. }, Whose::Provider(_)));
            mixed && whose.provider() == other.0.whose.provider()
        };
        if let Some((other, first)) = found.iter().find(overlaps) {
            let message = format!("spend with {} is committed twice", other.whose.provider());
            context.sink.add(
                Diagnostic::at(Code::Conflict, &key.place, message, "second here")
                    .also(&first.place, "first here")
                    .help("which of both a dollar counts for is not said: keep the provider, or its models"),
            );
        }
        found.push((commitment, key));
    }
    found.into_iter().map(|(commitment, _)| commitment).collect()
}

fn commitment(key: &Key, node: &Node, context: &mut Context<'_>) -> Option<Commitment> {
    let whose = prices::target(&key.text, &key.place, context);
    let mut fields = Fields::of(node, "a commitment", context.sink)?;
    fields.exclusive("minimum_per_month", "prepaid", context.sink);
    let minimum = context.quantity::<Money>(&mut fields, "minimum_per_month", Kind::Money, "minimum per month");
    let prepaid = context.quantity::<Money>(&mut fields, "prepaid", Kind::Money, "prepaid");
    let is_prepaid = fields.entry("prepaid").is_some();
    let mut valid: Option<Span> = None;
    if is_prepaid && fields.require("valid", "12 months", context.sink).is_some() {
        valid = span(&mut fields, "valid", ["months valid", "days valid"], context);
    }
    let bonus = context.quantity::<Share>(&mut fields, "bonus", Kind::Share, "bonus");
    for key in ["valid", "bonus"] {
        if let Some((key, _)) = fields.entry(key).filter(|_| !is_prepaid) {
            let message = format!("`{}` belongs to `prepaid`", key.text);
            context.sink.add(Diagnostic::at(Code::Conflict, &key.place, message, "nothing is prepaid here"));
        }
    }
    let is_empty = !is_prepaid && fields.entry("minimum_per_month").is_none();
    fields.finish(context.sink);
    if is_empty {
        return context.sink.refuse(
            Diagnostic::at(Code::MissingKey, &node.place, "what was agreed?", "neither a minimum nor prepaid credits")
                .help("for instance `{minimum_per_month: $50k}` or `{prepaid: $12k, valid: 12 months, bonus: 10%}`"),
        );
    }
    let terms = if is_prepaid {
        Terms::Prepaid { amount: prepaid?, valid: valid?, bonus: bonus.unwrap_or_else(Figure::zero) }
    } else {
        Terms::Minimum(minimum?)
    };
    Some(Commitment { whose: whose?, terms, place: node.place.clone() })
}

/// One model under two names.
fn once<'k>(
    whose: &Whose,
    key: &Key,
    mut known: impl Iterator<Item = (&'k Whose, &'k Key)>,
    context: &mut Context<'_>,
) {
    if let Some((_, first)) = known.find(|(other, _)| *other == whose) {
        let message = format!("two names for one: both mean `{}`", whose.name());
        context.sink.add(
            Diagnostic::at(Code::DuplicateName, &key.place, message, "this one")
                .also(&first.place, "and this one")
                .help("keep one of the two"),
        );
    }
}
