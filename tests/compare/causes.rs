//! Why costs change.

use std::collections::HashMap;

use num_traits::Zero;
use proptest::prelude::{Strategy as _, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::{Config, TestCaseError};
use serde_json::Value;

use super::{compared, told};
use crate::exact::{Q, agrees, number, q};
use crate::oracle::generate::{each_cascade, each_over, scenario};
use crate::oracle::scenario::*;

fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    Config { cases, max_shrink_iters: 500, failure_persistence: None, ..Config::default() }
}

/// A scenario of one strategy, in a form whose parts go together with those of any other.
fn plain(mut scenario: Scenario) -> Scenario {
    scenario.strategies.truncate(1);
    scenario.baseline = None;
    scenario.quality = None;
    each_cascade(&mut scenario.strategies[0], &mut |cascade| cascade.skill = None);
    let strategy = &mut scenario.strategies[0];
    // A cause has one name, whatever becomes of a history.
    if let Some(History::Summarise { to, .. }) = strategy.history {
        strategy.history = Some(History::Max(to));
    }
    if let Some(compress) = &mut strategy.compress {
        for cut in &mut compress.cuts {
            if matches!(cut, Some(Cut::To(_))) {
                *cut = None;
            }
        }
        if compress.cuts.iter().all(Option::is_none) {
            strategy.compress = None;
        }
    }
    // What stands in for a baseline or a mode that another scenario may not have goes with nothing else.
    if let Some(tuned) = &mut strategy.fine_tune {
        tuned.alone = false;
    }
    if let Some(retrieval) = &mut strategy.retrieval {
        retrieval.batch = false;
    }
    each_over(strategy, &mut |over| {
        if let Some(batch) = &mut over.batch {
            let half = Discount { share: Dec { units: 500, places: 3 }, applies_to: Vec::new() };
            batch.discount.get_or_insert(half);
        }
    });
    scenario
}

/// The causes and how each is taken from another scenario.
type Take = fn(&mut Scenario, &Scenario);

const CAUSES: [(&str, Take); 17] = [
    ("price", |to, from| {
        to.models.clone_from(&from.models);
        to.provider_discounts = from.provider_discounts;
    }),
    ("volume", |to, from| (to.requests, to.per, to.days_per_month) = (from.requests, from.per, from.days_per_month)),
    ("tokens", |to, from| to.shape = from.shape.clone()),
    ("mix", |to, from| to.strategies[0].serving = from.strategies[0].serving.clone()),
    ("response_cache", |to, from| to.strategies[0].cache.clone_from(&from.strategies[0].cache)),
    ("compress", |to, from| to.strategies[0].compress.clone_from(&from.strategies[0].compress)),
    ("examples", |to, from| to.strategies[0].examples = from.strategies[0].examples),
    ("context", |to, from| to.strategies[0].context.clone_from(&from.strategies[0].context)),
    ("retrieval", |to, from| to.strategies[0].retrieval.clone_from(&from.strategies[0].retrieval)),
    ("fine_tune", |to, from| to.strategies[0].fine_tune.clone_from(&from.strategies[0].fine_tune)),
    ("commitment", |to, from| to.commitments.clone_from(&from.commitments)),
    ("history", |to, from| to.strategies[0].history.clone_from(&from.strategies[0].history)),
    ("prefix_cache", |to, from| to.strategies[0].over.prefix.clone_from(&from.strategies[0].over.prefix)),
    ("output", |to, from| to.strategies[0].over.output.clone_from(&from.strategies[0].over.output)),
    ("pack", |to, from| to.strategies[0].pack.clone_from(&from.strategies[0].pack)),
    ("retries", |to, from| to.strategies[0].over.retries.clone_from(&from.strategies[0].over.retries)),
    ("batch", |to, from| to.strategies[0].over.batch.clone_from(&from.strategies[0].over.batch)),
];

/// Some of `to`'s causes from `from`.
fn taken(to: &Scenario, from: &Scenario, causes: &[usize]) -> Scenario {
    let mut found = to.clone();
    causes.iter().for_each(|cause| CAUSES[*cause].1(&mut found, from));
    found
}

/// Cost per month, by the oracle.
fn cost(scenario: &Scenario) -> Q {
    scenario.evaluate(&scenario.strategies[0], None).total() * Q::from_integer(scenario.days_per_month.into())
}

/// Every order of `items`.
fn orders(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (at, first) in items.iter().enumerate() {
        let rest: Vec<usize> =
            items.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, one)| *one).collect();
        found.extend(orders(&rest).into_iter().map(|rest| [vec![*first], rest].concat()));
    }
    found
}

/// The mean change of each cause over all orders, each hybrid computed by the oracle.
fn shapley(base: &Scenario, head: &Scenario, causes: &[usize]) -> Vec<Q> {
    let mut costs: HashMap<Vec<usize>, Q> = HashMap::new();
    let mut sums = vec![Q::zero(); causes.len()];
    let orders = orders(causes);
    for order in &orders {
        for (count, cause) in order.iter().enumerate() {
            let mut value = |count: usize| {
                let mut set = order[..count].to_vec();
                set.sort_unstable();
                costs.entry(set.clone()).or_insert_with(|| cost(&taken(base, head, &set))).clone()
            };
            let change = value(count + 1) - value(count);
            let at = causes.iter().position(|known| known == cause).unwrap();
            sums[at] += change;
        }
    }
    sums.into_iter().map(|sum| sum / Q::from_integer(orders.len().into())).collect()
}

fn check(base: &Scenario, other: &Scenario, causes: &[usize]) -> Result<(), TestCaseError> {
    let head = taken(base, other, causes);
    let (base_text, head_text) = (base.yaml(), head.yaml());
    let found = compared(&base_text, &head_text);
    let told = &found["strategies"][0];
    let say = |what: String| TestCaseError::fail(format!("{what}\n{base_text}\n--- and\n{head_text}\n{found:#}"));
    let (before, after) = (cost(base), cost(&head));
    let change = &after - &before;
    for (key, expected) in [("base_per_month", &before), ("head_per_month", &after), ("change_per_month", &change)] {
        if !agrees(&number(&told[key]), expected) {
            return Err(say(format!("{key}: the oracle says {expected}")));
        }
    }
    if told["status"] == "same" {
        return if change.is_zero() { Ok(()) } else { Err(say("not the same".to_owned())) };
    }
    if told["method"] != "all_orders" {
        return Err(say("not shared by hybrids".to_owned()));
    }
    let empty = Vec::new();
    let parts = told["causes"].as_array().unwrap_or(&empty);
    for (cause, expected) in causes.iter().zip(shapley(base, &head, causes)) {
        let name = CAUSES[*cause].0;
        let part = parts.iter().find(|part| part["cause"] == name);
        let part = part.map_or_else(Q::zero, |part| number(&part["change_per_month"]));
        // On one grid with the others: an amount that ends may take the remainder of those that do not.
        let near = crate::exact::all_but(&part, &expected);
        if !near {
            return Err(say(format!("{name}: the program says {part}, the oracle {expected}")));
        }
    }
    let known = |part: &Value| causes.iter().any(|cause| part["cause"] == CAUSES[*cause].0);
    if let Some(part) = parts.iter().find(|part| !known(part)) {
        return Err(say(format!("{} changed nothing", part["cause"])));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(64))]

    /// Every cause has the mean of its changes over all orders, computed with another library on scenarios that take some of
    /// their parts from one and the rest from the other.
    #[test]
    fn causes_are_those_of_the_oracle(
        mut base in scenario().prop_map(plain),
        mut other in scenario().prop_map(plain),
        causes in prop::sample::subsequence((0..CAUSES.len()).collect::<Vec<_>>(), 1..=4),
    ) {
        // The same sellers, and tasks that every route fits.
        for (model, known) in other.models.iter_mut().zip(&base.models) {
            model.provider = known.provider;
        }
        // A model that has changed hands may not be committed a second time.
        let owned: Vec<usize> = other.models.iter().map(|model| model.provider).collect();
        let whole: Vec<usize> = other.commitments.iter().filter_map(|each| match each.whose {
            Whose::Provider(provider) => Some(provider),
            Whose::Model(_) => None,
        }).collect();
        other.commitments.retain(|each| match each.whose {
            Whose::Provider(provider) => owned.contains(&provider),
            Whose::Model(model) => !whole.contains(&owned[model]),
        });
        if [&base, &other].iter().any(|scenario| scenario.strategies[0].retrieval.is_some()) {
            // A context that is stated is not retrieved.
            for scenario in [&mut base, &mut other] {
                scenario.shape.prompt[CONTEXT] = 0;
                scenario.tasks.iter_mut().for_each(|task| task.prompt[CONTEXT] = None);
            }
        }
        if [&base, &other].iter().any(|scenario| scenario.shape.follows()) {
            // Requests in one call cannot wait for one another.
            for scenario in [&mut base, &mut other] {
                scenario.strategies[0].pack = None;
            }
        }
        // One tokenizer, and answers of whatever quality.
        other.factors.clone_from(&base.factors);
        other.tasks.clone_from(&base.tasks);
        let tasks = base.tasks.len();
        if let Serving::Route(route) = &mut other.strategies[0].serving {
            match &mut route.how {
                How::Complexity(models) if tasks == 0 => {
                    route.how = How::Shares(vec![(models[0], Share::Stated(Dec { units: 1, places: 0 }))]);
                }
                How::Tasks(models, _) => models.truncate(tasks),
                How::Entries(_, first) if tasks < 2 => first.clear(),
                _ => {}
            }
        }
        check(&base, &other, &causes)?;
    }
}

/// A strategy, its change, and `(cause, change)` of each part.
type Parts = (String, Q, Vec<(String, Q)>);

/// Every strategy that both sides have.
fn parts(comparison: &Value) -> Vec<Parts> {
    let both = comparison["strategies"].as_array().unwrap().iter().filter(|one| !one["change_per_month"].is_null());
    both.map(|one| {
        let cause = |part: &Value| (part["cause"].as_str().unwrap().to_owned(), number(&part["change_per_month"]));
        let causes = one["causes"].as_array().unwrap().iter().map(cause).collect();
        (one["name"].as_str().unwrap().to_owned(), number(&one["change_per_month"]), causes)
    })
    .collect()
}

proptest! {
    #![proptest_config(config(16))]

    /// Of two scenarios that have nothing to do with each other: the printed parts add up to the printed change to the last
    /// digit, nothing is left unexplained, and the other way round everything changes its sign.
    #[test]
    fn parts_add_up_and_change_their_sign(base in scenario(), head in scenario()) {
        let (base, head) = (base.yaml(), head.yaml());
        let (there, back) = (compared(&base, &head), compared(&head, &base));
        for one in there["strategies"].as_array().unwrap().iter().filter(|one| !one["change_per_month"].is_null()) {
            let difference = number(&one["head_per_month"]) - number(&one["base_per_month"]);
            prop_assert_eq!(&difference, &number(&one["change_per_month"]));
        }
        let (there, back) = (parts(&there), parts(&back));
        prop_assert_eq!(there.len(), back.len());
        for (name, change, causes) in there {
            let sum = causes.iter().fold(Q::zero(), |sum, (_, part)| sum + part);
            prop_assert_eq!(&sum, &change, "{}: the parts add up\n{}\n{}", name, base, head);
            prop_assert!(causes.iter().all(|(cause, _)| cause != "other"), "{}: {:?}\n{}\n{}", name, causes, base, head);
            let (_, turned, mirrored) = back.iter().find(|(known, ..)| *known == name).unwrap();
            prop_assert_eq!(&change, &-turned.clone());
            prop_assert_eq!(causes.len(), mirrored.len());
            for ((cause, part), (known, mirror)) in causes.iter().zip(mirrored) {
                prop_assert_eq!(cause, known);
                prop_assert_eq!(part, &-mirror.clone(), "{} {}\n{}\n{}", name, cause, base, head);
            }
        }
    }

    /// A scenario is the same as itself, however endless its amounts.
    #[test]
    fn nothing_changes_against_itself(scenario in scenario()) {
        let text = scenario.yaml();
        for strategy in compared(&text, &text)["strategies"].as_array().unwrap() {
            prop_assert_eq!(&strategy["status"], "same");
            prop_assert_eq!(number(&strategy["change_per_month"]), q(0, 1));
        }
    }
}

const BASE: &str = "\
llmcost: 1
prices: {as_of: 2025-01-01, catalog: [guide-2025]}
workload: {requests: 1M/day, input: 500, output: 200}
strategies:
  all: {model: gpt-4o}
  routed: {route: {gpt-4o-mini: 90%, gpt-4o: 10%}}
";

/// 1M x (500 x 2.5 + 200 x 10)/1M = 3,250 a day, 97,500 a month. Twice the requests: 97,500 more. A discount of 10%: 9,750
/// less. Both: 175,500; the volume alone adds 97,500 or 87,750, the price takes 9,750 or 19,500.
#[test]
fn a_change_is_shared_by_hand() {
    let head = BASE.replace("1M/day", "2M/day").replace("[guide-2025]", "[guide-2025], discount: {gpt-4o: 10%}");
    let found = compared(BASE, &head);
    assert_eq!(told(&found, "all"), "price -14625, volume 92625");
    // gpt-4o-mini costs 0.15 x 500 + 0.6 x 200 = 195 a day for all: 5,265 + 9,750 a month, of which gpt-4o has a discount.
    assert_eq!(told(&found, "routed"), "price -1462.5, volume 14527.5");
    assert_eq!(found["strategies"][0]["change_percent"], "80");
    assert_eq!(found["strategies"][0]["ratio"], "1.8");
    assert_eq!(found["prices"][0]["model"], "gpt-4o");
    assert_eq!(found["prices"][0]["head"], "2.25");
    assert_eq!(found["stated"][0]["path"], "prices.discount");
}

/// The date of the prices moves past a price cut, and nothing else: 5/15 becomes 2.5/10.
#[test]
fn another_date_is_another_price() {
    let at = |date: &str| {
        format!(
            "llmcost: 1\nprices: {{as_of: {date}}}\nworkload: {{requests: 1M/day, input: 500, output: 200}}\nstrategies: {{a: {{model: gpt-4o}}}}\n"
        )
    };
    let found = compared(&at("2024-09-01"), &at("2025-01-01"));
    assert_eq!(told(&found, "a"), "price -67500");
    assert_eq!(found["prices"][0]["base"], "5");
    // Two dates with the same cards in force are no cause.
    let same = compared(&at("2025-01-01"), &at("2025-01-02"));
    assert_eq!(same["strategies"][0]["status"], "same");
    assert_eq!(same["stated"][0]["path"], "prices.as_of");
}

/// 20 days more in a month of 31: 3,250 for a day.
#[test]
fn a_longer_month_is_volume() {
    let head = format!("calendar: {{days_per_month: 31}}\n{BASE}");
    let found = compared(BASE, &head);
    assert_eq!(told(&found, "all"), "volume 3250");
    assert!(found["notes"][0].as_str().unwrap().contains("has 31 days"), "{found:#}");
}

/// A task that only one side has comes with its own tokens and share, and that is the mix; what a task of both sides carries is
/// tokens.
#[test]
fn tasks_go_by_their_names() {
    let with = |tasks: &str| BASE.replace("output: 200}", &format!("output: 200, tasks: [{tasks}]}}"));
    let one = with("{name: a, share: 100%}");
    let two = with("{name: b, share: 50%, output: 400}, {name: a, share: 50%}");
    // Half of the requests with 200 more output tokens: 0.5M x 200 x 10/1M = 1,000 a day.
    assert_eq!(told(&compared(&one, &two), "all"), "mix 30000");
    let turned = with("{name: a, share: 50%}, {name: b, share: 50%, output: 400}");
    assert_eq!(compared(&two, &turned)["strategies"][0]["status"], "same");
    let longer = with("{name: b, share: 50%, output: 500}, {name: a, share: 50%}");
    assert_eq!(told(&compared(&two, &longer), "all"), "tokens 15000");
}

/// A lever of base and a model of head need not go together: gpt-4 has no batch price. Then the bills are compared.
#[test]
fn what_does_not_go_together_is_compared_line_by_line() {
    let base = "llmcost: 1\nprices: {add: {m: {input: 1, output: 1, batch: {discount: 50%}}, n: {input: 2, output: 2}}}\n\
                workload: {requests: 1M/day, input: 100, output: 0}\n\
                strategies: {a: {model: m, batch: 100%}}\n";
    let head = base.replace("{model: m, batch: 100%}", "{model: n}");
    let found = compared(base, &head);
    assert_eq!(found["strategies"][0]["method"], "lines");
    // Another model, and no call of the old one: 100M x 2 - 100M x 0.5 a day.
    assert_eq!(told(&found, "a"), "mix 4500");
    let note = found["notes"][0].as_str().unwrap();
    assert!(note.starts_with("a is compared line by line") && note.contains("no batch price"), "{note}");
    let back = compared(&head, base);
    assert_eq!(told(&back, "a"), "mix -4500");
}

/// The same deployment at another price per hour: 24 x 30 hours.
#[test]
fn a_deployment_is_hosting() {
    let base = "llmcost: 1\nworkload: {requests: 1000/day, input: 100, output: 100}\n\
                deployments: {own: {gpus: 1, usd_per_gpu_hour: $1.50, throughput: 3000 tok/s}}\n\
                strategies: {a: {deployment: own}}\n";
    let found = compared(base, &base.replace("1.50", "2.50"));
    assert_eq!(told(&found, "a"), "hosting 720");
}

/// Everything differs: 13 causes are too many for all orders, and the mean of two orders adds up and turns round as well.
#[test]
fn many_causes_are_shared_over_two_orders() {
    let scenario = |requests: &str, output: &str, hour: &str, input: &str, shares: [&str; 2], levers: &str| {
        format!(
            "llmcost: 1\nprices: {{add: {{m: {{input: {input}, output: 2, batch: {{discount: 50%}}}}}}}}\n\
             workload: {{requests: {requests}, prompt: {{system: 100, examples: 100, context: 100, user: 100}}, output: {output}}}\n\
             deployments: {{own: {{gpus: 1, usd_per_gpu_hour: {hour}, throughput: 3000 tok/s}}}}\n\
             strategies:\n  a:\n    route: [{{model: m, share: {}}}, {{deployment: own, share: {}}}]\n{levers}",
            shares[0], shares[1]
        )
    };
    let base = scenario("1M/day", "100", "1", "1", ["90%", "10%"], "");
    let levers = "    response_cache: {exact: {hit_rate: 30%}}\n    compress: {user: 10%}\n    examples: {keep: 2, of: 5}\n    \
                  context: {max: 50}\n    output: {max: 90}\n    pack: {items: 2}\n    retries: {rate: 2%}\n    \
                  batch: {share: 40%, discount: 50%}\n";
    let head = scenario("2M/day", "110", "1.5", "1.1", ["80%", "20%"], levers);
    let (there, back) = (compared(&base, &head), compared(&head, &base));
    assert_eq!(there["strategies"][0]["method"], "both_orders", "{there:#}");
    assert!(there["notes"][0].as_str().unwrap().contains("too many causes"), "{there:#}");
    let (there, back) = (&parts(&there)[0], &parts(&back)[0]);
    assert_eq!(there.2.len(), 13, "{:?}", there.2);
    assert_eq!(there.2.iter().fold(Q::zero(), |sum, (_, part)| sum + part), there.1);
    for ((cause, part), (known, mirror)) in there.2.iter().zip(&back.2) {
        assert_eq!((cause, part), (known, &-mirror.clone()));
    }
}

/// A judge that is never wrong accepts what is right: 50% of the cheap answers, then 80%, so that 30% fewer calls go on.
#[test]
fn better_answers_that_a_judge_accepts_are_quality() {
    let base = "llmcost: 1\nprices: {add: {m: {input: 1, output: 1}, n: {input: 10, output: 10}}}\n\
                workload: {requests: 1M/day, input: 100, output: 0}\n\
                quality: {m: 50%, n: 90%}\n\
                strategies:\n  a: {cascade: [{model: m}, {model: n}], judge: {sensitivity: 100%, specificity: 100%}}\n";
    let found = compared(base, &base.replace("m: 50%", "m: 80%"));
    // 100M x 10/1M x 30% a day.
    assert_eq!(told(&found, "a"), "quality -9000");
}

/// 100 EUR at 0.8 are 125 dollars; at 0.9 they would be 112.50.
#[test]
fn amounts_are_in_the_currency_of_head() {
    let euro = |rate: &str| format!("currency: {{code: EUR, per_usd: {rate}}}\n{BASE}");
    let found = compared(BASE, &euro("0.8"));
    assert_eq!(found["strategies"][0]["base_per_month"], "78000");
    assert_eq!(found["strategies"][0]["status"], "same");
    assert!(found["notes"][0].as_str().unwrap().contains("EUR at 0.8 per USD"), "{found:#}");
    assert_eq!(compared(&euro("0.8"), BASE)["strategies"][0]["base_per_month"], "97500");
    assert_eq!(compared(&euro("0.8"), &euro("0.9"))["strategies"][0]["head_per_month"], "87750");
}

/// One thing is stated otherwise, and one cause is told.
#[test]
fn whatever_differs_has_a_name() {
    let base = "llmcost: 1\n\
                prices: {add: {m: {provider: acme, input: 3, output: 9, cached_read: 0.3, cache_write: 3.75}}}\n\
                workload: {requests: 1M/day, prompt: {system: 2000, user: 300}, output: 200, turns: 2, metered: [{name: sandbox, quantity: 0.02, unit: hour, price: 0.11}]}\n\
                strategies:\n  a: {model: m}\n";
    for (from, to, cause) in [
        ("1M/day", "2M/day", "volume"),
        ("user: 300", "user: 301", "tokens"),
        ("output: 200", "output: 201", "tokens"),
        ("output: 200", "output: 200, reasoning: 10", "tokens"),
        ("turns: 2", "turns: 3", "tokens"),
        ("turns: 2", "agent: {steps: 3, tool_result: 10}", "tokens"),
        ("turns: 2", "turns: 2, tokenizer: {counted_for: openai, factors: {acme: 1.2}}", "tokens"),
        ("price: 0.11", "price: 0.12", "metered"),
        ("input: 3", "input: 4", "price"),
        ("{model: m}", "{model: m, prefix_cache: {hit_rate: 80%}}", "prefix_cache"),
        ("{model: m}", "{model: m, response_cache: {exact: {hit_rate: 10%}}}", "response_cache"),
        ("{model: m}", "{model: m, history: {max: 100}}", "history"),
        ("{model: m}", "{model: m, batch: {share: 10%, discount: 50%}}", "batch"),
        ("{model: m}", "{model: gpt-4o}", "mix"),
    ] {
        let head = base.replace(from, to);
        assert_ne!(head, base, "{from}");
        for (one, other) in [(base, head.as_str()), (head.as_str(), base)] {
            let told = told(&compared(one, other), "a");
            assert!(told.starts_with(&format!("{cause} ")) && !told.contains(','), "{to}: {told}");
        }
    }
}
