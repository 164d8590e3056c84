//! Who may answer, and what that costs and is worth at each task.

use crate::diag::{Code, Diagnostic};
use crate::figure::{Figure, Share};
use crate::levers::{self, Variant};
use crate::plan::{
    Arm, Batch, Billed, Billing, Cascade, CascadeStep, Judge, Overrides, Plan, Route, Server, Serving, Stop, Strategy,
};
use crate::units::Exact;

/// One way to answer.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What reports call it.
    pub name: String,
    /// As a part of a route.
    pub arm: Arm,
    /// The same as YAML, without braces.
    pub yaml: String,
    /// Everybody who may be asked.
    pub servers: Vec<Server>,
}

/// The options of a plan with what they cost and are worth.
pub(super) struct Options {
    pub choices: Vec<Choice>,
    /// The levers that apply, with any serving.
    pub template: Strategy,
    /// USD per day where the first option answers everything.
    pub base: Exact,
    /// By task and option: USD per day more than that.
    pub costs: Vec<Vec<Exact>>,
    /// By task and option: the share of right answers.
    pub qualities: Vec<Vec<Exact>>,
    /// What was left out.
    pub notes: Vec<String>,
}

impl Options {
    pub fn of(plan: &Plan) -> Result<Self, Vec<Diagnostic>> {
        let mut notes = Vec::new();
        let choices = choices(plan, &mut notes)?;
        let Some(template) = template(plan) else {
            return Err(vec![Diagnostic::without_place(Code::MissingKey, "there is no strategy to begin with")]);
        };
        let mut found = Self { choices, template, base: Exact::ZERO, costs: Vec::new(), qualities: Vec::new(), notes };
        found.leave_out_what_has_no_price(plan)?;
        found.base = total(plan, &found.strategy(plan, |_| vec![(0, Exact::ONE)]))?;
        for task in 0..plan.workload.tasks.len() {
            let alone = Alone::of(plan, task);
            let mut first: Option<Exact> = None;
            let (mut costs, mut qualities) = (Vec::new(), Vec::new());
            for choice in 0..found.choices.len() {
                let strategy = found.strategy(&alone.share, |_| vec![(choice, Exact::ONE)]);
                let cost = total(&alone.share, &strategy)?;
                // What is paid whoever answers is in both.
                costs.push(&cost - first.get_or_insert(cost.clone()));
                let quality = levers::evaluate(&alone.whole, &strategy, Variant::default())?.quality;
                qualities.push(
                    quality.map(|quality| quality.value().clone()).ok_or_else(|| found.unknown(plan, task, choice))?,
                );
            }
            found.costs.push(costs);
            found.qualities.push(qualities);
        }
        Ok(found)
    }

    /// The strategy that gives each task to options by their shares.
    pub fn strategy(&self, plan: &Plan, shares: impl Fn(usize) -> Vec<(usize, Exact)>) -> Strategy {
        let of = |task: usize| {
            let own = shares(task).into_iter();
            own.map(|(choice, share)| (choice, Figure::<Share>::constant(share))).collect()
        };
        let route = Route {
            arms: self.choices.iter().map(|choice| choice.arm.clone()).collect(),
            shares: (0..plan.workload.tasks.len()).map(of).collect(),
            router: None,
            misroute: None,
            by: None,
        };
        Strategy { serving: Serving::Route(Box::new(route)), fine_tune: None, ..self.template.clone() }
    }

    fn unknown(&self, plan: &Plan, task: usize, choice: usize) -> Vec<Diagnostic> {
        let name = self.choices.get(choice).map_or("", |choice| choice.name.as_str());
        let task = plan.workload.tasks.get(task).and_then(|task| task.name.as_deref());
        let at = task.map_or_else(String::new, |task| format!(" at the task `{task}`"));
        let message = format!("how often is {name} right{at}? `quality` does not say");
        vec![Diagnostic::without_place(Code::MissingKey, message)]
    }

    /// Batches of models that have no price for them are no options.
    fn leave_out_what_has_no_price(&mut self, plan: &Plan) -> Result<(), Vec<Diagnostic>> {
        let all = std::mem::take(&mut self.choices);
        for choice in all {
            let is_batch = choice.arm.overrides.batch.is_some();
            self.choices.push(choice);
            let last = self.choices.len().saturating_sub(1);
            let priced = total(plan, &self.strategy(plan, |_| vec![(last, Exact::ONE)]));
            match priced {
                Ok(_) => {}
                Err(_) if is_batch => {
                    let gone = self.choices.pop();
                    self.notes.extend(gone.map(|gone| format!("{}: there is no price for it", gone.name)));
                }
                Err(problems) => return Err(problems),
            }
        }
        Ok(())
    }
}

/// A plan with one of its tasks only.
struct Alone {
    /// With its share of the requests.
    share: Plan,
    /// With all requests.
    whole: Plan,
}

impl Alone {
    fn of(plan: &Plan, task: usize) -> Self {
        let mut share = plan.clone();
        share.workload.tasks = plan.workload.tasks.iter().skip(task).take(1).cloned().collect();
        let mut whole = share.clone();
        if let Some(task) = whole.workload.tasks.first_mut() {
            task.share = Figure::one();
        }
        Self { share, whole }
    }
}

/// USD per day.
pub(super) fn total(plan: &Plan, strategy: &Strategy) -> Result<Exact, Vec<Diagnostic>> {
    levers::evaluate(plan, strategy, Variant::default()).map(|outcome| outcome.total.value().clone())
}

/// The levers of the strategy that the mix is to be like; none without one. `None` for a plan without strategies.
fn template(plan: &Plan) -> Option<Strategy> {
    let of = |index: usize| plan.strategies.get(index).cloned();
    let base = match plan.optimize.like {
        Some(like) => of(like),
        None => of(plan.baseline).map(|baseline| Strategy {
            response_cache: None,
            retrieval: None,
            compress: None,
            examples: None,
            context: None,
            history: None,
            pack: None,
            fine_tune: None,
            defaults: Overrides::default(),
            ..baseline
        }),
    };
    base.map(|base| Strategy { name: "optimized".to_owned(), ..base })
}

fn choices(plan: &Plan, notes: &mut Vec<String>) -> Result<Vec<Choice>, Vec<Diagnostic>> {
    let asked = &plan.optimize;
    let stated = || plan.quality.of.iter().map(|(server, _)| server.clone()).collect::<Vec<_>>();
    let servers = asked.candidates.clone().unwrap_or_else(stated);
    let latency =
        |server: &Server| asked.latency_of.iter().find(|(known, _)| known == server).map(|(_, seconds)| seconds);
    let mut fits: Vec<Server> = Vec::new();
    for server in servers {
        if let Server::Deployment(_) = server {
            notes.push(format!("{} is left out: a fleet costs whole replicas, which no mix can split", server.name()));
            continue;
        }
        match &asked.latency {
            None => fits.push(server),
            Some((limit, place)) => match latency(&server) {
                Some(seconds) if seconds <= limit => fits.push(server),
                Some(_) => notes.push(format!("{} takes longer than the limit", server.name())),
                None => {
                    let message = format!("how long does {} take?", server.name());
                    let found = Diagnostic::at(Code::MissingKey, place, message, "a limit, and no latency of it");
                    return Err(vec![found.help(format!("state it beside the limit: `{}: 1.2s`", server.name()))]);
                }
            },
        }
    }
    let mut found: Vec<Choice> = fits.iter().map(|server| single(server, false)).collect();
    if asked.batch {
        found.extend(fits.iter().map(|server| single(server, true)));
    }
    if let Some((judge, written)) = &asked.judge {
        for first in &fits {
            for then in fits.iter().filter(|then| *then != first) {
                let seconds = latency(first).zip(latency(then)).map(|(a, b)| a + b);
                let is_late = asked.latency.as_ref().zip(seconds).is_some_and(|((limit, _), both)| both > *limit);
                if !is_late {
                    found.push(cascade(first, then, judge, written));
                }
            }
        }
    }
    if found.is_empty() {
        let problem = Diagnostic::without_place(
            Code::MissingKey,
            "nobody may answer: no model has a stated quality and fits the limits",
        );
        return Err(vec![problem.help("state `quality: {gpt-4o-mini: 72%, gpt-4o: 86%}`")]);
    }
    Ok(found)
}

fn single(server: &Server, in_batch: bool) -> Choice {
    let batch = in_batch.then(|| Batch {
        share: Figure::one(),
        discount: None,
        applies_to: Vec::new(),
        place: server.place().clone(),
    });
    let name = if in_batch { format!("{} (batch)", server.name()) } else { server.name().to_owned() };
    let own = quoted(server.place().text());
    Choice {
        arm: Arm {
            label: name.clone(),
            serving: Serving::Single(server.clone()),
            overrides: Overrides { batch, ..Overrides::default() },
            place: server.place().clone(),
        },
        yaml: if in_batch { format!("model: {own}, batch: {{share: 100%}}") } else { format!("model: {own}") },
        servers: vec![server.clone()],
        name,
    }
}

fn cascade(first: &Server, then: &Server, judge: &Judge, written: &str) -> Choice {
    let step = |server: &Server, stop: Stop| CascadeStep {
        arm: Arm {
            label: server.name().to_owned(),
            serving: Serving::Single(server.clone()),
            overrides: Overrides::default(),
            place: server.place().clone(),
        },
        stop,
        error: None,
        billed: Billed::None,
        judge: None,
    };
    let cascade = Cascade {
        steps: vec![step(first, Stop::Judged), step(then, Stop::Accept(Figure::one()))],
        judge: Some(judge.clone()),
        judge_last: false,
        billing: Billing::EveryAttempt,
    };
    let name = format!("{} then {}", first.name(), then.name());
    let [a, b] = [first, then].map(|server| quoted(server.place().text()));
    Choice {
        arm: Arm {
            label: name.clone(),
            serving: Serving::Cascade(Box::new(cascade)),
            overrides: Overrides::default(),
            place: first.place().clone(),
        },
        yaml: format!("cascade: [{{model: {a}}}, {{model: {b}}}], judge: {written}"),
        servers: vec![first.clone(), then.clone()],
        name,
    }
}

/// A name as YAML writes it within braces.
pub(super) fn quoted(name: &str) -> String {
    let bare = name.trim_matches(['"', '\'']);
    let is_plain = bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(bare, "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "rest");
    if is_plain { bare.to_owned() } else { format!("\"{}\"", bare.replace('\\', "\\\\").replace('"', "\\\"")) }
}
