//! What several tests need: the program as a process, scenarios as values, snapshots in their room.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use llmcost::check::{self, Options};
use llmcost::diag::{Diagnostic, terminal};
use llmcost::input::Input;
use llmcost::render::{self, CsvColumns, Face, FocusVersion, Look, View};
use llmcost::report::{Evaluation, Period, Report};

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, with an environment that says nothing of colours and width.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmcost"));
    command.current_dir(folder);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in the project's folder.
pub fn run(arguments: &[&str]) -> Output {
    program(root()).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Runs the program with a text on standard input.
pub fn run_with(arguments: &[&str], stdin: &str) -> Output {
    let mut child = program(root())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Says why a test did not run; past the capture of the test runner, so that it is seen.
pub fn skipped(reason: &str) {
    std::io::stderr().write_all(format!("skipped: {reason}\n").as_bytes()).unwrap();
}

/// The report of a scenario, or what is wrong with it.
pub fn try_report(text: &str) -> Result<Report, Vec<Diagnostic>> {
    let input = Input::Text { name: "scenario.yaml".into(), text: text.into() };
    check::load(&input, &Options::default()).and_then(Evaluation::of).map(|evaluation| Report::of(&evaluation))
}

/// The report of a scenario that must be sound.
pub fn report(text: &str) -> Report {
    try_report(text).unwrap_or_else(|errors| panic!("{}\n{text}", terminal::render(&errors, false)))
}

/// Reports in every form of text, by the name that `--format` has for it.
pub fn forms(reports: &[Report]) -> Vec<(&'static str, String)> {
    let (view, look) = (View::default(), Look { width: 80, colour: false, quiet: false });
    let columns = CsvColumns::named(&[], None).unwrap();
    let tables = reports.iter().map(|report| render::table(report, &view, look)).collect::<Vec<_>>();
    let specs = reports.iter().flat_map(|report| render::charts(report, &view, Face::Whole)).flatten();
    let drawings = specs.map(|(_, spec)| render::chart::terminal(&spec, look)).collect::<Vec<_>>();
    vec![
        ("table", tables.join("\n")),
        ("chart", drawings.join("\n")),
        ("json", render::json(reports).unwrap()),
        ("csv", render::csv(reports, &columns).unwrap()),
        ("markdown", render::markdown(reports, &view, Face::Whole, None)),
        ("html", render::html(reports, &view, Face::Whole)),
        ("github", render::github(reports, &view, Face::Whole, "", render::GITHUB_COMMENT)),
        ("junit", render::junit(reports).unwrap()),
        ("gitlab-metrics", render::gitlab_metrics(reports, Period::Month)),
        ("focus", render::focus(reports, FocusVersion::V1_2).unwrap()),
    ]
}

/// Every shipped scenario, by its path below the project's folder.
pub fn scenarios() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let name = folder.join(entry.unwrap().file_name());
            if root().join(&name).is_dir() {
                folders.push(name);
            } else if name.extension().is_some_and(|ending| ending == "yaml") {
                found.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert!(found.len() >= 12, "scenarios are missing: {found:?}");
    found
}

/// Compares with the snapshot `name` in the room of snapshots.
pub fn snapshot(name: &str, content: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.to_owned(), content));
}
