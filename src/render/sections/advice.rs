//! What to change: findings that were computed, each with the argument that tries it.

use super::super::block::{Block, Item, Section, Text, Tone};
use super::{View, a, money, spare};
use crate::report::{Advice, Report};

/// The findings, the one that saves most first; nothing where there is none.
pub(in super::super) fn advice(report: &Report, view: &View) -> Option<Section> {
    if report.advice.is_empty() {
        return None;
    }
    let item = |advice: &Advice| {
        let saves = money(report, &report.per(view.period, &advice.saves_per_month));
        let set: Vec<String> = advice.set.iter().map(|set| format!("--set {}", quoted(set))).collect();
        let text = Text::default().strong(format!("{saves} {} less", a(view.period))).then(format!(
            " for {}: {}: {}",
            advice.strategy,
            advice.message,
            set.join(" ")
        ));
        Item { tone: Tone::Good, text }
    };
    let title = "What to change".to_owned();
    let blocks = vec![Block::Items(report.advice.iter().map(item).collect())];
    Some(Section { name: "advice", title, spare: spare::SAVINGS, blocks })
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-=%/:@,+".contains(c);
    if argument.chars().all(is_plain) { argument.to_owned() } else { format!("'{}'", argument.replace('\'', "'\\''")) }
}
