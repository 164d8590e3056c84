//! A file against itself at a revision: a real repository in a temporary folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::{program, skipped, snapshot, text};

const SCENARIO: &str = "\
llmcost: 1
name: Support
include: [common.yaml]
prices: {as_of: 2025-01-01, catalog: [guide-2025, ../prices/team.yaml]}
strategies:
  all-gpt-4o: {model: gpt-4o}
  smart-routing: {route: {gpt-4o-mini: 90%, gpt-4o: rest}}
  team: {model: team-model}
";
const COMMON: &str = "workload: {requests: 1M/day, prompt: {system: 150, user: 350}, output: 200}\n";
const PRICES: &str =
    "schema: 1\nprovider: team\nlisted: 2025-01-01\nmodels:\n  - {id: team-model, input: 1, output: 2}\n";

/// A repository in which a scenario, what it includes and the price list that it names are committed.
struct Repository(TempDir);

impl Repository {
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            skipped("there is no git");
            return None;
        }
        let found = Self(tempfile::tempdir().unwrap());
        found.git(&["init", "--quiet", "--initial-branch=main"]);
        fs::create_dir_all(found.path().join("scenarios")).unwrap();
        fs::create_dir_all(found.path().join("prices")).unwrap();
        found.write("scenarios/support.yaml", SCENARIO);
        found.write("scenarios/common.yaml", COMMON);
        found.write("prices/team.yaml", PRICES);
        found.commit("first");
        Some(found)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.path()).args(arguments);
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
        ] {
            command.env(name, value);
        }
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn compare(&self, arguments: &[&str]) -> Output {
        self.compare_in("", arguments)
    }

    fn compare_in(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = program(&self.path().join(folder));
        command.arg("compare").args(arguments).stdin(Stdio::null());
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command.output().unwrap()
    }
}

/// 500 + 200 tokens at 2.5 and 10: 3,250 a day. 156 more of the system prompt are 390 more: 12%.
#[test]
fn a_change_that_costs_12_percent_more_fails_the_gate_and_says_why() {
    let Some(repository) = Repository::new() else { return };
    repository.write("scenarios/common.yaml", &COMMON.replace("150", "306"));
    let output = repository.compare(&["--base-ref", "main", "scenarios/support.yaml", "--fail-on", "per_month > +5%"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let shown = text(&output.stdout);
    assert!(shown.contains("✗ per_month > +5%: all-gpt-4o +12.0% ($97,500.00 → $109,200.00), tokens"), "{shown}");
    assert!(shown.contains("workload.prompt.system  150 → 306"), "{shown}");
    snapshot("compare-gate-fails", &shown);
    // Committed or not, from wherever in the repository, by whatever name of the revision.
    repository.commit("longer prompt");
    let again =
        repository.compare_in("scenarios", &["--base-ref", "HEAD~1", "support.yaml", "--fail-on", "per_month > +5%"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(
        text(&again.stdout),
        shown.replace("main:scenarios/", "HEAD~1:scenarios/").replace("→ scenarios/support", "→ support")
    );
}

#[test]
fn below_the_threshold_it_is_quiet() {
    let Some(repository) = Repository::new() else { return };
    repository.write("scenarios/common.yaml", &COMMON.replace("150", "170"));
    let gate = ["--base-ref", "main", "scenarios/support.yaml", "--fail-on", "per_month > +5%"];
    let output = repository.compare(&gate);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "✓ no per_month > +5%: team +2.2% ($27,000.00 → $27,600.00)\n");
    let quiet = repository.compare(&[&gate[..], &["--quiet"]].concat());
    assert_eq!((quiet.status.code(), text(&quiet.stdout)), (Some(0), String::new()));
    let small = repository.compare(&["--base-ref", "main", "scenarios/support.yaml", "--quiet-below", "3%"]);
    assert_eq!((small.status.code(), text(&small.stdout)), (Some(0), String::new()));
    // Other formats are always complete.
    let json = repository.compare(&[&gate[..], &["--quiet", "--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report["comparison"]["strategies"][0]["change_per_month"], "1500");
    assert_eq!(report["comparison"]["conditions"][0]["holds"], false);
    assert_eq!(report["comparison"]["base"]["commit"].as_str().unwrap().len(), 40);
}

/// The list has another price on the disk; what was committed is read for the base.
#[test]
fn price_lists_are_read_at_the_revision_too() {
    let Some(repository) = Repository::new() else { return };
    repository.write("prices/team.yaml", &PRICES.replace("output: 2", "output: 3"));
    let output = repository.compare(&["--base-ref", "main", "scenarios/support.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("unchanged: all-gpt-4o, smart-routing"), "{shown}");
    assert!(shown.contains("team-model output") && shown.contains("$2.00 → $3.00 per 1M (+50.0%)"), "{shown}");
}

#[test]
fn a_new_file_has_nothing_to_be_compared_with() {
    let Some(repository) = Repository::new() else { return };
    repository.write("scenarios/new.yaml", SCENARIO);
    let output = repository.compare(&["--base-ref", "main", "scenarios/new.yaml", "--fail-on", "per_month > +5%"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "✓ no per_month > +5%: nothing to compare\n");
    let value = repository.compare(&["--base-ref", "main", "scenarios/new.yaml", "--fail-on", "per_month > $90k"]);
    assert_eq!(value.status.code(), Some(1));
    let shown = text(&value.stdout);
    assert!(shown.contains("✗ per_month > $90k: all-gpt-4o $97,500.00"), "{shown}");
    assert!(shown.contains("- main:scenarios/new.yaml does not exist: everything is new"), "{shown}");
}

#[test]
fn several_files_are_compared_each_with_itself() {
    let Some(repository) = Repository::new() else { return };
    repository.write("scenarios/other.yaml", SCENARIO);
    repository.commit("another");
    repository.write("scenarios/common.yaml", &COMMON.replace("1M", "2M"));
    let files = ["scenarios/support.yaml", "scenarios/other.yaml"];
    let output = repository.compare(&[&["--base-ref", "main", "--format", "json"], &files[..]].concat());
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let labels: Vec<&str> =
        reports.as_array().unwrap().iter().map(|one| one["comparison"]["base"]["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["main:scenarios/support.yaml", "main:scenarios/other.yaml"]);
    let gate = |condition: &str| {
        let output = repository.compare(&[&["--base-ref", "main", "--fail-on", condition], &files[..]].concat());
        (output.status.code(), text(&output.stdout))
    };
    let (code, shown) = gate("all-gpt-4o.per_month > +100%");
    let closest = "no all-gpt-4o.per_month > +100%: all-gpt-4o +100.0% ($97,500.00 → $195,000.00)";
    assert_eq!(code, Some(0));
    assert_eq!(shown, format!("✓ {}: {closest}\n✓ {}: {closest}\n", files[0], files[1]));
    let (code, shown) = gate("team.per_month > +50%");
    assert_eq!(code, Some(1));
    assert!(shown.contains("✗ scenarios/other.yaml: team.per_month > +50%: team +100.0%"), "{shown}");
}

#[test]
fn what_git_does_not_know_is_an_error() {
    let Some(repository) = Repository::new() else { return };
    let said = |arguments: &[&str]| {
        let output = repository.compare(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
        assert_eq!(text(&output.stdout), "");
        text(&output.stderr)
    };
    let unknown = said(&["--base-ref", "mian", "scenarios/support.yaml"]);
    assert!(unknown.contains("there is no revision `mian`") && unknown.contains("did you mean `main`?"), "{unknown}");
    // An option of git is no revision.
    assert!(said(&["--base-ref=--all", "scenarios/support.yaml"]).contains("there is no revision `--all`"));
    // What was wrong at the revision is told with its place there.
    repository.write("scenarios/common.yaml", "workload: {requests: lots, input: 1, output: 1}\n");
    repository.commit("broken");
    repository.write("scenarios/common.yaml", COMMON);
    let broken = said(&["--base-ref", "main", "scenarios/support.yaml"]);
    assert!(broken.contains("main:scenarios/common.yaml:1:22"), "{broken}");
    // An include that did not exist yet.
    repository.write("scenarios/support.yaml", &SCENARIO.replace("common.yaml", "commn.yaml"));
    repository.commit("misspelt");
    repository.write("scenarios/support.yaml", SCENARIO);
    let missing = said(&["--base-ref", "main", "scenarios/support.yaml"]);
    assert!(missing.contains("there is no file main:scenarios/commn.yaml"), "{missing}");
    assert!(missing.contains("did you mean `common.yaml`?"), "{missing}");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.yaml"), SCENARIO.replace("include: [common.yaml]\n", COMMON)).unwrap();
    let lists = outside.path().join("a.yaml");
    let text = fs::read_to_string(&lists)
        .unwrap()
        .replace(", ../prices/team.yaml", "")
        .replace("  team: {model: team-model}\n", "");
    fs::write(&lists, text).unwrap();
    assert!(said(&["--base-ref", "main", lists.to_str().unwrap()]).contains("is not in a git repository"));
}
