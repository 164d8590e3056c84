//! The data of genai-prices: decimal strings per unit, named in the key; periods and daily hours; variants by use.
//!
//! Of a list of prices the last one that is active wins; a variant replaces the keys it names, the first active one
//! first. Variants mostly begin on the day somebody looked, which is `verified` and not `from`.

use std::collections::BTreeMap;

use super::decimal::decimal;
use super::sheet::{Sheet, noted};
use super::{Blank, Imported, Kind, Notes};
use crate::diag::{Code, Diagnostic};
use crate::input::Json;
use crate::pricing::{Alias, Card, Component, Date, Hours, Model, Selectors, Test, Window, Zone};
use crate::units::Exact;

/// Keys with what they price and how many units the price is for.
static COMPONENTS: [(&str, Component, u64); 24] = [
    ("input_mtok", Component::Input, 1_000_000),
    ("output_mtok", Component::Output, 1_000_000),
    ("output_reasoning_mtok", Component::Reasoning, 1_000_000),
    ("cache_read_mtok", Component::CacheRead, 1_000_000),
    ("cache_write_mtok", Component::CacheWrite(String::new()), 1_000_000),
    ("cache_write_1h_mtok", Component::CacheWrite(String::new()), 1_000_000),
    ("input_audio_mtok", Component::InputAudio, 1_000_000),
    ("output_audio_mtok", Component::OutputAudio, 1_000_000),
    ("cache_audio_read_mtok", Component::CacheReadAudio, 1_000_000),
    ("input_image_mtok", Component::InputImage, 1_000_000),
    ("output_image_mtok", Component::OutputImage, 1_000_000),
    ("cache_image_read_mtok", Component::CacheReadImage, 1_000_000),
    ("input_video_mtok", Component::InputVideo, 1_000_000),
    ("output_video_mtok", Component::OutputVideo, 1_000_000),
    ("cache_video_read_mtok", Component::CacheReadVideo, 1_000_000),
    ("requests_kcount", Component::Request, 1000),
    ("web_searches_kcount", Component::WebSearch, 1000),
    ("storage_searches_kcount", Component::FileSearch, 1000),
    ("input_document_kpages", Component::Page, 1000),
    ("input_mchars", Component::Character, 1_000_000),
    ("output_mchars", Component::Character, 1_000_000),
    ("audio_hours", Component::Hour, 1),
    ("input_audio_hours", Component::Hour, 1),
    ("output_audio_hours", Component::Hour, 1),
];

pub(super) fn read(root: &Json, blank: &Blank<'_>) -> Result<Imported, Box<Diagnostic>> {
    let looks_right = root.items().iter().any(|provider| provider.get("models").is_some());
    if !looks_right {
        let message = "this is not the data of genai-prices: a list of providers with `models`";
        return Err(Box::new(Diagnostic::at(Code::WrongShape, &blank.place, message, "the file begins here")));
    }
    let mut imported = Imported { models: Vec::new(), remarks: Vec::new() };
    for provider in root.items() {
        let seller = provider.get("id").and_then(Json::text).unwrap_or("unknown");
        for entry in provider.get("models").map(Json::items).unwrap_or_default() {
            let Some(id) = entry.get("id").and_then(Json::text) else { continue };
            let name = format!("{seller}/{id}");
            let mut notes = Notes { model: &name, remarks: &mut imported.remarks };
            imported.models.extend(model(&name, id, seller, entry, blank, &mut notes));
        }
    }
    Ok(imported)
}

fn model(name: &str, id: &str, seller: &str, entry: &Json, blank: &Blank<'_>, notes: &mut Notes<'_>) -> Option<Model> {
    let mut model = blank.model(name, seller);
    model.aliases = aliases(name, id, entry, notes);
    model.context = entry.get("context_window").and_then(Json::scalar).and_then(|text| text.parse().ok());
    if entry.get("deprecated") == Some(&Json::Bool(true)) {
        model.note = Some("upstream calls it deprecated and states no date".to_owned());
    }
    periods(entry.get("prices")?, &mut model, blank, notes);
    variants(entry, &mut model, blank, notes);
    if model.cards.iter().flat_map(|card| &card.rates).flat_map(|(_, rate)| rate.amounts()).all(Exact::is_zero) {
        if !id.ends_with(":free") {
            notes.add(Kind::Skipped, "", "", "it states no price, or only zeros: free, or not known?");
            return None;
        }
        model.cards.clear();
        model.free = true;
    }
    Some(model)
}

/// Its other names: only those that are whole, since rules about parts of a name depend on their order.
fn aliases(name: &str, id: &str, entry: &Json, notes: &mut Notes<'_>) -> Vec<Alias> {
    let mut names: Vec<&str> = Vec::new();
    let mut rules = Vec::new();
    let mut clauses: Vec<&Json> = entry.get("match").into_iter().collect();
    while let Some(clause) = clauses.pop() {
        for (kind, value) in clause.entries() {
            match (kind.as_str(), value) {
                ("or", Json::List(items)) => clauses.extend(items.iter().rev()),
                ("equals", Json::Text(known)) => names.push(known),
                (kind, value) => rules.push(format!("{kind} {}", value.shown())),
            }
        }
    }
    if !rules.is_empty() {
        notes.add(
            Kind::LeftOut,
            "match",
            rules.join(" or "),
            "a rule about parts of a name; only whole names are read",
        );
    }
    let mut found = vec![Alias::always(id)];
    for known in names {
        if known != name && !found.iter().any(|alias| alias.name == known) {
            found.push(Alias::always(known));
        }
    }
    found
}

/// One object, or a list of which the last active entry wins.
fn periods(prices: &Json, model: &mut Model, blank: &Blank<'_>, notes: &mut Notes<'_>) {
    if prices.items().is_empty() {
        return model.cards.extend(card(sheet(prices, notes), Selectors::default(), None, blank, notes));
    }
    for entry in prices.items() {
        let read = sheet(entry.get("prices").unwrap_or(&Json::Null), notes);
        let constraint = entry.get("constraint").filter(|node| !node.entries().is_empty());
        let start =
            constraint.and_then(|node| node.get("start_date")).and_then(Json::text).and_then(|d| d.parse().ok());
        match (constraint, start) {
            (None, _) => {
                model.cards.clear();
                model.cards.extend(card(read, Selectors::default(), None, blank, notes));
            }
            (Some(_), Some(from)) => begin(from, card(read, Selectors::default(), Some(from), blank, notes), model),
            (Some(node), None) => match window(node) {
                Some(window) => hourly(
                    card(read, Selectors { windows: vec![window], ..Selectors::default() }, None, blank, notes),
                    model,
                ),
                None => {
                    notes.add(Kind::LeftOut, "constraint", node.shown(), "neither a first day nor hours of the day")
                }
            },
        }
    }
}

/// A period that wins over all before it from its day on.
fn begin(from: Date, card: Option<Card>, model: &mut Model) {
    model.cards.retain(|earlier| earlier.from.is_none_or(|known| known < from));
    for earlier in model.cards.iter_mut().filter(|card| !card.when.windows.is_empty()) {
        earlier.until = earlier.until.or(Some(from));
    }
    model.cards.extend(card);
}

/// Hours with prices of their own; the same prices at other hours are one card.
fn hourly(card: Option<Card>, model: &mut Model) {
    let Some(card) = card else { return };
    match model.cards.iter_mut().find(|known| !known.when.windows.is_empty() && known.rates == card.rates) {
        Some(known) => {
            let hours = card.when.windows.into_iter().flat_map(|window| window.hours);
            if let Some(window) = known.when.windows.first_mut() {
                window.hours.extend(hours);
            }
        }
        None => model.cards.push(card),
    }
}

/// `{start_time: "01:00:00+00:00", end_time: "04:00:00+00:00"}`
fn window(node: &Json) -> Option<Window> {
    let clock = |key: &str| -> Option<(String, String)> {
        let text = node.get(key)?.text()?;
        let (time, zone) = (text.get(..5)?, text.get(8..)?);
        (text.get(5..8)? == ":00").then(|| (time.to_owned(), zone.to_owned()))
    };
    let ((from, zone), (to, other)) = (clock("start_time")?, clock("end_time")?);
    let zone = if matches!(zone.as_str(), "+00:00" | "Z") { Some(Zone::utc()) } else { Zone::named(&zone) };
    let hours = Hours::parse(&format!("{from}-{to}"))?;
    let same = node.get("start_time")?.text()?.get(8..)? == other;
    Some(Window { zone: zone.filter(|_| same)?, days_zone: None, days: [true; 7], hours: vec![hours] })
}

fn card(
    mut sheet: Sheet,
    when: Selectors,
    from: Option<Date>,
    blank: &Blank<'_>,
    notes: &mut Notes<'_>,
) -> Option<Card> {
    for component in sheet.components().into_iter().filter(|component| sheet.is_zero(component)).collect::<Vec<_>>() {
        if !matches!(component, Component::Input | Component::Output) {
            notes.add(Kind::ReadAs, component.to_string(), "0", "no price");
            sheet.remove(&component);
        }
    }
    let rates = sheet.rates(notes);
    let source = Some(blank.source_name.to_owned());
    (!rates.is_empty()).then(|| Card { when, from, source, ..Card::undated(rates, &blank.place) })
}

/// The prices of one object.
fn sheet(prices: &Json, notes: &mut Notes<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    for (key, value) in prices.entries() {
        price(key, value, &mut sheet, notes);
    }
    sheet
}

fn price(key: &str, value: &Json, sheet: &mut Sheet, notes: &mut Notes<'_>) {
    let Some((_, component, per)) = COMPONENTS.iter().find(|(known, ..)| *known == key) else {
        return notes.add(Kind::LeftOut, key, value.shown(), "there is no component for it");
    };
    let component = match key {
        "cache_write_1h_mtok" => Component::CacheWrite("1h".to_owned()),
        _ => component.clone(),
    };
    let mut amount = |node: &Json| -> Option<Exact> {
        let text = node.scalar()?;
        noted(decimal(text), key, text, notes)?.checked_div(&Exact::from(*per))
    };
    let base = if value.scalar().is_some() { Some(value) } else { value.get("base") };
    let Some(usd) = base.and_then(&mut amount) else { return };
    let tiers: Vec<(u64, Exact)> = value
        .get("tiers")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|tier| Some((tier.get("start")?.scalar()?.parse().ok()?, amount(tier.get("price")?)?)))
        .collect();
    if value.get("tiers").is_some_and(|all| all.items().len() != tiers.len()) {
        return notes.add(Kind::LeftOut, key, value.shown(), "its tiers cannot be read");
    }
    sheet.set(component.clone(), None, usd, key);
    for (start, usd) in tiers {
        // More than 199,999 tokens are 200,000 or more.
        let tier = if start % 100_000 == 99_999 { (start.saturating_add(1), Test::Ge) } else { (start, Test::Gt) };
        sheet.set(component.clone(), Some(tier), usd, key);
    }
}

/// A variant: the day it begins on, if any, and the keys it replaces.
type Variant<'a> = (Option<Date>, &'a [(String, Json)]);

fn variants(entry: &Json, model: &mut Model, blank: &Blank<'_>, notes: &mut Notes<'_>) {
    let mut uses: Vec<(Selectors, Vec<Variant<'_>>)> = Vec::new();
    for variant in entry.get("price_variants").map(Json::items).unwrap_or_default() {
        let prices = variant.get("prices").map(Json::entries).unwrap_or_default();
        if prices.is_empty() {
            continue;
        }
        let Some(when) = variant.get("when").and_then(selectors) else {
            let when = variant.get("when").map(Json::shown).unwrap_or_default();
            notes.add(Kind::LeftOut, "price_variants", when, "not a mode, a speed or a route");
            continue;
        };
        let start = variant.get("constraint").and_then(|node| node.get("start_date")).and_then(Json::text);
        let start = start.and_then(|date| date.parse().ok());
        match uses.iter_mut().find(|(known, _)| *known == when) {
            Some((_, all)) => all.push((start, prices)),
            None => uses.push((when, vec![(start, prices)])),
        }
    }
    for (when, all) in uses {
        let mut days: Vec<Option<Date>> = all.iter().map(|(start, _)| *start).collect();
        days.sort();
        days.dedup();
        for (index, day) in days.iter().enumerate() {
            let mut keys: BTreeMap<&str, &Json> = BTreeMap::new();
            for (_, prices) in all.iter().filter(|(start, _)| start <= day) {
                for (key, value) in *prices {
                    keys.entry(key).or_insert(value);
                }
            }
            let mut sheet = Sheet::default();
            for (key, value) in keys {
                price(key, value, &mut sheet, notes);
            }
            let (from, verified) = if index == 0 { begun(*day, model) } else { (*day, None) };
            let read = card(sheet, when.clone(), from, blank, notes);
            model.cards.extend(read.map(|card| Card { verified, ..card }));
        }
    }
}

/// When the first variant of a use began, and when somebody looked: a day on which no price began is a look, and what
/// was seen then is as old as the price beside it.
fn begun(day: Option<Date>, model: &Model) -> (Option<Date>, Option<Date>) {
    let Some(day) = day else { return (None, None) };
    let periods = || model.cards.iter().filter(|card| card.when.is_empty()).map(|card| card.from);
    if periods().any(|from| from == Some(day)) {
        return (Some(day), None);
    }
    let since = periods().filter(|from| from.is_none_or(|from| from < day)).max().flatten();
    (since, Some(day))
}

fn selectors(when: &Json) -> Option<Selectors> {
    let [(key, value)] = when.entries() else { return None };
    let value = value.text()?.to_owned();
    match key.as_str() {
        "processing" | "service_tier" | "speed" => Some(Selectors::mode(&value)),
        "route" => Some(Selectors { route: Some(value), ..Selectors::default() }),
        _ => None,
    }
}
