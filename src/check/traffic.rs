//! How requests follow one another and differ: `turns`, `agent`, `lengths`.

use std::sync::Arc;

use super::context::Context;
use super::trace;
use crate::diag::{Code, Diagnostic};
use crate::figure::{Count, Figure, Seconds, Tokens};
use crate::input::{Fields, Node, Value, plain, wrong_shape};
use crate::plan::{Agent, Case, Lengths, Turns};
use crate::units::{Exact, Kind, Kinds, Settings, Spread};

/// Most turns of a conversation, and most steps of an agent.
const MOST: u64 = 1_000;
/// Kinds of requests that a distribution of lengths is cut into.
const KINDS: u32 = 256;

pub(super) fn turns(node: &Node, context: &mut Context<'_>) -> Option<Turns> {
    if node.scalar().is_some() {
        let count = context.read("turns", node, Kind::Count)?;
        let number = few(&count, node, "turns", context)?;
        return Some(Turns { count, number, gap: None });
    }
    let mut fields = Fields::of(node, "`turns`", context.sink)?;
    let at = fields.require("count", "10", context.sink);
    let count = at.and_then(|node| context.read::<Count>("turns", node, Kind::Count));
    let gap = context.quantity::<Seconds>(&mut fields, "gap", Kind::Duration, "time between turns");
    fields.finish(context.sink);
    let count = count?;
    let number = few(&count, at?, "turns", context)?;
    Some(Turns { count, number, gap })
}

pub(super) fn agent(node: &Node, context: &mut Context<'_>) -> Option<Agent> {
    let mut fields = Fields::of(node, "`agent`", context.sink)?;
    let at = fields.require("steps", "12", context.sink);
    let steps = at.and_then(|node| context.read::<Count>("steps", node, Kind::Count));
    let result = context.quantity::<Tokens>(&mut fields, "tool_result", Kind::Tokens, "tool result");
    fields.finish(context.sink);
    let steps = steps?;
    let number = few(&steps, at?, "steps", context)?;
    let tool_result =
        result.unwrap_or_else(|| Figure::default("tool result", Exact::ZERO, "`tool_result` is not stated"));
    Some(Agent { steps, number, tool_result })
}

/// A whole number of 1 or more, not beyond every conversation.
fn few(count: &Figure<Count>, node: &Node, what: &str, context: &mut Context<'_>) -> Option<u32> {
    let value = count.value();
    let whole = value.to_u64().filter(|number| value.is_whole() && (1..=MOST).contains(number));
    match whole.and_then(|number| u32::try_from(number).ok()) {
        Some(number) => Some(number),
        None => context.sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                format!("`{what}` is a whole number from 1 to {MOST}"),
                "each one is computed by itself",
            )
            .help("of conversations of different lengths, state tasks with shares"),
        ),
    }
}

/// Lengths of single requests: of the user part (`input`) and of the answer (`output`).
pub(super) fn lengths(node: &Node, context: &mut Context<'_>) -> Option<Lengths> {
    let mut fields = Fields::of(node, "`lengths`", context.sink)?;
    for other in ["input", "output"] {
        fields.exclusive("trace", other, context.sink);
    }
    let trace = fields.get("trace", context.sink).map(|node| trace::read(node, context));
    let input = fields.get("input", context.sink).map(|node| spread(node, context));
    let output = fields.get("output", context.sink).map(|node| spread(node, context));
    let empty = input.is_none() && output.is_none();
    fields.finish(context.sink);
    if let Some(trace) = trace {
        let (cases, rows) = trace?;
        let what = format!("{} requests of a trace", crate::units::display::count(&Exact::from(rows)));
        return Some(Lengths { cases: cases.to_vec(), answers: None, what, place: node.place.clone() });
    }
    if empty {
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &node.place, "lengths of what?", "neither `input` nor `output`")
                .help("for instance `lengths: {input: {p50: 1200, p95: 9000}}`"),
        );
    }
    let kinds = |spread: Option<Option<Spread>>| match spread {
        None => Some(None),
        Some(spread) => spread.map(|spread| Some(spread.kinds(KINDS))),
    };
    let (input, output) = (kinds(input)?, kinds(output)?);
    let count = input.as_ref().or(output.as_ref()).map_or(0, Vec::len);
    let case = |(share, user): &(Exact, Exact)| Case { share: share.clone(), user: Some(user.clone()), output: None };
    let all = || vec![Case { share: Exact::ONE, user: None, output: None }];
    Some(Lengths {
        cases: input.as_ref().map_or_else(all, |kinds| kinds.iter().map(case).collect()),
        answers: output,
        what: format!("a distribution in {count} parts"),
        place: node.place.clone(),
    })
}

/// Quantiles (`{p50: 1200, p95: 9000}` alone is a lognormal distribution), or a histogram.
fn spread(node: &Node, context: &mut Context<'_>) -> Option<Spread> {
    let mut fields = Fields::of(node, "lengths", context.sink)?;
    if let Some(bins) = fields.get("histogram", context.sink) {
        fields.finish(context.sink);
        return histogram(bins, context);
    }
    let tokens = |node: &Node, context: &mut Context<'_>| plain(node, Kind::Tokens, &Settings::default(), context.sink);
    let mut points: Vec<(Exact, Exact)> = Vec::new();
    let before = context.sink.failures();
    for (key, percent) in QUANTILES {
        if let Some(node) = fields.get(key, context.sink)
            && let Some(length) = tokens(node, context)
        {
            points.push((Exact::ratio(*percent, 100).unwrap_or(Exact::ZERO), length));
        }
    }
    let min = fields.get("min", context.sink).and_then(|node| tokens(node, context));
    let max = fields.get("max", context.sink).and_then(|node| tokens(node, context));
    fields.finish(context.sink);
    if context.sink.failures() > before {
        return None;
    }
    let half = Exact::ratio(1, 2)?;
    let ninety_five = Exact::ratio(95, 100)?;
    let ascending = |points: &[(Exact, Exact)]| points.iter().zip(points.iter().skip(1)).all(|(a, b)| a.1 <= b.1);
    let wrong = |message: &str, help: &str| {
        Diagnostic::at(Code::WrongShape, &node.place, message.to_owned(), "these lengths").help(help.to_owned())
    };
    if let [(a, p50), (b, p95)] = points.as_slice()
        && (a, b) == (&half, &ninety_five)
    {
        if p95 < p50 || p50.is_zero() {
            return context
                .sink
                .refuse(wrong("quantiles ascend and lie above zero", "for instance `{p50: 1200, p95: 9000}`"));
        }
        let (p50, p95) = (p50.clone(), p95.clone());
        return Some(Spread::Lognormal { p50, p95, min: min.unwrap_or(Exact::ZERO), max });
    }
    let shortest = points.first().map(|(_, length)| length.clone());
    let longest = points.last().map(|(_, length)| length.clone());
    if points.len() < 2 {
        let help = "write `{p50: 1200, p95: 9000}`, more quantiles with `min` and `max`, or `histogram: [{upto: 1000, share: 60%}, ...]`";
        return context.sink.refuse(wrong("this is no distribution of lengths", help));
    }
    points.insert(0, (Exact::ZERO, min.or(shortest)?));
    points.push((Exact::ONE, max.or(longest)?));
    if !ascending(&points) {
        return context
            .sink
            .refuse(wrong("quantiles ascend, from `min` to `max`", "the share below a length grows with it"));
    }
    Some(Spread::Quantiles(points))
}

const QUANTILES: &[(&str, i64)] =
    &[("p1", 1), ("p5", 5), ("p10", 10), ("p25", 25), ("p50", 50), ("p75", 75), ("p90", 90), ("p95", 95), ("p99", 99)];

/// Bins with their upper end and share, each possibly with its mean.
fn histogram(node: &Node, context: &mut Context<'_>) -> Option<Spread> {
    let Value::List(items) = &node.value else {
        return context.sink.refuse(wrong_shape(node, "`histogram` is a list of {upto, share}"));
    };
    let before = context.sink.failures();
    let mut bins: Kinds = Vec::new();
    let mut low = Exact::ZERO;
    let mut left = Exact::ONE;
    for item in items {
        let Some(mut fields) = Fields::of(item, "a bin", context.sink) else { continue };
        let number = |key: &'static str, fields: &mut Fields<'_>, context: &mut Context<'_>| {
            let node = fields.get(key, context.sink)?;
            plain(node, Kind::Tokens, &Settings::default(), context.sink)
        };
        let upto = number("upto", &mut fields, context);
        let mean = number("mean", &mut fields, context);
        let share = fields.require("share", "60%", context.sink).and_then(|node| match node.scalar() {
            Some("rest") => Some(left.clone()),
            _ => plain(node, Kind::Share, &Settings::default(), context.sink),
        });
        fields.finish(context.sink);
        let (Some(upto), Some(share)) = (upto.or_else(|| mean.clone()), share) else {
            context.sink.add(
                Diagnostic::at(Code::MissingKey, &item.place, "a bin says where it ends", "no `upto` here")
                    .help("for instance `{upto: 1000, share: 60%}`"),
            );
            continue;
        };
        let middle = (&low + &upto).checked_div(&Exact::from(2)).unwrap_or(Exact::ZERO);
        let mean = mean.unwrap_or(middle);
        if upto < low || mean < low || mean > upto {
            context.sink.add(Diagnostic::at(Code::OutOfRange, &item.place, "bins ascend", "out of order"));
        }
        left = &left - &share;
        bins.push((share, mean));
        low = upto;
    }
    if context.sink.failures() == before && !left.is_zero() {
        context.sink.add(
            Diagnostic::at(Code::Shares, &node.place, "the shares of these bins do not add up to 100%", "these bins")
                .help("let one share say `rest`"),
        );
    }
    bins.retain(|(share, _)| !share.is_zero());
    (context.sink.failures() == before && !bins.is_empty()).then_some(Spread::Histogram(bins))
}

/// The mean of the user parts of all kinds, where they differ.
pub(super) fn mean_user(lengths: &Arc<Lengths>) -> Option<Exact> {
    lengths.cases.iter().map(|case| Some(&case.share * case.user.as_ref()?)).sum()
}

/// The mean of the answers of all kinds, where they differ.
pub(super) fn mean_output(lengths: &Arc<Lengths>) -> Option<Exact> {
    match &lengths.answers {
        Some(answers) => Some(answers.iter().map(|(share, length)| share * length).sum()),
        None => lengths.cases.iter().map(|case| Some(&case.share * case.output.as_ref()?)).sum(),
    }
}
