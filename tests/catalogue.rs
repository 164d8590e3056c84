//! The embedded price lists: dates, tiers, batch cards, names, against figures read off the published lists by hand.

use llmcost::pricing::{self, Ask, Book, Component, Lookup, Moment};
use llmcost::units::Exact;

use crate::support::{report, try_report};

/// USD per 1M tokens of a request of `input` tokens on `model` at `date`, as (input, output); `none` for a model that
/// writes nothing.
fn prices(model: &str, date: &str, input: u64, batch: bool) -> (String, String) {
    let lever = if batch { ", batch: 100%" } else { "" };
    let scenario = format!(
        "llmcost: 1\nprices: {{as_of: {date}}}\nworkload: {{requests: 1/day, input: {input}, output: 1000}}\nstrategies:\n  a: {{model: '{model}'{lever}}}\n"
    );
    let report = try_report(&scenario).unwrap_or_else(|_| report(&scenario.replace("output: 1000", "output: 0")));
    let price = |component: &str| {
        let line = report.strategies[0].lines.iter().find(|line| line.component == component);
        line.map_or_else(|| "none".to_owned(), |line| line.unit_price.to_string())
    };
    (price("input"), price("output"))
}

fn pair(input: &str, output: &str) -> (String, String) {
    (input.to_owned(), output.to_owned())
}

#[test]
fn prices_follow_their_dates() {
    for (model, date, input, output) in [
        ("gpt-4o", "2024-09-01", "5", "15"),
        ("gpt-4o", "2026-11-23", "2.5", "10"),
        ("gpt-4o-2024-05-13", "2026-11-23", "5", "15"),
        ("o3", "2025-06-09", "10", "40"),
        ("o3", "2025-06-10", "2", "8"),
        ("gemini-4-argon", "2026-11-30", "2", "10"),
        ("gemini-4-argon", "2026-12-01", "4", "20"),
        ("gemini-3.8-flash", "2026-12-31", "0.75", "3.75"),
        ("gemini-3.8-flash", "2027-01-01", "1.5", "7.5"),
        ("gemini-1.5-pro", "2024-09-01", "3.5", "10.5"),
        ("gemini-1.5-pro", "2025-01-01", "1.25", "5"),
        ("claude-3-5-haiku", "2024-11-16", "1", "5"),
        ("claude-3-5-haiku", "2025-02-11", "0.8", "4"),
    ] {
        assert_eq!(prices(model, date, 1000, false), pair(input, output), "{model} on {date}");
    }
}

#[test]
fn tiers_start_where_their_test_says() {
    for (model, input, expected) in [
        ("claude-haiku-5-5", 100_000, pair("0.1", "0.5")),
        ("claude-haiku-5-5", 100_001, pair("0.5", "2.5")),
        ("gpt-5.5", 272_000, pair("5", "30")),
        ("gpt-5.5", 272_001, pair("10", "45")),
        ("grok-4.5", 199_999, pair("2", "6")),
        ("grok-4.5", 200_000, pair("4", "12")),
        ("gemini-2.5-pro", 200_001, pair("2.5", "15")),
        ("qwen3-max", 32_000, pair("1.2", "6")),
        ("qwen3-max", 32_001, pair("2.4", "12")),
        ("qwen3-max", 128_001, pair("3", "15")),
    ] {
        assert_eq!(prices(model, "2026-11-23", input, false), expected, "{model} at {input}");
    }
}

#[test]
fn batch_prices_are_the_models_own() {
    for (model, input, expected) in [
        ("gpt-4o", 1000, pair("1.25", "5")),
        ("gpt-5.5", 272_001, pair("5", "22.5")),
        // xAI takes 20% off, not half.
        ("grok-4.3", 1000, pair("1", "2")),
        ("claude-opus-5-5", 1000, pair("2", "10")),
    ] {
        assert_eq!(prices(model, "2026-11-23", input, true), expected, "{model}");
    }
}

#[test]
fn names_resolve_exactly_or_not_at_all() {
    for (name, id) in [
        ("openai/gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("gemini/gemini-2.5-pro", "gemini-2.5-pro"),
        ("gpt-4", "gpt-4"),
        ("anthropic/claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "us.anthropic.claude-opus-4-5-20251101-v1:0"),
        ("azure/eu/gpt-4o-2024-08-06", "azure/eu/gpt-4o-2024-08-06"),
        ("openrouter/deepseek/deepseek-chat", "openrouter/deepseek/deepseek-chat"),
        ("groq/openai/gpt-oss-120b", "openai/gpt-oss-120b"),
        ("openai/gpt-oss-120b", "openai/gpt-oss-120b"),
    ] {
        let scenario = format!(
            "llmcost: 1\nprices: {{as_of: 2025-10-01}}\nworkload: {{requests: 1/day, input: 10, output: 10}}\nstrategies:\n  a: {{model: '{name}'}}\n"
        );
        let is_of_then = ["gpt-4o", "claude-3-5-sonnet", "gemini-2.5-pro"].contains(&id);
        let scenario = if is_of_then { scenario } else { scenario.replace("2025-10-01", "2026-11-23") };
        assert_eq!(report(&scenario).strategies[0].usage[0].model, id, "{name}");
    }
    for name in ["gpt-4-", "4o", "GPT-4O", "gpt-4o ", "anthropic/gpt-4o", "opus", "claude"] {
        let scenario = format!(
            "llmcost: 1\nworkload: {{requests: 1/day, input: 10, output: 10}}\nstrategies:\n  a: {{model: '{name}'}}\n"
        );
        assert!(try_report(&scenario).is_err(), "{name}");
    }
}

#[test]
fn warnings_name_retirement_and_announced_changes() {
    let codes = |model: &str| {
        let scenario = format!(
            "llmcost: 1\nprices: {{as_of: 2026-11-23}}\nworkload: {{requests: 1/day, input: 10, output: 10}}\nstrategies:\n  a: {{model: {model}}}\n"
        );
        report(&scenario).strategies[0]
            .warnings
            .iter()
            .map(|warning| (warning.code.clone(), warning.message.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("gemini-1.5-pro")[0].0, "retired-model");
    let (code, message) = codes("gemini-4-argon").into_iter().next().unwrap();
    assert_eq!(code, "price-changes-soon");
    assert!(message.contains("2026-12-01, in 8 days: input $2 to $4, output $10 to $20"), "{message}");
    assert!(codes("gpt-4o").is_empty());
}

/// The seven models of the 2025 cost guide by its own table, by today's list, and by the prices of 2024-09-01.
#[test]
fn the_guide_has_three_answers_and_each_says_why() {
    let models = [
        // model, guide-2025, 2026-11-23, 2024-09-01; USD a day for a million requests of 500 in and 200 out
        ("gpt-4o", "3250", "3250", "5500"),
        ("claude-3.5-sonnet", "4500", "4500", "4500"),
        ("gemini-1.5-pro", "3850", "1625", "3850"),
        ("gpt-4o-mini", "195", "195", "195"),
        ("gemini-1.5-flash", "97.5", "97.5", "97.5"),
        ("gpt-3.5-turbo", "550", "550", "550"),
        // The guide has the price of Claude 3 Haiku here, and in 2024-09 there was no such model.
        ("claude-3.5-haiku", "375", "1200", ""),
    ];
    let workload = "llmcost: 1\nworkload: {requests: 1M/day, input: 500, output: 200}\n";
    for (index, prices) in ["{catalog: [guide-2025]}", "{as_of: 2026-11-23}", "{as_of: 2024-09-01}"].iter().enumerate()
    {
        let expected = models.map(|(name, guide, today, then)| (name, [guide, today, then][index]));
        let known: Vec<_> = expected.iter().filter(|(_, usd)| !usd.is_empty()).collect();
        let strategies: String = known.iter().map(|(name, _)| format!("  {name}: {{model: {name}}}\n")).collect();
        let report = report(&format!("{workload}prices: {prices}\nstrategies:\n{strategies}"));
        for (strategy, (name, usd)) in report.strategies.iter().zip(known) {
            assert_eq!(strategy.cost.per_day.to_string(), *usd, "{name} with {prices}");
        }
        let mut codes: Vec<_> = report
            .strategies
            .iter()
            .flat_map(|s| s.warnings.iter().map(|w| (s.name.as_str(), w.code.as_ref())))
            .collect();
        codes.retain(|(_, code)| ["retired-model", "price-changes-soon"].contains(code));
        let retired = |name| (name, "retired-model");
        let said = match index {
            0 => vec![],
            1 => ["claude-3.5-sonnet", "gemini-1.5-pro", "gemini-1.5-flash", "gpt-3.5-turbo", "claude-3.5-haiku"]
                .map(retired)
                .to_vec(),
            _ => vec![("gpt-4o", "price-changes-soon"), ("gemini-1.5-pro", "price-changes-soon")],
        };
        assert_eq!(codes, said, "{prices}");
    }
    let early = format!("{workload}prices: {{as_of: 2024-09-01}}\nstrategies: {{a: {{model: claude-3.5-haiku}}}}\n");
    let problems = try_report(&early).unwrap_err();
    assert!(problems.iter().any(|problem| problem.message.contains("its first price is of 2024-")), "{problems:?}");
}

#[test]
fn a_mean_near_a_tier_is_pointed_out() {
    let codes = |input: u64| {
        let scenario = format!(
            "llmcost: 1\nworkload: {{requests: 1/day, input: {input}, output: 10}}\nstrategies:\n  a: {{model: claude-haiku-5-5}}\n"
        );
        report(&scenario).strategies[0].warnings.iter().map(|warning| warning.code.clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(90_000), ["mean-tier"]);
    assert_eq!(codes(10_000), Vec::<&str>::new());
    assert!(codes(2_000_000).contains(&"exceeds-context".into()));
}

/// Every row of the side-by-side table of two public price lists: the model is there, and its prices at that date are
/// those of one of the two, in every column that either states.
#[test]
fn every_flagship_model_has_the_prices_of_a_source() {
    let path = crate::support::root().join("../shared/data/pricing/flagship-2026-11-23.csv");
    let Ok(mut table) = csv::Reader::from_path(&path) else {
        crate::support::skipped("the side-by-side table of prices is not beside the project");
        return;
    };
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let mut rows = 0;
    for row in table.records().map(Result::unwrap) {
        let label = row[0].split(" (").next().unwrap().to_owned();
        let names = [label, row[column("genai_id")].to_owned(), row[column("litellm_key")].to_owned()];
        let known = names.iter().filter(|name| !name.is_empty()).find(|name| knows(name));
        let name = known.unwrap_or_else(|| panic!("no model for {names:?}"));
        for (kind, batch) in [("", false), ("batch_", true)] {
            let stated = |list: &str, what: &str| row[column(&format!("{list}_{kind}{what}"))].to_owned();
            let inputs = [stated("L", "in"), stated("G", "in")];
            let outputs = [stated("L", "out"), stated("G", "out")];
            if inputs.iter().all(String::is_empty) {
                continue;
            }
            let (input, output) = listed(name, "2026-11-23", 1000, batch);
            assert!(inputs.contains(&input), "{name} {kind}input {input}, not {inputs:?}");
            assert!(outputs.contains(&output) || output == "none", "{name} {kind}output {output}, not {outputs:?}");
        }
        rows += 1;
    }
    assert_eq!(rows, 88);
}

/// As [`prices`], straight from the list: at no certain hour of the day.
fn listed(name: &str, date: &str, input: u64, batch: bool) -> (String, String) {
    let book = Book::new(vec![pricing::embedded_list(pricing::DEFAULT_LIST).unwrap()]);
    let at = Moment::parse(date).unwrap();
    let Lookup::Found(model) = book.find(name, at.date) else { panic!("{name}") };
    let price = |component: Component| {
        let ask = Ask { component: &component, mode: batch.then_some("batch"), input: &Exact::from(input), at };
        let quote = model.quote(&ask).ok().filter(|quote| quote.component == component);
        quote.map_or_else(|| "none".to_owned(), |quote| (&quote.price() * &Exact::from(1_000_000)).to_string())
    };
    (price(Component::Input), price(Component::Output))
}

fn knows(name: &str) -> bool {
    let scenario = format!(
        "llmcost: 1\nprices: {{as_of: 2026-11-23}}\nworkload: {{requests: 1/day, input: 10, output: 0}}\nstrategies:\n  a: {{model: '{name}'}}\n"
    );
    try_report(&scenario).is_ok()
}
