//! What the README shows is what the program prints.

use std::fs;

use crate::support::{root, run, text};

#[test]
fn console_examples_are_real_output() {
    assert_eq!(examples_of("README.md"), 3);
    assert_eq!(examples_of("src/manual/compare.md"), 1);
}

/// How many examples of commands a page has; each shows what the program prints.
fn examples_of(page: &str) -> usize {
    let page = fs::read_to_string(root().join(page)).unwrap();
    let mut shown = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let Some((command, expected)) = block.strip_prefix("$ llmcost ").and_then(|block| block.split_once('\n'))
        else {
            continue;
        };
        let arguments: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(text(&run(&arguments).stdout), expected, "llmcost {command}");
        shown += 1;
    }
    shown
}

#[test]
fn the_error_shown_is_a_real_one() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let snapshot = fs::read_to_string(root().join("snapshots/error-shares.snap")).unwrap();
    assert!(snapshot.contains(shown.trim_end()), "{shown}");
}

#[test]
fn the_example_scenario_is_sound() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let scenario = readme.split("```yaml\n").find(|block| block.starts_with("llmcost:")).unwrap();
    let scenario = scenario.split("```").next().unwrap();
    crate::support::report(scenario);
}

#[test]
fn the_example_price_list_prices_its_model() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let list = readme.split("```yml\n").find(|block| block.starts_with("schema")).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acme.yaml"), list).unwrap();
    let scenario = "llmcost: 1\nprices: {catalog: acme.yaml}\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  a: {model: tiny, batch: 50%}\n";
    fs::write(folder.path().join("a.yaml"), scenario).unwrap();
    let output = run(&["simulate", folder.path().join("a.yaml").to_str().unwrap(), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // 0.5 x (500 x 0.15 + 200 x 0.60) + 0.5 x (500 x 0.08 + 200 x 0.30)
    assert_eq!(report["strategies"][0]["cost"]["per_day"], "147.5");
}
