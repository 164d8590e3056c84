//! Conversations and agents: what each turn and each step sends again.

use super::*;

const M: &str = "m: {input: 3, output: 15, cached_read: 0.30, cache_write: {5m: 3.75}}, small: {input: 0.5, output: 2}";

/// Ten turns of 1,000 + 100 tokens and answers of 300: 29,000 input tokens, where ten prompts are 11,000. The mean turn carries
/// 1,800 tokens of history.
#[test]
fn a_conversation_sends_its_history_again() {
    let of = |workload: &str| {
        let found = computed(M, workload, "strategies: {s: {model: m}}");
        billed(&found, "s", "input")
    };
    assert_eq!(of("{requests: 10/day, prompt: {system: 1000, user: 100}, output: 300, turns: 10}"), q(29_000, 1));
    assert_eq!(of("{requests: 10/day, prompt: {system: 1000, user: 100}, output: 300}"), q(11_000, 1));
    assert_eq!(
        of("{requests: 10/day, prompt: {system: 1000, user: 100}, output: 300, reasoning: 500, turns: 10}"),
        q(29_000, 1),
        "reasoning is not carried"
    );
}

/// Twelve steps from a prompt of 4,000, each adding 300 + 1,200: 147,000 tokens, 0.441 at 3.00. With a prompt cache 20,500 are
/// written and 126,500 read: 0.114825, 74% less.
#[test]
fn an_agent_sends_what_came_before() {
    let found = computed(
        M,
        "{requests: 1/day, prompt: {system: 4000}, output: 300, agent: {steps: 12, tool_result: 1200}}",
        "strategies:
  plain: {model: m}
  cached: {model: m, prefix_cache: {ttl: 5m, prefixes: 1_000_000_000_000}}
  read-by-others: {model: m, prefix_cache: {ttl: 5m, hit_rate: 100%}}
",
    );
    assert_eq!(billed(&found, "plain", "input"), q(147_000, 1));
    let input = |name: &str| {
        let lines = strategy(&found, name)["lines"].as_array().unwrap();
        lines.iter().filter(|line| line["component"] != "output").map(|line| number(&line["per_day"])).sum::<Q>()
    };
    assert_eq!(input("plain"), q(441, 1000));
    assert_eq!(billed(&found, "plain", "output"), q(3600, 1));
    published(&billed(&found, "cached", "cache_read"), "126500.00000");
    published(&billed(&found, "cached", "cache_write"), "20500.00000");
    published(&input("cached"), "0.11482500");
    published(&(input("cached") / input("plain") * q(100, 1)), "26");
    assert_eq!(strategy(&found, "plain")["usage"][0]["calls_per_day"], "12");
    assert_eq!(input("read-by-others"), q(147_000 * 3, 10_000_000));
}

/// A cached response saves all twelve calls.
#[test]
fn a_cached_response_saves_every_step() {
    let found = computed(
        M,
        "{requests: 100/day, prompt: {system: 4000}, output: 300, agent: {steps: 12, tool_result: 1200}}",
        "strategies: {s: {model: m, response_cache: {exact: {hit_rate: 25%}}}}",
    );
    assert_eq!(strategy(&found, "s")["usage"][0]["calls_per_day"], "900");
}

/// The threshold is asked of each step: of 4,000, 5,500, ... 20,500 tokens those above 10,000 pay twice: 11,500 to 20,500 are
/// seven steps of 112,000 tokens. The mean step of 12,250 would say that all of them do.
#[test]
fn each_step_is_in_its_own_tier() {
    let found = computed(
        "m: {input: {usd: 3, tiers: [{above: 10000, usd: 6}]}, output: 0}",
        "{requests: 1/day, prompt: {system: 4000}, output: 300, agent: {steps: 12, tool_result: 1200}}",
        "strategies: {s: {model: m}}",
    );
    assert_eq!(cost(&found, "s", "per_day"), q((147_000 - 112_000) * 3 + 112_000 * 6, 1_000_000));
    let mean = number(&strategy(&found, "s")["alternatives"]["mean_request_per_month"]);
    assert_eq!(mean, q(147_000 * 6 * 30, 1_000_000));
}

/// Truncation keeps the last 1,000 tokens: turns carry 0, 400, 800, then 1,000 seven times. Summaries after every five turns
/// leave 300: turns 1 to 5 carry 0 to 1,600, turns 6 to 10 300 to 1,900; the one summary reads 5 x 400 and writes 300.
#[test]
fn a_long_history_is_cut_or_summarised() {
    let found = computed(
        M,
        "{requests: 10/day, prompt: {system: 1000, user: 100}, output: 300, turns: 10}",
        "strategies:
  cut: {model: m, history: {max: 1000}}
  summed: {model: m, summarise: {every: 5, to: 300, model: small}}
",
    );
    assert_eq!(billed(&found, "cut", "input"), q(11_000 + 1_200 + 7_000, 1));
    let lines = strategy(&found, "summed")["lines"].as_array().unwrap();
    let of = |item: &str, component: &str| {
        let line = lines.iter().find(|line| line["item"] == item && line["component"] == component).unwrap();
        number(&line["quantity"])
    };
    assert_eq!(of("m", "input"), q(11_000 + 4_000 + 5_500, 1));
    assert_eq!((of("small", "input"), of("small", "output")), (q(2_000, 1), q(300, 1)));
}

/// Each turn reads what the one before it wrote: the fresh tokens of a turn are its 100, the cacheable ones 1,000 + 400 more
/// each turn; what the first turns find depends on others, here on nobody.
#[test]
fn a_turn_reads_what_the_last_one_wrote() {
    let found = computed(
        M,
        "{requests: 10/day, prompt: {system: 1000, user: 100}, output: 300, turns: {count: 10, gap: 1s}}",
        "strategies: {s: {model: m, prefix_cache: {ttl: 5m, prefixes: 1_000_000_000_000}}}",
    );
    // 1,000 + 1,400 + ... + 4,200 are read, 1,000 + 9 x 400 written; a gap of a second is 1/300 of the lifetime
    published(&billed(&found, "s", "cache_read"), "23400.0000");
    published(&billed(&found, "s", "cache_write"), "4600.0000");
    published(&billed(&found, "s", "input"), "1000.0000");
}

/// 1.3 times the tokens at 0.8 of the price cost 1.04 times as much; the answer may have a factor of its own.
#[test]
fn another_tokenizer_is_another_price() {
    let found = computed(
        "old: {provider: acme, input: 5, output: 25}, new: {provider: acme, input: 4, output: 20}",
        "{requests: 1000/day, input: 1000, output: 200, tokenizer: {counted_for: old, factors: {new: {input: 1.3, output: 1.1}}}}",
        "strategies: {a: {model: old}, b: {model: new}}",
    );
    let part = |name: &str, component: &str| {
        let lines = strategy(&found, name)["lines"].as_array().unwrap();
        number(&lines.iter().find(|line| line["component"] == component).unwrap()["per_day"])
    };
    assert_eq!(part("b", "input") / part("a", "input"), q(104, 100));
    assert_eq!(part("b", "output") / part("a", "output"), q(88, 100));
}
