//! `cascade`: steps in order, with what stops at each.

use super::context::Context;
use super::levers::BILLED;
use super::serving::{arm, companions_of_cascade, judge};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::Figure;
use crate::input::{Fields, Node, Value, choice, wrong_shape};
use crate::plan::{Billed, Billing, Cascade, CascadeStep, Stop};
use crate::units::{Exact, Kind, display};

pub(super) fn cascade(node: &Node, context: &mut Context<'_>) -> Option<Cascade> {
    let before = context.sink.failures();
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
    if context.sink.failures() > before {
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
        let accept = fields.get("accept", context.sink).map(|node| context.read("accepted", node, Kind::Share));
        accept.map_or(Some(Stop::Judged), |accept| accept.map(Stop::Accept))
    };
    let judge = fields.get("judge", context.sink).map(|node| judge(node, context));
    let arm = arm(&mut fields, &item.place, context);
    fields.finish(context.sink);
    let judge = match judge {
        Some(judge) => Some(judge?),
        None => None,
    };
    Some(CascadeStep { arm: arm?, stop: stop?, error, billed: billed.unwrap_or(Billed::None), judge })
}

/// A step says what stops there, or its quality and the judge's skill do; never both.
pub(super) fn accepts_are_known(cascade: &Cascade, context: &mut Context<'_>) -> Option<()> {
    let before = context.sink.failures();
    let last = cascade.steps.len().saturating_sub(1);
    for step in cascade.steps.iter().take(last) {
        let skill = cascade.judge_of(step).and_then(|judge| judge.skill.as_ref());
        let unknown = context.tasks.iter().find_map(|task| context.quality.missing(&step.arm.serving, task.as_deref()));
        match (&step.stop, skill, unknown) {
            (Stop::Handles(_), ..) | (Stop::Accept(_), None, _) | (Stop::Accept(_), Some(_), Some(_)) => {}
            (Stop::Judged, Some(_), None) => {}
            (Stop::Accept(_), Some(_), None) => context.sink.add(
                Diagnostic::at(
                    Code::Conflict,
                    &step.arm.place,
                    "what this step's judge accepts is stated and derived",
                    "`accept` beside a quality and a judge's `sensitivity` and `specificity`",
                )
                .help("leave `accept` out to have it derived, or the judge's `sensitivity` and `specificity`"),
            ),
            (Stop::Judged, None, _) => context.sink.add(
                Diagnostic::at(
                    Code::MissingKey,
                    &step.arm.place,
                    "a cascade step needs `accept`",
                    "`accept` is missing here",
                )
                .help("for instance `accept: 70%`")
                .help("it is derived where `quality` and the judge's `sensitivity` and `specificity` are stated"),
            ),
            (Stop::Judged, Some(_), Some(server)) => {
                let message = format!("a cascade step needs `accept`: no quality of {} is stated", server.name());
                context.sink.add(
                    Diagnostic::at(Code::MissingKey, &step.arm.place, message, "`accept` is missing here").help(
                        format!(
                            "state `accept: 70%`, or how often it is right: `quality: {{{}: 0.72}}`",
                            server.name()
                        ),
                    ),
                );
            }
        }
    }
    (context.sink.failures() == before).then_some(())
}

/// Handled shares make up 100%, and no step handles more than reaches it with an answer.
fn handles_are_possible(cascade: &Cascade, place: &Place, context: &mut Context<'_>) -> Option<()> {
    let of_step = |step: &CascadeStep| match &step.stop {
        Stop::Handles(share) => share.value().clone(),
        Stop::Accept(_) | Stop::Judged => Exact::ZERO,
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
