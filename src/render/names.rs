//! Names of reports that are told apart by name.

use std::collections::HashMap;

use crate::report::Report;

/// The name of each report's scenario; with its file, and then with a number, where several have the same.
pub(super) fn unique(reports: &[Report]) -> Vec<String> {
    let names: Vec<String> = reports.iter().map(|report| report.scenario.name.clone()).collect();
    let with_files = reports.iter().map(|report| format!("{} ({})", report.scenario.name, report.scenario.file));
    let told_apart = replaced(&names, with_files.collect());
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let numbered = told_apart.iter().map(|name| {
        let count = seen.entry(name).or_default();
        *count = count.saturating_add(1);
        if *count == 1 { name.clone() } else { format!("{name} ({count})") }
    });
    numbered.collect()
}

/// `others` in the places of names that are not alone.
fn replaced(names: &[String], others: Vec<String>) -> Vec<String> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    for name in names {
        let of_name = count.entry(name).or_default();
        *of_name = of_name.saturating_add(1);
    }
    let is_alone = |name: &str| count.get(name).is_none_or(|count| *count == 1);
    names.iter().zip(others).map(|(name, other)| if is_alone(name) { name.clone() } else { other }).collect()
}
