//! One small picture and one drawing of text per kind.

use super::super::*;
use crate::render::Look;
use crate::units::Exact;

fn usd(cents: i64) -> Amount {
    Amount::usd(&Exact::ratio(cents, 100).unwrap())
}

fn change(cents: i64) -> Amount {
    Amount::usd_change(&Exact::ratio(cents, 100).unwrap())
}

fn kinds() -> Vec<(&'static str, Body)> {
    vec![
        ("plane", plane()),
        ("scatter", scatter()),
        ("bars", bars()),
        ("waterfall", waterfall()),
        ("tornado", tornado()),
        ("heat", heat()),
        ("distribution", distribution()),
    ]
}

fn plane() -> Body {
    let series = vec![
        Series::Span { from: 25.0, to: f64::INFINITY, label: "self-hosting is cheaper".into() },
        Series::Line { name: "API".into(), points: vec![(0.0, 0.0), (60.0, 24.0)] },
        Series::Step { name: "Self-hosting".into(), points: vec![(0.0, 10.0), (40.0, 10.0), (60.0, 14.0)] },
        Series::Band {
            name: "if slower or faster".into(),
            lower: vec![(0.0, 9.0), (60.0, 9.0)],
            upper: vec![(0.0, 15.0), (60.0, 15.0)],
        },
        Series::Mark { at: (25.0, 10.0), label: "25M".into() },
        Series::Point { at: (50.0, 14.0), label: "Today: 50M".into() },
    ];
    Body::Plane(Plane { x: Axis::new("Tokens per hour"), y: Axis::usd("Cost per hour (USD)"), series })
}

fn scatter() -> Body {
    let dot = |x: f64, y: f64, label: &str| Dot { at: (x, y), label: label.into() };
    let series = vec![
        Series::Dots { name: "on the frontier".into(), dots: vec![dot(5.0, 70.0, "mini"), dot(40.0, 91.0, "large")] },
        Series::Dots { name: "dearer or worse".into(), dots: vec![dot(20.0, 72.0, "random")] },
    ];
    Body::Plane(Plane { x: Axis::usd("Cost (USD)"), y: Axis::percent("Accepted answers"), series })
}

fn bars() -> Body {
    let row = |label: &str, parts: [i64; 3], strong: bool| Bar {
        parts: parts.into_iter().map(usd).collect(),
        strong,
        ..Bar::new(label, usd(parts.into_iter().sum()))
    };
    let rows = vec![row("all-gpt-4o", [375_000, 0, 600_000], false), row("lean", [50_000, 20_000, -10_000], true)];
    let components = ["input", "cached", "output"].map(str::to_owned).to_vec();
    Body::Bars(Bars { axis: Axis::usd("Cost per month (USD)"), components, rows, more: 3, signed: false })
}

fn waterfall() -> Body {
    let changes = vec![("price".to_owned(), change(-40_000)), ("volume".to_owned(), change(15_000))];
    let axis = Axis::usd("Cost per month (USD)");
    let made = Waterfall::of(axis, ("before", usd(100_000)), changes, ("after", usd(75_000)), 9, words::signed_usd);
    Body::Waterfall(made.unwrap())
}

fn tornado() -> Body {
    let swing = |label: &str, low: i64, high: i64| Swing {
        label: label.into(),
        low_input: "10%".into(),
        high_input: "30%".into(),
        low: usd(low),
        high: usd(high),
    };
    let rows =
        vec![swing("volume", 60_000, 150_000), swing("hit rate", 110_000, 90_000), swing("retries", 99_900, 100_100)];
    let axis = Axis::usd("Cost per month (USD)");
    Body::Tornado(Tornado { axis, centre: Some(usd(100_000)), centre_label: "as planned".into(), rows, more: 0 })
}

fn heat() -> Body {
    let cells =
        (1..=2_i64).map(|row| (1..=3_i64).map(|column| (row * column != 2).then(|| usd(row * column * 500))).collect());
    Body::Heat(Heat {
        x_label: "Share".into(),
        y_label: "Requests".into(),
        columns: ["10%", "20%", "30%"].map(str::to_owned).to_vec(),
        rows: ["1M", "2M"].map(str::to_owned).to_vec(),
        cells: cells.collect(),
        measure: "USD per day".into(),
        before: "$".into(),
        scale: Scale::Linear,
        marks: vec![HeatMark { column: 0, row: 0, label: "today".into() }],
    })
}

fn distribution() -> Body {
    let spread = |name: &str, at: f64, cents: i64| Spread {
        name: name.into(),
        outline: histogram(&[at, at + 1.0, at + 2.0, at + 3.0, at + 4.0], &[1.0, 4.0, 2.0, 1.0]),
        quantiles: vec![
            Quantile { name: "P10".into(), amount: usd(cents) },
            Quantile { name: "P50".into(), amount: usd(cents + 100) },
            Quantile { name: "P90".into(), amount: usd(cents + 220) },
        ],
    };
    Body::Distribution(Distribution {
        axis: Axis::usd("Cost per month (USD)"),
        spreads: vec![spread("lean", 1.0, 160), spread("routing", 3.0, 360)],
        more: 0,
        limits: vec![Limit { label: "budget: $5".into(), at: usd(500) }],
    })
}

fn snapshot(name: &str, content: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, content));
}

#[test]
fn each_kind_looks_as_it_did() {
    for (name, body) in kinds() {
        let spec = ChartSpec {
            title: format!("A small {name}"),
            subtitle: "with a subtitle".into(),
            body,
            note: "Source: made up.".into(),
            theme: Theme::Light,
        };
        snapshot(&format!("chart-{name}-svg"), &svg_in_page(&spec, Canvas { width: 600, height: 400 }, name));
        snapshot(&format!("chart-{name}-text"), &terminal(&spec, Look { width: 72, colour: false, quiet: false }));
    }
}
