//! What a request costs, by the published semantics: tiers, caches, fallbacks, hours, regions.

use llmcost::pricing::{Component, Missing, Moment, Problem, Usage};
use llmcost::units::Exact;

use super::{cost, found, list, model};

const DAY: &str = "2026-11-23";

fn usage(input: u64, cached: u64, written: u64, output: u64) -> Usage {
    let written = if written == 0 { Vec::new() } else { vec![(String::new(), written)] };
    Usage { input, cached, written, output, ..Usage::default() }
}

/// The invented card of the reference, section 3: a tier reprices the whole request, and a component that the tier
/// leaves out keeps its price.
#[test]
fn a_tier_is_a_cliff_for_the_whole_request() {
    let text = |test: &str| {
        format!(
            "    input: {{usd: '2', tiers: [{{above: 200000, usd: '4', test: {test}}}]}}
    output: {{usd: '8', tiers: [{{above: 200000, usd: '12', test: {test}}}]}}
    cache_read: {{usd: '0.20', tiers: [{{above: 200000, usd: '0.40', test: {test}}}]}}
    cache_write: {{5m: '2.50'}}\n"
        )
    };
    let (gt, ge) = (model(&text("gt")), model(&text("ge")));
    assert_eq!(cost(&gt, &usage(200_000, 150_000, 20_000, 1000), None, DAY).unwrap(), "0.148");
    assert_eq!(cost(&gt, &usage(200_001, 150_000, 20_000, 1000), None, DAY).unwrap(), "0.242004");
    assert_eq!(cost(&ge, &usage(200_000, 150_000, 20_000, 1000), None, DAY).unwrap(), "0.242");
    assert_eq!(cost(&ge, &usage(199_999, 150_000, 20_000, 1000), None, DAY).unwrap(), "0.147998");
}

#[test]
fn impossible_counters_are_errors() {
    let m = model("    input: '2'\n    output: '8'\n    cache_read: '0.2'\n");
    for wrong in [usage(100, 500, 0, 0), usage(100, 60, 41, 0), usage(u64::MAX, u64::MAX, u64::MAX, 0)] {
        let Err(Problem::Impossible(message)) = cost(&m, &wrong, None, DAY) else { panic!("{wrong:?}") };
        assert!(message.contains("more than the"), "{message}");
    }
    let mut audio = usage(100, 0, 0, 0);
    audio.also.push((Component::InputAudio, Exact::from(101)));
    assert!(matches!(cost(&m, &audio, None, DAY), Err(Problem::Impossible(_))));
}

/// Section 4 of the reference, row by row.
#[test]
fn what_stands_in_for_a_missing_price() {
    let plain = model("    input: '2'\n    output: '8'\n");
    // No caching: read, written and hidden tokens pay what others do.
    assert_eq!(cost(&plain, &usage(1_000_000, 500_000, 250_000, 0), None, DAY).unwrap(), "2");
    let reasoning = Usage { reasoning: 1_000_000, ..usage(0, 0, 0, 0) };
    assert_eq!(cost(&plain, &reasoning, None, DAY).unwrap(), "8");
    // Media are never text by default.
    let mut audio = usage(1_000_000, 0, 0, 0);
    audio.also.push((Component::InputAudio, Exact::from(1_000_000)));
    assert!(matches!(
        cost(&plain, &audio, None, DAY),
        Err(Problem::Unpriced(Component::InputAudio, Missing::Component(_)))
    ));
    let as_text = model("    as_text: [audio]\n    input: '2'\n    output: '8'\n");
    assert_eq!(cost(&as_text, &audio, None, DAY).unwrap(), "2");
    // An hour of cache is never priced as five minutes.
    let five = model("    input: '2'\n    output: '8'\n    cache_write: {5m: '2.5'}\n");
    let hour = Usage { written: vec![("1h".into(), 1000)], ..usage(1000, 0, 0, 0) };
    let Err(Problem::Unpriced(_, missing)) = cost(&five, &hour, None, DAY) else { panic!() };
    assert_eq!(missing, Missing::Lifetime(vec!["5m".to_owned()]));
    // The default lifetime is the one named first, else the shortest.
    let two = model("    input: '2'\n    cache_write: {1h: '4', 5m: '2.5'}\n");
    assert_eq!(cost(&two, &usage(1_000_000, 0, 1_000_000, 0), None, DAY).unwrap(), "2.5");
    let long = model("    cache: {ttls: [1h, 5m]}\n    input: '2'\n    cache_write: {1h: '4', 5m: '2.5'}\n");
    assert_eq!(cost(&long, &usage(1_000_000, 0, 1_000_000, 0), None, DAY).unwrap(), "4");
    // A mode that nobody prices.
    let Err(Problem::Unpriced(_, Missing::Mode(known, _))) = cost(&plain, &usage(1, 0, 0, 0), Some("batch"), DAY)
    else {
        panic!()
    };
    assert!(known.is_empty());
}

#[test]
fn batch_cache_and_tier_are_independent() {
    let m = model(
        "    prices:
      - from: 2026-01-01
        input: {usd: '2', tiers: [{above: 1000, usd: '4'}]}
        output: '8'
        cache_read: '0.5'
        cache_write: {5m: '2.5', 1h: '4'}
        web_search: {usd: '10', per: 1000}
      - from: 2026-01-01
        when: {mode: batch}
        input: {usd: '1', tiers: [{above: 1000, usd: '2'}]}
        output: '4'
      - from: 2026-01-01
        when: {mode: cheap}
        input: '0.3'
        output: '1'
        cache_write: {5m: '0.4'}\n",
    );
    let million = 1_000_000;
    let cost = |usage: &Usage, mode: Option<&str>| cost(&m, usage, mode, DAY).unwrap();
    assert_eq!(cost(&usage(1000, 0, 0, 0), Some("batch")), "0.001");
    assert_eq!(cost(&usage(1001, 0, 0, 0), Some("batch")), "0.002002");
    // No batch price for cached tokens: the standard one, unless fresh ones are cheaper.
    assert_eq!(cost(&usage(million, million, 0, 0), Some("batch")), "0.5");
    assert_eq!(cost(&usage(million, million, 0, 0), Some("cheap")), "0.3");
    // What the mode leaves out is the standard price; another lifetime of the standard card counts too.
    assert_eq!(cost(&usage(million, 0, million, 0), Some("batch")), "2.5");
    assert_eq!(cost(&usage(million, 0, million, 0), Some("cheap")), "0.4");
    let hour = Usage { written: vec![("1h".into(), million)], ..usage(million, 0, 0, 0) };
    assert_eq!(cost(&hour, Some("cheap")), "4");
    let mut search = usage(0, 0, 0, 0);
    search.also.push((Component::WebSearch, Exact::from(3)));
    assert_eq!(cost(&search, Some("batch")), "0.03");
}

#[test]
fn a_declared_factor_stands_in_for_a_mode_or_a_component() {
    let m = model(
        "    input: '2'\n    output: '8'\n    cache_read: '0.5'\n    fallback: {batch: {factor: '0.5', applies_to: [input, output]}, fast: {factor: '2'}}\n",
    );
    let tokens = usage(2_000_000, 1_000_000, 0, 1_000_000);
    assert_eq!(cost(&m, &tokens, Some("batch"), DAY).unwrap(), "5.5");
    assert_eq!(cost(&m, &tokens, Some("fast"), DAY).unwrap(), "21");
    let cached = model(
        "    input: '2'\n    output: '8'\n    cache_read: '0.5'\n    batch: {input: '1', output: '4'}\n    fallback: {batch: {factor: '0.5', applies_to: cache_read}}\n",
    );
    assert_eq!(cost(&cached, &tokens, Some("batch"), DAY).unwrap(), "5.25");
}

#[test]
fn cards_follow_dates_hours_and_regions() {
    let m = model(
        "    aliases: [{name: m-eu, region: eu}, {name: old-m, until: 2026-06-01}]
    uplift: [{region: eu, factor: '1.1', applies_to: all}, {region: us, factor: '1.05', applies_to: [input]}]
    prices:
      - {from: 2026-01-01, input: '3', output: '12'}
      - {from: 2026-06-01, input: '2', output: '8'}
      - {from: 2026-06-01, when: {window: {hours: ['22:00-06:00'], days: [mon, tue, wed, thu, fri]}}, input: '1'}
      - {from: 2026-06-01, until: 2026-12-01, when: {region: jp}, input: '2.5', output: '10'}\n",
    );
    let million = usage(1_000_000, 0, 0, 1_000_000);
    let at = |at: &str| cost(&m, &million, None, at).unwrap();
    assert_eq!(at("2026-05-31"), "15");
    assert_eq!(at("2026-06-01"), "10");
    // 2026-11-23 is a Monday; what the window leaves out is the standard price.
    assert_eq!(at("2026-11-23T05:59:59Z"), "9");
    assert_eq!(at("2026-11-23T06:00:00Z"), "10");
    assert_eq!(at("2026-11-22T23:00:00Z"), "10");
    assert_eq!(at("2026-11-24T02:00:00+04:00"), "9");
    assert!(matches!(
        cost(&m, &million, None, "2025-12-31"),
        Err(Problem::Unpriced(_, Missing::AtDate(Some(first)))) if first.to_string() == "2026-01-01"
    ));
    let region = |name: &str, at: &str| cost(&m.in_region(name, None), &million, None, at).unwrap();
    assert_eq!(region("eu", DAY), "11");
    assert_eq!(region("us", DAY), "10.1");
    assert_eq!(region("jp", DAY), "12.5");
    // After its own card the general price holds.
    assert_eq!(region("jp", "2026-12-01"), "10");
    // A name for a region has the region's price.
    let text = "schema: 1\nprovider: house\nmodels:\n  - {id: m, input: '2', aliases: [{name: m-eu, region: eu}], uplift: {region: eu, factor: '1.1'}}\n";
    let alias = found(list(text), "m-eu", DAY);
    assert_eq!(
        (alias.id.as_str(), cost(&alias, &usage(1_000_000, 0, 0, 0), None, DAY).unwrap().as_str()),
        ("m-eu", "2.2")
    );
    let note = |at: &str| {
        let moment = Moment::parse(at).unwrap();
        m.charges(&million, None, moment).unwrap().iter().flat_map(|c| c.quote.notes.clone()).collect::<Vec<_>>()
    };
    assert!(note(DAY)[0].contains("no hour is stated"), "{:?}", note(DAY));
    assert!(note("2026-11-23T12:00:00Z").is_empty());
}

#[test]
fn what_costs_nothing_says_why() {
    let free = model("    free: true\n");
    assert_eq!(cost(&free, &usage(1000, 0, 0, 1000), None, DAY).unwrap(), "0");
    let flat = model("    request: 0.003\n");
    assert_eq!(cost(&flat, &usage(1000, 0, 0, 1000), None, DAY).unwrap(), "0.003");
    let charges = flat.charges(&usage(1000, 0, 0, 0), None, Moment::parse(DAY).unwrap()).unwrap();
    assert_eq!(charges[0].quote.unpaid, Some("covered by the price per request"));
}
