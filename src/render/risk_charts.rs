//! Risk as charts: what a month may cost, strategies over one another; and what matters for the cheapest one.
#![allow(clippy::float_arithmetic, reason = "a density is drawn, not read")]

use super::chart::{Amount, Axis, Body, ChartSpec, Distribution, Limit, Quantile, Spread, Swing, Tornado, place};
use super::report_charts::Named;
use super::risk::{amount, within};
use crate::analysis::risk::{RiskReport, StrategyRisk};
use crate::units::Exact;

/// Most strategies, and most quantities, of a picture.
const MOST_ROWS: usize = 16;
/// A point of an outline stands for so many percentiles: fewer show the noise of the draws, more hide the shape.
const WINDOW: usize = 11;

/// The distribution, and a tornado for each strategy, the cheapest on the mean first.
pub fn risk_charts(report: &RiskReport) -> Vec<Named> {
    let mut strategies: Vec<&StrategyRisk> = report.strategies.iter().collect();
    strategies.sort_by_key(|strategy| strategy.name != report.cheapest_on_the_mean);
    let tornado = strategies.first().and_then(|strategy| tornado(report, strategy));
    std::iter::once(("", distribution(report))).chain(tornado.map(|spec| ("-tornado", spec))).collect()
}

fn axis(report: &RiskReport) -> Axis {
    let label = format!("Cost per month ({})", report.currency);
    if report.currency == "USD" { Axis::usd(label) } else { Axis::new(label) }
}

fn words(report: &RiskReport, value: &Exact) -> Amount {
    Amount::new(value.clone(), amount(report, value))
}

fn distribution(report: &RiskReport) -> ChartSpec {
    let spread = |strategy: &StrategyRisk| {
        let percentiles = &strategy.per_month.percentiles;
        let quantiles = [("P5", &percentiles.p5), ("P50", &percentiles.p50), ("P95", &percentiles.p95)];
        let quantile = |(name, value): (&str, &Exact)| Quantile { name: name.to_owned(), amount: words(report, value) };
        Spread {
            name: strategy.name.clone(),
            outline: outline(&strategy.distribution),
            quantiles: quantiles.into_iter().map(quantile).collect(),
        }
    };
    let of_a_month = |metric: &str| metric.ends_with("per_month") && !metric.starts_with("savings");
    let limits = report.budgets.iter().filter(|budget| of_a_month(&budget.metric)).map(|budget| Limit {
        label: format!("budget of {}: {}", budget.strategy, amount(report, &budget.limit)),
        at: words(report, &budget.limit),
    });
    let best = report.strategies.iter().find(|strategy| strategy.name == report.cheapest_on_the_mean);
    let title = best.map_or_else(String::new, |best| {
        let percentiles = &best.per_month.percentiles;
        let [mean, low, high] =
            [&best.per_month.mean, &percentiles.p5, &percentiles.p95].map(|value| amount(report, value));
        format!("{} costs {mean} a month on the mean, {low} to {high} in 90% of the draws", best.name)
    });
    ChartSpec {
        title,
        subtitle: report.scenario.name.clone(),
        body: Body::Distribution(Distribution {
            axis: axis(report),
            spreads: report.strategies.iter().take(MOST_ROWS).map(spread).collect(),
            more: report.strategies.len().saturating_sub(MOST_ROWS),
            limits: limits.collect(),
        }),
        note: note(report),
        ..ChartSpec::default()
    }
}

/// The density around each percentile, from so many below it to so many above; none for a fixed value.
fn outline(percentiles: &[Exact]) -> Vec<(f64, f64)> {
    let values: Vec<f64> = percentiles.iter().map(place).collect();
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return Vec::new() };
    let mut out = vec![(*first, 0.0)];
    for window in values.windows(WINDOW) {
        if let (Some(from), Some(to), Some(middle)) = (window.first(), window.last(), window.get(WINDOW / 2))
            && to > from
        {
            out.push((*middle, 1.0 / (to - from)));
        }
    }
    out.push((*last, 0.0));
    if out.len() > 2 { out } else { Vec::new() }
}

fn tornado(report: &RiskReport, strategy: &StrategyRisk) -> Option<ChartSpec> {
    let mut rows: Vec<Swing> = Vec::new();
    for of in &strategy.sensitivity {
        let (Some(low), Some(high)) = (&of.low, &of.high) else { continue };
        if low == high {
            continue;
        }
        rows.push(Swing {
            label: within(strategy, &of.input).to_owned(),
            low_input: "P10".to_owned(),
            high_input: "P90".to_owned(),
            low: words(report, low),
            high: words(report, high),
        });
    }
    rows.sort_by_key(|row| std::cmp::Reverse((&row.high.value - &row.low.value).abs()));
    let widest = rows.first()?.label.clone();
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    Some(ChartSpec {
        title: format!("{}: {widest} matters most", strategy.name),
        subtitle: "A month with one quantity at its P10 and P90, all others at their medians".to_owned(),
        body: Body::Tornado(Tornado {
            axis: axis(report),
            centre: Some(words(report, &strategy.per_month.at_medians)),
            centre_label: "all at their medians".to_owned(),
            rows,
            more,
        }),
        note: note(report),
        ..ChartSpec::default()
    })
}

fn note(report: &RiskReport) -> String {
    format!(
        "{} draws, seed {}. Prices of {}.",
        crate::units::display::grouped(&report.samples.to_string()),
        report.seed,
        report.prices.as_of
    )
}
