//! Every form of a report, read by somebody else's parser or held against somebody else's rules.

mod browser;
mod comment;
mod csv;
mod focus;
mod json;
mod junit;
mod metrics;
mod options;
mod render;

use llmcost::report::Report;

use crate::support::{report, run, scenarios, text};

/// A scenario whose names are markup, formulae, commands and escapes of every format.
pub fn hostile() -> Report {
    report(
        r##"
llmcost: 1
name: "=cmd() | <script>alert(1)</script> `x` ::error::y --> ##[add-mask]z \e[31m"
workload: {requests: 3M/month, input: 700, output: 130}
strategies:
  "@team <img src=x onerror=alert(1)>": {model: gpt-4o, batch: {share: 30%}}
  "a|b, \"c\"\nd": {model: gpt-4o-mini, retries: {rate: 7%}}
  "::set-output name=x::y": {route: {gpt-4o-mini: 33.3%, gpt-4.1: rest}}
  "-->{}#12": {model: gpt-4.1-mini}
budgets:
  - {strategy: "@team <img src=x onerror=alert(1)>", per_month: $1}
  - {strategy: "a|b, \"c\"\nd", per_month: $2, level: warn}
expect:
  - {strategy: "::set-output name=x::y", metric: per_month, equals: 1}
"##,
    )
}

/// The reports of every shipped scenario, and the hostile one.
pub fn reports() -> Vec<Report> {
    let shipped = scenarios().into_iter().map(|path| {
        let output = run(&["simulate", &path, "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    });
    shipped.chain([hostile()]).collect()
}
