//! Price lists of one's own: which one wins, what was negotiated beside them, and what becomes of a file that is not
//! what it says.

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{run, text};

/// Writes files and runs the program on them.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            fs::write(folder.path(name), content).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn report(&self, scenario: &str, more: &[&str]) -> Value {
        let output = run(&[&["simulate", &self.path(scenario), "--format", "json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    }
}

fn list(name: &str, usd: &str) -> String {
    format!(
        "schema: 1\nlist: {name}\nprovider: acme\nlisted: 2026-11-20\nmodels:\n  - {{id: gpt-4o, input: '{usd}'}}\n  - {{id: {name}-only, input: '{usd}'}}\n"
    )
}

fn per_day(report: &Value, strategy: &str) -> String {
    let all = report["strategies"].as_array().unwrap();
    all.iter().find(|one| one["name"] == strategy).unwrap()["cost"]["per_day"].as_str().unwrap().to_owned()
}

/// A million input tokens a day: what a day costs is the price. Under everything lies the embedded list ($2.5), then
/// those of `catalog` in their order, then `add`, then those of the command line.
#[test]
fn later_lists_win_and_every_report_names_them_with_their_hashes() {
    let scenario = |prices: &str| {
        format!(
            "llmcost: 1\nworkload: {{requests: 1/day, input: 1M, output: 0}}\nprices: {{as_of: 2026-11-23, {prices}}}\nstrategies: {{s: {{model: gpt-4o}}}}\n"
        )
    };
    let (low, high, last) = (list("low", "10"), list("high", "20"), list("last", "40"));
    let folder = Folder::with(&[
        ("low.yaml", &low),
        ("high.yaml", &high),
        ("last.yaml", &last),
        ("none.yaml", &scenario("")),
        ("one.yaml", &scenario("catalog: low.yaml")),
        ("two.yaml", &scenario("catalog: [low.yaml, high.yaml]")),
        ("turned.yaml", &scenario("catalog: [high.yaml, low.yaml]")),
        ("add.yaml", &scenario("catalog: [low.yaml, high.yaml], add: {gpt-4o: {input: 30}}")),
        ("only.yaml", &scenario("catalog: [low.yaml, high.yaml]").replace("model: gpt-4o", "model: low-only")),
    ]);
    let price = |name: &str, more: &[&str]| per_day(&folder.report(name, more), "s");
    assert_eq!(price("none.yaml", &[]), "2.5");
    assert_eq!(price("one.yaml", &[]), "10");
    assert_eq!(price("two.yaml", &[]), "20");
    assert_eq!(price("turned.yaml", &[]), "10");
    assert_eq!(price("add.yaml", &[]), "30");
    assert_eq!(price("add.yaml", &["--prices", &folder.path("last.yaml")]), "40");
    // What the upper lists leave out is looked for in the lower ones.
    assert_eq!(price("only.yaml", &[]), "10");

    let report = folder.report("add.yaml", &["--prices", &folder.path("last.yaml")]);
    let lists = report["prices"]["lists"].as_array().unwrap();
    let names: Vec<&str> = lists.iter().map(|list| list["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["last", "scenario", "high", "low", "embedded"]);
    let hash =
        |text: &str| Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(lists[0]["sha256"], hash(&last));
    assert_eq!(lists[2]["sha256"], hash(&high));
    assert_eq!(lists[3]["sha256"], hash(&low));
    assert!(lists.iter().all(|list| list["sha256"].as_str().unwrap().len() == 64));
    let receipt = run(&["price", "gpt-4o", "--input", "1M", "--prices", &folder.path("last.yaml"), "--format", "json"]);
    let receipt: Value = serde_json::from_slice(&receipt.stdout).unwrap();
    assert_eq!((receipt["total"].as_str(), receipt["lists"][0]["sha256"].as_str()), (Some("40"), Some(&*hash(&last))));
}

const NEGOTIATED: &str = "llmcost: 1
workload: {requests: 1M/day, input: 1000, output: 200}
prices:
  as_of: 2026-11-23
  discount:
    openai: 10%
    gpt-4o: {default: 12%, output: 20%, batch: {output: 5%, default: 0%}}
    deepseek: 100%
  markup: {anthropic: 5.5%, openai: {priority: 50%}, gpt-4o-mini: {input: 50%}}
strategies:
  own: {model: gpt-4o}
  batched: {model: gpt-4o, batch: {share: 40%}}
  sellers: {model: gpt-4o-mini}
  dearer: {model: claude-opus-5-5}
  given: {model: deepseek-v4-pro}
  list: {model: gemini-3.8-flash}
";

/// (price paid, list price) of each line of a strategy, by component and mode.
fn prices(report: &Value, strategy: &str) -> Vec<(String, String, String, Option<String>)> {
    let all = report["strategies"].as_array().unwrap();
    let lines = all.iter().find(|one| one["name"] == strategy).unwrap()["lines"].as_array().unwrap();
    let cell = |line: &Value, key: &str| line[key].as_str().map(str::to_owned);
    lines
        .iter()
        .map(|line| {
            let word = |key: &str| cell(line, key).unwrap();
            (word("component"), word("mode"), word("unit_price"), cell(line, "list_unit_price"))
        })
        .collect()
}

/// A model's own terms replace its seller's; a mode's replace those of a component; what is not named follows
/// `default`. List prices: gpt-4o 2.5/10, batch 1.25/5; gpt-4o-mini 0.15/0.6; claude-opus-5-5 4/20.
#[test]
fn discounts_and_markups_hold_by_seller_model_mode_and_component() {
    let folder = Folder::with(&[("s.yaml", NEGOTIATED)]);
    let report = folder.report("s.yaml", &[]);
    let line = |component: &str, mode: &str, paid: &str, list: Option<&str>| {
        (component.to_owned(), mode.to_owned(), paid.to_owned(), list.map(str::to_owned))
    };
    assert_eq!(
        prices(&report, "batched"),
        [
            line("input", "standard", "2.2", Some("2.5")),
            line("output", "standard", "8", Some("10")),
            line("input", "batch", "1.25", None),
            line("output", "batch", "4.75", Some("5")),
        ]
    );
    // 0.15 x 0.9 x 1.5, and 0.6 x 0.9.
    assert_eq!(
        prices(&report, "sellers"),
        [line("input", "standard", "0.2025", Some("0.15")), line("output", "standard", "0.54", Some("0.6"))]
    );
    let costs = |strategy: &str| {
        let all = report["strategies"].as_array().unwrap();
        let cost = &all.iter().find(|one| one["name"] == strategy).unwrap()["cost"];
        let cell = |key: &str| cost[key].as_str().map(str::to_owned);
        (cell("per_month").unwrap(), cell("list_per_month"))
    };
    // 30 x (1000 x 2.2 + 200 x 8) against 30 x (1000 x 2.5 + 200 x 10).
    assert_eq!(costs("own"), ("114000".into(), Some("135000".into())));
    // 30 x (600 x 2.2 + 120 x 8 + 400 x 1.25 + 80 x 4.75) against 30 x (600 x 2.5 + 120 x 10 + 400 x 1.25 + 80 x 5).
    assert_eq!(costs("batched"), ("94800".into(), Some("108000".into())));
    // What is given away still has its list price.
    let (paid, list) = costs("given");
    assert_eq!(paid, "0");
    assert!(list.is_some_and(|list| list != "0"));
    assert_eq!(costs("list").1, None);
    assert_eq!(
        prices(&report, "dearer"),
        [line("input", "standard", "4.22", Some("4")), line("output", "standard", "21.1", Some("20"))]
    );

    let table = text(&run(&["simulate", &folder.path("s.yaml")]).stdout);
    assert!(table.contains("list per month") && table.contains("$135,000.00"), "{table}");
    let columns = ["--format", "csv", "--fields", "strategy,component,unit_price_usd,list_unit_price_usd"];
    let csv = text(&run(&[&["simulate", &folder.path("s.yaml")], &columns[..]].concat()).stdout);
    assert!(csv.contains("dearer,output,21.1,20"), "{csv}");
    let explained = text(&run(&["explain", &folder.path("s.yaml"), "sellers"]).stdout);
    assert!(
        explained.contains("discount of openai 10%") && explained.contains("mark-up of gpt-4o-mini input 50%"),
        "{explained}"
    );
}

#[test]
fn a_discount_may_be_a_range_and_mistakes_in_it_are_told_all_at_once() {
    let folder = Folder::with(&[
        ("range.yaml", &NEGOTIATED.replace("openai: 10%", "openai: {low: 5%, high: 15%}")),
        (
            "wrong.yaml",
            "llmcost: 1
workload: {requests: 1/day, input: 1, output: 1}
prices:
  as_of: 2026-11-23
  discount: {openai: 110%, gpt-4o: {defualt: 12%, outptu: 20%, bacth: 5%, batch: {outpu: 3%}}, openai/gpt-4o: 3%, nobody: 4%}
  markup: 5%
strategies: {a: {model: gpt-4o}}
",
        ),
    ]);
    assert!(folder.report("range.yaml", &[])["strategies"].is_array());
    let told = folder.refused(&["simulate", &folder.path("wrong.yaml")]);
    for expected in [
        "error[out-of-range]: a share is at most 100%, `110%` is more",
        "`defualt` is neither a mode nor a component",
        "did you mean `default`?",
        "did you mean `output`?",
        "did you mean `batch`?",
        "`outpu` is neither",
        "error[duplicate-name]: `gpt-4o` and `openai/gpt-4o` are the same model",
        "error[unknown-model]: `nobody` is neither a provider nor a model",
        "`markup` is a map from providers or models to shares",
        "8 errors; nothing was computed",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

/// A list from outside is input like any other: each mistake has its place, all are told at once, nothing is computed.
#[test]
fn a_list_that_is_not_sound_is_refused_with_every_reason() {
    let folder = Folder::with(&[(
        "evil.yaml",
        "schema: 1
provider: acme
listed: 2026-13-40
extra: 1
models:
  - {id: x, input: 1e400, output: '-1'}
  - {input: '1'}
  - {id: t, input: {usd: '1', tiers: [{above: 99999999999999999999999, usd: '2'}]}}
  - {id: u, input: {usd: '1', tiers: [{above: 500, usd: '2'}, {above: 5, usd: '1'}]}, outptu: '3'}
  - {id: n, input: nan}
  - {id: a, input: '1', aliases: [{name: q, from: 2021-01-01, until: 2020-01-01}]}
  - {id: w, prices: [{from: 2026-01-01, when: {window: {hours: ['05:00-05:00']}}, input: '1'}, {from: 2026-01-01, input: '1'}]}
  - {id: z, input: '0'}
  - 17
",
    )]);
    for arguments in [["price", "gpt-4o", "--input", "1", "--prices"].as_slice(), &["prices", "lint"]] {
        let told = folder.refused(&[arguments, &[&folder.path("evil.yaml")]].concat());
        for (line, expected) in [
            (3, "a date is written `2026-11-23`"),
            (4, "a price list has no key `extra`"),
            (6, "`1e400` has more than 40 digits"),
            (6, "`-1` is negative"),
            (7, "a model needs `id`"),
            (8, "is too large"),
            (9, "tiers stand in ascending order"),
            (9, "did you mean `output`?"),
            (10, "`nan` is not a number"),
            (11, "this alias ends before it begins"),
            (12, "`05:00-05:00` is no range of hours"),
            (13, "`z` has no price at all"),
            (14, "a model is a map of keys and values"),
        ] {
            assert!(told.contains(expected), "{expected}: {told}");
            assert!(told.contains(&format!("evil.yaml:{line}:")), "{line}: {told}");
        }
        assert!(told.contains("13 errors"), "{told}");
    }
}

#[test]
fn files_that_are_no_lists_at_all_are_refused() {
    let deep = "[".repeat(100_000);
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let folder = Folder::with(&[
        ("deep.yaml", &deep),
        ("bomb.yaml", bomb),
        ("cycle.yaml", "a: &a [*a]\n"),
        ("empty.yaml", ""),
        ("scenario.yaml", "llmcost: 1\nmodels: []\n"),
        ("new.yaml", "schema: 2\nprovider: p\nmodels: [{id: x, input: '1'}]\n"),
        ("twice.yaml", "schema: 1\nprovider: p\nmodels: [{id: x, input: '1'}, {id: x, input: '2'}]\n"),
        ("keys.yaml", "schema: 1\nprovider: p\nprovider: q\nmodels: [{id: x, input: '1'}]\n"),
        ("euro.yaml", "schema: 1\nprovider: p\ncurrency: EUR\nmodels: [{id: x, input: '1'}]\n"),
    ]);
    for (name, code) in [
        ("deep.yaml", "too-complex"),
        ("bomb.yaml", "too-complex"),
        ("cycle.yaml", "syntax"),
        ("empty.yaml", "empty"),
        ("scenario.yaml", "wrong-shape"),
        ("new.yaml", "version"),
        ("twice.yaml", "duplicate-name"),
        ("keys.yaml", "duplicate-key"),
        ("euro.yaml", "unknown-word"),
        ("missing.yaml", "unreadable"),
    ] {
        let told = folder.refused(&["price", "gpt-4o", "--input", "1", "--prices", &folder.path(name)]);
        assert!(told.contains(&format!("error[{code}]")), "{name}: {told}");
    }
}

/// Names of a list cannot steer a terminal, and the largest price times the largest request is exact.
#[test]
fn hostile_names_and_numbers_stay_what_they_are() {
    let folder = Folder::with(&[(
        "odd.yaml",
        "schema: 1\nprovider: \"ac\\e[31mme\"\nmodels:\n  - {id: \"x\\e[2J\\u202Ey\", input: '1', aliases: [odd]}\n  - {id: big, input: '999999999999'}\n  - {id: tiny, input: '0.000000000000000000000000000001'}\n",
    )]);
    let list = folder.path("odd.yaml");
    for arguments in [["price", "odd", "--input", "1"].as_slice(), &["prices", "show", "odd"], &["prices", "list", "x"]]
    {
        let output = run(&[arguments, &["--prices", &list]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let shown = text(&output.stdout);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    }
    let total = |model: &str| {
        let output = run(&[
            "price",
            model,
            "--input",
            "1000000000000000",
            "--requests",
            "1000000",
            "--prices",
            &list,
            "--format",
            "json",
        ]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["total"].as_str().unwrap().to_owned()
    };
    assert_eq!(total("big"), "999999999999000000000000000");
    assert_eq!(total("tiny"), "0.000000000000001");
}
