//! The lint: every rule finds what it is for, and the lists in the program have nothing that they do not accept.

use std::collections::BTreeSet;
use std::sync::Arc;

use llmcost::diag::{Sink, Source, terminal};
use llmcost::input;
use llmcost::pricing::lint::{Rule, form, idle_acceptances, lint};
use llmcost::pricing::{embedded_names, embedded_sources, read_list};

use crate::support::{run, text};

/// A card's beginning, in flow style.
const CARD: &str = "from: 2026-01-01, source: page";

/// For each rule the models of a list that break it and nothing else.
const BROKEN: &[(&str, &str)] = &[
    ("missing-from", "  - {id: m, prices: [{source: page, input: '2', output: '8'}]}"),
    ("missing-source", "  - {id: m, prices: [{from: 2026-01-01, input: '2', output: '8'}]}"),
    ("dates-out-of-order", "  - {id: m, prices: [{from: 2026-02-01, source: page, input: '2'}, {CARD, input: '3'}]}"),
    (
        "cards-overlap",
        "  - {id: m, prices: [{CARD, until: 2026-03-01, input: '2'}, {from: 2026-02-01, source: page, input: '3'}]}",
    ),
    ("future-without-current", "  - {id: m, prices: [{from: 2027-01-01, source: page, input: '2'}]}"),
    (
        "mode-without-announced",
        "  - {id: m, prices: [{CARD, input: '2'}, {CARD, when: {mode: batch}, input: '1'}, {from: 2027-01-01, source: page, input: '3'}]}",
    ),
    ("ended-not-retired", "  - {id: m, prices: [{CARD, until: 2026-02-01, input: '2'}]}"),
    (
        "window-older-than-price",
        "  - {id: m, prices: [{CARD, input: '2'}, {CARD, when: {window: {hours: ['01:00-02:00']}}, input: '1'}, {from: 2026-02-01, source: page, input: '3'}]}",
    ),
    ("disagreement-untold", "  - {id: m, prices: [{CARD, agree: false, input: '2'}]}"),
    (
        "name-twice",
        "  - {id: m, aliases: [x], prices: [{CARD, input: '2'}]}\n  - {id: n, aliases: [x], prices: [{CARD, input: '2'}]}",
    ),
    (
        "alias-hidden",
        "  - {id: m, prices: [{CARD, input: '2'}]}\n  - {id: n, aliases: [m], prices: [{CARD, input: '2'}]}",
    ),
    ("alias-of-itself", "  - {id: m, aliases: [m], prices: [{CARD, input: '2'}]}"),
    ("region-without-price", "  - {id: m, aliases: [{name: m-eu, region: eu}], prices: [{CARD, input: '2'}]}"),
    (
        "sibling-mismatch",
        "  - {id: m, prices: [{CARD, input: '2'}]}\n  - {id: m-2026-01-01, prices: [{CARD, input: '5'}]}",
    ),
    ("output-under-input", "  - {id: m, prices: [{CARD, input: '2', output: '1'}]}"),
    ("cached-not-under-input", "  - {id: m, prices: [{CARD, input: '2', cache_read: '2'}]}"),
    ("write-under-input", "  - {id: m, prices: [{CARD, input: '2', cache_write: {5m: '1'}}]}"),
    ("lifetime-not-dearer", "  - {id: m, prices: [{CARD, input: '2', cache_write: {5m: '3', 1h: '3'}}]}"),
    ("batch-above-standard", "  - {id: m, prices: [{CARD, input: '2'}, {CARD, when: {mode: batch}, input: '3'}]}"),
    (
        "batch-cached-above-standard",
        "  - {id: m, prices: [{CARD, input: '2', cache_read: '0.2'}, {CARD, when: {mode: batch}, input: '1', cache_read: '0.3'}]}",
    ),
    (
        "tier-unreachable",
        "  - {id: m, context: 1000, prices: [{CARD, input: {usd: '2', tiers: [{above: 1000, usd: '3'}]}}]}",
    ),
    (
        "tier-without-cached",
        "  - {id: m, prices: [{CARD, input: {usd: '2', tiers: [{above: 1000, usd: '3'}]}, cache_read: '0.2'}]}",
    ),
    ("zero-price", "  - {id: m, prices: [{CARD, input: '2', output: '0'}]}"),
    ("decimal-shift", "  - {id: m, prices: [{CARD, input: '0.8'}, {from: 2026-02-01, source: page, input: '0.08'}]}"),
    ("unquoted-amount", "  - {id: m, prices: [{CARD, input: 2.50}]}"),
    ("suffixed-threshold", "  - {id: m, prices: [{CARD, input: {usd: '2', tiers: [{above: 512k, usd: '3'}]}}]}"),
];

/// The rules that a list breaks and does not accept, and its idle acceptances.
fn broken(models: &str) -> (Vec<String>, usize) {
    let text = format!("schema: 1\nprovider: house\nlisted: 2026-11-23\nmodels:\n{}\n", models.replace("CARD", CARD));
    let source = Arc::new(Source { name: "list.yaml".into(), text, first_line: 1 });
    let mut sink = Sink::default();
    let root = input::parse(&source, &mut sink).unwrap();
    let list = read_list(&source, &root, &mut sink);
    let list = sink.finish(list).unwrap_or_else(|errors| panic!("{}", terminal::render(&errors, false)));
    let found = lint(&list.all(), list.info().listed);
    let idle = idle_acceptances(&list.all(), &found).len();
    let open = form(&root).into_iter().chain(found).filter(|finding| finding.accepted.is_none());
    (open.map(|finding| finding.rule.slug().to_owned()).collect(), idle)
}

#[test]
fn every_rule_finds_what_it_is_for() {
    for (rule, models) in BROKEN {
        let (mut found, _) = broken(models);
        found.dedup();
        assert_eq!(found, [*rule], "{models}");
    }
    let shown: BTreeSet<&str> = BROKEN.iter().map(|(rule, _)| *rule).collect();
    let all: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.slug()).collect();
    assert_eq!(shown, all);
}

#[test]
fn a_sound_list_has_no_findings() {
    let sound = "  - {id: m, aliases: [{name: x, until: 2026-02-01}], context: 128000, prices: [{CARD, input: '2', output: '8', cache_read: '0.2', cache_write: {5m: '2.5', 1h: '4'}}, {CARD, when: {mode: batch}, input: '1', output: '4', cache_read: '0.1'}]}\n  - {id: n, aliases: [{name: x, from: 2026-02-01}], prices: [{CARD, input: '2'}]}";
    assert_eq!(broken(sound), (Vec::new(), 0));
}

#[test]
fn a_finding_can_be_accepted_with_a_reason_and_an_idle_acceptance_is_seen() {
    let accepted =
        "  - {id: m, accept: [{rule: zero-price, reason: a router}], prices: [{CARD, input: '2', output: '0'}]}";
    assert_eq!(broken(accepted), (Vec::new(), 0));
    let idle = "  - {id: m, accept: [{rule: zero-price, reason: a router}], prices: [{CARD, input: '2'}]}";
    assert_eq!(broken(idle), (Vec::new(), 1));
}

#[test]
fn the_embedded_lists_have_no_open_finding() {
    for name in embedded_names() {
        let mut models = Vec::new();
        let mut listed = None;
        for (_, source) in embedded_sources().iter().filter(|(list, _)| *list == name) {
            let mut sink = Sink::default();
            let root = input::parse(source, &mut sink).unwrap();
            assert_eq!(form(&root), [], "{name}");
            let list = read_list(source, &root, &mut sink).unwrap();
            listed = listed.max(list.info().listed);
            models.extend(list.all());
        }
        let found = lint(&models, listed);
        let open: Vec<_> = found.iter().filter(|finding| finding.accepted.is_none()).collect();
        assert!(open.is_empty(), "{open:?}");
        assert_eq!(idle_acceptances(&models, &found), []);
    }
}

#[test]
fn the_command_says_where_and_ends_with_one() {
    let clean = run(&["prices", "lint"]);
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean.stdout));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.yaml");
    std::fs::write(&path, "schema: 1\nprovider: p\nlisted: 2026-11-23\nmodels:\n  - id: m\n    prices:\n      - {from: 2026-01-01, source: page, input: '2', output: '1'}\n").unwrap();
    let output = run(&["prices", "lint", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(shown.contains("list.yaml:7:9: [output-under-input] m: output $1 is under input $2 (standard)"), "{shown}");
    let json = run(&["prices", "lint", path.to_str().unwrap(), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["findings"][0]["rule"], "output-under-input");
    assert_eq!(json["findings"][0]["line"], 7);
}
