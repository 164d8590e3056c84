//! The same scenarios computed twice: by the program, and by a second, plain reading of the formulae with another
//! library's exact numbers. Random scenarios, every lever and form of route; the two must agree to the last digit.

pub mod evaluate;
pub mod generate;
pub mod quality;
pub mod scenario;
mod sharing;

use num_traits::Zero;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};
use serde_json::Value;

pub use super::exact::Q;
use super::exact::{agrees, all_but, number, q, report, strategy, try_json};
use evaluate::Outcome;
use scenario::{Billing, Scenario, Serving, strategy_name};

const CASES: u32 = 400;

proptest! {
    #![proptest_config(Config { cases: cases(), max_shrink_iters: 3000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_program_and_the_oracle_agree(scenario in generate::scenario()) {
        compare(&scenario)?;
    }
}

/// `PROPTEST_CASES`, or what keeps the test within a minute.
pub fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES)
}

fn same(what: &str, printed: &Value, exact: &Q) -> Result<(), TestCaseError> {
    let printed = number(printed);
    prop_assert!(agrees(&printed, exact), "{what}: the program says {printed}, the oracle {exact}");
    Ok(())
}

fn compare(scenario: &Scenario) -> Result<(), TestCaseError> {
    let text = scenario.yaml();
    let checked = compare_with(scenario, &text);
    checked.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
}

fn compare_with(scenario: &Scenario, text: &str) -> Result<(), TestCaseError> {
    let json = try_json(text).map_err(TestCaseError::fail)?;
    let report: Value = serde_json::from_str(&json).unwrap();
    let days = Q::from_integer(scenario.days_per_month.into());
    let outcomes: Vec<_> = scenario.strategies.iter().map(|s| scenario.evaluate(s, None)).collect();
    let baseline = outcomes[scenario.baseline.unwrap_or(0)].total();
    prop_assert_eq!(&report["baseline"], &strategy_name(scenario.baseline.unwrap_or(0)));
    for (index, outcome) in outcomes.iter().enumerate() {
        let name = strategy_name(index);
        let found = strategy(&report, &name);
        let total = outcome.total();
        let cost = &found["cost"];
        let say = |what: &str| format!("{name} {what}");
        same(&say("per_day"), &cost["per_day"], &total)?;
        same(&say("per_month"), &cost["per_month"], &(&total * &days))?;
        same(&say("per_year"), &cost["per_year"], &(&total * q(365, 1)))?;
        same(&say("per_request"), &cost["per_request"], &(&total / scenario.requests_per_day()))?;
        let tokens = scenario.tokens_per_day();
        if tokens.is_zero() {
            prop_assert!(cost["per_million_tokens"].is_null(), "{} per_million_tokens without tokens", name);
        } else {
            same(&say("per_million_tokens"), &cost["per_million_tokens"], &(&total / tokens * q(1_000_000, 1)))?;
        }
        let sum = found["lines"].as_array().unwrap().iter().fold(Q::zero(), |sum, line| sum + number(&line["per_day"]));
        prop_assert_eq!(&sum, &number(&cost["per_day"]), "{}: the lines add up to the total", &name);
        let saved = &baseline - &total;
        same(&say("savings per_day"), &found["savings"]["per_day"], &saved)?;
        same(&say("savings per_month"), &found["savings"]["per_month"], &(&saved * &days))?;
        if baseline.is_zero() {
            prop_assert!(found["savings"]["percent"].is_null(), "{} percent of nothing", name);
        } else {
            same(&say("savings percent"), &found["savings"]["percent"], &(&saved / &baseline * q(100, 1)))?;
        }
        for (model, used) in &outcome.models {
            let model = format!("m{model}");
            let usage = found["usage"].as_array().unwrap().iter().find(|usage| usage["model"] == *model);
            let zero = Value::from("0");
            let get = |key: &str| usage.map_or(&zero, |usage| &usage[key]);
            same(&say(&format!("{model} calls")), get("calls_per_day"), &used.calls)?;
            // A model that is not called is not listed, though its index may be renewed.
            let input = if used.calls.is_zero() { &used.calls } else { &used.input };
            same(&say(&format!("{model} input")), get("input_tokens_per_day"), input)?;
            same(&say(&format!("{model} cached")), get("cached_tokens_per_day"), &used.cached)?;
            same(&say(&format!("{model} output")), get("output_tokens_per_day"), &used.output)?;
            // Lines that do not end share out a rounding remainder when they are printed. A model that is not called is not
            // listed, whatever is paid for it.
            let printed = number(get("per_day"));
            let cost = if used.calls.is_zero() { used.cost.clone() } else { &used.cost + &used.fixed };
            prop_assert!(
                all_but(&printed, &cost) || used.calls.is_zero(),
                "{name} {model} cost: the program says {printed}, the oracle {cost}"
            );
        }
        for usage in found["usage"].as_array().unwrap() {
            let known = usage["model"].as_str().unwrap().strip_prefix('m').and_then(|n| n.parse().ok());
            prop_assert!(
                known.is_some_and(|n: usize| outcome.models.contains_key(&n)),
                "{}: {} is not asked",
                name,
                usage["model"]
            );
        }
        match &scenario.quality {
            None => prop_assert!(found["quality"].is_null()),
            Some(_) => {
                let paid = &total / scenario.requests_per_day();
                let per_right = (!outcome.right.is_zero()).then(|| paid / &outcome.right);
                prop_assert!(all_but(&number(&found["quality"]), &outcome.right), "{} quality {}", name, outcome.right);
                match per_right {
                    None => prop_assert!(cost["per_accepted_answer"].is_null()),
                    Some(per_right) => same(&say("per right answer"), &cost["per_accepted_answer"], &per_right)?,
                }
            }
        }
        tuned(scenario, index, &outcomes, found)?;
        let settled: Vec<&Value> = found["commitments"].as_array().into_iter().flatten().collect();
        prop_assert_eq!(settled.len(), outcome.commitments.len());
        for (commitment, adds) in settled.into_iter().zip(&outcome.commitments) {
            same(&say("commitment"), &commitment["adds_per_month"], &(adds * &days))?;
        }
        let stated = &scenario.strategies[index];
        if stated.fine_tune.is_none() && matches!(stated.serving, Serving::Cascade(_)) {
            for (key, billing) in [
                ("cascade_final_only_per_month", Billing::FinalOnly),
                ("cascade_every_attempt_per_month", Billing::EveryAttempt),
            ] {
                let other = scenario.evaluate(stated, Some(billing)).total() * &days;
                let printed = &found["alternatives"][key];
                if !printed.is_null() {
                    same(&say(key), printed, &other)?;
                }
            }
        }
    }
    Ok(())
}

/// What a tuned model saves per call, against its own strategy without it or against the baseline.
fn tuned(scenario: &Scenario, index: usize, outcomes: &[Outcome], found: &Value) -> Result<(), TestCaseError> {
    let strategy = &scenario.strategies[index];
    let Some(lever) = &strategy.fine_tune else {
        prop_assert!(found["fine_tune"].is_null());
        return Ok(());
    };
    let baseline = scenario.baseline.unwrap_or(0);
    let Some(own) = outcomes[index].per_call() else {
        prop_assert!(found["fine_tune"].is_null(), "no call is answered");
        return Ok(());
    };
    let report = &found["fine_tune"];
    same("training", &report["training"], &lever.cost())?;
    same("tuned_per_call", &report["tuned_per_call"], &own)?;
    let base = match lever.alone {
        true if index == baseline => None,
        true => outcomes[baseline].per_call(),
        false => {
            let without = scenario::Strategy { fine_tune: None, ..strategy.clone() };
            scenario.evaluate(&without, None).per_call()
        }
    };
    let Some(base) = base else {
        prop_assert!(report["base_per_call"].is_null() && report["break_even_calls"].is_null());
        return Ok(());
    };
    let saves = &base - &own;
    same("base_per_call", &report["base_per_call"], &base)?;
    same("saves_per_call", &report["saves_per_call"], &saves)?;
    if saves > Q::zero() {
        same("break_even_calls", &report["break_even_calls"], &(lever.cost() / &saves))
    } else {
        let warnings = found["warnings"].as_array().unwrap();
        prop_assert!(report["break_even_calls"].is_null());
        prop_assert!(warnings.iter().any(|warning| warning["code"] == "fine-tune-never-pays"));
        Ok(())
    }
}

/// A batch pays the batch card; what the card does not state pays the standard price. Reasoning is no exception:
/// 1,000 requests of 100 reasoning tokens are 0.1M tokens.
#[test]
fn reasoning_in_a_batch() {
    let cost = |prices: &str| {
        let text = format!(
            "llmcost: 1\nprices:\n  add:\n    m: {prices}\nworkload: {{requests: 1000/day, input: 0, output: 0, reasoning: 100}}\n\
             strategies:\n  s: {{model: m, batch: {{share: 100%}}}}\n"
        );
        strategy(&report(&text), "s")["cost"]["per_day"].as_str().unwrap().to_owned()
    };
    let stated = "the card's own price of reasoning, 0.1M x 3";
    assert_eq!(cost("{input: 1, output: 10, batch: {input: 0.5, output: 5, reasoning: 3}}"), "0.3", "{stated}");
    assert_eq!(
        cost("{input: 1, output: 10, reasoning: 8, batch: {input: 0.5, output: 5, reasoning: 3}}"),
        "0.3",
        "{stated}"
    );
    assert_eq!(
        cost("{input: 1, output: 10, batch: {input: 0.5, output: 5}}"),
        "0.5",
        "as output of the card, 0.1M x 5"
    );
    let standard = "the model prices reasoning, its batch card does not: 0.1M x 8";
    assert_eq!(cost("{input: 1, output: 10, reasoning: 8, batch: {input: 0.5, output: 5}}"), "0.8", "{standard}");
}

/// 1,000 calls, half of all attempts repeated: 2,000 calls, whether or not the 30% without an answer are billed.
#[test]
fn repetitions_of_unbilled_errors_are_calls() {
    for billed in ["none", "input", "all"] {
        let text = format!(
            "llmcost: 1\nprices: {{add: {{m: {{input: 1, output: 2}}}}}}\n\
             workload: {{requests: 1000/day, input: 100, output: 100}}\n\
             strategies:\n  s: {{cascade: [{{model: m, error: 30%, billed: {billed}}}], retries: {{rate: 50%}}}}\n"
        );
        let report = report(&text);
        assert_eq!(strategy(&report, "s")["usage"][0]["calls_per_day"], "2000", "billed: {billed}");
    }
}

/// A compressor is called for every request and pays what a call costs: 1,000 x (0.003 + 100 x 1/1M) for it, and
/// 1,000 x 50 x 10/1M for the shortened prompt.
#[test]
fn a_compressor_with_a_price_per_request() {
    let text = "llmcost: 1\nprices: {add: {m: {input: 10, output: 10}, c: {request: 0.003, input: 1, output: 1}}}\n\
                workload: {requests: 1000/day, input: 100, output: 0}\n\
                strategies:\n  s: {model: m, compress: {user: 50%, model: c}}\n";
    assert_eq!(strategy(&report(text), "s")["cost"]["per_day"], "3.6");
}

/// A quarter of the attempts repeated is a third more: 2/3 dollars for the repeated input and for the output. Printed,
/// they leave a remainder; it belongs to a line that was rounded, never to an exact amount (the router's 50 dollars).
#[test]
fn a_rounding_remainder_stays_off_exact_lines() {
    let text = "llmcost: 1\nprices: {add: {r: {input: 1, output: 50}, m: {input: 2, output: 2}}}\n\
                workload: {requests: 1000/day, input: 1000, output: 1000}\n\
                strategies:\n  s:\n    route: {m: 100%}\n    router: {model: r, input: 0, output: 1000}\n    \
                retries: {rate: 25%}\n";
    let report = report(text);
    let lines = strategy(&report, "s")["lines"].as_array().unwrap();
    let router: Vec<&Value> =
        lines.iter().filter(|line| line["item"] == "r" && line["component"] == "output").collect();
    assert_eq!(router.len(), 1);
    assert_eq!(router[0]["per_day"], "50");
}
