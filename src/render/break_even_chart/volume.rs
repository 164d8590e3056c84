//! Cost per hour against volume.

use super::{Comparison, Stairs, usd};
use crate::render::chart::words::suffixed;
use crate::render::chart::{Axis, Body, ChartSpec, Plane, Series, Theme, Xy, place};
use crate::units::Exact;

/// Most crossovers that get a name.
const MOST_NAMES: usize = 8;
/// More steps than this are finer than any picture.
const MOST_STEPS: u64 = 1_500;
/// Volumes that differ by this factor are shown on logarithmic axes.
const DECADES: u64 = 40;

/// The part of the volumes that is shown.
struct Range {
    from: Exact,
    to: Exact,
    log: bool,
    /// Whether it begins far above zero.
    zoomed: bool,
}

pub(super) fn chart(case: &Comparison) -> ChartSpec {
    let range = range(case);
    let price = |volume: &Exact| place(&(volume * &case.api_price));
    let at = |volume: &Exact| (place(volume), price(volume));
    let other = if case.against_deployment { case.api.clone() } else { format!("API: {}", case.api) };
    let own = name_of(case);
    let drawn = |name: &str, points: &[(Exact, Exact)]| Series::Line {
        name: name.to_owned(),
        points: points.iter().map(xy).collect(),
    };
    let mut series = match &case.curves {
        Some([hosted, opposite]) => vec![drawn(&other, opposite), drawn(&own, hosted)],
        None => {
            vec![Series::Line { name: other, points: vec![at(&range.from), at(&range.to)] }, staircase(case, &range)]
        }
    };
    if let Some((least, greatest)) = &case.capacities {
        let edges = match (&case.curves, &case.band) {
            (None, _) => [greatest, least].map(|capacity| edge(&case.stairs.with_capacity(capacity), &range)).into(),
            (Some(_), Some((lower, upper))) => Some([lower, upper].map(|points| points.iter().map(xy).collect())),
            (Some(_), None) => None,
        };
        series.extend(edges.map(|[lower, upper]| {
            let (least, greatest, unit) = (suffixed(least), suffixed(greatest), &case.unit);
            let name = format!("if a {} takes {least} to {greatest} {unit}/h", case.step);
            Series::Band { name, lower, upper }
        }));
    }
    for (from, to) in &case.cheaper {
        if *from < range.to && to.as_ref().is_none_or(|to| *to > range.from) {
            let to = to.as_ref().map_or(f64::INFINITY, place);
            series.push(Series::Span { from: place(from), to, label: format!("{} is cheaper", case.own()) });
        }
    }
    let shown = |volume: &&Exact| **volume >= range.from && **volume <= range.to;
    let crossovers: Vec<&Exact> = case.crossovers.iter().filter(shown).collect();
    let named = named(case, &crossovers);
    for crossover in &crossovers {
        let label = if named.contains(crossover) { name(case, crossover) } else { String::new() };
        let cost = match &case.curves {
            Some([hosted, _]) => place(&between(hosted, crossover)),
            None => price(crossover),
        };
        series.push(Series::Mark { at: (place(crossover), cost), label });
    }
    if shown(&&case.today.volume) {
        series.push(today(case));
    }
    let (x, y) = axes(case, &range);
    let unnamed = case.crossovers.len().saturating_sub(named.len());
    ChartSpec {
        title: title(case),
        subtitle: subtitle(case),
        body: Body::Plane(Plane { x, y, series }),
        note: note(case, &range, unnamed),
        theme: Theme::Light,
    }
}

/// The own side in the legend.
fn name_of(case: &Comparison) -> String {
    if case.against_deployment { case.deployment.clone() } else { format!("Self-hosting: {}", case.deployment) }
}

fn title(case: &Comparison) -> String {
    let (unit, volume) = (&case.unit, suffixed(&case.today.volume));
    let saved = usd(&(&case.today.api - &case.today.self_hosted).abs());
    match case.today.self_hosted.cmp(&case.today.api) {
        std::cmp::Ordering::Less => format!("At {volume} {unit} an hour, {} saves {saved} an hour", case.own()),
        std::cmp::Ordering::Greater => format!("At {volume} {unit} an hour, {} saves {saved} an hour", case.other()),
        std::cmp::Ordering::Equal => format!("At {volume} {unit} an hour, both cost the same"),
    }
}

fn subtitle(case: &Comparison) -> String {
    let unit = &case.unit;
    let fixed = if case.stairs.fixed.is_zero() {
        String::new()
    } else {
        format!(", and {}/h of operations", usd(&case.stairs.fixed))
    };
    format!(
        "{} at {} per 1M {unit}; {} at {}/h per {}, which takes {} {unit}/h{fixed}",
        case.api,
        usd(&case.api_per_million()),
        case.deployment,
        usd(&case.stairs.per_replica),
        case.step,
        suffixed(&case.stairs.capacity),
    )
}

fn note(case: &Comparison, range: &Range, unnamed: usize) -> String {
    let mut parts = Vec::new();
    match &case.permanent_from {
        Some(from) => {
            parts.push(format!("Above {} {} an hour {} is always cheaper.", suffixed(from), case.unit, case.own()))
        }
        None if case.cheaper.is_empty() => parts.push(format!("{} is cheaper at no volume.", capitalised(case.own()))),
        None => {}
    }
    if unnamed > 0 {
        parts.push(format!("{unnamed} more crossover{} without a name.", if unnamed == 1 { "" } else { "s" }));
    }
    if case.truncated {
        parts.push("There are more crossovers than are listed.".to_owned());
    }
    if range.zoomed {
        parts.push(format!("The axes begin at {} {} an hour, not at zero.", suffixed(&range.from), case.unit));
    }
    parts.push(case.source.clone());
    parts.join(" ")
}

/// A cost at a volume between the points that are drawn.
fn between(points: &[(Exact, Exact)], volume: &Exact) -> Exact {
    let within = points.iter().zip(points.iter().skip(1)).find(|((_, _), (to, _))| to >= volume);
    let Some(((from, low), (to, high))) = within else { return Exact::ZERO };
    let share = (volume - from).checked_div(&(to - from)).unwrap_or(Exact::ZERO);
    low + &(&(high - low) * &share)
}

/// All that matters with some air: from zero, unless it spans decades or lies close together far above zero.
fn range(case: &Comparison) -> Range {
    if let Some((end, _)) = case.curves.as_ref().and_then(|[hosted, _]| hosted.last()) {
        return Range { from: Exact::ZERO, to: end.clone(), log: false, zoomed: false };
    }
    let capacity = &case.stairs.capacity;
    let today = Some(&case.today.volume).filter(|volume| !volume.is_zero());
    let mut places: Vec<&Exact> = case.crossovers.iter().chain(&case.permanent_from).chain(today).collect();
    places.sort();
    let (least, greatest) = match (places.first(), places.last()) {
        (Some(least), Some(greatest)) => ((*least).clone(), (*greatest).clone()),
        _ => (capacity.clone(), capacity.clone()),
    };
    let quarter = |value: &Exact| value.checked_div(&Exact::from(4)).unwrap_or(Exact::ZERO);
    let width = &greatest - &least;
    // Many steps up to there, and little of the picture in which anything happens.
    let steps = greatest.checked_div(capacity).unwrap_or(Exact::ZERO);
    if steps > Exact::from(12) && &width * &Exact::from(2) < greatest {
        let air = quarter(&width).max(capacity * &Exact::from(2));
        let from = (&least - &air).max(Exact::ZERO);
        let zoomed = !from.is_zero();
        return Range { from, to: &greatest + &air, log: false, zoomed };
    }
    let (low, high) = (least.min(capacity.clone()), greatest.clone().max(capacity.clone()));
    if high > &low * &Exact::from(DECADES) {
        let two = Exact::from(2);
        let from = low.checked_div(&two).unwrap_or(Exact::ZERO);
        return Range { from, to: &high * &two, log: true, zoomed: false };
    }
    let to = (&greatest + &quarter(&greatest)).max(capacity + &quarter(&(capacity + capacity)));
    // Whole steps, while they are few.
    let steps = to.checked_div(capacity).map_or(Exact::ZERO, |steps| steps.ceil());
    let to = if steps <= Exact::from(16) { &steps * capacity } else { to };
    Range { from: Exact::ZERO, to, log: false, zoomed: false }
}

fn axes(case: &Comparison, range: &Range) -> (Axis, Axis) {
    let x = Axis::new(format!("{} per hour", capitalised(&case.unit)));
    let y = Axis::usd("Cost per hour (USD)");
    let x = Axis { range: Some((place(&range.from), place(&range.to))), ..x };
    if range.log {
        return (x.log(), y.log());
    }
    if range.zoomed {
        let costs = [&range.from, &range.to].map(|volume| {
            [place(&(volume * &case.api_price)), place(&case.stairs.cost(&case.stairs.replicas(volume)))]
        });
        let all = || costs.iter().flatten().copied();
        let (least, greatest) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
        return (x, Axis { range: Some((least, greatest)), ..y });
    }
    (x, y)
}

fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// Corners within the range, as `(volume, cost up to and with it)`.
fn corners(stairs: &Stairs, range: &Range) -> Vec<(Exact, Exact)> {
    let mut count = stairs.replicas(&range.from);
    // At its very edge a step still holds.
    if &count * &stairs.capacity <= range.from {
        count = &count + &Exact::ONE;
    }
    let mut out = vec![(range.from.clone(), stairs.cost(&count))];
    while out.len() < usize::try_from(MOST_STEPS).unwrap_or(usize::MAX) {
        let edge = &count * &stairs.capacity;
        out.push((edge.clone().min(range.to.clone()), stairs.cost(&count)));
        if edge >= range.to {
            return out;
        }
        count = &count + &Exact::ONE;
    }
    out.push((range.to.clone(), stairs.cost(&stairs.replicas(&range.to))));
    out
}

fn xy((volume, cost): &(Exact, Exact)) -> Xy {
    (place(volume), place(cost))
}

/// The staircase, or the line through its corners where its steps are too many to be seen.
fn staircase(case: &Comparison, range: &Range) -> Series {
    let name = name_of(case);
    let steps = (&range.to - &range.from).checked_div(&case.stairs.capacity).unwrap_or(Exact::ZERO);
    if steps >= Exact::from(MOST_STEPS) {
        let at = |volume: &Exact| (volume.clone(), case.stairs.cost(&case.stairs.replicas(volume)));
        // Level up to where the least number of replicas is full.
        let level = (&case.stairs.least.clone().max(Exact::ONE) * &case.stairs.capacity).min(range.to.clone());
        let mut points = vec![xy(&at(&range.from))];
        if level > range.from {
            points.push(xy(&at(&level)));
        }
        points.push(xy(&at(&range.to)));
        return Series::Line { name, points };
    }
    Series::Step { name, points: corners(&case.stairs, range).iter().map(xy).collect() }
}

/// The same with its jumps as vertices, for the edge of a band.
fn edge(stairs: &Stairs, range: &Range) -> Vec<Xy> {
    let corners = corners(stairs, range);
    let pairs = corners.iter().zip(corners.iter().skip(1));
    pairs.flat_map(|(a, b)| [(place(&a.0), place(&b.1)), xy(b)]).collect()
}

/// The crossovers that get a name: all, or the outer ones and those on both sides of today.
fn named<'a>(case: &Comparison, crossovers: &[&'a Exact]) -> Vec<&'a Exact> {
    if crossovers.len() <= MOST_NAMES {
        return crossovers.to_vec();
    }
    let below = crossovers.iter().rev().find(|volume| ***volume <= case.today.volume);
    let above = crossovers.iter().find(|volume| ***volume > case.today.volume);
    let permanent = crossovers.iter().find(|volume| case.permanent_from.as_ref() == Some(**volume));
    let outer = crossovers.first().into_iter().chain(crossovers.last());
    let mut out: Vec<&Exact> = outer.chain(below).chain(above).chain(permanent).copied().collect();
    out.sort();
    out.dedup();
    out
}

fn name(case: &Comparison, crossover: &Exact) -> String {
    let permanent = case.permanent_from.as_ref() == Some(crossover);
    let volume = suffixed(crossover);
    match (permanent, case.crossovers.len()) {
        (true, 1) => format!("break-even: {volume}"),
        (true, _) => format!("{volume}: for good"),
        _ => volume,
    }
}

fn today(case: &Comparison) -> Series {
    let today = &case.today;
    Series::Point {
        at: (place(&today.volume), place(&today.self_hosted)),
        label: format!(
            "Today: {} {}/h; {} at {}, {} {}",
            suffixed(&today.volume),
            case.unit,
            case.steps(&today.replicas),
            usd(&today.self_hosted),
            if case.against_deployment { &case.api } else { "API" },
            usd(&today.api),
        ),
    }
}
