//! What to look at, and what was assumed.

use super::super::block::{Block, Item, Section, Tone};
use super::{grouped, spare, who};
use crate::report::{ListUsed, Report};

/// Warnings, each once with the strategies that have it.
pub(in super::super) fn warnings(report: &Report) -> Option<Section> {
    let own = report.warnings.iter().map(|w| (format!("[{}] {}", w.code, w.message), Vec::new()));
    let all: Vec<(String, Vec<&str>)> = own
        .chain(grouped(report, |strategy| {
            strategy.warnings.iter().map(|w| format!("[{}] {}", w.code, w.message)).collect()
        }))
        .collect();
    section(report, "warnings", "Warnings", spare::WARNINGS, Tone::Careful, all)
}

/// Assumptions, each once with the strategies that rest on it.
pub(in super::super) fn assumptions(report: &Report) -> Option<Section> {
    let all = grouped(report, |strategy| strategy.assumptions.clone());
    section(report, "assumptions", "Assumptions", spare::ASSUMPTIONS, Tone::Plain, all)
}

/// Digits of a hash that people compare; `--format json` has all.
const HASH_SHOWN: usize = 16;

/// The price lists, each with its date and the hash of its text.
pub(in super::super) fn prices(report: &Report) -> Section {
    let item = |list: &ListUsed| {
        let listed = list.listed.as_ref().map_or_else(String::new, |date| format!(", listed {date}"));
        let hash = list.sha256.get(..HASH_SHOWN).unwrap_or(&list.sha256);
        Item { tone: Tone::Plain, text: format!("{}{listed}, sha256 {hash}", list.name).into() }
    };
    let blocks = vec![Block::Items(report.prices.lists.iter().map(item).collect())];
    let title = format!("Prices of {}", report.prices.as_of);
    Section { name: "prices", title, spare: spare::ASSUMPTIONS, blocks }
}

fn section(
    report: &Report,
    name: &'static str,
    title: &str,
    spare: u8,
    tone: Tone,
    all: Vec<(String, Vec<&str>)>,
) -> Option<Section> {
    if all.is_empty() {
        return None;
    }
    let whose = |names: &[&str]| if names.is_empty() { String::new() } else { who(names, report) };
    let item = |(text, names): (String, Vec<&str>)| Item { tone, text: format!("{}{text}", whose(&names)).into() };
    let blocks = vec![Block::Items(all.into_iter().map(item).collect())];
    Some(Section { name, title: title.to_owned(), spare, blocks })
}
