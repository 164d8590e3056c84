//! Who saved what: the savings of a strategy against the baseline, shared among the levers in which the two differ.

use serde::{Deserialize, Serialize};

use crate::analysis::attribution::{Attribution, MOST_PLAYERS, attribute_on_all_cores, in_order};
use crate::levers::{self, Variant};
use crate::plan::{Plan, Strategy, Switch};
use crate::units::Exact;

/// What one lever saves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeverSaving {
    /// The lever.
    pub lever: String,
    /// Saved per month; negative where it costs more.
    pub saves_per_month: Exact,
}

/// Two levers that together save another amount than each alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// The levers.
    pub levers: [String; 2],
    /// Saved per month beyond what both save alone; negative where they overlap.
    pub saves_more_per_month: Exact,
}

/// Shares of a saving.
#[derive(Clone, Default, Debug)]
pub(super) struct Shares {
    pub waterfall: Vec<LeverSaving>,
    pub shapley: Vec<LeverSaving>,
    pub interactions: Vec<Interaction>,
    /// Why something is missing.
    pub note: Option<String>,
}

/// Interactions below one in so many of the saving are not worth a line.
const WORTH_TELLING: u64 = 100;

/// Most costs that are computed for the Shapley values of a report; one takes some 20 microseconds.
const MOST_COSTS: u64 = 1 << 16;

/// Whether the Shapley values of all strategies of a plan can be computed.
pub(super) fn fits(plan: &Plan) -> bool {
    let Some(baseline) = plan.strategies.get(plan.baseline) else { return false };
    let costs = plan.strategies.iter().map(|strategy| {
        let players = Switch::ALL.into_iter().filter(|switch| !switch.is_same(baseline, strategy)).count();
        if players > MOST_PLAYERS { 0 } else { 1u64 << players }
    });
    costs.fold(0u64, u64::saturating_add) <= MOST_COSTS
}

/// The levers in which a strategy differs from the baseline and what each saves; amounts per month in the currency of the
/// plan. `computed`: cost per day of the baseline and of the strategy.
pub(super) fn shares(plan: &Plan, strategy: &Strategy, computed: (&Exact, &Exact), in_all_orders: bool) -> Shares {
    let Some(baseline) = plan.strategies.get(plan.baseline) else { return Shares::default() };
    let switches: Vec<Switch> = Switch::ALL.into_iter().filter(|switch| !switch.is_same(baseline, strategy)).collect();
    let all = (1u32 << switches.len().min(31)).wrapping_sub(1);
    let cost = |set: u32| {
        if set == 0 {
            return Ok(computed.0.clone());
        }
        if set == all {
            return Ok(computed.1.clone());
        }
        let mut hybrid = baseline.clone();
        let on = switches.iter().enumerate().filter(|(index, _)| set & (1 << index) != 0);
        on.for_each(|(_, switch)| switch.take(&mut hybrid, strategy));
        levers::evaluate(plan, &hybrid, Variant::default()).map(|outcome| outcome.total.value().clone())
    };
    let found =
        if in_all_orders { attribute_on_all_cores(switches.len(), cost) } else { in_order(switches.len(), cost) };
    match found {
        Ok(found) => told(plan, strategy, &switches, &found, &(computed.0 - computed.1)),
        Err(problems) => Shares {
            note: problems.first().map(|problem| {
                format!(
                    "who saved what is not computed: levers of both strategies do not go together ({})",
                    problem.message
                )
            }),
            ..Shares::default()
        },
    }
}

fn told(plan: &Plan, strategy: &Strategy, switches: &[Switch], found: &Attribution, saved: &Exact) -> Shares {
    let per_month = |day: &Exact| &(day * plan.days_per_month.value()) * &plan.currency.per_usd;
    let total = per_month(saved);
    let name = |index: usize| switches.get(index).map_or("", |switch| switch.name(strategy)).to_owned();
    let savings = |changes: &[Exact]| {
        let amounts: Vec<Exact> = changes.iter().map(|change| per_month(&-change)).collect();
        let of = |(index, saves_per_month)| LeverSaving { lever: name(index), saves_per_month };
        rounded(&total, amounts).into_iter().enumerate().map(of).collect::<Vec<_>>()
    };
    let worth = total.abs().checked_div(&Exact::from(WORTH_TELLING)).unwrap_or(Exact::ZERO);
    let interactions = found.interactions.iter().map(|(first, second, change)| Interaction {
        levers: [name(*first), name(*second)],
        saves_more_per_month: per_month(&-change),
    });
    let mut interactions: Vec<Interaction> =
        interactions.filter(|one| one.saves_more_per_month.abs() > worth).collect();
    interactions.sort_by_key(|one| std::cmp::Reverse(one.saves_more_per_month.abs()));
    Shares {
        waterfall: savings(&found.waterfall),
        shapley: found.shapley.as_deref().map(savings).unwrap_or_default(),
        interactions,
        note: found.shapley.is_none().then(|| {
            format!(
                "who saves what on average is left out: it takes 2^n costs for a strategy with n levers, and is computed \
                 for up to {MOST_PLAYERS} levers and {MOST_COSTS} costs in all"
            )
        }),
    }
}

/// Amounts as they are printed: those that have no end are rounded on one grid, and the last one takes what is left of the
/// total (SPEC section 4.3).
fn rounded(total: &Exact, mut amounts: Vec<Exact>) -> Vec<Exact> {
    if amounts.iter().all(|amount| amount.decimals().is_some()) {
        return amounts;
    }
    let grid = amounts.iter().chain([total]).map(Exact::shown_decimals).max().unwrap_or_default();
    if amounts.pop().is_some() {
        amounts = amounts.iter().map(|amount| amount.round(grid)).collect();
        let rest = &total.round(grid) - &amounts.iter().sum::<Exact>();
        amounts.push(rest);
    }
    amounts
}
