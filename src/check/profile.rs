//! `profile`: at which hours of the week requests come.

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::input::{Fields, Node, Value, plain, word, wrong_shape};
use crate::plan::Profile;
use crate::pricing::{Load, Zone};
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
    let zone = match fields.get("zone", context.sink) {
        Some(node) => zone(node, context)?,
        None => Zone::utc(),
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
    let day: Option<&[Exact; HOURS]> = hours.as_slice().try_into().ok();
    let load = Load::of_profile(day?, &weekend, zone)?;
    Some(Profile { hours: (0..DAYS).flat_map(of_day).collect(), load, place: node.place.clone() })
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

fn zone(node: &Node, context: &mut Context<'_>) -> Option<Zone> {
    let text = word(node, context.sink)?;
    Zone::named(text).or_else(|| {
        let message = format!("`{text}` is not a time zone");
        context.sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, message, "unknown")
                .help("for instance `UTC`, `+02:00` or `Europe/Berlin`"),
        )
    })
}
