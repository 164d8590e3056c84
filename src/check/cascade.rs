//! `cascade`: steps in order, with what stops at each.

use super::context::Context;
use super::levers::BILLED;
use super::serving::{arm, companions_of_cascade};
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
