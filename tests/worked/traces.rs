//! Lengths of public traces: what means say of them and what they cost.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::super::support::{root, run, text};
use super::*;

/// Prices of the published sums: 2.50/10, 3/15, and 3/15 that doubles above 2,000 (32,000) tokens to 6/22.50.
const PRICES: &str = "prices:
  add:
    a: {input: 2.50, output: 10}
    b: {input: 3, output: 15}
    short: {input: {usd: 3, tiers: [{above: 2000, usd: 6}]}, output: {usd: 15, tiers: [{above: 2000, usd: 22.50}]}}
    long: {input: {usd: 3, tiers: [{above: 32000, usd: 6}]}, output: {usd: 15, tiers: [{above: 32000, usd: 22.50}]}}
    steep: {input: {usd: 3, tiers: [{above: 2000, usd: 6}]}, output: 15}
strategies: {a: {model: a}, b: {model: b}, short: {model: short}, long: {model: long}, steep: {model: steep}}
";

/// The folder of public traces, which are not part of the project.
fn folder() -> Option<PathBuf> {
    let folder = root().parent()?.join("shared/data/traces");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no {}", folder.display());
    None
}

fn simulated(path: &Path) -> Value {
    let output = run(&["simulate", path.to_str().unwrap(), "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Input and output tokens of every request.
fn lengths(file: &Path) -> Vec<(u64, u64)> {
    let mut content = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut content).unwrap();
    let object = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        (row["input_length"].as_u64().unwrap(), row["output_length"].as_u64().unwrap())
    };
    let row = |line: &str| {
        let cells: Vec<&str> = line.rsplit(',').collect();
        (cells[1].trim().parse().unwrap(), cells[0].trim().parse().unwrap())
    };
    match content.starts_with('{') {
        true => content.lines().map(object).collect(),
        false => content.lines().skip(1).map(row).collect(),
    }
}

/// What the requests cost one by one, in USD.
fn sum(lengths: &[(u64, u64)], price: impl Fn(u64) -> (i64, i64)) -> Q {
    let cost = |(input, output): &(u64, u64)| {
        let (of_input, of_output) = price(*input);
        i128::from(*input) * i128::from(of_input) + i128::from(*output) * i128::from(of_output)
    };
    // Prices in cents per million tokens.
    Q::new(lengths.iter().map(cost).sum::<i128>().into(), 100_000_000.into())
}

/// Each trace costs exactly what its requests cost one by one, and a tier is reached by each of them alone: the mean request is
/// off by -19.4%, +14.6%, -23.2% and -19.7%.
#[test]
fn a_trace_costs_what_its_requests_cost() {
    let Some(folder) = folder() else { return };
    for (name, at_a, at_b, tier, off) in [
        ("azure2023_code.csv.gz", "47.608895", "57.868362", "short", "14.6"),
        ("azure2023_conv.csv.gz", "96.791325", "128.415585", "short", "-19.4"),
        ("mooncake_conversation.jsonl.gz", "403.2050375", "496.212189", "long", "-23.2"),
        ("agent_magagent.jsonl.gz", "8.322415", "11.376993", "short", "-19.7"),
    ] {
        let all = lengths(&folder.join(name));
        let scratch = tempfile::tempdir().unwrap();
        std::fs::copy(folder.join(name), scratch.path().join(name)).unwrap();
        let scenario = scratch.path().join("s.yaml");
        let workload =
            format!("llmcost: 1\nworkload: {{requests: {}/day, lengths: {{trace: {name}}}}}\n{PRICES}", all.len());
        std::fs::write(&scenario, workload).unwrap();
        let found = simulated(&scenario);
        for (strategy, cost) in [("a", at_a), ("b", at_b)] {
            assert_eq!(super::super::exact::decimal(cost).unwrap(), super::cost(&found, strategy, "per_day"), "{name}");
        }
        for (strategy, above) in [("short", 2000), ("long", 32_000)] {
            let exact = sum(&all, |input| if input > above { (600, 2250) } else { (300, 1500) });
            assert_eq!(cost(&found, strategy, "per_day"), exact, "{name}");
        }
        let mean = number(&strategy(&found, tier)["alternatives"]["mean_request_per_month"]) / q(30, 1);
        published(&((mean / cost(&found, tier, "per_day") - q(1, 1)) * q(100, 1)), off);
    }
}

/// A histogram knows the mean of each bin, so that linear prices are exact but for the digits of its shares; a threshold inside
/// a bin is off by no more than what that bin would pay on the other side, one at its end by nothing.
#[test]
fn a_histogram_is_right_within_its_bins() {
    let Some(folder) = folder() else { return };
    for name in [
        "azure2023_code.csv.gz",
        "azure2023_conv.csv.gz",
        "mooncake_conversation.jsonl.gz",
        "agent_magagent.jsonl.gz",
        "arxiv_summarization_lengths.csv.gz",
    ] {
        let all = lengths(&folder.join(name));
        let rows = i64::try_from(all.len()).unwrap();
        for ends_at_the_threshold in [true, false] {
            let width = if ends_at_the_threshold { 500 } else { 700 };
            let (input, _) = histogram(all.iter().map(|(input, _)| *input), width);
            let (output, _) = histogram(all.iter().map(|(_, output)| *output), 50);
            let text = format!(
                "llmcost: 1\nworkload: {{requests: {rows}/day, lengths: {{input: {{histogram: [{input}]}}, output: {{histogram: [{output}]}}}}}}\n{PRICES}"
            );
            let found = report(&text);
            let close = |strategy: &str, exact: Q, within: Q| {
                let printed = cost(&found, strategy, "per_day");
                let off = if printed < exact { &exact - &printed } else { &printed - &exact };
                assert!(off <= within, "{name} {strategy}: {} off", approximate(&off));
            };
            let exact = sum(&all, |_| (300, 1500));
            let digits = &exact / num_traits::pow(q(10, 1), 9);
            close("b", exact, digits.clone());
            let steep = sum(&all, |input| if input > 2000 { (600, 1500) } else { (300, 1500) });
            // What the bin from 1,401 to 2,100 would pay more.
            let in_bin: u64 = all.iter().map(|(input, _)| *input).filter(|input| (1401..=2100).contains(input)).sum();
            let within = if ends_at_the_threshold {
                Q::from_integer(0.into())
            } else {
                Q::new((in_bin * 3).into(), 1_000_000.into())
            };
            close("steep", steep, within + digits);
        }
    }
}

/// Bins of a width as a scenario writes them, and how many there are.
fn histogram(lengths: impl Iterator<Item = u64>, width: u64) -> (String, usize) {
    let mut bins: std::collections::BTreeMap<u64, (u64, u64)> = std::collections::BTreeMap::new();
    for length in lengths {
        let bin = bins.entry(length.saturating_sub(1) / width).or_default();
        *bin = (bin.0 + 1, bin.1 + length);
    }
    let rows: u64 = bins.values().map(|(count, _)| count).sum();
    let count = bins.len();
    let mut text = String::new();
    for (index, (bin, (own, tokens))) in bins.into_iter().enumerate() {
        let share = match index + 1 == count {
            true => "rest".to_owned(),
            false => format!("0.{:018}", u128::from(own) * 10_u128.pow(18) / u128::from(rows)),
        };
        let mean = format!("{}.{:012}", tokens / own, u128::from(tokens % own) * 10_u128.pow(12) / u128::from(own));
        let _ = write!(text, "{{upto: {}, mean: {mean}, share: {share}}}, ", (bin + 1) * width);
    }
    (text.trim_end_matches(", ").to_owned(), count)
}

/// A table and lines of objects are the same trace; requests alike are one kind.
#[test]
fn a_trace_is_a_table_or_lines_of_objects() {
    let folder = tempfile::tempdir().unwrap();
    let table = "input,output\n1000,100\n1000,100\n4000,10\n";
    let lines = "{\"input_length\": 1000, \"output_length\": 100}\n{\"output_length\": 100, \"input_length\": 1000}\n\n{\"input_length\": 4000, \"output_length\": 10}\n";
    for (name, content) in [("t.csv", table), ("t.jsonl", lines)] {
        std::fs::write(folder.path().join(name), content).unwrap();
        let scenario = folder.path().join("s.yaml");
        std::fs::write(
            &scenario,
            format!("llmcost: 1\nworkload: {{requests: 3/day, lengths: {{trace: {name}}}}}\n{PRICES}"),
        )
        .unwrap();
        let found = simulated(&scenario);
        assert_eq!(
            cost(&found, "short", "per_day"),
            q(2000 * 3 + 200 * 15 + 4000 * 6, 1_000_000) + q(10 * 225, 10_000_000)
        );
    }
}
