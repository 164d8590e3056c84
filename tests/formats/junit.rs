//! JUnit: well-formed XML in the shape that Jenkins, GitLab and GitHub's reporters read.

use llmcost::render;
use roxmltree::Document;

use super::{hostile, reports};
use crate::support::{run_with, text};

/// The rules of the common schema: names, counts and what may stand where.
fn check(xml: &str) -> Vec<(String, Option<String>)> {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let count = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
    let mut cases = Vec::new();
    let mut totals = (0, 0);
    for suite in root.children().filter(|node| node.is_element()) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        assert!(suite.attribute("name").is_some_and(|name| !name.is_empty()));
        let all: Vec<_> = suite.children().filter(|node| node.is_element()).collect();
        let failed = all.iter().filter(|case| case.children().any(|child| child.has_tag_name("failure"))).count();
        assert_eq!((count(suite, "tests"), count(suite, "failures")), (all.len(), failed));
        assert_eq!((count(suite, "errors"), count(suite, "skipped")), (0, 0));
        totals = (totals.0 + all.len(), totals.1 + failed);
        let mut names = std::collections::BTreeSet::new();
        for case in all {
            assert_eq!(case.tag_name().name(), "testcase");
            for attribute in ["name", "classname", "time"] {
                assert!(case.attribute(attribute).is_some(), "{attribute}");
            }
            assert!(names.insert(case.attribute("name").unwrap()), "two cases of one name");
            let allowed = ["failure", "system-out"];
            assert!(case.children().filter(|n| n.is_element()).all(|n| allowed.contains(&n.tag_name().name())));
            let failure = case.children().find(|child| child.has_tag_name("failure"));
            assert!(failure.is_none_or(|failure| failure.attribute("message").is_some()));
            cases.push((
                case.attribute("name").unwrap().to_owned(),
                failure.map(|failure| failure.attribute("message").unwrap().to_owned()),
            ));
        }
    }
    assert_eq!((count(root, "tests"), count(root, "failures")), totals);
    cases
}

#[test]
fn one_case_per_budget_and_expectation() {
    for report in reports() {
        let cases = check(&render::junit(std::slice::from_ref(&report)).unwrap());
        assert_eq!(cases.len(), report.budgets.len() + report.expectations.len());
        let failed = cases.iter().filter(|(_, failure)| failure.is_some()).count();
        let budgets = report.budgets.iter().filter(|budget| !budget.ok && budget.level == "fail").count();
        assert_eq!(failed, budgets + report.expectations.iter().filter(|claim| !claim.ok).count());
    }
    assert_eq!(check(&render::junit(&[hostile(), hostile()]).unwrap()).len(), 6);
}

#[test]
fn a_case_says_what_is_wrong_and_where() {
    let scenario = "llmcost: 1\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  a: {model: gpt-4o}\nbudgets:\n  - {strategy: a, per_day: $3k}\n  - {strategy: a, per_day: $3k}\n";
    let output = run_with(&["check", "-", "--format", "junit"], scenario);
    assert_eq!(output.status.code(), Some(1));
    let cases = check(&text(&output.stdout));
    assert_eq!(cases[0].0, "budget: a per_day at most 3000");
    assert_eq!(cases[0].1.as_deref(), Some("a per day $3,250.00, over $3,000.00 (<stdin>:6:28)"));
    assert_eq!(cases[1].0, "budget: a per_day at most 3000 (2)");
}
