//! `sweep` against `simulate`, and its forms.

use serde_json::Value;

use crate::support::{run, run_with, snapshot, text};

const FILE: &str = "scenarios/sweep.yaml";
const ACCEPT: &str = "strategies.cascade.cascade.0.accept";

fn swept(arguments: &[&str]) -> Value {
    let output = run(&[&["sweep", FILE, "-f", "json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_point_is_what_simulate_says() {
    let found = swept(&["--vary", "workload.output=100..400/4", "--vary", &format!("{ACCEPT}=20%..80%/3")]);
    assert_eq!(found["schema"], "llmcost.sweep/1");
    let points = found["points"].as_array().unwrap();
    assert_eq!(points.len(), 12);
    for point in points {
        let at = |index: usize| point["at"][index].as_str().unwrap();
        let (output, accept) = (format!("workload.output={}", at(0)), format!("{ACCEPT}={}", at(1)));
        let simulated = run(&["simulate", FILE, "-f", "json", "--set", &output, "--set", &accept]);
        let simulated: Value = serde_json::from_slice(&simulated.stdout).unwrap();
        let mut best: Option<(f64, &str)> = None;
        for (index, strategy) in simulated["strategies"].as_array().unwrap().iter().enumerate() {
            let month = strategy["cost"]["per_month"].as_str().unwrap();
            assert_eq!(point["strategies"][index]["value"], month);
            let month: f64 = month.parse().unwrap();
            if best.is_none_or(|(least, _)| month < least) {
                best = Some((month, strategy["name"].as_str().unwrap()));
            }
        }
        assert_eq!(point["best"], best.unwrap().1);
    }
}

/// The cascade costs c1 + j + (1 - a) c2 = 0.0003345 + (1 - a) 0.00325 a request, the route 0.4 x 0.00325 + 0.6 x 0.000195:
/// equal at a = 1 - 0.0010825 / 0.00325.
#[test]
fn the_change_of_the_best_strategy_is_found() {
    let found = swept(&["--vary", &format!("{ACCEPT}=5%..95%/10")]);
    let changes = found["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0]["from"], &changes[0]["to"]), (&"route".into(), &"cascade".into()));
    assert_eq!((&changes[0]["after"], &changes[0]["until"]), (&"65%".into(), &"75%".into()));
    let near: f64 = changes[0]["near"].as_str().unwrap().trim_end_matches('%').parse().unwrap();
    assert!((near - 100.0 * (1.0 - 0.001_082_5 / 0.003_25)).abs() < 2e-3, "{near}");
}

#[test]
fn a_list_may_vary_anything_and_any_figure_may_be_shown() {
    let found = swept(&["--vary", "strategies.all-gpt-4o.model=gpt-4o,gpt-4o-mini", "--metric", "savings_percent"]);
    let best: Vec<&str> = found["points"].as_array().unwrap().iter().map(|p| p["best"].as_str().unwrap()).collect();
    assert_eq!(best, ["cascade", "all-gpt-4o"]);
    assert_eq!(found["more_is_better"], true);
}

#[test]
fn forms_of_a_sweep() {
    let show = |format: &str, vary: &[&str]| text(&run(&[&["sweep", FILE, "-f", format], vary].concat()).stdout);
    let (one, other) = (format!("{ACCEPT}=5%..95%/10"), format!("{ACCEPT}=65%..75%/2"));
    snapshot("sweep-table", &show("table", &["--vary", &one]));
    snapshot("sweep-chart", &show("chart", &["--vary", &one]));
    snapshot("sweep-markdown", &show("markdown", &["--vary", "workload.output=100..400/2", "--vary", &other]));
    snapshot("sweep-csv", &show("csv", &["--vary", "workload.output=100..400/2", "--vary", &other]));
    snapshot("sweep-json", &show("json", &["--vary", &other]));
    let page = show("html", &["--vary", &one]);
    assert!(page.contains("<svg") && page.contains("near accept 66.692%"));
}

#[test]
fn charts_of_a_sweep_are_files() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("a.svg");
    let output = run(&["sweep", FILE, "--vary", &format!("{ACCEPT}=5%..95%/3"), "-o", svg.to_str().unwrap()]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(std::fs::read_to_string(svg).unwrap().contains("<svg"));
}

#[test]
fn what_cannot_be_swept_is_refused() {
    let refused = |arguments: &[&str], words: &str| {
        let output = run(&[&["sweep", FILE], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    };
    refused(&["--vary", &format!("{ACCEPT}=50%..150%/3")], "a share is at most 100%");
    refused(&["--vary", "workload.inptu=1..2/2"], "did you mean `input`?");
    refused(&["--vary", "strategies.x.model=a,b"], "there is no strategy `x`");
    refused(&["--vary", "workload.input=1..2"], "how many points?");
    refused(&["--vary", "workload.input=1..900/900", "--vary", "workload.output=1..900/900"], "10000 are the most");
    refused(&["--vary", "workload.input=1..2/2", "--vary", "workload.input=1..2/2"], "varied twice");
    refused(&["--vary", "workload.input=1..2/2", "--metric", "per_mouth"], "per_month");
    let all = ["--vary", "a=1,2", "--vary", "b=1,2", "--vary", "c=1,2"];
    refused(&all, "a grid has one or two inputs");
}

/// Half an agent's step is none, so that nothing between 1 and 2 can be tried; the grid itself holds.
#[test]
fn whole_numbers_can_be_swept() {
    let text_of = "llmcost: 1
workload: {requests: 1k/day, input: 1k, output: 100, agent: {steps: 1, tool_result: 10k}}
strategies: {a: {model: gpt-4o}, b: {model: gpt-4o-mini}}
";
    let output = run_with(&["sweep", "-", "--vary", "workload.agent.steps=1..3/3", "-f", "csv"], text_of);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).lines().count(), 7);
}
