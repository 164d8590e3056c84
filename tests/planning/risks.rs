//! `compare` of results of `risk`.

use serde_json::Value;

use crate::support::{program, root, text};

#[test]
fn results_of_risk_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = root().join("scenarios/risk.yaml");
    let run = |arguments: &[&str]| program(folder.path()).args(arguments).output().unwrap();
    let save = |name: &str, more: &[&str]| {
        let all = [&["risk", scenario.to_str().unwrap(), "--samples", "4096", "-o", name], more].concat();
        assert!(run(&all).status.success());
    };
    save("a.json", &[]);
    save("b.json", &["--seed", "3"]);
    save("c.json", &["--set", "workload.output={p50: 210, p95: 350}"]);
    let compared = |base: &str, head: &str| {
        let output = run(&["compare", base, head, "-f", "json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    // Other draws of the same scenario are no difference, longer answers are one.
    let same = compared("a.json", "b.json");
    let other = compared("a.json", "c.json");
    assert_eq!(same["schema"], "llmcost.risk-comparison/1");
    for (index, strategy) in ["all-gpt-4o", "cascade"].into_iter().enumerate() {
        assert_eq!(same["strategies"][index]["name"], strategy);
        assert_eq!(
            (&same["strategies"][index]["is_real"], &other["strategies"][index]["is_real"]),
            (&false.into(), &true.into())
        );
    }
    let table = text(&run(&["compare", "a.json", "c.json"]).stdout);
    assert!(table.contains(" real ") || table.contains(" real\n"), "{table}");
    assert_eq!(text(&run(&["compare", "a.json", "c.json", "-f", "csv"]).stdout).lines().count(), 3);
    for (arguments, words) in [
        (&["compare", "a.json", "x.yaml"][..], "x.yaml is no result of `risk`"),
        (&["compare", "a.json", "b.json", "c.json"], "3 are named"),
        (&["compare", "a.json", "b.json", "--fail-on", "per_month > +5%"], "compared as they are"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
}
