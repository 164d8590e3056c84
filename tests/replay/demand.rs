//! `breakeven --log`: rate and peaks of a log size what is rented.

use super::{Room, trace};
use crate::support::text;

const SCENARIO: &str = "llmcost: 1
workload: {requests: 1/day, input: 1000, output: 200}
deployments: {own.gpu: {gpus: 1, usd_per_gpu_hour: 1.5, throughput: 3000 tok/s}}
strategies: {hosted: {deployment: own.gpu}, api: {model: gpt-4o-mini}}
break_even: [{api: gpt-4o-mini, deployment: own.gpu, count: output}]
";

#[test]
fn rate_and_peak_are_those_of_the_log() {
    let room = Room::new();
    room.put("s.yaml", SCENARIO);
    // A request each second for an hour, ten of them in one second: with 3,600 seconds from first to last, 3,609 requests.
    let rows: String = (0..=3600)
        .flat_map(|at| std::iter::repeat_n(at, if at == 1800 { 9 } else { 1 }))
        .map(|at| format!("{at},100,200\n"))
        .collect();
    room.put("log.csv", format!("time,input,output\n{rows}"));
    let log = ["--log", "log.csv", "--time", "relative s", "--window", "1"];
    let with_log = room.run(&[&["breakeven", "s.yaml", "--format", "json"][..], &log].concat());
    assert!(with_log.status.success(), "{}", text(&with_log.stderr));
    // 3,609 requests in 3,600 seconds; the fullest of 3,601 seconds has nine.
    let (rate, peak) = ("86616.000000", "8.980050");
    let stated = room.run(&[
        "breakeven",
        "s.yaml",
        "--format",
        "json",
        "--set",
        &format!("workload.requests={rate}/day"),
        "--set",
        &format!("deployments.\"own.gpu\".replicas.peak_to_mean={peak}"),
    ]);
    assert_eq!(text(&with_log.stdout), text(&stated.stdout));
}

#[test]
fn a_log_without_times_has_no_demand() {
    let room = Room::new();
    room.put("s.yaml", SCENARIO);
    room.put("log.csv", "input,output\n1,2\n3,4\n");
    let output = room.run(&["breakeven", "s.yaml", "--log", "log.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("does not say when requests came"), "{}", text(&output.stderr));
}

#[test]
fn a_public_trace_is_a_demand() {
    let Some(path) = trace("azure2023_conv.csv.gz") else { return };
    let room = Room::new();
    room.put("s.yaml", SCENARIO);
    let output = room.run(&["breakeven", "s.yaml", "--log", &path]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}
