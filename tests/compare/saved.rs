//! Saved reports on either side.

use std::fs;

use serde_json::Value;

use crate::exact::number;
use crate::support::{run, text};

const ROUTING: &str = "scenarios/guide/routing.yaml";

/// A report saved in a folder.
fn saved(folder: &tempfile::TempDir, name: &str, arguments: &[&str]) -> String {
    let path = folder.path().join(name).to_str().unwrap().to_owned();
    let output = run(&[&["simulate"], arguments, &["--format", "json", "-o", &path]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    path
}

fn compared(arguments: &[&str]) -> Value {
    let output = run(&[&["compare"], arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_report_is_the_same_as_the_scenario_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    for path in crate::support::scenarios() {
        let report = saved(&folder, "a.json", &[&path]);
        for sides in [[report.as_str(), &path], [&path, &report], [&report, &report]] {
            let found = compared(&sides);
            for strategy in found["comparison"]["strategies"].as_array().unwrap() {
                assert_eq!(strategy["status"], "same", "{path} {sides:?}: {strategy}");
            }
        }
    }
}

/// What a model costs and how many requests there are is told alike by plans and by bills: each is computed without the other.
#[test]
fn bills_and_plans_tell_the_same_causes_where_bills_can() {
    let folder = tempfile::tempdir().unwrap();
    let base = saved(&folder, "base.json", &[ROUTING]);
    for change in [
        "workload.requests=1.3M/day",
        "workload.output=260",
        "prices.discount={gpt-4o: 7%}",
        "strategies.smart-routing.route={gpt-3.5-turbo: 10%, gpt-4o-mini: 70%, gpt-4o: 20%}",
        "strategies.smart-routing.batch={share: 40%}",
    ] {
        let head = saved(&folder, "head.json", &[ROUTING, "--set", change]);
        let by_lines = compared(&[&base, &head])["comparison"]["strategies"].clone();
        let by_plans = compared(&[ROUTING, "--set", change])["comparison"]["strategies"].clone();
        for (lines, plans) in by_lines.as_array().unwrap().iter().zip(by_plans.as_array().unwrap()) {
            assert_eq!(lines["causes"], plans["causes"], "{change}");
            assert_eq!(lines["change_per_month"], plans["change_per_month"]);
        }
    }
}

#[test]
fn parts_add_up_and_the_saved_report_stays_whole() {
    let folder = tempfile::tempdir().unwrap();
    let assistant = "scenarios/support-assistant.yaml";
    let base = saved(&folder, "base.json", &[assistant]);
    let changes =
        ["--set", "workload.requests=7/s", "--set", "prices.discount={anthropic: 5%}", "--set", "workload.output=300"];
    let head = saved(&folder, "head.json", &[&[assistant], &changes[..]].concat());
    let found = compared(&[&base, &head]);
    for strategy in found["comparison"]["strategies"].as_array().unwrap() {
        let parts = strategy["causes"].as_array().unwrap().iter();
        let sum = parts.fold(number(&"0".into()), |sum, part| sum + number(&part["change_per_month"]));
        assert_eq!(sum, number(&strategy["change_per_month"]), "{strategy:#}");
        assert_eq!(strategy["method"], "lines");
        assert!(strategy["causes"].as_array().unwrap().iter().all(|part| part["cause"] != "other"), "{strategy:#}");
    }
    // The report of head with its comparison, and nothing else.
    let mut report = found.clone();
    report.as_object_mut().unwrap().remove("comparison");
    let original: Value = serde_json::from_str(&fs::read_to_string(&head).unwrap()).unwrap();
    assert_eq!(report, original);
}

#[test]
fn conditions_are_asked_of_saved_reports_too() {
    let folder = tempfile::tempdir().unwrap();
    let base = saved(&folder, "base.json", &[ROUTING]);
    let gate = |condition: &str| {
        let output = run(&["compare", &base, ROUTING, "--set", "workload.requests=2M/day", "--fail-on", condition]);
        output.status.code()
    };
    assert_eq!(gate("per_month > +99%"), Some(1));
    assert_eq!(gate("per_month > +100%"), Some(0));
    assert_eq!(gate("calls_per_day > +999k"), Some(1));
    assert_eq!(gate("smart-routing.savings_percent > +0%"), Some(0));
    let output = run(&["compare", &base, ROUTING, "--set", "workload.requests=2M/day"]);
    assert!(text(&output.stdout).contains("change scenarios, not saved reports"), "{}", text(&output.stdout));
    assert_eq!(run(&["compare", &base, &base, "--as-of", "2026-01-01"]).status.code(), Some(2));
}

#[test]
fn what_is_no_report_of_this_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let base = saved(&folder, "base.json", &[ROUTING]);
    let path = folder.path().join("other.json").to_str().unwrap().to_owned();
    let report = fs::read_to_string(&base).unwrap();
    let refused = |text_of: &str, code: &str, words: &str| {
        fs::write(&path, text_of).unwrap();
        let output = run(&["compare", &path, ROUTING]);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(&format!("error[{code}]")) && stderr.contains(words), "{stderr}");
    };
    refused(
        &report.replace("llmcost.report/1", "llmcost.report/2"),
        "version",
        "`llmcost.report/2`, not `llmcost.report/1`",
    );
    refused("{\"schema\": \"llmcost.price/1\"}", "version", "another kind of result");
    refused(&format!("[{report}, {report}]"), "wrong-shape", "holds 2 reports");
    refused(&report.replace("\"currency_per_usd\"", "\"rate\""), "wrong-shape", "does not say `currency_per_usd`");
    refused(&report.replace("\"97500\"", "97500"), "wrong-shape", "does not say `strategies.0");
    refused(&report[..report.len() / 2], "syntax", "other.json");
    // A scenario in braces is a scenario.
    let scenario = "{\"llmcost\": 1, \"workload\": {\"requests\": \"1M/day\", \"input\": 500, \"output\": 200}, \"strategies\": {\"a\": {\"model\": \"gpt-4o\"}}}";
    fs::write(&path, scenario).unwrap();
    assert_eq!(run(&["compare", &path, ROUTING]).status.code(), Some(0));
}
