//! Every form of a price list that the manual shows is read, and what makes no sense is refused at its place.

use llmcost::pricing::{Component, Moment, Usage};

use super::{cost, found, list};
use crate::support::try_report;

/// One model with everything in it.
const FULL: &str = r#"schema: 1
provider: openai
currency: USD
listed: 2026-11-23
defaults: {tier_test: gt}
models:
  - id: gpt-x
    aliases: [gpt-x-plain, {name: gpt-x-2026-03-05}, {name: house-default, from: 2026-06-01, until: 2026-12-01}, {name: gpt-x-eu, region: eu}]
    context: 1050000
    max_output: 128000
    cache: {min_tokens: 1024, step: 128, ttls: [5m], stacks_with_batch: true, creation: input}
    released: 2026-03-05
    retires: 2027-03-05
    note: a model
    as_text: [image]
    accept: [{rule: decimal-shift, reason: a real cut}]
    prices:
      - from: 2026-03-05
        verified: 2026-10-12
        source: vendor price page
        agree: true
        input:       {usd: "2.5",  tiers: [{above: 272000, usd: "5"}]}
        output:      {usd: "15",   tiers: [{above: 272000, usd: "22.5", test: ge}]}
        cache_read:  {usd: "0.25", tiers: [{above: 272000, usd: "0.5"}]}
        cache_write: {5m: "3.125", 1h: "5"}
        cache_storage: "0.50"
        reasoning: "20"
        web_search:  {usd: "10", per: 1000}
        file_search: {usd: "2.5", per: 1000}
        tool_call: "0.03"
        input_audio: "40"
        output_audio: "80"
        cache_read_audio: "2.5"
        page: {usd: "1.5", per: 1000}
        character: {usd: "15", per: 1000000}
        image: "0.04"
        second: "0.0001"
        hour: "0.36"
        training: "25"
        unit: "1"
        request: "0"
      - from: 2026-03-05
        when: {mode: batch}
        source: vendor price page
        input:       {usd: "1.25", tiers: [{above: 272000, usd: "2.5"}]}
        cache_read:  {usd: "0.13", tiers: [{above: 272000, usd: "0.25"}]}
        output:      {usd: "7.5",  tiers: [{above: 272000, usd: "11.25"}]}
      - from: 2026-03-05
        when: {region: jp, mode: batch}
        source: vendor price page
        input: "3"
      - from: 2026-03-05
        when: {window: {tz: UTC, days: [mon, tue, wed, thu, fri], hours: ["22:00-06:00"]}}
        source: vendor price page
        input: "2"
      - {from: 2027-01-01, source: announced, input: "2", output: "12"}
    uplift: [{region: eu, factor: "1.1", applies_to: all}, {region: us, factor: "1.05", applies_to: tokens}]
    fallback: {flex: {factor: "0.5", applies_to: [input, output]}, fast: {factor: "2"}}
"#;

#[test]
fn the_whole_form_is_read() {
    let model = found(list(FULL), "house-default", "2026-11-23");
    assert_eq!(model.cards.len(), 5);
    assert_eq!(model.cache.ttls, ["5m"]);
    assert_eq!(model.modes(), ["batch", "fast", "flex"]);
    let million = Usage { input: 100_000, cached: 50_000, output: 10_000, ..Usage::default() };
    let at = |mode, at| cost(&model, &million, mode, at).unwrap();
    assert_eq!(at(None, "2026-11-23"), "0.2875");
    assert_eq!(at(Some("batch"), "2026-11-23"), "0.144");
    // The window has an input price only, the rest is standard.
    assert_eq!(at(None, "2026-11-23T23:00Z"), "0.2625");
    assert_eq!(at(Some("flex"), "2026-11-23"), "0.15");
    assert_eq!(at(Some("fast"), "2026-11-23"), "0.575");
    let eu = found(list(FULL), "gpt-x-eu", "2026-11-23");
    assert_eq!(cost(&eu, &million, None, "2026-11-23").unwrap(), "0.31625");
    // 10 searches, 100 pages, 6 hours of a million cached tokens.
    let also = [(Component::WebSearch, 10u64), (Component::Page, 100), (Component::CacheStorage, 6_000_000)];
    let usage = Usage { also: also.map(|(component, n)| (component, n.into())).to_vec(), ..Usage::default() };
    assert_eq!(cost(&model, &usage, None, "2026-11-23").unwrap(), "3.25");
    // Images are billed as text, audio is not.
    let image = Usage { input: 1000, also: vec![(Component::InputImage, 1000u64.into())], ..Usage::default() };
    assert_eq!(cost(&model, &image, None, "2026-11-23").unwrap(), "0.0025");
    let moment = Moment::parse("2027-03-05").unwrap();
    assert_eq!(model.card(None, moment.date).unwrap().source.as_deref(), Some("announced"));
}

/// The same model stated in a scenario.
#[test]
fn a_scenario_may_state_every_form_in_place() {
    let body = FULL.split("  - id: gpt-x\n").nth(1).unwrap();
    let body: String = body.lines().map(|line| format!("  {line}\n")).collect();
    let scenario = |more: &str| {
        format!(
            "llmcost: 1\nprices:\n  as_of: 2026-11-23\n  {more}\n  add:\n    gpt-x:\n{body}workload: {{requests: 1/day, input: 100000, output: 10000}}\nstrategies:\n  a: {{model: gpt-x}}\n  b: {{model: gpt-x, batch: 100%}}\n"
        )
    };
    let costs = |more: &str| {
        let report = try_report(&scenario(more)).unwrap_or_else(|errors| panic!("{errors:#?}"));
        report.strategies.iter().map(|strategy| strategy.cost.per_day.to_string()).collect::<Vec<_>>()
    };
    // Nights of weekdays are 8 of 24 hours on 5 of 7 days: input 2.5 less 0.5 x 40/168.
    let share = llmcost::units::Exact::ratio(40, 168).unwrap();
    let saved = &share * &llmcost::units::Exact::from_decimal("0.05").unwrap();
    let expected = &llmcost::units::Exact::from_decimal("0.4").unwrap() - &saved;
    assert_eq!(costs("discount: {}")[0], expected.to_string());
    assert_eq!(costs("discount: {}")[1], "0.2");
    assert_eq!(costs("region: eu")[1], "0.22");
    assert_eq!(costs("region: jp")[1], "0.375");
    let unknown = try_report(&scenario("region: mars")).unwrap_err();
    assert!(unknown[0].message.contains("no model has a price for region `mars`"), "{unknown:?}");
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    let refused = |price: &str| {
        let scenario = format!(
            "llmcost: 1\nprices: {{add: {{m: {{{price}}}}}}}\nworkload: {{requests: 1/day, input: 1, output: 1}}\nstrategies:\n  a: {{model: m}}\n"
        );
        let errors = try_report(&scenario).unwrap_err();
        errors.iter().map(|error| format!("{}: {}", error.code.slug(), error.message)).collect::<Vec<_>>().join("; ")
    };
    for (price, expected) in [
        ("input: 1, outputt: 2", "unknown-key: the price of `m` has no key `outputt`"),
        ("input: 1, output: 2, uplift: {region: eu, factor: 0}", "out-of-range: a factor is above zero"),
        (
            "input: 1, output: 2, fallback: {batch: {applies_to: input}}",
            "missing-key: the batch fallback needs `factor`",
        ),
        (
            "input: 1, output: 2, fallback: {batch: {factor: 0.5, applies_to: inputs}}",
            "unknown-word: there is no token component `inputs`",
        ),
        (
            "input: {usd: 1, tiers: [{above: 5, usd: 2}, {above: 5, usd: 3}]}, output: 1",
            "out-of-range: tiers stand in ascending order",
        ),
        (
            "prices: [{from: 2026-01-01, when: {window: {hours: ['05:00-05:00']}}, input: 1}]",
            "bad-quantity: `05:00-05:00` is no range of hours",
        ),
        (
            "prices: [{from: 2026-01-01, when: {window: {days: [monday]}}, input: 1}]",
            "unknown-word: `monday` is not one of",
        ),
        (
            "prices: [{from: 2026-01-01, when: {window: {tz: Mars}}, input: 1}]",
            "unknown-word: there is no time zone `Mars`",
        ),
        (
            "prices: [{from: 2026-01-01, until: 2025-01-01, input: 1}]",
            "out-of-range: this card of `m` ends before it begins",
        ),
        ("as_text: [smell], input: 1, output: 1", "unknown-word: `smell` is not one of"),
        ("input: 1, output: 1, cache_write: {1h: 2}, cache_write_1h: 3", "conflict: `cache_write` states 1h already"),
    ] {
        assert!(refused(price).contains(expected), "{price}: {}", refused(price));
    }
}
