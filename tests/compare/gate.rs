//! `--fail-on`, `--warn-on`, `--quiet-below`, usage.

use std::fs;

use crate::support::{run, run_with, text};

const ROUTING: &str = "scenarios/guide/routing.yaml";

fn compare(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["compare", ROUTING], arguments].concat());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// 97,500 becomes 107,250, for every strategy 10% more.
const TENTH: [&str; 2] = ["--set", "workload.requests=1.1M/day"];

#[test]
fn conditions_decide_the_exit_status() {
    for (condition, status) in [
        ("per_month > +9.9%", 1),
        ("per_month > +10%", 0),
        ("per_month >= +10%", 1),
        ("per_month > +$9750", 0),
        ("per_month >= +$9750", 1),
        ("all-gpt-4o.per_month > $107k", 1),
        ("smart-routing.per_month > $107k", 0),
        ("smart-routing.per_month < $24k", 1),
        ("per_request > +0%", 0),
        ("calls_per_day > +50k", 1),
        ("savings_percent < 70%", 1),
        ("smart-routing.savings_percent < 70%", 0),
        ("savings_percent < -1%", 0),
        ("cascade_final_only_per_month > +1%", 0),
    ] {
        let (code, stdout, stderr) = compare(&[&TENTH[..], &["--fail-on", condition]].concat());
        assert_eq!(code, Some(status), "{condition}: {stdout}{stderr}");
        assert!(stdout.contains(condition), "{condition}: {stdout}");
        // A warning is told and fails nothing.
        let (code, warned, _) = compare(&[&TENTH[..], &["--warn-on", condition]].concat());
        assert_eq!((code, warned.contains(&format!("! {condition}"))), (Some(0), status == 1), "{condition}: {warned}");
    }
}

#[test]
fn the_strategies_that_go_furthest_come_first() {
    let (code, stdout, _) = compare(&[&TENTH[..], &["--fail-on", "per_month > +$1"]].concat());
    assert_eq!(code, Some(1));
    let told: Vec<&str> = stdout.lines().filter(|line| line.starts_with('✗')).collect();
    assert_eq!(
        told,
        [
            "✗ per_month > +$1: all-gpt-4o +10.0% ($97,500.00 → $107,250.00), volume",
            "✗ per_month > +$1: smart-routing +10.0% ($21,405.00 → $23,545.50), volume",
            "✗ per_month > +$1: without-the-dominated-model +10.0% ($15,015.00 → $16,516.50), volume",
        ]
    );
}

#[test]
fn a_condition_that_is_none_is_refused_at_its_own_text() {
    let (code, stdout, stderr) =
        compare(&[&TENTH[..], &["--fail-on", "smart-ruting.per_month > +5%", "--warn-on", "per_month > 5%"]].concat());
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("--fail-on:1:1") && stderr.contains("did you mean `smart-routing`?"), "{stderr}");
    assert!(stderr.contains("--warn-on:1:13") && stderr.contains("write `+5%` for more than before"), "{stderr}");
    assert!(stderr.contains("error[bad-condition]") && stderr.contains("2 errors; nothing was computed"), "{stderr}");
}

#[test]
fn amounts_in_the_currency_of_the_scenario_are_known() {
    let scenario = "llmcost: 1\ncurrency: {code: EUR, per_usd: 0.8}\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies: {a: {model: gpt-4o}}\n";
    let with = |condition: &str| {
        run_with(&["compare", "-", "--set", "workload.requests=1M/day", "--fail-on", condition], scenario).status.code()
    };
    // 97,500 dollars are 78,000 euros.
    assert_eq!(with("per_month >= 78000 EUR"), Some(1));
    assert_eq!(with("per_month > 78000 EUR"), Some(0));
    assert_eq!(with("per_month >= $97.5k"), Some(1));
    assert_eq!(with("per_month >= 5 GBP"), Some(2));
}

#[test]
fn small_changes_are_left_out_and_large_ones_are_not() {
    let cheaper = ["--set", "strategies.smart-routing.route={gpt-3.5-turbo: 60%, gpt-4o-mini: 31%, gpt-4o: 9%}"];
    let (code, stdout, _) = compare(&[&cheaper[..], &["--quiet-below", "20%"]].concat());
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
    let (_, stdout, _) = compare(&[&cheaper[..], &["--quiet-below", "1%"]].concat());
    assert!(stdout.contains("unchanged: all-gpt-4o, without-the-dominated-model"), "{stdout}");
    assert!(stdout.contains("smart-routing") && stdout.contains("mix"), "{stdout}");
    // What holds is told, however small the change is.
    let (code, stdout, _) =
        compare(&[&cheaper[..], &["--quiet-below", "20%", "--fail-on", "per_month < -1%"]].concat());
    assert_eq!(code, Some(1));
    assert!(stdout.contains("changed by less than 20%: smart-routing"), "{stdout}");
    let (code, _, stderr) = compare(&["--set", "workload.requests=2M/day", "--quiet-below", "0.01"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("write `0.01%`"), "{stderr}");
}

#[test]
fn what_is_compared_with_what_must_be_said() {
    let (code, _, stderr) = compare(&[]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("is to be compared with what?") && stderr.contains("--base-ref"), "{stderr}");
    let (code, _, stderr) = compare(&["scenarios/guide/caching.yaml", "--reference", "scenarios/guide/cachin.yaml"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("did you mean `scenarios/guide/caching.yaml`?"), "{stderr}");
    let (code, _, stderr) = compare(&["--reference", "smart-ruting"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("did you mean `smart-routing`?"), "{stderr}");
    assert_eq!(compare(&[ROUTING, "--set", "workload.requests=1M/day,2M/day"]).0, Some(2));
    assert_eq!(run(&["compare", "-", "-"]).status.code(), Some(2));
    assert_eq!(compare(&["--base-ref", "main", "--reference", "a"]).0, Some(2));
}

#[test]
fn nothing_is_written_when_one_side_is_wrong_and_all_of_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.csv");
    let (bad, other) = ("tests/cases/errors/shares.yaml", "tests/cases/errors/unknown-model.yaml");
    let output = run(&["compare", bad, other, "-o", target.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("error[shares]") && stderr.contains("error[unknown-model]"), "{stderr}");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}
