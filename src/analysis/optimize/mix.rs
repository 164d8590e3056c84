//! Finds the mix and puts the report together.

use std::collections::BTreeMap;

use super::envelope::{Envelope, Mix, Until};
use super::hull::{Spot, random_mix};
use super::options::{Options, quoted};
use super::report::{Best, Candidate, FrontierPoint, OptimizeReport, SCHEMA, TaskMix};
use super::simplex::{Row, Sense, minimise};
use crate::diag::{Code, Diagnostic, Place};
use crate::levers::{self, Variant};
use crate::plan::{Plan, Server};
use crate::report::{PricesUsed, ScenarioName};
use crate::units::{Exact, display};

/// Decimals of a share that has more.
const DECIMALS: usize = 12;
/// Tasks whose shares are rounded in every way.
const MOST_ROUNDED: usize = 6;
/// Points of a frontier that is found one by one.
const POINTS: u64 = 20;

/// The cheapest mix under the constraints of a plan.
///
/// # Errors
/// Qualities that are not stated, and constraints that no mix meets, with what could be met.
pub fn optimize(plan: &Plan) -> Result<OptimizeReport, Vec<Diagnostic>> {
    if plan.quality.is_empty() {
        let problem =
            Diagnostic::without_place(Code::MissingKey, "how often are models right? the scenario states no `quality`");
        return Err(vec![problem.help("for instance `quality: {gpt-4o-mini: 72%, gpt-4o: 86%}`")]);
    }
    let options = Options::of(plan)?;
    Search { plan, options }.report()
}

struct Search<'a> {
    plan: &'a Plan,
    options: Options,
}

/// What is asked, in numbers.
struct Asked {
    quality: Option<Exact>,
    /// USD per day.
    budget: Option<Exact>,
    words: Vec<String>,
}

struct Answer {
    mixes: Vec<Mix>,
    /// USD per day for one more share of right answers.
    slope: Option<Exact>,
}

impl Search<'_> {
    fn report(&self) -> Result<OptimizeReport, Vec<Diagnostic>> {
        let plan = self.plan;
        let asked = self.asked();
        let (rate, days) = (&plan.currency.per_usd, plan.days_per_month.value());
        let month = |per_day: &Exact| &(per_day * days) * rate;
        let most = self.most_quality()?;
        let answer = self.answer(&asked, &most)?;
        let rounded = self.rounded(&answer.mixes, &asked);
        let strategy = self.options.strategy(plan, |task| rounded.get(task).cloned().unwrap_or_default());
        let outcome = levers::evaluate(plan, &strategy, Variant::default())?;
        let per_day = outcome.total.value().clone();
        let mut notes = self.options.notes.clone();
        if per_day != self.cost(&rounded) {
            notes.push(
                "what a model costs here depends on how much it gets; the mix is the best of the linear programme, and its cost is what \
                 `simulate` says"
                    .to_owned(),
            );
        }
        if rounded != answer.mixes {
            notes.push(format!(
                "shares are rounded to {DECIMALS} decimals so that they can be written; the exact optimum is {} a month",
                display::money(&month(&self.cost(&answer.mixes)), &plan.currency.code)
            ));
        }
        if !plan.uncertain.inputs.is_empty() {
            notes.push("every range is at its median".to_owned());
        }
        let quality =
            outcome.quality.as_ref().map_or_else(|| self.quality(&rounded), |quality| quality.value().clone());
        let spots = self.spots();
        let random = |quality: &Exact| random_mix(&spots, quality);
        let best = Best {
            per_request: printed(&(&per_day.checked_div(plan.workload.requests.value()).unwrap_or(Exact::ZERO) * rate)),
            per_month: printed(&month(&per_day)),
            mix: self.mix(&rounded),
            tasks: self.tasks(&rounded),
            shadow_price_per_point: answer
                .slope
                .as_ref()
                .and_then(|slope| slope.checked_div(&Exact::from(100)))
                .map(|point| printed(&month(&point))),
            random_mix_per_month: random(&quality).map(|cost| printed(&month(&cost))),
            optimum_per_month: printed(&month(&self.cost(&answer.mixes))),
            strategy: self.yaml(&rounded),
            quality: printed(&quality),
        };
        let frontier = self.frontier()?;
        let frontier = frontier.iter().map(|mixes| {
            let quality = self.quality(mixes);
            FrontierPoint {
                per_month: printed(&month(&self.cost(mixes))),
                mix: self.mix(mixes),
                random_mix_per_month: random(&quality).map(|cost| printed(&month(&cost))),
                quality: printed(&quality),
            }
        });
        Ok(OptimizeReport {
            schema: SCHEMA,
            scenario: ScenarioName::of(plan),
            prices: PricesUsed::of(plan),
            currency: plan.currency.code.clone(),
            days_per_month: days.clone(),
            asked: asked.words,
            candidates: self.candidates(&month),
            frontier: frontier.collect(),
            best,
            most_quality: printed(&most),
            notes,
        })
    }

    fn asked(&self) -> Asked {
        let asked = &self.plan.optimize;
        let days = self.plan.days_per_month.value();
        let mut words = Vec::new();
        let mut quality = asked.quality.as_ref().map(|(quality, _)| quality.clone());
        let budget = asked.budget.as_ref().and_then(|(budget, _)| budget.checked_div(days));
        match &quality {
            Some(quality) => words.push(format!("at least {} of all answers right", display::plain_percent(quality))),
            None if budget.is_none() && asked.quality_of_tasks.is_empty() => {
                // What is served today is good enough, where that is known.
                let baseline = self.plan.strategies.get(self.plan.baseline);
                let outcome =
                    baseline.and_then(|baseline| levers::evaluate(self.plan, baseline, Variant::default()).ok());
                quality = outcome.and_then(|outcome| outcome.quality).map(|quality| quality.value().clone());
                if let (Some(quality), Some(baseline)) = (&quality, baseline) {
                    words.push(format!(
                        "as many answers right as of {}: {} (`optimize.quality` is not stated)",
                        baseline.name,
                        display::percent(quality, 2)
                    ));
                }
            }
            None => {}
        }
        for (task, floor, _) in &asked.quality_of_tasks {
            let name = self.plan.workload.tasks.get(*task).and_then(|task| task.name.as_deref()).unwrap_or("all");
            words.push(format!("at least {} of {name} right", display::plain_percent(floor)));
        }
        if let Some((budget, _)) = &asked.budget {
            let amount = display::money(&(budget * &self.plan.currency.per_usd), &self.plan.currency.code);
            let most = if quality.is_some() { "" } else { ", and as many answers right as that buys" };
            words.push(format!("at most {amount} a month{most}"));
        }
        for (whose, share, _) in &asked.limits {
            words.push(format!("at most {} of the requests by {}", display::plain_percent(share), whose.name()));
        }
        if let Some((seconds, _)) = &asked.latency {
            words.push(format!("answers within {}s", display::precise(seconds, 3)));
        }
        Asked { quality, budget, words }
    }

    fn weight(&self, task: usize) -> Exact {
        self.plan.workload.tasks.get(task).map_or(Exact::ZERO, |task| task.share.value().clone())
    }

    fn floor_of(&self, task: usize) -> Option<Exact> {
        let own = self.plan.optimize.quality_of_tasks.iter().filter(|(at, ..)| *at == task);
        own.map(|(_, floor, _)| floor.clone()).max()
    }

    /// USD per day of mixes, as the linear programme has them.
    fn cost(&self, mixes: &[Mix]) -> Exact {
        let of = |(task, mix): (usize, &Mix)| -> Exact {
            let costs = self.options.costs.get(task);
            mix.iter().filter_map(|(option, share)| Some(costs?.get(*option)? * share)).sum()
        };
        &self.options.base + &mixes.iter().enumerate().map(of).sum::<Exact>()
    }

    fn quality_of(&self, task: usize, mix: &Mix) -> Exact {
        let qualities = self.options.qualities.get(task);
        mix.iter().filter_map(|(option, share)| Some(qualities?.get(*option)? * share)).sum()
    }

    fn quality(&self, mixes: &[Mix]) -> Exact {
        mixes.iter().enumerate().map(|(task, mix)| &self.weight(task) * &self.quality_of(task, mix)).sum()
    }

    /// The share of the requests that may be seen by whom a limit is for.
    fn used(&self, whose: &crate::plan::Whose, mixes: &[Mix]) -> Exact {
        let counts = |option: usize| {
            self.options.choices.get(option).is_some_and(|choice| {
                choice.servers.iter().any(|server| matches!(server, Server::Model(used) if whose.covers(&used.model)))
            })
        };
        let of = |(task, mix): (usize, &Mix)| {
            &self.weight(task)
                * &mix.iter().filter(|(option, _)| counts(*option)).map(|(_, share)| share).sum::<Exact>()
        };
        mixes.iter().enumerate().map(of).sum()
    }

    fn envelope(&self) -> Result<Envelope, Vec<Diagnostic>> {
        Envelope::of(self.plan, &self.options, &|task| self.floor_of(task)).map_err(|task| {
            let name =
                self.plan.workload.tasks.get(task).and_then(|task| task.name.as_deref()).unwrap_or("all requests");
            let most =
                self.options.qualities.get(task).and_then(|all| all.iter().max()).cloned().unwrap_or(Exact::ZERO);
            let place =
                self.plan.optimize.quality_of_tasks.iter().find(|(at, ..)| *at == task).map(|(_, _, place)| place);
            vec![unreachable(place, &format!("nobody is right so often at {name}"), &most)]
        })
    }

    fn is_coupled(&self) -> bool {
        !self.plan.optimize.limits.is_empty()
    }

    fn most_quality(&self) -> Result<Exact, Vec<Diagnostic>> {
        if self.is_coupled() {
            let goal: Vec<Exact> = self.coefficients(&|task, option| -&self.worth(task, option));
            return match minimise(&goal, &self.rows(None, None)) {
                Some(found) => Ok(-&found.value),
                None => Err(vec![self.contradiction()]),
            };
        }
        self.envelope()?;
        let best = |task: usize| {
            self.options.qualities.get(task).and_then(|all| all.iter().max()).cloned().unwrap_or(Exact::ZERO)
        };
        Ok((0..self.plan.workload.tasks.len()).map(|task| &self.weight(task) * &best(task)).sum())
    }

    fn contradiction(&self) -> Diagnostic {
        let place = self.plan.optimize.limits.first().map(|(.., place)| place);
        let message = "no mix meets these constraints";
        let found = match place {
            Some(place) => Diagnostic::at(Code::OutOfRange, place, message, "with this limit"),
            None => Diagnostic::without_place(Code::OutOfRange, message),
        };
        found.help("raise the limits, lower the floors of tasks, or let more models answer")
    }

    fn answer(&self, asked: &Asked, most: &Exact) -> Result<Answer, Vec<Diagnostic>> {
        if let Some(quality) = asked.quality.as_ref().filter(|quality| *quality > most) {
            let place = self.plan.optimize.quality.as_ref().map(|(_, place)| place);
            let message = format!("no mix is right in {} of all requests", display::percent(quality, 2));
            return Err(vec![unreachable(place, &message, most)]);
        }
        let found = if self.is_coupled() { self.by_programme(asked)? } else { self.by_envelope(asked)? };
        if let Some(budget) = &asked.budget {
            let cost = self.cost(&found.mixes);
            if cost > *budget {
                let days = self.plan.days_per_month.value();
                let amount = display::money(&(&(&cost * days) * &self.plan.currency.per_usd), &self.plan.currency.code);
                let place = self.plan.optimize.budget.as_ref().map(|(_, place)| place);
                let message = format!("the budget does not buy it: the cheapest mix costs {amount} a month");
                return Err(vec![match place {
                    Some(place) => Diagnostic::at(Code::OutOfRange, place, message, "too little"),
                    None => Diagnostic::without_place(Code::OutOfRange, message),
                }]);
            }
        }
        Ok(found)
    }

    fn by_envelope(&self, asked: &Asked) -> Result<Answer, Vec<Diagnostic>> {
        let envelope = self.envelope()?;
        let corners = envelope.corners();
        let start = corners.first().map_or((Exact::ZERO, Exact::ZERO), |mixes| (self.cost(mixes), self.quality(mixes)));
        let until = match (&asked.quality, &asked.budget) {
            (Some(quality), _) => Until::Quality(quality.clone()),
            (None, Some(budget)) => Until::Cost(budget.clone()),
            (None, None) => Until::Quality(Exact::ZERO),
        };
        let reached = envelope.walk(start, &until);
        Ok(Answer { mixes: reached.mixes, slope: reached.slope })
    }

    fn by_programme(&self, asked: &Asked) -> Result<Answer, Vec<Diagnostic>> {
        let costs = self.coefficients(&|task, option| {
            self.options.costs.get(task).and_then(|costs| costs.get(option)).cloned().unwrap_or(Exact::ZERO)
        });
        let quality = match (&asked.quality, &asked.budget) {
            (None, Some(budget)) => {
                // As many right answers as the budget buys, and of such mixes the cheapest.
                let goal = self.coefficients(&|task, option| -&self.worth(task, option));
                let found = minimise(&goal, &self.rows(None, Some(budget)));
                match found {
                    Some(found) => -&found.value,
                    None => Exact::ZERO,
                }
            }
            (quality, _) => quality.clone().unwrap_or(Exact::ZERO),
        };
        let Some(found) = minimise(&costs, &self.rows(Some(&quality), None)) else {
            return Err(vec![self.contradiction()]);
        };
        let slope = found.duals.get(self.plan.workload.tasks.len()).filter(|dual| !dual.is_zero()).cloned();
        let width = self.options.choices.len();
        let mixes = (0..self.plan.workload.tasks.len()).map(|task| {
            let own = found.x.iter().skip(task.saturating_mul(width)).take(width).enumerate();
            own.filter(|(_, share)| !share.is_zero()).map(|(option, share)| (option, share.clone())).collect()
        });
        Ok(Answer { mixes: mixes.collect(), slope })
    }

    /// What an option adds to the share of right answers where it gets a whole task.
    fn worth(&self, task: usize, option: usize) -> Exact {
        let quality = self.options.qualities.get(task).and_then(|all| all.get(option)).cloned().unwrap_or(Exact::ZERO);
        &self.weight(task) * &quality
    }

    /// A coefficient for every task and option.
    fn coefficients(&self, of: &dyn Fn(usize, usize) -> Exact) -> Vec<Exact> {
        let tasks = 0..self.plan.workload.tasks.len();
        tasks.flat_map(|task| (0..self.options.choices.len()).map(move |option| of(task, option))).collect()
    }

    /// The constraints: every task is served whole, then the floor of quality where there is one, then all others.
    fn rows(&self, quality: Option<&Exact>, budget: Option<&Exact>) -> Vec<Row> {
        let only = |wanted: usize, of: &dyn Fn(usize) -> Exact| {
            self.coefficients(&|task, option| if task == wanted { of(option) } else { Exact::ZERO })
        };
        let mut rows: Vec<Row> = (0..self.plan.workload.tasks.len())
            .map(|task| Row { of: only(task, &|_| Exact::ONE), sense: Sense::Eq, bound: Exact::ONE })
            .collect();
        if let Some(quality) = quality {
            let of = self.coefficients(&|task, option| self.worth(task, option));
            rows.push(Row { of, sense: Sense::Ge, bound: quality.clone() });
        }
        for (task, floor, _) in &self.plan.optimize.quality_of_tasks {
            let own = |option: usize| {
                self.options.qualities.get(*task).and_then(|all| all.get(option)).cloned().unwrap_or(Exact::ZERO)
            };
            rows.push(Row { of: only(*task, &own), sense: Sense::Ge, bound: floor.clone() });
        }
        for (whose, share, _) in &self.plan.optimize.limits {
            let of = self.coefficients(&|task, option| {
                let mut mixes: Vec<Mix> = vec![Vec::new(); task];
                mixes.push(vec![(option, Exact::ONE)]);
                self.used(whose, &mixes)
            });
            rows.push(Row { of, sense: Sense::Le, bound: share.clone() });
        }
        if let Some(budget) = budget {
            let of = self.coefficients(&|task, option| {
                self.options.costs.get(task).and_then(|costs| costs.get(option)).cloned().unwrap_or(Exact::ZERO)
            });
            rows.push(Row { of, sense: Sense::Le, bound: budget - &self.options.base });
        }
        rows
    }

    fn frontier(&self) -> Result<Vec<Vec<Mix>>, Vec<Diagnostic>> {
        if !self.is_coupled() {
            return Ok(self.envelope()?.corners());
        }
        let most = self.most_quality()?;
        let at = |quality: &Exact| {
            self.by_programme(&Asked { quality: Some(quality.clone()), budget: None, words: Vec::new() })
        };
        let cheapest = at(&Exact::ZERO)?.mixes;
        let least = self.quality(&cheapest);
        let mut found = vec![cheapest];
        for point in 1..=POINTS {
            let part = Exact::from(point).checked_div(&Exact::from(POINTS)).unwrap_or(Exact::ONE);
            let next = at(&(&least + &(&part * &(&most - &least))))?.mixes;
            if found.last() != Some(&next) {
                found.push(next);
            }
        }
        Ok(found)
    }

    fn meets(&self, mixes: &[Mix], asked: &Asked) -> bool {
        let tasks = self.plan.optimize.quality_of_tasks.iter();
        asked.quality.as_ref().is_none_or(|quality| self.quality(mixes) >= *quality)
            && asked.budget.as_ref().is_none_or(|budget| self.cost(mixes) <= *budget)
            && tasks
                .clone()
                .all(|(task, floor, _)| mixes.get(*task).is_some_and(|mix| self.quality_of(*task, mix) >= *floor))
            && self.plan.optimize.limits.iter().all(|(whose, share, _)| self.used(whose, mixes) <= *share)
    }

    /// Mixes with shares that can be written: of the ways to round that meet the constraints the cheapest, or with a budget alone
    /// the best.
    fn rounded(&self, mixes: &[Mix], asked: &Asked) -> Vec<Mix> {
        let is_long =
            |mix: &Mix| mix.iter().any(|(_, share)| share.decimals().is_none_or(|decimals| decimals > DECIMALS));
        let long: Vec<usize> = mixes.iter().enumerate().filter(|(_, mix)| is_long(mix)).map(|(task, _)| task).collect();
        if long.is_empty() {
            return mixes.to_vec();
        }
        let ways = 1u32 << long.len().min(MOST_ROUNDED);
        let round = |way: u32| {
            let mut found = mixes.to_vec();
            for (bit, task) in long.iter().enumerate() {
                let up = way >> bit.min(MOST_ROUNDED.saturating_sub(1)) & 1 == 1;
                if let Some(mix) = found.get_mut(*task) {
                    *mix = rounded_mix(mix, up);
                }
            }
            found
        };
        let all = (0..ways).map(round);
        let fits = all.filter(|mixes| self.meets(mixes, asked));
        let best = if asked.quality.is_none() && asked.budget.is_some() {
            fits.max_by(|a, b| self.quality(a).cmp(&self.quality(b)))
        } else {
            fits.min_by(|a, b| self.cost(a).cmp(&self.cost(b)))
        };
        best.unwrap_or_else(|| round(0))
    }

    fn mix(&self, mixes: &[Mix]) -> BTreeMap<String, Exact> {
        let mut found: BTreeMap<String, Exact> = BTreeMap::new();
        for (task, mix) in mixes.iter().enumerate() {
            for (option, share) in mix {
                let Some(choice) = self.options.choices.get(*option) else { continue };
                let sum = found.entry(choice.name.clone()).or_insert(Exact::ZERO);
                *sum = &*sum + &(&self.weight(task) * share);
            }
        }
        found.into_iter().filter(|(_, share)| !share.is_zero()).map(|(name, share)| (name, printed(&share))).collect()
    }

    fn tasks(&self, mixes: &[Mix]) -> Vec<TaskMix> {
        let named = |mix: &Mix| {
            let own = mix
                .iter()
                .filter_map(|(option, share)| Some((self.options.choices.get(*option)?.name.clone(), share.clone())));
            own.collect()
        };
        let tasks = self.plan.workload.tasks.iter().zip(mixes);
        tasks.map(|(task, mix)| TaskMix { task: task.name.clone(), mix: named(mix) }).collect()
    }

    /// Everything given to one option.
    fn candidates(&self, month: &dyn Fn(&Exact) -> Exact) -> Vec<Candidate> {
        let spot = |option: usize| {
            let mixes: Vec<Mix> = vec![vec![(option, Exact::ONE)]; self.plan.workload.tasks.len()];
            Spot { cost: self.cost(&mixes), quality: self.quality(&mixes) }
        };
        let all: Vec<Spot> = (0..self.options.choices.len()).map(spot).collect();
        let beats = |a: &Spot, b: &Spot| a.cost <= b.cost && a.quality >= b.quality && a != b;
        let name =
            |option: usize| self.options.choices.get(option).map_or_else(String::new, |choice| choice.name.clone());
        let of = |(option, spot): (usize, &Spot)| Candidate {
            name: name(option),
            per_month: printed(&month(&spot.cost)),
            quality: printed(&spot.quality),
            dominated_by: all
                .iter()
                .enumerate()
                .filter(|(_, other)| beats(other, spot))
                .max_by(|(_, a), (_, b)| (&a.quality, &b.cost).cmp(&(&b.quality, &a.cost)))
                .map(|(other, _)| name(other)),
        };
        all.iter().enumerate().map(of).collect()
    }

    /// Everything given to one model, cascades left out.
    fn spots(&self) -> Vec<Spot> {
        let single = self.options.choices.iter().enumerate().filter(|(_, choice)| choice.servers.len() == 1);
        single
            .map(|(option, _)| {
                let mixes: Vec<Mix> = vec![vec![(option, Exact::ONE)]; self.plan.workload.tasks.len()];
                Spot { cost: self.cost(&mixes), quality: self.quality(&mixes) }
            })
            .collect()
    }

    /// The strategy as it is written in a scenario.
    fn yaml(&self, mixes: &[Mix]) -> String {
        let mut out = "optimized:\n".to_owned();
        if let Some(like) = self.plan.optimize.like.and_then(|like| self.plan.strategies.get(like)) {
            out.push_str(&format!("  extends: {}\n", quoted(&like.name)));
            if like.fine_tune.is_some() {
                out.push_str("  fine_tune: off\n");
            }
        }
        out.push_str("  route:\n");
        for (task, mix) in self.plan.workload.tasks.iter().zip(mixes) {
            let named = task.name.as_ref().map_or_else(String::new, |name| format!("task: {}, ", quoted(name)));
            for (option, share) in mix {
                let Some(choice) = self.options.choices.get(*option) else { continue };
                let share = if *share == Exact::ONE && task.name.is_some() {
                    String::new()
                } else {
                    format!("share: {share}, ")
                };
                out.push_str(&format!("    - {{{named}{share}{}}}\n", choice.yaml));
            }
        }
        out
    }
}

/// A mix with short shares: all but the last are rounded up or down, the last one is what is left.
fn rounded_mix(mix: &Mix, up: bool) -> Mix {
    let scale = Exact::from(10).pow(u32::try_from(DECIMALS).unwrap_or(12));
    let short = |share: &Exact| {
        let whole = share * &scale;
        let whole = if up { whole.ceil() } else { whole.floor() };
        whole.checked_div(&scale).unwrap_or(Exact::ZERO)
    };
    let Some(((last, _), others)) = mix.split_last() else { return mix.clone() };
    let mut found: Mix = others.iter().map(|(option, share)| (*option, short(share))).collect();
    let rest = &Exact::ONE - &found.iter().map(|(_, share)| share).sum::<Exact>();
    found.push((*last, rest));
    found.retain(|(_, share)| *share > Exact::ZERO);
    found
}

fn unreachable(place: Option<&Place>, message: &str, most: &Exact) -> Diagnostic {
    let help = format!("the most that can be had is {}", display::percent(most, 4));
    match place {
        Some(place) => Diagnostic::at(Code::OutOfRange, place, message, "too much").help(help),
        None => Diagnostic::without_place(Code::OutOfRange, message).help(help),
    }
}

fn printed(value: &Exact) -> Exact {
    if value.decimals().is_some() { value.clone() } else { value.round(value.shown_decimals()) }
}
