//! Fits the coefficients of the throughput estimate to the measured rows of the project and says how good they are.
//!
//! `cargo run --release --example fit_throughput` prints Markdown: the coefficients and intervals to be written into
//! `src/hosting/throughput/coefficients.rs`, the errors in and out of the sample, and the rows on which it fails.
//!
//! Out of the sample means: no row of the same model on the same card took part in the fit. A row of another model on
//! that card or of that model on another card did; the last two lines of the table leave these out too.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program for the project's own data; it fails by panicking"
)]

mod evaluate;
mod figures;
mod fit;

use evaluate::{By, Class, Errors, coverage, errors, interval, left_out, rows};
use llmcost::hosting::throughput::{Coefficients, Estimate};

fn main() {
    let rows = rows();
    let fitted = fit::fit(&rows.iter().collect::<Vec<_>>());
    println!("# Coefficients\n\n```text\n{fitted:#?}\n```\n");

    println!("# Errors on {} rows\n", rows.len());
    println!("| coefficients | rate, median | within 25% | TPOT | TTFT | pairs | pairs of one model | coverage |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let at = |c: &Coefficients| rows.iter().map(|row| row.estimate(c)).collect::<Vec<_>>();
    let show = |name: &str, found: &[Estimate]| line(name, &errors(&rows, found), Some(coverage(&rows, found)));
    show("start values", &at(&Coefficients::START));
    show("in use", &at(&Coefficients::FITTED));
    show("fitted to all rows", &at(&fitted));
    let mut mean = Errors::default();
    const SHUFFLES: u64 = 8;
    for seed in 0..SHUFFLES {
        let one = errors(&rows, &left_out(&rows, By::Folds(seed)));
        let share = 1.0 / SHUFFLES as f64;
        mean.rate += one.rate * share;
        mean.within += one.within * share;
        mean.tpot += one.tpot * share;
        mean.ttft += one.ttft * share;
        mean.order += one.order * share;
        mean.same_model_order += one.same_model_order * share;
    }
    line(&format!("six folds of groups, mean of {SHUFFLES}"), &mean, None);
    let by_group = left_out(&rows, By::Group);
    let by_gpu = left_out(&rows, By::Gpu);
    show("group left out", &by_group);
    show("model left out", &left_out(&rows, By::Model));
    show("GPU left out", &by_gpu);

    println!("\n# Intervals (measured / estimated, p8 and p92, left out)\n");
    let calibrated = |row: &fit::Row| row.load.calibrated;
    println!("- plain {:.2?}", interval(&rows, &by_group, Class::Plain, calibrated));
    println!("- flagged {:.2?}", interval(&rows, &by_group, Class::Flagged, calibrated));
    println!("- extrapolated (GPU left out) {:.2?}", interval(&rows, &by_gpu, Class::Any, |_| true));

    println!("\n# Where it fails (group left out, off by more than a factor of 1.5)\n");
    println!("| model | format | card | engine | in/out | concurrency | measured | estimated / measured | flags |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut failures: Vec<_> = rows.iter().zip(&by_group).collect();
    failures.sort_by(|a, b| (b.1.per_gpu / b.0.measured.rate).total_cmp(&(a.1.per_gpu / a.0.measured.rate)));
    for (row, found) in failures {
        let (m, ratio) = (&row.measured, found.per_gpu / row.measured.rate);
        if !(1.0 / 1.5..=1.5).contains(&ratio) {
            let flags: Vec<_> = found.flags.iter().map(|flag| flag.name()).collect();
            println!(
                "| {} | {} | {} x {} | {} | {}/{} | {} | {} | {ratio:.2} | {} |",
                m.model,
                m.format,
                m.gpus,
                m.gpu,
                m.engine,
                m.prompt,
                m.answer,
                m.concurrency,
                m.rate,
                flags.join(", ")
            );
        }
    }
}

fn line(name: &str, e: &Errors, coverage: Option<f64>) {
    let coverage = coverage.map_or("-".to_owned(), |share| format!("{:.0}%", share * 100.0));
    println!(
        "| {name} | {:.1}% | {:.0}% | {:.1}% | {:.0}% | {:.1}% | {:.1}% | {coverage} |",
        e.rate * 100.0,
        e.within * 100.0,
        e.tpot * 100.0,
        e.ttft * 100.0,
        e.order * 100.0,
        e.same_model_order * 100.0
    );
}
