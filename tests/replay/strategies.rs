//! Routes, batches, cascades, tokenizers and prompt levers, request by request.

use super::{Room, Row, csv, rows, scenario, total, usd};

#[test]
fn routes_go_by_column_and_by_length() {
    let rows = rows(2_000, 41);
    let room = Room::new();
    room.put("log.csv", csv(&rows));
    let strategies = "  team: {route: {by: column, column: team, is: {team-1: large, team-4: large}, default: small}}\n  \
                        length: {route: {by: length, up_to: {1k: small}, default: large}}\n";
    room.put("s.yaml", scenario(strategies));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--by", "team"]);
    let sum = |large: fn(&Row) -> bool| usd(rows.iter().map(|row| row.pico_as(large(row), row.batch)).sum());
    assert_eq!(total(&report, 0), sum(|row| row.team == 1 || row.team == 4));
    assert_eq!(total(&report, 1), sum(|row| row.input > 1000));
    // Without a log there is nothing to go by.
    let output = room.run(&["simulate", "s.yaml"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("only a request log says"));
}

#[test]
fn shares_of_a_route_are_stable_and_as_large_as_stated() {
    let rows = rows(20_000, 42);
    let room = Room::new();
    room.put("log.csv", csv(&rows));
    room.put(
        "s.yaml",
        scenario("  mix: {route: {large: 25%, small: rest}}\n  more: {route: {large: 50%, small: rest}}\n"),
    );
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let calls = |strategy: usize| {
        let models = report["strategies"][strategy]["by_model"].as_array().unwrap();
        let of = models.iter().find(|model| model["model"] == "large").unwrap();
        of["requests"].as_str().unwrap().parse::<f64>().unwrap() / 20_000.0
    };
    assert!((calls(0) - 0.25).abs() < 0.012 && (calls(1) - 0.5).abs() < 0.012);
    // Half of the rows alone meet the same fate as among all.
    room.put("half.csv", csv(&rows[..10_000]));
    room.put("rest.csv", csv(&rows[10_000..]));
    let of = |name: &str| {
        let report = room.replay(&["s.yaml", "--log", name]);
        llmcost::units::Exact::from_decimal(total(&report, 0)).unwrap()
    };
    assert_eq!((&of("half.csv") + &of("rest.csv")).to_string(), total(&report, 0));
}

#[test]
fn batches_go_by_a_column_where_there_is_one() {
    let rows = rows(1_000, 43);
    let room = Room::new();
    room.put("log.csv", csv(&rows).replacen("batch", "may_wait", 1));
    room.put("s.yaml", scenario("  wait: {model: large, batch: {share: 40%}}\n"));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--columns", "batchable=may_wait"]);
    assert_eq!(total(&report, 0), usd(rows.iter().map(|row| row.pico_as(true, row.batch)).sum()));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--set", "strategies.wait.batch.share=100%"]);
    assert_eq!(total(&report, 0), usd(rows.iter().map(|row| row.pico_as(true, true)).sum()));
}

#[test]
fn cascades_follow_recorded_outcomes() {
    let rows = rows(1_000, 44);
    let room = Room::new();
    let log = csv(&rows).replacen("team", "small_ok", 1);
    let log: String = log.lines().map(|line| line.replace(",team-0,", ",1,") + "\n").collect();
    let log = (1..7).fold(log, |log, team| log.replace(&format!(",team-{team},"), ",0,"));
    room.put("log.csv", log);
    let strategies = "  cascade: {cascade: {steps: [{model: small, accept: 60%}, {model: large, accept: 100%}], judge: {cost_per_request: 0.0001}}}\n";
    room.put("s.yaml", scenario(strategies) + "log: {accepted: {small: small_ok}}\n");
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let each = |row: &Row| {
        let first = row.pico_as(false, row.batch) + 100_000_000;
        if row.team == 0 { first } else { first + row.pico_as(true, row.batch) }
    };
    assert_eq!(total(&report, 0), usd(rows.iter().map(each).sum()));
}

#[test]
fn another_tokenizer_makes_other_counts() {
    let rows: Vec<Row> = rows(500, 45)
        .into_iter()
        .map(|row| Row { input: row.input.min(1_000), cached: 0, written: 0, batch: false, ..row })
        .collect();
    let room = Room::new();
    room.put("log.csv", csv(&rows));
    let workload =
        "workload: {requests: 1/day, input: 1, output: 1, tokenizer: {counted_for: small, factors: {large: 1.3}}}\n";
    room.put("s.yaml", scenario("  large: {model: large}\n  small: {model: small}\n") + workload);
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    // What the log counted for `large` has its tokens already; to `small` they become fewer.
    let large = |row: &Row| row.pico_as(true, false) * if row.large { 10 } else { 13 };
    assert_eq!(total(&report, 0), usd(rows.iter().map(large).sum::<u128>() / 10));
    let small: Vec<llmcost::units::Exact> = rows
        .iter()
        .map(|row| {
            let plain = llmcost::units::Exact::from_decimal(&usd(row.pico_as(false, false))).unwrap();
            let factor = llmcost::units::Exact::from_decimal("1.3").unwrap();
            if row.large { plain.checked_div(&factor).unwrap() } else { plain }
        })
        .collect();
    assert_eq!(total(&report, 1), small.iter().sum::<llmcost::units::Exact>().to_string());
}

#[test]
fn prompt_levers_need_the_parts_of_a_prompt() {
    let room = Room::new();
    room.put("log.csv", "system,input,output\n300,1000,100\n100,500,100\n");
    room.put("s.yaml", scenario("  shorter: {model: small, compress: {system: {to: 150}}, output: {max: 60}}\n"));
    let error = room.refused(&["s.yaml", "--log", "log.csv"]);
    assert!(error.contains("no column of the log counts the system tokens"), "{error}");
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--columns", "system=system"]);
    assert_eq!(total(&report, 0), usd((850 + 500) * 150_000 + 120 * 600_000));
}

#[test]
fn levers_that_no_log_can_support_are_refused() {
    let room = Room::new();
    room.put("log.csv", csv(&rows(10, 46)));
    for (strategy, said) in [
        ("{model: large, pack: {items: 3}}", "which requests could share a call"),
        ("{route: {small: 90%, large: rest}, misroute: 5%}", "which requests would be"),
        ("{model: as-logged, prefix_cache: {ttl: 5m}}", "name a model in place of"),
    ] {
        room.put("s.yaml", scenario(&format!("  it: {strategy}\n")));
        let error = room.refused(&["s.yaml", "--log", "log.csv", "--columns", "session=team"]);
        assert!(error.contains(said), "{strategy}: {error}");
    }
}
