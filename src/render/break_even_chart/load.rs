//! Cost per million units against load.

use super::{Comparison, Stairs, per_million, usd};
use crate::render::chart::words::suffixed;
use crate::render::chart::{Axis, Body, ChartSpec, Plane, Series, Theme, Xy, place};
use crate::units::{Exact, display};

/// Vertices of a curve.
const VERTICES: u64 = 160;

pub(super) fn chart(case: &Comparison) -> ChartSpec {
    let stairs = &case.stairs;
    // The replicas that today's volume needs, or those that are always there.
    let count = case.today.replicas.clone().max(stairs.least.clone()).max(Exact::ONE);
    let Some(full) = full_load(stairs, &count) else { return ChartSpec::default() };
    let level = case.api_per_million();
    let today = today(case, &count);
    let view = View::of(&level, &full, today.as_ref());
    let break_even = full.checked_div(&level);
    let wins = break_even.as_ref().is_some_and(|load| *load < Exact::ONE);
    let mut series = vec![
        Series::Line {
            name: format!("API: {}", usd(&level)),
            points: vec![(place(&percent(&view.from)), place(&level)), (100.0, place(&level))],
        },
        Series::Line { name: format!("Self-hosting, full: {}", usd(&full)), points: view.curve(&full) },
    ];
    if let Some((least, greatest)) = &case.capacities {
        let full = |capacity: &Exact| full_load(&stairs.with_capacity(capacity), &count).unwrap_or(Exact::ZERO);
        series.push(Series::Band {
            name: format!("if a replica takes {} to {} {}/h", suffixed(least), suffixed(greatest), case.unit),
            lower: view.curve(&full(greatest)),
            upper: view.curve(&full(least)),
        });
    }
    if let Some(load) = break_even.as_ref().filter(|_| wins) {
        let at = place(&percent(load));
        series.push(Series::Span { from: at, to: 100.0, label: "self-hosting is cheaper".to_owned() });
        series.push(Series::Mark { at: (at, place(&level)), label: format!("break-even: {}", words(load)) });
    }
    if let Some((load, cost)) = today {
        let label = format!("Today: {} load, {}", words(&load), usd(&cost));
        series.push(Series::Point { at: (place(&percent(&load)), place(&cost)), label });
    }
    let x = Axis::percent(format!("Load of {}", case.steps(&count)));
    let x = Axis { range: Some((place(&percent(&view.from)), 100.0)), ..x };
    let y = Axis::usd(format!("USD per 1M {}", case.unit));
    let (x, y) = if view.log { (x.log(), y.log()) } else { (x, Axis { range: Some((0.0, place(&view.top))), ..y }) };
    ChartSpec {
        title: title(case, &count, break_even.as_ref().filter(|_| wins)),
        subtitle: format!(
            "{}: {} at {}/h and {} {}/h each, against {}",
            case.deployment,
            case.steps(&count),
            usd(&stairs.per_replica),
            suffixed(&stairs.capacity),
            case.unit,
            case.api,
        ),
        body: Body::Plane(Plane { x, y, series }),
        note: case.source.clone(),
        theme: Theme::Light,
    }
}

fn title(case: &Comparison, count: &Exact, break_even: Option<&Exact>) -> String {
    let one = *count == Exact::ONE;
    let it = if one { format!("{} {}", article(&case.step), case.step) } else { case.steps(count) };
    match break_even {
        Some(load) => format!(
            "From {} load on, {it} {} the API",
            words(load),
            if one { "is cheaper than" } else { "are cheaper than" }
        ),
        None if case.api_price.is_zero() => {
            format!("The API is free: no load pays for {} {}", article(&case.step), case.step)
        }
        None => format!("Even at full load, {it} {} no less than the API", if one { "costs" } else { "cost" }),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// USD per million units of so many replicas at full load.
fn full_load(stairs: &Stairs, count: &Exact) -> Option<Exact> {
    Some(per_million(&stairs.cost(count).checked_div(&(count * &stairs.capacity))?))
}

/// What is shown of the curve.
struct View {
    /// The least load.
    from: Exact,
    /// The greatest cost; on a logarithmic axis, what the curve needs.
    top: Exact,
    log: bool,
}

impl View {
    /// An empty replica costs infinitely much per unit, and far above the dearer side its curve says nothing. Where
    /// today's load is small, both axes are logarithmic.
    fn of(level: &Exact, full: &Exact, today: Option<&(Exact, Exact)>) -> View {
        let dearer = level.clone().max(full.clone());
        let top = &dearer * &Exact::from(3);
        match today {
            Some((load, cost)) if *cost > &top * &Exact::from(3) && !level.is_zero() && !full.is_zero() => {
                let from = load.checked_div(&Exact::from(2)).unwrap_or(Exact::ZERO);
                View { from, top, log: true }
            }
            Some((_, cost)) if *cost > top => View {
                from: Exact::ZERO,
                top: cost + &cost.checked_div(&Exact::from(8)).unwrap_or(Exact::ZERO),
                log: false,
            },
            _ if top.is_zero() => View { from: Exact::ZERO, top: Exact::ONE, log: false },
            _ => View { from: Exact::ZERO, top, log: false },
        }
    }

    /// The curve `full / load` from where it comes into sight up to full load.
    fn curve(&self, full: &Exact) -> Vec<Xy> {
        if full.is_zero() {
            return vec![(place(&percent(&self.from)), 0.0), (100.0, 0.0)];
        }
        let seen = if self.log { Some(self.from.clone()) } else { full.checked_div(&self.top) };
        let Some(from) = seen else { return Vec::new() };
        let mut out = Vec::new();
        for index in 0..=VERTICES {
            let share = Exact::from(index).checked_div(&Exact::from(VERTICES)).unwrap_or(Exact::ONE);
            // Closer to each other where the curve is steep.
            let load = &from + &(&(&Exact::ONE - &from) * &(&share * &share));
            if let Some(cost) = full.checked_div(&load) {
                out.push((place(&percent(&load)), place(&cost)));
            }
        }
        out
    }
}

/// Today's load and cost per million units.
fn today(case: &Comparison, count: &Exact) -> Option<(Exact, Exact)> {
    let load = case.today.volume.checked_div(&(count * &case.stairs.capacity))?;
    let cost = per_million(&case.today.self_hosted.checked_div(&case.today.volume)?);
    Some((load, cost))
}

fn percent(share: &Exact) -> Exact {
    share * &Exact::from(100)
}

fn words(share: &Exact) -> String {
    display::percent(share, 1)
}
