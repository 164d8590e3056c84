//! A saved report is the report: every format makes the same bytes of both.

use std::fs;

use llmcost::diag::Source;
use llmcost::report::Report;
use proptest::prelude::*;

use crate::oracle::generate;
use crate::support::{forms, report, run, run_with, scenarios, text};

const FORMATS: [&str; 10] =
    ["table", "chart", "json", "csv", "markdown", "html", "github", "junit", "gitlab-metrics", "focus"];

fn read(json: &str) -> Vec<Report> {
    let source = Source { name: "report.json".into(), text: json.into(), first_line: 1 };
    Report::read(&std::sync::Arc::new(source)).unwrap_or_else(|problem| panic!("{problem:?}"))
}

#[test]
fn render_makes_of_a_saved_report_what_simulate_prints() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("report.json");
    for path in scenarios() {
        fs::write(&saved, run(&["simulate", &path, "--format", "json"]).stdout).unwrap();
        for format in FORMATS {
            let direct = run(&["simulate", &path, "--format", format]);
            let rendered = run(&["render", saved.to_str().unwrap(), "--format", format]);
            assert_eq!(rendered.status.code(), Some(0), "{}", text(&rendered.stderr));
            assert_eq!(text(&direct.stdout), text(&rendered.stdout), "{path} as {format}");
        }
    }
}

#[test]
fn render_shows_reports_as_check_and_breakeven_do() {
    let path = "scenarios/guide/self-hosted-vs-api.yaml";
    let json = text(&run(&["simulate", path, "--format", "json"]).stdout);
    for command in ["check", "breakeven"] {
        for format in FORMATS.into_iter().filter(|format| *format != "chart") {
            let direct = run(&[command, path, "--format", format]);
            let rendered = run_with(&["render", "-", "--as", command, "--format", format], &json);
            assert_eq!(text(&direct.stdout), text(&rendered.stdout), "{command} as {format}");
        }
    }
}

#[test]
fn several_reports_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let all = scenarios();
    let mut saved = Vec::new();
    for (index, path) in all.iter().enumerate() {
        let file = folder.path().join(format!("{index}.json"));
        fs::write(&file, run(&["simulate", path, "--format", "json"]).stdout).unwrap();
        saved.push(file.to_str().unwrap().to_owned());
    }
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    let files: Vec<&str> = saved.iter().map(String::as_str).collect();
    for format in FORMATS {
        let direct = run(&[&["simulate", "--format", format], &names[..]].concat());
        let rendered = run(&[&["render", "--format", format], &files[..]].concat());
        assert_eq!(text(&direct.stdout), text(&rendered.stdout), "{format}");
    }
    // An array of reports is what several become.
    let array = text(&run(&[&["render", "--format", "json"], &files[..]].concat()).stdout);
    assert_eq!(text(&run_with(&["render", "-", "--format", "json"], &array).stdout), array);
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    let cases = [
        ("{\n  \"schema\": \"llmcost.size/1\"\n}", "error[version]", "llmcost.size/1"),
        ("{\n  \"schema\": \"llmcost.report/1\",\n  \"scenario\": 3\n}", "error[wrong-shape]", "-:3:"),
        ("{\"schema\": \"llmcost.report/1\",", "error[syntax]", "no JSON"),
        ("", "error[syntax]", "no JSON"),
        ("[1, 2]", "error[wrong-shape]", "no report"),
    ];
    for (json, code, says) in cases {
        let output = run_with(&["render", "-"], json);
        let stderr = text(&output.stderr).replace("<stdin>", "-");
        assert_eq!(output.status.code(), Some(2), "{json}");
        assert!(stderr.contains(code) && stderr.contains(says), "{json}: {stderr}");
        assert_eq!(text(&output.stdout), "");
    }
    let number =
        report("llmcost: 1\nworkload: {requests: 1/day, input: 1, output: 1}\nstrategies:\n  a: {model: gpt-4o}\n");
    let json = llmcost::render::json(&[number]).unwrap();
    for broken in ["1e5", "0x10", "1.5.2", "--1", "NaN", ""] {
        let changed = json.replacen("\"days_per_month\": \"30\"", &format!("\"days_per_month\": \"{broken}\""), 1);
        assert_ne!(changed, json);
        let output = run_with(&["render", "-"], &changed);
        assert_eq!(output.status.code(), Some(2), "{broken}");
        assert!(text(&output.stderr).contains("not a decimal number"), "{}", text(&output.stderr));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scenarios with thirds, sevenths and other numbers without end.
    #[test]
    fn a_report_survives_being_saved(scenario in generate::scenario()) {
        let made = report(&scenario.yaml());
        let json = llmcost::render::json(std::slice::from_ref(&made)).unwrap();
        let read = read(&json);
        prop_assert_eq!(std::slice::from_ref(&made), &read[..]);
        for ((form, direct), (_, rendered)) in forms(std::slice::from_ref(&made)).into_iter().zip(forms(&read)) {
            prop_assert_eq!(direct, rendered, "{}", form);
        }
    }
}
