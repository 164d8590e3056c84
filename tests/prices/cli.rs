//! `price` and `prices` as a process.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{run, run_with, text};

fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn total(arguments: &[&str]) -> String {
    json(&[&["price"], arguments].concat())["total"].as_str().unwrap().to_owned()
}

fn refused(arguments: &[&str], code: &str) -> String {
    let output = run(arguments);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    assert!(stderr.contains(&format!("error[{code}]")), "{stderr}");
    stderr
}

/// 600 fresh x 2.5 + 400 cached x 1.25 + 100 x 10, all per million.
#[test]
fn one_request_has_a_total_and_lines_that_add_up() {
    let price = json(&["price", "gpt-4o", "--input", "1000", "--cached", "400", "--output", "100", "--requests", "2k"]);
    assert_eq!(price["schema"], "llmcost.price/1");
    assert_eq!(price["model"], "gpt-4o");
    assert_eq!(price["at"], "2026-11-23");
    assert_eq!(price["total"], "6");
    assert_eq!(price["per_request"], "0.003");
    let lines = price["lines"].as_array().unwrap();
    let line = |component: &str| lines.iter().find(|line| line["component"] == component).unwrap();
    assert_eq!(line("input")["quantity"], "1200000");
    assert_eq!(line("input")["unit_price"], "2.5");
    assert_eq!(line("input")["per"], "1000000");
    assert_eq!(line("input")["amount"], "3");
    assert_eq!(line("cache_read")["amount"], "1");
    assert_eq!(line("output")["amount"], "2");
    assert!(
        line("input")["formula"].as_str().unwrap().contains("2,000 requests x 600 x $2.5/1M"),
        "{line:?}",
        line = line("input")
    );
    assert!(line("input")["source"].as_str().unwrap().contains("pricing/models/openai.yaml"));
    assert_eq!(price["lists"][0]["name"], "embedded");
}

/// Figures read off the published lists by hand.
#[test]
fn tiers_dates_hours_modes_and_regions_price_one_request() {
    let million = ["--input", "1M", "--output", "1M"];
    for (arguments, expected) in [
        (["claude-haiku-5-5", "--input", "100000"].as_slice(), "0.01"),
        (&["claude-haiku-5-5", "--input", "100001"], "0.0500005"),
        (&["gpt-5.5", "--input", "272000"], "1.36"),
        (&["gpt-5.5", "--input", "272001"], "2.72001"),
        (&["grok-4.5", "--input", "199999"], "0.399998"),
        (&["grok-4.5", "--input", "200000"], "0.8"),
        (&["gemini-4-argon", "--input", "1M", "--at", "2026-11-30"], "2"),
        (&["gemini-4-argon", "--input", "1M", "--at", "2026-12-01"], "4"),
        // Monday at peak, Monday at night, Sunday in what would be peak; a day without an hour costs the peak price.
        (&["deepseek-v4-pro", "--input", "1M", "--at", "2026-11-23T02:00Z"], "1.32"),
        (&["deepseek-v4-pro", "--input", "1M", "--at", "2026-11-23T04:00:00Z"], "0.66"),
        (&["deepseek-v4-pro", "--input", "1M", "--at", "2026-11-22T02:00:00Z"], "0.66"),
        (&["deepseek-v4-pro", "--input", "1M", "--at", "2026-11-23T10:00:00+08:00"], "1.32"),
        (&["deepseek-v4-pro", "--input", "1M"], "1.32"),
        (&["gpt-4o", "--input", "1M", "--at", "2024-09-01"], "5"),
        (&["gpt-4o-2024-05-13", "--input", "1M"], "5"),
        (&["claude-opus-5-5", "--input", "1M", "--cache-write", "1M"], "5"),
        (&["claude-opus-5-5", "--input", "1M", "--cache-write-1h", "1M", "--mode", "batch"], "4"),
        (&["claude-opus-5-5", "--input", "1M", "--region", "us"], "4.4"),
        (&["us.anthropic.claude-opus-5-5", "--input", "1M"], "4.4"),
        (&["gpt-4o", "--input", "1M", "--mode", "batch"], "1.25"),
        (&["grok-4.3", "--input", "1M", "--mode", "batch", "--cached", "1M"], "0.32"),
        (&["gpt-5", "--input", "0", "--also", "web_search=3"], "0.03"),
        (&["rerank-v3.5", "--input", "500", "--requests", "1000"], "2"),
    ] {
        assert_eq!(total(arguments), expected, "{arguments:?}");
    }
    assert_eq!(total(&[&["gpt-4o"], &million[..]].concat()), "12.5");
    // A million of the smallest requests are exact.
    assert_eq!(total(&["gpt-4o-mini", "--input", "500", "--output", "200", "--requests", "1M"]), "195");
}

#[test]
fn what_is_decided_for_the_user_is_said() {
    let notes = |arguments: &[&str]| json(&[&["price"], arguments].concat())["assumptions"].to_string();
    assert!(notes(&["deepseek-v4-pro", "--input", "1"]).contains("no hour is stated"));
    assert!(!notes(&["deepseek-v4-pro", "--input", "1", "--at", "2026-11-23T02:00Z"]).contains("no hour"));
    let cached = notes(&["gpt-4.1", "--input", "10", "--cached", "10", "--mode", "batch"]);
    assert!(cached.contains("publishes no batch price for cache_read"), "{cached}");
    let region = notes(&["deepseek-v4-pro", "--input", "1", "--region", "eu"]);
    assert!(region.contains("no price of its own for region eu"), "{region}");
    let retired = json(&["price", "gemini-1.5-pro", "--input", "1"])["warnings"].to_string();
    assert!(retired.contains("retired-model"), "{retired}");
    let long = json(&["price", "gpt-4o", "--input", "200000"])["warnings"].to_string();
    assert!(long.contains("exceeds-context"), "{long}");
}

#[test]
fn a_request_that_has_no_price_is_refused_with_a_reason() {
    let unknown = refused(&["price", "gpt-4oo", "--input", "1"], "unknown-model");
    assert!(unknown.contains("did you mean `gpt-4o`?"), "{unknown}");
    let early = refused(&["price", "gpt-4o", "--input", "1", "--at", "2023-01-01"], "no-price-at-date");
    assert!(early.contains("its first price is of 2024-05-13"), "{early}");
    let cached = refused(&["price", "gpt-4o", "--input", "100", "--cached", "500"], "impossible-usage");
    assert!(cached.contains("500 read from the cache are more than the 100 tokens"), "{cached}");
    refused(&["price", "gpt-4o", "--input", "-5"], "out-of-range");
    refused(&["price", "gpt-4o", "--input", "1.5"], "out-of-range");
    refused(&["price", "gpt-4o", "--input", "1", "--at", "tomorrow"], "bad-quantity");
    refused(&["price", "gpt-4o", "--input", "1", "--mode", "quick"], "no-price");
    refused(&["price", "deepseek-v4-pro", "--input", "1", "--mode", "batch"], "no-batch-price");
    refused(&["price", "gpt-4o", "--input", "1", "--also", "web_serch=1"], "unknown-word");
    let lifetime = refused(&["price", "gpt-6-sol", "--input", "10", "--cache-write-1h", "10"], "no-price");
    assert!(lifetime.contains("`30m` and `12h`"), "{lifetime}");
    let all = refused(&["price", "gpt-4o", "--input", "x", "--output", "y"], "bad-quantity");
    assert!(all.contains("2 errors"), "{all}");
}

fn cases(folder: &Path, name: &str, content: &str, to: &str) -> (String, String) {
    let (from, to) = (folder.join(name), folder.join(to));
    fs::write(&from, content).unwrap();
    let output = run(&["price", "--cases", from.to_str().unwrap(), "-o", to.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    (fs::read_to_string(to).unwrap(), text(&output.stderr))
}

#[test]
fn a_table_gets_a_price_or_a_reason_in_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let table = "id,model,input,cached,cache_write,cache_write_1h,output,requests,mode,at\n\
        1,gpt-4o-mini,500,,,,200,1000000,,\n\
        2,claude-opus-5-5,1000,200,300,100,50,,batch,2026-11-01\n\
        3,gpt-4o,100,500,,,1,,,\n\
        4,nobody,1,,,,,,,\n\
        5,deepseek-v4-pro,1000000,,,,,,,2026-11-22T02:00:00Z\n\
        6,gpt-4o,1000000000000000,0,0,0,0,1,standard,\n";
    let (csv, stderr) = cases(folder.path(), "a.csv", table, "b.csv");
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert!(
        csv.starts_with("id,model,input,cached,cache_write,cache_write_1h,output,requests,mode,at,cost_usd,error\r\n")
    );
    let cost = |row: usize| rows[row][10].as_str();
    assert_eq!(cost(0), "195");
    // (400 fresh x 2 + 200 x 0.1 + 300 x 2.5 + 100 x 4 + 50 x 10) / 1M
    assert_eq!(cost(1), "0.00247");
    assert_eq!((cost(2), rows[2][11].starts_with("impossible-usage: ")), ("", true));
    assert_eq!((cost(3), rows[3][11].starts_with("unknown-model: ")), ("", true));
    assert_eq!(cost(4), "0.66");
    assert_eq!(cost(5), "2500000000");
    assert!(rows.iter().all(|row| row.len() == 12));
    assert!(stderr.contains("2 of 6 rows have no price"), "{stderr}");
    let lines = "{\"model\": \"gpt-4o-mini\", \"input\": 500, \"output\": 200, \"note\": {\"a\": 1}}\n\n{\"model\": \"gpt-4o\", \"input\": 1000, \"mode\": \"batch\", \"at\": null}\n";
    let (lines, _) = cases(folder.path(), "a.jsonl", lines, "b.jsonl");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["cost_usd"], "0.000195");
    assert_eq!(lines[0]["input"], 500);
    assert_eq!(lines[1]["cost_usd"], "0.00125");
}

/// Whatever `price` is asked with flags a table asks with columns. claude-opus-5-5 costs 4/20, cached 0.2, written 5 (5m)
/// and 8 (1h), $0.01 a search; half of it in a batch; a tenth more in the us.
#[test]
fn a_table_has_every_dimension_of_a_price() {
    let folder = tempfile::tempdir().unwrap();
    let table = "model,input,cached,cache_write_5m,cache_write_1h,cache_write_12h,output,reasoning,web_search,mode,region,at,team\n\
        claude-opus-5-5,1000,100,200,,,5,,3,,,,a\n\
        claude-opus-5-5,1000,100,200,300,,5,50,,batch,,,\n\
        claude-opus-5-5,1000,100,200,,,5,,3,batch,us,,\n\
        claude-opus-5-5,1000,,,,1,,,,,,,\n\
        gpt-4o,10,,,,,,,x,,,,\n\
        deepseek-v4-pro,1M,,,,,,,,,,2026-11-23T10:00:00+08:00,\n\
        deepseek-v4-pro,1M,,,,,,,,,,2026-11-23T04:00:00Z,\n";
    let (csv, _) = cases(folder.path(), "a.csv", table, "b.csv");
    let results: Vec<(String, String)> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[13].to_owned(), row[14].to_owned()))
        .collect();
    let costs: Vec<&str> = results.iter().map(|(cost, _)| cost.as_str()).collect();
    // 700 x 4 + 100 x 0.2 + 200 x 5 + 5 x 20, per million, and three searches;
    // 400 x 2 + 100 x 0.1 + 200 x 2.5 + 300 x 4 + 55 x 10; (700 x 2 + 100 x 0.1 + 200 x 2.5 + 5 x 10 and $0.03) x 1.1.
    assert_eq!(costs, ["0.03392", "0.00306", "0.035156", "", "", "1.32", "0.66"]);
    let path = folder.path().join("a.csv").display().to_string();
    assert!(results[3].1.contains("`5m` and `1h`") && results[3].1.ends_with(&format!(" ({path}:5)")), "{results:?}");
    assert!(results[4].1.starts_with("bad-quantity: `web_search`") && results[4].1.ends_with(&format!(" ({path}:6)")));
    let lines = "{\"model\": \"claude-opus-5-5\", \"input\": 1000, \"cache_write_5m\": 1000, \"region\": \"us\"}\n";
    let (lines, _) = cases(folder.path(), "a.jsonl", lines, "b.jsonl");
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap()["cost_usd"], "0.0055");
}

#[test]
fn a_table_with_a_slip_in_its_header_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    for (content, code) in [
        ("model,input,cache_wirte\ngpt-4o,1,1\n", "unknown-key"),
        ("model,input_tokens\ngpt-4o,1\n", "missing-key"),
        ("model,input,webSearch\ngpt-4o,1,1\n", "unknown-key"),
        ("model,input,Region\ngpt-4o,1,eu\n", "unknown-key"),
        ("model,input,reasoning_tokens\ngpt-4o,1,1\n", "unknown-key"),
        ("model,input,input\ngpt-4o,1,1\n", "duplicate-name"),
        ("model,input\ngpt-4o,1,2,3\n", "syntax"),
    ] {
        fs::write(&path, content).unwrap();
        refused(
            &["price", "--cases", path.to_str().unwrap(), "-o", folder.path().join("out.csv").to_str().unwrap()],
            code,
        );
        assert!(!folder.path().join("out.csv").exists());
    }
    let output = run_with(&["price", "--cases", "-"], "model,input\ngpt-4o,1000\n");
    assert_eq!(text(&output.stdout), "model,input,cost_usd,error\r\ngpt-4o,1000,0.0025,\r\n");
}

#[test]
fn the_catalogue_is_listed_filtered_and_shown() {
    let models = |arguments: &[&str]| {
        let found = json(&[&["prices", "list"], arguments].concat());
        found["models"].as_array().unwrap().iter().map(|m| m["model"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(models(&[]).len() > 3000);
    assert_eq!(models(&["--provider", "deepseek", "--can", "hours"]).len(), 4);
    let batch = json(&["prices", "list", "grok-4.3", "--provider", "xai", "--mode", "batch"]);
    assert_eq!(batch["models"][0]["input"], "1");
    let cheap = json(&[
        "prices",
        "list",
        "--provider",
        "openai",
        "--can",
        "text",
        "--max-input",
        "0.05",
        "--max-output",
        "$0.5/1M",
    ]);
    assert!(cheap["models"].as_array().unwrap().iter().any(|model| model["model"] == "gpt-5-nano"));
    assert!(models(&["--can", "embedding", "--provider", "cohere"]).contains(&"embed-v4.0".to_owned()));
    assert!(!models(&["gemini-1.5-pro", "--provider", "google"]).contains(&"gemini-1.5-pro".to_owned()));
    assert!(models(&["gemini-1.5-pro", "--provider", "google", "--retired"]).contains(&"gemini-1.5-pro".to_owned()));
    let old = json(&["prices", "list", "gpt-4o", "--provider", "openai", "--at", "2024-09-01"]);
    assert!(old["models"].as_array().unwrap().iter().any(|model| model["model"] == "gpt-4o" && model["input"] == "5"));

    let holding = |at: &str| {
        let shown = json(&["prices", "show", "deepseek-v4-pro", "--at", at]);
        shown["holding"].as_array().unwrap().iter().find(|h| h["component"] == "input").unwrap()["usd"].clone()
    };
    assert_eq!(holding("2026-11-23T07:00Z"), "1.32");
    assert_eq!(holding("2026-11-23T12:00Z"), "0.66");
    assert_eq!(holding("2026-11-21T07:00Z"), "0.66");
    let argon = json(&["prices", "show", "gemini-4-argon"]);
    assert_eq!(argon["announced"][0]["from"], "2026-12-01");
    let disputed = text(&run(&["prices", "show", "deepseek-chat", "--at", "2026-01-01"]).stdout);
    assert!(
        disputed.contains("the sources disagree") && disputed.contains("genai-prices still says 0.27/1.10"),
        "{disputed}"
    );
    let history = json(&["prices", "history", "gpt-4o", "--mode", "standard"]);
    assert_eq!(history["steps"].as_array().unwrap().len(), 2);
    assert!(history["steps"][1]["changes"][0].as_str().unwrap().contains("input $5 to $2.5 (-50%)"));
}

#[test]
fn two_lists_differ_and_a_scenario_says_what_it_costs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let list = |input: &str, more: &str| {
        format!(
            "schema: 1\nprovider: team\nlisted: 2026-11-23\nmodels:\n  - {{id: gpt-4o, prices: [{{from: 2026-01-01, source: a, input: '{input}', output: '10'}}]}}\n{more}"
        )
    };
    fs::write(path("old.yaml"), list("2.5", "  - {id: gone, input: '1'}\n")).unwrap();
    fs::write(path("new.yaml"), list("2", "  - {id: fresh, input: '1'}\n")).unwrap();
    fs::write(
        path("s.yaml"),
        "llmcost: 1\nworkload: {requests: 1M/day, input: 1000, output: 0}\nstrategies:\n  a: {model: gpt-4o}\n",
    )
    .unwrap();
    let diff = json(&["prices", "diff", &path("old.yaml"), &path("new.yaml"), "--scenario", &path("s.yaml")]);
    assert_eq!(diff["added"][0], "fresh");
    assert_eq!(diff["removed"][0], "gone");
    assert_eq!(diff["changed"][0]["changes"][0], "input $2.5 to $2 (-20%)");
    let strategy = &diff["scenarios"][0]["strategies"][0];
    assert_eq!(
        (strategy["per_month_before"].as_str(), strategy["per_month_after"].as_str()),
        (Some("75000"), Some("60000"))
    );
    assert_eq!((strategy["change"].as_str(), strategy["percent"].as_str()), (Some("-15000"), Some("-20")));
}

#[test]
fn every_result_has_a_table_a_csv_and_json() {
    for arguments in [
        ["price", "gpt-4o", "--input", "1000"].as_slice(),
        &["prices", "list", "--provider", "xai"],
        &["prices", "show", "gpt-4o"],
        &["prices", "history", "gpt-4o"],
        &["prices", "diff", "guide-2025", "guide-2025"],
        &["prices", "lint"],
    ] {
        for format in ["table", "csv", "json"] {
            let output = run(&[arguments, &["--format", format]].concat());
            assert_eq!(output.status.code(), Some(0), "{arguments:?} {}", text(&output.stderr));
            assert!(text(&output.stdout).ends_with('\n'), "{arguments:?} {format}");
        }
    }
}
