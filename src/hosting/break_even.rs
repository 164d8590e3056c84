//! Break-even of self-hosting against an API, exact over the staircase of whole replicas.
//!
//! Volumes are per hour in one unit on both sides (output tokens, or requests of the workload's mix), money is USD per
//! hour. Self-hosting costs `S(v) = F + c x max(m, ceil(v/K))`, a staircase; the API costs `A(v)`, by default `p x v`,
//! in general a line per stretch of volumes (tiers, commitments). On step n the two meet at
//! `v_n = (F + n c - f) / p`; self-hosting is cheaper on `(v_n, nK]`, until the next replica is added (SPEC section 5).
//!
//! The staircase makes the answer a *set of intervals*, open on the left and closed on the right: from `(F + pK) / (pK -
//! c)` steps on every step is won whole, before that the sides may alternate. A tie belongs to neither side.
#![deny(clippy::arithmetic_side_effects)]

mod curves;
mod fleet;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "the rationals of an independent computation")]
mod tests;
pub mod workers;

pub use curves::{Curve, Piece, Staircase};
pub use fleet::Scaled;

use crate::units::Exact;
use curves::Stretch;

/// Steps of the staircase that are listed for each stretch of the API's curve. Beyond that the steps in between are
/// left out ([`BreakEven::unlisted`]), while [`BreakEven::permanent_from`] stays exact.
pub const LISTED_STEPS: u32 = 10_000;

/// Where self-hosting and an API change places, in volumes per hour.
#[derive(Clone, Debug)]
pub struct BreakEven {
    /// Every volume at which the cheaper side changes, ascending.
    pub crossovers: Vec<Crossover>,
    /// Every interval in which self-hosting is strictly cheaper, ascending; none touches the next.
    pub cheaper: Vec<Interval>,
    /// Self-hosting is strictly cheaper for every volume above this one; `None` when there is no such volume.
    pub permanent_from: Option<Exact>,
    /// Stretches with more steps than [`LISTED_STEPS`]: both sides alternate in them, their crossovers and intervals
    /// are not listed.
    pub unlisted: Vec<Interval>,
    /// The staircase compared.
    pub stairs: Staircase,
    /// The API's curve compared.
    pub api: Curve,
}

/// Where the sides change places, whatever they are: see the fields of [`BreakEven`].
#[derive(Clone, Default, Debug)]
pub struct Answer {
    /// Every volume at which the cheaper side changes, ascending.
    pub crossovers: Vec<Crossover>,
    /// Every interval in which self-hosting is strictly cheaper.
    pub cheaper: Vec<Interval>,
    /// Self-hosting is strictly cheaper for every volume above this one.
    pub permanent_from: Option<Exact>,
    /// Stretches that are not listed.
    pub unlisted: Vec<Interval>,
}

impl BreakEven {
    /// Where the sides change places.
    pub fn answer(&self) -> Answer {
        Answer {
            crossovers: self.crossovers.clone(),
            cheaper: self.cheaper.clone(),
            permanent_from: self.permanent_from.clone(),
            unlisted: self.unlisted.clone(),
        }
    }
}

/// Volumes above `from`, up to and including `to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Excluded.
    pub from: Exact,
    /// Included; `None`: without end.
    pub to: Option<Exact>,
}

impl Interval {
    /// Whether `volume` lies within.
    pub fn contains(&self, volume: &Exact) -> bool {
        *volume > self.from && self.to.as_ref().is_none_or(|to| volume <= to)
    }
}

/// A volume at which the cheaper side changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crossover {
    /// The volume per hour.
    pub at: Exact,
    /// Replicas that run at this volume.
    pub replicas: Exact,
    /// How loaded those are, as a share: volume / (replicas x capacity).
    pub utilisation: Exact,
    /// What happens there.
    pub kind: Kind,
}

/// How the sides change places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The curves meet; above, self-hosting is cheaper.
    Equal,
    /// A replica is added above this volume, and the API is cheaper again. The curves do not meet.
    Jump {
        /// What self-hosting costs too much just above, in USD per hour.
        regret: Exact,
    },
    /// The API's own price jumps here, up or down.
    Tier {
        /// What self-hosting costs too much just above, in USD per hour; `None`: it gets cheaper.
        regret: Option<Exact>,
    },
}

/// Who is cheaper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Self-hosting, strictly.
    SelfHosted,
    /// The API, strictly.
    Api,
    /// Both cost the same.
    Equal,
}

impl Side {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfHosted => "self_hosted",
            Self::Api => "api",
            Self::Equal => "equal",
        }
    }
}

/// Both sides at one volume.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The cheaper side.
    pub cheaper: Side,
    /// Replicas needed.
    pub replicas: Exact,
    /// Their load as a share; `None` when none runs.
    pub utilisation: Option<Exact>,
    /// Self-hosting, USD per hour.
    pub self_hosted: Exact,
    /// The API, USD per hour.
    pub api: Exact,
    /// What the cheaper side saves, USD per hour; never negative.
    pub saved: Exact,
}

impl BreakEven {
    /// Compares a staircase with a constant price per unit (USD, not negative).
    ///
    /// `None` when a figure is out of range: see [`BreakEven::against`].
    pub fn of(stairs: Staircase, price: Exact) -> Option<Self> {
        Self::against(stairs, Curve::linear(price)?)
    }

    /// Compares a staircase with a curve: split at all breakpoints; between two of them both sides are linear, so that
    /// one sign and one root decide.
    ///
    /// `None` when the capacity is not positive, a cost is negative, or the least number of replicas is not whole.
    pub fn against(stairs: Staircase, api: Curve) -> Option<Self> {
        stairs.is_sound().then_some(())?;
        let mut found = Found { stairs: &stairs, open: None, crossovers: vec![], cheaper: vec![], unlisted: vec![] };
        for (piece, end) in api.stretches() {
            walk(&Stretch::of(&stairs, piece, end), &mut found);
        }
        let permanent_from = found.open.take();
        if let Some(from) = permanent_from.clone() {
            found.cheaper.push(Interval { from, to: None });
        }
        let Found { crossovers, cheaper, unlisted, .. } = found;
        Some(Self { crossovers, cheaper, permanent_from, unlisted, stairs, api })
    }

    /// Whether there were more steps than are listed.
    pub fn truncated(&self) -> bool {
        !self.unlisted.is_empty()
    }

    /// Both sides at `volume` per hour.
    pub fn verdict(&self, volume: &Exact) -> Verdict {
        let (self_hosted, api) = (self.stairs.cost(volume), self.api.cost(volume));
        let replicas = self.stairs.replicas(volume);
        let cheaper = match self_hosted.cmp(&api) {
            std::cmp::Ordering::Less => Side::SelfHosted,
            std::cmp::Ordering::Equal => Side::Equal,
            std::cmp::Ordering::Greater => Side::Api,
        };
        let saved = (&self_hosted - &api).abs();
        let utilisation = volume.checked_div(&(&replicas * &self.stairs.capacity));
        Verdict { cheaper, replicas, utilisation, self_hosted, api, saved }
    }

    /// The first step on the last stretch of the API's curve that self-hosting wins in part, and the first from which
    /// on it wins every step whole: `n1 = floor(F/(pK-c)) + 1` and `N = ceil((F + pK)/(pK-c))`, neither below the
    /// least number of replicas. `None` when a replica at full load is no cheaper than the API.
    pub fn steps(&self) -> Option<(Exact, Exact)> {
        let (piece, end) = self.api.stretches().last()?;
        let (first, whole) = Stretch::of(&self.stairs, piece, end).thresholds()?;
        let least = self.stairs.min_replicas.clone().max(Exact::ONE);
        Some((first.max(least.clone()), whole.max(least)))
    }
}

/// What the walk along the volumes has found.
struct Found<'a> {
    stairs: &'a Staircase,
    /// Where the interval began in which self-hosting is cheaper just now.
    open: Option<Exact>,
    crossovers: Vec<Crossover>,
    cheaper: Vec<Interval>,
    unlisted: Vec<Interval>,
}

impl Found<'_> {
    /// Self-hosting is cheaper above `at`.
    fn wins(&mut self, at: &Exact, kind: Kind) {
        if self.open.is_some() {
            return;
        }
        self.open = Some(at.clone());
        if !at.is_zero() {
            self.cross(at, kind);
        }
    }

    /// Self-hosting is not cheaper above `at`: it costs `regret` too much there.
    fn loses(&mut self, at: &Exact, regret: Exact) {
        if let Some(from) = self.open.take() {
            let kind =
                if self.stairs.is_edge(at) { Kind::Jump { regret } } else { Kind::Tier { regret: Some(regret) } };
            self.cheaper.push(Interval { from, to: Some(at.clone()) });
            self.cross(at, kind);
        }
    }

    fn cross(&mut self, at: &Exact, kind: Kind) {
        let replicas = self.stairs.replicas(at);
        let utilisation = at.checked_div(&(&replicas * &self.stairs.capacity)).unwrap_or(Exact::ZERO);
        self.crossovers.push(Crossover { at: at.clone(), replicas, utilisation, kind });
    }
}

/// Goes along one stretch, cell by cell; runs of cells that one side wins whole are taken at once.
fn walk(stretch: &Stretch<'_>, found: &mut Found<'_>) {
    let mut at = stretch.piece.from.clone();
    let mut listed = 0u32;
    while stretch.end.is_none_or(|end| at < *end) {
        let step = stretch.stairs.step_above(&at);
        let (left, edge) = (stretch.lead(&at, &step), stretch.clipped(&step));
        if listed == LISTED_STEPS
            && let Some(resume) = stretch.after_the_alternating(&at)
        {
            found.loses(&at, -&left);
            found.unlisted.push(Interval { from: at, to: resume.clone() });
            let Some(resume) = resume else { return };
            at = resume;
            listed = listed.saturating_add(1);
            continue;
        }
        listed = listed.saturating_add(1);
        let right = stretch.lead(&edge, &step);
        let next = if right <= Exact::ZERO {
            found.loses(&at, -&left);
            stretch.lost_until(&step)
        } else if left.is_negative() {
            found.loses(&at, -&left);
            // A line that rises from below zero to above has a slope.
            let root = (-&left).checked_div(&stretch.piece.per_unit).unwrap_or(Exact::ZERO);
            found.wins(&(&at + &root), Kind::Equal);
            Some(edge)
        } else {
            let jumped = at == stretch.piece.from && !left.is_zero();
            found.wins(&at, if jumped { Kind::Tier { regret: None } } else { Kind::Equal });
            stretch.won_until(&step)
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
}
