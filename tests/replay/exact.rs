//! Totals to the last digit, whatever the form of the log and the number of threads.

use super::{HEADER, Room, Row, csv, rows, scenario, total, usd};

const AS_LOGGED: &str = "  logged: {model: as-logged}\n";

#[test]
fn a_generated_log_costs_what_integers_say() {
    let room = Room::new();
    let rows = rows(5_000, 1);
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n  small: {model: small}\n  large: {model: large}\n"));
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let sum = |of: &dyn Fn(&Row) -> u128| usd(rows.iter().map(of).sum());
    assert_eq!(total(&report, 0), sum(&Row::pico));
    assert_eq!(total(&report, 1), sum(&|row| row.pico_as(false, row.batch)));
    assert_eq!(total(&report, 2), sum(&|row| row.pico_as(true, row.batch)));
    for model in report["strategies"][0]["by_model"].as_array().unwrap() {
        let of = |row: &&Row| row.model() == model["model"];
        assert_eq!(model["cost"], usd(rows.iter().filter(of).map(Row::pico).sum()));
        assert_eq!(model["requests"], rows.iter().filter(of).count().to_string());
    }
    let tokens = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>().to_string();
    assert_eq!(report["tokens"]["input"], tokens(|row| row.input));
    assert_eq!(report["tokens"]["cached"], tokens(|row| row.cached));
    assert_eq!(report["tokens"]["cache_write"], tokens(|row| row.written));
    assert_eq!(report["tokens"]["output"], tokens(|row| row.output));
    assert_eq!(report["requests"], "5000");
}

#[test]
fn lines_and_groups_add_up_to_the_total() {
    let room = Room::new();
    let rows = rows(3_000, 2);
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario(AS_LOGGED));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--by", "team", "--by", "day"]);
    let exact = |value: &serde_json::Value| llmcost::units::Exact::from_decimal(value.as_str().unwrap()).unwrap();
    let whole = exact(&report["strategies"][0]["total"]);
    let sum = |values: &serde_json::Value, key: &str| {
        values.as_array().unwrap().iter().map(|value| exact(&value[key])).sum::<llmcost::units::Exact>()
    };
    assert_eq!(sum(&report["strategies"][0]["lines"], "cost"), whole);
    for breakdown in report["by"].as_array().unwrap() {
        let costs = breakdown["values"].as_array().unwrap().iter().map(|value| exact(&value["costs"][0]));
        assert_eq!(costs.sum::<llmcost::units::Exact>(), whole, "{}", breakdown["by"]);
    }
    for value in report["by"][0]["values"].as_array().unwrap() {
        let of = |row: &&Row| format!("team-{}", row.team) == value["value"].as_str().unwrap();
        assert_eq!(value["costs"][0], usd(rows.iter().filter(of).map(Row::pico).sum()));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let room = Room::new();
    // More than one chunk, so that threads have something to share.
    let rows = rows(60_000, 3);
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n  half: {route: {small: 50%, large: rest}}\n"));
    let mut seen = Vec::new();
    for threads in ["1", "2", "7"] {
        let arguments =
            ["replay", "s.yaml", "--log", "log.csv", "--threads", threads, "--by", "team", "--rows", "rows.csv"];
        let json = room.run(&[&arguments[..], &["--format", "json"]].concat());
        let written = std::fs::read(room.path().join("rows.csv")).unwrap();
        let table = room.run(&arguments);
        seen.push((json.stdout, table.stdout, written));
    }
    assert!(seen[0].0.len() > 1000 && seen[0].2.len() > 60_000);
    assert!(seen.iter().all(|other| *other == seen[0]));
    let report: serde_json::Value = serde_json::from_slice(&seen[0].0).unwrap();
    assert_eq!(total(&report, 0), usd(rows.iter().map(Row::pico).sum()));
}

#[test]
fn rows_have_one_exact_cost_each() {
    let room = Room::new();
    let rows = rows(500, 4);
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario(AS_LOGGED));
    room.replay(&["s.yaml", "--log", "log.csv", "--rows", "rows.csv"]);
    let mut reader = csv::Reader::from_path(room.path().join("rows.csv")).unwrap();
    let at = reader.headers().unwrap().iter().position(|name| name == "cost_usd").unwrap();
    let costs: Vec<String> = reader.records().map(|record| record.unwrap()[at].to_owned()).collect();
    let wanted: Vec<String> = rows.iter().map(|row| usd(row.pico())).collect();
    assert_eq!(costs, wanted);
}

#[test]
fn rows_are_not_written_where_the_log_is_bad() {
    let room = Room::new();
    let bad = csv(&rows(100, 5)).replace(",team-1,", ",team-1,x");
    room.put("log.csv", bad);
    room.put("s.yaml", scenario(AS_LOGGED));
    room.refused(&["s.yaml", "--log", "log.csv", "--rows", "rows.csv"]);
    assert!(!room.path().join("rows.csv").exists());
}

#[test]
fn prices_are_those_of_the_day_and_hour_of_each_request() {
    let room = Room::new();
    room.put(
        "list.yaml",
        r#"schema: 1
provider: house
currency: USD
listed: 2026-03-01
models:
  - id: night-owl
    prices:
      - {from: 2026-01-01, source: here, input: "10", output: "20"}
      - {from: 2026-02-01, source: here, input: "1", output: "2"}
      - {from: 2026-02-01, source: here, when: {window: {tz: UTC, hours: ["22:00-06:00"]}}, input: "0.5", output: "1"}
"#,
    );
    // In January, in February at noon, in February at night.
    let log = "time,model,input,output\n2026-01-31T23:59:59Z,night-owl,1000,100\n2026-02-01T12:00:00Z,night-owl,1000,100\n2026-02-01T23:00:00Z,night-owl,1000,100\n";
    room.put("log.csv", log);
    let report = room.replay(&["--log", "log.csv", "--prices", "list.yaml"]);
    // 0.01 + 0.002, then a tenth, then half of that.
    assert_eq!(total(&report, 0), "0.0138");
    // On a stated date the hours still count.
    let report = room.replay(&["--log", "log.csv", "--prices", "list.yaml", "--as-of", "2026-02-15"]);
    assert_eq!(total(&report, 0), "0.0024");
}

#[test]
fn a_sample_says_how_sure_it_is_and_draws_the_same_rows_again() {
    let room = Room::new();
    let rows = rows(20_000, 6);
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario(AS_LOGGED));
    let arguments = ["s.yaml", "--log", "log.csv", "--sample", "4000"];
    let report = room.replay(&arguments);
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let sample = &report["strategies"][0]["sample"];
    let truth = usd(rows.iter().map(Row::pico).sum()).parse::<f64>().unwrap();
    assert!(number(&sample["low"]) < truth && truth < number(&sample["high"]), "{sample} {truth}");
    assert!((number(&report["strategies"][0]["total"]) / truth - 1.0).abs() < 0.05);
    assert_eq!(report, room.replay(&[&arguments[..], &["--threads", "5"]].concat()));
    let whole = room.replay(&["s.yaml", "--log", "log.csv", "--sample", "20000"]);
    assert_eq!(total(&whole, 0), usd(rows.iter().map(Row::pico).sum()));
}

#[test]
fn the_mean_is_shown_beside_the_exact_cost_and_the_gap_is_explained() {
    let room = Room::new();
    // Nine short prompts and a long one: the mean, 1,900, is below the tier of 2,000, the long one is above.
    let row = |input: u64| Row {
        ts: 1_760_000_000_000,
        large: true,
        team: 0,
        input,
        cached: 0,
        written: 0,
        output: 100,
        batch: false,
    };
    let rows: Vec<Row> = (0..10).map(|at| row(if at == 0 { 10_000 } else { 1_000 })).collect();
    room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario("  large: {model: large}\n"));
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let (short, long) = (9 * (1000 * 3_000_000 + 100 * 15_000_000), 10_000 * 6_000_000 + 100 * 22_500_000);
    assert_eq!(total(&report, 0), usd(short + long));
    let estimate = &report["strategies"][0]["estimate"];
    assert_eq!(estimate["total"], usd(10 * (1900 * 3_000_000 + 100 * 15_000_000)));
    assert!(estimate["because"][0].as_str().unwrap().contains("1 of 10 calls are in the tier >2000"), "{estimate}");
}

#[test]
fn a_log_without_requests_says_so() {
    let room = Room::new();
    room.put("log.csv", HEADER);
    let report = room.replay(&["--log", "log.csv"]);
    assert_eq!(report["warnings"][0]["code"], "no-requests");
    room.put("empty.csv", "");
    assert!(room.refused(&["--log", "empty.csv"]).contains("empty.csv is empty"));
}
