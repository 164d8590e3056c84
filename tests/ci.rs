//! What CI runs: the composite action on a real repository with a base and a head, GitLab's template, and what the manual
//! tells people to copy. GitHub itself is played by this file: it fills in expressions, sets what GitHub sets, and answers
//! for its command line.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use llmcost::diag::{Sink, Source};
use llmcost::input::{self, Node, Value};

use crate::support::{root, skipped, text};

const ACTION: &str = ".github/actions/llmcost";
const SCENARIO: &str = "llmcost: 1\nname: Assistant\nprices: {as_of: 2026-11-23}\nworkload: {requests: 100k/day, input: 500, output: 200}\nstrategies:\n  big: {model: gpt-4o}\n  small: {model: gpt-4o-mini}\nbudgets:\n  - {strategy: big, per_month: $10k}\n";

/// A file of YAML as a tree.
fn yaml(text: &str) -> Node {
    let source = Arc::new(Source { name: "ci.yaml".into(), text: text.into(), first_line: 1 });
    let mut sink = Sink::default();
    let tree = input::parse(&source, &mut sink);
    sink.finish(tree).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn list(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => panic!("no list"),
    }
}

fn map(node: Option<&Node>) -> BTreeMap<String, String> {
    let entries = node.and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|(key, value)| (key.text.to_string(), value.scalar().unwrap_or_default().to_owned())).collect()
}

/// A repository on a runner.
struct Runner {
    folder: tempfile::TempDir,
    path: String,
    event: BTreeMap<&'static str, String>,
}

impl Runner {
    /// A repository with a scenario on its base, and a `llmcost` that can be found.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["work", "temp", "bin"] {
            fs::create_dir(folder.path().join(sub)).unwrap();
        }
        let path = format!("{}:{}", folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        let runner = Self { folder, path, event: BTreeMap::new() };
        let program = env!("CARGO_BIN_EXE_llmcost");
        runner.install("llmcost", &format!("exec '{program}' \"$@\""));
        runner.git(&["init", "--quiet", "--initial-branch=main"]);
        runner
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A program on the PATH, in a few lines of shell.
    fn install(&self, name: &str, script: &str) {
        let file = self.folder.path().join("bin").join(name);
        fs::write(&file, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn write(&self, name: &str, content: &str) {
        let file = self.work().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.work())
            .args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    }

    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn shell(&self, script: &str, environment: &BTreeMap<String, String>) -> Output {
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.work())
            .env("PATH", &self.path)
            .env("RUNNER_TEMP", self.folder.path().join("temp"))
            .env("GITHUB_REPOSITORY", "somebody/something")
            .env("GITHUB_OUTPUT", self.folder.path().join("output"))
            .env("GITHUB_PATH", self.folder.path().join("path"))
            .env("GITHUB_STEP_SUMMARY", self.folder.path().join("summary"))
            .envs(environment)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What an expression stands for.
    fn expression(&self, expression: &str, inputs: &BTreeMap<String, String>) -> String {
        let of = |term: &str| match term.trim() {
            "github.action_path" => root().join(ACTION).display().to_string(),
            "runner.temp" => self.folder.path().join("temp").display().to_string(),
            "github.token" => "a-token".to_owned(),
            other => match other.strip_prefix("inputs.") {
                Some(name) => inputs.get(name).unwrap_or_else(|| panic!("no input {name}")).clone(),
                None => self.event.get(other).cloned().unwrap_or_default(),
            },
        };
        expression.split("||").map(of).find(|value| !value.is_empty()).unwrap_or_default()
    }

    fn filled(&self, text: &str, inputs: &BTreeMap<String, String>) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap();
            out.push_str(before);
            out.push_str(&self.expression(expression, inputs));
            rest = after;
        }
        out + rest
    }

    /// Runs the action with these inputs; the output of its last step.
    fn action(&self, with: &BTreeMap<String, String>) -> Output {
        let action = yaml(&fs::read_to_string(root().join(ACTION).join("action.yml")).unwrap());
        let mut inputs = BTreeMap::new();
        for (key, node) in action.get("inputs").unwrap().entries().unwrap() {
            let default = node.get("default").and_then(Node::scalar).map(|text| self.filled(text, &BTreeMap::new()));
            let value = with.get(&*key.text).cloned().or(default);
            inputs.insert(key.text.to_string(), value.unwrap_or_else(|| panic!("{} is required", key.text)));
        }
        assert!(with.keys().all(|name| inputs.contains_key(name)), "an input that is none: {with:?}");
        let mut last = None;
        for step in list(action.get("runs").unwrap().get("steps").unwrap()) {
            let Some(script) = step.get("run").and_then(Node::scalar) else { continue };
            assert!(!script.contains("${{"), "an expression in a script runs whatever it holds");
            let environment = map(step.get("env")).into_iter().map(|(key, value)| (key, self.filled(&value, &inputs)));
            let output = self.shell(script, &environment.collect());
            let failed = !output.status.success();
            last = Some(output);
            if failed {
                break;
            }
        }
        last.unwrap()
    }

    /// What a file of the runner holds.
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

fn inputs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A command line of GitHub that keeps one comment in a file.
fn play_github(runner: &Runner) {
    runner.install(
        "gh",
        r#"
state="$RUNNER_TEMP/comment.json"
echo "$*" >>"$RUNNER_TEMP/calls"
[[ "$1" == api && -n "$GH_TOKEN" ]]
case "$*" in
  *"--method POST repos/somebody/something/issues/7/comments -F body=@"*)
    body=${*: -2:1}; cp "${body#body=@}" "$state" ;;
  *"--method PATCH repos/somebody/something/issues/comments/42 -F body=@"*)
    body=${*: -2:1}; cp "${body#body=@}" "$state" ;;
  *"--paginate repos/somebody/something/issues/7/comments"*)
    [[ -f "$state" && "$(head -n 1 "$state")" == "$MARKER" ]] && echo 42 || true ;;
  *) exit 1 ;;
esac"#,
    );
}

#[test]
fn scripts_are_clean_shell() {
    let scripts = ["build.sh", "report.sh"].map(|name| root().join(ACTION).join(name));
    match Command::new("shellcheck").args(&scripts).output() {
        Ok(output) => assert!(output.status.success(), "{}", text(&output.stdout)),
        Err(_) => skipped("shellcheck is not installed"),
    }
}

#[test]
fn the_action_reports_without_a_pull_request() {
    let runner = Runner::new();
    runner.write("cost.yaml", SCENARIO);
    runner.commit();
    let output = runner.action(&inputs(&[("files", "cost.yaml")]));
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(runner.read("summary").starts_with("# Assistant\n"), "{}", runner.read("summary"));
    let outputs = runner.read("output");
    assert!(outputs.contains("status=0"), "{outputs}");
    let report = outputs.lines().find_map(|line| line.strip_prefix("report=")).unwrap();
    assert!(fs::read_to_string(report).unwrap().contains("llmcost.report/1"));
}

#[test]
fn a_budget_that_is_not_met_fails_the_job_at_its_line_and_reports_all_the_same() {
    let runner = Runner::new();
    runner.write("cost/a.yaml", &SCENARIO.replace("$10k", "$9k"));
    runner.write("cost/b c.yaml", SCENARIO);
    runner.commit();
    let output = runner.action(&inputs(&[("files", "cost/*.yaml\n\n"), ("arguments", "--as-of\n2026-11-23\n")]));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let log = text(&output.stdout);
    assert!(log.contains("::error file=cost/a.yaml,line=9,col=32,title=Budget not met::"), "{log}");
    assert!(runner.read("output").contains("status=1"));
    assert!(runner.read("summary").contains("over $9,000.00"));
}

#[test]
fn bad_input_fails_with_its_place_and_writes_no_report() {
    let runner = Runner::new();
    runner.write("cost.yaml", &SCENARIO.replace("gpt-4o-mini", "gpt-4o-mni"));
    runner.commit();
    let output = runner.action(&inputs(&[("files", "cost.yaml")]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("::error file=cost.yaml,line=7,"), "{}", text(&output.stderr));
    assert_eq!(runner.read("output"), "");
    let output = runner.action(&inputs(&[("files", "nowhere/*.yaml")]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("no scenario matches `nowhere/*.yaml`"), "{}", text(&output.stdout));
}

/// A pull request: the comment is posted once and replaced afterwards.
#[test]
fn a_pull_request_gets_one_comment_that_is_kept_up_to_date() {
    let mut runner = Runner::new();
    play_github(&runner);
    runner.event.insert("github.event.pull_request.number", "7".to_owned());
    runner.write("cost.yaml", SCENARIO);
    runner.commit();
    let with = inputs(&[("files", "cost.yaml"), ("base", "none"), ("tag", "staging")]);
    for (price, shown) in [("gpt-4o-mini", "$585.00"), ("gpt-4.1-nano", "$390.00")] {
        runner.write("cost.yaml", &SCENARIO.replace("gpt-4o-mini", price));
        let output = runner.action(&with);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let comment = runner.read("temp/comment.json");
        assert!(comment.starts_with("<!-- llmcost staging -->\n"), "{comment}");
        assert!(comment.contains(shown), "{comment}");
    }
    let calls = runner.read("temp/calls");
    assert_eq!(calls.matches("--method POST").count(), 1, "{calls}");
    assert_eq!(calls.matches("--method PATCH").count(), 1, "{calls}");
}

#[test]
fn a_token_that_may_not_comment_fails_nothing() {
    let mut runner = Runner::new();
    runner.install("gh", "exit 1");
    runner.event.insert("github.event.pull_request.number", "7".to_owned());
    runner.write("cost.yaml", SCENARIO);
    runner.commit();
    let output = runner.action(&inputs(&[("files", "cost.yaml"), ("base", "none")]));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("::notice title=llmcost::"), "{}", text(&output.stdout));
}

/// What the script asks of `compare`: the base's revision, one file, conditions, a report.
#[test]
fn files_that_the_base_has_are_compared_and_new_ones_are_not() {
    let mut runner = Runner::new();
    runner.write("old.yaml", SCENARIO);
    let base = runner.commit();
    runner.write("old.yaml", &SCENARIO.replace("100k/day", "110k/day").replace("$10k", "$20k"));
    runner.write("new.yaml", SCENARIO);
    runner.commit();
    runner.event.insert("github.event.pull_request.base.sha", base.clone());
    let program = env!("CARGO_BIN_EXE_llmcost");
    runner.install(
        "llmcost",
        &format!(
            r#"
printf '<%s> ' "$@" >>"$RUNNER_TEMP/calls"; echo >>"$RUNNER_TEMP/calls"
if [[ "$1" == compare ]]; then '{program}' simulate "$4" "${{@: -2}}"; exit 1; fi
exec '{program}' "$@""#
        ),
    );
    let output = runner.action(&inputs(&[
        ("files", "old.yaml\nnew.yaml"),
        ("fail-on", "per_month > +5%\n"),
        ("comment", "false"),
    ]));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let calls = runner.read("temp/calls");
    let compared: Vec<&str> = calls.lines().filter(|line| line.starts_with("<compare>")).collect();
    assert_eq!(compared.len(), 1, "{calls}");
    let expected = format!("<compare> <--base-ref> <{base}> <old.yaml> <--fail-on> <per_month > +5%> <-o> <json=");
    assert!(compared[0].starts_with(&expected), "{calls}");
    assert!(calls.lines().any(|line| line.starts_with("<simulate> <new.yaml> <-o> <json=")), "{calls}");
}

/// A job of a template of GitLab, with its variables.
fn gitlab_job(runner: &Runner, template: &str, variables: &[(&str, &str)]) -> Output {
    let file = yaml(template);
    let job = file.get("llmcost").unwrap();
    let mut environment = map(job.get("variables"));
    environment.extend(inputs(variables));
    let script: Vec<&str> = ["before_script", "script"]
        .into_iter()
        .flat_map(|part| list(job.get(part).unwrap()))
        .map(|line| line.scalar().unwrap())
        .collect();
    let output = runner.shell(&script.join("\n"), &environment);
    for (_, path) in job.get("artifacts").unwrap().get("reports").unwrap().entries().unwrap() {
        assert!(runner.work().join(path.scalar().unwrap()).is_file(), "{}", text(&output.stderr));
    }
    for path in list(job.get("artifacts").unwrap().get("paths").unwrap()) {
        assert!(runner.work().join(path.scalar().unwrap()).is_file());
    }
    output
}

#[test]
fn the_gitlab_job_keeps_its_reports_and_fails_with_the_budget() {
    let template = fs::read_to_string(root().join(".ci/gitlab.yml")).unwrap();
    let runner = Runner::new();
    runner.write("cost.yaml", SCENARIO);
    let output = gitlab_job(&runner, &template, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("cost.yaml: it holds"), "{}", text(&output.stdout));
    runner.write("cost.yaml", &SCENARIO.replace("$10k", "$9k"));
    let output =
        gitlab_job(&runner, &template, &[("LLMCOST_FILES", "cost.yaml"), ("LLMCOST_ARGUMENTS", "--as-of 2026-11-23")]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let junit = fs::read_to_string(runner.work().join("llmcost-junit.xml")).unwrap();
    assert!(junit.contains("failures=\"1\""), "{junit}");
}

/// A block of a text of ours that begins with this comment.
fn block(file: &str, begins: &str) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let found =
        text.split("```").find(|block| block.split_once('\n').is_some_and(|(_, rest)| rest.starts_with(begins)));
    found.unwrap_or_else(|| panic!("{file} has no {begins}")).split_once('\n').unwrap().1.to_owned()
}

/// What a new user does: an empty repository, `init`, the workflow of the README.
#[test]
fn the_workflow_of_the_readme_works_in_an_empty_repository() {
    let workflow = block("README.md", "# .github/workflows/cost.yml");
    assert_eq!(workflow, block("src/manual/ci.md", "# .github/workflows/cost.yml"));
    let mut runner = Runner::new();
    play_github(&runner);
    let written = runner.shell("llmcost init", &BTreeMap::new());
    assert!(written.status.success(), "{}", text(&written.stderr));
    runner.write(".github/workflows/cost.yml", &workflow);
    runner.commit();
    runner.event.insert("github.event.pull_request.number", "7".to_owned());
    let workflow = yaml(&workflow);
    let allowed = map(workflow.get("permissions"));
    assert_eq!(allowed.get("pull-requests").map(String::as_str), Some("write"));
    let steps = list(workflow.get("jobs").unwrap().get("cost").unwrap().get("steps").unwrap());
    let uses = |step: &Node| step.get("uses").and_then(Node::scalar).unwrap_or_default().to_owned();
    let ours = steps.iter().find(|step| uses(step).starts_with(&format!("OWNER/llmcost/{ACTION}@"))).unwrap();
    let output = runner.action(&map(ours.get("with")));
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    let comment = runner.read("temp/comment.json");
    assert!(comment.contains("## Our assistant\n\n**cached-and-batched** costs **$"), "{comment}");
}

#[test]
fn the_hooks_of_the_manual_refuse_what_passes_a_budget() {
    let hook = yaml(&block("src/manual/ci.md", "# .pre-commit-config.yaml"));
    let hook = &list(list(hook.get("repos").unwrap())[0].get("hooks").unwrap())[0];
    let entry = hook.get("entry").and_then(Node::scalar).unwrap().to_owned();
    let plain = block("src/manual/ci.md", "#!/bin/sh").trim_start_matches("#!/bin/sh\n").to_owned();
    let runner = Runner::new();
    for (budget, status) in [("$10k", 0), ("$9k", 1)] {
        runner.write("cost.yaml", &SCENARIO.replace("$10k", budget));
        for command in [&format!("{entry} cost.yaml"), &plain] {
            let output = runner.shell(command, &BTreeMap::new());
            assert_eq!(output.status.code(), Some(status), "{command}: {}", text(&output.stdout));
            assert_eq!(text(&output.stdout).is_empty(), status == 0, "{}", text(&output.stdout));
        }
    }
}
