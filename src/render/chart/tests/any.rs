//! Any chart: words of any length, amounts of any size and sign.

use proptest::prelude::*;

use super::super::*;
use crate::units::Exact;

/// Words from nothing to a paragraph; some hostile, some without a space.
pub fn words() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "[a-z]{1,9}( [a-z0-9$%]{1,9}){0,4}",
        1 => Just(String::new()),
        1 => "[a-zA-Z-]{20,120}",
        1 => "[ -~]{0,200}",
        1 => "\\PC{0,40}",
    ]
    .boxed()
}

/// Amounts from nothing to more than a float can hold, most of them usual.
pub fn exact() -> BoxedStrategy<Exact> {
    prop_oneof![
        6 => (-100_000_000_i64..1_000_000_000, 1_u64..1000).prop_map(|(n, d)| Exact::ratio(n, d).unwrap()),
        1 => Just(Exact::ZERO),
        1 => Just(Exact::ONE),
        1 => (1_i64..1000).prop_map(|n| &Exact::ratio(n, 7).unwrap() * &Exact::from(10).pow(300)),
        1 => (1_i64..1000, 0_u32..40).prop_map(|(n, p)| {
            Exact::ratio(n, 3).unwrap().checked_div(&Exact::from(10).pow(p)).unwrap()
        }),
    ]
    .boxed()
}

pub fn amount() -> BoxedStrategy<Amount> {
    prop_oneof![
        8 => exact().prop_map(|value| Amount::usd(&value)),
        1 => (exact(), words()).prop_map(|(value, text)| Amount::new(value, text)),
    ]
    .boxed()
}

fn float() -> BoxedStrategy<f64> {
    prop_oneof![
        8 => -1e6..1e9_f64,
        2 => 0.0..1.0_f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::MAX),
        1 => Just(1e-300),
    ]
    .boxed()
}

fn xy() -> BoxedStrategy<Xy> {
    (float(), float()).boxed()
}

fn axis() -> BoxedStrategy<Axis> {
    let names = prop::collection::vec((0.0..40.0_f64, words()), 0..40);
    (words(), any::<bool>(), prop_oneof![Just(""), Just("$")], prop_oneof![3 => Just(Vec::new()), 1 => names])
        .prop_map(|(label, log, before, mut names)| {
            names.sort_by(|a, b| a.0.total_cmp(&b.0));
            let scale = if log { Scale::Log } else { Scale::Linear };
            Axis { label, before: before.to_owned(), scale, names, ..Axis::default() }
        })
        .boxed()
}

fn series() -> BoxedStrategy<Series> {
    let points = || prop::collection::vec(xy(), 0..12);
    prop_oneof![
        (words(), points()).prop_map(|(name, points)| Series::Line { name, points }),
        (words(), points()).prop_map(|(name, mut points)| {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Series::Step { name, points }
        }),
        (words(), points(), points()).prop_map(|(name, lower, upper)| Series::Band { name, lower, upper }),
        (float(), float(), words()).prop_map(|(from, to, label)| Series::Span { from, to, label }),
        (words(), prop::collection::vec((xy(), words()), 0..12)).prop_map(|(name, dots)| Series::Dots {
            name,
            dots: dots.into_iter().map(|(at, label)| Dot { at, label }).collect(),
        }),
        (xy(), words()).prop_map(|(at, label)| Series::Point { at, label }),
        (xy(), words()).prop_map(|(at, label)| Series::Mark { at, label }),
    ]
    .boxed()
}

fn plane() -> BoxedStrategy<Body> {
    (axis(), axis(), prop::collection::vec(series(), 0..16))
        .prop_map(|(x, y, series)| Body::Plane(Plane { x, y, series }))
        .boxed()
}

fn bars() -> BoxedStrategy<Body> {
    let bar = |parts: usize| {
        (words(), amount(), prop::collection::vec(amount(), parts), words(), any::<bool>())
            .prop_map(|(label, total, parts, remark, strong)| Bar { label, total, parts, remark, strong })
    };
    (0_usize..8, 0_usize..40, any::<bool>(), axis(), 0_usize..2000)
        .prop_flat_map(move |(parts, rows, signed, axis, more)| {
            (prop::collection::vec(words(), parts), prop::collection::vec(bar(parts), rows)).prop_map(
                move |(components, rows)| Body::Bars(Bars { axis: axis.clone(), components, rows, more, signed }),
            )
        })
        .boxed()
}

fn waterfall() -> BoxedStrategy<Body> {
    let changes = prop::collection::vec((words(), amount()), 0..30);
    (axis(), words(), amount(), changes)
        .prop_map(|(axis, label, begin, changes)| {
            let end: Exact =
                std::iter::once(&begin).chain(changes.iter().map(|(_, amount)| amount)).map(|a| &a.value).sum();
            let end = Amount::usd(&end);
            let all = Waterfall::of(axis, (&label, begin), changes, (&label, end), 14, words::signed_usd);
            Body::Waterfall(all.unwrap())
        })
        .boxed()
}

fn tornado() -> BoxedStrategy<Body> {
    let swing = (words(), words(), words(), amount(), amount())
        .prop_map(|(label, low_input, high_input, low, high)| Swing { label, low_input, high_input, low, high });
    (axis(), amount(), words(), prop::collection::vec(swing, 0..30), 0_usize..3)
        .prop_map(|(axis, centre, centre_label, rows, more)| {
            Body::Tornado(Tornado { axis, centre: Some(centre), centre_label, rows, more })
        })
        .boxed()
}

fn heat() -> BoxedStrategy<Body> {
    (0_usize..14, 0_usize..14, any::<bool>())
        .prop_flat_map(|(across, down, log)| {
            let names = |count: usize| prop::collection::vec(words(), count);
            let cells =
                prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, amount()), across), down);
            (words(), words(), names(across), names(down), cells, words(), 0_usize..16, 0_usize..16).prop_map(
                move |(x_label, y_label, columns, rows, cells, measure, column, row)| {
                    let scale = if log { Scale::Log } else { Scale::Linear };
                    let marks = vec![HeatMark { column, row, label: measure.clone() }];
                    let before = "$".to_owned();
                    Body::Heat(Heat { x_label, y_label, columns, rows, cells, measure, before, scale, marks })
                },
            )
        })
        .boxed()
}

fn distribution() -> BoxedStrategy<Body> {
    let spread =
        (words(), prop::collection::vec((float(), 0.0..1e3_f64), 0..20), prop::collection::vec(amount(), 0..5))
            .prop_map(|(name, mut outline, mut amounts)| {
                outline.sort_by(|a, b| a.0.total_cmp(&b.0));
                amounts.sort_by(|a, b| a.value.cmp(&b.value));
                let quantile = |(n, amount)| Quantile { name: format!("P{n}"), amount };
                Spread { name, outline, quantiles: amounts.into_iter().enumerate().map(quantile).collect() }
            });
    let limit = (words(), amount()).prop_map(|(label, at)| Limit { label, at });
    (axis(), prop::collection::vec(spread, 0..18), 0_usize..3, prop::collection::vec(limit, 0..4))
        .prop_map(|(axis, spreads, more, limits)| Body::Distribution(Distribution { axis, spreads, more, limits }))
        .boxed()
}

/// Any chart of any kind.
pub fn chart() -> BoxedStrategy<ChartSpec> {
    let body = prop_oneof![plane(), bars(), waterfall(), tornado(), heat(), distribution()];
    (words(), words(), body, words(), any::<bool>())
        .prop_map(|(title, subtitle, body, note, dark)| {
            let theme = if dark { Theme::Dark } else { Theme::Light };
            ChartSpec { title, subtitle, body, note, theme }
        })
        .boxed()
}

/// A page of its natural size, of the usual size, or a small one.
pub fn canvas(spec: &ChartSpec, which: u8) -> Canvas {
    match which % 4 {
        0 => Canvas::of(spec),
        1 => Canvas::default(),
        2 => Canvas { width: 600, height: 400 },
        _ => Canvas { width: 300, height: 200 },
    }
}
