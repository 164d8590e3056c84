//! Draws charts into a folder: `cargo run --example chart_gallery -- <folder>`.
#![allow(clippy::float_arithmetic, reason = "pictures")]

use std::path::Path;

use llmcost::render::chart::{self, Axis, Canvas, ChartSpec, Scale, Series, Xy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder to draw into")?;
    std::fs::create_dir_all(&folder)?;
    let charts = [
        ("break-even", break_even()),
        ("break-even-log", log_break_even()),
        ("utilisation", utilisation()),
        ("hostile", hostile()),
        ("twelve", twelve()),
    ];
    for (name, spec) in &charts {
        draw(Path::new(&folder), name, spec)?;
    }
    Ok(())
}

fn draw(folder: &Path, name: &str, spec: &ChartSpec) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(folder.join(format!("{name}.svg")), chart::svg(spec, Canvas::default()))?;
    #[cfg(feature = "png")]
    for canvas in [Canvas::default(), Canvas { width: 600, height: 400 }] {
        std::fs::write(folder.join(format!("{name}-{}.png", canvas.width)), chart::png(spec, canvas)?)?;
    }
    Ok(())
}

fn dollars(label: &str) -> Axis {
    Axis { label: label.into(), before: "$".into(), ..Axis::default() }
}

fn line(name: &str, points: &[Xy]) -> Series {
    Series::Line { name: name.into(), points: points.to_vec() }
}

fn step(name: &str, points: Vec<Xy>) -> Series {
    Series::Step { name: name.into(), points }
}

fn span(from: f64, to: f64) -> Series {
    Series::Span { from, to, label: "self-hosting is cheaper".into() }
}

fn mark(x: f64, y: f64, label: &str) -> Series {
    Series::Mark { at: (x, y), label: label.into() }
}

/// Corners of a staircase of replicas, up to and with `end`.
fn staircase(capacity: f64, replica: f64, fixed: f64, begin: f64, end: f64) -> Vec<Xy> {
    let mut out = vec![(begin, fixed + replica)];
    for n in 1..1000 {
        let n = f64::from(n);
        out.push(((n * capacity).min(end), fixed + n * replica));
        if n * capacity >= end {
            break;
        }
    }
    out
}

/// The same with its jumps as vertices, for the edge of a band.
fn edge(capacity: f64, replica: f64, fixed: f64, end: f64) -> Vec<Xy> {
    let corners = staircase(capacity, replica, fixed, 0.0, end);
    corners.iter().zip(corners.iter().skip(1)).flat_map(|(a, b)| [(a.0, b.1), *b]).collect()
}

fn break_even() -> ChartSpec {
    let price = 0.4e-6;
    let crossing = |v: f64, label: &str| mark(v, v * price, label);
    ChartSpec {
        title: "At 33M tokens an hour, self-hosting saves $0.44 an hour".into(),
        subtitle: "API at $0.40 per 1M tokens; replicas at $2.69/h with 9M tokens/h each, and $2/h of operations"
            .into(),
        x: Axis { label: "tokens per hour".into(), ..Axis::default() },
        y: dollars("Cost per hour (USD)"),
        series: vec![
            span(25.175e6, 27e6),
            span(31.9e6, 36e6),
            span(38.625e6, 45e6),
            span(45.35e6, f64::INFINITY),
            line("API", &[(0.0, 0.0), (60e6, 24.0)]),
            step("Self-hosting", staircase(9e6, 2.69, 2.0, 0.0, 60e6)),
            Series::Band {
                name: "self-hosting if a replica does 8M to 10M".into(),
                lower: edge(10e6, 2.69, 2.0, 60e6),
                upper: edge(8e6, 2.69, 2.0, 60e6),
            },
            crossing(25.175e6, "25.175M"),
            crossing(27e6, "27M"),
            crossing(31.9e6, "31.9M"),
            crossing(36e6, "36M"),
            crossing(38.625e6, "38.625M"),
            crossing(45e6, "45M"),
            crossing(45.35e6, "45.35M: for good"),
            Series::Point { at: (33e6, 12.76), label: "Today: 33M tokens/h, $12.76 against $13.20".into() },
        ],
        note:
            "Self-hosting is cheaper in (25.175M, 27M], (31.9M, 36M], (38.625M, 45M] and above 45.35M tokens an hour. \
               Prices as of 2025-01-15."
                .into(),
    }
}

fn log_break_even() -> ChartSpec {
    let price = 0.6e-6;
    ChartSpec {
        title: "Self-hosting pays from 2.5M output tokens an hour".into(),
        subtitle: "gpt-4o-mini's output at $0.60 per 1M against Llama 3 8B on A10G at $1.50/h and 3,000 tokens/s"
            .into(),
        x: Axis { label: "output tokens per hour".into(), scale: Scale::Log, ..Axis::default() },
        y: Axis { scale: Scale::Log, ..dollars("Cost per hour (USD)") },
        series: vec![
            span(2.5e6, f64::INFINITY),
            line("API", &[(1e5, 0.06), (1e8, 60.0)]),
            step("Self-hosting", staircase(10.8e6, 1.5, 0.0, 1e5, 1e8)),
            mark(2.5e6, 2.5e6 * price, "break-even: 2.5M"),
            mark(10.8e6, 1.5, "one replica is full: 10.8M"),
            Series::Point { at: (4.2e5, 0.252), label: "Today: 420k tokens/h, $0.25".into() },
        ],
        note: "A full replica costs $0.139 per 1M output tokens.".into(),
    }
}

fn utilisation() -> ChartSpec {
    let cost = |hour: f64, capacity: f64| -> Vec<Xy> {
        (2..=100).map(|u| (f64::from(u), hour / (capacity * f64::from(u) / 100.0))).collect()
    };
    ChartSpec {
        title: "An idle GPU is dear: $ per 1M tokens against utilisation".into(),
        subtitle: "Llama 3 8B on A10G at $1.50/h".into(),
        x: Axis {
            label: "utilisation of a replica".into(),
            after: "%".into(),
            range: Some((0.0, 100.0)),
            ..Axis::default()
        },
        y: Axis { range: Some((0.0, 2.0)), ..dollars("USD per 1M output tokens") },
        series: vec![
            line("API: $0.60", &[(0.0, 0.6), (100.0, 0.6)]),
            line("Self-hosting", &cost(1.5, 10.8)),
            Series::Band { name: "2,500 to 3,500 tokens/s".into(), lower: cost(1.5, 12.6), upper: cost(1.5, 9.0) },
            mark(23.148, 0.6, "23.1%"),
            Series::Point { at: (40.0, 1.5 / 4.32), label: "Today: 40%, $0.347".into() },
        ],
        note: String::new(),
    }
}

fn hostile() -> ChartSpec {
    let name = "<script>alert(1)</script>&\"' ".repeat(9);
    ChartSpec {
        title: format!("A hostile title {name}"),
        subtitle: format!("\u{1b}[31m\u{202e}{}", "verylongwordwithoutanyspace".repeat(12)),
        x: Axis { label: name.clone(), before: "<".into(), ..Axis::default() },
        y: Axis { label: name.clone(), after: " & 模型".into(), ..Axis::default() },
        series: vec![
            line(&name, &[(5.0, 5.0)]),
            step(&name, vec![(5.0, 5.0)]),
            Series::Span { from: 5.0, to: 5.0, label: name.clone() },
            Series::Point { at: (5.0, 5.0), label: name.clone() },
            mark(5.0, 5.0, &name),
            mark(f64::NAN, 5.0, &name),
        ],
        note: name,
    }
}

fn twelve() -> ChartSpec {
    let series = (1..=12).map(|n| {
        let price = f64::from(n).powf(1.6) * 0.05;
        line(&format!("model-{n}-2025-01-15"), &[(0.0, 0.0), (50e6, 50.0 * price / 2.0), (100e6, 100.0 * price)])
    });
    ChartSpec {
        title: "Twelve models".into(),
        subtitle: "Cost a day by tokens a day".into(),
        x: Axis { label: "tokens per day".into(), ..Axis::default() },
        y: dollars("Cost per day (USD)"),
        series: series.collect(),
        note: String::new(),
    }
}
