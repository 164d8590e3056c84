//! Who answers, as a strategy, a route entry or a cascade step says it; and the side calls of routers and judges.

use super::cascade::{accepts_are_known, cascade};
use super::context::Context;
use super::route::route;
use super::{deployments, levers};
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::Money;
use crate::input::{Fields, Node, choice, yes_or_no};
use crate::plan::{Arm, Billing, CallCost, Cascade, DeploymentUse, Judge, Overrides, Server, Serving, Skill, Task};
use crate::units::Kind;

const BILLINGS: &[(&str, Billing)] = &[("every_attempt", Billing::EveryAttempt), ("final_only", Billing::FinalOnly)];

/// The serving of a strategy.
///
/// A tuned model answers where nobody else is named.
pub(super) fn strategy(
    fields: &mut Fields<'_>,
    tasks: &[Task],
    tuned: Option<&Serving>,
    context: &mut Context<'_>,
) -> Option<Serving> {
    fields.exclusive("model", "route", context.sink);
    fields.exclusive("model", "cascade", context.sink);
    fields.exclusive("route", "cascade", context.sink);
    for other in ["model", "route", "cascade"] {
        fields.exclusive(other, "deployment", context.sink);
    }
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
    plain(fields, tuned, context)
}

/// A model or a cascade, as a strategy, a route entry or a cascade step states it.
fn plain(fields: &mut Fields<'_>, tuned: Option<&Serving>, context: &mut Context<'_>) -> Option<Serving> {
    let cascade = fields.get("cascade", context.sink).map(|node| cascade(node, context));
    if let Some(cascade) = cascade {
        let mut cascade = cascade?;
        companions_of_cascade(fields, Some(&mut cascade), context);
        accepts_are_known(&cascade, context)?;
        return Some(Serving::Cascade(Box::new(cascade)));
    }
    companions_of_cascade(fields, None, context);
    let stated = fields.entry("model").is_some();
    let model = fields.get("model", context.sink).and_then(|node| context.server(node));
    if let Some(node) = fields.get("deployment", context.sink) {
        let deployment = deployments::named(node, context)?;
        let used = DeploymentUse { deployment, place: node.place.clone() };
        return Some(Serving::Single(Server::Deployment(used)));
    }
    if !stated && fields.entry("deployment").is_none() {
        if let Some(tuned) = tuned {
            return Some(tuned.clone());
        }
        if fields.misspells(&["model", "route", "cascade", "deployment"]) {
            return None;
        }
        let place = fields.node().place.clone();
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &place,
                "who answers? there is no `model`, `route`, `cascade` or `deployment`",
                "nobody answers here",
            )
            .help("for instance `model: gpt-4o`"),
        );
    }
    model.map(Serving::Single)
}

/// `judge`, `judge_last` and `billing`, which may stand beside a cascade or in it.
pub(super) fn companions_of_cascade(fields: &mut Fields<'_>, cascade: Option<&mut Cascade>, context: &mut Context<'_>) {
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

pub(super) fn arm(fields: &mut Fields<'_>, place: &Place, context: &mut Context<'_>) -> Option<Arm> {
    fields.exclusive("model", "cascade", context.sink);
    for other in ["model", "cascade"] {
        fields.exclusive(other, "deployment", context.sink);
    }
    let overrides = levers::overrides(fields, context);
    let serving = plain(fields, None, context)?;
    let label = label(&serving);
    Some(Arm { label, serving, overrides, place: place.clone() })
}

fn label(serving: &Serving) -> String {
    match serving {
        Serving::Single(server) => server.name().to_owned(),
        Serving::Route(_) => "route".to_owned(),
        Serving::Cascade(_) => "cascade".to_owned(),
    }
}

pub(super) fn of_server(server: Server) -> Arm {
    let place = server.place().clone();
    let serving = Serving::Single(server);
    Arm { label: label(&serving), serving, overrides: Overrides::default(), place }
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
    let server = fields.get("model", context.sink).and_then(|node| context.server(node));
    let input = context.required(fields, "input", Kind::Tokens, "input read", "300");
    let output = context.required(fields, "output", Kind::Tokens, "output written", "5");
    Some(match (server, input, output) {
        (Some(server), Some(input), Some(output)) => Some(CallCost::Call { server, input, output }),
        _ => None,
    })
}

pub(super) fn judge(node: &Node, context: &mut Context<'_>) -> Option<Judge> {
    let before = context.sink.failures();
    let mut fields = Fields::of(node, "`judge`", context.sink)?;
    let sensitivity = context.quantity(&mut fields, "sensitivity", Kind::Share, "sensitivity of the judge");
    let specificity = context.quantity(&mut fields, "specificity", Kind::Share, "specificity of the judge");
    let stated =
        [fields.entry("sensitivity"), fields.entry("specificity")].map(|entry| entry.map(|(key, _)| key.clone()));
    if let [Some(key), None] | [None, Some(key)] = &stated {
        let other = if &*key.text == "sensitivity" { "specificity" } else { "sensitivity" };
        let message = format!("`{}` without `{other}`", key.text);
        context.sink.add(Diagnostic::at(Code::MissingKey, &key.place, message, "a judge errs in two ways").help(
            "`sensitivity` is the share of right answers that it accepts, `specificity` the share of wrong ones that it rejects",
        ));
    }
    let skill = sensitivity.zip(specificity).map(|(sensitivity, specificity)| Skill { sensitivity, specificity });
    let is_free = skill.is_some() && ["model", "cost_per_request"].iter().all(|key| node.get(key).is_none());
    let cost = if is_free { None } else { call_cost_of(&mut fields, node, "`judge`", context)? };
    fields.finish(context.sink);
    (context.sink.failures() == before).then_some(Judge { cost, skill })
}
