//! The command line as a process: flags, streams, files, exit statuses.

use std::fs;
use std::process::Stdio;

use crate::support::{program, root, run, run_with, text};

const ROUTING: &str = "scenarios/guide/routing.yaml";

const SMALL: &str =
    "llmcost: 1\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  a: {model: gpt-4o}\n";

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = run(&[&["simulate"], arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn json_has_the_keys_of_the_contract_and_exact_strings() {
    let report = json(&[ROUTING]);
    assert_eq!(report["schema"], "llmcost.report/1");
    assert_eq!(report["scenario"]["file"], ROUTING);
    assert_eq!(report["currency"], "USD");
    assert_eq!(report["days_per_month"], "30");
    assert_eq!(report["baseline"], "all-gpt-4o");
    assert_eq!(report["prices"]["lists"][0]["name"], "guide-2025");
    assert_eq!(report["prices"]["lists"][0]["sha256"].as_str().unwrap().len(), 64);
    let routed = &report["strategies"][1];
    assert_eq!(routed["name"], "smart-routing");
    assert_eq!(routed["cost"]["per_day"], "713.5");
    assert_eq!(routed["cost"]["per_month"], "21405");
    assert_eq!(routed["cost"]["per_year"], "260427.5");
    assert_eq!(routed["cost"]["per_request"], "0.0007135");
    assert!(routed["cost"]["per_million_tokens"].as_str().unwrap().starts_with("1.01928571428571428"));
    assert_eq!(routed["savings"]["per_month"], "76095");
    assert!(routed["savings"]["percent"].as_str().unwrap().starts_with("78.0461538461538"));
    let usage = routed["usage"].as_array().unwrap().iter().find(|usage| usage["model"] == "gpt-4o").unwrap();
    assert_eq!(usage["calls_per_day"], "100000");
    assert_eq!(usage["input_tokens_per_day"], "50000000");
    assert_eq!(usage["cached_tokens_per_day"], "0");
    assert_eq!(usage["output_tokens_per_day"], "20000000");
    assert_eq!(usage["per_day"], "325");
    let line = routed["lines"].as_array().unwrap().iter().find(|line| line["item"] == "gpt-4o").unwrap();
    for (key, value) in [
        ("lever", "route"),
        ("component", "input"),
        ("quantity", "50000000"),
        ("unit", "token"),
        ("unit_price", "2.5"),
        ("per", "1000000"),
        ("per_day", "125"),
    ] {
        assert_eq!(line[key], value, "{key}");
    }
    assert_eq!(routed["warnings"][0]["code"], "dominated-model");
}

#[test]
fn set_as_of_and_prices_change_the_result() {
    let doubled = json(&[ROUTING, "--set", "workload.requests=2M/day"]);
    assert_eq!(doubled["strategies"][0]["cost"]["per_day"], "6500");
    let shares = json(&[
        ROUTING,
        "--set",
        "strategies.smart-routing.route.gpt-3.5-turbo=0%",
        "--set",
        "strategies.smart-routing.route.gpt-4o-mini=rest",
    ]);
    assert_eq!(shares["strategies"][1]["cost"]["per_day"], "500.5");
    let flow = json(&[ROUTING, "--set", "strategies.all-gpt-4o.batch={share: 40%}"]);
    assert_eq!(flow["strategies"][0]["cost"]["per_day"], "2600");

    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small.yaml");
    fs::write(&small, SMALL).unwrap();
    let small = small.to_str().unwrap();
    // gpt-4o cost 5/15 before its price was cut.
    assert_eq!(json(&[small, "--as-of", "2024-09-01"])["strategies"][0]["cost"]["per_day"], "5500");
    assert_eq!(json(&[small])["strategies"][0]["cost"]["per_day"], "3250");
    let list = folder.path().join("team.yaml");
    fs::write(&list, "schema: 1\nprovider: team\nlisted: 2026-01-01\nmodels:\n  - {id: gpt-4o, input: 1, output: 2}\n")
        .unwrap();
    let priced = json(&[small, "--prices", list.to_str().unwrap()]);
    assert_eq!(priced["strategies"][0]["cost"]["per_day"], "900");
    assert_eq!(priced["prices"]["lists"].as_array().unwrap().len(), 2);
}

#[test]
fn a_scenario_may_come_from_standard_input() {
    let output = run_with(&["simulate", "-", "--format", "json"], SMALL);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("<stdin>"));
}

#[test]
fn several_files_make_an_array() {
    let both = json(&[ROUTING, "scenarios/guide/caching.yaml"]);
    assert_eq!(both.as_array().unwrap().len(), 2);
}

#[test]
fn check_passes_or_fails_by_its_exit_status() {
    let passing = run(&["check", ROUTING]);
    assert_eq!(passing.status.code(), Some(0));
    let failing = run(&["check", ROUTING, "--set", "workload.output=201"]);
    assert_eq!(failing.status.code(), Some(1));
    assert!(text(&failing.stdout).contains("is $3,260.00, expected $3,250.00"), "{}", text(&failing.stdout));
    assert!(text(&failing.stdout).contains("routing.yaml:21:5"), "{}", text(&failing.stdout));
    let budget = |level: &str| format!("{SMALL}budgets: [{{strategy: a, per_month: $90k, level: {level}}}]\n");
    assert_eq!(run_with(&["check", "-"], &budget("fail")).status.code(), Some(1));
    assert_eq!(run_with(&["check", "-"], &budget("warn")).status.code(), Some(0));
    // A budget that is not met does not spoil `simulate`.
    assert_eq!(run_with(&["simulate", "-"], &budget("fail")).status.code(), Some(0));
    assert_eq!(text(&run(&["check", ROUTING, "--quiet"]).stdout), "");
}

#[test]
fn check_writes_one_csv_row_per_claim() {
    let output = run(&["check", ROUTING, "--format", "csv"]);
    let rows: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows[1].contains(",expectation,all-gpt-4o,per_day,3250,0,3250,USD,fail,true,"), "{}", rows[1]);
}

#[test]
fn usage_errors_are_status_two_with_a_suggestion() {
    let output = run(&["simulte", ROUTING]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("simulate"));
    assert_eq!(run(&["simulate"]).status.code(), Some(2));
    let unknown = run(&["explain", ROUTING, "smart-ruting"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `smart-routing`?"));
    let path = run(&["explain", ROUTING, "smart-routing", "per_mont"]);
    assert_eq!(path.status.code(), Some(2));
    assert!(text(&path.stderr).contains("`per_month`"), "{}", text(&path.stderr));
}

#[test]
fn colours_follow_flag_and_environment() {
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = program(root());
        command.args(["simulate", ROUTING]).args(arguments).envs(environment.iter().copied()).stdin(Stdio::null());
        text(&command.output().unwrap().stdout).contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn tables_fit_eighty_columns_and_use_more_where_there_are_more() {
    let width = |columns: &str| {
        let output = program(root())
            .args(["simulate", "scenarios/support-assistant.yaml"])
            .env("COLUMNS", columns)
            .output()
            .unwrap();
        text(&output.stdout).lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert!(width("80") <= 80, "{}", width("80"));
    assert!(width("60") <= 60, "{}", width("60"));
    assert!((101..=140).contains(&width("140")), "{}", width("140"));
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = program(root())
        .args(["simulate", "scenarios/support-assistant.yaml", "--format", "json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn files_are_written_whole_in_the_form_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (csv, json, table) = (path("a.csv"), path("b.json"), path("c.txt"));
    let output =
        run(&["simulate", ROUTING, "-o", &csv, "-o", &format!("json={json}"), "-o", &format!("table={table}")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert!(fs::read_to_string(&csv).unwrap().starts_with("scenario,strategy,lever,"));
    assert!(fs::read_to_string(&json).unwrap().starts_with("{\n  \"schema\""));
    assert!(fs::read_to_string(&table).unwrap().contains("smart-routing"));
    let unknown = run(&["simulate", ROUTING, "-o", &path("d.dat")]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(!folder.path().join("d.dat").exists());
}

#[test]
fn nothing_is_written_when_one_target_fails() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.csv");
    let bad = folder.path().join("nowhere").join("bad.csv");
    let output = run(&["simulate", ROUTING, "-o", good.to_str().unwrap(), "-o", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot be written"), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_fails_to_load_leaves_the_old_result_alone() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.csv");
    fs::write(&old, "old").unwrap();
    let output = run(&["simulate", "tests/cases/errors/shares.yaml", "-o", old.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
}

#[test]
fn includes_are_laid_below_the_file_that_includes_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "common.yaml",
        "workload: {requests: 2M/day, prompt: {system: 100, user: 300}, output: 200}\nstrategies:\n  base: {model: gpt-4o}\nbudgets:\n  - {strategy: base, per_month: $1M}\n",
    );
    write(
        "main.yaml",
        "llmcost: 1\ninclude: [common.yaml]\nworkload: {requests: 1M/day, prompt: {user: 400}}\nstrategies:\n  mini: {model: gpt-4o-mini}\nbudgets:\n  - {strategy: mini, per_month: $1M}\n",
    );
    let report = json(&[folder.path().join("main.yaml").to_str().unwrap()]);
    assert_eq!(report["strategies"][0]["name"], "base");
    assert_eq!(report["strategies"][0]["cost"]["per_day"], "3250");
    assert_eq!(report["strategies"][1]["name"], "mini");
    assert_eq!(report["budgets"].as_array().unwrap().len(), 2);
}

#[test]
fn another_currency_converts_what_is_shown() {
    let text_of =
        format!("{SMALL}currency: {{code: EUR, per_usd: 0.8}}\nbudgets: [{{strategy: a, per_day: 2600 EUR}}]\n");
    let output = run_with(&["simulate", "-", "--format", "json"], &text_of);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["currency"], "EUR");
    assert_eq!(report["strategies"][0]["cost"]["per_day"], "2600");
    assert_eq!(report["strategies"][0]["lines"][0]["unit_price"], "2.5");
    assert_eq!(report["strategies"][0]["lines"][0]["per_day"], "1000");
    assert_eq!(report["budgets"][0]["limit"], "2600");
    assert_eq!(report["budgets"][0]["ok"], true);
}

#[test]
fn hostile_names_reach_no_terminal_and_no_spreadsheet() {
    let scenario = "llmcost: 1\nname: \"=cmd()\\e[31m\"\nworkload: {requests: 1/day, input: 1, output: 1}\nstrategies:\n  \"@evil\\e]0;x\\a\": {model: gpt-4o}\n";
    let table = run_with(&["simulate", "-"], scenario);
    assert_eq!(table.status.code(), Some(0));
    assert!(!text(&table.stdout).contains('\u{1b}'));
    let csv = run_with(&["simulate", "-", "--format", "csv"], scenario);
    assert!(text(&csv.stdout).lines().skip(1).all(|line| line.starts_with("'=cmd()") && line.contains(",'@evil")));
}

#[test]
fn a_misspelt_lever_is_not_dropped_in_silence() {
    let scenario = format!("{SMALL}  b: {{extends: a, btch: off}}\n");
    let output = run_with(&["simulate", "-"], &scenario);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `batch`?"), "{}", text(&output.stderr));
}

#[test]
fn the_parts_of_a_breakdown_add_up_to_the_month() {
    let scenario = "llmcost: 1\ncalendar: {days_per_month: 31}\nworkload: {requests: 30M/month, input: 500, output: 200}\nstrategies:\n  a: {model: gpt-4o}\n";
    let output = run_with(&["simulate", "-", "--format", "json"], scenario);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["strategies"][0]["cost"]["per_month"], "97500");
    assert_eq!(report["strategies"][0]["breakdown"][0]["per_month"], "97500");
}

#[test]
fn a_decimal_comma_gets_advice_that_keeps_the_value() {
    for (stated, advice) in [("'2,5%'", "`2.5%`"), ("'0,5'", "`0.5`"), ("'12,5%'", "`12.5%`")] {
        let output = run_with(&["simulate", "-"], &format!("{SMALL}  b: {{model: gpt-4o, batch: {stated}}}\n"));
        assert!(text(&output.stderr).contains(advice), "{}", text(&output.stderr));
    }
    let output = run_with(&["simulate", "-"], &SMALL.replace("500", "1,500"));
    assert!(text(&output.stderr).contains("a comma separates entries"), "{}", text(&output.stderr));
}

#[test]
fn figures_that_differ_look_different() {
    let scenario = format!("{SMALL}budgets: [{{strategy: a, per_day: $3249.9999}}]\n");
    let output = run_with(&["check", "-"], &scenario);
    assert!(text(&output.stdout).contains("3,250 USD, over 3,249.9999 USD"), "{}", text(&output.stdout));
}

#[test]
fn set_refuses_a_misspelt_strategy_and_takes_quoted_keys() {
    let misspelt = run(&["simulate", ROUTING, "--set", "strategies.smart-ruting.model=gpt-4o"]);
    assert_eq!(misspelt.status.code(), Some(2));
    assert!(text(&misspelt.stderr).contains("did you mean `smart-routing`?"));
    let quoted = json(&[
        ROUTING,
        "--set",
        "strategies.all-gpt-4o={route: {gpt-4o: rest}}",
        "--set",
        "strategies.all-gpt-4o.route.\"gpt-3.5-turbo\"=10%",
    ]);
    assert_eq!(quoted["strategies"][0]["usage"].as_array().unwrap().len(), 2);
}

#[test]
fn savings_are_no_limit() {
    let scenario = format!("{SMALL}budgets: [{{strategy: a, savings_percent: 3}}]\n");
    let output = run_with(&["check", "-"], &scenario);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("unknown-key"), "{}", text(&output.stderr));
}

/// Every template is a sound scenario that keeps its budgets, and says how it is called.
#[test]
fn every_template_is_a_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let here = |arguments: &[&str]| program(folder.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
    for template in ["assistant", "rag", "agent", "batch", "self-host"] {
        let file = format!("{template}.yaml");
        let written = here(&["init", &file, "--template", template]);
        assert_eq!(written.status.code(), Some(0), "{template}: {}", text(&written.stderr));
        let shown = here(&["simulate", &file, "--format", "json"]);
        assert_eq!(shown.status.code(), Some(0), "{template}: {}", text(&shown.stderr));
        let report: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert!(report["strategies"].as_array().unwrap().len() > 2, "{template}");
        assert!(!report["best"].is_null(), "{template}: nothing is better than what is there");
        assert_eq!(here(&["check", &file]).status.code(), Some(0), "{template}");
        let teaches = fs::read_to_string(folder.path().join(&file)).unwrap();
        assert!(teaches.contains(&file) && !teaches.contains("cost.yaml"), "{template}");
    }
    let unknown = here(&["init", "x.yaml", "--template", "rga"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("rag"), "{}", text(&unknown.stderr));
}

#[test]
fn init_writes_a_sound_scenario_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = |arguments: &[&str]| program(folder.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
    let written = here(&["init"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert_eq!(text(&written.stdout), "cost.yaml is written; now: llmcost simulate cost.yaml\n");
    let checked = here(&["check", "cost.yaml"]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", text(&checked.stdout), text(&checked.stderr));
    let shown = here(&["simulate", "cost.yaml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(report["strategies"].as_array().unwrap().len(), 3);
    // The date of the list that is embedded, so that a new user starts with today's prices.
    assert_eq!(report["prices"]["as_of"], report["prices"]["lists"][0]["listed"]);
    fs::write(folder.path().join("cost.yaml"), "mine").unwrap();
    let again = here(&["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is there already"), "{}", text(&again.stderr));
    assert_eq!(fs::read_to_string(folder.path().join("cost.yaml")).unwrap(), "mine");
    let other = here(&["init", "other.yaml", "--quiet"]);
    assert_eq!((other.status.code(), text(&other.stdout).as_str()), (Some(0), ""));
    assert!(fs::read_to_string(folder.path().join("other.yaml")).unwrap().contains("llmcost check    other.yaml"));
    assert_eq!(
        text(&here(&["init", "-"]).stdout).lines().next(),
        Some("# What does our LLM system cost, and what should we change?")
    );
    assert_eq!(here(&["init", "no/where.yaml"]).status.code(), Some(2));
}

#[test]
fn shells_and_manuals_know_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("focus-version"), "{shell}");
    }
    let page = text(&run(&["man"]).stdout);
    assert!(page.contains(".TH llmcost 1") && page.contains("simulate"), "{page}");
    let page = text(&run(&["man", "simulate"]).stdout);
    assert!(page.contains(".TH llmcost-simulate 1") && page.contains("focus\\-version"), "{page}");
    let wrong = run(&["man", "simulat"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("`simulate`"), "{}", text(&wrong.stderr));
}
