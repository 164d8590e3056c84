//! `workload`: how many requests, what they carry, of which kinds.

use std::cmp::Ordering;
use std::sync::Arc;

use super::context::Context;
use super::{extras, traffic};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Calls, Count, Figure, Share, Tokens};
use crate::input::{Fields, Node, Value, choice, word, wrong_shape};
use crate::plan::{Agent, Case, Complexity, Lengths, Metered, Part, Prompt, Task, Tokenizer, Turns, Workload};
use crate::pricing::Component;
use crate::units::{Exact, Kind, display};

const COMPLEXITIES: &[(&str, Complexity)] =
    &[("low", Complexity::Low), ("medium", Complexity::Medium), ("high", Complexity::High)];

/// The fields that a workload states and a task may override.
#[derive(Clone)]
struct Shape {
    prompt: Prompt,
    output: Option<Figure<Tokens>>,
    reasoning: Figure<Tokens>,
    turns: Option<Turns>,
    agent: Option<Agent>,
    lengths: Option<Arc<Lengths>>,
    metered: Vec<Metered>,
    uses: Vec<(Component, Figure<Count>)>,
}

impl Shape {
    /// A request that carries nothing.
    fn nothing() -> Self {
        Self {
            prompt: Prompt::new(|_| Figure::zero()),
            output: None,
            reasoning: Figure::zero(),
            turns: None,
            agent: None,
            lengths: None,
            metered: Vec::new(),
            uses: Vec::new(),
        }
    }

    fn task(self, name: Option<String>, complexity: Complexity, place: &Place) -> Task {
        Task {
            name,
            share: Figure::one(),
            prompt: self.prompt,
            output: self.output,
            reasoning: self.reasoning,
            complexity,
            turns: self.turns,
            agent: self.agent,
            lengths: self.lengths,
            metered: self.metered,
            uses: self.uses,
            place: place.clone(),
        }
    }
}

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<Workload> {
    let mut fields = Fields::of(node, "`workload`", context.sink)?;
    let requests = context.required::<Calls>(&mut fields, "requests", Kind::Rate, "requests", "1M/day");
    if let Some(requests) = requests.as_ref().filter(|requests| requests.is_zero()) {
        let place = fields.entry("requests").map_or(&node.place, |(_, node)| &node.place);
        let message = format!("a workload has requests, this one has {}", display::count(requests.value()));
        context.sink.add(Diagnostic::at(Code::OutOfRange, place, message, "must be above zero"));
    }
    let shape = shape(&mut fields, &Shape::nothing(), context);
    let tokenizer = fields.get("tokenizer", context.sink).map(|node| extras::tokenizer(node, context));
    let profile = fields.get("profile", context.sink).and_then(|node| super::profile::profile(node, context));
    let stated = fields.get("tasks", context.sink).map(|node| tasks(node, &shape, context));
    fields.finish(context.sink);
    let tasks = match stated {
        Some(tasks) => tasks?,
        None => vec![shape.task(None, Complexity::Low, &node.place)],
    };
    Some(Workload { requests: requests?, tasks, profile, tokenizer: tokenizer.unwrap_or_default() })
}

/// What stands for a workload that only a log states.
pub(super) fn of_a_log(root: &Node) -> Workload {
    let requests = Figure::default("requests", Exact::ONE, "the log says how many there are");
    Workload { requests, tasks: unknown_tasks(root), profile: None, tokenizer: Tokenizer::default() }
}

/// A stand-in with the right names, to check strategies against while the workload itself is wrong.
pub(super) fn unknown_tasks(root: &Node) -> Vec<Task> {
    let named = root.get("workload").and_then(|workload| workload.get("tasks"));
    let items = match named.map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let task = |name: Option<String>| {
        let complexity = name.as_deref().map_or(Complexity::Low, Complexity::of_task);
        Shape::nothing().task(name, complexity, &root.place)
    };
    let names: Vec<_> =
        items.iter().filter_map(|item| item.get("name")?.scalar()).map(|name| task(Some(name.to_owned()))).collect();
    if names.is_empty() { vec![task(None)] } else { names }
}

fn shape(fields: &mut Fields<'_>, outer: &Shape, context: &mut Context<'_>) -> Shape {
    let mut prompt = outer.prompt.clone();
    if let Some(node) = fields.get("prompt", context.sink)
        && let Some(mut parts) = Fields::of(node, "`prompt`", context.sink)
    {
        prompt = prompt.map(|part, inherited| {
            context.quantity(&mut parts, part.name(), Kind::Tokens, part.name()).unwrap_or_else(|| inherited.clone())
        });
        parts.finish(context.sink);
        if let (Some((_, user)), Some((key, _))) = (node.get("user").map(|n| ("user", n)), fields.entry("input")) {
            context.sink.add(
                Diagnostic::at(Code::Conflict, &key.place, "`input` is the same as `prompt.user`", "stated twice")
                    .also(&user.place, "also stated here")
                    .help("keep one of the two"),
            );
        }
    }
    if let Some(input) = context.quantity::<Tokens>(fields, "input", Kind::Tokens, "input") {
        prompt = prompt.map(|part, tokens| if part == Part::User { input.clone() } else { tokens.clone() });
    }
    let output = context.quantity(fields, "output", Kind::Tokens, "output");
    let reasoning =
        context.quantity(fields, "reasoning", Kind::Tokens, "reasoning").unwrap_or_else(|| outer.reasoning.clone());
    let turns = fields.get("turns", context.sink).map(|node| traffic::turns(node, context));
    let agent = fields.get("agent", context.sink).map(|node| traffic::agent(node, context));
    let metered = fields.get("metered", context.sink).map(|node| extras::metered(node, context));
    let uses = fields.get("uses", context.sink).map(|node| extras::uses(node, context));
    let mut found = Shape {
        prompt,
        output: output.or_else(|| outer.output.clone()),
        reasoning,
        turns: turns.unwrap_or_else(|| outer.turns.clone()),
        agent: agent.unwrap_or_else(|| outer.agent.clone()),
        lengths: None,
        metered: metered.unwrap_or_else(|| outer.metered.clone()),
        uses: uses.unwrap_or_else(|| outer.uses.clone()),
    };
    found.lengths = lengths(fields, outer, context);
    if let Some(lengths) = &found.lengths {
        let mean = |mean: Exact, name: &'static str| {
            Figure::computed(format!("mean of {}", lengths.what), mean, vec![]).named(name)
        };
        if let Some(user) = traffic::mean_user(lengths) {
            found.prompt = found.prompt.map(|part, tokens| match part {
                Part::User => mean(user.clone(), "user"),
                _ => tokens.clone(),
            });
        }
        if let Some(output) = traffic::mean_output(lengths) {
            found.output = Some(mean(output, "output"));
        }
    }
    found
}

/// Lengths that are stated here, or those of the workload as far as nothing here replaces them.
fn lengths(fields: &mut Fields<'_>, outer: &Shape, context: &mut Context<'_>) -> Option<Arc<Lengths>> {
    let user =
        fields.entry("prompt").and_then(|(_, node)| node.get("user")).is_some() || fields.entry("input").is_some();
    let output = fields.entry("output").is_some();
    let Some(node) = fields.get("lengths", context.sink) else {
        let lengths = outer.lengths.as_ref()?;
        let kept = match (user, output) {
            (false, false) => return Some(Arc::clone(lengths)),
            (true, true) => return None,
            (user, _) => Lengths {
                cases: lengths
                    .cases
                    .iter()
                    .map(|case| Case {
                        share: case.share.clone(),
                        user: case.user.clone().filter(|_| !user),
                        output: case.output.clone().filter(|_| user),
                    })
                    .collect(),
                answers: lengths.answers.clone().filter(|_| user),
                what: lengths.what.clone(),
                place: lengths.place.clone(),
            },
        };
        return Some(Arc::new(kept));
    };
    let lengths = traffic::lengths(node, context)?;
    let both = [
        ("input", user, lengths.cases.iter().any(|case| case.user.is_some())),
        ("output", output, lengths.answers.is_some() || lengths.cases.iter().any(|case| case.output.is_some())),
    ];
    for (what, stated, spread) in both {
        if stated && spread {
            let message = format!("`{what}` and `lengths.{what}` both say how long");
            context
                .sink
                .add(Diagnostic::at(Code::Conflict, &node.place, message, "stated twice").help("keep one of the two"));
        }
    }
    Some(Arc::new(lengths))
}

fn tasks(node: &Node, outer: &Shape, context: &mut Context<'_>) -> Option<Vec<Task>> {
    let Value::List(items) = &node.value else {
        return context.sink.refuse(wrong_shape(node, "`tasks` is a list of {name, share, ...}"));
    };
    if items.is_empty() {
        return context.sink.refuse(Diagnostic::at(
            Code::WrongShape,
            &node.place,
            "`tasks` has no entry",
            "an empty list",
        ));
    }
    let before = context.sink.failures();
    let mut tasks: Vec<Task> = Vec::new();
    let mut shares = Vec::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, "a task", context.sink) else { continue };
        let name = fields
            .require("name", "extraction", context.sink)
            .and_then(|node| Some((word(node, context.sink)?, &node.place)));
        let share = fields.require("share", "60%", context.sink).and_then(|node| ShareOf::read(node, context));
        let shape = shape(&mut fields, outer, context);
        let complexity = fields
            .get("complexity", context.sink)
            .and_then(|node| choice(node, "a complexity", COMPLEXITIES, context.sink));
        fields.finish(context.sink);
        let (Some((name, place)), Some(share)) = (name, share) else { continue };
        if let Some(twin) = tasks.iter().find(|task| task.name.as_deref() == Some(name)) {
            context.sink.add(
                Diagnostic::at(Code::DuplicateName, place, format!("two tasks are called `{name}`"), "again here")
                    .also(&twin.place, "first here"),
            );
        }
        shares.push(share);
        let complexity = complexity.unwrap_or_else(|| Complexity::of_task(name));
        tasks.push(shape.task(Some(name.to_owned()), complexity, place));
    }
    if context.sink.failures() > before {
        return None;
    }
    let shares = whole(shares, "the tasks", &node.place, context)?;
    for (task, share) in tasks.iter_mut().zip(shares) {
        let name = task.name.clone().unwrap_or_default();
        task.share = share.named(format!("share of {name}"));
    }
    Some(tasks)
}

/// A share, or what the others leave.
pub(super) enum ShareOf {
    Stated(Figure<Share>, Place),
    Rest(Place),
}

impl ShareOf {
    pub fn read(node: &Node, context: &mut Context<'_>) -> Option<Self> {
        if node.scalar() == Some("rest") {
            return Some(Self::Rest(node.place.clone()));
        }
        context.read("share", node, Kind::Share).map(|share| Self::Stated(share, node.place.clone()))
    }
}

/// Shares that make up a whole: exactly 100%, or one of them says `rest`.
pub(super) fn whole(
    shares: Vec<ShareOf>,
    of: &str,
    place: &Place,
    context: &mut Context<'_>,
) -> Option<Vec<Figure<Share>>> {
    let stated: Vec<Figure<Share>> = shares
        .iter()
        .filter_map(|share| match share {
            ShareOf::Stated(share, _) => Some(share.clone()),
            ShareOf::Rest(_) => None,
        })
        .collect();
    let sum = Figure::total(stated.iter().cloned());
    let rests: Vec<&Place> = shares
        .iter()
        .filter_map(|share| match share {
            ShareOf::Rest(place) => Some(place),
            ShareOf::Stated(..) => None,
        })
        .collect();
    let percent = display::plain_percent(sum.value());
    if let [_, second, ..] = rests.as_slice() {
        return context.sink.refuse(Diagnostic::at(
            Code::Shares,
            second,
            format!("two shares of {of} say `rest`"),
            "only one can be what is left",
        ));
    }
    let over = context.decisions.compare(&sum, &Figure::one()) == Ordering::Greater;
    if over || (rests.is_empty() && *sum.value() != Exact::ONE) {
        let missing = &Exact::ONE - sum.value();
        let help = if over {
            "nothing is scaled to fit: correct the shares".to_owned()
        } else {
            format!("{} is missing; give it to somebody, or let one share say `rest`", display::plain_percent(&missing))
        };
        let mut found = Diagnostic::at(
            Code::Shares,
            place,
            format!("the shares of {of} add up to {percent}, not to 100%"),
            "these shares",
        )
        .help(help);
        for (share, place) in
            shares.iter().filter_map(|s| if let ShareOf::Stated(f, p) = s { Some((f, p)) } else { None })
        {
            found = found.also(place, display::plain_percent(share.value()));
        }
        return context.sink.refuse(found);
    }
    let rest = sum.rest();
    Some(
        shares
            .into_iter()
            .map(|share| match share {
                ShareOf::Stated(share, _) => share,
                ShareOf::Rest(_) => rest.clone(),
            })
            .collect(),
    )
}
