//! What to change: changes of a scenario that were computed and found to cost less, each with the `--set` that makes it.
//!
//! A change is proposed only where it leaves the answers as they are: a dominated model, a lever that costs more than it
//! saves, another lifetime or breakpoint of a prompt cache, prices that wait for whoever asks. Every amount is the
//! difference between the scenario as it is and the scenario with that `--set`, resolved and computed anew.

use serde::{Deserialize, Serialize};

use super::dominance::{Domination, dominations};
use super::{Evaluation, Word};
use crate::levers::{self, Variant};
use crate::plan::{Change, Part, Serving, Strategy, Switch};
use crate::units::{Exact, display};

/// A change that saves money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Advice {
    /// Its stable name.
    pub code: Word,
    /// The strategy that it changes.
    pub strategy: String,
    /// What to change and why.
    pub message: String,
    /// Saved per month in the currency of the scenario.
    pub saves_per_month: Exact,
    /// The `--set` arguments that make the change.
    pub set: Vec<String>,
}

/// A change to be tried.
struct Candidate {
    code: &'static str,
    strategy: usize,
    /// What is told of it; the same for the same change of several strategies.
    what: String,
    /// Ways to make the change, the first that can be resolved counts.
    ways: Vec<Vec<String>>,
}

/// As many findings as a reader can act on.
const MOST: usize = 3;
/// Changes that are tried; each takes about a millisecond.
const MOST_TRIED: usize = 32;
/// The share of calls that a batch is tried with.
const BATCHED: &str = "10%";

/// The changes that save most, dearest first.
pub(super) fn advice(evaluation: &Evaluation) -> Vec<Advice> {
    let mut found: Vec<Advice> = Vec::new();
    for candidate in candidates(evaluation).into_iter().take(MOST_TRIED) {
        let known =
            |known: &Advice| (known.code.as_ref(), known.message.as_str()) == (candidate.code, candidate.what.as_str());
        if found.iter().any(known) {
            continue;
        }
        let Some((saved, set)) =
            candidate.ways.iter().find_map(|way| Some((saved(evaluation, candidate.strategy, way)?, way)))
        else {
            continue;
        };
        if saved <= Exact::ZERO {
            continue;
        }
        let plan = &evaluation.plan;
        let month = &(&saved * plan.days_per_month.value()) * &plan.currency.per_usd;
        found.push(Advice {
            code: candidate.code.into(),
            strategy: plan.strategies.get(candidate.strategy).map(|s| s.name.clone()).unwrap_or_default(),
            message: candidate.what,
            saves_per_month: month,
            set: set.clone(),
        });
    }
    found.sort_by(|a, b| b.saves_per_month.cmp(&a.saves_per_month));
    // Of several lifetimes and breakpoints of one cache the best is enough.
    let mut seen: Vec<(Word, String)> = Vec::new();
    found.retain(|advice| {
        let key = (
            advice.code.clone(),
            if advice.code == "better-prefix-cache" { advice.strategy.clone() } else { advice.message.clone() },
        );
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    found.truncate(MOST);
    found
}

/// What a strategy costs less per day after a change; `None` where the scenario refuses it.
fn saved(evaluation: &Evaluation, strategy: usize, set: &[String]) -> Option<Exact> {
    let change = Change { set: set.to_vec(), ..Change::default() };
    let plan = evaluation.plan.uncertain.again.with(&change).ok()?;
    let after = levers::evaluate(&plan, plan.strategies.get(strategy)?, Variant::default()).ok()?;
    Some(evaluation.results.get(strategy)?.outcome.total.value() - after.total.value())
}

/// Changes worth trying: those of every strategy that are mistakes, and those of the cheapest that are chances.
fn candidates(evaluation: &Evaluation) -> Vec<Candidate> {
    let plan = &evaluation.plan;
    let mut order: Vec<usize> = (0..plan.strategies.len()).collect();
    order.sort_by_key(|index| evaluation.results.get(*index).map(|result| result.outcome.total.value()));
    let mut found = Vec::new();
    for index in &order {
        if let Some(strategy) = plan.strategies.get(*index) {
            found.extend(losing_levers(*index, strategy));
            found.extend(dominated(evaluation, *index, strategy));
        }
    }
    if let Some((index, strategy)) = order.first().and_then(|index| Some((*index, plan.strategies.get(*index)?))) {
        found.extend(prefix_caches(evaluation, index, strategy));
        found.extend(batch(index, strategy));
    }
    found
}

/// The path of something in a strategy, as `--set` writes it.
fn path(strategy: &Strategy, rest: &str) -> String {
    let name = &strategy.name;
    let quoted = name.contains(['"', '=', ' ']);
    if quoted { format!("strategies.\"{name}\".{rest}") } else { format!("strategies.{name}.{rest}") }
}

fn losing_levers(index: usize, strategy: &Strategy) -> Vec<Candidate> {
    let stated = [
        (Switch::ResponseCache, strategy.response_cache.is_some()),
        (Switch::Compress, strategy.compress.is_some()),
        (Switch::Pack, strategy.pack.is_some()),
        (Switch::PrefixCache, strategy.defaults.prefix_cache.is_some()),
        (Switch::Batch, strategy.defaults.batch.is_some()),
        (Switch::Mode, strategy.defaults.mode.is_some()),
    ];
    let stated = stated.into_iter().filter(|(_, is_stated)| *is_stated);
    stated
        .map(|(switch, _)| {
            let key = switch.name(strategy);
            Candidate {
                code: "lever-loses-money",
                strategy: index,
                what: format!("`{key}` costs more than it saves"),
                ways: vec![vec![format!("{}=off", path(strategy, key))]],
            }
        })
        .collect()
}

fn dominated(evaluation: &Evaluation, index: usize, strategy: &Strategy) -> Vec<Candidate> {
    let Serving::Route(route) = strategy.answers() else { return Vec::new() };
    let of = |pair: Domination| {
        let Domination { arm, by, .. } = pair;
        let (dear, cheap) = (route.arms.get(arm)?, route.arms.get(by)?);
        let share = |arm: usize| {
            let shares = route.shares.first()?;
            Some(shares.iter().filter(|(known, _)| *known == arm).map(|(_, share)| share.value()).sum::<Exact>())
        };
        let both = display::plain_percent(&(&share(arm)? + &share(by)?));
        let of_map = vec![
            format!("{}=0%", path(strategy, &format!("route.{}", dear.place.text()))),
            format!("{}={both}", path(strategy, &format!("route.{}", cheap.place.text()))),
        ];
        let of_list = vec![format!("{}={}", path(strategy, &format!("route.{arm}.model")), cheap.label)];
        Some(Candidate {
            code: "dominated-model",
            strategy: index,
            what: format!("{} does what {} costs more for", cheap.label, dear.label),
            ways: vec![of_map, of_list],
        })
    };
    dominations(&evaluation.plan, strategy).into_iter().filter(|pair| pair.is_plain).filter_map(of).collect()
}

fn prefix_caches(evaluation: &Evaluation, index: usize, strategy: &Strategy) -> Vec<Candidate> {
    let plan = &evaluation.plan;
    let Some(cache) = &strategy.defaults.prefix_cache else {
        return vec![Candidate {
            code: "prefix-cache-unused",
            strategy: index,
            what: "the prompt cache would read what is the same in every prompt, if all requests share one prefix"
                .to_owned(),
            ways: vec![vec![format!("{}=true", path(strategy, "prefix_cache"))]],
        }];
    };
    // A stated hit rate is one of its own lifetime and prefix.
    if cache.hit_rate.is_some() || cache.explicit.is_some() {
        return Vec::new();
    }
    let changed = |key: &str, value: &str, what: String| Candidate {
        code: "better-prefix-cache",
        strategy: index,
        what,
        ways: vec![
            vec![format!("{}={value}", path(strategy, &format!("prefix_cache.{key}")))],
            vec![format!("{}={{{key}: {value}}}", path(strategy, "prefix_cache"))],
        ],
    };
    let mut found = Vec::new();
    let mut lifetimes: Vec<&String> = Vec::new();
    let used = evaluation.results.get(index).map_or([].as_slice(), |result| &result.outcome.prefixes);
    for ttl in used.iter().flat_map(|used| &used.model.listed.cache.ttls) {
        let is_current = used.iter().any(|used| used.ttl == *ttl);
        if !is_current && !lifetimes.contains(&ttl) {
            lifetimes.push(ttl);
        }
    }
    found.extend(
        lifetimes
            .into_iter()
            .map(|ttl| changed("ttl", ttl, format!("a lifetime of {ttl} is cheaper for the prompt cache"))),
    );
    let tasks = &plan.workload.tasks;
    let mut prefixes = tasks.iter().map(|task| task.prompt.total(Part::is_shared).value().clone());
    let grows = tasks.iter().any(|task| task.turns.is_some() || task.agent.is_some());
    if let Some(first) = prefixes.next().filter(|first| grows && cache.tokens.is_none() && !first.is_zero())
        && prefixes.all(|other| other == first)
    {
        let what =
            "a breakpoint before the history is cheaper: what grows is written more often than it is read".to_owned();
        found.push(changed("tokens", &first.to_string(), what));
    }
    found
}

fn batch(index: usize, strategy: &Strategy) -> Vec<Candidate> {
    if strategy.defaults.batch.is_some() || strategy.defaults.mode.is_some() {
        return Vec::new();
    }
    vec![Candidate {
        code: "batch-unused",
        strategy: index,
        what: format!("batch prices for each {BATCHED} of the calls that can wait"),
        ways: vec![vec![format!("{}={{share: {BATCHED}}}", path(strategy, "batch"))]],
    }]
}
