//! Quantities: exact numbers, the grammar that reads them, the way people see them.
#![deny(clippy::arithmetic_side_effects)]

pub mod display;
mod exact;
pub mod grammar;
pub mod normal;
mod spread;
mod uncertain;

pub use exact::Exact;
pub use grammar::{Kind, Reason, Refusal, Settings};
pub use spread::{Kinds, Spread};
pub use uncertain::{Distribution, Family, Uncertain};
