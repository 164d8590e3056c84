//! The roofline.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use super::{Coefficients, Confidence, Flag, Intervals, Limit, Load, Traffic};

/// How fast one replica is.
#[derive(Clone, PartialEq, Debug)]
pub struct Estimate {
    /// Output tokens a second of the replica; 0 when the model does not fit.
    pub tokens_per_second: f64,
    /// Output tokens a second and card.
    pub per_gpu: f64,
    /// 80% interval of `tokens_per_second`.
    pub interval: (f64, f64),
    /// Seconds per output token after the first, as a client sees it; infinite when the model does not fit.
    pub tpot: f64,
    /// Seconds until the first output token, with queueing; weak: half of the measured values differ by more than 45%.
    pub ttft: f64,
    /// Sequences that run at once.
    pub batch: f64,
    /// Sequences of full length for which there is memory, rounded down.
    pub sequences: u64,
    /// What holds it back.
    pub limit: Limit,
    /// How well founded it is.
    pub confidence: Confidence,
    /// What to beware of.
    pub flags: Vec<Flag>,
}

/// Latencies to keep, in seconds.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Target {
    /// Until the first token.
    pub ttft: Option<f64>,
    /// Per output token.
    pub tpot: Option<f64>,
}

impl Target {
    /// Whether an estimate runs at all and keeps both latencies.
    pub fn is_kept_by(&self, found: &Estimate) -> bool {
        found.batch > 0.0
            && self.ttft.is_none_or(|ttft| found.ttft <= ttft)
            && self.tpot.is_none_or(|tpot| found.tpot <= tpot)
    }
}

/// Times of a batch, in seconds.
struct Times {
    /// A decoding step's reading, multiplying and exchange, and the step altogether.
    memory: f64,
    compute: f64,
    exchange: f64,
    step: f64,
    /// One prompt's multiplying, exchange, and the prompt altogether.
    prompt_compute: f64,
    prompt_exchange: f64,
    prompt: f64,
}

/// Estimates with the fitted coefficients; see [`estimate_with`].
pub fn estimate(load: &Load, traffic: &Traffic) -> Estimate {
    estimate_with(&Coefficients::FITTED, load, traffic)
}

/// The roofline. With n cards, A active parameters, B running sequences of p prompt and a answer tokens (means), L layers:
///
/// ```text
/// B        = min(concurrency, room / (kv(p + a) x replication))
/// touched  = 1 - (1 - used/experts)^B
/// memory   = (experts x touched x imbalance + other + embeddings/2 + B kv(p + a/2) replication) / (n bw bandwidth)
/// compute  = 2 A B / (n flops decode)   [+ latent: 2 heads (2 latent + rotary) (p + a/2) L B / (n flops16 decode)]
/// exchange = n > 1: 2 L (hop log2 n + 4 B hidden (n-1)/n / (0.7 link))
/// step     = (memory^overlap + compute^overlap)^(1/overlap) + exchange
///            + dense layers x dense_layer + expert layers x expert_layer [+ indexed: L indexer] + step + B sequence
/// prompt   = (2 A p / flops / (expert_prefill if experts) + attention / flops16) / (n^spread prefill)
///            + n > 1: 2 L 4 p hidden (n-1)/n / (0.7 link)  +  p/8192 weights / (n bw bandwidth)
/// attention= 2 p^2 heads head_dim L_full + 4 p min(p, window) heads head_dim L_window
/// rate     = B a / (B prompt + a step)
/// TPOT     = step + interleave B prompt / a
/// TTFT     = prompt (1 + 0.1 B^0.9) + 0.12 s + (concurrency/B - 1)(B prompt + a step)
/// ```
///
/// A roofline of the kind that the literature on inference uses (Williams et al. 2009 for the roofline; Pope et al. 2022
/// for transformers), with overheads. What differs from the simplest form because left-out rows ask for it: experts read
/// prompts far less efficiently, attention is multiplied in 16 bit, and n cards do not read a prompt n times as fast.
pub fn estimate_with(c: &Coefficients, load: &Load, traffic: &Traffic) -> Estimate {
    let length = traffic.prompt + traffic.answer;
    let fitting = load.sequences(length);
    let batch = traffic.concurrency.min(fitting);
    let mut flags = Vec::new();
    if fitting.is_nan() || fitting < 1.0 {
        flags.push(Flag::DoesNotFit);
        return Estimate {
            tokens_per_second: 0.0,
            per_gpu: 0.0,
            interval: (0.0, 0.0),
            tpot: f64::INFINITY,
            ttft: f64::INFINITY,
            batch: 0.0,
            sequences: 0,
            limit: Limit::Kv,
            confidence: confidence(load),
            flags,
        };
    }
    let t = times(c, load, traffic, batch);
    let prompts = batch * t.prompt;
    let answers = traffic.answer * t.step;
    let cycle = prompts + answers;
    let rate = batch * traffic.answer / cycle;
    if load.model.weights() > 0.75 * load.usable() || traffic.concurrency > 0.8 * fitting {
        flags.push(Flag::KvCliff);
    }
    if prompts > answers {
        flags.push(Flag::PrefillBound);
    }
    let factors = match (load.calibrated, flags.is_empty()) {
        (false, _) => Intervals::FITTED.extrapolated,
        (true, true) => Intervals::FITTED.plain,
        (true, false) => Intervals::FITTED.flagged,
    };
    Estimate {
        tokens_per_second: rate,
        per_gpu: rate / f64::from(load.gpus),
        interval: (rate * factors.0, rate * factors.1),
        tpot: t.step + c.interleave * prompts / traffic.answer,
        ttft: t.prompt * (1.0 + 0.1 * libm::pow(batch, 0.9)) + 0.12 + (traffic.concurrency / batch - 1.0) * cycle,
        batch,
        sequences: whole(fitting),
        limit: limit(&t, batch, traffic),
        confidence: confidence(load),
        flags,
    }
}

/// The most requests in flight (whole, at most `most`) for which `at` keeps the target, and how fast the replica is then;
/// `None` when one request alone misses it or does not fit. Without a target: `most`. Latencies should not shrink with
/// concurrency; those of [`estimate`] and of its calibrations do not. Where a measured row does, what is found keeps the
/// target all the same, and is perhaps not the most.
pub fn capacity(target: &Target, most: u32, at: impl Fn(f64) -> Estimate) -> Option<(u32, Estimate)> {
    let at = |concurrency: u32| {
        let found = at(f64::from(concurrency));
        target.is_kept_by(&found).then_some((concurrency, found))
    };
    let most = most.max(1);
    if let Some(found) = at(most) {
        return Some(found);
    }
    let (mut good, mut bad) = (at(1)?, most);
    while bad - good.0 > 1 {
        let middle = good.0 + (bad - good.0) / 2;
        match at(middle) {
            Some(found) => good = found,
            None => bad = middle,
        }
    }
    Some(good)
}

fn times(c: &Coefficients, load: &Load, traffic: &Traffic, batch: f64) -> Times {
    let (card, model) = (&load.card, &load.model);
    let n = f64::from(load.gpus);
    let [layers, hidden, heads] = [model.layers, model.hidden, model.heads].map(f64::from);
    let (prompt, seen) = (traffic.prompt, traffic.prompt + traffic.answer / 2.0);

    let touched = model
        .experts
        .map_or(1.0, |(count, used)| 1.0 - libm::pow(1.0 - (f64::from(used) / f64::from(count)).min(1.0), batch));
    let reading = n * card.bandwidth * c.bandwidth;
    let memory = (model.expert_bytes * touched * c.imbalance
        + model.other_bytes
        + model.embedding_bytes / 2.0
        + batch * model.kv_read(seen) * load.replication)
        / reading;

    let latent = model.latent.map_or(0.0, |(latent, rotary)| {
        2.0 * heads * (2.0 * f64::from(latent) + f64::from(rotary)) * seen * layers * batch
    });
    let compute = (2.0 * model.active_params * batch / card.flops + latent / card.flops_16) / (n * c.decode);

    // Two exchanges per layer, each sending what a ring of cards sends for a sum.
    let per_token = if load.gpus > 1 { 2.0 * layers * 4.0 * hidden * (n - 1.0) / n / (0.7 * card.link) } else { 0.0 };
    let exchange = if load.gpus > 1 { 2.0 * layers * c.hop * libm::log2(n) + batch * per_token } else { 0.0 };

    let expert_layers = f64::from(model.expert_layers);
    let overheads = (layers - expert_layers) * c.dense_layer
        + expert_layers * c.expert_layer
        + if model.indexed { layers * c.indexer } else { 0.0 }
        + c.step
        + batch * c.sequence;
    let larger = memory.max(compute);
    let smaller = memory.min(compute) / larger;
    let roofline = larger * libm::pow(1.0 + libm::pow(smaller, c.overlap), 1.0 / c.overlap);

    let attention = heads
        * f64::from(model.head_dim)
        * (2.0 * prompt * prompt * f64::from(model.full_layers)
            + 4.0 * prompt * prompt.min(f64::from(model.window)) * f64::from(model.window_layers));
    let dense = if model.experts.is_some() { c.expert_prefill } else { 1.0 };
    let prompt_compute = (2.0 * model.active_params * prompt / (card.flops * dense) + attention / card.flops_16)
        / (libm::pow(n, c.spread) * c.prefill);
    let prompt_exchange = prompt * per_token;
    Times {
        memory,
        compute,
        exchange,
        step: roofline + exchange + overheads,
        prompt_compute,
        prompt_exchange,
        prompt: prompt_compute + prompt_exchange + prompt / 8192.0 * model.weights() / reading,
    }
}

/// Memory when requests queue for it, otherwise what takes most of a cycle.
fn limit(t: &Times, batch: f64, traffic: &Traffic) -> Limit {
    if batch < traffic.concurrency {
        return Limit::Kv;
    }
    let bandwidth = traffic.answer * t.memory + batch * (t.prompt - t.prompt_compute - t.prompt_exchange);
    let compute = traffic.answer * t.compute + batch * t.prompt_compute;
    let exchange = traffic.answer * t.exchange + batch * t.prompt_exchange;
    if exchange > bandwidth && exchange > compute {
        Limit::Communication
    } else if compute > bandwidth {
        Limit::Compute
    } else {
        Limit::Bandwidth
    }
}

fn confidence(load: &Load) -> Confidence {
    if load.calibrated { Confidence::Calibrated } else { Confidence::Extrapolated }
}

/// Rounded down; what is beyond the range becomes its end.
fn whole(value: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    let whole = libm::floor(value) as u64;
    whole
}
