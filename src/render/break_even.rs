//! Break-evens as text: both sides, the volumes that self-hosting wins, the answer at the workload's own volume.

use super::style::{Look, harmless};
use crate::report::{BreakEvenReport, Report};
use crate::units::{Exact, display};

/// All comparisons of a report.
pub fn break_evens(report: &Report, look: Look) -> String {
    let mut out = format!("{}\n", look.bold(&harmless(&report.scenario.name)));
    for case in &report.break_even {
        out.push('\n');
        out.push_str(&comparison(case, look));
    }
    out
}

fn comparison(case: &BreakEvenReport, look: Look) -> String {
    let unit = format!("{}s", case.unit.replace('_', " "));
    let usd = |amount: &Exact| display::money(amount, "USD");
    let count = |volume: &Exact| display::grouped(&volume.to_fixed(volume.decimals().map_or(2, |d| d.min(2))));
    let title = format!("{} against {}, in {unit} an hour", harmless(&case.api), harmless(&case.deployment));
    let mut out = format!("{}\n", look.bold(&title));
    let mut row = |name: &str, amount: &str, what: &str| {
        out.push_str(&look.paragraph(&format!("  {name:<24}{amount:>12}  "), what));
    };
    row("API", &usd(&case.api_per_million), &format!("per 1M {unit}"));
    row("self-hosted, full", &usd(&case.self_hosted_full_load_per_million), &format!("per 1M {unit}"));
    let replica = format!("an hour for a replica, which takes {} {unit}", count(&case.capacity_per_replica_per_hour));
    row("one replica", &usd(&case.replica_per_hour), &replica);
    if !case.fixed_per_hour.is_zero() {
        row("operations", &usd(&case.fixed_per_hour), "an hour, whatever the load");
    }
    out.push('\n');
    if case.self_hosted_cheaper.is_empty() {
        out.push_str("  Self-hosting is never cheaper: a full replica costs no less than the API.\n");
    } else {
        out.push_str(&format!("  Self-hosting is cheaper at these volumes of {unit} an hour:\n"));
    }
    for win in case.self_hosted_cheaper.iter().take(MOST_SHOWN) {
        let text = match &win.to_per_hour {
            Some(to) => format!("{} to {}", count(&win.from_per_hour), count(to)),
            None => format!("above {}, for good", count(&win.from_per_hour)),
        };
        out.push_str(&format!("    {text}\n"));
    }
    if case.self_hosted_cheaper.len() > MOST_SHOWN || case.truncated {
        out.push_str("    ... more in `--format json`\n");
        if let Some(from) = &case.permanent_from_per_hour {
            out.push_str(&format!("    above {}, for good\n", count(from)));
        }
    }
    let verdict = &case.verdict;
    let saved = (&verdict.api_per_hour - &verdict.self_hosted_per_hour).abs();
    let text = format!(
        "At your {} an hour: API {}, self-hosted {} with {} {}; {}.",
        count(&verdict.volume_per_hour),
        usd(&verdict.api_per_hour),
        usd(&verdict.self_hosted_per_hour),
        display::count(&verdict.replicas),
        if verdict.replicas == Exact::ONE { "replica" } else { "replicas" },
        match &*verdict.cheaper {
            "self_hosted" => format!("self-hosting saves {} an hour", usd(&saved)),
            "api" => format!("the API saves {} an hour", usd(&saved)),
            _ => "both cost the same".to_owned(),
        },
    );
    out.push('\n');
    out.push_str(&look.good(look.paragraph("  ", &text).trim_end()));
    out.push('\n');
    for warning in &case.warnings {
        let text = harmless(&format!("[{}] {}", warning.code, warning.message));
        out.push_str(&look.careful(look.paragraph("! ", &text).trim_end()));
        out.push('\n');
    }
    for assumption in &case.assumptions {
        out.push_str(&look.paragraph("- ", &harmless(assumption)));
    }
    out
}

/// Intervals listed before the rest is left to other formats.
const MOST_SHOWN: usize = 12;
