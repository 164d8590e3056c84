//! Who saved what, held against hybrids of two strategies that the oracle computes.

use std::collections::HashMap;
use std::fmt::Debug;

use num_traits::Zero;
use proptest::prelude::{Strategy as _, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::{Config, TestCaseError};
use serde_json::Value;

use super::scenario::{CONTEXT, History, Scenario, Serving, Strategy, strategy_name};
use super::{Q, all_but, cases, generate, number, strategy, try_json};

/// How a lever is shown, and how it is taken from another strategy; in the order in which a request meets them.
type Lever = (fn(&Strategy) -> &'static str, fn(&Strategy) -> String, fn(&mut Strategy, &Strategy));

fn text(value: &impl Debug) -> String {
    format!("{value:?}")
}

const LEVERS: [Lever; 13] = [
    (|_| "response_cache", |s| text(&s.cache), |to, from| to.cache.clone_from(&from.cache)),
    (|_| "retrieval", |s| text(&s.retrieval), |to, from| to.retrieval.clone_from(&from.retrieval)),
    (|_| "compress", |s| text(&s.compress), |to, from| to.compress.clone_from(&from.compress)),
    (|_| "examples", |s| text(&s.examples), |to, from| to.examples = from.examples),
    (|_| "context", |s| text(&s.context), |to, from| to.context.clone_from(&from.context)),
    (history, |s| text(&s.history), |to, from| to.history.clone_from(&from.history)),
    (|_| "output", |s| text(&s.over.output), |to, from| to.over.output.clone_from(&from.over.output)),
    (|_| "pack", |s| text(&s.pack), |to, from| to.pack.clone_from(&from.pack)),
    (|_| "fine_tune", |s| text(&s.fine_tune), |to, from| to.fine_tune.clone_from(&from.fine_tune)),
    (serving, |s| text(&s.serving), |to, from| to.serving = from.serving.clone()),
    (|_| "retries", |s| text(&s.over.retries), |to, from| to.over.retries.clone_from(&from.over.retries)),
    (|_| "prefix_cache", |s| text(&s.over.prefix), |to, from| to.over.prefix.clone_from(&from.over.prefix)),
    (|_| "batch", |s| text(&s.over.batch), |to, from| to.over.batch.clone_from(&from.over.batch)),
];

fn history(strategy: &Strategy) -> &'static str {
    if matches!(strategy.history, Some(History::Summarise { .. })) { "summarise" } else { "history" }
}

fn serving(strategy: &Strategy) -> &'static str {
    match strategy.serving {
        Serving::Model(_) => "model",
        Serving::Route(_) => "route",
        Serving::Cascade(_) => "cascade",
    }
}

/// The second strategy's levers in place of the first one's.
struct Hybrids<'a> {
    scenario: &'a Scenario,
    levers: Vec<&'a Lever>,
    costs: HashMap<u32, Q>,
}

impl Hybrids<'_> {
    /// The cost of a month with the levers of `set`.
    fn cost(&mut self, set: u32) -> Q {
        let [baseline, other] = self.scenario.strategies.as_slice() else { unreachable!() };
        let (scenario, levers) = (self.scenario, &self.levers);
        let compute = || {
            let mut hybrid = baseline.clone();
            let on = levers.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
            on.for_each(|(_, lever)| lever.2(&mut hybrid, other));
            scenario.evaluate(&hybrid, None).total() * Q::from_integer(scenario.days_per_month.into())
        };
        self.costs.entry(set).or_insert_with(compute).clone()
    }

    /// The mean saving of a lever over all orders: by subsets, weighted by |A|! (n-|A|-1)! / n!.
    fn shapley(&mut self, lever: usize) -> Q {
        let count = self.levers.len();
        let factorial = |n: usize| (1..=n).fold(Q::from_integer(1.into()), |f, n| f * Q::from_integer(n.into()));
        let mut sum = Q::zero();
        for set in (0..1_u32 << count).filter(|set| set & (1 << lever) == 0) {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(count - size - 1) / factorial(count);
            sum += weight * (self.cost(set) - self.cost(set | 1 << lever));
        }
        sum
    }
}

/// As many levers as are told apart in a moment: every one doubles the hybrids.
const MOST: usize = 6;

/// Two strategies whose parts all go together, alike in the levers that `apart` leaves out.
fn pair() -> impl proptest::strategy::Strategy<Value = Scenario> {
    let apart = prop::sample::subsequence((0..LEVERS.len()).collect::<Vec<_>>(), 1..=MOST);
    (generate::scenario_of(generate::serving, 2..=2), apart).prop_map(|(mut scenario, apart)| {
        scenario.baseline = Some(0);
        for strategy in &mut scenario.strategies {
            // A tuned model that stands in for the baseline goes with no other serving.
            if strategy.fine_tune.as_ref().is_some_and(|tuned| tuned.alone) {
                strategy.fine_tune = None;
            }
            // Nor is a context that another one retrieves longer than what it is cut to.
            strategy.compress.iter_mut().for_each(|compress| compress.cuts[CONTEXT] = None);
            strategy.compress.take_if(|compress| compress.cuts.iter().all(Option::is_none));
        }
        if let [baseline, other] = scenario.strategies.as_mut_slice() {
            let alike = LEVERS.iter().enumerate().filter(|(at, _)| !apart.contains(at));
            alike.for_each(|(_, lever)| lever.2(other, baseline));
        }
        scenario
    })
}

fn amounts(found: &Value, kind: &str) -> Vec<(String, Q)> {
    let bars = found[kind].as_array().unwrap();
    bars.iter().map(|bar| (bar["lever"].as_str().unwrap().to_owned(), number(&bar["saves_per_month"]))).collect()
}

fn check(scenario: &Scenario) -> Result<(), TestCaseError> {
    let text = scenario.yaml();
    let report: Value = serde_json::from_str(&try_json(&text).map_err(TestCaseError::fail)?).unwrap();
    let found = strategy(&report, &strategy_name(1));
    let [baseline, other] = scenario.strategies.as_slice() else { unreachable!() };
    let levers: Vec<&Lever> = LEVERS.iter().filter(|lever| lever.1(baseline) != lever.1(other)).collect();
    let names: Vec<&str> = levers.iter().map(|lever| lever.0(other)).collect();
    let saved = number(&found["savings"]["per_month"]);
    let mut hybrids = Hybrids { scenario, levers, costs: HashMap::new() };
    let count = names.len();
    let steps: Vec<Q> = (0..count).map(|at| hybrids.cost((1 << at) - 1) - hybrids.cost((2 << at) - 1)).collect();
    let means: Vec<Q> = (0..count).map(|at| hybrids.shapley(at)).collect();
    for (kind, expected) in [("waterfall", steps), ("shapley", means)] {
        let printed = amounts(found, kind);
        let shown: Vec<&str> = printed.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(&shown, &names, "{}\n{}", kind, &text);
        let sum = printed.iter().fold(Q::zero(), |sum, (_, amount)| sum + amount);
        prop_assert!(count == 0 || all_but(&sum, &saved), "{kind} adds up to {sum}, not to {saved}\n{text}");
        for ((name, amount), expected) in printed.iter().zip(&expected) {
            // The last one takes the rounding remainder of all.
            prop_assert!(near(amount, expected), "{kind} {name}: {amount}, by the oracle {expected}\n{text}");
        }
    }
    Ok(())
}

/// All but the same, however small beside the others.
fn near(printed: &Q, exact: &Q) -> bool {
    let distance = if printed < exact { exact - printed } else { printed - exact };
    all_but(printed, exact) || distance * num_traits::pow(Q::from_integer(10.into()), 15) < Q::from_integer(1.into())
}

proptest! {
    #![proptest_config(Config { cases: cases() / 5, max_shrink_iters: 200, failure_persistence: None, ..Config::default() })]

    /// Every bar of a waterfall and every Shapley value is what hybrids of both strategies come to.
    #[test]
    fn who_saved_what_is_what_hybrids_come_to(scenario in pair()) {
        check(&scenario)?;
    }
}
