//! Plans that take some of their parts from one plan and the others from another.
//!
//! Tasks go by their names: the mix decides which there are and how many requests each has, the tokens of one that both
//! plans have come from either; a task of one plan alone brings its own. Models go by seller and id: their prices come from
//! either scenario, also where only the other one names them; of a model that only one of them has a price for, from that.
//! Deployments go by their names.

use std::sync::Arc;

use super::prices::is_same_price;
use super::{COMMITMENT, HOSTING, METERED, MIX, Method, PRICE, QUALITY, Split, TOKENS, VOLUME, split};
use crate::analysis::attribution::{self, MOST_PLAYERS};
use crate::diag::Diagnostic;
use crate::levers::{self, Variant};
use crate::plan::{Deployment, Model, ModelUse, Plan, Server, Strategy, Supply, Switch, Task, Workload};
use crate::units::Exact;

/// A cause of change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Player {
    /// Price lists, their date, discounts, prices stated in place, the region.
    Price,
    /// Requests and calendar.
    Volume,
    /// What requests carry, task by task.
    Tokens,
    /// Which tasks there are, when they come, and who answers them.
    Mix,
    /// What deployments are.
    Hosting,
    /// What requests use at stated prices, task by task.
    Metered,
    /// How often answers are right, which decides how many a judge accepts.
    Quality,
    /// What was promised to providers or paid in advance.
    Commitment,
    /// A lever of the strategy; never who answers.
    Lever(Switch),
}

impl Player {
    /// All causes, in the order in which they are told.
    fn all() -> impl Iterator<Item = Self> {
        let levers = Switch::ALL.into_iter().filter(|switch| *switch != Switch::Serving);
        let beside = [Self::Price, Self::Volume, Self::Tokens, Self::Mix, Self::Hosting, Self::Metered, Self::Quality];
        // Commitments are settled when everything else is billed.
        beside.into_iter().chain(levers.map(Self::Lever)).chain([Self::Commitment])
    }

    /// Its name in reports, the same both ways round.
    fn name(self, base: &Strategy, head: &Strategy) -> &'static str {
        match self {
            Self::Price => PRICE,
            Self::Volume => VOLUME,
            Self::Tokens => TOKENS,
            Self::Mix => MIX,
            Self::Hosting => HOSTING,
            Self::Metered => METERED,
            Self::Quality => QUALITY,
            Self::Commitment => COMMITMENT,
            Self::Lever(switch) => switch.name(base).max(switch.name(head)),
        }
    }
}

/// A strategy of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its strategy.
    pub strategy: &'a Strategy,
}

/// Two strategies and the causes in which they differ.
#[derive(Debug)]
pub struct Differences<'a> {
    base: Parts<'a>,
    head: Parts<'a>,
    /// What differs, in the order in which it is told.
    pub players: Vec<Player>,
}

/// A side with its price of every model that either side names.
#[derive(Debug)]
struct Parts<'a> {
    plan: &'a Plan,
    strategy: &'a Strategy,
    models: &'a [Arc<Model>],
}

/// Every model that one of two plans names, as each of them pays for it where it has a price.
#[derive(Debug)]
pub struct Models {
    /// At the prices of the first plan.
    pub base: Vec<Arc<Model>>,
    /// At those of the second one.
    pub head: Vec<Arc<Model>>,
}

impl Models {
    /// The models of both plans.
    pub fn of(base: &Plan, head: &Plan) -> Self {
        let (mut of_base, mut of_head) = (models_of(base), models_of(head));
        let more = |known_here: &[Arc<Model>], others: &[Arc<Model>], plan: &Plan| -> Vec<Arc<Model>> {
            let unknown = others.iter().filter(|model| known(known_here, model).is_none());
            unknown.filter_map(|model| plan.prices.model(&model.listed)).collect()
        };
        let (more_of_base, more_of_head) = (more(&of_base, &of_head, base), more(&of_head, &of_base, head));
        of_base.extend(more_of_base);
        of_head.extend(more_of_head);
        Self { base: of_base, head: of_head }
    }
}

type Failure = Vec<Diagnostic>;

impl<'a> Differences<'a> {
    /// What differs between a strategy of `base` and one of `head`; `models` are those of their plans.
    pub fn of(base: Side<'a>, head: Side<'a>, models: &'a Models) -> Self {
        let parts =
            |side: Side<'a>, models: &'a [Arc<Model>]| Parts { plan: side.plan, strategy: side.strategy, models };
        let mut found = Self { base: parts(base, &models.base), head: parts(head, &models.head), players: Vec::new() };
        found.players = Player::all().filter(|player| !found.is_same(*player)).collect();
        found
    }

    /// How many costs it takes to compute all orders.
    pub fn costs(&self) -> u64 {
        if self.players.len() > MOST_PLAYERS { 0 } else { 1 << self.players.len() }
    }

    fn is_same(&self, player: Player) -> bool {
        let (base, head) = (&self.base, &self.head);
        match player {
            Player::Price => self.asked().iter().all(|server| {
                let Server::Model(used) = server else { return true };
                match (known(base.models, &used.model), known(head.models, &used.model)) {
                    (Some(before), Some(after)) => is_same_price(before, after),
                    _ => true,
                }
            }),
            Player::Volume => {
                (&base.plan.workload.requests, &base.plan.days_per_month)
                    == (&head.plan.workload.requests, &head.plan.days_per_month)
            }
            Player::Tokens => {
                let tasks = &head.plan.workload.tasks;
                let same = |task: &Task| twin(tasks, task).is_none_or(|twin| task.carries_the_same(twin));
                base.plan.workload.tokenizer == head.plan.workload.tokenizer
                    && base.plan.workload.tasks.iter().all(same)
            }
            Player::Metered => {
                let tasks = &head.plan.workload.tasks;
                let same = |task: &Task| twin(tasks, task).is_none_or(|twin| task.metered == twin.metered);
                base.plan.workload.tasks.iter().all(same)
            }
            Player::Commitment => base.plan.commitments == head.plan.commitments,
            Player::Quality => base.plan.quality == head.plan.quality,
            Player::Mix => {
                let shares = |plan: &Plan| -> Vec<_> {
                    plan.workload.tasks.iter().map(|task| (task.name.clone(), task.share.clone())).collect()
                };
                Switch::Serving.is_same(base.strategy, head.strategy)
                    && base.plan.workload.profile == head.plan.workload.profile
                    && shares(base.plan) == shares(head.plan)
            }
            Player::Hosting => self.asked().iter().all(|server| {
                let Server::Deployment(used) = server else { return true };
                let of = |plan: &'a Plan| deployment(plan, &used.deployment.name);
                match (of(base.plan), of(head.plan)) {
                    (Some(before), Some(after)) => before == after,
                    _ => true,
                }
            }),
            Player::Lever(switch) => switch.is_same(base.strategy, head.strategy),
        }
    }

    /// Everybody whom one of the strategies asks, with those who help out.
    fn asked(&self) -> Vec<Server> {
        let mut found = Vec::new();
        for side in [&self.base, &self.head] {
            side.strategy.clone().each_server(&mut |server| found.push(server.clone()));
        }
        let overflow = found.iter().filter_map(|server| match server {
            Server::Deployment(used) => overflow(&used.deployment).map(Server::Model),
            Server::Model(_) => None,
        });
        let overflow: Vec<Server> = overflow.collect();
        found.into_iter().chain(overflow).collect()
    }

    /// The change of the cost per month shared among the causes. `whole` is the change that the plans themselves come to.
    ///
    /// # Errors
    /// What prevents the cost of a hybrid: a price that neither side needs alone.
    pub fn split(&self, whole: &Exact, in_all_orders: bool) -> Result<Split, Failure> {
        let count = self.players.len();
        let mut plan = self.base.plan.clone();
        let cost = |set: u32| self.cost(&mut plan, set);
        let (changes, method) = if in_all_orders && count <= MOST_PLAYERS {
            let found = attribution::attribute(count, cost)?;
            (found.shapley.unwrap_or(found.waterfall), Method::AllOrders)
        } else {
            (attribution::in_both_orders(count, cost)?, Method::BothOrders)
        };
        let named = |player: &Player| player.name(self.base.strategy, self.head.strategy).to_owned();
        Ok(split(self.players.iter().map(named).zip(changes), whole, method))
    }

    /// USD per month of the hybrid that has the players of `set` from head and everything else from base.
    fn cost(&self, plan: &mut Plan, set: u32) -> Result<Exact, Failure> {
        let side = |wanted: Player| {
            let at = self.players.iter().position(|player| *player == wanted);
            let of_head = at.is_some_and(|index| set & (1 << index) != 0);
            if of_head { &self.head } else { &self.base }
        };
        let (volume, tokens, mix) = (side(Player::Volume), side(Player::Tokens), side(Player::Mix));
        let used = &side(Player::Metered).plan.workload.tasks;
        let tasks = mix.plan.workload.tasks.iter().map(|task| Task {
            name: task.name.clone(),
            share: task.share.clone(),
            complexity: task.complexity,
            place: task.place.clone(),
            metered: twin(used, task).unwrap_or(task).metered.clone(),
            ..twin(&tokens.plan.workload.tasks, task).unwrap_or(task).clone()
        });
        plan.workload = Workload {
            requests: volume.plan.workload.requests.clone(),
            profile: mix.plan.workload.profile.clone(),
            tasks: tasks.collect(),
            tokenizer: tokens.plan.workload.tokenizer.clone(),
        };
        plan.days_per_month = volume.plan.days_per_month.clone();
        plan.quality = side(Player::Quality).plan.quality.or(&self.base.plan.quality).or(&self.head.plan.quality);
        plan.commitments.clone_from(&side(Player::Commitment).plan.commitments);
        let mut strategy = mix.strategy.clone();
        for switch in Switch::ALL.into_iter().filter(|switch| *switch != Switch::Serving) {
            switch.take(&mut strategy, side(Player::Lever(switch)).strategy);
        }
        self.resolve(&mut strategy, side(Player::Price), side(Player::Hosting));
        let outcome = levers::evaluate(plan, &strategy, Variant::default())?;
        Ok(outcome.total.value() * plan.days_per_month.value())
    }

    /// Lets `strategy` pay the prices of one side and run on the deployments of one side.
    fn resolve(&self, strategy: &mut Strategy, prices: &Parts<'_>, hosting: &Parts<'_>) {
        // A deployment is one and the same for all that ask it.
        let mut hosts: Vec<Arc<Deployment>> = Vec::new();
        strategy.each_server(&mut |server| match server {
            Server::Model(used) => {
                if let Some(model) = known(prices.models, &used.model) {
                    used.model = Arc::clone(model);
                }
            }
            Server::Deployment(used) => {
                let name = &used.deployment.name;
                if let Some(host) = hosts.iter().find(|host| host.name == *name) {
                    used.deployment = Arc::clone(host);
                    return;
                }
                let stated = deployment(hosting.plan, name).unwrap_or(&used.deployment);
                let host = match overflow(stated).and_then(|used| known(prices.models, &used.model)) {
                    Some(model) => Arc::new(with_overflow(stated, model)),
                    None => Arc::clone(stated),
                };
                used.deployment = Arc::clone(&host);
                hosts.push(host);
            }
        });
    }
}

/// The task of the same name.
fn twin<'a>(tasks: &'a [Task], task: &Task) -> Option<&'a Task> {
    tasks.iter().find(|other| other.name == task.name)
}

fn deployment<'a>(plan: &'a Plan, name: &str) -> Option<&'a Arc<Deployment>> {
    plan.deployments.iter().find(|deployment| deployment.name == name)
}

/// The model that takes what a deployment does not.
fn overflow(deployment: &Deployment) -> Option<ModelUse> {
    match &deployment.supply {
        Supply::Provisioned(provisioned) => provisioned.overflow.clone(),
        Supply::Replicas(_) | Supply::Serverless(_) => None,
    }
}

fn with_overflow(deployment: &Deployment, model: &Arc<Model>) -> Deployment {
    let mut found = deployment.clone();
    if let Supply::Provisioned(provisioned) = &mut found.supply
        && let Some(used) = &mut provisioned.overflow
    {
        used.model = Arc::clone(model);
    }
    found
}

/// The model of the same seller and id.
fn known<'a>(models: &'a [Arc<Model>], model: &Model) -> Option<&'a Arc<Model>> {
    models.iter().find(|other| is_one(other, model))
}

pub(super) fn is_one(a: &Model, b: &Model) -> bool {
    (&a.listed.provider, &a.listed.id) == (&b.listed.provider, &b.listed.id)
}

/// Every model that a plan names, once.
fn models_of(plan: &Plan) -> Vec<Arc<Model>> {
    let mut found: Vec<Arc<Model>> = Vec::new();
    let mut add = |model: &Arc<Model>| {
        if known(&found, model).is_none() {
            found.push(Arc::clone(model));
        }
    };
    for strategy in &plan.strategies {
        strategy.clone().each_server(&mut |server| {
            if let Server::Model(used) = server {
                add(&used.model);
            }
        });
    }
    plan.deployments.iter().filter_map(|deployment| overflow(deployment)).for_each(|used| add(&used.model));
    found
}
