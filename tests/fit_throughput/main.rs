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

use evaluate::{
    By, Class, Errors, coverage, errors, interval, left_out, printed_coverage, row, rows, without_themselves,
};
use llmcost::hosting::throughput::{Coefficients, Estimate};

fn main() {
    let rows = rows();
    let fitted = fit::fit(&rows.iter().collect::<Vec<_>>());
    println!("# Coefficients\n\n```text\n{fitted:#?}\n```\n");

    println!("# Errors on {} rows\n", rows.len());
    println!("| estimate | rate, median | within 25% | TPOT | TTFT | pairs | of one model | interval | as printed |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let at = |c: &Coefficients| rows.iter().map(|row| row.estimate(c)).collect::<Vec<_>>();
    let show = |name: &str, found: &[Estimate]| {
        line(name, &errors(&rows, found), Some([coverage(&rows, found), printed_coverage(&rows, found)]));
    };
    show("roofline, start values", &at(&Coefficients::START));
    show("roofline, in use", &at(&Coefficients::FITTED));
    show("roofline, fitted to all rows", &at(&fitted));
    show("with rows near by, never the row itself", &without_themselves(&rows, &Coefficients::FITTED));
    let (mut alone, mut drawn, mut folds) = (Errors::default(), Errors::default(), Errors::default());
    const SHUFFLES: u64 = 8;
    for seed in 0..SHUFFLES {
        let (one, other) = left_out(&rows, By::Rows(seed));
        alone.add(&errors(&rows, &one), 1.0 / SHUFFLES as f64);
        drawn.add(&errors(&rows, &other), 1.0 / SHUFFLES as f64);
        folds.add(&errors(&rows, &left_out(&rows, By::Folds(seed)).0), 1.0 / SHUFFLES as f64);
    }
    line(&format!("rows left out, mean of {SHUFFLES}: roofline"), &alone, None);
    line("the same with rows near by", &drawn, None);
    line(&format!("six folds of groups, mean of {SHUFFLES}: roofline"), &folds, None);
    let (by_group, _) = left_out(&rows, By::Group);
    let (by_gpu, _) = left_out(&rows, By::Gpu);
    show("group left out: roofline", &by_group);
    show("model left out: roofline", &left_out(&rows, By::Model).0);
    show("GPU left out: roofline", &by_gpu);

    println!("\n# Intervals (measured / estimated, left out)\n");
    let calibrated = |row: &fit::Row| row.load.calibrated;
    println!("- plain {:.2?}", interval(&rows, &by_group, Class::Plain, calibrated));
    println!("- flagged {:.2?}", interval(&rows, &by_group, Class::Flagged, calibrated));
    println!("- near {:.2?}", interval(&rows, &left_out(&rows, By::Rows(0)).1, Class::Near, calibrated));
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

fn line(name: &str, e: &Errors, coverage: Option<[f64; 2]>) {
    println!("{}", row(name, e, coverage));
}
