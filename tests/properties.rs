//! What holds for every scenario, whatever its numbers.

use num_traits::{One, Zero};
use proptest::prelude::{BoxedStrategy, Strategy as _, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;
use serde_json::Value;

use super::exact::{Q, agrees, all_but, json, number, report};
use super::oracle::generate::{each_over, route_by_shares, scenario_of, serving};
use super::oracle::scenario::*;

fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    Config { cases, max_shrink_iters: 2000, failure_persistence: None, ..Config::default() }
}

fn per_day(strategy: &Value) -> Q {
    number(&strategy["cost"]["per_day"])
}

fn strategies(report: &Value) -> &[Value] {
    report["strategies"].as_array().unwrap()
}

fn calls(strategy: &Value) -> Q {
    let usage = strategy["usage"].as_array().unwrap();
    usage.iter().fold(Q::zero(), |sum, usage| sum + number(&usage["calls_per_day"]))
}

/// Scenarios with one strategy: who saved what, which takes most of the time, is tested elsewhere.
fn scenario() -> BoxedStrategy<Scenario> {
    scenario_of(serving, 1..=1)
}

/// A report with `scenario.yaml:22:5` cut to `scenario.yaml`: where a price stands is all that may differ.
fn without_lines_of_the_file(json: &str) -> String {
    let mut parts = json.split("scenario.yaml:");
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        found += "scenario.yaml";
        found += part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    }
    found
}

/// Prompts as the workload states them, answered by whom the strategy states.
fn as_stated(strategy: &mut Strategy) {
    strategy.fine_tune = None;
    if strategy.retrieval.take().is_some() {
        // A context that nobody brings cannot be cut to so many tokens.
        strategy.compress = None;
    }
}

/// Scenarios whose strategies choose one of several models by share and do nothing else to the number of calls.
fn pure_routes() -> BoxedStrategy<Scenario> {
    fn serving() -> BoxedStrategy<Serving> {
        route_by_shares().prop_map(|how| Serving::Route(Route { how, router: None, misroute: None })).boxed()
    }
    let alone = |mut scenario: Scenario| {
        for strategy in &mut scenario.strategies {
            (strategy.cache, strategy.pack, strategy.over.retries) = (None, None, None);
            strategy.history = None;
            as_stated(strategy);
            if let Some(compress) = &mut strategy.compress {
                compress.by = None;
            }
        }
        scenario
    };
    scenario_of(serving, 1..=2).prop_map(alone).boxed()
}

/// A way to add a lever that does nothing; `None` where the strategy states the lever already.
type Neutral = fn(&mut Strategy) -> Option<()>;

const NONE: Dec = Dec { units: 0, places: 3 };
const ALL: Dec = Dec { units: 1000, places: 3 };

fn if_absent<T>(lever: &mut Option<T>, neutral: T) -> Option<()> {
    lever.is_none().then(|| *lever = Some(neutral))
}

fn free_layer(hit_rate: Dec) -> Layer {
    Layer { hit_rate, per_hit: Some(ALL), per_lookup: None, per_store: None, per_month: None, false_hits: None }
}

fn cache(exact: Option<Layer>, semantic: Option<Layer>) -> Cache {
    Cache { exact, semantic, of_misses: false, per_store: None, per_month: None }
}

const NEUTRAL: [(&str, Neutral); 14] = [
    ("exact hit rate 0", |s| if_absent(&mut s.cache, cache(Some(free_layer(NONE)), None))),
    ("semantic hit rate 0", |s| if_absent(&mut s.cache, cache(None, Some(free_layer(NONE))))),
    ("a semantic layer without hits beside the exact one", |s| {
        if_absent(&mut s.cache.as_mut()?.semantic, free_layer(NONE))
    }),
    ("no false hits", |s| {
        let layer = s.cache.as_mut()?.exact.as_mut()?;
        if_absent(&mut layer.false_hits, FalseHits { share: NONE, cost: Some(ALL), rerun: true })
    }),
    ("compress by 0%", |s| if_absent(&mut s.compress, Compress { cuts: [Some(Cut::Removed(NONE)); 6], by: None })),
    ("all examples kept", |s| if_absent(&mut s.examples, (3, 3))),
    ("more context than there is", |s| if_absent(&mut s.context, Context::Max(1_000_000))),
    ("all context is relevant", |s| if_absent(&mut s.context, Context::Relevance(ALL))),
    ("pack of one", |s| if_absent(&mut s.pack, Pack { items: Dec { units: 1, places: 0 }, overhead: None })),
    ("misroute 0", |s| {
        let Serving::Route(route) = &mut s.serving else { return None };
        if_absent(&mut route.misroute, NONE)
    }),
    ("a free router", |s| {
        let Serving::Route(route) = &mut s.serving else { return None };
        if_absent(&mut route.router, Side::PerRequest(NONE))
    }),
    ("retries 0", |s| if_absent(&mut s.over.retries, Retries { rate: NONE, billed: Some(Billed::All), max: None })),
    ("batch share 0", |s| {
        let discount = Discount { share: Dec { units: 500, places: 3 }, applies_to: Vec::new() };
        if_absent(&mut s.over.batch, Batch { share: NONE, discount: Some(discount) })
    }),
    ("output scaled to 100%", |s| if_absent(&mut s.over.output, Output::Scale(ALL))),
];

/// One strategy on one model that prices tokens, its batch card taken away.
fn one_plain_model(mut scenario: Scenario) -> Scenario {
    scenario.strategies.truncate(1);
    scenario.baseline = None;
    scenario.provider_discounts = [None, None];
    for model in &mut scenario.models {
        (model.batch, model.request, model.discount) = (None, None, None);
        model.tokens.get_or_insert_with(|| {
            let rate = |units| Rate { usd: Dec { units, places: 2 }, tiers: Vec::new() };
            TokenPrices { input: rate(250), output: rate(1000), reasoning: None, cached: None }
        });
    }
    let strategy = &mut scenario.strategies[0];
    strategy.serving = Serving::Model(0);
    as_stated(strategy);
    (strategy.cache, strategy.over.retries, strategy.over.batch) = (None, None, None);
    if let Some(compress) = &mut strategy.compress {
        compress.by = None;
    }
    // A summary is a call beside the answers: no batch takes it.
    if matches!(strategy.history, Some(History::Summarise { .. })) {
        strategy.history = None;
    }
    scenario
}

proptest! {
    #![proptest_config(config())]

    /// No cost is negative, and a line is a quantity at a price.
    #[test]
    fn costs_are_never_negative_and_lines_multiply(scenario in scenario()) {
        let report = report(&scenario.yaml());
        for strategy in strategies(&report) {
            prop_assert!(per_day(strategy) >= Q::zero());
            for line in strategy["lines"].as_array().unwrap() {
                let [quantity, price, per, cost] = ["quantity", "unit_price", "per", "per_day"].map(|key| number(&line[key]));
                // Credits that were paid in advance may buy more than they cost.
                let may_be_negative = line["lever"] == "commitment";
                prop_assert!(quantity >= Q::zero(), "{}", line);
                prop_assert!(may_be_negative || price >= Q::zero() && cost >= Q::zero(), "{}", line);
                // Each factor may be an endless quotient that was cut off for printing.
                let product = &quantity * &price / &per;
                let distance = if product < cost { &cost - &product } else { &product - &cost };
                let size = if price < Q::zero() { -price.clone() } else { price.clone() };
                let scale = (Q::one() + &quantity) * (Q::one() + size);
                let digits = num_traits::pow(Q::from_integer(10.into()), 20);
                prop_assert!(distance * digits <= scale, "{}: {} x {} is not {}", line, quantity, price, cost);
            }
            for usage in strategy["usage"].as_array().unwrap() {
                for key in ["calls_per_day", "input_tokens_per_day", "output_tokens_per_day", "per_day"] {
                    prop_assert!(number(&usage[key]) >= Q::zero(), "{}", usage);
                }
            }
        }
    }

    /// The total is the sum of its lines, and of its parts as people see them.
    #[test]
    fn lines_add_up(scenario in scenario()) {
        let report = report(&scenario.yaml());
        for strategy in strategies(&report) {
            let lines = strategy["lines"].as_array().unwrap();
            let sum = lines.iter().fold(Q::zero(), |sum, line| sum + number(&line["per_day"]));
            prop_assert_eq!(sum, per_day(strategy));
            let parts = strategy["breakdown"].as_array().unwrap();
            let sum = parts.iter().fold(Q::zero(), |sum, part| sum + number(&part["per_month"]));
            prop_assert!(all_but(&sum, &number(&strategy["cost"]["per_month"])), "breakdown: {}", sum);
        }
    }

    /// A route hands every request to one model.
    #[test]
    fn routes_conserve_requests(scenario in pure_routes()) {
        let report = report(&scenario.yaml());
        for strategy in strategies(&report) {
            // A request takes as many calls as its agent has steps.
            let steps = scenario.shape.agent.map_or(1, |(steps, _)| steps);
            let expected = scenario.requests_per_day() * Q::from_integer(steps.into());
            let calls = calls(strategy);
            prop_assert!(agrees(&calls, &expected) || all_but(&calls, &expected));
        }
    }

    /// A lever at zero changes nothing.
    #[test]
    fn levers_at_zero_change_nothing(scenario in scenario()) {
        let before = report(&scenario.yaml());
        for (name, add) in NEUTRAL {
            if name == "pack of one" && scenario.shape.follows() {
                // Requests in one call cannot wait for one another, not even a single one.
                continue;
            }
            let mut changed = scenario.clone();
            // Levers have to be added everywhere: the printed savings compare strategies.
            let added: Vec<bool> = changed.strategies.iter_mut().map(|strategy| add(strategy).is_some()).collect();
            if !added.contains(&true) {
                continue;
            }
            let after = report(&changed.yaml());
            for (before, after) in strategies(&before).iter().zip(strategies(&after)) {
                prop_assert_eq!(&before["cost"], &after["cost"], "{}", name);
                prop_assert_eq!(&before["savings"], &after["savings"], "{}", name);
                let nonzero = |usage: &&Value| usage["calls_per_day"] != "0";
                let usage = |report: &Value| -> Vec<Value> {
                    report["usage"].as_array().unwrap().iter().filter(nonzero).cloned().collect()
                };
                prop_assert_eq!(usage(before), usage(after), "{}", name);
            }
        }
    }

    /// A negotiated discount of nothing, a promise of nothing and calls of a cascade that never fail change nothing either.
    #[test]
    fn discounts_and_errors_of_zero_change_nothing(scenario in scenario()) {
        let before = report(&scenario.yaml());
        let mut changed = scenario;
        if changed.commitments.is_empty() {
            let terms = Terms::Minimum(NONE);
            changed.commitments.push(Commitment { whose: Whose::Model(0), terms });
        }
        for discount in &mut changed.provider_discounts {
            discount.get_or_insert(NONE);
        }
        for strategy in &mut changed.strategies {
            if let Serving::Cascade(cascade) = &mut strategy.serving {
                for step in &mut cascade.steps {
                    step.error.get_or_insert((NONE, Some(Billed::All)));
                }
            }
        }
        let after = report(&changed.yaml());
        for (before, after) in strategies(&before).iter().zip(strategies(&after)) {
            prop_assert_eq!(&before["cost"], &after["cost"]);
            prop_assert_eq!(&before["savings"], &after["savings"]);
        }
    }

    /// Levers apply in the order in which a request meets them, not in that of the file.
    #[test]
    fn the_order_in_the_file_changes_nothing(scenario in scenario(), seed in any::<u64>()) {
        let mut state = seed | 1;
        let shuffled = scenario.yaml_with(|mut levers| {
            for last in (1..levers.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = (state >> 33) as usize % (last + 1);
                levers.swap(last, other);
            }
            levers
        });
        prop_assert_eq!(without_lines_of_the_file(&json(&scenario.yaml())), without_lines_of_the_file(&json(&shuffled)));
    }

    /// More hits never mean more calls.
    #[test]
    fn more_hits_never_mean_more_calls(mut scenario in scenario(), more in 0..400_u64) {
        for strategy in &mut scenario.strategies {
            let cache = strategy.cache.get_or_insert_with(|| cache(Some(free_layer(NONE)), None));
            cache.exact.get_or_insert_with(|| free_layer(NONE)).hit_rate = Dec { units: 100, places: 3 };
        }
        let fewer = report(&scenario.yaml());
        for strategy in &mut scenario.strategies {
            let layer = strategy.cache.as_mut().and_then(|cache| cache.exact.as_mut()).unwrap();
            layer.hit_rate = Dec { units: 100 + more, places: 3 };
        }
        let more = report(&scenario.yaml());
        for (fewer, more) in strategies(&fewer).iter().zip(strategies(&more)) {
            let (before, after) = (calls(fewer), calls(more));
            prop_assert!(after <= before, "{} calls became {}", before, after);
        }
    }

    /// A batch discount and a negotiated one multiply, so they may be swapped.
    #[test]
    fn batch_and_negotiated_discounts_commute(scenario in scenario().prop_map(one_plain_model), a in 0..=1000_u64, b in 0..=1000_u64) {
        let with = |batch: u64, negotiated: u64| {
            let mut scenario = scenario.clone();
            scenario.models[0].discount = Some(Dec { units: negotiated, places: 3 });
            let discount = Discount { share: Dec { units: batch, places: 3 }, applies_to: Vec::new() };
            scenario.strategies[0].over.batch = Some(Batch { share: ALL, discount: Some(discount) });
            let mut cost = report(&scenario.yaml())["strategies"][0]["cost"].clone();
            // What it would cost at list prices knows one of the two only.
            cost.as_object_mut().unwrap().remove("list_per_month");
            cost
        };
        prop_assert_eq!(with(a, b), with(b, a));
    }

    /// Removing a share of the examples and keeping some of them are both factors.
    #[test]
    fn compression_and_kept_examples_commute(scenario in scenario().prop_map(one_plain_model), a in 0..=20_u64, b in 0..=20_u64) {
        let with = |removed: u64, kept: u64| {
            let mut scenario = scenario.clone();
            let strategy = &mut scenario.strategies[0];
            let mut cuts = [None; 6];
            cuts[EXAMPLES] = Some(Cut::Removed(Dec { units: removed * 50, places: 3 }));
            strategy.compress = Some(Compress { cuts, by: None });
            strategy.examples = Some((kept, 20));
            report(&scenario.yaml())["strategies"][0]["cost"].clone()
        };
        prop_assert_eq!(with(20 - a, b), with(20 - b, a));
    }

    /// An override that says what the strategy says anyway changes nothing.
    #[test]
    fn stating_a_lever_again_changes_nothing(scenario in scenario()) {
        let mut again = scenario.clone();
        for strategy in &mut again.strategies {
            let outer = strategy.over.clone();
            each_over(strategy, &mut |over| {
                over.output = over.output.clone().or_else(|| outer.output.clone());
                over.retries = over.retries.clone().or_else(|| outer.retries.clone());
            });
        }
        let (before, after) = (report(&scenario.yaml()), report(&again.yaml()));
        // A step or entry inside a cascade inherits from the entry before the strategy, so only plain ones are compared.
        for ((stated, before), after) in scenario.strategies.iter().zip(strategies(&before)).zip(strategies(&after)) {
            if stated.cascades().is_empty() || matches!(stated.serving, Serving::Cascade(_)) {
                prop_assert_eq!(&before["cost"], &after["cost"]);
            }
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: config().cases.min(40), ..config() })]

    /// One worker or many, the first run or the fifth: the same bytes.
    #[test]
    fn threads_change_no_byte(scenario in scenario()) {
        let text = scenario.yaml();
        let first = json(&text);
        let rest: Vec<String> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(|| json(&text))).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        for other in rest {
            prop_assert_eq!(&first, &other);
        }
    }
}

/// Every neutral lever is really tried: a plain strategy takes nearly all of them.
#[test]
fn every_neutral_lever_can_be_added() {
    let over = Over::default();
    let plain = Strategy {
        cache: None,
        compress: None,
        examples: None,
        retrieval: None,
        context: None,
        history: None,
        pack: None,
        fine_tune: None,
        serving: Serving::Model(0),
        over,
    };
    let mut route = plain.clone();
    let how = How::Shares(vec![(0, Share::Stated(ALL))]);
    route.serving = Serving::Route(Route { how, router: None, misroute: None });
    route.cache = Some(cache(Some(free_layer(NONE)), None));
    for (name, add) in NEUTRAL {
        let fits = [&plain, &route].iter().any(|strategy| add(&mut (*strategy).clone()).is_some());
        assert!(fits, "{name}");
    }
}
