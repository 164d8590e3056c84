//! The charts show what the comparison computes.

use proptest::prelude::*;

use super::*;
use crate::hosting::break_even::{BreakEven, Staircase};
use crate::render::chart::{Axis, Body, Canvas, Plane, Scale, Series, place, svg_in_page};

fn exact(text: &str) -> Exact {
    Exact::from_decimal(text).unwrap()
}

/// A comparison as a report would have it, and what it was computed from.
fn comparison(stairs: &Staircase, price: &Exact, volume: &Exact) -> (Comparison, BreakEven) {
    let answer = BreakEven::of(stairs.clone(), price.clone()).unwrap();
    let verdict = answer.verdict(volume);
    let case = Comparison {
        api: "api".into(),
        deployment: "deployment".into(),
        unit: "output tokens".into(),
        step: "replica".into(),
        api_price: price.clone(),
        stairs: Stairs {
            fixed: stairs.fixed.clone(),
            per_replica: stairs.per_replica.clone(),
            least: stairs.min_replicas.clone(),
            capacity: stairs.capacity.clone(),
        },
        capacities: None,
        against_deployment: false,
        curves: None,
        band: None,
        crossovers: answer.crossovers.iter().map(|crossover| crossover.at.clone()).collect(),
        cheaper: answer.cheaper.iter().map(|win| (win.from.clone(), win.to.clone())).collect(),
        permanent_from: answer.permanent_from.clone(),
        truncated: answer.truncated(),
        today: Today {
            volume: volume.clone(),
            replicas: verdict.replicas,
            self_hosted: verdict.self_hosted,
            api: verdict.api,
        },
        source: "made up".into(),
    };
    (case, answer)
}

/// The guide's: two dollars an hour of operations, replicas of 9M tokens an hour at $2.69, an API at $0.40 per 1M.
fn several() -> Comparison {
    let stairs = Staircase {
        fixed: exact("2"),
        per_replica: exact("2.69"),
        min_replicas: Exact::ONE,
        capacity: exact("9000000"),
    };
    comparison(&stairs, &exact("0.0000004"), &exact("33000000")).0
}

fn plane(spec: &ChartSpec) -> &Plane {
    match &spec.body {
        Body::Plane(plane) => plane,
        other => panic!("{other:?}"),
    }
}

fn shown(axis: &Axis, value: f64) -> bool {
    axis.range.is_none_or(|(from, to)| (from..=to).contains(&value))
}

#[test]
fn the_published_intervals_are_shaded_and_named() {
    let spec = several().by_volume();
    assert_eq!(spec.title, "At 33M output tokens an hour, self-hosting saves $0.44 an hour");
    let spans: Vec<(f64, f64)> = plane(&spec)
        .series
        .iter()
        .filter_map(|series| match series {
            Series::Span { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
        .collect();
    let wins = [(25_175_000.0, 27e6), (31.9e6, 36e6), (38_625_000.0, 45e6), (45.35e6, f64::INFINITY)];
    assert_eq!(spans, wins);
    let marks: Vec<&str> = plane(&spec)
        .series
        .iter()
        .filter_map(|series| match series {
            Series::Mark { label, .. } => Some(label.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(marks, ["25.175M", "27M", "31.9M", "36M", "38.625M", "45M", "45.35M: for good"]);
}

#[test]
fn an_interval_of_throughput_is_a_band_of_two_staircases() {
    let case = Comparison { capacities: Some((exact("8000000"), exact("10000000"))), ..several() };
    for spec in [case.by_volume(), case.by_load().unwrap()] {
        let band = plane(&spec).series.iter().find_map(|series| match series {
            Series::Band { name, lower, upper } => Some((name.as_str(), lower, upper)),
            _ => None,
        });
        let (name, lower, upper) = band.unwrap();
        assert_eq!(name, "if a replica takes 8M to 10M output tokens/h");
        assert!(!lower.is_empty() && !upper.is_empty());
    }
    let spec = case.by_volume();
    let Some(Series::Band { lower, upper, .. }) =
        plane(&spec).series.iter().find(|series| matches!(series, Series::Band { .. }))
    else {
        panic!("no band")
    };
    // Just above 8M, slow replicas are already two.
    assert!(upper.contains(&(8e6, 7.38)), "{upper:?}");
    assert!(lower.contains(&(10e6, 4.69)), "{lower:?}");
}

#[test]
fn a_replica_pays_from_the_published_utilisation_on() {
    // gpt-4o-mini's output against one A10G: 2.5M of 10.8M tokens an hour.
    let stairs = Staircase {
        fixed: Exact::ZERO,
        per_replica: exact("1.5"),
        min_replicas: Exact::ONE,
        capacity: exact("10800000"),
    };
    let (case, answer) = comparison(&stairs, &exact("0.0000006"), &exact("4320000"));
    let spec = case.by_load().unwrap();
    assert_eq!(spec.title, "From 23.1% load on, a replica is cheaper than the API");
    let mark = plane(&spec).series.iter().find_map(|series| match series {
        Series::Mark { at, .. } => Some(*at),
        _ => None,
    });
    let utilisation = place(&(&answer.crossovers[0].utilisation * &Exact::from(100)));
    assert_eq!(mark, Some((utilisation, 0.6)));
    let point = plane(&spec).series.iter().find_map(|series| match series {
        Series::Point { label, .. } => Some(label.as_str()),
        _ => None,
    });
    assert_eq!(point, Some("Today: 40.0% load, $0.3472"));
}

#[test]
fn a_small_volume_is_shown_on_logarithmic_axes_and_crowded_crossovers_from_near_by() {
    let stairs = |fixed: &str, replica: &str, capacity: &str| Staircase {
        fixed: exact(fixed),
        per_replica: exact(replica),
        min_replicas: Exact::ONE,
        capacity: exact(capacity),
    };
    let (small, _) = comparison(&stairs("0", "1.5", "10800000"), &exact("0.0000006"), &exact("42000"));
    assert_eq!(plane(&small.by_volume()).x.scale, Scale::Log);
    let (crowded, _) = comparison(&stairs("1", "0.98", "1000000"), &exact("0.000001"), &exact("53300000"));
    let spec = crowded.by_volume();
    let (from, _) = plane(&spec).x.range.unwrap();
    assert!(from > 3e7, "{from}");
    assert!(spec.note.contains("The axes begin at"), "{}", spec.note);
    assert!(spec.note.contains("93 more crossovers without a name"), "{}", spec.note);
}

fn cents(range: std::ops::Range<i64>) -> impl Strategy<Value = Exact> {
    range.prop_map(|cents| Exact::ratio(cents, 100).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_corner_is_on_the_staircase_and_today_is_seen(
        fixed in cents(0..1000),
        replica in cents(1..1000),
        least in 0_u64..5,
        capacity in 1_u64..20_000_000,
        price in 0_i64..500,
        volume in prop_oneof![Just(0_u64), 1_u64..1_000_000, 1_000_000_u64..100_000_000_000],
    ) {
        let stairs = Staircase {
            fixed,
            per_replica: replica,
            min_replicas: Exact::from(least),
            capacity: Exact::from(capacity),
        };
        let price = Exact::ratio(price, 100_000_000).unwrap();
        let volume = Exact::from(volume);
        let (case, _) = comparison(&stairs, &price, &volume);
        for spec in [case.by_volume(), case.by_load().unwrap()] {
            let drawn = svg_in_page(&spec, Canvas::of(&spec), "x");
            roxmltree::Document::parse(&drawn).unwrap();
            prop_assert!(!drawn.contains("NaN") && !drawn.contains("\"inf"));
            let plane = plane(&spec);
            for series in &plane.series {
                if let Series::Point { at, .. } = series {
                    prop_assert!(shown(&plane.x, at.0) && shown(&plane.y, at.1), "{at:?} {:?} {:?}", plane.x, plane.y);
                }
            }
            let points = plane.series.iter().filter(|series| matches!(series, Series::Point { .. })).count();
            prop_assert!(points == 1 || volume.is_zero(), "{spec:?}");
        }
        let spec = case.by_volume();
        for series in &plane(&spec).series {
            let Series::Step { points, .. } = series else { continue };
            for pair in points.windows(2) {
                // A float is exact in the binary sense, so that the edge itself is on its step or a hair beyond it.
                let middle = (pair[0].0 + pair[1].0) / 2.0;
                let inside = Exact::from_decimal(&format!("{middle:.3}")).unwrap();
                if pair[1].0 - pair[0].0 > 1.0 {
                    let cost = place(&stairs.cost(&inside));
                    prop_assert!((cost - pair[1].1).abs() <= 1e-9 * cost.abs(), "{inside}: {cost} {pair:?}");
                }
            }
        }
    }
}
