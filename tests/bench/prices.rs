//! How many requests a second the library prices on one core, exactly: `cargo run --release --example bench_prices`.
//!
//! Requests of eight models, some with a tier, with cached reads and writes, a tenth in a batch, at instants of a month.
//! A part of them is priced in rationals too, and both sums must be equal.
#![allow(clippy::float_arithmetic, clippy::indexing_slicing, reason = "a program that measures time")]

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use llmcost::pricing::{self, Book, Compiled, Cost, Lookup, Model, Moment, Tokens, usd_of};
use llmcost::units::Exact;

const MODELS: [&str; 8] = [
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-5.5",
    "claude-opus-5-5",
    "claude-haiku-5-5",
    "gemini-4-argon",
    "grok-4.3",
    "gpt-6-luna",
];
const REQUESTS: usize = 1_000_000;
const PASSES: usize = 20;
/// 2026-10-20, when all of them have prices, and the days after it.
const FIRST_SECOND: i64 = 1_792_454_400;
const SECONDS: u64 = 30 * 86_400;

struct Request {
    model: usize,
    in_batch: bool,
    second: i64,
    tokens: Tokens,
}

/// A small generator of the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn requests() -> Vec<Request> {
    let mut random = Random(20_261_123);
    let request = |random: &mut Random| {
        let input = 100 + random.below(300_000);
        let cached = random.below(input / 2);
        let written = random.below(input / 4);
        Request {
            model: random.below(MODELS.len() as u64) as usize,
            in_batch: random.below(10) == 0,
            second: FIRST_SECOND + random.below(SECONDS) as i64,
            tokens: Tokens { input, cached, written, output: random.below(4000), ..Tokens::default() },
        }
    };
    (0..REQUESTS).map(|_| request(&mut random)).collect()
}

fn model(book: &Book, name: &str) -> Result<Arc<Model>, String> {
    match book.find(name, "2026-11-23".parse().map_err(|_| "a date")?) {
        Lookup::Found(model) => Ok(model),
        other => Err(format!("{name}: {other:?}")),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let book = Book::new(pricing::embedded_list(pricing::DEFAULT_LIST).into_iter().collect());
    let models = MODELS.iter().map(|name| model(&book, name)).collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let tables: Vec<[Compiled; 2]> =
        models.iter().map(|model| [None, Some("batch")].map(|mode| Compiled::of(model, mode))).collect();
    let compiling = start.elapsed();
    let all = requests();
    let priced = |request: &Request| -> Result<Cost, String> {
        let table = &tables[request.model][usize::from(request.in_batch)];
        table.cost(&request.tokens, request.second).map_err(|why| format!("{} {why:?}", MODELS[request.model]))
    };
    // Each pass meets every request once; the best pass is the one that the machine disturbed least.
    let mut units = 0u128;
    let mut seconds = f64::INFINITY;
    for _ in 0..PASSES {
        let start = Instant::now();
        units = 0;
        for request in &all {
            let table = &tables[request.model][usize::from(request.in_batch)];
            units += table.units(&request.tokens, request.second).ok_or("a request without a price on the grid")?;
        }
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let sample = &all[..20_000];
    let start = Instant::now();
    let mut rational = Exact::ZERO;
    for request in sample {
        let at = Moment::at(jiff::Timestamp::from_second(request.second)?);
        let mode = request.in_batch.then_some("batch");
        let charges =
            models[request.model].charges(&request.tokens.usage(), mode, at).map_err(|why| format!("{why:?}"))?;
        rational = &rational + &charges.iter().map(|charge| &charge.usd).sum();
    }
    let slow = start.elapsed().as_secs_f64();
    let mut same = Exact::ZERO;
    for request in sample {
        same = &same + &priced(request)?.usd();
    }
    if same != rational {
        return Err(format!("{same} is not {rational}").into());
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "compiled {} tables in {:.2} ms", tables.len() * 2, compiling.as_secs_f64() * 1e3)?;
    writeln!(out, "integers: {:.1} M requests/s, total ${}", REQUESTS as f64 / seconds / 1e6, usd_of(units))?;
    writeln!(out, "rationals: {:.3} M requests/s, equal to the last digit", sample.len() as f64 / slow / 1e6)?;
    Ok(())
}
