//! What a replay looks like.

use super::{Room, csv, rows, scenario};
use crate::support::{snapshot, text};

#[test]
fn a_replay_as_people_read_it() {
    let room = Room::new();
    room.put("log.csv", csv(&rows(2_000, 51)));
    room.put(
        "s.yaml",
        scenario(
            "  logged: {model: as-logged}\n  large: {model: large}\n  mixed: {route: {small: 80%, large: rest}}\n",
        ) + "name: Two models\nworkload: {requests: 10k/day, input: 1800, output: 400}\n",
    );
    let arguments = ["replay", "s.yaml", "--log", "log.csv", "--by", "team"];
    let table = room.run(&arguments);
    snapshot("replay-table", &text(&table.stdout));
    let narrow = [&arguments[..], &["--quiet"]].concat();
    snapshot("replay-quiet", &text(&room.run(&narrow).stdout));
    let sheet = text(&room.run(&[&arguments[..], &["--format", "csv"]].concat()).stdout);
    snapshot("replay-csv", &sheet.replace("\r\n", "\n"));
}

#[test]
fn a_replay_of_blocks_as_people_read_it() {
    let room = Room::new();
    let row = |at: u64| {
        let own = 100 + at;
        format!(
            "{{\"timestamp\":{},\"input_length\":1500,\"output_length\":50,\"hash_ids\":[1,2,{own}]}}\n",
            at * 20_000
        )
    };
    room.put("log.jsonl", (0..60).map(row).collect::<String>());
    room.put(
        "s.yaml",
        "llmcost: 1\nprices: {add: {m: {input: 3, output: 15, cached_read: 0.3, cache_write: {5m: 3.75, 1h: 6}, cache: {min_tokens: 1024, ttls: [5m, 1h]}}}}\nstrategies: {none: {model: m}, cached: {model: m, prefix_cache: {ttl: 5m}}}\n",
    );
    let output = room.run(&["replay", "s.yaml", "--log", "log.jsonl"]);
    snapshot("replay-blocks", &text(&output.stdout));
}
