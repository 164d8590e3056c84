//! Queries run for real, on the engines that are here, cost what a replay costs, to the last digit. The interpreter is
//! `python3`, or what `LLMCOST_PYTHON` names.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use llmcost::units::Exact;

use super::{HEADER, Room, Row, rows, total};
use crate::support::{skipped, text};

/// Prices that change in the middle of the log, tiers, a batch card and a negotiated discount.
const LIST: &str = r#"schema: 1
provider: house
currency: USD
listed: 2026-11-01
models:
  - id: small
    prices:
      - {from: 2025-01-01, source: here, input: "0.15", cache_read: "0.075", cache_write: "0.15", output: "0.6"}
      - {from: 2025-10-12, source: here, input: "0.13", cache_read: "0.0333", cache_write: "0.13", output: "0.55"}
    fallback: {batch: {factor: "0.5", applies_to: [input, output]}}
  - id: large
    prices:
      - from: 2025-01-01
        source: here
        input: {usd: "3", tiers: [{above: 2000, usd: "6"}]}
        output: {usd: "15", tiers: [{above: 2000, usd: "22.5"}]}
        cache_read: {usd: "0.3", tiers: [{above: 2000, usd: "0.6"}]}
        cache_write: {usd: "3.75", tiers: [{above: 2000, usd: "7.5"}]}
      - from: 2025-01-01
        when: {mode: batch}
        source: here
        input: {usd: "1.5", tiers: [{above: 2000, usd: "3"}]}
        output: {usd: "7.5", tiers: [{above: 2000, usd: "11.25"}]}
        cache_read: "0.15"
        cache_write: "1.875"
"#;

const STRATEGIES: &str = "llmcost: 1
prices: {catalog: [list.yaml], discount: {large: 12%}}
strategies:
  logged: {model: as-logged}
  large: {model: large}
  waiting: {model: large, batch: {share: 100%}}
  teams: {route: {by: column, column: team, is: {team-1: large, \"o'hara\": large}, default: small}}
  lengths: {route: {by: length, up_to: {1500: small}, default: large}}
";

const MAPPING: &str = "model=model,input=input_tokens,cached=cache_read_tokens,cache_write=cache_write_tokens,output=output_tokens,batch=batch,time=ts";

fn log() -> String {
    let line = |row: &Row| row.csv().replace("team-2", "o'hara");
    HEADER.to_owned() + &rows(3_000, 61).iter().map(line).collect::<String>()
}

fn room() -> Room {
    let room = Room::new();
    room.put("list.yaml", LIST);
    room.put("s.yaml", STRATEGIES);
    room.put("log.csv", log());
    room
}

fn query(room: &Room, dialect: &str) -> String {
    let output = room.run(&[
        "sql",
        "s.yaml",
        "--dialect",
        dialect,
        "--models",
        "small,large",
        "--columns",
        MAPPING,
        "--time",
        "ms",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// `strategy|model|requests|cost_usd|unpriced|bad` on each line.
fn is_equal_to_the_replay(room: &Room, answer: &str) {
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    let exact = |text: &str| Exact::from_decimal(text.trim()).unwrap_or_else(|| panic!("{text:?}\n{answer}"));
    let lines: Vec<Vec<&str>> = answer.lines().map(|line| line.split('|').collect()).collect();
    for (at, strategy) in report["strategies"].as_array().unwrap().iter().enumerate() {
        let own: Vec<_> = lines.iter().filter(|cells| cells[0] == strategy["name"]).collect();
        assert_eq!(own.len(), strategy["by_model"].as_array().unwrap().len(), "{answer}");
        let sum: Exact = own.iter().map(|cells| exact(cells[3])).sum();
        assert_eq!(sum.to_string(), total(&report, at), "{}\n{answer}", strategy["name"]);
        let requests: Exact = own.iter().map(|cells| exact(cells[2])).sum();
        assert_eq!(requests.to_string(), "3000");
        assert!(own.iter().all(|cells| exact(cells[4]).is_zero() && exact(cells[5]).is_zero()), "{answer}");
    }
    assert_eq!(
        lines.len(),
        report["strategies"].as_array().unwrap().iter().map(|s| s["by_model"].as_array().unwrap().len()).sum::<usize>()
    );
}

/// The interpreter, if it has the module.
fn python(module: &str) -> Option<PathBuf> {
    let python = std::env::var_os("LLMCOST_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let there = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if there.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    skipped(&format!("{} has no module {module}", python.display()));
    None
}

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn on_duckdb() {
    let Some(python) = python("duckdb") else { return };
    let room = room();
    room.put("query.sql", query(&room, "duckdb"));
    let script = r#"
import duckdb
c = duckdb.connect()
c.execute("create table requests as select * from read_csv('log.csv', header=true)")
for row in c.execute(open('query.sql').read()).fetchall():
    print('|'.join(format(cell, 'f') if type(cell).__name__ == 'Decimal' else str(cell) for cell in row))
"#;
    let script = script.trim_start();
    room.put("run.py", script);
    let output = ran(Command::new(python).arg("run.py").current_dir(room.path()));
    is_equal_to_the_replay(&room, &text(&output.stdout));
}

/// What a table lacks is counted, and nothing is taken for zero.
#[test]
fn missing_counts_and_unknown_models_are_counted() {
    let Some(python) = python("duckdb") else { return };
    let room = room();
    room.put("query.sql", query(&room, "duckdb"));
    let bad = format!(
        "{HEADER}1760000000000,large,a,,0,0,5,0\n1760000000000,large,a,10,20,0,5,0\n1760000000000,other,a,10,0,0,5,0\n1760000000000,small,a,10,0,0,5,0\n"
    );
    room.put("log.csv", bad);
    let script = "import duckdb\nc = duckdb.connect()\nc.execute(\"create table requests as select * from read_csv('log.csv', header=true)\")\nfor row in c.execute(open('query.sql').read()).fetchall():\n    print('|'.join(str(cell) for cell in row if cell is not None))\n";
    room.put("run.py", script);
    let output = text(&ran(Command::new(python).arg("run.py").current_dir(room.path())).stdout);
    let line = |start: &str| output.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{output}"));
    // One has no length, one more cached tokens than tokens.
    assert!(line("logged|large|2|").ends_with("|1|2"), "{output}");
    assert!(line("logged|other|1|").ends_with("|1|0"), "{output}");
    assert!(line("logged|small|1|0.0000045").ends_with("|0|0"), "{output}");
}

#[test]
fn on_spark() {
    let Some(python) = python("pyspark") else { return };
    let room = room();
    room.put("query.sql", query(&room, "spark"));
    let script = r"
from pyspark.sql import SparkSession
s = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').config('spark.sql.session.timeZone', 'UTC').getOrCreate()
s.read.csv('log.csv', header=True, inferSchema=True).createOrReplaceTempView('requests')
for row in s.sql(open('query.sql').read().strip().rstrip(';')).collect():
    print('|'.join(format(cell, 'f') if type(cell).__name__ == 'Decimal' else str(cell) for cell in row))
";
    room.put("run.py", script.trim_start());
    let output = ran(Command::new(python).arg("run.py").current_dir(room.path()));
    is_equal_to_the_replay(&room, &text(&output.stdout));
}

/// The newest PostgreSQL of the system, if there is one.
fn postgres() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists() && bin.join("psql").exists())
        .collect();
    found.sort();
    if found.is_empty() {
        skipped("there is no PostgreSQL in /usr/lib/postgresql");
    }
    found.pop()
}

/// A command of a user that a database agrees to be run by.
#[cfg(unix)]
fn as_somebody(program: &Path, room: &Path) -> Command {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata(room).unwrap().uid() != 0 && !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "nobody", "--"]).arg(program);
    command
}

#[cfg(unix)]
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

#[cfg(unix)]
#[test]
fn on_postgres() {
    let Some(bin) = postgres() else { return };
    let room = room();
    let data = room.path().join("data");
    std::fs::create_dir(&data).unwrap();
    if is_root() {
        ran(Command::new("chown").args(["-R", "nobody"]).arg(room.path()));
    }
    let command = |name: &str| {
        let mut command = as_somebody(&bin.join(name), room.path());
        command.current_dir(room.path());
        command
    };
    ran(command("initdb").args([
        "-D",
        "data",
        "-A",
        "trust",
        "-U",
        "somebody",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]));
    let options = format!("-c listen_addresses='' -c unix_socket_directories={} -c fsync=off", room.path().display());
    ran(command("pg_ctl").args(["-D", "data", "-w", "-l", "log.txt", "-o", &options, "start"]));
    room.put("query.sql", query(&room, "postgres"));
    let table = "create table requests (ts bigint, model text, team text, input_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, output_tokens bigint, batch int);";
    let psql = |arguments: &[&str]| {
        command("psql")
            .args([
                "-h",
                room.path().to_str().unwrap(),
                "-U",
                "somebody",
                "-d",
                "postgres",
                "-v",
                "ON_ERROR_STOP=1",
                "-q",
                "-At",
            ])
            .args(arguments)
            .output()
            .unwrap()
    };
    let made = psql(&["-c", table, "-c", "\\copy requests from log.csv csv header"]);
    let answer = psql(&["-f", "query.sql"]);
    // Stopped whatever came of it.
    ran(command("pg_ctl").args(["-D", "data", "-w", "-m", "immediate", "stop"]));
    assert!(made.status.success() && answer.status.success(), "{}{}", text(&made.stderr), text(&answer.stderr));
    is_equal_to_the_replay(&room, &text(&answer.stdout));
}

#[test]
fn every_dialect_parses() {
    let Some(python) = python("sqlglot") else { return };
    let room = room();
    for dialect in ["duckdb", "spark", "clickhouse", "bigquery", "snowflake", "postgres"] {
        room.put(&format!("{dialect}.sql"), query(&room, dialect));
        let script = format!(
            "import sqlglot\nfound = sqlglot.parse(open('{dialect}.sql').read(), read='{dialect}')\nassert len([one for one in found if one is not None]) == 1\n"
        );
        room.put("parse.py", script);
        ran(Command::new(&python).arg("parse.py").current_dir(room.path()));
    }
}

#[test]
fn what_a_query_cannot_follow_is_refused() {
    let room = room();
    for (strategy, said) in [
        ("{route: {small: 50%, large: rest}}", "which requests a share of a route takes"),
        ("{model: large, batch: {share: 40%}}", "which calls a share of the batch takes"),
        ("{model: large, response_cache: {exact: {hit_rate: 30%}}}", "which answers a response cache has"),
        ("{model: large, prefix_cache: {hit_rate: 30%, tokens: 50%}}", "what a prompt cache holds"),
        ("{cascade: [{model: small, accept: 60%}, {model: large}]}", "which answers a cascade accepts"),
    ] {
        room.put("s.yaml", format!("llmcost: 1\nprices: {{catalog: [list.yaml]}}\nstrategies: {{it: {strategy}}}\n"));
        let output = room.run(&["sql", "s.yaml", "--dialect", "duckdb"]);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{strategy}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    room.put("s.yaml", STRATEGIES);
    let output = room.run(&["sql", "s.yaml", "--dialect", "duckdb"]);
    assert!(text(&output.stderr).contains("which models does the table name?"), "{}", text(&output.stderr));
}
