//! Rate limits: what a strategy asks of a model in a minute, at the mean and at the peak, and what comes above the limit.
//!
//! ```text
//! mean = calls, or tokens, of a day / 1,440            calls in a batch have limits of their own and do not count
//! peak = mean x busiest hour of the profile x peak_to_mean
//! overflow = share of a week's requests above the limit, every hour at its peak: sum of max(0, load - limit) / sum of load
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::evaluation::{is_input, is_output};
use crate::figure::{Calls, Figure, Step};
use crate::hosting::provisioned::overflow;
use crate::levers::{Line, Mode, Outcome};
use crate::plan::{Model, Plan, RateLimit, RateLimits, Server};
use crate::units::{Exact, display};

/// Minutes of a day.
const MINUTES: u64 = 1_440;

/// A model with a limit in a strategy.
#[derive(Clone, Debug)]
pub(super) struct Limited {
    pub model: Arc<Model>,
    pub rates: Vec<Rated>,
    /// Share of a week's requests that come above a limit.
    pub overflow: Exact,
}

/// One rate of a model; all per minute.
#[derive(Clone, Debug)]
pub(super) struct Rated {
    pub what: &'static str,
    pub limit: Exact,
    pub mean: Exact,
    pub peak: Exact,
    pub formula: String,
    /// What the formula mentions.
    pub inputs: Vec<Arc<Step>>,
}

impl Rated {
    pub fn fits(&self) -> bool {
        self.peak <= self.limit
    }
}

/// What a strategy asks of a model that has rate limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LimitReport {
    /// The model.
    pub model: String,
    /// Its rates, each with its limit.
    pub rates: Vec<RateReport>,
    /// Whether the peak fits all of them.
    pub fits: bool,
    /// The share of a week's requests that come above a limit, every hour at its peak.
    pub overflow_share: Exact,
}

/// A rate and its limit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RateReport {
    /// `requests`, `tokens`, `input_tokens` or `output_tokens`.
    pub what: String,
    /// The limit.
    pub limit_per_minute: Exact,
    /// What the strategy asks on the mean.
    pub mean_per_minute: Exact,
    /// What it asks at the peak.
    pub peak_per_minute: Exact,
    /// Whether that fits.
    pub fits: bool,
}

/// What a strategy asks of every model that has a limit.
pub(super) fn limited(plan: &Plan, outcome: &Outcome) -> Vec<Limited> {
    let Some(limits) = &plan.limits else { return Vec::new() };
    let of = |(server, calls): &(Server, Figure<Calls>)| {
        let Server::Model(used) = server else { return None };
        let limit = limits.of(&used.model)?;
        Some(of_model(plan, outcome, limits, limit, &used.model, calls))
    };
    outcome.calls.iter().filter_map(of).collect()
}

fn of_model(
    plan: &Plan,
    outcome: &Outcome,
    limits: &RateLimits,
    limit: &RateLimit,
    model: &Arc<Model>,
    calls: &Figure<Calls>,
) -> Limited {
    let waiting = outcome.waiting.iter().filter(|(known, _)| Arc::ptr_eq(known, model));
    let at_once = calls.value() - &waiting.map(|(_, calls)| calls.value()).sum::<Exact>();
    let tokens = |wanted: &dyn Fn(&Line) -> bool| {
        let own = |line: &&Line| {
            line.model.as_ref().is_some_and(|known| Arc::ptr_eq(known, model)) && line.mode != Mode::Batch
        };
        let lines = outcome.lines.iter().filter(own).filter(|line| wanted(line));
        lines.map(|line| &line.quantity.step().value).sum::<Exact>()
    };
    let counts = |line: &Line| is_input(line) && (limit.counts_cached || !line.component.starts_with("cache_read"));
    let (input, output) = (tokens(&counts), tokens(&is_output));
    let busiest = plan.workload.profile.as_ref().map_or_else(Figure::one, |profile| profile.busiest());
    let peak = limits.peak_to_mean.value() * busiest.value();
    let steps = |limit: &Arc<Step>| {
        let mut found = vec![Arc::clone(limit), Arc::clone(limits.peak_to_mean.step())];
        found.extend(plan.workload.profile.as_ref().map(|_| Arc::clone(busiest.step())));
        found
    };
    let rates = [
        ("requests", limit.requests.as_ref().map(Figure::step), at_once),
        ("tokens", limit.tokens.as_ref().map(Figure::step), &input + &output),
        ("input_tokens", limit.input_tokens.as_ref().map(Figure::step), input.clone()),
        ("output_tokens", limit.output_tokens.as_ref().map(Figure::step), output.clone()),
    ];
    let minutes = Exact::from(MINUTES);
    let per_minute = |day: &Exact| day.checked_div(&minutes).unwrap_or(Exact::ZERO);
    let rates = rates.into_iter().filter_map(|(what, limit, day)| {
        let limit = limit?;
        let mean = per_minute(&day);
        Some(Rated {
            what,
            limit: per_minute(&limit.value),
            peak: &mean * &peak,
            formula: format!(
                "{} {} a day / 1,440 minutes x busiest hour over mean {} x peak to mean {}",
                display::count(&day),
                what.replace('_', " "),
                busiest.value(),
                limits.peak_to_mean.value(),
            ),
            mean,
            inputs: steps(limit),
        })
    });
    let rates: Vec<Rated> = rates.collect();
    // The limit that is reached first, in multiples of the mean load.
    let room = rates.iter().filter_map(|rate| rate.limit.checked_div(&rate.mean)).min();
    let flat = [Exact::ONE];
    let hours = plan.workload.profile.as_ref().map_or(flat.as_slice(), |profile| profile.hours.as_slice());
    let hours: Vec<Exact> = hours.iter().map(|hour| hour * limits.peak_to_mean.value()).collect();
    let overflow = room.map_or(Exact::ZERO, |room| overflow(&hours, &room));
    Limited { model: Arc::clone(model), rates, overflow }
}

pub(super) fn report(limited: &Limited) -> LimitReport {
    let rate = |rate: &Rated| RateReport {
        what: rate.what.to_owned(),
        limit_per_minute: rate.limit.clone(),
        mean_per_minute: rate.mean.clone(),
        peak_per_minute: rate.peak.clone(),
        fits: rate.fits(),
    };
    LimitReport {
        model: limited.model.listed.id.clone(),
        rates: limited.rates.iter().map(rate).collect(),
        fits: limited.rates.iter().all(Rated::fits),
        overflow_share: limited.overflow.clone(),
    }
}
