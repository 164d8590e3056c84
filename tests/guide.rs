//! The figures of the 2025 cost guide, and its wrong ones put right, by hand.

use num_traits::Zero;
use serde_json::Value;

use super::exact::{number, q, report, strategy};

/// A scenario at the guide's prices: 1M requests a day.
fn guide(workload: &str, strategies: &str) -> Value {
    report(&format!(
        "llmcost: 1\nprices: {{catalog: [guide-2025], add: {{flat-llm: {{request: 0.003}}}}}}\n\
         workload: {{requests: 1M/day, {workload}}}\nstrategies:\n{strategies}"
    ))
}

fn cost<'a>(report: &'a Value, name: &str, metric: &str) -> &'a str {
    strategy(report, name)["cost"][metric].as_str().unwrap()
}

const CALL: &str = "input: 500, output: 200";

/// gpt-4o: 500 x 2.50/1M + 200 x 10/1M = 0.00325 a call. Mix: 600k x 0.00055 + 300k x 0.000195 + 100k x 0.00325
/// = 330 + 58.50 + 325.
#[test]
fn routing() {
    let report = guide(
        CALL,
        "  all-gpt-4o: {model: gpt-4o}
  smart: {route: {gpt-3.5-turbo: 60%, gpt-4o-mini: 30%, gpt-4o: 10%}}
  without-dominated: {route: {gpt-4o-mini: 90%, gpt-4o: 10%}}
",
    );
    assert_eq!(report["baseline"], "all-gpt-4o");
    assert_eq!(cost(&report, "all-gpt-4o", "per_day"), "3250");
    assert_eq!(cost(&report, "all-gpt-4o", "per_month"), "97500");
    assert_eq!(cost(&report, "all-gpt-4o", "per_year"), "1186250");
    assert_eq!(cost(&report, "all-gpt-4o", "per_request"), "0.00325");
    assert_eq!(cost(&report, "smart", "per_day"), "713.5");
    assert_eq!(cost(&report, "smart", "per_month"), "21405");
    assert_eq!(cost(&report, "smart", "per_year"), "260427.5");
    assert_eq!(cost(&report, "smart", "per_request"), "0.0007135");
    // 713.5 dollars for 700M tokens.
    assert!(cost(&report, "smart", "per_million_tokens").starts_with("1.0192857142857"));
    let savings = &strategy(&report, "smart")["savings"];
    assert_eq!(savings["per_month"], "76095");
    assert!(savings["percent"].as_str().unwrap().starts_with("78.046"), "{savings}");
    // 900k x 0.000195 + 325
    assert_eq!(cost(&report, "without-dominated", "per_day"), "500.5");
    // The guide's cheapest tier is dearer than gpt-4o-mini in every price; with the latter in its place: 500.50 x 30.
    let warnings = strategy(&report, "smart")["warnings"].as_array().unwrap();
    let dominated = |warning: &&Value| warning["code"] == "dominated-model";
    let messages = warnings.iter().filter(dominated).map(|warning| warning["message"].as_str().unwrap());
    let of_turbo: Vec<&str> = messages.filter(|message| message.starts_with("gpt-3.5-turbo")).collect();
    assert_eq!(of_turbo.len(), 1);
    assert!(of_turbo[0].contains("gpt-4o-mini") && of_turbo[0].contains("15,015"), "{of_turbo:?}");
    let usage = strategy(&report, "smart")["usage"].as_array().unwrap();
    let strong = usage.iter().find(|usage| usage["model"] == "gpt-4o").unwrap();
    assert_eq!(strong["calls_per_day"], "100000");
    assert_eq!(strong["input_tokens_per_day"], "50000000");
    assert_eq!(strong["output_tokens_per_day"], "20000000");
    assert_eq!(strong["per_day"], "325");
}

/// 0.003 a request, 30% exact hits at 0.0001 and 20% similar ones at 0.0003, by every convention there is.
#[test]
fn response_caching() {
    let report = guide(
        "input: 0, output: 0",
        "  none: {model: flat-llm}
  exact-per-hit: {model: flat-llm, response_cache: {exact: {hit_rate: 30%, cost_per_hit: 0.0001}}}
  both-per-hit:
    model: flat-llm
    response_cache: {exact: {hit_rate: 30%, cost_per_hit: 0.0001}, semantic: {hit_rate: 20%, cost_per_hit: 0.0003}}
  exact-per-lookup: {model: flat-llm, response_cache: {exact: {hit_rate: 30%, cost_per_lookup: 0.0001}}}
  both-per-lookup:
    model: flat-llm
    response_cache: {exact: {hit_rate: 30%, cost_per_lookup: 0.0001}, semantic: {hit_rate: 20%, cost_per_lookup: 0.0003}}
  of-misses-per-lookup:
    model: flat-llm
    response_cache:
      exact: {hit_rate: 30%, cost_per_lookup: 0.0001}
      semantic: {hit_rate: 20%, of: misses, cost_per_lookup: 0.0003}
  of-misses-per-hit:
    model: flat-llm
    response_cache:
      exact: {hit_rate: 30%, cost_per_hit: 0.0001}
      semantic: {hit_rate: 20%, of: misses, cost_per_hit: 0.0003}
",
    );
    let per_day = |name| cost(&report, name, "per_day");
    assert_eq!(per_day("none"), "3000");
    assert_eq!(per_day("exact-per-hit"), "2130"); // 700k x 0.003 + 300k x 0.0001
    assert_eq!(per_day("both-per-hit"), "1590"); // 500k x 0.003 + 30 + 200k x 0.0003
    assert_eq!(per_day("exact-per-lookup"), "2200"); // 2,100 + 1M x 0.0001
    assert_eq!(per_day("both-per-lookup"), "1810"); // 1,500 + 100 + 700k x 0.0003
    assert_eq!(per_day("of-misses-per-lookup"), "1990"); // 560k x 0.003 + 100 + 210
    assert_eq!(per_day("of-misses-per-hit"), "1752"); // 1,680 + 30 + 140k x 0.0003
    assert_eq!(strategy(&report, "both-per-hit")["savings"]["percent"], "47");
    assert_eq!(strategy(&report, "of-misses-per-hit")["usage"][0]["calls_per_day"], "560000");
}

/// (150 - 40) tokens x 1M x 2.50/1M = 275 a day; the guide prints 330, right only at 3.00.
#[test]
fn compression() {
    let report = guide(
        "prompt: {system: 150, user: 350}, output: 200",
        "  plain: {model: gpt-4o}\n  short: {model: gpt-4o, compress: {system: {to: 40}}}\n",
    );
    assert_eq!(strategy(&report, "short")["savings"]["per_day"], "275");
    assert_eq!(cost(&report, "short", "per_day"), "2975");
}

/// 500 tokens of examples x 1M x 2.50/1M = 1,250 a day; two of five leave 500.
#[test]
fn few_shot_examples() {
    let report = guide(
        "prompt: {examples: 500}, output: 0",
        "  five: {model: gpt-4o}
  two: {model: gpt-4o, examples: {keep: 2, of: 5}}
  none: {model: gpt-4o, examples: {keep: 0, of: 5}}
",
    );
    assert_eq!(cost(&report, "five", "per_day"), "1250");
    assert_eq!(cost(&report, "two", "per_day"), "500");
    assert_eq!(cost(&report, "none", "per_day"), "0");
    assert_eq!(strategy(&report, "none")["savings"]["per_day"], "1250");
}

/// Input per item (S + E)/K + item: 900/3 + 100 = 400 of 1,000 with three items, a saving of 60%.
#[test]
fn packing() {
    let report = guide(
        "prompt: {system: 900, user: 100}, output: 0",
        "  single: {model: gpt-4o}\n  packed: {model: gpt-4o, pack: {items: 3}}\n",
    );
    let packed = &strategy(&report, "packed")["usage"][0];
    assert_eq!(strategy(&report, "packed")["savings"]["percent"], "60");
    assert_eq!(packed["input_tokens_per_day"], "400000000");
    let report = guide(
        "prompt: {system: 150, user: 50}, output: 0",
        "  single: {model: gpt-4o}
  three: {model: gpt-4o, pack: {items: 3}}
  ten: {model: gpt-4o, pack: {items: 10}}
",
    );
    assert_eq!(strategy(&report, "three")["savings"]["percent"], "50");
    assert_eq!(strategy(&report, "ten")["savings"]["percent"], "67.5");
    assert_eq!(strategy(&report, "ten")["usage"][0]["calls_per_day"], "100000");
}

const STEPS: &str =
    "[{model: gpt-4o-mini, handles: 70%}, {model: gpt-4o, handles: 25%}, {model: claude-3.5-sonnet, handles: 5%}]";

/// Input price alone. Final answer only: 0.7 x 0.15 + 0.25 x 2.50 + 0.05 x 3 = 0.88. Every attempt: 0.15 + 0.30 x 2.50
/// + 0.05 x 3 = 1.05.
#[test]
fn cascade_by_input_price() {
    let report = guide(
        "input: 500, output: 0",
        &format!(
            "  final: {{cascade: {STEPS}, billing: final_only}}\n  every: {{cascade: {STEPS}}}\n  \
             accepts: {{cascade: [{{model: gpt-4o-mini, accept: 70%}}, {{model: gpt-4o}}]}}\n"
        ),
    );
    assert_eq!(cost(&report, "final", "per_million_tokens"), "0.88");
    assert_eq!(cost(&report, "every", "per_million_tokens"), "1.05");
    // 0.15 + 0.30 x 2.50
    assert_eq!(cost(&report, "accepts", "per_million_tokens"), "0.9");
    // 0.88 x 500M tokens x 30 days
    assert_eq!(strategy(&report, "every")["alternatives"]["cascade_final_only_per_month"], "13200");
}

/// 500/200 tokens: 0.000195, 0.00325 and 0.0045 a call. Final only: 0.0001365 + 0.0008125 + 0.000225. Every attempt:
/// 0.000195 + 0.30 x 0.00325 + 0.05 x 0.0045. The judge: 1.30 x (850 x 0.15 + 20 x 0.60)/1M. A retry: 2% of the attempts.
#[test]
fn cascade_with_judge_and_retries() {
    let judge = "judge: {model: gpt-4o-mini, input: 850, output: 20}";
    let report = guide(
        CALL,
        &format!(
            "  final: {{cascade: {STEPS}, billing: final_only}}
  every: {{cascade: {STEPS}}}
  judged: {{cascade: {STEPS}, {judge}}}
  retried: {{cascade: {STEPS}, {judge}, retries: {{rate: 2%, max: 1}}}}
  inside: {{cascade: {{steps: {STEPS}, {judge}}}}}
  judged-last: {{cascade: {STEPS}, {judge}, judge_last: true}}
"
        ),
    );
    let per_request = |name| cost(&report, name, "per_request");
    assert_eq!(per_request("final"), "0.001174");
    assert_eq!(per_request("every"), "0.001395");
    assert_eq!(per_request("judged"), "0.00157635");
    assert_eq!(per_request("inside"), "0.00157635");
    assert_eq!(per_request("retried"), "0.00160425");
    // 0.05 x 0.0001395 more
    assert_eq!(per_request("judged-last"), "0.001583325");
}

/// Everything together, step by step in the order in which a request meets the levers.
///
/// 1. 1M requests, each 150 + 350 tokens in and 200 out; all on gpt-4o: 3,250 a day.
/// 2. Response cache: 30% exact hits (300k x 0.0001 = 30) and 20% similar (200k x 0.0003 = 60); 500k go on.
/// 3. Compression 150 -> 40: 390 tokens in.
/// 4. Route 90/10: 450k calls on gpt-4o-mini with 175.5M in and 90M out, 50k on gpt-4o with 19.5M in and 10M out.
/// 5. Batch, 40% at half price:
///    gpt-4o-mini (105.3M x 0.15 + 70.2M x 0.075) + (54M x 0.60 + 36M x 0.30) = 15.795 + 5.265 + 32.4 + 10.8 = 64.26;
///    gpt-4o (11.7M x 2.50 + 7.8M x 1.25) + (6M x 10 + 4M x 5) = 29.25 + 9.75 + 60 + 20 = 119.
/// 6. 30 + 60 + 64.26 + 119 = 273.26 a day, 8,197.80 a month; 2,976.74 of 3,250 saved is 91.592%.
#[test]
fn everything_together() {
    let report = guide(
        "prompt: {system: 150, user: 350}, output: 200",
        "  all-gpt-4o: {model: gpt-4o}
  routed: {route: {gpt-4o-mini: 90%, gpt-4o: rest}}
  everything:
    extends: routed
    batch: {share: 40%}
    compress: {system: {to: 40}}
    response_cache: {exact: {hit_rate: 30%, cost_per_hit: 0.0001}, semantic: {hit_rate: 20%, cost_per_hit: 0.0003}}
",
    );
    assert_eq!(cost(&report, "all-gpt-4o", "per_day"), "3250");
    assert_eq!(cost(&report, "everything", "per_day"), "273.26");
    assert_eq!(cost(&report, "everything", "per_month"), "8197.8");
    assert_eq!(cost(&report, "everything", "per_request"), "0.00027326");
    let all = strategy(&report, "everything");
    assert_eq!(all["savings"]["per_month"], "89302.2");
    assert_eq!(all["savings"]["percent"], "91.592");
    let lines = all["lines"].as_array().unwrap();
    let line = |model: &str, component: &str, mode: &str| {
        let of = |line: &&Value| line["item"] == model && line["component"] == component && line["mode"] == mode;
        let found: Vec<&Value> = lines.iter().filter(of).collect();
        assert_eq!(found.len(), 1, "{model} {component} {mode}");
        (found[0]["quantity"].as_str().unwrap(), found[0]["per_day"].as_str().unwrap())
    };
    assert_eq!(line("gpt-4o-mini", "input", "standard"), ("105300000", "15.795"));
    assert_eq!(line("gpt-4o-mini", "input", "batch"), ("70200000", "5.265"));
    assert_eq!(line("gpt-4o-mini", "output", "standard"), ("54000000", "32.4"));
    assert_eq!(line("gpt-4o-mini", "output", "batch"), ("36000000", "10.8"));
    assert_eq!(line("gpt-4o", "input", "standard"), ("11700000", "29.25"));
    assert_eq!(line("gpt-4o", "input", "batch"), ("7800000", "9.75"));
    assert_eq!(line("gpt-4o", "output", "standard"), ("6000000", "60"));
    assert_eq!(line("gpt-4o", "output", "batch"), ("4000000", "20"));
    let cache = lines.iter().filter(|line| line["lever"] == "response_cache");
    assert_eq!(cache.fold(num_rational::BigRational::zero(), |sum, line| sum + number(&line["per_day"])), q(90, 1));
}
