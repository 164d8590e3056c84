//! OpenMetrics text: read by a parser of the standard, and by GitLab's, which splits lines as a shell does.

use std::collections::BTreeMap;

use llmcost::render::gitlab_metrics;
use llmcost::report::Period;
use openmetrics_parser::openmetrics::parse_openmetrics;

use super::{hostile, reports};

/// Name with labels, and value, as GitLab's merge-request widget gets them: what follows `#` is cut off, quotes group
/// words and go.
fn gitlab(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap();
        let mut words = vec![String::new()];
        let mut quoted = false;
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => quoted = !quoted,
                '\\' => words.last_mut().unwrap().push(letters.next().unwrap()),
                ' ' if !quoted => words.push(String::new()),
                _ => words.last_mut().unwrap().push(letter),
            }
        }
        assert!(!quoted, "an open quote: {line}");
        let [name, value] = words.as_slice() else {
            assert_eq!(line.trim(), "");
            continue;
        };
        assert!(found.insert(name.clone(), value.clone()).is_none(), "twice: {name}");
    }
    found
}

#[test]
fn every_report_is_an_exposition() {
    let mut all = reports();
    all.push(hostile());
    for batch in all.iter().map(std::slice::from_ref).chain([all.as_slice()]) {
        let text = gitlab_metrics(batch, Period::Month);
        let exposition = parse_openmetrics(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        assert!(exposition.families.contains_key("llmcost_cost_per_month"));
        let samples: usize = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(gitlab(&text).len(), samples);
        assert!(text.ends_with("# EOF\n"));
    }
}

#[test]
fn values_are_the_reports_own() {
    let report = crate::support::report(
        "llmcost: 1\nname: Two words\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  a: {model: gpt-4o}\n  b: {model: gpt-4o-mini}\nbudgets:\n  - {strategy: a, per_day: $3k}\n",
    );
    let found = gitlab(&gitlab_metrics(&[report], Period::Day));
    let value = |name: &str| found.get(name).map(String::as_str);
    assert_eq!(value("llmcost_cost_per_day{scenario=Two words,strategy=a,currency=USD}"), Some("3250"));
    assert_eq!(value("llmcost_savings_percent{scenario=Two words,strategy=b}"), Some("94"));
    assert_eq!(value("llmcost_budget_limit{scenario=Two words,strategy=a,metric=per_day,level=fail}"), Some("3000"));
    assert_eq!(value("llmcost_budget_met{scenario=Two words,strategy=a,metric=per_day,level=fail}"), Some("0"));
}
