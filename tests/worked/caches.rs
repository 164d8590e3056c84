//! Provider prompt caches: break-even shares, hit rates from traffic, minimums, held caches, and what they leave others to save.

use super::*;

/// 1.25 and 2 times the input price for writes, a tenth for reads; a prompt of 1M tokens costs a dollar.
const MULTIPLES: &str = "m: {input: 1, cached_read: 0.10, cache_write: {5m: 1.25, 1h: 2}}";

fn of_requests(sends: &str, ttl: &str) -> (Value, Q) {
    let strategies = format!("strategies: {{s: {{model: m, prefix_cache: {{hit_rate: {sends}, ttl: {ttl}}}}}}}");
    let found = computed(MULTIPLES, "{requests: 1/day, prompt: {system: 1M}, output: 0}", &strategies);
    let cost = cost(&found, "s", "per_request");
    (found, cost)
}

/// (w-1)/(w-r): 21.74% at 1.25 and 0.1, 52.63% at 2 and 0.1. Reads per write (w-1)/(1-r), requests of a lifetime one more.
#[test]
fn a_cache_pays_above_its_break_even_share() {
    for (ttl, share, reads, requests) in
        [("5m", q(25, 115), q(25, 90), "1.2778"), ("1h", q(10, 19), q(10, 9), "2.1111")]
    {
        let (found, _) = of_requests("50%", ttl);
        let cache = &strategy(&found, "s")["prefix_caches"][0];
        assert!(super::super::exact::all_but(&number(&cache["break_even_hit_share"]), &share));
        assert!(super::super::exact::all_but(&number(&cache["break_even_reads_per_write"]), &reads));
        published(&number(&cache["break_even_requests_per_lifetime"]), requests);
    }
    published(&(q(25, 115) * q(100, 1)), "21.7");
    published(&(q(10, 19) * q(100, 1)), "52.6");
    // Just below it the cache loses money and says so, just above it does not.
    for (share, ttl, loses) in
        [("21.73%", "5m", true), ("21.74%", "5m", false), ("52.63%", "1h", true), ("52.64%", "1h", false)]
    {
        let (found, cost) = of_requests(share, ttl);
        assert_eq!(codes(&found, "s").contains(&"cache-below-break-even"), loses, "{share} for {ttl}");
        assert_eq!(cost > q(1, 1), loses);
    }
}

/// N requests within a lifetime are one write and N-1 reads: two of them cost 1.35 at 5 minutes and 2.10 at an hour, which is a
/// loss; three cost 2.20.
#[test]
fn a_second_request_pays_for_five_minutes_and_a_third_for_an_hour() {
    for (sends, share, ttl, all) in
        [(2, "50%", "5m", q(135, 100)), (2, "50%", "1h", q(210, 100)), (1, "0%", "1h", q(2, 1))]
    {
        assert_eq!(of_requests(share, ttl).1 * q(sends, 1), all);
    }
    // Two of three are no share that ends: of 3,000 requests 2,000 read.
    let (third, exact) = (of_requests("66.666666666666666666%", "1h").1 * q(3, 1), q(220, 100));
    assert!(rounds_to(&(third - exact), "0.0000000000"));
}

/// The published copilot: 1,500 and 300 tokens, 40% of the input read at a tenth, a search of 0.002; 0.00938 a draft and
/// 1.13498 for 5.5 drafts on 22 days. Where the other 60% are written at 1.25 it is 0.010055.
#[test]
fn the_support_copilot() {
    let file = super::super::support::root().join("scenarios/published/s6-support-copilot.yaml");
    let found = report(&std::fs::read_to_string(file).unwrap());
    assert_eq!(cost(&found, "copilot", "per_request"), q(938, 100_000));
    assert_eq!(cost(&found, "copilot", "per_month"), q(113_498, 100_000));
    assert_eq!(cost(&found, "with-writes", "per_request"), q(10_055, 1_000_000));
    assert_eq!(cost(&found, "with-writes", "per_month"), q(1_216_655, 1_000_000));
}

/// 1M requests a day with 1,000 prefixes are 3.4722 in five minutes: 96.9% are hits. A model that gets a tenth of them finds
/// 29.3%.
#[test]
fn a_hit_share_follows_from_the_rate_on_each_model() {
    let prices = "m: {input: 1, cached_read: 0.10}, n: {input: 1, cached_read: 0.10}";
    let found = computed(
        prices,
        "{requests: 1M/day, prompt: {system: 2000, user: 100}, output: 0}",
        "strategies:
  one: {model: m, prefix_cache: {ttl: 5m, prefixes: 1000}}
  two: {route: {m: 90%, n: 10%}, prefix_cache: {ttl: 5m, prefixes: 1000}}
  cached: {model: m, response_cache: {exact: {hit_rate: 90%}}, prefix_cache: {ttl: 5m, prefixes: 1000}}
",
    );
    let share =
        |name: &str, at: usize| number(&strategy(&found, name)["prefix_caches"][at]["hit_share_of_cacheable_tokens"]);
    published(&share("one", 0), "0.969");
    published(
        &(number(&strategy(&found, "one")["prefix_caches"][0]["requests_per_second_and_prefix"]) * q(300, 1)),
        "3.4722",
    );
    published(&share("two", 1), "0.293"); // 1 - exp(-0.34722)
    published(&share("cached", 0), "0.293"); // what the response cache answers never reaches the provider
    published(&share("two", 0), "0.956"); // 1 - exp(-3.125)
}

/// One prefix under Poisson arrivals: at 12 an hour five minutes cost 0.523 and an hour 0.100 of the price without a cache, at
/// 60 an hour 0.108 and 0.100. Five minutes pay above 2.94 an hour, an hour above 0.747.
#[test]
fn the_dearer_lifetime_is_the_cheaper_one() {
    let relative = |per_hour: &str, ttl: &str| {
        let strategies = format!("strategies: {{a: {{model: m}}, s: {{model: m, prefix_cache: {{ttl: {ttl}}}}}}}");
        let found = computed(
            MULTIPLES,
            &format!("{{requests: {per_hour}/hour, prompt: {{system: 5000}}, output: 0}}"),
            &strategies,
        );
        cost(&found, "s", "per_day") / cost(&found, "a", "per_day")
    };
    for (per_hour, five, hour) in [("12", "0.523", "0.100"), ("60", "0.108", "0.100")] {
        published(&relative(per_hour, "5m"), five);
        published(&relative(per_hour, "1h"), hour);
    }
    for (below, above, ttl) in [("2.93", "2.95", "5m"), ("0.746", "0.748", "1h")] {
        assert!(relative(below, ttl) > q(1, 1) && relative(above, ttl) < q(1, 1), "{ttl}");
    }
}

/// A cache that is held at 0.50 per 1M token-hours pays from 0.741 reads an hour on, at 0.75 of input and a tenth for reads:
/// 0.50 / (0.75 x 0.9). Creating it apart.
#[test]
fn a_held_cache_pays_by_its_reads_per_hour() {
    let prices = "m: {input: 0.75, cached_read: 0.075, cache_storage: 0.50}";
    let saves = |per_day: &str| {
        let strategies = "strategies:
  plain: {model: m}
  held: {model: m, prefix_cache: {explicit: {creation_billed: false}}}
";
        let workload = format!("{{requests: {per_day}/day, prompt: {{system: 1M}}, output: 0}}");
        number(&strategy(&computed(prices, &workload, strategies), "held")["savings"]["per_day"])
    };
    assert_eq!(saves("24"), q(24 * 675 - 24 * 500, 1000));
    published(&(q(500, 675)), "0.741");
    assert!(saves("17") < q(0, 1) && saves("18") > q(0, 1), "0.741 an hour are 17.8 a day");
}

/// 1M tokens held for 6 hours at 0.50 are 3.00, used or not.
#[test]
fn holding_costs_whether_anybody_reads_or_not() {
    let found = computed(
        "m: {input: 0.75, cached_read: 0.075, cache_storage: 0.50}",
        "{requests: 1/day, prompt: {system: 1M}, output: 0}",
        "strategies: {s: {model: m, prefix_cache: {explicit: {held: 6h, creation_billed: false}}}}",
    );
    let lines = strategy(&found, "s")["lines"].as_array().unwrap();
    let storage = lines.iter().find(|line| line["component"] == "cache_storage").unwrap();
    assert_eq!(number(&storage["per_day"]), q(3, 1));
}

/// A prefix of 1,500 tokens is long enough for some models and too short for others; what is too short is paid as input and
/// says so. The minimums are those of the embedded list.
#[test]
fn minimums_are_those_of_each_model() {
    let models = [
        ("claude-opus-5", true),
        ("claude-sonnet-4-5", true),
        ("claude-opus-4-7", false),
        ("claude-haiku-4-5", false),
        ("gpt-5.4", true),
        ("gemini-2.5-pro", false),
    ];
    let strategies: String = models
        .iter()
        .map(|(model, _)| {
            format!("  {}: {{model: {model}, prefix_cache: {{hit_rate: 100%}}}}\n", model.replace('.', "-"))
        })
        .collect();
    let found = report(&format!(
        "llmcost: 1\nprices: {{as_of: 2026-11-23}}\nworkload: {{requests: 1000/day, prompt: {{system: 1500, user: 500}}, output: 100}}\n\
         strategies:\n{strategies}"
    ));
    for (model, long_enough) in models {
        let name = model.replace('.', "-");
        let cached = billed(&found, &name, "cache_read");
        assert_eq!(cached > q(0, 1), long_enough, "{model}");
        assert_eq!(codes(&found, &name).contains(&"below-minimum-prefix"), !long_enough, "{model}");
        if model == "gpt-5.4" {
            // 1,024 + floor(476/128) x 128
            assert_eq!(cached, q(1_408_000, 1));
        }
    }
}

/// A conversation grows past the minimum: of prefixes of 600, 800, 1,000, 1,200 and 1,400 tokens the last two are cached,
/// in steps of 128 from 1,024 on: 1,152 and 1,280 tokens.
#[test]
fn a_minimum_is_asked_of_each_turn_and_not_of_their_mean() {
    let list = "schema: 1
provider: acme
listed: 2026-11-23
models:
  - id: stepped
    cache: {min_tokens: 1024, step: 128, ttls: [5m]}
    prices:
      - {from: 2026-01-01, source: test, input: \"1\", cache_read: \"0.1\", output: \"0\"}
";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("acme.yaml"), list).unwrap();
    let scenario = "llmcost: 1
prices: {catalog: acme.yaml}
workload: {requests: 5000/day, prompt: {system: 600, user: 50}, output: 150, turns: 5}
strategies: {s: {model: stepped, prefix_cache: {hit_rate: 100%}}}
";
    let path = folder.path().join("s.yaml");
    std::fs::write(&path, scenario).unwrap();
    let output = super::super::support::run(&["simulate", path.to_str().unwrap(), "--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    // 1,000 conversations, the fourth and fifth turn of each
    assert_eq!(billed(&found, "s", "cache_read"), q(1000 * (1152 + 1280), 1));
    // (650 + 850 + 1,050 + 1,250 + 1,450) in all
    assert_eq!(billed(&found, "s", "input"), q(1000 * (5250 - 2432), 1));
    assert!(codes(&found, "s").contains(&"below-minimum-prefix"));
}

/// Three requests of 150 + 50 tokens in a call: 350 in place of 600. Where the 150 are read from the cache at a tenth, packing
/// saves a tenth of that: 15 + 3 x 50 in place of 3 x (15 + 50).
#[test]
fn packing_saves_what_the_cache_has_left() {
    let found = computed(
        "m: {input: 1, cached_read: 0.10}",
        "{requests: 3M/day, prompt: {system: 150, user: 50}, output: 0}",
        "strategies:
  plain: {model: m}
  packed: {model: m, pack: {items: 3}}
  cached: {model: m, prefix_cache: {hit_rate: 100%}}
  both: {model: m, prefix_cache: {hit_rate: 100%}, pack: {items: 3}}
",
    );
    let million = |name: &str| cost(&found, name, "per_day");
    assert_eq!(million("plain"), q(600, 1));
    assert_eq!(million("packed"), q(300, 1));
    assert_eq!(million("cached"), q(195, 1));
    assert_eq!(million("both"), q(165, 1));
    assert_eq!(million("cached") - million("both"), (million("plain") - million("packed")) / q(10, 1));
}

/// Compression to 1/t of a cached prefix pays only if 1/t < r + (1-r) x misses: with a tenth for reads and no misses, t must
/// exceed 10. A prefix that the compression breaks is read by nobody.
#[test]
fn compression_competes_with_the_cached_price() {
    let found = computed(
        "m: {input: 1, cached_read: 0.10}",
        "{requests: 1M/day, prompt: {system: 1000}, output: 0}",
        "strategies:
  cached: {model: m, prefix_cache: {hit_rate: 100%}}
  nine: {model: m, compress: {system: {to: 111}}}
  ten: {model: m, compress: {system: {to: 100}}}
  eleven: {model: m, compress: {system: {to: 91}}}
  broken: {model: m, compress: {system: 50%}, prefix_cache: {hit_rate: 100%}}
",
    );
    let cost = |name: &str| cost(&found, name, "per_day");
    assert!(cost("nine") > cost("cached") && cost("ten") == cost("cached") && cost("eleven") < cost("cached"));
    assert!(codes(&found, "broken").contains(&"compression-breaks-prefix"));
}

/// Which discount holds for cached tokens in a batch is the model's own rule: a card that states it, or the standard price.
#[test]
fn batches_stack_with_reads_as_the_model_says() {
    let cost = |batch: &str| {
        let prices = format!("m: {{input: 2, cached_read: 0.20, batch: {batch}}}");
        let strategies = "strategies: {s: {model: m, batch: {share: 100%}, prefix_cache: {hit_rate: 100%}}}";
        let found = computed(&prices, "{requests: 1M/day, prompt: {system: 100, user: 100}, output: 0}", strategies);
        cost(&found, "s", "per_day")
    };
    assert_eq!(cost("{discount: 50%}"), q(100 + 10, 1));
    assert_eq!(cost("{input: 1, cached_read: 0.13}"), q(100 + 13, 1));
    assert_eq!(cost("{discount: 50%, applies_to: [input]}"), q(100 + 20, 1));
}
