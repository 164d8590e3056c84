//! `forecast`: every month at its own prices, months that add up, what is refused.

use serde_json::Value;

use crate::support::{run, run_with, snapshot, text};

const FILE: &str = "scenarios/forecast.yaml";
const PLAIN: &str = "llmcost: 1
workload: {requests: 10k/day, input: 500, output: 200}
strategies: {a: {model: gpt-4o}, gemini: {model: gemini-3.8-flash}}
";

fn forecast(scenario: &str, arguments: &[&str]) -> Value {
    let output = run_with(&[&["forecast", "-", "-f", "json"], arguments].concat(), scenario);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Costs of a strategy's months, in hundred-thousandths.
fn costs(found: &Value, strategy: usize) -> Vec<f64> {
    let months = found["strategies"][strategy]["months"].as_array().unwrap();
    months.iter().map(|month| month["cost"].as_str().unwrap().parse().unwrap()).collect()
}

#[allow(clippy::float_arithmetic, reason = "compares decimals up to their last digits")]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} against {expected}");
    }
}

/// The list has 0.75 and 3.75 until the end of 2026, 1.50 and 7.50 from 2027-01-01: 500 and 200 tokens, 300,000 requests.
#[test]
fn an_announced_price_holds_from_its_month_on() {
    let found = forecast(&format!("{PLAIN}forecast: {{start: 2026-11, months: 4}}\n"), &[]);
    let old = 300_000.0 * (500.0 * 0.75 + 200.0 * 3.75) / 1e6;
    close(&costs(&found, 1), &[old, old, 2.0 * old, 2.0 * old]);
    close(&costs(&found, 0), &[975.0; 4]);
    assert_eq!(found["price_changes"][0]["date"], "2027-01-01");
    assert_eq!(found["price_changes"][0]["model"], "gemini-3.8-flash");
    assert_eq!(found["schema"], "llmcost.forecast/1");
}

#[test]
fn a_price_that_changes_within_a_month_counts_from_its_day() {
    let scenario = "llmcost: 1
workload: {requests: 1k/day, input: 1k, output: 0}
prices:
  as_of: 2026-04-01
  add: {m: {prices: [{from: 2026-01-01, input: 1, output: 1}, {from: 2026-04-11, input: 4, output: 1}]}}
forecast: {months: 2}
strategies: {a: {model: m}}
";
    let found = forecast(scenario, &[]);
    // A dollar a day, from the eleventh of thirty days on four.
    close(&costs(&found, 0), &[10.0 + 20.0 * 4.0, 120.0]);
    assert_eq!(found["load"][0]["priced_at"], serde_json::json!(["2026-04-01", "2026-04-11"]));
}

#[test]
fn load_grows_in_seasons_ramps_and_events() {
    let ahead = "forecast: {start: 2027-01, months: 6, growth: 10%/month, seasonality: {feb: 50%}, ramp: {from: 40%, months: 2},
  events: [{month: 2027-03, requests: x3, over: 2, until: 2027-04}, {month: 2027-05, requests: 1k/day},
           {month: 2027-06, requests: +20%}]}\n";
    let found = forecast(&format!("{PLAIN}{ahead}"), &[]);
    let load: Vec<f64> = found["load"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["requests_per_day"].as_str().unwrap().parse().unwrap())
        .collect();
    let expected = [
        10e3 * 0.4,
        10e3 * 1.1 * 0.5 * 0.7,
        10e3 * 1.1 * 1.1 * 2.0,
        10e3 * 1.1 * 1.1 * 1.1 * 3.0,
        1e3,
        1e3 * 1.1 * 1.2,
    ];
    close(&load, &expected);
    close(&costs(&found, 0), &expected.map(|load| load * 0.00325 * 30.0));
}

#[test]
fn growth_per_year_is_spread_over_its_months() {
    let found = forecast(&format!("{PLAIN}forecast: {{months: 13, growth: 60%/year, price_decline: 20%/year}}\n"), &[]);
    let months = costs(&found, 0);
    assert!((months[12] / months[0] - 1.6 * 0.8).abs() < 1e-12);
    assert!((months[6] / months[0] - (1.6f64 * 0.8).sqrt()).abs() < 1e-12);
}

#[test]
fn stated_prices_lie_over_negotiated_ones() {
    let ahead = "prices: {discount: {openai: 10%, gpt-4o: 50%}}
forecast: {months: 3, start: 2027-01, events: [{month: 2027-02, model: gpt-4o, price: -30%}, {month: 2027-03, provider: openai, price: x2}]}\n";
    let found = forecast(&format!("{PLAIN}{ahead}"), &[]);
    close(&costs(&found, 0), &[487.5, 487.5 * 0.7, 487.5 * 0.7 * 2.0]);
}

#[test]
fn months_of_the_calendar_have_their_days() {
    let found = forecast(&format!("{PLAIN}forecast: {{start: 2027-01, months: 3, days: calendar}}\n"), &[]);
    close(&costs(&found, 0), &[32.5 * 31.0, 32.5 * 28.0, 32.5 * 31.0]);
}

#[test]
fn events_set_any_value() {
    let ahead = "forecast: {start: 2027-01, months: 3, events: [{month: 2027-02, until: 2027-02, set: {workload.output: 0}}]}\n";
    let found = forecast(&format!("{PLAIN}{ahead}"), &[]);
    close(&costs(&found, 0), &[975.0, 375.0, 975.0]);
}

#[test]
fn credits_run_out() {
    let ahead =
        "commitments: {openai: {prepaid: $6k, valid: 2 months, bonus: 0%}}\nforecast: {start: 2027-01, months: 3}\n";
    let found = forecast(&format!("{PLAIN}{ahead}"), &[]);
    // $3,000 a month are paid for, $975 used.
    close(&costs(&found, 0), &[3000.0, 3000.0, 975.0]);
    assert_eq!(found["events"][0]["month"], "2027-03");
}

/// Decimal strings add up digit by digit, whatever the shares.
#[test]
fn months_add_up_exactly() {
    let thirds = "forecast: {months: 12, growth: 7%/quarter, seasonality: {june: 33%}}\n";
    for scenario in [format!("{PLAIN}{thirds}"), std::fs::read_to_string(crate::support::root().join(FILE)).unwrap()] {
        let found = forecast(&scenario, &[]);
        for strategy in found["strategies"].as_array().unwrap() {
            let exact = |value: &Value| llmcost::units::Exact::from_decimal(value.as_str().unwrap()).unwrap();
            let sum: llmcost::units::Exact =
                strategy["months"].as_array().unwrap().iter().map(|m| exact(&m["cost"])).sum();
            assert_eq!(sum, exact(&strategy["total"]));
        }
    }
}

#[test]
fn budgets_and_self_hosting_have_their_month() {
    let output = run(&["forecast", FILE, "-f", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["budgets"][0]["crossed"], "2027-03");
    // 2,000 + 3 x 1.50 x 720 = 5,240 against 612,220 x 0.0003 x 30 x 0.9^(4/12) = 5,319.9.
    assert_eq!(found["self_hosting"]["pays_from"], "2027-04");
    assert_eq!(found["self_hosting"]["for_good"], false);
    let steps =
        found["events"].as_array().unwrap().iter().filter(|event| event["what"].as_str().unwrap().contains("replica"));
    let steps: Vec<&str> = steps.map(|event| event["month"].as_str().unwrap()).collect();
    // 720 output tokens a second of 3,000 x 0.7 a replica at twice the mean, 300 a request.
    assert_eq!(steps, ["2027-04", "2027-10"]);
}

/// Lognormal requests of sigma s: P90 over P50 is exp(1.2816 s) in each month, and growth widens it.
#[test]
fn percentiles_follow_the_ranges() {
    let scenario = "llmcost: 1
workload: {requests: {dist: lognormal, median: 10k/day, sigma: 0.5}, input: 500, output: 200}
forecast: {months: 6, growth: GROWTH}
strategies: {a: {model: gpt-4o}}
";
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let ratio = |growth: &str, month: usize| {
        let found = forecast(&scenario.replace("GROWTH", growth), &[]);
        let of = &found["strategies"][0]["months"][month];
        number(&of["p90"]) / number(&of["p50"])
    };
    let expected = (0.5f64 * 1.281_551_565_5).exp();
    assert!((ratio("5%/month", 5) / expected - 1.0).abs() < 0.01);
    assert!((ratio("2% to 12%/month", 0) / expected - 1.0).abs() < 0.01);
    assert!(ratio("2% to 12%/month", 5) > 1.01 * expected);
    let found = forecast(&scenario.replace("GROWTH", "5%/month"), &[]);
    let total = &found["strategies"][0];
    assert!((number(&total["p90"]) / number(&total["p50"]) / expected - 1.0).abs() < 0.01);
}

#[test]
fn forms_of_a_forecast() {
    let show = |format: &str| text(&run(&["forecast", FILE, "-f", format]).stdout);
    for format in ["table", "chart", "markdown", "csv", "json"] {
        snapshot(&format!("forecast-{format}"), &show(format));
    }
    assert!(show("html").contains("<svg"));
}

#[test]
fn what_is_no_forecast_is_refused_with_its_place() {
    let bad = "llmcost: 1
workload: {requests: 10k/day, input: 500, output: 200}
strategies: {a: {model: gpt-4o}}
forecast:
  start: 2026-12
  months: 0
  growth: 8
  seasonality: {smarch: 10%, dec: 0%}
  ramp: {from: 200%, months: 3}
  price_decline: {opnai: 10%/year, openai: 120%/year, gpt-4o: 5}
  budget: lots
  days: some
  events:
    - {month: 2026-11, requests: x2}
    - {month: 2026-12, requests: 2}
    - {month: 2026-12, price: -30%}
    - {month: 2026-12, model: gpt-4o, price: -130%}
    - {month: 2027-02, until: 2027-01, requests: x2}
    - {month: 2027-02}
    - {month: 2027-02, model: gpt-4o, requests: x2}
    - {month: 2027-02, set: {prices.as_of: 2026-01-01}}
    - {month: 2027-02, model: openai, price: -10%}
    - {month: 2027-2, requests: x2}
    - {month: 2027-02, set: {workload.output: 1}, over: 3}
";
    let output = run_with(&["forecast", "-"], bad);
    assert_eq!(output.status.code(), Some(2));
    snapshot("forecast-refused", &text(&output.stderr));
    for growth in ["-100%/month", "8%/week", "2% to 3%/year", "9% to 4%/month", "[1]"] {
        let output = run_with(&["forecast", "-"], &format!("{PLAIN}forecast: {{growth: {growth}}}\n"));
        assert_eq!(output.status.code(), Some(2), "{growth}");
        assert!(text(&output.stderr).contains("<stdin>:4:"), "{}", text(&output.stderr));
    }
    let output = run_with(&["forecast", "-"], &format!("{PLAIN}forecast: {{start: 2019-01}}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no-price-at-date"), "{}", text(&output.stderr));
}
