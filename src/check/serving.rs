//! Who answers: a model, a route in one of its four forms, or a cascade.

use super::context::Context;
use super::levers::{self, BILLED};
use super::read::{choice, word, yes_or_no};
use super::workload::{ShareOf, whole};
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::figure::{Figure, Money, Share};
use crate::input::{Fields, Node, Value, wrong_shape};
use crate::plan::{
    Arm, Billed, Billing, CallCost, Cascade, CascadeStep, Complexity, ModelUse, Overrides, Route, Serving, Stop, Task,
};
use crate::units::{Exact, Kind, display};

const BILLINGS: &[(&str, Billing)] = &[("every_attempt", Billing::EveryAttempt), ("final_only", Billing::FinalOnly)];

/// The serving of a strategy.
pub(super) fn strategy(fields: &mut Fields<'_>, tasks: &[Task], context: &mut Context<'_>) -> Option<Serving> {
    fields.exclusive("model", "route", context.sink);
    fields.exclusive("model", "cascade", context.sink);
    fields.exclusive("route", "cascade", context.sink);
    let router = fields.get("router", context.sink).map(|node| call_cost(node, "`router`", context));
    let misroute = context.quantity(fields, "misroute", Kind::Share, "misrouted");
    let has_route = fields.entry("route").is_some();
    for key in ["router", "misroute"] {
        if let Some((key, _)) = fields.entry(key).filter(|_| !has_route) {
            context.sink.add(Diagnostic::at(
                Code::Conflict,
                &key.place,
                format!("`{}` belongs to a `route`", key.text),
                "there is no route here",
            ));
        }
    }
    if let Some(node) = fields.get("route", context.sink) {
        let mut route = route(node, tasks, context)?;
        route.router = match router {
            Some(router) => Some(router?),
            None => None,
        };
        route.misroute = misroute;
        companions_of_cascade(fields, None, context);
        return Some(Serving::Route(Box::new(route)));
    }
    plain(fields, context)
}

/// A model or a cascade, as a strategy, a route entry or a cascade step states it.
fn plain(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Serving> {
    let cascade = fields.get("cascade", context.sink).map(|node| cascade(node, context));
    if let Some(cascade) = cascade {
        let mut cascade = cascade?;
        companions_of_cascade(fields, Some(&mut cascade), context);
        return Some(Serving::Cascade(Box::new(cascade)));
    }
    companions_of_cascade(fields, None, context);
    let stated = fields.entry("model").is_some();
    let model = fields.get("model", context.sink).and_then(|node| context.model(node));
    let later = fields.entry("deployment").is_some();
    if !stated && !later {
        if fields.misspells(&["model", "route", "cascade"]) {
            return None;
        }
        let place = fields.node().place.clone();
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &place,
                "who answers? there is no `model`, `route` or `cascade`",
                "nobody answers here",
            )
            .help("for instance `model: gpt-4o`"),
        );
    }
    model.map(Serving::Model)
}

/// `judge`, `judge_last` and `billing`, which may stand beside a cascade or in it.
fn companions_of_cascade(fields: &mut Fields<'_>, cascade: Option<&mut Cascade>, context: &mut Context<'_>) {
    let Some(cascade) = cascade else {
        for key in ["judge", "judge_last", "billing"] {
            if let Some((key, _)) = fields.entry(key) {
                context.sink.add(Diagnostic::at(
                    Code::Conflict,
                    &key.place,
                    format!("`{}` belongs to a `cascade`", key.text),
                    "there is no cascade here",
                ));
            }
        }
        return;
    };
    if let Some(node) = fields.get("judge", context.sink) {
        if cascade.judge.is_some() {
            context.sink.add(Diagnostic::at(
                Code::Conflict,
                &node.place,
                "`judge` stands in the cascade already",
                "stated twice",
            ));
        }
        cascade.judge = judge(node, context);
    }
    if let Some(last) = fields.get("judge_last", context.sink).and_then(|node| yes_or_no(node, context.sink)) {
        cascade.judge_last = last;
    }
    if let Some(billing) =
        fields.get("billing", context.sink).and_then(|node| choice(node, "`billing`", BILLINGS, context.sink))
    {
        cascade.billing = billing;
    }
}

fn arm(fields: &mut Fields<'_>, place: &Place, context: &mut Context<'_>) -> Option<Arm> {
    fields.exclusive("model", "cascade", context.sink);
    fields.later(&["deployment", "prefix_cache"], context.sink);
    let overrides = levers::overrides(fields, context);
    let serving = plain(fields, context)?;
    let label = label(&serving);
    Some(Arm { label, serving, overrides, place: place.clone() })
}

fn label(serving: &Serving) -> String {
    match serving {
        Serving::Model(model) => model.model.listed.id.clone(),
        Serving::Route(_) => "route".to_owned(),
        Serving::Cascade(_) => "cascade".to_owned(),
    }
}

fn of_model(model: ModelUse) -> Arm {
    let place = model.place.clone();
    let serving = Serving::Model(model);
    Arm { label: label(&serving), serving, overrides: Overrides::default(), place }
}

fn route(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Route> {
    let before = context.sink.count();
    let (arms, shares) = match &node.value {
        Value::List(items) => by_list(node, items, tasks, context)?,
        Value::Map(_) => match node.get("by").map(|by| (by, by.scalar())) {
            None => by_share(node, tasks, context)?,
            Some((_, Some("complexity"))) => by_complexity(node, tasks, context)?,
            Some((_, Some("task"))) => by_task(node, tasks, context)?,
            Some((by, _)) => {
                return context.sink.refuse(
                    Diagnostic::at(
                        Code::UnknownWord,
                        &by.place,
                        "a route goes by `complexity` or by `task`",
                        "neither",
                    )
                    .help("shares need no `by`: `route: {gpt-4o-mini: 90%, gpt-4o: rest}`"),
                );
            }
        },
        _ => {
            return context.sink.refuse(wrong_shape(
                node,
                "a route is a map from models to shares, a map with `by`, or a list of entries",
            ));
        }
    };
    twice(&arms, context);
    (context.sink.count() == before).then_some(Route { arms, shares, router: None, misroute: None })
}

/// One model under two names makes shares and usage hard to read; it is refused.
fn twice(arms: &[Arm], context: &mut Context<'_>) {
    for (index, arm) in arms.iter().enumerate() {
        let Serving::Model(this) = &arm.serving else { continue };
        let same = |other: &&Arm| match &other.serving {
            Serving::Model(other) => {
                (&other.model.listed.provider, &other.model.listed.id)
                    == (&this.model.listed.provider, &this.model.listed.id)
                    && other.place.text() != this.place.text()
            }
            _ => false,
        };
        if let Some(first) = arms.iter().take(index).find(same) {
            context.sink.add(
                Diagnostic::at(
                    Code::DuplicateName,
                    &arm.place,
                    format!("two names for one model: both mean `{}`", this.model.listed.id),
                    "this one",
                )
                .also(&first.place, "and this one")
                .help("add their shares under one name"),
            );
        }
    }
}

type Arms = (Vec<Arm>, Vec<Vec<(usize, Figure<Share>)>>);

fn by_share(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let entries = node.entries().unwrap_or_default();
    if entries.is_empty() {
        return context.sink.refuse(Diagnostic::at(
            Code::WrongShape,
            &node.place,
            "a route without models",
            "an empty map",
        ));
    }
    let before = context.sink.count();
    let mut arms = Vec::new();
    let mut shares = Vec::new();
    for (key, node) in entries {
        let model = context.model_named(&key.text, &key.place);
        let share = ShareOf::read(node, context);
        let (Some(model), Some(share)) = (model, share) else { continue };
        arms.push(of_model(model));
        shares.push(share);
    }
    if context.sink.count() > before {
        return None;
    }
    let shares = whole(shares, "this route", &node.place, context)?;
    let shares: Vec<_> = arms
        .iter()
        .zip(shares)
        .map(|(arm, share)| share.named(format!("routed to {}", arm.label)))
        .enumerate()
        .collect();
    Some((arms, vec![shares; tasks.len()]))
}

fn by_complexity(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let mut fields = Fields::of(node, "a route by complexity", context.sink)?;
    fields.entry("by");
    let mut arms: Vec<Arm> = Vec::new();
    let mut of_level = Vec::new();
    for (key, level) in [("low", Complexity::Low), ("medium", Complexity::Medium), ("high", Complexity::High)] {
        let stated = fields.entry(key).is_some();
        let model = fields.get(key, context.sink).and_then(|node| context.model(node));
        of_level.push((level, key, stated, model.map(|model| index_of(&mut arms, model))));
    }
    fields.finish(context.sink);
    if tasks.iter().all(|task| task.name.is_none()) {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "a route by complexity needs `workload.tasks`",
                "all requests are alike",
            )
            .help("state tasks with shares, or route by shares: `route: {gpt-4o-mini: 90%, gpt-4o: rest}`"),
        );
    }
    let mut shares = Vec::new();
    for task in tasks {
        let Some((_, key, stated, index)) = of_level.iter().find(|(level, ..)| *level == task.complexity) else {
            continue;
        };
        match index {
            Some(index) => shares.push(vec![(*index, Figure::one())]),
            None if *stated => {}
            None => {
                let name = task.name.as_deref().unwrap_or("workload");
                context.sink.add(
                    Diagnostic::at(
                        Code::MissingKey,
                        &node.place,
                        format!("who answers `{name}`, whose complexity is {key}?"),
                        format!("`{key}` is missing here"),
                    )
                    .also(&task.place, "this task"),
                );
            }
        }
    }
    Some((arms, shares))
}

/// The arm of `model`, shared by all that are sent to it.
fn index_of(arms: &mut Vec<Arm>, model: ModelUse) -> usize {
    let arm = of_model(model);
    let known = arms.iter().position(|known| known.label == arm.label && known.place.text() == arm.place.text());
    known.unwrap_or_else(|| {
        arms.push(arm);
        arms.len().saturating_sub(1)
    })
}

fn by_task(node: &Node, tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let mut arms: Vec<Arm> = Vec::new();
    let mut of_name = Vec::new();
    for (key, node) in node.entries().unwrap_or_default().iter().filter(|(key, _)| &*key.text != "by") {
        let known = &*key.text == "default" || tasks.iter().any(|task| task.name.as_deref() == Some(&*key.text));
        if !known {
            context.sink.add(unknown_task(&key.text, &key.place, tasks));
        }
        if let Some(model) = context.model(node) {
            of_name.push((key.text.to_string(), index_of(&mut arms, model)));
        }
    }
    let find = |name: &str| of_name.iter().find(|(known, _)| known == name).map(|(_, index)| *index);
    let mut shares = Vec::new();
    for task in tasks {
        match task.name.as_deref().and_then(find).or_else(|| find("default")) {
            Some(index) => shares.push(vec![(index, Figure::one())]),
            None => {
                let name = task.name.as_deref().unwrap_or("the workload");
                context.sink.add(
                    Diagnostic::at(
                        Code::MissingKey,
                        &node.place,
                        format!("who answers `{name}`?"),
                        "no entry for it and no `default`",
                    )
                    .also(&task.place, "this task"),
                );
            }
        }
    }
    Some((arms, shares))
}

fn unknown_task(name: &str, place: &Place, tasks: &[Task]) -> Diagnostic {
    let names = || tasks.iter().filter_map(|task| task.name.as_deref());
    let help = match names().next() {
        None => "the workload states no `tasks`".to_owned(),
        Some(_) => suggest::did_you_mean(name, names())
            .unwrap_or_else(|| format!("tasks are {}", suggest::listed(names(), "and"))),
    };
    Diagnostic::at(Code::UnknownName, place, format!("there is no task `{name}`"), "unknown task").help(help)
}

fn by_list(node: &Node, items: &[Node], tasks: &[Task], context: &mut Context<'_>) -> Option<Arms> {
    let before = context.sink.count();
    let mut arms = Vec::new();
    // Per entry: the task it is for, if any, and its share, if stated.
    let mut wanted: Vec<(Option<usize>, Option<ShareOf>, Place)> = Vec::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, "a route entry", context.sink) else { continue };
        let task = match fields.get("task", context.sink) {
            None => None,
            Some(node) => {
                let Some(name) = word(node, context.sink) else { continue };
                let found = tasks.iter().position(|task| task.name.as_deref() == Some(name));
                if found.is_none() {
                    context.sink.add(unknown_task(name, &node.place, tasks));
                }
                found
            }
        };
        let is_for_task = fields.entry("task").is_some();
        let share = fields.get("share", context.sink).map(|node| ShareOf::read(node, context));
        let arm = arm(&mut fields, &item.place, context);
        if share.is_none() && !is_for_task {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &item.place,
                    "a route entry says `share` or `task`",
                    "which requests come here?",
                )
                .help("for instance `share: 30%`, or `share: rest`"),
            );
        }
        fields.finish(context.sink);
        if let Some(arm) = arm {
            arms.push(arm);
            wanted.push((task, share.flatten(), item.place.clone()));
        }
    }
    if items.is_empty() {
        context.sink.add(Diagnostic::at(Code::WrongShape, &node.place, "a route without entries", "an empty list"));
    }
    if context.sink.count() > before {
        return None;
    }
    let mut shares = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let own: Vec<usize> =
            (0..wanted.len()).filter(|i| wanted.get(*i).is_some_and(|(task, ..)| *task == Some(index))).collect();
        let chosen = if own.is_empty() {
            (0..wanted.len()).filter(|i| wanted.get(*i).is_some_and(|(task, ..)| task.is_none())).collect()
        } else {
            own
        };
        let name = task.name.as_deref().unwrap_or("the workload");
        let of = task.name.as_ref().map_or_else(|| "this route".to_owned(), |name| format!("the route of {name}"));
        if chosen.is_empty() {
            context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &node.place,
                    format!("who answers `{name}`?"),
                    "no entry for this task and none by share",
                )
                .also(&task.place, "this task"),
            );
            continue;
        }
        let stated: Vec<ShareOf> = chosen
            .iter()
            .filter_map(|i| wanted.get(*i))
            .map(|(_, share, place)| match share {
                Some(ShareOf::Stated(share, place)) => ShareOf::Stated(share.clone(), place.clone()),
                Some(ShareOf::Rest(place)) => ShareOf::Rest(place.clone()),
                None => ShareOf::Stated(Figure::one(), place.clone()),
            })
            .collect();
        let Some(parts) = whole(stated, &of, &node.place, context) else { continue };
        let label = |i: usize| arms.get(i).map_or_else(String::new, |arm: &Arm| arm.label.clone());
        shares.push(
            chosen
                .into_iter()
                .zip(parts)
                .map(|(i, share)| {
                    (
                        i,
                        if *share.value() == Exact::ONE {
                            share
                        } else {
                            share.named(format!("routed to {}", label(i)))
                        },
                    )
                })
                .collect(),
        );
    }
    Some((arms, shares))
}

fn call_cost(node: &Node, what: &str, context: &mut Context<'_>) -> Option<CallCost> {
    let mut fields = Fields::of(node, what.to_owned(), context.sink)?;
    call_cost_of(&mut fields, node, what, context).and_then(|cost| {
        fields.finish(context.sink);
        cost
    })
}

/// The side call stated in `fields`; `Some(None)` when what is stated is wrong.
fn call_cost_of(
    fields: &mut Fields<'_>,
    node: &Node,
    what: &str,
    context: &mut Context<'_>,
) -> Option<Option<CallCost>> {
    fields.exclusive("model", "cost_per_request", context.sink);
    if fields.entry("cost_per_request").is_some() {
        let cost = context.quantity::<Money>(fields, "cost_per_request", Kind::Money, "cost per call");
        return Some(cost.map(CallCost::PerRequest));
    }
    if fields.entry("model").is_none() {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                format!("{what} states `model` with `input` and `output`, or `cost_per_request`"),
                "what does it cost?",
            )
            .help("for instance `{model: gpt-4o-mini, input: 300, output: 5}`"),
        );
    }
    let model = fields.get("model", context.sink).and_then(|node| context.model(node));
    let input = context.required(fields, "input", Kind::Tokens, "input read", "300");
    let output = context.required(fields, "output", Kind::Tokens, "output written", "5");
    Some(match (model, input, output) {
        (Some(model), Some(input), Some(output)) => Some(CallCost::Model { model, input, output }),
        _ => None,
    })
}

fn judge(node: &Node, context: &mut Context<'_>) -> Option<CallCost> {
    let mut fields = Fields::of(node, "`judge`", context.sink)?;
    fields.later(&["sensitivity", "specificity"], context.sink);
    call_cost_of(&mut fields, node, "`judge`", context).and_then(|cost| {
        fields.finish(context.sink);
        cost
    })
}

fn cascade(node: &Node, context: &mut Context<'_>) -> Option<Cascade> {
    let before = context.sink.count();
    let mut found = Cascade { steps: Vec::new(), judge: None, judge_last: false, billing: Billing::EveryAttempt };
    let (items, place) = match &node.value {
        Value::List(items) => (items, &node.place),
        Value::Map(_) => {
            let mut fields = Fields::of(node, "a cascade", context.sink)?;
            let steps = fields.require("steps", "[{model: gpt-4o-mini, accept: 70%}, {model: gpt-4o}]", context.sink);
            companions_of_cascade(&mut fields, Some(&mut found), context);
            fields.finish(context.sink);
            let steps = steps?;
            match &steps.value {
                Value::List(items) => (items, &steps.place),
                _ => return context.sink.refuse(wrong_shape(steps, "`steps` is a list of {model, accept}")),
            }
        }
        _ => return context.sink.refuse(wrong_shape(node, "a cascade is a list of {model, accept}")),
    };
    if items.is_empty() {
        return context.sink.refuse(Diagnostic::at(
            Code::WrongShape,
            place,
            "a cascade without steps",
            "an empty list",
        ));
    }
    let by_handles = items.iter().any(|item| item.get("handles").is_some());
    for (index, item) in items.iter().enumerate() {
        let last = index.saturating_add(1) == items.len();
        let step = step(item, last, by_handles, context);
        found.steps.extend(step);
    }
    if context.sink.count() > before {
        return None;
    }
    if by_handles {
        handles_are_possible(&found, place, context)?;
    }
    Some(found)
}

fn step(item: &Node, last: bool, by_handles: bool, context: &mut Context<'_>) -> Option<CascadeStep> {
    let mut fields = Fields::of(item, "a cascade step", context.sink)?;
    fields.exclusive("accept", "handles", context.sink);
    let error = context.quantity(&mut fields, "error", Kind::Share, "calls without answer");
    let billed = fields.get("billed", context.sink).and_then(|node| choice(node, "`billed`", BILLED, context.sink));
    let stop = if by_handles {
        context.required(&mut fields, "handles", Kind::Share, "handles", "70%").map(Stop::Handles)
    } else if last {
        let accept = context.quantity(&mut fields, "accept", Kind::Share, "accepted");
        Some(Stop::Accept(accept.unwrap_or_else(Figure::one)))
    } else {
        context.required(&mut fields, "accept", Kind::Share, "accepted", "70%").map(Stop::Accept)
    };
    let arm = arm(&mut fields, &item.place, context);
    fields.finish(context.sink);
    Some(CascadeStep { arm: arm?, stop: stop?, error, billed: billed.unwrap_or(Billed::None) })
}

/// Handled shares make up 100%, and no step handles more than reaches it with an answer.
fn handles_are_possible(cascade: &Cascade, place: &Place, context: &mut Context<'_>) -> Option<()> {
    let of_step = |step: &CascadeStep| match &step.stop {
        Stop::Handles(share) => share.value().clone(),
        Stop::Accept(_) => Exact::ZERO,
    };
    let sum: Exact = cascade.steps.iter().map(of_step).sum();
    if sum != Exact::ONE {
        return context.sink.refuse(
            Diagnostic::at(
                Code::Shares,
                place,
                format!("the steps handle {} of the requests, not 100%", display::plain_percent(&sum)),
                "these steps",
            )
            .help("`handles` is a share of all requests; `accept` is the share of a step's own answers"),
        );
    }
    let mut reach = Exact::ONE;
    for step in &cascade.steps {
        let answered =
            step.error.as_ref().map_or_else(|| reach.clone(), |error| &reach * &(&Exact::ONE - error.value()));
        let handled = of_step(step);
        if handled > answered {
            let message = format!(
                "this step handles {} of the requests, but only {} get an answer here",
                display::plain_percent(&handled),
                display::plain_percent(&answered)
            );
            return context.sink.refuse(Diagnostic::at(
                Code::OutOfRange,
                &step.arm.place,
                message,
                "more than it answers",
            ));
        }
        reach = &reach - &handled;
    }
    Some(())
}
