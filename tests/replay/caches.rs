//! Response caches and prefix caches on a log, against simulations that are written here in the plainest way.

use std::collections::HashMap;

use super::{Random, Room, scenario, total, usd};

/// Requests with a prompt each, some of them asked again.
fn questions(count: u64) -> Vec<(u64, u64)> {
    let mut random = Random::new(31);
    let mut at = 1_760_000_000;
    (0..count)
        .map(|_| {
            at += random.below(60);
            // Low numbers are popular.
            let (a, b) = (random.below(40), random.below(40));
            (at, a * b / 8)
        })
        .collect()
}

fn log_of(questions: &[(u64, u64)]) -> String {
    let row = |(at, prompt): &(u64, u64)| format!("{at},q{prompt},1000,100\n");
    "time,prompt,input,output\n".to_owned() + &questions.iter().map(row).collect::<String>()
}

const CALL: u128 = 1000 * 150_000 + 100 * 600_000;

#[test]
fn exact_hits_are_those_of_prompts_seen_before() {
    let questions = questions(2_000);
    let room = Room::new();
    room.put("log.csv", log_of(&questions));
    let cache = |limits: &str| {
        format!(
            "{{model: small, response_cache: {{exact: {{popularity: {{distinct: 1000, zipf: 1}}{limits}, cost_per_hit: 0.00001}}}}}}"
        )
    };
    let strategies = format!(
        "  plain: {}\n  ttl: {}\n  renewed: {}\n  full: {}\n  flushed: {}\n",
        cache(""),
        cache(", ttl: 10m"),
        cache(", ttl: 10m, refresh: true"),
        cache(", capacity: 30"),
        cache(", invalidations: 24/day"),
    );
    room.put("s.yaml", scenario(&strategies));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--columns", "prompt=prompt", "--time", "s"]);
    let cost = |hits: u128| usd(hits * 10_000_000 + (2_000 - hits) * CALL);
    // Seen before at all.
    let mut seen = HashMap::new();
    let plain = questions.iter().filter(|(at, prompt)| seen.insert(*prompt, *at).is_some()).count() as u128;
    assert_eq!(total(&report, 0), cost(plain));
    // Ten minutes from when the answer was made, or from when it was last given.
    for (strategy, renews) in [(1, false), (2, true)] {
        let mut since: HashMap<u64, u64> = HashMap::new();
        let mut hits = 0;
        for (at, prompt) in &questions {
            let alive = since.get(prompt).is_some_and(|then| at - then <= 600);
            hits += u128::from(alive);
            if !alive || renews {
                since.insert(*prompt, *at);
            }
        }
        assert_eq!(total(&report, strategy), cost(hits), "{strategy}");
    }
    // The thirty that were used last.
    let (mut kept, mut hits): (Vec<u64>, u128) = (Vec::new(), 0);
    for (_, prompt) in &questions {
        let before = kept.len();
        kept.retain(|known| known != prompt);
        hits += u128::from(kept.len() < before);
        kept.push(*prompt);
        if kept.len() > 30 {
            kept.remove(0);
        }
    }
    assert_eq!(total(&report, 3), cost(hits));
    // Nothing outlives the hour.
    let (mut kept, mut hour, mut hits): (HashMap<u64, ()>, u64, u128) = (HashMap::new(), 0, 0);
    for (at, prompt) in &questions {
        if at / 3600 != hour {
            kept.clear();
            hour = at / 3600;
        }
        hits += u128::from(kept.insert(*prompt, ()).is_some());
    }
    assert_eq!(total(&report, 4), cost(hits));
}

#[test]
fn a_stated_hit_rate_is_a_share_of_stable_requests() {
    let questions = questions(5_000);
    let room = Room::new();
    let row = |(index, (at, _)): (usize, &(u64, u64))| format!("{at},r{index},1000,100\n");
    let rows: String = questions.iter().enumerate().map(row).collect();
    room.put("log.csv", format!("time,id,input,output\n{rows}"));
    room.put("s.yaml", scenario("  cached: {model: small, response_cache: {exact: {hit_rate: 30%}}}\n"));
    let arguments = ["s.yaml", "--log", "log.csv", "--columns", "id=id", "--time", "s"];
    let report = room.replay(&arguments);
    let calls = report["strategies"][0]["by_model"][0]["requests"].as_str().unwrap().parse::<f64>().unwrap();
    assert!((calls / 5_000.0 - 0.7).abs() < 0.02, "{calls}");
    // The same requests in another order meet the same fate.
    let reversed: String = questions.iter().enumerate().rev().map(row).collect();
    room.put("log.csv", format!("time,id,input,output\n{reversed}"));
    assert_eq!(total(&room.replay(&arguments), 0), total(&report, 0));
}

#[test]
fn a_session_begins_with_all_that_was_said() {
    let room = Room::new();
    let priced = r"llmcost: 1
prices: {add: {m: {input: 10, output: 0, cached_read: 1, cache_write: {5m: 12.5}, cache: {min_tokens: 1000, step: 100, ttls: [5m]}}}}
strategies: {m: {model: m, prefix_cache: {ttl: 5m}}}
";
    room.put("s.yaml", priced);
    // Too short; written; read 1,300 of 1,350; read again after the lifetime was renewed; too late.
    let log = "ts,session,input,output\n0,a,900,0\n10,a,1350,0\n20,a,2000,0\n310,a,2100,0\n700,a,2200,0\n15,b,1350,0\n";
    room.put("log.csv", log);
    let arguments = ["s.yaml", "--log", "log.csv", "--columns", "session=session", "--time", "relative s"];
    let report = room.replay(&arguments);
    let pico = |fresh: u128, written: u128, read: u128| fresh * 10_000_000 + written * 12_500_000 + read * 1_000_000;
    let wanted = [
        pico(900, 0, 0),
        pico(0, 1350, 0),
        pico(0, 2000 - 1300, 1300),
        pico(0, 100, 2000),
        pico(0, 2200, 0),
        pico(0, 1350, 0),
    ];
    assert_eq!(total(&report, 0), usd(wanted.iter().sum()));
}

#[test]
fn a_stated_share_of_the_cacheable_tokens_is_read() {
    let room = Room::new();
    room.put(
        "s.yaml",
        r"llmcost: 1
prices: {add: {m: {input: 10, output: 0, cached_read: 1, cache_write: {5m: 12.5}, cache: {min_tokens: 1000, step: 100, ttls: [5m]}}}}
strategies: {m: {model: m, prefix_cache: {ttl: 5m, tokens: 80%, hit_rate: 75%}}}
",
    );
    // 80% of 1,000 is below the minimum; 80% of 2,000 is 1,600; 80% of 1,999 is 1,599, in steps 1,500.
    room.put("log.csv", "input,output\n1000,0\n2000,0\n1999,0\n");
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let pico = |fresh: u128, written: u128, read: u128| fresh * 10_000_000 + written * 12_500_000 + read * 1_000_000;
    assert_eq!(total(&report, 0), usd(pico(1000, 0, 0) + pico(400, 400, 1200) + pico(499, 375, 1125)));
}
