//! The cheapest mix as sections, charts and CSV.

use std::collections::BTreeMap;

use super::block::{Block, Cell, Column, Item, Named as Figure, Row, Section, Table, Text, Tone};
use super::chart::{self, Axis, Body, ChartSpec, Dot, Plane, Series};
use super::csv::{defused, finished};
use super::planned::Planned;
use super::report_charts::Named;
use super::sections::spare;
use crate::analysis::optimize::{Best, Candidate, FrontierPoint, OptimizeReport};
use crate::units::{Exact, display};

/// Rows of the frontier that are shown; all of them stand in the other formats.
const MOST_POINTS: usize = 12;
/// Tasks of the answer that are shown.
const MOST_TASKS: usize = 40;

impl Planned for OptimizeReport {
    fn name(&self) -> &str {
        &self.scenario.name
    }

    fn sections(&self, quiet: bool) -> Vec<Section> {
        let facts = format!(
            "prices of {} · {}, {}-day month",
            self.prices.as_of,
            self.currency,
            display::count(&self.days_per_month)
        );
        let head = Section {
            name: "head",
            title: self.scenario.name.clone(),
            spare: spare::NEVER,
            blocks: vec![Block::Paragraph(Tone::Quiet, facts.into())],
        };
        let mut all = vec![head, answer(self)];
        if quiet {
            return all;
        }
        all.extend([mix(self), frontier(self), candidates(self), strategy(&self.best)]);
        if !self.notes.is_empty() {
            let items = self.notes.iter().map(|note| Item { tone: Tone::Plain, text: note.clone().into() }).collect();
            let title = "What it rests on".to_owned();
            all.push(Section { name: "notes", title, spare: spare::ASSUMPTIONS, blocks: vec![Block::Items(items)] });
        }
        all
    }

    fn charts(&self) -> Vec<Named> {
        vec![("", plane(self))]
    }
}

fn money(report: &OptimizeReport, value: &Exact) -> String {
    display::money(value, &report.currency)
}

fn answer(report: &OptimizeReport) -> Section {
    let best = &report.best;
    let mut figures = vec![
        Figure {
            name: "a month".to_owned(),
            amount: money(report, &best.per_month),
            meaning: format!("{} a request", money(report, &best.per_request)),
        },
        Figure {
            name: "right answers".to_owned(),
            amount: display::percent(&best.quality, 2),
            meaning: format!("at most {} can be had", display::percent(&report.most_quality, 2)),
        },
    ];
    if let Some(price) = &best.shadow_price_per_point {
        figures.push(Figure {
            name: "one more point".to_owned(),
            amount: money(report, price),
            meaning: "a month for 1% more right answers, from here".to_owned(),
        });
    }
    if let Some(random) = &best.random_mix_per_month {
        figures.push(Figure {
            name: "random mix".to_owned(),
            amount: money(report, random),
            meaning: "a month for the same quality without looking at tasks".to_owned(),
        });
    }
    let asked: Text = if report.asked.is_empty() {
        "The cheapest mix.".into()
    } else {
        format!("The cheapest mix with {}.", report.asked.join(", ")).into()
    };
    let blocks = vec![Block::Paragraph(Tone::Plain, asked), Block::Figures(figures)];
    Section { name: "answer", title: "The answer".to_owned(), spare: spare::NEVER, blocks }
}

/// Shares as words, the largest first.
fn in_words(mix: &BTreeMap<String, Exact>) -> String {
    let mut all: Vec<(&String, &Exact)> = mix.iter().collect();
    all.sort_by(|(_, a), (_, b)| b.cmp(a));
    all.iter().map(|(name, share)| format!("{} {name}", display::percent(share, 1))).collect::<Vec<_>>().join(", ")
}

fn mix(report: &OptimizeReport) -> Section {
    let columns = vec![Column::text("task"), Column::text("who answers")];
    let row = |task: String, mix: &BTreeMap<String, Exact>, strong: bool| Row {
        cells: vec![Cell::from(task), Cell::from(in_words(mix))],
        share: None,
        strong,
    };
    let tasks = &report.best.tasks;
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "all requests".to_owned());
    let mut rows: Vec<Row> =
        tasks.iter().take(MOST_TASKS).map(|task| row(named(&task.task), &task.mix, false)).collect();
    let more = tasks.len().saturating_sub(rows.len());
    if tasks.len() > 1 {
        rows.push(row("all".to_owned(), &report.best.mix, true));
    }
    let title = "Who answers what".to_owned();
    let mut blocks = vec![Block::Table(Table { caption: title.clone(), columns, rows, bars: None })];
    if more > 0 {
        blocks.push(Block::Paragraph(
            Tone::Quiet,
            format!("and {more} more tasks, all of them in `--format json`").into(),
        ));
    }
    Section { name: "mix", title, spare: spare::STRATEGIES, blocks }
}

/// Some points of the frontier, ends included.
fn some(points: &[FrontierPoint]) -> Vec<&FrontierPoint> {
    let last = points.len().saturating_sub(1);
    if points.len() <= MOST_POINTS {
        return points.iter().collect();
    }
    let steps = MOST_POINTS.saturating_sub(1);
    (0..MOST_POINTS).filter_map(|step| points.get(step.saturating_mul(last).checked_div(steps).unwrap_or(0))).collect()
}

fn frontier(report: &OptimizeReport) -> Section {
    let columns = vec![
        Column::number("right answers"),
        Column::number("a month"),
        Column::number("random mix").spare(1),
        Column::text("mix").spare(2),
    ];
    let shown = some(&report.frontier);
    let rows = shown.iter().map(|point| Row {
        cells: vec![
            Cell::number(&point.quality, display::percent(&point.quality, 2)),
            Cell::number(&point.per_month, money(report, &point.per_month)),
            point.random_mix_per_month.as_ref().map_or_else(Cell::none, |cost| Cell::number(cost, money(report, cost))),
            Cell::from(in_words(&point.mix)),
        ],
        share: None,
        strong: false,
    });
    let title = "What quality costs".to_owned();
    let table = Table { caption: title.clone(), columns, rows: rows.collect(), bars: None };
    let mut blocks = vec![Block::Table(table)];
    let more = report.frontier.len().saturating_sub(shown.len());
    if more > 0 {
        blocks.push(Block::Paragraph(Tone::Quiet, format!("{more} points between these are in `--format csv`").into()));
    }
    Section { name: "frontier", title, spare: spare::SAVINGS, blocks }
}

fn candidates(report: &OptimizeReport) -> Section {
    let columns = vec![
        Column::text("everything by"),
        Column::number("a month"),
        Column::number("right answers"),
        Column::text("beaten by").spare(1),
    ];
    let row = |one: &Candidate| Row {
        cells: vec![
            Cell::from(one.name.clone()),
            Cell::number(&one.per_month, money(report, &one.per_month)),
            Cell::number(&one.quality, display::percent(&one.quality, 2)),
            one.dominated_by.clone().map_or_else(Cell::none, Cell::from),
        ],
        share: None,
        strong: false,
    };
    let title = "One for everything".to_owned();
    let table =
        Table { caption: title.clone(), columns, rows: report.candidates.iter().map(row).collect(), bars: None };
    Section { name: "candidates", title, spare: spare::SPENDING, blocks: vec![Block::Table(table)] }
}

/// How to put the answer into the scenario.
fn strategy(best: &Best) -> Section {
    let parts = best.strategy.lines().count();
    let words = format!(
        "`--paste` prints the answer as a strategy of {parts} lines: put it under `strategies:`, and `simulate` says the same cost to the last digit."
    );
    Section {
        name: "strategy",
        title: "As a strategy".to_owned(),
        spare: spare::CHECKS,
        blocks: vec![Block::Paragraph(Tone::Plain, words.into())],
    }
}

fn plane(report: &OptimizeReport) -> ChartSpec {
    let hundred = Exact::from(100);
    let at = |cost: &Exact, quality: &Exact| (chart::place(cost), chart::place(&(quality * &hundred)));
    let mut series = vec![Series::Line {
        name: "cheapest mix".to_owned(),
        points: report.frontier.iter().map(|point| at(&point.per_month, &point.quality)).collect(),
    }];
    let random: Vec<(f64, f64)> = report
        .frontier
        .iter()
        .filter_map(|point| Some(at(point.random_mix_per_month.as_ref()?, &point.quality)))
        .collect();
    if random.len() > 1 {
        series.push(Series::Line { name: "random mix".to_owned(), points: random });
    }
    series.push(Series::Dots {
        name: "one for everything".to_owned(),
        dots: report
            .candidates
            .iter()
            .map(|one| Dot { at: at(&one.per_month, &one.quality), label: one.name.clone() })
            .collect(),
    });
    let best = &report.best;
    series.push(Series::Point { at: at(&best.per_month, &best.quality), label: "the answer".to_owned() });
    let label = format!("Cost per month ({})", report.currency);
    let x = if report.currency == "USD" { Axis::usd(label) } else { Axis::new(label) };
    ChartSpec {
        title: format!(
            "{} of all answers right for {} a month",
            display::percent(&best.quality, 1),
            money(report, &best.per_month)
        ),
        subtitle: report.scenario.name.clone(),
        body: Body::Plane(Plane { x, y: Axis::percent("Right answers (%)"), series }),
        note: format!("Prices of {}.", report.prices.as_of),
        ..ChartSpec::default()
    }
}

/// One row per point of the frontier, per option for everything, and per part of the answer.
///
/// # Errors
/// None that these values can raise.
pub fn csv_of_optima(reports: &[OptimizeReport]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "scenario",
        "kind",
        "name",
        "share",
        "per_month",
        "quality",
        "random_mix_per_month",
        "currency",
    ])?;
    for report in reports {
        let mut row = |kind: &str, name: &str, share: String, cost: String, quality: String, random: String| {
            writer.write_record([
                defused(&report.scenario.name),
                kind.to_owned(),
                defused(name),
                share,
                cost,
                quality,
                random,
                defused(&report.currency),
            ])
        };
        let or_empty = |value: &Option<Exact>| value.as_ref().map_or_else(String::new, Exact::to_string);
        let best = &report.best;
        row(
            "best",
            "",
            String::new(),
            best.per_month.to_string(),
            best.quality.to_string(),
            or_empty(&best.random_mix_per_month),
        )?;
        for task in &best.tasks {
            for (name, share) in &task.mix {
                let name = format!("{}: {name}", task.task.as_deref().unwrap_or("all requests"));
                row("mix", &name, share.to_string(), String::new(), String::new(), String::new())?;
            }
        }
        for point in &report.frontier {
            row(
                "frontier",
                "",
                String::new(),
                point.per_month.to_string(),
                point.quality.to_string(),
                or_empty(&point.random_mix_per_month),
            )?;
        }
        for one in &report.candidates {
            row(
                "candidate",
                &one.name,
                String::new(),
                one.per_month.to_string(),
                one.quality.to_string(),
                String::new(),
            )?;
        }
    }
    finished(writer)
}
