//! A report as charts: what each strategy costs, by component, and how the best one comes to its saving.

use super::chart::{Amount, Axis, Bar, Bars, Body, ChartSpec, Waterfall, words};
use super::sections::{self, Face, View};
use super::{break_even_chart, break_even_load_chart};
use crate::report::{COMPONENTS, Report, StrategyReport};
use crate::units::Exact;

/// Most strategies of a picture.
const MOST_BARS: usize = 24;
/// Most levers of a waterfall.
const MOST_RUNGS: usize = 12;

/// A chart and what its file's name ends in beside others of its group.
pub type Named = (&'static str, ChartSpec);

/// The charts of a report, in groups: one for the report, or one per comparison.
pub fn charts(report: &Report, view: &View, face: Face) -> Vec<Vec<Named>> {
    match face {
        Face::Whole => vec![of_report(report, view)],
        Face::Checks => Vec::new(),
        Face::BreakEven => report
            .break_even
            .iter()
            .map(|case| {
                let by_load = break_even_load_chart(report, case).map(|spec| ("-load", spec));
                std::iter::once(("", break_even_chart(report, case))).chain(by_load).collect()
            })
            .collect(),
    }
}

pub(super) fn of_report(report: &Report, view: &View) -> Vec<Named> {
    let mut all = vec![("", cost_chart(report, view))];
    all.extend(savings_chart(report, view).map(|spec| ("-savings", spec)));
    all
}

/// Cost by strategy, each bar by component.
pub(super) fn cost_chart(report: &Report, view: &View) -> ChartSpec {
    let is_used = |name: &&str| {
        report.strategies.iter().any(|strategy| strategy.components.iter().any(|part| part.component == **name))
    };
    // What is given back cannot be stacked.
    let mut parts = report.strategies.iter().flat_map(|strategy| &strategy.components);
    let stacks = !parts.any(|part| part.per_month.is_negative());
    let components: Vec<&str> = COMPONENTS.into_iter().filter(is_used).filter(|_| stacks).collect();
    let shown = sections::shortlist(report, MOST_BARS);
    let more = report.strategies.len().saturating_sub(shown.len());
    let bar = |strategy: &StrategyReport| {
        let part = |name: &&str| {
            let own = strategy.components.iter().find(|part| part.component == *name);
            own.map_or_else(|| Amount::new(Exact::ZERO, String::new()), |part| amount(report, view, &part.per_month))
        };
        let percent = strategy.savings.percent.as_ref().filter(|percent| !percent.is_zero());
        Bar {
            label: strategy.name.clone(),
            total: amount(report, view, &strategy.cost.per_month),
            parts: if components.len() > 1 { components.iter().map(part).collect() } else { Vec::new() },
            remark: percent.map_or_else(String::new, change),
            strong: report.best.as_ref().is_some_and(|best| best.strategy == strategy.name),
        }
    };
    let rows = shown.into_iter().map(bar).collect();
    let omitted = usize::try_from(report.omitted_strategies).unwrap_or(usize::MAX);
    let bars = Bars {
        axis: axis(report, view),
        components: if components.len() > 1 {
            components.iter().map(|name| (*name).to_owned()).collect()
        } else {
            Vec::new()
        },
        rows,
        more: more.saturating_add(omitted),
        signed: false,
    };
    ChartSpec {
        title: title(report, view),
        subtitle: report.scenario.name.clone(),
        body: Body::Bars(bars),
        note: note(report),
        ..ChartSpec::default()
    }
}

/// From the baseline to the best strategy, lever by lever; `None` where there is nothing to tell.
pub(super) fn savings_chart(report: &Report, view: &View) -> Option<ChartSpec> {
    let best = report.best.as_ref()?;
    let find = |name: &str| report.strategies.iter().find(|strategy| strategy.name == name);
    let (from, to) = (find(&report.baseline)?, find(&best.strategy)?);
    if to.waterfall.len() < 2 {
        return None;
    }
    let changes: Vec<(String, Amount)> = to
        .waterfall
        .iter()
        .map(|one| (one.lever.replace('_', " "), signed(report, view, &-&one.saves_per_month)))
        .collect();
    let begin = amount(report, view, &from.cost.per_month);
    // What is printed of an endless number may leave a last digit over.
    let end = changes.iter().fold(begin.value.clone(), |at, (_, change)| &at + &change.value);
    let end = Amount { value: end, ..amount(report, view, &to.cost.per_month) };
    let words = |sum: &Exact| signed_words(report, sum);
    let waterfall = Waterfall::of(axis(report, view), (&from.name, begin), changes, (&to.name, end), MOST_RUNGS, words);
    Some(ChartSpec {
        title: format!("From {} to {}: who saves what", from.name, to.name),
        subtitle: format!("Per {}, in the order in which a request meets the levers", view.period.name()),
        body: Body::Waterfall(waterfall.ok()?),
        note: note(report),
        ..ChartSpec::default()
    })
}

fn title(report: &Report, view: &View) -> String {
    sections::result_in_words(report, view)
}

fn axis(report: &Report, view: &View) -> Axis {
    let label = format!("Cost per {} ({})", view.period.name(), report.currency);
    if report.currency == "USD" { Axis::usd(label) } else { Axis::new(label) }
}

fn note(report: &Report) -> String {
    format!("{}.", sections::facts(report))
}

/// An amount per month in the period that is shown.
fn amount(report: &Report, view: &View, per_month: &Exact) -> Amount {
    let value = report.per(view.period, per_month);
    let text = short(report, &value);
    Amount { value, text }
}

fn signed(report: &Report, view: &View, per_month: &Exact) -> Amount {
    let value = report.per(view.period, per_month);
    let text = signed_words(report, &value);
    Amount { value, text }
}

fn short(report: &Report, value: &Exact) -> String {
    if report.currency == "USD" {
        words::compact_usd(value)
    } else {
        format!("{} {}", words::compact(value), report.currency)
    }
}

fn signed_words(report: &Report, value: &Exact) -> String {
    let plus = if value.is_negative() || value.is_zero() { "" } else { "+" };
    format!("{plus}{}", short(report, value))
}

/// `−78%`
fn change(saves: &Exact) -> String {
    let sign = if saves.is_negative() { "+" } else { "\u{2212}" };
    format!("{sign}{}%", saves.abs().to_fixed(if saves.abs() < Exact::from(10) { 1 } else { 0 }))
}
