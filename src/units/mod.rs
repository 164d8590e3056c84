//! Quantities: exact numbers, the grammar that reads them, the way people see them.
#![deny(clippy::arithmetic_side_effects)]

pub mod display;
mod exact;
pub mod grammar;
mod uncertain;

pub use exact::Exact;
pub use grammar::{Kind, Reason, Refusal, Settings};
pub use uncertain::{Distribution, Family, Uncertain};
