//! Finding a free place for a label.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use super::Xy;
use super::measure::distance as between;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Rect {
    pub(super) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(super) fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub(super) fn holds(&self, other: &Rect) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// This much larger on every side.
    pub(super) fn grown(&self, by: f64) -> Rect {
        Rect { x: self.x - by, y: self.y - by, w: self.w + 2.0 * by, h: self.h + 2.0 * by }
    }

    pub(super) fn around(at: Xy, radius: f64) -> Rect {
        Rect { x: at.0 - radius, y: at.1 - radius, w: 2.0 * radius, h: 2.0 * radius }
    }

    /// The place of the rectangle that is nearest to `at`.
    pub(super) fn nearest(&self, at: Xy) -> Xy {
        (at.0.clamp(self.x, self.right()), at.1.clamp(self.y, self.bottom()))
    }

    /// Whether a line from `a` to `b` goes through (Liang and Barsky).
    fn is_crossed(&self, a: Xy, b: Xy) -> bool {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let sides = [(-dx, a.0 - self.x), (dx, self.right() - a.0), (-dy, a.1 - self.y), (dy, self.bottom() - a.1)];
        for (towards, distance) in sides {
            if towards == 0.0 {
                if distance < 0.0 {
                    return false;
                }
            } else if towards < 0.0 {
                enter = enter.max(distance / towards);
            } else {
                leave = leave.min(distance / towards);
            }
        }
        enter <= leave
    }
}

/// Where labels may stand, and what stands there already.
pub(super) struct Board {
    pub(super) area: Rect,
    pub(super) taken: Vec<Rect>,
    pub(super) lines: Vec<(Xy, Xy)>,
    /// All places that have labels.
    pub(super) places: Vec<Xy>,
    /// Lines that a label may cover if it must.
    pub(super) faint: Vec<(Xy, Xy)>,
}

/// Sixteen directions, upwards ones first: a label is looked for above its point.
const DIRECTIONS: [Xy; 16] = [
    (-0.707, -0.707),
    (0.0, -1.0),
    (0.707, -0.707),
    (-0.383, -0.924),
    (0.383, -0.924),
    (-0.924, -0.383),
    (0.924, -0.383),
    (-1.0, 0.0),
    (1.0, 0.0),
    (0.707, 0.707),
    (-0.707, 0.707),
    (0.0, 1.0),
    (0.924, 0.383),
    (-0.924, 0.383),
    (0.383, 0.924),
    (-0.383, 0.924),
];

const DISTANCES: [f64; 10] = [9.0, 14.0, 22.0, 34.0, 50.0, 70.0, 95.0, 125.0, 160.0, 200.0];

/// From this distance on, a label is tied to its point.
pub(super) const TIED: f64 = 17.0;

impl Board {
    /// Takes the best free place for a label of this size: near, and on few lines. None where none is free.
    pub(super) fn place(&mut self, at: Xy, w: f64, h: f64) -> Option<Rect> {
        let mut best: Option<(f64, Rect, Xy)> = None;
        for distance in DISTANCES {
            for (order, (dx, dy)) in (0_u32..).zip(DIRECTIONS) {
                let x = at.0 + dx * distance - w / 2.0 + pushed(dx) * w / 2.0;
                let y = at.1 + dy * distance - h / 2.0 + pushed(dy) * h / 2.0;
                let rect = Rect { x, y, w, h };
                if !self.area.holds(&rect) || self.taken.iter().any(|other| other.overlaps(&rect)) {
                    continue;
                }
                let end = rect.nearest(at);
                let own = Rect::around(at, 6.0);
                let tied = distance >= TIED;
                if tied && self.taken.iter().any(|other| !other.overlaps(&own) && other.is_crossed(at, end)) {
                    continue;
                }
                let crossings = |lines: &[(Xy, Xy)]| {
                    let count = lines.iter().filter(|(a, b)| rect.is_crossed(*a, *b)).take(10).count();
                    f64::from(u32::try_from(count).unwrap_or(10))
                };
                let covers = crossings(&self.lines) * 100.0 + crossings(&self.faint) * 12.0;
                // A label that is nearer to another place seems to belong there.
                let far = between(rect.nearest(at), at);
                let nearer = |other: &&Xy| **other != at && between(rect.nearest(**other), **other) < far + 5.0;
                let astray = self.places.iter().filter(nearer).take(3).count();
                let astray = f64::from(u32::try_from(astray).unwrap_or(3)) * 25.0;
                let cost = distance + covers + astray + f64::from(order) * 0.7;
                if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                    best = Some((cost, rect, end));
                }
            }
        }
        let (_, rect, end) = best?;
        self.taken.push(rect);
        if between(end, at) >= TIED {
            self.lines.push((at, end));
        }
        Some(rect)
    }
}

/// How far a label is pushed off its point's centre line: not at all straight above it, wholly at its sides.
fn pushed(direction: f64) -> f64 {
    (direction * 1.42).clamp(-1.0, 1.0)
}

/// Moves labels apart, each as near to where it wants to be as its neighbours allow, within `top..bottom`. Each is a
/// wish for its upper edge and a height; wishes ascend, and there is room for all.
pub(super) fn spread(labels: &[(f64, f64)], top: f64, bottom: f64) -> Vec<f64> {
    let mut out = Vec::with_capacity(labels.len());
    let mut least = top;
    for (wish, height) in labels {
        let place = wish.max(least);
        least = place + height;
        out.push(place);
    }
    let mut limit = bottom;
    for (place, (_, height)) in out.iter_mut().zip(labels).rev() {
        *place = place.min(limit - height);
        limit = *place;
    }
    out
}
