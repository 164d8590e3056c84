//! The formulae of the documentation, computed straight from the scenario's data.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use super::scenario::*;
use super::{Q, quality};

/// What a strategy costs and uses per day.
#[derive(Clone, Default, Debug)]
pub struct Outcome {
    /// By model.
    pub models: BTreeMap<usize, Use>,
    /// Paid for no model.
    pub other: Q,
    /// Paid for answers, call by call.
    pub answering: Q,
    /// Calls that go on to be answered.
    pub reached: Q,
    /// The share of the requests that get a right answer, where qualities are stated.
    pub right: Q,
    /// What commitments add, by their position.
    pub commitments: Vec<Q>,
}

#[derive(Clone, Default, Debug)]
pub struct Use {
    pub calls: Q,
    pub input: Q,
    pub cached: Q,
    pub output: Q,
    pub cost: Q,
    /// Paid for it whether it is called or not; beside its cost.
    pub fixed: Q,
}

impl Outcome {
    pub fn total(&self) -> Q {
        let committed = self.commitments.iter().fold(self.other.clone(), |sum, adds| sum + adds);
        self.models.values().fold(committed, |sum, used| sum + &used.cost + &used.fixed)
    }

    /// What answering a call costs, where any is answered.
    pub fn per_call(&self) -> Option<Q> {
        (!self.reached.is_zero()).then(|| &self.answering / &self.reached)
    }
}

fn whole(n: u64) -> Q {
    Q::from_integer(n.into())
}

fn rest(share: &Q) -> Q {
    Q::one() - share
}

fn or_zero(amount: Option<Dec>) -> Q {
    amount.map_or_else(Q::zero, Dec::q)
}

/// A request of one task after the prompt levers, in a call.
struct Call<'a> {
    strategy: &'a Strategy,
    shape: &'a Shape,
    /// Tokens that all items of a call share.
    shared: Q,
    /// Tokens of an item, its history apart.
    own: Q,
    items: Q,
    overhead: Q,
}

impl Call<'_> {
    /// An answer as the output lever leaves it.
    fn answer(&self, lever: Option<&Output>) -> Q {
        answer(self.shape, lever)
    }

    /// The history of every turn and step, as the levers leave it.
    fn histories(&self, lever: Option<&Output>) -> Vec<Q> {
        let cut = self.strategy.compress.as_ref().and_then(|compress| compress.cuts[HISTORY].as_ref());
        let all = histories(self.strategy, self.shape, lever);
        all.into_iter().map(|tokens| cut.map_or(tokens.clone(), |cut| cut.apply(tokens))).collect()
    }
}

fn answer(shape: &Shape, lever: Option<&Output>) -> Q {
    let stated = whole(shape.output);
    match lever {
        None => stated,
        Some(Output::Scale(scale)) => stated * scale.q(),
        Some(Output::Max(max)) => stated.min(whole(*max)),
        Some(Output::Both(scale, max)) => (stated * scale.q()).min(whole(*max)),
    }
}

/// What each turn and each step in it carries of what was said and done before.
fn histories(strategy: &Strategy, shape: &Shape, lever: Option<&Output>) -> Vec<Q> {
    let said = whole(shape.prompt[USER]) + answer(shape, lever);
    let (steps, result) = shape.agent.unwrap_or((1, None));
    let done = answer(shape, lever) + whole(result.unwrap_or(0));
    let mut found = Vec::new();
    for turn in 0..shape.turns.unwrap_or(1) {
        let told = match strategy.history {
            Some(History::Summarise { every, to, .. }) if turn >= every => whole(to) + whole(turn % every) * &said,
            _ => whole(shape.prompt[HISTORY]) + whole(turn) * &said,
        };
        for step in 0..steps {
            let carried = &told + whole(step) * &done;
            found.push(match strategy.history {
                Some(History::Max(max)) => carried.min(whole(max)),
                _ => carried,
            });
        }
    }
    found
}

impl Cut {
    fn apply(&self, tokens: Q) -> Q {
        match self {
            Self::Removed(share) => tokens * rest(&share.q()),
            Self::To(to) => tokens.min(whole(*to)),
        }
    }
}

/// The levers in force for a model: its own, then those around it.
#[derive(Clone, Copy)]
struct Levers<'a> {
    output: Option<&'a Output>,
    retries: Option<&'a Retries>,
    prefix: Option<&'a Prefix>,
    batch: Option<&'a Batch>,
}

impl<'a> Levers<'a> {
    fn within(over: &'a Over, outer: Option<Self>) -> Self {
        Self {
            output: over.output.as_ref().or(outer.and_then(|o| o.output)),
            retries: over.retries.as_ref().or(outer.and_then(|o| o.retries)),
            prefix: over.prefix.as_ref().or(outer.and_then(|o| o.prefix)),
            batch: over.batch.as_ref().or(outer.and_then(|o| o.batch)),
        }
    }
}

/// The request, input and output prices of a call, in dollars.
struct Price {
    request: Q,
    input: Q,
    read: Q,
    written: Q,
    output: Q,
    reasoning: Q,
}

impl Scenario {
    pub fn requests_per_day(&self) -> Q {
        let n = whole(self.requests);
        match self.per {
            Per::Second => n * whole(86_400),
            Per::Hour => n * whole(24),
            Per::Day => n,
            Per::Week => n / whole(7),
            Per::Month => n / whole(self.days_per_month),
        }
    }

    /// Every task with its share; the workload itself when it has none.
    pub fn tasks_with_shapes(&self) -> Vec<(Q, Shape, usize)> {
        if self.tasks.is_empty() {
            return vec![(Q::one(), self.shape.clone(), 0)];
        }
        let shape = |task: &Task| Shape {
            prompt: std::array::from_fn(|i| task.prompt[i].unwrap_or(self.shape.prompt[i])),
            output: task.output.unwrap_or(self.shape.output),
            reasoning: task.reasoning.unwrap_or(self.shape.reasoning),
            turns: self.shape.turns,
            agent: self.shape.agent,
        };
        self.tasks.iter().enumerate().map(|(i, task)| (task.share.q(), shape(task), i)).collect()
    }

    /// Tokens of the workload as it is stated.
    pub fn tokens_per_day(&self) -> Q {
        let of = |shape: &Shape| {
            let (steps, result) = shape.agent.unwrap_or((1, None));
            let said = whole((shape.turns.unwrap_or(1) - 1) * (shape.prompt[USER] + shape.output)) / whole(2);
            let done = whole((steps - 1) * (shape.output + result.unwrap_or(0))) / whole(2);
            let call = whole(shape.prompt.iter().sum::<u64>() + shape.output + shape.reasoning) + said + done;
            whole(steps) * call
        };
        let per_request =
            self.tasks_with_shapes().iter().fold(Q::zero(), |sum, (share, shape, _)| sum + share * of(shape));
        per_request * self.requests_per_day()
    }

    /// The strategy's bill of a day; `billing` overrides what its cascades say.
    pub fn evaluate(&self, strategy: &Strategy, billing: Option<Billing>) -> Outcome {
        let mut bill = Bill { scenario: self, billing, outcome: Outcome::default() };
        let requests = self.requests_per_day();
        if let Some(retrieval) = &strategy.retrieval {
            bill.corpus(retrieval);
        }
        if let Some(tuned) = &strategy.fine_tune {
            bill.training(tuned);
        }
        let served = bill.response_cache(strategy.cache.as_ref(), &requests);
        for (share, shape, task) in self.tasks_with_shapes() {
            bill.task(strategy, &shape, task, &served, &share);
        }
        bill.commitments();
        bill.outcome.right *= rest(&strategy.cache.as_ref().map_or_else(Q::zero, wrong_hits));
        bill.outcome
    }
}

/// The share of all requests that a cache answers wrongly and does not send on.
fn wrong_hits(cache: &Cache) -> Q {
    let mut left = Q::one();
    let mut wrong = Q::zero();
    for (layer, of_misses) in [(&cache.exact, false), (&cache.semantic, cache.of_misses)] {
        let Some(layer) = layer else { continue };
        let hits = if of_misses { &left * layer.hit_rate.q() } else { layer.hit_rate.q() };
        if let Some(false_hits) = layer.false_hits.as_ref().filter(|false_hits| !false_hits.rerun) {
            wrong += &hits * false_hits.share.q();
        }
        left -= hits;
    }
    wrong
}

struct Bill<'a> {
    scenario: &'a Scenario,
    billing: Option<Billing>,
    outcome: Outcome,
}

impl<'a> Bill<'a> {
    /// The requests that go on to a model.
    fn response_cache(&mut self, cache: Option<&Cache>, requests: &Q) -> Q {
        let Some(cache) = cache else { return requests.clone() };
        let mut cost = Q::zero();
        let mut store = or_zero(cache.per_store);
        let mut per_month = or_zero(cache.per_month);
        let mut rerun = Q::zero();
        let mut left = requests.clone();
        for (layer, is_semantic) in [(&cache.exact, false), (&cache.semantic, true)] {
            let Some(layer) = layer else { continue };
            let of = if is_semantic && cache.of_misses { &left } else { requests };
            let hits = of * layer.hit_rate.q();
            cost += &left * or_zero(layer.per_lookup) + &hits * or_zero(layer.per_hit);
            if let Some(wrong) = &layer.false_hits {
                let wrong_hits = &hits * wrong.share.q();
                cost += &wrong_hits * or_zero(wrong.cost);
                if wrong.rerun {
                    rerun += wrong_hits;
                }
            }
            store += or_zero(layer.per_store);
            per_month += or_zero(layer.per_month);
            left -= hits;
        }
        cost += &left * store + per_month / whole(self.scenario.days_per_month);
        self.outcome.other += cost;
        left + rerun
    }

    fn months(&self, span: Option<Span>) -> Q {
        let month = whole(self.scenario.days_per_month);
        match span {
            None => whole(12),
            Some(Span::Months(n)) => whole(n),
            Some(Span::Years(n)) => whole(n * 365) / month,
            Some(Span::Days(n)) => whole(n) / month,
        }
    }

    fn a_day(&self, per_month: Q) -> Q {
        per_month / whole(self.scenario.days_per_month)
    }

    fn training(&mut self, tuned: &FineTune) {
        let cost = tuned.cost() / self.months(tuned.amortise);
        let cost = self.a_day(cost);
        let used = self.outcome.models.entry(tuned.model).or_default();
        used.fixed += cost + or_zero(tuned.hosting_per_hour) * whole(24);
    }

    fn corpus(&mut self, retrieval: &Retrieval) {
        let stride = whole(retrieval.chunk - retrieval.overlap.unwrap_or(0));
        let pieces = whole(retrieval.corpus) / stride;
        let (factor, _) = self.scenario.factors_of(retrieval.embed);
        let (tokens, chunks) = (&pieces * whole(retrieval.chunk) * &factor, pieces.ceil());
        let batch = Batch { share: Dec { units: 1, places: 0 }, discount: None };
        let mode = retrieval.batch.then_some(&batch);
        let price = self.scenario.price(retrieval.embed, &(whole(retrieval.chunk) * factor), mode);
        let cost = &tokens * &price.input + &chunks * &price.request;
        let once = self.a_day(&cost / self.months(retrieval.amortise));
        let share = self.a_day(or_zero(retrieval.reindex));
        let used = self.outcome.models.entry(retrieval.embed).or_default();
        used.fixed += once + &cost * &share;
        used.input += &tokens * &share;
        if let Some(store) = &retrieval.store {
            let rent = match &store.rent {
                Rent::PerMonth(usd) => usd.q(),
                Rent::PerGb { price, dimensions, bytes, text } => {
                    let each = whole(dimensions * bytes.unwrap_or(4) + text.unwrap_or(0));
                    chunks * each / whole(1_000_000_000) * price.q()
                }
            };
            self.outcome.other += self.a_day(rent);
        }
    }

    fn searches(&mut self, retrieval: &Retrieval, shape: &Shape, requests: &Q) {
        let query = whole(retrieval.query.unwrap_or(shape.prompt[USER]));
        let asked = &query * self.scenario.factors_of(retrieval.embed).0;
        self.side_call(retrieval.embed, requests, &asked, &Q::zero());
        let per_search = retrieval.store.as_ref().and_then(|store| store.per_search);
        self.outcome.other += requests * or_zero(per_search);
        match &retrieval.rerank {
            Some(Rerank::PerSearch(usd)) => self.outcome.other += requests * usd.q(),
            Some(Rerank::Model { model, candidates }) => {
                let read = whole(*candidates) * (whole(retrieval.chunk) + query);
                let read = read * self.scenario.factors_of(*model).0;
                self.side_call(*model, requests, &read, &Q::zero());
            }
            None => {}
        }
    }

    /// Everything else is billed by now.
    fn commitments(&mut self) {
        for Commitment { whose, terms } in &self.scenario.commitments {
            let is_own = |model: usize| match whose {
                Whose::Provider(provider) => self.scenario.models[model].provider == *provider,
                Whose::Model(own) => *own == model,
            };
            let models = self.outcome.models.iter().filter(|(model, _)| is_own(**model));
            let spend = models.fold(Q::zero(), |sum, (_, used)| sum + &used.cost + &used.fixed);
            let spend = spend * whole(self.scenario.days_per_month);
            let adds = match terms {
                Terms::Minimum(minimum) => (minimum.q() - &spend).max(Q::zero()),
                Terms::Prepaid { amount, valid, bonus } => {
                    let paid = amount.q() / self.months(Some(*valid));
                    let bought = &paid * (Q::one() + or_zero(*bonus));
                    paid - spend.min(bought)
                }
            };
            let adds = self.a_day(adds);
            self.outcome.commitments.push(adds);
        }
    }

    /// A conversation is summarised after every so many turns, but not after its last.
    fn summaries(&mut self, strategy: &Strategy, shape: &Shape, requests: &Q) {
        let (Some(History::Summarise { every, to, model }), Some(turns)) = (&strategy.history, shape.turns) else {
            return;
        };
        let said = whole(shape.prompt[USER]) + answer(shape, strategy.over.output.as_ref());
        let conversations = requests / whole(turns);
        let mut told = whole(shape.prompt[HISTORY]);
        for turn in 1..turns {
            if turn % every == 0 {
                self.side_call(*model, &conversations, &(told + whole(*every) * &said), &whole(*to));
                told = whole(*to);
            }
        }
    }

    fn task(&mut self, strategy: &'a Strategy, shape: &Shape, task: usize, served: &Q, share: &Q) {
        let requests = served * share;
        let mut prompt: [Q; 6] = std::array::from_fn(|i| whole(shape.prompt[i]));
        if let Some(retrieval) = &strategy.retrieval {
            self.searches(retrieval, shape, &requests);
            prompt[CONTEXT] = whole(retrieval.top * retrieval.chunk);
        }
        if let Some(tuned) = &strategy.fine_tune {
            prompt[EXAMPLES] = whole(tuned.examples.unwrap_or(0));
        }
        if let Some(compress) = &strategy.compress {
            match compress.by {
                Some(Compressor::PerRequest(cost)) => self.outcome.other += &requests * cost.q(),
                Some(Compressor::Model(model)) => {
                    let others = (0..6).filter(|part| *part != HISTORY && compress.cuts[*part].is_some());
                    let same = others.fold(Q::zero(), |sum, part| sum + &prompt[part]);
                    let all = histories(strategy, shape, strategy.over.output.as_ref());
                    // Every step of an agent is compressed, and each turn is a request.
                    let calls = &requests / whole(shape.turns.unwrap_or(1));
                    for history in all {
                        let read = if compress.cuts[HISTORY].is_some() { &same + history } else { same.clone() };
                        self.side_call(model, &calls, &read, &Q::zero());
                    }
                }
                None => {}
            }
            for (part, cut) in prompt.iter_mut().zip(&compress.cuts) {
                if let Some(cut) = cut {
                    *part = cut.apply(part.clone());
                }
            }
        }
        self.summaries(strategy, shape, &requests);
        if let Some((keep, of)) = strategy.examples.filter(|_| strategy.fine_tune.is_none()) {
            prompt[EXAMPLES] = &prompt[EXAMPLES] * whole(keep) / whole(of);
        }
        let relevant = |tokens: &Q, share: &Dec| tokens * share.q();
        match &strategy.context {
            None => {}
            Some(Context::Relevance(share)) => prompt[CONTEXT] = relevant(&prompt[CONTEXT], share),
            Some(Context::Max(max)) => prompt[CONTEXT] = prompt[CONTEXT].clone().min(whole(*max)),
            Some(Context::Both(share, max)) => {
                prompt[CONTEXT] = relevant(&prompt[CONTEXT], share).min(whole(*max));
            }
        }
        let sum = |shared: bool| {
            let parts = (0..6).filter(|part| SHARED[*part] == shared && *part != HISTORY);
            parts.fold(Q::zero(), |sum, part| sum + &prompt[part])
        };
        let (items, overhead) = match &strategy.pack {
            Some(pack) => (pack.items.q(), whole(pack.overhead.unwrap_or(0))),
            None => (Q::one(), Q::zero()),
        };
        let calls = requests / &items;
        let call = Call { strategy, shape, shared: sum(true), own: sum(false), items, overhead };
        let levers = Levers::within(&strategy.over, None);
        if self.scenario.quality.is_some() {
            self.outcome.right += self.right(strategy, levers, &call, task) * share;
        }
        let before = self.outcome.total();
        self.outcome.reached += &calls;
        match (&strategy.fine_tune, &strategy.serving) {
            (Some(tuned), _) => self.model(tuned.model, levers, &call, &calls, Billed::All),
            (None, Serving::Model(model)) => self.model(*model, levers, &call, &calls, Billed::All),
            (None, Serving::Cascade(cascade)) => self.cascade(cascade, levers, &call, &calls),
            (None, Serving::Route(route)) => self.route(route, levers, &call, task, &calls),
        }
        self.outcome.answering += self.outcome.total() - before;
    }

    /// How often a request of a task is answered rightly.
    fn right(&self, strategy: &'a Strategy, levers: Levers<'a>, call: &Call<'_>, task: usize) -> Q {
        let of = |model: usize| self.scenario.quality.as_ref().map_or_else(Q::zero, |quality| quality.of[model].q());
        let through = |cascade: &Cascade| quality::Passage::of(self.scenario, cascade).right;
        let route = match (&strategy.fine_tune, &strategy.serving) {
            (Some(tuned), _) => return of(tuned.model),
            (None, Serving::Model(model)) => return of(*model),
            (None, Serving::Cascade(cascade)) => return through(cascade),
            (None, Serving::Route(route)) => route,
        };
        let arms = route.how.arms(self.scenario, task);
        let costs: Vec<Q> = arms.iter().map(|(arm, _)| self.cost_of_one(arm, levers, call)).collect();
        let alone = |arm: &ArmOf<'_>| match arm {
            ArmOf::Model(model) => of(*model),
            ArmOf::Entry(Arm { serving: ArmServing::Model(model), .. }) => of(*model),
            ArmOf::Entry(Arm { serving: ArmServing::Cascade(cascade), .. }) => through(cascade),
        };
        let mut sum = Q::zero();
        for ((arm, share), cost) in arms.iter().zip(&costs) {
            let wrongly = route.misroute.map_or_else(Q::zero, Dec::q);
            sum += share
                * match next_dearer(&arms, &costs, cost) {
                    Some(next) => alone(arm) * rest(&wrongly) + alone(next) * wrongly,
                    None => alone(arm),
                };
        }
        sum
    }

    fn route(&mut self, route: &'a Route, levers: Levers<'a>, call: &Call<'_>, task: usize, calls: &Q) {
        if let Some(router) = &route.router {
            self.side(router, calls);
        }
        let arms = route.how.arms(self.scenario, task);
        let costs: Vec<Q> = arms.iter().map(|(arm, _)| self.cost_of_one(arm, levers, call)).collect();
        for ((arm, share), cost) in arms.iter().zip(&costs) {
            let sent = calls * share;
            self.arm(arm, levers, call, &sent);
            let Some(misroute) = route.misroute else { continue };
            if let Some(next) = next_dearer(&arms, &costs, cost) {
                self.arm(next, levers, call, &(sent * misroute.q()));
            }
        }
    }

    fn cost_of_one(&self, arm: &ArmOf<'a>, levers: Levers<'a>, call: &Call<'_>) -> Q {
        let mut alone = Bill { scenario: self.scenario, billing: self.billing, outcome: Outcome::default() };
        alone.arm(arm, levers, call, &Q::one());
        alone.outcome.total()
    }

    fn arm(&mut self, arm: &ArmOf<'a>, outer: Levers<'a>, call: &Call<'_>, calls: &Q) {
        match arm {
            ArmOf::Model(model) => self.model(*model, outer, call, calls, Billed::All),
            ArmOf::Entry(arm) => {
                let levers = Levers::within(&arm.over, Some(outer));
                match &arm.serving {
                    ArmServing::Model(model) => self.model(*model, levers, call, calls, Billed::All),
                    ArmServing::Cascade(cascade) => self.cascade(cascade, levers, call, calls),
                }
            }
        }
    }

    fn cascade(&mut self, cascade: &'a Cascade, outer: Levers<'a>, call: &Call<'_>, calls: &Q) {
        let final_only = self.billing.or(cascade.billing) == Some(Billing::FinalOnly);
        let mut reach = calls.clone();
        let passage = quality::Passage::of(self.scenario, cascade);
        for (index, step) in cascade.steps.iter().enumerate() {
            let last = index + 1 == cascade.steps.len();
            let levers = Levers::within(&step.over, Some(outer));
            let (error, billed) =
                step.error.map_or((Q::zero(), Billed::None), |(error, b)| (error.q(), b.unwrap_or(Billed::None)));
            let answered = &reach * rest(&error);
            let stop = match cascade.derives(index) {
                true => passage.accepted(index),
                false => step.stop.map_or_else(Q::one, Dec::q),
            };
            let stopped = if cascade.by_handles { calls * stop } else { &answered * stop };
            if final_only {
                self.model(step.model, levers, call, &stopped, Billed::All);
            } else {
                self.model(step.model, levers, call, &answered, Billed::All);
                self.model(step.model, levers, call, &(&reach * &error), billed);
                if let Some(judge) = cascade.judge.as_ref().filter(|_| !last || cascade.judge_last == Some(true)) {
                    self.side(judge, &answered);
                }
            }
            reach -= stopped;
        }
    }

    /// A call beside the ones that answer.
    fn side(&mut self, side: &Side, calls: &Q) {
        match side {
            Side::PerRequest(cost) => self.outcome.other += calls * cost.q(),
            Side::Model { model, input, output } => self.side_call(*model, calls, &whole(*input), &whole(*output)),
        }
    }

    fn side_call(&mut self, model: usize, calls: &Q, input: &Q, output: &Q) {
        let price = self.scenario.price(model, input, None);
        let used = self.outcome.models.entry(model).or_default();
        used.calls += calls;
        used.input += calls * input;
        used.output += calls * output;
        used.cost += calls * (price.request + price.input * input + price.output * output);
    }

    /// Calls that answer (or fail for good), with their repetitions.
    fn model(&mut self, model: usize, levers: Levers<'_>, call: &Call<'_>, calls: &Q, billed: Billed) {
        self.attempts(model, levers, call, calls, billed);
        let Some(retries) = levers.retries else { return };
        let rate = retries.rate.q();
        let extra = match retries.max {
            None => &rate / rest(&rate),
            Some(max) => (1..=max).fold(Q::zero(), |sum, n| sum + num_traits::pow(rate.clone(), n as usize)),
        };
        let of_repetition = retries.billed.unwrap_or(Billed::All);
        self.attempts(model, levers, call, &(calls * extra), billed.min(of_repetition));
    }

    fn attempts(&mut self, model: usize, levers: Levers<'_>, call: &Call<'_>, calls: &Q, billed: Billed) {
        let (of_input, of_output) = self.scenario.factors_of(model);
        let output = (&call.items * call.answer(levers.output) + &call.overhead) * &of_output;
        let reasoning = &call.items * whole(call.shape.reasoning) * &of_output;
        let histories = call.histories(levers.output);
        let steps = call.shape.agent.map_or(1, |(steps, _)| steps);
        // A request is one turn and makes all calls of its steps.
        let calls = calls * whole(steps) / whole(histories.len() as u64);
        let carries = histories.len() > 1;
        for history in histories {
            let input = (&call.shared + &call.items * (&call.own + &history)) * &of_input;
            let prefix = levers.prefix.map_or_else(Q::zero, |prefix| match prefix.tokens {
                None if carries => (&call.shared + &history) * &of_input,
                None => &call.shared * &of_input,
                Some(Cacheable::Tokens(tokens)) => whole(tokens).min(input.clone()),
                Some(Cacheable::Share(share)) => &input * share.q(),
            });
            let usable = self.scenario.usable(model, prefix);
            let read = &usable * levers.prefix.map_or_else(Q::zero, |prefix| prefix.hit_rate.q());
            let written = &usable - &read;
            let mut modes = vec![(calls.clone(), None)];
            if let Some(batch) = levers.batch {
                let share = batch.share.q();
                modes = vec![(&calls * rest(&share), None), (&calls * share, Some(batch))];
            }
            for (calls, batch) in modes {
                let price = self.scenario.price(model, &input, batch);
                let used = self.outcome.models.entry(model).or_default();
                used.calls += &calls;
                if billed >= Billed::Input {
                    used.input += &calls * &input;
                    used.cached += &calls * &read;
                    // A price per request is paid for asking, as the input is.
                    let cached = price.read * &read + price.written * &written;
                    used.cost += &calls * (price.request + price.input * (&input - &usable) + cached);
                }
                if billed == Billed::All {
                    used.output += &calls * (&output + &reasoning);
                    used.cost += &calls * (price.output * &output + price.reasoning * &reasoning);
                }
            }
        }
    }
}

impl FineTune {
    /// What the training costs, once.
    pub fn cost(&self) -> Q {
        whole(self.training_tokens) * whole(self.epochs.unwrap_or(1)) * self.price.q() / whole(1_000_000)
    }
}

/// The cheapest of those that are dearer.
fn next_dearer<'b, 'a>(arms: &'b [(ArmOf<'a>, Q)], costs: &[Q], cost: &Q) -> Option<&'b ArmOf<'a>> {
    let dearer = arms.iter().zip(costs).filter(|(_, other)| *other > cost);
    dearer.min_by_key(|(_, other)| (*other).clone()).map(|((arm, _), _)| arm)
}

/// An arm of a route for one task.
enum ArmOf<'a> {
    Model(usize),
    Entry(&'a Arm),
}

impl How {
    /// Every arm of the route with its share of `task`, which may be nothing.
    fn arms(&self, scenario: &Scenario, task: usize) -> Vec<(ArmOf<'_>, Q)> {
        let one_of = |models: Vec<usize>, chosen: usize| {
            let mut seen: Vec<usize> = Vec::new();
            seen.extend(models);
            seen.sort_unstable();
            seen.dedup();
            seen.into_iter()
                .map(|model| (ArmOf::Model(model), if model == chosen { Q::one() } else { Q::zero() }))
                .collect()
        };
        match self {
            Self::Shares(shares) => shares.iter().map(|(model, share)| (ArmOf::Model(*model), share.q())).collect(),
            Self::Complexity(models) => {
                let stated = scenario.tasks[task].complexity;
                let level = stated.unwrap_or(match scenario.tasks[task].name {
                    "reasoning" | "code_generation" | "analysis" => "high",
                    "summarization" | "qa" | "translation" => "medium",
                    _ => "low",
                });
                let chosen = models[["low", "medium", "high"].iter().position(|l| *l == level).unwrap()];
                one_of(models.to_vec(), chosen)
            }
            Self::Tasks(models, default) => {
                let of = |i: usize| models.get(i).copied().flatten();
                let all = (0..scenario.tasks.len()).filter_map(of).chain([*default]).collect();
                one_of(all, of(task).unwrap_or(*default))
            }
            Self::Entries(general, first) => {
                let for_first = task == 0 && !first.is_empty();
                let of = |(arm, share): &'_ (Arm, Share), used: bool| {
                    if used {
                        share.q()
                    } else {
                        let _ = arm;
                        Q::zero()
                    }
                };
                let general = general.iter().map(|entry| (ArmOf::Entry(&entry.0), of(entry, !for_first)));
                general.chain(first.iter().map(|entry| (ArmOf::Entry(&entry.0), of(entry, for_first)))).collect()
            }
        }
    }
}

impl Rate {
    /// Dollars per token in a prompt of `input` tokens.
    fn at(&self, input: &Q) -> Q {
        let reached = |tier: &&Tier| {
            let above = whole(tier.above);
            if tier.ge == Some(true) { *input >= above } else { *input > above }
        };
        let usd = self.tiers.iter().rfind(reached).map_or(self.usd, |tier| tier.usd);
        usd.q() / whole(1_000_000)
    }
}

impl Scenario {
    /// What token counts are multiplied by for a model: of prompts, of answers.
    fn factors_of(&self, model: usize) -> (Q, Q) {
        let own = self.factors.iter().find(|(known, ..)| *known == model);
        own.map_or_else(|| (Q::one(), Q::one()), |(_, input, output)| (input.q(), output.q()))
    }

    /// The tokens of a prefix that a model's cache takes.
    fn usable(&self, model: usize, prefix: Q) -> Q {
        let rules = self.models[model].tokens.as_ref().and_then(|tokens| tokens.cached.as_ref());
        let minimum = whole(rules.and_then(|rules| rules.minimum).unwrap_or(0));
        match rules.and_then(|rules| rules.step) {
            _ if prefix < minimum => Q::zero(),
            Some(step) => &minimum + ((&prefix - &minimum) / whole(step)).floor() * whole(step),
            None => prefix,
        }
    }

    fn price(&self, model: usize, input: &Q, batch: Option<&Batch>) -> Price {
        let model = &self.models[model];
        let standard =
            |rate: fn(&TokenPrices) -> Option<&Rate>| model.tokens.as_ref().and_then(rate).map(|rate| rate.at(input));
        let mut price = Price {
            request: or_zero(model.request),
            input: standard(|t| Some(&t.input)).unwrap_or_else(Q::zero),
            read: Q::zero(),
            written: Q::zero(),
            output: standard(|t| Some(&t.output)).unwrap_or_else(Q::zero),
            reasoning: Q::zero(),
        };
        let mut own_read = standard(|t| Some(&t.cached.as_ref()?.read));
        let mut own_write = standard(|t| t.cached.as_ref()?.write.as_ref());
        let mut own_reasoning = standard(|t| t.reasoning.as_ref());
        if let Some(batch) = batch {
            match (&model.batch, &batch.discount) {
                (Some(ModelBatch::Card { input: i, output: o, reasoning: r, request }), _) => {
                    price.input = i.as_ref().map_or(price.input, |rate| rate.at(input));
                    // Cached tokens never pay more than fresh ones of the batch.
                    own_read = own_read.map(|usd| match i {
                        Some(rate) => usd.min(rate.at(input)),
                        None => usd,
                    });
                    price.output = o.as_ref().map_or(price.output, |rate| rate.at(input));
                    own_reasoning = r.as_ref().map(|rate| rate.at(input)).or(own_reasoning);
                    price.request = request.map_or(price.request, Dec::q);
                }
                (_, Some(discount)) | (Some(ModelBatch::Fallback(discount)), None) => {
                    let factor = rest(&discount.share.q());
                    let applies = |component: Component| {
                        discount.applies_to.is_empty() || discount.applies_to.contains(&component)
                    };
                    if applies(Component::Input) {
                        price.input *= &factor;
                    }
                    if applies(Component::Output) {
                        price.output *= &factor;
                    }
                    if discount.applies_to.is_empty() {
                        own_read = own_read.map(|usd| usd * &factor);
                        own_write = own_write.map(|usd| usd * &factor);
                    }
                    if applies(Component::Reasoning) {
                        own_reasoning = own_reasoning.map(|usd| usd * &factor);
                    }
                }
                (None, None) => panic!("a scenario with a batch but no batch price is not generated"),
            }
        }
        price.read = own_read.unwrap_or_else(|| price.input.clone());
        price.written = own_write.unwrap_or_else(|| price.input.clone());
        price.reasoning = own_reasoning.unwrap_or_else(|| price.output.clone());
        let discount = model.discount.or(self.provider_discounts[model.provider]);
        let paid = rest(&or_zero(discount));
        Price {
            request: price.request * &paid,
            input: price.input * &paid,
            read: price.read * &paid,
            written: price.written * &paid,
            output: price.output * &paid,
            reasoning: price.reasoning * &paid,
        }
    }
}
