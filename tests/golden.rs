//! Every shipped scenario in every form, as snapshots; and every one keeps what it claims.

use crate::support::{run, scenarios, snapshot, text};

fn stem(path: &str) -> String {
    path.trim_start_matches("scenarios/").trim_end_matches(".yaml").replace('/', "-")
}

const FORMATS: [&str; 10] =
    ["table", "chart", "json", "csv", "markdown", "html", "github", "junit", "gitlab-metrics", "focus"];

/// A page without its style, script and font, and of each picture only its words.
fn readable(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    let cut = |text: &str, from: &str, to: &str| {
        let start = text.find(from)?;
        Some((start, start + text[start..].find(to).unwrap() + to.len()))
    };
    for element in ["style", "script"] {
        let (start, end) = cut(rest, &format!("<{element}>"), &format!("</{element}>")).unwrap();
        out.push_str(&rest[..start]);
        rest = &rest[end..];
        if element == "style" {
            while let Some((start, end)) = cut(rest, "<figure>", "</figure>") {
                let picture = &rest[start..end];
                let of = |tag: &str| {
                    let at = picture.find(&format!("<{tag} ")).unwrap();
                    picture[at..].split_once('>').unwrap().1.split('<').next().unwrap().to_owned()
                };
                out.push_str(&rest[..start]);
                out.push_str(&format!("<figure>{}: {}</figure>", of("title"), of("desc")));
                rest = &rest[end..];
            }
        }
    }
    out + rest
}

#[test]
fn scenarios_print_what_their_snapshots_say() {
    for path in scenarios() {
        for format in FORMATS {
            let output = run(&["simulate", &path, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            let shown = text(&output.stdout);
            let shown = if format == "html" { readable(&shown) } else { shown };
            snapshot(&format!("simulate-{}-{format}", stem(&path)), &shown);
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
        for format in ["table", "csv", "markdown", "github"] {
            let output = run(&["breakeven", path, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            snapshot(&format!("breakeven-{}-{format}", stem(path)), &text(&output.stdout));
        }
    }
}

#[test]
fn checks_print_what_their_snapshots_say() {
    for format in ["table", "csv", "markdown", "github", "junit"] {
        let output = run(&["check", "scenarios/support-assistant.yaml", "--format", format]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        snapshot(&format!("check-support-assistant-{format}"), &text(&output.stdout));
    }
}

#[test]
fn explanations_have_other_forms() {
    for format in ["json", "markdown"] {
        let arguments =
            ["explain", "scenarios/support-assistant.yaml", "routed", "router.gpt-6-luna.input", "-f", format];
        snapshot(&format!("explain-support-assistant-{format}"), &text(&run(&arguments).stdout));
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
        "compare",
        "check",
        "breakeven",
        "size",
        "risk",
        "replay",
        "fit",
        "sql",
        "sweep",
        "forecast",
        "optimize",
        "explain",
        "price",
        "prices",
        "prices list",
        "prices show",
        "prices history",
        "prices diff",
        "prices import",
        "prices lint",
        "render",
        "init",
        "schema",
        "completions",
        "man",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0));
        let name = if command.is_empty() { "llmcost".to_owned() } else { command.replace(' ', "-") };
        snapshot(&format!("help-{name}"), &text(&output.stdout));
    }
}
