//! Packing: K requests in one call share its fixed part (SPEC section 4.2).
//!
//! calls = requests / K; a call carries system, tools and examples once, and K times context, history and user; it
//! returns K answers (and their reasoning) and the stated overhead.

use super::Shape;
use crate::figure::{Calls, Figure, Tokens};
use crate::plan::{Pack, Part, Prompt};

/// Calls needed for `requests`.
pub(super) fn calls(requests: &Figure<Calls>, pack: Option<&Pack>) -> Figure<Calls> {
    // Fewer than one item per call is refused when the scenario is checked.
    pack.and_then(|pack| requests.over(&pack.items)).unwrap_or_else(|| requests.clone())
}

/// What one call carries.
pub(super) fn shape(
    prompt: &Prompt,
    output: Option<Figure<Tokens>>,
    reasoning: &Figure<Tokens>,
    pack: Option<&Pack>,
) -> Shape {
    let Some(pack) = pack else {
        return Shape { input: under_a_name(prompt.total(|_| true), "prompt"), output, reasoning: reasoning.clone() };
    };
    let shared = prompt.total(Part::is_shared);
    let own = prompt.total(|part| !part.is_shared());
    let times = |tokens: &Figure<Tokens>| if tokens.is_zero() { Figure::zero() } else { tokens.times(&pack.items) };
    Shape {
        input: under_a_name(shared.plus(&times(&own)), "prompt"),
        output: output.map(|output| times(&output).plus(&pack.output_overhead)),
        reasoning: times(reasoning),
    }
}

/// A sum of several parts gets a name, so that formulae stay short; a single part keeps its own.
pub(super) fn under_a_name(total: Figure<Tokens>, name: &'static str) -> Figure<Tokens> {
    if total.step().name.is_some() { total } else { total.named(name) }
}
