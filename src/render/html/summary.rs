//! The top of the page: what a reader takes away after ten seconds.

use std::fmt::{Result, Write};

use super::super::block::{Block, Tone};
use super::super::sections::{self, Tally, View, money};
use super::super::style::marked_up;
use super::draw;
use crate::report::Report;
use crate::units::display;

/// The most important numbers, the sentence to remember, and what does not hold.
pub(super) fn summary(out: &mut String, report: &Report, view: &View) -> Result {
    let per_period = format!("a {}", view.period.name()).replace("a hour", "an hour");
    writeln!(out, "<dl class=\"cards\">")?;
    let mut card = |what: &str, amount: &str, remark: &str, class: &str| {
        let [what, amount, remark] = [what, amount, remark].map(marked_up);
        writeln!(out, "<div><dt>{what}</dt><dd class=\"{class}\">{amount}</dd><dd class=\"quiet\">{remark}</dd></div>")
    };
    if let Some(best) = &report.best {
        let amount = |per_month| money(report, &report.per(view.period, per_month));
        card("Best strategy", &amount(&best.per_month), &format!("{}, {per_period}", best.strategy), "amount")?;
        let saved = amount(&best.saves_per_month);
        match &best.saves_percent {
            Some(percent) => card(
                "It saves",
                &format!("{}%", display::number(percent, 1)),
                &format!("{saved} {per_period}"),
                "good",
            )?,
            None => card("It saves", &saved, &per_period, "amount good")?,
        }
    }
    if let Some(baseline) = report.strategies.iter().find(|strategy| strategy.name == report.baseline) {
        let amount = money(report, view.period.cost(&baseline.cost));
        card("Baseline", &amount, &format!("{}, {per_period}", baseline.name), "amount")?;
    }
    let tally = Tally::of(report);
    if let Some((tone, _)) = tally.verdict() {
        let held = tally.all.saturating_sub(tally.failed);
        let (class, remark) = match tone {
            Tone::Good => ("amount good", "hold"),
            Tone::Careful => ("amount careful", "hold; the others only warn"),
            Tone::Bad | Tone::Plain | Tone::Quiet => ("amount bad", "hold"),
        };
        card("Budgets and expectations", &format!("{held} of {}", tally.all), remark, class)?;
    }
    writeln!(out, "</dl>")?;
    if let Block::Paragraph(_, text) = sections::result(report, view) {
        writeln!(out, "<p class=\"headline\">{}</p>", draw::text(&text))?;
    }
    Ok(())
}
