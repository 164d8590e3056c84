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
    let period = sections::a(view.period);
    writeln!(out, "<dl class=\"cards\">")?;
    if let Some(best) = &report.best {
        let amount = |per_month| money(report, &report.per(view.period, per_month));
        card(out, "Best strategy", &amount(&best.per_month), &format!("{}, {period}", best.strategy), Tone::Plain)?;
        let saved = amount(&best.saves_per_month);
        match &best.saves_percent {
            Some(percent) => {
                let percent = format!("{}%", display::number(percent, 1));
                card(out, "It saves", &percent, &format!("{saved} {period}"), Tone::Good)?;
            }
            None => card(out, "It saves", &saved, &period, Tone::Good)?,
        }
    }
    if let Some(baseline) = report.strategies.iter().find(|strategy| strategy.name == report.baseline) {
        let amount = money(report, view.period.cost(&baseline.cost));
        card(out, "Baseline", &amount, &format!("{}, {period}", baseline.name), Tone::Plain)?;
    }
    let tally = Tally::of(report);
    if let Some((tone, _)) = tally.verdict() {
        let held = format!("{} of {}", tally.all.saturating_sub(tally.failed), tally.all);
        let remark = if tone == Tone::Careful { "hold; the others only warn" } else { "hold" };
        card(out, "Budgets and expectations", &held, remark, tone)?;
    }
    writeln!(out, "</dl>")?;
    if let Block::Paragraph(_, text) = sections::result(report, view) {
        writeln!(out, "<p class=\"headline\">{}</p>", draw::text(&text))?;
    }
    Ok(())
}

fn card(out: &mut String, what: &str, amount: &str, remark: &str, tone: Tone) -> Result {
    let [what, amount, remark] = [what, amount, remark].map(marked_up);
    let class = draw::class(tone);
    writeln!(
        out,
        "<div><dt>{what}</dt><dd class=\"amount {class}\">{amount}</dd><dd class=\"quiet\">{remark}</dd></div>"
    )
}
