//! The two curves of a break-even, and one stretch on which the API's is a line.

use crate::units::Exact;

/// What self-hosting costs per hour: `fixed + per_replica x max(min_replicas, ceil(volume / capacity))`.
#[derive(Clone, Debug)]
pub struct Staircase {
    /// Fixed cost, USD per hour; not negative.
    pub fixed: Exact,
    /// A replica (its smallest purchasable package), USD per hour; not negative.
    pub per_replica: Exact,
    /// Replicas that always run; whole, 0 scales to zero.
    pub min_replicas: Exact,
    /// Usable volume per hour of one replica (rate x utilisation / peak-to-mean); above zero.
    pub capacity: Exact,
}

impl Staircase {
    /// Replicas needed for `volume` per hour.
    pub fn replicas(&self, volume: &Exact) -> Exact {
        self.steps(volume).ceil().max(self.min_replicas.clone())
    }

    /// USD per hour at `volume` per hour.
    pub fn cost(&self, volume: &Exact) -> Exact {
        &self.fixed + &(&self.per_replica * &self.replicas(volume))
    }

    /// USD per unit of a fully loaded replica, without the fixed cost: c / K.
    pub fn full_load(&self) -> Option<Exact> {
        self.per_replica.checked_div(&self.capacity)
    }

    pub(super) fn is_sound(&self) -> bool {
        let least = &self.min_replicas;
        let signed = [&self.fixed, &self.per_replica, least];
        self.capacity > Exact::ZERO && least.is_whole() && !signed.iter().any(|value| value.is_negative())
    }

    /// Volume in steps. A sound staircase has a capacity.
    fn steps(&self, volume: &Exact) -> Exact {
        volume.checked_div(&self.capacity).unwrap_or(Exact::ZERO)
    }

    /// The step of the volumes just above `volume`.
    pub(super) fn step_above(&self, volume: &Exact) -> Exact {
        (&self.steps(volume).floor() + &Exact::ONE).max(self.min_replicas.clone())
    }

    /// Whether a replica is added just above `volume`.
    pub(super) fn is_edge(&self, volume: &Exact) -> bool {
        let steps = self.steps(volume);
        steps.is_whole() && steps >= self.min_replicas
    }
}

/// What an API costs per hour: a line on each stretch of volumes.
#[derive(Clone, Debug)]
pub struct Curve(Vec<Piece>);

/// `fixed + per_unit x volume` for volumes above `from`, up to and including the `from` of the next piece.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Volume per hour above which this holds.
    pub from: Exact,
    /// USD per hour: a commitment, or what cheaper or dearer tiers below make up for. May be negative.
    pub fixed: Exact,
    /// USD per unit of the *whole* volume; not negative.
    pub per_unit: Exact,
}

impl Curve {
    /// A constant price per unit; `None` when it is negative.
    pub fn linear(per_unit: Exact) -> Option<Self> {
        Self::of(vec![Piece { from: Exact::ZERO, fixed: Exact::ZERO, per_unit }])
    }

    /// A curve of pieces; `None` unless the first begins at 0, the others ascend, and no price per unit is negative.
    pub fn of(pieces: Vec<Piece>) -> Option<Self> {
        let starts = pieces.first()?.from.is_zero();
        let ascends = pieces.iter().zip(pieces.iter().skip(1)).all(|(a, b)| a.from < b.from);
        let rises = pieces.iter().all(|piece| !piece.per_unit.is_negative());
        (starts && ascends && rises).then_some(Self(pieces))
    }

    /// USD per hour at `volume` per hour.
    pub fn cost(&self, volume: &Exact) -> Exact {
        let holds = self.0.iter().rev().find(|piece| piece.from < *volume).or_else(|| self.0.first());
        holds.map_or(Exact::ZERO, |piece| &piece.fixed + &(&piece.per_unit * volume))
    }

    /// Every piece with the volume at which it ends.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (&Piece, Option<&Exact>)> {
        let ends = self.0.iter().skip(1).map(|next| Some(&next.from)).chain([None]);
        self.0.iter().zip(ends)
    }
}

/// Volumes on which the API's cost is one line, against the staircase. With `gain = pK - c` (what a full step saves)
/// and `debt = F - f`, self-hosting wins something on step n iff `n gain > debt`, and all of it iff
/// `n gain >= debt + pK`. Hence steps are lost, then alternate, then are won; the other way round where gain < 0.
pub(super) struct Stretch<'a> {
    pub(super) stairs: &'a Staircase,
    pub(super) piece: &'a Piece,
    pub(super) end: Option<&'a Exact>,
    gain: Exact,
    debt: Exact,
    /// `debt + pK`
    whole: Exact,
}

impl<'a> Stretch<'a> {
    pub(super) fn of(stairs: &'a Staircase, piece: &'a Piece, end: Option<&'a Exact>) -> Self {
        let full = &piece.per_unit * &stairs.capacity;
        let debt = &stairs.fixed - &piece.fixed;
        Self { stairs, piece, end, gain: &full - &stairs.per_replica, whole: &debt + &full, debt }
    }

    /// How much dearer the API is at `volume`, seen from step `step`.
    pub(super) fn lead(&self, volume: &Exact, step: &Exact) -> Exact {
        &(&self.piece.per_unit * volume) - &(&self.debt + &(&self.stairs.per_replica * step))
    }

    /// Where `step` ends within this stretch.
    pub(super) fn clipped(&self, step: &Exact) -> Exact {
        let edge = step * &self.stairs.capacity;
        self.end.map_or(edge.clone(), |end| edge.min(end.clone()))
    }

    /// The first step that wins something and the first from which on all win whole; `None` unless gain > 0.
    pub(super) fn thresholds(&self) -> Option<(Exact, Exact)> {
        (self.gain > Exact::ZERO).then_some(())?;
        let first = &self.debt.checked_div(&self.gain)?.floor() + &Exact::ONE;
        Some((first, self.whole.checked_div(&self.gain)?.ceil()))
    }

    /// `step` is lost: where the run of lost steps ends; `None`: never.
    pub(super) fn lost_until(&self, step: &Exact) -> Option<Exact> {
        match self.thresholds() {
            Some((first, _)) => Some(self.clipped(&(&first - &Exact::ONE).max(step.clone()))),
            None => self.end.cloned(),
        }
    }

    /// `step` is won whole: where the run of such steps ends; `None`: never.
    pub(super) fn won_until(&self, step: &Exact) -> Option<Exact> {
        if !self.gain.is_negative() {
            let next = &(step + &Exact::ONE) * &self.gain;
            return if next >= self.whole { self.end.cloned() } else { Some(self.clipped(step)) };
        }
        let last = self.whole.checked_div(&self.gain)?;
        // Without a price per unit a step on which the line begins at zero is a tie throughout.
        let last = if self.piece.per_unit.is_zero() { &last.ceil() - &Exact::ONE } else { last.floor() };
        Some(self.clipped(&last.max(step.clone())))
    }

    /// Steps alternate from `at` on: where to go on so that only the last few of them are left, if there are more;
    /// `Some(None)`: they alternate without end.
    pub(super) fn after_the_alternating(&self, at: &Exact) -> Option<Option<Exact>> {
        let settled = match self.thresholds() {
            Some((_, whole)) => Some(whole),
            None => self.debt.checked_div(&self.gain).map(|first_lost| first_lost.ceil()),
        };
        let end = self.end.map(|end| self.stairs.steps(end).ceil());
        let Some(last) = settled.into_iter().chain(end).min() else { return Some(None) };
        let resume = &(&last - &Exact::from(FEW)) * &self.stairs.capacity;
        (resume > *at).then_some(Some(resume))
    }
}

/// Steps walked singly before the sides settle.
const FEW: u64 = 4;
