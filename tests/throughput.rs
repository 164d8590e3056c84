//! The throughput estimate: known values, properties, errors on rows that the fit has not seen.
#![allow(clippy::float_arithmetic, dead_code, reason = "estimates; the fit's program has parts that tests do not use")]

use std::time::{Duration, Instant};

use llmcost::hosting::throughput::measured::{find, parse};
use llmcost::hosting::throughput::{
    Card, Coefficients, Confidence, Estimate, Flag, Limit, Load, Target, Traffic, capacity, estimate,
};
use proptest::prelude::*;

#[path = "fit_throughput/evaluate.rs"]
mod evaluate;
#[path = "fit_throughput/figures.rs"]
mod figures;
#[path = "fit_throughput/fit.rs"]
mod fit;

use evaluate::{By, coverage, errors, left_out, rows};
use figures::figures;

const LLAMA: &str = "meta-llama/Meta-Llama-3-8B";

fn at(load: &Load, prompt: f64, answer: f64, concurrency: f64) -> Estimate {
    estimate(load, &Traffic { prompt, answer, concurrency })
}

#[test]
fn llama_on_a10g_is_what_it_should_be() {
    let load = figures("a10g", LLAMA, "bf16", 1);
    let usual = at(&load, 500.0, 200.0, 27.0);
    assert_eq!(usual.sequences, 27);
    assert!((380.0..460.0).contains(&usual.tokens_per_second), "{usual:?}");
    assert_eq!(usual.confidence, Confidence::Extrapolated);
    assert!(usual.flags.contains(&Flag::KvCliff), "{usual:?}");
    assert!(usual.interval.0 < 400.0 && 400.0 < usual.interval.1);

    let short = at(&load, 128.0, 512.0, 64.0);
    assert!((740.0..820.0).contains(&short.tokens_per_second), "{short:?}");
    assert_eq!(short.limit, Limit::Kv);

    // Every token of a lone stream reads all weights once.
    let bound = load.card.bandwidth / load.model.weights();
    assert!((37.0..37.5).contains(&bound));
    let lone = at(&load, 500.0, 200.0, 1.0);
    assert!(lone.tokens_per_second < bound, "{lone:?}");
    assert_eq!(lone.limit, Limit::Bandwidth);
}

#[test]
fn what_does_not_fit_does_not_run() {
    let load = figures("a10g", "meta-llama/Llama-3.1-70B", "bf16", 1);
    let found = at(&load, 500.0, 200.0, 1.0);
    assert_eq!((found.flags.as_slice(), found.sequences), ([Flag::DoesNotFit].as_slice(), 0));
    assert!(found.tokens_per_second == 0.0 && found.tpot == f64::INFINITY);
    assert!(capacity(&load, 500.0, 200.0, &Target::default(), 8).is_none());
}

#[test]
fn long_prompts_bind() {
    let load = figures("h100-sxm", "Qwen/Qwen3-32B", "fp8", 2);
    let found = at(&load, 12_000.0, 100.0, 8.0);
    assert!(found.flags.contains(&Flag::PrefillBound), "{found:?}");
    assert_eq!((found.limit, found.confidence), (Limit::Compute, Confidence::Calibrated));
}

#[test]
fn capacity_is_the_last_load_that_keeps_the_target() {
    let load = figures("h100-sxm", LLAMA, "bf16", 1);
    let target = Target { ttft: Some(1.0), tpot: Some(0.02) };
    let (most, found) = capacity(&load, 500.0, 200.0, &target, 10_000).unwrap();
    assert!(most > 1 && found.tpot <= 0.02 && found.ttft <= 1.0);
    let beyond = at(&load, 500.0, 200.0, f64::from(most + 1));
    assert!(beyond.tpot > 0.02 || beyond.ttft > 1.0);
}

#[test]
fn a_measured_row_wins() {
    let rows = rows();
    let row = rows.iter().find(|row| row.measured.model == "Qwen/Qwen3-32B").unwrap();
    let table: Vec<_> = rows.iter().map(|row| row.measured.clone()).collect();
    let m = &row.measured;
    let found = find(&table, (&m.model, &m.format, &m.gpu, m.gpus), &row.traffic).unwrap();
    let applied = found.apply(&row.load, row.estimate(&Coefficients::FITTED));
    assert_eq!((applied.confidence, applied.per_gpu), (Confidence::Measured, found.rate));
    assert!(find(&table, (&m.model, &m.format, "a10g", m.gpus), &row.traffic).is_none());
    assert!(find(&table, (&m.model, &m.format, &m.gpu, m.gpus), &Traffic { prompt: 1.0, ..row.traffic }).is_none());
}

#[test]
fn rows_of_nonsense_are_refused() {
    let head =
        "model,format,gpu,gpus,engine,prompt,answer,concurrency,ttft_ms,tpot_ms,rate,derived,quality,as_of,source\n";
    let good = "m,fp8,h100-sxm,1,vllm,100,100,8,,,50,no,b,,me\n";
    assert_eq!(parse(&format!("{head}# a remark\n{good}")).unwrap().len(), 1);
    for (from, to) in
        [(",8,", ",0,"), (",50,", ",-5,"), (",50,", ",NaN,"), (",b,", ",x,"), (",1,", ",0,"), (",8,", ",x,")]
    {
        parse(&format!("{head}{}", good.replacen(from, to, 1))).unwrap_err();
    }
}

/// What the doc comment of [`Coefficients::FITTED`] promises.
#[test]
fn errors_on_seen_and_unseen_rows() {
    let rows = rows();
    assert!(rows.len() >= 125);
    let seen: Vec<_> = rows.iter().map(|row| row.estimate(&Coefficients::FITTED)).collect();
    let inside = errors(&rows, &seen);
    assert!(inside.rate <= 0.12 && inside.within >= 0.75 && inside.tpot <= 0.12, "{inside:?}");

    let unseen = left_out(&rows, By::Folds(0));
    let outside = errors(&rows, &unseen);
    assert!(outside.rate <= 0.14, "{outside:?}");
    assert!(outside.within >= 0.70, "{outside:?}");
    assert!(outside.tpot <= 0.17, "{outside:?}");
    assert!(outside.order >= 0.94, "{outside:?}");
    let drawn_elsewhere = coverage(&rows, &unseen);
    let inside = rows.iter().zip(&unseen).filter(|(row, found)| {
        let (low, high) = found.interval;
        (low..=high).contains(&(row.measured.rate * f64::from(row.load.gpus)))
    });
    let printed = inside.count() as f64 / rows.len() as f64;
    for covered in [drawn_elsewhere, printed] {
        assert!((0.75..=0.85).contains(&covered), "{drawn_elsewhere} {printed}");
    }
}

#[test]
fn thousands_of_configurations_take_no_time() {
    let loads: Vec<Load> = rows().iter().map(|row| row.load).collect();
    let start = Instant::now();
    for load in loads.iter().cycle().take(5_000) {
        capacity(load, 1_000.0, 300.0, &Target { ttft: Some(2.0), tpot: Some(0.05) }, 1_024);
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

fn some_load() -> impl Strategy<Value = Load> {
    let models = ["Qwen/Qwen3-32B", "openai/gpt-oss-120b", "deepseek-ai/DeepSeek-V3", "Qwen/Qwen3.5-397B-A17B", LLAMA];
    (prop::sample::select(models.to_vec()), prop::sample::select(vec!["fp8", "bf16"]), 0..4_u32)
        .prop_map(|(model, format, power)| figures("b200-sxm", model, format, 1 << power))
}

proptest! {
    #[test]
    fn a_better_card_is_never_slower(
        load in some_load(), prompt in 1.0..20_000.0_f64, answer in 1.0..8_000.0_f64, concurrency in 1.0..512.0_f64,
        factor in 1.0..8.0_f64, what in 0..4,
    ) {
        let mut better = load;
        let Card { memory, bandwidth, flops, flops_16, link } = &mut better.card;
        match what {
            0 => *memory *= factor,
            1 => *bandwidth *= factor,
            2 => { *flops *= factor; *flops_16 *= factor; }
            _ => *link *= factor,
        }
        let (slow, fast) = (at(&load, prompt, answer, concurrency), at(&better, prompt, answer, concurrency));
        prop_assert!(fast.tokens_per_second >= slow.tokens_per_second * (1.0 - 1e-12), "{slow:?} {fast:?}");
    }

    #[test]
    fn longer_prompts_are_never_faster(
        load in some_load(), prompt in 1.0..20_000.0_f64, answer in 1.0..8_000.0_f64, concurrency in 1.0..512.0_f64,
        more in 0.0..5_000.0_f64,
    ) {
        let (short, long) = (at(&load, prompt, answer, concurrency), at(&load, prompt + more, answer, concurrency));
        prop_assert!(long.tokens_per_second <= short.tokens_per_second * (1.0 + 1e-12), "{short:?} {long:?}");
    }

    #[test]
    fn more_requests_never_lower_the_rate_nor_the_latency(
        load in some_load(), prompt in 1.0..20_000.0_f64, answer in 1.0..8_000.0_f64, concurrency in 1.0..512.0_f64,
        more in 0.0..100.0_f64,
    ) {
        let (few, many) = (at(&load, prompt, answer, concurrency), at(&load, prompt, answer, concurrency + more));
        prop_assert!(many.tokens_per_second >= few.tokens_per_second * (1.0 - 1e-12), "{few:?} {many:?}");
        if few.batch > 0.0 {
            prop_assert!(many.tpot >= few.tpot * (1.0 - 1e-12) && many.ttft >= few.ttft * (1.0 - 1e-12));
        }
    }

    #[test]
    fn everything_is_a_number(
        load in some_load(), prompt in 1e-3..1e9_f64, answer in 1e-3..1e9_f64, concurrency in 1.0..1e9_f64,
    ) {
        let found = at(&load, prompt, answer, concurrency);
        prop_assert!(found.tokens_per_second.is_finite() && found.tokens_per_second >= 0.0, "{found:?}");
        prop_assert!(found.interval.0 <= found.tokens_per_second && found.tokens_per_second <= found.interval.1);
        prop_assert!(!found.tpot.is_nan() && !found.ttft.is_nan() && found.tpot > 0.0 && found.ttft > 0.0, "{found:?}");
        prop_assert_eq!(found.batch == 0.0, found.flags.contains(&Flag::DoesNotFit));
    }
}
