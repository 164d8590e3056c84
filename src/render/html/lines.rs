//! Every line of every bill, behind a click: quantity, price, cost, and how it comes about.

use std::fmt::{Result, Write};

use super::super::sections::{View, money};
use super::super::style::marked_up;
use super::draw::{close, open};
use crate::report::{LineReport, Period, Report, StrategyReport};
use crate::units::{Exact, display};

pub(super) fn lines(out: &mut String, report: &Report, view: &View) -> Result {
    writeln!(out, "<section>\n<h2>Every line, with its formula and source</h2>")?;
    report.strategies.iter().try_for_each(|strategy| bill(out, report, strategy, view.period))?;
    writeln!(out, "</section>")
}

fn bill(out: &mut String, report: &Report, strategy: &StrategyReport, period: Period) -> Result {
    let name = marked_up(&strategy.name);
    let total = marked_up(&money(report, period.cost(&strategy.cost)));
    let count = strategy.lines.len();
    let per = period.name();
    writeln!(
        out,
        "<details><summary>{name} <span class=\"quiet\">{total} per {per} in {count} {}</span></summary>",
        if count == 1 { "line" } else { "lines" }
    )?;
    open(out, &format!("Bill of {}", strategy.name), "lines")?;
    writeln!(
        out,
        "<thead><tr><th scope=\"col\">Item</th><th scope=\"col\">What</th><th scope=\"col\" class=\"number\">a day</th>\
         <th scope=\"col\" class=\"number\">price, USD</th><th scope=\"col\" class=\"number\">per {per}</th>\
         <th scope=\"col\">How</th></tr></thead>\n<tbody>"
    )?;
    strategy.lines.iter().try_for_each(|each| line(out, report, each, period))?;
    writeln!(out, "</tbody>")?;
    close(out)?;
    writeln!(out, "</details>")
}

fn line(out: &mut String, report: &Report, line: &LineReport, period: Period) -> Result {
    let lever = line.lever.replace('_', " ");
    let mut what = line.component.replace('_', " ");
    if line.mode != "standard" {
        what = format!("{what}, {}", line.mode);
    }
    if let Some(tier) = &line.tier {
        what = format!("{what}, prompts {tier}");
    }
    let cost = period.of_day(&line.per_day, &report.days_per_month);
    let [item, lever, what, formula, source] =
        [&line.item, &lever, &what, &line.formula, &line.source].map(|text| marked_up(text));
    writeln!(
        out,
        "<tr><th scope=\"row\">{item}<br><span class=\"quiet\">{lever}</span></th><td>{what}</td>\
         <td class=\"number\">{} {}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td class=\"how\"><p>{formula}</p><p class=\"quiet\">{source}</p></td></tr>",
        display::count(&line.quantity),
        marked_up(&plural(line)),
        marked_up(&price(line)),
        marked_up(&money(report, &cost)),
    )
}

fn plural(line: &LineReport) -> String {
    let unit = line.unit.replace('_', " ");
    if line.quantity == Exact::ONE { unit } else { format!("{unit}s") }
}

/// `2.50 per 1M tokens`
fn price(line: &LineReport) -> String {
    let amount = display::money(&line.unit_price, "USD");
    let unit = line.unit.replace('_', " ");
    if line.per == Exact::from(1_000_000) { format!("{amount} per 1M") } else { format!("{amount} per {unit}") }
}
