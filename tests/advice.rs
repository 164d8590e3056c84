//! What advice promises: the scenario with its `--set` costs as much less as it says, to the last digit.

use std::collections::BTreeSet;

use llmcost::check::{Options, load};
use llmcost::input::Input;
use llmcost::report::{Evaluation, Report};
use llmcost::units::Exact;

use super::exact::{Q, all_but, decimal};
use super::support::root;

fn computed(input: &Input, set: &[String]) -> Report {
    let options = Options { set: set.to_vec(), ..Options::default() };
    let plan = load(input, &options).unwrap_or_else(|all| panic!("{set:?}: {all:#?}"));
    Report::of(&Evaluation::of(plan).unwrap_or_else(|all| panic!("{set:?}: {all:#?}")))
}

fn exact(value: &Exact) -> Q {
    decimal(&value.to_string()).unwrap()
}

/// Follows every advice of a scenario; its codes.
fn follow(input: &Input) -> Vec<String> {
    let before = computed(input, &[]);
    assert!(before.advice.len() <= 3, "as many as a reader can act on");
    let of = |report: &Report, name: &str| {
        let found = report.strategies.iter().find(|strategy| strategy.name == name);
        exact(&found.unwrap_or_else(|| panic!("no {name}")).cost.per_month)
    };
    let mut last = None;
    for advice in &before.advice {
        let after = computed(input, &advice.set);
        let saved = of(&before, &advice.strategy) - of(&after, &advice.strategy);
        let promised = exact(&advice.saves_per_month);
        assert!(all_but(&promised, &saved), "{}: {:?} saves {saved}, not {promised}", advice.message, advice.set);
        assert!(promised > Q::from_integer(0.into()), "{}", advice.message);
        assert!(last.is_none_or(|last| promised <= last), "the dearest first");
        last = Some(promised);
    }
    before.advice.iter().map(|advice| advice.code.to_string()).collect()
}

/// Every shipped scenario, and some with mistakes, so that each kind of advice is given at least once.
#[test]
fn every_advice_saves_what_it_promises() {
    let mut codes = BTreeSet::new();
    for folder in ["scenarios", "scenarios/guide", "scenarios/levers", "scenarios/published"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "yaml") {
                codes.extend(follow(&Input::File(path)));
            }
        }
    }
    for text in MISTAKES {
        let input = Input::Text { name: "scenario.yaml".to_owned(), text: (*text).to_owned() };
        codes.extend(follow(&input));
    }
    let known = ["batch-unused", "better-prefix-cache", "dominated-model", "lever-loses-money", "prefix-cache-unused"];
    assert_eq!(codes.iter().map(String::as_str).collect::<Vec<_>>(), known);
}

const MISTAKES: [&str; 4] = [
    // A dearer model without a reason, by name and in a list.
    "llmcost: 1
prices: {add: {dear: {input: 2, output: 8}, cheap: {input: 1, output: 4}}}
workload: {requests: 1M/day, input: 1000, output: 200}
strategies: {a: {route: {dear: 30%, cheap: 70%}}, b: {route: [{share: 50%, model: dear}, {share: rest, model: cheap}]}}
",
    // A cache that costs more than the calls that it spares, and one that writes for nobody.
    "llmcost: 1
prices: {add: {m: {input: 1, output: 2, cached_read: 0.1, cache_write: {5m: 1.25}}}}
workload: {requests: 10k/day, prompt: {system: 2000, user: 100}, output: 10}
strategies:
  base: {model: m}
  a: {extends: base, response_cache: {exact: {hit_rate: 1%, cost_per_lookup: 0.01}}, prefix_cache: {ttl: 5m, prefixes: 10k}}
  'with a space': {extends: a, retries: {rate: 1%}}
",
    // An hour would be the better lifetime; in EUR.
    "llmcost: 1
currency: {code: EUR, per_usd: 0.92}
prices: {add: {m: {input: 1, output: 2, cached_read: 0.1, cache_write: {5m: 1.25, 1h: 2}, cache: {ttls: [5m, 1h]}}}}
workload: {requests: 12/hour, prompt: {system: 20000, user: 100}, output: 10}
strategies: {a: {model: m, prefix_cache: {ttl: 5m}}}
",
    // What grows is written and never read again: turns come too late.
    "llmcost: 1
prices: {add: {m: {input: 1, output: 2, cached_read: 0.1, cache_write: {5m: 1.25}}}}
workload: {requests: 100k/day, prompt: {system: 2000, user: 500}, output: 500, turns: {count: 8, gap: 20m}}
strategies: {a: {model: m, prefix_cache: {ttl: 5m}}}
",
];
