//! `workload`: how many requests, what they carry, of which kinds.

use super::context::Context;
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Calls, Figure, Share, Tokens};
use crate::input::{Fields, Node, Value, choice, word, wrong_shape};
use crate::plan::{Complexity, Part, Prompt, Task, Workload};
use crate::units::{Exact, Kind, display};

/// Keys whose computation comes later.
const LATER: &[&str] = &["turns", "agent", "lengths", "tokenizer", "metered"];

const COMPLEXITIES: &[(&str, Complexity)] =
    &[("low", Complexity::Low), ("medium", Complexity::Medium), ("high", Complexity::High)];

/// The fields that a workload states and a task may override.
struct Shape {
    prompt: Prompt,
    output: Option<Figure<Tokens>>,
    reasoning: Figure<Tokens>,
}

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<Workload> {
    let mut fields = Fields::of(node, "`workload`", context.sink)?;
    let requests = context.required::<Calls>(&mut fields, "requests", Kind::Rate, "requests", "1M/day");
    if let Some(requests) = requests.as_ref().filter(|requests| requests.is_zero()) {
        let place = fields.entry("requests").map_or(&node.place, |(_, node)| &node.place);
        let message = format!("a workload has requests, this one has {}", display::count(requests.value()));
        context.sink.add(Diagnostic::at(Code::OutOfRange, place, message, "must be above zero"));
    }
    let nothing = Shape { prompt: Prompt::new(|_| Figure::zero()), output: None, reasoning: Figure::zero() };
    let shape = shape(&mut fields, &nothing, context);
    fields.later(LATER, context.sink);
    let profile = fields.get("profile", context.sink).and_then(|node| super::profile::profile(node, context));
    let stated = fields.get("tasks", context.sink).map(|node| tasks(node, &shape, context));
    fields.finish(context.sink);
    let tasks = match stated {
        Some(tasks) => tasks?,
        None => vec![Task {
            name: None,
            share: Figure::one(),
            prompt: shape.prompt,
            output: shape.output,
            reasoning: shape.reasoning,
            complexity: Complexity::Low,
            place: node.place.clone(),
        }],
    };
    Some(Workload { requests: requests?, tasks, profile })
}

/// What stands for a workload that only a log states.
pub(super) fn of_a_log(root: &Node) -> Workload {
    let requests = Figure::default("requests", Exact::ONE, "the log says how many there are");
    Workload { requests, tasks: unknown_tasks(root), profile: None }
}

/// A stand-in with the right names, to check strategies against while the workload itself is wrong.
pub(super) fn unknown_tasks(root: &Node) -> Vec<Task> {
    let named = root.get("workload").and_then(|workload| workload.get("tasks"));
    let items = match named.map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let task = |name: Option<String>| Task {
        complexity: name.as_deref().map_or(Complexity::Low, Complexity::of_task),
        name,
        share: Figure::one(),
        prompt: Prompt::new(|_| Figure::zero()),
        output: None,
        reasoning: Figure::zero(),
        place: root.place.clone(),
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
    let output = context.quantity(fields, "output", Kind::Tokens, "output").or_else(|| outer.output.clone());
    let reasoning =
        context.quantity(fields, "reasoning", Kind::Tokens, "reasoning").unwrap_or_else(|| outer.reasoning.clone());
    Shape { prompt, output, reasoning }
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
        fields.later(LATER, context.sink);
        fields.finish(context.sink);
        let (Some((name, place)), Some(share)) = (name, share) else { continue };
        if let Some(twin) = tasks.iter().find(|task| task.name.as_deref() == Some(name)) {
            context.sink.add(
                Diagnostic::at(Code::DuplicateName, place, format!("two tasks are called `{name}`"), "again here")
                    .also(&twin.place, "first here"),
            );
        }
        shares.push(share);
        tasks.push(Task {
            name: Some(name.to_owned()),
            share: Figure::zero(),
            prompt: shape.prompt,
            output: shape.output,
            reasoning: shape.reasoning,
            complexity: complexity.unwrap_or_else(|| Complexity::of_task(name)),
            place: place.clone(),
        });
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
    let over = *sum.value() > Exact::ONE;
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
