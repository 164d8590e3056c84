//! `risk` from outside: a scenario that scipy has computed too, the contract of its JSON, the same bytes whatever the cores.

use std::process::{Command, Stdio};

use llmcost::analysis::risk::{RiskReport, Settings, assess};
use llmcost::check::{self, Options};
use llmcost::input::Input;
use serde_json::Value;

use super::support::{root, run, run_with, skipped, snapshot, text};

const TEN: &str = "tests/bench/ten.yaml";

fn assessed(file: &str) -> RiskReport {
    let plan = check::load(&Input::File(root().join(file)), &Options::default()).unwrap();
    assess(&plan, &Settings::default()).unwrap()
}

fn float(value: &impl ToString) -> f64 {
    value.to_string().parse().unwrap()
}

/// Expected: scipy's scrambled Sobol points and inverse distributions through the same formula, 24 sets of 2^16 points; standard
/// errors of the mean 0.02, of the quantiles 3.3, 2.4, 8.0 and 21. Indices from 2^16 pairs.
#[test]
fn ten_quantities_come_to_what_scipy_finds() {
    let found = assessed(TEN);
    assert!(found.accuracy.reached);
    let month = &found.strategies[0].per_month;
    let (of, errors) = (&month.percentiles, &month.standard_errors);
    let quantiles = [
        (float(&month.mean), float(&month.standard_error), 24_015.11, 0.02),
        (float(&of.p5), float(&errors.p5), 13_635.63, 3.3),
        (float(&of.p50), float(&errors.p50), 22_775.17, 2.4),
        (float(&of.p95), float(&errors.p95), 38_615.88, 8.0),
        (float(&of.p99), float(&errors.p99), 48_238.50, 21.0),
    ];
    for (value, error, expected, of_reference) in quantiles {
        assert!((value - expected).abs() <= 3.0 * error.hypot(of_reference), "{value} ± {error} against {expected}");
    }
    assert!((float(&month.sd) - 7_858.6).abs() < 25.0, "{}", month.sd);
    let indices = [
        ("workload.requests", 0.6018, 0.6266),
        ("workload.output", 0.1525, 0.1675),
        ("strategies.cascade.cascade.0.accept", 0.0684, 0.0778),
        ("workload.input", 0.0595, 0.0654),
        ("strategies.cascade.batch.share", 0.0428, 0.0492),
        ("strategies.cascade.response_cache.exact.hit_rate", 0.0300, 0.0334),
        ("strategies.cascade.response_cache.semantic.hit_rate", 0.0110, 0.0126),
        ("strategies.cascade.retries.rate", 0.0008, 0.0009),
    ];
    for (position, (input, first, total)) in indices.into_iter().enumerate() {
        let of = &found.strategies[0].sensitivity[position];
        assert_eq!(of.input, input, "the one that matters most comes first");
        assert!((of.first_order.unwrap() - first).abs() < 0.02, "{of:?}");
        assert!((of.total.unwrap() - total).abs() < 0.02, "{of:?}");
    }
}

/// The ends of the tornado are what `simulate` says with that value stated.
#[test]
fn the_tornado_is_what_simulate_says() {
    let found = assessed(TEN);
    let of = found.strategies[0].sensitivity.iter().find(|of| of.input == "workload.requests").unwrap();
    // The tenth percentile of 1M x exp(0.25 z), at z = -1.2815515655446004.
    let requests = 1e6 * (-0.25 * 1.281_551_565_544_600_4_f64).exp();
    let output = run(&["simulate", TEN, "-f", "json", "--set", &format!("workload.requests={requests}/day")]);
    let simulated: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected: f64 = simulated["strategies"][0]["cost"]["per_month"].as_str().unwrap().parse().unwrap();
    assert!((float(of.low.as_ref().unwrap()) - expected).abs() < 1e-9 * expected);
}

#[test]
fn the_json_keeps_its_contract() {
    let output = run(&["risk", "scenarios/risk.yaml", "--samples", "4096", "-f", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["schema"], "llmcost.risk/1");
    assert_eq!((found["samples"].as_u64(), found["seed"].as_u64()), (Some(4096), Some(1)));
    for strategy in found["strategies"].as_array().unwrap() {
        for key in ["mean", "standard_error", "p5", "p10", "p50", "p90", "p95"] {
            assert!(strategy["per_month"][key].as_str().unwrap().parse::<f64>().unwrap() >= 0.0, "{key}");
        }
        assert!(strategy["name"].is_string() && strategy.get("over_budget").is_some());
        for of in strategy["sensitivity"].as_array().unwrap() {
            assert!(of["input"].is_string() && of["first_order"].is_number() && of["total"].is_number(), "{of}");
            assert!(of["low"].is_string() && of["high"].is_string(), "{of}");
        }
        assert_eq!(strategy["distribution"].as_array().unwrap().len(), 99);
    }
    assert!(found["strategies"][0]["over_budget"].is_null(), "it has no budget");
    let over = found["strategies"][1]["over_budget"].as_f64().unwrap();
    assert!((over - found["budgets"][0]["over"].as_f64().unwrap()).abs() < 1e-9, "the tighter budget decides");
}

#[test]
fn same_seed_same_bytes_whatever_the_cores() {
    let arguments = ["risk", "scenarios/risk.yaml", "--samples", "4096", "-f", "json"];
    let all = run(&arguments);
    assert_eq!(all.stdout, run(&arguments).stdout);
    assert_ne!(
        all.stdout,
        run(&["risk", "scenarios/risk.yaml", "--samples", "4096", "-f", "json", "--seed", "2"]).stdout
    );
    let mut one = Command::new("taskset");
    one.args(["-c", "0", env!("CARGO_BIN_EXE_llmcost")]).args(arguments).current_dir(root()).stdin(Stdio::null());
    match one.output() {
        Ok(one) if one.status.success() => assert_eq!(all.stdout, one.stdout),
        _ => skipped("no `taskset` here to run on a single core"),
    }
}

#[test]
fn its_forms_for_people_and_spreadsheets() {
    let show = |format: &str| text(&run(&["risk", "scenarios/risk.yaml", "-f", format]).stdout);
    snapshot("risk-table", &show("table"));
    snapshot("risk-markdown", &show("markdown"));
    snapshot("risk-csv", &show("csv"));
    snapshot("risk-json", &show("json"));
}

#[test]
fn a_certain_scenario_has_no_risk() {
    let output = run(&["risk", "scenarios/guide/routing.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nothing in scenarios/guide/routing.yaml is uncertain"));
}

#[test]
fn check_enforces_percentiles() {
    let file = |limit: &str| {
        format!(
            "llmcost: 1
workload: {{requests: {{dist: lognormal, median: 1k/day, sigma: 0.5}}, input: 1M, output: 0}}
prices: {{add: {{m: {{input: 1}}}}}}
strategies: {{a: {{model: m}}}}
budgets: [{{strategy: a, p90_per_month: {limit}}}]
"
        )
    };
    // P90 of 30,000 exp(0.5 z) is 56,940.
    assert_eq!(run_with(&["check", "-"], &file("$58k")).status.code(), Some(0));
    let failed = run_with(&["check", "-", "-f", "json"], &file("$56k"));
    assert_eq!(failed.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&failed.stdout).unwrap();
    let actual: f64 = found["budgets"][0]["actual"].as_str().unwrap().parse().unwrap();
    assert!((actual / 56_940.0 - 1.0).abs() < 0.01, "{actual}");
    // Certain scenarios have percentiles too: the cost itself.
    let certain = file("$30k").replace("{dist: lognormal, median: 1k/day, sigma: 0.5}", "1k/day");
    assert_eq!(run_with(&["check", "-"], &certain).status.code(), Some(0));
}

#[test]
fn a_range_may_state_its_unit_once() {
    let cost = |requests: &str, input: &str| {
        let file = format!(
            "llmcost: 1\nworkload: {{requests: {requests}, input: {input}, output: 0}}\nprices: {{add: {{m: {{input: 1}}}}}}\n\
             currency: {{code: EUR, per_usd: 0.5}}\nstrategies: {{a: {{model: m, compress: {{user: 20 to 40%}}, response_cache: \
             {{exact: {{hit_rate: 10%, cost_per_hit: 1 to 4 EUR}}}}}}}}\n"
        );
        let output = run_with(&["simulate", "-", "-f", "json"], &file);
        let found: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
        found["strategies"][0]["cost"]["per_day"].as_str().unwrap().to_owned()
    };
    let once = cost("1k to 4k/day", "500");
    assert_eq!(once, cost("1k/day to 4k/day", "500"));
    // 2,000 requests, 200 hits of 2 EUR.
    assert!(once.starts_with("400."), "{once}");
}

#[test]
fn a_risk_is_drawn_as_its_distribution_and_a_tornado() {
    let folder = tempfile::tempdir().unwrap();
    let [chart, other] = ["risk.svg", "risk.png"].map(|name| folder.path().join(name));
    let (chart, other) = (chart.display().to_string(), format!("png={}", other.display()));
    let output = run(&["risk", "scenarios/risk.yaml", "--samples", "4096", "--chart", &chart, "-o", &other]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()), "{}", text(&output.stderr));
    let drawn = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let page = drawn("risk.svg");
    for words in ["cascade costs $23,8", "in 90% of the draws", "budget of cascade: $35,000", "all-gpt-4o"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(drawn("risk-tornado.svg").contains("cascade: workload.requests matters most"));
    assert!(std::fs::read(folder.path().join("risk-tornado.png")).unwrap().starts_with(b"\x89PNG"));
    let refused = run(&["risk", "scenarios/risk.yaml", "--samples", "4096", "--chart", "risk.pdf"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains(".svg or .png"), "{}", text(&refused.stderr));
}
