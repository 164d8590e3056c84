//! The throughput estimate: known values, properties, errors on rows that the fit has not seen.
#![allow(clippy::float_arithmetic, dead_code, reason = "estimates; the fit's program has parts that tests do not use")]

use std::time::{Duration, Instant};

use llmcost::hosting::throughput::measured::parse;
use llmcost::hosting::throughput::{
    Calibration, Card, Coefficients, Confidence, Configuration, Estimate, Flag, Limit, Load, Measurements, Origin,
    Target, Traffic, capacity, estimate,
};
use proptest::prelude::*;

#[path = "fit_throughput/evaluate.rs"]
mod evaluate;
#[path = "fit_throughput/figures.rs"]
mod figures;
#[path = "fit_throughput/fit.rs"]
mod fit;

use evaluate::{By, coverage, errors, left_out, printed_coverage, rows, without_themselves};
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
    assert!(capacity(&Target::default(), 8, |concurrency| at(&load, 500.0, 200.0, concurrency)).is_none());
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
    let (most, found) = capacity(&target, 10_000, |concurrency| at(&load, 500.0, 200.0, concurrency)).unwrap();
    assert!(most > 1 && found.tpot <= 0.02 && found.ttft <= 1.0);
    let beyond = at(&load, 500.0, 200.0, f64::from(most + 1));
    assert!(beyond.tpot > 0.02 || beyond.ttft > 1.0);
}

#[test]
fn a_measured_row_wins() {
    let rows = rows();
    let row = rows.iter().find(|row| row.measured.model == "Qwen/Qwen3-32B").unwrap();
    let (measurements, of) = (Measurements::default(), row.configuration());
    let found = measurements.find(&of, &row.traffic).unwrap();
    let applied = found.apply(&row.load, row.estimate(&Coefficients::FITTED));
    assert_eq!((applied.confidence, applied.per_gpu), (Confidence::Measured, row.measured.rate));
    assert!(measurements.find(&Configuration { gpu: "a10g", ..of }, &row.traffic).is_none());
    assert!(measurements.find(&Configuration { engine: Some("other"), ..of }, &row.traffic).is_none());
    assert!(measurements.find(&Configuration { engine: None, ..of }, &row.traffic).is_some());
    assert!(measurements.find(&of, &Traffic { prompt: 1.0, ..row.traffic }).is_none());
    assert!(Measurements::default().without_lookup().find(&of, &row.traffic).is_none());
}

/// A user measured one model on two A10G at half of what the roofline says: the very configuration is taken as it is, all
/// others on this card and engine are halved, and no other card hears of it.
#[test]
fn own_rows_override_and_recalibrate_their_card() {
    let load = figures("a10g", LLAMA, "bf16", 2);
    let expected = at(&load, 500.0, 200.0, 8.0);
    let mut own = rows()[0].measured.clone();
    (own.model, own.format, own.gpu, own.gpus) = (LLAMA.into(), "bf16".into(), "a10g".into(), 2);
    (own.engine, own.prompt, own.answer, own.concurrency) = ("vllm".into(), 500.0, 200.0, 8.0);
    (own.rate, own.tpot_ms, own.ttft_ms) = (expected.per_gpu / 2.0, None, None);
    let measurements = Measurements::new(&[own.clone()]);
    let here = Traffic { prompt: 500.0, answer: 200.0, concurrency: 8.0 };
    let format = llmcost::hosting::Format::Bf16;
    let of = Configuration { model: LLAMA, format, gpu: "a10g", gpus: 2, engine: Some("vllm") };
    assert_eq!(measurements.find(&of, &here).map(|row| row.rate), Some(own.rate));
    let other = Configuration { model: "Qwen/Qwen3-32B", format: llmcost::hosting::Format::Int4, ..of };
    let halved = measurements.calibration(&other, &here);
    assert!((halved.rate - 0.5).abs() < 1e-9 && (halved.tpot - 2.0).abs() < 1e-9, "{halved:?}");
    assert_eq!(halved.origin, Origin::Own { rows: 1 });
    assert_eq!(halved.apply(expected).confidence, Confidence::Recalibrated);
    for elsewhere in [Configuration { gpu: "l4", ..other }, Configuration { engine: Some("sglang"), ..other }] {
        assert_eq!(measurements.calibration(&elsewhere, &here), Calibration::NONE);
    }
}

/// Rows near by draw an estimate between the roofline and themselves, whatever the concurrency.
#[test]
fn rows_near_by_draw_an_estimate_towards_them() {
    let rows = rows();
    let of = Configuration {
        model: "Qwen/Qwen3-235B-A22B",
        format: llmcost::hosting::Format::Fp8,
        gpu: "h100-sxm",
        gpus: 4,
        engine: Some("trtllm"),
    };
    let like = |row: &&fit::Row| row.measured.model == of.model && row.measured.gpu == of.gpu;
    let ratios: Vec<f64> =
        rows.iter().filter(like).map(|row| row.measured.rate / row.estimate(&Coefficients::FITTED).per_gpu).collect();
    assert!(ratios.len() >= 4 && ratios.iter().all(|ratio| *ratio > 1.0), "{ratios:?}");
    let measurements = Measurements::default();
    let near = |prompt, concurrency| measurements.calibration(&of, &Traffic { prompt, answer: 300.0, concurrency });
    let drawn = near(1_000.0, 24.0);
    assert!(drawn.rate > 1.0 && drawn.rate < ratios.iter().copied().fold(0.0, f64::max), "{drawn:?}");
    assert_eq!(drawn, near(1_000.0, 2_000.0));
    assert!(matches!(drawn.origin, Origin::Near { rows: 5, strong: true }), "{drawn:?}");
    let far = near(1e6, 24.0);
    assert!((far.rate - 1.0).abs() < 0.01 && matches!(far.origin, Origin::Near { strong: false, .. }), "{far:?}");
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

/// What the doc comment of [`Coefficients::FITTED`] promises, of rows whose like took part in the fit and of such that
/// did not.
#[test]
fn errors_on_seen_and_unseen_rows() {
    let rows = rows();
    assert!(rows.len() >= 125);
    let seen: Vec<_> = rows.iter().map(|row| row.estimate(&Coefficients::FITTED)).collect();
    let inside = errors(&rows, &seen);
    assert!(inside.rate <= 0.122 && inside.within >= 0.75 && inside.tpot <= 0.11, "{inside:?}");
    let answered = without_themselves(&rows, &Coefficients::FITTED);
    let near = errors(&rows, &answered);
    assert!(near.rate <= 0.095 && near.within >= 0.78 && near.tpot <= 0.10 && near.order >= 0.96, "{near:?}");

    let (groups, _) = left_out(&rows, By::Folds(0));
    let (_, single) = left_out(&rows, By::Rows(0));
    for unseen in [&groups, &single] {
        let outside = errors(&rows, unseen);
        assert!(outside.rate <= 0.14, "{outside:?}");
        assert!(outside.within >= 0.70, "{outside:?}");
        assert!(outside.tpot <= 0.17, "{outside:?}");
        assert!(outside.order >= 0.94, "{outside:?}");
    }
    for estimates in [&groups, &single, &answered] {
        let covered = [coverage(&rows, estimates), printed_coverage(&rows, estimates)];
        assert!(covered.iter().all(|share| (0.75..=0.85).contains(share)), "{covered:?}");
    }
}

/// The manual shows what the fit prints, as far as that takes no new fit.
#[test]
fn the_manual_states_the_errors_in_use() {
    let manual = std::fs::read_to_string(crate::support::root().join("src/manual/self-hosting.md")).unwrap();
    let rows = rows();
    let roofline: Vec<_> = rows.iter().map(|row| row.estimate(&Coefficients::FITTED)).collect();
    let near = without_themselves(&rows, &Coefficients::FITTED);
    for (name, found) in [("roofline, in use", roofline), ("with rows near by, never the row itself", near)] {
        let covered = [coverage(&rows, &found), printed_coverage(&rows, &found)];
        let line = evaluate::row(name, &errors(&rows, &found), Some(covered));
        assert!(manual.contains(&line), "{line}");
    }
}

#[test]
fn thousands_of_configurations_take_no_time() {
    let loads: Vec<Load> = rows().iter().map(|row| row.load).collect();
    let start = Instant::now();
    for load in loads.iter().cycle().take(5_000) {
        let target = Target { ttft: Some(2.0), tpot: Some(0.05) };
        capacity(&target, 1_024, |concurrency| at(load, 1_000.0, 300.0, concurrency));
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
