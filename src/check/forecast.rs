//! `forecast`: the months to come, and the scenario in one of them.

use super::context::Context;
use super::prices;
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::figure::{Calls, Factor, Figure, Share};
use crate::input::{Fields, Node, Value, plain, word, wrong_shape};
use crate::plan::{Decline, Event, Forecast, Growth, Happening, Ramp, Whose};
use crate::pricing::Date;
use crate::units::{Exact, Kind, Settings};

/// Months of a forecast at most.
const MOST_MONTHS: u32 = 120;
/// Months where nothing says how many.
const MONTHS: u32 = 12;
/// Digits of a root.
const DIGITS: usize = 25;

const MONTH_NAMES: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A forecast; without a node one in which nothing but listed prices changes.
pub(super) fn read(node: Option<&Node>, as_of: Date, in_use: bool, context: &mut Context<'_>) -> Option<Forecast> {
    let mut found = Forecast {
        start: as_of.first_of_month(),
        months: MONTHS,
        growth: Growth::Certain(Exact::ONE),
        seasonality: None,
        ramp: None,
        events: Vec::new(),
        declines: Vec::new(),
        budget: None,
        calendar_days: false,
        place: None,
    };
    let Some(node) = node else { return Some(found) };
    found.place = Some(node.place.clone());
    let mut fields = Fields::of(node, "`forecast`", context.sink)?;
    if let Some(node) = fields.get("start", context.sink) {
        // What is wrong with it is reported; the rest is checked against another start.
        found.start = month(node, context).unwrap_or(Date::MIN);
    }
    if let Some(node) = fields.get("months", context.sink) {
        found.months = whole(node, 1, MOST_MONTHS, "a number of months", context).unwrap_or(MONTHS);
    }
    if let Some(node) = fields.get("growth", context.sink)
        && let Some(growth) = growth(node, in_use, context)
    {
        found.growth = growth;
    }
    if let Some(node) = fields.get("seasonality", context.sink) {
        found.seasonality = seasonality(node, context);
    }
    if let Some(node) = fields.get("ramp", context.sink) {
        found.ramp = ramp(node, context);
    }
    if let Some(node) = fields.get("price_decline", context.sink) {
        found.declines = declines(node, context);
    }
    if let Some(node) = fields.get("budget", context.sink) {
        let budget = plain(node, Kind::Money, &context.settings, context.sink);
        found.budget = budget.map(|budget| (budget, node.place.clone()));
    }
    if let Some(node) = fields.get("days", context.sink) {
        let choices = [("calendar", true), ("mean", false)];
        found.calendar_days = crate::input::choice(node, "`days`", &choices, context.sink).unwrap_or(false);
    }
    if let Some(node) = fields.get("events", context.sink) {
        let Value::List(items) = &node.value else {
            return context.sink.refuse(wrong_shape(node, "`events` is a list of {month, requests or price or set}"));
        };
        let read = items.iter().filter_map(|item| event(item, found.start, context)).collect();
        found.events = read;
    }
    fields.finish(context.sink);
    Some(found)
}

/// The values that events set in a month, as `path=value`: they are laid over the scenario before it is read.
pub(super) fn assignments(root: &Node, as_of: Date, month: u32) -> Vec<String> {
    let Some(forecast) = root.get("forecast") else { return Vec::new() };
    let start =
        forecast.get("start").and_then(Node::scalar).and_then(month_of).unwrap_or_else(|| as_of.first_of_month());
    let Some(Value::List(items)) = forecast.get("events").map(|node| &node.value) else { return Vec::new() };
    let index = |item: &Node, key: &str| {
        let date = month_of(item.get(key)?.scalar()?)?;
        u32::try_from(months_between(start, date)).ok()
    };
    let holds = |item: &&Node| {
        index(item, "month").is_some_and(|from| from <= month)
            && (item.get("until").is_none() || index(item, "until").is_some_and(|until| month <= until))
    };
    items.iter().filter(holds).filter_map(|item| item.get("set")).flat_map(pairs).collect()
}

fn pairs(node: &Node) -> Vec<String> {
    let entries = node.entries().unwrap_or_default().iter();
    entries.filter_map(|(path, value)| Some(format!("{}={}", path.text, value.scalar()?))).collect()
}

/// Multiplies prices: of a model, of a provider, of everybody.
pub(super) fn reprice(whose: Option<&Whose>, factor: &Exact, place: &Place, context: &mut Context<'_>) {
    let factor = Figure::<Factor>::stated("change of prices", factor.clone(), place);
    context.prices.negotiated.changes.push((whose.cloned(), factor));
}

fn month_of(text: &str) -> Option<Date> {
    let (year, month) = text.trim().split_once('-')?;
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

fn month(node: &Node, context: &mut Context<'_>) -> Option<Date> {
    node.scalar().and_then(month_of).or_else(|| {
        context.sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, "a month is written `2027-03`", "not a month")
                .help("four digits, a hyphen, 01 to 12"),
        )
    })
}

/// Months from one first day to another; negative backwards.
fn months_between(from: Date, to: Date) -> i32 {
    let count = |date: Date| i32::from(date.year()).saturating_mul(12).saturating_add(i32::from(date.month()));
    count(to).saturating_sub(count(from))
}

fn whole(node: &Node, least: u32, most: u32, what: &str, context: &mut Context<'_>) -> Option<u32> {
    let text = node.scalar().unwrap_or_default();
    let number = text.strip_suffix(" months").or_else(|| text.strip_suffix(" month")).unwrap_or(text);
    match number.trim().parse::<u32>() {
        Ok(value) if (least..=most).contains(&value) => Some(value),
        _ => context.sink.refuse(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            format!("{what} is a whole number from {least} to {most}"),
            "not one",
        )),
    }
}

/// `8%`, `-3%`, `0.08` as an exact number of any size, positive or not.
fn signed(text: &str) -> Option<Exact> {
    let text = text.trim();
    let (digits, percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
    let value = Exact::from_decimal(digits.trim().strip_prefix('+').unwrap_or(digits.trim()))?;
    if percent { value.checked_div(&Exact::from(100)) } else { Some(value) }
}

/// How many months a period in words has.
fn months_of(period: &str) -> Option<u32> {
    match period.trim() {
        "month" => Some(1),
        "quarter" => Some(3),
        "year" => Some(12),
        _ => None,
    }
}

fn growth(node: &Node, in_use: bool, context: &mut Context<'_>) -> Option<Growth> {
    let bad = |message: &str, label: &str| {
        Diagnostic::at(Code::BadQuantity, &node.place, message, label)
            .help("write `8%/month`, `-2%/month`, `60%/year`, or a range: `4% to 9%/month`")
    };
    let (value, months) = match node.scalar() {
        None if node.entries().is_some() => (node.clone(), 1),
        None => return context.sink.refuse(bad("growth is a rate", "not a rate")),
        Some(text) => {
            let Some((value, period)) = text.rsplit_once('/') else {
                return context.sink.refuse(bad("growth in which time?", "`/month`, `/quarter` or `/year` is missing"));
            };
            let Some(months) = months_of(period) else {
                return context.sink.refuse(bad("growth is per month, quarter or year", "another time"));
            };
            (Node { place: node.place.clone(), value: Value::Scalar(value.trim().into()) }, months)
        }
    };
    let is_range = value.scalar().is_none_or(|text| text.contains(" to "));
    if is_range {
        if months != 1 {
            return context.sink.refuse(bad("a range of growth is one per month", "another time"));
        }
        if in_use {
            return context.read::<Share>("growth", &value, Kind::Share).map(Growth::Uncertain);
        }
        // What is drawn for it matters only to a month of the forecast.
        let draw = context.draw.clone();
        let read =
            super::read::quantity::<Share>("growth", &value, Kind::Share, &context.settings, &draw, context.sink);
        return read.map(Growth::Uncertain);
    }
    let text = value.scalar().unwrap_or_default();
    let Some(rate) = signed(text) else {
        return context.sink.refuse(bad("growth is a rate", "not a rate"));
    };
    if rate.abs() > Exact::from(10) || rate <= Exact::from_decimal("-1").unwrap_or(Exact::ZERO) {
        return context.sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "growth lies above -100% and is 1,000% at most",
                "out of range",
            )
            .help("write `8%/month`; 0.08 is the same, 8 would be 800%"),
        );
    }
    let grown = &Exact::ONE + &rate;
    Some(Growth::Certain(root(&grown, months)))
}

/// The factor of which `n` make `value`; exact for a single one, else to 25 digits.
fn root(value: &Exact, n: u32) -> Exact {
    if n <= 1 || *value == Exact::ONE {
        return value.clone();
    }
    let mut found = first_guess(value, n);
    let (order, before) = (Exact::from(u64::from(n)), n.saturating_sub(1));
    for _ in 0..4 {
        let Some(quotient) = value.checked_div(&found.pow(before)) else { return found };
        let sum = &(&found * &Exact::from(u64::from(before))) + &quotient;
        let Some(next) = sum.checked_div(&order) else { return found };
        found = next.significant(DIGITS);
    }
    found
}

#[allow(clippy::float_arithmetic, reason = "where an exact iteration begins")]
fn first_guess(value: &Exact, n: u32) -> Exact {
    Exact::estimate(libm::pow(value.to_f64(), 1.0 / f64::from(n)), 12).unwrap_or(Exact::ONE)
}

/// `x1.5`, `+50%`, `-30%`: a factor above zero.
fn change(text: &str) -> Option<Exact> {
    let text = text.trim();
    let factor = match text.strip_prefix('x') {
        Some(factor) => Exact::from_decimal(factor.trim())?,
        None if text.ends_with('%') && text.starts_with(['+', '-']) => &Exact::ONE + &signed(text)?,
        None => return None,
    };
    (factor > Exact::ZERO && factor <= Exact::from(1_000_000)).then_some(factor)
}

fn seasonality(node: &Node, context: &mut Context<'_>) -> Option<Vec<Exact>> {
    let factor = |node: &Node, context: &mut Context<'_>| {
        let text = node.scalar().unwrap_or_default();
        let found =
            change(text).or_else(|| signed(text).filter(|factor| *factor > Exact::ZERO && *factor <= Exact::from(100)));
        found.or_else(|| {
            context.sink.refuse(
                Diagnostic::at(
                    Code::BadQuantity,
                    &node.place,
                    "the load of a month over the trend",
                    "not a factor above zero",
                )
                .help("write `140%`, `1.4`, `x1.4` or `+40%`"),
            )
        })
    };
    if let Value::List(items) = &node.value {
        if items.len() != 12 {
            let message = format!("a year has 12 months, this list has {}", items.len());
            return context.sink.refuse(
                Diagnostic::at(Code::WrongShape, &node.place, message, "from January to December")
                    .help("or name those that differ: `{december: 140%, january: 80%}`"),
            );
        }
        let read: Vec<Option<Exact>> = items.iter().map(|item| factor(item, context)).collect();
        return read.into_iter().collect();
    }
    let Some(entries) = node.entries() else {
        return context.sink.refuse(wrong_shape(node, "`seasonality` is a map from months to loads, or a list of 12"));
    };
    let mut found = vec![Exact::ONE; 12];
    let mut seen: Vec<usize> = Vec::new();
    for (key, node) in entries {
        let name = key.text.to_ascii_lowercase();
        let by_number = name
            .parse::<usize>()
            .ok()
            .filter(|number| (1..=12).contains(number))
            .map(|number| number.saturating_sub(1));
        let by_name =
            || MONTH_NAMES.iter().position(|month| *month == name || (name.len() == 3 && month.starts_with(&name)));
        let Some(at) = by_number.or_else(by_name) else {
            let near = suggest::did_you_mean(&name, MONTH_NAMES.iter().copied());
            context.sink.add(
                Diagnostic::at(Code::UnknownName, &key.place, format!("`{}` is no month", key.text), "unknown month")
                    .help(near.unwrap_or_else(|| "write `december` or `12`".to_owned())),
            );
            continue;
        };
        if seen.contains(&at) {
            context.sink.add(Diagnostic::at(Code::DuplicateKey, &key.place, "a month stands twice", "again here"));
        }
        seen.push(at);
        if let (Some(factor), Some(slot)) = (factor(node, context), found.get_mut(at)) {
            *slot = factor;
        }
    }
    Some(found)
}

fn ramp(node: &Node, context: &mut Context<'_>) -> Option<Ramp> {
    let mut fields = Fields::of(node, "a ramp", context.sink)?;
    let from = fields
        .require("from", "10%", context.sink)
        .and_then(|node| plain(node, Kind::Share, &context.settings, context.sink));
    let months = fields
        .require("months", "3", context.sink)
        .and_then(|node| whole(node, 1, MOST_MONTHS, "a ramp's number of months", context));
    fields.finish(context.sink);
    Some(Ramp { from: from?, months: months? })
}

fn declines(node: &Node, context: &mut Context<'_>) -> Vec<Decline> {
    let one = |whose: Option<Whose>, node: &Node, context: &mut Context<'_>| -> Option<Decline> {
        let bad = || {
            Diagnostic::at(Code::BadQuantity, &node.place, "how fast do prices fall?", "not a rate")
                .help("write `20%/year` or `2%/month`")
        };
        let parsed = node
            .scalar()
            .and_then(|text| text.rsplit_once('/'))
            .and_then(|(rate, period)| Some((signed(rate)?, months_of(period)?)));
        let Some((rate, months)) = parsed else { return context.sink.refuse(bad()) };
        if rate.is_negative() || rate >= Exact::ONE {
            return context.sink.refuse(Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "a decline is 0% or more and below 100%",
                "out of range",
            ));
        }
        let words = node.scalar().unwrap_or_default().to_owned();
        Some(Decline { whose, per_month: root(&(&Exact::ONE - &rate), months), words, place: node.place.clone() })
    };
    match node.entries() {
        None => one(None, node, context).into_iter().collect(),
        Some(entries) => entries
            .iter()
            .filter_map(|(key, node)| {
                let whose = prices::target(&key.text, &key.place, context)?;
                one(Some(whose), node, context)
            })
            .collect(),
    }
}

fn event(item: &Node, start: Date, context: &mut Context<'_>) -> Option<Event> {
    let before = context.sink.failures();
    let mut fields = Fields::of(item, "an event", context.sink)?;
    let index = |node: &Node, context: &mut Context<'_>| -> Option<u32> {
        let date = month(node, context)?;
        u32::try_from(months_between(start, date)).ok().or_else(|| {
            let message = format!("the forecast begins in {}", &start.to_string().get(..7).unwrap_or_default());
            context.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "before it"))
        })
    };
    let from = fields.require("month", "2027-03", context.sink).and_then(|node| index(node, context));
    let until_node = fields.get("until", context.sink);
    let until = until_node.and_then(|node| index(node, context));
    if let (Some(node), Some(from), Some(until)) = (until_node, from, until)
        && until < from
    {
        context.sink.add(Diagnostic::at(
            Code::OutOfRange,
            &node.place,
            "the last month lies before the first",
            "before `month`",
        ));
    }
    let over = fields
        .get("over", context.sink)
        .and_then(|node| whole(node, 1, MOST_MONTHS, "`over`, a number of months,", context));
    let requests = fields.get("requests", context.sink);
    let price = fields.get("price", context.sink);
    let whose_model = fields.get("model", context.sink);
    let whose_provider = fields.get("provider", context.sink);
    let set = fields.get("set", context.sink);
    fields.finish(context.sink);
    let given = [requests, price, set].iter().flatten().count();
    if given != 1 {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &item.place,
                "an event changes one thing",
                if given == 0 { "what happens?" } else { "several here" },
            )
            .help("`requests: x1.5`, `{model: gpt-4o, price: -30%}`, or `set: {strategies.a.batch.share: 40%}`"),
        );
    }
    if price.is_none()
        && let Some(node) = whose_model.or(whose_provider)
    {
        context.sink.add(Diagnostic::at(
            Code::Conflict,
            &node.place,
            "`model` and `provider` belong to `price`",
            "there is none here",
        ));
    }
    let what = if let Some(node) = requests {
        load(node, context)
    } else if let Some(node) = price {
        repriced(node, item, whose_model, whose_provider, context)
    } else {
        set.and_then(|node| values(node, context))
    };
    if let (Some(node), Some(Happening::Requests(_) | Happening::Price(..) | Happening::Set(_))) =
        (over.and(item.get("over")), &what)
    {
        context.sink.add(Diagnostic::at(
            Code::Conflict,
            &node.place,
            "only a change of the load comes in over months",
            "not with this event",
        ));
    }
    if context.sink.failures() > before {
        return None;
    }
    let words = match &what {
        Some(Happening::Load(_) | Happening::Requests(_)) => {
            format!("requests {}", requests.and_then(Node::scalar).unwrap_or("change"))
        }
        Some(Happening::Price(whose, _)) => {
            format!("prices of {} {}", whose.name(), price.and_then(Node::scalar).unwrap_or_default())
        }
        Some(Happening::Set(all)) => all.join(", "),
        None => String::new(),
    };
    Some(Event { month: from?, until, over: over.unwrap_or(0), what: what?, words, place: item.place.clone() })
}

fn load(node: &Node, context: &mut Context<'_>) -> Option<Happening> {
    let text = node.scalar().unwrap_or_default();
    if let Some(factor) = change(text) {
        return Some(Happening::Load(factor));
    }
    if !text.contains('/') && node.entries().is_none() {
        return context.sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, "how do requests change?", "neither a factor nor a rate")
                .help("write `x1.5`, `+50%`, `-20%`, or the rate itself: `2M/day`"),
        );
    }
    // A rate that is not known exactly would be another quantity in every month.
    let rate = plain(node, Kind::Rate, &context.settings, context.sink)?;
    Some(Happening::Requests(Figure::<Calls>::stated("requests", rate, &node.place)))
}

fn repriced(
    node: &Node,
    item: &Node,
    model: Option<&Node>,
    provider: Option<&Node>,
    context: &mut Context<'_>,
) -> Option<Happening> {
    let factor = node.scalar().and_then(change).or_else(|| {
        context.sink.refuse(
            Diagnostic::at(Code::BadQuantity, &node.place, "how do prices change?", "not a change")
                .help("write `-30%`, `+10%` or `x0.7`"),
        )
    });
    let whose = match (model, provider) {
        (Some(_), Some(second)) => context.sink.refuse(Diagnostic::at(
            Code::Conflict,
            &second.place,
            "`model` and `provider` exclude each other",
            "second here",
        )),
        (Some(node), None) => {
            let found = word(node, context.sink)
                .map(str::to_owned)
                .and_then(|name| prices::target(&name, &node.place, context));
            match found {
                Some(Whose::Provider(name)) => context.sink.refuse(
                    Diagnostic::at(Code::UnknownModel, &node.place, format!("`{name}` is a provider"), "not a model")
                        .help("write `provider:` in the place of `model:`"),
                ),
                found => found,
            }
        }
        (None, Some(node)) => {
            word(node, context.sink).map(str::to_owned).and_then(|name| prices::target(&name, &node.place, context))
        }
        (None, None) => context.sink.refuse(
            Diagnostic::at(Code::MissingKey, &item.place, "whose prices change?", "neither `model` nor `provider`")
                .help("for instance `{month: 2027-01, model: gpt-4o, price: -30%}`"),
        ),
    };
    Some(Happening::Price(whose?, factor?))
}

fn values(node: &Node, context: &mut Context<'_>) -> Option<Happening> {
    let entries = node.entries().unwrap_or_default();
    if entries.is_empty() {
        return context.sink.refuse(
            wrong_shape(node, "`set` is a map from paths to values")
                .help("for instance `set: {strategies.a.batch.share: 40%}`"),
        );
    }
    for (key, value) in entries {
        if value.scalar().is_none() {
            context.sink.add(wrong_shape(value, "an event sets single values"));
        }
        if key.text.starts_with("forecast") || key.text.starts_with("prices") {
            let message = format!("an event cannot change `{}`", key.text);
            context.sink.add(Diagnostic::at(Code::Conflict, &key.place, message, "not from here"));
        }
    }
    Some(Happening::Set(pairs(node)))
}

/// The days of a month as the calendar has them.
pub(super) fn calendar_days(date: Date) -> Exact {
    Exact::from(u64::try_from(date.days_in_month()).unwrap_or(30))
}

/// Settings with the days of this month: a rate per month is spread over them.
pub(super) fn in_month(settings: &Settings, date: Date) -> Settings {
    Settings { days_per_month: calendar_days(date), ..settings.clone() }
}
