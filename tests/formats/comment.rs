//! Markdown and the comment of a pull request: read by another parser of Markdown, by the runner's rules for workflow
//! commands, and held against the limits of the places that show it.

use llmcost::render::{self, Face, View};
use llmcost::report::Report;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{hostile, reports};
use crate::support::{report, run, run_with, text};

/// What a reader sees of a Markdown text, and the HTML in it.
struct Seen {
    words: String,
    html: Vec<String>,
    /// Cells of each row of each table.
    tables: Vec<Vec<Vec<String>>>,
}

fn seen(markdown: &str) -> Seen {
    let mut seen = Seen { words: String::new(), html: Vec::new(), tables: Vec::new() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let mut cell: Option<String> = None;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::Table(_)) => seen.tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => seen.tables.last_mut().unwrap().push(Vec::new()),
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                seen.tables.last_mut().unwrap().last_mut().unwrap().push(cell.take().unwrap());
            }
            Event::Text(words) | Event::Code(words) => {
                seen.words.push_str(&words);
                if let Some(cell) = &mut cell {
                    cell.push_str(&words);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => seen.html.push(html.trim().to_owned()),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::BlockQuote(_)) => {
                panic!("{event:?} in\n{markdown}")
            }
            Event::SoftBreak | Event::HardBreak => seen.words.push(' '),
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => {}
            Event::End(_) => seen.words.push('\n'),
            _ => {}
        }
    }
    seen
}

fn github(reports: &[Report], limit: usize) -> String {
    render::github(reports, &View::default(), Face::Whole, "", limit)
}

/// Level, properties, message.
type Command = (String, Vec<(String, String)>, String);

/// Every command that a runner would take from a log, as it reads it.
fn commands(log: &str) -> Vec<Command> {
    let decoded = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",");
    let mut found = Vec::new();
    for line in log.lines() {
        assert!(!line.contains("##["), "an old command: {line}");
        let Some((head, message)) = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::")) else {
            continue;
        };
        let (level, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
        let properties = properties.map(|(key, value)| (key.to_owned(), decoded(value).replace("%25", "%")));
        found.push((level.to_owned(), properties.collect(), decoded(message).replace("%25", "%")));
    }
    found
}

/// A scenario with many strategies, each over its budget.
fn large(strategies: usize) -> Report {
    let mut text =
        String::from("llmcost: 1\nname: Large\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n");
    for index in 0..strategies {
        text += &format!(
            "  strategy-{index:04}: {{route: {{gpt-4o: {}%, gpt-4o-mini: rest}}, batch: {{share: 40%}}}}\n",
            1 + index % 90
        );
    }
    text += "budgets:\n";
    for index in 0..strategies {
        text += &format!("  - {{strategy: strategy-{index:04}, per_month: $1}}\n");
    }
    report(&text)
}

#[test]
fn every_report_is_sound_markdown() {
    for report in reports() {
        for markdown in [
            render::markdown(std::slice::from_ref(&report), &View::default(), Face::Whole, None),
            github(std::slice::from_ref(&report), render::GITHUB_COMMENT),
        ] {
            let seen = seen(&markdown);
            assert!(!seen.tables.is_empty());
            for table in &seen.tables {
                assert!(table.iter().all(|row| row.len() == table[0].len()), "{table:?}");
            }
            let strategies = &seen.tables[0];
            assert_eq!(strategies.len(), report.strategies.len() + 1);
            for (row, strategy) in strategies[1..].iter().zip(&report.strategies) {
                // Control characters are shown as what they are.
                assert_eq!(row[0], strategy.name.replace('\n', "\\u{a}"), "{markdown}");
            }
        }
    }
}

#[test]
fn nothing_in_a_name_becomes_markup_a_mention_or_a_command() {
    let markdown = github(&[hostile()], render::GITHUB_COMMENT);
    let seen = seen(&markdown);
    let allowed =
        ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<!-- -->", "<!-- llmcost -->"];
    let mut commented = false;
    for html in &seen.html {
        // The annotations stand in a comment; nothing else may.
        commented |= html.starts_with("<!--\n") || html == "<!--";
        let is_ours = allowed.iter().any(|tag| html.starts_with(tag)) || commented;
        assert!(is_ours, "{html}\n{markdown}");
        commented &= !html.ends_with("-->");
    }
    assert!(seen.words.contains("@team <img src=x onerror=alert(1)>"), "{}", seen.words);
    assert!(!markdown.replace("@<!-- -->", "").contains("| @team"), "a mention");
    let levels: Vec<String> = commands(&markdown).into_iter().map(|(level, ..)| level).collect();
    assert_eq!(levels, ["error", "error", "warning"]);
}

#[test]
fn annotations_point_at_the_line_that_states_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a,b.yaml");
    let scenario = "llmcost: 1\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  a: {model: gpt-4o}\nbudgets:\n  - strategy: a\n    per_month: $90k\nexpect:\n  - {strategy: a, metric: per_day, equals: 3250}\n  - {strategy: a, metric: per_day, equals: 3251, within: 0.5}\n";
    std::fs::write(&file, scenario).unwrap();
    let path = file.to_str().unwrap();
    let output = run(&["check", path, "--format", "github"]);
    assert_eq!(output.status.code(), Some(1));
    let found = commands(&text(&output.stdout));
    let at = |line: &str, column: &str, title: &str| {
        [("file", path), ("line", line), ("col", column), ("title", title)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec()
    };
    assert_eq!(
        found,
        [
            ("error".to_owned(), at("7", "16", "Budget not met"), "a per month $97,500.00, over $90,000.00".to_owned()),
            (
                "error".to_owned(),
                at("10", "5", "Expectation not met"),
                "a per day is $3,250.00, expected $3,251.00 within $0.50".to_owned()
            ),
        ]
    );
}

#[test]
fn a_broken_scenario_is_annotated_too() {
    let output = run(&["check", "tests/cases/errors/shares.yaml", "--format", "github"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let found = commands(&text(&output.stderr));
    assert_eq!(found.len(), 1, "{}", text(&output.stderr));
    let (level, properties, message) = &found[0];
    assert_eq!(level, "error");
    assert!(properties.contains(&("line".to_owned(), "5".to_owned())), "{properties:?}");
    assert!(message.starts_with("the shares of this route add up to 99.9%"), "{message}");
}

#[test]
fn a_comment_is_found_by_its_marker() {
    let shown = |arguments: &[&str]| {
        text(&run(&[&["check", "scenarios/guide/routing.yaml", "-f", "github"], arguments].concat()).stdout)
    };
    assert!(shown(&[]).starts_with("<!-- llmcost -->\n"));
    assert!(shown(&["--comment-tag", "staging"]).starts_with("<!-- llmcost staging -->\n"));
    assert!(shown(&["--comment-tag", "a --> b"]).starts_with("<!-- llmcost a -- b -->\n"));
}

#[test]
fn a_thousand_strategies_fit_every_place_and_say_what_is_missing() {
    let report = large(1000);
    for limit in [1_000, 5_000, 20_000, render::GITHUB_COMMENT, 150_000, 1 << 20] {
        for text in [
            github(std::slice::from_ref(&report), limit),
            render::markdown(std::slice::from_ref(&report), &View::default(), Face::Whole, Some(limit)),
        ] {
            assert!(text.len() <= limit, "{} of {limit}", text.len());
            let seen = seen(&text);
            for table in &seen.tables {
                assert!(table.iter().all(|row| row.len() == table[0].len()));
            }
            let opened = text.matches("<details>").count();
            assert_eq!(opened, text.matches("</details>").count(), "a section was cut");
            assert!(seen.words.contains("Large"), "{text}");
        }
    }
    let comment = github(std::slice::from_ref(&report), render::GITHUB_COMMENT);
    assert!(comment.contains("strategy-0000** costs **"), "{comment:.2000}");
    assert!(comment.contains("Budgets: 1000 of 1000 do not hold."));
    assert!(comment.contains("and 990 more"));
    assert!(
        comment.contains("Left out to stay within 65,536 characters: All 1000 strategies"),
        "{}",
        &comment[comment.len() - 600..]
    );
    assert_eq!(commands(&comment).len(), 10);
    // Where there is room nothing is missing.
    assert!(!github(&[report], 1 << 20).contains("Left out"));
}

/// Ten seconds: the result, what does not hold and the strategies stand above everything that takes a click.
#[test]
fn the_first_lines_say_what_matters() {
    let output = run_with(
        &["simulate", "-", "--format", "github"],
        "llmcost: 1\nname: Small\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  big: {model: gpt-4o}\n  small: {model: gpt-4o-mini}\nbudgets: [{strategy: big, per_month: $90k}]\n",
    );
    let comment = text(&output.stdout);
    let above = comment.split("<details>").next().unwrap();
    let words = seen(above).words;
    for says in [
        "Small",
        "small costs $5,850.00 a month: $91,650.00 less than big (94.0%).",
        "1 of 1 does not hold",
        "$97,500.00",
    ] {
        assert!(words.contains(says), "{says}: {words}");
    }
    assert!(words.lines().filter(|line| !line.trim().is_empty()).count() < 40, "{words}");
}
