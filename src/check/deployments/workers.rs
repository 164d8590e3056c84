//! A serverless deployment: workers that start when requests come and stop when they are idle.

use super::super::context::Context;
use super::{above_zero, replicas};
use crate::diag::{Code, Diagnostic};
use crate::figure::{Figure, Money, Seconds, Speed};
use crate::input::{Fields, yes_or_no};
use crate::plan::{Busy, Serverless};
use crate::units::{Exact, Kind};

pub(super) fn workers(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Serverless> {
    let utilization = replicas::utilization(fields, context);
    let throughput = context.quantity::<Speed>(fields, "throughput", Kind::Throughput, "throughput");
    let throughput = above_zero(fields, "throughput", throughput, context);
    let says_throughput = fields.entry("throughput").is_some();
    let node = fields.get("serverless", context.sink)?;
    let mut inner = Fields::of(node, "`serverless`", context.sink)?;
    let price = context.required::<Money>(&mut inner, "usd_per_second", Kind::Money, "price per second", "0.0004");
    let cold_start = context.required::<Seconds>(&mut inner, "cold_start", Kind::Duration, "cold start", "30s");
    let idle = context.required::<Seconds>(&mut inner, "idle_timeout", Kind::Duration, "idle timeout", "60s");
    let busy = context.quantity::<Seconds>(&mut inner, "busy", Kind::Duration, "busy time of a request");
    let busy = above_zero(&mut inner, "busy", busy, context);
    let mut billed =
        |key: &'static str| inner.get(key, context.sink).and_then(|node| yes_or_no(node, context.sink)).unwrap_or(true);
    let (bills_start, bills_idle) = (billed("bills_start"), billed("bills_idle"));
    let says_busy = inner.entry("busy").is_some();
    inner.finish(context.sink);
    if !says_throughput && !says_busy {
        return context.sink.refuse(
            Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "how long does a request keep a worker busy?",
                "neither `busy` here nor `throughput` beside it",
            )
            .help("for instance `busy: 10s`, or `throughput: 60 tok/s` of one request"),
        );
    }
    Some(Serverless {
        busy: match (busy, throughput) {
            (Some(busy), _) => Busy::Stated(busy),
            (None, throughput) => Busy::Writing(throughput?),
        },
        utilization: utilization?,
        usd_per_second: per_worker(price?, fields, context)?,
        cold_start: cold_start?,
        idle_timeout: idle?,
        bills_start,
        bills_idle,
    })
}

/// The price is that of a worker, whatever the GPUs in it.
fn per_worker(price: Figure<Money>, fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Figure<Money>> {
    if let Some((key, _)) = fields.entry("gpus") {
        return context.sink.refuse(
            Diagnostic::at(Code::Conflict, &key.place, "a serverless worker is priced whole", "not counted here")
                .help("`usd_per_second` is the price of a worker with all its GPUs"),
        );
    }
    (*price.value() > Exact::ZERO || price.is_zero()).then_some(price)
}
