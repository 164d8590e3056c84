//! `lengths: {trace: FILE}`: a simulation of every length of a log costs what the log costs.

use llmcost::check::{self, Options};
use llmcost::input::Input;
use llmcost::report::{Evaluation, Report};

use super::{Room, csv, rows, scenario, total, trace};

/// Per day of as many requests as the log has, with a tier, a minimum prefix and a step.
fn simulated(room: &Room, trace: &str, requests: &str) -> Vec<String> {
    let strategies =
        "  tiers: {model: large}\n  cached: {model: m, prefix_cache: {tokens: 80%, hit_rate: 75%, ttl: 5m}}\n";
    let workload = format!("workload: {{requests: {requests}/day, lengths: {{trace: {trace}}}}}\n");
    let priced = scenario(strategies).replace(
        "strategies:",
        "    m: {input: 10, output: 20, cached_read: 1, cache_write: {5m: 12.5}, cache: {min_tokens: 1024, step: 128, ttls: [5m]}}\nstrategies:",
    );
    let path = room.put("s.yaml", priced + &workload);
    let plan = check::load(&Input::File(path), &Options::default()).unwrap();
    let report = Report::of(&Evaluation::of(plan).unwrap());
    report.strategies.iter().map(|strategy| strategy.cost.per_day.to_string()).collect()
}

#[test]
fn lengths_of_a_log_cost_what_the_log_costs() {
    let room = Room::new();
    let rows: Vec<_> =
        rows(700, 71).into_iter().map(|row| super::Row { cached: 0, written: 0, batch: false, ..row }).collect();
    room.put("log.csv", csv(&rows));
    let simulated = simulated(&room, "log.csv", "700");
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    assert_eq!(simulated, [total(&report, 0), total(&report, 1)]);
}

#[test]
fn every_public_trace_costs_the_same_by_its_lengths() {
    for name in [
        "azure2023_code.csv.gz",
        "azure2023_conv.csv.gz",
        "agent_magagent.jsonl.gz",
        "mooncake_conversation.jsonl.gz",
        "arxiv_summarization_lengths.csv.gz",
    ] {
        let Some(path) = trace(name) else { continue };
        let room = Room::new();
        // Blocks would say more of the cache than a share does.
        let seen = room.replay(&["--log", &path, "--constant", "model=gpt-4o", "--as-of", "2026-11-23"]);
        let requests = seen["requests"].as_str().unwrap();
        let simulated = simulated(&room, &path, requests);
        let report = room.replay(&["s.yaml", "--log", &path]);
        assert_eq!(simulated[0], total(&report, 0), "{name}");
        if !name.ends_with(".jsonl.gz") {
            assert_eq!(simulated[1], total(&report, 1), "{name}");
        }
    }
}
