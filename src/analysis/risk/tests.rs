//! A cost model of ten quantities that another program has computed, as a graph of figures made by hand; and scenarios with
//! tiers, caps and impossible corners.
#![allow(clippy::float_arithmetic, reason = "statistics are estimates")]

use std::sync::Arc;

use super::sampler::Sampler;
use super::sobol::{BLOCK, Sobol};
use super::statistics::{REPLICATES, Sets};
use super::tape::{Block, Tape};
use super::{RiskReport, Settings, assess, draws};
use crate::check::{self, Options};
use crate::diag::{Diagnostic, Place, Source};
use crate::figure::{Calls, Decisions, Factor, Figure, Share, TokenPrice, Tokens};
use crate::input::Input as File;
use crate::plan::{Again, Correlation, Input, Plan, Uncertainties};
use crate::units::{Distribution, Exact, Family, Uncertain};

fn exact(text: &str) -> Exact {
    Exact::from_decimal(text).unwrap()
}

/// The ten quantities: requests, input, output, exact hits, semantic hits of the misses, cached share of the prompt, accepted,
/// judge as a share of the small model's cost, retries, growth a month.
const QUANTITIES: [(&str, &str, &str); 10] = [
    ("lognormal", "1000000", "0.25"),
    ("lognormal", "500", "0.3"),
    ("lognormal", "200", "0.3"),
    ("beta", "30", "70"),
    ("beta", "20", "80"),
    ("beta", "5", "5"),
    ("beta", "70", "30"),
    ("beta", "2", "18"),
    ("beta", "2", "98"),
    ("normal", "0.05", "0.03"),
];
const GROWTH: usize = 9;

fn uncertainties(rho: Option<&str>) -> Uncertainties {
    let source = Arc::new(Source { name: "model".into(), text: "0123456789".into(), first_line: 1 });
    let input = |(index, (kind, a, b)): (usize, (&str, &str, &str))| {
        let (first, second) = (exact(a), exact(b));
        let (form, family) = match kind {
            "lognormal" => (Uncertain::Spread { median: first, sigma: second }, Family::Positive),
            "beta" => (Uncertain::Beta { alpha: first, beta: second }, Family::Share),
            _ => (Uncertain::Normal { mean: first, sd: second }, Family::Signed),
        };
        Input {
            path: index.to_string(),
            name: index.to_string(),
            place: Place::new(&source, index, index + 1),
            distribution: Arc::new(Distribution::of(form, family).unwrap()),
        }
    };
    let inputs: Vec<Input> = QUANTITIES.into_iter().enumerate().map(input).collect();
    let of = |rho: &str| Correlation { first: 1, second: 2, rho: exact(rho), place: inputs[1].place.clone() };
    Uncertainties {
        correlations: rho.into_iter().map(of).collect(),
        inputs,
        decisions: Decisions::default(),
        again: Again::new(|_| Err(Vec::new())),
    }
}

/// The cost of 30 days as a figure of the ten quantities; the last one is the growth factor (1 + g)^2.5.
fn model(inputs: &[Input]) -> Tape {
    fn leaf<D: crate::figure::Dimension>(inputs: &[Input], index: usize) -> Figure<D> {
        let input = &inputs[index];
        Figure::uncertain(input.name.clone(), input.distribution.median.clone(), &input.place, &input.distribution)
    }
    let share = |index: usize| leaf::<Share>(inputs, index);
    let price = |usd: &str| Figure::<TokenPrice>::constant(exact(usd));
    let days = Figure::<Factor>::constant(exact("30"));
    let base = leaf::<Calls>(inputs, 0).times(&days).times(&leaf::<Factor>(inputs, GROWTH));
    let (exact_hits, semantic, cached, accepted) = (share(3), share(4), share(5), share(6));
    let calls = base.times(&exact_hits.rest()).times(&semantic.rest());
    let calls = calls.plus(&calls.times(&share(8)));
    let (input, output) = (leaf::<Tokens>(inputs, 1), leaf::<Tokens>(inputs, 2));
    let of_model = |calls: &Figure<Calls>, prices: [&str; 3]| {
        let mixed = price(prices[0]).times(&cached.rest()).plus(&price(prices[2]).times(&cached));
        calls.times(&input).times(&mixed).plus(&calls.times(&output).times(&price(prices[1])))
    };
    let small = of_model(&calls, ["0.00000015", "0.0000006", "0.000000075"]);
    let judge = small.times(&share(7).cast::<Factor>());
    let large = of_model(&calls.times(&accepted.rest()), ["0.0000025", "0.00001", "0.00000125"]);
    let hits = base.times(&exact_hits).times(&Figure::<crate::figure::Money>::constant(exact("0.0001")));
    let lookups = base.times(&exact_hits.rest()).times(&Figure::<crate::figure::Money>::constant(exact("0.0003")));
    let total = Figure::total([small, judge, large, hits, lookups]);
    let places: Vec<&Place> = inputs.iter().map(|input| &input.place).collect();
    Tape::of(&[Arc::clone(total.step())], &[], &places).unwrap()
}

/// The cost of each draw of a block of scores.
fn costs(sampler: &Sampler, tape: &Tape, scores: &[Block], workspace: &mut [Block]) -> Block {
    let mut values = vec![[0.0; BLOCK]; scores.len()];
    sampler.values(scores, &mut values);
    values[GROWTH].iter_mut().for_each(|growth| *growth = libm::pow(1.0 + *growth, 2.5));
    let mut outputs = [[0.0; BLOCK]];
    let mut holds = [false; BLOCK];
    tape.run(&values, workspace, &mut holds, &mut outputs);
    assert!(holds.iter().all(|holds| *holds));
    let [costs] = outputs;
    costs
}

fn drawn(rho: Option<&str>, seed: u64, blocks: usize) -> Sets {
    let uncertain = uncertainties(rho);
    let sampler = Sampler::of(&uncertain);
    let tape = model(&uncertain.inputs);
    of_seed(&sampler, &tape, seed, blocks)
}

fn of_seed(sampler: &Sampler, tape: &Tape, seed: u64, blocks: usize) -> Sets {
    let mut workspace = tape.workspace();
    let mut scores = vec![[0.0; BLOCK]; sampler.len()];
    Sets::new((0..REPLICATES).map(|set| {
        let sobol = Sobol::new(sampler.len(), seed, 0, set as u64);
        let mut all = Vec::new();
        for block in 0..blocks {
            sampler.scores(&sobol, 0, block, &mut scores);
            all.extend(costs(sampler, tape, &scores, &mut workspace));
        }
        all
    }))
}

/// The reference: scipy's scrambled Sobol points and inverse distributions, 24 sets of 2^16 points; the standard errors of its
/// mean and quantiles are 0.03, 3.9, 3.1, 11.9 and 28.4.
const MEAN: f64 = 30_901.857;
const QUANTILES: [(f64, f64, f64); 4] =
    [(0.05, 17_139.65, 3.9), (0.5, 29_200.41, 3.1), (0.95, 50_413.12, 11.9), (0.99, 63_473.39, 28.4)];

#[test]
fn means_and_quantiles_are_those_that_scipy_finds() {
    let sets = drawn(None, 1, 4);
    let mean = sets.mean();
    assert!((mean.value - MEAN).abs() <= 2.0 * mean.error + 0.1, "{mean:?}");
    assert!(2.0 * mean.error <= 0.001 * MEAN, "{mean:?}");
    for (p, expected, error) in QUANTILES {
        let found = sets.quantile(p);
        assert!((found.value - expected).abs() <= 3.0 * found.error.hypot(error), "{p}: {found:?} against {expected}");
        assert!(p == 0.99 || 2.0 * found.error <= 0.01 * expected, "{p}: {found:?}");
    }
    assert!((sets.sd() - 10_499.95).abs() < 30.0, "{}", sets.sd());
}

/// As [`MEAN`] with a Gaussian copula of 0.5 between input and output: mean 30,901.856, P95 51,440.5, deviation 11,014.8.
#[test]
fn going_together_widens_the_tail_and_leaves_the_mean() {
    let sets = drawn(Some("0.5"), 1, 4);
    let (mean, p95) = (sets.mean(), sets.quantile(0.95));
    assert!((mean.value - MEAN).abs() <= 3.0 * mean.error, "{mean:?}");
    assert!((p95.value - 51_440.5).abs() <= 3.0 * p95.error, "{p95:?}");
    assert!((sets.sd() - 11_014.8).abs() < 30.0, "{}", sets.sd());
}

/// The true values lie within two of the stated standard errors in 93 to 98 of a hundred runs.
#[test]
fn standard_errors_are_honest() {
    let uncertain = uncertainties(None);
    let (sampler, tape) = (Sampler::of(&uncertain), model(&uncertain.inputs));
    let (mut means, mut p95s) = (0, 0);
    for seed in 0..200 {
        let sets = of_seed(&sampler, &tape, seed, 4);
        let (mean, p95) = (sets.mean(), sets.quantile(0.95));
        means += u32::from((mean.value - MEAN).abs() <= 2.0 * mean.error);
        p95s += u32::from((p95.value - QUANTILES[2].1).abs() <= 2.0 * p95.error);
    }
    assert!((186..=196).contains(&means), "{means} of 200 means");
    assert!((184..=198).contains(&p95s), "{p95s} of 200 percentiles");
}

fn plan(text: &str) -> Plan {
    let input = File::Text { name: "scenario.yaml".into(), text: format!("llmcost: 1\n{text}") };
    check::load(&input, &Options::default()).unwrap_or_else(|found| panic!("{found:?}"))
}

fn report(text: &str) -> RiskReport {
    assess(&plan(text), &Settings { seed: 3, samples: Some(4096) }).unwrap_or_else(|found| panic!("{found:?}"))
}

fn refused(text: &str) -> Vec<Diagnostic> {
    assess(&plan(text), &Settings { seed: 3, samples: Some(4096) }).unwrap_err()
}

/// Every 61st of the draws of a scenario is what the exact engine says of the same values; how many draws took another way
/// than the medians is the caller's to know.
fn draws_are_exact(text: &str) {
    let plan = plan(text);
    let settings = Settings { seed: 5, samples: Some(4096) };
    let found = draws(&plan, &settings).unwrap_or_else(|found| panic!("{found:?}"));
    let sampler = Sampler::of(&plan.uncertain);
    let (mut scores, mut values) = (vec![[0.0; BLOCK]; sampler.len()], vec![[0.0; BLOCK]; sampler.len()]);
    for set in 0..REPLICATES {
        sampler.scores(&Sobol::new(sampler.len(), settings.seed, 0, set as u64), 0, 0, &mut scores);
        sampler.values(&scores, &mut values);
        for at in (set..BLOCK).step_by(61) {
            let draw: Vec<f64> = values.iter().map(|values| values[at]).collect();
            let exactly = super::cases::plan_at(&plan, &draw).unwrap();
            for (strategy, found) in found.iter().enumerate() {
                let case = super::Case { strategy, billing: None };
                let exact = super::cases::Exactly::of(&exactly, case, &[]).unwrap();
                let exact = exact.values().next().unwrap().to_f64();
                let found = found[set][at];
                assert!(
                    (found - exact).abs() <= 1e-9 * exact,
                    "set {set}, draw {at}: {found} against {exact}\n{draw:?}"
                );
            }
        }
    }
}

#[test]
fn tiers_caps_and_the_order_of_arms_are_right_for_every_draw() {
    let text = "
prices:
  add:
    tiered: {input: {usd: 1, tiers: [{above: 1000, usd: 2}, {above: 2000, usd: 3}]}, output: 4}
    flat: {input: 1.4, output: 4}
    other: {input: 0.2, output: 9}
workload:
  requests: 1k to 3k/day
  prompt: {system: 300 to 900, context: 400 to 3000, user: 100}
  output: 50 to 400
strategies:
  plain: {model: tiered}
  capped: {model: tiered, context: {max: 1000}, output: {max: 150}, compress: {system: {to: 500}}}
  routed:
    route: {tiered: 20% to 60%, flat: rest, other: 10%}
    misroute: 5% to 15%
    batch: {share: 10% to 50%, discount: 50%}
";
    draws_are_exact(text);
    // Not because all of them went through the engine.
    let notes = report(text).notes.join("\n");
    assert!(notes.contains("compared with the exact engine") && notes.contains("draws at tiers, caps"), "{notes}");
}

#[test]
fn fleets_and_workers_are_computed_by_the_engine() {
    let text = "
workload: {requests: 1M to 3M/day, input: 500, output: 100 to 300}
deployments:
  own: {usd_per_gpu_hour: 1.50, throughput: 2000 to 3500 tok/s}
  workers: {serverless: {usd_per_second: 0.0004, cold_start: 30s, idle_timeout: 60s}, throughput: 3000 tok/s}
strategies:
  fixed: {deployment: own}
";
    draws_are_exact(text);
    let both = format!("{text}  coming: {{deployment: workers}}\n");
    let plan = plan(&both);
    let found = draws(&plan, &Settings { seed: 1, samples: Some(1) }).unwrap();
    assert_eq!(found.len(), 2);
    draws_are_exact(&both);
}

/// A minimum prefix that some draws reach, hit shares that are stated or follow from traffic, conversations and agents.
#[test]
fn prompt_caches_turns_and_steps_are_right_for_every_draw() {
    let workload = |more: &str| {
        format!(
            "
workload: {{requests: 1k/day to 3k/day, prompt: {{system: 700 to 2000, user: 100}}, output: 50 to 400{more}}}
strategies:
  stated: {{model: gpt-4o, prefix_cache: {{hit_rate: 50% to 90%}}}}
  derived: {{model: gpt-4o, prefix_cache: {{prefixes: 10}}, output: {{max: 150}}}}
"
        )
    };
    for more in ["", ", turns: 3", ", agent: {steps: 2, tool_result: 100 to 300}"] {
        draws_are_exact(&workload(more));
    }
}

/// Training, a corpus, what is promised and prepaid: staircases and caps that some draws reach.
#[test]
fn trainings_corpora_and_commitments_are_right_for_every_draw() {
    let text = "
prices:
  add:
    base: {input: 2.50, output: 10}
    tuned: {provider: acme, input: 3.75, output: 15}
    vectors: {input: {usd: 0.02, tiers: [{above: 500, usd: 0.03}]}, request: 0.000001}
workload: {requests: 1k to 5k/day, prompt: {system: 300, examples: 200 to 900, user: 50 to 200}, output: 100 to 300}
commitments:
  acme: {minimum_per_month: $200 to $400}
  base: {prepaid: $2k to $6k, valid: 6 to 12 months, bonus: 5% to 20%}
strategies:
  few-shot: {model: base}
  tuned:
    extends: few-shot
    fine_tune: {model: tuned, training_tokens: 2M to 8M, epochs: 2 to 4, price: 3.00, amortise: 6 months, examples: 50 to 90}
  searched:
    extends: few-shot
    retrieval:
      corpus: 100k to 300k
      chunk: 512
      overlap: 50 to 200
      top: 2 to 6
      embed: vectors
      reindex: 5% to 15%
      store: {per_gb_month: 0.2 to 0.5, dimensions: 1536}
      rerank: {model: vectors, candidates: 50}
    context: {relevance: 40% to 80%, max: 1500}
";
    draws_are_exact(text);
    let notes = report(text).notes.join("\n");
    assert!(notes.contains("compared with the exact engine"), "{notes}");
    // Which price a chunk of an uncertain length pays, only the engine tells.
    draws_are_exact(&text.replace("chunk: 512", "chunk: 400 to 600"));
}

const CACHED: &str = "
workload: {requests: 1k/day, input: 500, output: 200}
strategies:
  a: {model: gpt-4o, response_cache: {exact: {hit_rate: 60% to HIGH}, semantic: {hit_rate: 5% to 15%}}}
";

#[test]
fn impossible_draws_are_left_out_and_said_or_refused_with_a_place() {
    let few = report(&CACHED.replace("HIGH", "80%"));
    assert!(few.notes.iter().any(|note| note.contains("are no scenario")), "{:?}", few.notes);
    let many = refused(&CACHED.replace("HIGH", "95%"));
    let problem = &many[0];
    assert!(problem.place.is_some() && problem.message.contains("both layers together answer"), "{problem:?}");
    assert!(
        problem.help.iter().any(|help| help.contains("strategies.a.response_cache.exact.hit_rate = ")),
        "{problem:?}"
    );
    // A quarter of this normal distribution is negative.
    let negative = refused(
        "
workload: {requests: {dist: normal, mean: 1k/day, sd: 1.5k/day}, input: 500, output: 200}
strategies: {a: {model: gpt-4o}}
",
    );
    assert!(negative[0].message.contains("which is not"), "{negative:?}");
}

#[test]
fn what_cannot_vary_does_not() {
    let text = "
workload: {requests: {low: 1k/day, high: 1k/day}, input: {dist: normal, mean: 500, sd: 0}, output: {mean: 200, cv: 0}}
strategies: {a: {model: gpt-4o}}
";
    let found = report(text);
    let month = &found.strategies[0].per_month;
    assert_eq!(
        [&month.mean, &month.percentiles.p5, &month.percentiles.p95, &month.at_medians].map(ToString::to_string),
        ["97.5"; 4]
    );
    assert!(month.standard_error.is_zero() && month.sd.is_zero());
    assert!(found.strategies[0].sensitivity.iter().all(|of| of.total.is_none()));
}

#[test]
fn a_heavy_tail_is_said() {
    let found = report(
        "
workload: {requests: {dist: lognormal, median: 1k/day, sigma: 2.5}, input: 500, output: {low: 0, mode: 0, high: 700}}
strategies: {a: {model: gpt-4o, response_cache: {exact: {hit_rate: {low: 60%, mode: 100%, high: 100%}}}}}
",
    );
    let notes = found.notes.join("\n");
    assert!(!found.accuracy.reached && notes.contains("was not reached"), "{notes}");
    assert!(notes.contains("the sensitivities of a may be off by"), "{notes}");
}

/// Y = X1 X2 X3, lognormal: every index has a closed form. With v = exp(sigma^2) - 1, first order v1 / V and total
/// (1 - 1 / (1 + v1)) (1 + V) / V, where 1 + V is the product of all 1 + v.
#[test]
fn indices_of_a_product_are_the_closed_forms() {
    let found = report(
        "
prices: {add: {m: {input: 1, output: 0}}}
workload: {requests: {dist: lognormal, median: 1k/day, sigma: 0.5}, input: {dist: lognormal, median: 500, sigma: 0.3}, output: 0}
strategies: {a: {model: m, batch: {share: 100%, discount: 38% to 42%}}}
",
    );
    let [first, second] = [0.5_f64, 0.3].map(|sigma| (sigma * sigma).exp() - 1.0);
    // The discount's part is small and has none; what it does to the others is within the tolerance.
    let of = |path: &str| found.strategies[0].sensitivity.iter().find(|of| of.input == path).unwrap().clone();
    let rest = of("strategies.a.batch.discount");
    assert!(rest.total.unwrap() < 0.01);
    let whole = (1.0 + first) * (1.0 + second) * 1.0004 - 1.0;
    for (path, own) in [("workload.requests", first), ("workload.input", second)] {
        let index = of(path);
        let total = (1.0 - 1.0 / (1.0 + own)) * (1.0 + whole) / whole;
        assert!((index.first_order.unwrap() - own / whole).abs() < 0.02, "{path}: {index:?}");
        assert!((index.total.unwrap() - total).abs() < 0.02, "{path}: {index:?}");
    }
}

/// Two strategies that cost the same at an uncertain volume of 1 and differ by a fixed cost: knowing the volume is worth what
/// the better choice saves, E max(0, a - b), in closed form.
#[test]
fn knowing_the_volume_is_worth_the_closed_form() {
    let found = report(
        "
prices: {add: {m: {input: 1000, output: 0}}}
workload: {requests: {dist: normal, mean: 1000/day, sd: 100/day}, input: 1000, output: 0}
strategies:
  rented: {model: m}
  owned: {response_cache: {exact: {hit_rate: 100%, per_month: 30000}}, model: m}
",
    );
    // Rented costs $1 a request, owned $1,000 a day: the mean of the positive part of a normal difference of sd 100.
    let expected = 30.0 * 100.0 / (2.0 * std::f64::consts::PI).sqrt();
    let all: f64 = found.worth_knowing_everything_per_month.to_string().parse().unwrap();
    let volume: f64 = found.inputs[0].worth_knowing_per_month.to_string().parse().unwrap();
    assert!(
        (all - expected).abs() < 0.01 * expected && (volume - expected).abs() < 0.05 * expected,
        "{all} {volume} {expected}"
    );
    let [comparison] = found.comparisons.as_slice() else { panic!("{:?}", found.comparisons) };
    assert!((comparison.a_cheaper - 0.5).abs() < 0.01, "{comparison:?}");
}
