//! How good estimates are on rows that the fit did not see.

use std::collections::BTreeMap;

use llmcost::hosting::throughput::measured::{Measured, TABLE, parse};
use llmcost::hosting::throughput::{Anchors, Coefficients, Confidence, Estimate};

use super::figures::figures;
use super::fit::{Row, fit};

/// The rows that come with the project.
pub fn rows() -> Vec<Row> {
    let measured = parse(TABLE).unwrap();
    measured
        .into_iter()
        .map(|row| {
            let load = figures(&row.gpu, &row.model, &row.format, row.gpus);
            Row::of(row, load)
        })
        .collect()
}

/// What is left out together.
#[derive(Clone, Copy)]
pub enum By {
    Group,
    Model,
    Gpu,
    /// Six folds of groups, shuffled by a seed.
    Folds(u64),
    /// Twelve folds of single rows, shuffled by a seed: the others of their group are seen.
    Rows(u64),
}

fn group(row: &Row) -> String {
    format!("{} on {}", row.measured.model, row.measured.gpu)
}

fn keys(rows: &[Row], by: By) -> Vec<String> {
    match by {
        By::Group => rows.iter().map(group).collect(),
        By::Model => rows.iter().map(|row| row.measured.model.clone()).collect(),
        By::Gpu => rows.iter().map(|row| row.measured.gpu.clone()).collect(),
        By::Folds(seed) => {
            let mut groups: Vec<String> = rows.iter().map(group).collect();
            groups.sort();
            groups.dedup();
            shuffle(&mut groups, seed);
            let fold = |row: &Row| groups.iter().position(|name| *name == group(row)).unwrap() % 6;
            rows.iter().map(|row| fold(row).to_string()).collect()
        }
        By::Rows(seed) => {
            let mut folds: Vec<usize> = (0..rows.len()).map(|index| index % 12).collect();
            shuffle(&mut folds, seed);
            folds.iter().map(ToString::to_string).collect()
        }
    }
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for i in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, (state >> 33) as usize % (i + 1));
    }
}

/// Every row estimated with coefficients that were fitted without its like: by the roofline alone, and drawn towards the
/// rows near by that were not left out.
pub fn left_out(rows: &[Row], by: By) -> (Vec<Estimate>, Vec<Estimate>) {
    let keys = keys(rows, by);
    let mut fitted: BTreeMap<&str, (Coefficients, Anchors)> = BTreeMap::new();
    for key in &keys {
        fitted.entry(key).or_insert_with(|| {
            let others: Vec<&Row> =
                rows.iter().zip(&keys).filter(|(_, other)| *other != key).map(|(row, _)| row).collect();
            let coefficients = fit(&others);
            (coefficients, anchors(&others, &coefficients))
        });
    }
    let both = rows.iter().zip(&keys).map(|(row, key)| {
        let (coefficients, anchors) = &fitted[key.as_str()];
        let alone = row.estimate(coefficients);
        let drawn = anchors.near(&row.configuration(), &row.traffic, true).apply(alone.clone());
        (alone, drawn)
    });
    both.unzip()
}

/// Every row drawn towards all others, but not towards itself: what the program answers to a table of cases.
pub fn without_themselves(rows: &[Row], coefficients: &Coefficients) -> Vec<Estimate> {
    let anchors = anchors(&rows.iter().collect::<Vec<_>>(), coefficients);
    let drawn = |row: &Row| anchors.near(&row.configuration(), &row.traffic, true).apply(row.estimate(coefficients));
    rows.iter().map(drawn).collect()
}

fn anchors(rows: &[&Row], coefficients: &Coefficients) -> Anchors {
    let measured: Vec<Measured> = rows.iter().map(|row| row.measured.clone()).collect();
    Anchors::of(&measured, coefficients, |row| Some(figures(&row.gpu, &row.model, &row.format, row.gpus)))
}

/// Errors as shares of the measured value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    pub rate: f64,
    pub within: f64,
    pub tpot: f64,
    pub ttft: f64,
    pub order: f64,
    pub same_model_order: f64,
}

impl Errors {
    /// Adds a share of other errors, for means.
    pub fn add(&mut self, other: &Self, share: f64) {
        self.rate += other.rate * share;
        self.within += other.within * share;
        self.tpot += other.tpot * share;
        self.ttft += other.ttft * share;
        self.order += other.order * share;
        self.same_model_order += other.same_model_order * share;
    }
}

pub fn errors(rows: &[Row], estimates: &[Estimate]) -> Errors {
    let both = || rows.iter().map(|row| &row.measured).zip(estimates);
    let rates: Vec<f64> = both().map(|(row, found)| (found.per_gpu / row.rate - 1.0).abs()).collect();
    let part = |of: Vec<Option<f64>>| median(of.into_iter().flatten().collect());
    Errors {
        within: rates.iter().filter(|error| **error <= 0.25).count() as f64 / rates.len() as f64,
        rate: median(rates),
        tpot: part(both().map(|(row, found)| Some((found.tpot * 1e3 / row.tpot_ms? - 1.0).abs())).collect()),
        ttft: part(both().map(|(row, found)| Some((found.ttft * 1e3 / row.ttft_ms? - 1.0).abs())).collect()),
        order: order(rows, estimates, false),
        same_model_order: order(rows, estimates, true),
    }
}

/// Share of the pairs of rows whose measured rates differ by more than 10% that the estimates put in the same order.
fn order(rows: &[Row], estimates: &[Estimate], same_model: bool) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for (i, (left, left_found)) in rows.iter().zip(estimates).enumerate() {
        for (other, other_found) in rows.iter().zip(estimates).skip(i + 1) {
            let (a, b) = (left.measured.rate, other.measured.rate);
            if a.max(b) > 1.1 * a.min(b) && (!same_model || left.measured.model == other.measured.model) {
                all += 1.0;
                if (a > b) == (left_found.per_gpu > other_found.per_gpu) {
                    right += 1.0;
                }
            }
        }
    }
    right / all
}

/// What an interval is drawn from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Plain,
    Flagged,
    Near,
    Any,
}

/// The tails outside an interval. Rows come in clusters (one model on one card, one engine), so that a tenth on each side
/// of the rows seen leaves out more than a tenth of the rows of other clusters.
const TAIL: f64 = 0.08;

/// Low and high percentile of measured / estimated in a class, over the rows that `of` chooses.
pub fn interval(rows: &[Row], estimates: &[Estimate], class: Class, of: impl Fn(&Row) -> bool) -> (f64, f64) {
    let mut ratios: Vec<f64> = rows
        .iter()
        .zip(estimates)
        .filter(|(row, found)| of(row) && (class == Class::Any || class_of(found) == class))
        .map(|(row, found)| row.measured.rate / found.per_gpu)
        .collect();
    ratios.sort_by(f64::total_cmp);
    (quantile(&ratios, TAIL), quantile(&ratios, 1.0 - TAIL))
}

pub fn class_of(found: &Estimate) -> Class {
    match found.confidence {
        Confidence::Near => Class::Near,
        _ if found.flags.is_empty() => Class::Plain,
        _ => Class::Flagged,
    }
}

/// Share of the rows within the interval that their estimate states.
pub fn printed_coverage(rows: &[Row], estimates: &[Estimate]) -> f64 {
    let inside = rows.iter().zip(estimates).filter(|(row, found)| {
        let (low, high) = found.interval;
        (low..=high).contains(&(row.measured.rate * f64::from(row.load.gpus)))
    });
    inside.count() as f64 / rows.len() as f64
}

/// Share of the rows within an interval that was drawn from the other groups.
pub fn coverage(rows: &[Row], estimates: &[Estimate]) -> f64 {
    let keys = keys(rows, By::Group);
    let inside = rows.iter().zip(estimates).zip(&keys).filter(|((row, found), key)| {
        let (low, high) = interval(rows, estimates, class_of(found), |other| group(other) != **key);
        (low..=high).contains(&(row.measured.rate / found.per_gpu))
    });
    inside.count() as f64 / rows.len() as f64
}

/// Between neighbours, linearly.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor();
    let (left, right) = (sorted[below as usize], sorted[place.ceil() as usize]);
    left + (right - left) * (place - below)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// A row of the table of errors, as the manual shows it.
pub fn row(name: &str, e: &Errors, coverage: Option<[f64; 2]>) -> String {
    let covered =
        coverage.map_or(["-"; 2].map(str::to_owned), |both| both.map(|share| format!("{:.0}%", share * 100.0)));
    format!(
        "| {name} | {:.1}% | {:.0}% | {:.1}% | {:.0}% | {:.1}% | {:.1}% | {} |",
        e.rate * 100.0,
        e.within * 100.0,
        e.tpot * 100.0,
        e.ttft * 100.0,
        e.order * 100.0,
        e.same_model_order * 100.0,
        covered.join(" | "),
    )
}
