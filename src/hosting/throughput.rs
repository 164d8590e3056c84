//! How fast an open model runs on given cards: an estimate with an interval, never a promise.
//!
//! A roofline with overheads for continuous batching. A step of decoding reads the touched weights and the caches of all
//! running sequences (bandwidth), multiplies (compute), exchanges activations between cards (communication) and pays
//! fixed times per layer, step and sequence. Prompts are read in between on the same cards. The formulae stand at
//! [`estimate_with`], the coefficients and their errors at [`Coefficients::FITTED`].
//!
//! The same bits come out on every platform: only IEEE arithmetic and functions of `libm`.
#![allow(clippy::float_arithmetic, reason = "throughput is an estimate, labelled as such")]

mod calibration;
mod coefficients;
mod estimate;
mod figures;
mod load;
pub mod measured;
mod verdict;

pub use calibration::{Anchors, Calibration, Configuration, Measurements, Origin};
pub use coefficients::{CALIBRATED_GPUS, Coefficients, Intervals};
pub use estimate::{Estimate, Target, capacity, estimate, estimate_with};
pub use figures::Compute;
pub use load::{Card, Load, Model, RESERVE, Traffic, USABLE};
pub use verdict::{Confidence, Flag, Limit};
