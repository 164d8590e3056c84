//! `fit`: a scenario made from a log stands for it, and says how well.

use super::{HEADER, Room, Row, csv, rows, trace};
use crate::support::text;

fn fitted(room: &Room, arguments: &[&str]) -> String {
    let output = room.run(&[&["fit"], arguments].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The error that a fit states, in percent.
fn error_of(fit: &str) -> f64 {
    let line = fit.lines().nth(1).unwrap();
    if line.contains("exactly the same") {
        return 0.0;
    }
    let (_, rest) = line.rsplit_once('(').unwrap();
    rest.trim_end_matches("%).").parse().unwrap_or_else(|_| panic!("{line}"))
}

#[test]
fn a_fit_stands_for_its_log() {
    let room = Room::new();
    room.put("prices.yaml", "schema: 1\nprovider: house\ncurrency: USD\nlisted: 2026-11-01\nmodels:\n  - id: small\n    prices: [{from: 2025-01-01, source: here, input: \"0.15\", cache_read: \"0.075\", cache_write: \"0.15\", output: \"0.6\"}]\n    fallback: {batch: {factor: \"0.5\", applies_to: [input, output, cache_read, cache_write]}}\n  - id: large\n    prices: [{from: 2025-01-01, source: here, input: {usd: \"3\", tiers: [{above: 2000, usd: \"6\"}]}, cache_read: \"0.3\", cache_write: \"3.75\", output: \"15\"}]\n    fallback: {batch: {factor: \"0.5\", applies_to: [input, output, cache_read, cache_write]}}\n");
    let log: String = rows(4_000, 81).iter().map(Row::csv).collect();
    room.put("log.csv", HEADER.to_owned() + &log);
    let fit = fitted(&room, &["log.csv", "--prices", "prices.yaml"]);
    assert!(error_of(&fit).abs() < 2.0, "{fit}");
    assert!(fit.contains("2000, share"), "the tier is no edge of a bin: {fit}");
    // What it states is what simulating it comes to.
    room.put("fit.yaml", &fit);
    let output = room.run(&["simulate", "fit.yaml", "--format", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let per_request = report["strategies"][0]["cost"]["per_request"].as_str().unwrap().parse::<f64>().unwrap();
    let line = fit.lines().nth(1).unwrap();
    let stated = line.split("simulated, $").nth(1).unwrap().split(' ').next().unwrap().parse::<f64>().unwrap();
    assert!((per_request * 4_000.0 - stated).abs() < 0.01, "{per_request} {line}");
    // Kinds of requests by a column.
    let by_team = fitted(&room, &["log.csv", "--prices", "prices.yaml", "--task", "team"]);
    assert_eq!(by_team.matches("- name: team-").count(), 7, "{by_team}");
    assert!(error_of(&by_team).abs() < 2.0, "{by_team}");
}

#[test]
fn fits_of_public_traces_state_their_error() {
    for name in ["azure2023_code.csv.gz", "azure2023_conv.csv.gz", "mooncake_conversation.jsonl.gz"] {
        let Some(path) = trace(name) else { continue };
        let fit = fitted(&Room::new(), &[&path, "--constant", "model=gpt-4o"]);
        // Prices are linear and bins have exact means: nothing but the digits of shares is lost.
        assert!(error_of(&fit).abs() < 0.001, "{name}\n{fit}");
    }
}

#[test]
fn a_log_that_names_no_model_is_asked_for_one() {
    let room = Room::new();
    room.put("log.csv", "input,output\n10,1\n");
    let output = room.run(&["fit", "log.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("model=COLUMN"), "{}", text(&output.stderr));
    room.put("log.csv", csv(&rows(5, 1)).replace(",large,", ",lagre,").replace(",small,", ",lagre,"));
    assert!(text(&room.run(&["fit", "log.csv"]).stderr).contains("`lagre`: no price list knows it"));
}
