//! Every diagnostic code has a bad file that shows it, and its rendered text is a snapshot.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use llmcost::diag::Code;

use crate::support::{program, root, run, run_with, snapshot, text};

/// Codes that no scenario can show; each has a test below, those of conditions in `compare`, those of logs in `replay`.
const SHOWN_OTHERWISE: [&str; 8] = [
    "unreadable",
    "not-utf8",
    "file-too-large",
    "bad-set",
    "bad-condition",
    "impossible-usage",
    "bad-row",
    "log-columns",
];

fn bad_files() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("tests/cases/errors"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_bad_file_is_refused_with_its_code_and_says_nothing_on_stdout() {
    for name in bad_files() {
        let output = program(&root().join("tests/cases/errors"))
            .args(["simulate", &name])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stderr = text(&output.stderr);
        let stem = name.trim_end_matches(".yaml");
        let code = stem.split("--").next().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {stderr}");
        assert_eq!(text(&output.stdout), "", "{name}");
        assert!(stderr.contains(&format!("error[{code}]")), "{name}: {stderr}");
        snapshot(&format!("error-{stem}"), &stderr);
    }
}

#[test]
fn codes_are_unique_and_each_has_a_bad_file() {
    let slugs: Vec<&str> = Code::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!(slugs.iter().collect::<BTreeSet<_>>().len(), slugs.len());
    let shown: BTreeSet<String> =
        bad_files().iter().map(|name| name.trim_end_matches(".yaml").split("--").next().unwrap().to_owned()).collect();
    for slug in slugs {
        assert!(shown.contains(slug) || SHOWN_OTHERWISE.contains(&slug), "no bad file shows `{slug}`");
    }
}

fn refused(output: &std::process::Output, code: &str) -> String {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    assert!(stderr.contains(&format!("error[{code}]")), "{stderr}");
    stderr
}

#[test]
fn a_missing_file_and_a_folder_are_unreadable() {
    let stderr = refused(&run(&["simulate", "scenarios/guide/routin.yaml"]), "unreadable");
    assert!(stderr.contains("did you mean `routing.yaml`?"), "{stderr}");
    let stderr = refused(&run(&["simulate", "scenarios"]), "unreadable");
    assert!(stderr.contains("is a folder"), "{stderr}");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.yaml");
    fs::write(&path, b"llmcost: 1\nname: caf\xe9\n").unwrap();
    let stderr = refused(&run(&["simulate", path.to_str().unwrap()]), "not-utf8");
    assert!(stderr.contains("latin1.yaml:2:10"), "{stderr}");
}

#[test]
fn a_hundred_megabytes_are_refused_without_being_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.yaml");
    fs::File::create(&path).unwrap().set_len(100_000_000).unwrap();
    refused(&run(&["simulate", path.to_str().unwrap()]), "file-too-large");
}

#[test]
fn ten_thousand_levels_and_control_characters_are_errors() {
    for open in ["[", "{a: ", "- "] {
        let output = run_with(&["simulate", "-"], &format!("llmcost: 1\nworkload: {}\n", open.repeat(10_000)));
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
    let output = run_with(&["simulate", "-"], "llmcost: 1\nname: \"\\u0000\\e[31m\"\nworkload: \0\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(!text(&output.stderr).contains('\u{1b}'));
}

#[test]
fn a_set_that_leads_nowhere_is_refused_at_its_own_text() {
    let file = "scenarios/guide/routing.yaml";
    for argument in ["workload.requests", "workload.requests.deep=1", "expect.99.equals=1", "=5"] {
        let stderr = refused(&run(&["simulate", file, "--set", argument]), "bad-set");
        assert!(stderr.contains("--set:1:"), "{stderr}");
    }
    let stderr = refused(&run(&["simulate", file, "--set", "workload.inptu=5"]), "unknown-key");
    assert!(stderr.contains("--set:1:10") && stderr.contains("did you mean `input`?"), "{stderr}");
    let stderr = refused(&run(&["simulate", file, "--set", "workload.requests=1e30/day"]), "too-large");
    assert!(stderr.contains("--set:1:19"), "{stderr}");
}
