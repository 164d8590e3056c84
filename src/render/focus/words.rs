//! What a line is called in the words of the specification.

use std::borrow::Cow;

use crate::report::{Charge, LineReport};
use crate::units::Exact;

/// Who sells what no price list has: the user runs it.
const OWN: &str = "Self-operated";

/// A cost per month whatever the traffic.
pub(super) fn is_fixed(line: &LineReport) -> bool {
    line.unit.ends_with("month")
}

/// What was used; what was promised or paid in advance settles it.
pub(super) fn is_usage(line: &LineReport) -> bool {
    line.lever != "commitment"
}

/// `Usage`; of a commitment what it takes or gives back.
pub(super) fn charge_category(line: &LineReport) -> &'static str {
    match (is_usage(line), line.per_day.is_negative()) {
        (true, _) => "Usage",
        (false, false) => "Adjustment",
        (false, true) => "Credit",
    }
}

/// The deployment that a line pays for.
pub(super) fn deployment(line: &LineReport) -> Option<&str> {
    (line.lever == "deployment").then_some(&*line.item)
}

pub(super) fn provider<'a>(line: &'a LineReport) -> Cow<'a, str> {
    Cow::Borrowed(line.provider.as_deref().unwrap_or(OWN))
}

/// `token` as `Tokens`, `replica_hour` as `Replica-Hours`, `gb_month` as `GB-Months`.
pub(super) fn plural(unit: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let word = |word: &str| if word == "gb" { "GB".to_owned() } else { capital(word) };
    format!("{}s", unit.split('_').map(word).collect::<Vec<_>>().join("-"))
}

/// `1000000 Tokens`; a month counts as one, whatever its days.
pub(super) fn pricing_unit(line: &LineReport) -> String {
    let unit = plural(&line.unit);
    if is_fixed(line) || line.per == Exact::ONE { unit } else { format!("{} {unit}", line.per) }
}

/// What is on the spot market is priced by the day; everything else at an agreed rate.
pub(super) fn pricing_category(line: &LineReport) -> &'static str {
    if deployment(line).is_some() && line.component == "spot" { "Dynamic" } else { "Standard" }
}

/// A kind of service: each name has one category.
pub(super) struct Service<'a> {
    pub name: Cow<'a, str>,
    pub category: &'static str,
    pub subcategory: &'static str,
}

pub(super) fn service(line: &LineReport) -> Service<'_> {
    let of = |name: Cow<'static, str>, category, subcategory| Service { name, category, subcategory };
    const AI: &str = "AI and Machine Learning";
    if let Some(provider) = &line.provider {
        return of(format!("{provider} models").into(), AI, "Generative AI");
    }
    match (line.lever.as_str(), line.unit.as_str()) {
        ("deployment", "unit_hour") => of("Provisioned throughput".into(), AI, "Generative AI"),
        ("deployment", "second") => of("Serverless GPU workers".into(), "Compute", "Serverless Compute"),
        ("deployment", _) => of("GPU replicas".into(), "Compute", "Virtual Machines"),
        ("retrieval", _) if line.item == "store" => of("Vector store".into(), "Databases", "Other (Databases)"),
        ("response_cache", _) => of("Response cache".into(), "Databases", "Caching"),
        (lever, _) => of(plural_free(lever).into(), AI, "Other (AI and Machine Learning)"),
    }
}

/// `prompt_compression` as `Prompt compression`.
fn plural_free(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is bought, whatever it costs: seller, thing, component.
pub(super) fn sku(line: &LineReport) -> String {
    match &line.provider {
        Some(provider) => format!("{provider}/{}/{}", line.item, line.component),
        None => format!("{}/{}/{}", line.lever, line.item, line.component),
    }
}

/// At which of its prices: mode and tier.
pub(super) fn sku_price(line: &LineReport) -> String {
    let tier = line.tier.as_ref().map_or_else(String::new, |tier| format!("/{tier}"));
    format!("{}/{}{tier}", sku(line), line.mode)
}

/// `Input tokens`
pub(super) fn meter(line: &LineReport) -> String {
    let what = plural_free(&line.component);
    if line.unit == "token" { format!("{what} tokens") } else { what }
}

/// Mode and tier as an object; nothing where both are the usual ones.
pub(super) fn price_details(line: &LineReport) -> String {
    let mut details = serde_json::Map::new();
    if line.mode != "standard" {
        details.insert("x_Mode".to_owned(), line.mode.as_str().into());
    }
    details.extend(line.tier.as_ref().map(|tier| ("x_PromptTokens".to_owned(), tier.as_str().into())));
    if details.is_empty() { String::new() } else { serde_json::Value::Object(details).to_string() }
}

/// `gpt-4o input, batch (route)`
pub(super) fn description(line: &LineReport) -> String {
    let mode = if line.mode == "standard" { String::new() } else { format!(", {}", line.mode) };
    let tier = line.tier.as_ref().map_or_else(String::new, |tier| format!(", prompts {tier} tokens"));
    format!("{} {}{mode}{tier} ({})", line.item, line.component.replace('_', " "), line.lever.replace('_', " "))
}

/// What most tools group by.
pub(super) fn tags(charge: &Charge<'_>) -> String {
    let pairs = [("llmcost/strategy", &charge.strategy.name), ("llmcost/lever", &charge.line.lever)];
    let object = pairs.into_iter().map(|(key, value)| (key.to_owned(), value.as_str().into())).collect();
    serde_json::Value::Object(object).to_string()
}
