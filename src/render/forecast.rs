//! A forecast as sections, charts and CSV.

use super::block::{Block, Cell, Column, Item, Mark, Row, Section, Table, Text, Tone};
use super::chart::{self, Axis, Body, ChartSpec, Plane, Series};
use super::csv::{defused, finished};
use super::planned::Planned;
use super::report_charts::Named;
use super::sections::spare;
use crate::analysis::forecast::{ForecastReport, Month, StrategyForecast};
use crate::units::{Exact, display};

/// Lines of a chart at most.
const MOST_LINES: usize = 6;

impl Planned for ForecastReport {
    fn name(&self) -> &str {
        &self.scenario.name
    }

    fn sections(&self, quiet: bool) -> Vec<Section> {
        let facts = format!(
            "{} to {} · every month at its own prices, lists of {} · {}",
            self.start, self.end, self.prices.as_of, self.currency
        );
        let head = Section {
            name: "head",
            title: self.scenario.name.clone(),
            spare: spare::NEVER,
            blocks: vec![Block::Paragraph(Tone::Quiet, facts.into())],
        };
        let mut all = vec![head, months(self)];
        if quiet {
            return all;
        }
        all.extend(ranges(self));
        all.extend(limits(self));
        all.extend(happenings(self));
        let items = self.notes.iter().map(|note| Item { tone: Tone::Plain, text: note.clone().into() }).collect();
        all.push(Section {
            name: "notes",
            title: "What it rests on".to_owned(),
            spare: spare::ASSUMPTIONS,
            blocks: vec![Block::Items(items)],
        });
        all
    }

    fn charts(&self) -> Vec<Named> {
        vec![("", lines(self))]
    }
}

fn months(report: &ForecastReport) -> Section {
    let mut columns =
        vec![Column::text("month"), Column::number("requests/day").spare(1), Column::text("cheapest").spare(8)];
    columns.extend(report.strategies.iter().enumerate().map(|(at, strategy)| {
        let order = u8::try_from(report.strategies.len().saturating_sub(at).saturating_add(1)).unwrap_or(u8::MAX);
        Column::number(&strategy.name).spare(if at == 0 { 0 } else { order.min(7) })
    }));
    let mut cheapest = "";
    let mut rows = Vec::new();
    for (index, load) in report.load.iter().enumerate() {
        if let Some(best) = report.best.iter().find(|best| best.month == load.month) {
            cheapest = &best.strategy;
        }
        let mut cells = vec![
            Cell::from(load.month.clone()),
            Cell::number(&load.requests_per_day, display::count(&load.requests_per_day.round(2))),
            Cell::from(cheapest.to_owned()),
        ];
        cells.extend(
            report
                .strategies
                .iter()
                .map(|strategy| amount_of(report, strategy.months.get(index).map(|month| &month.cost))),
        );
        rows.push(Row { cells, share: None, strong: false });
    }
    let mut cells = vec![Cell::from("total".to_owned()), Cell::none(), Cell::none()];
    cells.extend(report.strategies.iter().map(|strategy| amount_of(report, Some(&strategy.total))));
    rows.push(Row { cells, share: None, strong: true });
    let title = "Cost by month".to_owned();
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    let mut blocks = vec![Block::Table(table)];
    let mut told: Vec<Item> = report
        .best
        .iter()
        .skip(1)
        .map(|best| Item {
            tone: Tone::Plain,
            text: Text::default()
                .strong(best.strategy.clone())
                .then(format!(" is the cheapest from {} on", best.month)),
        })
        .collect();
    if let Some(hosting) = &report.self_hosting {
        let text: Text = match (&hosting.pays_from, &hosting.strategy, &hosting.against) {
            (Some(month), Some(own), Some(other)) => {
                let end = if hosting.for_good { "" } else { ", not in every month after it" };
                Text::default()
                    .then("self-hosting begins to pay in ")
                    .strong(month.clone())
                    .then(format!(": {own} against {other}{end}"))
            }
            _ => "self-hosting does not pay in any of these months".into(),
        };
        told.push(Item { tone: Tone::Plain, text });
    }
    if !told.is_empty() {
        blocks.push(Block::Items(told));
    }
    Section { name: "months", title, spare: spare::NEVER, blocks }
}

/// Percentiles, where something is uncertain.
fn ranges(report: &ForecastReport) -> Option<Section> {
    report.samples?;
    let columns = vec![
        Column::text("strategy"),
        Column::text("month"),
        Column::number("at medians").spare(1),
        Column::number("P10"),
        Column::number("P50"),
        Column::number("P90"),
    ];
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        let mut name = strategy.name.as_str();
        let total = ("total".to_owned(), &strategy.total, &strategy.quantiles);
        let months = strategy.months.iter().map(|month| (month.month.clone(), &month.cost, &month.quantiles));
        for (month, cost, quantiles) in months.chain([total]) {
            let Some(quantiles) = quantiles else { continue };
            let rough = |value: &Exact| Cell::number(value, rough(report, value));
            let strong = month == "total";
            let cells = vec![
                Cell::from(name.to_owned()),
                Cell::from(month),
                amount_of(report, Some(cost)),
                rough(&quantiles.p10),
                rough(&quantiles.p50),
                rough(&quantiles.p90),
            ];
            name = "";
            rows.push(Row { cells, share: None, strong });
        }
    }
    let title = "What it may come to".to_owned();
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Some(Section { name: "ranges", title, spare: spare::SAVINGS, blocks: vec![Block::Table(table)] })
}

fn limits(report: &ForecastReport) -> Option<Section> {
    if report.budgets.is_empty() {
        return None;
    }
    let marks = report.budgets.iter().map(|budget| {
        let what = if budget.metric == "total" { "for all months".to_owned() } else { budget.metric.replace('_', " ") };
        let limit = if budget.metric.ends_with("tokens_per_day") || budget.metric == "calls_per_day" {
            display::count(&budget.limit)
        } else {
            display::money(&budget.limit, &report.currency)
        };
        let (tone, ends) = match &budget.crossed {
            Some(month) => (Tone::Bad, format!("is passed in {month}")),
            None => (Tone::Good, "holds in every month".to_owned()),
        };
        Mark { tone, text: format!("{}: {limit} {what} {ends}", budget.strategy).into(), place: budget.place.clone() }
    });
    let blocks = vec![Block::Marks(marks.collect())];
    Some(Section { name: "budgets", title: "Budgets".to_owned(), spare: spare::FAILED, blocks })
}

/// Price changes and events.
fn happenings(report: &ForecastReport) -> Option<Section> {
    let prices = report
        .price_changes
        .iter()
        .map(|change| (&change.date, format!("{}: {}", change.model, change.changes.join(", "))));
    let events = report.events.iter().map(|event| (&event.month, event.what.clone()));
    let mut all: Vec<(&String, String)> = prices.chain(events).collect();
    if all.is_empty() {
        return None;
    }
    all.sort_by_key(|(when, _)| *when);
    let items = all.into_iter().map(|(when, what)| Item {
        tone: Tone::Plain,
        text: Text::default().strong(when.clone()).then(format!(" {what}")),
    });
    let blocks = vec![Block::Items(items.collect())];
    Some(Section { name: "changes", title: "What changes".to_owned(), spare: spare::WARNINGS, blocks })
}

/// A line per strategy, with the band from P10 to P90 where there is one.
fn lines(report: &ForecastReport) -> ChartSpec {
    let places: Vec<f64> = (0u32..).map(f64::from).take(report.load.len()).collect();
    let along = |of: &dyn Fn(&Month) -> Option<Exact>, strategy: &StrategyForecast| -> Vec<(f64, f64)> {
        let months = places.iter().zip(&strategy.months);
        months.filter_map(|(x, month)| Some((*x, chart::place(&of(month)?)))).collect()
    };
    let mut series = Vec::new();
    for strategy in report.strategies.iter().take(MOST_LINES) {
        series.push(Series::Line {
            name: strategy.name.clone(),
            points: along(&|month| Some(month.cost.clone()), strategy),
        });
        let lower = along(&|month| month.quantiles.as_ref().map(|all| all.p10.clone()), strategy);
        if !lower.is_empty() {
            let upper = along(&|month| month.quantiles.as_ref().map(|all| all.p90.clone()), strategy);
            series.push(Series::Band { name: "P10 to P90".to_owned(), lower, upper });
        }
    }
    for best in report.best.iter().skip(1) {
        let at = report.load.iter().position(|load| load.month == best.month);
        let strategy = report.strategies.iter().find(|strategy| strategy.name == best.strategy);
        let cost = at.and_then(|at| strategy?.months.get(at)).map(|month| chart::place(&month.cost));
        if let (Some(x), Some(y)) = (at.and_then(|at| places.get(at)), cost) {
            series.push(Series::Mark { at: (*x, y), label: format!("{} is cheapest", best.strategy) });
        }
    }
    let mut x = Axis::new("Month");
    x.names = places.iter().zip(&report.load).map(|(x, load)| (*x, load.month.clone())).collect();
    let label = format!("Cost per month ({})", report.currency);
    let y = if report.currency == "USD" { Axis::usd(label) } else { Axis::new(label) };
    let changes: Vec<String> =
        report.price_changes.iter().map(|change| format!("{} on {}", change.model, change.date)).collect();
    let changes = if changes.is_empty() { String::new() } else { format!(" Prices change: {}.", changes.join(", ")) };
    ChartSpec {
        title: format!("{} to {}, month by month", report.start, report.end),
        subtitle: report.scenario.name.clone(),
        body: Body::Plane(Plane { x, y, series }),
        note: format!("Every month at its own prices.{changes}"),
        ..ChartSpec::default()
    }
}

fn amount_of(report: &ForecastReport, value: Option<&Exact>) -> Cell {
    value.map_or_else(Cell::none, |value| Cell::number(value, display::money(value, &report.currency)))
}

/// An estimate: cents are noise in thousands.
fn rough(report: &ForecastReport, value: &Exact) -> String {
    let value = if value.abs() >= Exact::from(1_000) { value.round(0) } else { value.clone() };
    display::money(&value, &report.currency).replace(".00", "")
}

/// One row per strategy and month, and one per total.
///
/// # Errors
/// None that these values can raise.
pub fn csv_of_forecasts(reports: &[ForecastReport]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "scenario",
        "strategy",
        "month",
        "requests_per_day",
        "days",
        "cost",
        "p10",
        "p50",
        "p90",
        "currency",
    ])?;
    for report in reports {
        for strategy in &report.strategies {
            let loads = report.load.iter().map(Some).chain([None]);
            let months = strategy.months.iter().map(|month| (month.month.as_str(), &month.cost, &month.quantiles));
            let total = ("total", &strategy.total, &strategy.quantiles);
            for (load, (month, cost, quantiles)) in loads.zip(months.chain([total])) {
                let of = |pick: &dyn Fn(&crate::analysis::forecast::Quantiles) -> String| {
                    quantiles.as_ref().map_or_else(String::new, pick)
                };
                writer.write_record([
                    defused(&report.scenario.name),
                    defused(&strategy.name),
                    month.to_owned(),
                    load.map_or_else(String::new, |load| load.requests_per_day.to_string()),
                    load.map_or_else(String::new, |load| load.days.to_string()),
                    cost.to_string(),
                    of(&|all| all.p10.to_string()),
                    of(&|all| all.p50.to_string()),
                    of(&|all| all.p90.to_string()),
                    defused(&report.currency),
                ])?;
            }
        }
    }
    finished(writer)
}
