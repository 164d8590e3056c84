//! Every shipped scenario in every form, as snapshots; and every one keeps what it claims.

use crate::support::{run, scenarios, snapshot, text};

fn stem(path: &str) -> String {
    path.trim_start_matches("scenarios/").trim_end_matches(".yaml").replace('/', "-")
}

#[test]
fn scenarios_print_what_their_snapshots_say() {
    for path in scenarios() {
        for format in ["table", "json", "csv"] {
            let output = run(&["simulate", &path, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            snapshot(&format!("simulate-{}-{format}", stem(&path)), &text(&output.stdout));
        }
    }
}

#[test]
fn scenarios_keep_what_they_claim() {
    for path in scenarios() {
        let output = run(&["check", &path]);
        assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stdout));
    }
}

#[test]
fn break_evens_print_what_their_snapshots_say() {
    for path in ["scenarios/guide/self-hosted-vs-api.yaml", "scenarios/published/s5-rented-gpu.yaml"] {
        for format in ["table", "csv"] {
            let output = run(&["breakeven", path, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            snapshot(&format!("breakeven-{}-{format}", stem(path)), &text(&output.stdout));
        }
    }
}

#[test]
fn explanations_print_what_their_snapshots_say() {
    let cases: [(&str, &[&str]); 4] = [
        ("explain-routing", &["scenarios/guide/routing.yaml", "smart-routing"]),
        ("explain-cascade", &["scenarios/guide/cascade.yaml", "every-attempt"]),
        ("explain-caching", &["scenarios/guide/caching.yaml", "both-with-lookups-of-misses"]),
        (
            "explain-support-assistant-line",
            &["scenarios/support-assistant.yaml", "lean-with-batch", "claude-haiku-5-5.input"],
        ),
    ];
    for (name, arguments) in cases {
        let output = run(&[&["explain"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        snapshot(name, &text(&output.stdout));
    }
}

#[test]
fn help_texts_print_what_their_snapshots_say() {
    for command in [
        "",
        "simulate",
        "check",
        "breakeven",
        "size",
        "explain",
        "price",
        "prices",
        "prices list",
        "prices show",
        "prices history",
        "prices diff",
        "prices import",
        "prices lint",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0));
        let name = if command.is_empty() { "llmcost".to_owned() } else { command.replace(' ', "-") };
        snapshot(&format!("help-{name}"), &text(&output.stdout));
    }
}
