//! GPUs: memory, rates, links.
#![allow(clippy::float_arithmetic, reason = "rates of data sheets, which are only compared")]

use super::{Catalogues, Code, Finding, GPUS, duplicates, weak_source};
use crate::hosting::{Gpu, Quality};

/// Bytes that a card reports per byte of its label: binary sizes under a decimal label report up to 7.4% more.
const REPORTED: (f64, f64) = (0.95, 1.08);
/// A rate per watt is doubtful from here on against the median of cards of its generation.
const DOUBLE: f64 = 1.9;
/// How much faster a format of half the bits is: about twice.
const TWICE: (f64, f64) = (0.95, 2.35);
/// Bytes a second that no memory of a card reaches, and FLOP/s per watt that no chip does in 16 bit.
const FASTEST: (f64, f64) = (25e12, 5e12);

pub(super) fn lint(catalogues: &Catalogues<'_>, found: &mut Vec<Finding>) {
    let names = catalogues
        .gpus
        .iter()
        .flat_map(|gpu| std::iter::once(&gpu.id).chain(&gpu.aliases).map(|name| (gpu.id.as_str(), name.as_str())));
    duplicates(GPUS, names, found);
    for gpu in catalogues.gpus {
        let mut add = |code, message: String| found.push(Finding { file: GPUS, entry: gpu.id.clone(), code, message });
        if weak_source(&gpu.source) {
            add(Code::NoSource, format!("the source is `{}`", gpu.source));
        }
        if gpu.quality == Quality::A && gpu.as_of.is_none() {
            add(Code::NoDate, "quality A needs the date of its source".to_owned());
        }
        if gpu.as_of.is_some_and(|date| date.to_string().as_str() > catalogues.listed) {
            add(Code::FutureDate, format!("its source is of a day after {}", catalogues.listed));
        }
        let share = gpu.reported_bytes as f64 / gpu.nominal_bytes as f64;
        if !(REPORTED.0..=REPORTED.1).contains(&share) {
            add(Code::ReportedMemory, format!("reports {:.1}% of its label", share * 100.0));
        }
        for message in odd_rates(gpu) {
            add(Code::OddRate, message);
        }
        if let Some(message) = sparse(gpu, catalogues.gpus) {
            add(Code::SparseRate, message);
        }
        let per_watt = gpu.flops_16.map_or(0.0, |rate| rate / f64::from(gpu.watts.max(1)));
        if gpu.bandwidth > FASTEST.0 || per_watt > FASTEST.1 {
            add(
                Code::BeyondPhysics,
                format!("{:.1} TB/s, {:.1} TFLOP/s per watt", gpu.bandwidth / 1e12, per_watt / 1e12),
            );
        }
        if gpu.node_gpus > 1 && gpu.link.is_none() {
            add(Code::NoLink, format!("{} cards in a node and no link between them", gpu.node_gpus));
        }
    }
}

/// Half the bits, twice the rate; where that does not hold one of the two is mistaken, or the card is odd.
fn odd_rates(gpu: &Gpu) -> Vec<String> {
    let pairs = [
        ("fp8", gpu.flops_fp8, "16 bit", gpu.flops_16),
        ("int8", gpu.ops_int8, "16 bit", gpu.flops_16),
        ("fp4", gpu.flops_fp4, "fp8", gpu.flops_fp8),
    ];
    let odd = |(name, small, other, large): (&str, Option<f64>, &str, Option<f64>)| {
        let ratio = small? / large?;
        (!(TWICE.0..=TWICE.1).contains(&ratio)).then(|| format!("{name} is {ratio:.2} times the rate of {other}"))
    };
    pairs.into_iter().filter_map(odd).collect()
}

/// Sparse rates are double: against the other cards of the same maker, generation and kind of memory, FLOP/s per watt in
/// 16 bit.
fn sparse(gpu: &Gpu, all: &[Gpu]) -> Option<String> {
    let per_watt = |gpu: &Gpu| gpu.flops_16.map(|rate| rate / f64::from(gpu.watts.max(1)));
    let own = per_watt(gpu)?;
    let stacked = |gpu: &Gpu| gpu.memory_type.starts_with("HBM");
    let is_sibling = |other: &&Gpu| {
        let same_kind = other.vendor == gpu.vendor && other.architecture == gpu.architecture;
        other.id != gpu.id && same_kind && stacked(other) == stacked(gpu)
    };
    let mut siblings: Vec<f64> = all.iter().filter(is_sibling).filter_map(per_watt).collect();
    siblings.sort_by(f64::total_cmp);
    let middle = *siblings.get(siblings.len().checked_sub(1)? / 2)?;
    let ratio = own / middle;
    (ratio >= DOUBLE).then(|| {
        format!("16 bit at {ratio:.2} times the rate per watt of other {} cards: with sparsity?", gpu.architecture)
    })
}
