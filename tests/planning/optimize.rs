//! `optimize` against published tables and against `simulate`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{root, run, run_with, skipped, snapshot, text};

const FILE: &str = "scenarios/optimize.yaml";

fn optimized(scenario: &str, arguments: &[&str]) -> Value {
    let output = run_with(&[&["optimize", "-", "-f", "json"], arguments].concat(), scenario);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// What `simulate` says of the answer, put into the scenario.
fn pasted(scenario: &str, found: &Value) -> Value {
    let strategy = found["best"]["strategy"].as_str().unwrap();
    let indented: String = strategy.lines().map(|line| format!("  {line}\n")).collect();
    assert!(scenario.contains("\nstrategies:\n"));
    let scenario = scenario.replace("\nstrategies:\n", &format!("\nstrategies:\n{indented}"));
    let output = run_with(&["simulate", "-", "-f", "json"], &scenario);
    assert_eq!(output.status.code(), Some(0), "{}\n{scenario}", text(&output.stderr));
    let simulated: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = simulated["strategies"].as_array().unwrap();
    all.iter().find(|strategy| strategy["name"] == "optimized").unwrap().clone()
}

fn keeps_its_promise(scenario: &str, found: &Value) {
    let simulated = pasted(scenario, found);
    assert_eq!(simulated["cost"]["per_month"], found["best"]["per_month"]);
    assert_eq!(simulated["quality"], found["best"]["quality"]);
}

/// Segments 60/40, 0.80/0.90 and 0.50/0.85 right at 0.2 and 3.2 per 1,000: 6/7 of the second go to the strong model.
#[test]
fn the_worked_example_comes_out() {
    let scenario = std::fs::read_to_string(root().join(FILE)).unwrap();
    let found = optimized(&scenario, &[]);
    assert_eq!(found["schema"], "llmcost.optimize/1");
    let best = &found["best"];
    let a_thousand = |month: &Value| number(month) / 30.0;
    assert!((a_thousand(&best["per_month"]) - 1.228_571_428_57).abs() < 1e-9);
    assert!((a_thousand(&best["random_mix_per_month"]) - 2.0).abs() < 1e-9);
    assert!((a_thousand(&best["shadow_price_per_point"]) - 0.085_714_285_71).abs() < 1e-9);
    assert!((number(&best["mix"]["strong"]) - 0.4 * 6.0 / 7.0).abs() < 1e-11);
    assert!(number(&best["quality"]) >= 0.8);
    keeps_its_promise(&scenario, &found);
    // Above 82% the first segment is upgraded, at 0.30 per 1,000 for a point.
    let dear = optimized(&scenario, &["--quality", "84%"]);
    assert!((a_thousand(&dear["best"]["shadow_price_per_point"]) - 0.30).abs() < 1e-12);
}

#[test]
fn a_budget_buys_what_it_can() {
    let scenario =
        std::fs::read_to_string(root().join(FILE)).unwrap().replace("optimize: {quality: 80%}", "optimize: {}");
    let found = optimized(&scenario, &["--budget", "$24"]);
    // $18 above all weak: half of the way to the strong model at hard questions.
    assert_eq!((number(&found["best"]["per_month"]), number(&found["best"]["quality"])), (24.0, 0.75));
    keeps_its_promise(&scenario, &found);
    let output = run_with(&["optimize", "-", "--budget", "$5"], &scenario);
    assert!(text(&output.stderr).contains("the cheapest mix costs $6.00 a month"), "{}", text(&output.stderr));
    let output = run_with(&["optimize", "-", "--budget", "$36", "--quality", "80%"], &scenario);
    assert!(text(&output.stderr).contains("the cheapest mix costs $36.86 a month"), "{}", text(&output.stderr));
    // What the baseline, all-strong, reaches.
    let like_today = optimized(&scenario, &[]);
    assert_eq!(like_today["best"]["quality"], "0.88");
}

/// With a limit the simplex finds the mix, without one the hulls do; a limit that does not bind changes nothing.
#[test]
fn limits_bind_or_do_not() {
    let scenario = std::fs::read_to_string(root().join(FILE)).unwrap();
    let with = |asked: &str| scenario.replace("optimize: {quality: 80%}", &format!("optimize: {asked}"));
    let free = optimized(&scenario, &[]);
    let loose = optimized(&with("{quality: 80%, limits: {strong: 90%}}"), &[]);
    for key in ["per_month", "mix", "shadow_price_per_point", "optimum_per_month"] {
        assert_eq!(free["best"][key], loose["best"][key], "{key}");
    }
    let tight = with("{quality: 76%, limits: {weak: 50%}}");
    let found = optimized(&tight, &[]);
    // 40% and then 10% of all by the strong model: 0.68 + 0.14 + 0.01. Of the easy questions 5/6 are left to the weak one,
    // rounded down.
    assert_eq!(found["best"]["mix"]["weak"], "0.4999999999998");
    assert_eq!(found["best"]["optimum_per_month"], "51");
    assert!((number(&found["best"]["quality"]) - 0.83).abs() < 1e-12);
    keeps_its_promise(&tight, &found);
    let floors = with("{quality: {easy: 85%, hard: 60%}}");
    let found = optimized(&floors, &[]);
    assert_eq!(found["best"]["tasks"][0]["mix"]["strong"], "0.5");
    assert!((number(&found["best"]["tasks"][1]["mix"]["strong"]) - 2.0 / 7.0).abs() < 1e-11);
    keeps_its_promise(&floors, &found);
    let both = optimized(&with("{quality: {overall: 80%, easy: 85%}, limits: {strong: 60%}}"), &[]);
    let hulls = optimized(&with("{quality: {overall: 80%, easy: 85%}}"), &[]);
    assert_eq!(both["best"]["per_month"], hulls["best"]["per_month"]);
    // A budget with a limit: at most 20% strong, the best use of which are hard questions.
    let spent = optimized(&with("{budget: $50, limits: {strong: 20%}}"), &[]);
    assert_eq!((spent["best"]["quality"].as_str(), number(&spent["best"]["per_month"])), (Some("0.75"), 24.0));
}

#[test]
fn what_cannot_be_met_is_refused_with_what_can() {
    let scenario = std::fs::read_to_string(root().join(FILE)).unwrap();
    let refused = |asked: &str, words: &[&str]| {
        let output =
            run_with(&["optimize", "-"], &scenario.replace("optimize: {quality: 80%}", &format!("optimize: {asked}")));
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{asked}: {stderr}");
        assert!(output.stdout.is_empty());
        words.iter().for_each(|words| assert!(stderr.contains(words), "{asked}: {stderr}"));
    };
    refused("{quality: 90%}", &["no mix is right in 90.00% of all requests", "88.0000%", "<stdin>:"]);
    refused("{quality: {easy: 95%}}", &["nobody is right so often at easy", "90.0000%"]);
    refused("{quality: {esay: 95%}}", &["did you mean `easy`?"]);
    refused("{limits: {weak: 40%, strong: 40%}}", &["no mix meets these constraints"]);
    refused("{models: [weak, weak]}", &["stands twice"]);
    refused("{models: [gpt-4o]}", &["no quality is stated"]);
    refused("{models: []}", &["nobody may answer"]);
    refused("{like: nothing}", &["there is no strategy `nothing`"]);
    refused("{latency: {limit: 1s}}", &["how long does weak take?"]);
    refused("{latency: {weak: 1s}}", &["`limit` is missing"]);
    refused("{judge: {cost_per_request: 0.001}}", &["needs its skill"]);
    refused("{quality: 180%}", &["a share is at most 100%"]);
    let without = "llmcost: 1\nworkload: {requests: 1/day, input: 1, output: 1}\nstrategies: {a: {model: gpt-4o}}\n";
    let output = run_with(&["optimize", "-"], without);
    assert!(text(&output.stderr).contains("states no `quality`"));
}

/// Reference table: a judge of 0.9 and 0.7 makes 0.800007 of 0.680815 and 0.805797 at 0.394434 of the strong model's cost.
#[test]
fn cascades_are_options_where_there_is_a_judge() {
    let scenario = "llmcost: 1
workload: {requests: 1M/day, input: 500, output: 200}
quality: {gpt-4o-mini: 0.680815, gpt-4o: 0.805797, given_wrong: {gpt-4o-mini: {gpt-4o: 0.557117}}}
optimize:
  quality: 80%
  judge: {sensitivity: 90%, specificity: 70%, model: gpt-4o-mini, input: 850, output: 20}
strategies:
  strong: {model: gpt-4o}
";
    let found = optimized(scenario, &[]);
    assert!(number(&found["best"]["mix"]["gpt-4o-mini then gpt-4o"]) > 0.99);
    let candidates = found["candidates"].as_array().unwrap();
    let cascade = candidates.iter().find(|one| one["name"] == "gpt-4o-mini then gpt-4o").unwrap();
    assert!((number(&cascade["quality"]) - 0.800_007).abs() < 2e-6);
    assert!((number(&cascade["per_month"]) / 97_500.0 - 0.394_434).abs() < 2e-6);
    keeps_its_promise(scenario, &found);
}

#[test]
fn batches_latencies_and_levers_of_a_strategy_count() {
    let scenario = "llmcost: 1
workload: {requests: 1M/day, prompt: {system: 1100, user: 400}, output: 200}
quality: {gpt-4o-mini: 0.70, gpt-4o: 0.80, claude-opus-4: 0.95}
optimize:
  quality: 76%
  deadline: 24h
  latency: {limit: 3s, gpt-4o-mini: 1s, gpt-4o: 2s, claude-opus-4: 5s}
  like: lean
strategies:
  strong: {model: gpt-4o}
  lean:
    model: gpt-4o
    response_cache: {exact: {hit_rate: 30%, cost_per_hit: 0.0001}, per_month: 500}
    compress: {system: 20%}
";
    let found = optimized(scenario, &[]);
    let mix: BTreeMap<String, String> = serde_json::from_value(found["best"]["mix"].clone()).unwrap();
    let names: Vec<&str> = mix.keys().map(String::as_str).collect();
    assert_eq!(names, ["gpt-4o (batch)", "gpt-4o-mini (batch)"]);
    assert_eq!(mix["gpt-4o (batch)"], "0.6");
    keeps_its_promise(scenario, &found);
}

#[test]
fn a_workload_without_tasks_is_mixed_too() {
    let scenario = "llmcost: 1
currency: {code: EUR, per_usd: 0.92}
workload: {requests: 1M/day, input: 500, output: 200}
quality: {gpt-4o-mini: 0.72, gpt-4o: 0.86, gpt-3.5-turbo: 0.65}
strategies:
  routed: {route: {gpt-4o-mini: 60%, gpt-4o: rest}}
";
    let found = optimized(scenario, &[]);
    // As good as the baseline: the random mix is all that there is without tasks.
    assert_eq!(found["best"]["per_month"], found["best"]["random_mix_per_month"]);
    assert_eq!(found["best"]["mix"]["gpt-4o"], "0.4");
    assert_eq!(found["candidates"][2]["dominated_by"], "gpt-4o-mini");
    keeps_its_promise(scenario, &found);
}

#[test]
fn forms_of_an_optimum() {
    let show = |format: &str| text(&run(&["optimize", FILE, "-f", format]).stdout);
    for format in ["table", "chart", "markdown", "csv", "json"] {
        snapshot(&format!("optimize-{format}"), &show(format));
    }
    assert!(show("html").contains("<svg"));
    let pasted = text(&run(&["optimize", FILE, "--paste"]).stdout);
    assert!(pasted.starts_with("optimized:\n  route:\n    - {task: easy, model: weak}\n"), "{pasted}");
}

/// A file of the shared data, where that is beside the project.
fn shared(name: &str) -> Option<PathBuf> {
    let found = root().join("../shared/data/traces").join(name);
    if found.exists() {
        return Some(found);
    }
    skipped(&format!("there is no {name}"));
    None
}

/// By subject: questions, right answers of the weak model, of the strong one.
fn subjects(path: &Path) -> BTreeMap<String, [u64; 3]> {
    let all = text(&Command::new("gzip").arg("-dc").arg(path).output().unwrap().stdout);
    let mut found: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for line in all.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let of = found.entry(cells[0].to_owned()).or_default();
        of[0] += 1;
        of[1] += u64::from(cells[1] == "1");
        of[2] += u64::from(cells[2] == "1");
    }
    found
}

/// Routing by subject over 14,042 questions of MMLU, at 0.195 and 3.25 per 1,000 (reference, section 1).
#[test]
fn mmlu_by_subject_needs_few_strong_calls() {
    let Some(path) = shared("routellm_mmlu_outcomes.csv.gz") else { return };
    let subjects = subjects(&path);
    assert_eq!(subjects.len(), 57);
    let total: u64 = subjects.values().map(|of| of[0]).sum();
    // Requests a day are the questions, so that shares and qualities are whole numbers of them; long decimals come near enough.
    let share = |part: u64, of: u64| format!("{:.15}", part as f64 / of as f64);
    let mut tasks = String::new();
    let [mut weak, mut strong] = [String::new(), String::new()];
    let last = subjects.keys().last().unwrap().clone();
    for (name, of) in &subjects {
        let part = if *name == last { "rest".to_owned() } else { share(of[0], total) };
        tasks.push_str(&format!("    - {{name: {name}, share: {part}}}\n"));
        weak.push_str(&format!("{name}: {}, ", share(of[1], of[0])));
        strong.push_str(&format!("{name}: {}, ", share(of[2], of[0])));
    }
    let scenario = format!(
        "llmcost: 1
prices: {{add: {{weak: {{request: 0.000195}}, strong: {{request: 0.00325}}}}}}
workload:
  requests: 1k/day
  input: 0
  output: 0
  tasks:
{tasks}
quality: {{weak: {{{weak}}}, strong: {{{strong}}}}}
strategies:
  a: {{model: strong}}
"
    );
    let mut most = String::new();
    for (floor, cost, share, random, random_share) in
        [("74%", 0.900_874, 0.2311, 1.641_695, 0.4735), ("78%", 1.770_764, 0.5158, 2.619_434, 0.7936)]
    {
        let found = optimized(&scenario, &["--quality", floor]);
        let best = &found["best"];
        assert!((number(&best["per_month"]) / 30.0 - cost).abs() < 1e-6, "{}", best["per_month"]);
        assert!((number(&best["mix"]["strong"]) - share).abs() < 5e-5, "{}", best["mix"]);
        let mixed = number(&best["random_mix_per_month"]) / 30.0;
        assert!((mixed - random).abs() < 1e-6, "{mixed}");
        assert!(((mixed - 0.195) / (3.25 - 0.195) - random_share).abs() < 5e-5);
        keeps_its_promise(&scenario, &found);
        most = found["most_quality"].as_str().unwrap().to_owned();
    }
    assert!((most.parse::<f64>().unwrap() - 0.811_921).abs() < 1e-6, "{most}");
}

/// The cheapest cascade at least as right as the best single model (reference, section 5), from FrugalGPT's table of costs and
/// accuracies: each row is an option at a stated price.
#[test]
fn frugalgpt_is_a_frontier() {
    let Some(path) = shared("frugalgpt_2024_summary.csv") else { return };
    let rows = std::fs::read_to_string(path).unwrap();
    let saving_of = |dataset: &str| {
        let mut prices = String::new();
        let mut quality = String::new();
        let mut singles: Vec<(f64, f64)> = Vec::new();
        for (index, line) in
            rows.lines().skip(1).enumerate().filter(|(_, line)| line.starts_with(&format!("{dataset},")))
        {
            let cells: Vec<&str> = line.split(',').collect();
            let [accuracy, cost] = [cells[1], cells[2]].map(|cell| cell.parse::<f64>().unwrap());
            let name = if cells[5] == "FrugalGPT" { format!("cascade-{index}") } else { format!("single-{index}") };
            prices.push_str(&format!("{name}: {{request: {cost:.15}}}, "));
            quality.push_str(&format!("{name}: {accuracy:.15}, "));
            if cells[5] != "FrugalGPT" {
                singles.push((accuracy, cost));
            }
        }
        let scenario = format!(
            "llmcost: 1
prices: {{add: {{{prices}}}}}
workload: {{requests: 1k/day, input: 0, output: 0}}
quality: {{{quality}}}
strategies:
  a: {{model: {}}}
",
            prices.split(':').next().unwrap()
        );
        let found = optimized(&scenario, &[]);
        // The best single model, the cheapest of equal ones, and the cheapest option on the frontier that is no worse.
        let best =
            singles.iter().copied().reduce(|a, b| if b.0 > a.0 || b.0 == a.0 && b.1 < a.1 { b } else { a }).unwrap();
        let candidates = found["candidates"].as_array().unwrap();
        let frontier = candidates.iter().filter(|one| one["dominated_by"].is_null());
        let least = frontier
            .clone()
            .filter(|one| {
                one["name"].as_str().unwrap().starts_with("cascade") && number(&one["quality"]) >= best.0 - 1e-9
            })
            .map(|one| number(&one["per_month"]) / 30_000.0)
            .fold(f64::INFINITY, f64::min);
        // Nothing on the frontier is beaten by anything.
        for one in frontier {
            assert!(candidates.iter().all(|other| {
                number(&other["per_month"]) >= number(&one["per_month"])
                    || number(&other["quality"]) < number(&one["quality"])
            }));
        }
        100.0 * (1.0 - least / best.1)
    };
    for (dataset, saving) in [("HEADLINES", 94.2), ("SCIQ", 88.4), ("AGNEWS", 72.3), ("OVERRULING", 57.3)] {
        let found = saving_of(dataset);
        assert!((found - saving).abs() < 0.06, "{dataset}: {found}");
    }
}

/// A route that sends the easy questions to the dear model does worse than chance; one that does the opposite does better.
#[test]
fn a_router_is_held_against_a_random_mix() {
    let scenario = std::fs::read_to_string(root().join(FILE)).unwrap().replace(
        "\nstrategies:\n",
        "
strategies:
  blind: {route: {strong: 60%, weak: rest}}
  clever: {route: {by: task, easy: weak, hard: strong}}
  silly: {route: {by: task, easy: strong, hard: weak}}
  paid: {route: {strong: 60%, weak: rest}, router: {cost_per_request: 0.0001}}
",
    );
    let output = run_with(&["simulate", "-", "-f", "json"], &scenario);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of =
        |name: &str| found["strategies"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    let warned = |name: &str| {
        of(name)["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "router-below-random-mix")
    };
    let mixed = |name: &str| number(&of(name)["alternatives"]["random_mix_per_month"]);
    // 0.68 + 0.2 x strong share: 80% at 60% of the calls, 82% at 70%, 74% at 30%; 6 + 90 x that share.
    assert_eq!((mixed("blind"), mixed("clever"), mixed("silly"), mixed("paid")), (60.0, 69.0, 33.0, 60.0));
    assert_eq!([warned("blind"), warned("clever"), warned("silly"), warned("paid")], [false, false, true, true]);
    assert!(of("all-strong")["alternatives"]["random_mix_per_month"].is_null());
}
