//! Two sides made into a comparison.

use super::conditions::{self, Pair, percent_of};
use super::{CauseChange, Comparison, PriceChangeReport, Saved, Side, SideReport, StatedChange, StrategyChange};
use crate::analysis::compare::{
    self as causes, Differences, Method, Models, OTHER, PriceChange, Split, lines, price_changes,
};
use crate::input::differences;
use crate::plan::{Condition, Metric, Plan};
use crate::report::settle::settle_change;
use crate::units::{Exact, display};

/// Which strategies are compared with which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pairs {
    /// Each with the one of the same name.
    ByName,
    /// All with this one of `base`.
    Against(String),
}

/// Most costs that are computed for the causes of a comparison; one takes some 20 microseconds.
const MOST_COSTS: u64 = 1 << 16;

const LINE_BY_LINE: &str = "bills are compared line by line: what a cache or retries do to the calls of a model is in `mix`, what \
                            shorter prompts do is in `tokens`";

/// What a scenario says of itself and not of its cost.
const NO_COST: [&str; 3] = ["name", "description", "expect"];

/// Compares two sides. Amounts are in the currency of `head`; changes below `quiet_below` percent are not worth telling.
pub fn compare(
    base: &Side,
    head: &Side,
    pairs: &Pairs,
    conditions: &[Condition],
    quiet_below: Option<&Exact>,
) -> Comparison {
    let matched = matched(base, head, pairs);
    let (_, rate) = head.currency();
    let models = models(base, head);
    let mut changes = Changes::of(base, head, models.as_ref(), &matched);
    let mut strategies: Vec<StrategyChange> =
        matched.iter().map(|pair| changes.strategy(pair, rate, quiet_below)).collect();
    scale(&mut strategies);
    for (strategy, pair) in strategies.iter_mut().zip(&matched) {
        let other = pair.base.and_then(|index| base.names().get(index).map(|name| (*name).to_owned()));
        strategy.against = other.filter(|other| *other != strategy.name);
    }
    let by_lines = strategies.iter().any(|one| one.method.as_deref() == Some(Method::Lines.name()));
    let mut notes = notes(base, head, pairs, by_lines);
    notes.append(&mut changes.notes);
    // Printed figures are compared with printed ones.
    let printed = changes.printed.take().map(|(base, head)| (Side::Saved(base.into()), Side::Saved(head.into())));
    let (of_base, of_head) = match &printed {
        Some((of_base, of_head)) if models.is_none() => (of_base, of_head),
        _ => (base, head),
    };
    let conditions: Vec<_> =
        conditions.iter().map(|one| conditions::asked(one, &matched, of_base, of_head, rate)).collect();
    let notable = strategies.iter().any(|one| one.notable) || conditions.iter().any(|one| one.holds);
    Comparison {
        base: base.facts(),
        head: head.facts(),
        strategies,
        stated: stated(base, head),
        prices: prices(base, head, models.as_ref()),
        conditions,
        quiet_below_percent: quiet_below.cloned(),
        notable,
        notes,
    }
}

/// The models of both plans, where there are two plans.
fn models(base: &Side, head: &Side) -> Option<Models> {
    let (Side::Computed(base), Side::Computed(head)) = (base, head) else { return None };
    Some(Models::of(&base.evaluation.plan, &head.evaluation.plan))
}

/// Which strategies belong together, in the order of `head`, then those that only `base` has.
fn matched(base: &Side, head: &Side, pairs: &Pairs) -> Vec<Pair> {
    let (before, after) = (base.names(), head.names());
    let find = |names: &[&str], name: &str| names.iter().position(|known| *known == name);
    let partner = |name: &str| match pairs {
        Pairs::ByName => find(&before, name),
        Pairs::Against(reference) => find(&before, reference),
    };
    let there = after.iter().enumerate().map(|(index, name)| Pair {
        name: (*name).to_owned(),
        base: partner(name),
        head: Some(index),
    });
    let mut found: Vec<Pair> = there.collect();
    if *pairs == Pairs::ByName {
        let gone = before.iter().enumerate().filter(|(_, name)| find(&after, name).is_none());
        found.extend(gone.map(|(index, name)| Pair { name: (*name).to_owned(), base: Some(index), head: None }));
    }
    found
}

/// Changes of strategies while they are computed.
struct Changes<'a> {
    /// The models of both plans, where there are two plans.
    models: Option<&'a Models>,
    base: &'a Side,
    head: &'a Side,
    in_all_orders: bool,
    /// Both sides as they are printed, once they are needed.
    printed: Option<(Saved, Saved)>,
    notes: Vec<String>,
}

/// What a strategy cost and costs, USD per month, and why.
struct Change {
    before: Exact,
    after: Exact,
    split: Split,
}

impl<'a> Changes<'a> {
    fn of(base: &'a Side, head: &'a Side, models: Option<&'a Models>, pairs: &[Pair]) -> Self {
        let mut found = Self { models, base, head, in_all_orders: true, printed: None, notes: Vec::new() };
        let costs = pairs.iter().filter_map(|pair| found.differences(pair)).map(|between| between.costs());
        found.in_all_orders = costs.fold(0u64, u64::saturating_add) <= MOST_COSTS;
        found
    }

    fn differences(&self, pair: &Pair) -> Option<Differences<'a>> {
        let (Side::Computed(base), Side::Computed(head)) = (self.base, self.head) else { return None };
        let side =
            |plan: &'a Plan, index: usize| plan.strategies.get(index).map(|strategy| causes::Side { plan, strategy });
        let (before, after) = (side(&base.evaluation.plan, pair.base?)?, side(&head.evaluation.plan, pair.head?)?);
        Some(Differences::of(before, after, self.models?))
    }

    /// Why a strategy that both sides have costs what it costs.
    fn change(&mut self, pair: &Pair) -> Option<Change> {
        if let Some(between) = self.differences(pair) {
            let before = self.base.metric(pair.base?, Metric::PerMonth)?;
            let after = self.head.metric(pair.head?, Metric::PerMonth)?;
            match between.split(&(&after - &before), self.in_all_orders) {
                Ok(split) => return Some(Change { before, after, split }),
                Err(problems) => {
                    let why = problems.into_iter().next().map_or_else(String::new, |one| one.message);
                    self.notes.push(format!(
                        "{} is compared line by line: parts of both sides do not go together ({why})",
                        pair.name
                    ));
                }
            }
        }
        if self.printed.is_none() {
            self.printed = Some((self.base.printed()?, self.head.printed()?));
        }
        let (base, head) = self.printed.as_ref()?;
        let (base, head) = (&base.strategies.get(pair.base?)?.bill, &head.strategies.get(pair.head?)?.bill);
        let sum = |bill: &lines::Bill| bill.lines.iter().map(|line| &line.cost).sum::<Exact>();
        let (before, after) = (sum(base), sum(head));
        let split = lines::compare(base, head, &(&after - &before));
        Some(Change { before, after, split })
    }

    fn strategy(&mut self, pair: &Pair, rate: &Exact, quiet_below: Option<&Exact>) -> StrategyChange {
        let mut found = StrategyChange {
            name: pair.name.clone(),
            against: None,
            status: if pair.base.is_some() { "removed" } else { "added" }.into(),
            base_per_month: pair
                .base
                .and_then(|index| self.base.metric(index, Metric::PerMonth))
                .map(|usd| &usd * rate),
            head_per_month: pair
                .head
                .and_then(|index| self.head.metric(index, Metric::PerMonth))
                .map(|usd| &usd * rate),
            change_per_month: None,
            change_percent: None,
            ratio: None,
            relative_cost: Exact::ZERO,
            causes: Vec::new(),
            method: None,
            notable: true,
        };
        let Some(change) = self.change(pair) else { return found };
        let parts: Vec<Exact> = change.split.parts.iter().map(|(_, part)| part * rate).collect();
        let (before, after, parts) = settle_change(&(&change.before * rate), &(&change.after * rate), &parts);
        let difference = &after - &before;
        let percent = percent_of(&difference, &before);
        let is_same = parts.is_empty() && difference.is_zero();
        found.status = if is_same { "same" } else { "changed" }.into();
        found.notable = match (quiet_below, &percent) {
            (Some(least), Some(percent)) => percent.abs() >= *least && !is_same,
            _ => !is_same,
        };
        let cause = |((cause, _), part): (&(String, Exact), Exact)| CauseChange {
            cause: cause.clone(),
            change_percent: percent_of(&part, &before),
            relative_change: part.abs(),
            change_per_month: part,
        };
        found.causes = change.split.parts.iter().zip(parts).map(cause).collect();
        found.method = (!is_same).then(|| change.split.method.name().into());
        found.ratio = after.checked_div(&before);
        found.change_percent = percent;
        found.change_per_month = Some(difference);
        (found.base_per_month, found.head_per_month) = (Some(before), Some(after));
        self.remark(&change.split);
        found
    }

    fn remark(&mut self, split: &Split) {
        let note = match split.method {
            Method::AllOrders | Method::Lines => None,
            Method::BothOrders => Some(
                "there are too many causes for all their orders; each change is the mean of a fixed order and its reverse",
            ),
        };
        let other = split.parts.iter().any(|(cause, _)| cause == OTHER);
        let other = other.then_some("`other` is a part of a change that no known cause explains");
        for note in [note, other].into_iter().flatten() {
            if !self.notes.iter().any(|known| known == note) {
                self.notes.push(note.to_owned());
            }
        }
    }
}

/// Scales costs and parts of changes for whoever draws them.
fn scale(strategies: &mut [StrategyChange]) {
    let costs = strategies.iter().flat_map(|one| [&one.base_per_month, &one.head_per_month]).flatten();
    let dearest = costs.max().cloned().unwrap_or(Exact::ONE);
    let parts = strategies.iter().flat_map(|one| &one.causes).map(|cause| &cause.relative_change);
    let largest = parts.max().cloned().unwrap_or(Exact::ONE);
    for strategy in strategies {
        let cost = strategy.head_per_month.as_ref().or(strategy.base_per_month.as_ref());
        strategy.relative_cost = cost.and_then(|cost| cost.checked_div(&dearest)).unwrap_or(Exact::ZERO);
        for cause in &mut strategy.causes {
            cause.relative_change = cause.relative_change.checked_div(&largest).unwrap_or(Exact::ZERO);
        }
    }
}

fn stated(base: &Side, head: &Side) -> Vec<StatedChange> {
    let (Side::Computed(base), Side::Computed(head)) = (base, head) else { return Vec::new() };
    let told = differences(&base.stated, &head.stated, &NO_COST).into_iter();
    told.map(|one| StatedChange { path: one.path, base: one.base, head: one.head }).collect()
}

/// Other prices, as far as somebody pays them.
fn prices(base: &Side, head: &Side, models: Option<&Models>) -> Vec<PriceChangeReport> {
    let (Side::Computed(base), Side::Computed(head), Some(models)) = (base, head, models) else { return Vec::new() };
    let sides = [&base.evaluation, &head.evaluation];
    let lines = || sides.into_iter().flat_map(|side| &side.results).flat_map(|result| &result.outcome.lines);
    let is_paid = |change: &PriceChange| {
        lines().any(|line| {
            line.model.as_ref().is_some_and(|model| model.listed.id == change.model)
                && line.component == change.component.slug()
                && line.mode.name() == change.mode.as_deref().unwrap_or("standard")
                && line.tier.is_some() == (change.from > 0)
        })
    };
    let told = price_changes(models).into_iter().filter(is_paid);
    told.map(|one| PriceChangeReport {
        change_percent: one
            .base
            .as_ref()
            .zip(one.head.as_ref())
            .and_then(|(base, head)| percent_of(&(head - base), base)),
        model: one.model,
        component: one.component.slug().to_owned(),
        mode: one.mode.unwrap_or_else(|| "standard".to_owned()),
        from_tokens: one.from,
        per: Exact::from(one.per),
        base: one.base,
        head: one.head,
    })
    .collect()
}

/// What has to be known of two sides to read their comparison.
fn notes(base: &Side, head: &Side, pairs: &Pairs, by_lines: bool) -> Vec<String> {
    let mut found = Vec::new();
    let saved = [base, head].into_iter().filter(|side| by_lines && matches!(side, Side::Saved(_)));
    let saved: Vec<String> = saved.map(|side| side.facts().label).collect();
    let base_is_new = matches!(base, Side::Nothing(_));
    let in_common = head.names().iter().any(|name| base.names().contains(name));
    let (base, head) = (base.facts(), head.facts());
    match saved.as_slice() {
        [] if base_is_new => found.push(format!("{} does not exist: everything is new", base.label)),
        [] => {}
        [one] => found.push(format!("{one} is a saved report; {LINE_BY_LINE}")),
        all => found.push(format!("{} are saved reports; {LINE_BY_LINE}", all.join(" and "))),
    }
    if (&base.currency, &base.currency_per_usd) != (&head.currency, &head.currency_per_usd) {
        let at = |side: &SideReport| format!("{} at {} per USD", side.currency, display::count(&side.currency_per_usd));
        found.push(format!("all amounts are in {}; {} states {}", at(&head), base.label, at(&base)));
    }
    if base.days_per_month != head.days_per_month {
        found.push(format!(
            "a month of {} has {} days, one of {} has {}: that is part of `volume`",
            head.label,
            display::count(&head.days_per_month),
            base.label,
            display::count(&base.days_per_month)
        ));
    }
    if base.baseline != head.baseline && in_common && *pairs == Pairs::ByName {
        found.push(format!(
            "savings of {} are measured against {}, those of {} against {}",
            head.label, head.baseline, base.label, base.baseline
        ));
    }
    found
}
