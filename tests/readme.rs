//! What the README shows is what the program prints.

use std::fs;

use crate::support::{root, run, text};

#[test]
fn console_examples_are_real_output() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let Some((command, expected)) = block.strip_prefix("$ llmcost ").and_then(|block| block.split_once('\n'))
        else {
            continue;
        };
        let arguments: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(text(&run(&arguments).stdout), expected, "llmcost {command}");
        shown += 1;
    }
    assert_eq!(shown, 2);
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
    let scenario = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    crate::support::report(scenario);
}
