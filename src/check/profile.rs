//! `profile`: at which hours of the week requests come.

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::input::{Fields, Node, Value, plain, word, wrong_shape};
use crate::plan::Profile;
use crate::units::{Exact, Kind, Settings};

const HOURS: usize = 24;
const DAYS: usize = 7;
/// Monday to Friday.
const WORKDAYS: usize = 5;

pub(super) fn profile(node: &Node, context: &mut Context<'_>) -> Option<Profile> {
    let mut fields = Fields::of(node, "`profile`", context.sink)?;
    let hours = fields.require("hours", "[1, 1, 1, 1, 1, 2, 4, 8, ...]", context.sink);
    let hours = hours.and_then(|node| weights(node, context));
    let weekend = match fields.get("weekend", context.sink) {
        Some(node) => ratio(node, context)?,
        None => Exact::ONE,
    };
    let ahead_of_utc = match fields.get("zone", context.sink) {
        Some(node) => offset(node, context)?,
        None => 0,
    };
    fields.finish(context.sink);
    let hours = hours?;
    let day: Exact = hours.iter().sum();
    let week = &day * &(&Exact::from(WORKDAYS as u64) + &(&weekend * &Exact::from((DAYS - WORKDAYS) as u64)));
    let mean = week.checked_div(&Exact::from((DAYS * HOURS) as u64)).filter(|mean| !mean.is_zero());
    let Some(mean) = mean else {
        return context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            "a profile in which no hour has a load",
            "at least one hour is above zero",
        ));
    };
    let of_day = |day: usize| {
        let factor = if day < WORKDAYS { Exact::ONE } else { weekend.clone() };
        let mean = mean.clone();
        hours.iter().map(move |hour| (hour * &factor).checked_div(&mean).unwrap_or(Exact::ONE))
    };
    Some(Profile { hours: (0..DAYS).flat_map(of_day).collect(), ahead_of_utc, place: node.place.clone() })
}

fn weights(node: &Node, context: &mut Context<'_>) -> Option<Vec<Exact>> {
    let Value::List(items) = &node.value else {
        return context.sink.refuse(wrong_shape(node, "`hours` is a list of 24 weights, from midnight on"));
    };
    if items.len() != HOURS {
        let message = format!("a day has 24 hours, this list has {}", items.len());
        return context.sink.refuse(
            Diagnostic::at(Code::WrongShape, &node.place, message, "one weight for each hour, from midnight on")
                .help("only their proportions count; `requests` says how many there are"),
        );
    }
    let before = context.sink.failures();
    let found = items.iter().filter_map(|item| plain(item, Kind::Count, &Settings::default(), context.sink)).collect();
    (context.sink.failures() == before).then_some(found)
}

/// A day of the weekend against a working day; it may be more.
fn ratio(node: &Node, context: &mut Context<'_>) -> Option<Exact> {
    let percent = node.scalar().and_then(|text| text.trim().strip_suffix('%'));
    match percent {
        None => plain(node, Kind::Count, &context.settings, context.sink),
        Some(number) => {
            let bare = Node { place: node.place.clone(), value: Value::Scalar(number.trim().into()) };
            let value = plain(&bare, Kind::Count, &context.settings, context.sink)?;
            value.checked_div(&Exact::from(100))
        }
    }
}

/// `UTC` or `+02:00`: a profile is a mean over the year, so that no rule of summer time would be right.
fn offset(node: &Node, context: &mut Context<'_>) -> Option<i32> {
    let text = word(node, context.sink)?;
    if matches!(text, "UTC" | "utc" | "Z") {
        return Some(0);
    }
    let minutes = || {
        let (sign, rest) =
            text.strip_prefix('+').map(|rest| (1, rest)).or_else(|| Some((-1, text.strip_prefix('-')?)))?;
        let (hours, minutes) = rest.split_once(':')?;
        let two = |text: &str| (text.len() == 2).then(|| text.parse::<i32>().ok()).flatten();
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (hours <= 14 && minutes < 60).then(|| sign * (hours * 60 + minutes))
    };
    minutes().or_else(|| {
        context.sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, "a zone is `UTC` or an offset from it", "not a zone")
                .help("for instance `zone: +02:00`"),
        )
    })
}
