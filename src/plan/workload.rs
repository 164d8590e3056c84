//! The workload: what comes in, of which kinds, in which lengths, when.

use std::sync::Arc;

use crate::diag::Place;
use crate::figure::{Calls, Count, Factor, Figure, Money, Seconds, Share, Tokens, Volume};
use crate::pricing::{Component, Load};
use crate::units::{Exact, Kinds};

/// The requests that come in.
#[derive(Clone, Debug)]
pub struct Workload {
    /// All requests.
    pub requests: Figure<Calls>,
    /// The kinds of request; a single unnamed one where the file has no `tasks`.
    pub tasks: Vec<Task>,
    /// When they come; evenly when `None`.
    pub profile: Option<Profile>,
    /// How many tokens the same text has for other models.
    pub tokenizer: Tokenizer,
}

impl Workload {
    /// Tokens of the mean call's prompt and of its answer, reasoning included, before any lever: over all tasks, turns and
    /// steps. `None` where nobody says how long answers are.
    pub fn mean_call(&self) -> Option<(Exact, Exact)> {
        let mut sums = (Exact::ZERO, Exact::ZERO, Exact::ZERO);
        for task in &self.tasks {
            let calls = task.share.value() * &task.calls();
            let (prompt, answer) = task.mean_call()?;
            sums = (&sums.0 + &calls, &sums.1 + &(&calls * &prompt), &sums.2 + &(&calls * &answer));
        }
        Some((sums.1.checked_div(&sums.0)?, sums.2.checked_div(&sums.0)?))
    }
}

impl Task {
    /// Calls that a request takes.
    pub fn calls(&self) -> Exact {
        Exact::from(u64::from(self.agent.as_ref().map_or(1, |agent| agent.number)))
    }

    /// Tokens of the mean call's prompt, with the history that turns and steps add, and of its answer with its reasoning.
    pub fn mean_call(&self) -> Option<(Exact, Exact)> {
        let half = |number: Option<u32>| {
            let before = Exact::from(u64::from(number.unwrap_or(1).saturating_sub(1)));
            before.checked_div(&Exact::from(2)).unwrap_or(Exact::ZERO)
        };
        let output = self.output.as_ref()?.value();
        let result = self.agent.as_ref().map_or(Exact::ZERO, |agent| agent.tool_result.value().clone());
        let of_turn = self.prompt.part(Part::User).value() + output;
        let carried = &half(self.turns.as_ref().map(|turns| turns.number)) * &of_turn;
        let repeated = &half(self.agent.as_ref().map(|agent| agent.number)) * &(output + &result);
        let stated = self.prompt.total(|_| true);
        Some((&(stated.value() + &carried) + &repeated, output + self.reasoning.value()))
    }
}

/// How many tokens the same text has for other models than those that the counts were made for.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Tokenizer {
    /// Factors by model or provider; the model's own wins.
    pub factors: Vec<TokenFactor>,
}

impl Workload {
    /// Tokens per day as stated: the prompt, answer and reasoning of each call, with the history that turns and steps add.
    pub fn tokens(&self) -> Figure<Volume> {
        let of_task = |task: &Task| {
            if task.turns.is_some() || task.agent.is_some() {
                return self.tokens_of_calls(task);
            }
            let answer = task.output.iter().cloned().chain([task.reasoning.clone()]);
            let tokens = Figure::total([task.prompt.total(|_| true)].into_iter().chain(answer));
            self.requests.scaled(&task.share).times(&tokens)
        };
        Figure::total(self.tasks.iter().map(of_task))
    }

    fn tokens_of_calls(&self, task: &Task) -> Figure<Volume> {
        let (prompt, answer) = task
            .mean_call()
            .unwrap_or_else(|| (task.prompt.total(|_| true).value().clone(), task.reasoning.value().clone()));
        let requests = self.requests.scaled(&task.share);
        let tokens = &(requests.value() * &task.calls()) * &(&prompt + &answer);
        let mut inputs = vec![Arc::clone(requests.step()), Arc::clone(task.prompt.total(|_| true).step())];
        inputs.extend(task.output.iter().map(|output| Arc::clone(output.step())));
        inputs.push(Arc::clone(task.reasoning.step()));
        inputs.extend(task.agent.iter().map(|agent| Arc::clone(agent.tool_result.step())));
        Figure::computed("requests x calls x tokens of the mean call", tokens, inputs)
    }
}

/// What token counts are multiplied by for a model, or for all models of a provider.
#[derive(Clone, PartialEq, Debug)]
pub struct TokenFactor {
    /// The provider.
    pub provider: String,
    /// The model; `None`: every one of the provider.
    pub model: Option<String>,
    /// For the prompt.
    pub input: Figure<Factor>,
    /// For the answer.
    pub output: Figure<Factor>,
}

impl Tokenizer {
    /// The factors for a model; `None` where counts hold as they are.
    pub fn of(&self, provider: &str, model: &str) -> Option<&TokenFactor> {
        let own = self.factors.iter().find(|f| f.provider == provider && f.model.as_deref() == Some(model));
        own.or_else(|| self.factors.iter().find(|f| f.provider == provider && f.model.is_none()))
    }
}

/// When requests come.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The load of each hour of the week over the mean load, from Monday 00:00; 168 numbers with a mean of 1.
    pub hours: Vec<Exact>,
    /// The same as prices by the hour ask for it.
    pub load: Load,
    /// Where it is stated.
    pub place: Place,
}

/// Profiles are the same wherever they are stated.
impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        (&self.hours, &self.load) == (&other.hours, &other.load)
    }
}

impl Profile {
    /// The load of the busiest hour over the mean load.
    pub fn busiest(&self) -> Figure<Factor> {
        let most = self.hours.iter().max().cloned().unwrap_or(Exact::ONE);
        Figure::stated("busiest hour over mean", most, &self.place)
    }
}

/// Requests of one kind.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name; `None` for the workload as a whole.
    pub name: Option<String>,
    /// Its share of the requests.
    pub share: Figure<Share>,
    /// What a request carries.
    pub prompt: Prompt,
    /// Visible tokens of an answer; `None` when the file does not say.
    pub output: Option<Figure<Tokens>>,
    /// Hidden reasoning tokens of an answer.
    pub reasoning: Figure<Tokens>,
    /// How hard it is.
    pub complexity: Complexity,
    /// Messages of a conversation; a single one when `None`.
    pub turns: Option<Turns>,
    /// Calls that a request takes; a single one when `None`.
    pub agent: Option<Agent>,
    /// How requests differ in length; all alike when `None`.
    pub lengths: Option<Arc<Lengths>>,
    /// What a request uses beside tokens, at stated prices.
    pub metered: Vec<Metered>,
    /// What a request uses beside text, at the prices of the model that answers.
    pub uses: Vec<(Component, Figure<Count>)>,
    /// Where it is stated.
    pub place: Place,
}

impl Task {
    /// Whether a request carries the same, however many there are; what it uses at stated prices apart.
    pub fn carries_the_same(&self, other: &Self) -> bool {
        // Every field by name, so that none is forgotten that comes later.
        let Self {
            name: _,
            share: _,
            prompt,
            output,
            reasoning,
            complexity: _,
            turns,
            agent,
            lengths,
            metered: _,
            uses,
            place: _,
        } = self;
        (prompt, output, reasoning, turns, agent, lengths, uses)
            == (&other.prompt, &other.output, &other.reasoning, &other.turns, &other.agent, &other.lengths, &other.uses)
    }
}

/// Messages of a conversation, each carrying what was said before.
#[derive(Clone, PartialEq, Debug)]
pub struct Turns {
    /// How many; whole, 1 or more.
    pub count: Figure<Count>,
    /// The same as a number.
    pub number: u32,
    /// Mean time between two of them.
    pub gap: Option<Figure<Seconds>>,
}

/// Calls that one request takes, each re-sending what came before.
#[derive(Clone, PartialEq, Debug)]
pub struct Agent {
    /// How many; whole, 1 or more.
    pub steps: Figure<Count>,
    /// The same as a number.
    pub number: u32,
    /// Tokens that a tool gives back at each step.
    pub tool_result: Figure<Tokens>,
}

/// How requests differ in length: kinds of requests with their shares.
#[derive(Debug)]
pub struct Lengths {
    /// The kinds; their shares add up to 1.
    pub cases: Vec<Case>,
    /// Lengths of answers with their shares, where they do not depend on the prompt's.
    pub answers: Option<Kinds>,
    /// What they were made from, in words.
    pub what: String,
    /// Where it is stated.
    pub place: Place,
}

/// Lengths are the same wherever they are stated.
impl PartialEq for Lengths {
    fn eq(&self, other: &Self) -> bool {
        (&self.cases, &self.answers) == (&other.cases, &other.answers)
    }
}

/// Requests of one length.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// Their share of the requests.
    pub share: Exact,
    /// Tokens of the user part; as stated for all where `None`.
    pub user: Option<Exact>,
    /// Tokens of the answer; as stated for all where `None`.
    pub output: Option<Exact>,
}

/// Something that each request uses, at a stated price.
#[derive(Clone, PartialEq, Debug)]
pub struct Metered {
    /// What it is.
    pub name: String,
    /// How much of it.
    pub quantity: Figure<Count>,
    /// What it is counted in.
    pub unit: String,
    /// USD per unit.
    pub price: Figure<Money>,
}

/// How hard a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Complexity {
    /// Formatting, extraction, simple classification.
    Low,
    /// Summarisation, questions and answers, translation.
    Medium,
    /// Reasoning, code generation, analysis.
    High,
}

impl Complexity {
    /// What the task's name says (SPEC section 3).
    pub fn of_task(name: &str) -> Self {
        match name {
            "reasoning" | "code_generation" | "analysis" => Self::High,
            "summarization" | "qa" | "translation" => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// A part of a prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Instructions that are the same for every request.
    System,
    /// Tool definitions.
    Tools,
    /// Few-shot examples.
    Examples,
    /// Retrieved context.
    Context,
    /// What was said before.
    History,
    /// The request itself.
    User,
}

impl Part {
    /// In the order of a prompt.
    pub const ALL: [Self; 6] = [Self::System, Self::Tools, Self::Examples, Self::Context, Self::History, Self::User];

    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Tools => "tools",
            Self::Examples => "examples",
            Self::Context => "context",
            Self::History => "history",
            Self::User => "user",
        }
    }

    /// Whether the part is the same for every request, so that packed requests share it.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::System | Self::Tools | Self::Examples)
    }
}

/// Tokens of a prompt by part.
#[derive(Clone, PartialEq, Debug)]
pub struct Prompt {
    parts: [Figure<Tokens>; 6],
}

impl Prompt {
    /// A prompt with these parts.
    pub fn new(of: impl FnMut(Part) -> Figure<Tokens>) -> Self {
        Self { parts: Part::ALL.map(of) }
    }

    /// The tokens of `part`.
    pub fn part(&self, part: Part) -> &Figure<Tokens> {
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

    /// The prompt with every part replaced.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(Part, &Figure<Tokens>) -> Figure<Tokens>) -> Self {
        Self::new(|part| change(part, self.part(part)))
    }

    /// All tokens of the parts that `wanted` names.
    pub fn total(&self, wanted: impl Fn(Part) -> bool) -> Figure<Tokens> {
        Figure::total(Part::ALL.into_iter().filter(|part| wanted(*part)).map(|part| self.part(part).clone()))
    }
}
