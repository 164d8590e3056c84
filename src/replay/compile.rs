//! From the strategies of a plan to programs; what a log cannot support is refused with the reason.

use std::sync::Arc;

use super::cache::{Hits, Layer, Limits, ResponseCache, Wrong};
use super::columns::Uses;
use super::program::{
    Batch, Bound, Cascade, Choice, Fee, Leaf, Node, Program, Programs, Ratio, Route, Side, Step, Stop,
};
use super::prompt::{Cut, Part as LogPart, PromptLevers};
use super::tariff::{PRICED, Stated};
use super::till::Payee;
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Figure, Money};
use crate::plan::log::{Counter, Role};
use crate::plan::{
    self, Arm, Billed, Billing, CallCost, Compressor, Overrides, Part, Plan, Retries, Server, Serving, Strategy,
};
use crate::units::{Exact, display};

/// Parts of a token beyond which a share is refused: sums stay exact below it.
const MOST_PARTS: u64 = 1 << 20;

/// What a log offers to strategies: the roles that its columns and constants have.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Roles with a column or constant, as far as somebody stated them or a preset has them.
    pub roles: Vec<Role>,
    /// Models whose outcomes are recorded.
    pub outcomes: Vec<String>,
    /// Nanoseconds from the first request to the last, where that is known before.
    pub batch_mode: u32,
}

/// Programs, whom their calls are paid to, and what they look at.
#[derive(Debug)]
pub struct Compiled {
    /// The programs.
    pub programs: Programs,
    /// Whom calls are paid to.
    pub payees: Vec<Payee>,
    /// What they look at.
    pub uses: Uses,
}

/// Compiles the strategies of `plan`; without one, the prices of the models that the log names.
///
/// # Errors
/// Levers that a log cannot support, each with its place.
pub fn compile(plan: Option<&Plan>, offer: &Offer) -> Result<Compiled, Vec<Diagnostic>> {
    let mut compiler = Compiler::new(plan, offer);
    match plan {
        Some(plan) => plan.strategies.iter().for_each(|strategy| compiler.strategy(strategy)),
        None => {
            let payee = compiler.payee(None, None);
            let leaf = compiler.leaf(Leaf::plain(0, payee, true));
            compiler.programs.push(Program::as_logged(leaf, payee));
            compiler.uses.model = true;
        }
    }
    if !compiler.problems.is_empty() {
        return Err(compiler.problems);
    }
    let programs = Programs { programs: compiler.programs, leaves: compiler.leaves, fees: compiler.fees };
    Ok(Compiled { programs, payees: compiler.payees, uses: compiler.uses })
}

impl Leaf {
    /// Calls as the log has them.
    fn plain(program: usize, payee: usize, logged: bool) -> Self {
        Self {
            program,
            payee,
            logged,
            batch: Batch::AsLogged,
            input: Ratio::ONE,
            output: Ratio::ONE,
            output_max: None,
            constant: None,
            weights: vec![Exact::ONE; PRICED + 1],
        }
    }

    /// Its number, payee and whether that is what the log names, where calls are as the log has them.
    fn as_it_is(&self, at: usize) -> Option<(usize, usize, bool)> {
        let same = self.batch == Batch::AsLogged
            && (self.input, self.output) == (Ratio::ONE, Ratio::ONE)
            && self.output_max.is_none()
            && self.constant.is_none();
        same.then_some((at, self.payee, self.logged))
    }
}

impl Program {
    fn as_logged(leaf: usize, payee: usize) -> Self {
        Self {
            name: plan::Model::AS_LOGGED.to_owned(),
            cache: None,
            prompt: None,
            root: Node::Call(leaf),
            plain: Some((leaf, payee, true)),
            ordered: false,
            fixed: Vec::new(),
            assumptions: Vec::new(),
        }
    }
}

struct Compiler<'a> {
    plan: Option<&'a Plan>,
    offer: &'a Offer,
    programs: Vec<Program>,
    leaves: Vec<Leaf>,
    fees: Vec<Fee>,
    payees: Vec<Payee>,
    uses: Uses,
    /// Parts of a token that the prompts of the strategy at hand are counted in.
    of: u64,
    assumptions: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    fn new(plan: Option<&'a Plan>, offer: &'a Offer) -> Self {
        Self {
            plan,
            offer,
            programs: Vec::new(),
            leaves: Vec::new(),
            fees: Vec::new(),
            payees: Vec::new(),
            uses: Uses::default(),
            of: 1,
            assumptions: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn has(&self, role: Role) -> bool {
        self.offer.roles.contains(&role)
    }

    fn refuse(&mut self, place: &Place, message: impl Into<String>, help: &str) {
        let found = Diagnostic::at(Code::NotSupported, place, message, "a log cannot say it");
        self.problems.push(found.help(help));
    }

    fn strategy(&mut self, strategy: &Strategy) {
        (self.of, self.assumptions) = (1, Vec::new());
        if strategy.pack.is_some() {
            let message =
                format!("`pack` of `{}`: a log does not say which requests could share a call", strategy.name);
            self.refuse(&strategy.place, message, "`simulate` computes it from means");
        }
        let prompt = self.prompt(strategy);
        let cache = strategy.response_cache.as_ref().map(|cache| self.response_cache(cache, &strategy.place));
        let ordered = cache.as_ref().is_some_and(|cache: &ResponseCache| {
            cache.exact.as_ref().is_some_and(|layer| matches!(layer.hits, Hits::Known(_)))
        });
        let fixed = strategy.response_cache.iter().flat_map(|cache| &cache.per_month);
        let fixed = fixed.map(|fee| ("response cache".to_owned(), fee.value().clone())).collect();
        let root = self.serving(&strategy.serving, &strategy.defaults);
        let assumptions = std::mem::take(&mut self.assumptions);
        let (name, root) = (strategy.name.clone(), root.unwrap_or(Node::Call(usize::MAX)));
        let plain = match &root {
            Node::Call(at) if cache.is_none() && prompt.is_none() => {
                self.leaves.get(*at).and_then(|leaf| leaf.as_it_is(*at))
            }
            _ => None,
        };
        self.programs.push(Program { name, cache, prompt, root, plain, ordered, fixed, assumptions });
    }

    fn leaf(&mut self, leaf: Leaf) -> usize {
        self.leaves.push(leaf);
        self.leaves.len() - 1
    }

    fn fee(&mut self, label: &str, price: &Figure<Money>) -> usize {
        let program = self.programs.len();
        self.fees.push(Fee { program, label: label.to_owned(), price: price.value().clone() });
        self.fees.len() - 1
    }

    fn payee(&mut self, model: Option<Arc<plan::Model>>, stated: Option<Stated>) -> usize {
        self.payees.push(Payee { model, stated, lifetime: String::new() });
        self.payees.len() - 1
    }

    fn serving(&mut self, serving: &Serving, levers: &Overrides) -> Option<Node> {
        match serving {
            Serving::Single(server) => self.call(server, levers, None).map(Node::Call),
            Serving::Route(route) => self.route(route, levers),
            Serving::Cascade(cascade) => self.cascade(cascade, levers),
        }
    }

    /// A leaf; `constant` tokens are those of a side call.
    fn call(&mut self, server: &Server, levers: &Overrides, constant: Option<(Exact, Exact)>) -> Option<usize> {
        let model = match server {
            Server::Model(model) => model,
            Server::Deployment(used) => {
                let message = format!("`{}` is paid by the hour, not by the request", used.deployment.name);
                self.refuse(
                    &used.place,
                    message,
                    "`breakeven` weighs it against an API; the log's peaks are in the report",
                );
                return None;
            }
        };
        let logged = model.model.is_as_logged();
        self.uses.model |= logged;
        let stated = levers.batch.as_ref().and_then(|batch| {
            let rest = batch.discount.as_ref()?.rest();
            Some(Stated { rest: rest.value().clone(), applies_to: batch.applies_to.clone() })
        });
        let payee = self.payee((!logged).then(|| Arc::clone(&model.model)), stated);
        let mut leaf = Leaf::plain(self.programs.len(), payee, logged);
        leaf.input.of = self.of;
        if let Some((input, output)) = constant {
            leaf.batch = Batch::Never;
            let input = self.in_parts(&input, &model.place)?;
            let output = self.in_parts(&output, &model.place)?;
            (leaf.input.of, leaf.output.of) = (input.1, output.1);
            leaf.constant = Some((input.0, output.0));
            return Some(self.leaf(leaf));
        }
        leaf.batch = self.batch(levers);
        if let Some(output) = &levers.output {
            if let Some(scale) = &output.scale {
                let (times, of) = self.in_parts(scale.value(), &model.place)?;
                leaf.output = Ratio { times, of };
            }
            if let Some(max) = &output.max {
                let (most, of) = self.in_parts(max.value(), &model.place)?;
                // Both in the same parts.
                let parts = common(of, leaf.output.of);
                leaf.output = Ratio { times: leaf.output.times * (parts / leaf.output.of), of: parts };
                leaf.output_max = Some(most.saturating_mul(parts / of));
            }
        }
        if let Some(retries) = &levers.retries {
            leaf.weights = weights(retries);
            self.assumptions.push(format!(
                "a log does not say which calls would fail: {} failures are an expectation on each call",
                display::plain_percent(retries.rate.value())
            ));
        }
        Some(self.leaf(leaf))
    }

    fn batch(&mut self, levers: &Overrides) -> Batch {
        let Some(batch) = &levers.batch else { return Batch::AsLogged };
        let mode = self.offer.batch_mode;
        if self.has(Role::Batchable) {
            self.uses.batchable = true;
            self.assumptions.push("the log says which calls may wait; the stated batch share is not used".to_owned());
            return Batch::Eligible(mode);
        }
        self.uses.identity = true;
        self.assumptions.push(format!(
            "{} of the calls go through batch, chosen by a hash of the request; the log's own batch flag is not used here",
            display::plain_percent(batch.share.value())
        ));
        Batch::Share(Bound::of(batch.share.value()), mode)
    }

    /// A number as whole parts, and how many make one.
    fn in_parts(&mut self, value: &Exact, place: &Place) -> Option<(u64, u64)> {
        let found = value.as_fraction().filter(|(_, of)| *of <= MOST_PARTS);
        if found.is_none() {
            let message = format!("{value} has too many digits to be applied to single requests");
            self.refuse(place, message, "write it with up to six decimals");
        }
        found
    }

    fn side(&mut self, cost: &CallCost, label: &str) -> Option<Side> {
        match cost {
            CallCost::PerRequest(price) => Some(Side::Fee(self.fee(label, price))),
            CallCost::Call { server, input, output } => {
                let constant = (input.value().clone(), output.value().clone());
                self.call(server, &Overrides::default(), Some(constant)).map(Side::Call)
            }
        }
    }

    fn arm(&mut self, arm: &Arm, levers: &Overrides) -> Option<Node> {
        self.serving(&arm.serving, &arm.overrides.or(levers))
    }

    fn route(&mut self, route: &plan::Route, levers: &Overrides) -> Option<Node> {
        let router = route.router.as_ref().and_then(|cost| self.side(cost, "router"));
        if let Some(misroute) = route.misroute.as_ref().filter(|share| !share.is_zero()) {
            let place = route.arms.first().map(|arm| arm.place.clone())?;
            let message = format!(
                "{} misrouted: a log does not say which requests would be",
                display::plain_percent(misroute.value())
            );
            self.refuse(&place, message, "`simulate` computes it from means");
        }
        let arms: Vec<Option<Node>> = route.arms.iter().map(|arm| self.arm(arm, levers)).collect();
        let arms: Option<Vec<Node>> = arms.into_iter().collect();
        let tasks = self.plan.map_or(0, |plan| plan.workload.tasks.len());
        let by_task = route.shares.iter().any(|shares| Some(shares.len()) != route.shares.first().map(Vec::len))
            || route.shares.windows(2).any(|pair| {
                let arms = |at: usize| {
                    pair.get(at)
                        .map(|shares| shares.iter().map(|(arm, s)| (*arm, s.value().clone())).collect::<Vec<_>>())
                };
                arms(0) != arms(1)
            });
        if by_task && tasks > 1 {
            if !self.has(Role::Task) {
                let place = route.arms.first().map(|arm| arm.place.clone())?;
                self.refuse(
                    &place,
                    "this route goes by task, and no column of the log is the task",
                    "name it: `--columns task=COLUMN`, or `log: {columns: {task: COLUMN}}`",
                );
            }
            self.uses.task = true;
        }
        let mut shares = Vec::new();
        for task in &route.shares {
            let mut sum = Exact::ZERO;
            let mut arms = Vec::new();
            for (arm, share) in task {
                sum = &sum + share.value();
                arms.push((Bound::of(&sum), *arm));
            }
            self.uses.identity |= arms.len() > 1;
            shares.push(arms);
        }
        if shares.iter().any(|arms| arms.len() > 1) {
            self.assumptions.push("shares of a route are applied by a hash of the request".to_owned());
        }
        Some(Node::Route(Box::new(Route { arms: arms?, by: Choice::Shares(shares), router })))
    }

    fn cascade(&mut self, cascade: &plan::Cascade, levers: &Overrides) -> Option<Node> {
        let judge = cascade.judge.as_ref().and_then(|cost| self.side(cost, "judge"));
        let mut steps = Vec::new();
        // The share of all requests that reaches the step.
        let mut reach = Exact::ONE;
        let mut modelled = false;
        for step in &cascade.steps {
            let node = self.arm(&step.arm, levers);
            let recorded = self.offer.outcomes.iter().position(|model| *model == step.arm.label);
            let answered = match &step.error {
                Some(error) => &reach * error.rest().value(),
                None => reach.clone(),
            };
            let accepted = match &step.stop {
                plan::Stop::Accept(share) => share.value().clone(),
                plan::Stop::Handles(share) => share.value().checked_div(&answered).unwrap_or(Exact::ZERO),
            };
            reach = &reach - &(&answered * &accepted);
            let stop = match recorded.and_then(|at| u32::try_from(at).ok()) {
                Some(bit) => Stop::Recorded(bit),
                None => {
                    modelled |= accepted != Exact::ONE;
                    Stop::Share(Bound::of(&accepted))
                }
            };
            modelled |= step.error.is_some();
            let error = step.error.as_ref().map(|error| Bound::of(error.value()));
            steps.extend(node.map(|node| Step { node, stop, error, billed: step.billed }));
        }
        self.uses.identity |= modelled;
        if modelled {
            self.assumptions.push(
                "which answers a cascade accepts is modelled by its shares, with a hash of the request".to_owned(),
            );
        }
        let (judge_last, final_only) = (cascade.judge_last, cascade.billing == Billing::FinalOnly);
        Some(Node::Cascade(Box::new(Cascade { steps, judge, judge_last, final_only })))
    }

    fn response_cache(&mut self, cache: &plan::ResponseCache, place: &Place) -> ResponseCache {
        let exact_rate = cache.exact.as_ref().map_or(Exact::ZERO, |layer| layer.hit_rate.value().clone());
        let exact = cache.exact.as_ref().map(|layer| {
            let hits = if self.has(Role::Prompt) {
                self.uses.prompt = true;
                self.assumptions.push(
                    "exact hits are those of prompts seen before in the log; the stated hit rate is not used"
                        .to_owned(),
                );
                Hits::Known(Limits::default())
            } else {
                self.by_share("exact", layer.hit_rate.value());
                Hits::Share(Bound::of(layer.hit_rate.value()))
            };
            self.layer(layer, hits, "exact")
        });
        let semantic = cache.semantic.as_ref().map(|layer| {
            let misses = &Exact::ONE - &exact_rate;
            let of_misses = match cache.semantic_of_misses {
                true => layer.hit_rate.value().clone(),
                false => layer.hit_rate.value().checked_div(&misses).unwrap_or(Exact::ZERO),
            };
            self.by_share("semantic", layer.hit_rate.value());
            self.layer(layer, Hits::Share(Bound::of(&of_misses)), "semantic")
        });
        let stores = cache.cost_per_store.iter().map(|price| self.fee("cache store", price)).collect();
        if !cache.per_month.is_empty() && !self.has(Role::Time) {
            self.refuse(
                place,
                "a fixed cost per month needs the time that the log spans",
                "map its column: `--columns time=COLUMN`",
            );
        }
        ResponseCache { exact, semantic, stores }
    }

    fn by_share(&mut self, layer: &str, rate: &Exact) {
        self.uses.identity = true;
        let rate = display::plain_percent(rate);
        self.assumptions.push(format!("{layer} hits are the stated {rate}, chosen by a hash of the request"));
    }

    fn layer(&mut self, layer: &plan::Layer, hits: Hits, name: &str) -> Layer {
        let fee = |compiler: &mut Self, price: &Option<Figure<Money>>, what: &str| {
            price.as_ref().map(|price| compiler.fee(&format!("{name} {what}"), price))
        };
        let hit = fee(self, &layer.cost_per_hit, "hit");
        let lookup = fee(self, &layer.cost_per_lookup, "lookup");
        let wrong = layer.false_hits.as_ref().map(|wrong| {
            self.uses.identity = true;
            let share = Bound::of(wrong.share.value());
            Wrong { share, fee: fee(self, &wrong.cost, "false hit"), rerun: wrong.rerun }
        });
        Layer { hits, hit, lookup, wrong }
    }

    fn prompt(&mut self, strategy: &Strategy) -> Option<PromptLevers> {
        let mut cuts: Vec<(LogPart, Cut)> = Vec::new();
        let mut shares: Vec<(u64, u64)> = Vec::new();
        let mut add = |compiler: &mut Self, part: Part, cut: Result<&Exact, &Exact>| -> Option<()> {
            let part = compiler.part(part, &strategy.place)?;
            let (value, of) = compiler.in_parts(cut.unwrap_or_else(|most| most), &strategy.place)?;
            shares.push((value, of));
            cuts.push((part, if cut.is_ok() { Cut::Kept(value, of) } else { Cut::AtMost(value) }));
            Some(())
        };
        for (part, cut) in strategy.compress.iter().flat_map(|compress| &compress.cuts) {
            match cut {
                plan::Cut::Removed(share) => add(self, *part, Ok(share.rest().value())),
                plan::Cut::To(to) => add(self, *part, Err(to.value())),
            };
        }
        if let Some(examples) = &strategy.examples {
            let kept = examples.keep.value().checked_div(examples.of.value()).unwrap_or(Exact::ONE);
            add(self, Part::Examples, Ok(&kept));
        }
        if let Some(max) = &strategy.context_max {
            add(self, Part::Context, Err(max.value()));
        }
        if cuts.is_empty() {
            return None;
        }
        self.uses.parts = true;
        // Shares of shares: a part that is cut twice is counted in parts of parts.
        let of = shares.iter().fold(1u64, |of, (_, more)| of.saturating_mul(*more));
        if of > MOST_PARTS {
            self.refuse(
                &strategy.place,
                "these shares together cannot be applied to single requests",
                "use rounder shares",
            );
            return None;
        }
        self.of = of;
        for ((_, cut), (_, parts)) in cuts.iter_mut().zip(&shares) {
            if let Cut::AtMost(most) = cut {
                *most = most.saturating_mul(of / parts);
            }
        }
        let compressor = match strategy.compress.as_ref().and_then(|compress| compress.compressor.as_ref()) {
            None => None,
            Some(Compressor::PerRequest(price)) => Some(Side::Fee(self.fee("compression", price))),
            Some(Compressor::Model(server)) => {
                let place = server.place().clone();
                self.refuse(
                    &place,
                    "a model that compresses reads parts of each prompt",
                    "state `cost_per_request` instead",
                );
                None
            }
        };
        self.assumptions
            .push("tokens that a prompt lever removes were fresh, as far as a request has fresh ones".to_owned());
        Some(PromptLevers { of, cuts, compressor })
    }

    /// The part as the log counts it.
    fn part(&mut self, part: Part, place: &Place) -> Option<LogPart> {
        let counter = match part {
            Part::System => Counter::System,
            Part::Tools => Counter::Tools,
            Part::Examples => Counter::Examples,
            Part::Context => Counter::Context,
            Part::History => Counter::History,
            Part::User => return Some(LogPart::Rest),
        };
        if !self.has(Role::Count(counter)) {
            let name = part.name();
            self.refuse(
                place,
                format!("no column of the log counts the {name} tokens of a prompt"),
                &format!(
                    "map one: `--columns {name}=COLUMN`; if they are the same in every request: `--constant {name}=150`"
                ),
            );
            return None;
        }
        Some(LogPart::Counted(counter))
    }
}

/// What each call is multiplied by, retries included.
fn weights(retries: &Retries) -> Vec<Exact> {
    let rate = retries.rate.value();
    let extra = match retries.max {
        Some(most) => (1..=most).map(|power| rate.pow(power)).sum(),
        None => rate.checked_div(&(&Exact::ONE - rate)).unwrap_or(Exact::ZERO),
    };
    let more = &Exact::ONE + &extra;
    let (of_input, of_output) = match retries.billed {
        Billed::All => (more.clone(), more),
        Billed::Input => (more, Exact::ONE),
        Billed::None => (Exact::ONE, Exact::ONE),
    };
    let mut weights = vec![of_input.clone(); 4];
    weights.extend([of_output.clone(), of_output, of_input]);
    weights
}

/// The least number that both divide.
fn common(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}
