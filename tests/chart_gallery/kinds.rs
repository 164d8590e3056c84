//! One chart of each kind.

use llmcost::render::chart::{
    Amount, Axis, Bar, Bars, Body, ChartSpec, Distribution, Dot, Heat, HeatMark, Limit, Plane, Quantile, Series,
    Spread, Swing, Tornado, Waterfall, Xy, histogram, words,
};
use llmcost::units::Exact;

/// All kinds by name.
pub fn all() -> Vec<(&'static str, ChartSpec)> {
    vec![
        ("break-even", break_even()),
        ("break-even-log", log_break_even()),
        ("utilisation", utilisation()),
        ("bars", bars()),
        ("bars-stacked", stacked()),
        ("bars-signed", signed()),
        ("waterfall-savings", savings()),
        ("waterfall-compare", compare()),
        ("lines-volume", volume()),
        ("lines-forecast", forecast()),
        ("lines-prices", prices()),
        ("scatter-frontier", frontier()),
        ("distribution", distribution(3)),
        ("tornado", tornado()),
        ("heat", heat()),
    ]
}

pub fn usd(cents: i64) -> Amount {
    Amount::usd(&Exact::ratio(cents, 100).unwrap())
}

fn change(cents: i64) -> Amount {
    Amount::usd_change(&Exact::ratio(cents, 100).unwrap())
}

pub fn chart(title: &str, subtitle: &str, body: Body, note: &str) -> ChartSpec {
    ChartSpec { title: title.into(), subtitle: subtitle.into(), body, note: note.into(), ..ChartSpec::default() }
}

pub fn line(name: &str, points: &[Xy]) -> Series {
    Series::Line { name: name.into(), points: points.to_vec() }
}

pub fn step(name: &str, points: Vec<Xy>) -> Series {
    Series::Step { name: name.into(), points }
}

pub fn span(from: f64, to: f64) -> Series {
    Series::Span { from, to, label: "self-hosting is cheaper".into() }
}

pub fn mark(x: f64, y: f64, label: &str) -> Series {
    Series::Mark { at: (x, y), label: label.into() }
}

fn point(x: f64, y: f64, label: &str) -> Series {
    Series::Point { at: (x, y), label: label.into() }
}

/// Corners of a staircase of replicas, up to and with `end`.
pub fn staircase(capacity: f64, replica: f64, fixed: f64, begin: f64, end: f64) -> Vec<Xy> {
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

pub fn break_even() -> ChartSpec {
    let price = 0.4e-6;
    let crossing = |v: f64, label: &str| mark(v, v * price, label);
    let series = vec![
        span(25.175e6, 27e6),
        span(31.9e6, 36e6),
        span(38.625e6, 45e6),
        span(45.35e6, f64::INFINITY),
        line("API", &[(0.0, 0.0), (60e6, 24.0)]),
        step("Self-hosting", staircase(9e6, 2.69, 2.0, 0.0, 60e6)),
        Series::Band {
            name: "self-hosting if a replica does 8M to 10M tokens/h".into(),
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
        point(33e6, 12.76, "Today: 33M tokens/h, $12.76 against $13.20"),
    ];
    chart(
        "At 33M tokens an hour, self-hosting saves $0.44 an hour",
        "API at $0.40 per 1M tokens; replicas at $2.69/h with 9M tokens/h each, and $2/h of operations",
        Body::Plane(Plane { x: Axis::new("Tokens per hour"), y: Axis::usd("Cost per hour (USD)"), series }),
        "Self-hosting is cheaper in (25.175M, 27M], (31.9M, 36M], (38.625M, 45M] and above 45.35M tokens an hour. \
         Prices as of 2025-01-15.",
    )
}

fn log_break_even() -> ChartSpec {
    let price = 0.6e-6;
    let series = vec![
        span(2.5e6, f64::INFINITY),
        line("API", &[(1e5, 0.06), (1e8, 60.0)]),
        step("Self-hosting", staircase(10.8e6, 1.5, 0.0, 1e5, 1e8)),
        mark(2.5e6, 2.5e6 * price, "break-even: 2.5M"),
        mark(10.8e6, 1.5, "one replica is full: 10.8M"),
        point(4.2e5, 0.252, "Today: 420k tokens/h, $0.25"),
    ];
    chart(
        "Self-hosting pays from 2.5M output tokens an hour",
        "gpt-4o-mini's output at $0.60 per 1M against Llama 3 8B on A10G at $1.50/h and 3,000 tokens/s",
        Body::Plane(Plane {
            x: Axis::new("Output tokens per hour").log(),
            y: Axis::usd("Cost per hour (USD)").log(),
            series,
        }),
        "A full replica costs $0.139 per 1M output tokens. Prices as of 2025-01-15.",
    )
}

fn utilisation() -> ChartSpec {
    let cost = |hour: f64, capacity: f64| -> Vec<Xy> {
        (2..=100).map(|u| (f64::from(u), hour / (capacity * f64::from(u) / 100.0))).collect()
    };
    let series = vec![
        Series::Span { from: 23.148, to: 100.0, label: "self-hosting is cheaper".into() },
        line("API: $0.60", &[(0.0, 0.6), (100.0, 0.6)]),
        line("Self-hosting", &cost(1.5, 10.8)),
        Series::Band { name: "at 2,500 to 3,500 tokens/s".into(), lower: cost(1.5, 12.6), upper: cost(1.5, 9.0) },
        mark(23.148, 0.6, "break-even: 23.1%"),
        point(40.0, 1.5 / 4.32, "Today: 40%, $0.347"),
    ];
    let x = Axis { range: Some((0.0, 100.0)), ..Axis::percent("Utilisation of a replica") };
    let y = Axis { range: Some((0.0, 2.0)), ..Axis::usd("USD per 1M output tokens") };
    chart(
        "A replica beats the API when it is busy 23% of the time or more",
        "Llama 3 8B on A10G at $1.50/h and 3,000 tokens/s, against gpt-4o-mini's output",
        Body::Plane(Plane { x, y, series }),
        "Prices as of 2025-01-15.",
    )
}

fn bars() -> ChartSpec {
    let row = |label: &str, cents: i64, remark: &str, strong: bool| Bar {
        remark: remark.into(),
        strong,
        ..Bar::new(label, usd(cents))
    };
    let rows = vec![
        row("all-gpt-4o", 9_750_000, "baseline", false),
        row("all-gpt-4o with prompt caching", 7_912_500, "−19%", false),
        row("cascade: mini first, judge, then gpt-4o", 3_367_000, "−65%", false),
        row("smart-routing", 2_140_500, "−78%", true),
        row("all-gpt-4o-mini", 585_000, "−94%, below the quality bar", false),
    ];
    chart(
        "Smart routing costs $21.4k a month, 78% less than today",
        "Support assistant, 1M requests a day of 500 input and 200 output tokens",
        Body::Bars(Bars { axis: Axis::usd("Cost per month (USD)"), rows, ..Bars::default() }),
        "Prices of 2025-01-15 (OpenAI list). 30 days a month.",
    )
}

const COMPONENTS: [&str; 5] = ["fresh input", "cached input", "output", "reasoning", "judge calls"];

fn stacked() -> ChartSpec {
    let row = |label: &str, parts: [i64; 5]| Bar {
        parts: parts.into_iter().map(usd).collect(),
        ..Bar::new(label, usd(parts.into_iter().sum()))
    };
    let rows = vec![
        row("all-gpt-4o", [3_750_000, 0, 5_200_000, 800_000, 0]),
        row("with prompt caching", [1_210_000, 702_500, 5_200_000, 800_000, 0]),
        row("cascade", [640_000, 155_000, 1_890_000, 372_000, 310_000]),
        row("smart-routing", [480_500, 90_000, 1_350_000, 220_000, 0]),
        row("batch overnight, credits applied", [300_000, 0, 900_000, 60_000, -240_000]),
    ];
    let components = COMPONENTS.map(str::to_owned).to_vec();
    chart(
        "Output tokens are more than half of every bill",
        "Cost per month by component; credits count against the bill",
        Body::Bars(Bars { axis: Axis::usd("Cost per month (USD)"), components, rows, ..Bars::default() }),
        "Prices of 2025-01-15 (OpenAI list). 30 days a month.",
    )
}

fn signed() -> ChartSpec {
    let rows = [
        ("price of gpt-4o", -412_000),
        ("requests", 268_500),
        ("output tokens per request", 131_000),
        ("prefix-cache hit rate", -88_400),
        ("mix of models", -21_300),
        ("retries", 4_200),
        ("batch share", 0),
    ];
    let rows = rows.into_iter().map(|(label, cents)| Bar::new(label, change(cents))).collect();
    chart(
        "Cheaper gpt-4o outweighs growth: the bill falls by $1.18k a month",
        "Shapley value of each cause, October against September",
        Body::Bars(Bars { axis: Axis::usd("Change of cost per month (USD)"), rows, signed: true, ..Bars::default() }),
        "Causes in every order, averaged; they add up to the change exactly.",
    )
}

fn exact(cents: i64) -> Exact {
    Exact::ratio(cents, 100).unwrap()
}

fn savings() -> ChartSpec {
    let levers = [
        ("route easy questions to gpt-4o-mini", -5_120_000),
        ("answer repeats from the response cache", -1_310_000),
        ("cache the prompt's prefix", -640_000),
        ("batch what can wait", -385_500),
        ("judge calls of the cascade", 146_000),
    ];
    let changes = levers.into_iter().map(|(label, cents)| (label.to_owned(), change(cents))).collect();
    let end = 9_750_000 + levers.iter().map(|(_, cents)| cents).sum::<i64>();
    let axis = Axis::usd("Cost per month (USD)");
    let body = Waterfall::of(axis, ("all-gpt-4o", usd(9_750_000)), changes, ("lean", usd(end)), 10, words::signed_usd);
    chart(
        "Routing alone brings 70% of the $73.1k that the levers save",
        "From the baseline to `lean`, levers in the order in which requests meet them",
        Body::Waterfall(body.unwrap()),
        "Prices of 2025-01-15. A lever saves what is left for it by the levers before it.",
    )
}

fn compare() -> ChartSpec {
    let changes = [
        ("price of gpt-4o", -62_000),
        ("requests", 48_500),
        ("output tokens per request", 31_000),
        ("prefix-cache hit rate", -12_400),
    ];
    let end = 2_140_500 + changes.iter().map(|(_, cents)| cents).sum::<i64>();
    let changes = changes.into_iter().map(|(label, cents)| (label.to_owned(), change(cents))).collect();
    let axis = Axis::usd("Cost per month (USD)");
    let begin = ("September", Amount::new(exact(2_140_500), "$21,405"));
    let end = ("October", Amount::new(exact(end), "$21,456"));
    chart(
        "October costs $51 more: growth is all but paid for by the price cut",
        "smart-routing, by cause",
        Body::Waterfall(Waterfall::of(axis, begin, changes, end, 10, words::signed_usd).unwrap()),
        "base.yaml against head.yaml; prices of 2024-09-01 and 2024-10-01.",
    )
}

fn volume() -> ChartSpec {
    let series = vec![
        line("pay as you go", &[(0.0, 0.0), (2e6, 90_000.0)]),
        line("committed to 500k a day", &[(0.0, 15_000.0), (5e5, 15_000.0), (2e6, 63_750.0)]),
        step(
            "provisioned units",
            vec![(0.0, 28_000.0), (8e5, 28_000.0), (1.2e6, 42_000.0), (1.6e6, 56_000.0), (2e6, 70_000.0)],
        ),
        mark(333_333.0, 15_000.0, "333k"),
        mark(622_222.0, 28_000.0, "622k"),
        point(1.1e6, 34_500.0, "Today: 1.1M requests a day, $34.5k committed against $49.5k"),
    ];
    chart(
        "A commitment pays from 333k requests a day",
        "Cost of three contracts against volume",
        Body::Plane(Plane { x: Axis::new("Requests per day"), y: Axis::usd("Cost per month (USD)"), series }),
        "Prices of 2026-11-23. 30 days a month.",
    )
}

pub fn months(count: u32) -> Vec<(f64, String)> {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = |month: u32| format!("{} {}", NAMES[(month % 12) as usize], 2026 + month / 12);
    (0..count).map(|month| (f64::from(month), name(month))).collect()
}

fn forecast() -> ChartSpec {
    let grown = |start: f64, rate: f64| -> Vec<Xy> {
        (0..18).map(|m| (f64::from(m), start * (1.0 + rate).powi(m) * if m >= 9 { 0.78 } else { 1.0 })).collect()
    };
    let series = vec![
        line("all-gpt-4o, P50", &grown(21_400.0, 0.05)),
        Series::Band {
            name: "all-gpt-4o, P10 to P90".into(),
            lower: grown(21_400.0, 0.03),
            upper: grown(21_400.0, 0.07),
        },
        line("smart-routing, P50", &grown(9_400.0, 0.05)),
        Series::Band {
            name: "smart-routing, P10 to P90".into(),
            lower: grown(9_400.0, 0.028),
            upper: grown(9_400.0, 0.072),
        },
        mark(9.0, 21_400.0 * 1.05_f64.powi(9) * 0.78, "announced price cut"),
    ];
    let x = Axis { names: months(18), ..Axis::new("Month") };
    chart(
        "Without routing the bill passes $36k a month by mid-2027",
        "Forecast of cost per month, 5% growth a month with its spread",
        Body::Plane(Plane { x, y: Axis::usd("Cost per month (USD)"), series }),
        "Dated prices; 10,000 samples, seed 1.",
    )
}

fn prices() -> ChartSpec {
    let series = vec![
        step("output", vec![(0.0, 15.0), (5.0, 15.0), (14.0, 10.0), (23.0, 8.0)]),
        step("input", vec![(0.0, 5.0), (5.0, 5.0), (14.0, 2.5), (23.0, 2.0)]),
        step("cached input", vec![(5.0, 1.25), (23.0, 1.25)]),
    ];
    let x = Axis { names: months(24), ..Axis::new("Month") };
    chart(
        "gpt-4o's price has halved in two years",
        "Price per 1M tokens by component",
        Body::Plane(Plane { x, y: Axis::usd("USD per 1M tokens"), series }),
        "Dated cards of the catalogue, with their sources.",
    )
}

fn frontier() -> ChartSpec {
    let dot = |x: f64, y: f64, label: &str| Dot { at: (x, y), label: label.into() };
    let best = vec![
        dot(4_800.0, 71.0, "all-gpt-4o-mini"),
        dot(9_200.0, 82.5, "smart-routing"),
        dot(14_900.0, 87.0, "cascade with judge"),
        dot(41_000.0, 91.2, "all-gpt-4o"),
    ];
    let rest = vec![
        dot(8_900.0, 69.0, "all-haiku"),
        dot(16_500.0, 79.0, "random 50/50"),
        dot(15_300.0, 85.8, "cascade without judge"),
        dot(33_000.0, 88.9, "all-sonnet"),
        dot(29_500.0, 84.0, "fine-tuned mini"),
    ];
    let series = vec![
        Series::Dots { name: "on the frontier".into(), dots: best.clone() },
        Series::Dots { name: "dearer or worse than another".into(), dots: rest },
        line("frontier of mixes", &best.iter().map(|dot| dot.at).collect::<Vec<_>>()),
    ];
    chart(
        "The last four points of quality cost three times as much",
        "Quality against cost of nine strategies",
        Body::Plane(Plane { x: Axis::usd("Cost per month (USD)"), y: Axis::percent("Accepted answers"), series }),
        "Quality as stated in the scenario.",
    )
}

/// A bell-like outline in bins, and its quantiles.
pub fn spread(name: &str, centre: f64, width: f64) -> Spread {
    let edges: Vec<f64> = (0..=40).map(|n| centre + width * (f64::from(n) - 16.0) / 8.0).collect();
    let bell = |n: u32| {
        let z = (f64::from(n) - 15.5) / 8.0;
        let skew = if z > 0.0 { 0.62 } else { 1.0 };
        (-z * z * 2.0 * skew).exp()
    };
    let counts: Vec<f64> = (0..40).map(bell).collect();
    let at = |quantile: &str, z: f64| {
        let cents = ((centre + width * z) * 100.0) as i64;
        Quantile { name: quantile.into(), amount: usd(cents) }
    };
    let quantiles = vec![at("P10", -0.62), at("P50", 0.06), at("P90", 0.85)];
    Spread { name: name.into(), outline: histogram(&edges, &counts), quantiles }
}

pub fn distribution(count: usize) -> ChartSpec {
    let names = ["smart-routing", "cascade", "all-gpt-4o", "lean", "batch overnight", "fine-tuned", "self-hosted"];
    let spreads = (0..count).map(|n| {
        let at = n as f64;
        spread(names[n % names.len()], 19_000.0 + 5_500.0 * at, 2_400.0 + 1_100.0 * at)
    });
    chart(
        "Smart routing stays within the budget in nine of ten cases",
        "Cost per month under uncertain volume, lengths and hit rates",
        Body::Distribution(Distribution {
            axis: Axis::usd("Cost per month (USD)"),
            spreads: spreads.collect(),
            more: 0,
            limits: vec![Limit { label: "budget: $25k".into(), at: usd(2_500_000) }],
        }),
        "10,000 samples, seed 1. P10: one case in ten costs less; P90: one in ten costs more.",
    )
}

fn tornado() -> ChartSpec {
    let row = |label: &str, inputs: [&str; 2], low: i64, high: i64| Swing {
        label: label.into(),
        low_input: inputs[0].into(),
        high_input: inputs[1].into(),
        low: usd(low),
        high: usd(high),
    };
    let rows = vec![
        row("requests per day", ["0.6M", "1.6M"], 1_284_300, 3_424_800),
        row("share routed to gpt-4o", ["5%", "18%"], 1_690_500, 2_860_500),
        row("output tokens per request", ["150", "260"], 1_771_500, 2_580_500),
        row("prefix-cache hit rate", ["30%", "80%"], 2_322_000, 1_921_500),
        row("retry rate", ["1%", "4%"], 2_119_000, 2_183_000),
        row("judge calls", ["0%", "10%"], 2_140_500, 2_151_000),
    ];
    chart(
        "Volume decides: everything else moves the bill by less than $6k",
        "smart-routing, one input at a time between its 10% and 90% quantile",
        Body::Tornado(Tornado {
            axis: Axis::usd("Cost per month (USD)"),
            centre: Some(usd(2_140_500)),
            centre_label: "as planned".into(),
            rows,
            more: 0,
        }),
        "All other inputs at their planned values.",
    )
}

fn heat() -> ChartSpec {
    let columns: Vec<u32> = (0..11).map(|n| n * 10).collect();
    let rows: Vec<u32> = vec![100, 250, 500, 1_000, 2_000, 4_000];
    let cell = |share: &u32, requests: &u32| {
        let cents = i64::from(*requests) * (i64::from(*share) * 325 + (100 - i64::from(*share)) * 18) * 30 / 10;
        Some(usd(cents))
    };
    let cells = rows.iter().map(|row| columns.iter().map(|column| cell(column, row)).collect()).collect();
    chart(
        "At 1M requests a day, each 10% more to gpt-4o costs $92k a month",
        "Cost per month of smart-routing by share and volume",
        Body::Heat(Heat {
            x_label: "Share routed to gpt-4o".into(),
            y_label: "Requests per day".into(),
            columns: columns.iter().map(|share| format!("{share}%")).collect(),
            rows: rows.iter().map(|row| words::compact(&Exact::from(u64::from(*row) * 1000))).collect(),
            cells,
            measure: "USD per month".into(),
            before: "$".into(),
            scale: llmcost::render::chart::Scale::Log,
            marks: vec![HeatMark { column: 2, row: 3, label: "today".into() }],
        }),
        "Prices of 2025-01-15. 30 days a month. Colours by factor, not by difference.",
    )
}
