//! What one request asks of a server: its calls, with the tokens of each. Turns of a conversation, steps of an agent and
//! requests of different lengths make calls of different kinds; minimum prefix, step, tier and context limit apply to each
//! kind, never to their mean, and only sums are reported (SPEC section 4.2).
//!
//! turn t carries (t-1)(U+O) more history, call k of an agent (k-1)(O+X): the mean history is
//! H + (T-1)/2 (U+O) + (K-1)/2 (O+X).

use std::sync::Arc;

use super::pack::under_a_name;
use crate::figure::{Count, Factor, Figure, Rank, Share, Step, Times, Tokens};
use crate::plan::{History, Part, Task};
use crate::pricing::Test;
use crate::units::Exact;

/// Tokens of one sort in the calls of a request.
#[derive(Clone)]
pub(super) struct Lane {
    /// Of the mean call.
    pub mean: Figure<Tokens>,
    /// Of each kind of call, where they differ.
    pub each: Option<Arc<Vec<Exact>>>,
}

/// What came just before a kind of call in the same conversation: the call of the kind before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Link {
    /// Nothing.
    First,
    /// An earlier turn.
    Turn,
    /// An earlier step of the same request.
    Step,
}

/// The kinds of calls that requests make; none where all are alike.
#[derive(Default)]
pub(super) struct Kinds {
    /// Their shares of the calls, which add up to 1.
    pub shares: Vec<Exact>,
    /// What came before each.
    pub links: Vec<Link>,
}

/// The calls of one request.
#[derive(Clone)]
pub(super) struct Trip {
    /// How many there are.
    pub steps: Figure<Factor>,
    /// Of which kinds.
    pub kinds: Arc<Kinds>,
    /// Tokens by part of the prompt.
    pub parts: [Lane; 6],
    /// Tokens of an answer.
    pub output: Option<Lane>,
    /// Hidden reasoning tokens.
    pub reasoning: Lane,
}

/// Calls of a request that pay the same prices.
pub(super) struct Class {
    /// Their share of the calls.
    pub share: Figure<Share>,
    /// Their kinds; all of them where `None`.
    members: Option<Vec<usize>>,
    /// The prompt of one of them, which decides their tier.
    pub prompt: Exact,
    label: String,
}

static ZERO: Exact = Exact::ZERO;

impl Lane {
    /// The same in every call.
    pub fn same(mean: Figure<Tokens>) -> Self {
        Self { mean, each: None }
    }

    /// Tokens in calls of a kind.
    pub fn of(&self, kind: usize) -> &Exact {
        self.each.as_ref().map_or_else(|| self.mean.value(), |each| each.get(kind).unwrap_or(&ZERO))
    }

    fn changed(&self, mean: Figure<Tokens>, change: impl Fn(&Exact) -> Exact) -> Self {
        Self { mean, each: self.each.as_ref().map(|each| Arc::new(each.iter().map(change).collect())) }
    }

    /// A share of it.
    pub fn scaled(&self, share: &Figure<Share>) -> Self {
        self.changed(self.mean.scaled(share), |tokens| tokens * share.value())
    }

    /// A multiple of it.
    pub fn times<D: Rank>(&self, factor: &Figure<D>) -> Self
    where
        Tokens: Times<D, Product = Tokens>,
    {
        self.changed(self.mean.times(factor), |tokens| tokens * factor.value())
    }

    /// No more than `cap` in any call. Whether any call had more comes with it.
    pub fn capped(&self, cap: &Figure<Tokens>, kinds: &Kinds) -> (Self, bool) {
        // Which of both it is another draw may turn, so that an uncertain one is the lesser of both.
        let is_uncertain = self.mean.is_uncertain() || cap.is_uncertain();
        let Some(each) = &self.each else {
            let over = self.mean.value() > cap.value();
            if is_uncertain {
                return (Self::same(self.mean.at_most(cap)), over);
            }
            return (Self::same(if over { cap.clone() } else { self.mean.clone() }), over);
        };
        let over = each.iter().filter(|tokens| *tokens > cap.value()).count();
        if over == 0 && !is_uncertain {
            return (self.clone(), false);
        }
        let cut: Vec<Exact> = each.iter().map(|tokens| tokens.clone().min(cap.value().clone())).collect();
        let name = self.mean.step().name.clone().unwrap_or_else(|| "tokens".into());
        let how = format!("mean over the calls of min({name}, {})", crate::units::display::count(cap.value()));
        let inputs = vec![Arc::clone(self.mean.step()), Arc::clone(cap.step())];
        (Self::of_kinds(cut, kinds, how, inputs).named(name), over > 0)
    }

    /// Tokens of each kind, whose mean is `how` it is computed from `inputs`.
    pub fn of_kinds(each: Vec<Exact>, kinds: &Kinds, how: impl Into<String>, inputs: Vec<Arc<Step>>) -> Self {
        let mean = each.iter().zip(&kinds.shares).map(|(tokens, share)| tokens * share).sum();
        Self { mean: Figure::computed(how.into(), mean, inputs), each: Some(Arc::new(each)) }
    }

    fn named(self, name: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self { mean: self.mean.named(name), each: self.each }
    }

    /// Both together.
    pub fn plus(&self, other: &Self) -> Self {
        let each = match (&self.each, &other.each) {
            (None, None) => None,
            (Some(each), _) => Some(each.iter().enumerate().map(|(kind, tokens)| tokens + other.of(kind)).collect()),
            (None, Some(each)) => Some(each.iter().map(|tokens| self.mean.value() + tokens).collect()),
        };
        Self { mean: self.mean.plus(&other.mean), each: each.map(Arc::new) }
    }
}

impl Trip {
    /// A single call of these tokens, as routers and judges make it.
    pub fn single(input: &Figure<Tokens>, output: &Figure<Tokens>) -> Self {
        let nothing = || Lane::same(Figure::zero());
        Self {
            steps: Figure::one(),
            kinds: Arc::new(Kinds::default()),
            parts: Part::ALL.map(|part| if part == Part::User { Lane::same(input.clone()) } else { nothing() }),
            output: Some(Lane::same(output.clone())),
            reasoning: nothing(),
        }
    }

    /// The calls of a request of `task`, with the history that turns and steps add. `answer` makes the answer of a request
    /// as the output lever leaves it.
    pub fn of(task: &Task, history: Option<&History>, answer: impl FnOnce(Lane, &Kinds) -> Lane) -> Self {
        let turns = task.turns.as_ref().map_or(1, |turns| turns.number);
        let steps = task.agent.as_ref().map_or(1, |agent| agent.number);
        let cases = task.lengths.as_ref().map_or(&[][..], |lengths| lengths.cases.as_slice());
        let alike = turns == 1 && steps == 1 && cases.len() < 2;
        let kinds = Arc::new(if alike { Kinds::default() } else { kinds_of(task, turns, steps) });
        let per_case = (turns as usize).saturating_mul(steps as usize);
        let spread = |mean: &Figure<Tokens>, of: &dyn Fn(&crate::plan::Case) -> Option<Exact>| {
            let lengths: Option<Vec<Exact>> = cases.iter().map(of).collect();
            let each = lengths.filter(|_| cases.len() > 1).map(|lengths| {
                Arc::new(lengths.into_iter().flat_map(|tokens| vec![tokens; per_case]).collect::<Vec<_>>())
            });
            Lane { mean: mean.clone(), each }
        };
        let output = task.output.as_ref().map(|output| answer(spread(output, &|case| case.output.clone()), &kinds));
        let mut parts = Part::ALL.map(|part| Lane::same(task.prompt.part(part).clone()));
        if let Some(user) = parts.last_mut() {
            *user = spread(&user.mean, &|case| case.user.clone());
        }
        let mut trip = Self {
            steps: task.agent.as_ref().filter(|_| steps > 1).map_or_else(Figure::one, |agent| agent.steps.cast()),
            kinds,
            parts,
            output,
            reasoning: Lane::same(task.reasoning.clone()),
        };
        if turns > 1 || steps > 1 {
            let carried = trip.carried(task, turns, steps, history);
            trip.set(Part::History, carried);
        }
        if let Some(History::Max(max)) = history {
            let (capped, _) = trip.part(Part::History).capped(max, &trip.kinds);
            trip.set(Part::History, capped);
        }
        trip
    }

    /// The history of each kind of call: what was stated, what earlier turns said, what earlier steps did.
    fn carried(&self, task: &Task, turns: u32, steps: u32, history: Option<&History>) -> Lane {
        let stated = task.prompt.part(Part::History);
        let answer = self.output.as_ref().map_or_else(Figure::zero, |output| output.mean.clone());
        let of_turn = task.prompt.part(Part::User).plus(&answer);
        let result = task.agent.as_ref().map_or_else(Figure::zero, |agent| agent.tool_result.clone());
        let of_step = answer.plus(&result);
        let number = |count: u32| Exact::from(u64::from(count));
        let before = |turn: u32| match history {
            Some(History::Summarise { every, to, .. }) if turn >= *every => {
                to.value() + &(of_turn.value() * &number(turn.checked_rem(*every).unwrap_or(0)))
            }
            _ => stated.value() + &(of_turn.value() * &number(turn)),
        };
        let calls = (turns as usize).saturating_mul(steps as usize);
        let cases = self.kinds.shares.len().checked_div(calls).unwrap_or(1);
        let of_case = (0..turns).flat_map(|turn| {
            let told = before(turn);
            let of_step = of_step.value().clone();
            (0..steps).map(move |step| &told + &(&of_step * &number(step)))
        });
        let of_case: Vec<Exact> = of_case.collect();
        let each: Vec<Exact> = std::iter::repeat_n(of_case, cases.max(1)).flatten().collect();
        if let Some(History::Summarise { every, to, .. }) = history
            && turns > *every
        {
            let how = format!("mean over {turns} turns with a summary after every {every}");
            let inputs = [stated, &of_turn, to, &of_step].map(|figure| Arc::clone(figure.step())).to_vec();
            return Lane::of_kinds(each, &self.kinds, how, inputs).named("history");
        }
        let half_of = |count: &Figure<Count>| {
            let rest = count.minus(&Figure::one());
            rest.over(&Figure::<Count>::constant(Exact::from(2))).unwrap_or_else(Figure::zero).cast::<Factor>()
        };
        let mut mean = vec![stated.clone()];
        if let Some(turns) = task.turns.as_ref().filter(|turns| turns.number > 1) {
            mean.push(of_turn.times(&half_of(&turns.count)));
        }
        if let Some(agent) = task.agent.as_ref().filter(|agent| agent.number > 1) {
            mean.push(of_step.times(&half_of(&agent.steps)));
        }
        Lane { mean: Figure::total(mean).named("history"), each: Some(Arc::new(each)) }
    }

    /// Tokens of a part of the prompt.
    pub fn part(&self, part: Part) -> &Lane {
        let [system, tools, examples, context, history, user] = &self.parts;
        match part {
            Part::System => system,
            Part::Tools => tools,
            Part::Examples => examples,
            Part::Context => context,
            Part::History => history,
            Part::User => user,
        }
    }

    /// Replaces a part of the prompt.
    pub fn set(&mut self, part: Part, lane: Lane) {
        let [system, tools, examples, context, history, user] = &mut self.parts;
        let slot = match part {
            Part::System => system,
            Part::Tools => tools,
            Part::Examples => examples,
            Part::Context => context,
            Part::History => history,
            Part::User => user,
        };
        *slot = lane;
    }

    /// All tokens of the parts that `wanted` names.
    pub fn total(&self, wanted: impl Fn(Part) -> bool, name: &'static str) -> Lane {
        let lanes = Part::ALL.into_iter().filter(|part| wanted(*part)).map(|part| self.part(part).clone());
        let lanes: Vec<Lane> = lanes.collect();
        let mean = under_a_name(Figure::total(lanes.iter().map(|lane| lane.mean.clone())), name);
        let varies = lanes.iter().any(|lane| lane.each.is_some());
        let of_kind = |kind: usize| lanes.iter().map(|lane| lane.of(kind)).sum::<Exact>();
        let each = varies.then(|| Arc::new((0..self.kinds.shares.len()).map(of_kind).collect()));
        Lane { mean, each }
    }

    /// The whole prompt.
    pub fn prompt(&self) -> Lane {
        self.total(|_| true, "prompt")
    }

    /// Every call the mean call, for what evens differences out.
    pub fn evened(mut self) -> Self {
        self.kinds = Arc::new(Kinds::default());
        self.parts.iter_mut().chain(&mut self.output).chain([&mut self.reasoning]).for_each(|lane| lane.each = None);
        self
    }

    /// The calls by the prices they pay, where thresholds decide: those of one class pass the same ones.
    pub fn classes(&self, prompt: &Lane, thresholds: &[(u64, Test)]) -> Vec<Class> {
        let reached = |tokens: &Exact| {
            let passes = |(above, test): &&(u64, Test)| match test {
                Test::Gt => *tokens > Exact::from(*above),
                Test::Ge => *tokens >= Exact::from(*above),
            };
            thresholds.iter().rev().find(passes)
        };
        let whole = |prompt: Exact| Class { share: Figure::one(), members: None, prompt, label: String::new() };
        let Some(each) = prompt.each.as_ref().filter(|_| !thresholds.is_empty()) else {
            return vec![whole(prompt.mean.value().clone())];
        };
        type Members<'a> = (Option<&'a (u64, Test)>, Vec<usize>);
        let mut found: Vec<Members<'_>> = Vec::new();
        for (kind, tokens) in each.iter().enumerate() {
            let reached = reached(tokens);
            match found.iter_mut().find(|(known, _)| *known == reached) {
                Some((_, members)) => members.push(kind),
                None => found.push((reached, vec![kind])),
            }
        }
        let at = |members: &[usize]| members.first().map_or(Exact::ZERO, |kind| prompt.of(*kind).clone());
        if let [(_, members)] = found.as_slice() {
            return vec![whole(at(members))];
        }
        found.sort_by_key(|(reached, _)| reached.map_or(0, |(above, _)| *above));
        let class = |(reached, members): Members<'_>| {
            let label = match reached {
                Some((above, Test::Gt)) => format!("above {above} tokens"),
                Some((above, Test::Ge)) => format!("of {above} tokens or more"),
                None => "below all tiers".to_owned(),
            };
            let share = members.iter().filter_map(|kind| self.kinds.shares.get(*kind)).sum();
            let how = format!("the share of the calls with a prompt {label}");
            let share = Figure::computed(how, share, vec![Arc::clone(prompt.mean.step())]);
            let share = share.named(format!("calls {label}"));
            Class { share, prompt: at(&members), members: Some(members), label }
        };
        found.into_iter().map(class).collect()
    }

    /// The mean of a lane over the calls of a class.
    pub fn mean(&self, lane: &Lane, class: &Class) -> Figure<Tokens> {
        let Some(members) = class.members.as_ref().filter(|_| lane.each.is_some()) else {
            return lane.mean.clone();
        };
        let name = lane.mean.step().name.as_deref().unwrap_or("tokens").to_owned();
        let how = format!("mean {name} of the calls {}", class.label);
        let mean = self.mean_over(members, |kind| lane.of(kind).clone());
        Figure::computed(how, mean, vec![Arc::clone(lane.mean.step())]).named(format!("{name} {}", class.label))
    }

    /// The mean of what `of` says of each kind, over a class.
    pub fn mean_of(&self, class: &Class, of: impl Fn(usize) -> Exact) -> Exact {
        match &class.members {
            Some(members) => self.mean_over(members, of),
            None => {
                let all: Vec<usize> = (0..self.kinds.shares.len()).collect();
                self.mean_over(&all, of)
            }
        }
    }

    fn mean_over(&self, members: &[usize], of: impl Fn(usize) -> Exact) -> Exact {
        let mut sum = Exact::ZERO;
        let mut share = Exact::ZERO;
        for (kind, weight) in members.iter().filter_map(|kind| Some((*kind, self.kinds.shares.get(*kind)?))) {
            sum = &sum + &(&of(kind) * weight);
            share = &share + weight;
        }
        sum.checked_div(&share).unwrap_or(Exact::ZERO)
    }
}

fn kinds_of(task: &Task, turns: u32, steps: u32) -> Kinds {
    let calls = Exact::from(u64::from(turns.saturating_mul(steps)));
    let one = [Exact::ONE];
    let cases: Vec<Exact> = match &task.lengths {
        Some(lengths) if lengths.cases.len() > 1 => lengths.cases.iter().map(|case| case.share.clone()).collect(),
        _ => one.to_vec(),
    };
    let mut kinds = Kinds::default();
    for case in cases {
        let share = case.checked_div(&calls).unwrap_or(Exact::ZERO);
        for turn in 0..turns {
            for step in 0..steps {
                kinds.shares.push(share.clone());
                kinds.links.push(match (turn, step) {
                    (0, 0) => Link::First,
                    (_, 0) => Link::Turn,
                    _ => Link::Step,
                });
            }
        }
    }
    kinds
}
