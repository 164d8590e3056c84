//! Fitting by damped least squares on the logarithms of the coefficients, with outliers damped and every coefficient
//! pulled towards its start.

use llmcost::hosting::Format;
use llmcost::hosting::throughput::measured::Measured;
use llmcost::hosting::throughput::{Coefficients, Configuration, Estimate, Load, Traffic, estimate_with};

pub const COUNT: usize = 14;

/// A measured row with the figures of its configuration.
#[derive(Clone)]
pub struct Row {
    pub measured: Measured,
    pub load: Load,
    pub traffic: Traffic,
}

impl Row {
    pub fn of(measured: Measured, load: Load) -> Self {
        let traffic = Traffic { prompt: measured.prompt, answer: measured.answer, concurrency: measured.concurrency };
        Self { measured, load, traffic }
    }

    pub fn configuration(&self) -> Configuration<'_> {
        let m = &self.measured;
        let format = Format::named(&m.format).unwrap();
        Configuration { model: &m.model, format, gpu: &m.gpu, gpus: m.gpus, engine: Some(&m.engine) }
    }

    pub fn estimate(&self, coefficients: &Coefficients) -> Estimate {
        estimate_with(coefficients, &self.load, &self.traffic)
    }
}

/// How far (as a standard deviation of the logarithm) a coefficient may go from its start before the pull is felt.
/// The share of prefill and the sharpness of the overlap are held more tightly: few rows speak of them alone.
const WIDTHS: [f64; COUNT] = [0.5, 0.5, 0.2, 0.7, 0.3, 0.3, 0.5, 0.5, 0.5, 0.5, 0.7, 0.5, 0.5, 0.2];
const PULL: f64 = 0.25;

pub fn vector(c: &Coefficients) -> [f64; COUNT] {
    [
        c.bandwidth,
        c.decode,
        c.prefill,
        c.expert_prefill,
        c.spread,
        c.interleave,
        c.imbalance,
        c.hop,
        c.dense_layer,
        c.expert_layer,
        c.indexer,
        c.step,
        c.sequence,
        c.overlap,
    ]
    .map(libm::log)
}

pub fn coefficients(logarithms: &[f64; COUNT]) -> Coefficients {
    let [
        bandwidth,
        decode,
        prefill,
        expert_prefill,
        spread,
        interleave,
        imbalance,
        hop,
        dense_layer,
        expert_layer,
        indexer,
        step,
        sequence,
        overlap,
    ] = logarithms.map(libm::exp);
    Coefficients {
        bandwidth,
        decode,
        prefill,
        expert_prefill,
        spread,
        interleave,
        imbalance,
        hop,
        dense_layer,
        expert_layer,
        indexer,
        step,
        sequence,
        overlap,
    }
}

/// Quadratic near 0, linear beyond `scale`, as the square root that least squares squares again.
fn damped(residual: f64, scale: f64) -> f64 {
    let ratio = residual / scale;
    (2.0 * (libm::sqrt(1.0 + ratio * ratio) - 1.0)).sqrt() * scale * residual.signum()
}

/// Rates count whole, TPOT by half, TTFT hardly.
fn residuals(rows: &[&Row], at: &[f64; COUNT]) -> Vec<f64> {
    let c = coefficients(at);
    let start = vector(&Coefficients::START);
    let mut found = Vec::with_capacity(rows.len() * 3 + COUNT);
    for row in rows {
        let estimate = row.estimate(&c);
        found.push(damped(libm::log(estimate.per_gpu / row.measured.rate), 0.25));
        let tpot = row.measured.tpot_ms.map(|ms| libm::log(estimate.tpot * 1e3 / ms));
        let ttft = row.measured.ttft_ms.map(|ms| libm::log(estimate.ttft * 1e3 / ms));
        found.push(tpot.map_or(0.0, |value| 0.5 * damped(value, 0.25)));
        found.push(ttft.map_or(0.0, |value| 0.15 * damped(value, 0.5)));
    }
    for i in 0..COUNT {
        found.push(PULL * (at[i] - start[i]) / WIDTHS[i]);
    }
    found
}

/// Levenberg-Marquardt from the start values.
pub fn fit(rows: &[&Row]) -> Coefficients {
    let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let mut at = vector(&Coefficients::START);
    let mut here = residuals(rows, &at);
    let mut damping = 1e-2;
    for _ in 0..60 {
        let slopes: Vec<Vec<f64>> = (0..COUNT)
            .map(|i| {
                let (mut up, mut down) = (at, at);
                up[i] += 1e-4;
                down[i] -= 1e-4;
                let (up, down) = (residuals(rows, &up), residuals(rows, &down));
                up.iter().zip(&down).map(|(up, down)| (up - down) / 2e-4).collect()
            })
            .collect();
        let dot = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(l, r)| l * r).sum::<f64>();
        let before = square(&here);
        let mut improved = false;
        for _ in 0..10 {
            let mut system = [[0.0; COUNT + 1]; COUNT];
            for i in 0..COUNT {
                for j in 0..COUNT {
                    system[i][j] = dot(&slopes[i], &slopes[j]);
                }
                system[i][i] *= 1.0 + damping;
                system[i][COUNT] = -dot(&slopes[i], &here);
            }
            let step = solve(system);
            let mut next = at;
            for i in 0..COUNT {
                next[i] += step[i].clamp(-0.5, 0.5);
            }
            let there = residuals(rows, &next);
            if square(&there) < before {
                (at, here, improved) = (next, there, true);
                damping *= 0.3;
                break;
            }
            damping *= 4.0;
        }
        if !improved || before - square(&here) < 1e-9 * before {
            break;
        }
    }
    coefficients(&at)
}

/// Gauss-Jordan elimination with pivots.
fn solve(mut system: [[f64; COUNT + 1]; COUNT]) -> [f64; COUNT] {
    for i in 0..COUNT {
        let pivot = (i..COUNT).max_by(|&a, &b| system[a][i].abs().total_cmp(&system[b][i].abs())).unwrap();
        system.swap(i, pivot);
        let leading = system[i];
        for (j, line) in system.iter_mut().enumerate() {
            if j != i {
                let factor = line[i] / leading[i];
                for (value, lead) in line.iter_mut().zip(&leading) {
                    *value -= factor * lead;
                }
            }
        }
    }
    std::array::from_fn(|i| system[i][COUNT] / system[i][i])
}
