//! A sweep as sections, charts and CSV.

use super::block::{Block, Cell, Column, Item, Row, Section, Table, Text, Tone};
use super::chart::{self, Amount, Axis, Body, ChartSpec, Heat, HeatMark, Plane, Series, words};
use super::csv::{defused, finished};
use super::planned::Planned;
use super::report_charts::Named;
use super::sections::spare;
use crate::analysis::sweep::{InputReport, Point, SweepReport};
use crate::plan::Metric;
use crate::units::{Exact, display};

/// Lines of a chart at most.
const MOST_LINES: usize = 8;
/// Cells along a side of a map at most.
const MOST_CELLS: usize = 100;
/// Changes of the best strategy that are told in words.
const MOST_CHANGES: usize = 12;

impl Planned for SweepReport {
    fn name(&self) -> &str {
        &self.scenario.name
    }

    fn sections(&self, quiet: bool) -> Vec<Section> {
        let what: Vec<String> = self.inputs.iter().map(|input| input.path.clone()).collect();
        let facts = format!(
            "{} over {} · {} points · prices of {} · {}",
            label(self.metric),
            what.join(" and "),
            display::grouped(&self.points.len().to_string()),
            self.prices.as_of,
            self.currency
        );
        let head = Section {
            name: "head",
            title: self.scenario.name.clone(),
            spare: spare::NEVER,
            blocks: vec![Block::Paragraph(Tone::Quiet, facts.into())],
        };
        let mut all = vec![head, grid(self)];
        if !quiet {
            all.push(changes(self));
        }
        all
    }

    fn charts(&self) -> Vec<Named> {
        match self.inputs.as_slice() {
            [x] => vec![("", lines(self, x))],
            [y, x] => heat(self, x, y).map(|spec| ("", spec)).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn grid(report: &SweepReport) -> Section {
    let mut columns: Vec<Column> = report.inputs.iter().map(|input| Column::number(last(&input.path))).collect();
    columns.push(Column::text("best"));
    columns.extend(report.strategies.iter().enumerate().map(|(at, name)| {
        let order = u8::try_from(report.strategies.len().saturating_sub(at)).unwrap_or(u8::MAX);
        Column::number(name).spare(order)
    }));
    let mut before: Option<&str> = None;
    let mut rows = Vec::new();
    for point in &report.points {
        let best = point.best.as_deref();
        // The first point after a change is the one to look at.
        let strong = before.is_some() && best != before && report.inputs.len() == 1;
        before = best;
        let mut cells: Vec<Cell> = point.at.iter().map(|value| Cell::from(shown(value))).collect();
        cells.push(best.map_or_else(Cell::none, |best| {
            Cell::from(if strong { format!("{best} \u{2190}") } else { best.to_owned() })
        }));
        cells.extend(point.strategies.iter().map(|each| match &each.value {
            Some(value) => Cell::number(value, amount(report, value)),
            None => Cell::none(),
        }));
        rows.push(Row { cells, share: None, strong });
    }
    let title = label(report.metric);
    let table = Table { caption: title.clone(), columns, rows, bars: None };
    Section { name: "grid", title, spare: spare::NEVER, blocks: vec![Block::Table(table)] }
}

fn changes(report: &SweepReport) -> Section {
    let told = report.changes.iter().take(MOST_CHANGES).map(|change| {
        let along = last(&change.input);
        let between = match &change.near {
            Some(near) => format!("near {along} {}", shown(near)),
            None => format!("between {along} {} and {}", shown(&change.after), shown(&change.until)),
        };
        let other = report.inputs.iter().find(|input| input.path != change.input).zip(change.other.as_ref());
        let other =
            other.map_or_else(String::new, |(input, value)| format!(" at {} {}", last(&input.path), shown(value)));
        let text = Text::default()
            .strong(change.to.clone())
            .then(format!(" is best in the place of {}{other}, {between}", change.from));
        Item { tone: Tone::Plain, text }
    });
    let mut items: Vec<Item> = told.collect();
    let more = report.changes.len().saturating_sub(items.len());
    if more > 0 {
        items.push(Item { tone: Tone::Quiet, text: format!("and {more} more, all of them in `--format json`").into() });
    }
    let blocks = if items.is_empty() {
        let best = report.points.first().and_then(|point| point.best.as_deref());
        let words = best.map_or_else(
            || "No strategy has this figure.".to_owned(),
            |best| format!("{best} is best at every point."),
        );
        vec![Block::Paragraph(Tone::Plain, words.into())]
    } else {
        vec![Block::Items(items)]
    };
    Section { name: "changes", title: "Where the best strategy changes".to_owned(), spare: spare::SAVINGS, blocks }
}

/// A line per strategy over one input.
fn lines(report: &SweepReport, input: &InputReport) -> ChartSpec {
    let places = places(input);
    let at = |index: usize| places.get(index).copied().unwrap_or_default();
    let value = |point: &Point, strategy: usize| {
        point
            .strategies
            .get(strategy)
            .and_then(|each| each.value.as_ref())
            .map(|value| chart::place(&scaled(report, value)))
    };
    let mut series: Vec<Series> = report
        .strategies
        .iter()
        .take(MOST_LINES)
        .enumerate()
        .map(|(strategy, name)| Series::Line {
            name: name.clone(),
            points: report
                .points
                .iter()
                .enumerate()
                .filter_map(|(index, point)| Some((at(index), value(point, strategy)?)))
                .collect(),
        })
        .collect();
    for (index, (before, point)) in report.points.iter().zip(report.points.iter().skip(1)).enumerate() {
        let Some(best) = point.best.as_ref().filter(|_| before.best != point.best) else { continue };
        let strategy = report.strategies.iter().position(|name| name == best);
        let index = index.saturating_add(1);
        if let Some(y) = strategy.and_then(|strategy| value(point, strategy)) {
            series.push(Series::Mark { at: (at(index), y), label: format!("{best} is best") });
        }
    }
    let mut x = Axis::new(match &input.numbers {
        Some(numbers) if !numbers.after.trim().is_empty() => format!("{} ({})", input.path, numbers.after.trim()),
        _ => input.path.clone(),
    });
    if input.numbers.is_none() {
        x.names = input.values.iter().enumerate().map(|(index, name)| (at(index), name.clone())).collect();
    }
    if input.scale == "log" {
        x = x.log();
    }
    ChartSpec {
        title: format!("{} over {}", label(report.metric), input.path),
        subtitle: report.scenario.name.clone(),
        body: Body::Plane(Plane { x, y: y_axis(report), series }),
        note: note(report),
        ..ChartSpec::default()
    }
}

/// The best figure over two inputs.
fn heat(report: &SweepReport, x: &InputReport, y: &InputReport) -> Option<ChartSpec> {
    let (columns, rows) = (x.values.len(), y.values.len());
    if columns > MOST_CELLS || rows > MOST_CELLS {
        return None;
    }
    let point = |column: usize, row: usize| report.points.get(row.saturating_mul(columns).saturating_add(column));
    let best = |point: &Point| {
        let name = point.best.as_ref()?;
        let value = point.strategies.iter().find(|each| each.name == *name)?.value.as_ref()?;
        Some(Amount { value: scaled(report, value), text: short(report, value) })
    };
    let cells = (0..rows).map(|row| (0..columns).map(|column| point(column, row).and_then(best)).collect()).collect();
    let mut marks = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let Some(here) = point(column, row).and_then(|here| here.best.as_ref()) else { continue };
            let left = column.checked_sub(1).and_then(|column| point(column, row));
            let below = row.checked_sub(1).and_then(|row| point(column, row));
            let differs = |other: Option<&Point>| other.is_some_and(|other| other.best.as_ref() != Some(here));
            if differs(left) || differs(below) {
                marks.push(HeatMark { column, row, label: format!("from here on: {here}") });
            }
        }
    }
    let body = Heat {
        x_label: x.path.clone(),
        y_label: y.path.clone(),
        columns: x.values.iter().map(|value| shown(value)).collect(),
        rows: y.values.iter().map(|value| shown(value)).collect(),
        cells,
        measure: y_axis(report).label,
        before: y_axis(report).before,
        marks,
        ..Heat::default()
    };
    Some(ChartSpec {
        title: format!("{} of the best strategy", label(report.metric)),
        subtitle: report.scenario.name.clone(),
        body: Body::Heat(body),
        note: note(report),
        ..ChartSpec::default()
    })
}

/// Where the values of an input stand on its axis.
fn places(input: &InputReport) -> Vec<f64> {
    match &input.numbers {
        Some(numbers) => numbers.values.iter().map(chart::place).collect(),
        None => (0u32..).map(f64::from).take(input.values.len()).collect(),
    }
}

fn y_axis(report: &SweepReport) -> Axis {
    let name = label(report.metric);
    match report.metric {
        Metric::Quality | Metric::SavingsPercent => Axis::percent(format!("{name} (%)")),
        metric if metric.is_money() && report.currency == "USD" => Axis::usd(format!("{name} (USD)")),
        metric if metric.is_money() => Axis::new(format!("{name} ({})", report.currency)),
        _ => Axis::new(name),
    }
}

fn note(report: &SweepReport) -> String {
    format!("Prices of {}. A mark: from here on another strategy is best.", report.prices.as_of)
}

/// A share as percent, for an axis.
fn scaled(report: &SweepReport, value: &Exact) -> Exact {
    if report.metric == Metric::Quality { value * &Exact::from(100) } else { value.clone() }
}

fn short(report: &SweepReport, value: &Exact) -> String {
    if report.metric.is_money() && report.currency == "USD" { words::compact_usd(value) } else { amount(report, value) }
}

fn amount(report: &SweepReport, value: &Exact) -> String {
    match report.metric {
        Metric::Quality => display::percent(value, 2),
        Metric::SavingsPercent => format!("{}%", display::number(value, 1)),
        metric if metric.is_money() => display::money(value, &report.currency),
        _ => display::count(value),
    }
}

/// A metric in words: `Cost per month`.
fn label(metric: Metric) -> String {
    let name = metric.name().replace('_', " ");
    match name.strip_prefix("per ") {
        Some(rest) => format!("Cost per {rest}"),
        None => {
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
        }
    }
}

/// A value with separators, where it begins with a long number.
fn shown(value: &str) -> String {
    let (before, rest) = value.strip_prefix('$').map_or(("", value), |rest| ("$", rest));
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    if digits.is_empty() { value.to_owned() } else { format!("{before}{}{after}", display::grouped(digits)) }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    if path.contains('"') { path } else { path.rsplit('.').next().unwrap_or(path) }
}

/// One row per point and strategy.
///
/// # Errors
/// None that these values can raise.
pub fn csv_of_sweeps(reports: &[SweepReport]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "scenario", "input", "value", "input_2", "value_2", "strategy", "metric", "figure", "best", "currency",
    ])?;
    for report in reports {
        for point in &report.points {
            for each in &point.strategies {
                let input = |at: usize| report.inputs.get(at).map_or_else(String::new, |input| defused(&input.path));
                let value = |at: usize| point.at.get(at).map_or_else(String::new, |value| defused(value));
                let is_best = point.best.as_ref() == Some(&each.name);
                writer.write_record([
                    defused(&report.scenario.name),
                    input(0),
                    value(0),
                    input(1),
                    value(1),
                    defused(&each.name),
                    report.metric.name().to_owned(),
                    each.value.as_ref().map_or_else(String::new, Exact::to_string),
                    if is_best { "yes" } else { "no" }.to_owned(),
                    defused(&report.currency),
                ])?;
            }
        }
    }
    finished(writer)
}
