//! Warnings: every code and all wording in one place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::dominance::{Domination, dominations};
use super::limits::{self, Limited};
use super::{Evaluation, Tuned, Word};
use crate::levers::{Finding, PrefixUse};
use crate::plan::{Billing, Cascade, Model, Plan, Server, Serving};
use crate::pricing::Card;
use crate::units::{Exact, display};

/// Something that a reader of the result should look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// Its stable name.
    pub code: Word,
    /// What it says.
    pub message: String,
}

/// Announced changes up to this many days ahead are worth a warning.
const SOON_DAYS: i32 = 90;

/// All warnings of a strategy.
pub(super) fn of(evaluation: &Evaluation, index: usize) -> Vec<Warning> {
    let mut found = Vec::new();
    let plan = &evaluation.plan;
    let (Some(strategy), Some(result)) = (plan.strategies.get(index), evaluation.results.get(index)) else {
        return found;
    };
    let money = |usd: &Exact| display::money(&(usd * &plan.currency.per_usd), &plan.currency.code);
    found.extend(
        dominations(plan, strategy).iter().map(|pair| dominated(plan, pair, result.outcome.total.value(), &money)),
    );
    if let Some(random) = result.random_mix.as_ref().filter(|random| *random < result.outcome.total.value()) {
        let days = plan.days_per_month.value();
        found.push(Warning {
            code: "router-below-random-mix".into(),
            message: format!(
                "mixing the same models at random is right as often for {} a month, {} less: the route gains nothing by looking at requests",
                money(&(random * days)),
                money(&(&(result.outcome.total.value() - random) * days)),
            ),
        });
    }
    let totals = result.cascade.as_ref().map(|both| (both.every_attempt.total.value(), both.final_only.total.value()));
    if let Some((every, only)) = totals
        && billing_of(strategy.answers()) == Some(Billing::FinalOnly)
        && only < every
    {
        let days = plan.days_per_month.value();
        found.push(Warning {
            code: "blended-rate-understates".into(),
            message: format!(
                "`billing: final_only` pays only the step that answered; providers bill every attempt, and a judge is paid too: \
                 {} a month instead of {}",
                money(&(every * days)),
                money(&(only * days)),
            ),
        });
    }
    for step in &result.outcome.escalations {
        if step.cost < step.spares {
            continue;
        }
        let accepted = step.stopped.checked_div(&step.reach).unwrap_or(Exact::ZERO);
        let needed = match step.break_even() {
            Some(needed) if needed <= Exact::ONE => format!("it pays above {}", display::percent(&needed, 1)),
            _ => "no share would pay for it".to_owned(),
        };
        found.push(Warning {
            code: "cascade-below-break-even".into(),
            message: format!(
                "step {} ({}) stops {} of the calls that reach it; it costs {} a day and spares {}: {needed}",
                step.step.saturating_add(1),
                step.label,
                display::percent(&accepted, 1),
                money(&step.cost),
                money(&step.spares),
            ),
        });
    }
    if !result.outcome.unanswered.is_zero() {
        found.push(Warning {
            code: "unanswered".into(),
            message: format!(
                "{} requests a day end the cascade without an accepted answer; what they cost is in, what they lack is not",
                display::count(&result.outcome.unanswered),
            ),
        });
    }
    for (server, _) in &result.outcome.calls {
        if let Server::Model(used) = server {
            lifecycle(&used.model, &mut found);
        }
    }
    found.extend(result.tuned.as_ref().and_then(|tuned| never_pays(tuned, plan, &money)));
    found.extend(limits::limited(plan, &result.outcome).iter().flat_map(rate_limits));
    found.extend(result.outcome.findings.iter().map(finding));
    found.extend(result.outcome.prefixes.iter().filter_map(|used| losing(used, plan, &money)));
    for hosted in &result.outcome.hosted {
        let told = hosted.deployment.warnings.iter();
        found.extend(told.map(|(code, message)| Warning { code: (*code).into(), message: message.clone() }));
    }
    found
}

/// A tuned model whose training no number of calls pays.
fn never_pays(tuned: &Tuned, plan: &Plan, money: &dyn Fn(&Exact) -> String) -> Option<Warning> {
    let saves = tuned.saves()?;
    let base = tuned.base.as_ref()?;
    let message = if saves <= Exact::ZERO {
        format!(
            "a call of the tuned model costs {}, without it {}: no number of calls pays the training",
            money(&tuned.own),
            money(base)
        )
    } else {
        let days = plan.days_per_month.value();
        let saved = &(&saves * &tuned.calls_per_day) * days;
        let hosting = &tuned.hosting_per_day * days;
        if saved > hosting {
            return None;
        }
        format!(
            "the tuned model saves {} a month on its calls and costs {} to be kept ready: more calls are needed before it \
             pays anything of its training",
            money(&saved),
            money(&hosting)
        )
    };
    Some(Warning { code: "fine-tune-never-pays".into(), message })
}

/// Models that are asked for more than their provider allows.
fn rate_limits(limited: &Limited) -> impl Iterator<Item = Warning> {
    let exceeded = limited.rates.iter().filter(|rate| !rate.fits());
    exceeded.map(|rate| Warning {
        code: "rate-limit-exceeded".into(),
        message: format!(
            "{}: {} {} a minute at the peak pass the limit of {}; {} of a week's requests come above it",
            limited.model.listed.id,
            display::count(&rate.peak.round(1)),
            rate.what.replace('_', " "),
            display::count(&rate.limit),
            display::percent(&limited.overflow, 1),
        ),
    })
}

/// A prompt cache that costs more than it saves.
fn losing(used: &PrefixUse, plan: &Plan, money: &dyn Fn(&Exact) -> String) -> Option<Warning> {
    let lost = &used.cost - &used.without;
    if lost <= Exact::ZERO {
        return None;
    }
    let hits = used.read.checked_div(&(&used.read + &used.written)).unwrap_or(Exact::ZERO);
    let (write, read) = (used.write_ratio.as_ref()?, used.read_ratio.as_ref()?);
    let needed = (write - &Exact::ONE).checked_div(&(write - read));
    let needed = needed.map_or_else(String::new, |share| format!("; it pays above {}", display::percent(&share, 1)));
    Some(Warning {
        code: "cache-below-break-even".into(),
        message: format!(
            "the prompt cache of {} reads {} of its tokens and loses {} a month{needed}",
            used.model.listed.id,
            display::percent(&hits, 1),
            money(&(&lost * plan.days_per_month.value())),
        ),
    })
}

fn finding(finding: &Finding) -> Warning {
    match finding {
        Finding::MeanTier { model, tier, mean } => Warning {
            code: "mean-tier".into(),
            message: format!(
                "the mean prompt of {} tokens is near the tier {tier} of {model}; single requests lie on both sides and pay differently",
                display::count(mean),
            ),
        },
        Finding::UnknownJudgement { step } => Warning {
            code: "independent-errors".into(),
            message: format!(
                "which answers of {step} are accepted is taken to be independent of whether they are right; a `judge` with \
                 `sensitivity` and `specificity` in place of `accept` says how well right and wrong are told apart"
            ),
        },
        Finding::IndependentErrors { first, then } => Warning {
            code: "independent-errors".into(),
            message: format!(
                "{first} and {then} are taken to err independently; models fail at the same questions, so that the quality of this \
                 cascade is lower: state `quality.given_wrong: {{{first}: {{{then}: ...}}}}`"
            ),
        },
        Finding::CapacityExceeded { deployment, needed, most, what } => Warning {
            code: "capacity-exceeded".into(),
            message: format!(
                "{deployment} would need {} at its peak and may have {}: what is above that is not served",
                counted(needed, what),
                display::count(most),
            ),
        },
        Finding::BelowMinimumPrefix { model, tokens, minimum, share } => Warning {
            code: "below-minimum-prefix".into(),
            message: if tokens.is_zero() {
                format!(
                    "no part of these prompts is the same for several requests, so that {model} has nothing to cache"
                )
            } else if *share == Exact::ONE {
                format!(
                    "a prefix of {} tokens is below the {} that {model} caches from on: the prompt cache saves nothing there",
                    display::count(tokens),
                    display::count(minimum),
                )
            } else {
                format!(
                    "{} of the calls have a prefix below the {} tokens that {model} caches from on",
                    display::percent(share, 1),
                    display::count(minimum),
                )
            },
        },
        Finding::CompressionBreaksPrefix { part } => Warning {
            code: "compression-breaks-prefix".into(),
            message: format!(
                "compressing `{part}` by a share depends on the request, so that its text differs from call to call and cannot be \
                 read from the prompt cache; `{{to: ...}}`, a text shortened once, does not"
            ),
        },
        Finding::ExceedsContext { model, share, tokens, limit, what } => Warning {
            code: "exceeds-context".into(),
            message: if *share == Exact::ONE {
                format!(
                    "a call of {} tokens passes the {what} limit of {model}, {}",
                    display::count(tokens),
                    display::grouped(&limit.to_string()),
                )
            } else {
                format!(
                    "{} of the calls pass the {what} limit of {model}, {}; the longest has {} tokens",
                    display::percent(share, 1),
                    display::grouped(&limit.to_string()),
                    display::count(tokens),
                )
            },
        },
    }
}

/// A number of things: `1 replica`, `3 replicas`.
fn counted(number: &Exact, what: &str) -> String {
    let plural = if *number == Exact::ONE { "" } else { "s" };
    format!("{} {what}{plural}", display::count(number))
}

fn lifecycle(model: &Arc<Model>, found: &mut Vec<Warning>) {
    let listed = &model.listed;
    let days_until = |date: crate::pricing::Date| (date - model.as_of).get_days();
    if let Some(retires) = listed.retires {
        let message = match days_until(retires) {
            days if days <= 0 => Some(format!("{} is retired since {retires}", listed.id)),
            days if days <= SOON_DAYS => Some(format!("{} retires on {retires}, in {days} days", listed.id)),
            _ => None,
        };
        found.extend(message.map(|message| Warning { code: "retired-model".into(), message }));
    }
    let (Some(now), Some(next)) = (listed.card(None, model.as_of), listed.next_card(model.as_of)) else { return };
    let Some(from) = next.from.filter(|from| days_until(*from) <= SOON_DAYS) else { return };
    found.push(Warning {
        code: "price-changes-soon".into(),
        message: format!(
            "{} changes its price on {from}, in {} days: {}",
            listed.id,
            days_until(from),
            changes(now, next)
        ),
    });
}

fn changes(now: &Card, next: &Card) -> String {
    let usd = |rate: Option<&crate::pricing::Rate>, per: u64| {
        rate.map_or_else(|| "none".to_owned(), |rate| format!("${}", &rate.usd * &Exact::from(per)))
    };
    let mut parts = Vec::new();
    for (component, rate) in &next.rates {
        let before = now.rate(component);
        if before.is_none_or(|before| before.usd != rate.usd) {
            let per = component.usual_per();
            parts.push(format!("{component} {} to {}", usd(before, per), usd(Some(rate), per)));
        }
    }
    if parts.is_empty() { "other tiers or terms".to_owned() } else { parts.join(", ") }
}

fn billing_of(serving: &Serving) -> Option<Billing> {
    match serving {
        Serving::Single(_) => None,
        Serving::Cascade(cascade) => Some(cascade_billing(cascade)),
        Serving::Route(route) => {
            route.arms.iter().filter_map(|arm| billing_of(&arm.serving)).find(|b| *b == Billing::FinalOnly)
        }
    }
}

fn cascade_billing(cascade: &Cascade) -> Billing {
    let inner = cascade.steps.iter().filter_map(|step| billing_of(&step.arm.serving)).any(|b| b == Billing::FinalOnly);
    if inner { Billing::FinalOnly } else { cascade.billing }
}

fn dominated(plan: &Plan, pair: &Domination, total: &Exact, money: &dyn Fn(&Exact) -> String) -> Warning {
    let Domination { dear, cheap, .. } = pair;
    let why = if pair.by_quality {
        "and by the qualities stated no better"
    } else {
        "and no quality is stated that speaks for it"
    };
    let days = plan.days_per_month.value();
    let amounts = if pair.is_plain {
        let (with, now) = (money(&(&pair.cost * days)), money(&(total * days)));
        format!("; with {cheap} in its place: {with} a month instead of {now}")
    } else {
        String::new()
    };
    Warning {
        code: "dominated-model".into(),
        message: format!("{dear} is nowhere cheaper than {cheap}, {why}{amounts}"),
    }
}
