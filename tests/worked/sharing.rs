//! Who saved what, provisioned units, hours with their own prices, media.

use super::*;

/// 100 a day; a cache answers 30% for free, 40% wait at half price: 56. In this order 30 and 14, on average 27 and 17.
#[test]
fn savings_multiply_on_the_residual() {
    let found = computed(
        "m: {request: 0.10, batch: {request: 0.05}}",
        "{requests: 1000/day, input: 1, output: 1}",
        "strategies:
  all: {model: m}
  both: {model: m, response_cache: {exact: {hit_rate: 30%}}, batch: {share: 40%}}
",
    );
    assert_eq!(cost(&found, "both", "per_day"), q(56, 1));
    let month = |kind: &str| -> Vec<(String, Q)> {
        let bars = strategy(&found, "both")[kind].as_array().unwrap();
        let day = |bar: &Value| number(&bar["saves_per_month"]) / q(30, 1);
        bars.iter().map(|bar| (bar["lever"].as_str().unwrap().to_owned(), day(bar))).collect()
    };
    let named =
        |cache: i64, batch: i64| vec![("response_cache".to_owned(), q(cache, 1)), ("batch".to_owned(), q(batch, 1))];
    assert_eq!(month("waterfall"), named(30, 14));
    assert_eq!(month("shapley"), named(27, 17));
    let together = &strategy(&found, "both")["interactions"][0];
    assert_eq!(number(&together["saves_more_per_month"]) / q(30, 1), q(-6, 1), "50 apart, 44 together");
}

/// 600 requests a minute of 1,000 tokens, 30% cached and exempt, and 150 answered that weigh 4: (600 x 700 + 4 x 600 x 150) /
/// 2,500 = 312, so 325 units. With a rate per second (burn-down), 13,000 a second over 3,360 are four.
#[test]
fn provisioned_units_cover_the_weighted_peak() {
    let units = |terms: &str| {
        let deployment = format!("deployments: {{d: {{provisioned: {{{terms}, usd_per_unit_hour: 1}}}}}}\n");
        let strategies = "strategies: {s: {deployment: d}}\n";
        let workload = "{requests: 864k/day, prompt: {system: 300, user: 700}, output: 150}";
        let found = computed("m: {input: 1, output: 1}", workload, &(deployment + strategies));
        number(&strategy(&found, "s")["deployments"][0]["at_peak"])
    };
    // All 1,000 tokens count: (600k + 360k)/2,500 = 384
    assert_eq!(units("tpm_per_unit: 2500, output_ratio: 4, minimum: 25, step: 25"), q(400, 1));
    assert_eq!(units("tps_per_unit: 3360, output_ratio: 2"), q(4, 1), "(10,000 + 2 x 1,500) a second");
    assert_eq!(units("tps_per_unit: 1625, output_ratio: 2"), q(8, 1), "a load of whole units needs no more");
}

/// The same with 300 of the 1,000 tokens read from the provider's cache, which counts nothing, or a half.
#[test]
fn cached_tokens_weigh_what_the_provider_says() {
    let units = |weight: &str, hits: &str| {
        let found = computed(
            "m: {input: 1, output: 1}",
            "{requests: 864k/day, prompt: {system: 300, user: 700}, output: 150}",
            &format!(
                "deployments: {{d: {{provisioned: {{tpm_per_unit: 2500, output_ratio: 4, cached_weight: {weight}, \
                 minimum: 25, step: 1, usd_per_unit_hour: 1}}}}}}\nstrategies: {{s: {{deployment: d, prefix_cache: {{hit_rate: {hits}}}}}}}\n"
            ),
        );
        number(&strategy(&found, "s")["deployments"][0]["at_peak"])
    };
    assert_eq!(units("0", "100%"), q(312, 1));
    assert_eq!(units("0.5", "100%"), q(348, 1), "600 x 150 more");
    assert_eq!(units("0", "50%"), q(348, 1));
    assert_eq!(units("1", "100%"), q(384, 1));
}

/// Prices of peak hours, 12:00 to 16:00 UTC on working days: 20 of 168 hours of an even load, half of a load that comes on
/// working days from 12:00 to 20:00 only.
#[test]
fn hours_have_their_prices_by_the_load_in_them() {
    let list = "schema: 1
provider: acme
listed: 2026-11-23
models:
  - id: hourly
    prices:
      - {from: 2026-01-01, source: test, input: \"1\", output: \"1\"}
      - {from: 2026-01-01, when: {window: {tz: UTC, days: [mon, tue, wed, thu, fri], hours: ['12:00-16:00']}}, source: test, input: \"2\", output: \"1\"}
";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("acme.yaml"), list).unwrap();
    let with = |profile: &str| {
        let path = folder.path().join("s.yaml");
        let text = format!(
            "llmcost: 1\nprices: {{catalog: acme.yaml}}\nworkload: {{requests: 1M/day, input: 100, output: 0{profile}}}\nstrategies: {{s: {{model: hourly}}}}\n"
        );
        std::fs::write(&path, text).unwrap();
        let output = super::super::support::run(&["simulate", path.to_str().unwrap(), "--format", "json"]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        cost(&found, "s", "per_day")
    };
    assert!(super::super::exact::all_but(&with(""), &(q(100, 1) * (q(1, 1) + q(20, 168)))));
    let hours = "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]";
    assert_eq!(with(&format!(", profile: {{hours: {hours}, weekend: 0%}}")), q(150, 1));
    // The same clock two hours east: 10:00 to 18:00 UTC, of which four hours are dear.
    assert_eq!(with(&format!(", profile: {{hours: {hours}, weekend: 0%, zone: '+02:00'}}")), q(150, 1));
    // Six hours east the load comes from 06:00 to 14:00 UTC: two of eight hours.
    assert_eq!(with(&format!(", profile: {{hours: {hours}, weekend: 0%, zone: '+06:00'}}")), q(125, 1));
}

/// Two pictures of 1,000 tokens at 3 and a minute of speech of 2,000 at 10, beside 500 tokens of text at 1: they count for
/// the tier of the prompt too.
#[test]
fn media_pay_their_own_prices() {
    let found = computed(
        "m: {input: 1, output: 2, input_image: 3, input_audio: 10}",
        "{requests: 1M/day, input: 500, output: 100, uses: {input_image: 2000, input_audio: 2000}}",
        "strategies: {s: {model: m}}",
    );
    assert_eq!(cost(&found, "s", "per_day"), q(500 + 200 + 6_000 + 20_000, 1));
    assert_eq!(cost(&found, "s", "per_request"), q(26_700, 1_000_000));
    let refused = super::super::exact::try_json(
        "llmcost: 1\nprices: {add: {m: {input: 1, output: 2}}}\nworkload: {requests: 1/day, input: 500, output: 0, uses: {input_image: 2000}}\n\
         strategies: {s: {model: m}}\n",
    );
    assert!(refused.unwrap_err().contains("input_image"), "what is not priced is not free");
}
