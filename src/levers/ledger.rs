//! Collects what a strategy bills: lines of quantity times unit price, calls by model, and what was noticed on the way.

use std::sync::Arc;

use super::bill::{
    Escalation, Finding, Hosted, Index, Lever, Line, Mode, Outcome, PrefixUse, Quantity, Settled, Training,
};
use super::hosted::{Host, Load};
use crate::diag::Diagnostic;
use crate::figure::{Calls, Cost, Count, Days, Decisions, Figure, Money, Share, TokenPrice, Tokens, Volume};
use crate::plan::{Deployment, Explicit, Model, ModelUse, Server};
use crate::pricing::Component;
use crate::units::Exact;

/// Collects lines while a strategy is computed.
#[derive(Default)]
pub(super) struct Ledger {
    lines: Vec<Draft>,
    calls: Vec<(Server, Vec<Figure<Calls>>)>,
    waiting: Vec<(Arc<Model>, Vec<Figure<Calls>>)>,
    reached: Vec<Figure<Calls>>,
    /// The corpus that is searched.
    pub index: Option<Index>,
    /// The training of the model that answers.
    pub training: Option<Training>,
    /// Commitments and what they come to.
    pub settled: Vec<Settled>,
    hosts: Vec<Host>,
    hosted: Vec<Hosted>,
    visits: Vec<(Arc<Model>, Vec<Figure<Calls>>)>,
    held: Vec<Held>,
    prefixes: Vec<PrefixUse>,
    total: Option<Exact>,
    /// What the total consists of.
    weighed: Vec<Figure<Cost>>,
    /// Whether that leaves out what is uncertain.
    pub weight_is_bare: bool,
    /// Comparisons with uncertain figures by which the bill came about.
    pub decisions: Decisions,
    notes: Vec<String>,
    findings: Vec<Finding>,
    escalations: Vec<Escalation>,
    unanswered: Option<Exact>,
    problems: Vec<Diagnostic>,
}

/// A line whose parts are still coming in, one per task and attempt.
struct Draft {
    line: Line,
    quantities: Vec<Quantity>,
    costs: Vec<Figure<Cost>>,
}

/// A prompt cache that is held for a model.
pub(super) struct Held {
    pub model: ModelUse,
    /// Tokens of each prefix.
    pub usable: Figure<Tokens>,
    pub prefixes: Figure<Count>,
    pub explicit: Explicit,
    /// What writing it is priced as.
    pub write: Component,
    /// The whole prompt, which decides tiers.
    pub prompt: Exact,
}

static ZERO: Exact = Exact::ZERO;

impl Ledger {
    /// Bills tokens.
    #[allow(clippy::too_many_arguments, reason = "the columns of a line")]
    pub fn tokens(
        &mut self,
        lever: Lever,
        model: &Arc<Model>,
        component: &str,
        mode: Mode,
        tier: Option<String>,
        volume: &Figure<Volume>,
        price: &Figure<TokenPrice>,
    ) {
        let cost = volume.times(price);
        self.add(Line {
            lever,
            item: model.listed.id.clone(),
            component: component.to_owned(),
            mode,
            tier,
            model: Some(Arc::clone(model)),
            quantity: Quantity::Tokens(volume.clone()),
            price: Arc::clone(price.step()),
            cost,
        });
    }

    /// Bills a price of a model per call, per image, per search.
    pub fn units(
        &mut self,
        lever: Lever,
        model: &Arc<Model>,
        component: &str,
        mode: Mode,
        calls: &Figure<Calls>,
        price: &Figure<Money>,
    ) {
        let cost = calls.times(price);
        self.add(Line {
            lever,
            item: model.listed.id.clone(),
            component: component.to_owned(),
            mode,
            tier: None,
            model: Some(Arc::clone(model)),
            quantity: Quantity::Events(calls.clone()),
            price: Arc::clone(price.step()),
            cost,
        });
    }

    /// Bills events that no model is called for.
    pub fn events(
        &mut self,
        lever: Lever,
        item: impl Into<String>,
        component: &str,
        events: &Figure<Calls>,
        price: &Figure<Money>,
    ) {
        let cost = events.times(price);
        self.add(Line {
            lever,
            item: item.into(),
            component: component.to_owned(),
            mode: Mode::Standard,
            tier: None,
            model: None,
            quantity: Quantity::Events(events.clone()),
            price: Arc::clone(price.step()),
            cost,
        });
    }

    /// Bills hours or seconds: of a deployment, of a model that is kept ready.
    pub fn uptime(
        &mut self,
        lever: Lever,
        name: &str,
        component: &str,
        model: Option<&Arc<Model>>,
        quantity: Quantity,
        price: &Figure<Money>,
    ) {
        let cost = match &quantity {
            Quantity::Uptime(hours, _) => hours.times(price),
            Quantity::Runtime(seconds) => seconds.times(price),
            Quantity::Tokens(_) | Quantity::Events(_) | Quantity::Month(_) | Quantity::Kept(..) => return,
        };
        self.add(Line {
            lever,
            item: name.to_owned(),
            component: component.to_owned(),
            mode: Mode::Standard,
            tier: None,
            model: model.cloned(),
            quantity,
            price: Arc::clone(price.step()),
            cost,
        });
    }

    /// Bills a fixed amount per month of `days`.
    pub fn per_month(
        &mut self,
        lever: Lever,
        item: impl Into<String>,
        component: &str,
        price: &Figure<Money>,
        days: &Figure<Days>,
    ) {
        self.monthly(lever, item, (component, Mode::Standard), None, price, days);
    }

    /// Bills a fixed amount per month of `days` for a model.
    pub fn monthly(
        &mut self,
        lever: Lever,
        item: impl Into<String>,
        (component, mode): (&str, Mode),
        model: Option<&Arc<Model>>,
        price: &Figure<Money>,
        days: &Figure<Days>,
    ) {
        let Some(daily) = price.over(days) else { return };
        let cost = Figure::<Calls>::constant(Exact::ONE).times(&daily);
        self.add(Line {
            lever,
            item: item.into(),
            component: component.to_owned(),
            mode,
            tier: None,
            model: model.cloned(),
            quantity: Quantity::Month(days.clone()),
            price: Arc::clone(price.step()),
            cost,
        });
    }

    /// Bills things that are kept all month of `days`, at a price for each.
    pub fn kept(
        &mut self,
        lever: Lever,
        item: &str,
        component: &str,
        (things, unit): (&Figure<Count>, &'static str),
        price: &Figure<Money>,
        days: &Figure<Days>,
    ) {
        let Some(daily) = price.over(days) else { return };
        self.add(Line {
            lever,
            item: item.to_owned(),
            component: component.to_owned(),
            mode: Mode::Standard,
            tier: None,
            model: None,
            quantity: Quantity::Kept(things.clone(), unit, days.clone()),
            price: Arc::clone(price.step()),
            cost: things.times(&daily),
        });
    }

    /// What has been billed for the models that `wanted` names, USD per day.
    pub fn spend(&self, wanted: impl Fn(&Model) -> bool) -> Figure<Cost> {
        let lines = self.lines.iter().filter(|draft| draft.line.model.as_ref().is_some_and(|model| wanted(model)));
        Figure::total(lines.map(|draft| draft.line.named(Figure::total(draft.costs.iter().cloned()))))
    }

    fn add(&mut self, line: Line) {
        let quantity = line.quantity.step();
        if quantity.value.is_zero() && !quantity.is_uncertain {
            return;
        }
        self.weigh(line.cost.clone());
        let same = |known: &&mut Draft| {
            let other = &known.line;
            (other.lever, &other.mode, &other.item, &other.component, &other.tier)
                == (line.lever, &line.mode, &line.item, &line.component, &line.tier)
                && other.price.value == line.price.value
                && matches!(line.quantity, Quantity::Tokens(_) | Quantity::Events(_))
        };
        match self.lines.iter_mut().find(same) {
            Some(draft) => {
                draft.quantities.push(line.quantity);
                draft.costs.push(line.cost);
            }
            None => {
                self.lines.push(Draft { quantities: vec![line.quantity.clone()], costs: vec![line.cost.clone()], line })
            }
        }
    }

    /// Counts calls, billed or not.
    pub fn count(&mut self, server: &Server, calls: &Figure<Calls>) {
        if calls.is_zero() {
            return;
        }
        let same = |known: &Server| match (known, server) {
            (Server::Model(a), Server::Model(b)) => Arc::ptr_eq(&a.model, &b.model),
            (Server::Deployment(a), Server::Deployment(b)) => Arc::ptr_eq(&a.deployment, &b.deployment),
            (Server::Model(_), Server::Deployment(_)) | (Server::Deployment(_), Server::Model(_)) => false,
        };
        match self.calls.iter_mut().find(|(known, _)| same(known)) {
            Some((_, all)) => all.push(calls.clone()),
            None => self.calls.push((server.clone(), vec![calls.clone()])),
        }
    }

    /// Calls of a model that can wait.
    pub fn wait(&mut self, model: &Arc<Model>, calls: Figure<Calls>) {
        match self.waiting.iter_mut().find(|(known, _)| Arc::ptr_eq(known, model)) {
            Some((_, all)) => all.push(calls),
            None => self.waiting.push((Arc::clone(model), vec![calls])),
        }
    }

    /// Calls that go on to be answered.
    pub fn reach(&mut self, calls: &Figure<Calls>) {
        self.reached.push(calls.clone());
    }

    /// Requests that come to a model with a prefix to be found in its cache.
    pub fn visit(&mut self, model: &Arc<Model>, calls: &Figure<Calls>) {
        match self.visits.iter_mut().find(|(known, _)| Arc::ptr_eq(known, model)) {
            Some((_, all)) => all.push(calls.clone()),
            None => self.visits.push((Arc::clone(model), vec![calls.clone()])),
        }
    }

    /// All requests that came to each model with a prefix.
    pub fn visits(self) -> Vec<(Arc<Model>, Figure<Calls>)> {
        let total = |(model, calls): (Arc<Model>, Vec<Figure<Calls>>)| {
            let name = format!("requests with a prefix on {}", model.listed.id);
            let all = Figure::total(calls);
            (model, if all.is_zero() { all } else { all.named(name) })
        };
        self.visits.into_iter().map(total).collect()
    }

    /// A cache that is held for a model: one for each, whoever uses it.
    pub fn hold(&mut self, held: Held) {
        if !self.held.iter().any(|known| Arc::ptr_eq(&known.model.model, &held.model.model)) {
            self.held.push(held);
        }
    }

    /// The caches that are held.
    pub fn take_held(&mut self) -> Vec<Held> {
        std::mem::take(&mut self.held)
    }

    /// Adds what a cache does on a model.
    pub fn cached(&mut self, used: PrefixUse) {
        let same = |known: &&mut PrefixUse| Arc::ptr_eq(&known.model, &used.model) && known.ttl == used.ttl;
        match self.prefixes.iter_mut().find(same) {
            Some(known) => {
                known.read = &known.read + &used.read;
                known.written = &known.written + &used.written;
                known.input = &known.input + &used.input;
                known.cost = &known.cost + &used.cost;
                known.without = &known.without + &used.without;
            }
            None => self.prefixes.push(used),
        }
    }

    /// Calls that were counted for one server and are answered by another.
    pub fn move_calls(&mut self, from: &Server, to: &Server, calls: &Figure<Calls>) {
        self.count(to, calls);
        self.count(from, &Figure::zero().minus(calls));
    }

    /// A deployment that this strategy uses, whether anything is sent to it or not.
    pub fn host(&mut self, deployment: &Arc<Deployment>) {
        if !self.hosts.iter().any(|host| Arc::ptr_eq(&host.deployment, deployment)) {
            self.hosts.push(Host { deployment: Arc::clone(deployment), loads: Vec::new() });
        }
    }

    /// Sends calls to a deployment. Until all of them are known they weigh what they cost when it is full.
    pub fn load(&mut self, deployment: &Arc<Deployment>, load: Load, when_full: Figure<Cost>) {
        self.host(deployment);
        let is_uncertain = load.is_uncertain();
        if let Some(host) = self.hosts.iter_mut().find(|host| Arc::ptr_eq(&host.deployment, deployment)) {
            host.loads.push(load);
        }
        // What it costs when it is full is a bare number, whatever it is made of.
        self.weight_is_bare |= is_uncertain;
        self.weigh(when_full);
    }

    /// The deployments with all that was sent to them.
    pub fn take_hosts(&mut self) -> Vec<Host> {
        std::mem::take(&mut self.hosts)
    }

    /// Takes note of what a deployment comes to.
    pub fn hosted(&mut self, hosted: Hosted) {
        self.hosted.push(hosted);
    }

    fn weigh(&mut self, cost: Figure<Cost>) {
        self.total = Some(self.total() + cost.value());
        self.weighed.push(cost);
    }

    /// The same as [`Ledger::total`], as a figure.
    pub fn weight(&self) -> Figure<Cost> {
        Figure::total(self.weighed.iter().cloned())
    }

    /// What has been billed so far, USD per day; calls of deployments at what they cost when those are full.
    pub fn total(&self) -> &Exact {
        self.total.as_ref().unwrap_or(&ZERO)
    }

    /// Takes note of a decision made for the user.
    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Takes note of something that deserves a warning.
    pub fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Takes note of a price that is missing.
    pub fn problem(&mut self, problem: Diagnostic) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Adds what a cascade's step costs and spares in one task.
    pub fn escalate(&mut self, step: Escalation) {
        match self.escalations.iter_mut().find(|known| known.step == step.step && known.label == step.label) {
            Some(known) => {
                known.reach = &known.reach + &step.reach;
                known.stopped = &known.stopped + &step.stopped;
                known.cost = &known.cost + &step.cost;
                known.spares = &known.spares + &step.spares;
            }
            None => self.escalations.push(step),
        }
    }

    /// Counts requests that end without an accepted answer.
    pub fn unanswered(&mut self, requests: &Exact) {
        let sum = self.unanswered.as_ref().unwrap_or(&ZERO) + requests;
        self.unanswered = Some(sum);
    }

    /// The bill, or what prevents it.
    pub fn close(self, quality: Option<Figure<Share>>) -> Result<Outcome, Vec<Diagnostic>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let mut lines: Vec<Line> = self.lines.into_iter().map(Draft::close).collect();
        lines.sort_by(|a, b| (a.lever, &a.item, &a.mode).cmp(&(b.lever, &b.item, &b.mode)));
        let total = Figure::total(lines.iter().map(|line| line.cost.clone())).named("cost per day");
        let calls = self.calls.into_iter().map(|(server, all)| (server, Figure::total(all))).collect();
        Ok(Outcome {
            lines,
            calls,
            waiting: self.waiting.into_iter().map(|(model, calls)| (model, Figure::total(calls))).collect(),
            reached: Figure::total(self.reached),
            index: self.index,
            training: self.training,
            settled: self.settled,
            hosted: self.hosted,
            prefixes: self.prefixes,
            quality,
            total,
            notes: self.notes,
            findings: self.findings,
            escalations: self.escalations,
            unanswered: self.unanswered.unwrap_or(Exact::ZERO),
            decisions: self.decisions,
        })
    }
}

impl Draft {
    fn close(self) -> Line {
        let cost = self.line.named(Figure::total(self.costs));
        let mut tokens = Vec::new();
        let mut events = Vec::new();
        for quantity in self.quantities {
            match quantity {
                Quantity::Tokens(figure) => tokens.push(figure),
                Quantity::Events(figure) => events.push(figure),
                Quantity::Month(_) | Quantity::Kept(..) | Quantity::Uptime(..) | Quantity::Runtime(_) => {}
            }
        }
        let quantity = match self.line.quantity {
            Quantity::Tokens(_) => Quantity::Tokens(Figure::total(tokens)),
            Quantity::Events(_) => Quantity::Events(Figure::total(events)),
            single @ (Quantity::Month(_) | Quantity::Kept(..) | Quantity::Uptime(..) | Quantity::Runtime(_)) => single,
        };
        Line { quantity, cost, ..self.line }
    }
}
