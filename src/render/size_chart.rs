//! A sizing as a chart: what a million output tokens costs on each card, the one to take first among equals.

use super::chart::{Amount, Axis, Bar, Bars, Body, ChartSpec};
use super::size;
use crate::report::{OptionReport, SizeReport};
use crate::units::{Exact, display};

/// Most options of a picture.
const MOST_BARS: usize = 24;

/// USD per million output tokens by option; per hour where no speed is known.
pub fn size_chart(report: &SizeReport) -> ChartSpec {
    let shown: Vec<(usize, &OptionReport)> =
        report.shown.iter().filter_map(|shown| Some((shown.option, report.options.get(shown.option)?))).collect();
    let has_rates = shown.iter().any(|(_, option)| option.usd_per_million_output_tokens.is_some());
    let cost = |option: &OptionReport| {
        if has_rates { option.usd_per_million_output_tokens.clone() } else { option.usd_per_hour.clone() }
    };
    let priced: Vec<(usize, &OptionReport, Exact)> =
        shown.iter().filter_map(|(index, option)| Some((*index, *option, cost(option)?))).collect();
    let taken = report.recommended.as_ref().map(|taken| taken.option);
    let bar = |(index, option, cost): &(usize, &OptionReport, Exact)| Bar {
        label: label(report, option),
        total: Amount::new(cost.clone(), display::rough_money(cost)),
        parts: Vec::new(),
        remark: remark(option, has_rates),
        strong: taken == Some(*index),
    };
    let unit = if has_rates { "USD per 1M output tokens of a replica that is always full" } else { "USD per hour" };
    let (title, facts) = size::head_in_words(report);
    let title = match report.recommended.as_ref() {
        Some(taken) => {
            let of = taken.precision.map_or_else(String::new, |precision| format!(" in {precision}"));
            let name = report.options.get(taken.option).map_or(taken.gpu.as_str(), |option| &option.name);
            format!("{title}: take {} x {name}{of}", taken.gpus)
        }
        None => format!("{title}: nothing is recommended"),
    };
    let catalogues = "Estimates with the interval that four of five measured rates lie in";
    ChartSpec {
        title,
        subtitle: facts,
        body: Body::Bars(Bars {
            axis: Axis::usd(unit),
            components: Vec::new(),
            rows: priced.iter().take(MOST_BARS).map(bar).collect(),
            more: priced.len().saturating_sub(MOST_BARS),
            signed: false,
        }),
        note: format!(
            "{}Prices of {} (pricing/offers.yaml).",
            if has_rates { format!("{catalogues}. ") } else { String::new() },
            report.prices.as_of
        ),
        ..ChartSpec::default()
    }
}

/// `2 x H100 SXM, fp8`
fn label(report: &SizeReport, option: &OptionReport) -> String {
    let precision = option.precision.filter(|_| report.request.precisions.len() > 1);
    let precision = precision.map_or_else(String::new, |precision| format!(", {precision}"));
    format!("{} x {}{precision}", option.gpus, option.name)
}

/// The interval of the cost, and what to beware of.
fn remark(option: &OptionReport, has_rates: bool) -> String {
    let interval = option.usd_per_million_interval.as_ref().filter(|range| has_rates && range.low != range.high);
    let interval =
        interval.map(|range| format!("{} to {}", display::rough_money(&range.low), display::rough_money(&range.high)));
    let careful = ["kv-cliff", "does-not-fit"].into_iter().find(|flag| option.flags.contains(flag));
    interval.into_iter().chain(careful.map(str::to_owned)).collect::<Vec<_>>().join(", ")
}
