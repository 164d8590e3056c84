//! Packing: K requests in one call share its fixed part (SPEC section 4.2).
//!
//! calls = requests / K; a call carries system, tools and examples once, and K times context, history and user; it
//! returns K answers (and their reasoning) and the stated overhead.

use super::trip::{Lane, Trip};
use crate::figure::{Calls, Figure, Tokens};
use crate::plan::{Pack, Part};

/// Calls needed for `requests`.
pub(super) fn calls(requests: &Figure<Calls>, pack: Option<&Pack>) -> Figure<Calls> {
    // Fewer than one item per call is refused when the scenario is checked.
    pack.and_then(|pack| requests.over(&pack.items)).unwrap_or_else(|| requests.clone())
}

/// What one call carries. Requests of different lengths even out in a call that carries several.
pub(super) fn packed(trip: Trip, pack: Option<&Pack>) -> Trip {
    let Some(pack) = pack else { return trip };
    let mut trip = trip.evened();
    let times = |lane: &Lane| if lane.mean.is_zero() { lane.clone() } else { lane.times(&pack.items) };
    for part in Part::ALL.into_iter().filter(|part| !part.is_shared()) {
        let lane = times(trip.part(part));
        trip.set(part, lane);
    }
    trip.output = trip.output.map(|output| times(&output).plus(&Lane::same(pack.output_overhead.clone())));
    trip.reasoning = times(&trip.reasoning);
    trip
}

/// A sum of several parts gets a name, so that formulae stay short; a single part keeps its own.
pub(super) fn under_a_name(total: Figure<Tokens>, name: &'static str) -> Figure<Tokens> {
    if total.step().name.is_some() { total } else { total.named(name) }
}
