//! What comparisons look like, and several results side by side.

use serde_json::Value;

use crate::support::{program, root, run, snapshot, text};

const ROUTING: &str = "scenarios/guide/routing.yaml";
const ASSISTANT: &str = "scenarios/support-assistant.yaml";

fn shown(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn comparisons_print_what_their_snapshots_say() {
    let several =
        ["--set", "workload.requests=6/s", "--set", "workload.output=230", "--set", "prices.discount={anthropic: 5%}"];
    let route = "strategies.routed.route={by: complexity, low: gpt-6-luna, medium: gpt-6-luna, high: claude-haiku-5-5}";
    let cases: [(&str, Vec<&str>); 7] = [
        ("compare-several-causes-table", [&["compare", ASSISTANT][..], &several, &["--set", route]].concat()),
        (
            "compare-several-causes-csv",
            [&["compare", ASSISTANT][..], &several, &["--set", route, "--format", "csv"]].concat(),
        ),
        (
            "compare-json",
            vec![
                "compare",
                ROUTING,
                "--set",
                "workload.requests=2M/day",
                "--format",
                "json",
                "--fail-on",
                "per_month > +200%",
            ],
        ),
        ("compare-strategies", vec!["compare", ASSISTANT, "--reference", "one-model"]),
        (
            "compare-side-by-side",
            vec![
                "compare",
                "scenarios/guide/batching.yaml",
                ROUTING,
                "scenarios/guide/caching.yaml",
                "--reference",
                ROUTING,
            ],
        ),
        (
            "compare-what-if",
            vec!["compare", ROUTING, "--set", "workload.requests=500k/day,2M/day", "--warn-on", "per_month > +50%"],
        ),
        ("simulate-several-values", vec!["simulate", ROUTING, "--set", "workload.requests=500k/day,1M/day,2M/day"]),
    ];
    for (name, arguments) in cases {
        let mut found = shown(&arguments);
        // The report around it has snapshots of its own.
        if let Ok(report) = serde_json::from_str::<Value>(&found) {
            found = serde_json::to_string_pretty(&report["comparison"]).unwrap();
        }
        snapshot(name, &found);
    }
}

#[test]
fn variants_are_reports_that_say_what_was_set() {
    let json = shown(&[
        "simulate",
        ROUTING,
        "--set",
        "workload.requests=1M/day,2M/day",
        "--set",
        "workload.output=200, 400",
        "--format",
        "json",
    ]);
    let all: Value = serde_json::from_str(&json).unwrap();
    let all = all.as_array().unwrap();
    let cost = |report: &Value| report["strategies"][0]["cost"]["per_day"].as_str().unwrap().to_owned();
    assert_eq!(all.iter().map(cost).collect::<Vec<_>>(), ["3250", "5250", "6500", "10500"]);
    assert_eq!(all[3]["scenario"]["set"][1], "workload.output=400");
    assert!(all[0].get("comparison").is_none());
    assert_eq!(all[3]["comparison"]["strategies"][0]["ratio"], "3.230769230769230769230769");
    let csv = shown(&["simulate", ROUTING, "--set", "workload.requests=1M/day,2M/day", "--format", "csv"]);
    assert!(csv.starts_with("scenario,strategy,lever,"));
    assert!(csv.contains("Guide 6.1, smart routing (workload.requests=2M/day)"), "{csv}");
    let refused = run(&["simulate", ROUTING, ASSISTANT, "--set", "workload.requests=1M/day,2M/day"]);
    assert_eq!(refused.status.code(), Some(2));
    let broken = run(&["simulate", ROUTING, "--set", "workload.requests=1M/day,many"]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(text(&broken.stderr).contains("--set:1:19"), "{}", text(&broken.stderr));
}

/// The reference need not be the first one; every other is compared with it.
#[test]
fn the_reference_may_stand_anywhere() {
    let files = [ROUTING, "scenarios/guide/cascade.yaml", "scenarios/guide/caching.yaml"];
    let json = shown(&[&["compare"], &files[..], &["--reference", files[2], "--format", "json"]].concat());
    let all: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["comparison"]["base"]["file"], files[2]);
    assert_eq!(all[1]["comparison"]["base"]["file"], files[2]);
    assert!(all[2].get("comparison").is_none());
    let two = shown(&["compare", files[0], files[1], "--reference", files[1], "--format", "json"]);
    let two: Value = serde_json::from_str(&two).unwrap();
    assert_eq!(two["scenario"]["file"], files[0]);
    assert_eq!(two["comparison"]["base"]["file"], files[1]);
}

#[test]
fn tables_fit_their_width() {
    for arguments in [
        vec!["compare", ASSISTANT, "--set", "workload.requests=6/s", "--set", "workload.output=230"],
        vec!["compare", ASSISTANT, ROUTING, "scenarios/guide/caching.yaml"],
        vec!["compare", ROUTING, "--set", "workload.requests=500k/day,2M/day"],
        vec!["compare", ASSISTANT, "--reference", "one-model"],
    ] {
        for width in [70, 80, 140] {
            let output = program(root()).args(&arguments).env("COLUMNS", width.to_string()).output().unwrap();
            let widest = text(&output.stdout).lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{arguments:?} {width}: {widest}\n{}", text(&output.stdout));
        }
    }
}

#[test]
fn the_same_comparison_twice_has_the_same_bytes() {
    for format in ["table", "json", "csv"] {
        let arguments = ["compare", ASSISTANT, "--set", "workload.output=230", "--format", format];
        assert_eq!(shown(&arguments), shown(&arguments));
    }
}
