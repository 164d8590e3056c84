//! Figures as OpenMetrics text, as GitLab's merge-request widget reads it.
//!
//! The widget compares values as text and splits lines like a shell does: no label holds `#`, which would begin a
//! comment there, and numbers have as many digits as a consumer's floats can hold, so that equal ones look equal.

use std::collections::HashMap;

use super::names;
use crate::report::{Field, Period, Report, StrategyReport};
use crate::units::Exact;

/// A report and the name it goes by.
type Named<'a> = (&'a str, &'a Report);

/// Significant digits of a value.
const DIGITS: usize = 15;

/// All reports as one exposition; costs are those of `period`.
pub fn gitlab_metrics(reports: &[Report], period: Period) -> String {
    let names = names::unique(reports);
    let reports: Vec<Named<'_>> = names.iter().map(String::as_str).zip(reports).collect();
    let mut page = Page::default();
    let cost = match period {
        Period::Hour => Field::PerHour,
        Period::Day => Field::PerDay,
        Period::Month => Field::PerMonth,
        Period::Year => Field::PerYear,
    };
    for (field, name, help) in [
        (cost, format!("llmcost_cost_per_{}", period.name()), format!("Cost per {}.", period.name())),
        (Field::PerRequest, "llmcost_cost_per_request".to_owned(), "Cost per request that comes in.".to_owned()),
        (Field::SavingsPercent, "llmcost_savings_percent".to_owned(), "Saved in percent of the baseline.".to_owned()),
        (Field::Quality, "llmcost_quality".to_owned(), "Expected quality.".to_owned()),
        (Field::CallsPerDay, "llmcost_calls_per_day".to_owned(), "Model calls per day.".to_owned()),
        (
            Field::InputTokensPerDay,
            "llmcost_input_tokens_per_day".to_owned(),
            "Billed input tokens per day.".to_owned(),
        ),
        (
            Field::OutputTokensPerDay,
            "llmcost_output_tokens_per_day".to_owned(),
            "Billed output tokens per day.".to_owned(),
        ),
    ] {
        let of = |strategy: &StrategyReport| field.of(strategy);
        page.family(&name, &help);
        for (scenario, report) in &reports {
            for strategy in &report.strategies {
                let Some(value) = of(strategy) else { continue };
                let mut labels = vec![("scenario", *scenario), ("strategy", &*strategy.name)];
                if field.is_money() {
                    labels.push(("currency", &report.currency));
                }
                page.sample(&name, &labels, &value);
            }
        }
    }
    checks(&reports, &mut page);
    break_evens(&reports, &mut page);
    page.out.push_str("# EOF\n");
    page.out
}

fn checks(reports: &[Named<'_>], page: &mut Page) {
    let budgets = || reports.iter().flat_map(|(name, report)| report.budgets.iter().map(move |each| (*name, each)));
    let claims = || reports.iter().flat_map(|(name, report)| report.expectations.iter().map(move |each| (*name, each)));
    page.family("llmcost_budget_limit", "What a budget allows.");
    for (name, each) in budgets() {
        page.sample("llmcost_budget_limit", &labels(name, &each.strategy, &each.metric, &each.level), &each.limit);
    }
    page.family("llmcost_budget_met", "Whether a budget holds: 1 or 0.");
    for (name, each) in budgets() {
        let labels = labels(name, &each.strategy, &each.metric, &each.level);
        page.sample("llmcost_budget_met", &labels, &holds(each.ok));
    }
    page.family("llmcost_expectation_met", "Whether an expectation holds: 1 or 0.");
    for (name, each) in claims() {
        let labels = labels(name, &each.strategy, &each.metric, "fail");
        page.sample("llmcost_expectation_met", &labels, &holds(each.ok));
    }
}

fn holds(ok: bool) -> Exact {
    if ok { Exact::ONE } else { Exact::ZERO }
}

fn labels<'a>(name: &'a str, strategy: &'a str, metric: &'a str, level: &'a str) -> [(&'static str, &'a str); 4] {
    [("scenario", name), ("strategy", strategy), ("metric", metric), ("level", level)]
}

fn break_evens(reports: &[Named<'_>], page: &mut Page) {
    let family = "llmcost_break_even_per_hour";
    page.family(family, "Volume per hour above which self-hosting is cheaper for good.");
    for (name, report) in reports {
        for case in &report.break_even {
            let Some(from) = &case.permanent_from_per_hour else { continue };
            let labels =
                [("scenario", *name), ("api", &*case.api), ("deployment", &*case.deployment), ("unit", &*case.unit)];
            page.sample(family, &labels, from);
        }
    }
}

/// An exposition in the making.
#[derive(Default)]
struct Page {
    out: String,
    /// Family whose header waits for a first sample.
    waiting: Option<String>,
    /// How often each set of labels was seen.
    seen: HashMap<String, usize>,
}

impl Page {
    fn family(&mut self, name: &str, help: &str) {
        self.waiting = Some(format!("# TYPE {name} gauge\n# HELP {name} {help}\n"));
    }

    /// A sample; a further one with the same labels, which no exposition may have, gets a number.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: &Exact) {
        let labels: Vec<String> = labels.iter().map(|(key, text)| format!("{key}=\"{}\"", label(text))).collect();
        let labels = labels.join(",");
        let count = self.seen.entry(format!("{name}{{{labels}")).or_default();
        *count = count.saturating_add(1);
        let number = if *count == 1 { String::new() } else { format!(",number=\"{count}\"") };
        self.out.extend(self.waiting.take());
        self.out.push_str(&format!("{name}{{{labels}{number}}} {}\n", value.significant(DIGITS)));
    }
}

fn label(text: &str) -> String {
    let harmless = super::style::harmless(text);
    harmless.replace('\\', "\\\\").replace('"', "\\\"").replace('#', "\u{266f}")
}
