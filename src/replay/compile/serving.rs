//! Who answers: calls, routes, cascades, and the side calls of routers and judges.

use std::sync::Arc;

use super::{Compiler, common};
use crate::diag::Place;
use crate::levers::{self, Variant};
use crate::plan::log::{Counter, Role};
use crate::plan::{self, Arm, Billed, Billing, CallCost, ModelUse, Overrides, Retries, RouteBy, Server, Serving};
use crate::replay::program::{Batch, Bound, Cascade, Choice, Leaf, Node, Ratio, Route, Side, Step, Stop};
use crate::replay::request::NOTHING;
use crate::replay::tariff::{PRICED, Stated};
use crate::units::{Exact, display};

impl Leaf {
    /// Calls as the log has them.
    pub(super) fn plain(program: usize, payee: usize, logged: bool) -> Self {
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
            prefix: None,
            tokenizer: Vec::new(),
            reasoning: 1,
        }
    }

    /// Its number, payee and whether that is what the log names, where calls are as the log has them.
    pub(super) fn as_it_is(&self, at: usize) -> Option<(usize, usize, bool)> {
        let same = self.batch == Batch::AsLogged
            && (self.input, self.output) == (Ratio::ONE, Ratio::ONE)
            && self.output_max.is_none()
            && self.constant.is_none()
            && self.tokenizer.is_empty()
            && self.prefix.is_none();
        same.then_some((at, self.payee, self.logged))
    }
}

impl Compiler<'_> {
    pub(super) fn serving(&mut self, serving: &Serving, levers: &Overrides) -> Option<Node> {
        match serving {
            Serving::Single(server) => self.call(server, levers).map(Node::Call),
            Serving::Route(route) => self.route(route, levers),
            Serving::Cascade(cascade) => self.cascade(cascade, levers),
        }
    }

    fn model<'s>(&mut self, server: &'s Server) -> Option<&'s ModelUse> {
        match server {
            Server::Model(model) => Some(model),
            Server::Deployment(used) => {
                let message = format!("`{}` is paid by the hour, not by the request", used.deployment.name);
                let help = "`breakeven` weighs it against an API; the peaks of the log are in the report of its replay";
                self.refuse(&used.place, message, help);
                None
            }
        }
    }

    /// A leaf of the calls of a server.
    fn call(&mut self, server: &Server, levers: &Overrides) -> Option<usize> {
        let model = self.model(server)?;
        let logged = model.model.is_as_logged();
        self.uses.model |= logged;
        let stated = levers.batch.as_ref().and_then(|batch| {
            let rest = batch.discount.as_ref()?.rest();
            Some(Stated { rest: rest.value().clone(), applies_to: batch.applies_to.clone() })
        });
        let cache = levers.prefix_cache.as_ref();
        let lifetime = cache.and_then(|cache| Some(cache.ttl.as_ref()?.name.clone())).unwrap_or_default();
        let payee = self.payee((!logged).then(|| Arc::clone(&model.model)), stated, &lifetime);
        let mut leaf = Leaf::plain(self.programs.len(), payee, logged);
        leaf.input.of = self.of;
        leaf.batch = self.batch(levers);
        self.output(&mut leaf, levers, &model.place)?;
        if !logged {
            self.tokenizer(&mut leaf, model)?;
        }
        if let Some(cache) = cache {
            leaf.prefix = Some(self.prefix_cache(cache, &mut leaf, model)?);
        }
        if let Some(retries) = &levers.retries {
            leaf.weights = weights(retries);
            self.assume(format!(
                "a log does not say which calls would fail: {} failures are an expectation on each call",
                display::plain_percent(retries.rate.value())
            ));
        }
        Some(self.leaf(leaf))
    }

    fn output(&mut self, leaf: &mut Leaf, levers: &Overrides, place: &Place) -> Option<()> {
        let Some(output) = &levers.output else { return Some(()) };
        if let Some(scale) = &output.scale {
            let (times, of) = self.in_parts(scale.value(), place)?;
            leaf.output = Ratio { times, of };
        }
        if let Some(max) = &output.max {
            let (most, of) = self.in_parts(max.value(), place)?;
            // Both in the same parts.
            let parts = common(of, leaf.output.of);
            leaf.output = Ratio { times: leaf.output.times * (parts / leaf.output.of), of: parts };
            leaf.output_max = Some(most.saturating_mul(parts / of));
        }
        Some(())
    }

    /// The counts of the log are those of the model that it names; the same text has other counts elsewhere.
    fn tokenizer(&mut self, leaf: &mut Leaf, model: &ModelUse) -> Option<()> {
        let Some(plan) = self.plan else { return Some(()) };
        let factors = &plan.workload.tokenizer.factors;
        if factors.is_empty() {
            return Some(());
        }
        let listed = &model.model.listed;
        let own = plan.workload.tokenizer.of(&listed.provider, &listed.id);
        let of_one = |factor: Option<&plan::TokenFactor>| match factor {
            Some(factor) => (factor.input.value().clone(), factor.output.value().clone()),
            None => (Exact::ONE, Exact::ONE),
        };
        let (input, output) = of_one(own);
        // The first is of a model without a factor, then one for each factor.
        let mut ratios = vec![(input.clone(), output.clone())];
        for factor in factors {
            let (of_input, of_output) = of_one(Some(factor));
            ratios.push((input.checked_div(&of_input)?, output.checked_div(&of_output)?));
        }
        let (mut parts_in, mut parts_out) = (1, 1);
        for (input, output) in &ratios {
            parts_in = common(parts_in, self.in_parts(input, &model.place)?.1);
            parts_out = common(parts_out, self.in_parts(output, &model.place)?.1);
        }
        let times = |ratio: &Exact, parts: u64| (ratio * &Exact::from(parts)).to_u64().unwrap_or(u64::MAX);
        leaf.tokenizer = ratios.iter().map(|(i, o)| (times(i, parts_in), times(o, parts_out))).collect();
        leaf.input.of = leaf.input.of.saturating_mul(parts_in);
        leaf.output.of = leaf.output.of.saturating_mul(parts_out);
        leaf.output_max = leaf.output_max.map(|most| most.saturating_mul(parts_out));
        leaf.reasoning = parts_out;
        self.uses.model |= self.has(Role::Model);
        self.assume(
            "token counts of the log are those of the model it names; the tokenizer's factors turn them into others",
        );
        Some(())
    }

    fn batch(&mut self, levers: &Overrides) -> Batch {
        let rest = levers.mode.as_ref().map(|mode| self.mode(&mode.name));
        let Some(batch) = &levers.batch else {
            return match rest {
                Some(mode) => Batch::Always(mode),
                None => Batch::AsLogged,
            };
        };
        let (mode, rest) = (self.mode("batch"), rest.unwrap_or(NOTHING));
        if self.has(Role::Batchable) {
            self.uses.batchable = true;
            self.assume("the log says which calls may wait; the stated batch share is not used");
            return Batch::Eligible { batch: mode, rest };
        }
        let share = batch.share.value();
        if *share == Exact::ONE {
            return Batch::Always(mode);
        }
        self.uses.identity = true;
        self.assume(format!(
            "{} of the calls go through batch, chosen by a hash of the request; the log's own batch flag is not used here",
            display::plain_percent(share)
        ));
        Batch::Share { bound: Bound::of(share), batch: mode, rest }
    }

    pub(super) fn side(&mut self, cost: &CallCost, label: &str) -> Option<Side> {
        match cost {
            CallCost::PerRequest(price) => Some(Side::Fee(self.fee(label, price))),
            CallCost::Call { server, input, output } => {
                let model = self.model(server)?;
                let logged = model.model.is_as_logged();
                self.uses.model |= logged;
                let payee = self.payee((!logged).then(|| Arc::clone(&model.model)), None, "");
                let (input, in_parts) = self.in_parts(input.value(), &model.place)?;
                let (output, out_parts) = self.in_parts(output.value(), &model.place)?;
                let mut leaf = Leaf::plain(self.programs.len(), payee, logged);
                leaf.batch = Batch::Always(NOTHING);
                (leaf.input.of, leaf.output.of) = (in_parts, out_parts);
                leaf.constant = Some((input, output));
                Some(Side::Call(self.leaf(leaf)))
            }
        }
    }

    fn arm(&mut self, arm: &Arm, levers: &Overrides) -> Option<Node> {
        self.serving(&arm.serving, &arm.overrides.or(levers))
    }

    fn route(&mut self, route: &plan::Route, levers: &Overrides) -> Option<Node> {
        let router = route.router.as_ref().and_then(|cost| self.side(cost, "router"));
        let place = route.arms.first().map(|arm| arm.place.clone());
        if let (Some(misroute), Some(place)) = (route.misroute.as_ref().filter(|share| !share.is_zero()), &place) {
            let share = display::plain_percent(misroute.value());
            let message = format!("{share} misrouted: a log does not say which requests would be");
            self.refuse(place, message, "`simulate` computes it from means");
        }
        let arms: Vec<Option<Node>> = route.arms.iter().map(|arm| self.arm(arm, levers)).collect();
        let arms: Option<Vec<Node>> = arms.into_iter().collect();
        let by = match &route.by {
            None => self.shares(route, place.as_ref()),
            Some(RouteBy::Length(lengths, default)) => Choice::Length(lengths.clone(), *default),
            Some(RouteBy::Column(column, values, default)) => {
                let at = self.offer.columns.iter().find(|(known, _)| known == column).map_or(0, |(_, at)| *at);
                let handle =
                    |value: &str| Some(self.offer.lexicons.by.get(at)?.handle(value.as_bytes()).unwrap_or(NOTHING));
                let values = values.iter().filter_map(|(value, arm)| Some((handle(value)?, *arm))).collect();
                Choice::Column(at, values, *default)
            }
        };
        Some(Node::Route(Box::new(Route { arms: arms?, by, router })))
    }

    fn shares(&mut self, route: &plan::Route, place: Option<&Place>) -> Choice {
        let tasks = self.plan.map_or(0, |plan| plan.workload.tasks.len());
        let plain = |shares: &Vec<(usize, crate::figure::Figure<crate::figure::Share>)>| -> Vec<(usize, Exact)> {
            shares.iter().map(|(arm, share)| (*arm, share.value().clone())).collect()
        };
        let by_task = route.shares.windows(2).any(|pair| pair.first().map(plain) != pair.last().map(plain));
        if by_task && tasks > 1 {
            if let (false, Some(place)) = (self.has(Role::Task), place) {
                self.refuse(
                    place,
                    "this route goes by task, and no column of the log is the task",
                    "name it: `--columns task=COLUMN`, or `log: {columns: {task: COLUMN}}`",
                );
            }
            self.uses.task = true;
        }
        let mut all = Vec::new();
        for task in &route.shares {
            let mut sum = Exact::ZERO;
            let mut arms = Vec::new();
            for (arm, share) in task {
                sum = &sum + share.value();
                arms.push((Bound::of(&sum), *arm));
            }
            self.uses.identity |= arms.len() > 1;
            all.push(arms);
        }
        if all.iter().any(|arms| arms.len() > 1) {
            self.assume("shares of a route are applied by a hash of the request");
        }
        Choice::Shares(all)
    }

    fn cascade(&mut self, cascade: &plan::Cascade, levers: &Overrides) -> Option<Node> {
        let judged = cascade.steps.iter().any(|step| matches!(step.stop, plan::Stop::Judged));
        let derived = if judged { self.accepted(cascade) } else { Vec::new() };
        let mut steps = Vec::new();
        // The share of all requests that reaches the step.
        let mut reach = Exact::ONE;
        let mut modelled = false;
        for (index, step) in cascade.steps.iter().enumerate() {
            let node = self.arm(&step.arm, levers);
            let judge = cascade.judge_of(step);
            let judge_cost = judge.and_then(|judge| judge.cost.as_ref()).and_then(|cost| self.side(cost, "judge"));
            let recorded = self.offer.outcomes.iter().position(|model| *model == step.arm.label);
            let answered = match &step.error {
                Some(error) => &reach * error.rest().value(),
                None => reach.clone(),
            };
            let accepted = match &step.stop {
                plan::Stop::Accept(share) => share.value().clone(),
                plan::Stop::Handles(share) => share.value().checked_div(&answered).unwrap_or(Exact::ZERO),
                plan::Stop::Judged => derived.get(index).cloned().unwrap_or(Exact::ONE),
            };
            reach = &reach - &(&answered * &accepted);
            let skill = judge.and_then(|judge| judge.skill.as_ref());
            let stop = match (recorded.and_then(|at| u32::try_from(at).ok()), &step.stop, skill) {
                (Some(bit), plan::Stop::Judged, Some(skill)) => {
                    modelled = true;
                    Stop::Judged {
                        bit,
                        right: Bound::of(skill.sensitivity.value()),
                        wrong: Bound::of(skill.specificity.rest().value()),
                    }
                }
                (Some(bit), ..) => Stop::Recorded(bit),
                (None, ..) => {
                    modelled |= accepted != Exact::ONE;
                    Stop::Share(Bound::of(&accepted))
                }
            };
            modelled |= step.error.is_some();
            let error = step.error.as_ref().map(|error| Bound::of(error.value()));
            steps.extend(node.map(|node| Step { node, stop, error, billed: step.billed, judge: judge_cost }));
        }
        self.uses.identity |= modelled;
        if modelled {
            self.assume("which answers a cascade accepts is modelled by its shares, with a hash of the request");
        }
        let (judge_last, final_only) = (cascade.judge_last, cascade.billing == Billing::FinalOnly);
        (steps.len() == cascade.steps.len()).then(|| Node::Cascade(Box::new(Cascade { steps, judge_last, final_only })))
    }

    /// The share of the answers of each step that its judge accepts, as the means of the scenario come to; nothing where
    /// recorded outcomes say it, or where the means do not.
    fn accepted(&mut self, cascade: &plan::Cascade) -> Vec<Exact> {
        let recorded = |step: &plan::CascadeStep| self.offer.outcomes.contains(&step.arm.label);
        let last = cascade.steps.len().saturating_sub(1);
        if cascade.steps.iter().take(last).all(recorded) {
            return Vec::new();
        }
        let strategy =
            self.plan.and_then(|plan| plan.strategies.get(self.programs.len()).map(|strategy| (plan, strategy)));
        let found = strategy.and_then(|(plan, strategy)| match &strategy.serving {
            // Means say it of the whole strategy.
            Serving::Cascade(_) => levers::evaluate(plan, strategy, Variant::default()).ok(),
            Serving::Single(_) | Serving::Route(_) => None,
        });
        let shares = found.map(|outcome| {
            let of_step = |(index, step): (usize, &plan::CascadeStep)| {
                let passed = outcome.escalations.iter().find(|passed| passed.step == index)?;
                let answered = step.error.as_ref().map_or(Exact::ONE, |error| error.rest().value().clone());
                passed.stopped.checked_div(&(&passed.reach * &answered))
            };
            cascade.steps.iter().enumerate().map(|step| of_step(step).unwrap_or(Exact::ONE)).collect()
        });
        if shares.is_none()
            && let Some(step) = cascade.steps.first()
        {
            let place = step.arm.place.clone();
            self.refuse(
                &place,
                "which answers the judge accepts is not in the log",
                "record outcomes (`log: {accepted: {gpt-4o-mini: weak_correct}}`), or state `accept`",
            );
        }
        shares.unwrap_or_default()
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
    let mut weights = vec![of_input.clone(); Counter::Output as usize];
    weights.extend([of_output.clone(), of_output, of_input]);
    weights
}
