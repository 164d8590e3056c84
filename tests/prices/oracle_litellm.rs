//! Every model that is imported from LiteLLM's file against a second, plain reading of that file: requests at, below and
//! above every tier, with cached reads and writes, in batch, of nothing and of 10^15 tokens.

use std::collections::BTreeMap;

use llmcost::pricing::import::Upstream;
use llmcost::pricing::{Model, Usage};
use num_traits::Zero;
use serde_json::value::RawValue;

use super::super::exact::{Q, agrees};
use super::raw::{Entries, beside, decimal, least, stated, whole};
use super::{cost, imported};

type Entry = BTreeMap<String, Box<RawValue>>;

const FILE: &str = "litellm-1.109.1-model_prices_and_context_window.json";

/// What one entry says.
struct Oracle<'a> {
    entry: &'a Entry,
    /// A prompt of exactly the threshold counts as long.
    ge: bool,
    /// `(above, field, price)` of `tiered_pricing`, which goes before the flat fields.
    ranges: Vec<(u64, String, Q)>,
    /// Every threshold that a field names.
    thresholds: Vec<u64>,
    is_embedding: bool,
}

impl<'a> Oracle<'a> {
    fn of(entry: &'a Entry) -> Self {
        let text = |key: &str| entry.get(key).map(|raw| raw.get().trim_matches('"').to_owned());
        let table: Vec<BTreeMap<String, Box<RawValue>>> =
            entry.get("tiered_pricing").map(|raw| serde_json::from_str(raw.get()).unwrap()).unwrap_or_default();
        let mut ranges = Vec::new();
        for row in &table {
            let Some(range) = row.get("range") else { continue };
            let bounds: Vec<Box<RawValue>> = serde_json::from_str(range.get()).unwrap();
            let above: u64 = decimal(bounds[0].get()).to_integer().to_string().parse().unwrap();
            for (field, price) in row.iter().filter(|(field, _)| *field != "range") {
                ranges.push((above, field.clone(), decimal(price.get())));
            }
        }
        let is_embedding = matches!(text("mode").as_deref(), Some("embedding" | "rerank"));
        let thresholds = Self::thresholds(entry, &ranges);
        Self { entry, ge: text("litellm_provider").as_deref() == Some("xai"), ranges, thresholds, is_embedding }
    }

    fn thresholds(entry: &Entry, ranges: &[(u64, String, Q)]) -> Vec<u64> {
        let mut found: Vec<u64> = ranges.iter().map(|(above, ..)| *above).filter(|above| *above > 0).collect();
        for name in entry.keys() {
            if let Some((_, rest)) = name.split_once("_above_")
                && let Some((thousands, _)) = rest.split_once("k_tokens")
                && let Ok(thousands) = thousands.rsplit("_above_").next().unwrap().parse::<u64>()
            {
                found.push(thousands * 1000);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The price of a field in a prompt of `input` tokens; a threshold without a price below it is none.
    fn price(&self, base: &str, mode: &str, input: u64) -> Option<Q> {
        if mode.is_empty() && self.ranges.iter().any(|(_, field, _)| field == base) {
            let reached = |above: u64| above == 0 || if self.ge { input >= above } else { input > above };
            let known = self.ranges.iter().filter(|(above, field, _)| field == base && reached(*above));
            return known.max_by_key(|(above, ..)| *above).map(|(.., price)| price.clone());
        }
        let mut price = stated(self.entry, &format!("{base}{mode}"))?;
        for above in &self.thresholds {
            let reached = if self.ge { input >= *above } else { input > *above };
            let field = format!("{base}_above_{}k_tokens{mode}", above / 1000);
            if let Some(dearer) = stated(self.entry, &field).filter(|_| reached) {
                price = dearer;
            }
        }
        Some(price)
    }

    /// A cache price; zero says that there is none.
    fn cache(&self, base: &str, mode: &str, input: u64) -> Option<Q> {
        self.price(base, mode, input).filter(|price| !price.is_zero())
    }

    /// Dollars for a request, by the rules that the manual states; `None` where it has no price.
    fn cost(&self, usage: &Usage, mode: &str) -> Option<Q> {
        let n = usage.input;
        let or_standard = |base: &str| self.price(base, mode, n).or_else(|| self.price(base, "", n));
        let input = or_standard("input_cost_per_token");
        let read = self.cache("cache_read_input_token_cost", mode, n).or_else(|| {
            let standard = self.cache("cache_read_input_token_cost", "", n)?;
            match self.price("input_cost_per_token", mode, n) {
                Some(input) if !mode.is_empty() => Some(least(standard, input)),
                _ => Some(standard),
            }
        });
        let read = read.or_else(|| self.cache("input_cost_per_token_cache_hit", "", n)).or_else(|| input.clone());
        let lifetimes = ["", "_above_1hr", "_above_12hr"];
        let written = |lifetime: &str| {
            let base = format!("cache_creation_input_token_cost{lifetime}");
            self.cache(&base, mode, n).or_else(|| self.cache(&base, "", n))
        };
        let any = lifetimes.iter().any(|lifetime| written(lifetime).is_some());
        let mut sum = Q::zero();
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
            let price = match lifetime.as_str() {
                _ if !any => input.clone(),
                "" => written("").or_else(|| written("_above_1hr")).or_else(|| written("_above_12hr")),
                _ => written("_above_1hr"),
            };
            pay(*tokens, price)?;
        }
        pay(usage.output, if self.is_embedding { None } else { or_standard("output_cost_per_token") })?;
        Some(sum)
    }
}

/// Requests around every threshold.
fn requests(oracle: &Oracle<'_>, model: &Model) -> Vec<Usage> {
    let mut lengths = vec![0, 1, 1000, 1_000_000_000_000_000];
    for above in &oracle.thresholds {
        lengths.extend([above - 1, *above, above + 1]);
    }
    let answers = if oracle.is_embedding || model.cards[0].rates.len() == 1 { [0, 0] } else { [0, 777] };
    let mut found = Vec::new();
    for input in lengths {
        let part = input / 4;
        for (cached, written, hour) in [(0, 0, 0), (part, 0, 0), (input, 0, 0), (part, part, 0), (part, part, part)] {
            for output in answers {
                let written = [(String::new(), written), ("1h".to_owned(), hour)];
                let written = written.into_iter().filter(|(_, tokens)| *tokens > 0).collect();
                found.push(Usage { input, cached, written, output, ..Usage::default() });
            }
        }
    }
    found
}

/// Compares all requests of a file; how many models and requests agree.
pub fn compare(text: &str) -> (usize, usize) {
    let models = imported(Upstream::Litellm, text);
    let entries: Entries = serde_json::from_str(text).unwrap();
    let (mut seen, mut compared) = (0, 0);
    for model in &models {
        let oracle = Oracle::of(&entries[&model.id]);
        let has_tokens =
            ["input_cost_per_token", "output_cost_per_token"].iter().any(|f| oracle.price(f, "", 1).is_some());
        if !has_tokens || oracle.price("input_cost_per_token", "", 1).is_none() {
            continue;
        }
        // A price per request covers the tokens of a model that prices none.
        let per_request =
            ["input_cost_per_query", "input_cost_per_request"].iter().find_map(|f| stated(oracle.entry, f));
        if per_request.is_some() {
            continue;
        }
        seen += 1;
        for (mode, suffix) in
            [(None, ""), (Some("batch"), "_batches"), (Some("flex"), "_flex"), (Some("priority"), "_priority")]
        {
            let prices_mode = model.cards.iter().any(|card| card.when.mode.as_deref() == mode && mode.is_some());
            if mode.is_some() && !prices_mode {
                assert!(
                    cost(model, &Usage { input: 1, ..Usage::default() }, mode, "2026-11-23").is_err(),
                    "{}",
                    model.id
                );
                continue;
            }
            for usage in requests(&oracle, model) {
                let ours = cost(model, &usage, mode, "2026-11-23").ok().map(|usd| decimal(&usd));
                let expected = oracle.cost(&usage, suffix);
                let same = match (&ours, &expected) {
                    (Some(ours), Some(expected)) => agrees(ours, expected) && ours == expected,
                    (None, None) => true,
                    _ => false,
                };
                assert!(same, "{} {mode:?} {usage:?}: {ours:?}, expected {expected:?}", model.id);
                compared += 1;
            }
        }
    }
    (seen, compared)
}

#[test]
fn every_imported_model_costs_what_the_file_says() {
    let Some(text) = beside(FILE) else {
        return crate::support::skipped("LiteLLM's price map is not beside the project");
    };
    let (models, requests) = compare(&text);
    assert!(models > 3500 && requests > 150_000, "{models} models, {requests} requests");
}

#[test]
fn a_small_file_in_every_form_costs_what_it_says() {
    let (models, requests) = compare(super::import::LITELLM);
    assert!(models >= 5 && requests > 200, "{models} models, {requests} requests");
}
