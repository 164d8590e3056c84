//! What of a report is shown: strategies, order, columns, period, and errors for what means nothing.

use std::fs;

use crate::support::{run, text};

const ASSISTANT: &str = "scenarios/support-assistant.yaml";
const ROUTING: &str = "scenarios/guide/routing.yaml";

fn names(arguments: &[&str]) -> Vec<String> {
    let output = run(&[&["simulate", ASSISTANT, "--format", "json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["strategies"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn strategies_are_chosen_and_put_in_order() {
    let all = ["one-model", "routed", "cached", "lean", "lean-with-batch", "cascade"];
    assert_eq!(names(&[]), all);
    assert_eq!(names(&["--top", "2"]), ["lean-with-batch", "lean"]);
    assert_eq!(names(&["--sort", "per_month", "--top", "1"]), ["lean-with-batch"]);
    assert_eq!(names(&["--sort", "per_month:desc", "--top", "1"]), ["one-model"]);
    assert_eq!(names(&["--sort", "savings_percent"])[0], "lean-with-batch");
    assert_eq!(names(&["--sort", "strategy"])[..2], ["cached", "cascade"]);
    assert_eq!(names(&["--strategy", "routed", "--strategy", "one-model"]), ["one-model", "routed"]);
    assert_eq!(names(&["--top", "100"]).len(), 6);
    assert_eq!(names(&["--top", "0"]).len(), 0);
}

#[test]
fn what_is_left_out_is_counted() {
    let output = run(&["simulate", ASSISTANT, "--top", "2"]);
    assert!(text(&output.stdout).contains("4 more strategies are not shown."), "{}", text(&output.stdout));
    let output = run(&["simulate", ASSISTANT, "--top", "5", "--quiet"]);
    assert!(text(&output.stdout).contains("1 more strategy is not shown."), "{}", text(&output.stdout));
}

#[test]
fn columns_and_periods_change_the_table() {
    let shown = |arguments: &[&str]| text(&run(&[&["simulate", ROUTING, "--quiet"], arguments].concat()).stdout);
    let table = shown(&["--fields", "strategy,per_year,calls_per_day"]);
    assert!(table.contains("per year   calls a day") && table.contains("$1,186,250.00     1,000,000"), "{table}");
    let yearly = shown(&["--period", "year"]);
    assert!(
        yearly.contains("per year") && yearly.contains("$260,427.50") && yearly.contains("costs $182,682.50 a year"),
        "{yearly}"
    );
    let hourly = shown(&["--period", "hour"]);
    assert!(
        hourly.contains("per hour") && hourly.contains("$29.73") && hourly.contains("costs $20.85 an hour"),
        "{hourly}"
    );
    let daily = run(&["simulate", ROUTING, "--period", "day", "--format", "markdown"]);
    assert!(text(&daily.stdout).contains("Where the money goes, per day"), "{}", text(&daily.stdout));
}

#[test]
fn what_means_nothing_is_an_error() {
    let cases: [(&[&str], &str); 13] = [
        (&["--fields", "per_mont"], "did you mean `per_month`"),
        (&["--sort", "per_month:down"], "asc"),
        (&["--sort", "price"], "there is no field `price`"),
        (&["--strategy", "smart-ruting"], "did you mean `smart-routing`"),
        (&["--format", "json", "--fields", "per_month"], "--fields"),
        (&["--format", "focus", "--period", "day"], "--period"),
        (&["--format", "junit", "--period", "day"], "--period"),
        (&["--limit", "5000"], "markdown and github"),
        (&["--format", "github", "--limit", "10"], "1000"),
        (&["--format", "github", "--limit", "slack"], "comment, summary or azure"),
        (&["--comment-tag", "x"], "github"),
        (&["--focus-version", "1.2"], "focus"),
        (&["--format", "focus", "--focus-version", "0.5"], "1.0, 1.1 and 1.2"),
    ];
    for (arguments, says) in cases {
        let output = run(&[&["simulate", ROUTING], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn several_files_in_one_run_pictures_among_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let wanted = [
        format!("csv={}", path("a.csv")),
        format!("html={}", path("r.html")),
        format!("svg={}", path("c.svg")),
        path("p.png"),
        path("m.md"),
        path("j.xml"),
        format!("gitlab-metrics={}", path("metrics.txt")),
        format!("focus={}", path("focus.csv")),
    ];
    let mut arguments = vec!["simulate", ASSISTANT];
    arguments.extend(wanted.iter().flat_map(|target| ["-o", target]));
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let begins = |name: &str, with: &[u8]| {
        let bytes = fs::read(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(bytes.starts_with(with), "{name}");
    };
    begins("a.csv", b"scenario,strategy,");
    begins("r.html", b"<!doctype html>");
    begins("c.svg", b"<svg ");
    begins("c-savings.svg", b"<svg ");
    begins("p.png", b"\x89PNG");
    begins("p-savings.png", b"\x89PNG");
    begins("m.md", b"# Support assistant");
    begins("j.xml", b"<?xml");
    begins("metrics.txt", b"# TYPE llmcost_cost_per_month gauge");
    begins("focus.csv", b"AvailabilityZone,BilledCost,");
}

#[test]
fn nothing_is_written_when_one_of_several_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = run(&["simulate", ROUTING, "-o", &path("c.svg"), "-o", &path("a.csv"), "-o", &path("no/where.md")]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
