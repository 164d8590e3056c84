//! Deployments as servers of strategies: whole replicas, ways to buy them, workers and units, against figures worked by hand
//! and an evaluation that knows nothing of ours.

use llmcost::report::StrategyReport;
use num_rational::Ratio;
use proptest::prelude::{prop, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use crate::support::{report, try_report};

/// Twelve hours at 4M and twelve at 20M output tokens of 400 each.
const TWO_LEVELS: &str = "{requests: 720k/day, input: 500, output: 400, profile: {hours: [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, \
                          20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20]}}";

fn scenario(workload: &str, strategies: &str, deployments: &str) -> String {
    format!(
        "llmcost: 1\nprices: {{as_of: 2026-11-23, add: {{dear: {{input: 2, output: 8}}, cheap: {{input: 0.1, output: 0.4}}}}}}\n\
         workload: {workload}\nstrategies: {{{strategies}}}\ndeployments: {{{deployments}}}\n"
    )
}

fn first(workload: &str, serving: &str, deployment: &str) -> StrategyReport {
    report(&scenario(workload, &format!("a: {serving}"), &format!("d: {deployment}"))).strategies.remove(0)
}

fn per_day(workload: &str, deployment: &str) -> String {
    first(workload, "{deployment: d}", deployment).cost.per_day.to_string()
}

#[test]
fn a_fleet_is_sized_for_its_peak_or_follows_the_hours() {
    let fleet = |more: &str| per_day(TWO_LEVELS, &format!("{{usd_per_gpu_hour: 2.69, throughput: 2500 tok/s{more}}}"));
    assert_eq!(fleet(""), "193.68");
    assert_eq!(fleet(", replicas: {autoscale: true}"), "129.12");
    // Two replicas come each noon, paid a quarter of an hour before they serve.
    assert_eq!(fleet(", replicas: {autoscale: {warm_up: 15m}}"), "130.465");
    assert_eq!(fleet(", replicas: {min: 4}"), "258.24");
    assert_eq!(fleet(", utilization: 50%"), "322.8");
    let own = first(TWO_LEVELS, "{deployment: d}", "{usd_per_gpu_hour: 2.69, throughput: 2500 tok/s}");
    let runs = &own.deployments[0];
    assert_eq!((runs.at_peak.to_string(), runs.hours_per_day.to_string()), ("3".into(), "72".into()));
    assert_eq!(runs.utilization.as_ref().unwrap().to_fixed(4), "0.4444");
    assert_eq!(own.usage[0].output_tokens_per_day.to_string(), "288000000");
}

#[test]
fn each_level_of_the_load_is_bought_in_its_cheapest_way() {
    let bought = |purchase: &str| {
        per_day(
            TWO_LEVELS,
            &format!(
                "{{usd_per_gpu_hour: 2.69, throughput: 2500 tok/s, replicas: {{autoscale: true}}, purchase: {purchase}, \
                 reserved_1y: {{discount: 40%}}}}"
            ),
        )
    };
    // 4.304 an hour: the base reserved, the rest on demand.
    assert_eq!(bought("auto"), "103.296");
    assert_eq!(bought("on_demand"), "129.12");
    assert_eq!(bought("reserved_1y"), "116.208");
    // Half of three replicas held for 24 hours, the rest of each hour on demand: 36 x 1.614 + 18 x 2.69.
    assert_eq!(bought("{reserved_1y: 50%, on_demand: rest}"), "106.524");
}

#[test]
fn spot_hours_carry_their_interruptions() {
    let spot = |spot: &str| {
        let deployment = format!("{{usd_per_gpu_hour: 6.88, throughput: 2500 tok/s, purchase: spot, spot: {spot}}}");
        per_day("{requests: 1/s, input: 1, output: 1000}", &deployment)
    };
    // 24 x 2.752; 24 x (90% x 2.8064 x 105% + 10% x 6.88)
    assert_eq!(spot("{discount: 65%, interrupted: 5%}"), "66.048");
    assert_eq!(spot("{usd_per_gpu_hour: 2.8064, lost_work: 5%, unavailable: 10%}"), "80.1611520".trim_end_matches('0'));
}

/// An A100 that is only sold in eights cannot be bought alone; what is bought with it is used.
#[test]
fn the_smallest_package_is_paid() {
    let eight = "{offer: aws/p4de.24xlarge/on_demand, gpus: GPUS, throughput: 1000 tok/s}";
    let load = |tokens: u32| format!("{{requests: {tokens}/s, input: 1, output: 1}}");
    let cost = |tokens, gpus: &str| per_day(&load(tokens), &eight.replace("GPUS", gpus));
    assert_eq!(cost(1, "1"), "658.7292"); // 24 x 27.44705
    assert_eq!(cost(8_000, "1"), "658.7292");
    assert_eq!(cost(8_001, "1"), "1317.4584");
    assert_eq!(cost(2_001, "3"), "1317.4584"); // two replicas of three cards in an instance
    assert_eq!(cost(1, "16"), "1317.4584");
    let spot = "{offer: aws/p6-b200.48xlarge/spot/us-east-1-az6, throughput: 1000 tok/s}";
    assert_eq!(per_day(&load(1), spot), "585.648"); // 24 x 24.402
}

#[test]
fn provisioned_units_are_bought_in_steps_and_spill_over() {
    // 600 requests a minute of 1,000 and 150 tokens that weigh 4: 384 units of 2,500.
    let load = "{requests: 864k/day, input: 1000, output: 150}";
    let units = |more: &str| {
        format!(
            "{{provisioned: {{tpm_per_unit: 2500, output_ratio: 4, minimum: 25, step: 25, usd_per_unit_hour: 1{more}}}}}"
        )
    };
    assert_eq!(per_day(load, &units("")), "9600"); // 400 units
    let spilling = first(load, "{deployment: d}", &units(", units: 300, overflow: dear"));
    // 84 of 384 units' worth go to the dear model: 864,000 x 84/384 requests of 0.0032.
    assert_eq!(spilling.cost.per_day.to_string(), "7804.8");
    assert_eq!(spilling.deployments[0].overflow_share.as_ref().unwrap().to_string(), "0.21875");
    let calls: Vec<_> = spilling.usage.iter().map(|usage| usage.calls_per_day.to_string()).collect();
    assert_eq!(calls, ["675000", "189000"]);
    let refused = first(load, "{deployment: d}", &units(", units: 300"));
    assert_eq!(refused.warnings[0].code, "capacity-exceeded");
    let per_second = units("").replace("tpm_per_unit: 2500", "tps_per_unit: 100");
    assert_eq!(per_day(load, &per_second), "4200"); // 160 units of 6,000: 175
}

#[test]
fn serverless_pays_work_starts_and_idle_time() {
    let workers = "{serverless: {busy: 10s, cold_start: 30s, idle_timeout: 60s, usd_per_second: 0.00116}}";
    let own = first("{requests: 12/hour, input: 500, output: 400}", "{deployment: d}", workers);
    assert_eq!((&own.cost.per_day * &llmcost::units::Exact::ratio(1, 24).unwrap()).to_fixed(3), "1.238");
    let parts: Vec<_> = own.lines.iter().map(|line| (line.component.as_str(), line.quantity.to_fixed(0))).collect();
    assert_eq!(parts, [("work", "2880".into()), ("cold_start", "7074".into()), ("idle", "15662".into())]);
    assert_eq!(own.deployments[0].cold_start_share.as_ref().unwrap().to_fixed(4), "0.8187");
    // Not billed for starting and waiting, only work is left.
    let work = workers.replace("busy", "bills_start: false, bills_idle: false, busy");
    assert_eq!(per_day("{requests: 12/hour, input: 500, output: 400}", &work), "3.3408");
    // Busy as long as the answer is written.
    let writing = "{throughput: 40 tok/s, serverless: {cold_start: 0s, idle_timeout: 0s, usd_per_second: 0.001}}";
    assert_eq!(per_day("{requests: 12/hour, input: 500, output: 400}", writing), "2.88");
}

/// The share that a route or cascade sends decides how many replicas run.
#[test]
fn a_deployment_in_a_route_or_cascade_gets_as_many_replicas_as_its_share_needs() {
    let load = "{requests: 1M/day, input: 500, output: 216}"; // 2,500 tokens a second
    let deployment = "{usd_per_gpu_hour: 1, throughput: 1000 tok/s}";
    let replicas = |serving: &str| {
        let own = first(load, serving, deployment);
        let sum: llmcost::units::Exact = own.lines.iter().map(|line| &line.per_day).sum();
        assert_eq!(sum, own.cost.per_day, "{serving}");
        own.deployments[0].at_peak.to_string()
    };
    assert_eq!(replicas("{deployment: d}"), "3");
    assert_eq!(replicas("{model: d}"), "3");
    assert_eq!(replicas("{route: {d: 80%, cheap: rest}}"), "2");
    assert_eq!(replicas("{route: {d: 81%, cheap: rest}}"), "3");
    assert_eq!(
        replicas("{route: [{deployment: d, share: 40%, output: {max: 108}}, {model: cheap, share: rest}]}"),
        "1"
    );
    assert_eq!(replicas("{cascade: [{model: cheap, accept: 60%}, {deployment: d}]}"), "1");
    assert_eq!(replicas("{cascade: [{deployment: d, accept: 60%}, {model: dear}]}"), "3");
    assert_eq!(replicas("{response_cache: {exact: {hit_rate: 70%}}, deployment: d}"), "1");
    assert_eq!(replicas("{deployment: d, retries: {rate: 50%}}"), "5");
    assert_eq!(replicas("{deployment: d, retries: {rate: 50%, billed: none}}"), "3");
    // A judge of its own, and a route that sends it nothing: what is always there is paid.
    assert_eq!(
        replicas("{cascade: [{model: cheap, accept: 60%}, {model: dear}], judge: {model: d, input: 700, output: 173}}"),
        "3"
    );
    assert_eq!(replicas("{route: {cheap: 100%, d: 0%}}"), "1");
}

#[test]
fn what_can_wait_does_not_count_at_the_peak() {
    let load = TWO_LEVELS.replace("requests", "output: 400, requests").replace(", output: 400, profile", ", profile");
    let fleet = "{usd_per_gpu_hour: 1, throughput: 2500 tok/s}";
    let at_peak = |serving: &str| first(&load, serving, fleet).deployments[0].at_peak.to_string();
    // 5M and 9M a replica: 20M at noon; with 40% at any time 12M + 4.8M.
    assert_eq!(at_peak("{deployment: d}"), "3");
    assert_eq!(at_peak("{deployment: d, batch: 40%}"), "2");
}

#[test]
fn misroutes_and_cascades_compare_what_full_capacity_costs() {
    let load = "{requests: 1M/day, input: 500, output: 216}";
    // At full load 1 / 3.6M per token: 60 per 1M calls, far below `dear`; misrouted calls go on to that.
    let own =
        first(load, "{route: {d: 50%, dear: 50%}, misroute: 10%}", "{usd_per_gpu_hour: 1, throughput: 1000 tok/s}");
    assert!(own.lines.iter().any(|line| line.lever == "misroute" && line.item == "dear"), "{:?}", own.lines);
    let cascade = |price: &str| {
        let deployment = format!("{{usd_per_gpu_hour: {price}, throughput: 1000 tok/s}}");
        first(load, "{cascade: [{deployment: d, accept: 50%}, {model: cheap}]}", &deployment).warnings.len()
    };
    assert_eq!((cascade("0.2"), cascade("20")), (0, 1));
}

#[test]
fn bad_deployments_are_refused_with_a_place() {
    let wrong = |deployment: &str| {
        let text = scenario(TWO_LEVELS, "a: {deployment: d}", &format!("d: {deployment}"));
        let found = try_report(&text).unwrap_err();
        assert!(found.iter().all(|problem| problem.place.is_some()), "{deployment}: {found:?}");
        found
            .iter()
            .map(|problem| format!("{}: {}", problem.code.slug(), problem.message))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (deployment, expected) in [
        ("{throughput: 0 tok/s, usd_per_gpu_hour: 1}", "out-of-range: `throughput` of 0 serves nobody"),
        (
            "{throughput: 1 tok/s, usd_per_gpu_hour: 1, utilization: 0}",
            "out-of-range: `utilization` of 0 serves nobody",
        ),
        ("{throughput: 1 tok/s}", "missing-key: what does an hour of `d` cost?"),
        ("{throughput: 1 tok/s, offer: aws/g5.xlarge/on_demnd}", "unknown-name: the catalogue has no offer"),
        (
            "{throughput: 1 tok/s, usd_per_gpu_hour: 1, purchase: reserved_3y}",
            "missing-key: what does reserved_3y cost?",
        ),
        (
            "{throughput: 1 tok/s, usd_per_gpu_hour: 1, purchase: {spot: 50%, on_demand: 40%}, spot: {discount: 50%}}",
            "shares:",
        ),
        (
            "{throughput: 1 tok/s, usd_per_gpu_hour: 1, replicas: {min: 3, max: 2}}",
            "out-of-range: `min` is more than `max`",
        ),
        (
            "{throughput: 1 tok/s, usd_per_gpu_hour: 1, replicas: {peak_to_mean: 0.5}}",
            "out-of-range: a peak is not below",
        ),
        (
            "{serverless: {cold_start: 1s, idle_timeout: 1s, usd_per_second: 1}}",
            "missing-key: how long does a request keep",
        ),
        ("{serverless: {busy: 1s, cold_start: 1s, idle_timeout: 1s, usd_per_second: 1}, purchase: spot}", "conflict:"),
        ("{provisioned: {tpm_per_unit: 0, usd_per_unit_hour: 1}}", "out-of-range: `tpm_per_unit` of 0"),
        (
            "{provisioned: {tpm_per_unit: 10, usd_per_unit_hour: 1, step: 5, units: 7}}",
            "out-of-range: units are bought in whole",
        ),
        ("{provisioned: {tpm_per_unit: 10, usd_per_unit_hour: 1}, replicas: {min: 2}}", "conflict:"),
    ] {
        let found = wrong(deployment);
        assert!(found.contains(expected), "{deployment}: {found}");
    }
    let too_small =
        first(TWO_LEVELS, "{deployment: d}", "{throughput: 1000 tok/s, usd_per_gpu_hour: 1, replicas: {max: 2}}");
    assert_eq!(
        (&*too_small.warnings[0].code, too_small.cost.per_day.to_string().as_str()),
        ("capacity-exceeded", "48")
    );
}

/// What `size` says of the same cards is what a deployment computes with.
#[test]
fn throughput_that_nobody_states_is_that_of_size() {
    let load = "{requests: 10/s, input: 500, output: 200}";
    let sized = |flags: &[&str]| {
        let flags = [&["size", "--input", "500", "--output", "200", "--format", "json"], flags].concat();
        let found: serde_json::Value = serde_json::from_slice(&crate::support::run(&flags).stdout).unwrap();
        let index = usize::try_from(found["recommended"]["option"].as_u64().unwrap()).unwrap();
        let taken = &found["options"][index];
        [&taken["gpu"], &taken["gpus"], &taken["output_tokens_per_second"]]
            .map(|value| value.to_string().replace('"', ""))
    };
    for (deployment, flags) in [
        (
            "{model: llama-3-8b, gpu: a10g, precision: fp16}",
            &["--model", "llama-3-8b", "--gpu", "a10g", "--precision", "fp16"][..],
        ),
        (
            "{model: llama-3-8b, gpu: a10g, precision: int4}",
            &["--model", "llama-3-8b", "--gpu", "a10g", "--precision", "int4"],
        ),
        (
            "{model: llama-3-8b, gpu: auto, precision: fp8, slo: {tpot: 50ms}}",
            &["--model", "llama-3-8b", "--precision", "fp8", "--tpot", "50ms"],
        ),
    ] {
        let [gpu, gpus, rate] = sized(flags);
        let own = first(load, "{deployment: d}", deployment);
        let runs = &own.deployments[0];
        assert_eq!(runs.throughput.as_ref().unwrap().to_string(), rate, "{deployment}: {gpu} x {gpus}");
        let (low, high) = runs.throughput_interval.as_ref().unwrap();
        assert!(low < runs.throughput.as_ref().unwrap() && runs.throughput.as_ref().unwrap() < high);
        // 2,000 tokens a second in whole replicas, at the estimate and at both ends of its interval.
        let needs = |rate: &llmcost::units::Exact| {
            let needed = llmcost::units::Exact::from(2000).checked_div(rate).unwrap().ceil();
            &needed * &own.cost.per_day.checked_div(&runs.at_peak).unwrap()
        };
        assert_eq!(needs(runs.throughput.as_ref().unwrap()), own.cost.per_day, "{deployment}");
        let interval = own.interval.as_ref().unwrap();
        let month = |day: llmcost::units::Exact| &day * &llmcost::units::Exact::from(30);
        let ends = (month(needs(high)), month(needs(low)));
        assert_eq!(ends, (interval.low_per_month.clone(), interval.high_per_month.clone()), "{deployment}");
        assert!(own.assumptions.iter().any(|text| text.contains("estimated for")), "{:?}", own.assumptions);
    }
}

/// A card that holds a need on paper only is taken as it is named, and said to be at the cliff.
#[test]
fn a_stated_need_decides_what_is_bought() {
    let load = "{requests: 1/s, input: 500, output: 200}";
    let own = |more: &str| {
        first(load, "{deployment: d}", &format!("{{usd_per_gpu_hour: 0.5, throughput: 300 tok/s, {more}}}"))
    };
    let t4 = own("memory: 15GB, gpu: t4");
    assert_eq!((t4.cost.per_day.to_string().as_str(), &*t4.warnings[0].code), ("12", "kv-cliff"));
    let int4 = own("memory: 3.75GB, gpu: t4");
    assert_eq!((int4.cost.per_day.to_string().as_str(), int4.warnings.len()), ("12", 0));
    // More than one card reports: as many as hold it.
    assert_eq!(own("memory: 40GB, gpu: t4").cost.per_day.to_string(), "48");
}

/// Rows of one's own put a factor on the estimate.
#[test]
fn measurements_of_ones_own_move_the_estimate() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.csv");
    std::fs::write(&file, "model,format,gpu,prompt,answer,concurrency,rate\nllama-3-8b,fp16,a10g,2000,500,16,300\n")
        .unwrap();
    let load = "{requests: 10/s, input: 500, output: 200}";
    let rate = |more: &str| {
        let own = first(load, "{deployment: d}", &format!("{{model: llama-3-8b, gpu: a10g{more}}}"));
        let estimated = own.assumptions.iter().find(|text| text.contains("estimated for")).unwrap().clone();
        (own.deployments[0].throughput.clone().unwrap(), estimated)
    };
    let (plain, how) = rate("");
    assert!(how.contains("extrapolated"), "{how}");
    let (moved, how) = rate(&format!(", measured: {}", file.display()));
    assert!(moved != plain && how.contains("near") || how.contains("recalibrated"), "{how}");
}

type Q = Ratio<i128>;

/// A number of hundredths, written out.
fn hundredths(number: i128) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

proptest! {
    #![proptest_config(Config { cases: 150, failure_persistence: None, ..Config::default() })]

    /// Two deployments behind a route with random shares, profiles and prices: the bill is what counting hours gives.
    #[test]
    fn fleets_cost_what_counting_their_hours_gives(
        weights in prop::collection::vec(0..9i128, 24),
        (weekend, requests, output) in (0..15i128, 1..400i128, 1..900i128),
        (share, speed, price, peak, least) in (0..=10i128, 1..50i128, 1..400i128, 10..30i128, 0..4i128),
        autoscale: bool,
    ) {
        let mut weights = weights;
        weights[7] += 1;
        let hours = weights.iter().map(i128::to_string).collect::<Vec<_>>().join(", ");
        let text = scenario(
            &format!("{{requests: {requests}k/day, input: 10, output: {output}, profile: {{hours: [{hours}], weekend: {}0%}}}}", weekend),
            &format!("a: {{route: {{d: {share}0%, e: rest}}}}"),
            &["d", "e"].map(|name| format!(
                "{name}: {{usd_per_gpu_hour: {}, throughput: {}0 tok/s, replicas: {{min: {least}, peak_to_mean: {}, autoscale: {autoscale}}}}}",
                hundredths(price), speed, hundredths(peak * 10),
            )).join(", "),
        );
        let found = report(&text).strategies.remove(0);
        let day: Q = weights.iter().map(|w| Q::from(*w)).sum();
        let week = day * (Q::from(5) + Q::new(weekend, 10) * Q::from(2));
        let mean = week / Q::from(168);
        let capacity = Q::from(speed * 10 * 3600);
        let mut total = Q::from(0);
        for part in [Q::new(share, 10), Q::from(1) - Q::new(share, 10)] {
            let hourly = Q::from(requests * 1000 * output) * part / Q::from(24);
            let mut needs = Vec::new();
            for day in 0..7 {
                for weight in &weights {
                    let factor = if day < 5 { Q::from(1) } else { Q::new(weekend, 10) };
                    let load = hourly * Q::from(*weight) * factor / mean * Q::new(peak, 10);
                    needs.push((load / capacity).ceil().to_integer().max(least));
                }
            }
            let most = *needs.iter().max().unwrap();
            let hours = if autoscale { needs.iter().sum::<i128>() } else { most * 168 };
            total += Q::new(hours, 7) * Q::new(price, 100);
        }
        let expected = llmcost::units::Exact::ratio(i64::try_from(*total.numer()).unwrap(), u64::try_from(*total.denom()).unwrap()).unwrap();
        prop_assert_eq!(found.cost.per_day.round(15), expected.round(15), "{}", text);
        let sum: llmcost::units::Exact = found.lines.iter().map(|line| &line.per_day).sum();
        prop_assert_eq!(sum, found.cost.per_day);
    }
}
