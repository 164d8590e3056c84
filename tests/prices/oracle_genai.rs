//! Every model that is imported from the data of genai-prices against a second, plain reading of that file: at every
//! day on which something begins and the day before, in and out of daily hours, around every tier, in every variant.

use llmcost::pricing::import::Upstream;
use llmcost::pricing::{Date, Model, Moment, Usage};
use num_traits::Zero;
use serde_json::Value;

use super::super::exact::Q;
use super::raw::{beside, decimal, least, whole};
use super::{cost, imported};

const FILE: &str = "genai-prices-0.2.3.json";

/// When an entry with a constraint is active.
fn active(entry: &Value, at: Moment) -> bool {
    let Some(constraint) = entry.get("constraint").filter(|c| c.as_object().is_some_and(|c| !c.is_empty())) else {
        return true;
    };
    if let Some(day) = constraint["start_date"].as_str() {
        return day.parse::<Date>().unwrap() <= at.date;
    }
    let Some(second) = at.second else { return false };
    let minute = |key: &str| {
        let text = constraint[key].as_str().unwrap();
        assert!(text.ends_with(":00+00:00"), "{text}");
        text[0..2].parse::<i64>().unwrap() * 60 + text[3..5].parse::<i64>().unwrap()
    };
    let now = second.rem_euclid(86_400) / 60;
    (minute("start_time")..minute("end_time")).contains(&now)
}

/// The prices in force: of a list, the last that is active.
fn standard(model: &Value, at: Moment) -> Option<&Value> {
    match &model["prices"] {
        Value::Array(entries) => entries.iter().rfind(|entry| active(entry, at)).map(|entry| &entry["prices"]),
        prices => Some(prices),
    }
}

/// The key of a variant: the first that is active and names it.
fn variant<'a>(model: &'a Value, when: &Value, key: &str, at: Moment) -> Option<&'a Value> {
    let variants = model["price_variants"].as_array()?.iter();
    variants.filter(|v| v["when"] == *when && active(v, at)).find_map(|v| v["prices"].get(key))
}

fn amount(price: &Value, per: u64, input: u64) -> Q {
    let base = price.as_str().or_else(|| price["base"].as_str()).unwrap();
    let mut usd = decimal(base);
    for tier in price["tiers"].as_array().into_iter().flatten() {
        let start = tier["start"].as_u64().unwrap_or_else(|| tier["start"].as_str().unwrap().parse().unwrap());
        if input > start {
            usd = decimal(tier["price"].as_str().unwrap());
        }
    }
    usd / whole(per)
}

/// Dollars for a request by the rules that the manual states; `None` where it has no price.
fn expected(model: &Value, usage: &Usage, when: Option<&Value>, at: Moment) -> Option<Q> {
    let prices = standard(model, at)?;
    let n = usage.input;
    let per_token = |key: &str| -> Option<Q> {
        let own = when.and_then(|when| variant(model, when, key, at));
        Some(amount(own.or_else(|| prices.get(key))?, 1_000_000, n))
            .filter(|usd| !usd.is_zero() || key.starts_with("input"))
    };
    let own_read = when.and_then(|when| variant(model, when, "cache_read_mtok", at)).is_some();
    let own_input = when.and_then(|when| variant(model, when, "input_mtok", at)).is_some();
    let input = per_token("input_mtok");
    let read = match per_token("cache_read_mtok") {
        None => input.clone(),
        // Cached tokens of a mode without a cached price never cost more than fresh ones.
        Some(read) if when.is_some() && !own_read && own_input => Some(least(read, input.clone()?)),
        read => read,
    };
    let (five, hour) = (per_token("cache_write_mtok"), per_token("cache_write_1h_mtok"));
    let mut sum = match prices.get("requests_kcount") {
        Some(price) => amount(price, 1000, n),
        None => Q::zero(),
    };
    let mut pay = |tokens: u64, price: Option<Q>| -> Option<()> {
        if tokens > 0 {
            sum += price? * whole(tokens);
        }
        Some(())
    };
    let all_written: u64 = usage.written.iter().map(|(_, tokens)| tokens).sum();
    pay(n - usage.cached - all_written, input.clone())?;
    pay(usage.cached, read)?;
    for (lifetime, tokens) in &usage.written {
        let price = match (lifetime.as_str(), &five, &hour) {
            (_, None, None) => input.clone(),
            ("", Some(five), _) => Some(five.clone()),
            (_, _, hour) => hour.clone(),
        };
        pay(*tokens, price)?;
    }
    pay(usage.output, per_token("output_mtok"))?;
    Some(sum)
}

/// Moments at which something changes, and those around them.
fn moments(model: &Value) -> Vec<Moment> {
    let mut found = vec![Moment::parse("2026-11-23").unwrap()];
    let entries = ["prices", "price_variants"].into_iter().filter_map(|key| model[key].as_array()).flatten();
    for entry in entries {
        if let Some(day) = entry["constraint"]["start_date"].as_str() {
            let day: Date = day.parse().unwrap();
            found.extend([Moment::day(day), Moment::day(day.yesterday().unwrap())]);
        }
        for key in ["start_time", "end_time"] {
            if let Some(time) = entry["constraint"][key].as_str() {
                let at = format!("2026-11-21T{}", &time[..8]);
                let second = format!("{at}Z").parse::<jiff::Timestamp>().unwrap();
                found.extend([second, second - jiff::SignedDuration::from_secs(1)].map(Moment::at));
            }
        }
    }
    found
}

fn requests(model: &Value) -> Vec<Usage> {
    let mut lengths = vec![0, 1, 1000, 1_000_000_000_000_000u64];
    let text = model.to_string();
    for part in text.split("\"start\":").skip(1) {
        let start: u64 = part.trim_matches('"').split(['"', ',', '}']).next().unwrap().parse().unwrap();
        lengths.extend([start, start + 1, start + 2]);
    }
    lengths.sort_unstable();
    lengths.dedup();
    let answers = if text.contains("output_mtok") { vec![0, 777] } else { vec![0] };
    let mut found = Vec::new();
    for input in lengths {
        let part = input / 4;
        for (cached, written, hour) in [(0, 0, 0), (part, 0, 0), (input, 0, 0), (part, part, 0), (part, 0, part)] {
            for output in &answers {
                let written = [(String::new(), written), ("1h".to_owned(), hour)];
                let written = written.into_iter().filter(|(_, tokens)| *tokens > 0).collect();
                found.push(Usage { input, cached, written, output: *output, ..Usage::default() });
            }
        }
    }
    found
}

/// Compares all requests of a file; how many models and requests agree.
pub fn compare(text: &str) -> (usize, usize) {
    let models = imported(Upstream::GenaiPrices, text);
    let providers: Value = serde_json::from_str(text).unwrap();
    let (mut seen, mut compared) = (0, 0);
    for provider in providers.as_array().unwrap() {
        for raw in provider["models"].as_array().unwrap() {
            let id = format!("{}/{}", provider["id"].as_str().unwrap(), raw["id"].as_str().unwrap());
            let Some(model) = models.iter().find(|model| model.id == id) else { continue };
            if model.free || !raw["prices"].to_string().contains("input_mtok") {
                continue;
            }
            seen += 1;
            compared += against(model, raw);
        }
    }
    (seen, compared)
}

fn against(model: &Model, raw: &Value) -> usize {
    let mut compared = 0;
    let mut uses = vec![(None, None)];
    for variant in raw["price_variants"].as_array().into_iter().flatten() {
        let when = &variant["when"];
        let mode = ["processing", "service_tier", "speed"].iter().find_map(|key| when[*key].as_str());
        if let Some(mode) = mode.filter(|_| variant["prices"].as_object().is_some_and(|p| !p.is_empty()))
            && !uses.iter().any(|(known, _)| *known == Some(when))
        {
            uses.push((Some(when), Some(mode)));
        }
    }
    for (when, mode) in uses {
        for at in moments(raw) {
            let begun = |when: &Value| {
                raw["price_variants"].as_array().unwrap().iter().any(|v| v["when"] == *when && active(v, at))
            };
            if when.is_some_and(|when| !begun(when)) {
                continue;
            }
            for usage in requests(raw) {
                let ours = cost(model, &usage, mode, &at.to_string()).ok().map(|usd| decimal(&usd));
                let expected = expected(raw, &usage, when, at);
                assert_eq!(ours, expected, "{} {mode:?} {at} {usage:?}", model.id);
                compared += 1;
            }
        }
    }
    compared
}

#[test]
fn every_imported_model_costs_what_the_data_says() {
    let Some(text) = beside(FILE) else {
        return crate::support::skipped("the data of genai-prices is not beside the project");
    };
    let (models, requests) = compare(&text);
    assert!(models > 2000 && requests > 100_000, "{models} models, {requests} requests");
}

#[test]
fn a_small_file_in_every_form_costs_what_it_says() {
    let (models, requests) = compare(super::import::GENAI);
    assert!(models >= 3 && requests > 200, "{models} models, {requests} requests");
}
