//! Public traces: the figures that others computed from them (percentiles, bursts, prefix hits, money).

use serde_json::Value;

use super::{Room, total, trace};

const STRATEGIES: &str = r"llmcost: 1
prices:
  add:
    flat: {input: 2.5, output: 10}
    claude: {input: 3, output: 15, cached_read: 0.3, cache_write: {5m: 3.75, 1h: 6}, cache: {min_tokens: 1024, ttls: [5m, 1h]}}
    free-writes: {input: 3, output: 15, cached_read: 0.3, cache: {min_tokens: 1024, ttls: [5m]}}
    openai: {input: 3, output: 15, cached_read: 1.5, cache: {min_tokens: 1024, step: 128, ttls: [5m]}}
strategies:
  flat: {model: flat}
  dearer: {model: claude}
  five-minutes: {model: claude, prefix_cache: {ttl: 5m}}
  hour: {model: claude, prefix_cache: {ttl: 1h}}
  forgotten-premium: {model: free-writes, prefix_cache: {ttl: 5m}}
  openai: {model: openai, prefix_cache: {ttl: 5m}}
";

fn replayed(name: &str, strategies: usize) -> Option<Value> {
    let path = trace(name)?;
    let room = Room::new();
    let text: Vec<&str> = STRATEGIES.lines().collect();
    // Without blocks there is no cache to look at.
    room.put("s.yaml", text[..text.len() - 6 + strategies].join("\n"));
    Some(room.replay(&["s.yaml", "--log", &path]))
}

/// A number cut after so many digits behind the point.
fn cut(value: &Value, digits: usize) -> String {
    format!("{:.digits$}", value.as_str().unwrap().parse::<f64>().unwrap())
}

fn lengths(report: &Value, of: &str) -> [String; 4] {
    let of = &report["lengths"][of];
    [cut(&of["mean"], 2), cut(&of["p50"], 0), cut(&of["p95"], 0), cut(&of["p99"], 0)]
}

fn bursts(report: &Value, digits: usize) -> Vec<String> {
    let bursts = report["demand"]["bursts"].as_array().unwrap();
    bursts.iter().take(3).map(|burst| cut(&burst["peak_to_mean"], digits)).collect()
}

fn gpus(report: &Value) -> [&Value; 2] {
    let at = |at: usize| &report["demand"]["bursts"][at]["replicas_where_mean_needs_10"];
    [at(1), at(2)]
}

#[test]
fn azure_code() {
    let Some(report) = replayed("azure2023_code.csv.gz", 2) else { return };
    assert_eq!(report["requests"], "8819");
    assert_eq!(lengths(&report, "input"), ["2047.85", "1469", "7315", "7436"]);
    assert_eq!(lengths(&report, "output"), ["27.88", "13", "90", "252"]);
    assert_eq!(bursts(&report, 2), ["26.10", "12.76", "4.16"]);
    assert_eq!(cut(&report["demand"]["gap_variation"], 2), "13.15");
    assert_eq!((total(&report, 0), total(&report, 1)), ("47.608895", "57.868362"));
    assert_eq!(gpus(&report), ["124", "40"]);
}

#[test]
fn azure_conversations() {
    let Some(report) = replayed("azure2023_conv.csv.gz", 2) else { return };
    assert_eq!(report["requests"], "19366");
    assert_eq!(lengths(&report, "input"), ["1154.70", "1020", "4083", "4142"]);
    assert_eq!(lengths(&report, "output"), ["211.13", "129", "451", "601"]);
    assert_eq!(bursts(&report, 3), ["2.893", "1.776", "1.545"]);
    assert_eq!(cut(&report["demand"]["gap_variation"], 3), "1.094");
    assert_eq!((total(&report, 0), total(&report, 1)), ("96.791325", "128.415585"));
    assert_eq!(gpus(&report), ["18", "13"]);
}

#[test]
fn mooncake_conversations() {
    let Some(report) = replayed("mooncake_conversation.jsonl.gz", 6) else { return };
    assert_eq!(report["tokens"]["input"], "144793823");
    assert_eq!(lengths(&report, "input"), ["12035.06", "6909", "39552", "85401"]);
    assert_eq!(lengths(&report, "output"), ["342.62", "350", "698", "1120"]);
    assert_eq!(bursts(&report, 3), ["8.232", "1.971", "1.211"]);
    assert_eq!(cut(&report["demand"]["gap_variation"], 3), "3.034");
    assert_eq!(gpus(&report), ["22", "14"]);
    let hits = [
        ("100", 4.268),
        ("1k", 4.541),
        ("10k", 21.575),
        ("50k", 36.153),
        ("unlimited", 37.362),
        ("1m", 10.537),
        ("5m", 29.339),
        ("10m", 35.012),
        ("1h", 37.362),
    ];
    hits_are(&report, &hits);
    // The paper's 40% is the mean of the ratios of single requests.
    let unlimited = served(&report, "unlimited");
    assert_eq!(cut(&unlimited["mean_of_ratios"], 4), "0.4094");
    let totals: Vec<&str> = (0..6).map(|at| total(&report, at)).collect();
    let wanted = ["403.2050375", "496.212189", "472.1638134", "640.1682192", "393.1330794", "438.954141"];
    assert_eq!(totals, wanted);
    for (blocks, cost) in [("2", "491.5386018"), ("32", "474.14355555"), ("128", "471.33051975")] {
        assert_eq!(option(&report, "dearer", "5m", blocks), cost);
    }
    assert_eq!(report["prefix_cache"]["advice"][1]["options"][0]["breakpoint_blocks"], "128");
}

#[test]
fn agents() {
    let Some(report) = replayed("agent_magagent.jsonl.gz", 6) else { return };
    assert_eq!(report["tokens"]["input"], "1475506");
    assert_eq!(lengths(&report, "input"), ["1977.89", "1191", "9710", "10690"]);
    assert_eq!(lengths(&report, "output"), ["621.13", "378", "970", "10001"]);
    assert_eq!(bursts(&report, 2), ["17.29", "5.19", "3.91"]);
    assert_eq!(cut(&report["demand"]["gap_variation"], 3), "1.691");
    let hits = [("100", 61.014), ("1k", 83.805), ("10k", 83.805), ("1m", 80.181), ("5m", 83.622), ("10m", 83.770)];
    hits_are(&report, &hits);
    let totals: Vec<&str> = (0..6).map(|at| total(&report, at)).collect();
    assert_eq!(totals, ["8.322415", "11.376993", "8.633466", "9.20637", "8.442498", "9.783393"]);
    for (blocks, cost) in [("16", "10.2406602"), ("128", "8.80165155")] {
        assert_eq!(option(&report, "dearer", "5m", blocks), cost);
    }
}

/// Prices that double beyond a length: what means say of them.
#[test]
fn means_hide_tiers() {
    let cases = [
        ("mooncake_conversation.jsonl.gz", 32_000, "-23.2"),
        ("azure2023_conv.csv.gz", 2_000, "-19.4"),
        ("azure2023_code.csv.gz", 2_000, "14.6"),
        ("agent_magagent.jsonl.gz", 2_000, "-19.7"),
    ];
    for (name, above, error) in cases {
        let Some(path) = trace(name) else { continue };
        let room = Room::new();
        let rate = |low: &str, high: &str| format!("{{usd: \"{low}\", tiers: [{{above: {above}, usd: \"{high}\"}}]}}");
        room.put(
            "s.yaml",
            format!(
                "llmcost: 1\nprices: {{add: {{m: {{input: {}, output: {}}}}}}}\nstrategies: {{m: {{model: m}}}}\n",
                rate("3", "6"),
                rate("15", "22.5")
            ),
        );
        let report = room.replay(&["s.yaml", "--log", &path]);
        assert_eq!(cut(&report["strategies"][0]["estimate"]["error_percent"], 1), error, "{name}");
    }
}

/// "80% of each prompt is a cached prefix" without the minimum of 1,024 tokens and the steps of 128.
#[test]
fn means_hide_minimum_prefixes() {
    let cases = [
        ("azure2023_code.csv.gz", "-22.7"),
        ("azure2023_conv.csv.gz", "-22.2"),
        ("mooncake_conversation.jsonl.gz", "-3.0"),
        ("agent_magagent.jsonl.gz", "-9.7"),
    ];
    for (name, error) in cases {
        let Some(path) = trace(name) else { continue };
        let room = Room::new();
        room.put(
            "s.yaml",
            "llmcost: 1\nprices: {add: {m: {input: 3, output: 15, cached_read: 0.3, cache: {min_tokens: 1024, step: 128}}}}\nstrategies: {m: {model: m, prefix_cache: {tokens: 80%, hit_rate: 100%}}}\n",
        );
        // Its blocks would say more than a share does.
        let plain =
            ["--columns", "input=input_length,output=output_length", "--preset", "plain", "--time", "relative ms"];
        let flags: &[&str] = if name.ends_with(".jsonl.gz") { &plain } else { &[] };
        let report = room.replay(&[&["s.yaml", "--log", &path], flags].concat());
        assert_eq!(cut(&report["strategies"][0]["estimate"]["error_percent"], 1), error, "{name}");
    }
}

fn served<'a>(report: &'a Value, limit: &str) -> &'a Value {
    let all = report["prefix_cache"]["served"].as_array().unwrap();
    all.iter().find(|cache| cache["limit"] == limit).unwrap()
}

fn hits_are(report: &Value, wanted: &[(&str, f64)]) {
    for (limit, percent) in wanted {
        let found = served(report, limit)["by_token"].as_str().unwrap().parse::<f64>().unwrap();
        assert!((found * 100.0 - percent).abs() < 0.0006, "{limit}: {found}");
    }
}

fn option<'a>(report: &'a Value, strategy: &str, ttl: &str, blocks: &str) -> &'a str {
    let advice = report["prefix_cache"]["advice"].as_array().unwrap();
    let advice = advice.iter().find(|advice| advice["strategy"] == strategy).unwrap();
    let options = advice["options"].as_array().unwrap();
    let found = options.iter().find(|option| option["ttl"] == ttl && option["breakpoint_blocks"] == blocks);
    found.unwrap()["cost"].as_str().unwrap()
}
