//! A price list as text, in the form that people read and edit: what is read of it is what was written.

use std::fmt::Write as _;

use super::card::{Card, Model, Rate, Selectors, Test, Tier};
use super::window::{WEEKDAYS, Window};
use super::{Alias, CacheRules, Component, Date};
use crate::units::Exact;

/// What stands above the models.
#[derive(Clone, Default, Debug)]
pub struct Head {
    /// Lines of comment, without their `#`.
    pub comment: Vec<String>,
    /// The list's name.
    pub list: Option<String>,
    /// Who sells the models that do not say so.
    pub provider: Option<String>,
    /// The date of the list.
    pub listed: Option<Date>,
    /// Whether most thresholds count as long themselves.
    pub ge: bool,
}

/// A card longer than this takes a line for each key.
const LONGEST_LINE: usize = 120;

/// The list as text.
pub fn written(head: &Head, models: &[Model]) -> String {
    let mut out = String::new();
    for line in &head.comment {
        out.push_str(if line.is_empty() { "#" } else { "# " });
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("schema: 1\n");
    line(&mut out, "list", head.list.as_deref().map(text));
    line(&mut out, "provider", head.provider.as_deref().map(text));
    out.push_str("currency: USD\n");
    line(&mut out, "listed", head.listed.map(|date| date.to_string()));
    let test = if head.ge { Test::Ge } else { Test::Gt };
    line(&mut out, "defaults", Some(format!("{{tier_test: {}}}", if head.ge { "ge" } else { "gt" })));
    out.push_str("models:\n");
    for (index, model) in models.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&one(model, head.provider.as_deref(), test));
    }
    out
}

/// One model as it stands in the list of `provider`.
pub fn one(model: &Model, provider: Option<&str>, test: Test) -> String {
    let mut out = format!("  - id: {}\n", text(&model.id));
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "    {key}: {value}");
        }
    };
    add("provider", (provider != Some(model.provider.as_str())).then(|| text(&model.provider)));
    add("aliases", (!model.aliases.is_empty()).then(|| listed(model.aliases.iter().map(alias))));
    add("context", model.context.map(|n| n.to_string()));
    add("max_output", model.max_output.map(|n| n.to_string()));
    add("cache", cache(&model.cache));
    add("released", model.released.map(|date| date.to_string()));
    add("retires", model.retires.map(|date| date.to_string()));
    add("note", model.note.as_deref().map(text));
    add("free", model.free.then(|| "true".to_owned()));
    add("as_text", (!model.as_text.is_empty()).then(|| listed(model.as_text.iter().map(|medium| text(medium)))));
    let uplift = |uplift: &super::Uplift| {
        let applies = applies_to(&uplift.applies_to);
        format!("{{region: {}, factor: \"{}\"{applies}}}", text(&uplift.region), uplift.factor)
    };
    add("uplift", (!model.uplifts.is_empty()).then(|| listed(model.uplifts.iter().map(uplift))));
    let fallback = |fallback: &super::Fallback| {
        let applies = applies_to(&fallback.applies_to);
        format!("{}: {{factor: \"{}\"{applies}}}", text(&fallback.mode), fallback.factor)
    };
    let fallbacks: Vec<String> = model.fallbacks.iter().map(fallback).collect();
    add("fallback", (!fallbacks.is_empty()).then(|| format!("{{{}}}", fallbacks.join(", "))));
    let accepted =
        |known: &super::Accepted| format!("{{rule: {}, reason: {}}}", text(&known.rule), text(&known.reason));
    add("accept", (!model.accepted.is_empty()).then(|| listed(model.accepted.iter().map(accepted))));
    if !model.cards.is_empty() {
        out.push_str("    prices:\n");
        for known in &model.cards {
            out.push_str(&card(known, test));
        }
    }
    out
}

fn line(out: &mut String, key: &str, value: Option<String>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key}: {value}");
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn applies_to(components: &[Component]) -> String {
    if components.is_empty() {
        return String::new();
    }
    if components == Component::tokens() {
        return ", applies_to: tokens".to_owned();
    }
    format!(", applies_to: {}", listed(components.iter().map(|component| component.slug().to_owned())))
}

/// A word or sentence, in quotes where it could be read as something else.
fn text(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " _./+()-".contains(c);
    let harmless = value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.chars().all(plain)
        && !value.ends_with(' ')
        && !matches!(value, "null" | "Null" | "NULL");
    if harmless {
        return value.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn alias(alias: &Alias) -> String {
    let bounds = [("from", alias.from), ("until", alias.until)];
    let dates = bounds.iter().filter_map(|(key, date)| Some(format!(", {key}: {}", (*date)?)));
    let region = alias.region.iter().map(|region| format!(", region: {}", text(region)));
    let more: String = dates.chain(region).collect();
    if more.is_empty() { text(&alias.name) } else { format!("{{name: {}{more}}}", text(&alias.name)) }
}

fn cache(rules: &CacheRules) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(rules.min_tokens.map(|n| format!("min_tokens: {n}")));
    parts.extend(rules.step.map(|n| format!("step: {n}")));
    if !rules.ttls.is_empty() {
        parts.push(format!("ttls: [{}]", rules.ttls.join(", ")));
    }
    parts.extend(rules.stacks_with_batch.map(|stacks| format!("stacks_with_batch: {stacks}")));
    parts.extend(rules.creation.as_ref().map(|creation| format!("creation: {creation}")));
    (!parts.is_empty()).then(|| format!("{{{}}}", parts.join(", ")))
}

fn card(card: &Card, test: Test) -> String {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: Option<String>| parts.extend(value.map(|value| (key.to_owned(), value)));
    add("from", card.from.map(|date| date.to_string()));
    add("until", card.until.map(|date| date.to_string()));
    add("when", (!card.when.is_empty()).then(|| selectors(&card.when)));
    add("verified", card.verified.map(|date| date.to_string()));
    add("source", card.source.as_deref().map(text));
    add("agree", card.agree.map(|agree| agree.to_string()));
    let mut writes = Vec::new();
    for (component, known) in &card.rates {
        match component {
            Component::CacheWrite(lifetime) => writes.push((lifetime.as_str(), rate(component, known, test))),
            other => add(other.slug(), Some(rate(other, known, test))),
        }
    }
    match writes.as_slice() {
        [] => {}
        [("", only)] => add("cache_write", Some(only.clone())),
        several => {
            let lifetimes: Vec<String> = several
                .iter()
                .map(|(lifetime, rate)| format!("{}: {rate}", if lifetime.is_empty() { "default" } else { lifetime }))
                .collect();
            add("cache_write", Some(format!("{{{}}}", lifetimes.join(", "))));
        }
    }
    add("note", card.note.as_deref().map(text));
    let flow: Vec<String> = parts.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    let short = format!("      - {{{}}}\n", flow.join(", "));
    if short.chars().count() <= LONGEST_LINE {
        return short;
    }
    let lines = flow
        .iter()
        .enumerate()
        .map(|(index, part)| format!("{}{part}\n", if index == 0 { "      - " } else { "        " }));
    lines.collect()
}

fn selectors(when: &Selectors) -> String {
    let named = [("mode", &when.mode), ("region", &when.region), ("route", &when.route)];
    let mut parts: Vec<String> =
        named.iter().filter_map(|(key, value)| Some(format!("{key}: {}", text(value.as_deref()?)))).collect();
    match when.windows.as_slice() {
        [] => {}
        [only] => parts.push(format!("window: {}", window(only))),
        several => parts.push(format!("window: {}", listed(several.iter().map(window)))),
    }
    format!("{{{}}}", parts.join(", "))
}

fn window(window: &Window) -> String {
    let mut parts = vec![format!("tz: {}", text(window.zone.name()))];
    parts.extend(window.days_zone.as_ref().map(|zone| format!("days_tz: {}", text(zone.name()))));
    if window.days != [true; 7] {
        let days = WEEKDAYS.iter().zip(window.days).filter(|(_, holds)| *holds).map(|(name, _)| (*name).to_owned());
        parts.push(format!("days: {}", listed(days)));
    }
    parts.push(format!("hours: {}", listed(window.hours.iter().map(|hours| format!("\"{hours}\"")))));
    format!("{{{}}}", parts.join(", "))
}

/// The price of a component: bare where it is per the usual number of units and has no tiers.
fn rate(component: &Component, rate: &Rate, test: Test) -> String {
    let per = per(component, rate);
    let amount = |usd: &Exact| format!("\"{}\"", usd * &Exact::from(per));
    if rate.tiers.is_empty() && per == component.usual_per() {
        return amount(&rate.usd);
    }
    let mut parts = vec![format!("usd: {}", amount(&rate.usd))];
    if per != component.usual_per() {
        parts.push(format!("per: {per}"));
    }
    let tier = |tier: &Tier| {
        let own = if tier.test == test {
            ""
        } else if tier.test == Test::Ge {
            ", test: ge"
        } else {
            ", test: gt"
        };
        format!("{{above: {}{own}, usd: {}}}", tier.above, amount(&tier.usd))
    };
    if !rate.tiers.is_empty() {
        parts.push(format!("tiers: {}", listed(rate.tiers.iter().map(tier))));
    }
    format!("{{{}}}", parts.join(", "))
}

/// How many units the written price is for: the usual number; a thousand or a million where one unit costs little; a
/// multiple where that makes a finite decimal.
fn per(component: &Component, rate: &Rate) -> u64 {
    let usual = component.usual_per();
    let small = |limit: &Exact| rate.amounts().all(|usd| usd < limit);
    let least = match component {
        Component::Request | Component::WebSearch | Component::FileSearch | Component::ToolCall | Component::Page
            if Exact::ratio(1, 10).is_some_and(|limit| small(&limit)) =>
        {
            1000
        }
        Component::Character if Exact::ratio(1, 1000).is_some_and(|limit| small(&limit)) => 1_000_000,
        _ => usual,
    };
    let finite = |per: u64| rate.amounts().all(|usd| (usd * &Exact::from(per)).decimals().is_some());
    let multiples = (1..10_000).map(|n| least.saturating_mul(n));
    multiples.into_iter().find(|per| finite(*per)).unwrap_or(least)
}
