//! Measured rows beside the roofline: a row of the very configuration is taken as it is, a user's own rows of a card
//! recalibrate all estimates on it, and rows of the same model nearby draw an estimate towards them.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

use std::sync::LazyLock;

use super::measured::{self, Measured};
use super::{Coefficients, Confidence, Estimate, Intervals, Load, Traffic, estimate_with};
use crate::hosting::memory::{KvPrecision, Replica, WindowMode};
use crate::hosting::{Format, catalogue};

/// What is served where, as far as measured rows can tell it apart.
#[derive(Clone, Copy, Debug)]
pub struct Configuration<'a> {
    /// Model with its maker, as the catalogue has it.
    pub model: &'a str,
    /// Format of the weights.
    pub format: Format,
    /// Card, as the catalogue has it.
    pub gpu: &'a str,
    /// Cards of the replica.
    pub gpus: u32,
    /// Serving program; `None`: rows of all of them count.
    pub engine: Option<&'a str>,
}

/// A measured row and how it compares with the roofline.
#[derive(Clone, Debug)]
struct Anchor {
    row: Measured,
    format: Format,
    /// ln(measured / estimated).
    rate: f64,
    tpot: Option<f64>,
}

/// Measured rows that speak of configurations like them.
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<Anchor>);

/// The rows that an estimate may use.
#[derive(Clone, Debug)]
pub struct Measurements {
    own: Anchors,
    shipped: &'static Anchors,
    /// Whether a row of the very configuration may answer for it.
    looks_up: bool,
    /// Own rows that say nothing here.
    unused: usize,
}

/// How an estimate is corrected: factors, and why.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Calibration {
    /// Factor on the rate.
    pub rate: f64,
    /// Factor on TPOT.
    pub tpot: f64,
    /// Where the factors come from.
    pub origin: Origin,
}

/// Where a correction comes from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Origin {
    /// Nothing is corrected.
    Roofline,
    /// So many rows of the same model, format and card are near; `strong` when together they count as much as the
    /// roofline or more.
    Near {
        /// How many.
        rows: usize,
        /// Whether they weigh as much as the roofline.
        strong: bool,
    },
    /// So many rows of the user's own, of this card and engine.
    Own {
        /// How many.
        rows: usize,
    },
}

/// Lengths and numbers of cards that differ by this factor count exp(-1/2) = 61%.
const REACH: f64 = 4.5;
/// What the roofline counts among the rows near by.
const ROOFLINE: f64 = 1.0;
/// A row further off than this (ln 1.8) says more about itself than about its neighbours.
const FURTHEST: f64 = 0.6;

impl Anchors {
    /// Compares `rows` with the roofline of `coefficients`; `load` gives the figures of a row. Rows without figures are
    /// left out.
    pub fn of(rows: &[Measured], coefficients: &Coefficients, load: impl Fn(&Measured) -> Option<Load>) -> Self {
        let anchor = |row: &Measured| {
            let traffic = Traffic { prompt: row.prompt, answer: row.answer, concurrency: row.concurrency };
            let found = estimate_with(coefficients, &load(row)?, &traffic);
            (found.per_gpu > 0.0).then_some(())?;
            Some(Anchor {
                row: row.clone(),
                format: Format::named(&row.format)?,
                rate: libm::log(row.rate / found.per_gpu),
                tpot: row.tpot_ms.map(|ms| libm::log(ms / 1e3 / found.tpot)),
            })
        };
        Self(rows.iter().filter_map(anchor).collect())
    }

    /// The correction by rows of the same model, format, card and engine: the mean of their deviations, each weighed by
    /// how near its lengths and number of cards are, the roofline counting as one more row. Concurrency has no part in
    /// it, so that more requests in flight never look slower for a row that happens to be there.
    pub fn near(&self, of: &Configuration<'_>, traffic: &Traffic, without_itself: bool) -> Calibration {
        let rows = self.0.iter().filter(|anchor| anchor.is_of(of) && anchor.has_engine(of));
        let rows = rows.filter(|anchor| !(without_itself && anchor.measures(of, traffic)));
        let (mut weight, mut rate) = (0.0, 0.0);
        let (mut tpot_weight, mut tpot, mut count) = (0.0, 0.0, 0_usize);
        for anchor in rows {
            let far = |left: f64, right: f64| {
                let far = libm::log(left / right) / libm::log(REACH);
                far * far
            };
            let row = &anchor.row;
            let distance = far(row.prompt, traffic.prompt)
                + far(row.answer, traffic.answer)
                + far(f64::from(row.gpus), f64::from(of.gpus));
            let share = libm::exp(-0.5 * distance);
            weight += share;
            rate += share * anchor.rate.clamp(-FURTHEST, FURTHEST);
            if let Some(deviation) = anchor.tpot {
                tpot_weight += share;
                tpot += share * deviation.clamp(-FURTHEST, FURTHEST);
            }
            count += 1;
        }
        if count == 0 {
            return Calibration::NONE;
        }
        Calibration {
            rate: libm::exp(rate / (weight + ROOFLINE)),
            tpot: libm::exp(tpot / (tpot_weight + ROOFLINE)),
            origin: Origin::Near { rows: count, strong: weight >= ROOFLINE },
        }
    }

    /// One factor for a card and engine: the geometric mean of what all its rows measured over what was estimated.
    fn of_card(&self, of: &Configuration<'_>) -> Option<Calibration> {
        let rows: Vec<&Anchor> =
            self.0.iter().filter(|anchor| anchor.row.gpu == of.gpu && anchor.has_engine(of)).collect();
        let mean = |values: &[f64]| libm::exp(values.iter().sum::<f64>() / values.len().max(1) as f64);
        let tpots: Vec<f64> = rows.iter().filter_map(|anchor| anchor.tpot).collect();
        let rate = mean(&rows.iter().map(|anchor| anchor.rate).collect::<Vec<_>>());
        // Without latencies of their own, rows that are slower have slower steps.
        let tpot = if tpots.is_empty() { 1.0 / rate } else { mean(&tpots) };
        (!rows.is_empty()).then_some(Calibration { rate, tpot, origin: Origin::Own { rows: rows.len() } })
    }

    fn find(&self, of: &Configuration<'_>, traffic: &Traffic) -> Option<&Measured> {
        let rows = self.0.iter().filter(|anchor| anchor.measures(of, traffic) && anchor.has_engine(of));
        rows.map(|anchor| &anchor.row)
            .min_by(|left, right| left.quality.cmp(&right.quality).then_with(|| right.as_of.cmp(&left.as_of)))
    }
}

impl Anchor {
    fn is_of(&self, of: &Configuration<'_>) -> bool {
        self.row.model == of.model && self.format == of.format && self.row.gpu == of.gpu
    }

    fn has_engine(&self, of: &Configuration<'_>) -> bool {
        of.engine.is_none_or(|engine| self.row.engine == engine)
    }

    /// Whether this row measured this very configuration: lengths and concurrency within 5%.
    fn measures(&self, of: &Configuration<'_>, traffic: &Traffic) -> bool {
        let near = |left: f64, right: f64| (left - right).abs() <= 0.05 * left.max(right);
        let row = &self.row;
        self.is_of(of)
            && row.gpus == of.gpus
            && near(row.prompt, traffic.prompt)
            && near(row.answer, traffic.answer)
            && near(row.concurrency, traffic.concurrency)
    }
}

impl Measurements {
    /// The rows that come with the program, and `own` ones of the user, which win.
    pub fn new(own: &[Measured]) -> Self {
        static SHIPPED: LazyLock<Anchors> = LazyLock::new(|| {
            // The table is proven sound by tests.
            let rows = measured::parse(measured::TABLE).unwrap_or_default();
            Anchors::of(&rows, &Coefficients::FITTED, load_of)
        });
        let anchors = Anchors::of(own, &Coefficients::FITTED, load_of);
        let unused = own.len().saturating_sub(anchors.0.len());
        Self { own: anchors, shipped: &SHIPPED, looks_up: true, unused }
    }

    /// How many of the user's own rows say nothing: by the computation their configuration does not fit, or the card
    /// cannot compute it.
    pub fn unused(&self) -> usize {
        self.unused
    }

    /// The same for an evaluation: a row that comes with the program has no part in the estimate of itself.
    #[must_use]
    pub fn without_lookup(self) -> Self {
        Self { looks_up: false, ..self }
    }

    /// The row that measured this very configuration, and whether it is the user's own: same model, format, card, number
    /// of cards and engine; lengths and concurrency within 5%. Own rows win, then the best quality, then the newest.
    pub fn find(&self, of: &Configuration<'_>, traffic: &Traffic) -> Option<&Measured> {
        let shipped = || self.looks_up.then(|| self.shipped.find(of, traffic)).flatten();
        self.own.find(of, traffic).or_else(shipped)
    }

    /// How estimates of a configuration are corrected; concurrency only tells which row is the configuration's own.
    pub fn calibration(&self, of: &Configuration<'_>, traffic: &Traffic) -> Calibration {
        self.own.of_card(of).unwrap_or_else(|| self.shipped.near(of, traffic, !self.looks_up))
    }
}

impl Default for Measurements {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// The figures of a measured row, from the catalogue.
fn load_of(row: &Measured) -> Option<Load> {
    let model = catalogue::open_model(&row.model)?;
    let replica = Replica {
        model,
        format: Format::named(&row.format)?,
        kv: KvPrecision::Sixteen,
        mode: WindowMode::Ideal,
        gpus: row.gpus,
        attention_gpus: row.gpus,
    };
    Load::of(catalogue::gpu(&row.gpu)?, &replica)
}

impl Calibration {
    /// The roofline as it is.
    pub const NONE: Self = Self { rate: 1.0, tpot: 1.0, origin: Origin::Roofline };

    /// The corrected estimate, with the interval and confidence that the correction earns.
    pub fn apply(&self, found: Estimate) -> Estimate {
        let tokens_per_second = found.tokens_per_second * self.rate;
        let uncorrected =
            |factor: f64| if found.tokens_per_second > 0.0 { factor / found.tokens_per_second } else { 0.0 };
        let as_before = (uncorrected(found.interval.0), uncorrected(found.interval.1));
        let (factors, confidence) = match self.origin {
            Origin::Roofline | Origin::Near { strong: false, .. } => (as_before, found.confidence),
            Origin::Near { strong: true, .. } => (Intervals::FITTED.near, Confidence::Near),
            Origin::Own { .. } if found.flags.is_empty() => (Intervals::FITTED.plain, Confidence::Recalibrated),
            Origin::Own { .. } => (Intervals::FITTED.flagged, Confidence::Recalibrated),
        };
        Estimate {
            tokens_per_second,
            per_gpu: found.per_gpu * self.rate,
            interval: (tokens_per_second * factors.0, tokens_per_second * factors.1),
            tpot: found.tpot * self.tpot,
            confidence,
            ..found
        }
    }
}
