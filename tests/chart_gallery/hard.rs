//! The cases in which charts go wrong.

use llmcost::render::chart::{
    Amount, Axis, Bar, Bars, Body, ChartSpec, Distribution, Dot, Heat, Plane, Scale, Series, Swing, Tornado, Waterfall,
    capped, words,
};
use llmcost::units::Exact;

use crate::kinds::{chart, distribution, line, mark, span, staircase, step, usd};

pub fn all() -> Vec<(&'static str, ChartSpec)> {
    vec![
        ("hard-close-crossovers", close_crossovers()),
        ("hard-forty-crossovers", forty_crossovers()),
        ("hard-right-edge", right_edge()),
        ("hard-hostile-plane", hostile_plane()),
        ("hard-hostile-bars", hostile_bars()),
        ("hard-fourteen-lines", fourteen_lines()),
        ("hard-fourteen-bars", fourteen_bars()),
        ("hard-thousand-bars", thousand_bars()),
        ("hard-six-decades-bars", six_decades()),
        ("hard-six-decades-lines", six_decades_lines()),
        ("hard-equal-bars", equal()),
        ("hard-zero-bars", zero()),
        ("hard-empty", ChartSpec { title: "Nothing happened".into(), ..ChartSpec::default() }),
        ("hard-single-point", single_point()),
        ("hard-many-dots", many_dots()),
        ("hard-distribution-7", distribution(7)),
        ("hard-distribution-1", fixed()),
        ("hard-tornado-one-side", one_side()),
        ("hard-heat-signs", heat_signs()),
        ("hard-heat-large", heat_large()),
        ("hard-waterfall-many", many_changes()),
        ("hard-waterfall-negative", negative_waterfall()),
    ]
}

fn plane(x: Axis, y: Axis, series: Vec<Series>) -> Body {
    Body::Plane(Plane { x, y, series })
}

fn close_crossovers() -> ChartSpec {
    let price = 0.4e-6;
    let at = |v: f64, label: &str| mark(v, v * price, label);
    let series = vec![
        span(44.9e6, 45e6),
        span(45.35e6, f64::INFINITY),
        line("API", &[(0.0, 0.0), (60e6, 24.0)]),
        step("Self-hosting", staircase(9e6, 2.69, 2.0, 0.0, 60e6)),
        at(44.9e6, "44.9M"),
        at(45e6, "45M"),
        at(45.35e6, "45.35M: for good"),
        Series::Point { at: (45.1e6, 18.04), label: "Today: 45.1M tokens/h, $18.04 against $18.14".into() },
    ];
    chart(
        "Two crossovers close together",
        "44.9M, 45M and 45.35M tokens an hour, with today between them",
        plane(Axis::new("Tokens per hour"), Axis::usd("Cost per hour (USD)"), series),
        "",
    )
}

fn forty_crossovers() -> ChartSpec {
    let (capacity, replica, fixed, price) = (1e6, 0.98, 1.0, 1e-6);
    let end = 58e6;
    let mut series = vec![
        line("API", &[(0.0, 0.0), (end, end * price)]),
        step("Self-hosting", staircase(capacity, replica, fixed, 0.0, end)),
    ];
    for n in 50..=58 {
        let n = f64::from(n);
        let from = (fixed + n * replica) / price;
        if from < n * capacity {
            series.push(span(from, n * capacity));
        }
    }
    for n in 0..40 {
        let v = 50e6 + f64::from(n) * 0.2e6;
        let label = if n < 8 { format!("{}M", 50.0 + f64::from(n) * 0.2) } else { String::new() };
        series.push(mark(v, v * price, &label));
    }
    chart(
        "Forty crossovers between 50M and 58M tokens an hour",
        "Eight of them are named; the rest are in the table",
        plane(Axis::new("Tokens per hour"), Axis::usd("Cost per hour (USD)"), series),
        "and 32 more crossovers without a name.",
    )
}

fn right_edge() -> ChartSpec {
    let series = vec![
        line("a line with a rather long name that says what it is about", &[(0.0, 3.0), (10.0, 97.0)]),
        line("another one", &[(0.0, 99.0), (10.0, 98.0)]),
        mark(10.0, 97.0, "a crossover at the very end"),
        Series::Point { at: (9.9, 98.01), label: "Today, at the right edge, with quite some words".into() },
        mark(0.0, 3.0, "and one at the beginning"),
    ];
    chart("Labels at the edges", "", plane(Axis::new("x"), Axis::new("y"), series), "")
}

fn hostile() -> String {
    "<script>alert(1)</script>&\"' ".repeat(9)
}

fn hostile_plane() -> ChartSpec {
    let name = hostile();
    let series = vec![
        line(&name, &[(5.0, 5.0)]),
        step(&name, vec![(5.0, 5.0)]),
        Series::Span { from: 5.0, to: 5.0, label: name.clone() },
        Series::Point { at: (5.0, 5.0), label: name.clone() },
        mark(5.0, 5.0, &name),
        mark(f64::NAN, 5.0, &name),
    ];
    let x = Axis { before: "<".into(), ..Axis::new(name.clone()) };
    let y = Axis { after: " & 模型".into(), ..Axis::new(name.clone()) };
    let subtitle = format!("\u{1b}[31m\u{202e}{}", "verylongwordwithoutanyspace".repeat(12));
    chart(&format!("A hostile title {name}"), &subtitle, plane(x, y, series), &name)
}

fn hostile_bars() -> ChartSpec {
    let name = hostile();
    let rows = vec![
        Bar { remark: name.clone(), ..Bar::new(name.clone(), usd(100_000)) },
        Bar::new("claude-haiku-5-5-2026-10-01-very-long-model-name-without-spaces-in-europe-west-4-batch", usd(90_000)),
        Bar::new("模型", usd(-50_000)),
    ];
    let bars = Bars { axis: Axis::usd(name.clone()), rows, components: vec![], more: 3, signed: true };
    chart(&name, &name, Body::Bars(bars), &name)
}

fn fourteen_lines() -> ChartSpec {
    let series = (1..=14).map(|n| {
        let price = f64::from(n).powf(1.6) * 0.05;
        line(&format!("model-{n}-2025-01-15"), &[(0.0, 0.0), (50e6, 50.0 * price / 2.0), (100e6, 100.0 * price)])
    });
    chart(
        "Fourteen models",
        "Cost a day by tokens a day",
        plane(Axis::new("Tokens per day"), Axis::usd("Cost per day (USD)"), series.collect()),
        "",
    )
}

fn fourteen_bars() -> ChartSpec {
    let components = ["fresh input", "cached input", "cache writes", "output", "reasoning", "judge", "operations"];
    let rows = (1..=14_i64).map(|n| {
        let parts: Vec<i64> = (1..=7).map(|k| 4_000_000 / (n + k * 2) + 40_000 * ((n * k) % 5)).collect();
        Bar {
            strong: n == 9,
            parts: parts.iter().copied().map(usd).collect(),
            ..Bar::new(format!("strategy number {n} with a name of some length"), usd(parts.iter().sum()))
        }
    });
    chart(
        "Fourteen strategies by seven components",
        "Cost per month",
        Body::Bars(Bars {
            axis: Axis::usd("Cost per month (USD)"),
            components: components.map(str::to_owned).to_vec(),
            rows: rows.collect(),
            ..Bars::default()
        }),
        "Prices of 2025-01-15.",
    )
}

fn thousand_bars() -> ChartSpec {
    let all: Vec<Bar> = (1..=1000_i64).map(|n| Bar::new(format!("mix {n}"), usd(9_000_000 / n))).collect();
    let (rows, more) = capped(all, 25);
    let bars = Bars { axis: Axis::usd("Cost per month (USD)"), rows, more, ..Bars::default() };
    chart("A thousand mixes", "The dearest first", Body::Bars(bars), "")
}

fn six_decades() -> ChartSpec {
    let rows = (0..7).map(|n| Bar::new(format!("10^{n} cents"), usd(10_i64.pow(n)))).collect();
    let bars = Bars { axis: Axis::usd("Cost per month (USD)"), rows, ..Bars::default() };
    chart("Six decades as bars: the small ones stay visible", "", Body::Bars(bars), "")
}

fn six_decades_lines() -> ChartSpec {
    let series = vec![
        line("API", &[(1e3, 0.001), (1e9, 1_000.0)]),
        step("Self-hosting", staircase(1e7, 2.0, 0.5, 1e3, 1e9)),
        mark(2.5e6, 2.5, "2.5M"),
    ];
    chart(
        "Six decades on two logarithmic axes",
        "",
        plane(Axis::new("Tokens per hour").log(), Axis::usd("Cost per hour (USD)").log(), series),
        "",
    )
}

fn equal() -> ChartSpec {
    let rows = ["a", "b", "c"].map(|name| Bar::new(name, usd(12_345))).to_vec();
    let bars = Bars { axis: Axis::usd("Cost per month (USD)"), rows, ..Bars::default() };
    chart("All cost the same", "", Body::Bars(bars), "")
}

fn zero() -> ChartSpec {
    let rows = ["free", "also free"].map(|name| Bar::new(name, usd(0))).to_vec();
    let bars = Bars { axis: Axis::usd("Cost per month (USD)"), rows, ..Bars::default() };
    chart("All are free", "", Body::Bars(bars), "")
}

fn single_point() -> ChartSpec {
    let series = vec![line("one month", &[(7.0, 21_405.0)]), mark(7.0, 21_405.0, "$21.4k")];
    chart("A single point", "", plane(Axis::new("Month"), Axis::usd("Cost (USD)"), series), "")
}

fn many_dots() -> ChartSpec {
    let dots = (0..300_u32).map(|n| {
        let (a, b) = (f64::from(n * 7_919 % 1_000), f64::from(n * 104_729 % 997));
        Dot { at: (1_000.0 + a * 40.0, 60.0 + b / 40.0), label: format!("mix {n}") }
    });
    let series = vec![Series::Dots { name: "mixes".into(), dots: dots.collect() }];
    let (x, y) = (Axis::usd("Cost per month (USD)"), Axis::percent("Accepted answers"));
    chart("Three hundred mixes", "Names where there is room for them", plane(x, y, series), "")
}

fn fixed() -> ChartSpec {
    let mut spec = distribution(1);
    if let Body::Distribution(Distribution { spreads, .. }) = &mut spec.body {
        let mut fixed = spreads[0].clone();
        fixed.name = "a fixed price".into();
        fixed.outline = Vec::new();
        for quantile in &mut fixed.quantiles {
            quantile.amount = usd(2_000_000);
        }
        spreads.push(fixed);
    }
    spec.title = "A spread against a fixed price".into();
    spec
}

fn one_side() -> ChartSpec {
    let row = |label: &str, low: i64, high: i64| Swing {
        label: label.into(),
        low_input: "low".into(),
        high_input: "high".into(),
        low: usd(low),
        high: usd(high),
    };
    let rows = vec![
        row("both cost more", 13_000, 15_000),
        row("both cost less", 8_000, 9_500),
        row("no effect", 10_000, 10_000),
        row("only upwards", 10_000, 10_400),
        row("only downwards", 10_000, 9_600),
    ];
    let centre = Some(usd(10_000));
    let axis = Axis::usd("Cost per month (USD)");
    let tornado = Tornado { axis, centre, centre_label: "as planned".into(), rows, more: 4 };
    chart("A tornado with ends on one side", "", Body::Tornado(tornado), "")
}

fn heat_signs() -> ChartSpec {
    let cells = (0..8_i64)
        .map(|row| {
            let cell = |column: i64| {
                (row + column != 9)
                    .then(|| Amount::usd_change(&Exact::ratio((row - 3) * 4_100 - (column - 2) * 1_900, 10).unwrap()))
            };
            (0..10).map(cell).collect()
        })
        .collect();
    let heat = Heat {
        x_label: "Utilisation".into(),
        y_label: "Replicas".into(),
        columns: (1..=10).map(|n| format!("{}%", n * 10)).collect(),
        rows: (1..=8).map(|n| n.to_string()).collect(),
        cells,
        measure: "USD saved by hosting, per month".into(),
        before: "$".into(),
        ..Heat::default()
    };
    chart("Where self-hosting saves, and where it costs", "Cells without a result are empty", Body::Heat(heat), "")
}

fn heat_large() -> ChartSpec {
    let cells =
        (1..=60_i64).map(|row| (1..=90_i64).map(|column| Some(usd(row * row * column * 3))).collect()).collect();
    let heat = Heat {
        x_label: "Output tokens per request".into(),
        y_label: "Requests per second".into(),
        columns: (1..=90).map(|n| (n * 10).to_string()).collect(),
        rows: (1..=60).map(|n| n.to_string()).collect(),
        cells,
        measure: "USD per hour".into(),
        before: "$".into(),
        scale: Scale::Log,
        ..Heat::default()
    };
    chart("A field of 90 by 60 cells", "Too many for numbers in them", Body::Heat(heat), "")
}

fn many_changes() -> ChartSpec {
    let cents = |n: i64| (n * n * 37 % 900_000) - 420_000;
    let changes: Vec<(String, Amount)> = (1..=200)
        .map(|n| (format!("cause number {n}"), Amount::usd_change(&Exact::ratio(cents(n), 100).unwrap())))
        .collect();
    let end = 20_000_000 + (1..=200).map(cents).sum::<i64>();
    let axis = Axis::usd("Cost per month (USD)");
    let body = Waterfall::of(axis, ("before", usd(20_000_000)), changes, ("after", usd(end)), 12, words::signed_usd);
    chart("Two hundred causes, the greatest by name", "", Body::Waterfall(body.unwrap()), "")
}

fn negative_waterfall() -> ChartSpec {
    let changes = [("credits", -30_000), ("requests", 5_000), ("nothing", 0)];
    let changes: Vec<(String, Amount)> = changes
        .into_iter()
        .map(|(label, cents)| (label.to_owned(), Amount::usd_change(&Exact::ratio(cents, 100).unwrap())))
        .collect();
    let axis = Axis::usd("Cost per month (USD)");
    let body = Waterfall::of(axis, ("before", usd(10_000)), changes, ("after", usd(-15_000)), 12, words::signed_usd);
    chart("Credits are more than the bill", "", Body::Waterfall(body.unwrap()), "")
}
