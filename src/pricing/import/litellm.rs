//! LiteLLM's price map: USD per token, with lifetime, tier and mode flattened into the names of fields.
//!
//! A name is component, `_above_1hr` (a lifetime), `_above_272k_tokens` (a tier), then `_batches`, `_flex`, ... (a
//! mode). There are neither dates nor history, so its cards are always in force.

use std::collections::BTreeMap;

use super::decimal::{Decimal, decimal};
use super::sheet::{Sheet, noted};
use super::{Blank, Imported, Kind, Notes};
use crate::diag::{Code, Diagnostic};
use crate::input::Json;
use crate::pricing::{Card, Component, Fallback, Hours, Model, Selectors, Test, Uplift, Window, Zone};
use crate::units::Exact;

/// Entries that are no models.
const NO_MODELS: [&str; 2] = ["sample_spec", "fallback_generalizations"];
/// Seconds per hour.
const HOUR: u64 = 3600;

/// Fields whose price one of our components has; a longer name before the one it begins with.
static COMPONENTS: [(&str, Component); 23] = [
    ("input_cost_per_token_cache_hit", Component::CacheRead),
    ("input_cost_per_token", Component::Input),
    ("output_cost_per_token", Component::Output),
    ("output_cost_per_reasoning_token", Component::Reasoning),
    ("cache_read_input_token_cost", Component::CacheRead),
    ("cache_creation_input_token_cost", Component::CacheWrite(String::new())),
    ("input_cost_per_audio_token", Component::InputAudio),
    ("output_cost_per_audio_token", Component::OutputAudio),
    ("cache_read_input_audio_token_cost", Component::CacheReadAudio),
    ("input_cost_per_image_token", Component::InputImage),
    ("output_cost_per_image_token", Component::OutputImage),
    ("cache_read_input_image_token_cost", Component::CacheReadImage),
    ("input_cost_per_video_token", Component::InputVideo),
    ("output_cost_per_video_token", Component::OutputVideo),
    ("input_cost_per_image", Component::Image),
    ("output_cost_per_image", Component::Image),
    ("input_cost_per_query", Component::Request),
    ("input_cost_per_request", Component::Request),
    ("input_cost_per_character", Component::Character),
    ("output_cost_per_character", Component::Character),
    ("input_cost_per_second", Component::Second),
    ("output_cost_per_second", Component::Second),
    ("ocr_cost_per_page", Component::Page),
];

const MODES: [(&str, &str); 6] = [
    ("_batches", "batch"),
    ("_flex", "flex"),
    ("_priority", "priority"),
    ("_balanced", "balanced"),
    ("_ultrafast", "ultrafast"),
    ("_decisions", "decisions"),
];

const LIFETIMES: [(&str, &str); 2] = [("_above_12hr", "12h"), ("_above_1hr", "1h")];

/// What the name of a field says.
#[derive(Debug)]
struct Field {
    component: Component,
    tier: Option<u64>,
    mode: Option<&'static str>,
}

/// Why a field is not read.
enum Unread {
    /// It is no price.
    NoPrice,
    /// It is one, of something that has no component.
    Because(&'static str),
}

fn field(name: &str) -> Result<Field, Unread> {
    let known = COMPONENTS.iter().find(|(start, _)| name.starts_with(start));
    let Some((start, component)) = known else {
        return Err(match name {
            "search_free_requests" => Unread::Because("a number of free searches is no price"),
            _ if name.contains("cost") || name.contains("multiplier") => {
                Unread::Because("there is no component for it")
            }
            _ => Unread::NoPrice,
        });
    };
    let mut rest = name.get(start.len()..).unwrap_or_default();
    let mut component = component.clone();
    if let (Component::CacheWrite(lifetime), Some((suffix, known))) =
        (&mut component, LIFETIMES.iter().find(|(suffix, _)| rest.starts_with(suffix)))
    {
        (*known).clone_into(lifetime);
        rest = rest.get(suffix.len()..).unwrap_or_default();
    }
    let mut tier = None;
    if let Some((thousands, after)) = rest.strip_prefix("_above_").and_then(|rest| rest.split_once("k_tokens")) {
        let thousands: u64 = thousands.parse().map_err(|_| Unread::Because("the threshold is no number"))?;
        tier = thousands.checked_mul(1000);
        rest = after;
    }
    let mode = MODES.iter().find(|(suffix, _)| *suffix == rest).map(|(_, mode)| *mode);
    match (rest, mode) {
        ("", _) | (_, Some(_)) => Ok(Field { component, tier, mode }),
        _ => Err(Unread::Because("the price depends on more than the component, as resolution or duration")),
    }
}

pub(super) fn read(root: &Json, blank: &Blank<'_>) -> Result<Imported, Box<Diagnostic>> {
    let looks_right = root.entries().iter().any(|(_, model)| model.get("litellm_provider").is_some());
    if !looks_right {
        let message = "this is not LiteLLM's price map: no entry states `litellm_provider`";
        return Err(Box::new(Diagnostic::at(Code::WrongShape, &blank.place, message, "the file begins here")));
    }
    let mut imported = Imported { models: Vec::new(), remarks: Vec::new() };
    for (key, entry) in root.entries().iter().filter(|(key, _)| !NO_MODELS.contains(&key.as_str())) {
        let mut notes = Notes { model: key, remarks: &mut imported.remarks };
        imported.models.extend(model(key, entry, blank, &mut notes));
    }
    Ok(imported)
}

fn model(key: &str, entry: &Json, blank: &Blank<'_>, notes: &mut Notes<'_>) -> Option<Model> {
    let provider = entry.get("litellm_provider").and_then(Json::text).unwrap_or("unknown");
    let kind = entry.get("mode").and_then(Json::text).unwrap_or_default();
    let mut model = blank.model(key, provider);
    model.context = tokens(entry, "max_input_tokens");
    model.max_output = tokens(entry, "max_output_tokens");
    model.cache.min_tokens = tokens(entry, "prompt_cache_min_tokens");
    model.retires = entry.get("deprecation_date").and_then(Json::text).and_then(|date| date.parse().ok());
    factors(entry, &mut model, notes);
    // xAI counts the threshold itself as long; the file does not say so.
    let test = if provider == "xai" { Test::Ge } else { Test::Gt };
    let mut sheets: BTreeMap<Option<&str>, Sheet> = BTreeMap::new();
    for (name, value) in entry.entries() {
        match field(name) {
            Err(Unread::NoPrice) => {}
            Err(Unread::Because(reason)) => by_itself(name, value, reason, &mut model, &mut sheets, notes),
            Ok(found) => {
                let Some(text) = value.scalar() else { continue };
                let Some(usd) = noted(decimal(text), name, text, notes) else { continue };
                let sheet = sheets.entry(found.mode).or_default();
                take(sheet, &found, test, usd, name, text, notes);
            }
        }
    }
    if key.contains("-month-commitment/") {
        by_the_hour(sheets.entry(None).or_default(), notes);
    }
    let standard = sheets.entry(None).or_default();
    if let Some(table) = entry.get("tiered_pricing") {
        ranges(table, test, standard, notes);
    }
    for sheet in sheets.values_mut() {
        without_zeros(sheet, kind, notes);
    }
    let windows = entry.get("off_peak_pricing").and_then(|node| off_peak(node, kind, test, notes));
    if !sheets.values().any(Sheet::has_a_price) {
        let states = |name: &str| entry.get(name).is_some_and(|value| *value != Json::Null);
        let zero = states("input_cost_per_token") || states("output_cost_per_token") || states("tiered_pricing");
        let reason = if zero {
            "it states only zeros: free, or not known?"
        } else {
            "it states no price that a component of ours has"
        };
        notes.add(Kind::Skipped, "", kind, reason);
        return None;
    }
    for (mode, sheet) in sheets {
        if mode.is_some() && !sheet.has_a_price() {
            continue;
        }
        let when = Selectors { mode: mode.map(str::to_owned), ..Selectors::default() };
        model.cards.extend(card(sheet, when, blank, notes));
    }
    if let Some((windows, sheet)) = windows {
        let when = Selectors { windows, ..Selectors::default() };
        model.cards.extend(card(sheet, when, blank, notes));
    }
    tiers_of_modes(&model, notes);
    Some(model)
}

fn card(sheet: Sheet, when: Selectors, blank: &Blank<'_>, notes: &mut Notes<'_>) -> Option<Card> {
    let mut rates = sheet.rates(notes);
    // Reasoning at the price of output is what is paid without a price of its own.
    let output = rates.iter().find(|(component, _)| *component == Component::Output).map(|(_, rate)| rate.clone());
    rates.retain(|(component, rate)| *component != Component::Reasoning || Some(rate) != output.as_ref());
    let source = Some(blank.source_name.to_owned());
    (!rates.is_empty()).then(|| Card { when, source, ..Card::undated(rates, &blank.place) })
}

fn tokens(entry: &Json, key: &str) -> Option<u64> {
    let value = decimal(entry.get(key)?.scalar()?)?.value;
    if value.is_whole() && !value.is_zero() { value.to_u64() } else { None }
}

/// Takes a price; two fields of one component must not contradict each other.
fn take(sheet: &mut Sheet, found: &Field, test: Test, usd: Exact, name: &str, text: &str, notes: &mut Notes<'_>) {
    let tier = found.tier.map(|above| (above, test));
    let twice = name.ends_with("_cache_hit")
        || matches!(found.component, Component::Image | Component::Character | Component::Second | Component::Request);
    let known = sheet.base(&found.component).filter(|_| twice && found.tier.is_none());
    match known {
        Some(known) if *known == usd || usd.is_zero() => {}
        // What a model draws is an image of the bill; one that it looks at is counted in tokens as a rule.
        Some(_) if found.component == Component::Image && name.starts_with("output") => {
            notes.add(Kind::LeftOut, "input_cost_per_image", "", "the price of an image is that of one that is made");
            sheet.set(found.component.clone(), tier, usd, name);
        }
        Some(_) if found.component == Component::Image && name.starts_with("input") => {
            notes.add(Kind::LeftOut, name, text, "the price of an image is that of one that is made");
        }
        Some(known) if known.is_zero() => sheet.set(found.component.clone(), tier, usd, name),
        Some(known) => {
            let reason = format!("{} has two prices, this one and {known}", found.component);
            notes.add(Kind::LeftOut, name, text, reason);
        }
        None => sheet.set(found.component.clone(), tier, usd, name),
    }
}

/// Fields that are read each in its own way, and those that are not.
fn by_itself(
    name: &str,
    value: &Json,
    reason: &str,
    model: &mut Model,
    sheets: &mut BTreeMap<Option<&str>, Sheet>,
    notes: &mut Notes<'_>,
) {
    match name {
        // Its pieces are read where they are asked for, or say the same in another unit.
        "input_dbu_cost_per_token" | "output_dbu_cost_per_token" | "cost_per_second" => {}
        "regional_processing_uplift_multiplier_eu" => uplift("eu", value, model),
        "regional_processing_uplift_multiplier_us" => uplift("us", value, model),
        "regional_endpoint_uplift_multiplier" => uplift("regional", value, model),
        "search_context_cost_per_query" => {
            let prices: Vec<&str> = value.entries().iter().filter_map(|(_, price)| price.scalar()).collect();
            let amounts: Vec<Option<Decimal>> = prices.iter().map(|text| decimal(text)).collect();
            match amounts.split_first() {
                Some((Some(first), rest)) if rest.iter().all(|other| other.as_ref() == Some(first)) => {
                    if !first.value.is_zero() {
                        sheets.entry(None).or_default().set(Component::WebSearch, None, first.value.clone(), name);
                    }
                }
                _ => notes.add(Kind::LeftOut, name, value.shown(), "a search costs more with more context"),
            }
        }
        "file_search_cost_per_1k_calls" => {
            let usd = value.scalar().and_then(decimal).and_then(|number| number.value.checked_div(&Exact::from(1000)));
            if let Some(usd) = usd {
                sheets.entry(None).or_default().set(Component::FileSearch, None, usd, name);
            }
        }
        _ => {
            let is_zero = value.scalar().and_then(decimal).is_some_and(|number| number.value.is_zero());
            if !is_zero {
                notes.add(Kind::LeftOut, name, value.shown(), reason);
            }
        }
    }
}

fn uplift(region: &str, value: &Json, model: &mut Model) {
    let factor = value.scalar().and_then(decimal).map(|number| number.value).filter(|factor| *factor != Exact::ONE);
    if let Some(factor) = factor.filter(|factor| !factor.is_zero()) {
        let place = model.place.clone();
        model.uplifts.push(Uplift { region: region.to_owned(), factor, applies_to: Vec::new(), place });
    }
}

/// A commitment is paid by the hour that a unit stands ready, not by the second of a request.
fn by_the_hour(sheet: &mut Sheet, notes: &mut Notes<'_>) {
    if let Some(second) = sheet.base(&Component::Second).cloned() {
        sheet.remove(&Component::Second);
        let hour = &second * &Exact::from(HOUR);
        notes.add(
            Kind::ReadAs,
            "input_cost_per_second",
            second.to_string(),
            format!("a unit that costs {hour} an hour"),
        );
        sheet.set(Component::ProvisionedUnit, None, hour, "input_cost_per_second");
    }
}

/// `tiered_pricing`: prices by range of the prompt's length, `(from, to]`.
fn ranges(table: &Json, test: Test, sheet: &mut Sheet, notes: &mut Notes<'_>) {
    let bounds = |row: &Json| -> Option<u64> {
        let from = decimal(row.get("range")?.items().first()?.scalar()?)?.value;
        from.is_whole().then(|| from.to_u64()).flatten()
    };
    let from: Option<Vec<u64>> = table.items().iter().map(bounds).collect();
    let ascending =
        |from: &Vec<u64>| from.first() == Some(&0) && from.iter().zip(from.iter().skip(1)).all(|(a, b)| a < b);
    let Some(from) = from.filter(ascending) else {
        return notes.add(
            Kind::LeftOut,
            "tiered_pricing",
            table.shown(),
            "not ranges of the prompt's length from 0 on",
        );
    };
    for (row, above) in table.items().iter().zip(from) {
        for (name, value) in row.entries().iter().filter(|(name, _)| name != "range") {
            let Some(text) = value.scalar() else { continue };
            let Ok(Field { component, tier: None, mode: None }) = field(name) else {
                notes.add(Kind::LeftOut, format!("tiered_pricing.{name}"), text, "there is no component for it");
                continue;
            };
            let Some(usd) = noted(decimal(text), name, text, notes) else { continue };
            if above > 0 {
                sheet.set(component, Some((above, test)), usd, name);
                continue;
            }
            if let Some(flat) = sheet.base(&component).filter(|flat| **flat != usd) {
                notes.add(
                    Kind::ReadAs,
                    name,
                    flat.to_string(),
                    format!("{usd}, as the first range of tiered_pricing says"),
                );
            }
            sheet.set(component, None, usd, name);
        }
    }
}

/// Zero means that there is no premium, no such price, or nothing to pay; which of them depends on the component.
fn without_zeros(sheet: &mut Sheet, kind: &str, notes: &mut Notes<'_>) {
    let answers = !matches!(kind, "embedding" | "rerank");
    for component in sheet.components().into_iter().filter(|component| sheet.is_zero(component)).collect::<Vec<_>>() {
        let reason = match &component {
            Component::CacheWrite(_) => Some("no premium: written tokens pay the input price"),
            Component::CacheRead => Some("no price: cached tokens pay the input price"),
            Component::Input | Component::Output if answers => None,
            _ => {
                sheet.remove(&component);
                continue;
            }
        };
        if let Some(reason) = reason {
            notes.add(Kind::ReadAs, component.to_string(), "0", reason);
            sheet.remove(&component);
        }
    }
}

/// Cheaper hours.
fn off_peak(node: &Json, kind: &str, test: Test, notes: &mut Notes<'_>) -> Option<(Vec<Window>, Sheet)> {
    let mut sheet = Sheet::default();
    for (name, value) in node.entries() {
        if let (Ok(Field { component, tier, mode: None }), Some(text)) = (field(name), value.scalar()) {
            let tier = tier.map(|above| (above, test));
            sheet.set(component, tier, noted(decimal(text), name, text, notes)?, name);
        }
    }
    without_zeros(&mut sheet, kind, notes);
    let days_zone = node.get("weekday_timezone").and_then(Json::text);
    let windows: Option<Vec<Window>> =
        node.get("windows").map(Json::items).unwrap_or_default().iter().map(|row| window(row, days_zone)).collect();
    match windows.filter(|windows| !windows.is_empty() && !sheet.is_empty()) {
        Some(windows) => Some((windows, sheet)),
        None => {
            notes.add(Kind::LeftOut, "off_peak_pricing", node.shown(), "its hours cannot be read");
            None
        }
    }
}

/// `{hours_utc: [...] or "...", weekdays: [1, ...]}`; ISO weekdays, Monday is 1.
fn window(row: &Json, days_zone: Option<&str>) -> Option<Window> {
    let hours_of = |node: &Json| match node {
        Json::List(items) => items.iter().map(|item| Hours::parse(item.text()?)).collect::<Option<Vec<_>>>(),
        other => Some(vec![Hours::parse(other.text()?)?]),
    };
    let hours = hours_of(row.get("hours_utc")?)?;
    let days = match row.get("weekdays") {
        None => [true; 7],
        Some(node) => {
            let named: Vec<usize> = node.items().iter().filter_map(|day| day.scalar()?.parse().ok()).collect();
            std::array::from_fn(|day| named.contains(&day.saturating_add(1)))
        }
    };
    let days_zone = match days_zone.filter(|_| days != [true; 7]) {
        Some(name) => Some(Zone::named(name)?),
        None => None,
    };
    Some(Window { zone: Zone::utc(), days_zone, days, hours })
}

/// A mode whose price does not rise where the standard one does is worth a look.
fn tiers_of_modes(model: &Model, notes: &mut Notes<'_>) {
    let Some(standard) = model.cards.iter().find(|card| card.when.is_empty()) else { return };
    for card in model.cards.iter().filter(|card| card.when.mode.is_some()) {
        for (component, rate) in &card.rates {
            let rises = standard.rate(component).is_some_and(|standard| !standard.tiers.is_empty());
            if rises && rate.tiers.is_empty() {
                let field = format!("{component} in {}", card.when);
                notes.add(Kind::ReadAs, field, "", "the same price for prompts of every length, as no other is stated");
            }
        }
    }
}

/// `provider_specific_entry`: factors by region or speed.
fn factors(entry: &Json, model: &mut Model, notes: &mut Notes<'_>) {
    let Some(node) = entry.get("provider_specific_entry") else { return };
    for (name, value) in node.entries() {
        let factor = value.scalar().and_then(decimal).map(|number| number.value).filter(|factor| !factor.is_zero());
        match (name.as_str(), factor) {
            ("us", Some(_)) => uplift("us", value, model),
            ("fast", Some(factor)) => {
                let place = model.place.clone();
                model.fallbacks.push(Fallback { mode: "fast".to_owned(), factor, applies_to: Vec::new(), place });
            }
            _ => notes.add(
                Kind::LeftOut,
                format!("provider_specific_entry.{name}"),
                value.shown(),
                "not a factor known here",
            ),
        }
    }
}
